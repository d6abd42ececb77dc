"""A pass over blocks: what is computed, and how a block that fails is taken apart."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from coder.errors import CoderError, option
from coder.text import count

MOST_FAILURES = 20  # items of a block; more is no fault of single items

Block = Sequence[Any]


@dataclass(frozen=True)
class Failure:
    """An item that could not be computed, and was left out.

    Attributes:
        item: its place among the items of all blocks, from 0.
        reason: in plain words; never holds anything of the item itself.
    """

    item: int
    reason: str


@dataclass(frozen=True)
class Fault:
    """What came of a block that was not computed: the reason, in plain words."""

    reason: str


@dataclass(frozen=True)
class Pass:
    """What is computed of each block.

    Attributes:
        function: takes a block, and `shared` where there is something shared. It must be pure,
            and defined in a module, so that another process finds it by its name.
        shared: what the function needs for every block. It goes to each worker once; numpy
            arrays in it are mapped from one file by all processes of this machine, for reading
            only.
    """

    function: Callable[..., Any]
    shared: Any = None

    def __call__(self, block: Block) -> Any:
        """The result of a block."""
        if self.shared is None:
            return self.function(block)
        return self.function(block, self.shared)


class Lanes(Protocol):
    """The places where blocks of one pass are computed at the same time.

    Attributes:
        tries: how often a block is computed before it is taken apart, and an item before it is left
            out.
    """

    tries: int

    @property
    def ahead(self) -> int:
        """Blocks that may be under way or wait for their turn; it bounds the memory."""
        ...

    def start(self, number: int, block: Block) -> None:
        """Begin to compute a block."""
        ...

    def finished(self) -> list[tuple[int, Any]]:
        """Wait for blocks; their numbers, each with its result or `Fault`."""
        ...


class Engine(Protocol):
    """Where blocks are computed.

    Attributes:
        workers: blocks that are computed at the same time.
    """

    workers: int

    def open_lanes(self, work: Pass) -> AbstractContextManager[Lanes]:
        """The lanes for one pass; at the end what nobody waits for is stopped."""
        ...


@dataclass(frozen=True)
class Settled:
    """A block with its result.

    Attributes:
        block: without the items that failed.
        failures: `item` is the place in the block as it was given.
    """

    block: Block
    result: Any
    failures: tuple[Failure, ...] = ()


def compute_block(work: Pass, block: Block) -> Any:
    """The result of a block, or a `Fault` where the function raised an exception.

    Raises:
        CoderError: the function raised it: something that the user can put right.
    """
    try:
        return work(block)
    except CoderError:
        raise
    except Exception as error:  # whatever it is, other blocks can go on
        return Fault(_describe(error))


def _describe(error: Exception) -> str:
    """The kind of an exception and its place; its message may hold comment text."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}, line {last.lineno}"
    return f"it raised {type(error).__name__} ({place})"


class Keeper(Protocol):
    """Holds results of finished blocks from an earlier run, and takes those of this one."""

    def load(self, number: int, block: Block) -> Settled | None:
        """The result of a block; None where it is to be computed."""
        ...

    def save(self, number: int, settled: Settled) -> None:
        """Keep the result of a block."""
        ...


def compute_in_order(
    lanes: Lanes, blocks: Iterable[Block], keeper: Keeper | None = None
) -> Iterator[Settled]:
    """Every block with its result, in the order of the blocks, as soon as it is there."""
    course = _Course(lanes, keeper)
    numbered = enumerate(blocks)
    due = 0
    while True:
        while course.blocks < lanes.ahead:
            number, block = next(numbered, (-1, ()))
            if number < 0:
                break
            course.begin(number, block)
        if due in course.settled:
            yield course.settled.pop(due)
            due += 1
        elif course.under_way:
            course.collect()
        else:
            return


