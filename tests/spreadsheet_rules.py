"""Checks of a workbook against the UK government's guidance on statistics in spreadsheets, and of
how it looks: no text cut, no word broken. Each check gives the faults that it found.

The rules are those of the Analysis Function's "Releasing statistics in spreadsheets" and its
checklist for accessible spreadsheets.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet
from PIL import ImageFont

FIRST = ("Cover", "Contents", "Notes")
SHORTHAND = re.compile(r"^\[[a-z]\]$")
MARKER = re.compile(r"\[note\s(\d+)\]")
# What programs call things, which no reader should meet.
RAW = re.compile(r"^(?:[a-z]+_[a-z_]+|TRUE|FALSE|True|False|nan|None|<NA>)$")
SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]")
A4, TALLEST, LONGEST_WORD = "9", 409, 40


def faults_of(path: Path) -> list[str]:
    """Everything in a workbook that breaks a rule, as `sheet: what`."""
    book = openpyxl.load_workbook(path)
    faults = list(_book_faults(book))
    for sheet in book.worksheets:
        for fault in (*_sheet_faults(sheet), *_table_faults(sheet), *_size_faults(sheet)):
            faults.append(f"{sheet.title}: {fault}")
    return faults


def table_of(sheet: Worksheet) -> Table:
    """The only table of a sheet."""
    (table,) = sheet.tables.values()
    return table


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    """The rows of a sheet's table by heading, without the markers of notes."""
    left, top, right, bottom = range_boundaries(table_of(sheet).ref)
    lines = sheet.iter_rows(top, bottom, left, right, values_only=True)
    head = [MARKER.sub("", str(value)).strip() for value in next(lines)]
    return [dict(zip(head, line, strict=True)) for line in lines]


def sheet_named(book: Workbook, ending: str) -> Worksheet:
    """The sheet whose name, after its number, is this."""
    (sheet,) = [sheet for sheet in book.worksheets if sheet.title.split(" ", 1)[-1] == ending]
    return sheet


# ---------------------------------------------------------------- the whole workbook


def _book_faults(book: Workbook) -> Iterator[str]:
    names = tuple(book.sheetnames)
    if names[:3] != FIRST:
        yield f"the first sheets are {names[:3]}"
    if not (book.properties.title and book.properties.language):
        yield "title or language is missing from the properties"
    if book.active is None or book.active.title != names[0]:
        yield "it does not open at its first sheet"
    cover = [str(cell.value) for cell in book["Cover"]["A"] if cell.value]
    for heading in ("Base", "Source"):
        if not any(line.endswith(heading) for line in cover):
            yield f"the cover does not state: {heading}"
    links = {cell.value for cell in book["Contents"]["A"] if cell.hyperlink}
    if links != set(names) - {"Cover", "Contents"}:
        yield f"the contents do not link every sheet: {set(names[2:]) ^ links}"
    tables = [table.name for sheet in book.worksheets for table in sheet.tables.values()]
    if len(set(tables)) != len(names) - 1:
        yield "the names of tables are not unique"
    yield from _note_faults(book)


def _note_faults(book: Workbook) -> Iterator[str]:
    """Markers and shorthand that are used are explained, and markers are in headings alone."""
    explained = {row["Note"] for row in rows_of(book["Notes"])}
    for sheet in book.worksheets[3:]:
        used = set()
        for row in sheet.iter_rows(values_only=True):
            for value in map(str, row):
                used |= {f"[note {number}]" for number in MARKER.findall(value)}
                used |= {value} if SHORTHAND.match(value) else set()
        if used - explained:
            yield f"{sheet.title}: not explained: {used - explained}"


# ---------------------------------------------------------------- a sheet


def _sheet_faults(sheet: Worksheet) -> Iterator[str]:
    if not sheet["A1"].value:
        yield "no title in A1"
    if sheet.sheet_state != "visible":
        yield "it is hidden"
    if sheet.merged_cells.ranges:
        yield "merged cells"
    if any(row.hidden for row in sheet.row_dimensions.values()):
        yield "hidden rows"
    if any(column.hidden for column in sheet.column_dimensions.values()):
        yield "hidden columns"
    if sheet._images or sheet._charts:
        yield "pictures"
    for cell in _filled(sheet):
        text = str(cell.value)
        if cell.fill.fill_type is not None:
            yield f"{cell.coordinate} has a background"
        if cell.data_type not in "sn":
            yield f"{cell.coordinate} is a {cell.data_type}"
        if SUPERSCRIPT.search(text) or cell.font.vertAlign:
            yield f"{cell.coordinate} has superscript"
        if (cell.font.sz or 0) < 12 or cell.font.name != "Arial":
            yield f"{cell.coordinate} is hard to read: {cell.font.name} {cell.font.sz}"
        if cell.hyperlink is not None and cell.hyperlink.target:
            yield f"{cell.coordinate} links out of the workbook"
    if str(sheet.page_setup.paperSize) != A4 or sheet.page_setup.orientation != "landscape":
        yield "it does not print on A4 on its side"
    if sheet.page_setup.scale not in (None, 100) or sheet.sheet_properties.pageSetUpPr.fitToPage:
        yield "it prints smaller than it is"


