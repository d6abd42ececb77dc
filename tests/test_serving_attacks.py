"""Attacks on the server of `coder serve`, on the loopback: nobody gets in, nothing leaks, and it
goes on serving others.
"""

import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from coder.decisions import read_decisions
from coder.private import PRIVATE_FILE
from coder.project import Project, Settings
from review_helpers import BOOK, NASTY, comments_table
from serving_helpers import Client, RunningServer, running

HOSTILE_THEME = "<script>alert(1)</script>\\u202e\\\"' onload=x"


class Place(NamedTuple):
    server: RunningServer
    folder: Path
    codebook: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server with two reviewers, a lead, hostile comments and a hostile theme name."""
    folder = tmp_path_factory.mktemp("served")
    book = folder / "plan.yaml"
    book.write_text(BOOK.replace("name: Safety of women", f'name: "{HOSTILE_THEME}"'), "utf-8")
    project = Project(folder / "plan")
    texts = {f"c{n:03d}": f"Comment {n} about drugs and more officers" for n in range(60)}
    project.write(Settings(name="plan", attributes=("age",)), comments_table({**NASTY, **texts}))
    people = ("--reviewer", "amira", "--reviewer", "ben", "--lead", "caro")
    with running(project.folder, book, *people) as server:
        yield Place(server, project.folder, book)


@pytest.fixture
def amira(place: Place) -> Client:
    return place.server.client("amira")


def stranger(place: Place) -> Client:
    return Client(place.server.port)


# ---------------------------------------------------------------- links


def test_no_secret_is_on_the_disk_in_readable_form(place: Place) -> None:
    stored = (place.folder / "links.json").read_text("utf-8")
    for link in place.server.links.values():
        assert link.rpartition("/")[2] not in stored
    assert (place.folder / "links.json").stat().st_mode & 0o777 == PRIVATE_FILE


def test_without_a_link_there_is_nothing_to_see(place: Place) -> None:
    client = stranger(place)
    for path in ("/", "/review", "/lead", "/help", "/api/codebook", "/docs", "/openapi.json"):
        answered = client.get(path)
        assert answered.status in (401, 404), path
        assert "officers" not in answered.text
    assert client.post("/api/hand", {}).status == 401


def test_guessed_links_are_refused_and_soon_held_up(place: Place) -> None:
    own = place.server.client("amira")
    client = stranger(place)
    statuses = [client.get(f"/enter/{secrets.token_urlsafe(32)}").status for _ in range(20)]
    assert set(statuses) == {403, 429}
    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert own.get("/api/codebook").status == 200


@pytest.mark.parametrize("cookie", ["", "0" * 64, "x" * 5000, "é\u00ff", "a=b; c", '"', "%00"])
def test_made_up_sessions_are_nobodys(place: Place, cookie: str) -> None:
    client = stranger(place)
    client.cookie = f"coder-{place.server.port}={cookie}".encode().decode("latin-1")
    assert client.get("/api/codebook").status in (401, 429)


def test_the_secret_of_a_link_is_no_session(place: Place) -> None:
    client = stranger(place)
    secret = place.server.links["amira"].rpartition("/")[2]
    client.cookie = f"coder-{place.server.port}={secret}"
    assert client.get("/api/codebook").status in (401, 429)


def test_roles_are_kept_apart(place: Place, amira: Client) -> None:
    for path in ("/lead", "/candidates", "/adjudicate", "/report", "/api/lead/figures"):
        assert amira.get(path).status in (403, 404), path


# ---------------------------------------------------------------- requests from elsewhere


def test_a_request_that_changes_something_needs_the_pages_token(amira: Client) -> None:
    card = amira.hand(1)[0]
    body = amira.decision(card)
    assert amira.post("/api/decisions", body, **{"X-CSRF-Token": ""}).status == 403
    assert amira.post("/api/decisions", body, **{"X-CSRF-Token": "0" * 64}).status == 403
    assert amira.post("/api/decisions", body, Origin="https://evil.example").status == 403
    assert amira.post("/api/decisions", body, Origin="null").status == 403
    assert amira.post("/api/decisions", body, **{"Content-Type": "text/plain"}).status == 415
    data, sent = json.dumps(body).encode(), {"X-CSRF-Token": amira.token}
    assert amira.ask("POST", "/api/decisions", data, sent).status == 403  # no Origin
    assert not amira.post("/api/comment", {"comment_id": card["comment_id"]}).json["saved"]


def test_the_token_of_another_person_does_not_count(place: Place, amira: Client) -> None:
    ben = place.server.client("ben")
    body = amira.decision(amira.hand(1)[0])
    assert amira.post("/api/decisions", body, **{"X-CSRF-Token": ben.token}).status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "", "127.0.0.1:@"])
def test_other_names_of_the_server_are_refused(amira: Client, host: str) -> None:
    assert amira.get("/api/codebook", Host=host).status == 400


def test_every_answer_says_what_browsers_may_do(place: Place, amira: Client) -> None:
    answers = [
        amira.get("/review"), amira.get("/api/codebook"), amira.get("/static/base.css"),
        amira.get("/nothing"), stranger(place).get("/"), amira.post("/api/decisions", {}),
    ]  # fmt: skip
    for answered in answers:
        headers = answered.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers


def test_the_cookie_is_out_of_reach(place: Place) -> None:
    client = stranger(place)
    entered = client.enter(place.server.links["ben"])
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "location" not in entered.headers


# ---------------------------------------------------------------- one reviewer against another


def test_a_reviewer_cannot_act_as_another(place: Place, amira: Client) -> None:
    ben = place.server.client("ben")
    theirs = ben.hand(2)
    mine = {card["comment_id"] for card in amira.hand(5)}
    assert mine.isdisjoint(card["comment_id"] for card in theirs)
    saved = ben.decision(theirs[0]) | {"reviewer": "amira", "front_end": "terminal", "id": "1" * 32}
    assert ben.post("/api/decisions", saved).status == 200
    # Neither taking back nor skipping reaches what is somebody else's.
    assert amira.post("/api/undo", {"request": "a1" * 16, "undoes": saved["request"]}).status == 422
    taken = {"request": "b1" * 16, "comment_id": theirs[0]["comment_id"]}
    assert amira.post("/api/withdraw", taken).status == 200
    assert amira.post("/api/skip", {"comment_id": theirs[1]["comment_id"]}).status == 200
    assert theirs[1]["comment_id"] not in {card["comment_id"] for card in amira.hand(20)}
    own = [
        d for d in read_decisions(place.codebook).decisions if d.comment_id == taken["comment_id"]
    ]
    assert [(d.reviewer, d.front_end, d.undoes) for d in own] == [("ben", "page", None)]
    # The same request id is another request where somebody else sends it.
    again = amira.decision(theirs[0]) | {"request": saved["request"]}
    assert amira.post("/api/decisions", again).status == 200
    now = [
        d for d in read_decisions(place.codebook).decisions if d.comment_id == taken["comment_id"]
    ]
    assert [d.reviewer for d in sorted(now, key=lambda d: d.reviewer)] == ["amira", "ben"]


# ---------------------------------------------------------------- what is sent

BAD_FIELDS = {
    "request": ["", "x" * 32, "A" * 32, 5, None, ["a" * 32], "a" * 3000, "../" * 8],
    "comment_id": ["", 5, None, {}, "no such", "../../etc/passwd", "\x00", "x" * 2000],
    "text_hash": [5, None, ["x"], "x" * 500],
    "codebook_fingerprint": [5, None, "x" * 500],
    "themes": [[], None, "drugs", {"nope": []}, {"drugs": "more"}, {"drugs": ["nope"]}, {"drugs": [5]},
               {"drugs": {"more": 1}}, {"__proto__": []}, {str(n): [] for n in range(2000)}],
    "unsure": ["drugs", {"drugs": 1}, ["nope"], [5], [None]],
    "note": [5, None, ["x"], "x" * 6000],
    "evidence": [[], {"drugs": [[0, 5]]}, {"women": [[0, 99999]]}, {"women": [[5, 2]]}, {"women": [[-1, 2]]},
                 {"women": [[0]]}, {"women": [["0", "2"]]}, {"women": [[0.5, 2]]}, {"women": [[0, 2]] * 500}],
    "copies": ["all", 5, None, ["same"]],
    "decided_at": [5, None, "x" * 100],
}  # fmt: skip


def test_wrong_values_in_every_field_are_refused_and_never_repeated(amira: Client) -> None:
    card = amira.hand(1)[0]
    right = amira.decision(card, women=[])
    for field, values in BAD_FIELDS.items():
        for value in values:
            answered = amira.post("/api/decisions", right | {field: value})
            assert answered.status in (404, 409, 422), (field, value)
            assert "passwd" not in answered.text
            assert "nope" not in answered.text
    for body in (b"", b"null", b"[]", b"5", b'"x"', b"{", b"\xff\xfe", b"NaN", b"[" * 60_000,
                 b'{"a":' * 40_000, b'{"request": "\\ud800"}'):  # fmt: skip
        assert amira.post("/api/decisions", body).status == 422, body[:20]
    assert not amira.post("/api/comment", {"comment_id": card["comment_id"]}).json["saved"]
    assert amira.post("/api/decisions", right).status == 200


def test_times_that_cannot_be_are_replaced_by_now(place: Place, amira: Client) -> None:
    for moment in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "yesterday", "2001-01-01"):
        body = amira.decision(amira.hand(1)[0]) | {"decided_at": moment}
        assert amira.post("/api/decisions", body).status == 200
    for decision in read_decisions(place.codebook).decisions:
        assert decision.decided_at[:4] == time.strftime("%Y", time.gmtime())


def test_too_much_is_not_read(amira: Client) -> None:
    assert amira.post("/api/decisions", b"x" * 300_000).status == 413
    assert amira.get("/api/codebook?" + "x" * 40_000).status in (400, 431)
    assert amira.get("/api/codebook", **{f"X-{n}": "y" * 2000 for n in range(30)}).status in (
        400,
        431,
    )
    data = {"Transfer-Encoding": "chunked", "Origin": amira.origin, "X-CSRF-Token": amira.token}
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    sent = amira.ask(
        "POST", "/api/decisions", chunk * 20, data | {"Content-Type": "application/json"}
    )
    assert sent.status == 413
    assert amira.get("/api/codebook").status == 200


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"]
)
def test_other_methods_do_nothing(amira: Client, method: str) -> None:
    sent = {"Origin": amira.origin, "X-CSRF-Token": amira.token, "Content-Type": "application/json"}
    assert amira.ask(method, "/api/decisions", b"{}", sent).status in (400, 405)
    assert amira.get("/api/decisions").status == 405


# ---------------------------------------------------------------- raw bytes


def raw(port: int, data: bytes, seconds: float = 10) -> bytes:
    """What the server answers to bytes that no browser would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as talk:
        talk.sendall(data)
        answered = b""
        try:
            while part := talk.recv(65536):
                answered += part
        except (TimeoutError, ConnectionError):
            pass
    return answered


