"""What the decisions say of one theme's share, and how many more reviews it needs."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.codebook import Theme
from coder.reviewing.progress.precision import reviews_needed
from coder.statistics.intervals import Bools, Estimate, wilson
from coder.statistics.reviewed_comments import ReviewedComments

if TYPE_CHECKING:
    from collections.abc import Sequence

# Of the search for an effective sample size, far beyond a float's precision.
HALVINGS = 100
LARGEST_SAMPLE = 1e12


class ThemeStatus(NamedTuple):
    """One theme: everything decided, and what that says of all analysed comments, as a report
    would say it.

    Attributes:
        decided: comments in which it was judged, `present` those that carry it.
        random: of these comments, those drawn at random; `random_present` those that carry it.
        share: of all comments, in [0, 1]; None before anything was judged.
        low, high: its 95 % interval; None where the reviews allow none.
        more: random reviews until the interval is as narrow as wanted.
    """

    theme_id: str
    name: str
    decided: int
    present: int
    random: int
    random_present: int
    share: float | None
    low: float | None
    high: float | None
    more: int


class _ShareNow(NamedTuple):
    share: float | None
    low: float | None
    high: float | None
    more: int


def theme_status(
    reviewed: ReviewedComments,
    estimates: "Sequence[Estimate]",
    theme: Theme,
    half_width: float,
) -> ThemeStatus:
    """Count the decisions on a theme, with the estimate of its share.

    Args:
        reviewed: all analysed comments.
        estimates: of each column of `reviewed`, over all of them.
        half_width: the precision that is wanted, as a share.
    """
    column = reviewed.standing.keys.index((theme.id, ""))
    judged = reviewed.audited.judged[:, column]
    present = reviewed.audited.value[:, column] == 1
    drawn = reviewed.plan.drawn[:, column]
    now = _share_now(reviewed, estimates[column], column, half_width)
    return ThemeStatus(
        theme_id=theme.id,
        name=theme.short,
        decided=int(judged.sum()),
        present=int((present & judged).sum()),
        random=int(drawn.sum()),
        random_present=int((present & drawn).sum()),
        share=now.share,
        low=now.low,
        high=now.high,
        more=now.more,
    )


def _share_now(
    reviewed: ReviewedComments, estimate: "Estimate", column: int, half_width: float
) -> _ShareNow:
    judged = reviewed.audited.judged[:, column]
    drawn = reviewed.plan.drawn[:, column]
    present = drawn & (reviewed.audited.value[:, column] == 1)
    more = int(
        reviews_needed(int(present.sum()), int(drawn.sum()), len(judged), half_width)
    )
    if not judged.any() or np.isnan(estimate.value):
        return _ShareNow(None, None, None, more)
    if not estimate.has_interval:
        return _ShareNow(estimate.value, None, None, more)
    more = 0
    if estimate.method != "reviewed":
        more = _reviews_left(estimate, judged, drawn, half_width)
    return _ShareNow(estimate.value, estimate.low, estimate.high, more)


def _reviews_left(
    estimate: Estimate, judged: Bools, drawn: Bools, half_width: float
) -> int:
    """Random reviews until the interval is as narrow as wanted, if each tells as much as those
    so far.
    """
    half = (estimate.high - estimate.low) / 2
    done = int(drawn.sum())
    if half <= half_width or not done:
        return 0
    pool = int((~judged | drawn).sum())  # what the random draws are made from
    weight = (pool / len(judged)) ** 2

    def size(reviews: int) -> float:
        """The simple random sample of all comments that tells as much as so many reviews of the
        pool.
        """
        return 1 / (weight * max(1 / reviews - 1 / pool, 1e-12))

    gain = _sample_size(estimate.value, half) / size(done)
    low, high = done + 1, pool
    while low < high:
        middle = (low + high) // 2
        if _half_width(estimate.value, gain * size(middle)) > half_width:
            low = middle + 1
        else:
            high = middle
    return max(0, low - done)


def _sample_size(value: float, half_width: float) -> float:
    """The sample size at which Wilson's interval has this half width."""
    low, high = 1.0, LARGEST_SAMPLE
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        if _half_width(value, middle) > half_width:
            low = middle
        else:
            high = middle
    return high


def _half_width(value: float, sample_size: float) -> float:
    low, high = wilson(value, sample_size)
    return (float(high) - float(low)) / 2
