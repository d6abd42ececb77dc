"""Files that are the old one or the new one; tables that no spreadsheet runs."""

import csv
import math
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import files
from coder.errors import CoderError


def leftovers(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if p.suffix == ".tmp"]


def test_new_file_replaces_whole_and_keeps_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    files.write_text(path, "one\n")
    path.chmod(0o640)
    files.write_text(path, "two\r\n“ü”")
    assert path.read_bytes() == "two\r\n“ü”".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert leftovers(path.parent) == []


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    files.write_text(path, "old")

    def fail() -> None:
        with files.new_file(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


def test_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    files.write_text(path, "old")
    program = (
        "import resource, signal, sys; from pathlib import Path; from coder import files; from coder.errors import CoderError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"path = Path({str(path)!r})\n"
        "try:\n    files.write_text(path, 'x' * 5000)\n"
        "except CoderError as error:\n    print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert "could not be written" in told
    assert "as it was before" in told
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs kill -9")
def test_killed_while_writing_leaves_old_or_new(tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    files.write_text(path, "old" * 100_000)
    program = (
        "import os, signal; from pathlib import Path; from coder import files\n"
        f"with files.new_file(Path({str(path)!r})) as temporary:\n"
        "    temporary.write_text('new' * 50_000)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    assert path.read_text() == "old" * 100_000


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CoderError, match="cannot be written"):
        files.write_text(tmp_path / "file" / "b.txt", "x")


def test_target_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(CoderError, match="could not be written"):
        files.write_text(tmp_path / "folder", "x")
    assert leftovers(tmp_path) == []


def test_very_long_names_still_get_a_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 240 + ".txt")
    files.write_text(path, "x")
    assert path.read_text() == "x"


# ---------------------------------------------------------------- tables


def read_back(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"]
)
def test_formulas_stay_text(tmp_path: Path, start: str) -> None:
    """C5: no formula runs from a comment, an id, a column's name."""
    files.write_csv(tmp_path / "t.csv", pd.DataFrame({start: [start], "n": [-1.5]}))
    rows = read_back(tmp_path / "t.csv")
    assert rows[0][0] == rows[1][0] == "'" + start
    assert rows[1][1] == "-1.5"  # a number is a number


def test_missing_values_are_empty_and_text_is_itself(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "text": ["None", "N/A", "007", "", 'a "b", c\nd'],
            "n": pd.array([1, None, 3, 4, 5], dtype="Int64"),
            "x": [0.5, math.nan, 1e-9, 123456789.0, -0.25],
            "when": pd.to_datetime(["2025-01-01", None, None, None, None]),
            "yes": [True, False, True, True, False],
        }
    )
    files.write_csv(tmp_path / "t.csv", table)
    rows = read_back(tmp_path / "t.csv")
    assert [row[0] for row in rows[1:]] == list(table["text"])
    assert [row[1] for row in rows[1:]] == ["1", "", "3", "4", "5"]
    assert [row[2] for row in rows[1:]] == ["0.5", "", "1e-09", "1.23457e+08", "-0.25"]
    assert rows[2][3] == ""
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
        max_size=5,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_whole(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    files.write_csv(path, pd.DataFrame({"text": pd.Series(texts, dtype="str"), "end": "x"}))
    back = [row[0] for row in read_back(path)[1:]]
    shown = [files.CONTROLS.sub("\ufffd", text) for text in texts]
    assert [cell.removeprefix("'") if text.startswith(files.FORMULA_STARTS) else cell for cell, text in zip(back, shown, strict=True)] == shown  # fmt: skip


def test_hash_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert (
        files.sha256_of(tmp_path / "x")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_a_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "a.csv"
    os.mkfifo(pipe)
    with pytest.raises(CoderError, match="is a pipe or a device"):
        files.write_text(pipe, "text")
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_file_of_the_system_that_says_it_is_empty_is_not_read(tmp_path: Path) -> None:
    """Reading `/proc/kmsg` would wait for the next message of the kernel."""
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    of_system = Path("/proc/self/maps")
    if not of_system.exists():
        pytest.skip("this system has no /proc")
    assert files.sha256_of(of_system) == files.sha256_of(empty)


def test_a_name_that_is_not_utf8_can_be_stored() -> None:
    assert files.name_to_store(os.fsdecode(b"caf\xe9.csv")) == "caf\ufffd.csv"
    assert files.name_to_store("café \U0001f600.csv") == "café \U0001f600.csv"
