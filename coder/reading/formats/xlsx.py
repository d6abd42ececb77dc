"""XLSX: what a cell shows, as text; a workbook is never opened before its unpacked size is
known.
"""

import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import python_calamine as calamine

from coder.errors import CoderError
from coder.library_errors import reason_of
from coder.reading.formats.workbook import (
    Row,
    Sheet,
    check_sheet_exists,
    sheet_of_answers,
    table_of_sheet,
)
from coder.reading.layout_rows import MergedCells
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable, empty_file_error
from coder.text import count
from coder.workbook_cells import formulas_without_result, padded_numbers
from coder.workbook_size import check_package

DAMAGED = (calamine.CalamineError, calamine.ZipError, calamine.XmlError)
LIBRARY_FAULT = "PanicException"  # the library's own, which is no `Exception`


def load(path: Path, options: FileOptions) -> RawTable:
    """Read one sheet of a workbook: `options.sheet`, or the first visible one with much text in it.

    Raises:
        CoderError: not a workbook, damaged, suspiciously large, protected, no such sheet,
            or header only.
    """
    data = path.read_bytes()
    if not data:
        raise empty_file_error(path)
    check_package(path, data)
    try:
        sheet = _read_sheet(path, data, options.sheet)
    except calamine.PasswordError as error:
        raise CoderError(
            f"{path}: is protected by a password", "Save it without a password."
        ) from error
    except BaseException as error:
        if not isinstance(error, DAMAGED) and type(error).__name__ != LIBRARY_FAULT:
            raise
        raise CoderError(
            f"{path}: the workbook is damaged ({reason_of(error)})",
            "Open it in a spreadsheet and save it again.",
        ) from error
    return table_of_sheet(path, "XLSX", sheet, options.header_rows)


# ---------------------------------------------------------------- the sheet


def _read_sheet(path: Path, data: bytes, wanted: str | None) -> Sheet:
    book = calamine.load_workbook(io.BytesIO(data))
    if wanted is None:
        sheets = [_sheet(book, name) for name in _visible_sheets(book)]
        sheet = sheet_of_answers(path, sheets)
    else:
        check_sheet_exists(path, wanted, book.sheet_names)
        sheet = _sheet(book, wanted)
    rows = sheet.rows
    with suppress(ElementTree.ParseError):
        rows = _with_cells_replaced(rows, padded_numbers(data, sheet.name))
    formulas: dict[tuple[int, int], str] = {}
    with suppress(ElementTree.ParseError):
        formulas = formulas_without_result(data, sheet.name)
    if not formulas:
        return sheet._replace(rows=rows)
    note = (
        f"{count(len(formulas), 'cell')} became a formula without a result, as text that "
        "begins with = or - does in a spreadsheet. The text as typed was kept."
    )
    rows = _with_cells_replaced(rows, formulas)
    return sheet._replace(rows=rows, notes=(*sheet.notes, note))


def _sheet(book: calamine.CalamineWorkbook, name: str) -> Sheet:
    """A sheet of the workbook; the library reads it anew each time that it is asked for it."""
    sheet = book.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False)
    ranges = sheet.merged_cell_ranges or []
    merged = [MergedCells(*first, *last) for first, last in ranges]
    return Sheet(name, rows, is_visible=True, merged=tuple(merged))


def _visible_sheets(book: calamine.CalamineWorkbook) -> list[str]:
    """Names of the visible sheets; of all where none is visible."""
    visible = calamine.SheetVisibleEnum.Visible
    names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == visible]
    return names or list(book.sheet_names)


def _with_cells_replaced(
    rows: Sequence[Row], replacements: Mapping[tuple[int, int], str]
) -> Sequence[Row]:
    """The rows with other text in the cells at these rows and columns (from 0)."""
    if not replacements:
        return rows
    changed = [list(row) for row in rows]
    for (row, column), text in replacements.items():
        if row < len(changed) and column < len(changed[row]):
            changed[row][column] = text
    return changed
