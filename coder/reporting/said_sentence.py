"""A sentence about what people said, with the counts behind it."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["size", "aspects", "rest", "positions", "sources", "together", "own"]


class Fact(NamedTuple):
    """A count that a sentence states.

    Attributes:
        of: what was counted, in words that stay the same when the count does not.
        n: how many comments.
    """

    of: str
    n: int


@dataclass(frozen=True)
class Sentence:
    """A sentence of a paragraph.

    Attributes:
        name: what tells it from the others of its paragraph.
        facts: the counts that it states.
        aspects: keys of the aspects that it is about.
        caution: why it must not be published as it is; empty where nothing speaks against it.
    """

    kind: Kind
    name: str
    text: str
    facts: tuple[Fact, ...]
    aspects: tuple[str, ...] = ()
    caution: str = ""
