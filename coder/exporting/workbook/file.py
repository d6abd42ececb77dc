"""A workbook as an XLSX file.

The layout follows the Analysis Function's guidance "Releasing statistics in spreadsheets": cover
first, then contents and notes; one table a sheet, which begins in column A under its title,
status and base, is marked up as a table and has no blank or merged cells; nothing stands below
it.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from coder import files
from coder.exporting.grid import Cell, Grid, GridColumn
from coder.exporting.workbook import sizes
from coder.exporting.workbook.book import (
    CONTENTS,
    COVER,
    NOTES,
    Book,
    NumberedPage,
    named_tables,
    renamed,
    text_grid,
)
from coder.exporting.workbook.cells import (
    HEADING_NOTES,
    SHORTHAND,
    used_shorthand,
    without_blanks,
)
from coder.exporting.workbook.formats import WARNING_COLOUR, Formats
from coder.exporting.zips import write_zip
from coder.private import scratch_folder
from coder.text import visible

LONGEST = 32_767  # characters of a cell
NO_TIME = datetime(
    2000,
    1,
    1,
)
A4 = 9
MARGINS = {"left": 0.5, "right": 0.5, "top": 0.5, "bottom": 0.6}  # inches
NO_NOTES = ("none", "There are no notes.", "all tables")
COVER_WIDTH = 100.0
REPEATED_WIDTH = 46.0  # digits, at least, of the columns that stand on every page
# What people wrote stays text, whatever it looks like.
AS_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
CORE = "docProps/core.xml"
TITLE_END = re.compile(rb"(?=</cp:coreProperties>)")


def write_book(book: Book, path: Path) -> None:
    """Write a workbook.

    Raises:
        CoderError: the file cannot be written.
    """
    with files.new_file(path) as temporary, scratch_folder() as scratch:
        draft = Path(scratch) / "draft.xlsx"
        # A new dictionary for each workbook: the library writes into it.
        font = {"font_name": sizes.FONT, "font_size": sizes.POINTS}
        options = {
            **AS_TEXT,
            "tmpdir": str(scratch),
            "default_format_properties": font,
        }
        made = xlsxwriter.Workbook(str(draft), options)
        # The same report gives the same bytes: no clock in the file.
        made.set_properties({"title": visible(book.title), "created": NO_TIME})
        _SheetWriter(made, book).write_all()
        made.close()
        _add_language(
            draft,
            temporary,
            book.language,
        )


def _add_language(draft: Path, path: Path, language: str) -> None:
    """Write the file again with its language among the properties, which the library cannot set."""
    with zipfile.ZipFile(draft) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    element = f"<dc:language>{escape(language)}</dc:language>".encode()
    members[CORE] = TITLE_END.sub(
        element,
        members[CORE],
        count=1,
    )
    write_zip(path, members)


class _SheetWriter:
    """Writes the sheets of a workbook one after the other."""

    def __init__(self, made: Any, book: Book) -> None:
        self._made = made
        self._book = book
        self._formats = Formats(made)
        self._pages = book.numbered()
        self._grids = [without_blanks(numbered.page.grid) for numbered in self._pages]
        self._markers = _heading_markers(self._grids)

    def write_all(self) -> None:
        """Cover, contents, notes, and a sheet for each table."""
        self._write_cover()
        warning = self._book.warning
        self._write_table(
            CONTENTS,
            CONTENTS,
            self._contents(),
            (),
            status=warning,
            links=self._links(),
        )
        self._write_table(
            NOTES,
            NOTES,
            self._notes(),
            (),
            status=warning,
        )
        for numbered, grid in zip(
            self._pages,
            self._grids,
            strict=True,
        ):
            lines = list(_lines_above(numbered, grid))
            self._write_table(
                numbered.sheet,
                numbered.title,
                self._with_markers(grid),
                lines,
                name=numbered.table_name,
                status=grid.status or self._book.warning,
            )

    # ------------------------------------------------------------ cover

    def _write_cover(self) -> None:
        page = self._add_sheet(COVER)
        page.set_column(
            0,
            0,
            _stored_width(COVER_WIDTH),
        )
        row = _Rows(page)
        row.write(
            visible(self._book.title),
            self._formats.get("title"),
            26.0,
        )
        if self._book.warning:
            row.write(
                self._book.warning,
                self._formats.get("warning"),
                22.0,
            )
        heading = ""
        for line in self._book.cover:
            if line.heading != heading:
                row.write(
                    line.heading,
                    self._formats.get("heading"),
                    30.0,
                )
                heading = line.heading
            text = visible(line.text)
            height = sizes.text_height(sizes.count_lines(text, COVER_WIDTH - 2))
            row.write(
                text,
                self._formats.get("wrapped"),
                height,
            )

    # ------------------------------------------------------------ contents and notes

    def _contents(self) -> Grid:
        rows = [(NOTES, "Notes, and what [note 1] and [x] mean in the tables")]
        rows += [(numbered.sheet, numbered.page.grid.title) for numbered in self._pages]
        return text_grid(
            CONTENTS,
            ("Worksheet", "Title"),
            rows,
            (36, 70),
        )

    def _links(self) -> list[str]:
        return [NOTES, *(numbered.sheet for numbered in self._pages)]

    def _notes(self) -> Grid:
        """Headings first, in the order of their numbers, then shorthand, then all other notes."""
        rows = []
        for heading, number in self._markers.items():
            text = f"{heading}: {HEADING_NOTES[heading]}"
            rows.append((f"[note {number}]", text, self._tables_with(heading)))
        for mark in used_shorthand(self._grids):
            rows.append((mark, SHORTHAND[mark], "all tables"))
        for number, note in enumerate(self._book.all_notes(), len(self._markers) + 1):
            rows.append((f"[note {number}]", note.text, note.about))
        if not rows:
            rows.append(NO_NOTES)
        grid = text_grid(
            NOTES,
            ("Note", "Text", "Tables"),
            rows,
            (10, 70, 18),
        )
        return without_blanks(grid)

    def _tables_with(self, heading: str) -> str:
        names = []
        for numbered, grid in zip(
            self._pages,
            self._grids,
            strict=True,
        ):
            if heading in grid.head:
                names.append(numbered.number)
        return named_tables(names)

    def _with_markers(self, grid: Grid) -> Grid:
        headings = {}
        for heading, number in self._markers.items():
            headings[heading] = f"{heading}\n[note {number}]"
        return renamed(grid, headings)

    # ------------------------------------------------------------ tables

    def _write_table(
        self,
        sheet: str,
        title: str,
        grid: Grid,
        lines: Sequence[str],
        *,
        name: str = "",
        status: str = "",
        links: Sequence[str] = (),
    ) -> None:
        page = self._add_sheet(sheet)
        table = _TableOnPage(
            page,
            self._formats,
            grid,
        )
        rows = _Rows(page)
        scale = sizes.TITLE_POINTS / sizes.POINTS
        for part in sizes.break_lines(
            visible(title),
            table.room_for_lines,
            scale,
        ):
            rows.write(
                part,
                self._formats.get("title"),
                22.0,
            )
        if status:
            rows.write(
                status,
                self._formats.get("warning"),
                sizes.text_height(1),
            )
        for text in lines:
            for part in sizes.break_lines(visible(text), table.room_for_lines):
                rows.write(
                    part,
                    self._formats.get("line"),
                    sizes.text_height(1),
                )
        if sheet != CONTENTS:
            _write_link(
                page,
                rows.next(),
                CONTENTS,
                CONTENTS,
                self._formats,
            )
        table.write(
            rows.next(),
            name or sheet,
            title,
            links,
        )

    def _add_sheet(self, name: str) -> Any:
        page = self._made.add_worksheet(name)
        if self._book.warning:
            # It stands in a cell too; on paper only this is on every page.
            page.set_header(f"&C&B{self._book.warning}")
            page.set_tab_color(WARNING_COLOUR)
        page.set_paper(A4)
        page.set_landscape()
        page.set_margins(**MARGINS)
        page.hide_gridlines(2)
        return page


def _heading_markers(grids: Iterable[Grid]) -> dict[str, int]:
    """The headings that are explained, each with the number of its note, as they come."""
    markers: dict[str, int] = {}
    for grid in grids:
        for heading in grid.head:
            if heading in HEADING_NOTES:
                markers.setdefault(heading, len(markers) + 1)
    return markers


def _lines_above(numbered: NumberedPage, grid: Grid) -> Iterable[str]:
    """What stands between the title and the table."""
    yield from numbered.page.lines
    if grid.base:
        yield grid.base
    yield from grid.notes


def _write_link(page: Any, row: int, sheet: str, text: str, formats: Formats) -> None:
    quoted = sheet.replace("'", "''")
    target = f"internal:'{quoted}'!A1"
    page.write_url(
        row,
        0,
        target,
        formats.get("link"),
        text,
    )


def _stored_width(width: float) -> float:
    """The width to give to the library, which adds what a cell has beside its text."""
    return max(1.0, width - 5 / 7)


class _Rows:
    """Rows of text from the top of a sheet down."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._next = 0

    def write(self, text: str, text_format: Any, height: float) -> None:
        """A row with a text in column A."""
        row = self.next()
        self._page.set_row(row, height)
        self._page.write_string(
            row,
            0,
            text[:LONGEST],
            text_format,
        )

    def next(self) -> int:
        """The number of the next row, which is used up."""
        self._next += 1
        return self._next - 1


