"""The rows that name a table's columns: one, or as many as survey tools and spreadsheets write."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from coder.errors import CoderError

LOOKED_AT = 3  # rows under the first that may still belong to the header
# Qualtrics writes what each column is called for machines, then its question, then an import id.
IMPORT_ID = '{"ImportId"'
QUALTRICS = {
    "StartDate": "Start Date",
    "EndDate": "End Date",
    "RecordedDate": "Recorded Date",
    "ResponseId": "Response ID",
}
# SurveyMonkey writes the question, and under it one of these or an option of the question.
ANSWER_HEADS = frozenset(("Response", "Open-Ended Response"))
FIGURE = re.compile(r"[\d.,:/%£$€+\-T ]*\d[\d.,:/%£$€+\-T ]*")
LEAST_COLUMNS = 3  # under fewer, a column without a name is no sign of a title


class Header(NamedTuple):
    """Names of the columns (white space around them as written), what belongs to them, and a note."""

    names: list[str]
    rows: int  # under the first row, that belong to the header
    labels: dict[str, str]  # column's name to the question that a further row gives it
    notes: tuple[str, ...]


def read_header(titles: Sequence[str], below: Sequence[Sequence[str]]) -> Header:
    """The header that begins with the row `titles`; `below` are the next rows that are not blank, in order."""
    rows = [[_cell(row, place) for place in range(len(titles))] for row in below[:LOOKED_AT]]
    for number, row in enumerate(rows):
        filled = [cell for cell in row if cell]
        if filled and all(cell.startswith(IMPORT_ID) for cell in filled):
            return _of_survey(list(titles), rows[0] if number else [], number + 1, "Qualtrics")
    if rows and any(
        rows[0][place] == QUALTRICS.get(title.strip()) for place, title in enumerate(titles)
    ):
        return _of_survey(list(titles), rows[0], 1, "Qualtrics")
    if rows and not rows[0][0] and ANSWER_HEADS & set(rows[0]):
        return _of_survey(_with_options(titles, rows[0]), [], 1, "SurveyMonkey")
    return Header(list(titles), 0, {}, ())


def check_names(
    path: Path,
    place: str,
    titles: Sequence[str],
    used: Sequence[int],
    below: Sequence[Sequence[str]],
    *,
    spans: bool = False,
) -> None:
    """Raise `CoderError` where the first row is a title, or a heading over groups of columns.

    `used` are the columns that hold anything, `below` the rows after the first, `spans` whether cells of
    the first row are merged across columns.
    """
    nameless = [column for column in used if not titles[column].strip()]
    if not nameless or len(used) < LEAST_COLUMNS:
        return
    problem = f"{path}: {place} names {len(used) - len(nameless)} of {len(used)} columns"
    if len(nameless) * 2 > len(used):
        raise CoderError(
            problem,
            "The first row must hold the column names: delete titles that stand above them.",
        )
    rows = [[_cell(row, column) for column in used] for row in below[:LOOKED_AT]]
    if len(rows) < 2 or not all(rows[0]) or any(FIGURE.fullmatch(cell) for cell in rows[0]):
        return
    figures = any(all(FIGURE.fullmatch(row[n]) for row in rows[1:]) for n in range(len(used)))
    if figures or spans:
        raise CoderError(
            f"{problem}, and the row under it reads like their names",
            "Delete the headings that stand above the column names, so that each column has one name.",
        )


def repeats(row: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether a row is the header once more, as where exports were put one under the other."""
    return (
        len(titles) > 1
        and any(title.strip() for title in titles)
        and [cell.strip() for cell in row] == [title.strip() for title in titles]
    )


def _of_survey(names: list[str], labels: Sequence[str], rows: int, tool: str) -> Header:
    found = {name.strip(): label for name, label in zip(names, labels, strict=False) if label}
    count = "row" if rows == 1 else f"{rows} rows"
    verb = "is" if rows == 1 else "are"
    note = f"The {count} under the column names {verb} {tool}'s own, not comments, and not counted."
    return Header(names, rows, found, (note,))


def _with_options(titles: Sequence[str], options: Sequence[str]) -> list[str]:
    """A question over several columns gives each its option: `Which apply?: Resident`."""
    names: list[str] = []
    question = ""
    for place, title in enumerate(titles):
        question = title.strip() or question
        option = options[place]
        whole = title.strip() and (not option or option in ANSWER_HEADS)
        names.append(title if whole or not option else f"{question}: {option}")
    return names


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
