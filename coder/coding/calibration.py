"""Calibration: log-odds whose probabilities come true as often as they say."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

UNCHANGED = np.array([1.0, 1.0, 0.0])
PENALTY = np.array([2.0, 2.0, 0.5])  # of departing from no change
LARGEST_STEP = 0.5
LOWEST_SLOPE = 0.05  # keeps the order of probabilities
ROUNDS = 50
CONVERGED = 1e-8


class Calibration(NamedTuple):
    """log-odds = high * ln p - low * ln(1 - p) + shift: the likely and the unlikely end each
    get their slope.
    """

    high: float
    low: float
    shift: float

    def __call__(self, odds: Floats) -> Floats:
        """Calibrated log-odds of raw ones, any shape; never reverses an order."""
        likely = -self.high * np.logaddexp(0, -odds)
        unlikely = self.low * np.logaddexp(0, odds)
        return np.asarray(likely + unlikely + self.shift)


def fit_calibration(odds: Floats, wanted: Floats) -> Calibration:
    """Fit the calibration by Newton's method, pulled towards no change while there is little to
    go by.

    Beta calibration: Kull, Silva Filho and Flach (2017), "Beta calibration: a well-founded and
    easily implemented improvement on logistic calibration for binary classifiers". A plain
    logistic one is left too sure at both ends.

    Args:
        odds: (k,) raw log-odds of pairs judged.
        wanted: (k,) in [0, 1].
    """
    columns = [
        -np.logaddexp(0, -odds),
        np.logaddexp(0, odds),
        np.ones(odds.shape),
    ]
    signs = np.stack(columns, axis=-1)
    parameters = UNCHANGED.copy()
    for _ in range(ROUNDS):
        p = expit(signs @ parameters)
        departure = parameters - UNCHANGED
        gradient = signs.T @ (p - wanted) + PENALTY * departure
        variance = np.maximum(p * (1 - p), 1e-6)
        curvature = (signs * variance[:, None]).T @ signs + np.diag(PENALTY)
        step = np.linalg.solve(curvature, gradient)
        step = np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        parameters -= step
        if np.abs(step).max() < CONVERGED:
            break
    high, low, shift = map(float, parameters)
    return Calibration(
        max(high, LOWEST_SLOPE),
        max(low, LOWEST_SLOPE),
        shift,
    )