class _TableOnPage:
    """The table of a sheet."""

    def __init__(self, page: Any, formats: Formats, grid: Grid) -> None:
        self._page = page
        self._formats = formats
        self._top = 0
        self._grid = grid
        shown = []
        for row in grid.rows:
            pairs = zip(
                row.cells,
                grid.columns,
                strict=True,
            )
            shown.append([visible(sizes.shown_text(*pair)) for pair in pairs])
        first = sizes.measure(
            grid,
            shown,
            sizes.PAGE_WIDTH,
        ).widths
        self._repeated = self._repeated_columns(first)
        room = sizes.PAGE_WIDTH
        if self._repeated:
            room -= max(REPEATED_WIDTH, sum(first[: self._repeated]))
        self._sizes = self._with_room_for_lines(
            sizes.measure(
                grid,
                shown,
                room,
            )
        )

    def _with_room_for_lines(self, measured: sizes.Sizes) -> sizes.Sizes:
        """The sizes with a name column that is not so narrow that the title takes many rows."""
        widths = list(measured.widths)
        missing = REPEATED_WIDTH - sum(widths[: self._repeated])
        if not self._repeated or missing <= 0:
            return measured
        widths[self._grid.name_column] += missing
        return replace(measured, widths=tuple(widths))

    def _repeated_columns(self, widths: Sequence[float]) -> int:
        """How many columns from the left stand on every page: up to the name, where the table is
        wider than one page and the name leaves room for others.
        """
        last = self._grid.name_column + 1
        if sum(widths) <= sizes.PAGE_WIDTH or sum(widths[:last]) > sizes.PAGE_WIDTH / 2:
            return 0
        return last

    @property
    def room_for_lines(self) -> float:
        """Digits of a line above the table, so that none is cut on paper or beside columns that
        stay in sight.
        """
        if not self._repeated:
            return sizes.PAGE_WIDTH
        return sum(self._sizes.widths[: self._repeated])

    def write(self, top: int, name: str, title: str, links: Sequence[str]) -> None:
        """Header and rows from row `top` down, marked up as a table with a name and a
        description.
        """
        self._top = top
        for place, width in enumerate(self._sizes.widths):
            self._page.set_column(
                place,
                place,
                _stored_width(width),
            )
        self._mark_up(name, title)
        self._page.set_row(self._top, self._sizes.head)
        for number, row in enumerate(self._grid.rows):
            line = self._top + 1 + number
            self._page.set_row(line, self._sizes.rows[number])
            is_main = self._grid.has_main_rows and not row.depth
            for place, cell in enumerate(row.cells):
                is_name = place == self._grid.name_column
                depth = row.depth if is_name else 0
                self._write_cell(
                    line,
                    place,
                    cell,
                    depth,
                    is_main and is_name,
                )
        for number, sheet in enumerate(links):
            _write_link(
                self._page,
                self._top + 1 + number,
                sheet,
                sheet,
                self._formats,
            )
        self._set_pages()

    def _mark_up(self, name: str, title: str) -> None:
        columns = []
        for column in self._grid.columns:
            kind = "head" if column.is_text else "head of numbers"
            columns.append(
                {"header": column.heading, "header_format": self._formats.get(kind)}
            )
        last_row = self._top + max(1, len(self._grid.rows))
        options = {
            "name": name,
            "title": visible(title),
            "description": f"{visible(title)}. {len(self._grid.rows)} rows, "
            f"{len(columns)} columns.",
            "columns": columns,
            "autofilter": False,
            "style": None,
        }
        self._page.add_table(
            self._top,
            0,
            last_row,
            len(columns) - 1,
            options,
        )

    def _set_pages(self) -> None:
        """What stays in sight on the screen, and on paper on every page."""
        self._page.freeze_panes(self._top + 1, self._repeated)
        self._page.repeat_rows(self._top)
        if self._repeated:
            self._page.repeat_columns(0, self._repeated - 1)

    def _write_cell(
        self, row: int, place: int, cell: Cell, depth: int, bold: bool
    ) -> None:
        column, value = self._grid.columns[place], cell.value
        if isinstance(value, str):
            text_format = self._formats.get(
                _text_kind(cell, column),
                depth,
                bold=bold,
            )
            self._page.write_string(
                row,
                place,
                visible(value)[:LONGEST],
                text_format,
            )
        elif value is not None:
            number_format = self._formats.get(_number_kind(cell, column))
            self._page.write_number(
                row,
                place,
                _without_noise(value),
                number_format,
            )


def _text_kind(cell: Cell, column: GridColumn) -> str:
    """Words to the left; ranges, and shorthand among numbers, to the right."""
    if column.is_text:
        return "text"
    return "hidden" if cell.mark else "range"


def _number_kind(cell: Cell, column: GridColumn) -> str:
    if cell.mark in ("higher", "lower") and column.kind != "percent":
        return f"{cell.mark} change"
    return cell.mark or column.kind


def _without_noise(value: float) -> float:
    """The number in 12 digits: 7, not the 7.000000000000001 that arithmetic on 0.07 leaves."""
    return float(f"{value:.12g}") if isinstance(value, float) else value
