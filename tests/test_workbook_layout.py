"""Workbooks by the government's rules for spreadsheets: many themes, long names, and any document."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell as OneCell
from openpyxl.styles import PatternFill
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

from coder.exporting import to_xlsx
from coder.exporting.document import Bullets, Document, Part, TableBlock, Text
from coder.exporting.grid import Cell, Grid, GridColumn, Row
from spreadsheet_rules import faults_of, rows_of, sheet_named, table_of
from test_export_writers import small_report

N_THEMES = 60
LONG = "Reorganise the neighbourhood consultation arrangements of every constituency"


@pytest.fixture(scope="module")
def many_themes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of 60 themes with long names, by the groups of a column with many."""
    themes = [f"  - {{id: t{n}, name: {LONG} {n}}}" for n in range(N_THEMES)]
    areas = [f"Area {n % 4} of the Metropolitan Borough" for n in range(40)]
    report = small_report(
        "title: T\nthemes:\n" + "\n".join(themes) + "\n",
        {"area": areas},
        {f"t{n}": () for n in range(N_THEMES)},
    )
    path = tmp_path_factory.mktemp("many") / "themes.xlsx"
    to_xlsx.write(report, path)
    return path


def test_a_workbook_of_sixty_themes_keeps_the_rules(many_themes: Path) -> None:
    assert faults_of(many_themes) == []
    book = openpyxl.load_workbook(many_themes)
    assert len(rows_of(sheet_named(book, "Ranked themes"))) == N_THEMES


def test_the_same_report_gives_the_same_workbook(many_themes: Path, tmp_path: Path) -> None:
    report = small_report("title: T\nthemes:\n  - {id: one, name: One}\n", {}, {"one": ()})
    files = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for file in files:
        to_xlsx.write(report, file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_any_document_becomes_a_workbook(tmp_path: Path) -> None:
    columns = (
        GridColumn("Group", "text", 20),
        GridColumn("Share", "percent", 10),
        GridColumn("Group", "text", 20),
    )
    rows = (
        Row((Cell("=A1", "=A1"), Cell("17%", 17.2, "higher"), Cell("", ""))),
        Row((Cell("\x1b[31mred", "\x1b[31mred"), Cell("–", None), Cell("x", "x"))),
    )
    grid = Grid("Who answered", columns, rows, notes=("A note.",), base="Base: 20 comments.")
    grids = (TableBlock(grid), TableBlock(replace(grid, title="Who did not")))
    part = Part("who", "Who answered: everybody", (Text("Most did."), Bullets(("a", "b")), *grids))
    document = Document(
        "Equality", "en", "Base: 20 comments.", "", (Text("For the board."),), (part,)
    )
    path = tmp_path / "equality.xlsx"
    assert to_xlsx.write_document(document, path) == [path]
    assert faults_of(path) == []
    book = openpyxl.load_workbook(path)
    first, second = (rows_of(book[name]) for name in book.sheetnames[3:])
    assert [list(row.values()) for row in first] == [
        ["=A1", 17.2, "[z]"],
        ["\ufffd[31mred", "[x]", "x"],
    ]
    assert first == second
    assert {row["Text"] for row in rows_of(book["Notes"])} >= {"Most did.", "a", "b"}


def name_cell(book: Workbook) -> OneCell:
    """The name of the first theme in the table of ranks."""
    sheet = book["I2 Ranked themes"]
    _, top, _, _ = range_boundaries(table_of(sheet).ref)
    return sheet.cell(top + 1, 2)


def change_blank(book: Workbook) -> None:
    name_cell(book).value = None


def change_merged(book: Workbook) -> None:
    book["I1 Themes"].merge_cells("A1:B1")


def change_narrow(book: Workbook) -> None:
    book["I2 Ranked themes"].column_dimensions["B"].width = 6


def change_low(book: Workbook) -> None:
    sheet = book["I2 Ranked themes"]
    sheet.row_dimensions[name_cell(book).row].height = 8


def change_hidden(book: Workbook) -> None:
    book["Notes"].sheet_state = "hidden"


def change_colour(book: Workbook) -> None:
    name_cell(book).fill = PatternFill("solid", "FFFF00")


def change_raw(book: Workbook) -> None:
    name_cell(book).value = "theme_id"


def change_note(book: Workbook) -> None:
    name_cell(book).value = "Name [note 99]"


def change_freeze(book: Workbook) -> None:
    book["I2 Ranked themes"].freeze_panes = None


def change_order(book: Workbook) -> None:
    book.move_sheet("Notes", 2)


def change_shrunk(book: Workbook) -> None:
    book["I1 Themes"].sheet_properties.pageSetUpPr.fitToPage = True


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_blank, "is blank"),
        (change_merged, "merged"),
        (change_narrow, "is broken"),
        (change_low, "points of text"),
        (change_hidden, "hidden"),
        (change_colour, "background"),
        (change_raw, "for programs"),
        (change_note, "not explained"),
        (change_freeze, "in sight"),
        (change_order, "first sheets"),
        (change_shrunk, "smaller"),
    ],
)
def test_the_checks_find_what_breaks_the_rules(
    change: Callable[[Workbook], None], told: str, small: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(small)
    change(book)
    book.save(tmp_path / "changed.xlsx")
    assert any(told in fault for fault in faults_of(tmp_path / "changed.xlsx"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook without faults."""
    report = small_report(
        f"title: T\nthemes:\n  - {{id: one, name: {LONG}, definition: {LONG} and {LONG}}}\n",
        {},
        {"one": ()},
    )
    path = tmp_path_factory.mktemp("small") / "themes.xlsx"
    to_xlsx.write(report, path)
    assert faults_of(path) == []
    return path
