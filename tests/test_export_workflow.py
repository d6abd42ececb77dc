"""`workflow.export`: reports and projects from Python, what is returned, and errors in a Python user's words."""

import shutil
from pathlib import Path

import pytest

from coder.errors import CoderError
from coder.project import Project
from coder.workflow.export import ExportOutcome, SheetOptions, export
from export_helpers import make_small_project


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_small_project(tmp_path_factory.mktemp("workflow"))


@pytest.fixture(scope="module")
def outcome(place: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> ExportOutcome:
    """One export of the project to CSV, HTML and Markdown."""
    folder = tmp_path_factory.mktemp("written")
    files = [folder / name for name in ("themes.csv", "themes.html", "themes.md")]
    return export(Project(place[0]), *files, codebook=place[1])


def test_the_outcome_names_every_file_and_what_is_in_it(outcome: ExportOutcome) -> None:
    assert [file.path.name for file in outcome.files] == [
        "themes.csv",
        "themes.by-route.csv",
        "themes.notes.txt",
        "themes.html",
        "themes.md",
    ]
    assert all(file.path.is_file() for file in outcome.files)
    held = {file.path.suffix: file.comments for file in outcome.files}
    assert held[".csv"] == held[".md"] == 0
    assert held[".html"] > 0
    assert outcome.report is not None
    assert outcome.facts()["themes"][0]["n"] == outcome.report.themes["n"].iloc[0]
    assert "pack.zip" in outcome.next_step


def test_a_report_is_written_without_its_project(outcome: ExportOutcome, tmp_path: Path) -> None:
    assert outcome.report is not None
    again = export(outcome.report, str(tmp_path / "again.csv"))
    first = outcome.files[0].path.read_bytes()
    assert (tmp_path / "again.csv").read_bytes() == first
    assert again.next_step == ""
    for name in ("pack.zip", "ann.review.xlsx"):
        with pytest.raises(CoderError, match="is made from a project, not from a report"):
            export(outcome.report, tmp_path / name)


def test_errors_name_what_to_change_in_python(
    place: tuple[Path, Path], outcome: ExportOutcome, tmp_path: Path
) -> None:
    project, codebook = place
    report = outcome.report
    assert report is not None
    codebook_named_md = Path(shutil.copy(codebook, codebook.with_name("plan.md")))
    with pytest.raises(CoderError, match="no file to write is named"):
        export(report)
    with pytest.raises(CoderError, match="codebook='FILE'"):
        export(project, tmp_path / "themes.csv")
    with pytest.raises(CoderError, match=r"unsupported file type\n.*\.xlsx"):
        export(report, tmp_path / "themes.xls")
    with pytest.raises(CoderError, match="reviewer= is for a sheet to review in"):
        export(project, tmp_path / "t.csv", codebook=codebook, sheet=SheetOptions("ann"))
    with pytest.raises(CoderError, match=r"without_text=: .* is not an audit pack"):
        export(project, tmp_path / "t.csv", codebook=codebook, without_text=True)
    with pytest.raises(CoderError, match="the export is made from this file"):
        export(project, codebook_named_md, codebook=codebook_named_md)
    with pytest.raises(CoderError, match="names the same file twice"):
        export(project, tmp_path / "t.csv", tmp_path / "t.csv", codebook=codebook)
    assert list(tmp_path.iterdir()) == []


def test_the_next_step_follows_from_what_was_written(
    place: tuple[Path, Path], tmp_path: Path
) -> None:
    project, codebook = place
    sheet = export(project, tmp_path / "ann.review.xlsx", codebook=codebook)
    assert sheet.report is None
    assert sheet.files[0].comments > 0
    assert "read it with" in sheet.next_step
    pack = export(project, tmp_path / "pack.zip", codebook=codebook)
    assert "check the pack" in pack.next_step
    tables = export(tmp_path / "pack.zip", tmp_path / "rebuilt")
    assert tables.pack == tmp_path / "pack.zip"
    assert {file.path.parent for file in tables.files} == {tmp_path / "rebuilt"}
    assert set(tables.facts()) == {"pack", "files"}


def test_a_project_that_may_only_be_read_is_exported_and_the_missing_record_is_told(
    place: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = place[0] / "runs"
    before = sorted(runs.iterdir())
    monkeypatch.setattr("os.access", lambda path, _: Path(path) not in (runs, place[0]))
    outcome = export(place[0], tmp_path / "themes.csv", codebook=place[1])
    assert (tmp_path / "themes.csv").is_file()
    assert "You may only read the project" in outcome.warnings[-1]
    assert sorted(runs.iterdir()) == before
