"""What every queue offers."""

from collections.abc import Container
from typing import Literal, NamedTuple, Protocol

from coder.reviewing.suggestions import Suggestions

Chosen = Literal["random", "targeted", "listed"]


class Pick(NamedTuple):
    """A comment to review.

    Attributes:
        chosen: how the comment was chosen.
        reason: the same in words, for the reviewer.
        scope: ids of the themes to judge.
        stage: those of a later stage come only after those that were skipped in an earlier one.
    """

    comment_id: str
    chosen: Chosen
    reason: str
    scope: tuple[str, ...]
    stage: int = 0


class Either:
    """What one of two containers holds."""

    def __init__(self, first: Container[str], second: Container[str]) -> None:
        self._first, self._second = first, second

    def __contains__(self, comment_id: object) -> bool:
        return comment_id in self._first or comment_id in self._second


class Queue(Protocol):
    """Names the next comment, given all decisions so far."""

    def next(self, seen: Container[str]) -> Pick | None:
        """The next comment that is not in `seen`; None when none is left."""
        ...

    def left(self) -> int | None:
        """How many comments are left; None for a queue without an end."""
        ...

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model."""
        ...
