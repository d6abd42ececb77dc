"""Rows above a table's header: titles, dates, what a program says about its export."""

from collections.abc import Mapping, Sequence

from coder.reading.layout_evidence import (
    Cells,
    Contrast,
    asks,
    below,
    filled,
    is_figure,
    used_columns,
)
from coder.reading.layout_tools import import_row, letters_and_digits

MOST_TITLES = 30  # rows above the names
ROWS_BELOW = 3  # rows under the names that may still belong to the header
SHARE_FILLED = 0.8
FEWEST_ROWS = 3
MOST_LABEL_WORDS = 4
MOST_NAME_WORDS = 30  # of a name in a row under titles
FEWEST_QUESTIONS = 2
# Names that files give their columns; one of them in a row speaks for names.
USUAL_NAMES = frozenset(
    (
        "id",
        "ref",
        "reference",
        "responseid",
        "respondentid",
        "respondent",
        "participant",
        "participantid",
        "documentid",
        "trackingnumber",
        "commentid",
        "comment",
        "comments",
        "commenttext",
        "name",
        "borough",
        "region",
        "country",
        "organisation",
        "organization",
        "rating",
        "score",
        "topic",
        "title",
        "text",
        "firstname",
        "lastname",
        "date",
        "timestamp",
        "age",
        "gender",
        "postcode",
        "zip",
        "email",
        "question",
        "answer",
        "response",
        "feedback",
        "weight",
    )
)
# Row to the columns of each merged cell that begins in it; of one column where merged down only.
Spans = Mapping[int, Sequence[range]]


def count_titles(rows: Sequence[Cells], spans: Spans) -> int:
    """How many rows above the header are titles and the like."""
    used = used_columns(rows)
    if len(used) < 2:
        return 0
    over_all = _count_over_all(rows, used, spans)
    most = max(1, len(used) // 3)
    for number, row in enumerate(rows[: MOST_TITLES + 1]):
        if len(filled(row)) > most:
            return max(over_all, _titles_above(rows, number, used, spans))
    return over_all


def _count_over_all(rows: Sequence[Cells], used: Sequence[int], spans: Spans) -> int:
    """How many rows, from the first, are one cell that is merged over the table."""
    titles = 0
    for number, row in enumerate(rows[:-1]):
        widest = max(map(len, spans.get(number, ())), default=0)
        if len(filled(row)) != 1 or widest < SHARE_FILLED * len(used):
            break
        titles = number + 1
    return titles


def _titles_above(
    rows: Sequence[Cells],
    number: int,
    used: Sequence[int],
    spans: Spans,
) -> int:
    """The rows above row `number` as titles, where that row holds names; else none.

    A row of headings right above the names is no title.
    """
    if not number:
        return 0
    has_headings = are_headings(rows[number - 1], spans.get(number - 1, ()))
    if not _holds_names(rows, number, used):
        return 0
    if has_headings:
        return number - 1
    return number


def are_headings(row: Cells, spans: Sequence[range]) -> bool:
    """Whether a row of few cells heads groups of columns, as against the whole table."""
    columns = filled(row)
    if len(columns) < 2:
        return False
    if spans:
        return len(spans) > 1
    return len(columns) > 2 or columns[0] > 0 or columns[1] > 1


def _holds_names(rows: Sequence[Cells], number: int, used: Sequence[int]) -> bool:
    """Whether a row names nearly every column and is unlike the rows under it."""
    row = rows[number]
    names = [row[column] for column in used if row[column]]
    if len(names) < SHARE_FILLED * len(used) or not all(map(_may_be_name, names)):
        return False
    under = rows[number + 1 :]
    if import_row(under[:ROWS_BELOW]) is not None:
        return True
    if len(under) > FEWEST_ROWS:
        under = under[1:]  # the row under the names may hold the questions
    contrast = Contrast(row, under)
    if contrast.against:
        return False
    if contrast.signs or contrast.unlike > 1 or _are_usual(names):
        return True
    return number > 1 and _are_names_under_lines(rows, number)


def _are_usual(names: Cells) -> bool:
    """Whether one is such as files give their columns, or several are questions."""
    return count_usual(names) > 0 or sum(map(asks, names)) >= FEWEST_QUESTIONS


def _may_be_name(cell: str) -> bool:
    if is_figure(cell):
        return False
    return len(cell.split()) <= MOST_NAME_WORDS or asks(cell)


def count_usual(names: Cells) -> int:
    """How many of the names are such as files give their columns."""
    return sum(letters_and_digits(name) in USUAL_NAMES for name in names)


def _are_names_under_lines(rows: Sequence[Cells], number: int) -> bool:
    """Whether a row of a few words comes after lines of one cell, and under it are none such."""
    under = rows[number + 1 :]
    if len(under) < 2 or any(len(filled(row)) < 2 for row in under):
        return False
    if any(len(filled(row)) > 1 for row in rows[:number]):
        return False
    for column in filled(rows[number]):
        name = rows[number][column]
        if len(name.split()) > MOST_LABEL_WORDS or name in below(under, column):
            return False
    return True


def may_be_title(rows: Sequence[Cells]) -> bool:
    """Whether the first row names few of the columns, and the row under it more."""
    used = used_columns(rows)
    few = max(1, len(used) // 3)
    return len(rows) > 1 and len(filled(rows[0])) <= few < len(filled(rows[1]))
