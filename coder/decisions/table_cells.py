"""The cells of a decision table by column, and the faults in them with their places."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from coder.decisions.table_grid import (
    ID_COLUMN,
    GridRow,
    TextGrid,
    column_names,
    read_grid,
    without_apostrophe,
)
from coder.errors import CoderError
from coder.limits import how_to_raise, limits
from coder.text import name_some, short_cell

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

OPTIONAL = ("scope", "mode", "decided_at", "chosen", "unsure", "note")
# What a row is called in messages.
ROW_WORDS = {"text": "line", "sheet": "row", "frame": "row"}
ALPHABET = 26
MOST_FAULTS = 1_000  # different ones, after which a table is not read on


class TableRow(NamedTuple):
    """One row under the header.

    Attributes:
        number: see `GridRow`.
        cells: texts by column, without surrounding white space.
        open_formulas: columns whose cell holds a formula without a result.
        is_too_long: there are more cells than columns, so that the cells may have shifted.
    """

    number: int
    cells: dict[str, str]
    open_formulas: frozenset[str] = frozenset()
    is_too_long: bool = False

    def text(self, column: str) -> str:
        """The text of a cell; empty where there is no such column."""
        return self.cells.get(column, "")

    def plain_text(self, column: str) -> str:
        """The same without the apostrophe that protects spreadsheets from formulas."""
        return without_apostrophe(self.text(column))


@dataclass(frozen=True)
class TableCells:
    """A table's rows under its header.

    Attributes:
        name: of the file or the DataFrame, for messages.
        row_word: what a row is called in messages.
        letters: a workbook's column letters by name; empty for other tables.
        asked: what a review sheet asks for (see `TextGrid`).
    """

    name: str
    row_word: str
    columns: tuple[str, ...]
    rows: list[TableRow]
    letters: dict[str, str]
    counts_from_zero: bool = False
    asked: tuple[str, ...] = ()


def read_cells(source: "pd.DataFrame | Path") -> TableCells:
    """The cells of a CSV file, a workbook or a DataFrame. Lines above the header and empty rows
    are left out.

    Raises:
        CoderError: there is no such file, it is not a table, or it has no column `comment_id`
            or no row.
    """
    grid = read_grid(source)
    header_at = _header_at(grid)
    header = grid.rows[header_at]
    names = column_names(header.cells)
    _check_names(names, header, grid)
    rows = []
    for row in grid.rows[header_at + 1 :]:
        if row.open_formulas or _has_text(row.cells):
            rows.append(_table_row(row, names))
    if not rows:
        raise CoderError(
            f"{grid.name}: has a header and no rows; there is no comment in it",
            "Add a row for each comment decided.",
        )
    letters = {}
    if grid.kind == "sheet":
        letters = {name: _letters(number) for number, name in enumerate(names)}
    return TableCells(
        grid.name,
        ROW_WORDS[grid.kind],
        tuple(filter(None, names)),
        rows,
        letters,
        counts_from_zero=grid.kind == "frame",
        asked=grid.asked,
    )


def _header_at(grid: TextGrid) -> int:
    """Which row names the columns."""
    for number, row in enumerate(grid.rows):
        if ID_COLUMN in column_names(row.cells):
            return number
    first: list[str] = []
    if grid.rows:
        first = list(filter(None, column_names(grid.rows[0].cells)))
    columns = "the file is empty"
    if first:
        columns = f"columns: {name_some(map(short_cell, first))}"
    raise CoderError(
        f"{grid.name}: there is no column {ID_COLUMN} ({columns})",
        f"The table needs {ID_COLUMN} and themes; it may have {', '.join(OPTIONAL)}.",
    )


def _check_names(names: Sequence[str], header: GridRow, grid: TextGrid) -> None:
    place = grid.name
    if grid.kind != "frame":
        place = f"{grid.name}:{header.number}"
    if len(names) > limits().columns:
        raise CoderError(
            f"{place}: has {len(names):,} columns, and at most {limits().columns:,} are read",
            f"Delete the empty columns. {how_to_raise()}",
        )
    uses = Counter(filter(None, names))
    repeated = sorted(name for name, times in uses.items() if times > 1)
    if not repeated:
        return
    raise CoderError(
        f"{place}: column(s) named twice: {name_some(map(short_cell, repeated))}",
        "Leave one of each.",
    )


def _table_row(row: GridRow, names: Sequence[str]) -> TableRow:
    cells = dict.fromkeys(filter(None, names), "")
    for name, value in zip(names, row.cells, strict=False):
        if name:
            cells[name] = value.strip()
    open_formulas = set()
    for number in row.open_formulas:
        if number < len(names):
            open_formulas.add(names[number])
    is_too_long = _has_text(row.cells[len(names) :])
    return TableRow(row.number, cells, frozenset(open_formulas), is_too_long)


def _has_text(cells: Iterable[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _letters(number: int) -> str:
    """`A` for the first column, `AA` for the 27th."""
    before, last = divmod(number, ALPHABET)
    letter = chr(ord("A") + last)
    if before:
        return _letters(before - 1) + letter
    return letter


# ---------------------------------------------------------------- faults


class CellFaults:
    """The faults of a table, collected so that all are reported at once."""

    def __init__(self, table: TableCells) -> None:
        self._table = table
        self._rows: dict[tuple[str, str], list[int]] = {}
        self.count = 0

    def add(self, row: TableRow, column: str, problem: str) -> None:
        """Note a fault in a cell; in the whole row where the column is empty."""
        self._rows.setdefault((column, problem), []).append(row.number)
        self.count += 1

    @property
    def are_many(self) -> bool:
        """Whether it is no use to read on: the columns are mistaken, or the file is hostile."""
        return len(self._rows) >= MOST_FAULTS

    def row_place(self, number: int) -> str:
        """A row as messages name it: `line 3`."""
        return f"{self._table.row_word} {number}"

    def raise_any(self) -> None:
        """Raise `CoderError` with a line for each different fault and all its places, if there
        is any.
        """
        if not self._rows:
            return
        messages = []
        for (column, problem), numbers in self._rows.items():
            place = self._place(column, sorted(set(numbers)))
            messages.append(f"{self._table.name}: {place}: {problem}")
        if self.are_many:
            messages.append(f"{self._table.name}: the rows below were not read")
        fix = "Nothing was taken. Correct these cells and try again."
        if self._table.counts_from_zero:
            fix += " Rows are counted from 0."
        raise CoderError("\n".join(messages), fix)

    def _place(self, column: str, numbers: Sequence[int]) -> str:
        letter = self._table.letters.get(column)
        if letter:
            cells = [f"{letter}{number}" for number in numbers]
            return f"{', '.join(cells)}, column {column}"
        rows = f"{_plural(self._table.row_word, numbers)} {_ranges(numbers)}"
        if column:
            return f"{rows}, column {column}"
        return rows


def _plural(word: str, numbers: Sequence[int]) -> str:
    if len(numbers) > 1:
        return f"{word}s"
    return word


def _ranges(numbers: Sequence[int]) -> str:
    """Sorted numbers as `3, 5-9, 12`."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    shown = []
    for first, last in runs:
        if first == last:
            shown.append(str(first))
        else:
            shown.append(f"{first}-{last}")
    return ", ".join(shown)
