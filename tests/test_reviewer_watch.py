"""What the lead is told of each reviewer: drift, and what the model's suggestions do to them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

from coder.cli import app
from coder.decisions import Decision, DecisionLog, decisions_folder, store_document
from coder.decisions.training import GoldComment, GoldSet, TrainingAnswer
from coder.reviewing.progress.assistance import difference_of_shares, read_assistance
from coder.reviewing.progress.drift import ReviewerDrift, read_drift
from coder.statistics.change_point import find_rise
from coder.text import text_hash
from review_desk import Desk

N = 40
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def first_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("watch"))


@pytest.fixture
def desk(first_desk: Desk, tmp_path: Path) -> Desk:
    return first_desk.copy(tmp_path)


def decision(desk: Desk, reviewer: str, number: int, **given: object) -> Decision:
    row = desk.comments.iloc[number]
    facts = {
        "project": "plan",
        "comment_id": row["comment_id"],
        "text": row["text"],
        "text_hash": text_hash(row["text"]),
        "scope": desk.book.theme_ids,
        "mode": "blind",
        "chosen": "random",
        "front_end": "terminal",
        "reviewer": reviewer,
        "decided_at": (START + timedelta(seconds=20 * number)).isoformat(timespec="milliseconds"),
        "codebook_version": "1",
        "codebook_fingerprint": desk.book.fingerprint,
    }
    return Decision.model_validate(facts | given)


def store(desk: Desk, reviewer: str, decisions: list[Decision]) -> None:
    DecisionLog(desk.path, reviewer, desk.book).append(decisions)


def drifts(desk: Desk) -> dict[tuple[str, str], ReviewerDrift]:
    found = read_drift(desk.book, desk.path, desk.comments, "plan")
    return {(each.reviewer, each.against): each for each in found}


# ---------------------------------------------------------------- drift


def test_a_rise_is_found_where_it_is_and_a_fall_is_none() -> None:
    values = np.array([0.0, 1.0] * 10 + [2.0, 3.0] * 10)
    rise = find_rise(values)
    assert rise is not None
    assert (rise.at, rise.before, rise.after) == (20, 0.5, 2.5)
    assert rise.p == 0.001
    fall = find_rise(values[::-1])
    assert fall is not None
    assert fall.p > 0.9
    assert find_rise(np.zeros(15)) is None
    still = find_rise(np.zeros(16))
    assert still is not None
    assert still.p == 1


def test_the_p_value_of_a_rise_is_even_where_there_is_none() -> None:
    rng = np.random.default_rng(3)
    found = [find_rise(rng.poisson(0.8, 40), shuffles=199, seed=n) for n in range(200)]
    p = np.array([each.p for each in found if each is not None])
    assert len(p) == 200
    assert stats.binomtest(int((p <= 0.05).sum()), 200, 0.05).pvalue > 0.001
    assert (p <= 0.5).mean() == pytest.approx(0.5, abs=0.12)


def test_a_reviewer_who_changes_is_told_with_theme_and_day(desk: Desk) -> None:
    store(desk, "amira", [decision(desk, "amira", n, themes={"women": ()}) for n in range(N)])
    late = {"women": (), "driving": ()}
    store(
        desk,
        "ben",
        [decision(desk, "ben", n, themes={"women": ()} if n < N // 2 else late) for n in range(N)],
    )
    ben = drifts(desk)["ben", "others"]
    assert (ben.comments, ben.drifts, ben.themes) == (N, True, ("driving",))
    assert (ben.before, ben.after, ben.differing) == (0.0, 1.0, 0.5)
    assert ben.since == decision(desk, "ben", N // 2).decided_at
    assert [window.differing for window in ben.windows] == [0, 0, 0.5, 1, 1]
    args = ["review", str(desk.project.folder), "--codebook", str(desk.path), "--status"]
    shown = " ".join(CliRunner().invoke(app, args).output.split())
    assert "ben differs more from the other reviewers since 2026-03-02" in shown
    assert "1.00 themes a comment, 0.00 before" in shown


def test_reviewers_who_differ_evenly_do_not_drift_and_chosen_comments_do_not_count(
    desk: Desk,
) -> None:
    store(desk, "amira", [decision(desk, "amira", n) for n in range(N)])
    evenly = [
        decision(desk, "ben", n, themes={"women": ()} if n % 4 == 0 else {}) for n in range(N)
    ]
    store(desk, "ben", evenly)
    found = drifts(desk)
    assert not any(each.drifts for each in found.values())
    assert found["ben", "others"].differing == 0.25
    chosen = [decision(desk, "cleo", n, chosen="targeted") for n in range(N)]
    store(desk, "cleo", chosen)
    assert ("cleo", "others") not in drifts(desk)


def test_gold_answers_are_compared_as_they_were_given_each_time(desk: Desk) -> None:
    comments = []
    for row in desk.comments.head(10).itertuples():
        comments.append(
            GoldComment(
                comment_id=row.comment_id, text=row.text, text_hash=text_hash(row.text),
                scope=desk.book.theme_ids, themes={"women": ()},
            )
        )  # fmt: skip
    gold = GoldSet(project="plan", name="gold.csv", comments=tuple(comments))
    folder = decisions_folder(desk.path)
    store_document(folder, gold)
    for again in range(2):
        for n in range(10):
            themes = {"women": ()} if again == 0 else {"drugs": ()}
            at = (START + timedelta(hours=again, seconds=n)).isoformat(timespec="milliseconds")
            answer = decision(desk, "ben", n, themes=themes, decided_at=at)
            store_document(folder, TrainingAnswer(project="plan", gold=gold.id, decision=answer))
    ben = drifts(desk)["ben", "gold"]
    assert (ben.comments, ben.drifts, ben.before, ben.after) == (20, True, 0, 2)
    assert set(ben.themes) == {"women", "drugs"}


# ---------------------------------------------------------------- assistance


def test_the_interval_of_a_difference_is_newcombes() -> None:
    """Newcombe 1998, table II, method 10: 56/70 against 48/80, and 9/10 against 3/10."""
    assert difference_of_shares((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert difference_of_shares((9, 10), (3, 10)) == pytest.approx((0.1705, 0.8090), abs=1e-4)


def assisted(desk: Desk, number: int, ticked: tuple[str, ...], *themes: str, after: float) -> Decision:  # fmt: skip
    """A decision with suggestions, so many seconds after the beginning."""
    at = (START + timedelta(days=1, seconds=after)).isoformat(timespec="milliseconds")
    present = dict.fromkeys(themes, ())
    given = {"mode": "assisted", "ticked": ticked, "themes": present, "decided_at": at}
    return decision(desk, "ben", number, **given)


def test_ticks_that_are_kept_unread_are_counted(desk: Desk) -> None:
    both = ("women", "drugs")
    store(
        desk,
        "ben",
        [
            assisted(desk, 0, both, *both, after=0),  # the first: its time is not known
            assisted(desk, 1, both, *both, after=0.6),  # nine words in 0.6 seconds
            assisted(desk, 2, both, *both, after=20),  # read
            assisted(desk, 3, both, "women", "driving", after=20.5),  # changed, however fast
            assisted(desk, 4, (), after=21),  # nothing was ticked
            assisted(desk, 5, both, *both, after=21.001),  # saved as a copy of the one before
            decision(
                desk, "ben", 6, mode="assisted", themes={"women": ()}
            ),  # of an earlier version
            decision(desk, "ben", 7, themes={"women": ()}),  # blind
        ],
    )
    (ben,) = read_assistance(desk.book, desk.path, desk.comments, "plan")
    assert (ben.comments, ben.with_ticks, ben.suggested, ben.kept, ben.added) == (5, 4, 8, 7, 1)
    assert (ben.unchanged, ben.timed, ben.quick) == (3, 2, 1)
    assert ben.share_kept == 7 / 8
    assert ben.share_unread == 1 / 3
    args = ["review", str(desk.project.folder), "--codebook", str(desk.path), "--status"]
    shown = " ".join(CliRunner().invoke(app, args).output.split())
    assert "ben saved 1 of 4 comments with ticks unchanged and faster" in shown


def test_rates_with_suggestions_are_compared_with_blind_ones_of_random_comments(
    desk: Desk,
) -> None:
    blind = [decision(desk, "amira", n) for n in range(20)]
    store(desk, "amira", blind)
    seen = [assisted(desk, n, ("women",), "women", after=30.0 * n) for n in range(20, 40)]
    store(desk, "ben", seen)
    (ben,) = read_assistance(desk.book, desk.path, desk.comments, "plan")
    assert ben.blind_by == "all"
    women = next(theme for theme in ben.themes if theme.theme_id == "women")
    assert (women.assisted, women.assisted_of, women.blind, women.blind_of) == (20, 20, 0, 20)
    assert women.differs
    assert women.difference == 1
    assert 0 < women.low < women.high <= 1
    assert [theme.theme_id for theme in ben.themes if theme.differs] == ["women"]


def test_a_saved_comment_keeps_which_themes_were_ticked_for_the_reviewer(desk: Desk) -> None:
    opened = desk.open()
    opened.session.go_to("C-0003")  # about women
    opened.session.save()
    opened.writer.close()
    (saved,) = desk.read()
    assert saved.ticked == ("women",)
    blind = desk.open("ben", blind=True)
    blind.session.save()
    blind.writer.close()
    assert [each.ticked for each in desk.read() if each.reviewer == "ben"] == [None]
