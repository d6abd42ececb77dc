"""The parent's side: starts children, waits for their answers, and leaves none behind."""

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any, TypeVar

from coder.confined import endings, wire
from coder.confined.job import Answer, Job
from coder.errors import CoderError
from coder.private import scratch_folder

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_PRINTED = 100_000  # bytes of what a library printed that are looked at

_inside = False  # whether this process is such a child


def can_confine() -> bool:
    """Whether a child process can be used; see the package's text on macOS and Windows."""
    return sys.platform == "linux" and not _inside


def run_confined(work: Callable[[], Answer], job: Job) -> Answer:
    """Do the work in a child process.

    Args:
        work: reads a file. What it changes in memory is lost.
        job: the file, by whose size memory and time are allowed.

    Raises:
        CoderError: as `work`; or it took too much memory or time, or a library failed.
    """
    (outcome,) = run_each(lambda _: work(), [(job, None)])
    if isinstance(outcome, CoderError):
        raise outcome
    return outcome


def run_rehearsed(work: Callable[[], Result], job: Job) -> Result:
    """What the work gives, done in this process once a child has done it within the limits.

    For what is made of objects that cannot be sent.

    Raises:
        CoderError: as `run_confined`.
    """

    def rehearse() -> Answer:
        work()
        return Answer(None)

    if can_confine():
        run_confined(rehearse, job)
    return work()


def run_each(
    work: Callable[[Item], Answer], jobs: Sequence[tuple[Job, Item]]
) -> Iterator[Answer | CoderError]:
    """Do the work for one file after the other, in one child as long as it lasts.

    Yields an answer for each job, or the error that it ended with.
    """
    done = 0
    while done < len(jobs):
        if not can_confine():
            yield _done_here(work, *jobs[done])
            done += 1
            continue
        with _Child(work, jobs[done:]) as child:
            for outcome in child.outcomes():
                yield outcome
                done += 1


def _done_here(
    work: Callable[[Item], Answer], job: Job, item: Item
) -> Answer | CoderError:
    """The same in this process."""
    try:
        return work(item)
    except CoderError as error:
        return error
    except MemoryError:
        return endings.too_much_memory(job)
    except (
        Exception
    ) as error:  # whatever a library raises for a file that it does not know
        return endings.unexpected(job, error)


class _Child:
    """A child process at work."""

    def __init__(
        self, work: Callable[[Item], Answer], jobs: Sequence[tuple[Job, Item]]
    ) -> None:
        self._work = work
        self._jobs = jobs
        self._id = 0

    def __enter__(self) -> "_Child":
        from coder.confined import child

        child.system_library()
        with ExitStack() as stack:
            self._tables = stack.enter_context(wire.nameless_file())
            self._printed = stack.enter_context(wire.nameless_file())
            scratch = stack.enter_context(scratch_folder())
            receiver, sender = os.pipe()
            stack.callback(os.close, receiver)
            try:
                channel = child.Channel(sender, self._tables, self._printed, scratch)
                self._id = self._fork(channel)
            finally:
                os.close(sender)
            stack.callback(self._end)
            self._frames = wire.Frames(receiver)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def _fork(self, channel: Any) -> int:
        from coder.confined import child

        parent = os.getpid()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            with warnings.catch_warnings():
                # Newer Pythons warn of any fork beside threads. What the child uses holds no
                # lock of theirs, and should it wait for one, it is ended.
                warnings.simplefilter("ignore", DeprecationWarning)
                process_id = os.fork()
            if process_id:
                return process_id
            status = 1
            try:
                _enter_child()
                child.serve(self._work, self._jobs, channel, parent)
                status = 0
            finally:
                os._exit(
                    status
                )  # no buffer is written, nothing of the parent's tidied up
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def outcomes(self) -> Iterator[Answer | CoderError]:
        """The outcome of each job, up to the one that ended the child."""
        for job, _ in self._jobs:
            try:
                message = self._frames.receive(job.longest)
            except TimeoutError:
                yield endings.too_slow(job)
                return
            if message is None:
                yield endings.of_status(job, self._wait(), self._text_printed())
                return
            if "error" in message:
                yield wire.error_of(message["error"])
            else:
                tables = wire.read_tables(self._tables, message["tables"])
                yield Answer(message["facts"], tables)

    def _wait(self) -> int:
        """How the child ended: minus the number of a signal, or its status."""
        process_id, self._id = self._id, 0
        _, status = os.waitpid(process_id, 0)
        return os.waitstatus_to_exitcode(status)

    def _text_printed(self) -> bytes:
        self._printed.seek(0)
        return self._printed.read(MOST_PRINTED)

    def _end(self) -> None:
        """End the child with all that it started, if it still runs."""
        if not self._id:
            return
        for end in (os.killpg, os.kill):  # it may not have left our group yet
            with suppress(ProcessLookupError, PermissionError):
                end(self._id, signal.SIGKILL)
        self._wait()


def _enter_child() -> None:
    global _inside  # of this process, which is a new one
    _inside = True
