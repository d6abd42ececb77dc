"""The review sheet: `coder export --to review.xlsx`, judged by a person, taken back by `coder review --from`."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from typer.testing import CliRunner

from coder.cli import app
from coder.decisions import Decision, drop_undone, judgements, read_decisions
from coder.errors import CoderError
from coder.exporting.writers import is_review_sheet
from coder.project import Project
from review_helpers import NASTY, book_at, comments_table, labels_table, plain_texts, project_at

FORMULAS = {
    "=F-1": '=HYPERLINK("http://example.org","click") drugs',
    "+F-2": "+44 is how it starts",
    "F-3": "@SUM(A1:A9)",
    "F-4": "http://example.org is a link",
    "F-5": "{=1+1}",
    "F-6": "12",
}


class Ground:
    """A project with the model's labels, its codebook, and both commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path, self.book = book_at(folder)
        comments = comments_table(plain_texts(8) | NASTY | FORMULAS)
        comments.loc[7, ["status", "reason"]] = ["excluded", "duplicate"]
        self.project: Project = project_at(
            folder / "plan.coding", comments, labels=labels_table(comments, self.book)
        )
        self.sheet = folder / "review.xlsx"

    def export(self, *more: str, to: Path | None = None) -> str:
        return self._run("export", "--to", str(to or self.sheet), *more)

    def take(self, reviewer: str = "amira", *more: str) -> str:
        return self._run("review", "--reviewer", reviewer, "--from", str(self.sheet), *more)

    def _run(self, command: str, *more: str) -> str:
        arguments = [command, str(self.project.folder), "--codebook", str(self.path), *more]
        return CliRunner().invoke(app, arguments, catch_exceptions=False).output

    def edit(self, change: Callable[[Any, dict[str, str], dict[str, int]], None]) -> None:
        """A person at the sheet: `change` gets the page, column letters by id and rows by comment id."""
        book = openpyxl.load_workbook(self.sheet)
        page = book["review"]
        change(page, *places(page))
        book.save(self.sheet)

    def decisions(self) -> list[Decision]:
        return drop_undone(read_decisions(self.path).decisions)


def places(page: Any) -> tuple[dict[str, str], dict[str, int]]:
    letters = {str(cell.value): get_column_letter(cell.column) for cell in page[2]}
    return letters, {str(page.cell(row, 1).value): row for row in range(3, page.max_row + 1)}


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def judge(page: Any, at: dict[str, str], row: dict[str, int]) -> None:
    """Four rows: themes and a position, nothing, unsure with a note, and one left open."""
    for cell, value in {
        "drugs=more": "yes", "women": "yes", "done": "yes"}.items():  # fmt: skip
        page[f"{at[cell]}{row['C-0001']}"] = value
    page[f"{at['done']}{row['C-0002']}"] = "Yes"
    for cell, value in {
        "driving": "?",
        "visibility": "no",
        "note": "which cars?",
        "done": "yes",
    }.items():
        page[f"{at[cell]}{row['C-0004']}"] = value
    page[f"{at['drugs']}{row['C-0005']}"] = "yes"


# ---------------------------------------------------------------- the sheet


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("review.xlsx", True),
        ("Ward-7.Review.XLSX", True),
        ("themes.xlsx", False),
        ("my-review.xlsx", False),
    ],
)
def test_the_name_says_which_workbook_is_meant(name: str, there: bool) -> None:
    assert is_review_sheet(Path("x") / name) == there


def test_a_row_a_comment_and_a_column_a_theme_and_position(ground: Ground) -> None:
    ground.export()
    book = openpyxl.load_workbook(ground.sheet)
    assert book.sheetnames == ["instructions", "review", "themes"]
    page = book["review"]
    at, rows = places(page)
    assert list(at) == [
        "comment_id", "text", "source", "suggested", "done", "visibility", "stations", "drugs", "drugs=more",
        "drugs=less", "women", "driving", "note", "mode", "chosen", "reviewer",
    ]  # fmt: skip
    analysed = ground.project.comments.query("status == 'analysed'")["comment_id"]
    assert list(rows) == sorted(analysed)
    assert page[f"{at['drugs=more']}1"].value == "Drugs: More enforcement"
    assert "Wants more officers" in page[f"{at['visibility']}2"].comment.text
    themes = [[cell.value for cell in row] for row in book["themes"].iter_rows()]
    assert [themes[1][i] for i in (0, 4, 5)] == [
        "visibility",
        "officers on the beat",
        "faster investigation",
    ]
    lists = {str(v.sqref): v.formula1 for v in page.data_validations.dataValidation}
    last = max(rows.values())
    assert lists[f"{at['drugs']}3:{at['drugs']}{last}"] == '"yes,no,?"'
    assert lists[f"{at['drugs=more']}3:{at['drugs=more']}{last}"] == '"yes,no"'
    assert lists[f"{at['done']}3:{at['done']}{last}"] == '"yes"'


