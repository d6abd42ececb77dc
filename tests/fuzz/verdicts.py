"""What came of one input: accepted, refused in the program's own words, or a fault."""

import os
import resource
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from coder.errors import CoderError, for_command_line
from fuzz.values import CANARY

MOST_SECONDS = 10.0  # of the processor
MOST_BYTES = 1_000_000_000
ACCEPTED, REFUSED, FAULT = "accepted", "refused", "fault"
SHOWN = 300  # characters of a fault


class Verdict(NamedTuple):
    """What came of an input.

    Attributes:
        name: of the input.
        outcome: one of the three.
        cause: of a fault: what and where, the same for inputs with the same fault.
        seconds: of the processor, children of the process among it.
        memory: bytes over what the process had before.
        detail: of a fault, for people.
    """

    name: str
    outcome: str
    cause: str
    seconds: float
    memory: int
    detail: str = ""


def judge(name: str, read: Callable[[], object]) -> Verdict:
    """Call a reader, and say what came of it."""
    before = Costs.now()
    outcome, cause, detail = _call(read)
    seconds, memory = before.until_now()
    if outcome != FAULT and seconds > MOST_SECONDS:
        outcome, cause = FAULT, f"took more than {MOST_SECONDS:g} s"
    if outcome != FAULT and memory > MOST_BYTES:
        outcome, cause = FAULT, f"took more than {MOST_BYTES / 1e9:g} GB"
    return Verdict(name, outcome, cause, round(seconds, 3), memory, detail[-SHOWN:])


def _call(read: Callable[[], object]) -> tuple[str, str, str]:
    try:
        read()
    except CoderError as error:
        message = for_command_line(f"{error.problem}\n{error.fix}")
        if CANARY in message.casefold():
            return FAULT, f"a message shows a comment {place_of(error)}", message
        if not error.problem or not error.fix:
            return FAULT, f"a message says too little {place_of(error)}", message
        return REFUSED, "", ""
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also what derives from nothing else, as Rust's panics do
        return FAULT, f"{type(error).__name__} {place_of(error)}", str(error)
    return ACCEPTED, "", ""


def place_of(error: BaseException) -> str:
    """The innermost function of the program that an error came through."""
    place = ""
    for frame in traceback.extract_tb(error.__traceback__):
        parts = Path(frame.filename).parts
        if "coder" in parts and "tests" not in parts:
            inner = parts[len(parts) - parts[::-1].index("coder") :]
            place = f"in {'/'.join(inner)}: {frame.name}"
    return place


class Costs(NamedTuple):
    """What the process has used so far."""

    seconds: float
    resident: int
    largest_child: int

    @classmethod
    def now(cls) -> "Costs":
        """Begin to measure."""
        _forget_peak()
        resident = _status("VmRSS")
        return cls(_seconds(), resident, _largest_child())

    def until_now(self) -> tuple[float, int]:
        """Seconds of the processor and bytes at the peak since, over what there was."""
        memory = _status("VmHWM") - self.resident
        of_child = _largest_child()
        if of_child > self.largest_child:
            memory = max(memory, of_child - self.resident)
        return _seconds() - self.seconds, max(0, memory)


def _seconds() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _largest_child() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def _forget_peak() -> None:
    with open("/proc/self/clear_refs", "w") as file:  # noqa: PTH123
        file.write("5")


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0
