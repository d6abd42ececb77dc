"""What `cluster_comments` gives back."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from coder.clustering.layout import Picture

UNSTABLE = (
    0.5  # a candidate whose stability is below comes back less than half when a tenth is left out
)
LITTLE = 40  # comments from which groups begin to mean something


@dataclass(frozen=True)
class Candidate:
    """A theme that comments propose and nobody has adopted."""

    id: str
    name: str
    parent_id: str  # empty at the top
    keywords: tuple[str, ...]
    key_point: str  # one short comment or sentence near the middle, as written; may be empty
    comment_ids: tuple[str, ...]  # every comment that belongs to it, sorted
    examples: tuple[str, ...]  # quotes, as written
    example_ids: tuple[str, ...]  # the comments they are from
    voices: int  # comments, each set of copies counted once
    strength: float  # mean cosine of its units to its centre, less what all units share; under .35 it is mixed
    stability: float | None  # mean overlap with the group found again without a tenth, in [0, 1]
    opposing: bool = False  # people seem to want opposite things

    @property
    def size(self) -> int:
        """Comments that belong to it, every copy counted."""
        return len(self.comment_ids)

    @property
    def unstable(self) -> bool:
        return self.stability is not None and self.stability < UNSTABLE

    @property
    def mixed(self) -> bool:
        """Its comments are less alike than those of a theme usually are."""
        return self.strength < 0.35


@dataclass(frozen=True)
class Likeness:
    """Two candidates, or a candidate and a theme of a codebook, that may be one."""

    first: str  # candidate ids, the larger first
    second: str
    cosine: float
    reason: str  # alike, or words; empty where they are not


@dataclass(frozen=True)
class Clustering:
    """Candidates, who belongs to them, and how they were found."""

    candidates: tuple[Candidate, ...]  # by size, each before its sub-themes
    memberships: "pd.DataFrame"  # tables.CANDIDATES, sorted by comment_id
    likenesses: tuple[Likeness, ...]
    campaigns: (
        "pd.DataFrame"  # campaign_id, comments, candidate_id, text: a row a campaign among them
    )
    picture: "Picture" = field(repr=False)  # where each comment lies on the map
    facts: dict[str, Any]  # for the run record
    notes: tuple[str, ...] = ()  # what a reader should know before trusting them

    @cached_property
    def by_id(self) -> dict[str, Candidate]:
        return {candidate.id: candidate for candidate in self.candidates}

    @property
    def top(self) -> tuple[Candidate, ...]:
        """The candidates that are nobody's sub-theme."""
        return tuple(candidate for candidate in self.candidates if not candidate.parent_id)

    def under(self, candidate_id: str) -> tuple[Candidate, ...]:
        """Sub-themes of a candidate, largest first."""
        return tuple(
            candidate for candidate in self.candidates if candidate.parent_id == candidate_id
        )

    @property
    def unclear_ids(self) -> tuple[str, ...]:
        """Comments that fit no candidate well, sorted."""
        clear = set(self.memberships.loc[self.memberships["fit"] != "unclear", "comment_id"])
        return tuple(sorted(set(self.memberships["comment_id"]) - clear))
