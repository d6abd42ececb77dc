"""ODS, the workbooks of LibreOffice: what a cell shows, as text.

The layout is described in the OASIS standard "Open Document Format for Office Applications",
part 3. The file is parsed here because the general library drops tabs and line breaks in cells.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from coder.errors import CoderError, shortened
from coder.library_errors import reason_of
from coder.limits import limits
from coder.reading.formats.cell_text import cell_text
from coder.reading.formats.workbook import Sheet, table_of_workbook
from coder.reading.layout_rows import MergedCells
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable, empty_file_error
from coder.workbook_size import ZIP_ERRORS, check_unpacked_size

NAMESPACE = "{{urn:oasis:names:tc:opendocument:xmlns:{}:1.0}}"
OFFICE = NAMESPACE.format("office")
TABLE = NAMESPACE.format("table")
TEXT = NAMESPACE.format("text")
STYLE = NAMESPACE.format("style")
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
PARAGRAPHS = (f"{TEXT}p", f"{TEXT}h")
# Inside a cell, but not what it says.
NOTES = (f"{OFFICE}annotation", f"{TEXT}note")
NUMBERS = ("float", "percentage", "currency")
TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
MIDNIGHT = "T00:00:00"
PADDED = re.compile(r"0\d{1,29}")
MOST_ROWS = 1_048_576
CONTENT = "content.xml"
ENCRYPTED = b"encryption-data"
DAMAGED = (*ZIP_ERRORS, LookupError, ElementTree.ParseError)


def load(path: Path, options: FileOptions) -> RawTable:
    """Read one sheet of a workbook: `options.sheet`, or the first visible one with much text.

    Raises:
        CoderError: no workbook, damaged, suspiciously large, protected, no such sheet, or the
            sheet is no table.
    """
    size = path.stat().st_size
    if not size:
        raise empty_file_error(path)
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked_size(path, archive.infolist(), size)
            _check_package(path, archive)
            with archive.open(CONTENT) as content:
                sheets = _sheets(path, content)
    except DAMAGED as error:
        raise CoderError(
            f"{path}: is no ODS workbook, or cut off or damaged ({reason_of(error)})",
            "Open it in a spreadsheet and save it again, or get another copy.",
        ) from error
    return table_of_workbook(path, "ODS", sheets, options)


def _check_package(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise `CoderError` where the archive is no workbook, damaged, or protected."""
    names = archive.namelist()
    # Later LibreOffice puts the whole workbook into one encrypted part.
    manifest = "META-INF/manifest.xml"
    if manifest in names and ENCRYPTED in archive.read(manifest):
        raise CoderError(
            f"{path}: is protected by a password", "Save it without a password."
        )
    if CONTENT not in names:
        raise CoderError(
            f"{path}: is not an ODS workbook, although its name says so",
            "Save it as ODS from a spreadsheet, or rename it to what it is (.xlsx, .csv).",
        )
    damaged_part = archive.testzip()
    if damaged_part:
        raise zipfile.BadZipFile(f"damaged in {damaged_part}")


# ---------------------------------------------------------------- sheets


def _sheets(path: Path, content: IO[bytes]) -> list[Sheet]:
    """All sheets of the workbook's content."""
    sheets: list[Sheet] = []
    hidden_styles: set[str] = set()
    parents: list[ElementTree.Element] = []
    current: _SheetRows | None = None
    depth = 0  # of the sheet, since a table may stand inside a cell
    # Entities are not resolved beyond a harmless size by this parser.
    for event, element in ElementTree.iterparse(content, ("start", "end")):  # noqa: S314
        if event == "start":
            parents.append(element)
            if element.tag == f"{TABLE}table" and current is None:
                current = _SheetRows(path, element)
                depth = len(parents)
            continue
        parents.pop()
        is_outside = len(parents) < depth
        if element.tag == f"{STYLE}style" and _hides(element):
            hidden_styles.add(element.get(f"{STYLE}name", ""))
        elif element.tag == f"{TABLE}table-row" and current is not None:
            current.add(element)
            parents[-1].clear()  # so that rows that were read are not kept
        elif current is not None and is_outside:
            sheets.append(current.sheet(hidden_styles))
            current = None
    return sheets


def _hides(style: ElementTree.Element) -> bool:
    properties = style.find(f"{STYLE}table-properties")
    return properties is not None and properties.get(f"{TABLE}display") == "false"


