"""The numbers behind the first guess and the learning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit, logsumexp
from sklearn.linear_model import LogisticRegression

from coder.coding.calibration import fit_calibration
from coder.coding.cuts import best_cut, cut_for_share
from coder.coding.first_guess import guess_log_odds
from coder.coding.learning import TrainingArrays, learn
from coder.coding.odds import expit as own_expit
from coder.coding.odds import log_sum
from coder.coding.odds import logit as own_logit
from coder.coding.regression import fit_offsets


def population(
    n: int = 600, t: int = 4, d: int = 12, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, true log-odds and what was drawn from them."""
    draw = np.random.default_rng(seed)
    features = draw.normal(size=(n, d))
    odds = features @ draw.normal(scale=0.9, size=(d, t)) - 1.5
    return features, odds, (draw.random((n, t)) < expit(odds)).astype(float)


def taught(
    rows: np.ndarray, wanted: np.ndarray, weight: np.ndarray | None = None
) -> TrainingArrays:
    every = np.ones(len(rows), dtype=bool)
    return TrainingArrays(
        rows, wanted, np.ones(wanted.shape) if weight is None else weight, every, every
    )


def test_the_first_guess_follows_how_many_scores_are_high() -> None:
    draw = np.random.default_rng(1)
    few, many = (np.where(draw.random((400, 10)) < share, 6.0, -3.0) for share in (0.05, 0.25))
    # Rather too few labels than too many, as long as nobody decided.
    assert expit(guess_log_odds(few)).sum(1).mean() == pytest.approx(0.42, abs=0.08)
    assert expit(guess_log_odds(many)).sum(1).mean() == pytest.approx(2.5, abs=0.3)


def test_a_theme_that_is_a_little_like_all_is_rarer_than_one_that_is_much_like_some() -> None:
    draw = np.random.default_rng(4)
    middling = 0.6 + 0.3 * draw.standard_normal(300)  # never beyond what speaks for a theme
    sharp = np.where(draw.random(300) < 0.2, 5.0, -1.0)
    both = np.stack([middling, sharp], axis=1)
    odds = guess_log_odds(both)
    assert odds[0, 0] - both[0, 0] < odds[0, 1] - both[0, 1] - 0.1
    shared = guess_log_odds(both, alike=True)
    assert shared[0, 0] - both[0, 0] == pytest.approx(shared[0, 1] - both[0, 1], abs=1e-4)
    assert np.array_equal(
        odds.argsort(axis=0), both.argsort(axis=0)
    )  # no theme's own order changes


def test_the_best_cut_is_the_best_cut_in_expectation() -> None:
    p = np.random.default_rng(2).beta(0.3, 2.0, size=300)
    cut = best_cut(p)

    def expected(c: float) -> float:
        said = p >= c
        return 2 * p[said].sum() / (said.sum() + p.sum())

    assert expected(cut) == pytest.approx(max(expected(c) for c in p))


def test_a_share_of_labels_is_met() -> None:
    p = np.random.default_rng(3).random((200, 5))
    assert (p >= cut_for_share(p, 1.3)).sum() == 260
    assert (p >= cut_for_share(p, 0.001)).sum() == 0


def test_regressions_from_no_offset_are_the_textbook_ones() -> None:
    features, _, wanted = population()
    ours = fit_offsets(
        features,
        wanted,
        np.ones(wanted.shape),
        np.zeros(wanted.shape),
        weight_penalty=2.0,
        intercept_penalty=1e-9,
    )
    for t in range(wanted.shape[1]):
        peer = LogisticRegression(C=0.5, tol=1e-8, max_iter=1000).fit(features, wanted[:, t])
        assert ours[:-1, t] == pytest.approx(peer.coef_[0], abs=2e-3)
        assert ours[-1, t] == pytest.approx(peer.intercept_[0], abs=2e-3)


def test_without_decisions_the_offset_stands() -> None:
    features, odds, wanted = population(50)
    assert not fit_offsets(features, wanted, np.zeros(wanted.shape), odds).any()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1))
