"""What the program makes is for its user alone, or for the group of a shared folder."""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from coder import files, private


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """As in a notebook, where the program does not set what others may do."""
    mask = os.umask(0o022)
    yield
    os.umask(mask)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def id_of_ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_new_file_and_its_folders_are_private(tmp_path: Path) -> None:
    path = tmp_path / "survey" / "plan" / "labels.csv"
    files.write_text(path, "text")
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert mode(path.parent.parent) == 0o700


def test_folder_that_exists_and_replaced_file_keep_their_modes(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "labels.csv"
    path.write_text("before")
    path.chmod(0o640)
    files.write_text(path, "after")
    assert mode(path) == 0o640
    assert mode(tmp_path) == 0o755


def test_shared_folder_is_shared_all_the_way_down(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    path = tmp_path / "survey" / "plan" / "labels.csv"
    files.write_text(path, "text")
    assert mode(path) == 0o660
    assert mode(path.parent) == 0o2770


def test_file_in_place_of_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "plan").write_text("a file")
    with pytest.raises(OSError):
        private.make_folder(tmp_path / "plan" / "runs")


def test_leftovers_of_a_killed_program_go_with_the_next_writing(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    machine = private.process_mark().partition("-")[0]
    dead = tmp_path / f".labels.csv.{machine}-{id_of_ended_process()}.abc.tmp"
    elsewhere = tmp_path / f".labels.csv.000000-{id_of_ended_process()}.abc.tmp"
    at_work = tmp_path / f".labels.csv.{machine}-{os.getppid()}.abc.tmp"
    of_another = tmp_path / f".runs.csv.{machine}-{id_of_ended_process()}.abc.tmp"
    copy_of_dead = tmp_path / f".{dead.name}.{machine}-{id_of_ended_process()}.def.tmp"
    for leftover in (dead, copy_of_dead, elsewhere, at_work, of_another):
        leftover.write_text("half")
    files.write_text(path, "whole")
    assert not dead.exists()
    assert not copy_of_dead.exists()
    assert elsewhere.exists()
    assert at_work.exists()
    assert files.abandoned_files(tmp_path) == [of_another]


def test_scratch_is_private_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with private.scratch_folder() as folder:
        assert mode(folder) == 0o700
        (folder / "comments.csv").write_text("text")
    assert list(tmp_path.iterdir()) == []


def test_scratch_of_a_killed_program_is_removed_and_of_others_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    machine = private.process_mark().partition("-")[0]
    start = f"{private.SCRATCH}{machine}-"
    dead = tmp_path / f"{start}{id_of_ended_process()}-ab_c"
    at_work = tmp_path / f"{start}{os.getppid()}-abc"
    for folder in (dead, at_work, tmp_path / "elsewhere"):
        folder.mkdir()
    link = tmp_path / f"{start}{id_of_ended_process()}-link"
    link.symlink_to(tmp_path / "elsewhere")
    with private.scratch_folder():
        pass
    assert not dead.exists()
    assert at_work.exists()
    assert link.exists()
    assert (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("mark", ["", "1f0c2a", "1f0c2a-x", "-1", "1f0c2a-99999999999"])
def test_unknown_marks_count_as_in_use(mark: str) -> None:
    assert not private.is_abandoned(mark)
