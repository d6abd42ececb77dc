"""Adjudication: an explicit answer to every dispute, and what the screen shows of the reviewers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from coder.decisions import Decision, DecisionLog
from coder.errors import CoderError
from coder.reviewing.context import ReviewContext
from coder.reviewing.mode import ReviewMode
from coder.reviewing.record import Record
from coder.reviewing.screen.app import ReviewApp
from coder.reviewing.screen.reviewer_names import ShortNames
from coder.reviewing.session import Session
from coder.screen.dialogs import QuestionDialog, TextDialog
from coder.text import text_hash
from review_desk import Desk, cursor, here, saved, shown, type_in, whole
from review_helpers import labels_table

ONE, TWO = "C-0006", "C-0013"  # comments on which the model assigns nothing
LONG_NAMES = (
    "alexandra.papadopoulou",
    "alexander.montgomery-smith",
    "bartholomew fitzgerald",
    "Katherine Johnson-Wu",
    "dmitri",
    "very.long.reviewer.name.with.many.parts@consultancy.example",
)

Answers = Mapping[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(prepared: Desk, tmp_path: Path) -> Desk:
    return prepared.copy(tmp_path)


def decide(
    desk: Desk,
    reviewer: str,
    themes: Answers,
    *,
    comment_id: str = ONE,
    scope: Sequence[str] = (),
    unsure: Sequence[str] = (),
    note: str = "",
) -> Decision:
    """A reviewer's blind decision on a comment, on disk."""
    text = dict(zip(desk.comments["comment_id"], desk.comments["text"], strict=True))[comment_id]
    decision = Decision(
        project=desk.project.settings().name,
        comment_id=comment_id,
        text=text,
        text_hash=text_hash(text),
        scope=tuple(scope) or desk.book.theme_ids,
        themes=dict(themes),
        unsure=tuple(unsure),
        mode="blind",
        chosen="listed",
        note=note,
        reviewer=reviewer,
        codebook_version=str(desk.book.version),
        codebook_fingerprint=desk.book.fingerprint,
    )
    DecisionLog(desk.path, reviewer, desk.book).append([decision])
    return decision


def sit(desk: Desk, reviewer: str = "dora") -> Session:
    """An adjudicator's session whose decisions are on disk at once."""
    opened = desk.open(reviewer, adjudicate=True)
    opened.writer.close()
    opened.session._keeper.write = DecisionLog(desk.path, reviewer).append
    return opened.session


def differing(desk: Desk) -> tuple[str, ...]:
    """The themes in dispute in the first comment, as they are on disk."""
    texts = dict(zip(desk.comments["comment_id"], desk.comments["text"], strict=True))
    name = desk.project.settings().name
    record = Record(desk.read(), desk.book, name, texts)
    context = ReviewContext(desk.book, record, name, "x", ReviewMode(adjudicate=True))
    return context.record.differing(ONE, context.scope)


def line_of(app: ReviewApp, text: str) -> str:
    (line,) = [line for line in shown(app) if text in line]
    return line.strip("│").rstrip()


def words(app: ReviewApp) -> str:
    """The screen without its frames, in one line."""
    return " ".join(whole(app).replace("│", " ").split())


# ---------------------------------------------------------------- an explicit answer


async def test_enter_saves_nothing_while_a_dispute_is_open_and_shows_the_first(desk: Desk) -> None:
    decide(desk, "amira", {"women": (), "stations": (), "driving": ()})
    decide(desk, "ben", {"driving": ()})
    before = len(desk.read())
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, pilot):
        await pilot.press("down", "down", "enter")
        assert "open: Closure of local stations, Safety of women" not in whole(app)
        assert "2 disputes open: 2, 4 (y yes, n no, u leave open)" in whole(app)
        assert cursor(app) == "stations"
        await pilot.press("y", "enter", "enter")
        assert "open: Safety of women (y yes, n no, u leave open)" in whole(app)
        assert cursor(app) == "women"
        assert len(desk.read()) == before
        await pilot.press("n")
        assert "In dispute: all answered, Enter saves" in whole(app)
        await pilot.press("enter")
        await saved(app, pilot)
        assert "There is nothing left" in whole(app)
    decision = desk.read()[-1]
    assert decision.scope == ("stations", "women")
    assert decision.themes == {"stations": ()}
    assert decision.unsure == ()
    assert len(decision.adjudicates) == 2
    assert decision.shown == {}
    assert differing(desk) == ()


