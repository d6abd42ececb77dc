"""What ten to a hundred decisions teach: calibration of all themes together, and where they are cut."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from coder.coding.calibration import fit_calibration
from coder.coding.cuts import CUT_RANGE, best_cut, choose_cuts
from coder.coding.learning import TrainingArrays, learn, learn_from
from coder.coding.regression import add_up, fit_offsets
from coder.coding.training import gather_training_set
from coder.tables import JUDGEMENTS, check, empty

Floats = NDArray[np.float64]
THEMES = 12


def guess_too_high(seed: int, by: float, n: int = 400) -> tuple[Floats, Floats, Floats]:
    """True log-odds of themes of many sizes, a guess that lies `by` above them, and the answers."""
    draw = np.random.default_rng(seed)
    true = draw.normal(-2.8, 1.2, (n, THEMES)) + draw.normal(0, 0.5, THEMES)
    answers = (draw.random(true.shape) < expit(true)).astype(float)
    return true, true + by, answers


def all_judged(answers: Floats) -> NDArray[np.bool_]:
    return np.ones(answers.shape, dtype=np.bool_)


def share_gap(odds: Floats, answers: Floats) -> float:
    """Mean over themes of the gap between stated and true share."""
    return float(np.abs(expit(odds).mean(axis=0) - answers.mean(axis=0)).mean())


# ---------------------------------------------------------------- calibration


@pytest.mark.parametrize("by", [-1.0, 1.0])
def test_a_dozen_decisions_mend_most_of_what_all_themes_have_in_common(by: float) -> None:
    before, after = [], []
    for seed in range(6):
        _, guess, answers = guess_too_high(seed, by)
        calibration = fit_calibration(guess[:12], answers[:12], all_judged(answers[:12]))
        before.append(share_gap(guess[12:], answers[12:]))
        after.append(share_gap(calibration(guess[12:]), answers[12:]))
    assert np.mean(after) < 0.75 * np.mean(before)


def test_a_dozen_decisions_do_little_harm_to_a_guess_that_is_right() -> None:
    before, after = [], []
    for seed in range(12):
        _, guess, answers = guess_too_high(seed, 0.0)
        calibration = fit_calibration(guess[:12], answers[:12], all_judged(answers[:12]))
        before.append(share_gap(guess[12:], answers[12:]))
        after.append(share_gap(calibration(guess[12:]), answers[12:]))
    assert np.mean(after) < np.mean(before) + 0.01


def test_themes_move_together_with_few_decisions_and_apart_with_many() -> None:
    draw = np.random.default_rng(3)
    own = np.linspace(-1.5, 1.5, THEMES)
    true = draw.normal(-1.5, 1.0, (600, THEMES))
    answers = (draw.random(true.shape) < expit(true)).astype(float)
    guess = true + own
    few = fit_calibration(guess[:12], answers[:12], all_judged(answers[:12]))
    many = fit_calibration(guess, answers, all_judged(answers))
    assert np.ptp(few.shift) < 0.4
    assert np.corrcoef(many.shift, -own)[0, 1] > 0.95
    assert np.ptp(many.shift) > 2


def test_what_was_not_judged_does_not_calibrate() -> None:
    _, guess, answers = guess_too_high(5, 1.0, 40)
    judged = np.random.default_rng(5).random(answers.shape) < 0.5
    other = np.where(judged, answers, 1 - answers)
    ours = fit_calibration(guess, answers, judged)
    theirs = fit_calibration(guess, other, judged)
    assert np.array_equal(ours(guess), theirs(guess))
    nothing = fit_calibration(guess, answers, np.zeros(answers.shape, dtype=np.bool_))
    assert np.allclose(nothing(guess), guess)


def test_no_theme_changes_the_order_of_its_comments() -> None:
    _, guess, answers = guess_too_high(6, 2.0, 30)
    mended = fit_calibration(guess, 1 - answers, all_judged(answers))(guess)
    for column in range(THEMES):
        order = np.argsort(guess[:, column])
        assert (np.diff(mended[order, column]) >= 0).all()


# ---------------------------------------------------------------- learning


def taught(rows: NDArray[np.int64], answers: Floats) -> TrainingArrays:
    own = np.ones(len(rows), dtype=np.bool_)
    return TrainingArrays(rows, answers, np.ones(answers.shape), own, own)


def test_ten_random_decisions_calibrate_and_nine_do_not() -> None:
    _, guess, answers = guess_too_high(7, 1.0)
    features = np.random.default_rng(7).normal(size=(400, 50))
    for decided, calibrated in ((9, False), (10, True)):
        rows = np.arange(decided)
        assert learn(guess, features, taught(rows, answers[rows])).calibrated is calibrated


def test_what_is_learned_does_not_depend_on_dimensions_that_no_text_has() -> None:
    draw = np.random.default_rng(8)
    features = draw.normal(size=(60, 15))
    turned, _ = np.linalg.qr(draw.normal(size=(90, 90)))
    wide = features @ turned[:15]
    _, guess, answers = guess_too_high(8, 0.5, 60)
    rows = np.arange(20)
    narrow_result = learn(guess, features, taught(rows, answers[rows]))
    wide_result = learn(guess, wide, taught(rows, answers[rows]))
    assert np.allclose(narrow_result.odds, wide_result.odds, atol=0.02)
    whole = fit_offsets(wide[rows], answers[rows], np.ones((20, THEMES)), guess[rows])
    basis, _ = np.linalg.qr(wide[rows].T)
    part = fit_offsets(wide[rows] @ basis, answers[rows], np.ones((20, THEMES)), guess[rows])
    assert np.allclose(add_up(whole, wide), add_up(part, wide @ basis), atol=0.02)


@pytest.mark.parametrize("decided", [6, 40, 120])
def test_the_odds_of_a_block_are_those_of_all_comments_at_once(decided: int) -> None:
    """From what taught alone, in fewer dimensions than features or not, calibrated or not."""
    features = np.random.default_rng(10).normal(size=(400, 50))
    _, guess, answers = guess_too_high(10, 1.0)
    rows = np.random.default_rng(11).permutation(400)[:decided]
    training = taught(rows, answers[rows])
    whole = learn(guess, features, training)
    model = learn_from(guess[rows], features[rows], training)
    assert model.coefficients.shape == (51, THEMES)
    assert model.calibrated is whole.calibrated is (decided >= 10)
    assert np.array_equal(model.taught_odds, whole.odds[rows])
    for start in range(0, 400, 130):
        block = slice(start, start + 130)
        others = ~np.isin(np.arange(400)[block], rows)
        odds = model.odds(guess[block], features[block])
        assert odds[others] == pytest.approx(whole.odds[block][others], abs=1e-9)


# ---------------------------------------------------------------- which comments calibrate


def judgements(drawn: int, listed: int) -> pd.DataFrame:
    """Whole decisions on comments drawn at random, and on others from a table."""
    rows = []
    for number in range(drawn + listed):
        is_drawn = number < drawn
        rows.append(
            {
                "project": "plan",
                "comment_id": f"c{number}",
                "text_hash": f"h{number}",
                "theme_id": "a",
                "present": number % 3 == 0,
                "positions": (),
                "reviewer": "ann",
                "mode": "blind",
                "chosen": "random" if is_drawn else "listed",
                "whole": True,
                "decided_at": "2026-01-01T00:00:00+00:00",
                "decision_id": f"d{number}",
                "text": f"text {number}",
                "adjudicated": False,
                "first_at": "2026-01-01T00:00:00+00:00",
                "drawn_at": "2026-01-01T00:00:00+00:00" if is_drawn else "",
            }
        )
    table = pd.DataFrame(rows, columns=empty(JUDGEMENTS).columns)
    return check(table, JUDGEMENTS)


@pytest.mark.parametrize(
    ("drawn", "listed", "basis", "calibrating"),
    [
        (9, 0, "nothing", 9),
        (10, 0, "random", 10),
        (29, 0, "random", 29),
        (12, 10, "random", 12),
        (12, 40, "listed", 52),
        (30, 40, "random", 30),
        (0, 10, "listed", 10),
    ],
)
def test_random_comments_calibrate_alone_unless_a_table_brings_many_more(
    drawn: int, listed: int, basis: str, calibrating: int
) -> None:
    from coder.coding.subjects import Subject

    own = judgements(drawn, listed)
    ids = [f"c{number}" for number in range(100)]
    subject = Subject("a", "A", "", (), (), ())
    training = gather_training_set(own, own, ids, [subject])
    assert training.calibrated_on == basis
    assert training.calibrating == calibrating


# ---------------------------------------------------------------- cuts


def test_a_themes_own_cut_counts_more_the_more_is_decided() -> None:
    draw = np.random.default_rng(9)
    probability = expit(np.stack([draw.normal(-3, 2, 500), draw.normal(0, 1, 500)], axis=1))
    shared = best_cut(probability)
    own = np.clip([best_cut(probability[:, 0]), best_cut(probability[:, 1])], *CUT_RANGE)
    assert abs(own - shared).max() > 0.05
    assert np.allclose(choose_cuts(probability, decided=0), shared)
    assert np.allclose(choose_cuts(probability, decided=30), (own + shared) / 2)
    assert np.allclose(choose_cuts(probability, decided=1_000_000), own, atol=1e-4)
