"""Reviewing through the server of `coder serve`: what is saved, once, by whom, and how it goes on."""

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from coder.decisions import Decision, decisions_folder, drop_undone, read_decisions
from coder.private import PRIVATE_FILE
from review_helpers import BOOK, NASTY, book_at, comments_table, labels_table, project_at
from serving_helpers import Client, RunningServer, running

PEOPLE = ("--reviewer", "amira", "--reviewer", "ben", "--lead", "caro")


class Place(NamedTuple):
    folder: Path
    codebook: Path

    def decisions(self, reviewer: str = "") -> list[Decision]:
        found = read_decisions(self.codebook).decisions
        return [each for each in found if reviewer in ("", each.reviewer)]


class Desk(NamedTuple):
    place: Place
    server: RunningServer


def place_at(folder: Path, comments: int = 60) -> Place:
    path, book = book_at(folder)
    texts = {f"c{n:03d}": f"Comment {n} about 🚗 cars and more officers" for n in range(comments)}
    texts |= NASTY | {"same1": "Speeding cars at night!", "same2": "speeding cars, at night"}
    table = comments_table(texts)
    return Place(project_at(folder / "plan", table, labels=labels_table(table, book)).folder, path)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = place_at(tmp_path_factory.mktemp("served"))
    with running(place.folder, place.codebook, *PEOPLE) as server:
        yield Desk(place, server)


def standing(decisions: list[Decision], comment_id: str) -> list[Decision]:
    return [each for each in drop_undone(decisions) if each.comment_id == comment_id]


def test_a_decision_is_on_disk_once_however_often_it_is_sent(desk: Desk) -> None:
    amira = desk.server.client("amira")
    card = amira.hand(1)[0]
    body = amira.decision(card, driving=[], drugs=["more"]) | {"unsure": ["women"], "note": "é 🚗"}
    body["evidence"] = {"driving": [[10, 15]]}  # inside the pair of units of the emoji
    assert "🚗" in card["text"]
    for _ in range(3):
        answered = amira.post("/api/decisions", body)
        assert answered.json["saved"] is True
        assert answered.json["request"] == body["request"]
    stored = standing(desk.place.decisions("amira"), card["comment_id"])
    assert len(stored) == 1
    decision = stored[0]
    assert decision.front_end == "page"
    assert decision.themes == {"driving": (), "drugs": ("more",)}
    assert decision.unsure == ("women",)
    assert decision.note == "é 🚗"
    words = [decision.text[start:end] for start, end in decision.evidence["driving"]]
    assert words
    assert all(decision.text.split().count(word) or " " in word for word in words)
    again = amira.post("/api/comment", {"comment_id": card["comment_id"]}).json
    assert again["saved"]
    units = again["text"].encode("utf-16-le")
    start, end = again["marked"]["driving"][0]
    assert units[2 * start : 2 * end].decode("utf-16-le") == words[0]


def test_undo_takes_back_once_and_undo_of_undo_gives_back(desk: Desk) -> None:
    amira = desk.server.client("amira")
    card = amira.hand(1)[0]
    body = amira.decision(card, women=[])
    before = amira.post("/api/decisions", body).json["progress"]["decided"]
    undo = {"request": secrets.token_hex(16), "undoes": body["request"]}
    for _ in range(2):
        assert amira.post("/api/undo", undo).json["progress"]["decided"] == before - 1
    other = {"request": secrets.token_hex(16), "undoes": body["request"]}
    assert amira.post("/api/undo", other).status == 200  # taken back already: nothing more
    assert standing(desk.place.decisions("amira"), card["comment_id"]) == []
    redo = {"request": secrets.token_hex(16), "undoes": undo["request"]}
    assert amira.post("/api/undo", redo).json["progress"]["decided"] == before
    assert len(standing(desk.place.decisions("amira"), card["comment_id"])) == 1


