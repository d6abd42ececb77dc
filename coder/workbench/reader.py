"""What the workbench wants to know of comments; whoever has vectors can tell."""

from collections.abc import Sequence
from typing import Protocol

from coder.text import Span


class GroupReader(Protocol):
    """Reads groups of comments by what they say."""

    def likeness(
        self, group: Sequence[str], others: Sequence[Sequence[str]]
    ) -> list[float]:
        """How alike a group of comments is to each of some others, in [-1, 1]."""
        ...

    def telling_sentences(self, group: Sequence[str]) -> dict[str, Span]:
        """For comments of a group, the sentence that is nearest to what all of them say."""
        ...

    def telling_words(self, group: Sequence[str]) -> list[str]:
        """The words that hold a group together, as stems, the most telling first."""
        ...

    def phrases(self, group: Sequence[str]) -> list[str]:
        """Phrases of the comments that could name the group, the best first."""
        ...

    def leanings(self, comment_ids: Sequence[str]) -> list[float]:
        """Of each comment, above 0 where it wants what the most typical one wants, below 0 where it
        wants the opposite, 0 where it takes no side.
        """
        ...
