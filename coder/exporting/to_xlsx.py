"""XLSX: numbered sheets, each with a table number, a title, a base line, the table and
footnotes.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from coder import files, tables
from coder.codebook import Codebook, Position, Theme
from coder.exporting.annex import technical_record
from coder.exporting.grid import (
    HIGHER,
    LOWER,
    Cell,
    Grid,
    GridColumn,
    Row,
    lay_out,
)
from coder.exporting.report_grids import (
    breakdown_grids,
    theme_grid,
)
from coder.private import scratch_folder
from coder.reporting.report import TECHNICAL_RECORD, Breakdown, Report
from coder.text import headed
from coder.workbook_cells import row_height

LONGEST = 32_767  # characters of a cell
LONGEST_NAME = 31  # characters of a sheet's name
NO_TIME = datetime(2000, 1, 1)
WARNING_COLOUR = "#B00020"
# What people wrote stays text, whatever it looks like.
AS_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
SUB_THEME = GridColumn("Sub-theme or position", "text", 30)
CODEBOOK_COLUMNS = tuple(
    GridColumn(heading, "text", width)
    for heading, width in (
        ("Theme id", 18),
        ("Position id", 12),
        ("Parent id", 14),
        ("Name", 34),
        ("Definition", 50),
        ("Includes", 40),
        ("Excludes", 40),
        ("Keywords", 40),
        ("Tags", 24),
    )
)

QUESTION_COLUMNS = (
    GridColumn("Question id", "text", 24),
    GridColumn("Question", "text", 60),
    GridColumn("Base", "text", 60),
)


def write(report: Report, path: Path) -> list[Path]:
    """Write the workbook."""
    with files.new_file(path) as temporary, scratch_folder() as scratch:
        workbook = Workbook(temporary, report, scratch)
        _write_sheets(workbook, report)
        workbook.close()
    return [path]


def write_several(reports: Mapping[str, Report], path: Path) -> None:
    """Write one workbook for several questions: a list of them, then the sheets of each.

    Args:
        reports: by the id of their question, one at least.
        path: of the workbook.
    """
    with files.new_file(path) as temporary, scratch_folder() as scratch:
        workbook = Workbook(temporary, next(iter(reports.values())), scratch)
        workbook.write_questions(reports)
        for question_id, report in reports.items():
            workbook.begin_question(question_id, report)
            _write_sheets(workbook, report)
        workbook.close()


def _write_sheets(workbook: "Workbook", report: Report) -> None:
    workbook.write_themes()
    for breakdown in report.breakdowns:
        workbook.write_breakdown(breakdown)
    for name, title, table, kind in _data_tables(report):
        workbook.write_data(name, title, table, kind)
    workbook.write_codebook()
    for breakdown in report.breakdowns:
        title = headed(breakdown.title, "figures, intervals and tests")
        workbook.write_data(
            f"Data by {breakdown.column}",
            title,
            breakdown.cells,
            tables.CELLS,
        )
    workbook.write_record()


def _data_tables(report: Report) -> list[tuple[str, str, pd.DataFrame, tables.Table]]:
    """Name and title of each data sheet, its table and the declaration of that."""
    sheets = []
    if report.waves is not None:
        sheets.append(
            ("Before and now", "Themes before and now", report.waves, tables.WAVES)
        )
    if report.agreement is not None:
        title = "Agreement of blind reviewers"
        sheets.append(("Agreement", title, report.agreement, tables.AGREEMENT))
    title = "Themes that comments carry together"
    sheets.append(("Together", title, report.together, tables.PAIRS))
    title = "Quotes with the comments that they come from"
    sheets.append(("Quotes", title, report.quotes, tables.QUOTES))
    title = "Comments received, excluded by reason and analysed"
    sheets.append(("Ledger", title, report.ledger, tables.LEDGER))
    return sheets


class Workbook:
    """The workbook of a report; its sheets are numbered in the order in which they are written."""

    def __init__(self, path: Path, report: Report, scratch: Path) -> None:
        self.report = report
        options = {**AS_TEXT, "tmpdir": str(scratch)}
        self._book = xlsxwriter.Workbook(str(path), options)
        # The same report gives the same bytes: no clock in the file.
        self._book.set_properties({"title": report.title, "created": NO_TIME})
        self._formats = _make_formats(self._book.add_format)
        self._sheets = 0
        self._question_id = ""

    def begin_question(self, question_id: str, report: Report) -> None:
        """The next sheets are of this question, and have its id in their names."""
        self._question_id = question_id
        self.report = report

    def write_questions(self, reports: Mapping[str, Report]) -> None:
        """The first sheet of several questions: what each asks, and its own bases."""
        sheet = self._add_sheet("Questions", "Questions of the survey")
        sheet.write_line(
            "Each question has answers and a base of its own. Nothing is added over questions."
        )
        rows = []
        for question_id, report in reports.items():
            rows.append(_text_row(question_id, report.question, report.base))
        sheet.write_table(Grid("", QUESTION_COLUMNS, tuple(rows)))

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def write_themes(self) -> None:
        """The theme table with descriptions and quotes, and the notes for readers and analysts."""
        report = self.report
        sheet = self._add_sheet("Themes", f"Themes in the comments: {report.title}")
        sheet.write_lines(report.notes.reader)
        sheet.write_line(f"Question: {report.question}" if report.question else "")
        sheet.write_line(report.base)
        sheet.write_table(_names_in_two_columns(theme_grid(report, "workbook")))
        sheet.write_lines(report.notes.analyst)

    def write_breakdown(self, breakdown: Breakdown) -> None:
        """The themes by the groups of a column, one table below the other for each route."""
        sheet = self._add_sheet(
            f"By {breakdown.column}", f"{breakdown.title}, per cent"
        )
        sheet.write_line(self.report.standing)
        sheet.write_line(self.report.base)
        routes = dict.fromkeys(breakdown.cells["route"])
        grids = breakdown_grids(self.report, breakdown)
        for route, grid in zip(routes, grids, strict=True):
            sheet.write_line(str(route))
            sheet.write_table(_names_indented(grid))
            sheet.write_lines(grid.notes)
        sheet.write_lines(breakdown.notes)

    def write_data(
        self,
        name: str,
        title: str,
        table: pd.DataFrame,
        kind: tables.Table,
    ) -> None:
        """Every column of a table, numbers unrounded."""
        sheet = self._add_sheet(name, title)
        sheet.write_line(self.report.base)
        sheet.write_table(lay_out(table, kind, audience="programs"))

    def write_codebook(self) -> None:
        """The codebook that the comments were coded with."""
        codebook = self.report.codebook
        title = f"Codebook: {codebook.title}, version {codebook.version}"
        sheet = self._add_sheet("Codebook", title)
        sheet.write_line(f"Fingerprint {codebook.fingerprint}")
        sheet.write_table(codebook_grid(codebook))

    def write_record(self) -> None:
        """The technical record."""
        sheet = self._add_sheet(TECHNICAL_RECORD, TECHNICAL_RECORD)
        sheet.write_lines(technical_record(self.report))

    def _add_sheet(self, name: str, title: str) -> "Sheet":
        self._sheets += 1
        number = f"I{self._sheets}"
        words = (number, self._question_id, name)
        page = self._book.add_worksheet(sheet_name(" ".join(filter(None, words))))
        warning = self.report.warning
        if warning:
            page.set_tab_color(WARNING_COLOUR)
            page.set_header(f"&C&B{warning}")
        return Sheet(page, self._formats, f"Table {number}. {title}", warning)


class Sheet:
    """One sheet: a title, lines of text and tables, each below the last."""

    def __init__(
        self,
        page: Any,
        formats: dict[str, Any],
        title: str,
        warning: str,
    ) -> None:
        self._page = page
        self._formats = formats
        self._row = 0
        self._has_table = False
        if warning:
            self._write_text(warning, "warning")
        self._write_text(title, "title")
        page.hide_gridlines(2)

    def write_line(self, text: str) -> None:
        """A line of text above or below a table; nothing for an empty one."""
        if text:
            self._write_text(text, "line")

    def write_lines(self, texts: Iterable[str]) -> None:
        """Lines of text."""
        for text in texts:
            self.write_line(text)

    def write_table(self, grid: Grid) -> None:
        """Header and rows; the header of the first table stays in sight."""
        widths = [column.width for column in grid.columns]
        self._row += 1
        self._write_head(grid, widths)
        if not self._has_table:
            self._page.freeze_panes(self._row + 1, 0)
        self._has_table = True
        for row in grid.rows:
            self._row += 1
            values = [cell.value for cell in row.cells]
            self._page.set_row(self._row, row_height(values, widths))
            for place, (cell, column) in enumerate(
                zip(row.cells, grid.columns, strict=True)
            ):
                self._write_cell(place, cell, column)
        self._page.set_landscape()
        self._page.set_paper(9)  # A4
        self._page.fit_to_pages(1, 0)
        self._row += 2

    def _write_text(self, text: str, format_name: str) -> None:
        self._page.write_string(
            self._row,
            0,
            text[:LONGEST],
            self._formats[format_name],
        )
        self._row += 1

    def _write_head(self, grid: Grid, widths: list[int]) -> None:
        for place, column in enumerate(grid.columns):
            self._page.write_string(
                self._row,
                place,
                column.heading,
                self._formats["head"],
            )
            self._page.set_column(place, place, column.width)
        self._page.set_row(self._row, row_height(grid.head, widths))

    def _write_cell(
        self,
        place: int,
        cell: Cell,
        column: GridColumn,
    ) -> None:
        value = cell.value
        if cell.mark == "hidden":
            self._page.write_string(
                self._row,
                place,
                cell.text,
                self._formats["hidden"],
            )
        elif value is None or pd.isna(value):
            self._page.write_blank(
                self._row,
                place,
                None,
                self._formats[column.kind],
            )
        elif isinstance(value, str):
            self._page.write_string(
                self._row,
                place,
                value[:LONGEST],
                self._formats["text"],
            )
        else:
            format_name = cell.mark or column.kind
            self._page.write_number(
                self._row,
                place,
                _without_noise(value),
                self._formats[format_name],
            )


def _without_noise(value: float) -> float:
    """The number in 12 digits: 7, not the 7.000000000000001 that arithmetic on 0.07 leaves."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def sheet_name(name: str) -> str:
    """A name that spreadsheets take: short, without the characters that they refuse."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]+", " ", name)[:LONGEST_NAME].rstrip(" '")


def _make_formats(add_format: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The formats of cells by kind of column, mark, or part of a sheet."""
    cell = {"text_wrap": True, "valign": "top"}
    head = {**cell, "bold": True, "bottom": 1, "bg_color": "#E7ECF3"}
    return {
        "warning": add_format(
            {"bold": True, "font_size": 14, "font_color": WARNING_COLOUR}
        ),
        "title": add_format({"bold": True, "font_size": 13}),
        "line": add_format({"italic": True, "font_color": "#404040"}),
        "head": add_format(head),
        "text": add_format({**cell, "num_format": "@"}),
        "range": add_format({**cell, "num_format": "@"}),
        "whole": add_format({**cell, "num_format": "#,##0"}),
        "tenth": add_format({**cell, "num_format": "0.0"}),
        "percent": add_format({**cell, "num_format": _percent_format("")}),
        "higher": add_format({**cell, "num_format": _percent_format(f" {HIGHER}")}),
        "lower": add_format({**cell, "num_format": _percent_format(f" {LOWER}")}),
        "fine": add_format({**cell, "num_format": "0.000"}),
        "hidden": add_format({**cell, "align": "right", "font_color": "#404040"}),
    }


