"""Work on many items in blocks: progress, and where the blocks are computed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

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


class Engine(Protocol):
    """Computes blocks, as the executors of `concurrent.futures` do."""

    def map(
        self, function: Callable[[Block], Result], blocks: Sequence[Block], /
    ) -> Iterator[Result]:
        """The results in the order of the blocks."""
        ...


class PlainLoop:
    """The engine that computes one block after the other, in this thread."""

    def map(
        self, function: Callable[[Block], Result], blocks: Sequence[Block], /
    ) -> Iterator[Result]:
        """The results in the order of the blocks."""
        return map(function, blocks)


PLAIN_LOOP = PlainLoop()


def cut_into_blocks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Slices of `size` items in their order; the last may be shorter."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def map_blocks(
    function: Callable[[Block], Result],
    blocks: Sequence[Block],
    engine: Engine = PLAIN_LOOP,
    *,
    progress: Progress = silent,
    what: str = "",
) -> Iterator[tuple[Block, Result]]:
    """Each block with its result, in the order of the blocks, as soon as it is computed.

    Args:
        progress: told after each block how many items are done, of all items in all blocks.
        what: the name of the step, for `progress`.
    """
    total = sum(map(len, blocks))
    done = 0
    for block, result in zip(blocks, engine.map(function, blocks), strict=True):
        done += len(block)
        progress(done, total, what)
        yield block, result
