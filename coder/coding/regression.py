"""Penalised logistic regressions of all themes at once, each beginning from a fixed offset."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from coder.coding.odds import expit

Floats = NDArray[np.float64]

WEIGHT_PENALTY = 2.0
INTERCEPT_PENALTY = 1.0


@contextmanager
def one_thread() -> Iterator[None]:
    """Regressions within compute on one thread: they are too small to gain from more, and their
    results then do not hang on how many there are.
    """
    import scipy.linalg  # noqa: F401  # its threads can be limited once it is loaded
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1, user_api="blas"):
        yield


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
    """Fit what to add to the offsets.

    Minimises, per theme, sum(weight * log-loss) + weight_penalty/2 * |b|^2 +
    intercept_penalty/2 * b0^2. Without data all coefficients are zero.

    Args:
        features: (n, d).
        wanted: (n, t) in [0, 1]; a value between says that reviewers differ.
        weight: (n, t), 0 where nothing was decided.
        offset: (n, t) log-odds.
        start: (d + 1, t) coefficients to begin from.
        rounds: of the optimiser, at most.

    Returns:
        (d + 1, t) coefficients, the intercepts last.
    """
    # Slow to import, and often nothing is learned.
    from scipy.linalg import solve_triangular
    from scipy.optimize import minimize

    full = np.hstack([features, np.ones((len(features), 1))])
    shape = (full.shape[1], wanted.shape[1])
    penalty = np.full((shape[0], 1), weight_penalty)
    penalty[-1] = intercept_penalty
    target = np.where(weight > 0, wanted, 0.0)
    # The curvature nowhere exceeds full'full / 4 + penalty. In units of its square root the loss
    # is close to a sphere, and a dozen steps are enough.
    root = np.linalg.cholesky(full.T @ full / 4 + np.diag(penalty[:, 0])).T
    turned = solve_triangular(root, full.T, trans="T").T

    def loss_and_slope(flat: Floats) -> tuple[float, Floats]:
        scaled = flat.reshape(shape)
        coefficients = solve_triangular(root, scaled)
        odds = offset + turned @ scaled
        log_loss = (weight * (np.logaddexp(0, odds) - target * odds)).sum()
        shrinkage = 0.5 * (penalty * coefficients * coefficients).sum()
        slope = turned.T @ (weight * (expit(odds) - target))
        slope += solve_triangular(root, penalty * coefficients, trans="T")
        return float(log_loss + shrinkage), slope.ravel()

    begin = np.zeros(shape) if start is None else root @ start
    result = minimize(
        loss_and_slope,
        begin.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": rounds, "ftol": 1e-6},
    )
    return np.asarray(solve_triangular(root, result.x.reshape(shape)))


def add_up(coefficients: Floats, features: Floats) -> Floats:
    """(n, t) what coefficients of `fit_offsets` add to the log-odds of the features (n, d)."""
    return np.asarray(features @ coefficients[:-1] + coefficients[-1])


def best_share(
    offset: Floats,
    addition: Floats,
    wanted: Floats,
    shares: Floats,
) -> float:
    """Which share of an addition to the log-odds predicts best.

    Args:
        offset: (k,) log-odds without the addition.
        addition: (k,) from a model that did not see the answer.
        wanted: (k,) in [0, 1].
        shares: to choose from; the first of equals is returned.
    """
    losses = []
    for share in shares:
        odds = offset + share * addition
        losses.append(float((np.logaddexp(0, odds) - wanted * odds).mean()))
    return float(shares[int(np.argmin(losses))])
