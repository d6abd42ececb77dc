"""What people do to the columns of a review sheet: whatever hides an answer is refused by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from coder.errors import CoderError
from coder.workflow.assign import assign
from coder.workflow.export import SheetOptions, export
from coder.workflow.review import review_from_table
from review_desk import Desk
from review_helpers import plain_texts
from test_export_review_sheet import places

Change = Callable[[Any, dict[str, str]], None]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, plain_texts(6))
    plan = tmp_path / "week.yaml"
    plan.write_text("name: week 1\nreviewers: [amira, ben]\ncomments: all\ntwice: 50%\n")
    assign(desk.project, desk.path, plan)
    return desk


def write(desk: Desk, name: str) -> Path:
    path = desk.folder / name / "review.xlsx"
    path.parent.mkdir()
    export(desk.project, path, codebook=desk.path, sheet=SheetOptions(assigned=name))
    return path


def edit(path: Path, change: Change | None = None) -> None:
    """A person at the sheet, who judges the first row and then does something to its columns."""
    book = openpyxl.load_workbook(path)
    page = book["review"]
    columns, rows = places(page)
    first = min(rows.values())
    page[f"{columns['drugs']}{first}"] = "yes"
    page[f"{columns['done']}{first}"] = "yes"
    if change is not None:
        change(page, columns)
    book.save(path)


def rename(page: Any, columns: dict[str, str], old: str, new: str) -> None:
    page[f"{columns[old]}2"] = new


def delete(page: Any, columns: dict[str, str], name: str) -> None:
    page.delete_cols(openpyxl.utils.column_index_from_string(columns[name]))


def test_a_sheet_holds_what_is_assigned_and_is_taken_back(desk: Desk) -> None:
    path = write(desk, "amira")
    page = openpyxl.load_workbook(path)["review"]
    columns, rows = places(page)
    modes = [page[f"{columns['mode']}{row}"].value for row in rows.values()]
    assert set(modes) == {"assisted", "blind"}
    for row in rows.values():
        if page[f"{columns['mode']}{row}"].value == "blind":
            assert not page[f"{columns['suggested']}{row}"].value
    edit(path)
    taken = review_from_table(desk.project, desk.path, path, "amira")
    assert taken.decisions.added == 1
    assert desk.read()[0].front_end == "table"
    again = desk.folder / "again.review.xlsx"
    export(desk.project, again, codebook=desk.path, sheet=SheetOptions(assigned="amira"))
    _, left = places(openpyxl.load_workbook(again)["review"])
    assert len(left) == len(rows) - 1
    with pytest.raises(CoderError, match="nothing is assigned to carla"):
        export(desk.project, again, codebook=desk.path, sheet=SheetOptions(assigned="carla"))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda p, c: delete(p, c, "drugs"), "the column 'drugs' is missing"),
        (lambda p, c: delete(p, c, "drugs=less"), "the column 'drugs=less' is missing"),
        (
            lambda p, c: rename(p, c, "drugs", "drgus"),
            "'drugs' is missing; 'drgus' looks like it",
        ),
        (
            lambda p, c: rename(p, c, "drugs", "Rauschgift"),
            "'drugs' is missing; of no theme is 'Rauschgift'",
        ),
        (lambda p, c: rename(p, c, "drugs", None), "the column 'drugs' is missing"),  # as merged
        (
            lambda p, c: rename(p, c, "women", "Drugs"),
            "'drugs' and 'Drugs' are both about 'drugs'",
        ),
        (lambda p, c: rename(p, c, "women", "drugs"), "named twice: drugs"),
        (lambda p, c: rename(p, c, "comment_id", "Nummer"), "no column comment_id"),
    ],
)
def test_a_column_that_is_gone_renamed_or_doubled_is_refused(
    desk: Desk, change: Change, problem: str
) -> None:
    path = write(desk, "amira")
    edit(path, change)
    with pytest.raises(CoderError) as raised:
        review_from_table(desk.project, desk.path, path, "amira")
    assert problem in raised.value.problem
    assert desk.read() == []


def test_columns_may_be_hidden_moved_and_added(desk: Desk) -> None:
    path = write(desk, "amira")

    def change(page: Any, columns: dict[str, str]) -> None:
        page.column_dimensions[columns["drugs"]].hidden = True
        last = page.max_column + 1
        for row in range(1, page.max_row + 1):
            page.cell(row, last).value = page[f"{columns['women']}{row}"].value
        page.cell(2, last + 1).value = "my thoughts"
        delete(page, columns, "women")

    edit(path, change)
    taken = review_from_table(desk.project, desk.path, path, "amira")
    assert (taken.decisions.added, taken.decisions.unused) == (1, ("my thoughts",))
    assert desk.read()[0].themes == {"drugs": ()}


def test_a_sheet_of_somebody_else_of_another_project_or_saved_as_csv(
    desk: Desk, tmp_path: Path
) -> None:
    path = write(desk, "ben")
    edit(path)
    with pytest.raises(CoderError, match="the row belongs to 'ben'"):
        review_from_table(desk.project, desk.path, path, "amira")
    other = Desk(tmp_path / "other", {f"X-{n}": f"Comment {n} of others" for n in range(6)})
    with pytest.raises(CoderError, match="no comment of this project"):
        review_from_table(other.project, other.path, path, "ben")
    page = openpyxl.load_workbook(path)["review"]
    lines = []
    for row in list(page.iter_rows(min_row=2, values_only=True)):
        lines.append(",".join("" if cell is None else f'"{cell}"' for cell in row))
    table = tmp_path / "ben.csv"
    table.write_text("\n".join(lines).replace('"women"', '"frauen"'))
    with pytest.raises(CoderError, match="the column 'women' is missing"):
        review_from_table(desk.project, desk.path, table, "ben")
    table.write_text("\n".join(lines))
    assert review_from_table(desk.project, desk.path, table, "ben").decisions.added == 1


def test_a_sheet_of_an_older_codebook_is_taken_for_the_themes_that_it_has(desk: Desk) -> None:
    path = write(desk, "amira")
    edit(path)
    text = desk.path.read_text()
    desk.path.write_text(text + "  - id: litter\n    name: Litter\n")
    taken = review_from_table(desk.project, desk.path, path, "amira")
    assert taken.decisions.added == 1
    assert "litter" not in desk.read()[0].scope


def test_in_a_table_of_ones_own_a_name_that_is_nearly_a_themes_is_refused(desk: Desk) -> None:
    table = desk.folder / "own.csv"
    table.write_text("comment_id,drugs,womens,my note\nC-0001,yes,yes,\n")
    with pytest.raises(CoderError, match="'womens' is of no theme; did you mean 'women'"):
        review_from_table(desk.project, desk.path, table, "amira")
    table.write_text("comment_id,drugs,my note\nC-0001,yes,\n")
    assert review_from_table(desk.project, desk.path, table, "amira").decisions.added == 1
