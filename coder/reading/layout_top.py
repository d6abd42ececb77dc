"""The top of a table: its header, and what stands above it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from coder.reading.header import Header, find_header
from coder.reading.layout_rows import (
    MergedCells,
    TableFile,
    TableRow,
    is_blank,
    padded,
)
from coder.reading.layout_titles import Spans
from coder.reading.raw_table import empty_file_error

FIRST_ROWS = 100  # that hold anything, by which the header is found
MARK = "\ufeff"  # of byte order, also inside the quotes of the first name


class TableTop(NamedTuple):
    """The first rows of a file: its header, and those that are not part of it."""

    header: Header
    titles: list[int]  # numbers of rows
    names: list[TableRow]  # rows of the header
    below: list[TableRow]  # other rows, blank ones among them
    width: int

    @classmethod
    def read(cls, file: TableFile, stream: Iterator[TableRow]) -> "TableTop":
        """Take the first rows from the stream and find the header among them."""
        rows = _first_rows(stream)
        written = [row for row in rows if not is_blank(row.cells)]
        if not written:
            raise empty_file_error(file.path)
        width, header = _width_and_header(file, written)
        titles = written[: header.titles]
        names = written[header.titles : header.titles + header.rows]
        last = 0
        if titles or names:
            last = [*titles, *names][-1].number
        return cls(
            header=header,
            titles=[row.number for row in titles],
            names=names,
            below=[row for row in rows if row.number > last],
            width=width,
        )


def _first_rows(stream: Iterator[TableRow]) -> list[TableRow]:
    rows: list[TableRow] = []
    written = 0
    for row in stream:
        rows.append(row)
        written += not is_blank(row.cells)
        if written == FIRST_ROWS:
            break
    return rows


def _width_and_header(
    file: TableFile, written: Sequence[TableRow]
) -> tuple[int, Header]:
    """How many columns there are, and the header.

    Titles above the names may have fewer cells; then the width is that of most rows.
    """
    widths = [len(row.cells) for row in written]
    usual = max(widths, key=widths.count)
    if widths[0] < usual and widths.count(usual) * 2 > len(widths):
        header = _header_of(file, written, usual)
        names = written[header.titles : header.titles + 1]
        if header.titles and names and len(names[0].cells) == usual:
            return usual, header
    return widths[0], _header_of(file, written, widths[0])


def _header_of(file: TableFile, written: Sequence[TableRow], width: int) -> Header:
    stripped: list[list[str]] = []
    for row in written:
        cells = [cell.strip().strip(MARK).strip() for cell in row.cells]
        stripped.append(padded(cells, width))
    numbers = {row.number: place for place, row in enumerate(written)}
    spans = _spread_merged(file.merged, numbers, stripped)
    return find_header(stripped, spans=spans, header_rows=file.header_rows)


def _spread_merged(
    merged: Sequence[MergedCells],
    places: Mapping[int, int],
    rows: list[list[str]],
) -> Spans:
    """Write the text of cells that are merged down into each of their rows; say which cells are
    merged.
    """
    spans: dict[int, list[range]] = {}
    for cells in merged:
        place = places.get(cells.first_row + 1)
        if place is None or cells.first_column >= len(rows[place]):
            continue
        columns = range(cells.first_column, cells.last_column + 1)
        spans.setdefault(place, []).append(columns)
        for number in range(cells.first_row + 1, cells.last_row + 1):
            below = places.get(number + 1)
            if below is not None:
                text = rows[place][cells.first_column]
                rows[below][cells.first_column] = text
    return spans
