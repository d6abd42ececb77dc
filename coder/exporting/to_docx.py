"""DOCX: tables and paragraphs ready to paste into a report, in Word's own styles and headings."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from coder import files
from coder.exporting.annex import annex
from coder.exporting.document import (
    Block,
    Bullets,
    Document,
    Quotation,
    TableBlock,
    Text,
)
from coder.exporting.grid import Grid, Row
from coder.exporting.optional import import_library
from coder.exporting.zips import without_clock
from coder.reporting.report import Report
from coder.text import visible

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 29.7, 21.0, 2.0  # centimetres: landscape A4
TABLE_WIDTH = 25.6
WIDEST_WORDS, NARROWEST_WORDS, WIDEST_NUMBER = 12.0, 5.0, 2.6
INDENT = 0.6
HEAD_FILL = "E7ECF3"
WARNING_COLOUR = "B00020"
NO_TIME = datetime(2000, 1, 1)


def write(report: Report, path: Path) -> list[Path]:
    """Write the annex. Raises `CoderError` where python-docx is not installed."""
    return write_document(annex(report), path)


def write_document(source: Document, path: Path) -> list[Path]:
    """Write any document. Raises `CoderError` where python-docx is not installed."""
    docx = import_library("docx", "word", "A Word document")
    document = docx.Document()
    _set_up(document, source)
    _add_head(document, source)
    numbers = (f"Table {number}" for number in count(1))
    for level, part in source.walk():
        document.add_heading(visible(part.title), level=level)
        for block in part.blocks:
            _add_block(document, block, numbers)
    with files.new_file(path) as temporary:
        document.save(str(temporary))
        without_clock(temporary)
    return [path]


def _set_up(document: Any, source: Document) -> None:
    """Landscape A4 with narrow margins, the language, and properties without a clock."""
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width = Cm(PAGE_WIDTH)
    section.page_height = Cm(PAGE_HEIGHT)
    section.left_margin = section.right_margin = Cm(MARGIN)
    section.top_margin = section.bottom_margin = Cm(MARGIN)
    if source.warning:
        _add_warning(section.header.paragraphs[0], source.warning)
    normal = document.styles["Normal"]
    normal.font.name = "Calibri"
    normal.font.size = Pt(11)
    run_properties = normal.element.get_or_add_rPr()
    language = {qn("w:val"): source.language}
    run_properties.append(run_properties.makeelement(qn("w:lang"), language))
    properties = document.core_properties
    properties.title = visible(source.title)
    properties.author = "coder"
    properties.comments = visible(source.base)
    properties.created = properties.modified = NO_TIME
    properties.language = source.language


def _add_warning(paragraph: Any, warning: str) -> None:
    """A line that nobody overlooks."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(visible(warning))
    run.bold = True
    run.font.size = Pt(14)
    run.font.color.rgb = RGBColor.from_string(WARNING_COLOUR)


def _add_head(document: Any, source: Document) -> None:
    if source.warning:
        _add_warning(document.add_paragraph(), source.warning)
    document.add_heading(visible(source.title), level=0)
    for block in source.head:
        _add_block(document, block, iter(()))


def _add_block(
    document: Any,
    block: Block,
    numbers: Iterator[str],
) -> None:
    """Add one block; comments in full are left to the page."""
    if isinstance(block, Text):
        run = document.add_paragraph().add_run(visible(block.text))
        run.bold = block.role in ("standing", "base")
    elif isinstance(block, Bullets):
        for item in block.items:
            document.add_paragraph(visible(item), style="List Bullet")
    elif isinstance(block, Quotation):
        paragraph = document.add_paragraph(style="Quote")
        paragraph.add_run(visible(f"“{block.text}”"))
        paragraph.add_run(visible(f" ({block.origin})")).italic = False
    elif isinstance(block, TableBlock):
        _add_table(document, block.grid, numbers)


def _add_table(
    document: Any,
    grid: Grid,
    numbers: Iterator[str],
) -> None:
    """Caption above, header row that repeats on each page, numbers to the right."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    caption = document.add_paragraph(
        f"{next(numbers)}. {visible(grid.caption)}", style="Caption"
    )
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(
        rows=1,
        cols=len(grid.columns),
        style="Table Grid",
    )
    table.autofit = False
    widths = _widths(grid)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    head = table.rows[0]
    _set_row_property(head, qn("w:tblHeader"))
    _fill_row(head, grid, grid.head, widths)
    for cell in head.cells:
        _make_head(cell)
    for row in grid.rows:
        line = table.add_row()
        _fill_row(line, grid, row.texts, widths)
        _indent_name(line, grid, row)
    for note in grid.notes:
        document.add_paragraph(visible(note)).runs[0].italic = True
    document.add_paragraph()


def _set_row_property(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(name, {}))


def _fill_row(
    row: Any,
    grid: Grid,
    texts: tuple[str, ...],
    widths: list[float],
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    _set_row_property(row, qn("w:cantSplit"))
    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = Cm(widths[place])
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(visible(text))
        run.font.size = Pt(9)
        run.bold = False
        if not grid.columns[place].is_text:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _make_head(cell: Any) -> None:
    from docx.oxml.ns import qn

    cell.paragraphs[0].runs[0].bold = True
    properties = cell._tc.get_or_add_tcPr()
    shade = {qn("w:val"): "clear", qn("w:fill"): HEAD_FILL}
    properties.append(properties.makeelement(qn("w:shd"), shade))


def _indent_name(line: Any, grid: Grid, row: Row) -> None:
    """Indent the name of a sub-theme or position."""
    from docx.shared import Cm

    if row.depth:
        paragraph = line.cells[grid.name_column].paragraphs[0]
        paragraph.paragraph_format.left_indent = Cm(INDENT * row.depth)


def _widths(grid: Grid) -> list[float]:
    """Centimetres of each column: words take what numbers leave."""
    wordy = sum(column.is_text for column in grid.columns)
    numeric = len(grid.columns) - wordy
    narrow = min(
        WIDEST_NUMBER, (TABLE_WIDTH - NARROWEST_WORDS * wordy) / max(1, numeric)
    )
    wide = min(WIDEST_WORDS, (TABLE_WIDTH - narrow * numeric) / wordy)
    return [wide if column.is_text else narrow for column in grid.columns]
