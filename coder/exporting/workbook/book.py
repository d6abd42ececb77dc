"""A workbook before it is a file: its cover, its tables with a sheet each, and its notes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from coder.exporting.grid import Cell, Grid, GridColumn, Row
from coder.text import safe_text

LONGEST_NAME = 31  # characters of a sheet's name
USUAL_WIDTH = 50  # digits of a column of texts
COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"


@dataclass(frozen=True)
class CoverLine:
    """One paragraph of the cover, under its heading; several paragraphs may share one."""

    heading: str
    text: str


@dataclass(frozen=True)
class BookNote:
    """A note of the notes sheet.

    Attributes:
        about: the tables that it is about, such as `Table I4`.
    """

    text: str
    about: str = "all tables"


@dataclass(frozen=True)
class Page:
    """A sheet with one table.

    Attributes:
        name: what is in it, in few words.
        lines: what stands between the title and the table besides status and base.
        question_id: where a workbook holds several questions, that of this table.
        notes: on this table, for the notes sheet.
    """

    name: str
    grid: Grid
    lines: tuple[str, ...] = ()
    question_id: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NumberedPage:
    """A page with its number, such as `I4`, and the name of its sheet."""

    number: str
    sheet: str
    page: Page

    @property
    def title(self) -> str:
        """`Table I4: Themes by age`."""
        return f"Table {self.number}: {self.page.grid.title}"

    @property
    def table_name(self) -> str:
        """The name of the table in the file, for screen readers and formulas."""
        return f"Table_{self.number}"


@dataclass(frozen=True)
class Book:
    """A whole workbook.

    Attributes:
        language: of its text, such as `en`.
        series: what the numbers of its tables begin with, such as `I`; may be empty.
        warning: what must stand on every sheet; empty where nothing must.
        notes: on all tables. Those on one table are with its page.
    """

    title: str
    language: str
    series: str
    warning: str
    cover: tuple[CoverLine, ...]
    pages: tuple[Page, ...]
    notes: tuple[BookNote, ...] = ()

    def numbered(self) -> list[NumberedPage]:
        """The pages in their order, numbered from 1."""
        numbered = []
        for place, page in enumerate(self.pages, start=1):
            number = f"{self.series}{place}"
            label = number if self.series else f"Table {number}"
            words = filter(None, (label, page.question_id, page.name))
            numbered.append(NumberedPage(number, sheet_name(" ".join(words)), page))
        return numbered

    def all_notes(self) -> list[BookNote]:
        """The notes on all tables, then those on some, each once."""
        tables: dict[str, list[str]] = {}
        for numbered in self.numbered():
            for note in numbered.page.notes:
                tables.setdefault(note, []).append(numbered.number)
        notes = list(self.notes)
        for note, names in tables.items():
            notes.append(BookNote(note, named_tables(names)))
        return notes


def named_tables(numbers: Sequence[str]) -> str:
    """`Table I4` or `Tables I4, I6`."""
    noun = "Table" if len(numbers) == 1 else "Tables"
    return f"{noun} {', '.join(numbers)}"


def sheet_name(name: str) -> str:
    """A name that spreadsheets take: short, cut between words, without the characters that they
    refuse.
    """
    plain = safe_text(name, one_line=True)
    allowed = re.sub(r"[\[\]:*?/\\]+", " ", plain)
    short = " ".join(allowed.split())
    if len(short) > LONGEST_NAME:
        cut = short[: LONGEST_NAME + 1].rpartition(" ")[0]
        short = cut if len(cut) > LONGEST_NAME / 2 else short[:LONGEST_NAME]
    return short.rstrip(" ',+")


def text_grid(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[int] = (),
) -> Grid:
    """A table of texts.

    Args:
        widths: in digits, of columns that hold more than fits; none for the usual.
    """
    columns = []
    for place, heading in enumerate(headings):
        width = widths[place] if widths else USUAL_WIDTH
        columns.append(GridColumn(heading, "text", width))
    return Grid(title, tuple(columns), tuple(text_row(*row) for row in rows))


def text_row(*texts: str) -> Row:
    """A row of texts."""
    return Row(tuple(Cell(text, text) for text in texts))


def renamed(grid: Grid, headings: dict[str, str]) -> Grid:
    """The grid with other headings for some of its columns."""
    columns = []
    for column in grid.columns:
        heading = headings.get(column.heading, column.heading)
        columns.append(replace(column, heading=heading))
    return replace(grid, columns=tuple(columns))
