"""XLSX cells: what they hold besides their values when read, and the height that text needs
when written.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from math import ceil
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PROSE = re.compile(
    r"[^\W\d_]{2,} [^\W\d_]{2,}"
)  # two words in a row, which no working formula has
QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
ZEROS = re.compile(r"0{2,30}$")  # a number format that only adds zeros before a number
Place = tuple[int, int]  # row and column, from 0
# In the XML of a sheet: the name of a cell, and of one so far from the first that room matters.
CELL_NAME = re.compile(rb"""\br=["']([A-Z]{1,20})([0-9]{1,30})""")
FAR_CELL = re.compile(rb"""\br=["'](?:[A-Z]{3}|[A-Z]{1,2}[0-9]{6})""")
CELL = re.compile(r"([A-Z]{1,3})([0-9]+)$")


def formulas_without_result(data: bytes, sheet: str) -> dict[Place, str]:
    """Row and column (from 0) of cells whose formula has no result or an error, and what was typed
    there.

    A spreadsheet takes "=more police" or "- more police" for a formula and shows #NAME?, a
    program that writes one may put 0 for its result: the comment is then nowhere but in the
    formula.

    Args:
        data: an XLSX workbook whose unpacked size was looked at; of any other nothing is found.
        sheet: its name.

    Raises:
        ElementTree.ParseError: the sheet is no XML.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _part_of(archive, sheet)
        content = archive.read(part) if part else b""
    if b"<f" not in content:
        return {}
    formulas: dict[Place, str] = {}
    for place, element in _cells(content):
        formula = element.findtext(f"{MAIN}f")
        if formula and _has_no_result(element, formula):
            formulas[place] = f"={formula}"
    return formulas


def _has_no_result(cell: ElementTree.Element, formula: str) -> bool:
    result = cell.findtext(f"{MAIN}v")
    if not result or cell.get("t") == "e":
        return True
    return result == "0" and bool(PROSE.search(QUOTED.sub("", formula)))


def padded_numbers(data: bytes, sheet: str) -> dict[Place, str]:
    """Row and column (from 0) of cells whose number format adds zeros before it (7 shown as 007),
    and that text.

    Args:
        data: an XLSX workbook whose unpacked size was looked at.
        sheet: its name.

    Raises:
        ElementTree.ParseError: the sheet or the styles are no XML.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _part_of(archive, sheet)
        if not part or "xl/styles.xml" not in archive.namelist():
            return {}
        digits_of_style = _digits_of_styles(archive.read("xl/styles.xml"))
        if not digits_of_style:
            return {}
        content = archive.read(part)
    padded: dict[Place, str] = {}
    for place, element in _cells(content):
        value = element.findtext(f"{MAIN}v") or ""
        digits = digits_of_style.get(str(element.get("s")), 0)
        is_whole_number = (
            element.get("t", "n") == "n" and value.isascii() and value.isdigit()
        )
        if is_whole_number and len(value) < digits:
            padded[place] = value.zfill(digits)
    return padded


def cells_spanned(sheet: bytes) -> int:
    """How many cells lie between the first cell of a sheet and its last row and column.

    A library that reads a sheet makes room for all of them, however few hold anything.

    Args:
        sheet: the XML of the sheet.
    """
    if not FAR_CELL.search(sheet):
        return 0
    last_row, last_column = 1, 1
    for letters, digits in CELL_NAME.findall(sheet):
        last_row = max(last_row, int(digits))
        last_column = max(last_column, _column_number(letters.decode()) + 1)
    return last_row * last_column


def _digits_of_styles(content: bytes) -> dict[str, int]:
    """Number of a cell style to the digits that its number format fills up with zeros."""
    styles = _root(content)
    digits_of_format: dict[str | None, int] = {}
    for number_format in styles.iter(f"{MAIN}numFmt"):
        code = str(number_format.get("formatCode"))
        if ZEROS.match(code):
            digits_of_format[number_format.get("numFmtId")] = len(code)
    digits_of_style: dict[str, int] = {}
    cell_styles = styles.find(f"{MAIN}cellXfs")
    if cell_styles is None:
        return digits_of_style
    for number, style in enumerate(cell_styles):
        digits = digits_of_format.get(style.get("numFmtId"))
        if digits:
            digits_of_style[str(number)] = digits
    return digits_of_style


def _cells(content: bytes) -> Iterator[tuple[Place, ElementTree.Element]]:
    """The cells of a sheet with their row and column, from 0; each is emptied when the next is
    asked for.
    """
    for element in _elements(content):
        if element.tag == f"{MAIN}c":
            place = CELL.match(element.get("r", ""))
            if place:
                yield (int(place[2]) - 1, _column_number(place[1])), element
            element.clear()


def _elements(content: bytes) -> Iterator[ElementTree.Element]:
    """The elements of a part, each after those inside it."""
    # Entities are not resolved by this parser, and the size was checked before.
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(content)):  # noqa: S314
            yield element
    except (LookupError, ValueError) as error:  # an encoding that does not exist
        raise ElementTree.ParseError(str(error)) from error


def _root(content: bytes) -> ElementTree.Element:
    """The part's root. Raises `ElementTree.ParseError` where it is no XML."""
    try:
        return ElementTree.fromstring(content)  # noqa: S314  # entities are not resolved
    except (LookupError, ValueError) as error:
        raise ElementTree.ParseError(str(error)) from error


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where in the workbook a sheet lies; empty where that cannot be told."""
    try:
        book = _root(archive.read("xl/workbook.xml"))
        links = _root(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return ""
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for element in book.iter(f"{MAIN}sheet"):
        if element.get("name") == sheet:
            target = targets.get(element.get(LINK), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in archive.namelist() else ""
    return ""


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def row_height(line: Sequence[object], widths: Sequence[float]) -> float:
    """Points that a row needs for its longest wrapped cell: not every program works that out on
    opening.
    """
    most = 1
    for value, width in zip(line, widths, strict=True):
        if isinstance(value, str):
            wrapped = [
                max(1, ceil(len(part) / (width * 0.95))) for part in value.split("\n")
            ]
            most = max(most, sum(wrapped))
    return min(409.0, 15.0 * most)
