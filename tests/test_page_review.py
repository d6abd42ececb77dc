"""The review page in a real browser, with the real server: deciding by keys, hostile comments, no
connection, a server that is killed, what a screen reader and a keyboard need.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser_helpers import SIZES, Window, browser
from code_figures import ROOT
from coder.decisions import Decision, decisions_folder
from coder.reviewing.remarks_desk import RemarksDesk, RemarksReader
from review_desk import Desk
from review_helpers import BOOK, plain_texts
from serving_helpers import RunningServer

TEXT = "#comment-text"
TITLE = "#comment-title"
STATE = "#saved-state"
HOSTILE = {
    "H-script": "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<style>*{display:none}</style><svg onload=\"document.title='owned'\"/>"
    "<a href=\"javascript:document.title='owned'\">link</a></div></body>",
    "H-unseen": "left \u202eright\u202c \u2066iso\u2069 zero\u200bwidth \x07bell and drugs",
    "H-long": "drugs " * 16_600,
    "H-arabic": "المزيد من الشرطة 👩‍👩‍👧 cars",
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as started:
        yield started


class Place:
    """A project that is served; the server can be killed and started again."""

    def __init__(self, folder: Path, texts: dict[str, str], book: str = BOOK) -> None:
        self.desk = Desk(folder, texts, book)
        self.server = self._serve("--reviewer", "amira", "--reviewer", "ben")
        self.links = self.server.links

    def _serve(self, *options: str, port: int = 0) -> RunningServer:
        folder = self.desk.folder / "plan.coding"
        return RunningServer(folder, self.desk.path, "--blind", *options, port=port)

    def start_again(self) -> None:
        self.server = self._serve(port=self.server.port)

    def decided(self) -> dict[str, list[str]]:
        """What stands of each comment decided in this browser: themes."""
        decisions = {each.id: each for each in self.desk.read()}
        taken_back = {each.undoes: each.id for each in decisions.values() if each.undoes}

        def stands(decision_id: str) -> bool:
            return decision_id not in taken_back or not stands(taken_back[decision_id])

        standing = [each for each in decisions.values() if not each.undoes and stands(each.id)]
        themes = {each.comment_id: sorted(each.themes) for each in standing}
        assert len(themes) == len(standing)  # nothing is stored twice
        return themes

    def last(self) -> Decision:
        return max(self.desk.read(), key=lambda decision: decision.decided_at)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One project for the module: 60 comments of no interest, and the hostile ones."""
    served = Place(tmp_path_factory.mktemp("page"), HOSTILE | plain_texts(60))
    yield served
    served.server.kill()


def begin(chromium: Any, link: str, size: tuple[int, int] = (1280, 800)) -> Window:
    """Somebody opens their link and goes on to the review page."""
    window = Window(chromium, link, size)
    window.page.get_by_text("Begin").click()
    window.page.wait_for_selector(f"{TEXT}:not(:empty)")
    return window


def here(window: Window) -> str:
    """The id of the comment in front."""
    return window.text(TITLE).removeprefix("Comment ")


def open_comment(window: Window, words: str, comment_id: str) -> None:
    """Search for a comment and open it."""
    window.press("/")
    window.page.locator("#search-words").fill(words)
    window.press("Enter")
    window.page.locator(".found button").filter(has_text=comment_id).first.click()
    window.until_text(TITLE, comment_id)


def all_saved(window: Window) -> None:
    window.until(f"document.querySelector('{STATE}').textContent.startsWith('Saved ')")


