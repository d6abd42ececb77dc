"""Columns as their header names them: by one row, with wordings, under headings, as options."""

from collections.abc import Sequence
from typing import NamedTuple

from coder.reading.layout_evidence import (
    Cells,
    Contrast,
    asks,
    below,
    filled,
    is_figure,
    ticks_its_name,
    used_columns,
)
from coder.reading.layout_titles import count_usual
from coder.reading.layout_tools import (
    ANSWER_TITLES,
    LEGACY_NAME,
    QUALTRICS,
    letters_and_digits,
)

ENDS_OF_QUESTIONS = (":", "...", "…")
FEWEST_SIGNS = 2


class ColumnTitle(NamedTuple):
    """What the header says about one column.

    Attributes:
        name: its own name; empty where it has none.
        wording: of its question, where a further row or a heading gives it.
        question: that it shares with the columns beside it, where it is an option of it.
    """

    name: str
    wording: str = ""
    question: str = ""


def name_by_rows(names: Cells, wordings: Cells) -> tuple[ColumnTitle, ...]:
    """Columns named by one row, with the wordings that another gives.

    The names V1, V2 ... of an older Qualtrics say less than the fields under them.
    """
    if not wordings:
        return tuple(ColumnTitle(name) for name in names)
    columns: list[ColumnTitle] = []
    for name, wording in zip(names, wordings, strict=True):
        if LEGACY_NAME.fullmatch(name) and letters_and_digits(wording) in QUALTRICS:
            columns.append(ColumnTitle(wording))
        elif name in ("", wording):
            columns.append(ColumnTitle(name or wording))
        else:
            columns.append(ColumnTitle(name, wording))
    return tuple(columns)


def is_headed(
    names: Cells,
    row: Cells,
    under: Sequence[Cells],
    spans: Sequence[range],
) -> bool:
    """Whether a row is headings over groups of columns, and the row under it their names."""
    used = used_columns([names, row, *under])
    nameless = [column for column in used if not names[column]]
    contrast = Contrast(row, under)
    if contrast.against or not _are_named(row, nameless) or not under:
        return False
    if _options_are_ticked(row, under, nameless):
        return True
    if _first_is_blank(names, row, under, used):
        return True
    signs = contrast.signs + count_usual(row)
    if spans:
        return len(spans) > 1 or signs > 0
    if len(filled(row)) < len(used):
        return False
    least = FEWEST_SIGNS
    if len(nameless) * 2 >= len(used):
        least = 1
    return signs >= least


def _are_named(row: Cells, nameless: Sequence[int]) -> bool:
    """Whether a row gives columns without a name one; the first may number the rows."""
    return bool(nameless) and all(row[column] for column in nameless if column)


def _wide(spans: Sequence[range]) -> list[range]:
    """The cells that are merged across columns, not only down."""
    return [span for span in spans if len(span) > 1]


def _options_are_ticked(
    row: Cells,
    under: Sequence[Cells],
    nameless: Sequence[int],
) -> bool:
    """Whether several columns hold nothing but their own name in this row, all of it filled."""
    ticked = 0
    for column in nameless:
        answers = below(under, column)
        if row[column] in answers and ticks_its_name(row[column], answers):
            ticked += 1
    return ticked >= 2 and all(row[column] for column in nameless)


def _first_is_blank(
    names: Cells,
    row: Cells,
    under: Sequence[Cells],
    used: Sequence[int],
) -> bool:
    """Whether a row has no id where every row under it has one of figures."""
    first = used[0]
    if not names[first] or row[first] or len(under) < 2:
        return False
    if not all(answers[first] and is_figure(answers[first]) for answers in under):
        return False
    columns = filled(row)
    grouped = [column for column in columns if _is_grouped(names, column)]
    return len(columns) * 2 >= len(used) or grouped == columns


def _is_grouped(names: Cells, column: int) -> bool:
    """Whether a column shares the name before it, or the one after shares its own."""
    return not all(names[column : column + 2])


def headings_of(headings: Cells, spans: Sequence[range]) -> list[str]:
    """The heading over each column: its own, or the last before it.

    Where cells are merged, a heading ends with its cell.
    """
    of_columns: list[str] = []
    heading = ""
    wide = _wide(spans)
    for column, cell in enumerate(headings):
        if cell:
            heading = cell
        elif wide and not any(column in span for span in wide):
            heading = ""
        of_columns.append(heading)
    return of_columns


def name_under_headings(
    columns: Sequence[ColumnTitle], headings: Sequence[str]
) -> tuple[ColumnTitle, ...]:
    """Columns as options of the heading over them where that is a question; names that come
    again are told apart by their headings.
    """
    names = [column.name for column in columns]
    headed: list[ColumnTitle] = []
    before, ended = "", False
    for column, heading in zip(columns, headings, strict=True):
        if heading != before:
            before, ended = heading, False
        ended = ended or column.name.endswith("?")  # a question of its own
        if ended or heading in ("", column.name) or column.question:
            headed.append(column)
        else:
            again = names.count(column.name) > 1
            headed.append(_under_heading(column, heading, again=again))
    return tuple(headed)


def _under_heading(column: ColumnTitle, heading: str, *, again: bool) -> ColumnTitle:
    """A column as an option of its heading, or told apart by it, or by its own name."""
    if not heading or not column.name:
        return column
    if asks(heading) or heading.endswith(ENDS_OF_QUESTIONS):
        return _option_of(heading, column)
    if again:
        return column._replace(name=f"{heading}: {column.name}")
    return column


def _option_of(question: str, column: ColumnTitle) -> ColumnTitle:
    name = f"{question}: {column.name}"
    return ColumnTitle(name, column.wording or question, question)


def name_with_options(
    titles: Cells,
    row: Cells,
    under: Sequence[Cells],
    spans: Sequence[range] | None = None,
) -> tuple[ColumnTitle, ...]:
    """Questions with their options under them: `Which apply?: Resident`.

    Where `spans` are given, a title may also be a heading over columns of different questions.
    """
    questions = headings_of(titles, spans or ())
    says_answer = _cells_that_say_answer(titles, row, under)
    columns: list[ColumnTitle] = []
    for column, (title, cell) in enumerate(zip(titles, row, strict=True)):
        ticked = spans is None or ticks_its_name(cell, below(under, column))
        if cell == title or (title and cell in says_answer):
            columns.append(ColumnTitle(title))
        elif ticked and cell and questions[column]:
            columns.append(_option_of(questions[column], ColumnTitle(cell)))
        else:
            again = row.count(cell) > 1
            own = ColumnTitle(cell)
            columns.append(_under_heading(own, questions[column], again=again))
    return tuple(columns)


def _cells_that_say_answer(
    titles: Cells, row: Cells, under: Sequence[Cells]
) -> set[str]:
    """What a row has under questions to say no more than that their answers follow."""
    cells = {""}
    for column, title in enumerate(titles):
        if title and _says_answer(titles, row, under, column):
            cells.add(row[column])
    return cells


def _says_answer(
    titles: Cells,
    row: Cells,
    under: Sequence[Cells],
    column: int,
) -> bool:
    """Whether the cell under a question only says that its answers follow."""
    if row[column] in ANSWER_TITLES:
        return True
    if _goes_on(titles, row, column):
        return False
    answers = below(under, column)
    return bool(answers) and not ticks_its_name(row[column], answers)


def _goes_on(titles: Cells, row: Cells, column: int) -> bool:
    """Whether the question of a column has more columns."""
    after = column + 1
    return after < len(titles) and not titles[after] and bool(row[after])