def test_what_was_drawn_at_random_stays_so_after_an_undo(desk: Desk) -> None:
    ben = desk.server.client("ben")
    card = next(card for card in ben.hand(5) if card["reason"].startswith("drawn at random"))
    body = ben.decision(card)
    assert ben.post("/api/decisions", body).status == 200
    undo = {"request": secrets.token_hex(16), "undoes": body["request"]}
    assert ben.post("/api/undo", undo).status == 200
    assert ben.post("/api/decisions", ben.decision(card, women=[])).status == 200
    stored = standing(desk.place.decisions("ben"), card["comment_id"])
    assert [each.chosen for each in stored] == ["random"]


def test_a_decision_counts_for_copies_as_asked(desk: Desk) -> None:
    amira = desk.server.client("amira")
    card = amira.post("/api/comment", {"comment_id": "same1"}).json
    assert card["copies"] == {"same": 1, "campaign": 0}
    amira.hand(1)
    body = amira.decision(card, driving=[]) | {"copies": "same"}
    for _ in range(2):
        assert amira.post("/api/decisions", body).status == 200
    stored = desk.place.decisions("amira")
    assert len(standing(stored, "same1")) == len(standing(stored, "same2")) == 1
    undo = {"request": secrets.token_hex(16), "undoes": body["request"]}
    assert amira.post("/api/undo", undo).status == 200
    assert standing(desk.place.decisions("amira"), "same2") == []


def test_one_theme_is_answered_in_several_comments_once_and_undone(desk: Desk) -> None:
    ben = desk.server.client("ben")
    held = [card["comment_id"] for card in ben.hand(2)]
    wanted = [*held, "c050", "c051"]
    body = {"request": "9" * 32, "theme_id": "driving", "present": True}
    listed = body | {"comment_ids": wanted}
    before = desk.place.decisions()
    bad = {
        "comment_ids": [["c050", "none"], ["c050"] * 201, []],
        "theme_id": ["none", 7],
        "present": ["yes"],
        "codebook_fingerprint": ["another"],
    }
    statuses = []
    for field, values in bad.items():
        statuses += [ben.post("/api/listed", listed | {field: value}).status for value in values]
    assert statuses == [404, 422, 422, 422, 422, 422, 409]
    assert desk.place.decisions() == before  # not even that on the comment that there is
    for _ in range(2):
        assert ben.post("/api/listed", listed).json["saved"] is True
    stored = [each for each in desk.place.decisions("ben") if each not in before]
    assert sorted(each.comment_id for each in stored) == sorted(wanted)
    for each in stored:
        assert (each.themes, each.scope) == ({"driving": ()}, ("driving",))
        assert (each.chosen, each.mode, each.front_end) == ("targeted", "assisted", "page")
    # The other themes of comments in hand are still asked for.
    cards = {card["comment_id"]: card for card in ben.hand(2)}
    assert [cards[each]["rows"]["driving"]["judged"] for each in held] == [True, True]
    found = ben.post("/api/search", {"q": "c050"}).json["matches"][0]
    assert (found["said"], found["decided"]) == ({"driving": "yes"}, False)
    undo = {"request": "8" * 32, "undoes": body["request"]}
    assert ben.post("/api/undo", undo).status == 200
    for comment_id in wanted:
        assert standing(desk.place.decisions("ben"), comment_id) == []
    assert {card["comment_id"] for card in ben.hand(2)} == set(held)


def test_skipped_comments_come_again_at_the_end_and_hands_do_not_meet(tmp_path: Path) -> None:
    place = place_at(tmp_path, comments=3)
    with running(place.folder, place.codebook, *PEOPLE, "--blind") as server:
        amira, ben = server.client("amira"), server.client("ben")
        first = amira.hand(2)
        assert first[0]["rows"]["driving"]["probability"] is None
        skipped = first[0]["comment_id"]
        assert amira.post("/api/skip", {"comment_id": skipped}).json["progress"]["skipped"] == 1
        theirs = {card["comment_id"] for card in ben.hand(3)}
        assert len(theirs) == 3
        seen = []
        while cards := amira.hand(1):
            seen.append(cards[0]["comment_id"])
            assert cards[0]["comment_id"] not in theirs
            assert amira.post("/api/decisions", amira.decision(cards[0])).status == 200
        assert seen[-1] == skipped
        assert all(each.mode == "blind" for each in place.decisions())