def _filled(sheet: Worksheet) -> Iterator[Cell]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                yield cell


# ---------------------------------------------------------------- its table


def _table_faults(sheet: Worksheet) -> Iterator[str]:
    if sheet.title == "Cover":
        return
    if len(sheet.tables) != 1:
        yield f"{len(sheet.tables)} tables"
        return
    table = table_of(sheet)
    left, top, right, bottom = range_boundaries(table.ref)
    if left != 1 or bottom != sheet.max_row or right != sheet.max_column:
        yield f"the table is not at the left and last: {table.ref}"
    if table.headerRowCount == 0 or table.autoFilter is not None:
        yield "the header is not marked, or has filter buttons"
    if (
        sheet.freeze_panes is None
        or openpyxl.utils.cell.coordinate_to_tuple(sheet.freeze_panes)[0] != top + 1
    ):
        yield "the header does not stay in sight"
    if sheet.print_title_rows != f"${top}:${top}":
        yield f"the header is not on every page: {sheet.print_title_rows}"
    for row in range(1, top):
        if sheet.cell(row, 1).value is None or sheet.cell(row, 2).value is not None:
            yield f"row {row} above the table is blank, or not in column A alone"
    head = [str(sheet.cell(top, column).value) for column in range(left, right + 1)]
    if len({heading.casefold() for heading in head}) != len(head):
        yield "two headings are alike"
    for row in sheet.iter_rows(top, bottom, left, right):
        for cell in row:
            if cell.value is None or not str(cell.value).strip():
                yield f"{cell.coordinate} is blank"
            elif RAW.match(str(cell.value)) and "Id" not in head[cell.column - 1]:
                yield f"{cell.coordinate} is for programs: {cell.value!r} under {head[cell.column - 1]!r}"
            yield from _setting_faults(cell, is_head=cell.row == top)


def _setting_faults(cell: Cell, *, is_head: bool) -> Iterator[str]:
    side = cell.alignment.horizontal
    if isinstance(cell.value, int | float) and (side != "right" or not cell.alignment.indent):
        yield f"{cell.coordinate}: a number that is not at the right with a space beside it"
    if isinstance(cell.value, str) and side not in ("left", "right") and not cell.hyperlink:
        yield f"{cell.coordinate}: neither left nor right"
    if isinstance(cell.value, str) and not is_head and not cell.alignment.wrap_text:
        is_short = len(cell.value) < 25
        if not (is_short or cell.hyperlink):
            yield f"{cell.coordinate}: text is not wrapped"


# ---------------------------------------------------------------- sizes


@cache
def _face(bold: bool, points: float) -> ImageFont.FreeTypeFont:
    """Liberation Sans, which is as wide as Arial, at a size on a screen."""
    face = "Bold" if bold else "Regular"
    try:
        return ImageFont.truetype(f"LiberationSans-{face}.ttf", round(points * 4 / 3))
    except OSError:
        pytest.skip("Liberation Sans is not installed")


def _room(sheet: Worksheet, cell: Cell) -> float:
    """Pixels that a cell has for its text: 9 for each digit, less its margin and indent."""
    for column in sheet.column_dimensions.values():  # one may stand for several alike
        if column.min <= cell.column <= column.max:
            return column.width * 9 - 5 - 9 * float(cell.alignment.indent or 0)
    raise AssertionError(f"{sheet.title}: no width for {cell.coordinate}")


def _size_faults(sheet: Worksheet) -> Iterator[str]:
    for cell in _filled(sheet):
        is_line = isinstance(cell.value, str) and not cell.alignment.wrap_text
        if is_line and cell.column == 1:
            continue  # above a table a line may run over the cells beside it
        text, font, room = (
            str(cell.value),
            _face(bool(cell.font.b), cell.font.sz),
            _room(sheet, cell),
        )
        if isinstance(cell.value, float):
            text = f"{cell.value:.1f}"
        for word in text.split():
            if room < font.getlength(word) <= LONGEST_WORD * 9:
                yield f"{cell.coordinate}: {word!r} is broken"
        height = sheet.row_dimensions[cell.row].height
        needed = 15 * _count_lines(text, font, room)
        if height is None or (height < needed and height < TALLEST):
            yield f"{cell.coordinate}: {needed} points of text in a row of {height}"


def _count_lines(text: str, font: ImageFont.FreeTypeFont, room: float) -> int:
    """Lines that a spreadsheet breaks a text into."""
    lines = 0
    for paragraph in text.split("\n"):
        current = ""
        lines += 1
        for word in paragraph.split(" "):
            longer = f"{current} {word}" if current else word
            if current and font.getlength(longer) > room:
                lines += 1
                longer = word
            while font.getlength(longer) > room:
                longer = longer[max(1, int(room / 9)) :]
                lines += 1
            current = longer
    return lines
