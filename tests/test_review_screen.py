"""The review screen, driven by keys and the mouse through Textual's pilot: every key, every small screen."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from review_helpers import (
    BOOK,
    NASTY,
    book_at,
    comments_table,
    labels_table,
    plain_texts,
    project_at,
)
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from coder.decisions import Decision, DecisionLog, judgements, read_decisions
from coder.errors import CoderError
from coder.reviewing import collected_when_idle
from coder.reviewing.opening import Opened, Way, open_session
from coder.reviewing.screen.app import (
    GARBAGE,
    IDLE,
    KEYS,
    REFIT_AFTER,
    THEME_KEYS,
    Finished,
    Lines,
    ReviewApp,
    keys_of,
)
from coder.reviewing.screen.dialogs import Ask, FindComment, FindTheme, Note, Reading
from coder.reviewing.screen.drawing import matching_themes
from coder.reviewing.screen.writer import Writer
from coder.reviewing.suggestions import Neighbours, Suggestions

SIZE = (80, 24)


class Desk:
    """A project and its review screens."""

    def __init__(self, folder: Path, texts: dict[str, str] | None = None, book: str = BOOK) -> None:
        self.path, self.book = book_at(folder, book)
        self.comments = comments_table(texts or plain_texts())
        self.project = project_at(
            folder / "plan.coding", self.comments, labels=labels_table(self.comments, self.book)
        )

    def open(self, reviewer: str = "amira", **way: Any) -> Opened:
        return open_session(self.project, self.book, self.path, reviewer, Way(**way))

    @asynccontextmanager
    async def screen(
        self, *, size: tuple[int, int] = SIZE, at: str = "", reviewer: str = "amira", light: bool = False,
        refit: Callable[[], Suggestions] | None = None, look: Callable[[], Neighbours] | None = None,
        others: bool = False, opened: Opened | None = None, **way: Any,
    ) -> AsyncIterator[tuple[ReviewApp, Pilot[Finished]]]:  # fmt: skip
        opened = opened or self.open(reviewer, **way)
        if at:
            opened.session.go_to(at)
        app = ReviewApp(
            opened.session,
            opened.writer,
            title=self.book.title,
            attributes=opened.attributes,
            light=light,
            refit=refit,
            look=look,
            others=opened.others if others else None,
        )
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield app, pilot
        opened.writer.close()

    def read(self) -> list[Decision]:
        return list(read_decisions(self.path).decisions)

    def judged(self) -> pd.DataFrame:
        return judgements(self.read(), self.book)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def shown(app: ReviewApp) -> list[str]:
    """The screen's lines as text."""
    return ["".join(s.text for s in line) for line in app.screen._compositor.render_strips()]


def whole(app: ReviewApp) -> str:
    return "\n".join(shown(app))


async def saved(app: ReviewApp, pilot: Pilot[Finished]) -> None:
    """Wait until the writer is through, as the screen would say."""
    for _ in range(200):
        await pilot.pause()
        if not app._writer.pending:
            break
        await asyncio.sleep(0.01)
    await pilot.pause()


def here(app: ReviewApp) -> str:
    assert app.session.pick is not None
    return app.session.pick.comment_id


def ticked(app: ReviewApp) -> set[str]:
    return {row.theme_id for row in app.session.rows() if row.ticked}


def cursor(app: ReviewApp) -> str:
    line = app._line()
    assert line is not None
    return f"{line.theme_id}={line.position_id}" if line.position_id else line.theme_id


# ---------------------------------------------------------------- every key

TESTED: set[str] = set()


def key(*names: str) -> Callable[[Any], Any]:
    """Marks a test as that of some actions, so that no key goes without one."""
    TESTED.update(names)
    return lambda test: test


