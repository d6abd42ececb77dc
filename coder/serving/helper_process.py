"""A process beside the server for work that takes seconds or hundreds of megabytes, so that no
reviewer waits for it.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from coder.errors import CoderError

NICENESS = 5  # reviewers come first
Worker = Callable[[str, Mapping[str, Any]], Any]


class _Reply(NamedTuple):
    """A result; or the problem and the fix of an error."""

    succeeded: bool
    content: Any


class HelperProcess:
    """A child process that does tasks one after another, and ends with its parent.

    Args:
        make_worker: a function of a module, called in the child; what it returns does the tasks.
        inputs: what it is called with.
    """

    def __init__(self, make_worker: Callable[..., Worker], *inputs: object) -> None:
        self._lock = threading.Lock()
        context = multiprocessing.get_context("spawn")
        self._connection, child_end = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(child_end, make_worker, inputs),
            daemon=True,
        )
        self._process.start()
        child_end.close()

    def ask(self, task: str, **words: Any) -> Any:
        """Have a task done; waits for the result. Any thread may ask.

        Raises:
            CoderError: as the task; or the process stopped.
        """
        with self._lock:
            try:
                self._connection.send((task, words))
                reply = self._connection.recv()
            except (EOFError, OSError) as error:
                raise CoderError(
                    "the process that works on this stopped", "Try it again."
                ) from error
        if not reply.succeeded:
            raise CoderError(*reply.content)
        return reply.content

    def stop(self) -> None:
        """End the process; a task that it works on is given up."""
        self._process.terminate()
        self._process.join(5)
        self._connection.close()


def _serve(
    connection: Connection,
    make_worker: Callable[..., Worker],
    inputs: tuple[object, ...],
) -> None:
    """Work on tasks until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    worker: Worker | None = None
    with suppress(EOFError, OSError):  # the parent is gone
        while True:
            task, words = connection.recv()
            try:
                if worker is None:
                    worker = make_worker(*inputs)
                reply = _Reply(True, worker(task, words))
            except CoderError as error:
                reply = _Reply(False, (error.problem, error.fix))
            except Exception as error:  # the kind only: the rest may hold a comment
                problem = f"a fault in the program ({type(error).__name__})"
                reply = _Reply(False, (problem, "Try it again."))
            connection.send(reply)
