"""Dates that SPSS and Stata store as numbers, one by one, where the library gives up on all."""

import datetime as dt
import re
from typing import NamedTuple


class _Clock(NamedTuple):
    """How numbers become moments."""

    shown_as: re.Pattern[str]  # what the formats begin with
    epoch: dt.datetime
    seconds: float  # that 1 stands for
    is_day: bool  # whether the time of day is not shown


SPSS_EPOCH = dt.datetime(1582, 10, 14)
STATA_EPOCH = dt.datetime(1960, 1, 1)
DAY = 86_400
CLOCKS = (
    _Clock(re.compile("DATETIME|YMDHMS"), SPSS_EPOCH, 1, is_day=False),
    _Clock(re.compile("[AEJS]?DATE"), SPSS_EPOCH, 1, is_day=True),
    _Clock(re.compile("%-?t?d"), STATA_EPOCH, DAY, is_day=True),
    _Clock(re.compile("%-?t[cC]"), STATA_EPOCH, 0.001, is_day=False),
)


def moment_of(value: float, shown_as: str) -> dt.date | float:
    """The date or moment that a number stands for; the number where the format shows none, or
    where it is beyond the calendar.
    """
    for clock in CLOCKS:
        if clock.shown_as.match(shown_as):
            try:
                moment = clock.epoch + dt.timedelta(seconds=value * clock.seconds)
            except (OverflowError, ValueError):
                return value
            return moment.date() if clock.is_day else moment
    return value
