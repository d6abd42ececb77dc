"""GZ and ZIP: one table inside is read as if it lay there unpacked; several, none, or a bomb is an error."""

import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest

from coder.files import sha256_of
from coder.reading.reader import read_comments, read_files
from reading_helpers import error_of, notes_in_shell, read_file

CSV = b"id,comment\n1,More buses\n2,Fewer cars\n"


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_source_is_the_file_that_the_user_gave(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {"Survey 1/answers.csv": CSV, "read me.pdf": b"%PDF"})
    result = read_comments(path)
    assert result.comments["text"].tolist() == ["More buses", "Fewer cars"]
    (source,) = result.sources
    assert source.file == "export.zip"
    assert source.sha256 == sha256_of(path)
    assert source.name == "export"
    assert "Survey 1/answers.csv" in result.described
    assert any("read me.pdf" in note for note in result.notes)


def test_a_gz_file_has_the_name_of_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv.gz"
    path.write_bytes(gzip.compress(CSV))
    (source,) = read_comments(path).sources
    assert source.name == "answers"
    assert source.file == "answers.csv.gz"


def test_several_tables_are_listed_and_one_can_be_chosen(tmp_path: Path) -> None:
    book = workbook(
        {
            "Web": [["id", "comment"], ["1", "On the web"]],
            "Post": [["id", "comment"], ["1", "By post"]],
        }
    )
    path = write_zip(tmp_path / "a.zip", {"one.csv": CSV, "deep/two.xlsx": book})
    said = error_of(path)
    assert "2 tables: one.csv, deep/two.xlsx" in said
    assert "--sheet NAME" in said
    assert read_file(path, sheet="one.csv").comments["text"].tolist() == [
        "More buses",
        "Fewer cars",
    ]
    post = read_file(path, sheet="two.xlsx:Post")
    assert post.comments["text"].tolist() == ["By post"]
    (again,) = read_files([path], earlier=post.sources)
    assert again.comments["text"].tolist() == ["By post"], "the choice holds the next time"
    assert "holds no table named 'three.csv'" in error_of(path, sheet="three.csv")


def test_the_sheet_of_the_only_workbook_can_be_chosen(tmp_path: Path) -> None:
    book = workbook(
        {
            "Web": [["id", "comment"], ["1", "On the web"]],
            "Post": [["id", "comment"], ["1", "By post"]],
        }
    )
    path = write_zip(tmp_path / "a.zip", {"March.xlsx": book})
    post = read_file(path, sheet="Post")
    assert post.comments["text"].tolist() == ["By post"]
    write_zip(path, {"April.xlsx": book})
    (again,) = read_files([path], earlier=post.sources)
    assert again.comments["text"].tolist() == ["By post"], "whatever the file in it is called"


def test_faults_name_the_archive_the_member_and_the_line(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"one.csv": CSV + b"3,a,b\n"})
    assert f"{path} (one.csv):4: has 3 fields" in error_of(path)
    path = tmp_path / "b.csv.gz"
    path.write_bytes(gzip.compress(CSV + b"3,a,b\n"))
    assert f"{path}:4: has 3 fields" in error_of(path)
    assert "coder-" not in error_of(path), "not the temporary file"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    outside = tmp_path / "work"
    outside.mkdir()
    path = write_zip(outside / "a.zip", {"../../escaped.csv": CSV})
    read_file(path)
    write_zip(path, {"/etc/escaped.csv": CSV + b"3,a,b\n"})
    error_of(path)
    assert list(private.iterdir()) == []
    assert list(outside.iterdir()) == [path]
    assert not list(tmp_path.rglob("*.csv"))


def test_faulty_archives(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {})
    assert "holds no table (it is empty)" in error_of(path)
    write_zip(path, {"letter.pdf": b"%PDF"})
    assert "holds no table (letter.pdf)" in error_of(path)
    write_zip(path, {"inner.zip": path.read_bytes()})
    assert "holds no table" in error_of(path)
    path.write_bytes(CSV)
    assert "is no zip archive" in error_of(path)
    whole = write_zip(path, {"one.csv": CSV * 500}).read_bytes()
    path.write_bytes(whole[:60] + b"\x55\x55\x55" + whole[63:])
    assert "cut off or damaged" in error_of(path)
    data = bytearray(write_zip(path, {"one.csv": CSV}).read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert "protected by a password" in error_of(path)
    plain = tmp_path / "answers.gz"
    plain.write_bytes(gzip.compress(CSV))
    assert "does not say what is packed" in error_of(plain)
    twice = tmp_path / "answers.csv.gz.gz"
    twice.write_bytes(gzip.compress(gzip.compress(CSV)))
    assert "does not say what is packed" in error_of(twice)


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    zeros = b"0" * 1_000_000
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wb") as out:
        for _ in range(120):
            out.write(zeros)
    assert "more than 100 MB" in error_of(path)
    path = tmp_path / "a.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w") as member,
    ):
        for _ in range(120):
            member.write(zeros)
    assert "more than 100 MB" in error_of(path)


def test_notes_do_not_name_what_programs_add(tmp_path: Path) -> None:
    members = {"answers.csv": CSV, "__MACOSX/._answers.csv": b"\x00", "a/.DS_Store": b"\x00"}
    result = read_file(write_zip(tmp_path / "a.zip", members))
    assert not [note for note in notes_in_shell(result) if "archive" in note]


def test_names_in_an_archive_are_shown_on_one_line_and_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one\ntwo" + "n" * 60_000 + ".csv", "comment_id,comment\n1,Buses\n")
    described = read_file(path).described
    assert "one two" in described
    assert len(described) < 200
