"""The rows that name a table's columns: one, or as many as survey tools write."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from coder.errors import CoderError

ROWS_BELOW = 3  # rows under the first that may still belong to the header
# Qualtrics writes each column's short name, then its question, then an import id.
IMPORT_ID = '{"ImportId"'
QUALTRICS_QUESTIONS = {
    "StartDate": "Start Date",
    "EndDate": "End Date",
    "RecordedDate": "Recorded Date",
    "ResponseId": "Response ID",
}
# SurveyMonkey writes the question, and under it one of these or an option of the question.
ANSWER_TITLES = frozenset(("Response", "Open-Ended Response"))
FIGURE = re.compile(r"[\d.,:/%£$€+\-T ]*\d[\d.,:/%£$€+\-T ]*")
FEWEST_COLUMNS = 3  # in narrower tables a column without a name is no sign of a title


class Header(NamedTuple):
    """A table's header."""

    titles: list[str]  # of the columns, as written
    rows: int  # rows under the first that belong to the header
    questions: dict[str, str]  # column to the question that a further row gives for it
    notes: tuple[str, ...]


def read_header(titles: Sequence[str], below: Sequence[Sequence[str]]) -> Header:
    """The header that begins with the row `titles`; `below` are the next rows that hold
    anything.
    """
    width = len(titles)
    rows = [_stripped(row, range(width)) for row in below[:ROWS_BELOW]]
    import_row = _import_row(rows)
    if import_row is not None:
        questions: Sequence[str] = []
        if import_row > 0:
            questions = rows[0]
        return _survey_header(list(titles), questions, import_row + 1, "Qualtrics")
    if rows and _is_question_row(titles, rows[0]):
        return _survey_header(list(titles), rows[0], 1, "Qualtrics")
    if rows and not rows[0][0] and ANSWER_TITLES & set(rows[0]):
        return _survey_header(
            _titles_with_options(titles, rows[0]), [], 1, "SurveyMonkey"
        )
    return Header(list(titles), 0, {}, ())


def _import_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the rows holds Qualtrics's import ids and nothing else."""
    for number, row in enumerate(rows):
        cells = [cell for cell in row if cell]
        if cells and all(cell.startswith(IMPORT_ID) for cell in cells):
            return number
    return None


def _is_question_row(titles: Sequence[str], row: Sequence[str]) -> bool:
    pairs = zip(titles, row, strict=True)
    return any(cell == QUALTRICS_QUESTIONS.get(title.strip()) for title, cell in pairs)


def check_header_is_names(
    path: Path,
    place: str,
    titles: Sequence[str],
    used: Sequence[int],
    below: Sequence[Sequence[str]],
    *,
    spans: bool = False,
) -> None:
    """Raise `CoderError` where the first row is a title, or a heading over groups of columns.

    `used` are the columns that hold anything, `below` the rows after the header, `spans`
    whether cells of the first row are merged across columns.
    """
    nameless = [column for column in used if not titles[column].strip()]
    if not nameless or len(used) < FEWEST_COLUMNS:
        return
    problem = (
        f"{path}: {place} names {len(used) - len(nameless)} of {len(used)} columns"
    )
    if len(nameless) * 2 > len(used):
        raise CoderError(
            problem,
            "The first row must hold the column names. Delete titles above them.",
        )
    if _next_row_holds_names(used, below, spans=spans):
        raise CoderError(
            f"{problem}, and the row under it looks like the column names",
            "Delete the headings above the column names, so that each column has one name.",
        )


def _next_row_holds_names(
    used: Sequence[int],
    below: Sequence[Sequence[str]],
    *,
    spans: bool,
) -> bool:
    """Whether the first of the rows is names: words in every column, with figures below or
    merged above.
    """
    rows = [_stripped(row, used) for row in below[:ROWS_BELOW]]
    if len(rows) < 2 or not all(rows[0]):
        return False
    if any(FIGURE.fullmatch(cell) for cell in rows[0]):
        return False
    return spans or any(_holds_figures(rows[1:], column) for column in range(len(used)))


def _holds_figures(rows: Sequence[Sequence[str]], column: int) -> bool:
    return all(FIGURE.fullmatch(row[column]) for row in rows)


def repeats_header(row: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether a row repeats the header, as where exports were put one under the other."""
    if len(titles) < 2 or len(row) != len(titles):
        return False
    if row[0].strip() != titles[0].strip():  # most rows are done after this
        return False
    stripped = [title.strip() for title in titles]
    return any(stripped) and [cell.strip() for cell in row] == stripped


def _survey_header(
    titles: list[str],
    questions: Sequence[str],
    rows: int,
    tool: str,
) -> Header:
    by_column = {}
    for title, question in zip(titles, questions, strict=False):
        if question:
            by_column[title.strip()] = question
    if rows == 1:
        note = f"The row under the column names comes from {tool}. It is not a comment."
    else:
        note = f"The {rows} rows under the column names come from {tool}. They are not comments."
    return Header(titles, rows, by_column, (note,))


def _titles_with_options(titles: Sequence[str], options: Sequence[str]) -> list[str]:
    """A question over several columns gives each its option: `Which apply?: Resident`."""
    names: list[str] = []
    question = ""
    for title, option in zip(titles, options, strict=True):
        question = title.strip() or question
        is_whole_question = bool(title.strip()) and (
            not option or option in ANSWER_TITLES
        )
        if is_whole_question or not option:
            names.append(title)
        else:
            names.append(f"{question}: {option}")
    return names


def _stripped(row: Sequence[str], columns: Sequence[int]) -> list[str]:
    """The row's cells in these columns without white space around them; a short row ends in
    empty cells.
    """
    cells: list[str] = []
    for column in columns:
        if column < len(row):
            cells.append(row[column].strip())
        else:
            cells.append("")
    return cells
