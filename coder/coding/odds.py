"""Log-odds and probabilities; in numpy alone, for scipy takes long to import."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def expit(odds: Floats) -> Floats:
    """The probability of log-odds, of any shape."""
    small = np.exp(-np.abs(odds))
    return np.where(odds >= 0, 1.0, small) / (1.0 + small)


def logit(probability: Floats) -> Floats:
    """The log-odds of probabilities in (0, 1), of any shape."""
    return np.log(probability) - np.log1p(-probability)


def log_sum(logs: Floats) -> Floats:
    """(n, 1) logarithm of the sum of each row (n, k), which is given as logarithms."""
    highest = logs.max(axis=1, keepdims=True)
    total = np.exp(logs - highest).sum(axis=1, keepdims=True)
    return np.asarray(highest + np.log(total))
