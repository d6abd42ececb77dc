"""XLS, the workbooks of Excel before 2007, and what other programs save under that ending."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coder.errors import CoderError
from coder.reading.formats import delimited, xlsx
from coder.reading.formats.workbook import Sheet, table_of_workbook
from coder.reading.layout_rows import MergedCells
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable, empty_file_error
from coder.workbook_cells import ZEROS

WORKBOOK_STARTS = (
    b"\xd0\xcf\x11\xe0",
    b"\x09\x00",
    b"\x09\x02",
    b"\x09\x04",
    b"\x09\x08",
)
MARKUP_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00")
# What the library raises for a file that is cut off or damaged, besides its own error.
DAMAGED = (
    AssertionError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    RecursionError,
    TypeError,
    UnicodeError,
    ValueError,
    struct.error,
)


def load(path: Path, options: FileOptions) -> RawTable:
    """Read one sheet of a workbook: `options.sheet`, or the first visible one with much text.

    A newer workbook and a text file under this ending are read as what they are.

    Raises:
        CoderError: no workbook, damaged, protected, no such sheet, or the sheet is no table.
    """
    data = path.read_bytes()
    if not data:
        raise empty_file_error(path)
    if data.startswith(b"PK"):
        return xlsx.load(path, options)
    if data.startswith(MARKUP_STARTS):
        raise CoderError(
            f"{path}: is a web page or an XML file, although its name says XLS",
            "Open it in a spreadsheet and save it as XLSX.",
        )
    if not data.startswith(WORKBOOK_STARTS):
        return delimited.load(path, options)
    return table_of_workbook(path, "XLS", _sheets(path, data), options)


def _sheets(path: Path, data: bytes) -> list[Sheet]:
    import xlrd
    from xlrd.compdoc import CompDocError

    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO()
        )
        return [_sheet(book, sheet) for sheet in book.sheets()]
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise CoderError(
                f"{path}: is protected by a password", "Save it without a password."
            ) from error
        raise _damaged(path, error) from error
    except (*DAMAGED, CompDocError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> CoderError:
    kind = type(error).__name__
    return CoderError(
        f"{path}: the workbook is cut off or damaged ({kind})",
        "Open it in a spreadsheet and save it again as XLSX, or get another copy.",
    )


def _sheet(book: Any, sheet: Any) -> Sheet:
    rows: list[list[object]] = []
    value_of = _reader_of_cells(book)
    for number in range(sheet.nrows):
        rows.append([value_of(cell) for cell in sheet.row(number)])
    merged: list[MergedCells] = []
    for first_row, past_row, first_column, past_column in sheet.merged_cells:
        cells = MergedCells(first_row, first_column, past_row - 1, past_column - 1)
        merged.append(cells)
    return Sheet(sheet.name, rows, sheet.visibility == 0, tuple(merged))


def _reader_of_cells(book: Any) -> Callable[[Any], object]:
    """Gives a cell's value: text, a number, a date or time, a truth value; empty for an error."""
    import xlrd

    def value_of(cell: Any) -> object:
        if cell.ctype == xlrd.XL_CELL_TEXT:
            return str(cell.value)
        if cell.ctype == xlrd.XL_CELL_NUMBER:
            return _number(book, cell)
        if cell.ctype == xlrd.XL_CELL_DATE:
            return _date(book, cell.value)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        return ""

    return value_of


def _number(book: Any, cell: Any) -> float | str:
    """A number; as text where its format adds zeros before it (7 shown as 007)."""
    number = float(cell.value)
    number_format = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    if number_format is None or not number.is_integer() or number < 0:
        return number
    if ZEROS.match(number_format.format_str):
        return str(int(number)).zfill(len(number_format.format_str))
    return number


def _date(book: Any, value: float) -> object:
    """A date, a date with a time, or a time of day; the number where it is none of them."""
    import xlrd

    try:
        moment = xlrd.xldate_as_datetime(value, book.datemode)
    except (OverflowError, ValueError):
        return value
    if value < 1:
        return moment.time()
    return moment
