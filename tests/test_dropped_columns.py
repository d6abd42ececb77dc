"""Columns that reading drops (names, addresses, letters' subjects) are in no file for others."""

import csv
import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import Codebook, Theme, write_codebook
from coder.codebook.refi_codes import PROJECT
from coder.exporting.zips import read_zip
from coder.project import Project, Settings
from coder.reporting import Options
from coder.settings import Question, Source
from coder.workflow.export import export
from coder.workflow.read import read
from coder.workflow.review import review_from_table
from pack_helpers import faults_of, manifest_of
from refi_schema import breaches

HEAD = (
    "Response ID",
    "Name",
    "E-mail address",
    "Phone number",
    "Progress",
    "Empty",
    "Organisation",
    "Gender",
    "Town",
    "What would you change?",
)
WISHES = ("lamps in our street", "a bus at night", "the library open", "less litter", "trees")
DROPPED = ("Name", "E-mail address", "Phone number", "Progress", "Organisation")
KEPT = ("Gender", "Town")


def survey(path: Path) -> Path:
    rows = []
    for number in range(20):
        name = f"Person{number} Surname{number}"
        wish = f"I would like {WISHES[number % 5]}, and for many reasons, number {number}"
        address, phone = f"p{number}@example.org", f"0113 496 00{number:02d}"
        own = ("100", "", f"Society {number}", ("Man", "Woman")[number % 2], f"Town {number}")
        rows.append((f"R{number:02d}", name, address, phone, *own, wish))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((HEAD, *rows))
    return path


def decided(project: Project, folder: Path) -> Path:
    book = folder / "book.yaml"
    write_codebook(book, Codebook(title="T", themes=(Theme(id="lamps", name="Lamps"),)))
    first = project.comments["comment_id"].iloc[0]
    table = folder / "amira.csv"
    table.write_text(f"comment_id,themes\n{first},lamps\n", encoding="utf-8")
    review_from_table(project, book, table, "amira")
    return book


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("dropped")
    project = read(survey(folder / "survey.csv"), folder / "plan").project
    return project.folder, decided(project, folder)


def labels_in_sav(path: Path) -> list[str]:
    pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed")
    return list(pyreadstat.read_sav(str(path))[1].column_labels)


