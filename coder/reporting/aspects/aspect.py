"""An aspect of a theme: some of its comments, by what they say or by words that they use."""

from dataclasses import dataclass

from coder.reporting.coded_matrix import Key


@dataclass(frozen=True)
class AspectQuote:
    """A sentence that shows an aspect: an exact part of a comment, personal details masked."""

    text: str
    source: str
    comment_id: str


@dataclass(frozen=True)
class Aspect:
    """Comments of a theme that say one thing.

    Attributes:
        name: what the codebook lists; or phrases that the comments use, joined.
        listed: the codebook lists it. The comments have a sentence that is near to the line.
        stems: of the words that the comments use, where it is not listed.
        comment_ids: of the comments, in their order.
        in_campaign: how many of them are letters of its largest campaign.
    """

    name: str
    listed: bool
    stems: tuple[str, ...]
    comment_ids: tuple[str, ...]
    in_campaign: int = 0
    quote: AspectQuote | None = None

    @property
    def count(self) -> int:
        """How many comments."""
        return len(self.comment_ids)

    @property
    def key(self) -> str:
        """What tells it from the other aspects of its theme."""
        return self.name if self.listed else " ".join(self.stems)


@dataclass(frozen=True)
class ThemeAspects:
    """The aspects of a theme or of a position.

    Attributes:
        key: theme id, and position id (empty for the theme itself).
        base: comments that carry it, as coded.
        aspects: the one that most comments mention first.
        without: comments that mention none of them.
        is_exact: reviewers decided of every comment whether it carries the theme.
    """

    key: Key
    base: int
    aspects: tuple[Aspect, ...]
    without: int
    is_exact: bool
