"""From the rows of a file to its table: header and titles, names, totals, options.

Every format whose files are rows of cells is read by `table_of_rows`.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa

from coder.errors import option
from coder.reading.column_labels import is_question
from coder.reading.header import QUESTIONS, TITLE
from coder.reading.layout_columns import TextColumns, distinct_cells
from coder.reading.layout_headings import ColumnTitle
from coder.reading.layout_names import group_options, name_columns
from coder.reading.layout_rows import TableFile, TableRow, is_blank, of_one_width
from coder.reading.layout_top import TableTop
from coder.reading.layout_totals import (
    ROWS_AT_END,
    EndRow,
    count_at_end,
    stands_apart,
)
from coder.reading.raw_table import RawTable, RowNumbers, no_rows_error
from coder.text import clean_text, count

PLACES_SHOWN = 8


def table_of_rows(file: TableFile, rows: Iterable[TableRow]) -> RawTable:
    """The table that a file's rows hold, as every format of rows and cells gives it.

    Titles above the header, its one to three rows, repeated headers, blank rows, totals and
    footers are told from responses; each is named in a note. Names are made unique; columns
    without a name and a value are left out. No cell of a response is changed.

    Example for a sheet whose cells are text already, None and numbers made text by
    `cell_text.cell_text`:

        file = TableFile(path, "ods", f"ODS, sheet {name!r}", facts={"sheet": name})
        return table_of_rows(file, numbered_rows(rows))

    Raises:
        CoderError: nothing in it, no row under the header, or a row of the wrong width.
    """
    if file.wrong_width is None:
        rows = of_one_width(list(rows))
    stream = iter(rows)
    top = TableTop.read(file, stream)
    body = _Body(file, top)
    for row in chain(top.below, stream):
        body.add(row)
    return body.table()


# ---------------------------------------------------------------- the rows under it


class _Body:
    """The rows under the header: responses, and rows that are none."""

    def __init__(self, file: TableFile, top: TableTop) -> None:
        self.file = file
        self.top = top
        self.width = top.width
        self._columns = TextColumns(self.width, suspicious=file.suspicious)
        self._of_header = [list(row.cells) for row in top.names]
        self._first_cells = {cells[0] for cells in self._of_header}
        self._last: deque[EndRow] = deque()
        self._after_blank = False
        self._blank: list[int] = []
        self._repeated: list[int] = []
        self._left_out: list[int] = []
        self._doubtful: list[int] = []
        self._wrong_width: list[TableRow] = []
        for row in top.names:
            if len(row.cells) != self.width:
                self._wrong_width.append(row)

    def add(self, row: TableRow) -> None:
        """Take the next row."""
        cells = row.cells
        if not cells:
            self._after_blank = True
            if self.width == 1:  # it may have been an answer that was left empty
                self._blank.append(row.number)
            return
        if self._is_blank(cells):
            self._blank.append(row.number)
            self._after_blank = True
            return
        if cells[0] in self._first_cells and self._repeats_header(cells):
            self._repeated.append(row.number)
            return
        is_short = len(cells) != self.width
        self._last.append(EndRow(row.number, cells, is_short, self._after_blank))
        self._after_blank = False
        if len(self._last) > ROWS_AT_END:
            self._keep(self._last.popleft())

    def _is_blank(self, cells: Sequence[str]) -> bool:
        """In a table of one column that a program wrote, an empty cell is an empty comment."""
        if any(cells) and not is_blank(cells):
            return False
        if len(cells) != self.width:
            return len(cells) == 1
        return self.width > 1 or self.file.wrong_width is None

    def _repeats_header(self, cells: Sequence[str]) -> bool:
        """Whether a row repeats one of the header, as where exports were put together."""
        return len(cells) > 1 and list(cells) in self._of_header

    def _keep(self, row: EndRow) -> None:
        kept = TableRow(row.number, row.cells)
        if row.is_short:
            self._wrong_width.append(kept)
        else:
            self._columns.add(kept)

    def _end(self) -> None:
        """Decide on the last rows, and take those that are responses."""
        rows = list(self._last)
        responses = len(rows) - count_at_end(rows, self.width)
        for row in rows[:responses]:
            self._keep(row)
        apart = False
        for row in rows[responses:]:
            apart = apart or stands_apart(row, self._cells_of)
            if apart:
                self._left_out.append(row.number)
            else:
                self._doubtful.append(row.number)
                self._keep(row)
        if self._wrong_width and self.file.wrong_width is not None:
            raise self.file.wrong_width(self._wrong_width, self.width)

    def _cells_of(self, column: int) -> list[str]:
        cells: list[str] = self._columns.column(column).to_pylist()
        return cells

    def table(self) -> RawTable:
        """The table of all rows that were added."""
        self._end()
        if not self._columns.numbers:
            raise no_rows_error(self.file.path)
        titles = self.top.header.columns
        used = [
            column
            for column in range(self.width)
            if titles[column].name or self._columns.holds_anything(column)
        ]
        if not used:
            raise no_rows_error(self.file.path)
        naming = name_columns([_numbered(titles[column], column) for column in used])
        arrays = [self._columns.column(column) for column in used]
        frame: pd.DataFrame = pa.table(arrays, names=naming.names).to_pandas()
        by_name = dict(zip(naming.names, arrays, strict=True))
        of_columns = [titles[column] for column in used]
        groups = group_options(
            naming.names, of_columns, lambda name: distinct_cells(by_name[name])
        )
        return RawTable(
            path=self.file.path,
            format=self.file.format,
            described=self.file.described,
            cells=frame,
            numbers=np.array(self._columns.numbers, dtype=np.int64),
            row_word=self.file.row_word,
            cleaned=self._cleaned(used, naming.names),
            facts=self._facts(),
            questions=_questions(naming.names, of_columns),
            option_groups=groups,
            notes=(
                *self.file.notes,
                *self._notes(),
                *naming.notes,
                *self._unused(used),
            ),
        )

    def _facts(self) -> dict[str, str]:
        """What is kept for the next reading, such as what the user said about the header."""
        facts = dict(self.file.facts)
        if self.file.header_rows is not None:
            facts["header_rows"] = str(self.file.header_rows)
        return facts

    def _cleaned(
        self, used: Sequence[int], names: Sequence[str]
    ) -> dict[str, RowNumbers]:
        cleaned: dict[str, RowNumbers] = {}
        for column, name in zip(used, names, strict=True):
            rows = self._columns.cleaned(column)
            if rows is not None:
                cleaned[name] = rows
        return cleaned

    # ------------------------------------------------------------ notes

    def _notes(self) -> list[str]:
        """What every row is that is no response."""
        notes = [*self._header_notes()]
        if self._blank:
            rows = count(len(self._blank), "blank row")
            notes.append(f"Skipped {rows} ({self._where(self._blank)}).")
        if self._repeated:
            rows = count(len(self._repeated), "row")
            notes.append(
                f"Skipped {rows} that repeated the column names "
                f"({self._where(self._repeated)})."
            )
        if self._left_out:
            rows = count(len(self._left_out), "row")
            notes.append(
                f"Left out {rows} at the end, a total or a footer and no response "
                f"({self._where(self._left_out)})."
            )
        if self._doubtful:
            where = self._where(self._doubtful)
            notes.append(
                f"The end of the file ({where}) may be a total. It was kept as a response. If "
                "it is none, delete it from the file."
            )
        return notes

    def _header_notes(self) -> list[str]:
        notes: list[str] = []
        header = self.top.header
        if self.top.titles:
            rows = count(len(self.top.titles), "row")
            notes.append(
                f"Skipped {rows} above the column names ({self._where(self.top.titles)})."
            )
        numbers = [row.number for row in self.top.names]
        if len(numbers) > 1:
            of_tool = ""
            if header.tool:
                of_tool = f", as {header.tool} writes it"
            where = self._where(numbers).capitalize()
            notes.append(f"{where} are the header{of_tool}, not comments.")
        again = option("header_rows", str(len(numbers) + 1))
        if header.doubt == QUESTIONS:
            notes.append(
                "The row under the column names may hold the questions. It was kept as a "
                f"response. If it belongs to the header, read the file again with {again}."
            )
        if header.doubt == TITLE:
            notes.append(
                f"{self._where(numbers).capitalize()} names few of the columns. If the names "
                f"are in the row under it, read the file again with {again}."
            )
        return notes

    def _where(self, numbers: Sequence[int]) -> str:
        """Rows as places in the file: `line 3`, `lines 3, 9 and 14 more`."""
        word = self.file.row_word
        if len(numbers) == 1:
            return f"{word} {numbers[0]}"
        shown = [str(number) for number in numbers[:PLACES_SHOWN]]
        if len(numbers) > PLACES_SHOWN:
            more = len(numbers) - PLACES_SHOWN
            return f"{word}s {', '.join(shown)} and {more:,} more"
        return f"{word}s {', '.join(shown[:-1])} and {shown[-1]}"

    def _unused(self, used: Sequence[int]) -> list[str]:
        unused = self.width - len(used)
        if not unused:
            return []
        columns = count(unused, "column")
        return [f"Left out {columns} without a name and without any content."]


def _numbered(title: ColumnTitle, column: int) -> ColumnTitle:
    """A column's title; one without a name is called by its place in the file."""
    if title.name:
        return title
    return title._replace(name=f"column {column + 1}")


def _questions(names: Sequence[str], columns: Sequence[ColumnTitle]) -> dict[str, str]:
    """Column to its question: its wording, or its title where the name is that with a number."""
    questions: dict[str, str] = {}
    for name, column in zip(names, columns, strict=True):
        title = clean_text(column.name)
        if column.wording:
            questions[name] = column.wording
        elif name != title and is_question(title):
            questions[name] = title
    return questions