def test_the_whole_way_of_a_reviewer_with_keys_alone(chromium: Any, place: Place) -> None:
    window = begin(chromium, place.links["amira"])
    first = here(window)
    # Theme by its key, a position of another one, a note, words that carry the theme.
    window.press("1", "3", "A", "n")
    window.page.keyboard.type("seen twice")
    window.press("Control+Enter", "w", "ArrowRight", "Shift+ArrowRight", "1", "Enter")
    all_saved(window)
    decision = place.last()
    assert (decision.comment_id, decision.front_end) == (first, "page")
    assert decision.themes == {"visibility": (), "drugs": ("more",)}
    assert decision.note == "seen twice"
    (start, end) = decision.evidence["visibility"][0]
    marked = place.desk.comments.set_index("comment_id").text[first][start:end]
    assert len(marked.split()) == 2
    # Undone: the comment is back as it was ticked; done again, and gone on.
    second = here(window)
    window.press("z")
    window.until_text(TITLE, first)
    assert window.page.locator(".theme.is-ticked").count() == 2
    all_saved(window)
    assert first not in place.decided()
    window.press("Z")
    window.until_text("#sentence", "again")
    all_saved(window)
    assert place.decided()[first] == ["drugs", "visibility"]
    # Skipped, back, unsure about everything, and a theme found by its name.
    window.press("f")
    window.until_text(TITLE, second)
    window.press("s")
    window.until_text("#sentence", "Skipped")
    window.press("U", "a")
    window.page.keyboard.type("wom")
    window.press("Enter")
    undecided = here(window)
    window.press("Control+Enter")
    all_saved(window)
    assert place.last().comment_id == undecided
    assert place.last().themes == {"women": ()}
    assert len(place.last().unsure) == 4
    assert undecided not in (first, second)
    # Comments found, one after another.
    window.press("/")
    window.page.locator("#search-words").fill("closed station")
    window.press("Enter")
    window.page.get_by_text("in turn").click()
    for _ in range(2):
        window.until_text(TEXT, "closed station")
        window.press("2", "Enter")
    all_saved(window)
    assert place.last().themes == {"stations": ()}
    assert window.faults == []
    assert window.hosts == {place.server.address.removeprefix("http://")}


def test_pages_read_no_markup_and_ask_nobody_else() -> None:
    """What the browser test cannot see on every path: no text ever becomes markup or a script."""
    written = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    elsewhere = r"(src|href)=\"(https?:)?//|@import|url\("
    inline = r"<style|<script(?![^>]* src=)|\son[a-z]+=\"|\sstyle=\"|\|\s*safe"
    found = []
    for file in sorted((ROOT / "coder" / "serving").rglob("*.*")):
        if file.suffix in (".js", ".css", ".html"):
            text = file.read_text(encoding="utf-8")
            for pattern in (written, elsewhere, inline):
                found += [f"{file.name}: {match[0]}" for match in re.finditer(pattern, text)]
    assert found == []


def test_hostile_comments_are_text(chromium: Any, place: Place) -> None:
    window = begin(chromium, place.links["amira"])
    title = window.page.title()
    open_comment(window, "document", "H-script")
    assert window.text(TEXT) == HOSTILE["H-script"]
    assert window.page.locator(f"{TEXT} :not(mark)").count() == 0
    open_comment(window, "zero", "H-unseen")
    shown = window.text(TEXT)
    assert len(shown) == len(HOSTILE["H-unseen"])
    assert "left ␦right␦ ␦iso␦ zero␦width \ufffdbell" in shown
    window.press("w", "Shift+ArrowRight", "3")
    assert "left ␦right" in window.text("#definition .marked-words")
    window.press("z")
    # Words behind what cannot be seen are marked where they are.
    window.press("w", *["ArrowDown"] * 3, "3", "Enter")
    all_saved(window)
    (start, end) = place.last().evidence["drugs"][0]
    assert HOSTILE["H-unseen"][start:end] == "drugs"
    open_comment(window, "المزيد", "H-arabic")
    direction = f"getComputedStyle(document.querySelector('{TEXT}')).direction"
    assert window.page.evaluate(direction) == "rtl"
    open_comment(window, "drugs drugs", "H-long")
    window.press("w", "End", "3", "Escape", "Enter")
    all_saved(window)
    assert place.last().comment_id == "H-long"
    assert window.page.title() == title
    assert window.faults == []


