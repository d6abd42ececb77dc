"""The survey's own columns as a statistics program has them: codes with labels, numbers, dates.

Which columns are answers to closed questions is told as it is when a file is read.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from coder import tables
from coder.natural_order import order_answers
from coder.reading.column_kinds import CLOSED
from coder.reading.column_profiles import profile_columns
from coder.reading.other_kinds import kind_of
from coder.reading.raw_table import RawTable
from coder.settings import Settings
from coder.text import visible

Measure = Literal["nominal", "ordinal", "scale"]

NO_ANSWER = (
    -9
)  # code of a blank cell; answers declared as missing have the codes above it
LAST_MISSING = -1
MOST_MISSING_NUMBERS = 3  # that the format can name one by one
MOST_LABELS = 1000
LONGEST_LABEL = 120  # bytes of a value's label
LONGEST_TEXT = 32_767  # bytes of a text
MOST_DIGITS = 15  # that a number of the format holds exactly
PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
ISO_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<time>[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
)
WRITTEN_DATE = re.compile(
    r"(?P<first>[0-9]{1,2})(?P<mark>[/.\-])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
    r"(?P<time> [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
FIRST_YEAR = 1583  # the format counts from the first year of the calendar in use


@dataclass(frozen=True)
class SavColumn:
    """One column of the file.

    Attributes:
        values: a cell for each comment.
        measure: how the program may count with it.
        labels: code to answer, of coded columns.
        missing: codes and ranges that count as missing, as pyreadstat takes them.
        format: such as `F8.2`; empty for the usual one.
    """

    values: "pd.Series[Any]"
    measure: Measure
    labels: Mapping[float, str] = field(default_factory=dict)
    missing: Sequence[Any] = ()
    format: str = ""


def make_columns(comments: pd.DataFrame, settings: Settings) -> dict[str, SavColumn]:
    """The survey's own columns by name, in their order."""
    own = comments[tables.own_columns(comments)].reset_index(drop=True)
    answers = own.fillna("").astype(str)
    for name in answers.columns:  # the format pads texts with blanks: these are one
        is_blank = answers[name].str.strip() == ""
        answers[name] = answers[name].mask(is_blank, "")
    closed = closed_columns(answers, settings)
    columns = {}
    for name in answers.columns:
        columns[name] = _make_column(name, answers[name], settings, name in closed)
    return columns


def closed_columns(answers: pd.DataFrame, settings: Settings) -> set[str]:
    """The columns that hold answers of a list.

    Args:
        answers: cells of the survey's own columns as text.
    """
    closed = {name for name in settings.attributes if name in answers.columns}
    for source in settings.every_source:
        closed |= source.orders.keys() & set(answers.columns)
    if not len(answers) or not len(answers.columns):
        return closed
    arrays = {}
    for name in answers.columns:
        arrays[name] = pa.array(answers[name], pa.large_string())
    raw = RawTable(
        path=Path("answers"),
        format="",
        described="",
        cells=pa.table(arrays).to_pandas(),
        numbers=np.arange(len(answers)),
        row_word="row",
    )
    for name, profile in profile_columns(raw, {}).items():
        if kind_of(profile, None, is_option=False).kind == CLOSED:
            closed.add(name)
    return closed


def _make_column(
    name: str,
    answers: "pd.Series[str]",
    settings: Settings,
    is_closed: bool,
) -> SavColumn:
    kinds = set(answers.unique()) - {""}
    if kinds and all(map(_is_number, kinds)):
        missing = _declared_missing(name, sorted(kinds), settings)
        return _numbers(answers, kinds, missing, is_closed=is_closed)
    moments = _moments(kinds)
    if moments:
        return _dates(answers, moments)
    longest = max((len(visible(kind).encode()) for kind in kinds), default=0)
    if is_closed and 0 < longest <= LONGEST_LABEL and len(kinds) <= MOST_LABELS:
        return _coded(name, answers, kinds, settings)
    return SavColumn(answers.map(_cut), "nominal")


def _cut(text: str) -> str:
    """The text, as far as the format can hold it."""
    shown = visible(text)
    data = shown.encode()
    if len(data) <= LONGEST_TEXT:
        return shown
    return data[:LONGEST_TEXT].decode("utf-8", "ignore")


# ---------------------------------------------------------------- numbers


def _is_number(answer: str) -> bool:
    digits = sum(char.isdigit() for char in answer)
    return digits <= MOST_DIGITS and PLAIN_NUMBER.fullmatch(answer) is not None


def _numbers(
    answers: "pd.Series[str]",
    kinds: Collection[str],
    missing: Sequence[str],
    *,
    is_closed: bool,
) -> SavColumn:
    """Numbers; a blank is the program's own missing value."""
    decimals = max(len(kind.partition(".")[2]) for kind in kinds)
    width = max(len(kind) for kind in kinds)
    values = pd.to_numeric(answers.where(answers != ""), errors="coerce")
    measure: Measure = "scale"
    if is_closed and not decimals:
        measure = "ordinal"
    return SavColumn(
        values.astype(float),
        measure,
        missing=[float(answer) for answer in missing[:MOST_MISSING_NUMBERS]],
        format=f"F{max(width, decimals + 2)}.{decimals}",
    )


