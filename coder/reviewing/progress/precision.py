"""How precisely the random reviews tell each theme's share, and how many more are needed."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.statistics.intervals import Z95, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coder.reviewing.context import ReviewContext

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

HALF_WIDTH = 0.02  # "within 2 points"


class ReviewProgress(NamedTuple):
    """What is done and what is left.

    Attributes:
        decided: comments decided in this session.
        random: comments reviewed at random, by everybody.
        analysed: all comments.
        left: comments left of a sample or a list; None where there is no end.
        drawn: comments of the sample; None in other sessions.
        themes_within: themes whose share is known to plus or minus 2 points.
        themes: all themes.
        more: random reviews until all themes are.
    """

    decided: int
    random: int
    analysed: int
    left: int | None
    drawn: int | None
    themes_within: int
    themes: int
    more: int


def review_progress(
    context: "ReviewContext", analysed: int, decided: int, left: int | None
) -> ReviewProgress:
    """The progress of a session over `analysed` comments."""
    scope = context.scope
    tallies = [context.record.tally(theme_id) for theme_id in scope]
    present = np.array([tally.present for tally in tallies], dtype=np.int64)
    judged = np.array([tally.judged for tally in tallies], dtype=np.int64)
    drawn = None
    if context.mode.sample is not None:
        drawn = min(context.mode.sample, analysed)
    needed = reviews_needed(present, judged, analysed, HALF_WIDTH)
    return ReviewProgress(
        decided=decided,
        random=int(judged.max(initial=0)),
        analysed=analysed,
        left=left,
        drawn=drawn,
        themes_within=int((needed == 0).sum()),
        themes=len(scope),
        more=int(needed.max(initial=0)),
    )


def sample_interval(
    share: "Floats | float", judged: "Integers | int", population: int
) -> tuple["Floats", "Floats"]:
    """Wilson's 95 % interval of shares in simple random samples from a finite population.

    A sample counts as judged / (1 - judged / population) draws with return, so that a census
    leaves no width. Where nothing was judged the interval is (0, 1). Arguments broadcast.
    """
    share, judged = np.broadcast_arrays(
        np.asarray(share, dtype=np.float64), np.asarray(judged, dtype=np.float64)
    )
    is_part = (judged > 0) & (judged < population)
    draws = np.ones(judged.shape)
    np.divide(judged, 1 - judged / population, out=draws, where=is_part)
    low, high = wilson(share, draws)
    nothing, everything = judged <= 0, judged >= population
    return (
        np.select([nothing, everything], [np.zeros_like(share), share], low),
        np.select([nothing, everything], [np.ones_like(share), share], high),
    )


def reviews_needed(
    present: "Integers | int",
    judged: "Integers | int",
    population: int,
    half_width: float,
) -> "Integers":
    """How many more random reviews bring each interval to plus or minus `half_width`.

    The share is expected at the middle of its interval, so that a few reviews without a find do
    not promise an early end.

    Args:
        present: comments drawn at random that carry the theme; `judged`, those in which it was
            judged.
        population: comments in all, at least one.
    """
    present, judged = (
        np.asarray(present, dtype=np.int64),
        np.asarray(judged, dtype=np.int64),
    )
    expected = (present + Z95 * Z95 / 2) / (judged + Z95 * Z95)
    low = np.minimum(judged + 1, population)
    high = np.full_like(low, population)
    while (searching := low < high).any():
        middle = (low + high) // 2
        too_wide = _half_width(expected, middle, population) > half_width
        low = np.where(searching & too_wide, middle + 1, low)
        high = np.where(searching & ~too_wide, middle, high)
    now = _half_width(present / np.maximum(judged, 1), judged, population)
    is_narrow = (judged > 0) & (now <= half_width)
    return np.where(is_narrow, 0, np.maximum(0, low - judged))


def _half_width(share: "Floats", judged: "Integers", population: int) -> "Floats":
    low, high = sample_interval(share, judged, population)
    return (high - low) / 2
