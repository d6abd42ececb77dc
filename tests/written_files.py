"""Small files of the formats that need more than a line to write: ODS, XLS, SAV, DTA."""

import datetime as dt
import struct
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import pandas as pd
import pyreadstat
import xlwt

Rows = Sequence[Sequence[object]]

NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
HIDDEN_STYLE = (
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


# ---------------------------------------------------------------- ODS


def ods_text(text: str) -> str:
    """Paragraphs as LibreOffice writes them: spaces, tabs and line breaks are elements."""
    paragraphs = []
    for line in text.split("\n"):
        marked = escape(line).replace("\t", "<text:tab/>").replace("\r", "&#13;")
        marked = marked.replace(" ", '<text:s text:c="1"/>')
        paragraphs.append(f"<text:p>{marked}</text:p>")
    return "".join(paragraphs)


def ods_cell(value: object) -> str:
    """A cell with its type, value and what is shown."""
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        return _ods_typed("boolean", "boolean-value", str(value).lower(), str(value).upper())
    if isinstance(value, (int, float)):
        return _ods_typed("float", "value", repr(value), str(value))
    if isinstance(value, (dt.date, dt.datetime)):
        return _ods_typed("date", "date-value", value.isoformat(), value.strftime("%d/%m/%y"))
    return f'<table:table-cell office:value-type="string">{ods_text(str(value))}</table:table-cell>'


def _ods_typed(kind: str, attribute: str, value: str, shown: str) -> str:
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def ods_sheet(name: str, rows: Rows, *, hidden: bool = False) -> str:
    """A sheet as LibreOffice writes it: with a million empty rows at the end."""
    style = ' table:style-name="hidden"' if hidden else ""
    lines = []
    for row in rows:
        cells = "".join(ods_cell(value) for value in row)
        lines.append(f"<table:table-row>{cells}</table:table-row>")
    return (
        f'<table:table table:name="{escape(name)}"{style}><table:table-column '
        f'table:number-columns-repeated="16384"/>{"".join(lines)}'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )


def write_ods(path: Path, *sheets: str) -> Path:
    """A workbook of these sheets, each the XML of a table."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMESPACES}>'
        f"<office:automatic-styles>{HIDDEN_STYLE}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return path


# ---------------------------------------------------------------- XLS


def write_xls(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = ()) -> Path:
    """A workbook of Excel 97; dates and times are shown as such."""
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        sheet.visibility = int(name in hidden)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, (dt.date, dt.datetime)):
                    sheet.write(row, column, value, day)
                elif value is not None:
                    sheet.write(row, column, value)
    book.save(str(path))
    return path


# ---------------------------------------------------------------- SAV and DTA


def write_sav(path: Path, table: pd.DataFrame, **options: object) -> Path:
    """A file of SPSS; `options` as pyreadstat takes them."""
    pyreadstat.write_sav(table, str(path), **options)
    return path


def with_weight(path: Path, place: int) -> None:
    """Switch the weight on in a file of SPSS: its variable at this place, from 1."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 76, place)
    path.write_bytes(bytes(data))


def with_extension(path: Path, subtype: int, content: bytes) -> None:
    """Add an extension record to a file of SPSS, before the record that ends the dictionary."""
    data = path.read_bytes()
    end = data.index(struct.pack("<ii", 999, 0))
    record = struct.pack("<iiii", 7, subtype, 1, len(content)) + content
    path.write_bytes(data[:end] + record + data[end:])
