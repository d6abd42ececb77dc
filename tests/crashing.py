"""End a process at one of its file operations, or let the operation fail, and count them."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

OPERATIONS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.chmod"}
KILLED, DONE, FAILED, TOLERATED = 77, 0, 3, 4


def _writes(event: str, arguments: tuple) -> bool:
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        wanted = os.O_WRONLY | os.O_RDWR | os.O_CREAT
        return bool(flags & wanted) if mode is None else not set(str(mode)).isdisjoint("wxa+")
    return event in OPERATIONS


def run_until(number: int, work: Callable[[], object], below: Path, *, fails: bool = False) -> int:
    """Do work in a process of its own that ends, or whose operation fails, before its file
    operation of this number below a folder.

    Returns:
        `KILLED`; `FAILED` where the work raised an error, `TOLERATED` where it did not although
        the operation failed; `DONE` where there were fewer operations.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = FAILED
    with suppress(Exception):
        reached = _stop_at(number, str(below), fails=fails)
        work()
        status = TOLERATED if reached() else DONE
    os._exit(status)


def _stop_at(number: int, below: str, *, fails: bool) -> Callable[[], bool]:
    """Watch for the operation; gives what tells whether it has come."""
    seen = 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal seen
        if not _writes(event, arguments):
            return
        if not any(str(each).startswith(below) for each in arguments[:2]):
            return
        seen += 1
        if seen == number:
            if fails:
                raise OSError(28, "No space left on device")
            os._exit(KILLED)

    sys.addaudithook(watch)
    return lambda: seen >= number