def test_no_path_leads_out_of_the_fixed_files(place: Place, amira: Client) -> None:
    paths = (
        "/static/../links.json", "/static/..%2flinks.json", "/static/%2e%2e/%2e%2e/app.py",
        "/static/..%5c..%5capp.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/",
        "/static/.", "/static/base.css%00.js", "/static/base.css/", "/static/....//app.py",
        "/../../../../etc/passwd", "/enter/../static/../app.py", "/static/BASE.CSS",
    )  # fmt: skip
    for path in paths:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{place.server.port}\r\n"
        head += f"Cookie: {amira.cookie}\r\nConnection: close\r\n\r\n"
        answered = raw(place.server.port, head.encode())
        assert answered.startswith((b"HTTP/1.1 404", b"HTTP/1.1 403")), path
        assert b"root:" not in answered
        assert b"secret_hash" not in answered


def test_headers_cannot_be_smuggled_in(place: Place, amira: Client) -> None:
    port = place.server.port
    host = f"Host: 127.0.0.1:{port}\r\n"
    for text in (
        f"GET /enter/x%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\n{host}Connection: close\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}{host}Connection: close\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n evil\r\nConnection: close\r\n\r\n",
        f"POST /api/undo HTTP/1.1\r\n{host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        f"POST /api/undo HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n",
        f"POST /api/undo HTTP/1.1\r\n{host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00", "GET http://evil.example/ HTTP/1.1\r\n\r\n",
    ):  # fmt: skip
        answered = raw(port, text.encode("latin-1"), 3)
        assert b"set-cookie" not in answered.lower()
        assert not answered.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5")), text
    assert amira.get("/api/codebook").status == 200