@key("save")
async def test_enter_saves_and_the_next_comment_comes(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        assert "drugs" in ticked(app)
        await pilot.press("enter")
        assert here(app) != "C-0001"
        await saved(app, pilot)
        assert "saved (1)" in whole(app)
    (decision,) = desk.read()
    assert decision.themes == {"drugs": ("more",)}


@key("digit")
async def test_digits_tick_and_untick(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        second = app.session.rows()[1].theme_id
        await pilot.press("2")
        assert second in ticked(app)
        assert cursor(app) == second
        await pilot.press("2")
        assert second not in ticked(app)
        await pilot.press("9")  # there is no ninth
        assert ticked(app) == {"drugs"}


@key("cursor(1)", "cursor(-1)", "tick")
async def test_the_cursor_moves_over_themes_and_positions_and_space_ticks(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        assert cursor(app) == "drugs"
        await pilot.press("down", "j")
        assert cursor(app) == "drugs=less"
        await pilot.press("space")
        assert app.session.draft.themes["drugs"] == ("more", "less")
        await pilot.press("k", "space")
        assert app.session.draft.themes["drugs"] == ("less",)
        await pilot.press("up", "space")
        assert "drugs" not in ticked(app)
        await pilot.press("up")  # round to the last
        assert cursor(app) == app.session.rows()[-1].theme_id


@key("add")
@pytest.mark.parametrize("press", ["a", "+"])
async def test_themes_are_added_by_a_few_letters_several_in_one_go(desk: Desk, press: str) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        await pilot.press(press)
        assert isinstance(app.screen, FindTheme)
        await pilot.press("w", "o", "m", "enter")
        await pilot.press("p", "o", "l", "i", "enter")
        await pilot.press("z", "z", "z", "enter")  # nothing is found, nothing is ticked
        await pilot.press("escape")
        assert ticked(app) == {"women", "visibility"}
        await pilot.press("a", "down", "down", "down", "up", "enter", "escape")
        assert ticked(app) == {"women", "visibility", "stations"}


@pytest.mark.parametrize("leave", ["enter", "escape"])
async def test_enter_on_the_empty_box_goes_back_and_changes_nothing(desk: Desk, leave: str) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        before = ticked(app)
        await pilot.press("a", leave)
        assert not isinstance(app.screen, FindTheme)
        assert ticked(app) == before
        await pilot.press("a", *"poli", "enter", leave)
        assert not isinstance(app.screen, FindTheme)
        assert ticked(app) == before | {"visibility"}
        await pilot.press("z")
        assert ticked(app) == before
        await pilot.press("u")
        assert "[?]" in whole(app)
        await pilot.press("q")
        assert isinstance(app.screen, Ask)


async def test_a_clicked_theme_is_not_unticked_by_enter(desk: Desk) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        before = ticked(app)
        await pilot.press("a")
        await pilot.click("#found", offset=(3, 1))
        after = ticked(app)
        assert len(before ^ after) == 1
        await pilot.press("enter")
        assert ticked(app) == after


@key("position")
async def test_p_steps_through_positions(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("p")
        assert app.session.draft.themes["drugs"] == ("less",)
        assert "(x) Less enforcement" in whole(app)
        await pilot.press("end", "2", "p")
        assert "this theme has no positions" in whole(app)


@key("unsure")
async def test_u_marks_a_theme_as_unsure(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("u")
        assert "[?]" in whole(app)
        await pilot.press("enter")
        await saved(app, pilot)
    assert desk.read()[0].unsure == ("drugs",)


@key("unsure_all")
async def test_capital_u_sets_the_whole_comment_aside(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("U")
        assert whole(app).count("[?]") == 5
        await pilot.press("U")
        assert whole(app).count("[?]") == 0
        await pilot.press("U", "enter")
        await saved(app, pilot)
    assert len(desk.read()) == 1
    assert not len(desk.judged())
    async with desk.screen() as (app, _):
        assert app.session.record.complete(
            "C-0001", "amira", desk.book.theme_ids
        )  # not offered again


@key("none")
async def test_0_takes_all_ticks_away(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("0")
        assert not ticked(app)
        assert "no theme is ticked" in whole(app)


@key("note")
async def test_n_writes_a_note(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("n")
        assert isinstance(app.screen, Note)
        await pilot.press(*"ask [b]q", "enter")
        assert "note: ask [b]q" in whole(app)
        await pilot.press("n", "x", "escape")  # left as it was
        await pilot.press("enter")
        await saved(app, pilot)
    assert desk.read()[0].note == "ask [b]q"


@key("definition")
async def test_d_shows_what_the_codebook_says(desk: Desk) -> None:
    async with desk.screen(at="C-0000") as (app, pilot):
        await pilot.press("d")
        assert isinstance(app.screen, Reading)
        text = whole(app)
        for part in (
            "Wants more officers",
            "officers on the beat",
            "Does not count",
            "on the beat, more officers",
        ):
            assert part in text
        await pilot.press("j", "k", "pagedown", "pageup", "d")
        assert not isinstance(app.screen, Reading)
        await pilot.press("d", "escape")
        assert not isinstance(app.screen, Reading)


@key("about")
async def test_i_shows_all_that_is_known(desk: Desk) -> None:
    async with desk.screen() as (app, pilot):
        await pilot.press("i")
        assert isinstance(app.screen, Reading)
        assert "borough: Lambeth" in whole(app)
        assert "drawn at random, number 1" in whole(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, Reading)


@key("skip")
async def test_s_skips(desk: Desk) -> None:
    async with desk.screen() as (app, pilot):
        first = here(app)
        await pilot.press("s")
        assert here(app) != first
        assert "1 skipped" in whole(app)
    assert desk.read() == []


@key("previous", "forward")
@pytest.mark.parametrize(("back", "forth"), [("b", "f"), ("left", "right")])
async def test_back_and_forward(desk: Desk, back: str, forth: str) -> None:
    async with desk.screen() as (app, pilot):
        first = here(app)
        await pilot.press("enter")
        second = here(app)
        await pilot.press(back)
        assert here(app) == first
        assert "decided" in whole(app)
        await pilot.press(back)
        assert "this is the first comment" in whole(app)
        await pilot.press(forth)
        assert here(app) == second
        await pilot.press(forth)  # not decided: as a skip
        assert here(app) not in (first, second)
        assert app.session.skipped == 1


@key("undo", "redo")
@pytest.mark.parametrize(("undo", "redo"), [("z", "Z"), ("ctrl+z", "ctrl+y")])
async def test_undo_and_redo(desk: Desk, undo: str, redo: str) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("2", "enter", undo)
        assert here(app) == "C-0001"
        assert "undone: the last decision" in whole(app)
        await pilot.press(undo)
        assert ticked(app) == {"drugs"}
        await pilot.press(undo)
        assert "there is nothing to undo" in whole(app)
        await pilot.press(redo, redo)
        assert here(app) != "C-0001"
        assert "done again: the decision" in whole(app)
        await pilot.press(redo)
        assert "there is nothing to redo" in whole(app)
        await saved(app, pilot)
    assert len(desk.judged()) == 5
    assert len(desk.read()) == 3


@key("take_back")
async def test_x_takes_a_decision_back(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("x")
        assert "you have decided nothing" in whole(app)
        await pilot.press("enter", "b", "x")
        assert "taken back" in whole(app)
        await saved(app, pilot)
    assert not len(desk.judged())


@key("copies")
async def test_c_chooses_which_copies_count(tmp_path: Path) -> None:
    desk = Desk(
        tmp_path, {"A": "Ban cars", "B": "ban cars!", "C": "Ban cars and more", "D": "Else"}
    )
    desk.comments["campaign_id"] = ["k", "k", "k", ""]
    desk.project.write_comments(desk.comments)
    async with desk.screen(at="A") as (app, pilot):
        assert "counts for 1 copy too; 1 more of the campaign differ" in whole(app)
        await pilot.press("c")
        assert "counts for 2 more of the campaign too" in whole(app)
        await pilot.press("c")
        assert "this comment alone" in whole(app)
        await pilot.press("c", "enter")
        assert "with 1 copy" in whole(app)
        app.session.go_to("D")
        await pilot.press("c")
        assert "there are no copies" in whole(app)
        await saved(app, pilot)
    assert sorted(d.comment_id for d in desk.read()) == ["A", "B"]


@key("more")
async def test_m_brings_comments_like_this_one(desk: Desk) -> None:
    ids = list(desk.comments["comment_id"])
    like = Neighbours(ids, np.eye(7, dtype=np.float32)[[n % 7 for n in range(len(ids))]])
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("m")
        assert "still being worked out" in whole(app)
    async with desk.screen(at="C-0001", look=lambda: like) as (app, pilot):
        await pilot.pause(0.8)
        await pilot.press("m")
        assert "comments like this one come next" in whole(app)
        await pilot.press("enter")
        assert int(here(app)[2:]) % 7 == 1
        assert "like C-0001" in whole(app)


@key("search")
async def test_slash_finds_and_opens(desk: Desk) -> None:
    async with desk.screen() as (app, pilot):
        await pilot.press("/")
        assert isinstance(app.screen, FindComment)
        await pilot.press(*"cannabis neighbour 23", "enter")
        assert here(app) == "C-0023"
        first = here(app)
        await pilot.press("/", *"cannabis", "down", "enter")
        assert here(app) == "C-0009"
        await pilot.press("/", *"zzz", "enter")
        assert "no comment holds that" in whole(app)
        await pilot.press("escape")
        await pilot.press("b")
        assert here(app) == first


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_each_comment_found_is_one_line(tmp_path: Path, size: tuple[int, int]) -> None:
    texts = {f"C-{n:02d}": f"number {n} " + "very long women 漢字 🚗 " * 20 for n in range(6)}
    desk = Desk(tmp_path, texts | {"x" * 150: "women with a long name", "line": "women\nand\tmen"})
    async with desk.screen(size=size) as (app, pilot):
        await pilot.press("slash", *"women")
        await pilot.pause()
        found = app.screen.query_one("#found", OptionList)
        assert found.option_count == 8
        assert found.virtual_size.height == 8


@key("evidence", "page(1)", "page(-1)")
async def test_a_long_comment_is_read_by_page_and_evidence(tmp_path: Path) -> None:
    text = " ".join(f"word{n}" for n in range(3000)) + " women at the end"
    desk = Desk(tmp_path, {"L": text, **plain_texts(3)})
    async with desk.screen(at="L") as (app, pilot):
        assert "3,004 words" in whole(app)
        assert "⟦women⟧" not in whole(app)
        await pilot.press("pagedown")
        assert "word0 " not in whole(app)
        await pilot.press("pageup")
        assert "word0 " in whole(app)
        await pilot.press("e")
        assert "⟦women⟧¹" in whole(app)


@key("refit")
async def test_r_and_every_25_decisions_learn_behind_the_screen(desk: Desk) -> None:
    asked = []

    def refit() -> Suggestions:
        asked.append(len(desk.read()))
        return Suggestions(
            labels_table(desk.comments, desk.book), desk.book, f"model-{1 + len(asked)}"
        )

    async with desk.screen(refit=refit) as (app, pilot):
        await pilot.press("r")
        await pilot.pause(0.2)
        assert "learned from the decisions so far" in whole(app)
        assert len(asked) == 1
        assert app.session.fingerprint == "model-2"
        for _ in range(REFIT_AFTER):
            await pilot.press("enter")
        await pilot.pause(0.2)
        assert len(asked) == 2


async def test_a_refit_that_fails_is_said_and_the_review_goes_on(desk: Desk) -> None:
    def refit() -> Suggestions:
        raise CoderError("the cache [bold]broke[/bold]", "mend it")

    async with desk.screen(refit=refit) as (app, pilot):
        await pilot.press("r")
        await pilot.pause(0.2)
        assert "could not learn: the cache [bold]broke[/bold]" in whole(app)
        await pilot.press("enter")
        await saved(app, pilot)
        assert "saved (1)" in whole(app)


@pytest.mark.parametrize("way", [{"theme_id": "drugs"}, {}])
async def test_a_codebook_changed_meanwhile_is_said_and_the_review_goes_on(
    desk: Desk, tmp_path: Path, way: dict[str, Any]
) -> None:
    _, renamed = book_at(
        tmp_path / "other", BOOK.replace("- id: drugs", "- id: narcotics\n    was: [drugs]")
    )

    def refit() -> Suggestions:
        return Suggestions(labels_table(desk.comments, renamed), renamed, "model-2")

    async with desk.screen(refit=refit, **way) as (app, pilot):
        first = here(app)
        await pilot.press("r")
        await pilot.pause(0.2)
        assert "the codebook has other themes now: quit and begin again" in whole(app)
        assert app.session.fingerprint == "model-1"
        await pilot.press("enter")
        await saved(app, pilot)
        assert here(app) != first
    assert "drugs" in desk.read()[0].scope


@key("light")
async def test_l_is_light_or_dark(desk: Desk) -> None:
    async with desk.screen() as (app, pilot):
        assert app.theme == "textual-dark"
        await pilot.press("l")
        assert app.theme == "textual-light"
        await pilot.press("l")
        assert app.theme == "textual-dark"
    async with desk.screen(light=True) as (app, pilot):
        assert app.theme == "textual-light"


@key("help")
@pytest.mark.parametrize("press", ["?", "f1"])
async def test_help_names_every_key(desk: Desk, press: str) -> None:
    async with desk.screen(size=(100, 70)) as (app, pilot):
        await pilot.press(press)
        text = whole(app)
        for entry in KEYS:
            assert entry.help in text
        await pilot.press("q")
        assert not isinstance(app.screen, Reading)
        assert app.is_running


@key("leave")
@pytest.mark.parametrize("press", ["q", "ctrl+q", "ctrl+c"])
async def test_quit(desk: Desk, press: str) -> None:
    async with desk.screen() as (app, pilot):
        await pilot.press("enter", press)
        await saved(app, pilot)
    assert app.return_value is not None
    assert (app.return_value.decided, app.return_value.unsaved) == (1, 0)
    assert app.return_value.words_read > 3
    assert len(desk.read()) == 1


@key("leave")
@pytest.mark.parametrize(("answer", "kept"), [("s", 1), ("q", 0), ("escape", None)])
async def test_quit_asks_about_ticks_that_are_not_saved(
    desk: Desk, answer: str, kept: int | None
) -> None:
    async with desk.screen() as (app, pilot):
        await pilot.press("2", "q")
        assert isinstance(app.screen, Ask)
        assert "not saved" in whole(app)
        await pilot.press("v")  # no answer
        assert isinstance(app.screen, Ask)
        await pilot.press(answer)
        await saved(app, pilot)
        if kept is None:
            assert app.is_running
            assert not isinstance(app.screen, Ask)
    if kept is not None:
        assert app.return_value is not None
        assert len(desk.read()) == kept


@key("yes", "no", "doubt")
async def test_one_theme_yes_no_unsure(desk: Desk) -> None:
    async with desk.screen(theme_id="drugs") as (app, pilot):
        assert "Drugs?" in whole(app)
        await pilot.press("y", "n", "u", "n")
        await saved(app, pilot)
    said = [(bool(d.themes), bool(d.unsure), d.scope) for d in desk.read()]
    assert said == [
        (True, False, ("drugs",)),
        (False, False, ("drugs",)),
        (False, True, ("drugs",)),
        (False, False, ("drugs",)),
    ]


@key("digit", "note")
async def test_one_theme_digits_are_positions(desk: Desk) -> None:
    async with desk.screen(theme_id="drugs") as (app, pilot):
        first = here(app)
        assert "1 More enforcement" in whole(app)
        await pilot.press("N", *"so", "enter")
        assert here(app) == first
        await pilot.press("2", "9")
        assert here(app) != first
        await saved(app, pilot)
    (decision,) = desk.read()
    assert decision.themes == {"drugs": ("less",)}
    assert decision.note == "so"


def test_every_key_has_a_test_and_no_key_two_meanings() -> None:
    for kind in ("mixed", "theme"):
        entries = keys_of(kind)
        names = [name for entry in entries for name in entry.keys.split(",")]
        assert len(names) == len(set(names)), kind
        assert {entry.action for entry in entries} <= TESTED
    assert {k.action for k in THEME_KEYS} <= {k.action for k in keys_of("theme")}


# ---------------------------------------------------------------- the mouse


async def test_a_click_ticks_a_line(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.click(
            "#themes", offset=(10, 2)
        )  # under the border and the first theme: a position
        assert app.session.draft.themes["drugs"] == ()
        await pilot.click("#themes", offset=(10, 1))
        assert not ticked(app)
        await pilot.click("#themes", offset=(10, 9))  # nothing there
        assert not ticked(app)


async def test_a_click_on_a_key_presses_it(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        keys = shown(app)[-1]
        await pilot.click("#keys", offset=(keys.index("u unsure") + 1, 0))
        assert "[?]" in whole(app)
        await pilot.click("#keys", offset=(keys.index("z undo"), 0))
        assert "[?]" not in whole(app)
        await pilot.click("#keys", offset=(keys.index("Enter"), 0))
        assert here(app) != "C-0001"
        await pilot.click("#keys", offset=(keys.index("? help"), 0))
        assert isinstance(app.screen, Reading)


async def test_the_comment_takes_the_room_it_needs_and_the_themes_the_rest(tmp_path: Path) -> None:
    texts = {
        "S": "Safer stations",
        "L": " ".join(f"word{n}" for n in range(3000)),
        "M": "Ban cars. " * 30,
    }
    themes = "".join(f"  - {{id: theme-{n}, name: Theme {n}}}\n" for n in range(20))
    desk = Desk(tmp_path, texts, f"title: T\nthemes:\n{themes}")
    async with desk.screen(at="S") as (app, pilot):
        text, themes_box = app.query_one("#text"), app.query_one("#themes")
        await pilot.pause()
        assert (text.size.height, themes_box.size.height) == (1, 14)
        assert len([line for line in shown(app) if "Theme " in line]) == 14
        app.session.go_to("M")
        await pilot.press("down")
        await pilot.pause()
        assert (text.size.height, themes_box.size.height) == (4, 11)
        app.session.go_to("L")
        await pilot.press("down")
        await pilot.pause()
        assert (text.size.height, themes_box.size.height) == (7, 8)
        assert "PgDn reads on" in whole(app)
        await pilot.press("up", "up", "up", "up")  # round to the last ones, which must be in sight
        await pilot.pause()
        theme = app.session.codebook.theme(cursor(app))
        assert theme.id == app.session.rows()[-4].theme_id
        assert any(
            line.strip(" │").startswith(">[ ]") and theme.name in line for line in shown(app)
        )
        await pilot.resize_terminal(130, 30)
        await pilot.pause()
        assert text.size.height > 10


async def test_a_wide_screen_shows_the_definition_beside(desk: Desk) -> None:
    async with desk.screen(size=(140, 40), at="C-0001") as (app, pilot):
        assert "Words: drugs, dealers, cannabis" in whole(app)
        await pilot.press("down", "down", "down")
        assert "Wants more officers, or to see them." in whole(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Wants more officers" not in whole(app)
        await pilot.press("d")
        assert "Wants more officers" in whole(app)


@pytest.mark.parametrize(
    ("line", "kept"), [("save it and quit", 1), ("quit without it", 0), ("go on", None)]
)
async def test_an_answer_is_clicked(desk: Desk, line: str, kept: int | None) -> None:
    async with desk.screen() as (app, pilot):
        await pilot.press("1", "q")
        await pilot.pause()
        row = next(n for n, text in enumerate(shown(app)) if line in text)
        await pilot.click(offset=(shown(app)[row].index(line) + 1, row))
        await pilot.pause(0.2)
        await saved(app, pilot)
        assert len(desk.read()) == (kept or 0)
        assert app.is_running == (kept is None)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_scrollbar_stands_only_beside_what_does_not_fit(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = Desk(tmp_path, {"short": "Women.", "fits": "w" * 76, "long": NASTY["long"]})
    async with desk.screen(size=size, at="short") as (app, pilot):
        for name in ("short", "fits", "long", "short", "fits"):
            app.session.go_to(name)
            app._draw()
            await pilot.pause(0.1)
            panel = app.query_one("#text", Lines)
            assert panel.show_vertical_scrollbar == (name == "long")
            assert panel.fits == (name != "long")
            assert ("PgDn reads on" in whole(app)) == (name == "long")
        assert not app.query_one("#themes", Lines).show_vertical_scrollbar


async def test_clicks_in_the_small_screens(desk: Desk) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        await pilot.press("a")
        found = app.screen.query_one("#found", OptionList)
        await pilot.click(found, offset=(4, 2))
        assert len(ticked(app)) == 1
        await pilot.press("escape", "/", *"cannabis")
        await pilot.click(app.screen.query_one("#found", OptionList), offset=(4, 1))
        assert here(app) == "C-0009"
        await pilot.press("d")
        await pilot.click(offset=(0, 0))  # beside it
        assert not isinstance(app.screen, Reading)


# ---------------------------------------------------------------- what is shown


async def test_evidence_is_bracketed_underlined_and_numbered(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, _):
        assert "the ⟦drugs⟧¹ and" in whole(app)
        strips = app.query_one("#text", Lines).render_line(0)
        (segment,) = [s for s in strips if s.text == "drugs"]
        assert segment.style is not None
        assert segment.style.underline
        assert segment.style.bold


async def test_blind_shows_no_percentage_no_evidence_no_reason(desk: Desk) -> None:
    async with desk.screen(at="C-0001", blind=True) as (app, _):
        text = whole(app)
        assert "⟦" not in text
        assert "%" not in text
        assert "says" not in text
        assert "blind: no suggestions" in text


async def test_attributes_and_how_the_comment_was_chosen(desk: Desk) -> None:
    async with desk.screen() as (app, _):
        assert "drawn at random, number 1" in whole(app)
        assert "borough: Lambeth" in whole(app)


async def test_the_progress_line_says_what_further_reviews_buy(desk: Desk) -> None:
    async with desk.screen(size=(130, 30), sample=4, blind=True) as (app, pilot):
        await pilot.press("enter")
        text = whole(app)
        assert "1 decided · 3 left · 1 of 40 reviewed at random" in text
        assert "0 of 5 themes within 2 points" in text
        await pilot.press("enter", "enter", "enter")
        assert "Nothing is left to review here" in whole(app)
        await pilot.press("enter", "2", "space", "a", "n", "d", "u", "p", "c", "m", "e", "x", "s")
        await pilot.press("b")
        assert here(app)


async def test_adjudication_side_by_side(desk: Desk) -> None:
    for name, press in (("amira", "4"), ("ben", "5")):
        async with desk.screen(at="C-0006", reviewer=name, blind=True) as (app, pilot):
            await pilot.press(press, "enter")
            await saved(app, pilot)
    async with desk.screen(reviewer="carla", adjudicate=True) as (app, pilot):
        text = whole(app)
        assert "adjudication" in text
        assert "amira" in text
        assert "ben" in text
        assert "≠ decide" in text
        lines = shown(app)
        (women,) = [line for line in lines if "] 1 Safety of women" in line]
        assert women.index("yes") < women.index("no ")
        assert cursor(app) == "women"
        await pilot.press("space", "enter")
        await saved(app, pilot)
        assert "Nothing is left" in whole(app)
    decision = desk.read()[-1]
    assert decision.reviewer == "carla"
    assert decision.themes == {"women": ()}
    assert len(decision.adjudicates) == 2


@pytest.mark.parametrize(
    ("size", "light"), [((80, 24), False), ((80, 24), True), ((60, 20), False), ((140, 40), True)]
)
async def test_every_size_holds_all_parts(
    tmp_path: Path, size: tuple[int, int], light: bool
) -> None:
    texts = {f"N-{k}": v.replace("\x00", "\ufffd") for k, v in NASTY.items()}
    desk = Desk(tmp_path, {**texts, **plain_texts(3)})
    for comment_id in texts:
        async with desk.screen(size=size, light=light, at=comment_id, reviewer="r") as (app, pilot):
            lines = shown(app)
            assert len(lines) == size[1]
            text = "\n".join(lines)
            assert comment_id in text
            assert "Drugs" in text
            assert "? help" in text
            assert "q quit" in text
            for char in text:
                assert char == "\n" or ord(char) >= 0x20
                assert char not in "\x7f\x9b\u202e\u2066\u200b\u200f"
            await pilot.press("down", "2", "pagedown", "e", "d", "escape")
            assert len(shown(app)) == size[1]


async def test_markup_in_texts_attributes_names_and_notes_stays_text(tmp_path: Path) -> None:
    book = BOOK.replace("name: Driving", 'name: "[red]Driving[/red] [/b]"').replace(
        "definition: Wants more officers, or to see them.",
        'definition: "[bold]Wants[/bold] [/x] \\x1b[31m"',
    )
    desk = Desk(tmp_path, {"[b]1": "[v]aping near [/b] [bold red]x[/]", **plain_texts(3)}, book)
    desk.comments["borough"] = "[link=x]Lam[/] \x1b]0;t\x07"
    desk.project.write_comments(desk.comments)
    async with desk.screen(size=(120, 30), at="[b]1", reviewer="amira") as (app, pilot):
        text = whole(app)
        for part in (
            "[v]aping near [/b] [bold red]x[/]",
            "[red]Driving[/red] [/b]",
            "[link=x]Lam[/]",
            "[b]1",
        ):
            assert part in text
        assert "\x1b" not in text
        await pilot.press("d")
        await pilot.press("escape", "/", *"aping")
        assert "[v]aping near" in whole(app)
        await pilot.press("enter", "a")
        assert "[red]Driving[/red]" in whole(app)
        await pilot.press("escape")
    async with desk.screen(size=(120, 40), at="C-0000", reviewer="amira") as (app, pilot):
        await pilot.press("d")
        assert "[bold]Wants[/bold] [/x] ␛[31m" in whole(app)


# ---------------------------------------------------------------- when saving fails


async def test_a_decision_that_cannot_be_saved_is_asked_about_and_not_called_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True]
    append = DecisionLog.append

    def sometimes(self: DecisionLog, decisions: Sequence[Decision]) -> None:
        if broken[0]:
            raise CoderError(
                "the decision could not be saved (No space left on device)", "Free some space."
            )
        append(self, decisions)

    monkeypatch.setattr(DecisionLog, "append", sometimes)
    async with desk.screen() as (app, pilot):
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert isinstance(app.screen, Ask)
        assert "1 decision(s) could not be saved." in whole(app)
        assert "No space left" in whole(app)
        assert app._writer.saved == 0
        assert "saved (" not in app._status()
        await pilot.press("r")
        await pilot.pause(0.2)
        assert isinstance(app.screen, Ask)  # and again
        broken[0] = False
        await pilot.press("r")
        await saved(app, pilot)
        assert "saved (1)" in whole(app)
    assert len(desk.read()) == 1


async def test_what_could_not_be_saved_is_not_counted_as_decided(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = DecisionLog.append

    def once(self: DecisionLog, decisions: Sequence[Decision]) -> None:
        if desk.read():
            raise CoderError("no", "")
        append(self, decisions)

    monkeypatch.setattr(DecisionLog, "append", once)
    async with desk.screen() as (app, pilot):
        await pilot.press("enter")
        await saved(app, pilot)
        await pilot.press("enter")
        await pilot.pause(0.2)
        await pilot.press("q")
        await pilot.pause(0.1)
    assert app.return_value is not None
    assert (app.return_value.decided, app.return_value.unsaved) == (1, 1)


async def test_a_writer_that_breaks_unexpectedly_is_told_and_can_be_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: DecisionLog, decisions: Sequence[Decision]) -> None:
        raise ValueError("out of the blue")

    monkeypatch.setattr(DecisionLog, "append", breaks)
    async with desk.screen() as (app, pilot):
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "ValueError: out of the blue" in whole(app)
        await pilot.press("q")
        await pilot.pause(0.1)
    assert app.return_value is not None
    assert app.return_value.unsaved == 1


async def test_a_blind_session_without_labels_tells_its_notes(desk: Desk) -> None:
    opened = desk.open(blind=True)
    app = ReviewApp(
        opened.session, opened.writer, title="P", refit=lambda: pytest.fail("blind"), refit_now=True, notes=["6 wait"]
    )  # fmt: skip
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        assert "6 wait" in whole(app)
        assert "nothing learned" not in whole(app)
    opened.writer.close()


async def test_the_mark_that_reading_sets_is_no_attribute_of_a_respondent(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    comments = desk.comments.assign(about_process="0")
    project = project_at(tmp_path / "marked.coding", comments)
    attributes = open_session(project, desk.book, desk.path, "amira", Way()).attributes
    assert "age" in attributes
    assert "about_process" not in attributes


async def test_two_windows_of_one_reviewer_hear_of_each_other(desk: Desk) -> None:
    second = desk.open()
    async with desk.screen(others=True) as (app, pilot):
        first = here(app)
        assert second.session.pick is not None
        assert second.session.pick.comment_id == first
        await pilot.press("enter")
        await saved(app, pilot)
        app._look_around()
        await pilot.pause(0.2)
        assert "elsewhere" not in whole(app)  # its own words come back from the file too
        heard = second.session.hear(second.others())
        assert heard == (first,)
        assert second.session.saved  # and it shows them
        second.session.forward()
        assert second.session.pick.comment_id == here(app)
        second.session.toggle("driving")
        second.session.save()
        second.writer.close()
        app._look_around()
        await pilot.pause(0.2)
        assert "decided elsewhere under your name: 1 comment, this one too" in whole(app)
        assert "driving" in ticked(app)
        assert app.session.saved


async def test_leaving_with_decisions_that_cannot_be_saved_says_how_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: DecisionLog, decisions: Sequence[Decision]) -> None:
        raise CoderError("no", "")

    monkeypatch.setattr(DecisionLog, "append", never)
    async with desk.screen() as (app, pilot):
        await pilot.press("enter")
        await pilot.pause(0.2)
        await pilot.press("q")
        await pilot.pause(0.1)
    assert app.return_value is not None
    assert app.return_value.unsaved == 1


def test_the_writer_keeps_order_and_says_what_is_on_disk(desk: Desk) -> None:
    log = DecisionLog(desk.path, "amira")
    writer = Writer(log)
    made = [
        Decision(
            project="p", comment_id=str(n), text="", text_hash="", scope=("a",), mode="blind", chosen="random",
            reviewer="amira", codebook_version="1", codebook_fingerprint="f",
        )
        for n in range(50)
    ]  # fmt: skip
    for decision in made:
        writer([decision])
    assert writer.close() == 0
    assert writer.saved == 50
    assert desk.read() == made


async def test_another_reviewers_decisions_arrive(desk: Desk) -> None:
    async with desk.screen(others=True) as (app, pilot):
        async with desk.screen(reviewer="ben", at="C-0005") as (other, press):
            await press.press("enter")
            await saved(other, press)
        app._look_around()
        await pilot.pause(0.2)
        assert app.session.record.reviewers("C-0005") == ["ben"]


# ---------------------------------------------------------------- finding themes


def test_themes_are_found_by_word_starts_then_anywhere_then_keywords(desk: Desk) -> None:
    def ids(typed: str) -> list[str]:
        return [t.id for t in matching_themes(desk.book.active, typed)]

    assert ids("") == list(desk.book.theme_ids)
    assert ids("pol")[0] == "visibility"
    assert ids("wom") == ["women"]
    assert ids("cannabis") == ["drugs"]
    assert ids("sta")[0] == "stations"
    assert ids("safety of")[0] == "women"
    assert ids("zzzz") == []
    assert "driving" in ids("drvg")  # letters in order


async def test_inputs_keep_their_letters(desk: Desk) -> None:
    """Letters that are keys elsewhere are letters in a box."""
    async with desk.screen() as (app, pilot):
        first = here(app)
        await pilot.press("n", *"sqzub?")
        assert app.screen.query_one(Input).value == "sqzub?"
        await pilot.press("escape")
        assert here(app) == first
        assert isinstance(app.query_one("#top"), Static)


async def test_garbage_waits_until_nobody_presses_a_key(desk: Desk) -> None:
    class Ring:
        def __init__(self) -> None:
            self.me = self

    with collected_when_idle():
        assert not gc.isenabled()
        async with desk.screen() as (app, pilot):
            gc.collect()
            rings = [Ring() for _ in range(GARBAGE)]
            gone = [weakref.ref(ring) for ring in rings[:5]]
            del rings
            await pilot.press("down")
            app._tidy()
            assert all(ref() is not None for ref in gone)
            await asyncio.sleep(IDLE)
            await pilot.pause()
            app._tidy()  # whether or not the screen's own clock was first
            assert all(ref() is None for ref in gone)
    assert gc.isenabled()
