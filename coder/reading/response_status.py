"""Which responses were not finished, or were made while the survey was tried out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

import pandas as pd

from coder.errors import CoderError, did_you_mean, option
from coder.reading.column_labels import folded_labels
from coder.reading.raw_table import RawTable
from coder.text import count

# Own column that reading adds where a file tells such responses apart.
RESPONSE_STATUS = "response_status"
PARTIAL, PREVIEW = "partial", "preview"
STATUSES = (PARTIAL, PREVIEW)
NO_STATUS = "none"  # of a user who leaves out nothing any more
COMPLETE = ""

# What survey tools write, folded, and what it means here.
WORDS = {
    "complete": COMPLETE,
    "completed": COMPLETE,
    "fully completed": COMPLETE,
    "full": COMPLETE,
    "finished": COMPLETE,
    "submitted": COMPLETE,
    "published": COMPLETE,
    # Qualtrics: how a complete response came.
    "ip address": COMPLETE,
    "imported": COMPLETE,
    "offline": COMPLETE,
    "spam": COMPLETE,
    "partial": PARTIAL,
    "partially complete": PARTIAL,
    "partially completed": PARTIAL,
    "incomplete": PARTIAL,
    "not complete": PARTIAL,
    "not completed": PARTIAL,
    "not finished": PARTIAL,
    "in progress": PARTIAL,
    "started": PARTIAL,
    "abandoned": PARTIAL,
    "draft": PARTIAL,
    "saved": PARTIAL,
    "disqualified": PARTIAL,
    "screened out": PARTIAL,
    "terminated": PARTIAL,
    "preview": PREVIEW,
    "test": PREVIEW,
    "test data": PREVIEW,
    "survey preview": PREVIEW,
    "survey test": PREVIEW,
    "offline survey preview": PREVIEW,
}
# Qualtrics: how a response came, in words or as a number; the numbers of other ways (0, 4, 8, 16)
# say nothing about its state.
QUALTRICS_WAYS = {
    "survey preview": PREVIEW,
    "survey test": PREVIEW,
    "offline survey preview": PREVIEW,
    "spam survey preview": PREVIEW,
    "1": PREVIEW,
    "2": PREVIEW,
    "9": PREVIEW,
    "17": PREVIEW,
}
QUALTRICS_CHANNELS = {"preview": PREVIEW, "test": PREVIEW}
UNFINISHED = {"false": PARTIAL, "0": PARTIAL, "no": PARTIAL, "falsch": PARTIAL}
FINISHED = frozenset(("true", "1", "yes", "wahr", *UNFINISHED))
TEST_DATA = {"true": PREVIEW, "1": PREVIEW, "yes": PREVIEW}
NOT_COMPLETED = {"not completed": PARTIAL}  # REDCap, in place of a time

STATUS_NAMES = (
    "response status",
    "completion status",
    "survey status",
    "response type",
    "response state",
    "status",
    "completed",
    "complete",
)
FINISHED_NAMES = ("finished", "is finished", "completed", "complete", "is complete")
SUBMITTED_NAMES = (
    "submitdate",
    "submit date",
    "date submitted",
    "submitdate date submitted",
    "submit date utc",
    "completion time",
    "completiondate",
)
QUALTRICS_NAMES = ("recorded date", "response set", "distribution channel")
TEST_NAMES = ("test data", "is test data")
FEWEST_SUBMITTED = 0.05  # share of rows; fewer times are no sign of what is missing


def find_response_status(raw: RawTable) -> "States":
    """The state of each row: `partial`, `preview` or empty; None where all are alike complete.

    A trial of the survey is a preview also where it was not finished.
    """
    labels = {name: folded_labels(raw, name) for name in raw.cells.columns}
    states = pd.Series(COMPLETE, index=raw.cells.index, dtype="str")
    for find in FINDERS:
        by_column = find(raw, labels)
        if by_column is not None:
            is_open = (states == COMPLETE) | (by_column == PREVIEW)
            states = states.mask(is_open & (by_column != COMPLETE), by_column)
    if not (states != COMPLETE).any():
        return None
    return states


Labels = Mapping[str, frozenset[str]]
# The state of each row; None where no column says it.
States: TypeAlias = "pd.Series[str] | None"


def _named(labels: Labels, names: Sequence[str]) -> list[str]:
    """The columns of these names, in the order of the file."""
    wanted = frozenset(names)
    return [column for column, own in labels.items() if own & wanted]


def _values(raw: RawTable, column: str) -> "pd.Series[str]":
    """A column's cells, folded: lower case, words with single spaces."""
    cells = raw.cells[column].str.casefold()
    return cells.str.replace(r"[^\w.]+", " ", regex=True).str.strip()


def _states(values: "pd.Series[str]", meanings: Mapping[str, str]) -> "pd.Series[str]":
    return values.map(meanings).fillna(COMPLETE).astype("str")


