"""Files that hold the comments themselves are named when they are written; commands are ready to type."""

import re
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.exporting.zips import read_zip
from coder.project import Project
from coder.workflow.export import export as export_files
from export_helpers import RECEIVED, make_small_project


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_small_project(tmp_path_factory.mktemp("held"), only=20)


def export(place: tuple[Path, Path], *to: Path, more: tuple[str, ...] = ()) -> str:
    names = [part for path in to for part in ("--to", str(path))]
    said = CliRunner().invoke(
        app, ["export", str(place[0]), "--codebook", str(place[1]), *names, *more]
    )
    assert said.exit_code == 0, said.output
    return said.output


@pytest.fixture(scope="module")
def exported(
    place: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Path], str]:
    """Files of six kinds, and what the command said when it wrote them."""
    folder = tmp_path_factory.mktemp("exported")
    names = ("t.html", "t.qdpx", "t.md", "t.csv", "t.zip", "review.xlsx")
    files = [folder / name for name in names]
    return files, export(place, *files)


def test_files_with_the_comments_in_them_say_so(
    place: tuple[Path, Path], exported: tuple[list[Path], str]
) -> None:
    files, output = exported
    held = dict(re.findall(r"(\S+) holds ([\d,]+) comments? in full: share it with care\.", output))
    page = files[0].read_text(encoding="utf-8")
    on_page = set(re.findall(r'<li class="comment"[^>]*><span class="quiet">[^,]+, ([^:,]+)', page))
    analysed = int((Project(place[0]).comments["status"] == "analysed").sum())
    assert held == {
        str(files[0]): str(len(on_page)),
        str(files[1]): str(analysed),
        str(files[4]): str(RECEIVED),
        str(files[5]): str(analysed),
    }
    assert 100 < analysed < RECEIVED
    assert 0 < len(on_page) <= 20


def test_a_file_of_rows_about_people_says_so(place: tuple[Path, Path], tmp_path: Path) -> None:
    pytest.importorskip("pyreadstat")
    said = export(place, tmp_path / "t.sav", tmp_path / "t.csv")
    assert f"{tmp_path / 't.sav'} holds a row about each respondent" in said
    assert said.count("share it with care") == 1


def test_files_of_rows_are_named_before_anything_is_written(
    place: tuple[Path, Path], exported: tuple[list[Path], str], tmp_path: Path
) -> None:
    """Small counts are hidden in tables; a file with a row for each comment shows them all."""
    files, output = exported
    words = " ".join(output.split())
    for path, rows in [
        (files[1], "every comment with its codes"),
        (files[4], "a row for each comment"),
        (files[5], "a row for each comment"),
    ]:
        warning = f"{path} will hold {rows}: no small count is hidden in it."
        assert words.count(warning) == 1
        assert words.index(warning) < words.index("Written:")
    assert words.count("no small count is hidden") == 3
    absent = tmp_path / "absent" / "t.sav"
    outcome = CliRunner().invoke(
        app, ["export", str(place[0]), "--codebook", "absent.yaml", "--to", str(absent)]
    )
    assert outcome.exit_code != 0
    assert "t.sav will hold a row for each respondent" in " ".join(outcome.output.split())
    written = export_files(place[0], tmp_path / "again.qdpx", codebook=place[1])
    assert any("no small count is hidden" in warning for warning in written.warnings)


def test_a_pack_without_text_is_not_said_to_hold_any(
    place: tuple[Path, Path], tmp_path: Path
) -> None:
    assert "in full" not in export(place, tmp_path / "bare.zip", more=("--without-text",))


def test_help_says_which_files_hold_the_comments() -> None:
    output = (
        CliRunner().invoke(app, ["export", "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    )
    assert "hold the comments" in " ".join(output.split())
    assert "share these files with care" in " ".join(output.replace("│", " ").split())


def test_commands_are_ready_to_type_and_packs_stay_generic(
    place: tuple[Path, Path], exported: tuple[list[Path], str], tmp_path: Path
) -> None:
    files, _ = exported
    page, pack, sheet = files[2], files[4], tmp_path / "a.review.xlsx"
    typed = f"coder review {place[0]} --codebook {place[1]}"
    assert f"{typed} --start" in page.read_text(encoding="utf-8").replace("\\", "")
    notes = read_zip(pack)["tables/themes.notes.txt"].decode()
    assert "coder review PROJECT --codebook FILE --start" in notes
    assert str(place[0]) not in notes
    export(place, sheet, more=("--reviewer", "amira"))
    cells = [
        str(c.value) for s in openpyxl.load_workbook(sheet).worksheets for c in s["A"] if c.value
    ]
    assert any(f"{typed} --reviewer amira --from a.review.xlsx" in text for text in cells)