def test_nothing_is_lost_or_stored_twice_without_a_connection(chromium: Any, place: Place) -> None:
    window = begin(chromium, place.links["ben"])
    before = set(place.decided())
    decided: dict[str, list[str]] = {}

    def decide(key: str, theme_id: str) -> None:
        decided[here(window)] = [theme_id]
        window.press(key, "Enter")

    window.context.set_offline(True)
    for _ in range(3):
        decide("4", "women")
    window.until_text(STATE, "3 waiting: no connection")
    assert set(place.decided()) == before
    window.context.set_offline(False)
    all_saved(window)
    # Killed: what is decided meanwhile is kept, also when the page is closed and opened again.
    place.server.kill()
    for _ in range(3):
        decide("5", "driving")
    window.until_text(STATE, "waiting")
    kept = window.page.evaluate("JSON.stringify(localStorage)")
    assert "ward" not in kept
    assert "number" not in kept
    window.page.close(run_before_unload=False)
    place.start_again()
    window.page = window.context.new_page()
    window.page.goto(place.server.address + "/review")
    all_saved(window)
    decide("4", "women")
    all_saved(window)
    stands = place.decided()
    assert {comment_id: stands.get(comment_id) for comment_id in decided} == decided
    assert set(stands) - before == set(decided)
    assert window.page.evaluate("localStorage.length") == 0


def test_a_flag_goes_out_when_it_can_and_its_answer_comes_back(chromium: Any, place: Place) -> None:
    window = begin(chromium, place.links["ben"])
    flagged = here(window)
    window.context.set_offline(True)
    window.press("F")
    window.page.keyboard.type("Is <b>this</b> meant?")
    window.press("Control+Enter")
    window.until_text(STATE, "1 waiting")
    window.context.set_offline(False)
    all_saved(window)
    folder = decisions_folder(place.desk.path)
    (flag,) = RemarksReader(folder)()
    assert (flag.kind, flag.comment_id, flag.text) == ("flag", flagged, "Is <b>this</b> meant?")
    RemarksDesk(folder, flag.project, "caro", [flag]).answer(flag.id, "Yes, <i>it</i> is")
    window.press("Q")
    window.until_text("dialog", "Is <b>this</b> meant?")
    window.until_text("dialog", "caro: Yes, <i>it</i> is")


def test_an_answer_that_never_came_is_asked_for_again(chromium: Any, place: Place) -> None:
    """The server stores the decision and the connection breaks: sent again, stored once."""
    window = begin(chromium, place.links["ben"])
    sent = []

    def lose_the_answer(route: Any) -> None:
        sent.append(route.request.post_data_json["request"])
        if len(sent) == 1:
            route.fetch()  # it arrives, and is stored
            route.abort()
        else:
            route.continue_()

    window.page.route("**/api/decisions", lose_the_answer)
    comment_id = here(window)
    window.press("5", "Enter")
    all_saved(window)
    assert sent[0] == sent[1]
    assert place.decided()[comment_id] == ["driving"]


def test_one_theme_is_answered_in_several_comments_found(chromium: Any, place: Place) -> None:
    window = begin(chromium, place.links["amira"])

    def stored() -> list[Decision]:
        decisions = place.desk.read()
        taken_back = {each.undoes for each in decisions}
        listed = [each for each in decisions if each.scope == ("driving",)]
        return [each for each in listed if each.id not in taken_back]

    window.press("/")
    window.page.locator("#search-words").fill("ward")
    window.press("Enter")
    rows = window.page.locator(".is-choosable")
    rows.nth(3).wait_for()
    ids = rows.locator(".id span:first-child").all_text_contents()
    rows.nth(1).locator("input").focus()
    window.press("Space", "ArrowDown", "Space", "T")
    window.page.keyboard.type("5")
    window.context.set_offline(True)
    window.page.get_by_role("button", name="Yes t", exact=True).click()
    window.until_text(".found-choice", "2 comments. Waits to be sent")
    window.context.set_offline(False)
    window.until_text(".found-choice", "Saved.")
    facts = rows.locator(".fact").all_text_contents()
    assert [": yes" in fact for fact in facts[:4]] == [False, True, True, False]
    assert rows.locator(".id span:first-child").all_text_contents() == ids
    assert {each.comment_id: each.themes for each in stored()} == {
        ids[1]: {"driving": ()},
        ids[2]: {"driving": ()},
    }
    assert len(stored()) == 2
    assert window.violations() == []
    rows.nth(1).locator("input").focus()
    window.press("z")
    window.until_text(".found-choice", "Undone: the last answer. Saved.")
    assert stored() == []
    assert window.faults == []