async def test_what_the_reviewers_agree_on_is_shown_and_not_asked(desk: Desk) -> None:
    decide(desk, "amira", {"women": (), "driving": ()})
    decide(desk, "ben", {"driving": ()})
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, pilot):
        assert "yes 5 Driving agreed: yes amira, ben" in words(app)
        assert "no 3 Drugs agreed: no amira, ben" in words(app)
        await pilot.press("5", "space")
        assert "do not differ here" in whole(app)
        await pilot.press("4", "n", "enter")
        await saved(app, pilot)
    assert desk.read()[-1].scope == ("women",)


async def test_an_adjudicator_may_overrule_what_all_agree_on(desk: Desk) -> None:
    decide(desk, "amira", {"women": (), "driving": ()})
    decide(desk, "ben", {"driving": ()})
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, pilot):
        await pilot.press("y", "5", "n")
        assert "[no ] 5 Driving" in whole(app)
        await pilot.press("enter")
        await saved(app, pilot)
    decision = desk.read()[-1]
    assert decision.scope == ("women", "driving")
    assert decision.themes == {"women": ()}
    assert len(decision.adjudicates) == 2


def test_each_position_in_dispute_needs_an_answer(desk: Desk) -> None:
    decide(desk, "amira", {"drugs": ("more",)})
    decide(desk, "ben", {"drugs": ("less",)})
    session = sit(desk)
    assert session.settle.open_disputes() == [("drugs", "more"), ("drugs", "less")]
    assert not session.rows()[0].asked
    assert session.rows()[0].verdict == "yes"
    session.settle.answer_position("drugs", "more", False)
    assert session.save() == ()
    session.settle.answer_position("drugs", "less", True)
    (decision,) = session.save()
    assert decision.themes == {"drugs": ("less",)}


def test_positions_are_asked_only_where_the_theme_is_present(desk: Desk) -> None:
    decide(desk, "amira", {"drugs": ("more", "less")})
    decide(desk, "ben", {"drugs": ("less",)})
    decide(desk, "carla", {})
    session = sit(desk)
    assert session.settle.open_disputes() == [("drugs", "")]
    session.settle.answer("drugs", True)
    assert session.draft.themes == {"drugs": ("less",)}
    assert session.settle.open_disputes() == [("drugs", "more")]
    session.settle.answer("drugs", False)
    assert session.settle.open_disputes() == []
    session.settle.answer_position("drugs", "less", False)
    assert "drugs" not in session.draft.themes
    session.settle.answer_position("drugs", "more", True)
    assert session.draft.themes == {"drugs": ("more", "less")}
    (decision,) = session.save()
    assert decision.themes == {"drugs": ("more", "less")}
    session.back()
    assert session.saved


# ---------------------------------------------------------------- left open on purpose


def test_what_is_left_open_stays_in_dispute_and_comes_again_last(desk: Desk) -> None:
    for comment_id in (ONE, TWO):
        decide(desk, "amira", {"women": (), "driving": ()}, comment_id=comment_id)
        decide(desk, "ben", {}, comment_id=comment_id)
    session = sit(desk)
    session.go_to(ONE)
    assert set(session.settle.open_disputes()) == {("women", ""), ("driving", "")}
    session.settle.answer("women", True)
    session.settle.leave_rest_open()
    (decision,) = session.save()
    assert decision.unsure == ("driving",)
    assert differing(desk) == ("driving",)
    assert here_of(session) == TWO
    assert session.progress().left == 1

    again = sit(desk)
    assert here_of(again) == TWO, "what was left open comes last"
    again.settle.leave_rest_open()
    again.save()
    assert here_of(again) == ONE
    assert again.pick is not None
    assert again.pick.scope == ("driving",)
    again.settle.answer("driving", False)
    again.save()
    assert differing(desk) == ()
    assert here_of(sit(desk, "eve")) == TWO


def here_of(session: Session) -> str:
    assert session.pick is not None
    return session.pick.comment_id


def test_unsure_is_no_answer_in_a_dispute(desk: Desk) -> None:
    decide(desk, "amira", {"women": ()})
    decide(desk, "ben", {}, unsure=("women",))
    decide(desk, "carla", {}, scope=("drugs",))
    with pytest.raises(CoderError, match="no comment is in dispute"):
        sit(desk)


def test_skipped_disputes_come_back_also_for_a_reviewer_of_the_comment(desk: Desk) -> None:
    for comment_id in (ONE, TWO):
        decide(desk, "amira", {"women": ()}, comment_id=comment_id)
        decide(desk, "ben", {}, comment_id=comment_id)
    session = sit(desk, "ben")
    first = here_of(session)
    session.skip()
    session.skip()
    assert here_of(session) == first


