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
    """

    comment_id: str
    chosen: Chosen
    reason: str
    scope: tuple[str, ...]


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