def test_only_answers_can_be_changed_and_there_is_no_password(ground: Ground) -> None:
    ground.export()
    book = openpyxl.load_workbook(ground.sheet)
    page = book["review"]
    at, rows = places(page)
    assert all(
        sheet.protection.sheet and not sheet.protection.password for sheet in book.worksheets
    )
    numbers = {name: number for number, name in enumerate(at, start=1)}
    runs = page.column_dimensions.values()  # equal neighbours are one
    free = {
        n
        for n, i in numbers.items()
        if any(r.min <= i <= r.max and not r.protection.locked for r in runs)
    }
    assert free == {"done", "note", *(n for n in at if n.split("=")[0] in ground.book.theme_ids)}
    for row in (2, *rows.values()):
        assert all(
            page[f"{at[n]}{row}"].protection.locked
            for n in ("comment_id", "text", "mode", "reviewer")
        )


def test_c5_nothing_in_the_sheet_runs(ground: Ground) -> None:
    ground.export()
    book = openpyxl.load_workbook(ground.sheet)
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # an empty cell is "n"
    assert {type(cell.value) for cell in cells} == {str, type(None)}
    assert all(cell.hyperlink is None for cell in cells)
    texts = {cell.value for cell in cells}
    assert FORMULAS["=F-1"] in texts
    assert "[v]aping near [/b] the school [bold red]now[/] and [@click=app.bell]here[/]" in texts


def test_suggestions_are_words_and_a_colour_and_never_an_answer(ground: Ground) -> None:
    ground.export()
    page = openpyxl.load_workbook(ground.sheet)["review"]
    at, rows = places(page)
    row = rows["C-0001"]
    assert page[f"{at['suggested']}{row}"].value == "drugs; drugs=more"
    coloured = {n for n, c in at.items() if page[f"{c}{row}"].fill.fgColor.rgb == "FFFFE699"}
    assert coloured == {"drugs", "drugs=more"}
    answers = [page[f"{c}{r}"].value for n, c in at.items() for r in rows.values() if n.split("=")[0] in ground.book.theme_ids]  # fmt: skip
    assert set(answers) == {None}
    assert "0 decisions kept" in ground.take()
    assert ground.decisions() == []


def test_another_reviewers_decisions_are_not_the_models_suggestion(ground: Ground) -> None:
    labels = ground.project.labels
    here = (labels["comment_id"] == "C-0006") & (labels["theme_id"] == "women")
    labels.loc[here, ["assigned", "origin"]] = [True, "ben"]  # the model gave it 0.05
    ground.project.write_labels(labels)
    ground.export()
    page = openpyxl.load_workbook(ground.sheet)["review"]
    at, rows = places(page)
    assert page[f"{at['suggested']}{rows['C-0006']}"].value in (None, "")


def test_a_blind_sheet_shows_nothing_and_its_rows_are_blind(ground: Ground) -> None:
    ground.export("--blind")
    book = openpyxl.load_workbook(ground.sheet)
    at, _ = places(book["review"])
    assert "suggested" not in at
    fills = {
        cell.fill.fgColor.rgb
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
    }
    assert "FFFFE699" not in fills
    ground.edit(judge)
    ground.take()
    assert {d.mode for d in ground.decisions()} == {"blind"}


def test_a_sheet_with_suggestions_is_assisted_whatever_is_claimed(ground: Ground) -> None:
    ground.export()
    ground.edit(judge)
    ground.take("amira", "--blind")
    assert {d.mode for d in ground.decisions()} == {"assisted"}


def test_a_sheet_is_written_before_anything_is_coded(ground: Ground) -> None:
    ground.project.labels_path.unlink()
    assert "When it is filled in, read it with: coder review" in ground.export()
    ground.edit(judge)
    assert "3 decisions kept" in ground.take()


# ---------------------------------------------------------------- back again


