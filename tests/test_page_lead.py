"""Pages of adjudicators and leads, with the real server and a real browser: disputes are settled,
candidates become themes, the lead sees the figures, answers, and withdraws a link.
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from browser_helpers import SIZES, Window, browser
from coder.codebook import read_codebook
from coder.decisions import decisions_folder
from coder.errors import CoderError
from coder.reviewing.remarks_desk import RemarksDesk, RemarksReader
from coder.workflow.agree import agree
from coder.workflow.review import review_status
from review_desk import Desk
from review_helpers import BOOK
from serving_helpers import Client, RunningServer
from workbench_desk import bench_at, made_up_texts, write_candidates

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
COMMENTS = {
    "D-theme": "Cars are speeding, and " + HOSTILE + "<script>document.title='owned'</script>",
    "D-position": "Legalise cannabis? Or crack down on the dealers 🚓 outside the school.",
    "D-third": "Women and girls are not safe at the stop by the road.",
    "D-fourth": "More officers on the beat, and the station should open.",
}
EVERYBODY = ("--reviewer", "amira", "--reviewer", "ben", "--adjudicator", "ada",
             "--adjudicator", "abe", "--lead", "caro", "--lead", "dana")  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as started:
        yield started


class Place:
    """A project that is served, with disputes, a flag and candidates."""

    def __init__(self, folder: Path) -> None:
        book = BOOK.replace("name: Driving", f"name: '{HOSTILE.replace(chr(39), chr(39) * 2)}'")
        self.desk = Desk(folder, COMMENTS | made_up_texts(), book)
        self.project = self.desk.project
        write_candidates(self.project)
        self.server = RunningServer(self.project.folder, self.desk.path, *EVERYBODY)
        # The first time reads the comments, which takes the model seconds: meanwhile others test.
        threading.Thread(target=self.open_bench, daemon=True).start()
        self.clients = {name: self.server.client(name) for name in self.server.links}
        self.decide("amira", "D-theme", driving=[])
        self.decide("ben", "D-theme", women=[])
        self.decide("amira", "D-position", drugs=["more"])
        self.decide("ben", "D-position", drugs=["less"])
        for comment_id in ("D-third", "D-fourth"):
            self.decide("amira", comment_id, women=[])
            self.decide("ben", comment_id)
        desk = RemarksDesk(self.decisions, "plan", "ben")
        self.flag = desk.flag("D-third", f"Does the stop count? {HOSTILE}", "women")

    def open_bench(self) -> None:
        with suppress(OSError):  # the answer may take longer than this browser waits
            self.server.client("caro").post("/api/candidates/begin", {})

    @property
    def decisions(self) -> Path:
        return decisions_folder(self.desk.path)

    def decide(self, name: str, comment_id: str, **themes: list[str]) -> None:
        """A reviewer decides a comment, marks what carries its first theme, and notes it."""
        client = self.clients[name]
        client.hand(1)
        card = client.post("/api/comment", {"comment_id": comment_id}).json
        body = client.decision(card, **themes) | {"note": f"{name} saw it"}
        if themes:
            body["evidence"] = {next(iter(themes)): [[0, 8]]}
        done = client.post("/api/decisions", body)
        assert done.status == 200, done.text

    def settled(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """What adjudications stand, by comment."""
        taken_back = {each.undoes for each in self.desk.read()}
        settled = {}
        for each in self.desk.read():
            if each.adjudicates and each.id not in taken_back:
                assert each.comment_id not in settled
                assert (each.front_end, each.mode) == ("page", "assisted")
                settled[each.comment_id] = dict(each.themes)
        return settled


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    served = Place(tmp_path_factory.mktemp("lead"))
    yield served
    served.server.stop()


def window_of(chromium: Any, place: Place, name: str, path: str) -> Window:
    window = Window(chromium, place.server.links[name])
    window.page.goto(place.server.address + path)
    return window


def not_owned(window: Window, place: Place) -> None:
    """Nothing that a comment or a theme holds has run, and nothing was asked elsewhere."""
    assert window.page.title() != "owned"
    assert window.page.locator("main img").count() == 0
    assert window.hosts == {place.server.address.removeprefix("http://")}
    assert window.faults == []


# ---------------------------------------------------------------- disputes, by the API


def answers_of(card: dict[str, Any], verdict: str) -> dict[str, Any]:
    answers = {}
    for theme in card["themes"]:
        if theme["in_scope"]:
            named = [each["id"] for each in theme["positions"] if each["asked"]]
            answers[theme["id"]] = {
                "verdict": verdict,
                "positions": dict.fromkeys(named, True) if verdict == "yes" else {},
            }
    return answers


def settling(handed: dict[str, Any], verdict: str = "yes") -> dict[str, Any]:
    card = handed["card"]
    return {
        "request": secrets.token_hex(16),
        **{name: card[name] for name in ("comment_id", "text_hash", "basis")},
        "codebook_fingerprint": handed["codebook_fingerprint"],
        "answers": answers_of(card, verdict),
        "note": "",
    }


def test_two_adjudicators_get_different_comments_and_a_request_counts_once(place: Place) -> None:
    ada, abe = place.clients["ada"], place.clients["abe"]
    hers, his = (each.post("/api/dispute", {}).json for each in (ada, abe))
    assert hers["left"] == 4
    assert hers["card"]["comment_id"] != his["card"]["comment_id"]
    body = settling(his, "no")
    stored = len(place.desk.read())
    first, again = (abe.post("/api/adjudications", body) for _ in range(2))
    assert (first.json["left"], again.json["left"]) == (3, 3)
    assert len(place.desk.read()) == stored + 1
    undo = {"request": secrets.token_hex(16), "undoes": body["request"]}
    assert abe.post("/api/undo", undo).status == 200
    assert abe.post("/api/dispute/comment", {"comment_id": body["comment_id"]}).json["left"] == 4
    abe.post("/api/dispute/skip", {"comment_id": body["comment_id"]})


def test_only_whole_and_current_answers_are_taken(place: Place) -> None:
    ada = place.clients["ada"]
    handed = ada.post("/api/dispute/comment", {"comment_id": "D-position"}).json
    (drugs,) = [each for each in handed["card"]["themes"] if each["in_scope"]]
    assert [each["answer"] for each in drugs["answers"]] == ["yes", "yes"]
    said = {p["id"]: {a["reviewer"]: a["answer"] for a in p["answers"]} for p in drugs["positions"]}
    assert said == {"more": {"amira": "yes", "ben": "no"}, "less": {"amira": "no", "ben": "yes"}}
    assert {each["reviewer"] for each in drugs["marked"]} == {"amira", "ben"}
    stored = len(place.desk.read())
    whole = settling(handed)
    half = {"drugs": {"verdict": "yes", "positions": {"more": True}}}
    unknown = {"drugs": {"verdict": "yes", "positions": {"more": True, "less": True, "x": True}}}
    for wrong, status in (
        ({"answers": half}, 422), ({"answers": {}}, 422), ({"answers": unknown}, 422),
        ({"answers": {"nothing": {"verdict": "no"}}}, 422), ({"comment_id": "D-none"}, 404),
        ({"basis": "0" * 16}, 409), ({"text_hash": "0"}, 409), ({"request": "../x"}, 422),
        ({"answers": {"drugs": {"verdict": "maybe"}}}, 422), ({"note": 3}, 422),
    ):  # fmt: skip
        refused = ada.post("/api/adjudications", whole | wrong)
        assert refused.status == status, wrong
        assert "cannabis" not in str(refused.json["error"])
    assert len(place.desk.read()) == stored


def test_names_are_hidden_where_the_lead_says_so(place: Place) -> None:
    ada, caro = place.clients["ada"], place.clients["caro"]
    assert ada.post("/api/lead/options", {"hide_names": True}).status == 403
    assert caro.post("/api/lead/options", {"hide_names": True}).status == 200
    shown = ada.post("/api/dispute/comment", {"comment_id": "D-theme"}).text
    assert "amira" not in shown.replace("amira saw it", "")
    assert "Reviewer A" in shown
    caro.post("/api/lead/options", {"hide_names": False})
    assert '"amira"' in ada.post("/api/dispute/comment", {"comment_id": "D-theme"}).text


def test_what_is_for_leads_is_for_leads(place: Place) -> None:
    amira, ada = place.clients["amira"], place.clients["ada"]
    for path in ("/adjudicate", "/candidates", "/lead", "/report", "/report/page",
                 "/api/lead/figures", "/api/lead/work", "/api/report"):  # fmt: skip
        assert amira.get(path).status == 403, path
    for path, body in (("begin", {}), ("group", {"group": "-"}), ("leave", {})):
        assert ada.post(f"/api/candidates/{path}", body).status == 403
    for path in ("answer", "link", "withdraw", "assign", "options", "comment"):
        assert ada.post(f"/api/lead/{path}", {}).status == 403
    assert amira.post("/api/dispute", {}).status == 403
    assert amira.post("/api/report", {}).status == 403


# ---------------------------------------------------------------- the whole way, in the browser


def test_disputes_are_settled_with_keys_and_with_the_mouse(chromium: Any, place: Place) -> None:
    for name in ("ada", "abe"):
        place.clients[name].post("/api/dispute/leave", {})
    window = window_of(chromium, place, "dana", "/adjudicate")
    page = window.page
    window.until("document.getElementById('comment-id').textContent !== ''")
    assert page.locator("#left").inner_text() == "4 comments in dispute"
    settled = 0
    while settled < 4:
        comment = window.text("#comment-id")
        open_parts = page.locator(".dispute").count()
        assert "amira saw it" in window.text("#notes")
        window.press("Enter")  # nothing is answered yet
        window.until_text("#notice", "not answered")
        if settled % 2:
            page.get_by_text("Yes", exact=True).first.click()
            for place_of in range(1, open_parts):
                page.locator(f".dispute[data-place='{place_of}'] label").nth(1).click()
            page.get_by_role("button", name="Save").click()
        else:
            window.press(*["y"] * open_parts, "Enter")
        window.until(f"document.getElementById('comment-id').textContent !== '{comment}'"
                     " || document.getElementById('desk').hidden")  # fmt: skip
        settled += 1
    before = place.settled()
    assert set(before) == set(COMMENTS)
    assert all(themes for themes in before.values())
    assert set(before["D-theme"]) <= {"driving", "women"}
    # The last one is taken back, looked at, and left open.
    window.press("z")
    window.until("!document.getElementById('desk').hidden")
    assert set(before) - set(place.settled()) == {comment}
    window.press("U", "Enter")
    window.until("document.getElementById('desk').hidden")
    not_owned(window, place)
    window.context.close()


def test_the_lead_sees_the_figures_of_the_commands(place: Place) -> None:
    caro = place.clients["caro"]
    figures = None
    for _ in range(200):
        made = caro.get("/api/lead/figures").json
        if made["is_current"]:
            figures = made["figures"]
            break
        time.sleep(0.2)
    assert figures is not None, made
    status = review_status(place.project.folder, place.desk.path)
    assert figures["status"] == _plain(status.facts())
    comparisons = agree(place.project.folder, place.desk.path).facts()["comparisons"]
    assert figures["agreement"]["comparisons"] == _plain(comparisons)
    assert not any(text[:20] in str(figures) for text in COMMENTS.values())


def _plain(facts: Any) -> Any:
    return json.loads(json.dumps(facts, default=str))


def test_the_lead_answers_a_flag_and_withdraws_a_link(chromium: Any, place: Place) -> None:
    window = window_of(chromium, place, "caro", "/lead")
    page = window.page
    window.until_text("#overview", "analysed comments decided")
    window.until_text("#themes", HOSTILE[:10])
    box = page.get_by_label("Your answer")
    box.fill("It does, where")
    page.wait_for_timeout(6_000)  # it looks for news twice, and leaves what is typed
    assert box.input_value() == "It does, where"
    box.press_sequentially(" somebody waits.")
    page.get_by_role("button", name="Answer").click()
    window.until("document.querySelector('.thread .chip').textContent === 'answered'")
    (thread,) = RemarksDesk(
        place.decisions, "plan", "ben", RemarksReader(place.decisions)()
    ).threads()
    assert [each.text for each in thread.answers] == ["It does, where somebody waits."]
    # A new link for zoe, which lets her in; then it is withdrawn.
    page.get_by_label("Name", exact=True).fill("zoe")
    page.get_by_role("button", name="Make a link").click()
    window.until("document.getElementById('made-link-address').value !== ''")
    link = page.locator("#made-link-address").input_value()
    zoe = Client(place.server.port)
    assert zoe.enter(link).status == 200
    assert zoe.get("/review").status == 200
    page.get_by_role("button", name="Withdraw the link of zoe").click()
    page.get_by_role("button", name="Withdraw the link", exact=True).click()
    window.until_text("#links", "withdrawn")
    assert zoe.get("/review").status == 401
    assert link.rpartition("/")[2] not in place.clients["caro"].get("/api/lead/work").text
    not_owned(window, place)
    window.context.close()


def test_candidates_become_themes_at_the_keyboard(chromium: Any, place: Place) -> None:
    window = window_of(chromium, place, "caro", "/candidates")
    page = window.page
    window.until("document.getElementById('group-name').textContent !== ''")
    first = window.text("#group-name")
    window.press("Enter")
    window.until_text("#notice", f"a theme: {first}")
    window.press("r")
    page.locator("#field-name").fill(HOSTILE)
    window.press("Enter")
    window.until_text("#notice", "the name is now")
    window.press("1")
    window.until_text("#notice", "merged into")
    window.press("z")
    window.until_text("#notice", "undone: the merge")
    with pytest.raises(CoderError, match="open in another window"):
        bench_at(place.project, place.desk.path)
    held = place.clients["dana"].post("/api/candidates/begin", {})
    assert (held.status, held.json["holder"]) == (409, "caro")
    page.locator("summary", has_text="Keys").click()
    page.get_by_role("button", name="Close the workbench here").click()
    window.until_text("#notice", "closed here")
    bench = bench_at(place.project, place.desk.path)  # what the page did is there
    names = {group.name: group.standing for group in bench.session.board.groups.values()}
    bench.session.close()
    assert names[first] == "theme"
    assert names[HOSTILE] == "open"
    assert read_codebook(place.desk.path).theme_ids == place.desk.book.theme_ids
    not_owned(window, place)
    window.context.close()


def test_the_report_is_made_and_can_do_nothing(chromium: Any, place: Place) -> None:
    assert place.clients["caro"].get("/report/page").status == 404
    window = window_of(chromium, place, "caro", "/report")
    window.page.get_by_role("button", name="Make the report").click()
    window.until("!document.getElementById('open').hidden")
    report = place.clients["caro"].get("/report/page")
    policy = report.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'sha256-")
    assert report.headers["cache-control"] == "no-store"
    window.page.goto(place.server.address + "/report/page")
    colour = window.page.evaluate("getComputedStyle(document.querySelector('th')).backgroundColor")
    assert colour not in ("rgba(0, 0, 0, 0)", "")  # its own style sheet is applied
    not_owned(window, place)
    window.context.close()


@pytest.mark.parametrize("path", ["/adjudicate", "/candidates", "/lead", "/report"])
def test_axe_finds_nothing(chromium: Any, place: Place, path: str) -> None:
    ready = {
        "/adjudicate": "!document.getElementById('left').textContent.includes('loading')",
        "/candidates": "document.getElementById('group-name').textContent !== ''",
        "/lead": "document.querySelector('#links li') && document.querySelector('#themes table')",
        "/report": "!document.getElementById('state').textContent.includes('looking')",
    }
    window = window_of(chromium, place, "caro", path)
    window.page.emulate_media(reduced_motion="reduce")  # colours that fade have no contrast yet
    window.until(f"Boolean({ready[path]})")
    for size in SIZES:
        for scheme in ("light", "dark"):
            assert window.violations_at(size, scheme) == [], (path, size, scheme)
    place.clients["caro"].post("/api/candidates/leave", {})
    window.context.close()
