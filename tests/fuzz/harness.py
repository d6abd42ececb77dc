"""Runs inputs in a child process, so that an abort, a hang or all of the memory costs one input only."""

import faulthandler
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from fuzz.inputs import make_input
from fuzz.made_files import lay_out
from fuzz.places import WHERE
from fuzz.quick import prepare, work_quickly
from fuzz.readers import BY_NAME, Reader
from fuzz.verdicts import FAULT, Verdict, judge

ADDRESS_SPACE = 3_000_000_000  # bytes beyond what the process has
LONGEST_CPU, LONGEST_WALL = 25.0, 240.0  # seconds for one input, then it is ended
NOT_MADE = "?"  # the name of an input that the process ended on before it was made
PAUSE = 0.02  # seconds between looks at a child that works quickly
TICKS = os.sysconf("SC_CLK_TCK")
Named = tuple[str, bytes]
Job = Callable[[Path], Iterator[Callable[[], Verdict]]]


def judge_numbers(
    reader: Reader, seed: int, numbers: range, *, quick: bool = False
) -> Iterator[Verdict]:
    """A verdict for each of a reader's inputs.

    Args:
        quick: take the file apart only, and without the child process that the program does that
            in. What is a fault then is judged again as the program reads it.
    """

    def inputs(done: int) -> Iterator[Named]:
        for number in numbers[done:]:
            yield str(number), make_input(reader, seed, number)

    for verdict in run_inputs(reader, inputs, quick=quick):
        if quick and verdict.outcome == FAULT and verdict.name != NOT_MADE:
            again = judge_bytes(reader, make_input(reader, seed, int(verdict.name)))
            yield again._replace(name=verdict.name)
        else:
            yield verdict


def judge_files(reader: Reader, files: Sequence[Path]) -> Iterator[Verdict]:
    """A verdict for each of some files."""

    def inputs(done: int) -> Iterator[Named]:
        for path in files[done:]:
            yield path.name, path.read_bytes()

    return run_inputs(reader, inputs)


def judge_bytes(reader: Reader, data: bytes) -> Verdict:
    """The verdict for one file's content."""
    (verdict,) = run_inputs(reader, lambda done: iter([("", data)][done:]))
    return verdict


def run_inputs(
    reader: Reader, inputs: Callable[[int], Iterator[Named]], *, quick: bool = False
) -> Iterator[Verdict]:
    """Run all inputs, in as many child processes as it takes.

    Args:
        inputs: gives those that follow the first so many.
        quick: see `judge_numbers`.
    """
    done = 0
    while True:
        with tempfile.TemporaryDirectory(prefix="coder-fuzz-", dir=WHERE) as folder:
            child = _Child(reader, inputs(done), Path(folder), quick=quick)
            try:
                for verdict in child.verdicts():
                    done += 1
                    yield verdict
            finally:
                child.end()
        if child.is_complete:
            return


class _Child:
    """A process that judges inputs and tells each verdict by a line."""

    def __init__(
        self, reader: Reader, inputs: Iterator[Named], folder: Path, *, quick: bool
    ) -> None:
        self.is_complete = False
        self._begun = NOT_MADE
        self._pause = PAUSE if quick else 0.0
        reader.originals()  # made once, before the first child
        if quick:
            prepare()
        self._from_child, to_parent = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            os.close(self._from_child)
            if quick:
                reader = replace(reader, read=reader.load or reader.read)
                work_quickly()
            _work(reader, inputs, folder, to_parent)
        os.close(to_parent)

    def verdicts(self) -> Iterator[Verdict]:
        """Until the child has ended or was ended; the input that did it has a verdict too."""
        waiting = b""
        cause = ""
        while True:
            ready = self._wait_for_line()
            if not ready:
                cause = "took too long and was ended"
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(self._pause)  # so that there is more than one line to read
            block = os.read(self._from_child, 65_536)
            if not block:
                break
            *lines, waiting = (waiting + block).split(b"\n")
            for line in lines:
                verdict = self._heard(json.loads(line))
                if verdict is not None:
                    yield verdict
        if not self.is_complete:
            yield Verdict(self._begun, FAULT, cause or self._how_it_ended(), 0.0, 0)

    def _heard(self, told: "list[object] | str | None") -> Verdict | None:
        if told is None:
            self.is_complete = True
        elif isinstance(told, str):
            self._begun = told
        else:
            return Verdict(*told)  # type: ignore[arg-type]
        return None

    def _wait_for_line(self) -> bool:
        """Whether there is a line to read, before the child has used all that an input may."""
        seconds, since = self._seconds(), time.monotonic()
        while not select.select([self._from_child], [], [], 1.0)[0]:
            too_long = time.monotonic() - since > LONGEST_WALL
            if too_long or self._seconds() - seconds > LONGEST_CPU:
                return False
        return True

    def _seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS

    def _how_it_ended(self) -> str:
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        if os.WIFSIGNALED(status):
            return f"died of {signal.Signals(os.WTERMSIG(status)).name}"
        return f"ended with status {os.WEXITSTATUS(status)}"

    def end(self) -> None:
        """End the process where it is not yet, and take its status."""
        os.close(self._from_child)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def _work(reader: Reader, inputs: Iterator[Named], folder: Path, to_parent: int) -> None:
    """What the child does."""
    status = 1
    try:
        limit_memory()
        _silence()
        if reader.in_project:
            lay_out(folder)
        path = reader.place(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        told: list[object] = []
        for name, data in inputs:
            path.unlink(missing_ok=True)  # a library may still hold the last one open
            path.write_bytes(data)
            _tell(to_parent, *told, name)
            told = [judge(name, lambda: reader.read(path))]
            _tidy(folder, reader)
        _tell(to_parent, *told, None)
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.__stdout__)
    finally:
        os._exit(status)


def _tell(to_parent: int, *told: object) -> None:
    lines = "".join(json.dumps(each) + "\n" for each in told)
    os.write(to_parent, lines.encode())


def _tidy(folder: Path, reader: Reader) -> None:
    """Remove what reading may have left beside the file."""
    if reader.in_project:
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != reader.file:
            path.unlink()


def limit_memory() -> None:
    """Let the process have some gigabytes more than it has, and leave no core behind."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + ADDRESS_SPACE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    faulthandler.disable()


def input_of(name: str, seed: int, number: int) -> bytes:
    """The input of a reader by its name."""
    return make_input(BY_NAME[name], seed, number)
