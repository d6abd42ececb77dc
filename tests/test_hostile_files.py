"""Files made to harm: each ends in a result or in a message of ours, within its limits."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlsxwriter

from coder.codebook import read_codebook
from coder.codebook.qdc_file import read_qdc_codes
from coder.confined import Job, parent, run_rehearsed
from coder.decisions.table_cells import read_cells
from coder.errors import CoderError, for_command_line
from coder.exporting.pack import check_pack
from coder.limits import ORDINARY, use_limits
from coder.parquet_size import check_own_size
from coder.reading.columns import ColumnChoices, detect_columns
from coder.reading.formats import load
from coder.reading.options import FileOptions
from coder.settings import Settings
from coder.yaml_faults import read_model

HOSTILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "hostile"
TEXT = "More buses in the evening, please, for people who work late"


def read_table(path: Path) -> object:
    return load(path, FileOptions())


def read_settings(path: Path) -> object:
    return read_model(path, path.read_bytes(), Settings, "Correct it.")


def read_qdc(path: Path) -> object:
    return run_rehearsed(lambda: read_qdc_codes(path), Job.of(path))


READERS: dict[str, Callable[[Path], object]] = {
    "codebook": read_codebook,
    "csv": read_table,
    "pack": check_pack,
    "parquet": read_table,
    "projectyaml": read_settings,
    "qdc": read_qdc,
    "review": read_cells,
    "xlsx": read_table,
}


def outcome_of(read: Callable[[Path], object], path: Path) -> str:
    """Nothing for a result, else the message; anything but our own error fails the test."""
    try:
        read(path)
    except CoderError as error:
        return error.problem
    return ""


def read_all(kind: str) -> int:
    """Read all files of a kind; the most memory that a child process took, in kB."""
    for path in sorted((HOSTILE / kind).iterdir()):
        outcome_of(READERS[kind], path)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


@pytest.mark.parametrize("kind", READERS)
def test_files_of_an_audit_end_in_a_result_or_a_message(kind: str) -> None:
    if not HOSTILE.is_dir():
        pytest.skip("../shared/data/hostile is not on this machine")
    # In a process of its own: what others tried before would count as well.
    read_all = f"import test_hostile_files as tests; print(tests.read_all({kind!r}))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", read_all],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    most = int(ran.stdout)
    assert most < 1_000_000  # kB


# ---------------------------------------------------------------- made here


def workbook(path: Path, cells: dict[tuple[int, int], str]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for (row, column), text in cells.items():
            sheet.write_string(row, column, text)
    return path


@pytest.mark.parametrize("read", [read_table, read_cells])
def test_two_cells_at_the_ends_of_a_sheet(read: Callable[[Path], object], tmp_path: Path) -> None:
    ends = {(0, 0): "comment_id", (0, 1): "themes", (1_048_575, 16_383): "b"}
    path = workbook(tmp_path / "ends.xlsx", ends)
    assert "more cells or texts than a survey" in outcome_of(read, path)


@pytest.mark.parametrize("read", [read_table, read_cells])
def test_few_bytes_that_stand_for_much_text(read: Callable[[Path], object], tmp_path: Path) -> None:
    """A workbook holds a text once, however many cells have it."""
    cells = {(row, 1): "x" * 30_000 for row in range(1, 4_000)}
    path = workbook(tmp_path / "same.xlsx", {(0, 0): "comment_id", (0, 1): "themes"} | cells)
    with use_limits(replace(ORDINARY, memory=60_000_000)):
        assert "memory, so it was not read" in outcome_of(read, path)


@pytest.mark.parametrize("name", ["wide.csv", "wide.xlsx", "wide.parquet"])
def test_more_columns_than_a_survey(name: str, tmp_path: Path) -> None:
    table = pd.DataFrame([[TEXT] * 30], columns=[f"q{number}" for number in range(30)])
    path = tmp_path / name
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_parquet(path)
    assert outcome_of(read_table, path) == ""
    with use_limits(replace(ORDINARY, columns=29)):
        assert "30 columns, more than a survey" in outcome_of(read_table, path)


def test_more_columns_of_comments_than_a_survey_has_questions(tmp_path: Path) -> None:
    """Each question costs time of its own, so thousands are refused before they are compared."""
    path = tmp_path / "wide.csv"
    cells = [[f"{TEXT} {row} {number}" for number in range(9)] for row in range(3)]
    pd.DataFrame(cells, columns=[f"q{number}" for number in range(9)]).to_csv(path, index=False)
    raw = load(path, FileOptions())
    assert len(detect_columns(raw, ColumnChoices()).questions) == 9
    with use_limits(replace(ORDINARY, questions=8)):
        with pytest.raises(CoderError, match="more than 8 columns look like comments") as refusal:
            detect_columns(raw, ColumnChoices())
        assert "--text COL" in for_command_line(refusal.value.fix)
        named = detect_columns(raw, ColumnChoices(texts=("q3",)))
        assert [question.column for question in named.questions] == ["q3"]


def test_a_parquet_file_of_more_rows_than_a_survey(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"comment": pa.array([TEXT] * 70_000)}), path)
    with use_limits(replace(ORDINARY, cells=60_000)):
        assert "70,000 rows and 1 column," in outcome_of(read_table, path)


def test_a_file_of_a_project_that_promises_more_than_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "comments.parquet"
    pq.write_table(pa.table({"comment_id": pa.array([TEXT] * 70_000)}), path)
    with pytest.raises(ValueError, match="more than it can hold"):
        check_own_size(path, pq.read_metadata(path))


@pytest.mark.parametrize(
    "text", ["sep=;", "sep=;\n", "sep=;\r\n\r\n", 'sep="\nid"c\n1"a\n', "sep=\r\n\r\n", "sep=\0\n"]
)
def test_a_line_that_names_the_separator_and_little_more(text: str, tmp_path: Path) -> None:
    path = tmp_path / "separator.csv"
    path.write_bytes(text.encode())
    outcome_of(read_table, path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<?xml version="1.0" encoding="utf-7"?><CodeBook/>', "is not XML"),
        ("<CodeBook><Codes>" + '<Code name="a">' * 20_000, "nested more than 200 deep"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><CodeBook/>", "declares entities"),
    ],
)
def test_a_codebook_of_another_program(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "codes.qdc"
    path.write_text(text)
    assert told in outcome_of(read_qdc, path)


# ---------------------------------------------------------------- the same as without a child


def test_a_table_is_the_same_as_when_it_is_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "survey.sav"
    table = pd.DataFrame({"q1": [1.0, 2.0, None], "q2": [TEXT, "é🚌", ""]})
    labels = {"q1": {1.0: "yes", 2.0: "no"}}
    questions = ["Do you agree?", "Why?"]
    pyreadstat.write_sav(table, path, column_labels=questions, variable_value_labels=labels)
    confined = load(path, FileOptions())
    monkeypatch.setattr(parent, "_inside", True)
    here = load(path, FileOptions())
    assert confined.orders == {"q1": ("yes", "no")}
    for each in fields(here):
        one, other = getattr(confined, each.name), getattr(here, each.name)
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other)
        elif each.name == "numbers":
            assert one.tolist() == other.tolist()
        else:
            assert one == other, each.name
