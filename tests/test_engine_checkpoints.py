"""An interrupted run goes on from its finished blocks, and from nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import engine_passes as passes
from coder.engine import PLAIN_LOOP, Failure, map_blocks, open_engine
from coder.engine.checkpoints import keep_blocks

BLOCKS = [range(start, start + 5) for start in range(0, 50, 5)]


class StopError(Exception):
    """Stands for whatever interrupts a run."""


def run(folder: Path, marks: Path, key: str = "a", stop_after: int | None = None) -> list[dict]:
    """Compute all blocks, or stop after some; `marks` gets a file for each that is computed."""
    results = []
    with keep_blocks(folder, key) as kept:
        for _, result in map_blocks(
            passes.describe, BLOCKS, PLAIN_LOOP, shared=str(marks), kept=kept.of_pass("describe")
        ):
            results.append(result)
            if len(results) == stop_after:
                raise StopError
    return results


def interrupted(folder: Path, marks: Path) -> None:
    with pytest.raises(StopError):
        run(folder, marks, stop_after=4)


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def computed(marks: Path) -> int:
    """Blocks that were computed since the last call."""
    files = list(marks.iterdir())
    for file in files:
        file.unlink()
    return len(files)


def assert_same(some: list[dict], others: list[dict]) -> None:
    for one, other in zip(some, others, strict=True):
        assert list(one) == list(other)
        assert one["words"] == other["words"]
        for name in ("numbers", "names"):
            assert one[name].dtype == other[name].dtype
            assert one[name].tobytes() == other[name].tobytes()


def test_the_next_run_computes_only_what_is_missing(tmp_path: Path, marks: Path) -> None:
    whole = run(tmp_path / "one", marks)
    assert computed(marks) == 10
    interrupted(tmp_path / "two", marks)
    assert computed(marks) == 4
    assert_same(run(tmp_path / "two", marks), whole)
    assert computed(marks) == 6


def test_nothing_stays_after_success(tmp_path: Path, marks: Path) -> None:
    run(tmp_path / "kept", marks)
    assert not (tmp_path / "kept").exists()


def test_results_of_another_key_are_removed(tmp_path: Path, marks: Path) -> None:
    interrupted(tmp_path / "kept", marks)
    computed(marks)
    run(tmp_path / "kept", marks, key="b")
    assert computed(marks) == 10


def test_a_damaged_file_is_computed_again(tmp_path: Path, marks: Path) -> None:
    whole = run(tmp_path / "one", marks)
    interrupted(tmp_path / "two", marks)
    computed(marks)
    files = sorted((tmp_path / "two").rglob("*.npz"))
    files[0].write_bytes(b"")
    files[1].write_bytes(files[1].read_bytes()[:-30])
    files[2].write_bytes(b"no archive")
    assert_same(run(tmp_path / "two", marks), whole)
    assert computed(marks) == 9


def test_only_the_owner_can_read_what_is_kept(tmp_path: Path, marks: Path) -> None:
    mask = os.umask(0)
    try:
        interrupted(tmp_path / "kept", marks)
    finally:
        os.umask(mask)
    for path in (tmp_path / "kept").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


def test_left_out_items_are_left_out_in_the_next_run_too(tmp_path: Path) -> None:
    outcomes = []
    for stop in (True, False):
        failures: list[Failure] = []
        blocks = []
        try:
            with keep_blocks(tmp_path / "kept", "key") as kept:
                for block, _ in map_blocks(
                    passes.describe_unless_poisoned,
                    [range(4), range(4, 5), range(5, 9)],
                    shared={2: "raise", 4: "raise"},
                    failures=failures,
                    kept=kept.of_pass("describe"),
                ):
                    blocks.append(list(block))
                if stop:
                    raise StopError
        except StopError:
            pass
        outcomes.append((blocks, failures))
    assert outcomes[0] == outcomes[1]
    assert outcomes[1][0] == [[0, 1, 3], [5, 6, 7, 8]]
    assert [failure.item for failure in outcomes[1][1]] == [2, 4]


def test_objects_are_refused(tmp_path: Path) -> None:
    """Reading them back could run code."""
    with (
        pytest.raises(TypeError, match="array of objects"),
        keep_blocks(tmp_path / "kept", "key") as kept,
    ):
        list(map_blocks(passes.objects, BLOCKS, kept=kept.of_pass("objects")))


INTERRUPTED = """
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from test_engine_checkpoints import BLOCKS, passes
from coder.engine import map_blocks, open_engine
from coder.engine.checkpoints import keep_blocks

folder, marks = sys.argv[1:]
def notice(done, total, what):
    print(done, flush=True)

with open_engine(workers=2) as engine, keep_blocks(Path(folder), "a") as kept:
    list(map_blocks(passes.describe_slowly, BLOCKS, engine, shared=marks,
                    kept=kept.of_pass("describe"), progress=notice))
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_goes_on(tmp_path: Path, marks: Path, sent: signal.Signals) -> None:
    folder = tmp_path / "kept"
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(folder), str(marks)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    os.killpg(process.pid, sent)
    process.communicate(timeout=20)
    time.sleep(0.1)
    assert 3 <= computed(marks) < 10
    kept_blocks = len(list(folder.rglob("*.npz")))
    assert kept_blocks >= 3
    with open_engine(workers=2) as engine, keep_blocks(folder, "a") as kept:
        results = [
            result
            for _, result in map_blocks(
                passes.describe_slowly,
                BLOCKS,
                engine,
                shared=str(marks),
                kept=kept.of_pass("describe"),
            )
        ]
    assert computed(marks) == 10 - kept_blocks
    assert_same(results, run(tmp_path / "whole", marks))