class _Course:
    """Blocks between their start and their turn.

    Attributes:
        under_way: by number, what is still to be done for a block.
        settled: by number, the results that wait for those of earlier blocks.
    """

    def __init__(self, lanes: Lanes, keeper: Keeper | None) -> None:
        self._lanes = lanes
        self._keeper = keeper
        self.under_way: dict[int, Generator[Block, Any, Settled]] = {}
        self.settled: dict[int, Settled] = {}

    @property
    def blocks(self) -> int:
        return len(self.under_way) + len(self.settled)

    def begin(self, number: int, block: Block) -> None:
        if self._keeper is not None:
            kept = self._keeper.load(number, block)
            if kept is not None:
                self.settled[number] = kept
                return
        steps = _settle(block, self._lanes.tries)
        self.under_way[number] = steps
        self._lanes.start(number, next(steps))

    def collect(self) -> None:
        """Wait for blocks that are computed, and take the next step of each."""
        for number, outcome in self._lanes.finished():
            try:
                part = self.under_way[number].send(outcome)
            except StopIteration as end:
                del self.under_way[number]
                self.settled[number] = end.value
                if self._keeper is not None:
                    self._keeper.save(number, end.value)
            else:
                self._lanes.start(number, part)


def _settle(block: Block, tries: int) -> Generator[Block, Any, Settled]:
    """Yields what is to be computed next, and is sent how that went.

    A block that fails is tried again. If it fails every time, its halves are computed, their
    halves, and so on until the items are known that fail alone. The rest is one block.
    """
    outcome: Any = Fault("")
    for _ in range(tries):
        outcome = yield block
        if not isinstance(outcome, Fault):
            return Settled(block, outcome)
    failures: list[Failure] = []
    yield from _find_failures(block, 0, tries, failures)
    left = items_but([failure.item for failure in failures], block)
    if not len(left):
        return Settled(left, None, tuple(failures))
    outcome = yield left
    if isinstance(outcome, Fault):
        raise CoderError(
            f"{count(len(left), 'comment')} could not be computed together: {outcome.reason}. "
            "Fewer at once could.",
            f"Most often memory is short: use fewer {option('workers', 'N')}.",
        )
    return Settled(left, outcome, tuple(failures))


def _find_failures(
    block: Block, first: int, tries: int, failures: list[Failure]
) -> Generator[Block, Any, None]:
    """Find the items that fail alone in a block that fails; `first` is the place of its first
    item.
    """
    if len(block) == 1:
        yield from _try_alone(block, first, tries, failures)
        return
    middle = len(block) // 2
    for start, end in ((0, middle), (middle, len(block))):
        half = _items_at(block, range(start, end))
        if len(half) > 1:
            outcome = yield half
            if not isinstance(outcome, Fault):
                continue
        yield from _find_failures(half, first + start, tries, failures)


def _try_alone(
    block: Block, place: int, tries: int, failures: list[Failure]
) -> Generator[Block, Any, None]:
    """An item fails when it does so every time: a worker may die for the fault of another block."""
    outcome: Any = Fault("")
    for _ in range(tries):
        outcome = yield block
        if not isinstance(outcome, Fault):
            return
    failures.append(Failure(place, outcome.reason))
    if len(failures) > MOST_FAILURES:
        raise CoderError(
            f"Many comments could not be computed. The last one: {outcome.reason}.",
            "This is a fault of the program or of this machine, not of the comments. Try "
            "again; if it stays, report it with this message.",
        )


def items_but(places: Sequence[int], block: Block) -> Block:
    """A block without the items at some places; the block itself where there are none."""
    if not places:
        return block
    left_out = set(places)
    return _items_at(
        block, [place for place in range(len(block)) if place not in left_out]
    )


def _items_at(block: Block, places: Sequence[int]) -> Block:
    """Some items of a block: of a list or range, or rows of an array or frame."""
    if hasattr(block, "take"):
        rows: Block = block.take(list(places))
        return rows
    return [block[place] for place in places]
