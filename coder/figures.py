"""How numbers, lists and warnings are written for people: the same in tables, charts, notes and
sentences.
"""

from collections.abc import Sequence
from math import copysign, floor
from typing import Any

import pandas as pd

NOT_FOR_PUBLICATION = "NOT FOR PUBLICATION"
# As long as no figure has an interval.
GUESS_WARNING = f"{NOT_FOR_PUBLICATION}: first guess by the program"
ELLIPSIS = "…"
NO_FIGURE = "–"
ORDINAL_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
# Binary fractions fall just short of a half (0.145 * 100); this lifts them back onto it.
NEARLY_HALF = 1e-9


def round_half_up(value: float, decimals: int = 0) -> float:
    """The value rounded, halves away from zero as spreadsheets do; NaN stays NaN.

    Python rounds halves to the even digit: 5 of 40 would read 12% here and 13% in a spreadsheet.
    """
    if pd.isna(value):
        return value
    scale = 10**decimals
    whole = floor(abs(value) * scale + 0.5 + NEARLY_HALF)
    return copysign(whole / scale, value) + 0.0  # + 0.0 turns -0.0 into 0.0


def format_count(value: Any) -> str:
    """A whole number with separators; a dash where it is not known."""
    if pd.isna(value):
        return NO_FIGURE
    return f"{int(value):,}"


def format_percent(value: float) -> str:
    """A percentage (0 to 100) as a whole number: `13%`, `<1%` under one, `–` for NaN."""
    if pd.isna(value):
        return NO_FIGURE
    if 0 < value < 1:
        return "<1%"
    return f"{round_half_up(value):.0f}%"


def format_tenth(value: float) -> str:
    """A number with one decimal (`12.4`), empty for NaN."""
    if pd.isna(value):
        return ""
    return f"{round_half_up(value, 1):.1f}"


def format_interval(low: float, high: float) -> str:
    """`12.4 to 17.9`, empty without an interval."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return f"{format_tenth(low)} to {format_tenth(high)}"


def format_ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th ..."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ORDINAL_ENDINGS.get(number % 10, 'th')}"


def format_rank_range(low: Any, high: Any) -> str:
    """`3rd to 7th`, `1st` where both are the same, empty where one is missing."""
    if pd.isna(low) or pd.isna(high):
        return ""
    first, last = format_ordinal(int(low)), format_ordinal(int(high))
    if first == last:
        return first
    return f"{first} to {last}"


def join_names(names: Sequence[str]) -> str:
    """`a, b and c`; empty for no names."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def choose_form(n: int, singular: str, plural: str) -> str:
    """The form of a verb or noun that goes with a number: `is` for 1, `are` for others."""
    return singular if n == 1 else plural
