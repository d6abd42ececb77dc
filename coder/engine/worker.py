"""A worker process: what it does, and how the program holds it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from threading import Thread
from types import ModuleType
from typing import Any

from coder.engine.passes import Block, Fault, Pass, compute_block
from coder.errors import CoderError

# Each worker computes on one thread: as many workers as cores, no more threads than those.
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
) | {"TOKENIZERS_PARALLELISM": "false"}
SECONDS_TO_END = 0.5


def serve(connection: "Connection[Any, Any]") -> None:
    """Compute blocks of the pass that was sent last until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program ends its workers
    Thread(target=_end_with_the_program, daemon=True).start()
    connection.send(None)  # started
    work = Pass(len)
    while True:
        try:
            message = connection.recv()
            if isinstance(message, Pass):
                work = message
            else:
                connection.send(_outcome(work, message))
        except (EOFError, BrokenPipeError):  # the program has ended
            return


def _end_with_the_program() -> None:
    """End this worker when the program was killed and could not."""
    program = parent_process()
    if program is not None:
        program.join()
        os._exit(1)


def _outcome(work: Pass, block: Block) -> Any:
    try:
        return compute_block(work, block)
    except CoderError as error:
        return error


class WorkerProcess:
    """A process that computes one block after the other.

    Attributes:
        connection: to the process.
        number: of the block under way; None where it waits for one.
        pass_number: of the pass that the process knows.
    """

    def __init__(self) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.number: int | None = None
        self.pass_number = 0
        self._started = False
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        with quiet_start():
            self._process.start()
        theirs.close()

    def send_pass(self, number: int, message: bytes) -> None:
        """Send a pass (see `sharing.message_of`)."""
        self.connection.send_bytes(message)
        self.pass_number = number

    def send_block(self, number: int, block: Block) -> None:
        """Send a block to be computed."""
        self.connection.send(block)
        self.number = number

    def receive(self) -> list[Any]:
        """The result of the block, or a `Fault` when the process died; nothing when the message
        only says that it has started.

        Raises:
            CoderError: the process cannot be started, or the block's function raised it.
        """
        try:
            outcome = self.connection.recv()
        except (EOFError, OSError):  # OSError: it died while it sent
            self._process.join()
            return [Fault(self._reason_of_death())]
        if not self._started:
            self._started = True
            return []
        if isinstance(outcome, CoderError):
            raise outcome
        return [outcome]

    def _reason_of_death(self) -> str:
        code = self._process.exitcode or 0
        if not self._started:
            raise CoderError(
                f"a worker process ended with status {code} before it could begin",
                "Run the command without workers, or see whether memory is short.",
            )
        if code >= 0:
            return f"its worker ended with status {code}"
        name = signal.Signals(-code).name
        if name == "SIGKILL":
            return "its worker was killed; perhaps memory was short"
        return f"its worker crashed ({name})"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.is_alive()

    def end(self) -> None:
        """Tell the process to end, whatever it does."""
        self._process.terminate()

    def close(self) -> None:
        """Wait until the process has ended, and free what it held."""
        self._process.join(SECONDS_TO_END)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        self.connection.close()


@contextmanager
def quiet_start() -> Iterator[None]:
    """Start processes on one thread each, deaf to Ctrl-C from their first moment, and without the
    main module: a script that calls `coder` must not run again in each worker. One that sets
    `LOADED_BY_WORKERS`, to add an encoder of its own for example, is loaded.
    """
    main = sys.modules["__main__"]
    environment = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    if not getattr(main, "LOADED_BY_WORKERS", False):
        sys.modules["__main__"] = ModuleType("__main__")
    masked = hasattr(signal, "pthread_sigmask")
    if masked:
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # it would lift the mask
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        for name, value in environment.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
