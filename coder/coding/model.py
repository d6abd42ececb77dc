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
# Models without a tenth of the decisions are nearly as sure as the one of all, which their odds must calibrate;
# with many decisions a fifth is as good and half the work.
FOLDS, FOLDS_OF_MANY, MANY = 10, 5, 2_000
# Score to log-odds without decisions: at NEUTRAL a score speaks neither for nor against, and a step of one is a
# step of one in log-odds. Words taken from a definition say less than keywords that somebody chose, and so do
# the scores about how common a theme is. Fitted on codings of three codebooks by people, checked on a fourth.
NEUTRAL, NEUTRAL_AUTOMATIC = 1.75, 1.5
# Among few themes one stands out of any comment, whatever it says: so much more is asked, by 1 / themes - 1 / MANY.
FEW_THEMES, MANY_THEMES = 1.5, 12
MEAN_WEIGHT, MEAN_WEIGHT_AUTOMATIC = (
    1.5,
    4.0,
)  # of the mean over themes, against one for a theme's own scores
# What is usual: labels a comment carries with very many themes, and how many themes give half of that. A codebook
# of three themes is mostly about a part of what people say.
USUAL_LABELS, THEMES_FOR_HALF = 1.5, 8
USUAL_POSITIONS = 1.2  # of a theme, in a comment that carries it
USUAL_WEIGHT = 1.0  # of that, against one for what the scores themselves say
# Beside what was learned from decisions the first guess speaks too loudly; this much of it stays.
PRIOR_SHARE = 0.8
FEWEST_TO_CALIBRATE = 30  # comments decided whole
CUT_RANGE = (0.2, 0.6)  # of a theme's own cut, once there are decisions


# ---------------------------------------------------------------- without decisions


def prior_logits(
    scores: Floats,
    automatic: NDArray[np.bool_] | None = None,
    *,
    alike: bool = False,
    rounds: int = 300,
) -> Floats:
    """Log-odds that each comment carries each theme, before anybody decided anything.

    The share of comments that carry each theme is estimated from the scores by expectation maximisation after
    Saerens, Latinne and Decaestecker (2002), "Adjusting the outputs of a classifier to new a priori
    probabilities", pulled towards the mean over themes, and that towards what is usual: so the number of
    labels a comment comes from the comments and the codebook, and a theme that is a little like every comment
    but much like none is rare.

    Args:
        scores: (n, t) `Signals.score`.
        automatic: (t,) themes whose keywords were taken from name and definition; None: none.
        alike: hold all themes equally common, for a few that exclude each other, as positions mostly do.

    Returns:
        (n, t) log-odds.
    """
    themes = scores.shape[1]
    guessed = np.zeros(themes, dtype=bool) if automatic is None else automatic
    few = 0.0 if alike else FEW_THEMES * max(0.0, 1 / themes - 1 / MANY_THEMES)
    evidence = scores - np.where(guessed, NEUTRAL_AUTOMATIC, NEUTRAL) - few
    pull = np.where(guessed, MEAN_WEIGHT_AUTOMATIC, MEAN_WEIGHT) if not alike else 1e6
    usual = (
        min(0.5, USUAL_POSITIONS / themes) if alike else USUAL_LABELS / (themes + THEMES_FOR_HALF)
    )
    share = np.full(themes, usual)
    for _ in range(rounds if evidence.size else 0):
        seen = expit(evidence + logit(share)).mean(axis=0)
        mean = (seen.mean() + USUAL_WEIGHT * usual) / (1 + USUAL_WEIGHT)
        new = np.clip((seen + pull * mean) / (1 + pull), 1e-4, 0.9)
        moved = np.abs(new - share).max()
        share = new
        if moved < 1e-7:
            break
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
        value = (weight * (np.logaddexp(0, odds) - target * odds)).sum() + 0.5 * (
            penalty * b * b
        ).sum()
        slope = turned.T @ (weight * (expit(odds) - target)) + solve_triangular(
            root, penalty * b, trans="T"
        )
        return float(value), slope.ravel()

    begin = np.zeros(shape) if start is None else root @ start
    found = minimize(
        loss, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "ftol": 1e-6}
    )
    return np.asarray(solve_triangular(root, found.x.reshape(shape)))


class Calibration(NamedTuple):
    """log-odds = high * ln p - low * ln(1 - p) + shift: the likely and the unlikely end each get their slope."""

    high: float
    low: float
    shift: float

    def __call__(self, odds: Floats) -> Floats:
        """Calibrated log-odds of raw ones, any shape; never reverses an order."""
        return np.asarray(
            -self.high * np.logaddexp(0, -odds) + self.low * np.logaddexp(0, odds) + self.shift
        )


