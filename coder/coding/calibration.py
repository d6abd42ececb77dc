"""Calibration: log-odds whose probabilities come true as often as they say.

Notation: m comments judged, t themes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.odds import expit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Of both slopes and the shift that all themes share, and the penalties of departing from it.
UNCHANGED = np.array([1.0, 1.0, 0.0])
PENALTY = np.array([2.0, 2.0, 0.5])
# Of a theme's own departure from what all share: with few decisions all themes move together,
# with more each finds its own place.
THEME_PENALTY = 8.0
# Comments with which all penalties are twice as large. With few comments the odds of a model
# that did not see one of them tell less of what the whole model says.
FEW = 30
LARGEST_STEP = 0.5
LOWEST_SLOPE = 0.05  # keeps the order of probabilities
ROUNDS = 50
CONVERGED = 1e-8


class Calibration(NamedTuple):
    """log-odds = high * ln p - low * ln(1 - p) + shift of the theme: the likely and the unlikely
    end each get their slope.
    """

    high: float
    low: float
    shift: Floats  # (t,)

    def __call__(self, odds: Floats) -> Floats:
        """Calibrated log-odds of raw ones, (n, t); never reverses an order within a theme."""
        likely = -self.high * np.logaddexp(0, -odds)
        unlikely = self.low * np.logaddexp(0, odds)
        return np.asarray(likely + unlikely + self.shift)


def fit_calibration(
    odds: Floats,
    wanted: Floats,
    judged: Bools,
) -> Calibration:
    """Fit the calibration by Newton's method, pulled towards no change while there is little to
    go by, and each theme towards what all of them need.

    Beta calibration: Kull, Silva Filho and Flach (2017), "Beta calibration: a well-founded and
    easily implemented improvement on logistic calibration for binary classifiers". A plain
    logistic one is left too sure at both ends. The shifts of the themes are partially pooled:
    normal around a common one, as in Gelman and Hill (2007), "Data analysis using regression
    and multilevel/hierarchical models".

    Args:
        odds: (m, t) raw log-odds.
        wanted: (m, t) in [0, 1]; any value where not judged.
        judged: (m, t).
    """
    comments, themes = odds.shape
    sums = _Sums(odds, wanted, judged.astype(np.float64))
    unchanged = np.concatenate([UNCHANGED, np.zeros(themes)])
    penalty = np.concatenate([PENALTY, np.full(themes, THEME_PENALTY)])
    penalty *= 1 + (FEW / max(1, comments)) ** 2
    parameters = unchanged.copy()
    for _ in range(ROUNDS):
        gradient, curvature = sums.at(parameters)
        gradient += penalty * (parameters - unchanged)
        curvature += np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        step = np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        parameters -= step
        if np.abs(step).max() < CONVERGED:
            break
    high, low, common = map(float, parameters[:3])
    return Calibration(
        max(high, LOWEST_SLOPE),
        max(low, LOWEST_SLOPE),
        common + parameters[3:],
    )


class _Sums:
    """Gradient and curvature of the log-loss in high, low, common shift and the themes' own.

    Args:
        weight: (m, t) 1 where judged, else 0.
    """

    def __init__(self, odds: Floats, wanted: Floats, weight: Floats) -> None:
        likely = -np.logaddexp(0, -odds)
        unlikely = np.logaddexp(0, odds)
        shared = [likely, unlikely, np.ones(odds.shape)]
        self._signs = np.stack(shared, axis=-1)  # (m, t, 3)
        self._wanted = np.where(weight > 0, wanted, 0.0)
        self._weight = weight

    def at(self, parameters: Floats) -> tuple[Floats, Floats]:
        """(3 + t,) gradient and (3 + t, 3 + t) curvature."""
        own = parameters[3:]
        p = expit(self._signs @ parameters[:3] + own)
        surprise = self._weight * (p - self._wanted)
        variance = self._weight * np.maximum(p * (1 - p), 1e-6)
        by_theme = np.einsum("mt,mtk->kt", surprise, self._signs)
        gradient = np.concatenate([by_theme.sum(axis=1), surprise.sum(axis=0)])
        weighted = self._signs * variance[..., None]
        curvature = np.zeros((len(parameters), len(parameters)))
        curvature[:3, :3] = np.einsum("mtk,mtl->kl", weighted, self._signs)
        curvature[:3, 3:] = weighted.sum(axis=0).T
        curvature[3:, :3] = curvature[:3, 3:].T
        curvature[3:, 3:] = np.diag(variance.sum(axis=0))
        return gradient, curvature
