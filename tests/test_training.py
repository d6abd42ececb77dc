"""Training: gold sets, answers that are compared at once, and what they never do."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.decisions import decisions_folder, read_decisions, read_documents
from coder.decisions.training import GoldSet, TrainingAnswer, standing_answers
from coder.errors import CoderError, for_command_line
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import OpenReview
from coder.reviewing.progress.drift import read_drift
from coder.reviewing.training.scores import TrainingScore
from coder.reviewing.training.training_session import make_gold, open_training
from review_desk import Desk, whole
from serving_helpers import running

GOLD = """\
comment_id,text,themes,why,why drugs
M-1,Legalise it and stop the speeding.,drugs=less;driving,Two wishes.,To legalise is less.
C-0003,,women,,
M-2,Thank you [b]all[/b] \x1b[31m,,No wish.,
"""


@pytest.fixture(scope="module")
def first_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("training"))


@pytest.fixture
def desk(first_desk: Desk, tmp_path: Path) -> Desk:
    return first_desk.copy(tmp_path)


def gold_of(desk: Desk, text: str = GOLD) -> GoldSet:
    path = desk.folder / "gold.csv"
    path.write_text(text, encoding="utf-8")
    return make_gold(desk.project, desk.book, desk.path, path)


def begin(desk: Desk, gold: GoldSet, reviewer: str = "tom") -> OpenReview:
    return open_training(desk.project, desk.book, desk.path, reviewer, gold, ReviewMode())


def score_of(opened: OpenReview) -> TrainingScore:
    assert opened.session.trainer is not None
    return opened.session.trainer.score()


def answer(opened: OpenReview, *themes: str) -> str:
    """Tick themes and save; returns the result of each theme that was compared."""
    session = opened.session
    for theme in themes:
        theme_id, _, position = theme.partition("=")
        session.edit.toggle(theme_id)
        if position:
            session.edit.toggle_position(theme_id, position)
    session.save()
    assert session.trainer is not None
    assert session.trainer.last is not None
    return " ".join(f"{t.theme_id}:{t.result}" for t in session.trainer.last.themes)


# ---------------------------------------------------------------- gold sets


def test_a_gold_table_has_explanations_and_comments_of_its_own(desk: Desk) -> None:
    gold = gold_of(desk)
    first, second, third = gold.comments
    assert (first.why, first.whys) == ("Two wishes.", {"drugs": "To legalise is less."})
    assert first.themes == {"drugs": ("less",), "driving": ()}
    assert second.text == desk.comments.set_index("comment_id")["text"]["C-0003"]
    assert (third.themes, third.scope) == ({}, desk.book.theme_ids)
    assert gold_of(desk).id == gold.id  # the same table is stored once
    assert len(read_documents(decisions_folder(desk.path), GoldSet)) == 1


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (GOLD.replace("C-0003,,", "C-0003,Something else,"), "line 3, column text: differs"),
        (GOLD.replace("C-0003,", "C-9999,"), "line 3, column comment_id: 'C-9999' is no comment"),
        (GOLD.replace("why drugs", "why drug"), "column 'why drug': the codebook has no theme"),
        (GOLD.replace("drugs=less", "drugs=lesser"), "lesser"),
        ("comment_id,women\nC-0003,\n", "no row of it judges a theme"),
    ],
)
def test_a_faulty_gold_table_is_refused_with_the_place(desk: Desk, table: str, fault: str) -> None:
    with pytest.raises(CoderError, match=fault.replace("'", ".")):
        gold_of(desk, table)


def test_gold_can_be_what_was_settled_but_not_by_the_trainee(desk: Desk) -> None:
    for reviewer, themes in (("amira", ("women",)), ("ben", ("drugs",))):
        opened = desk.open(reviewer, blind=True)
        opened.session.go_to("C-0003")
        for theme_id in themes:
            opened.session.edit.toggle(theme_id)
        opened.session.save()
        opened.writer.close()
    with pytest.raises(CoderError, match="no dispute was settled"):
        make_gold(desk.project, desk.book, desk.path, "settled")
    opened = desk.open("dee", adjudicate=True)
    opened.session.settle.answer("women", True)
    opened.session.settle.answer("drugs", False)
    opened.session.edit.set_note("Only women are named.")
    opened.session.save()
    opened.writer.close()
    gold = make_gold(desk.project, desk.book, desk.path, "settled")
    (comment,) = gold.comments
    assert (comment.themes, comment.why) == ({"women": ()}, "Only women are named.")
    assert set(comment.scope) == set(desk.book.theme_ids)
    with pytest.raises(CoderError, match="ben decided or settled all comments"):
        begin(desk, gold, "ben")
    opened = begin(desk, gold, "tom")
    assert answer(opened, "women") == "women:right"
    opened.writer.close()


# ---------------------------------------------------------------- a session


def test_answers_are_compared_theme_by_theme_and_scored(desk: Desk) -> None:
    opened = begin(desk, gold_of(desk))
    assert opened.session.blind
    assert answer(opened, "drugs=more", "women") == "drugs:position women:too much driving:missed"
    assert answer(opened, "women") == "women:right"
    assert answer(opened) == ""
    score = score_of(opened)
    assert (score.answered, score.total, score.exact) == (3, 3, 2)
    assert score.agreement == pytest.approx(1 - 3 / 15)
    rows = {row.theme_id: row for row in score.themes}
    assert (rows["drugs"].right, rows["drugs=less"].missed, rows["drugs=more"].too_much) == (
        1,
        1,
        1,
    )
    assert (rows["women"].precision, rows["women"].recall) == (0.5, 1.0)
    assert (rows["all themes"].right, rows["all themes"].missed) == (2, 1)
    assert score.read_again == ("driving", "women")
    assert opened.session.pick is None
    assert opened.writer.close() == 0


def test_the_first_answer_counts_and_cannot_be_taken_back(desk: Desk) -> None:
    opened = begin(desk, gold_of(desk))
    session = opened.session
    assert answer(opened, "women") == "drugs:missed women:too much driving:missed"
    assert session.undo() == ""
    session.back()
    assert not session.take_back()
    session.edit.untick_all()
    assert answer(opened, "drugs=less", "driving") == "drugs:right driving:right"
    opened.writer.close()
    assert (score_of(opened).answered, score_of(opened).exact) == (1, 0)
    stored = read_documents(decisions_folder(desk.path), TrainingAnswer)
    assert [set(each.decision.themes) for each in stored] == [{"women"}]


def test_training_goes_on_where_it_was_and_begins_again_at_the_end(desk: Desk) -> None:
    gold = gold_of(desk)
    opened = begin(desk, gold)
    answer(opened)
    opened.writer.close()
    opened = begin(desk, gold)
    assert score_of(opened).answered == 1
    assert opened.session.pick is not None
    assert opened.session.pick.comment_id == "C-0003"
    answer(opened)
    answer(opened)
    opened.writer.close()
    again = begin(desk, gold)
    assert score_of(again).answered == 0
    assert again.session.progress().left == 3
    again.writer.close()


def test_training_answers_are_no_decisions(desk: Desk) -> None:
    opened = begin(desk, gold_of(desk))
    for _ in range(3):
        answer(opened)
    opened.writer.close()
    assert read_decisions(desk.path).decisions == ()
    ordinary = desk.open("tom", blind=True)
    assert ordinary.session.progress().random == 0
    ordinary.writer.close()


# ---------------------------------------------------------------- on the screen and the command line


async def test_the_screen_shows_the_comparison_and_ends_with_the_last(desk: Desk) -> None:
    opened = begin(desk, gold_of(desk))
    async with desk.screen(opened=opened) as (screen, pilot):
        await pilot.press("enter")
        await pilot.pause()
        shown = " ".join(whole(screen).replace("│", " ").split())
        assert "2 themes of 5 wrong. So far 1 of 3 comments, 0 all right." in shown
        assert "To legalise is less." in shown
        assert "Less enforcement" in shown
        assert "Why: Two wishes." in shown
        await pilot.press("enter", "enter", "enter", "enter")
        await pilot.pause()
        assert "All right: no theme." in whole(screen)
        assert screen.is_running
        await pilot.press("enter")
        await pilot.pause()
        assert screen.return_value is not None
        assert screen.return_value.decided == 3


def test_mixing_is_set_by_the_lead_and_refused_where_it_cannot_be(desk: Desk) -> None:
    gold_of(desk)
    base = ["review", str(desk.project.folder), "--codebook", str(desk.path)]
    gold = ["--train", str(desk.folder / "gold.csv")]

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, [*base, *words])
        return " ".join(f"{done.output} {for_command_line(str(done.exception))}".split())

    assert "one of 25 comments that anybody reviews is one of 1 comment of gold.csv" in run(
        *gold, "--mix", "25"
    )
    assert "mix= tells how often" in run("--mix", "25")
    assert "must be between 2 and 1,000" in run(*gold, "--mix", "1")
    assert "status= and train= cannot be used together" in run(*gold, "--status")
    (desk.folder / "gold.csv").write_text("comment_id,text,themes\nM-1,More police,\n")
    assert "none of its comments is a comment of this project" in run(*gold, "--mix", "5")


def test_without_a_terminal_training_says_so(desk: Desk) -> None:
    gold_of(desk)
    args = ["review", str(desk.project.folder), "--codebook", str(desk.path)]
    done = CliRunner().invoke(app, [*args, "--train", str(desk.folder / "gold.csv")])
    assert done.exit_code == 1
    assert "training needs a terminal" in str(done.exception)


# ---------------------------------------------------------------- mixed into ordinary sessions


@pytest.fixture
def mixed(desk: Desk) -> Desk:
    """Twelve comments that amira decided are gold, and one in three comments is one of them."""
    opened = desk.open("amira", blind=True, sample=12)
    ids = []
    while opened.session.pick is not None:
        ids.append(opened.session.pick.comment_id)
        opened.session.edit.toggle("women")
        opened.session.save()
    opened.writer.close()
    table = "comment_id,themes\n" + "".join(f"{each},women\n" for each in ids)
    path = desk.folder / "gold.csv"
    path.write_text(table, encoding="utf-8")
    make_gold(desk.project, desk.book, desk.path, path, every=3)
    return desk


def decided_by(desk: Desk, reviewer: str) -> list[str]:
    return [each.comment_id for each in desk.read() if each.reviewer == reviewer]


def trained(desk: Desk) -> tuple[TrainingAnswer, ...]:
    return read_documents(decisions_folder(desk.path), TrainingAnswer)


def test_one_of_so_many_is_gold_and_its_answer_no_decision(mixed: Desk) -> None:
    gold = set(decided_by(mixed, "amira"))
    before = mixed.judged()
    opened = mixed.open("ben", blind=True)
    shown = []
    for _ in range(18):
        assert opened.session.pick is not None
        shown.append(opened.session.pick)
        opened.session.edit.toggle("drugs")
        opened.session.save()
    was_gold = [pick.comment_id in gold for pick in shown]
    assert 5 <= sum(was_gold) <= 7
    assert {pick.reason.partition(",")[0] for pick in shown} == {"drawn at random"}
    assert len(opened.session.decided) == 18
    opened.session.undo()  # goes back like any other
    opened.writer.close()
    assert not gold & set(decided_by(mixed, "ben"))
    answers = trained(mixed)
    assert all(each.mixed for each in answers)
    assert {each.decision.comment_id for each in answers} <= gold
    after = mixed.judged()
    pd.testing.assert_frame_equal(after[after["comment_id"].isin(gold)], before)
    found = {each.reviewer: each for each in read_drift(mixed.book, mixed.path, mixed.comments, "plan") if each.against == "gold"}  # fmt: skip
    assert found["ben"].differing == 2  # women is missed, drugs too much


def test_a_gold_comment_comes_once_and_can_be_taken_back(mixed: Desk) -> None:
    gold = set(decided_by(mixed, "amira"))
    opened = mixed.open("ben", blind=True)
    session = opened.session
    while session.pick is not None and session.pick.comment_id not in gold:
        session.save()
    assert session.pick is not None
    first = session.pick.comment_id
    session.edit.toggle("drugs")
    session.save()
    session.back()
    assert session.pick.comment_id == first
    assert session.saved
    assert set(session.draft.themes) == {"drugs"}
    assert session.take_back()
    session.edit.untick_all()
    session.edit.toggle("women")
    session.save()
    seen = []
    while session.pick is not None:
        seen.append(session.pick.comment_id)
        session.save()
    assert first not in seen
    assert len(set(seen)) == len(seen)
    opened.writer.close()
    standing = standing_answers(trained(mixed), "plan")
    of_first = [each.decision for each in standing if each.decision.comment_id == first]
    assert [set(each.themes) for each in of_first] == [{"women"}]
    again = mixed.open("ben", blind=True)
    assert again.session.pick is None
    again.writer.close()


def test_who_decided_the_gold_gets_none_and_zero_ends_it(mixed: Desk) -> None:
    opened = mixed.open("amira", blind=True)
    assert opened.session.context.mixed is not None
    assert not opened.session.context.mixed.comment_ids
    opened.writer.close()
    for mode in ({"double": 0.5}, {"theme": "women"}):
        other = mixed.open("ben", **mode)
        assert other.session.context.mixed is None
        other.writer.close()
    make_gold(mixed.project, mixed.book, mixed.path, mixed.folder / "gold.csv", every=0)
    ended = mixed.open("ben", blind=True)
    assert ended.session.context.mixed is None
    ended.writer.close()


def test_gold_on_the_page_is_kept_apart_and_known_after_a_restart(mixed: Desk) -> None:
    gold = set(decided_by(mixed, "amira"))
    people = ("--reviewer", "ben", "--lead", "caro")
    with running(mixed.project.folder, mixed.path, *people) as server:
        ben = server.client("ben")
        sent, shown = {}, []
        for _ in range(9):
            card = ben.hand(1, tuple(shown))[0]
            shown.append(card["comment_id"])
            sent[card["comment_id"]] = ben.decision(card, drugs=["more"])
            answered = ben.post("/api/decisions", sent[card["comment_id"]])
            assert answered.json["progress"]["decided"] == len(shown)
        first, *others = [each for each in shown if each in gold]
        assert 1 <= len(others) <= 3
        assert ben.post("/api/comment", {"comment_id": first}).json["saved"]
        undo = {"request": "e" * 32, "undoes": sent[first]["request"]}
        assert ben.post("/api/undo", undo).json["progress"]["decided"] == 8
        links, port = server.links, server.port
        server.kill()
    with running(mixed.project.folder, mixed.path, *people, port=port) as server:
        server.links = links
        ben = server.client("ben")
        again = ben.post("/api/decisions", sent[others[0]])  # sent once more: stored once
        assert again.status == 200, again.text
        assert again.json["progress"]["decided"] == 8
    assert not gold & set(decided_by(mixed, "ben"))
    assert len(decided_by(mixed, "ben")) == 9 - 1 - len(others)
    kept = standing_answers(trained(mixed), "plan")
    assert sorted(each.decision.comment_id for each in kept) == sorted(others)
    assert {each.decision.front_end for each in kept} == {"page"}
