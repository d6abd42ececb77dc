"""Intervals that carry how far reviewers differ: what they hold, what is said, and when they are refused."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, Theme
from coder.errors import CoderError
from coder.reporting import Report
from coder.statistics.reviewer_error import reviewer_error
from report_helpers import report_of

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))

THEMES = ("police", "roads", "drugs", "nobody")
SHARES = (0.4, 0.2, 0.18, 0.0)
BOOK = Codebook(
    title="Plan",
    version=1,
    language="en",
    themes=tuple(Theme(id=t, name=t.title()) for t in THEMES),
)
N, TWICE = 300, 100


def comments(weight: float = float("nan")) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "comment_id": [f"c{i:03d}" for i in range(N)], "text": [f"Comment number {i} says some words" for i in range(N)],
            "source": "Web", "role": "public", "status": "analysed", "reason": "", "weight": weight, "campaign_id": "",
            "question": "", "group": np.where(np.arange(N) % 2, "x", "y"),
        }
    )  # fmt: skip


def truth() -> np.ndarray:
    return np.random.default_rng(4).random((N, len(THEMES))) < SHARES


def judged(carries: np.ndarray, numbers: range, reviewer: str, mode: str = "blind") -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "project": "p", "comment_id": f"c{i:03d}", "text_hash": "", "theme_id": theme, "present": bool(carries[i, k]),
                "positions": (), "reviewer": reviewer, "mode": mode, "chosen": "random", "whole": True, "adjudicated": False,
                "decided_at": "2025-01-01", "decision_id": "", "text": "",
            }
            for i in numbers for k, theme in enumerate(THEMES)
        ]
    )  # fmt: skip


def with_errors(carries: np.ndarray, seed: int) -> np.ndarray:
    """A tenth of the comments on a theme are missed, and as many others are given it."""
    rng = np.random.default_rng(seed)
    odds = np.array(SHARES) / (1 - np.array(SHARES))
    return np.where(
        carries, rng.random(carries.shape) > 0.1, rng.random(carries.shape) < 0.1 * odds
    )


def both(seed: int = 1, second: np.ndarray | None = None) -> pd.DataFrame:
    """Everything decided by ann, and a third by ben too."""
    carries = truth()
    other = with_errors(carries, seed + 1) if second is None else second
    first = judged(with_errors(carries, seed), range(N), "ann")
    return pd.concat([first, judged(other, range(TWICE), "ben")], ignore_index=True)


def report(judgements: pd.DataFrame, weight: float = float("nan"), **options: object) -> Report:
    return report_of(comments(weight), None, BOOK, judgements, by=("group",), **options)


def table(made: Report) -> pd.DataFrame:
    return made.themes.set_index("theme_id")


def test_exact_counts_get_an_interval_and_stay_what_they_are() -> None:
    judgements = both()
    plain, wide = report(judgements), report(judgements, reviewer_error=True)
    before, after = table(plain), table(wide)
    assert after["n"].equals(before["n"])
    assert after["percent"].equals(before["percent"])
    assert (after["low"] <= before["low"]).all()
    assert (after["high"] >= before["high"]).all()
    for theme in THEMES[:3]:
        assert after.loc[theme, "high"] - after.loc[theme, "low"] > 2
    assert wide.standing.startswith("Every comment was decided by a reviewer; the 95% intervals")
    (note,) = [n for n in wide.notes.analyst if "--reviewer-error" in n]
    assert "taken from 100 comments that two or more of 2 reviewers coded blind" in note
    assert "2 reviewers tell little" in note
    assert any("Hansen" in n for n in wide.notes.record)
    assert not any("reviewer-error" in n for n in plain.notes)


def test_intervals_of_groups_are_wider_too_and_their_tests_are_the_same() -> None:
    judgements = both()
    plain, wide = (
        report(judgements, reviewer_error=on).breakdowns[-1].cells for on in (False, True)
    )
    known = plain["low"].notna() & (plain["theme_id"] != "nobody")
    assert known.any()
    assert (wide["low"] < plain["low"])[known].all()
    assert (wide["high"] > plain["high"])[known].all()
    for column in ("n", "percent", "difference", "difference_low", "p", "significant"):
        assert wide[column].equals(plain[column]), column


def test_ranks_are_as_uncertain_as_the_intervals() -> None:
    plain, wide = (table(report(both(), reviewer_error=on)) for on in (False, True))
    assert (wide["rank_high"] >= plain["rank_high"]).all()
    assert wide["rank_high"].sum() > plain["rank_high"].sum()


def test_reviewers_who_agree_on_everything_leave_intervals_narrow() -> None:
    carries = truth()
    agreeing = pd.concat([judged(carries, range(N), "ann"), judged(carries, range(TWICE), "ben")])
    made = table(report(agreeing.reset_index(drop=True), reviewer_error=True))
    width = made["high"] - made["low"]
    assert (width > 0).all(), "reviewers who never differed could have"
    assert (width < 2).all()


@pytest.mark.parametrize("case", ["one reviewer", "not blind", "too few"])
def test_too_few_comments_coded_twice_are_refused(case: str) -> None:
    carries = truth()
    judgements = judged(carries, range(N), "ann")
    if case == "not blind":
        judgements = pd.concat([judgements, judged(carries, range(TWICE), "ben", "assisted")])
    if case == "too few":
        judgements = pd.concat([judgements, judged(carries, range(49), "ben")])
    with pytest.raises(CoderError) as raised:
        report(judgements.reset_index(drop=True), reviewer_error=True)
    stated = {"too few": "49 comments"}.get(case, "0 comments")
    assert f"{stated} drawn at random were coded blind by two or more reviewers, and 50" in str(
        raised.value
    )


def test_equal_weights_change_nothing() -> None:
    plain, weighted = (
        table(report(both(), weight, reviewer_error=True)) for weight in (float("nan"), 2.0)
    )
    assert np.allclose(plain[["low", "high"]], weighted[["low", "high"]])


# ---------------------------------------------------------------- the statistics


def test_the_variances_are_those_that_were_put_in() -> None:
    rng = np.random.default_rng(0)
    n, generous = 20_000, np.array([0.02, -0.02, 0.0])
    chance = np.where(rng.random(n) < 0.3, 0.9, 0.05)
    answers = (rng.random((3, n)) < chance + generous[:, None]).astype(float)[:, :, None]
    share = answers.mean(axis=(1, 2)).mean()
    errors = reviewer_error(answers, np.array([share]), np.ones((3, n)))
    spread = share * (1 - share)
    assert errors.simple[0] * spread == pytest.approx((chance * (1 - chance)).mean(), rel=0.05)
    assert errors.between[0] * spread == pytest.approx(generous.var(ddof=1), rel=0.3)
    assert errors.concentration == pytest.approx(1 / 3)


@pytest.mark.parametrize(("reviewers", "differ"), [(2, 0.0), (3, 0.3)])
def test_intervals_hold_what_other_reviewers_would_have_counted(
    reviewers: int, differ: float
) -> None:
    from reviewer_error import Setting, coverage

    setting = Setting(400, 400, 100, reviewers, differ)
    held, held_before = coverage(setting, np.array([0.33, 0.2, 0.12, 0.08, 0.05]), 60)[:, :2].mean(
        axis=0
    )
    assert 0.92 <= held <= 0.99
    assert held_before < 0.3
