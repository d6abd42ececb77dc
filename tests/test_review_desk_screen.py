"""On the terminal: marking words, search and decisions in its list, own decisions, questions."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from coder.reviewing.remarks_desk import RemarksDesk
from coder.reviewing.screen.background import BackgroundJobs
from coder.reviewing.screen.comment_search import CommentSearch
from coder.reviewing.screen.texts import progress_text
from coder.reviewing.screen.words_dialog import WordsPane, wrapped
from coder.text import Span, safe_text
from review_desk import Desk, cursor, here, saved, shown, type_in, until, whole
from review_helpers import BOOK, NASTY, plain_texts


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(prepared: Desk, tmp_path: Path) -> Desk:
    return prepared.copy(tmp_path)


# ---------------------------------------------------------------- words


async def test_words_are_marked_with_keys_shown_and_saved(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):  # Crack down on the drugs and the ...
        assert cursor(app).startswith("drugs")
        await pilot.press("w")
        assert "Words for: Drugs" in whole(app)
        assert "nothing is marked for this theme" in whole(app)
        await pilot.press("right", "space", "right", "right", "right", "enter")
        assert "marked: “down on the drugs”" in whole(app)
        await pilot.press("end", "enter", "x", "z", "escape")
        assert "⟪down on the drugs⟫³" in whole(app)
        assert app.session.draft.evidence["drugs"] == (Span(6, 23), Span(50, 51))
        await pilot.press("z")
        await pilot.press("enter")
        await saved(app, pilot)
    assert desk.read()[0].evidence == {"drugs": ((6, 23),)}
    async with desk.screen(at="C-0001", blind=True) as (app, _):
        assert "⟪" not in whole(app)  # what was decided with suggestions is not shown blind


async def test_the_mouse_marks_words_and_tab_goes_to_the_next_theme(desk: Desk) -> None:
    async with desk.screen(at="C-0003") as (app, pilot):  # Women and girls are not safe ...
        await pilot.press("1", "w", "s")
        assert "marked: “Women and girls are not safe at stop 3”" in whole(app)
        await pilot.press("tab")
        assert "Words for: Safety of women" in whole(app)
        pane = app.screen.query_one(WordsPane)
        await pilot.mouse_down(pane, offset=(1, 0))
        await pilot.hover(pane, offset=(11, 0))
        await pilot.mouse_up(pane, offset=(11, 0))
        assert "marked: “Women and girls”" in whole(app)
        await pilot.click(pane, offset=(20, 0))  # puts the cursor there
        assert app.session.draft.evidence["women"] == (Span(0, 15),)
        await pilot.press("space", "escape", "escape")
        assert app.screen is app.review


@pytest.mark.parametrize("name", NASTY)
async def test_hostile_comments_can_be_marked(tmp_path: Path, name: str) -> None:
    text = NASTY[name].replace("\x00", "\ufffd")
    desk = Desk(tmp_path, {"N": text, **plain_texts(2)})
    async with desk.screen(at="N") as (app, pilot):
        await pilot.press("w", "end", "space", "home", "enter", "down", "up", "pagedown")
        for char in whole(app):
            assert char == "\n" or ord(char) >= 0x20
            assert char not in "\x7f\x9b\u202e\u2066\u200b\u200f"
        ((start, end),) = app.session.draft.evidence[cursor(app)]
        assert text[start:end].strip() == text[start:end] != ""
        await pilot.press("escape", "slash")
        await type_in(app, pilot, text.split()[-1])
        assert len(shown(app)) == 24


def test_lines_hold_every_character_once_and_are_as_wide_as_the_pane() -> None:
    for text in (*NASTY.values(), "", "\n\n", "a" * 500, "字" * 200, "one two  \n three"):
        safe = safe_text(text)
        lines = wrapped(safe, 40)
        assert [line.start for line in lines[1:]] == [line.end for line in lines[:-1]]
        assert "".join(safe[start:end] for start, end in lines) == safe


# ---------------------------------------------------------------- search


async def test_results_are_counted_decided_and_keep_their_place(desk: Desk) -> None:
    async with desk.screen(size=(100, 24), at="C-0000") as (app, pilot):
        await pilot.press("slash")
        await type_in(app, pilot, "cannabis")
        assert "6 comments" in whole(app)
        await pilot.press("tab", "down", "t")
        await type_in(app, pilot, "3")
        await pilot.press("enter")
        assert "yes to Drugs: 1 comment (z undoes)" in whole(app)
        lines = [line for line in shown(app) if "Legalise" in line][:6]
        assert ["yes" in line for line in lines] == [False, True, False, False, False, False]
        assert ["> " in line for line in lines].index(True) == 2  # the cursor went on
        await pilot.press("space", "space", "n")
        assert "no to Drugs: 2 comments" in whole(app)
        await pilot.press("z", "z", "z")
        assert "nothing to undo" in whole(app)
        await pilot.press("t", "slash")
        assert isinstance(app.focused, Input)
        await pilot.press("tab", "enter")
        assert here(app) == "C-0037"
        await saved(app, pilot)
    assert {d.comment_id for d in desk.read() if not d.undoes} == {
        "C-0009",
        "C-0016",
        "C-0023",
        "C-0030",
    }


async def test_adjudicators_decide_nothing_in_the_list(desk: Desk) -> None:
    for name, press in (("amira", "3"), ("ben", "4")):
        async with desk.screen(at="C-0006", reviewer=name, blind=True) as (app, pilot):
            await pilot.press(press, "enter")
            await saved(app, pilot)
    async with desk.screen(reviewer="carla", adjudicate=True) as (app, pilot):
        await pilot.press("slash")
        await type_in(app, pilot, "matter")
        await pilot.press("tab", "t")
        assert isinstance(app.screen, CommentSearch)
        await pilot.press("escape", "escape")


# ---------------------------------------------------------------- lists and questions


async def test_my_decisions_are_listed_filtered_opened_and_withdrawn(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.press("enter")
        app.session.go_to("C-0004")
        await pilot.press("n")
        await type_in(app, pilot, "a van?")
        await pilot.press("enter", "enter", "v")
        assert "2 comments · all" in whole(app)
        assert "note: a van?" in whole(app)
        await pilot.press("f", "f")
        assert "1 comment · with a note" in whole(app)
        await pilot.press("x")
        assert "0 comments" in whole(app)
        await pilot.press("z", "enter")
        assert here(app) == "C-0004"
        assert "decided" in whole(app)
        await saved(app, pilot)


async def test_a_question_is_asked_answered_and_heard_of(desk: Desk) -> None:
    opened = desk.open()
    jobs = BackgroundJobs(news=opened.beside.news)
    async with desk.screen(at="C-0001", opened=opened, jobs=jobs) as (app, pilot):
        await pilot.press("F")
        await type_in(app, pilot, "Does \x1b[31mthis[/] count?")
        await pilot.press("enter")
        assert "asked: Q shows" in whole(app)
        await pilot.press("P")
        await type_in(app, pilot, "drugs")
        await pilot.press("enter", "enter")
        assert "there is a theme of this name: Drugs" in whole(app)
        await pilot.press("P")
        await type_in(app, pilot, "Scooters")
        await pilot.press("enter", *"why", "enter")
        folder = desk.path.with_suffix(".decisions")
        lead = RemarksDesk(folder, "plan", "caro", opened.beside.remarks._remarks.values())
        asked = lead.threads()[-1].remark
        assert asked.text == "Does \x1b[31mthis[/] count?"
        lead.answer(asked.id, "It does.")
        app.background.read_news()
        await until(pilot, lambda: "caro answered about C-0001" in whole(app))
        await pilot.press("Q")
        text = whole(app)
        assert "2 remarks, 1 open" in text
        assert "Scooters: why" in text
        await pilot.press("down")
        assert "caro: It does." in whole(app)
        await pilot.press("a")
        await type_in(app, pilot, "Thank you.")
        await pilot.press("enter", "down")
        assert "amira: Thank you." in whole(app)
        await pilot.press("x")
        assert "1 remark, 1 open" in whole(app)
        await pilot.press("escape", "escape")


async def test_a_blind_session_hears_that_the_codebook_changed(desk: Desk) -> None:
    opened = desk.open(blind=True)
    jobs = BackgroundJobs(news=opened.beside.news)
    async with desk.screen(opened=opened, jobs=jobs, size=(160, 30)) as (app, pilot):
        await pilot.press("1")
        desk.path.write_text(BOOK + "  - {id: noise, name: Noise}\n", encoding="utf-8")
        app.background.read_news()
        await until(pilot, lambda: "the codebook changed: 1 theme new (noise)" in whole(app))
        await pilot.press("enter")
        await saved(app, pilot)
    assert len(desk.read()) == 1


async def test_the_progress_line_tells_pace_and_time_left(desk: Desk) -> None:
    async with desk.screen(sample=12, blind=True) as (app, pilot):
        for _ in range(3):
            await pilot.press("enter")
        progress = app.session.progress()
        line = progress_text(progress, 1, 80, shares=True, pace=None)
        assert "an hour" not in line
        moments = app.session.pace._moments
        last = moments.pop()
        moments.clear()
        moments.extend(last + timedelta(minutes=n) for n in range(6))
        app.review.draw()
        text = shown(app)[-3]
        assert "3 of 12 drawn are decided, 9 left" in text
        assert "60 an hour, about 10 min left" in text
        assert "…" not in text