def test_whoever_sends_too_slowly_is_cut_off_and_hinders_nobody(
    place: Place, amira: Client
) -> None:
    slow = []
    for _ in range(150):
        talk = socket.create_connection(("127.0.0.1", place.server.port), timeout=30)
        talk.sendall(b"GET / HTTP/1.1\r\nHost: x")
        slow.append(talk)
    began = time.monotonic()
    assert amira.get("/api/codebook").status == 200
    assert time.monotonic() - began < 3
    talk = slow[0]
    cut = False
    while time.monotonic() - began < 20 and not cut:
        try:
            talk.sendall(b"a")
            talk.settimeout(0.5)
            cut = talk.recv(1) == b""
        except TimeoutError:
            continue
        except OSError:
            cut = True
    for each in slow:
        each.close()
    assert cut


def test_ten_thousand_requests_hold_nobody_up(place: Place) -> None:
    """From one address without a link; a reviewer at the same address goes on."""
    port = place.server.port
    request = f"GET /api/codebook HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    counted = {b"429": 0, b"401": 0}

    def attack() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as talk:
            for _ in range(500):
                try:
                    talk.sendall(request)
                    status = talk.recv(65536)[9:12]
                except OSError:
                    break
                counted[status] = counted.get(status, 0) + 1
                if b"429" in status or b"401" in status:
                    talk.close()
                    talk = socket.create_connection(("127.0.0.1", port), timeout=30)

    threads = [threading.Thread(target=attack) for _ in range(20)]
    amira = place.server.client("amira")
    for thread in threads:
        thread.start()
    times = []
    while any(thread.is_alive() for thread in threads):
        began = time.monotonic()
        assert amira.post("/api/search", {"q": "officers"}).status == 200
        times.append(time.monotonic() - began)
        time.sleep(0.05)
    assert sum(counted.values()) > 9_000
    assert counted[b"429"] > 9_000 - 400
    assert sorted(times)[len(times) // 2] < 1


# ---------------------------------------------------------------- texts


def test_hostile_texts_arrive_as_text(place: Place, amira: Client) -> None:
    theme = next(t for t in amira.get("/api/codebook").json["themes"] if t["id"] == "women")
    assert theme["name"].startswith("<script>")
    for comment_id, text in NASTY.items():
        card = amira.post("/api/comment", {"comment_id": comment_id}).json
        assert len(card["text"]) == len(text)
        assert "\x1b" not in card["text"]
        assert "\x00" not in card["text"]
    page = amira.get("/review").text
    assert "<script>alert" not in page
    assert all(text[:20] not in page for text in NASTY.values())


def test_nothing_of_comments_is_said_on_the_servers_terminal(place: Place) -> None:
    """The last test of the module: it ends the server."""
    status, said = place.server.stop()
    assert status == 0
    assert said == ""