def _percent_format(mark: str) -> str:
    """Whole per cents that stay numbers: `<1%` under one, and a mark where a group differs."""
    return f'[=0]"0%{mark}";[<1]"<1%{mark}";0"%{mark}"'


def _names_in_two_columns(grid: Grid) -> Grid:
    """Main themes in one column, what stands under them in the next, so that both can be
    filtered.
    """
    place = grid.name_column
    rows = []
    for row in grid.rows:
        name = row.cells[place]
        main, sub = name, Cell("", "")
        if row.parent:
            main, sub = Cell(row.parent, row.parent), name
        cells = (*row.cells[:place], main, sub, *row.cells[place + 1 :])
        rows.append(replace(row, cells=cells))
    columns = (*grid.columns[: place + 1], SUB_THEME, *grid.columns[place + 1 :])
    return replace(grid, columns=columns, rows=tuple(rows))


def _names_indented(grid: Grid) -> Grid:
    rows = []
    for row in grid.rows:
        name = "    " * row.depth + row.cells[0].text
        rows.append(replace(row, cells=(Cell(name, name), *row.cells[1:])))
    return replace(grid, rows=tuple(rows))


def codebook_grid(codebook: Codebook) -> Grid:
    """The themes and positions that are in use, with everything that says what belongs to them."""
    rows = []
    for theme, parent_id, _ in codebook.nodes:
        if theme.retired:
            continue
        rows.append(_theme_row(theme, parent_id))
        for position in theme.positions:
            rows.append(_position_row(theme, position, parent_id))
    return Grid("Codebook", CODEBOOK_COLUMNS, tuple(rows))


def _theme_row(theme: Theme, parent_id: str) -> Row:
    lists = (theme.includes, theme.excludes, theme.keywords, theme.tags)
    joined = ["; ".join(words) for words in lists]
    return _text_row(
        theme.id,
        "",
        parent_id,
        theme.name,
        theme.definition,
        *joined,
    )


def _position_row(
    theme: Theme,
    position: Position,
    parent_id: str,
) -> Row:
    keywords = "; ".join(position.keywords)
    return _text_row(
        theme.id,
        position.id,
        parent_id,
        position.name,
        position.definition,
        "",
        "",
        keywords,
        "",
    )


def _text_row(*texts: str) -> Row:
    return Row(tuple(Cell(text, text) for text in texts))