def test_search_own_decisions_and_questions(desk: Desk) -> None:
    amira, caro = desk.server.client("amira"), desk.server.client("caro")
    found = amira.post("/api/search", {"q": "🚗 officers"}).json
    assert found["count"] == 60 + 0
    match = found["matches"][0]
    units = match["excerpt"].encode("utf-16-le")
    marked = [units[2 * start : 2 * end].decode("utf-16-le") for start, end in match["marks"]]
    assert marked == ["🚗", "officers"]
    card = amira.hand(1)[0]
    assert amira.post("/api/decisions", amira.decision(card) | {"note": "hm"}).status == 200
    mine = amira.post("/api/mine", {"theme": "", "state": "note"}).json
    assert card["comment_id"] in {each["comment_id"] for each in mine["decisions"]}
    flag = {
        "request": "f" * 32,
        "kind": "flag",
        "comment_id": card["comment_id"],
        "theme_id": "",
        "text": "Is it?",
    }
    for _ in range(2):
        assert amira.post("/api/remarks", flag).status == 200
    remarks = amira.get("/api/remarks").json["remarks"]
    assert [each["text"] for each in remarks] == ["Is it?"]
    reply = {"request": "e" * 32, "kind": "answer", "about": remarks[0]["id"], "text": "Yes."}
    assert caro.post("/api/remarks", reply).status == 200
    assert [each["text"] for each in amira.get("/api/remarks").json["remarks"]] == [
        "Is it?",
        "Yes.",
    ]
    assert caro.get("/api/remarks").json["remarks"] == []


def test_a_kill_in_the_middle_loses_nothing_and_links_hold(tmp_path: Path) -> None:
    place = place_at(tmp_path)
    links: dict[str, str] = {}
    port, sent, in_hand = 0, [], [""]
    for round_ in range(3):
        with running(place.folder, place.codebook, *PEOPLE, port=port) as server:
            links, port = links or server.links, server.port
            server.links = links
            amira = server.client("amira")
            if sent:
                answered = amira.post("/api/decisions", sent[-1])  # its answer may have been lost
                assert answered.status == 200
                held = [card["comment_id"] for card in amira.hand(4)]
                assert held == in_hand
            for card in amira.hand(4)[:2]:
                sent.append(amira.decision(card, women=[]))
                assert amira.post("/api/decisions", sent[-1]).status == 200
            in_hand = [card["comment_id"] for card in amira.hand(4)]
            server.kill()
        assert len(place.decisions("amira")) == 2 * (round_ + 1)


def test_a_question_outlasts_a_full_disk_and_a_kill_and_is_asked_once(tmp_path: Path) -> None:
    place = place_at(tmp_path)
    in_the_way = decisions_folder(place.codebook) / "remarks"
    with running(place.folder, place.codebook, *PEOPLE) as server:
        amira = server.client("amira")
        asked = {"request": "f" * 32, "kind": "flag", "text": "Is it?", "theme_id": ""}
        asked["comment_id"] = amira.hand(1)[0]["comment_id"]
        in_the_way.parent.mkdir(exist_ok=True)
        in_the_way.write_text("no folder", "utf-8")
        refused = amira.post("/api/remarks", asked)
        assert refused.status == 503
        assert str(tmp_path) not in refused.text
        in_the_way.unlink()
        assert amira.post("/api/remarks", asked).status == 200
        links, port = server.links, server.port
        server.kill()
    with running(place.folder, place.codebook, port=port) as server:
        server.links = links
        amira = server.client("amira")
        assert amira.post("/api/remarks", asked).status == 200
        assert len(amira.get("/api/remarks").json["remarks"]) == 1