# ---------------------------------------------------------------- undo, quitting, who decides


def test_undo_and_redo_of_answers_and_of_a_settled_comment(desk: Desk) -> None:
    decide(desk, "amira", {"women": (), "drugs": ("more",)})
    decide(desk, "ben", {"drugs": ("less",)})
    session = sit(desk)
    session.settle.answer("women", False)
    session.undo()
    assert ("women", "") in session.settle.open_disputes()
    session.redo()
    assert ("women", "") not in session.settle.open_disputes()
    session.settle.answer_position("drugs", "more", True)
    session.settle.leave_open("drugs")
    session.undo()
    session.settle.answer_position("drugs", "less", False)
    session.save()
    assert differing(desk) == ()
    session.undo()
    assert differing(desk) == ("drugs", "women")
    assert session.settle.open_disputes() == [], "the answers are still on the screen"
    assert not session.saved
    session.redo()
    assert differing(desk) == ()
    assert desk.read()[-1].undoes is not None


def test_x_in_adjudication_leaves_what_the_adjudicator_said_as_a_reviewer(desk: Desk) -> None:
    decide(desk, "amira", {"women": ()}, note="mine")
    decide(desk, "ben", {})
    session = sit(desk, "amira")
    session.settle.answer("women", False)
    assert session.draft.note == "", "the note of the review is not that of the adjudication"
    session.save()
    session.back()
    assert session.take_back()
    assert differing(desk) == ("women",)
    assert not session.take_back()


async def test_quitting_with_an_open_dispute_never_saves(desk: Desk) -> None:
    decide(desk, "amira", {"women": (), "driving": ()})
    decide(desk, "ben", {})
    before = len(desk.read())
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, pilot):
        await pilot.press("y", "q")
        assert isinstance(app.screen, QuestionDialog)
        assert "Not answered yet: 1" in words(app)
        assert "save and quit" not in whole(app)
        await pilot.press("s")
        assert isinstance(app.screen, QuestionDialog)
        await pilot.press("escape", "n", "q", "s")
        await saved(app, pilot)
    assert len(desk.read()) == before + 1


def test_several_adjudicators_may_settle_one_comment(desk: Desk) -> None:
    decide(desk, "amira", {"women": ()})
    decide(desk, "ben", {})
    first, second = sit(desk, "dora"), sit(desk, "eve")
    for session, present in ((first, True), (second, False)):
        session.settle.answer("women", present)
        session.save()
    settled = [decision for decision in desk.read() if decision.adjudicates]
    assert {decision.reviewer for decision in settled} == {"dora", "eve"}
    assert all(len(decision.adjudicates) == 2 for decision in settled)


def test_adjudicators_who_are_divided_leave_a_dispute_to_another(desk: Desk) -> None:
    decide(desk, "amira", {"women": ()})
    decide(desk, "ben", {})
    sessions = [sit(desk, "dora"), sit(desk, "eve")]
    for session, present in zip(sessions, (True, False), strict=True):
        session.settle.answer("women", present)
        session.save()
    assert differing(desk) == ("women",)
    with pytest.raises(CoderError, match="dora has settled everything; 1 comment still in dispute"):
        sit(desk, "dora")
    third = sit(desk, "fay")
    third.settle.answer("women", False)
    third.save()
    assert differing(desk) == ()


def test_a_comment_nobody_reviewed_cannot_be_adjudicated(desk: Desk) -> None:
    decide(desk, "amira", {"women": ()})
    decide(desk, "ben", {})
    session = sit(desk)
    session.go_to(TWO)
    assert session.pick is not None
    assert session.pick.scope == ()
    assert session.save() == ()


# ---------------------------------------------------------------- what the screen shows


