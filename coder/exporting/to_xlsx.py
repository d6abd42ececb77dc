"""XLSX: numbered sheets, each with a table number, a title, a base line, the table and footnotes."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from coder import files
from coder.exporting.grid import HIDDEN, HIGHER, LOWER, breakdown_grids
from coder.reporting.figures import format_interval, format_rank_range, round_half_up
from coder.reporting.report import Breakdown, Report
from coder.workbook_cells import row_height

LONGEST = 32_767  # characters of a cell
Cell = str | int | float | None
SHOWN = {"higher": "higher", "lower": "lower"}  # what a significant difference is shown by


class Sheet:
    """One numbered table on a sheet of its own."""

    def __init__(
        self, book: Any, formats: dict[str, Any], number: str, name: str, title: str
    ) -> None:
        self.page = book.add_worksheet(sheet_name(f"{number} {name}"))
        self.formats = formats
        self.row = 0
        self.tables = 0
        self.title = f"Table {number}. {title}"
        self._line(self.title, "title")
        self.page.hide_gridlines(2)

    def _line(self, text: str, kind: str) -> None:
        self.page.write_string(self.row, 0, text[:LONGEST], self.formats[kind])
        self.row += 1

    def line(self, text: str) -> None:
        """A line of text above or below the table."""
        if text:
            self._line(text, "line")

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        widths: Sequence[float],
        kinds: Sequence[str],
    ) -> None:
        """Header and rows; `kinds` names the format of each column: text, whole, tenth, share."""
        self.row += 1
        top = self.row
        for column, (name, width) in enumerate(zip(head, widths, strict=True)):
            self.page.write_string(top, column, name, self.formats["head"])
            self.page.set_column(column, column, width)
        self.page.set_row(top, row_height(head, widths))
        for line in rows:
            self.row += 1
            self.page.set_row(self.row, row_height(line, widths))
            for column, (value, kind) in enumerate(zip(line, kinds, strict=True)):
                self._cell(column, value, kind)
        if self.tables == 0:
            self.page.freeze_panes(top + 1, 0)
        self.tables += 1
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.row += 2

    def shares(
        self, head: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[float, str]]]]
    ) -> None:
        """A table of whole per cents: a name, then (per cent, format) for each group."""
        widths = [44.0, *(13.0 for _ in head[1:])]
        self.table(head, [], widths, [])
        self.row -= 2
        for name, cells in rows:
            self.row += 1
            self.page.set_row(self.row, row_height([name], widths[:1]))
            self._cell(0, name, "text")
            for column, (value, kind) in enumerate(cells, start=1):
                if kind == "hidden":
                    self.page.write_string(self.row, column, HIDDEN, self.formats["hidden"])
                else:
                    self._cell(column, value, kind)
        self.row += 2

    def _cell(self, column: int, value: Cell, kind: str) -> None:
        if value is None or value != value:
            self.page.write_blank(self.row, column, None, self.formats[kind])
        elif isinstance(value, str):
            self.page.write_string(self.row, column, value[:LONGEST], self.formats["text"])
        else:
            self.page.write_number(self.row, column, value, self.formats[kind])


def sheet_name(name: str) -> str:
    """At most 31 characters, without those that no spreadsheet takes there; its number keeps it apart from others."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]+", " ", name)[:31].rstrip(" '")


