"""The program's own CSV and JSON files: read as written, or one error that names file and line."""

import csv
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import stored
from coder.comment_files import read_table
from coder.files import write_csv
from coder.stored import DamagedFileError

REMEDY = "Write it again."
COMMENT = "Mrs Smith of 4 Mill Lane"


def rows_of(path: Path) -> list[dict[str, str]]:
    return [row.cells for row in stored.read_rows(path, ["id", "text"], REMEDY)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table"


def test_a_table_is_read_as_it_was_written(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbfid,text,more\n1,"a\nb",x\r\n2,"c\rd, ""e""",\n')
    rows = list(stored.read_rows(path, ["id"], REMEDY))
    assert [row.line for row in rows] == [2, 4]
    assert [row.cells["text"] for row in rows] == ["a\nb", 'c\rd, "e"']


TABLES = {
    "empty": (b"", r":? is damaged \(it is empty\)"),
    "a byte": (b"id,text\n1,a\n2,\xff\n", r":3: .*not UTF-8"),
    "NUL": (b"id,text\n1,a\0\n", r":2: .*NUL"),
    "a quote": (b'id,text\n1,"a"b\n', r":2: .*not a row"),
    "an open quote": (f'id,text\n1,"{COMMENT}\n2,x\n'.encode(), r":2: .*quoted cell"),
    "cut": (b"id,text\n1,a\n2,b", r":3: .*middle of a line"),
    "few cells": (f"id,text\n{COMMENT}\n".encode(), r":2: .*1 cell instead of 2"),
    "many cells": (b"id,text\n1,a,b\n", r":2: .*3 cells instead of 2"),
    "columns": (b"id,words\n1,a\n", r":1: .*lacks 1 column: text"),
    "names": (b"id,text,text\n1,a,b\n", r":1: .*two columns of one name"),
    "zeros": (bytes(5000), r":1: .*NUL"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_damaged_table_is_one_error_with_its_line(path: Path, name: str) -> None:
    data, problem = TABLES[name]
    path.write_bytes(data)
    with pytest.raises(DamagedFileError, match=problem) as raised:
        rows_of(path)
    assert raised.value.fix == REMEDY
    assert "Smith" not in raised.value.problem
    assert str(path) in raised.value.problem


def test_a_line_without_an_end_is_not_read_into_memory(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"id,text\n1,")
        file.truncate(stored.MOST_LINE_BYTES * 4)
    with pytest.raises(DamagedFileError, match=r":2: .*longer than"):
        rows_of(path)


def test_reading_leaves_the_limits_of_others_alone(path: Path) -> None:
    before = csv.field_size_limit()
    path.write_bytes(b"id,text\n1," + b"x" * 200_000 + b"\n")
    assert len(rows_of(path)[0]["text"]) == 200_000
    assert csv.field_size_limit() == before


OBJECTS = {
    "empty": (b"", "ends too early"),
    "cut": (b'{\n"a": "b",\n"c": "d', r":3:6: .*ends too early"),
    "not JSON": (b'{\n"a" 1}', r":2:5: .*not JSON"),
    "a list": (b"[]", "not a JSON object"),
    "deep": (b"[" * 200_000, "nested too deeply"),
    "digits": (b'{"a": ' + b"1" * 5000 + b"}", "number too long"),
    "half a character": (b'{"a": "\\ud800"}', "lone surrogate"),
    "a type": (b'{"at": 5, "n": 1}', "at is not text"),
    "truth": (b'{"at": "x", "n": true}', "n is not a whole number"),
    "missing": (b'{"at": null, "n": 1}', "at is missing"),
    "UTF-16": ('{"at": "x"}'.encode("utf-16"), "NUL"),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_a_damaged_object_is_one_error(path: Path, name: str) -> None:
    data, problem = OBJECTS[name]
    path.write_bytes(data)
    with pytest.raises(DamagedFileError, match=problem):
        stored.read_object(path, REMEDY, {"at": str, "n": int}, ["at"])


def test_a_whole_character_of_two_halves_is_read(path: Path) -> None:
    path.write_bytes(b'{"a": "\\ud83d\\ude00"}')
    assert stored.read_object(path, REMEDY)["a"] == "\N{GRINNING FACE}"


def test_what_is_no_file_is_not_opened(path: Path, tmp_path: Path) -> None:
    os.mkfifo(path)  # would wait for a writer
    for place in (path, tmp_path, tmp_path / "gone", tmp_path / "gone" / "inner"):
        with pytest.raises(DamagedFileError, match="cannot be read"):
            stored.read_bytes(place, REMEDY)


def test_a_file_larger_than_allowed_is_refused(path: Path) -> None:
    path.write_bytes(bytes(11))
    with pytest.raises(DamagedFileError, match="larger than 10 bytes"):
        stored.read_bytes(path, REMEDY, 10)


def test_what_a_library_says_of_a_file_is_not_shown(path: Path) -> None:
    def fail() -> None:
        raise TypeError(COMMENT)

    with pytest.raises(DamagedFileError, match="TypeError") as raised:
        stored.guarded(path, fail, REMEDY)
    assert "Smith" not in str(raised.value)


def test_a_seal_shows_a_change() -> None:
    sealed = json.loads(json.dumps(stored.seal({"a": (1, 2), "b": {"c": 0.1}})))
    assert stored.is_as_sealed(sealed)
    assert not stored.is_as_sealed({**sealed, "a": [1, 3]})
    assert stored.is_as_sealed({"a": 1})  # of an earlier version


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any"
        path.write_bytes(b"id,text\n" + data)
        for read in (rows_of, lambda path: stored.read_json(path, REMEDY)):
            fault = stored.fault_of(lambda read=read: read(path))
            assert not fault or fault.endswith(REMEDY)


# Characters that act on a terminal are replaced in CSV files.
CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r"), max_size=9
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_any_text_comes_back_from_a_table(rows: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        written = [tuple("x" + cell for cell in row) for row in rows]
        write_csv(path, pd.DataFrame(written, columns=["id", "text"], dtype=str))
        assert [tuple(row.values()) for row in rows_of(path)] == written


def test_a_text_that_is_not_utf8_is_damage_when_it_is_read(tmp_path: Path) -> None:
    """Arrow reads such a text without a word, and fails when it is looked at."""
    path = tmp_path / "comments.parquet"
    broken = pa.array([b"first", b"sec\xffnd"]).view(pa.string())
    pq.write_table(pa.table({"comment_id": ["1", "2"], "text": broken}), path)
    with pytest.raises(DamagedFileError, match="is damaged"):
        read_table(path, "coder read FILE")
