"""Intervals by a bootstrap that draws comments with replacement.

The answers for one comment stay together in every draw. Intervals are percentiles of the draws
(Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13). A measure that is the
same in every draw gets no interval, because the draws then say nothing about its width.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Measures = dict[str, Floats]

RESAMPLES = 1_000
CONFIDENCE = 0.95
LARGEST_BLOCK = 6_000_000  # weights held at once: draws x comments


def resampled(n: int, resamples: int, seed: int) -> "Iterator[Floats]":
    """How often each of `n` comments was drawn, float32 (draws, n), in blocks; `resamples`
    draws in all.
    """
    import numpy as np

    generator = np.random.default_rng(seed)
    step = max(1, min(resamples, LARGEST_BLOCK // max(n, 1)))
    for start in range(0, resamples, step):
        draws = min(step, resamples - start)
        picks = generator.integers(n, size=(draws, n)) + n * np.arange(draws)[:, None]
        yield (
            np.bincount(picks.ravel(), minlength=draws * n)
            .reshape(draws, n)
            .astype(np.float32)
        )


def percentile_interval(values: "Floats", draws: "Floats") -> tuple["Floats", "Floats"]:
    """Ends of the middle 95 % of the draws in which a measure has a value.

    Args:
        values: (n_measures,), the measures themselves.
        draws: (n_draws, n_measures), NaN where a draw has no value.

    Returns:
        Two (n_measures,) arrays; NaN where the measure has no value, where fewer than half of
        the draws have one, and where all draws agree.
    """
    import numpy as np

    low, high = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    if not len(draws):
        return low, high
    defined = np.isfinite(draws).sum(axis=0) * 2 >= len(draws)
    usable = defined & np.isfinite(values)
    if usable.any():
        tail = (1 - CONFIDENCE) / 2
        ends = np.nanquantile(draws[:, usable], [tail, 1 - tail], axis=0)
        low[usable], high[usable] = ends
    same = ~(high > low)
    low[same], high[same] = np.nan, np.nan
    return low, high


def ratio(top: "Floats", bottom: "Floats") -> "Floats":
    """`top / bottom`, NaN where `bottom` is not positive."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        divisor = np.where(bottom > 0, bottom, 1)
        return np.asarray(np.where(bottom > 0, top / divisor, np.nan))


def mean_where_defined(values: "Floats") -> "Floats":
    """Mean over the last axis of what has a value; NaN where nothing has."""
    import numpy as np

    there = np.isfinite(values)
    return ratio(np.where(there, values, 0).sum(axis=-1), there.sum(axis=-1))


def weighted_sums(weights: "Floats", parts: "NDArray[Any]") -> "Floats":
    """Sum of each comment's `parts` (n_comments, ...) for each row of `weights` (n_draws,
    n_comments).
    """
    import numpy as np

    return np.asarray(np.tensordot(weights, parts.astype(weights.dtype), axes=1))


def bootstrap_table(
    measure: "Callable[[Floats], Measures]",
    n_comments: int,
    names: Sequence[str],
    *,
    resamples: int,
    seed: int,
) -> "pd.DataFrame":
    """Measures of all comments with their intervals, as columns `name`, `name_low`, `name_high`.

    Args:
        measure: takes weights (n_draws, n_comments) and returns each measure as (n_draws, n_rows).
        n_comments: how many comments are drawn, with replacement.
        names: of the measures wanted, in order.
        resamples: draws; 0 gives no intervals.
        seed: of the draws.
    """
    import numpy as np
    import pandas as pd

    values = measure(np.ones((1, n_comments)))
    blocks = []
    if n_comments:
        blocks = [
            measure(weights) for weights in resampled(n_comments, resamples, seed)
        ]
    columns: dict[str, Floats] = {}
    for name in names:
        value = np.asarray(values[name][0], dtype=np.float64)
        draws = np.zeros((0, len(value)))
        if blocks:
            draws = np.concatenate([block[name] for block in blocks])
        low, high = percentile_interval(value, draws)
        columns[name] = value
        columns[f"{name}_low"] = low
        columns[f"{name}_high"] = high
    return pd.DataFrame(columns)
