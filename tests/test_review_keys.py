"""The keys of the review, through Textual's pilot: every key, in every kind of session, and the dialogs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from textual.binding import BindingsMap
from textual.widgets import Input, Static

from coder.errors import CoderError
from coder.reviewing.mode import SessionKind
from coder.reviewing.screen import background, dialogs
from coder.reviewing.screen.app import HINTS_ALWAYS, HINTS_AT_END, ReviewApp
from coder.reviewing.screen.background import LEARN_AFTER, BackgroundJobs
from coder.reviewing.screen.comment_actions import ReadingActions
from coder.reviewing.screen.comment_search import CommentSearch
from coder.reviewing.screen.desk_actions import DeskActions
from coder.reviewing.screen.dialogs import NoteDialog
from coder.reviewing.screen.modes import MODES, ScreenMode
from coder.reviewing.screen.theme_filter import ThemeFilter
from coder.reviewing.suggestions import Neighbours, Suggestions
from coder.screen.dialogs import QuestionDialog, TextDialog
from coder.screen.keys import Key, keys_of
from review_desk import Desk, cursor, here, saved, shown, ticked, type_in, until, whole
from review_helpers import BOOK, book_at, labels_table, plain_texts

# Those of the desk have tests of their own (see `test_review_desk_screen`).
TESTED: set[str] = {declaration.method for declaration in keys_of(DeskActions)}


def key(*methods: str) -> Callable[[Any], Any]:
    """Marks a test as that of some keys, by the methods they call, so that no key goes without one."""
    TESTED.update(methods)
    return lambda test: test


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(prepared: Desk, tmp_path: Path) -> Desk:
    return prepared.copy(tmp_path)


# ---------------------------------------------------------------- every key has all it needs


def keys_in(mode: ScreenMode) -> list[Key]:
    reading = (ReadingActions, DeskActions)
    owners = (mode.decision_actions, mode.theme_actions, *reading, ReviewApp)
    return [declaration for owner in owners for declaration in keys_of(owner)]


@pytest.mark.parametrize("kind", get_args(SessionKind))
def test_every_key_has_one_action_a_help_text_and_a_test(kind: SessionKind) -> None:
    mode = MODES[kind]
    keys = keys_in(mode)
    names = [name for declaration in keys for name in declaration.names]
    assert len(names) == len(set(names))
    methods = [declaration.method for declaration in keys]
    assert len(methods) == len(set(methods))
    assert set(methods) <= TESTED
    for declaration in keys:
        assert declaration.shown
        assert 5 < len(declaration.help) <= 54  # fits 80 columns
        assert declaration.help[0].isupper()
    hinted = {declaration.method for declaration in keys if declaration.hint}
    assert {*mode.theme_actions.hints, *HINTS_AT_END, *HINTS_ALWAYS} <= hinted


def test_what_the_keys_of_every_kind_have_in_common() -> None:
    def names(kind: SessionKind) -> set[str]:
        return {name for declaration in keys_in(MODES[kind]) for name in declaration.names}

    assert names("mixed") == names("sample") == names("double")
    assert names("mixed") - names("adjudicate") == {"a", "plus", "m", "p", *"ABCDE"}
    assert names("adjudicate") - names("mixed") == {"y", "N"}
    assert names("mixed") - names("theme") == {*"0ghtUam", "plus", *"ABCDE"}
    assert names("theme") - names("mixed") == {"y", "N"}


@pytest.mark.parametrize("kind", [{}, {"theme": "drugs"}])
async def test_textual_has_a_binding_for_every_key(desk: Desk, kind: dict[str, Any]) -> None:
    async with desk.screen(**kind) as (app, _):
        bound = {name: active.binding for name, active in app.screen.active_bindings.items()}
        for declaration in keys_in(MODES[app.session.kind]):
            for name in declaration.names:
                assert bound[name].action == f"app.press({name!r})"
                assert bound[name].description == declaration.help


@pytest.mark.parametrize("dialog", [TextDialog, ThemeFilter, CommentSearch, NoteDialog])
def test_every_key_of_a_dialog_has_an_action_a_text_and_one_meaning(
    dialog: type[dialogs.Dialog[Any]],
) -> None:
    names = []
    for binding in BindingsMap(dialog.BINDINGS).key_to_bindings.values():
        for each in binding:
            names.append(each.key)
            assert hasattr(dialog, f"action_{each.action.partition('(')[0]}")
            assert each.description
    assert names
    assert len(names) == len(set(names))


# ---------------------------------------------------------------- ticking


@key("type_key", "next_position")
async def test_digits_tick_and_untick_p_steps_through_positions_0_unticks_all(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        second = app.session.rows()[1].theme_id
        await pilot.press("2")
        assert second in ticked(app)
        assert cursor(app) == second
        await pilot.press("2")
        assert second not in ticked(app)
        await pilot.press("9")  # there is no ninth
        assert ticked(app) == {"drugs"}
        await pilot.press("3", "3", "p")
        assert app.session.draft.themes["drugs"] == ("less",)
        assert "(x) B Less enforcement" in whole(app)
        await pilot.press("end", "2", "p")
        assert "this theme has no positions" in whole(app)
        await pilot.press("0")
        assert not ticked(app)
        assert "no theme is ticked" in whole(app)


@key("move_down", "move_up", "tick")
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
        await pilot.press("up", "up", "up")  # round to the last
        assert cursor(app) == app.session.rows()[-1].theme_id


@key("next_page", "page_before")  # their test stands with the other tests of long lists
def test_the_keys_of_pages_are_typed_without_shift() -> None:
    names = {declaration.method: declaration.shown for declaration in keys_in(MODES["mixed"])}
    assert (names["next_page"], names["page_before"]) == (".", ",")


@key("tick_position")
async def test_capitals_tick_the_positions_of_the_theme_used_last(desk: Desk) -> None:
    async with desk.screen(at="C-0000") as (app, pilot):
        await pilot.press("A")
        assert "this theme has no position A" in whole(app)
        await pilot.press("3", "B")
        assert app.session.draft.themes["drugs"] == ("less",)
        assert "(x) B Less enforcement" in whole(app)
        await pilot.press("A", "B")
        assert app.session.draft.themes["drugs"] == ("more",)
        await pilot.press("3", "A")  # no longer ticked, and ticked again by its position
        assert app.session.draft.themes["drugs"] == ("more",)


@key("add")
async def test_themes_are_added_by_a_few_letters_several_in_one_go(desk: Desk) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        for press in ("a", "+"):
            await pilot.press(press)
            assert isinstance(app.screen, ThemeFilter)
            await pilot.press("w", "o", "m", "enter")
            await type_in(app, pilot, "poli")
            await pilot.press("enter")
            await type_in(app, pilot, "zzz")
            await pilot.press("enter", "escape")  # nothing is found, nothing is ticked
            assert ticked(app) == {"women", "visibility"}
            await pilot.press("a", "down", "down", "down", "up", "enter", "escape")
            assert ticked(app) == {"women", "visibility", "stations"}
            await pilot.press("0")


async def test_enter_on_the_empty_box_goes_back_and_changes_nothing(desk: Desk) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        before = ticked(app)
        for leave in ("enter", "escape"):
            await pilot.press("a", leave)
            assert not isinstance(app.screen, ThemeFilter)
            assert ticked(app) == before
            await pilot.press("a")
            await type_in(app, pilot, "poli")
            await pilot.press("enter", leave)
            assert not isinstance(app.screen, ThemeFilter)
            assert ticked(app) == before | {"visibility"}
            await pilot.press("z")
            assert ticked(app) == before
            await pilot.press("u")
            assert "[?]" in whole(app)
            await pilot.press("q")
            assert isinstance(app.screen, QuestionDialog)
            await pilot.press("escape", "z")
        await pilot.press("a", "up")  # without a letter the arrows choose, from either end
        assert app.screen.chosen == desk.book.active[-1]
        await pilot.press("down")
        assert app.screen.chosen == desk.book.active[0]


async def test_a_clicked_theme_is_not_unticked_by_enter(desk: Desk) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        before = ticked(app)
        await pilot.press("a")
        await pilot.click("#matches", offset=(3, 1))
        after = ticked(app)
        assert len(before ^ after) == 1
        await pilot.press("enter")
        assert ticked(app) == after


@key("mark_unsure", "mark_all_unsure")
async def test_u_marks_a_theme_as_unsure_and_capital_u_the_whole_comment(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("u")
        assert "[?]" in whole(app)
        await pilot.press("enter")
        app.session.go_to("C-0008")
        await pilot.press("U")
        assert whole(app).count("[?]") == 5
        await pilot.press("U")
        assert whole(app).count("[?]") == 0
        await pilot.press("U", "enter")
        await saved(app, pilot)
    first, second = desk.read()
    assert first.unsure == ("drugs",)
    assert set(desk.judged()["comment_id"]) == {first.comment_id}
    assert second.comment_id == "C-0008"
    again = desk.open()
    assert again.session.record.complete(
        "C-0008", "amira", desk.book.theme_ids
    )  # not offered again
    again.writer.close()


@key("leave_open", "leave_rest_open")
async def test_in_adjudication_u_leaves_a_dispute_open_and_digits_move_the_cursor(
    desk: Desk,
) -> None:
    for name, theme_id in (("amira", "women"), ("ben", "driving")):
        opened = desk.open(name, blind=True)
        opened.session.go_to("C-0006")
        opened.session.edit.toggle(theme_id)
        opened.session.save()
        opened.writer.close()
    async with desk.screen(reviewer="carla", adjudicate=True) as (app, pilot):
        await pilot.press("5")
        assert cursor(app) == "driving"
        await pilot.press("u")
        assert "[ ? ] 5 Driving" in whole(app)
        assert cursor(app) == "women"
        await pilot.press("3", "u")
        assert "this theme is not in dispute" in whole(app)
        await pilot.press("U")
        assert "[ ? ] 4 Safety of women" in whole(app)
        await pilot.press("9", "enter")  # there is no ninth
        await saved(app, pilot)
    assert desk.read()[-1].unsure == ("women", "driving")


# ---------------------------------------------------------------- deciding and moving


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


@key("note")
async def test_n_writes_a_note_and_letters_that_are_keys_elsewhere_are_letters_in_a_box(
    desk: Desk,
) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("n", *"sqzub?")
        assert app.screen.query_one(Input).value == "sqzub?"
        await pilot.press("escape")
        assert here(app) == "C-0001"
        assert isinstance(app.query_one("#top"), Static)
        await pilot.press("n")
        assert isinstance(app.screen, NoteDialog)
        await type_in(app, pilot, "ask [b]q")
        await pilot.press("enter")
        assert "note: ask [b]q" in whole(app)
        await pilot.press("n", "x", "escape")  # left as it was
        await pilot.press("enter")
        await saved(app, pilot)
    assert desk.read()[0].note == "ask [b]q"


@key("skip", "go_back", "go_forward")
async def test_skip_back_and_forward(desk: Desk) -> None:
    async with desk.screen() as (app, pilot):
        first = here(app)
        await pilot.press("s")
        second = here(app)
        assert second != first
        assert "1 skipped" in whole(app)
        assert desk.read() == []
        for back, forth in (("b", "f"), ("left", "right")):
            await pilot.press(back)
            assert here(app) == first
            await pilot.press(back)
            assert "this is the first comment" in whole(app)
            await pilot.press("enter")  # decided now
            assert here(app) == second
            await pilot.press(back)
            assert "ticked · decided" in whole(app)
            await pilot.press(forth)
            assert here(app) == second
        await pilot.press("f")  # not decided: as a skip
        assert here(app) not in (first, second)
        assert app.session.skipped == 1
        await saved(app, pilot)
    assert {decision.comment_id for decision in desk.read()} == {first}


@key("undo", "redo")
async def test_undo_and_redo(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("2", "enter")
        for undo, redo in (("z", "Z"), ("ctrl+z", "ctrl+y")):
            await pilot.press(undo)
            assert here(app) == "C-0001"
            assert "undone: the last decision" in whole(app)
            await pilot.press(undo)
            assert ticked(app) == {"drugs"}
            await pilot.press(undo)
            assert "nothing to undo" in whole(app)
            await pilot.press(redo, redo)
            assert here(app) != "C-0001"
            assert "redone: the decision" in whole(app)
            await pilot.press(redo)
            assert "nothing to redo" in whole(app)
        await saved(app, pilot)
    assert len(desk.judged()) == 5
    assert len(desk.read()) == 5


@key("withdraw")
async def test_x_withdraws_a_decision(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("x")
        assert "you have not decided this comment" in whole(app)
        await pilot.press("enter", "b", "x")
        assert "your decision is withdrawn" in whole(app)
        await saved(app, pilot)
    assert not len(desk.judged())


@key("choose_copies")
async def test_c_chooses_which_copies_count(tmp_path: Path) -> None:
    desk = Desk(
        tmp_path, {"A": "Ban cars", "B": "ban cars!", "C": "Ban cars and more", "D": "Else"}
    )
    desk.comments["campaign_id"] = ["k", "k", "k", ""]
    desk.project.write(desk.project.settings(), desk.comments)
    async with desk.screen(at="A") as (app, pilot):
        assert "also for 1 copy; not for 1 more in the campaign (c to change)" in whole(app)
        await pilot.press("c")
        assert "also for 2 more in the campaign (c to change)" in whole(app)
        await pilot.press("c")
        assert "for this comment only" in whole(app)
        await pilot.press("c", "enter")
        assert "saved for 1 copy too" in whole(app)
        app.session.go_to("D")
        await pilot.press("c")
        assert "there are no copies" in whole(app)
        await saved(app, pilot)
    assert sorted(d.comment_id for d in desk.read()) == ["A", "B"]


@key("show_similar")
async def test_m_brings_comments_like_this_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = list(desk.comments["comment_id"])
    like = Neighbours(ids, np.eye(7, dtype=np.float32)[[n % 7 for n in range(len(ids))]])
    monkeypatch.setattr(background, "SETTLED", 0.001)
    asked = []

    def find() -> Neighbours:
        asked.append(app.session.neighbours)
        return like

    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("m")
        assert "similar comments are not known yet" in whole(app)
    async with desk.screen(at="C-0001", jobs=BackgroundJobs(find_neighbours=find)) as (app, pilot):
        await until(pilot, lambda: app.session.neighbours is not None)
        await pilot.press("m")
        assert "comments like this one" in whole(app)
        await pilot.press("enter")
        assert int(here(app)[2:]) % 7 == 1
        assert "like C-0001" in whole(app)
    assert asked == [None]  # once


@key("search")
async def test_slash_finds_and_opens(desk: Desk) -> None:
    async with desk.screen() as (app, pilot):
        await pilot.press("/")
        assert isinstance(app.screen, CommentSearch)
        await type_in(app, pilot, "cannabis neighbour 23")
        await pilot.press("enter")
        assert here(app) == "C-0023"
        first = here(app)
        await pilot.press("/")
        await type_in(app, pilot, "cannabis")
        await pilot.press("down", "enter")
        assert here(app) == "C-0009"
        await pilot.press("/", *"zzz", "enter")
        assert "no comment matches" in whole(app)
        await pilot.press("escape")
        await pilot.press("b")
        assert here(app) == first


async def test_each_comment_found_is_one_line(tmp_path: Path) -> None:
    texts = {f"C-{n:02d}": f"number {n} " + "very long women 漢字 🚗 " * 20 for n in range(6)}
    desk = Desk(tmp_path, texts | {"x" * 150: "women with a long name", "line": "women\nand\tmen"})
    async with desk.screen(size=(60, 20)) as (app, pilot):
        for size in [(60, 20), (80, 24), (120, 40)]:
            await pilot.resize_terminal(*size)
            await pilot.press("slash")
            await type_in(app, pilot, "women")
            assert isinstance(app.screen, CommentSearch)
            assert len(app.screen.list.items) == 8
            assert app.screen.list.virtual_size.height <= 8
            await pilot.press("escape")


# ---------------------------------------------------------------- reading


@key("show_definition")
async def test_d_shows_what_the_codebook_says(desk: Desk) -> None:
    async with desk.screen(at="C-0000") as (app, pilot):
        await pilot.press("d")
        assert isinstance(app.screen, TextDialog)
        text = whole(app)
        for part in (
            "Wants more officers",
            "officers on the beat",
            "Excludes",
            "on the beat, more officers",
        ):
            assert part in text
        await pilot.press("j", "k", "pagedown", "pageup", "d")
        assert not isinstance(app.screen, TextDialog)
        await pilot.press("d", "escape")
        assert not isinstance(app.screen, TextDialog)


@key("show_details")
async def test_i_shows_all_that_is_known(desk: Desk) -> None:
    async with desk.screen() as (app, pilot):
        assert "drawn at random, number 1" in whole(app)
        assert "borough: Lambeth" in whole(app)
        await pilot.press("i")
        assert isinstance(app.screen, TextDialog)
        assert "borough: Lambeth" in whole(app)
        assert "drawn at random, number 1" in whole(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, TextDialog)


@key("next_evidence", "page_down", "page_up")
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
        assert "⟦women⟧⁴" in whole(app)


# ---------------------------------------------------------------- the program


@key("update_suggestions")
async def test_r_and_every_25_decisions_learn_in_the_background(desk: Desk) -> None:
    asked = []

    def learn() -> Suggestions:
        asked.append(len(desk.read()))
        labels = labels_table(desk.comments, desk.book)
        return Suggestions(labels, desk.book, f"model-{1 + len(asked)}")

    async with desk.screen(jobs=BackgroundJobs(learn=learn)) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: app.session.suggestions.fingerprint == "model-2")
        assert "suggestions updated from the decisions so far" in whole(app)
        assert len(asked) == 1
        for _ in range(LEARN_AFTER):
            await pilot.press("enter")
        await until(pilot, lambda: app.session.suggestions.fingerprint == "model-3")
        assert len(asked) == 2


async def test_learning_that_fails_is_reported_and_the_review_goes_on(desk: Desk) -> None:
    def learn() -> Suggestions:
        raise CoderError("the cache [bold]broke[/bold]", "mend it")

    async with desk.screen(jobs=BackgroundJobs(learn=learn)) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "could not be updated" in app.review.message)
        assert "could not be updated: the cache [bold]broke[/bold]" in whole(app)
        await pilot.press("enter")
        await saved(app, pilot)
        assert "saved (1)" in whole(app)


@pytest.mark.parametrize("mode", [{"theme": "drugs"}, {}])
async def test_a_codebook_changed_meanwhile_is_reported_and_the_review_goes_on(
    desk: Desk, tmp_path: Path, mode: dict[str, Any]
) -> None:
    _, renamed = book_at(
        tmp_path / "other", BOOK.replace("- id: drugs", "- id: narcotics\n    was: [drugs]")
    )

    def learn() -> Suggestions:
        return Suggestions(labels_table(desk.comments, renamed), renamed, "model-2")

    async with desk.screen(jobs=BackgroundJobs(learn=learn), **mode) as (app, pilot):
        first = here(app)
        await pilot.press("r")
        await until(pilot, lambda: app.review.message)
        assert "the codebook has other themes now: quit and start again" in whole(app)
        assert app.session.suggestions.fingerprint == "model-1"
        await pilot.press("enter")
        await saved(app, pilot)
        assert here(app) != first
    assert "drugs" in desk.read()[0].scope


@key("show_help", "switch_light")
async def test_help_names_every_key_and_l_is_light_or_dark(desk: Desk) -> None:
    async with desk.screen(size=(100, 90)) as (app, pilot):
        for press in ("?", "f1"):
            await pilot.press(press)
            text = whole(app)
            for declaration in keys_in(MODES["mixed"]):
                assert declaration.help in text
                assert declaration.shown in text
            await pilot.press("q")
            assert not isinstance(app.screen, TextDialog)
            assert app.is_running
        assert app.theme == "textual-dark"
        await pilot.press("l")
        assert app.theme == "textual-light"
        await pilot.press("l")
        assert app.theme == "textual-dark"
    async with desk.screen(light=True) as (app, pilot):
        assert app.theme == "textual-light"


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
@pytest.mark.parametrize(("answer", "kept"), [("s", 1), ("q", 0)])
async def test_quit_asks_about_ticks_that_are_not_saved(desk: Desk, answer: str, kept: int) -> None:
    async with desk.screen() as (app, pilot):
        await pilot.press("2", "q")
        assert isinstance(app.screen, QuestionDialog)
        assert "not saved" in whole(app)
        await pilot.press("v")  # no answer
        assert isinstance(app.screen, QuestionDialog)
        await pilot.press("escape")
        await saved(app, pilot)
        assert app.is_running
        assert not isinstance(app.screen, QuestionDialog)
        await pilot.press("q", answer)
        await saved(app, pilot)
    assert app.return_value is not None
    assert len(desk.read()) == kept


@pytest.mark.parametrize(("line", "kept"), [("save and quit", 1), ("quit without saving", 0)])
async def test_an_answer_is_clicked(desk: Desk, line: str, kept: int) -> None:
    async with desk.screen() as (app, pilot):
        await pilot.press("1")
        for answer in ("continue reviewing", line):
            assert app.is_running
            assert not isinstance(app.screen, QuestionDialog)
            assert desk.read() == []
            await pilot.press("q")
            await pilot.pause()
            row = next(n for n, text in enumerate(shown(app)) if answer in text)
            await pilot.click(offset=(shown(app)[row].index(answer) + 1, row))
            await pilot.pause()
        await saved(app, pilot)
        assert len(desk.read()) == kept
        assert not app.is_running


# ---------------------------------------------------------------- one theme


@key("answer_yes", "answer_no", "answer_unsure")
async def test_one_theme_yes_no_unsure(desk: Desk) -> None:
    async with desk.screen(theme="drugs") as (app, pilot):
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


@key("answer_position", "note")
async def test_one_theme_digits_are_positions(desk: Desk) -> None:
    async with desk.screen(theme="drugs") as (app, pilot):
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