def write(report: Report, path: Path) -> list[Path]:
    """Write the workbook."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with files.new_file(path) as temporary:
        book = xlsxwriter.Workbook(str(temporary), options)
        book.set_properties({"title": report.title, "comments": report.base})
        # The same report gives the same bytes: no clock in the file.
        from datetime import datetime

        book.set_properties({"title": report.title, "created": datetime(2000, 1, 1)})
        formats = _formats(book)
        _themes(book, formats, report)
        number = 2
        for breakdown in report.breakdowns:
            _breakdown(book, formats, f"I{number}", report, breakdown)
            number += 1
        waves = (
            []
            if report.waves is None
            else [("Before and now", "Themes before and now", report.waves)]
        )
        agreed = (
            []
            if report.agreement is None
            else [("Agreement", "Agreement of blind reviewers", report.agreement)]
        )
        for name, title, table in (
            *waves,
            *agreed,
            ("Together", "Themes that comments carry together", report.together),
            ("Quotes", "Quotes with the comments that they come from", report.quotes),
            ("Ledger", "Comments received, excluded by reason and analysed", report.ledger),
        ):
            _plain_sheet(book, formats, f"I{number}", name, title, report, table, ())
            number += 1
        _codebook(book, formats, f"I{number}", report)
        for breakdown in report.breakdowns:
            number += 1
            title = f"{breakdown.title}: figures, intervals and tests"
            _plain_sheet(
                book,
                formats,
                f"I{number}",
                f"Data by {breakdown.column}",
                title,
                report,
                breakdown.cells,
                (),
            )
        book.close()
    return [path]


def _formats(book: Any) -> dict[str, Any]:
    text = {"text_wrap": True, "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "line": book.add_format({"italic": True, "font_color": "#404040"}),
        "head": book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E7ECF3"}
        ),
        "text": book.add_format({**text, "num_format": "@"}),
        "whole": book.add_format({**text, "num_format": "#,##0"}),
        "tenth": book.add_format({**text, "num_format": "0.0"}),
        **_share_formats(book, text),
        "fine": book.add_format({**text, "num_format": "0.000"}),
        "hidden": book.add_format({**text, "align": "right", "font_color": "#404040"}),
        "free": book.add_format(text),
    }


def _share_formats(book: Any, text: dict[str, Any]) -> dict[str, Any]:
    """Whole per cents that stay numbers: `<1%` under one, and a mark where a group differs."""
    marks = {"share": "", "higher": f" {HIGHER}", "lower": f" {LOWER}"}
    return {
        kind: book.add_format({**text, "num_format": f'[=0]"0%{mark}";[<1]"<1%{mark}";0"%{mark}"'})
        for kind, mark in marks.items()
    }


def _breakdown(
    book: Any, formats: dict[str, Any], number: str, report: Report, breakdown: Breakdown
) -> None:
    """The themes by the groups of a column, one table below the other for each route."""
    sheet = Sheet(book, formats, number, f"By {breakdown.column}", f"{breakdown.title}, per cent")
    sheet.line(report.standing)
    sheet.line(report.base)
    for (route, part), grid in zip(
        breakdown.cells.groupby("route", sort=False),
        breakdown_grids(report, breakdown),
        strict=True,
    ):
        groups = list(dict.fromkeys(part["group"]))
        found = {
            (r["group"], r["theme_id"], r["position_id"]): r for r in part.to_dict(orient="records")
        }
        rows = []
        keys = zip(report.themes["theme_id"], report.themes["position_id"], strict=True)
        for key, line, depth in zip(keys, grid.rows, grid.depth, strict=True):
            cells = [found[(group, *key)] for group in groups]
            kinds = [
                "hidden" if c["hidden"] else SHOWN.get(c["significant"], "share") for c in cells
            ]
            rows.append(
                (
                    "    " * depth + line[0],
                    [(c["percent"], k) for c, k in zip(cells, kinds, strict=True)],
                )
            )
        if route:
            sheet.line(str(route))
        sheet.shares(grid.head, rows)
        for note in grid.notes:
            sheet.line(note)
    for note in breakdown.notes:
        sheet.line(note)


def _themes(book: Any, formats: dict[str, Any], report: Report) -> None:
    sheet = Sheet(book, formats, "I1", "Themes", f"Themes in the comments: {report.title}")
    sheet.line(report.standing)
    sheet.line(f"Question: {report.question}" if report.question else "")
    sheet.line(report.base)
    table, sources = report.themes, report.sources
    intervals, ranks = report.intervals, report.rank_ranges
    columns: list[tuple[str, float, str]] = [("Rank", 6, "whole")]
    columns += [("Rank, 95% range", 12, "text")] if ranks else []
    columns += [
        ("Theme", 34, "text"),
        ("Sub-theme or position", 30, "text"),
        ("Description", 50, "text"),
    ]
    columns += [("n", 8, "whole"), ("% of all", 8, "tenth")]
    columns += [("95% interval", 13, "text")] if intervals else []
    if len(sources) > 1:
        for name in sources:
            columns += [(f"{name}: n", 10, "whole"), (f"{name}: %", 10, "tenth")]
    most = sum(c.startswith("quote_") and c.count("_") == 1 for c in table.columns)
    for place in range(1, most + 1):
        columns += [(f"Quote {place}", 60, "text"), (f"Quote {place}: source", 16, "text")]
    names = {place.theme.id: place.theme.name for place in report.codebook.nodes}
    lines: list[list[Cell]] = []
    for row in table.to_dict(orient="records"):
        under = row["position_id"] or row["parent_id"]
        main = (
            names[row["theme_id"]]
            if row["position_id"]
            else names[row["parent_id"]]
            if row["parent_id"]
            else row["theme"]
        )
        cells: list[Cell] = [None if pd.isna(row["rank"]) else int(row["rank"])]
        cells += [format_rank_range(row["rank_low"], row["rank_high"])] if ranks else []
        cells += [
            main,
            row["theme"] if under else "",
            row["description"],
            int(row["n"]),
            round_half_up(row["percent"], 1),
        ]
        cells += [format_interval(row["low"], row["high"])] if intervals else []
        if len(sources) > 1:
            for name in sources:
                cells += [int(row[f"n_{name}"]), round_half_up(row[f"percent_{name}"], 1)]
        for place in range(1, most + 1):
            cells += [row[f"quote_{place}"], row[f"quote_{place}_source"]]
        lines.append(cells)
    sheet.table([c[0] for c in columns], lines, [c[1] for c in columns], [c[2] for c in columns])
    for note in report.notes:
        sheet.line(note)


def _plain_sheet(
    book: Any,
    formats: dict[str, Any],
    number: str,
    name: str,
    title: str,
    report: Report,
    table: pd.DataFrame,
    notes: Sequence[str],
) -> None:
    sheet = Sheet(book, formats, number, name, title)
    sheet.line(report.base)
    kinds, widths = [], []
    for column in table.columns:
        number_like = pd.api.types.is_numeric_dtype(
            table[column]
        ) and not pd.api.types.is_bool_dtype(table[column])
        kinds.append(_kind(str(column), table[column], number_like))
        widths.append(60.0 if column == "quote" else 11.0 if number_like else 24.0)
    lines = [[_plain(value) for value in row] for row in table.itertuples(index=False, name=None)]
    sheet.table([str(c).replace("_", " ") for c in table.columns], lines, widths, kinds)
    for note in notes:
        sheet.line(note)


def _kind(name: str, column: "pd.Series[Any]", number_like: bool) -> str:
    if not number_like:
        return "free"
    if column.dtype.kind != "f":
        return "whole"
    return (
        "tenth"
        if name.startswith(
            ("percent", "low", "high", "difference", "resolves", "change", "expected", "effective")
        )
        else "fine"
    )


def _plain(value: Any) -> Cell:
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else ""
    return float(value) if isinstance(value, float) else int(value)


def _codebook(book: Any, formats: dict[str, Any], number: str, report: Report) -> None:
    sheet = Sheet(
        book,
        formats,
        number,
        "Codebook",
        f"Codebook: {report.codebook.title}, version {report.codebook.version}",
    )
    sheet.line(f"Fingerprint {report.codebook.fingerprint}")
    lines: list[list[Cell]] = []
    for theme, parent_id, _ in report.codebook.nodes:
        if theme.retired:
            continue
        lists = [
            "; ".join(part) for part in (theme.includes, theme.excludes, theme.keywords, theme.tags)
        ]
        lines.append([theme.id, "", parent_id, theme.name, theme.definition, *lists])
        for position in theme.positions:
            lines.append(
                [
                    theme.id,
                    position.id,
                    parent_id,
                    position.name,
                    position.definition,
                    "",
                    "",
                    "; ".join(position.keywords),
                    "",
                ]
            )
    head = (
        "id",
        "position",
        "under",
        "name",
        "definition",
        "includes",
        "excludes",
        "keywords",
        "tags",
    )
    sheet.table(head, lines, (18, 12, 14, 34, 50, 40, 40, 40, 24), ["text"] * len(head))
