"""XLSX: what a cell shows, as text; a workbook is never opened before its unpacked size is
known.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import python_calamine as calamine

from coder.errors import CoderError, did_you_mean, option
from coder.reading.formats.cell_text import cell_text
from coder.reading.formats.unpacked_size import check_parts, check_unpacked_size
from coder.reading.layout import table_of_rows
from coder.reading.layout_rows import MergedCells, TableFile, numbered_rows
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable, empty_file_error
from coder.text import count
from coder.workbook_cells import formulas_without_result, padded_numbers

# A sheet with less text than this share of the fullest one is not the answers but a cover or a key.
LEAST_SHARE_OF_TEXT = 0.25
DAMAGED = (calamine.CalamineError, calamine.ZipError, calamine.XmlError)
LIBRARY_FAULT = "PanicException"  # the library's own, which is no `Exception`
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
ZIP_ERRORS = (
    zlib.error,
    zipfile.BadZipFile,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)

Row = Sequence[object]


class WorkbookSheet(NamedTuple):
    """A sheet of a workbook: its rows, the first at number 1, and what to tell the user."""

    name: str
    rows: Sequence[Row]
    merged: tuple[MergedCells, ...]
    notes: tuple[str, ...]


def load(path: Path, options: FileOptions) -> RawTable:
    """Read one sheet of a workbook: `options.sheet`, or the first visible one with much text in it.

    Raises:
        CoderError: not a workbook, damaged, suspiciously large, protected, no such sheet,
            or header only.
    """
    data = path.read_bytes()
    if not data:
        raise empty_file_error(path)
    _check_package(path, data)
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
            f"{path}: the workbook is damaged ({error})",
            "Open it in a spreadsheet and save it again.",
        ) from error
    return table_of_sheet(path, sheet, options.header_rows)


# ---------------------------------------------------------------- the package


def _check_package(path: Path, data: bytes) -> None:
    """Raise `CoderError` where the file is not a sound workbook, before anything is unpacked."""
    if data.startswith(OLD_OFFICE):
        raise CoderError(
            f"{path}: is an old or a password-protected Excel file",
            "Save it as XLSX, without a password.",
        )
    not_a_workbook = CoderError(
        f"{path}: is not an XLSX workbook, although its name says so",
        "Save it as XLSX from a spreadsheet, or rename it to what it is (.csv, .tsv, .jsonl, "
        ".parquet).",
    )
    if not data.startswith(b"PK"):
        raise not_a_workbook
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            check_unpacked_size(path, parts, len(data))
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise not_a_workbook
            damaged_part = archive.testzip()  # also one that is longer than it claims
            if not damaged_part:
                check_parts(path, archive)
    except ZIP_ERRORS as error:
        raise CoderError(
            f"{path}: the workbook is cut off or damaged ({error})",
            "Open it in a spreadsheet and save it again, or get another copy.",
        ) from error
    if damaged_part:
        raise CoderError(
            f"{path}: the workbook is damaged in {damaged_part}",
            "Get another copy, or save it again.",
        )


# ---------------------------------------------------------------- the sheet


def _read_sheet(path: Path, data: bytes, wanted: str | None) -> WorkbookSheet:
    book = calamine.load_workbook(io.BytesIO(data))
    notes: list[str] = []
    if wanted is None:
        name, rows = _first_sheet_of_answers(path, book, notes)
    elif wanted in book.sheet_names:
        name, rows = wanted, _rows_of(book, wanted)
    else:
        names = list(book.sheet_names)
        raise CoderError(
            f"{path}: has no sheet named {wanted!r}", did_you_mean(wanted, names)
        )
    with suppress(ElementTree.ParseError):
        rows = _with_cells_replaced(rows, padded_numbers(data, name))
    formulas: dict[tuple[int, int], str] = {}
    with suppress(ElementTree.ParseError):
        formulas = formulas_without_result(data, name)
    if formulas:
        rows = _with_cells_replaced(rows, formulas)
        notes.append(
            f"{count(len(formulas), 'cell')} became a formula without a result, as text that "
            "begins with = or - does in a spreadsheet. The text as typed was kept."
        )
    ranges = book.get_sheet_by_name(name).merged_cell_ranges or []
    merged = [MergedCells(*first, *last) for first, last in ranges]
    return WorkbookSheet(name, rows, tuple(merged), tuple(notes))


def _rows_of(book: calamine.CalamineWorkbook, name: str) -> Sequence[Row]:
    sheet = book.get_sheet_by_name(name)
    rows: Sequence[Row] = sheet.to_python(skip_empty_area=False)
    return rows


def _first_sheet_of_answers(
    path: Path,
    book: calamine.CalamineWorkbook,
    notes: list[str],
) -> tuple[str, Sequence[Row]]:
    """Name and rows of the first visible sheet with much text; a note names the others."""
    rows_by_sheet: dict[str, Sequence[Row]] = {}
    for name in _visible_sheets(book):
        if book.get_sheet_by_name(name).height:
            rows_by_sheet[name] = _rows_of(book, name)
    if not rows_by_sheet:
        raise CoderError(
            f"{path}: every sheet is empty", "Name a workbook that contains comments."
        )
    characters = {name: _characters(rows) for name, rows in rows_by_sheet.items()}
    enough = LEAST_SHARE_OF_TEXT * max(characters.values())
    name = next(sheet for sheet in characters if characters[sheet] >= enough)
    others = [repr(other) for other in rows_by_sheet if other != name]
    if others:
        notes.append(
            f"Read the sheet {name!r}. The workbook also has {', '.join(others)}: choose one with "
            f"{option('sheet', 'NAME')}."
        )
    return name, rows_by_sheet[name]


def _visible_sheets(book: calamine.CalamineWorkbook) -> list[str]:
    """Names of the visible sheets; of all where none is visible."""
    visible = calamine.SheetVisibleEnum.Visible
    names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == visible]
    return names or list(book.sheet_names)


def _characters(rows: Sequence[Row]) -> int:
    """How much is written in a sheet's cells of text."""
    total = 0
    for row in rows:
        total += sum(len(cell) for cell in row if isinstance(cell, str))
    return total


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


# ---------------------------------------------------------------- the table


def table_of_sheet(
    path: Path,
    sheet: WorkbookSheet,
    header_rows: int | None = None,
) -> RawTable:
    """The table that a sheet holds, also one of another kind of workbook.

    Raises:
        CoderError: an empty sheet, or header only.
    """
    file = TableFile(
        path=path,
        format="xlsx",
        described=f"XLSX, sheet {sheet.name!r}",
        facts={"sheet": sheet.name},
        notes=sheet.notes,
        merged=sheet.merged,
        header_rows=header_rows,
        suspicious=False,
    )
    if not any(map(_holds_anything, sheet.rows)):
        raise CoderError(
            f"{path}: the sheet {sheet.name!r} is empty",
            f"Choose another with {option('sheet', 'NAME')}.",
        )
    return table_of_rows(file, numbered_rows(map(_texts, sheet.rows)))


def _holds_anything(row: Row) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in row)


def _texts(row: Row) -> list[str]:
    return [cell_text(cell) for cell in row]
