"""Columns of text that grow row by row, kept as Arrow."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from coder.reading.layout_rows import TableRow
from coder.reading.raw_table import RowNumbers, arrow_columns

ROWS_AT_ONCE = (
    20_000  # turned into Arrow, so that no large file is held as Python objects
)
MOST_DISTINCT = 50  # answers of a column of choices
FEWEST_WRITTEN = 3  # answers that show, where none comes again, that people wrote them
WORDS_OF_A_CHOICE = 3


class TextColumns:
    """Takes rows and keeps them as Arrow columns, block by block."""

    def __init__(self, width: int, *, suspicious: bool) -> None:
        self.numbers: list[int] = []
        self._names = [str(column) for column in range(width)]
        self._suspicious = suspicious
        self._waiting: list[Sequence[str]] = []
        self._blocks: list[list[pa.Array]] = [[] for _ in range(width)]
        self._cleaned: dict[str, list[RowNumbers]] = {}

    def add(self, row: TableRow) -> None:
        """Take the next row."""
        self._waiting.append(row.cells)
        self.numbers.append(row.number)
        if len(self._waiting) == ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        first_row = len(self.numbers) - len(self._waiting)
        by_column = zip(*self._waiting, strict=True)
        columns = dict(zip(self._names, by_column, strict=True))
        arrays, cleaned = arrow_columns(columns, suspicious=self._suspicious)
        for blocks, array in zip(self._blocks, arrays.values(), strict=True):
            blocks.append(array)
        for name, rows in cleaned.items():
            self._cleaned.setdefault(name, []).append(rows + first_row)
        self._waiting.clear()

    def column(self, column: int) -> pa.ChunkedArray:
        """What was added so far, in one column."""
        self._flush()
        return pa.chunked_array(self._blocks[column], pa.large_string())

    def holds_anything(self, column: int) -> bool:
        """Whether any row holds more than white space in this column."""
        cells = pc.utf8_trim_whitespace(self.column(column))
        return bool(pc.any(pc.not_equal(cells, "")).as_py())

    def cleaned(self, column: int) -> RowNumbers | None:
        """The rows in which a character was replaced; None where there are none."""
        rows = self._cleaned.get(str(column))
        if rows is None:
            return None
        return np.concatenate(rows)


def distinct_cells(column: pa.ChunkedArray) -> list[str] | None:
    """What a column holds, each once, without empty cells; None where that is much, or where
    people wrote it.
    """
    counts = pc.value_counts(column)
    if len(counts) > MOST_DISTINCT:
        return None
    uses: dict[str, int] = {}
    for item in counts.to_pylist():
        cell = item["values"].strip()
        if cell:
            uses[cell] = item["counts"]
    words = sum(len(cell.split()) for cell in uses)
    repeat = len(uses) < FEWEST_WRITTEN or max(uses.values()) > 1
    if not repeat and words > WORDS_OF_A_CHOICE * len(uses):
        return None
    return list(uses)