def fit_calibration(odds: Floats, wanted: Floats) -> Calibration:
    """What makes log-odds honest, pulled towards no change while there is little to go by.

    Beta calibration: Kull, Silva Filho and Flach (2017), "Beta calibration: a well-founded and easily
    implemented improvement on logistic calibration for binary classifiers". A plain logistic one is left
    too sure at both ends.

    Args:
        odds: (k,) raw log-odds of pairs judged.
        wanted: (k,) in [0, 1].
    """
    signs = np.stack([-np.logaddexp(0, -odds), np.logaddexp(0, odds), np.ones(odds.shape)], axis=-1)
    unchanged = np.array([1.0, 1.0, 0.0])
    penalty = np.array([2.0, 2.0, 0.5])
    found = unchanged.copy()
    for _ in range(50):
        p = expit(signs @ found)
        gradient = signs.T @ (p - wanted) + penalty * (found - unchanged)
        curvature = (signs * np.maximum(p * (1 - p), 1e-6)[:, None]).T @ signs + np.diag(penalty)
        step = np.clip(np.linalg.solve(curvature, gradient), -0.5, 0.5)
        found -= step
        if np.abs(step).max() < 1e-8:
            break
    return Calibration(max(float(found[0]), 0.05), max(float(found[1]), 0.05), float(found[2]))


# ---------------------------------------------------------------- with decisions


class Taught(NamedTuple):
    """What was decided, as arrays over the texts that can be learned from. n rows, t themes."""

    rows: NDArray[np.int64]  # (n,) row of the feature arrays, each once
    wanted: Floats  # (n, t) share of reviewers who say present; any value where not judged
    weight: Floats  # (n, t) 0 where not judged
    own: NDArray[
        np.bool_
    ]  # (n,) a comment of this project, not an example or another consultation's
    trusted: NDArray[np.bool_]  # (n,) drawn so that it may calibrate


class Learned(NamedTuple):
    """Log-odds after learning."""

    odds: Floats  # (n, t), cross-fitted in the rows that were taught from
    calibrated: bool
    trust: float  # share of what was learned that is kept, in [0, 1]


def learn(prior: Floats, features: Floats, taught: Taught, *, seed: int = 0) -> Learned:
    """Blend the first guess with what decisions teach: each theme's regression begins from the guess.

    Rows that were learned from get their log-odds from a model that did not see them.

    Args:
        prior: (n, t) log-odds without decisions.
        features: (n, d).
        taught: the decisions.
    """
    held = _folds(taught, seed)
    rows, offset = taught.rows, PRIOR_SHARE * prior
    everything = np.ones(len(rows), dtype=bool)
    base = _fit(offset, features, taught, everything, None)
    gained = _gain(base, features)
    crossed = np.array(gained[rows])
    for fold in range(int(held.max(initial=-1)) + 1):
        out = held == fold
        if out.any():
            crossed[out] = _gain(_fit(offset, features, taught, ~out, base), features[rows[out]])
    trust = _trust(prior[rows], crossed + offset[rows] - prior[rows], taught)
    full = offset + gained
    full[rows] = offset[rows] + crossed
    return _calibrated(prior + trust * (full - prior), taught, trust)


def _fit(
    offset: Floats, features: Floats, taught: Taught, use: NDArray[np.bool_], start: Floats | None
) -> Floats:
    rows = taught.rows[use]
    return fit_offsets(
        features[rows], taught.wanted[use], taught.weight[use], offset[rows], start=start
    )


def _gain(coefficients: Floats, features: Floats) -> Floats:
    return np.asarray(features @ coefficients[:-1] + coefficients[-1])


def _folds(taught: Taught, seed: int) -> NDArray[np.int64]:
    """A fold for each row of this project; the others always teach (-1)."""
    draw = np.random.default_rng(seed)
    folds = FOLDS if len(taught.rows) <= MANY else FOLDS_OF_MANY
    return np.where(taught.own, draw.permutation(len(taught.rows)) % folds, -1)


def _trust(prior: Floats, added: Floats, taught: Taught) -> float:
    """How much of what was learned to keep: the share that predicts this project's own decisions best.

    Half without decisions of this project's own: what others teach is a start, and may mislead.
    """
    cells = (taught.weight > 0) & taught.own[:, None]
    if taught.own.sum() < FEWEST_TO_CALIBRATE:
        return 1.0 if taught.own.sum() * 2 > len(taught.own) else 0.5
    y = taught.wanted[cells]
    shares = np.linspace(0, 1, 11)
    losses = [
        float((np.logaddexp(0, o) - y * o).mean())
        for o in (prior[cells] + s * added[cells] for s in shares)
    ]
    return float(shares[int(np.argmin(losses))])


def _calibrated(odds: Floats, taught: Taught, trust: float) -> Learned:
    cells = (taught.weight > 0) & taught.trusted[:, None]
    if taught.trusted.sum() < FEWEST_TO_CALIBRATE:
        return Learned(odds, False, trust)
    honest = fit_calibration(odds[taught.rows][cells], taught.wanted[cells])
    return Learned(honest(odds), True, trust)