async def test_six_reviewers_with_long_names_fit_80_columns(desk: Desk) -> None:
    answers = ("women", "women", "driving", "driving", "drugs", "drugs")
    for reviewer, theme_id in zip(LONG_NAMES, answers, strict=True):
        positions = ("more",) if theme_id == "drugs" else ()
        unsure = ("visibility",) if reviewer == "dmitri" else ()
        scope = desk.book.theme_ids
        if reviewer.startswith("very"):
            scope = ("drugs", "driving")
        given = {theme_id: positions}
        note = f"A note of {reviewer}, at some length, so that it takes more than one line."
        decide(desk, reviewer, given, scope=scope, unsure=unsure, note=note)
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, pilot):
        screen = words(app)
        for short, name in {"ale": LONG_NAMES[1], "al2": LONG_NAMES[0], "dmi": "dmitri"}.items():
            assert f"{short} = {name}" in screen
        assert f"ver = {LONG_NAMES[-1]}" in screen
        assert "yes Kat bar, no ale al2 dmi ver" in line_of(app, "] 5 Driving")
        assert "yes dmi ver, no Kat ale al2 bar" in line_of(app, "] 3 Drugs")
        assert "More enforcement  yes dmi ver" in line_of(app, "More enforcement")
        assert "6 notes below the comment" in screen
        await pilot.press("i")
        assert isinstance(app.screen, TextDialog)
        await pilot.press("pagedown", "pagedown")
        assert "alexandra.papadopoulou" in whole(app)
        await pilot.press("escape", "pagedown", "pagedown", "pagedown")
        assert f"{LONG_NAMES[-1]} noted: A" in words(app)


async def test_every_answer_of_six_reviewers_is_in_the_line(desk: Desk) -> None:
    """Four kinds of answers on one theme, the longest line that there is."""
    given: list[tuple[Answers, Sequence[str], Sequence[str]]] = [
        ({"women": ()}, (), ()),
        ({"women": ()}, (), ()),
        ({}, (), ()),
        ({}, (), ()),
        ({}, ("women",), ()),
        ({}, (), ("drugs",)),
    ]
    for reviewer, (themes, unsure, scope) in zip(LONG_NAMES, given, strict=True):
        decide(desk, reviewer, themes, unsure=unsure, scope=scope)
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, _):
        line = line_of(app, "[   ] 4")
        assert line.endswith("yes ale al2, no Kat bar, unsure dmi, not asked ver")
        assert len(line) < 78


def test_short_names_differ_and_stay() -> None:
    names = ShortNames(LONG_NAMES)
    short = {name: names.of(name) for name in LONG_NAMES}
    assert len(set(short.values())) == len(LONG_NAMES)
    assert max(map(len, short.values())) <= 3
    assert names.of("alexis") not in short.values()
    assert {name: names.of(name) for name in LONG_NAMES} == short
    assert ShortNames(["amira", "ben"]).of("amira") == "am"


async def test_the_evidence_is_marked_and_nothing_tells_what_the_model_says(desk: Desk) -> None:
    """The same screen whether the model assigns the themes in dispute or not."""
    comment_id = "C-0003"  # women at a stop
    decide(desk, "amira", {"women": ()}, comment_id=comment_id)
    decide(desk, "ben", {}, comment_id=comment_id)
    screens = []
    for assigned in (True, False):
        labels = labels_table(desk.comments, desk.book)
        labels["assigned"] = labels["assigned"] & assigned
        desk.project.write_labels(labels)
        async with desk.screen(reviewer="dora", adjudicate=True) as (app, _):
            screens.append(whole(app))
    assert screens[0] == screens[1]
    assert "⟦Women⟧⁴ and girls" in screens[0]
    assert "%" not in screens[0]
    desk.project.labels_path.unlink()
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, _):
        assert "⟦Women⟧⁴ and girls" in whole(app), "a keyword where there is no coding"


async def test_a_note_of_the_adjudicator_is_saved(desk: Desk) -> None:
    decide(desk, "amira", {"women": ()})
    decide(desk, "ben", {})
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, pilot):
        await pilot.press("N")
        await type_in(app, pilot, "clear from the second half")
        await pilot.press("enter", "y", "enter")
        await saved(app, pilot)
    assert desk.read()[-1].note == "clear from the second half"


async def test_a_click_answers_a_dispute_below_the_short_names(desk: Desk) -> None:
    for reviewer in LONG_NAMES[:4]:
        decide(desk, reviewer, {"women": ()})
    decide(desk, "ben", {})
    async with desk.screen(reviewer="dora", adjudicate=True) as (app, pilot):
        lines = shown(app)
        top = next(n for n, line in enumerate(lines) if "In dispute:" in line)
        place = next(n for n, line in enumerate(lines) if "[   ] 4" in line)
        await pilot.click("#themes", offset=(5, 1))  # a line of short names
        assert "[   ] 4" in whole(app)
        await pilot.click("#themes", offset=(5, place - top))
        assert "[yes] 4" in whole(app)
        await pilot.click("#themes", offset=(5, place - top))
        assert "[no ] 4" in whole(app)
        assert here(app) == ONE