def test_another_persons_link_in_the_same_browser_takes_nothing_over(
    chromium: Any, place: Place
) -> None:
    window = begin(chromium, place.links["amira"])
    before = place.decided()
    window.context.new_page().goto(place.links["ben"])
    window.press("4", "Enter")
    window.until_text(STATE, "1 waiting: your link is no longer valid here")
    assert place.decided() == before
    window.page.locator("#waiting-button").click()
    window.until_text("dialog", "Ask the lead for a new link")
    window.press("Escape")
    # Ben's page sends nothing of Amira's; hers does, when her link is open again.
    other = window.context.new_page()
    other.goto(place.server.address + "/review")
    other.wait_for_selector(f"{TEXT}:not(:empty)")
    assert place.decided() == before
    other.goto(place.links["amira"])
    other.goto(place.server.address + "/review")
    other.wait_for_selector(f"{STATE}.is-saved")
    assert place.last().reviewer == "amira"
    assert len(place.decided()) == len(before) + 1


def test_axe_finds_nothing(chromium: Any, place: Place) -> None:
    window = begin(chromium, place.links["amira"])
    window.press("3", "w", "u")
    found = []
    for size in SIZES:
        for scheme in ("light", "dark"):
            found += window.violations_at(size, scheme)
    for key in ("?", "/", "v", "n"):
        window.press(key)
        window.page.wait_for_selector("dialog[open]")
        found += window.violations()
        window.press("Escape")
    window.page.goto(place.server.address + "/help")
    found += window.violations_at(SIZES[0], "dark")
    assert found == []


def test_every_control_is_reached_by_tab_and_seen(chromium: Any, place: Place) -> None:
    window = begin(chromium, place.links["amira"])
    window.page.evaluate("""() => {
        window.seen = new Set();
        document.addEventListener("focusin", ({ target }) => {
            const style = getComputedStyle(target);
            window.isAround = window.seen.has(target);
            if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) {
                window.seen.add(target);
            }
        });
    }""")
    while not window.page.evaluate("window.isAround"):
        window.press("Tab")
    missed = """() => [...document.querySelectorAll("a, button, input, select, [tabindex='0']")]
        .filter((each) => each.offsetParent !== null && !each.disabled && !window.seen.has(each))
        .map((each) => each.outerHTML)"""
    assert window.page.evaluate(missed) == []
    assert window.page.evaluate("window.seen.size") > 20
    # The focus leaves a dialog for where it was.
    window.page.locator("[data-command='note']").focus()
    window.press("Enter")
    window.page.wait_for_selector("dialog[open]")
    window.press("Escape")
    assert window.page.evaluate("document.activeElement.dataset.command") == "note"


def test_single_keys_can_be_switched_off(chromium: Any, place: Place) -> None:
    window = begin(chromium, place.links["amira"])
    window.press("?")
    window.page.get_by_label("Single keys are shortcuts").uncheck()
    window.press("Escape", "1", "2", "s")
    assert window.page.locator(".theme.is-ticked").count() == 0
    window.page.get_by_role("checkbox", name="Safety of women").check()
    comment_id = here(window)
    window.press("Control+Enter")
    all_saved(window)
    assert place.decided()[comment_id] == ["women"]