def _is_of(values: "pd.Series[str]", vocabulary: Collection[str]) -> bool:
    """Whether all cells that hold anything are among these, and there are some."""
    answers = set(values.unique()) - {""}
    return bool(answers) and answers <= set(vocabulary)


def _qualtrics_way(raw: RawTable, labels: Labels) -> States:
    if not _named(labels, QUALTRICS_NAMES):
        return None
    for column in _named(labels, ("status", "response type")):
        return _states(_values(raw, column), QUALTRICS_WAYS)
    return None


def _qualtrics_channel(raw: RawTable, labels: Labels) -> States:
    for column in _named(labels, ("distribution channel",)):
        return _states(_values(raw, column), QUALTRICS_CHANNELS)
    return None


def _finished(raw: RawTable, labels: Labels) -> States:
    for column in _named(labels, FINISHED_NAMES):
        values = _values(raw, column)
        if _is_of(values, FINISHED):
            return _states(values, UNFINISHED)
    return None


def _status_in_words(raw: RawTable, labels: Labels) -> States:
    for column in _named(labels, STATUS_NAMES):
        values = _values(raw, column)
        if _is_of(values, WORDS):
            return _states(values, WORDS)
    return None


def _test_data(raw: RawTable, labels: Labels) -> States:
    for column in _named(labels, TEST_NAMES):
        return _states(_values(raw, column), TEST_DATA)
    return None


def _not_submitted(raw: RawTable, labels: Labels) -> States:
    """Rows without the time at which the others were submitted."""
    for column in _named(labels, SUBMITTED_NAMES):
        is_blank = raw.cells[column].str.strip() == ""
        if is_blank.mean() <= 1 - FEWEST_SUBMITTED:
            states = pd.Series(COMPLETE, index=raw.cells.index, dtype="str")
            return states.mask(is_blank, PARTIAL)
    return None


def _redcap_survey_time(raw: RawTable, labels: Labels) -> States:
    for column, own in labels.items():
        if any(label.endswith("timestamp") for label in own):
            states = _states(_values(raw, column), NOT_COMPLETED)
            if (states != COMPLETE).any():
                return states
    return None


Finder = Callable[[RawTable, Labels], States]
FINDERS: tuple[Finder, ...] = (
    _qualtrics_way,
    _qualtrics_channel,
    _test_data,
    _finished,
    _status_in_words,
    _not_submitted,
    _redcap_survey_time,
)


def response_status_notes(
    comments: pd.DataFrame, leave_out: Collection[str]
) -> list[str]:
    """A note on partial responses and one on previews, with what to do about them.

    Args:
        comments: `tables.COMMENTS` and the survey's own columns.
        leave_out: the states that are left out.
    """
    if RESPONSE_STATUS not in comments.columns:
        return []
    notes = []
    has_text = comments["text"].str.strip() != ""
    for state, what in SUBJECTS.items():
        own = comments[comments[RESPONSE_STATUS] == state]
        if own.empty:
            continue
        responses = count(_people(own), "response")
        answers = count(int(has_text[own.index].sum()), "comment")
        note = f"{responses} with {answers} {what}"
        if state in leave_out:
            notes.append(f"{note}. They are left out.")
        else:
            notes.append(
                f"{note}. They are counted. To leave them out: "
                f"{option('leave_out', state)}"
            )
    return notes


def _people(comments: pd.DataFrame) -> int:
    """How many people sent these comments, one or more each."""
    if "respondent_id" not in comments.columns:
        return len(comments)
    return len(comments[["source", "respondent_id"]].drop_duplicates())


SUBJECTS = {
    PARTIAL: "were not finished (partial)",
    PREVIEW: "were made while the survey was tried out (preview, test)",
}


def states_to_leave_out(names: Sequence[str]) -> tuple[str, ...]:
    """The states that a user names; `none` stands for leaving out nothing.

    Raises:
        CoderError: a state is unknown, or named beside `none`.
    """
    for name in names:
        if name not in (*STATUSES, NO_STATUS):
            raise CoderError(
                f"{option('leave_out', name)}: there is no such state of a response",
                did_you_mean(name, [*STATUSES, NO_STATUS]),
            )
    if NO_STATUS in names and set(names) != {NO_STATUS}:
        raise CoderError(
            f"{option('leave_out', NO_STATUS)} stands beside a state to leave out",
            "Choose one of the two.",
        )
    return tuple(state for state in STATUSES if state in names)


def left_out_reasons(
    comments: pd.DataFrame, leave_out: Collection[str]
) -> "pd.Series[str]":
    """For each comment its state where that is left out, else the empty string."""
    if RESPONSE_STATUS not in comments.columns:
        return pd.Series("", index=comments.index, dtype="str")
    states = comments[RESPONSE_STATUS]
    return states.where(states.isin(list(leave_out)), "").astype("str")
