"""What is said of work that did not end well."""

import signal
import traceback

from coder.confined.job import Job
from coder.errors import CoderError
from coder.limits import MEGABYTE, how_to_raise
from coder.text import count

ANOTHER_COPY = (
    "Get another copy, or open it in the program that wrote it and save it again."
)
# What libraries print before they give up for want of memory.
OUT_OF_MEMORY = (b"memory allocation of", b"bad_alloc", b"out of memory")


class NotReadError(CoderError):
    """A file whose reading took too much, or on which a library failed."""


def too_much_memory(job: Job) -> NotReadError:
    """Reading asked for more memory than is allowed."""
    return NotReadError(
        f"{job.path}: reading it needs more than {job.memory // MEGABYTE:,} MB of memory, so it "
        "was not read",
        f"A table of this size needs less. {ANOTHER_COPY} {how_to_raise()}",
    )


def too_long(job: Job) -> NotReadError:
    """Reading took more computing than is allowed."""
    return NotReadError(
        f"{job.path}: reading it takes more than {count(job.seconds, 'second')} of computing, "
        "so it was not read",
        f"A file of this size takes less. {ANOTHER_COPY} {how_to_raise()}",
    )


def too_large(job: Job) -> NotReadError:
    """What was read of the file takes more room than is allowed."""
    return NotReadError(
        f"{job.path}: unpacks to more than {job.memory // MEGABYTE:,} MB, so it was not read",
        f"A file of this size holds less. {ANOTHER_COPY} {how_to_raise()}",
    )


def too_slow(job: Job) -> NotReadError:
    """Reading did not end by the clock."""
    return NotReadError(
        f"{job.path}: reading it did not end within {count(job.longest, 'second')}, so it was "
        "given up",
        f"Close other programs and try again. {ANOTHER_COPY} {how_to_raise()}",
    )


def unexpected(job: Job, error: BaseException) -> NotReadError:
    """A reader failed in a way that nobody foresaw.

    What the error says may quote the file, so only its kind and place are told.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = ""
    if frames:
        name = frames[-1].filename.replace("\\", "/").rpartition("/")[2]
        place = f" in {name}, line {frames[-1].lineno}"
    return NotReadError(
        f"{job.path}: cannot be read; it is damaged, or made in a way that this program does "
        f"not know ({type(error).__name__}{place})",
        ANOTHER_COPY,
    )


def of_status(job: Job, status: int, printed: bytes) -> NotReadError:
    """What it means that the child ended without an answer.

    Args:
        status: as the system gives it.
        printed: what libraries wrote before it ended.
    """
    number = -status
    if any(words in printed for words in OUT_OF_MEMORY):
        return too_much_memory(job)
    if number == signal.SIGXCPU:
        return too_long(job)
    if number == signal.SIGXFSZ:
        return too_large(job)
    if number == signal.SIGKILL:  # by the system, which does so where memory runs out
        return too_much_memory(job)
    how = f"status {status}"
    if number > 0:
        how = signal.Signals(number).name
    return NotReadError(
        f"{job.path}: is damaged: the library that reads such files failed on it ({how})",
        ANOTHER_COPY,
    )
