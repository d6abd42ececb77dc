"""How fast a reviewer decides, and how long the rest will take."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from coder.decisions import Decision

BREAK = 300.0  # seconds between two decisions from which on the reviewer took a break
SAME_ACTION = (
    0.2  # seconds within which decisions were made at once, such as those on copies
)
RECENT = 40  # times between decisions that count
FEWEST_TIMES = 5  # needed to name a pace
# A time counts for at most so many times the median: one long interruption short of a break says
# little of the comments to come, long comments do.
MOST_OF_MEDIAN = 4.0
HOUR = 3600.0


class Pace(NamedTuple):
    """How fast somebody decides.

    Attributes:
        seconds: between two comments, on average.
    """

    seconds: float

    @property
    def an_hour(self) -> int:
        """Comments decided in an hour without breaks."""
        return max(1, round(HOUR / self.seconds))

    def time_left(self, comments: int) -> float:
        """Seconds that so many comments will take."""
        return comments * self.seconds


class PaceMeter:
    """Keeps the times of a reviewer's latest decisions.

    Args:
        decisions: those made before, in any order.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._moments: deque[datetime] = deque(maxlen=RECENT + 1)
        self.add(decisions)

    def add(self, decisions: Iterable[Decision]) -> None:
        """Take in further decisions; those from tables and those that take others back tell no
        pace.
        """
        times = set()
        for decision in decisions:
            if decision.chosen != "listed" and decision.undoes is None:
                times.add(decision.decided_at)
        for time in sorted(times)[-4 * RECENT :]:
            self._add_moment(datetime.fromisoformat(time))

    def _add_moment(self, moment: datetime) -> None:
        """Add a time; of decisions that were made at once the first counts."""
        if self._moments:
            gap = (moment - self._moments[-1]).total_seconds()
            if gap < SAME_ACTION:
                return
        self._moments.append(moment)

    def pace(self) -> Pace | None:
        """The pace of late; None while too few decisions tell it."""
        times = []
        for earlier, later in pairwise(self._moments):
            gap = later - earlier
            times.append(gap.total_seconds())
        return pace_of_times(times)


def pace_of_times(seconds: Sequence[float]) -> Pace | None:
    """The pace that the times between decisions show; None where there are too few.

    Breaks are left out. The mean of the others is taken and not their median: comments differ
    in length, so that the median would promise too early an end. What is far from the median
    counts for less.
    """
    worked = [time for time in seconds if time < BREAK]
    if len(worked) < FEWEST_TIMES:
        return None
    most = MOST_OF_MEDIAN * median(worked)
    counted = [min(time, most) for time in worked]
    mean = sum(counted) / len(counted)
    return Pace(max(mean, SAME_ACTION))


def describe_time(seconds: float) -> str:
    """A time in words: "under 5 min", "about 25 min", "about 2 h 30 min"."""
    minutes = seconds / 60
    if minutes < 5:
        return "under 5 min"
    if minutes < 60:
        return f"about {_rounded(minutes, 5)} min"
    quarters = _rounded(minutes, 15)
    hours, rest = divmod(quarters, 60)
    if hours >= 10 or not rest:
        return f"about {round(minutes / 60):,} h"
    return f"about {hours} h {rest} min"


def _rounded(minutes: float, step: int) -> int:
    return max(step, step * round(minutes / step))
