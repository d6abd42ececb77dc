"""Probabilities from signals and decisions: a prior that needs no decision, and what decisions teach it.

Notation: n comments, t themes, d features. A `logit` is a log-odds; `masked` arrays hold NaN where nothing
was decided, and such cells never count, least of all as negatives.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from scipy.special import expit, logit

Floats = NDArray[np.float64]

WEIGHT_PENALTY = 2.0
INTERCEPT_PENALTY = 1.0
POOLED_PENALTY = 1.0
FOLDS = 5


# ---------------------------------------------------------------- without decisions


class Scale(NamedTuple):
    """How a signal score becomes evidence: log-likelihood ratio = slope * (score - neutral)."""

    slope: float
    neutral: float


def prevalence_logits(evidence: Floats, start: float, *, rounds: int = 200) -> Floats:
    """Log-odds of each pair once the share of pairs that carry their theme is estimated from the evidence.

    Expectation maximisation over one unknown, the prior share, after Saerens, Latinne and Decaestecker
    (2002), "Adjusting the outputs of a classifier to new a priori probabilities".

    Args:
        evidence: (n, t) log-likelihood ratios.
        start: share to start from, in (0, 1).

    Returns:
        (n, t) log-odds.
    """
    share = start
    for _ in range(rounds):
        new = float(np.clip(expit(evidence + logit(share)).mean(), 1e-4, 0.9))
        if abs(new - share) < 1e-7:
            break
        share = new
    return np.asarray(evidence + logit(share))


def best_cut(probabilities: Floats) -> float:
    """The probability from which on assigning gives the best expected F1, if the probabilities are right.

    Expected F1 of the k likeliest is 2 * sum(p of the k) / (k + sum(p of all)).
    """
    ranked = np.sort(probabilities.ravel())[::-1]
    if not ranked.size or ranked[0] <= 0:
        return 0.5
    expected = 2 * np.cumsum(ranked) / (np.arange(1, ranked.size + 1) + ranked.sum())
    return float(ranked[int(expected.argmax())])


def cut_for_share(probabilities: Floats, labels_per_comment: float) -> float:
    """The probability that gives a mean number of labels per comment."""
    ranked = np.sort(probabilities.ravel())[::-1]
    count = round(labels_per_comment * probabilities.shape[0])
    if count < 1:
        return float(np.nextafter(ranked[0], 2.0)) if ranked.size else 0.5
    return float(ranked[min(count, ranked.size) - 1])


# ---------------------------------------------------------------- penalised regression


def fit_offsets(
    features: Floats,
    wanted: Floats,
    weight: Floats,
    offset: Floats,
    *,
    start: Floats | None = None,
    weight_penalty: float = WEIGHT_PENALTY,
    intercept_penalty: float = INTERCEPT_PENALTY,
    rounds: int = 60,
) -> Floats:
    """Logistic regressions of all themes at once, each beginning from a fixed offset.

    Minimises, per theme, sum(weight * log-loss) + weight_penalty/2 * |b|^2 + intercept_penalty/2 * b0^2. Without
    data the coefficients are zero and the offset stands.

    Args:
        features: (n, d).
        wanted: (n, t) in [0, 1]; a value between says that reviewers differ.
        weight: (n, t), 0 where nothing was decided.
        offset: (n, t) log-odds.
        start: (d + 1, t) coefficients to begin from.

    Returns:
        (d + 1, t) coefficients, the intercepts last.
    """
    full = np.hstack([features, np.ones((len(features), 1))])
    shape = (full.shape[1], wanted.shape[1])
    penalty = np.full((shape[0], 1), weight_penalty)
    penalty[-1] = intercept_penalty
    target = np.where(weight > 0, wanted, 0.0)
    # The curvature can nowhere exceed full'full / 4 + penalty: measured in its square root, the loss is round
    # and a dozen steps do.
    root = np.linalg.cholesky(full.T @ full / 4 + np.diag(penalty[:, 0])).T
    turned = solve_triangular(root, full.T, trans="T").T

    def loss(flat: Floats) -> tuple[float, Floats]:
        c = flat.reshape(shape)
        b = solve_triangular(root, c)
        odds = offset + turned @ c
        value = (weight * (np.logaddexp(0, odds) - target * odds)).sum() + 0.5 * (penalty * b * b).sum()
        slope = turned.T @ (weight * (expit(odds) - target)) + solve_triangular(root, penalty * b, trans="T")
        return float(value), slope.ravel()

    begin = np.zeros(shape) if start is None else root @ start
    found = minimize(loss, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "ftol": 1e-6})
    return np.asarray(solve_triangular(root, found.x.reshape(shape)))


def fit_pooled(features: Floats, wanted: Floats, weight: Floats, offset: Floats) -> Floats:
    """One regression over pairs of comment and theme, shared by all themes: (n_pairs, k) features to (k + 1,).

    Newton's method; penalised towards zero, so that the offset stands until the decisions say otherwise.
    """
    full = np.hstack([features, np.ones((len(features), 1))])
    penalty = np.full(full.shape[1], POOLED_PENALTY)
    b = np.zeros(full.shape[1])
    for _ in range(25):
        p = expit(offset + full @ b)
        gradient = full.T @ (weight * (p - wanted)) + penalty * b
        curvature = (full * (weight * np.maximum(p * (1 - p), 1e-6))[:, None]).T @ full
        step = np.linalg.solve(curvature + np.diag(penalty), gradient)
        b -= step / max(1.0, np.abs(step).max() / 2)
        if np.abs(step).max() < 1e-6:
            break
    return b


def fit_platt(odds: Floats, wanted: Floats, weight: Floats) -> tuple[float, float]:
    """Slope and intercept that make log-odds honest, pulled towards (1, 0) while there is little to go by."""
    a, b = 1.0, 0.0
    for _ in range(25):
        p = expit(a * odds + b)
        residual, spread = weight * (p - wanted), weight * np.maximum(p * (1 - p), 1e-6)
        gradient = np.array([(residual * odds).sum() + 4.0 * (a - 1.0), residual.sum() + 1.0 * b])
        cross = (spread * odds).sum()
        curvature = np.array([[(spread * odds * odds).sum() + 4.0, cross], [cross, spread.sum() + 1.0]])
        step = np.linalg.solve(curvature, gradient)
        a, b = a - float(np.clip(step[0], -0.5, 0.5)), b - float(np.clip(step[1], -1, 1))
        if np.abs(step).max() < 1e-8:
            break
    return max(a, 0.05), b


# ---------------------------------------------------------------- with decisions


class Taught(NamedTuple):
    """What was decided, as arrays over comments that can be learned from. n rows, t themes."""

    rows: NDArray[np.int64]  # (n,) row of the feature arrays
    wanted: Floats  # (n, t) share of reviewers who say present; NaN where not judged
    weight: Floats  # (n, t) 0 where not judged
    own: NDArray[np.bool_]  # (n,) a comment of this project, not an example or another consultation's
    trusted: NDArray[np.bool_]  # (n,) drawn so that it may calibrate


class Learned(NamedTuple):
    """Log-odds after learning."""

    odds: Floats  # (n, t), cross-fitted in the rows that were taught from
    calibrated: bool
    trust: float  # share of what was learned that held up on decisions not learned from, in [0, 1]


def learn(prior: Floats, pairs: Floats, features: Floats, taught: Taught, *, seed: int = 0) -> Learned:
    """Blend the prior with what decisions teach.

    First one regression over pairs, shared by all themes, re-weighs the signals; then each theme's own
    regression on the features begins from that. Both see only what was judged. Rows that were learned from
    get their log-odds from a model that did not see them.

    Args:
        prior: (n, t) log-odds without decisions.
        pairs: (n, t, k) signals, standardised.
        features: (n, d).
        taught: the decisions.
    """
    held = _folds(taught, seed)
    base = _fit(prior, pairs, features, taught, np.ones(len(taught.rows), dtype=bool), None)
    odds = prior + _added(base, pairs, features)
    crossed = np.zeros((len(taught.rows), prior.shape[1]))
    for fold in range(FOLDS):
        out = held == fold
        if not out.any():
            continue
        fitted = _fit(prior, pairs, features, taught, ~out, base.own)
        rows = taught.rows[out]
        crossed[out] = _added(fitted, pairs[rows], features[rows])
    trust = _trust(prior[taught.rows], crossed, taught)
    odds = prior + trust * (odds - prior)
    odds[taught.rows] = prior[taught.rows] + trust * crossed
    return _calibrated(odds, taught, trust)


class _Fitted(NamedTuple):
    pooled: Floats
    own: Floats


def _fit(
    prior: Floats, pairs: Floats, features: Floats, taught: Taught, use: NDArray[np.bool_], start: Floats | None
) -> _Fitted:
    rows, wanted, weight = taught.rows[use], taught.wanted[use], taught.weight[use]
    cells = weight > 0
    pooled = fit_pooled(pairs[rows][cells], wanted[cells], weight[cells], prior[rows][cells])
    offset = prior[rows] + pairs[rows] @ pooled[:-1] + pooled[-1]
    return _Fitted(pooled, fit_offsets(features[rows], wanted, weight, offset, start=start))


def _added(fitted: _Fitted, pairs: Floats, features: Floats) -> Floats:
    shared = pairs @ fitted.pooled[:-1] + fitted.pooled[-1]
    return np.asarray(shared + features @ fitted.own[:-1] + fitted.own[-1])


def _folds(taught: Taught, seed: int) -> NDArray[np.int64]:
    """A fold for each row; copies of one comment share theirs. Examples are in none: they always teach."""
    draw = np.random.default_rng(seed)
    _, group = np.unique(taught.rows, return_inverse=True)
    fold = draw.permutation(group.max() + 1 if group.size else 0) % FOLDS
    return np.where(taught.own, fold[group], -1) if group.size else group


def _trust(prior: Floats, added: Floats, taught: Taught) -> float:
    """How much of what was learned to keep: the share that predicts this project's own decisions best.

    Without decisions of this project's own, half: what other consultations teach is a start.
    """
    cells = (taught.weight > 0) & taught.own[:, None]
    if cells.sum() < 50:
        return 0.5
    y = taught.wanted[cells]
    shares = np.linspace(0, 1, 11)
    losses = [float((np.logaddexp(0, o) - y * o).mean()) for s in shares for o in [prior[cells] + s * added[cells]]]
    return float(shares[int(np.argmin(losses))])


def _calibrated(odds: Floats, taught: Taught, trust: float) -> Learned:
    cells = (taught.weight > 0) & taught.trusted[:, None]
    if cells.sum() < 50:
        return Learned(odds, False, trust)
    values = odds[taught.rows][cells]
    a, b = fit_platt(values, taught.wanted[cells], np.ones(values.shape))
    return Learned(a * odds + b, int(taught.trusted.sum()) >= 30, trust)
