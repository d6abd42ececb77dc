"""`map_blocks`, and the engine that needs no worker: a plain loop."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from coder.engine.passes import (
    Engine,
    Failure,
    Keeper,
    Lanes,
    Pass,
    Settled,
    compute_block,
    compute_in_order,
)
from coder.errors import CoderError

if TYPE_CHECKING:
    from concurrent.futures import Executor

Item = TypeVar("Item")
Block = TypeVar("Block", bound=Sequence[Any])
Result = TypeVar("Result")


class Progress(Protocol):
    """Called with the work done and the work in all; `what` names the step. The library prints
    nothing.
    """

    def __call__(self, done: int, total: int, what: str, /) -> None: ...


def silent(done: int, total: int, what: str) -> None:
    """The progress that nobody watches."""


class PlainLoop:
    """The engine that computes one block after the other, in this thread."""

    workers = 1

    @contextmanager
    def open_lanes(self, work: Pass) -> Iterator[Lanes]:
        """The one lane of a loop."""
        yield _OneLane(work)


class _OneLane:
    """Computes a block when its result is asked for."""

    tries = 1  # nothing that a second try could change
    ahead = 1

    def __init__(self, work: Pass) -> None:
        self._work = work
        self._started: list[tuple[int, Any]] = []

    def start(self, number: int, block: Any) -> None:
        self._started.append((number, block))

    def finished(self) -> list[tuple[int, Any]]:
        number, block = self._started.pop()
        with _one_blas_thread():
            return [(number, compute_block(self._work, block))]


def _one_blas_thread() -> AbstractContextManager[Any]:
    """As the workers of other engines compute: more threads could add up in another order."""
    if "numpy" not in sys.modules:
        return nullcontext()
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits


PLAIN_LOOP = PlainLoop()


def cut_into_blocks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Slices of `size` items in their order; the last may be shorter."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def map_blocks(
    function: Callable[..., Result],
    blocks: Iterable[Block],
    engine: "Engine | Executor" = PLAIN_LOOP,
    *,
    shared: Any = None,
    failures: list[Failure] | None = None,
    kept: Keeper | None = None,
    total: int | None = None,
    progress: Progress = silent,
    what: str = "",
) -> Iterator[tuple[Block, Result]]:
    """Each block with its result, in the order of the blocks, as soon as it is computed.

    Few blocks are under way at the same time, and they are taken from `blocks` as they are
    needed: a generator of blocks and results that are written at once keep the memory small.

    A block whose worker dies is computed again by another. Items that fail every time are left
    out: the block is then given without them (as a list, where it was one), and a block of which
    nothing is left is not given at all.

    Args:
        function: takes a block, and `shared` where that is not None (see `Pass`).
        blocks: lists, ranges, arrays or frames of items.
        engine: where the blocks are computed; also an executor of `concurrent.futures`, which
            raises the first exception of a block.
        shared: what the function needs for every block; it goes to each worker once.
        failures: receives the items that were left out, in their order.
        kept: finished blocks of an interrupted run, which are not computed again (see
            `checkpoints.keep_blocks`); takes those of this one.
        total: items in all blocks; needed where `blocks` can be gone through only once.
        progress: told after each block how many items are done, of all items in all blocks.
        what: the name of the step, for `progress`.

    Raises:
        CoderError: an item fails and `failures` is None, or most of a block fails, or the
            function raised it.
    """
    if total is None:
        blocks = list(blocks)
        total = sum(map(len, blocks))
    work = Pass(function, shared)
    done = 0
    for settled in _settled_blocks(work, blocks, engine, kept):
        for failure in settled.failures:
            _keep_failure(Failure(done + failure.item, failure.reason), failures)
        done += len(settled.block) + len(settled.failures)
        progress(done, total, what)
        if len(settled.block) or not settled.failures:
            yield settled.block, settled.result  # type: ignore[misc]


def _settled_blocks(
    work: Pass,
    blocks: Iterable[Any],
    engine: "Engine | Executor",
    kept: Keeper | None,
) -> Iterator[Settled]:
    open_lanes = getattr(engine, "open_lanes", None)
    if open_lanes is None:  # an executor
        blocks = list(blocks)
        for block, result in zip(blocks, engine.map(work, blocks), strict=True):  # type: ignore[union-attr]
            yield Settled(block, result)
        return
    with open_lanes(work) as lanes:
        yield from compute_in_order(lanes, blocks, kept)


def _keep_failure(failure: Failure, failures: list[Failure] | None) -> None:
    if failures is None:
        raise CoderError(
            f"Comment {failure.item + 1:,} of this step could not be computed: {failure.reason}.",
            "This is a fault of the program: report it with this message.",
        )
    failures.append(failure)
