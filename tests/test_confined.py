"""Files are read in a child process: what it answers, how it is bounded, and that none is left."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from coder.confined import Answer, Job, can_confine, run_confined, run_each
from coder.errors import CoderError
from coder.limits import ORDINARY, use_limits
from coder.reading.raw_table import NoCommentsError

ROOT = Path(__file__).resolve().parents[1]
JOB = Job("answers.xlsx", 1_000)
pytestmark = pytest.mark.skipif(not can_confine(), reason="only Linux confines")


def error_of(work: Callable[[], Answer]) -> CoderError:
    with pytest.raises(CoderError) as caught:
        run_confined(work, JOB)
    return caught.value


# ---------------------------------------------------------------- answers


def test_facts_and_tables_come_back_as_they_were() -> None:
    text = "More 🚌, “please”\udc80"
    tables = (pa.table({"a": ["x", None], "b": [1, 2]}), pa.table({"c": pa.array([], pa.string())}))
    answer = run_confined(lambda: Answer({"text": text, "rows": [1, None]}, tables), JOB)
    assert answer.facts == {"text": text, "rows": [1, None]}
    assert answer.tables == tables


def test_an_answer_may_be_long() -> None:
    answer = run_confined(lambda: Answer("x" * 5_000_000), JOB)
    assert len(answer.facts) == 5_000_000


def test_our_own_errors_come_back_with_their_class() -> None:
    def work() -> Answer:
        raise NoCommentsError("page.html: holds no comment", "Name another.")

    error = error_of(work)
    assert type(error) is NoCommentsError
    assert (error.problem, error.fix) == ("page.html: holds no comment", "Name another.")


def test_what_an_unforeseen_error_says_is_not_told() -> None:
    """It may quote the file."""

    def work() -> Answer:
        raise KeyError("mary@example.org")

    message = str(error_of(work))
    assert message.startswith("answers.xlsx: cannot be read; it is damaged")
    assert "KeyError in test_confined.py" in message
    assert "mary" not in message


def test_what_the_work_changes_in_memory_stays_with_the_child() -> None:
    changed = []
    run_confined(lambda: Answer(changed.append(1)), JOB)
    assert changed == []


# ---------------------------------------------------------------- bounds


def test_too_much_memory_is_an_error_of_ours() -> None:
    message = str(error_of(lambda: Answer(len(bytearray(2_000_000_000)))))
    assert "needs more than 600 MB of memory" in message
    assert "raise_limits" in message


def test_a_larger_file_may_take_more_memory() -> None:
    with use_limits(replace(ORDINARY, memory=50_000_000, memory_a_byte=2)):
        assert "more than 50 MB" in str(error_of(lambda: Answer(len(bytearray(100_000_000)))))
        larger = Job("answers.xlsx", 50_000_000)
        assert run_confined(lambda: Answer(len(bytearray(100_000_000))), larger).facts


def test_computing_without_an_end_is_an_error_of_ours() -> None:
    def work() -> Answer:
        while True:
            pass

    with use_limits(replace(ORDINARY, seconds=1)):
        assert "takes more than 1 second of computing" in str(error_of(work))


def test_waiting_without_an_end_is_an_error_of_ours() -> None:
    def work() -> Answer:
        time.sleep(100)
        return Answer(None)

    with use_limits(replace(ORDINARY, seconds=1, waiting=1)):
        assert "did not end within 1 second" in str(error_of(work))


@pytest.mark.parametrize(
    ("crash", "told"),
    [
        (os.abort, "SIGABRT"),
        (lambda: ctypes.string_at(0), "SIGSEGV"),
        (lambda: os._exit(3), "status 3"),
    ],
)
def test_a_crash_is_an_error_of_ours(
    crash: Callable[[], object], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    message = str(error_of(lambda: Answer(crash())))
    assert "is damaged" in message
    assert told in message
    assert capfd.readouterr() == ("", "")


def test_a_file_that_unpacks_too_far_is_an_error_of_ours(tmp_path: Path) -> None:
    def work() -> Answer:
        with (tmp_path / "large").open("wb") as file:
            file.truncate(700_000_000)
        return Answer(None)

    assert "more than 600 MB" in str(error_of(work))


def test_after_a_crash_the_next_file_is_read() -> None:
    def work(number: int) -> Answer:
        if number == 1:
            os.abort()
        if number == 2:
            raise CoderError("is empty")
        return Answer(number)

    outcomes = list(run_each(work, [(JOB, number) for number in range(4)]))
    assert isinstance(outcomes[1], CoderError)
    assert isinstance(outcomes[2], CoderError)
    assert [outcomes[0], outcomes[3]] == [Answer(0, ()), Answer(3, ())]


def test_a_child_starts_no_child_of_its_own() -> None:
    inner = run_confined(lambda: Answer([can_confine(), os.getpid()]), JOB).facts
    assert inner[0] is False
    assert inner[1] != os.getpid()


# ---------------------------------------------------------------- nothing left, nothing done twice


def script(text: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", text, *words],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_the_child_writes_no_buffer_and_tidies_nothing_up() -> None:
    done = script("""
import atexit
from coder.confined import Answer, Job, run_confined
atexit.register(print, "ended")
print("begun")
print(run_confined(lambda: Answer(1), Job("x", 1)).facts)
""")
    assert done.communicate() == ("begun\n1\nended\n", "")


WAITING = """
import sys, time
from pathlib import Path
from coder.confined import Answer, Job, run_confined

def work():
    Path(sys.argv[1], "child").write_text(str(__import__("os").getpid()))
    import tempfile, subprocess
    tempfile.mkdtemp()
    subprocess.run(["sleep", "60"])

try:
    run_confined(work, Job("x", 1))
except KeyboardInterrupt:
    print("interrupted")
"""


def is_running(process_id: int) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Callable[[], bool]) -> bool:
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_child_outlives_its_parent(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    parent = script(WAITING, str(tmp_path))
    assert wait_until(lambda: (tmp_path / "child").exists())
    time.sleep(0.1)
    child = int((tmp_path / "child").read_text())
    assert is_running(child)
    parent.send_signal(number)
    out, err = parent.communicate()
    assert wait_until(lambda: not is_running(child))
    if number == signal.SIGINT:
        assert (out, err) == ("interrupted\n", "")
        assert [path.name for path in tmp_path.iterdir()] == ["child"]


def test_threads_of_the_parent_neither_hang_nor_warn() -> None:
    """Of OpenMP, of tokenizers, of Arrow, and of Python."""
    done = script("""
import threading, time
import numpy as np, pyarrow as pa, pyarrow.compute as pc, torch
from tokenizers import Tokenizer, models
from coder.confined import Answer, Job, run_confined

torch.set_num_threads(2)
torch.ones(600, 600) @ torch.ones(600, 600)
np.ones((600, 600)) @ np.ones((600, 600))
Tokenizer(models.WordLevel({"a": 0}, "a")).encode_batch(["a"] * 1000)
table = pa.table({"a": list(range(100_000))})
threading.Thread(target=lambda: [pc.sum(table["a"]) for _ in range(20_000)], daemon=True).start()
threading.Thread(target=time.sleep, args=(30,), daemon=True).start()

def work():
    import csv, xlrd
    return Answer(pc.sum(table["a"]).as_py(), (table.sort_by("a"),))

for _ in range(10):
    assert run_confined(work, Job("x", 1)).tables[0].num_rows == 100_000
thread = threading.Thread(target=lambda: print(run_confined(work, Job("x", 1)).facts))
thread.start()
thread.join()
""")
    assert done.communicate(timeout=100) == ("4999950000\n", "")
