"""DOCX: a table and paragraphs that a report can take over, in Word's own styles and headings."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from coder import files
from coder.exporting.grid import (
    Grid,
    breakdown_grids,
    breakdown_notes,
    full_name,
    ledger_grid,
    quoted_rows,
    theme_grid,
    together_grid,
    waves_grid,
)
from coder.exporting.needs import library
from coder.exporting.zips import without_clock
from coder.reporting.report import Report
from coder.reporting.sentences import theme_sentence
from coder.text import visible


def write(report: Report, path: Path) -> list[Path]:
    """Write the document. Raises `CoderError` where python-docx is not installed."""
    docx = library("docx", "word", "A Word document")
    document = docx.Document()
    _set_up(document, report)
    document.add_heading(visible(report.title), level=0)
    document.add_paragraph(visible(report.standing)).runs[0].bold = True
    if report.question:
        document.add_paragraph(visible(report.question))
    document.add_paragraph(visible(report.base)).runs[0].bold = True
    number = _numbers()
    document.add_heading("Themes", level=1)
    _table(document, theme_grid(report), next(number))
    _themes(document, report)
    for breakdown in report.breakdowns:
        document.add_heading(visible(breakdown.title), level=1)
        for grid in breakdown_grids(report, breakdown):
            _table(document, grid, next(number))
    waves = waves_grid(report)
    if waves:
        document.add_heading("Before and now", level=1)
        _table(document, waves, next(number))
    if len(report.together):
        document.add_heading("Themes that go together", level=1)
        _table(document, together_grid(report), next(number))
    document.add_heading("Comments received, excluded and analysed", level=1)
    _table(document, ledger_grid(report), next(number))
    document.add_heading("Notes", level=1)
    for note in (*report.notes, *breakdown_notes(report)):
        document.add_paragraph(visible(note), style="List Bullet")
    with files.new_file(path) as temporary:
        document.save(str(temporary))
        without_clock(temporary)
    return [path]


def _numbers() -> Any:
    from itertools import count

    return (f"Table {number}" for number in count(1))


def _set_up(document: Any, report: Report) -> None:
    """Landscape A4 with narrow margins, the language, and properties without a clock."""
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(
        2.0
    )
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    language = normal.element.get_or_add_rPr().makeelement(
        qn("w:lang"), {qn("w:val"): report.codebook.language}
    )
    normal.element.get_or_add_rPr().append(language)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = (
        visible(report.title),
        "coder",
        visible(report.base),
    )
    properties.created = properties.modified = datetime(2000, 1, 1)
    properties.language = report.codebook.language


def _table(document: Any, grid: Grid, number: str) -> None:
    """Caption above, header row that repeats on each page, numbers to the right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    caption = document.add_paragraph(f"{number}. {visible(grid.caption)}", style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(grid.head), style="Table Grid")
    table.autofit = False
    widths = _widths(grid, 25.6)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))
    lines: Sequence[tuple[str, ...]] = (grid.head, *grid.rows)
    depths = (0, *grid.depth)
    for at, (line, depth) in enumerate(zip(lines, depths, strict=True)):
        row = table.rows[0] if at == 0 else table.add_row()
        cut = row._tr.get_or_add_trPr()
        cut.append(cut.makeelement(qn("w:cantSplit"), {}))
        for column, (cell, value) in enumerate(zip(row.cells, line, strict=True)):
            cell.width = Cm(widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(visible(value))
            run.font.size = Pt(9)
            run.bold = at == 0
            if at == 0:
                shade = cell._tc.get_or_add_tcPr()
                shade.append(
                    shade.makeelement(qn("w:shd"), {qn("w:val"): "clear", qn("w:fill"): "E7ECF3"})
                )
            if column not in grid.left:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            elif depth and column == min(grid.left):
                paragraph.paragraph_format.left_indent = Cm(0.6 * depth)
    for note in grid.notes:
        document.add_paragraph(visible(note)).runs[0].italic = True
    document.add_paragraph()


def _widths(grid: Grid, whole: float) -> list[float]:
    """Centimetres of each column: words take what numbers leave, at least 5."""
    wordy = max(1, len(grid.left))
    narrow = min(2.6, (whole - 5.0 * wordy) / max(1, len(grid.head) - wordy))
    wide = (whole - narrow * (len(grid.head) - wordy)) / wordy
    return [min(wide, 12.0) if at in grid.left else narrow for at in range(len(grid.head))]


def _themes(document: Any, report: Report) -> None:
    """Each row of the table: what it is, how often, and its quotes."""
    quotes = {row.key: row.quotes for row in quoted_rows(report)}
    for row in report.themes.to_dict(orient="records"):
        under = bool(row["position_id"] or row["parent_id"])
        document.add_heading(visible(full_name(report, row)), level=3 if under else 2)
        if row["description"]:
            document.add_paragraph(visible(str(row["description"])))
        document.add_paragraph(visible(theme_sentence(report, row)))
        for said, source, comment_id in quotes.get((row["theme_id"], row["position_id"]), ()):
            paragraph = document.add_paragraph(style="Quote")
            paragraph.add_run(visible(f"“{said}”"))
            paragraph.add_run(visible(f" ({source}, {comment_id})")).italic = False
