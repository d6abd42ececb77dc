"""What decisions teach: each theme's regression begins from the first guess.

Notation: n texts, t themes, d features.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.calibration import Calibration, fit_calibration
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


class LearnedModel(NamedTuple):
    """What was learned. t themes, d features, m texts that were learned from."""

    coefficients: Floats  # (d + 1, t), of `coder.coding.regression.fit_offsets`
    learned_share: float  # of what was learned, that is kept, in [0, 1]
    calibration: Calibration | None  # None with too few decisions
    taught_odds: Floats  # (m, t) of the texts, each from a model that did not see it

    @property
    def calibrated(self) -> bool:
        """Whether the odds are calibrated."""
        return self.calibration is not None

    def odds(self, prior: Floats, features: Floats) -> Floats:
        """(n, t) log-odds of texts that were not learned from.

        Args:
            prior: (n, t) their log-odds without decisions.
            features: (n, d).
        """
        full = PRIOR_SHARE * prior + add_up(self.coefficients, features)
        odds = _keep_share(prior, full, self.learned_share)
        if self.calibration is None:
            return odds
        return self.calibration(odds)


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
    """Blend the first guess with what decisions teach, for all texts at once.

    Rows that were learned from get their log-odds from a model that did not see them.

    Args:
        prior: (n, t) log-odds without decisions.
        features: (n, d).
        training: the decisions.
        seed: of the folds.
    """
    rows = training.rows
    model = learn_from(prior[rows], features[rows], training, seed=seed)
    odds = model.odds(prior, features)
    odds[rows] = model.taught_odds
    return LearningResult(odds, model.calibrated, model.learned_share)


def learn_from(
    prior: Floats,
    features: Floats,
    training: TrainingArrays,
    *,
    seed: int = 0,
) -> LearnedModel:
    """Learn from the texts that were decided on; `LearnedModel.odds` is for all others.

    Args:
        prior: (m, t) log-odds of these texts without decisions.
        features: (m, d) of these texts.
        training: the decisions; its `rows` are not used.
        seed: of the folds.
    """
    offset = PRIOR_SHARE * prior
    basis = _basis_of(features)
    taught = features
    if basis is not None:
        taught = features @ basis
    everything = np.ones(len(taught), dtype=np.bool_)
    coefficients = _fit(offset, taught, training, everything, None)
    cross_fitted = add_up(coefficients, taught)
    for left_out in _folds(training, seed):
        without = _fit(
            offset,
            taught,
            training,
            ~left_out,
            coefficients,
        )
        cross_fitted[left_out] = add_up(without, taught[left_out])
    full = offset + cross_fitted
    model = LearnedModel(
        coefficients=_in_all_dimensions(coefficients, basis),
        learned_share=_learned_share(prior, full - prior, training),
        calibration=None,
        taught_odds=full,
    )
    return _calibrate(model, prior, training)


def _basis_of(features: Floats) -> Floats | None:
    """(d, m) the dimensions that m texts teach, where these are fewer than the features.

    What is fitted with a penalty on the length of the coefficients lies within what the texts
    span, so nothing is lost.
    """
    texts, dimensions = features.shape
    if texts >= dimensions:
        return None
    basis, _ = np.linalg.qr(features.T)
    return np.asarray(basis)


def _in_all_dimensions(
    coefficients: Floats,
    basis: Floats | None,
) -> Floats:
    """(d + 1, t) coefficients of the features, from those of their basis."""
    if basis is None:
        return coefficients
    return np.vstack([basis @ coefficients[:-1], coefficients[-1:]])


def _fit(
    offset: Floats,
    features: Floats,
    training: TrainingArrays,
    use: Bools,
    start: Floats | None,
) -> Floats:
    wanted, weight = training.wanted[use], training.weight[use]
    return fit_offsets(
        features[use],
        wanted,
        weight,
        offset[use],
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


def _keep_share(prior: Floats, full: Floats, share: float) -> Floats:
    """Log-odds with a share of what was learned."""
    return prior + share * (full - prior)


def _calibrate(
    model: LearnedModel,
    prior: Floats,
    training: TrainingArrays,
) -> LearnedModel:
    """The model with its calibration, where enough was decided, and the odds of what taught it."""
    odds = _keep_share(prior, model.taught_odds, model.learned_share)
    use = training.may_calibrate
    if use.sum() < FEWEST_TO_CALIBRATE:
        return model._replace(taught_odds=odds)
    calibration = fit_calibration(
        odds[use],
        training.wanted[use],
        training.weight[use] > 0,
    )
    return model._replace(
        calibration=calibration,
        taught_odds=calibration(odds),
    )