class _SheetRows:
    """Takes the rows of a sheet; empty ones after the last that holds anything are dropped."""

    def __init__(self, path: Path, table: ElementTree.Element) -> None:
        self._path = path
        self._name = table.get(f"{TABLE}name", "")
        self._style = table.get(f"{TABLE}style-name", "")
        self._rows: list[list[object]] = []
        self._merged: list[MergedCells] = []
        self._empty = 0  # rows since the last that holds anything
        self._cells = 0

    def add(self, row: ElementTree.Element) -> None:
        times = _times(row, "number-rows-repeated")
        cells = self._cells_of(row)
        if not cells:
            self._empty += times
            return
        self._cells += times * len(cells)
        rows = len(self._rows) + self._empty + times
        if self._cells > limits().cells or rows > MOST_ROWS:
            sheet = repr(shortened(self._name))
            raise CoderError(
                f"{self._path}: the sheet {sheet} has more cells than a survey, so it was not read",
                "If the workbook is genuine, save the sheet as CSV.",
            )
        self._rows.extend([[]] * self._empty)
        self._rows.extend([cells] * times)
        self._empty = 0

    def _cells_of(self, row: ElementTree.Element) -> list[object]:
        """The row's values up to the last that is not empty."""
        cells: list[object] = []
        empty = 0
        for cell in row:
            if cell.tag not in CELLS:
                continue
            times = _times(cell, "number-columns-repeated")
            self._note_merged(cell, len(cells) + empty)
            value = _value(cell)
            if value == "":
                empty += times
                continue
            if len(cells) + empty + times > limits().columns:
                times = 1
                self._cells = limits().cells
            cells.extend([""] * empty)
            cells.extend([value] * times)
            empty = 0
        return cells

    def _note_merged(self, cell: ElementTree.Element, column: int) -> None:
        columns = _times(cell, "number-columns-spanned")
        rows = _times(cell, "number-rows-spanned")
        if columns > 1 or rows > 1:
            first = len(self._rows) + self._empty
            last, last_column = first + rows - 1, column + columns - 1
            self._merged.append(MergedCells(first, column, last, last_column))

    def sheet(self, hidden_styles: set[str]) -> Sheet:
        """The sheet, after its last row."""
        is_visible = self._style not in hidden_styles
        return Sheet(self._name, self._rows, is_visible, tuple(self._merged))


def _times(element: ElementTree.Element, attribute: str) -> int:
    """How often a cell or row is repeated, or how far it reaches; at least 1."""
    return max(1, int(element.get(f"{TABLE}{attribute}", "1")))


# ---------------------------------------------------------------- cells


def _value(cell: ElementTree.Element) -> object:
    """What a cell shows: text, a number, a date as ISO 8601, `TRUE`; the empty string for none."""
    kind = cell.get(f"{OFFICE}value-type", "")
    if kind in NUMBERS:
        return _number(cell)
    if kind == "date":
        return cell.get(f"{OFFICE}date-value", "").removesuffix(MIDNIGHT)
    if kind == "time":
        return _time_text(cell.get(f"{OFFICE}time-value", ""))
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value", "").upper()
    shown = "\n".join(_paragraphs(cell))
    return shown or cell.get(f"{OFFICE}string-value", "")


def _number(cell: ElementTree.Element) -> object:
    """A number; as text where it is shown with zeros before it, or has more digits than a number
    holds.
    """
    written = cell.get(f"{OFFICE}value", "")
    shown = "".join(_paragraphs(cell))
    if PADDED.fullmatch(shown) and shown.lstrip("0") == written.lstrip("0"):
        return shown
    try:
        number = float(written)
    except ValueError:
        return written or shown
    if "e" in written.lower() or cell_text(number) == written:
        return number
    return written


def _time_text(written: str) -> str:
    """A time of day or a duration such as `PT12H30M00S` as `12:30:00`."""
    parts = TIME.fullmatch(written)
    if parts is None:
        return written
    hours, minutes, seconds = parts.groups()
    return f"{hours:0>2}:{minutes:0>2}:{seconds:0>2}"


def _paragraphs(element: ElementTree.Element) -> Iterator[str]:
    """The text of each paragraph in a cell, those of lists too; not of notes on it."""
    for child in element:
        if child.tag in PARAGRAPHS:
            yield "".join(_pieces(child))
        elif child.tag not in NOTES:
            yield from _paragraphs(child)


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    """The text inside an element, with its spaces, tabs and line breaks."""
    if element.tag == f"{TEXT}s":
        yield " " * _spaces(element)
    elif element.tag == f"{TEXT}tab":
        yield "\t"
    elif element.tag == f"{TEXT}line-break":
        yield "\n"
    elif element.tag not in NOTES:
        yield element.text or ""
        for child in element:
            yield from _pieces(child)
            yield child.tail or ""


def _spaces(element: ElementTree.Element) -> int:
    """How many spaces an element stands for; a number beyond a cell's length is damage."""
    spaces = int(element.get(f"{TEXT}c", "1"))
    if not 0 < spaces <= 100_000:
        raise ValueError(f"{spaces} spaces")
    return spaces
