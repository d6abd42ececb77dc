"""Shares in order: a theme at least as common as its sub-themes and positions.

Estimates made one by one can put a sub-theme above its theme, though every comment that carries
the first carries the second. The nearest shares that respect the order are published instead.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.decisions.standing import Key, roll_up_steps

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TOLERANCE = 1e-12


class Step(NamedTuple):
    """One share cannot be above another: columns of the lower and of the higher."""

    lower: int
    higher: int


def order_of(keys: Sequence[Key], codebook: Codebook) -> tuple[Step, ...]:
    """The order among themes and positions: sub-themes that count within their parent, and
    positions under their theme.
    """
    column = {key: number for number, key in enumerate(keys)}
    steps = []
    for (theme_id, position_id), number in column.items():
        if position_id and (theme_id, "") in column:
            steps.append(Step(number, column[theme_id, ""]))
    steps += [Step(*step) for step in roll_up_steps(keys, codebook)]
    return tuple(steps)


def order_shares(shares: Floats, sizes: Floats, steps: Sequence[Step]) -> Floats:
    """(n,) the shares nearest to these that respect the order.

    Least squares weighted by `sizes`: of the shares that are above their parent's, the highest
    is pooled with it, until none is left; Thompson 1962, Annals of Mathematical Statistics 33,
    273-289.

    Args:
        shares: (n,); NaN stays and orders nothing.
        sizes: (n,) positive: how much each share is worth, such as its effective sample size.
        steps: each share is the lower of one step at most.
    """
    known = ~np.isnan(shares)
    kept = [step for step in steps if known[step.lower] and known[step.higher]]
    block = np.arange(len(shares))
    values, weights = shares.copy(), sizes.astype(np.float64)
    while True:
        worst = _highest_violation(values[block], kept)
        if worst is None:
            return np.asarray(values[block], dtype=np.float64)
        low, high = int(block[worst.lower]), int(block[worst.higher])
        total = weights[low] + weights[high]
        pooled = (values[low] * weights[low] + values[high] * weights[high]) / total
        values[high], weights[high] = pooled, total
        block[block == low] = high


def _highest_violation(shares: Floats, steps: Sequence[Step]) -> Step | None:
    """Of the steps whose lower share is above the higher one, that with the highest share."""
    worst, highest = None, -np.inf
    for step in steps:
        share = float(shares[step.lower])
        if share > shares[step.higher] + TOLERANCE and share > highest:
            worst, highest = step, share
    return worst


class OrderedInterval(NamedTuple):
    """Lower and upper limits, (n,) each; NaN where there is none."""

    low: Floats
    high: Floats


def order_limits(
    shares: Floats,
    low: Floats,
    high: Floats,
    steps: Sequence[Step],
    *,
    certain: Bools | None = None,
) -> OrderedInterval:
    """Limits of ordered shares that respect the order too and hold their shares.

    What bounds a sub-theme from below bounds its theme, and what bounds a theme from above
    bounds its sub-themes. Limits that are certain stay: an estimate does not narrow them.

    Args:
        shares: (n,) as of `order_shares`.
        low, high: (n,) the limits; NaN where there is none.
        steps: deeper ones first.
        certain: (n,) the limits are all that is possible; None where none are.
    """
    low, high = np.minimum(low, shares), np.maximum(high, shares)
    if certain is not None:
        low = np.minimum(low, _lowest_above(low, steps, certain))
        high = np.maximum(high, _highest_below(high, steps, certain))
    for lower, higher in steps:
        if low[lower] > low[higher]:  # never so where one is NaN
            low[higher] = low[lower]
    for lower, higher in reversed(steps):
        if high[lower] > high[higher]:
            high[lower] = high[higher]
    return OrderedInterval(low, high)


def _lowest_above(low: Floats, steps: Sequence[Step], certain: Bools) -> Floats:
    """(n,) the least certain lower limit of what stands above each; infinite where none is."""
    lowest = np.full(len(low), np.inf)
    for lower, higher in reversed(steps):
        lowest[lower] = lowest[higher]
        if certain[higher]:
            lowest[lower] = min(lowest[lower], low[higher])
    return lowest


def _highest_below(high: Floats, steps: Sequence[Step], certain: Bools) -> Floats:
    """(n,) the greatest certain upper limit of what stands under each; -infinite where none is."""
    highest = np.full(len(high), -np.inf)
    for lower, higher in steps:
        highest[higher] = max(highest[higher], highest[lower])
        if certain[lower]:
            highest[higher] = max(highest[higher], high[lower])
    return highest