def test_decisions_are_what_a_person_left_in_the_sheet(ground: Ground) -> None:
    ground.export()
    ground.edit(judge)
    said = ground.take()
    assert "3 decisions kept for amira" in said
    assert "17 rows left out, without yes in the column done; 1 of them with entries." in " ".join(
        said.split()
    )
    one, two, three = ground.decisions()
    assert (one.comment_id, one.themes, one.unsure) == (
        "C-0001",
        {"drugs": ("more",), "women": ()},
        (),
    )
    assert (two.comment_id, two.themes, two.unsure) == ("C-0002", {}, ())
    assert (three.comment_id, three.themes, three.unsure) == ("C-0004", {}, ("driving",))
    assert three.note == "which cars?"
    assert {d.scope for d in (one, two, three)} == {ground.book.theme_ids}
    assert {(d.mode, d.chosen) for d in (one, two, three)} == {("assisted", "listed")}


def test_every_text_comes_back_however_hostile(ground: Ground) -> None:
    ground.export()

    def all_done(page: Any, at: dict[str, str], rows: dict[str, int]) -> None:
        for row in rows.values():
            page[f"{at['done']}{row}"] = "yes"

    ground.edit(all_done)
    analysed = ground.project.comments.query("status == 'analysed'")
    assert f"{len(analysed)} decisions kept" in ground.take()
    texts = dict(zip(analysed["comment_id"], analysed["text"], strict=True))
    assert {d.comment_id: d.text for d in ground.decisions()} == texts


def test_the_sheet_as_written_comes_back_whole(ground: Ground) -> None:
    comments = ground.project.comments
    comments.loc[0, "text"] = "written out: _x0041_ and _x000D_ and \x1f and \u200b"
    comments.loc[1, "text"] = "Long. " + "word after word " * 4000
    ground.project.write(ground.project.settings(), comments)
    table = ground.folder / "t.csv"
    ids = comments.query("status == 'analysed'")["comment_id"]
    table.write_text("comment_id,themes\n" + "".join(f"{i},drugs=less\n" for i in ids))
    arguments = [
        "review",
        str(ground.project.folder),
        "--codebook",
        str(ground.path),
        "--reviewer",
        "amira",
    ]
    CliRunner().invoke(app, [*arguments, "--from", str(table)], catch_exceptions=False)
    ground.export("--reviewer", "amira")
    said = ground.take()
    assert "0 decisions kept" in said
    assert f"{len(ids)} were there already" in said


def test_what_stands_is_shown_to_its_reviewer_and_taken_once(ground: Ground) -> None:
    ground.export()
    ground.edit(judge)
    ground.take()
    before = judgements(read_decisions(ground.path).decisions, ground.book)
    ground.export("--reviewer", "amira")
    page = openpyxl.load_workbook(ground.sheet)["review"]
    at, rows = places(page)
    row = {n: page[f"{c}{rows['C-0001']}"].value for n, c in at.items()}
    assert [row[n] for n in ("done", "drugs", "drugs=more", "drugs=less", "women", "driving")] == [
        "yes", "yes", "yes", None, "yes", "no",
    ]  # fmt: skip
    assert page[f"{at['driving']}{rows['C-0004']}"].value == "?"
    said = ground.take()
    assert "0 decisions kept for amira" in said
    assert "3 were there already" in said
    ground.edit(lambda page, at, rows: page.__setitem__(f"{at['women']}{rows['C-0001']}", None))
    assert "1 decision kept" in ground.take()
    assert ground.decisions()[-1].themes == {"drugs": ("more",)}
    after = judgements(read_decisions(ground.path).decisions, ground.book)
    assert len(before) == len(after)


def test_what_several_decisions_say_together_is_not_taken_again(ground: Ground) -> None:
    ground.export()
    ground.edit(judge)
    ground.take()
    table = ground.folder / "t.csv"
    table.write_text(
        "comment_id,themes,scope,note\nC-0001,driving,driving,seen again\nC-0006,women,women,\n"
    )
    arguments = [
        "review",
        str(ground.project.folder),
        "--codebook",
        str(ground.path),
        "--reviewer",
        "amira",
    ]
    CliRunner().invoke(app, [*arguments, "--from", str(table)], catch_exceptions=False)
    ground.export("--reviewer", "amira")
    page = openpyxl.load_workbook(ground.sheet)["review"]
    at, rows = places(page)
    assert page[f"{at['driving']}{rows['C-0001']}"].value == "yes"
    assert page[f"{at['women']}{rows['C-0006']}"].value == "yes"
    assert page[f"{at['done']}{rows['C-0006']}"].value is None  # one theme of it alone
    assert "0 decisions kept" in ground.take()