def variables_in_qdpx(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        content = archive.read("project.qde")
    assert b"@example.org" not in content
    root = ET.fromstring(content)  # noqa: S314
    assert list(breaches(root, PROJECT)) == []
    variables = root.findall("q:Variables/q:Variable", {"q": PROJECT})
    return [str(variable.get("name")) for variable in variables]


def test_nothing_that_was_received_is_thrown_away(place: tuple[Path, Path]) -> None:
    project = Project(place[0])
    assert set(DROPPED) <= set(project.comments.columns)
    assert project.comments["E-mail address"].iloc[3] == "p3@example.org"
    assert project.settings().sources[0].dropped == DROPPED


def test_qdpx_holds_the_answers_alone(place: tuple[Path, Path], tmp_path: Path) -> None:
    outcome = export(place[0], tmp_path / "t.qdpx", codebook=place[1])
    assert variables_in_qdpx(tmp_path / "t.qdpx") == ["source", "Empty", *KEPT]
    (written,) = outcome.files
    (note,) = written.notes
    assert note.startswith("5 columns that reading dropped are left out: 'Name', 'E-mail address'")
    assert outcome.facts()["file_notes"] == {str(tmp_path / "t.qdpx"): [note]}


def test_sav_holds_the_answers_alone_and_says_so(place: tuple[Path, Path], tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed")
    arguments = ["export", str(place[0]), "--codebook", str(place[1])]
    said = CliRunner().invoke(app, [*arguments, "--to", str(tmp_path / "t.sav")])
    labels = labels_in_sav(tmp_path / "t.sav")
    assert set(KEPT) <= set(labels)
    assert not set(DROPPED) & set(labels)
    assert "5 columns that reading dropped are left out" in " ".join(said.output.split())
    notes = " ".join(pyreadstat.read_sav(str(tmp_path / "t.sav"))[1].notes)
    assert "5 columns that reading dropped are left out" in notes


def test_an_attribute_goes_out_whatever_it_looks_like(tmp_path: Path) -> None:
    path = survey(tmp_path / "survey.csv")
    arguments = ["read", str(path), "--into", str(tmp_path / "plan"), "--attribute", "Organisation"]
    said = CliRunner().invoke(app, arguments)
    assert said.exit_code == 0, said.output
    project = Project(tmp_path / "plan")
    book = decided(project, tmp_path)
    export(project.folder, tmp_path / "t.qdpx", codebook=book)
    assert variables_in_qdpx(tmp_path / "t.qdpx") == ["source", "Empty", "Organisation", *KEPT]
    read(path, tmp_path / "plan")
    assert "Organisation" not in project.settings().dropped, "it stays an attribute"


def test_letters_go_out_without_sender_and_subject(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    for number, wish in enumerate(WISHES):
        head = f"From: Jane {number} <jane{number}@example.org>\nSubject: From Jane {number}\n"
        text = f"Please give us {wish}, for we have waited long enough for it."
        letter = f"{head}Date: Tue, 3 Mar 2026 10:00:00 +0000\n\n{text}\n"
        (folder / f"{number}.eml").write_text(letter, encoding="utf-8")
    project = read(folder, tmp_path / "plan").project
    assert {"sender", "subject", "sender_address"} <= set(project.comments.columns)
    book = decided(project, tmp_path)
    export(project.folder, tmp_path / "t.qdpx", codebook=book)
    assert variables_in_qdpx(tmp_path / "t.qdpx") == ["source", "date"]
    export(project.folder, tmp_path / "review.xlsx", codebook=book)
    with zipfile.ZipFile(tmp_path / "review.xlsx") as archive:
        cells = b"".join(map(archive.read, archive.namelist()))
    assert b"waited long enough" in cells
    assert b"jane0" not in cells
    assert b"From Jane" not in cells


def test_settings_know_the_dropped_columns_of_every_question() -> None:
    def source(name: str, *dropped: str) -> Source:
        return Source(name=name, file="f", sha256="", format="csv", rows=1, dropped=dropped)

    questions = (
        Question(id="q1", sources=(source("a", "Name"),)),
        Question(id="q2", sources=(source("a", "Name"), source("b", "E-mail", "Ward"))),
    )
    settings = Settings(name="p", questions=questions, attributes=("Ward",))
    assert settings.dropped == {"Name", "E-mail"}
    assert settings.of_question("q1").dropped == {"Name"}


def test_a_pack_leaves_dropped_columns_out_and_rebuilds(
    place: tuple[Path, Path], tmp_path: Path
) -> None:
    outcome = export(place[0], tmp_path / "pack.zip", codebook=place[1])
    (written,) = outcome.files
    assert written.notes[0].startswith(
        "5 columns that reading dropped are left out: 'E-mail address', "
    )
    members = read_zip(tmp_path / "pack.zip")
    packed = pd.read_parquet(io.BytesIO(members["project/comments.parquet"]))
    assert set(KEPT) <= set(packed.columns)
    assert not set(DROPPED) & set(packed.columns)
    for data in members.values():
        assert b"p3@example.org" not in data
    assert manifest_of(tmp_path / "pack.zip")["columns_left_out"] == sorted(DROPPED)
    assert faults_of(tmp_path / "pack.zip") == []


def test_a_pack_keeps_a_dropped_column_that_its_tables_are_broken_down_by(
    place: tuple[Path, Path], tmp_path: Path
) -> None:
    options = Options(by=("Organisation",))
    export(place[0], tmp_path / "pack.zip", codebook=place[1], options=options)
    manifest = manifest_of(tmp_path / "pack.zip")
    assert manifest["columns_left_out"] == sorted(set(DROPPED) - {"Organisation"})
    assert faults_of(tmp_path / "pack.zip") == []
