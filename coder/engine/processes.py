"""The engine of several processes on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from coder.engine.passes import Block, Fault, Lanes, Pass
from coder.engine.sharing import Scratch, message_of
from coder.engine.worker import WorkerProcess

BLOCKS_AHEAD = 3  # a worker: one under way, others that wait for their turn
BROKEN = (BrokenPipeError, ConnectionResetError)


class ProcessEngine:
    """Computes blocks in processes of its own, which are kept for later passes.

    The processes start with the first pass. One that dies is replaced.

    Args:
        workers: processes.
        scratch: the folder for arrays that the processes share; None for the system's.
    """

    def __init__(self, workers: int, scratch: Path | None = None) -> None:
        self.workers = workers
        self._scratch = Scratch(scratch)
        self._team: list[WorkerProcess] = []
        self._passes = 0

    @contextmanager
    def open_lanes(self, work: Pass) -> Iterator[Lanes]:
        """The processes, for one pass; afterwards those still at work are stopped."""
        self._passes += 1
        lanes = _ProcessLanes(self._passes, message_of(work, self._scratch), self._team)
        while len(self._team) < self.workers:
            self._team.append(WorkerProcess())
        try:
            yield lanes
        finally:
            busy = [worker for worker in self._team if worker.number is not None]
            _stop(busy)
            self._team = [worker for worker in self._team if worker not in busy]
            self._scratch.remove()

    def close(self) -> None:
        """Stop the processes at once and remove what they shared."""
        _stop(self._team)
        self._team = []
        self._scratch.remove()


class _ProcessLanes:
    """The processes at work on one pass."""

    tries = 2

    def __init__(self, number: int, message: bytes, team: list[WorkerProcess]) -> None:
        self._number = number
        self._message = message
        self._team = team
        self._queue: list[tuple[int, Block]] = []

    @property
    def ahead(self) -> int:
        return BLOCKS_AHEAD * len(self._team)

    def start(self, number: int, block: Block) -> None:
        self._queue.append((number, block))
        self._give_out()

    def _give_out(self) -> None:
        """Send waiting blocks, those of the lowest numbers first, to workers that wait."""
        self._queue.sort(key=lambda waiting: waiting[0])
        for place, worker in enumerate(self._team):
            if not self._queue:
                return
            if worker.number is None:
                number, block = self._queue.pop(0)
                self._send(place, number, block)

    def _send(self, place: int, number: int, block: Block) -> None:
        """Send a block to the worker at a place; one that died while it waited is replaced."""
        worker = self._team[place]
        try:
            self._send_to(worker, number, block)
        except BROKEN:
            worker = self._replace(place)
            self._send_to(worker, number, block)

    def _send_to(self, worker: WorkerProcess, number: int, block: Block) -> None:
        if worker.pass_number != self._number:
            worker.send_pass(self._number, self._message)
        worker.send_block(number, block)

    def _replace(self, place: int) -> WorkerProcess:
        self._team[place].close()
        self._team[place] = WorkerProcess()
        return self._team[place]

    def finished(self) -> list[tuple[int, Any]]:
        outcomes: list[tuple[int, Any]] = []
        while not outcomes:
            busy = [worker for worker in self._team if worker.number is not None]
            ready = wait([worker.connection for worker in busy])
            for place, worker in enumerate(self._team):
                if worker.connection in ready:
                    outcomes += self._receive(place, worker)
        self._give_out()
        return outcomes

    def _receive(self, place: int, worker: WorkerProcess) -> list[tuple[int, Any]]:
        number = worker.number
        outcomes = worker.receive()
        if number is None or not outcomes:
            return []
        worker.number = None
        if isinstance(outcomes[0], Fault) and not worker.alive:
            self._replace(place)
        return [(number, outcomes[0])]


def _stop(workers: list[WorkerProcess]) -> None:
    """End all workers together, so that the slowest of them is waited for, not their sum."""
    for worker in workers:
        worker.end()
    for worker in workers:
        worker.close()