def test_rows_judged_blind_show_no_suggestion_and_stay_blind(ground: Ground) -> None:
    ground.export("--blind")
    ground.edit(judge)
    ground.take()
    ground.export("--reviewer", "amira")
    page = openpyxl.load_workbook(ground.sheet)["review"]
    at, rows = places(page)
    assert page[f"{at['suggested']}{rows['C-0001']}"].value in (None, "")
    assert page[f"{at['mode']}{rows['C-0001']}"].value == "blind"
    assert page[f"{at['suggested']}{rows['C-0003']}"].value == "women"
    assert page[f"{at['mode']}{rows['C-0003']}"].value == "assisted"


def test_a_sheet_is_handed_in_by_its_own_reviewer(ground: Ground) -> None:
    ground.export("--reviewer", "amira")
    ground.edit(judge)
    with pytest.raises(CoderError) as caught:
        ground.take("ben")
    assert "the row belongs to 'amira', and the reviewer here is 'ben'" in str(caught.value)
    assert ground.decisions() == []


def test_nobody_is_shown_what_others_decided(ground: Ground) -> None:
    ground.export()
    ground.edit(judge)
    ground.take("amira")
    ground.export("--reviewer", "ben")
    page = openpyxl.load_workbook(ground.sheet)["review"]
    at, rows = places(page)
    assert {page[f"{at[t]}{r}"].value for t in ground.book.theme_ids for r in rows.values()} == {
        None
    }


# ---------------------------------------------------------------- faults


def test_every_faulty_cell_is_named_and_nothing_is_taken(ground: Ground) -> None:
    ground.export()
    ground.edit(judge)
    found: dict[str, str] = {}

    def spoil(page: Any, at: dict[str, str], rows: dict[str, int]) -> None:
        cells = {
            "drugs": (f"{at['drugs']}{rows['C-0001']}", "no"),
            "women": (f"{at['women']}{rows['C-0002']}", "perhaps"),
            "position": (f"{at['drugs=less']}{rows['C-0004']}", "?"),
            "done": (f"{at['done']}{rows['C-0005']}", "later"),
            "text": (f"{at['text']}{rows['C-0002']}", "Something else"),
            "mode": (f"{at['mode']}{rows['C-0004']}", "blnd"),
        }
        for name, (cell, value) in cells.items():
            page[cell] = value
            found[name] = cell

    ground.edit(spoil)
    with pytest.raises(CoderError) as caught:
        ground.take()
    told = str(caught.value)
    for part in (
        f"{found['drugs']}, column drugs: no, and yes to its position 'more'",
        f"{found['women']}, column women: 'perhaps' is not yes, no, ? or empty",
        f"{found['position']}, column drugs=less: '?' goes with a theme",
        f"{found['done']}, column done: 'later' is not yes, no or empty",
        f"{found['text']}, column text: differs from the text of 'C-0002'",
        f"{found['mode']}, column mode: 'blnd' is not allowed",
        "Nothing was taken.",
    ):
        assert part in told, part
    assert ground.decisions() == []


@pytest.mark.parametrize("option", [("--blind",), ("--reviewer", "amira")])
def test_options_of_the_sheet_without_one(ground: Ground, option: tuple[str, ...]) -> None:
    with pytest.raises(CoderError, match="is for a sheet to review in"):
        ground.export(*option, to=ground.folder / "themes.xlsx")


def test_a_theme_called_like_a_column_is_refused(ground: Ground) -> None:
    ground.path.write_text("title: T\nthemes:\n  - {id: x, name: Source}\n", encoding="utf-8")
    with pytest.raises(CoderError, match=r"another column of the review sheet: x"):
        ground.export()
    assert not ground.sheet.exists()


# ---------------------------------------------------------------- what every writer promises


def test_the_same_sheet_gives_the_same_bytes(ground: Ground) -> None:
    ground.export()
    one = ground.sheet.read_bytes()
    ground.export()
    assert ground.sheet.read_bytes() == one
    assert {p.name for p in ground.folder.iterdir() if p.is_file()} == {"plan.yaml", "review.xlsx"}


def test_a_sheet_that_cannot_be_written_leaves_the_old_one(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.sheet.write_bytes(b"the old one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coder.files.os.fsync", full)
    with pytest.raises(CoderError, match="No space left"):
        ground.export()
    assert ground.sheet.read_bytes() == b"the old one"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_and_saves_it_without_loss(ground: Ground) -> None:
    import subprocess

    ground.export()
    ground.edit(judge)
    out = ground.folder / "out"
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{ground.folder}/profile",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(out),
            str(ground.sheet),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    shutil.copy(out / "review.xlsx", ground.sheet)
    assert "3 decisions kept" in ground.take()
