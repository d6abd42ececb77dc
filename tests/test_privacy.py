"""What the program writes is for its owner alone, or for the group of a shared folder."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import coder
from coder.cli import app
from coder.codebook import Codebook, Theme, write_codebook
from coder.decisions import decisions_folder
from coder.exporting.tags import isolated
from coder.files import write_csv
from coder.private import make_file
from coder.project import Project
from coder.workflow.check import check
from coder.workflow.checks.open_files import close_open_files
from export_helpers import make_small_project

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights are of POSIX systems")

ROWS = "id,comment\n" + "".join(
    f"c{number},I would like number {number} more lamps in our street please\n"
    for number in range(30)
)


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """As in a notebook: new files would be for all to read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes_in(folder: Path) -> dict[str, str]:
    """The mode of all in a folder, itself included, as `0o600`."""
    modes = {".": oct(stat.S_IMODE(folder.stat().st_mode))}
    for path in folder.rglob("*"):
        modes[path.relative_to(folder).as_posix()] = oct(stat.S_IMODE(path.lstat().st_mode))
    return modes


def work(folder: Path) -> Path:
    """A small consultation read, coded, reviewed and exported by the library; its place."""
    table = folder / "survey.csv"
    table.write_text(ROWS, encoding="utf-8")
    table.chmod(0o644)
    place = folder / "work"
    project = coder.read(table, place / "plan")
    book = place / "book.yaml"
    themes = (Theme(id="lamps", name="Lamps", keywords=("lamps",)),)
    write_codebook(book, Codebook(title="T", themes=themes))
    coder.apply(project, book)
    decisions = place / "amira.csv"
    ids = "".join(f"{each},lamps\n" for each in project.comments["comment_id"])
    decisions.write_text(f"comment_id,themes\n{ids}", encoding="utf-8")
    coder.review(project, book, "amira", decisions)
    decisions.unlink()
    files = ("t.csv", "t.xlsx", "t.html", "t.json", "t.md", "pack.zip", "a.review.xlsx")
    coder.export(project, *(place / "out" / name for name in files), codebook=book)
    coder.export(place / "out" / "pack.zip", place / "rebuilt")
    return place


def test_what_the_library_writes_in_a_notebook_is_private(tmp_path: Path) -> None:
    open_to_others = {
        name: mode for name, mode in modes_in(work(tmp_path)).items() if int(mode, 8) & 0o077
    }
    assert open_to_others == {}


def test_what_is_written_in_a_shared_folder_is_for_its_group(tmp_path: Path) -> None:
    for umask in (0o022, 0o077):
        os.umask(umask)
        folder = tmp_path / f"of-group-{umask:o}"
        (folder / "work").mkdir(parents=True)
        (folder / "work").chmod(0o2770)
        wrong = {}
        for name, mode in modes_in(work(folder)).items():
            expected = 0o2770 if (folder / "work" / name).is_dir() else 0o660
            if int(mode, 8) != expected:
                wrong[name] = mode
        assert wrong == {}


def test_a_file_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "there"
    path.write_bytes(b"all")
    path.chmod(0o640)
    make_file(path)
    assert path.read_bytes() == b"all"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


# ---------------------------------------------------------------- what lies open


@pytest.fixture
def opened(tmp_path: Path) -> tuple[Project, Path]:
    """A project, its decisions and its pack, with the modes that earlier versions gave."""
    folder, codebook = make_small_project(tmp_path, only=40)
    coder.export(folder, tmp_path / "pack.zip", codebook=codebook)
    for path in tmp_path.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return Project(folder), codebook


def notes_on_privacy(project: Project, codebook: Path) -> list[str]:
    results = check(project, codebook).results
    return [note for result in results if result.subject == "privacy" for note in result.notes]


def test_check_names_what_lies_open_and_how_to_close_it(opened: tuple[Project, Path]) -> None:
    project, codebook = opened
    (note,) = notes_on_privacy(project, codebook)
    assert "files and folders with comments" in note
    assert "comments.parquet" in note
    assert "repair" in note
    assert check(project, codebook).faults == ()


def test_a_repair_closes_what_lies_open_and_says_so(opened: tuple[Project, Path]) -> None:
    project, codebook = opened
    said = CliRunner().invoke(
        app, ["check", str(project.folder), "--codebook", str(codebook), "--repair"]
    )
    assert said.exit_code == 0, said.output
    assert "can now be opened by you alone" in " ".join(said.output.split())
    for folder in (project.folder, decisions_folder(codebook)):
        assert {int(mode, 8) & 0o077 for mode in modes_in(folder).values()} == {0}
    assert stat.S_IMODE((codebook.parent / "pack.zip").stat().st_mode) == 0o600
    assert notes_on_privacy(project, codebook) == []
    assert close_open_files(project, codebook) == []


def test_a_shared_folder_stays_open_to_its_group(opened: tuple[Project, Path]) -> None:
    project, codebook = opened
    for path in (project.folder, *project.folder.rglob("*")):
        path.chmod(0o2775 if path.is_dir() else 0o664)
    close_open_files(project, codebook)
    modes = modes_in(project.folder)
    assert modes["."] == "0o2770"
    assert modes["comments.parquet"] == "0o660"


def test_links_and_files_that_are_no_packs_are_left_alone(opened: tuple[Project, Path]) -> None:
    project, codebook = opened
    elsewhere = codebook.parent / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "public").write_bytes(b"")
    other = codebook.parent / "other.zip"
    other.write_bytes(b"PK\x05\x06" + bytes(18))
    for path in (elsewhere / "public", other):
        path.chmod(0o644)
    (project.folder / "link").symlink_to(elsewhere)
    close_open_files(project, codebook)
    for path in (elsewhere / "public", other):
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755


# ---------------------------------------------------------------- what acts on a screen


def test_no_escape_character_goes_into_a_csv_file(tmp_path: Path) -> None:
    """A file that is shown in a terminal does nothing to it; tabs and lines stay."""
    path = tmp_path / "t.csv"
    hostile = "\x1b]0;title\x07 \x9b2J \x7f tab\there\nline"
    write_csv(path, pd.DataFrame({"a\x1b": [hostile, "plain"], "n": [1, 2]}))
    data = path.read_text(encoding="utf-8-sig")
    assert not set("\x1b\x07\x9b\x7f") & set(data)
    assert "tab\there\nline" in data
    assert "plain,2" in data


def test_marks_of_direction_end_with_the_comment_that_holds_them() -> None:
    element = isolated("“\u202edesrever", "” <b>")
    assert element == "<bdi>“\u202edesrever” &lt;b&gt;</bdi>"
