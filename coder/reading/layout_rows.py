"""The rows of a file before it is known which of them are responses."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from coder.errors import CoderError


class TableRow(NamedTuple):
    """A row of a file: where it is, from 1, and its cells as text."""

    number: int
    cells: Sequence[str]


class MergedCells(NamedTuple):
    """Cells of a sheet that are one: rows and columns from 0, the last of each included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


WidthError = Callable[[Sequence[TableRow], int], CoderError]


@dataclass(frozen=True)
class TableFile:
    """The file whose rows are read, for `table_of_rows`.

    Attributes:
        path, format, described, row_word, facts: as in `RawTable`.
        notes: what to tell the user before anything else.
        merged: cells of the sheet that are one.
        header_rows: how many rows name the columns, where the user says it.
        suspicious: whether cells may hold a NUL or a lone surrogate.
        wrong_width: makes the error for rows that have more or fewer cells than the header has
            names (the number is given too); None where the ends of short rows are empty cells.
    """

    path: Path
    format: str
    described: str
    row_word: str = "row"
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    merged: Sequence[MergedCells] = ()
    header_rows: int | None = None
    suspicious: bool = True
    wrong_width: WidthError | None = None


def numbered_rows(rows: Iterable[Sequence[str]]) -> Iterator[TableRow]:
    """Rows of a sheet, the first at number 1."""
    for number, cells in enumerate(rows, start=1):
        yield TableRow(number, cells)


def of_one_width(rows: Sequence[TableRow]) -> list[TableRow]:
    """The rows of a sheet; short ones end in empty cells."""
    width = max((len(row.cells) for row in rows), default=0)
    return [TableRow(number, padded(cells, width)) for number, cells in rows]


def padded(cells: Sequence[str], width: int) -> list[str]:
    """A row of `width` cells: empty ones are added, those beyond are left."""
    missing = width - len(cells)
    return [*cells[:width], *[""] * missing]


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a row holds nothing but white space."""
    return not any(cell.strip() for cell in cells)