def test_what_was_not_judged_never_matters(seed: int, filling: float) -> None:
    features, odds, wanted = population(60, seed=seed)
    weight = (np.random.default_rng(seed).random(wanted.shape) < 0.5).astype(float)
    other = np.where(weight > 0, wanted, filling)
    assert np.allclose(
        fit_offsets(features, wanted, weight, odds), fit_offsets(features, other, weight, odds)
    )


def test_calibration_mends_what_is_too_sure() -> None:
    draw = np.random.default_rng(4)
    honest = draw.normal(scale=1.5, size=20_000)
    wanted = (draw.random(20_000) < expit(honest)).astype(float)
    raw = 3 * honest + 1
    raw, wanted = raw[:, None], wanted[:, None]
    mended = fit_calibration(raw, wanted, np.ones(raw.shape, dtype=bool))(raw)[:, 0]
    raw = raw[:, 0]
    assert np.abs(expit(mended) - expit(honest)).mean() < 0.02
    assert np.abs(expit(raw) - expit(honest)).mean() > 0.1
    assert (np.diff(mended[np.argsort(raw)]) >= 0).all()


def test_calibration_changes_little_on_little() -> None:
    odds = np.array([2.0, -2.0, 1.0])
    odds = odds[:, None]
    wanted = np.array([[0.0], [0.0], [1.0]])
    mended = fit_calibration(odds, wanted, np.ones((3, 1), dtype=bool))
    assert np.abs(mended(odds) - odds).max() < 1.5


def test_learning_helps_where_nobody_decided() -> None:
    features, odds, wanted = population(1500)
    prior = np.full(odds.shape, logit(wanted.mean()))
    found = learn(prior, features, taught(np.arange(300), wanted[:300]))
    assert found.calibrated
    rest = slice(300, None)

    def loss(o: np.ndarray) -> float:
        return float((np.logaddexp(0, o) - wanted[rest] * o).mean())

    assert loss(found.odds[rest]) < 0.8 * loss(prior[rest])


def test_a_comment_learned_from_is_scored_as_if_it_had_not_been() -> None:
    draw = np.random.default_rng(5)
    features = draw.normal(size=(120, 200))  # enough room to learn every answer by heart
    wanted = (draw.random((120, 1)) < 0.5).astype(float)
    found = learn(np.zeros((120, 1)), features, taught(np.arange(120), wanted))
    right = ((found.odds[:, 0] > 0) == (wanted[:, 0] > 0)).mean()
    assert right < 0.7  # by heart it would be 1


def test_examples_alone_teach_a_little_and_calibrate_nothing() -> None:
    features, odds, wanted = population(100)
    none = np.zeros(5, dtype=bool)
    lesson = TrainingArrays(np.arange(5), wanted[:5], np.ones((5, 4)), none, none)
    found = learn(odds, features, lesson)
    assert not found.calibrated
    assert np.abs(found.odds - odds).max() > 0


def test_shares_of_very_many_comments_are_estimated_by_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores = np.random.default_rng(0).normal(0, 2, (4_000, 3))
    exact = guess_log_odds(scores)
    monkeypatch.setattr("coder.coding.first_guess.MOST_ESTIMATED_BY", 2_000)
    estimated = guess_log_odds(scores)
    assert estimated.shape == exact.shape
    assert 0 < np.abs(estimated - exact).max() < 0.2


def test_odds_are_those_of_scipy() -> None:
    odds = np.array([[-800.0, -40.0, -1.5, 0.0], [1e-9, 2.0, 40.0, 800.0]])
    assert own_expit(odds) == pytest.approx(expit(odds), rel=1e-14, abs=1e-320)
    share = np.array([1e-12, 0.2, 0.5, 0.9999])
    assert own_logit(share) == pytest.approx(logit(share), rel=1e-12)
    assert log_sum(odds) == pytest.approx(logsumexp(odds, axis=1, keepdims=True), rel=1e-14)
