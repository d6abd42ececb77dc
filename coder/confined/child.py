"""The child process: apart from its parent, and bounded."""

import ctypes
import faulthandler
import gc
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

from coder.confined import endings, wire
from coder.confined.job import Answer, Job
from coder.errors import CoderError

END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux
LEFT_ALONE = {signal.SIGKILL, signal.SIGSTOP}

Item = TypeVar("Item")
Work = Callable[[Item], Answer]


class Channel(NamedTuple):
    """Where a child writes.

    Attributes:
        pipe: a descriptor, for frames.
        tables: a file for tables.
        printed: a file for what libraries print.
        scratch: the folder for temporary files.
    """

    pipe: int
    tables: IO[bytes]
    printed: IO[bytes]
    scratch: Path


@cache
def system_library() -> ctypes.CDLL:
    """The C library; loaded before the fork, since loading takes locks."""
    return ctypes.CDLL(None)


def serve(
    work: Work[Any],
    jobs: Iterable[tuple[Job, Any]],
    channel: Channel,
    parent: int,
) -> None:
    """Do the work for each job, and send each answer."""
    _end_with(parent)
    _let_go_of_parent(channel)
    for job, item in jobs:
        _bound(job)
        wire.send(channel.pipe, _frame(work, job, item, channel.tables))


def _frame(work: Work[Any], job: Job, item: Any, tables: IO[bytes]) -> bytes:
    """The answer to a job, or the error that it ended with."""
    try:
        answer = work(item)
        places = wire.write_tables(tables, answer.tables)
        return wire.frame({"facts": answer.facts, "tables": places})
    except CoderError as error:
        fault = error
    except MemoryError:
        fault = endings.too_much_memory(job)
    except BaseException as error:  # a library may raise what is no `Exception`
        fault = endings.unexpected(job, error)
    return wire.frame({"error": wire.error_facts(fault)})


# ---------------------------------------------------------------- apart from the parent


def _end_with(parent: int) -> None:
    """Have the system end this process when its parent ends."""
    system_library().prctl(END_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended already
        os._exit(1)


def _let_go_of_parent(channel: Channel) -> None:
    os.setpgid(0, 0)  # so that it is ended with all that it started
    gc.freeze()  # what the parent still holds is never tidied up here
    faulthandler.disable()
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - LEFT_ALONE:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is asked, and ends this
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(channel.printed.fileno(), 2)
    tempfile.tempdir = str(channel.scratch)
    _keep_to_one_thread()


def _keep_to_one_thread() -> None:
    """Arrow without threads, and with the system's memory: its own way to manage memory takes
    1 GB at once.
    """
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    if "pyarrow" in sys.modules:
        import pyarrow as pa

        pa.set_cpu_count(1)
        pa.set_memory_pool(pa.system_memory_pool())


# ---------------------------------------------------------------- bounds


def _bound(job: Job) -> None:
    """Bound memory, computing and files; beyond, the system refuses or ends the process."""
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_FSIZE, job.memory)
    used = resource.getrusage(resource.RUSAGE_SELF)
    _set(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + job.seconds)
    present = _bytes_of_data()
    if present:
        _set(resource.RLIMIT_DATA, present + job.memory)


def _set(kind: int, most: int) -> None:
    """Set a limit, no higher than the one that this user has anyway."""
    _, highest = resource.getrlimit(kind)
    if highest != resource.RLIM_INFINITY:
        most = min(most, highest)
    resource.setrlimit(kind, (most, highest))


def _bytes_of_data() -> int:
    """Bytes that this process holds; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0
