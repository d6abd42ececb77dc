"""Two readers of one project take turns: the second goes on from what the first has written."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from coder.engine import Progress, silent
from coder.errors import CoderError
from coder.text import count

LOCK = "cache/.read.lock"  # in the project's folder
LONGEST_WAIT = 3_600  # seconds
BETWEEN_REPORTS = 1.0  # seconds
SHORT_WAIT = 1  # seconds, which are not worth a note


@contextmanager
def take_turns(folder: Path, progress: Progress = silent) -> Iterator[list[str]]:
    """Wait until nobody else reads into a project, and keep others waiting meanwhile.

    The operating system lets go of the lock when a reader ends, however it ends. The folder is
    made where there is none, and is removed again where nothing was written into it.

    Args:
        progress: is told of the wait, in seconds.

    Yields:
        A note where it took long.

    Raises:
        CoderError: the folder cannot be written to, or the other reader takes more than an hour.
    """
    is_new = not folder.exists()
    lock = FileLock(folder / LOCK)
    try:
        waited = _acquire(lock, folder, progress)
    except OSError as error:
        raise CoderError(
            f"{folder}: comments cannot be written there ({error.strerror or error})",
            "Name a folder that you may write to.",
        ) from error
    try:
        yield _notes(waited)
    except BaseException:
        if is_new:
            _remove_if_empty(folder)
        raise
    finally:
        lock.release()


def _acquire(lock: FileLock, folder: Path, progress: Progress) -> int:
    """Take the lock, and tell of the wait where another reader has it.

    Returns:
        How many seconds it took.
    """
    start = time.monotonic()
    while True:
        waited = int(time.monotonic() - start)
        # A reader that came to nothing may have removed the folder.
        (folder / LOCK).parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=BETWEEN_REPORTS)
        except Timeout:
            if waited >= LONGEST_WAIT:
                raise CoderError(
                    f"{folder}: another reader has not ended for an hour",
                    "End it, and read again.",
                ) from None
            progress(waited, LONGEST_WAIT, "Waiting for another reader")
            continue
        if (folder / LOCK).exists():
            return waited
        lock.release()


def _notes(waited: int) -> list[str]:
    if waited < SHORT_WAIT:
        return []
    return [
        f"Waited {count(waited, 'second')} for another reader of the project. What it read is "
        "kept."
    ]


def _remove_if_empty(folder: Path) -> None:
    """Remove a folder that holds nothing but the lock."""
    lock = folder / LOCK
    others = [path for path in folder.rglob("*") if path not in (lock, lock.parent)]
    if others:
        return
    with suppress(OSError):  # another reader may have come meanwhile
        lock.unlink(missing_ok=True)
        lock.parent.rmdir()
        folder.rmdir()
