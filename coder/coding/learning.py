"""What decisions teach: each theme's regression begins from the first guess.

Notation: n texts, t themes, d features.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.calibration import fit_calibration
from coder.coding.regression import add_up, best_share, fit_offsets

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Models without a tenth of the decisions are nearly as sure as the one of all, which their odds
# must calibrate;
# with many decisions a fifth is as good and half the work.
FOLDS, FOLDS_OF_MANY, MANY = 10, 5, 2_000
# Of the first guess that stays beside what was learned: alone it is too confident.
PRIOR_SHARE = 0.8
# Comments decided whole. With fewer, how often each theme occurs is hardly better known than
# before.
FEWEST_TO_CALIBRATE = 10
# Comments of this project by which a share is chosen; where most of what was learned is their
# own, a choice by few of them costs more than it brings.
FEWEST_TO_CHOOSE, FEWEST_AMONG_OWN = 30, 100
SHARES = np.linspace(0, 1, 11)  # of what was learned, to choose from
# Share kept where this project has too few decisions to choose by, and what was learned comes
# mostly from elsewhere: it is a start and may mislead.
SHARE_FROM_ELSEWHERE = 0.5


class TrainingArrays(NamedTuple):
    """What was decided, as arrays over the texts that can be learned from. m texts, t themes."""

    rows: Integers  # (m,) row of the feature arrays, each once
    # (m, t) share of reviewers who say present; any value where not judged.
    wanted: Floats
    weight: Floats  # (m, t) 0 where not judged
    own: Bools  # (m,) a comment of this project, not an example or another consultation's
    may_calibrate: Bools  # (m,) chosen so that it may calibrate


class LearningResult(NamedTuple):
    """Log-odds after learning."""

    odds: Floats  # (n, t), cross-fitted in the rows that were learned from
    calibrated: bool
    learned_share: float  # of what was learned, that is kept, in [0, 1]


def learn(
    prior: Floats,
    features: Floats,
    training: TrainingArrays,
    *,
    seed: int = 0,
) -> LearningResult:
    """Blend the first guess with what decisions teach.

    Rows that were learned from get their log-odds from a model that did not see them.

    Args:
        prior: (n, t) log-odds without decisions.
        features: (n, d).
        training: the decisions.
        seed: of the folds.
    """
    rows = training.rows
    offset = PRIOR_SHARE * prior
    features = _as_taught(features, rows)
    everything = np.ones(len(rows), dtype=np.bool_)
    coefficients = _fit(offset, features, training, everything, None)
    gained = add_up(coefficients, features)
    cross_fitted = np.array(gained[rows])
    for left_out in _folds(training, seed):
        without = _fit(
            offset,
            features,
            training,
            ~left_out,
            coefficients,
        )
        cross_fitted[left_out] = add_up(without, features[rows[left_out]])
    addition = cross_fitted + offset[rows] - prior[rows]
    share = _learned_share(prior[rows], addition, training)
    full = offset + gained
    full[rows] = offset[rows] + cross_fitted
    return _calibrate(
        prior + share * (full - prior),
        training,
        share,
    )


def _as_taught(features: Floats, rows: Integers) -> Floats:
    """The features in as many dimensions as texts teach, where these are fewer.

    What is fitted with a penalty on the length of the coefficients lies within what the texts
    span, so nothing is lost.
    """
    if len(rows) >= features.shape[1]:
        return features
    basis, _ = np.linalg.qr(features[rows].T)
    return np.asarray(features @ basis)


def _fit(
    offset: Floats,
    features: Floats,
    training: TrainingArrays,
    use: Bools,
    start: Floats | None,
) -> Floats:
    rows = training.rows[use]
    wanted, weight = training.wanted[use], training.weight[use]
    return fit_offsets(
        features[rows],
        wanted,
        weight,
        offset[rows],
        start=start,
    )


def _folds(
    training: TrainingArrays,
    seed: int,
) -> list[Bools]:
    """(m,) each: what is left out together. Only comments of this project are, other texts
    always teach.
    """
    texts = len(training.rows)
    folds = FOLDS if texts <= MANY else FOLDS_OF_MANY
    fold_of = np.random.default_rng(seed).permutation(texts) % folds
    left_out = [training.own & (fold_of == fold) for fold in range(folds)]
    return [texts for texts in left_out if texts.any()]


def _learned_share(
    prior: Floats,
    addition: Floats,
    training: TrainingArrays,
) -> float:
    """How much of what was learned to keep: the share that predicts this project's own
    decisions best.
    """
    own = int(training.own.sum())
    if own * 2 > len(training.own) and own < FEWEST_AMONG_OWN:
        return 1.0
    if own < FEWEST_TO_CHOOSE:
        return SHARE_FROM_ELSEWHERE
    cells = (training.weight > 0) & training.own[:, None]
    return best_share(
        prior[cells],
        addition[cells],
        training.wanted[cells],
        SHARES,
    )


def _calibrate(
    odds: Floats,
    training: TrainingArrays,
    share: float,
) -> LearningResult:
    if training.may_calibrate.sum() < FEWEST_TO_CALIBRATE:
        return LearningResult(odds, False, share)
    use = training.may_calibrate
    calibration = fit_calibration(
        odds[training.rows[use]],
        training.wanted[use],
        training.weight[use] > 0,
    )
    return LearningResult(calibration(odds), True, share)
