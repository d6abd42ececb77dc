"""Work in chunks, with somebody told how far it is."""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Progress(Protocol):
    """Called with work done and work in all; `what` names the step. The library never prints itself."""

    def __call__(self, done: int, total: int, what: str, /) -> None: ...


def silent(done: int, total: int, what: str) -> None:
    """The progress that nobody watches."""


def in_chunks(
    items: Sequence[Item], size: int, *, progress: Progress = silent, what: str = ""
) -> Iterator[Sequence[Item]]:
    """Yield slices of `size` items and report after each; the last may be shorter."""
    for start in range(0, len(items), size):
        chunk = items[start : start + size]
        yield chunk
        progress(start + len(chunk), len(items), what)
