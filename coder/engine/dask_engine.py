"""The engine of a Dask cluster: workers on this machine or on many."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import dask
from distributed import Client, LocalCluster
from distributed.client import Future
from distributed.comm import CommClosedError
from distributed.scheduler import KilledWorker

from coder.engine.passes import Block, Fault, Lanes, Pass, compute_block
from coder.engine.versions import Describe, difference, versions_here
from coder.engine.worker import quiet_start
from coder.errors import CoderError

BLOCKS_AHEAD = 3  # a thread of a worker: one under way, others that wait for their turn
SECONDS_TO_ANSWER = 10  # for a scheduler, and for its first worker
SECONDS_TO_CLOSE = 5
MOST_LOST = 1_000  # blocks in a pass
DIED = "its worker died again and again; perhaps memory was short"


class DaskEngine:
    """Computes blocks on the workers of a Dask scheduler.

    Dask computes a block again when its worker is lost. What all blocks share goes to every
    worker once in a pass.

    Args:
        address: of the scheduler, `tcp://HOST:PORT` or `tls://HOST:PORT`; None starts a cluster
            on this machine, without a dashboard.
        workers: of a cluster on this machine; None for one a core.
        describe: what must be the same on all machines beside the versions of packages; a
            function that workers find by its name.

    Raises:
        CoderError: no scheduler or worker answers, or a worker has other versions.
    """

    def __init__(
        self,
        address: str | None = None,
        workers: int | None = None,
        describe: Describe | None = None,
    ) -> None:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._describe = describe
        self._cluster: LocalCluster | None = None
        if address is None:
            self._cluster = _start_cluster(workers or os.cpu_count() or 1)
            address = str(self._cluster.scheduler_address)
        self._client: Client | None = None
        try:
            self._client = _connect(address)
            self.workers = self._compare_versions(self._client, address)
        except BaseException:
            self.close()
            raise

    def _compare_versions(self, client: Client, address: str) -> int:
        """Compare the versions of all workers with those here; the number of workers."""
        try:
            client.wait_for_workers(1, timeout=SECONDS_TO_ANSWER)
        except TimeoutError as error:
            raise CoderError(
                f"{address}: the scheduler has no workers",
                f"Start one: dask worker {address} --nthreads 1",
            ) from error
        try:
            known = client.run(versions_here, self._describe)
        except (ImportError, AttributeError) as error:
            raise CoderError(
                f"{address}: the workers do not have this version of coder",
                "Install the same version of coder on every worker, and start them again.",
            ) from error
        here = versions_here(self._describe)
        for worker, there in known.items():
            _refuse_other_versions(worker, here, there)
        return len(known)

    @contextmanager
    def open_lanes(self, work: Pass) -> Iterator[Lanes]:
        """The workers, for one pass; afterwards what has not begun is taken back."""
        check = VersionCheck(versions_here(self._describe), self._describe)
        lanes = _DaskLanes(self._client, work, check)
        try:
            yield lanes
        finally:
            lanes.close()

    def close(self) -> None:
        """Leave the scheduler; a cluster of this machine is stopped."""
        with suppress(TimeoutError):  # what is left then ends with this process
            if self._client is not None:
                self._client.close(timeout=SECONDS_TO_CLOSE)
            if self._cluster is not None:
                self._cluster.close(timeout=SECONDS_TO_CLOSE)


def _start_cluster(workers: int) -> LocalCluster:
    # A block whose worker dies is tried again by our own rules, which find the item at fault.
    dask.config.set({"distributed.scheduler.allowed-failures": 0})
    with quiet_start():
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            # What Dask serves beside the dashboard goes to any free port.
            scheduler_kwargs={"dashboard_address": "localhost:0"},
            silence_logs=logging.CRITICAL,
        )


def _connect(address: str) -> Client:
    try:
        return Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise CoderError(
            f"{address}: no Dask scheduler answers there",
            "Start one with `dask scheduler`, or correct the address.",
        ) from error
    except (ValueError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise CoderError(
            f"{address}: cannot be connected to ({reason})",
            "See the guide on large consultations for the settings of TLS.",
        ) from error


def _refuse_other_versions(
    worker: str, here: dict[str, str], there: dict[str, str]
) -> None:
    differs = difference(here, there)
    if differs:
        raise CoderError(
            f"worker {worker}: other versions ({differs}); results could differ",
            "Install the same versions on all machines, and start the workers again.",
        )


@dataclass(frozen=True)
class VersionCheck:
    """The versions that a worker must have; those that join late compare them too."""

    here: dict[str, str]
    describe: Describe | None


class _Parcel:
    """Keeps Dask from looking into a block for work of its own."""

    def __init__(self, block: Block) -> None:
        self.block = block


_checked: list[dict[str, str]] = []  # by this worker


def compute_there(work: Pass, parcel: _Parcel, check: VersionCheck) -> Any:
    """On a worker: the result of a block, or a `Fault`.

    Raises:
        CoderError: the worker has other versions, or the function raised it.
    """
    if check.here not in _checked:
        there = versions_here(check.describe)
        _refuse_other_versions("that joined late", check.here, there)
        _checked.append(check.here)
    return compute_block(work, parcel.block)


class _DaskLanes:
    """The workers of a scheduler at work on one pass."""

    tries = 2

    def __init__(self, client: Client, work: Pass, check: VersionCheck) -> None:
        self._client = client
        self._work = work
        self._check = check
        self._sent = self._send_work()
        self._under_way: dict[Future, tuple[int, Block]] = {}
        self._lost = 0
        self._done: SimpleQueue[Future] = SimpleQueue()

    def _send_work(self) -> Future:
        """The function and what it shares, on every worker."""
        return self._client.scatter(self._work, broadcast=True, hash=False)

    @property
    def ahead(self) -> int:
        threads: int = sum(self._client.nthreads().values())
        return BLOCKS_AHEAD * max(1, threads)

    def start(self, number: int, block: Block) -> None:
        future = self._client.submit(
            compute_there,
            self._sent,
            _Parcel(block),
            self._check,
            pure=False,
        )
        self._under_way[future] = (number, block)
        future.add_done_callback(self._done.put)

    def finished(self) -> list[tuple[int, Any]]:
        while True:
            future = self._done.get()
            number, block = self._under_way.pop(future)
            try:
                return [(number, _outcome_of(future))]
            except CancelledError:  # it was lost with a worker, or what is shared was
                self._start_again(number, block)

    def _start_again(self, number: int, block: Block) -> None:
        """Start a lost block again; where the last worker that had what is shared was lost, that
        goes out again.
        """
        self._lost += 1
        if self._lost > MOST_LOST:
            raise CoderError(
                "the Dask cluster loses its workers again and again",
                "See in their logs why, most often for want of memory.",
            )
        if self._sent.status != "finished":
            self._sent = self._send_work()
        self.start(number, block)

    def close(self) -> None:
        """Take back what nobody waits for."""
        if self._under_way:
            self._client.cancel(list(self._under_way))
        self._under_way = {}


def _outcome_of(future: Future) -> Any:
    try:
        return future.result()
    except KilledWorker:
        return Fault(DIED)
    except CommClosedError as error:
        raise CoderError(
            "the Dask scheduler has gone away",
            "Start it again, then run the command again.",
        ) from error
