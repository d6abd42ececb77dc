"""Whether the level of a series of figures rose at some point, and where."""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

FEWEST_EACH_SIDE = 8  # figures before a rise and after it
SHUFFLES = 999
ENTRIES_AT_ONCE = 4_000_000  # of the shuffled series, so that memory stays small


class ChangePoint(NamedTuple):
    """Where a series rose most clearly.

    Attributes:
        at: number of figures before the rise.
        before, after: their means.
        p: share of shuffled series that rise as clearly at any point; one-sided.
    """

    at: int
    before: float
    after: float
    p: float


def find_rise(
    values: "Floats",
    *,
    fewest: int = FEWEST_EACH_SIDE,
    shuffles: int = SHUFFLES,
    seed: int = 0,
) -> ChangePoint | None:
    """The point at which the mean of a series rose most clearly, tested by permutation.

    The statistic is the largest of (k S_n / n - S_k) / sqrt(k (n - k) / n) over all points k, the
    CUSUM of the deviations from the mean (Page 1955, Biometrika 42, 523-527), with the weights
    that make every point count alike. It is compared with the same of shuffled series, so that
    the p-value holds whatever the figures are like, if their order does not matter.

    Args:
        values: (n,) in the order of time.
        fewest: figures on each side of a rise.
        shuffles: random orders.
        seed: of the shuffles.

    Returns:
        None where there are fewer than twice `fewest` figures.
    """
    import numpy as np

    series = np.asarray(values, dtype=np.float64)
    n = len(series)
    if n < 2 * fewest:
        return None
    points = np.arange(fewest, n - fewest + 1)
    found = _rises(series[None, :], points)[0]
    place = int(found.argmax())
    rng = np.random.default_rng(seed)
    as_clear = 0
    at_once = max(1, ENTRIES_AT_ONCE // n)
    for start in range(0, shuffles, at_once):
        rows = min(at_once, shuffles - start)
        shuffled = rng.permuted(np.tile(series, (rows, 1)), axis=1)
        largest = _rises(shuffled, points).max(axis=1)
        as_clear += int((largest >= found[place] - 1e-12).sum())
    at = int(points[place])
    return ChangePoint(
        at=at,
        before=float(series[:at].mean()),
        after=float(series[at:].mean()),
        p=(1 + as_clear) / (1 + shuffles),
    )


def _rises(series: "Floats", points: "NDArray[np.intp]") -> "Floats":
    """(n_series, n_points) how far the sums up to each point lie below those of an even series."""
    import numpy as np

    n = series.shape[1]
    sums = np.cumsum(series, axis=1)
    even = sums[:, -1:] * points / n
    weight = np.sqrt(points * (n - points) / n)
    return np.asarray((even - sums[:, points - 1]) / weight)