def test_a_changed_codebook_is_noticed(tmp_path: Path) -> None:
    place = place_at(tmp_path)
    with running(place.folder, place.codebook, *PEOPLE) as server:
        amira = server.client("amira")
        card = amira.hand(1)[0]
        body = amira.decision(card, women=[])
        place.codebook.write_text(BOOK + "  - {id: noise, name: Noise}\n", "utf-8")
        fingerprint = amira.fingerprint
        until = time.monotonic() + 30
        while amira.fingerprint == fingerprint and time.monotonic() < until:
            time.sleep(0.1)
            amira.hand(1)
        notes = amira.post("/api/hand", {"n": 1}).json["notes"]
        assert "noise" in notes[0]
        refused = amira.post("/api/decisions", body)
        assert refused.status == 409
        assert "noise" in refused.json["card"]["rows"]
        fresh = amira.decision(refused.json["card"], noise=[])
        assert amira.post("/api/decisions", fresh).status == 200
        place.codebook.write_text("title: [broken", "utf-8")
        time.sleep(2.5)
        assert amira.post("/api/decisions", amira.decision(amira.hand(1)[0])).status == 200


def test_what_the_terminal_decides_meanwhile_is_heard(desk: Desk) -> None:
    from coder.codebook import read_codebook
    from coder.decisions import DecisionLog

    amira = desk.server.client("amira")
    card = amira.hand(1)[0]
    mine = desk.place.decisions("amira")[0]
    elsewhere = mine.model_copy(
        update={"id": secrets.token_hex(16), "comment_id": card["comment_id"], "text": card["text"],
                "text_hash": card["text_hash"], "scope": tuple(card["scope"]), "front_end": "terminal"}
    )  # fmt: skip
    DecisionLog(desk.place.codebook, "amira", read_codebook(desk.place.codebook)).append(
        [elsewhere]
    )
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if amira.post("/api/comment", {"comment_id": card["comment_id"]}).json["saved"]:
            break
        time.sleep(0.1)
    assert amira.post("/api/comment", {"comment_id": card["comment_id"]}).json["saved"]
    assert card["comment_id"] not in {each["comment_id"] for each in amira.hand(5)}


def test_a_withdrawn_link_ends_at_once_and_a_second_server_is_refused(desk: Desk) -> None:
    ben = desk.server.client("ben")
    assert ben.get("/api/codebook").status == 200
    words = [
        "serve",
        str(desk.place.folder),
        "--codebook",
        str(desk.place.codebook),
        "--withdraw",
        "ben",
    ]
    done = subprocess.run([sys.executable, "-m", "coder", *words], capture_output=True, text=True)
    assert "The link of ben is withdrawn" in done.stdout
    assert ben.get("/api/codebook").status == 401
    assert Client(desk.server.port).enter(desk.server.links["ben"]).status == 403
    with pytest.raises(RuntimeError, match="another server serves this project"):
        RunningServer(desk.place.folder, desk.place.codebook)
    for name in ("links.json", "hands/plan-amira.json"):
        assert (desk.place.folder / name).stat().st_mode & 0o777 == PRIVATE_FILE


def test_an_address_in_use_and_an_open_network_are_refused(tmp_path: Path, desk: Desk) -> None:
    place = place_at(tmp_path, comments=2)
    with pytest.raises(RuntimeError, match="cannot be used"):
        RunningServer(place.folder, place.codebook, *PEOPLE, port=desk.server.port)
    with pytest.raises(RuntimeError, match="others on the network could read"):
        RunningServer(place.folder, place.codebook, *PEOPLE, "--host", "0.0.0.0")  # noqa: S104
    with pytest.raises(RuntimeError, match="nobody has a link"):
        RunningServer(place.folder, place.codebook)