# ---------------------------------------------------------------- dates


def _moments(kinds: Collection[str]) -> dict[str, datetime]:
    """Answer to the time that it names; empty where one names none, or the day is not certain."""
    moments = {}
    is_day_first = _is_day_first(kinds)
    for kind in kinds:
        moment = _iso_moment(kind)
        if moment is None and is_day_first is not None:
            moment = _written_moment(kind, is_day_first=is_day_first)
        if moment is None or moment.year < FIRST_YEAR:
            return {}
        moments[kind] = moment
    return moments


def _iso_moment(answer: str) -> datetime | None:
    if not ISO_DATE.fullmatch(answer):
        return None
    try:
        return datetime.fromisoformat(answer)
    except ValueError:
        return None


def _is_day_first(kinds: Collection[str]) -> bool | None:
    """Whether dates such as 13/02/2026 begin with the day; None where nothing tells."""
    firsts, seconds = set(), set()
    for kind in kinds:
        parts = WRITTEN_DATE.fullmatch(kind)
        if parts:
            firsts.add(int(parts["first"]))
            seconds.add(int(parts["second"]))
    begins_with_day = max(firsts, default=0) > 12
    begins_with_month = max(seconds, default=0) > 12
    if begins_with_day == begins_with_month:
        return None
    return begins_with_day


def _written_moment(answer: str, *, is_day_first: bool) -> datetime | None:
    parts = WRITTEN_DATE.fullmatch(answer)
    if parts is None:
        return None
    day, month = int(parts["second"]), int(parts["first"])
    if is_day_first:
        day, month = month, day
    hours, minutes, seconds = f"{parts['time'] or '0:00'}:0".split(":")[:3]
    try:
        return datetime(
            int(parts["year"]),
            month,
            day,
            int(hours),
            int(minutes),
            int(seconds),
        )
    except ValueError:
        return None


def _dates(answers: "pd.Series[str]", moments: Mapping[str, datetime]) -> SavColumn:
    """Dates, with the time of day where one has it."""
    has_time = any(len(answer) > len("13/02/2026") for answer in moments)
    if has_time:
        times = answers.map(lambda answer: moments.get(answer, pd.NaT))
        return SavColumn(times.astype("datetime64[us]"), "scale")
    days: list[date | None] = []
    for answer in answers:
        moment = moments.get(answer)
        days.append(moment.date() if moment else None)
    return SavColumn(pd.Series(days, dtype=object), "scale")


# ---------------------------------------------------------------- codes with labels


def _coded(
    name: str,
    answers: "pd.Series[str]",
    kinds: Collection[str],
    settings: Settings,
) -> SavColumn:
    """Answers of a list as numbers with labels: in the order of the file that they came from,
    of their scale, or of the alphabet.
    """
    ordered, is_scale = _order(name, kinds, settings)
    missing = _declared_missing(name, ordered, settings)
    codes: dict[str, float] = {}
    for place, answer in enumerate(missing, start=NO_ANSWER + 1):
        codes[answer] = float(place)
    counted = [answer for answer in ordered if answer not in codes]
    for place, answer in enumerate(counted, start=1):
        codes[answer] = float(place)
    labels = {code: visible(answer) for answer, code in codes.items()}
    ranges: list[Any] = []
    if (answers == "").any():
        codes[""] = float(NO_ANSWER)
        labels[float(NO_ANSWER)] = "no answer"
        ranges = [NO_ANSWER]
    if missing:
        ranges = [{"lo": NO_ANSWER, "hi": LAST_MISSING}]
    return SavColumn(
        answers.map(codes).astype(float),
        "ordinal" if is_scale else "nominal",
        labels,
        ranges,
        f"F{max(2, len(str(len(counted))))}.0",
    )


def _order(
    name: str, kinds: Collection[str], settings: Settings
) -> tuple[tuple[str, ...], bool]:
    """The answers in order, and whether the order is that of a scale."""
    by_name = order_answers(kinds)
    listed: dict[str, None] = {}
    for source in settings.every_source:
        listed |= dict.fromkeys(source.orders.get(name, ()))
    if not listed:
        return by_name.answers, by_name.is_scale
    first = [answer for answer in listed if answer in kinds]
    rest = [answer for answer in by_name.answers if answer not in listed]
    return (*first, *rest), by_name.is_scale


def _declared_missing(
    name: str, ordered: Sequence[str], settings: Settings
) -> list[str]:
    """The answers that `project.yaml` counts as missing, as many as there are codes for."""
    rule = settings.missing.get(name, settings.missing.get("*", ()))
    folded = {answer.strip().casefold() for answer in rule}
    missing = [answer for answer in ordered if answer.strip().casefold() in folded]
    return missing[: LAST_MISSING - NO_ANSWER]
