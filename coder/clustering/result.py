"""What `cluster_comments` gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

UNSTABLE = 0.5  # stability under which a candidate may be chance
MIXED = 0.35  # strength under which the comments of a candidate have little in common
LITTLE = 40  # comments from which groups begin to mean something


@dataclass(frozen=True)
class Candidate:
    """A theme that the comments suggest and nobody has adopted."""

    id: str
    name: str
    parent_id: str  # empty at the top
    keywords: tuple[str, ...]
    # One short comment or sentence near the middle, as written; may be empty.
    key_point: str
    comment_ids: tuple[str, ...]  # every comment that belongs to it, sorted
    examples: tuple[str, ...]  # quotes, as written
    example_ids: tuple[str, ...]  # the comments they are from
    voices: int  # comments, each set of copies counted once
    strength: float  # mean cosine of its units to its centre, less what all units share
    stability: (
        float | None
    )  # mean overlap with the group found when 10 % of comments are left out, in [0, 1]
    opposing: bool = False  # people seem to want opposite things
    # Share of its units on the larger side, .5 to 1; None of sub-themes and where nobody looked.
    one_way: float | None = None

    @property
    def size(self) -> int:
        """Comments that belong to it, every copy counted."""
        return len(self.comment_ids)

    @property
    def unstable(self) -> bool:
        """Its stability was measured and is low."""
        return self.stability is not None and self.stability < UNSTABLE

    @property
    def mixed(self) -> bool:
        """Its comments are less alike than those of a theme usually are."""
        return self.strength < MIXED

    @property
    def marks(self) -> tuple[str, ...]:
        """What a reader should be warned of, in a word or two each."""
        marks = []
        if self.unstable:
            marks.append("unstable")
        if self.mixed:
            marks.append("mixed")
        if self.opposing:
            marks.append("may hold opposing views")
        return tuple(marks)

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        stability = self.stability
        if stability is not None:
            stability = round(stability, 3)
        one_way = self.one_way
        if one_way is not None:
            one_way = round(one_way, 3)
        return {
            "id": self.id,
            "name": self.name,
            "parent_id": self.parent_id,
            "comments": self.size,
            "different_comments": self.voices,
            "keywords": self.keywords,
            "key_point": self.key_point,
            "quotes": self.examples,
            "quote_ids": self.example_ids,
            "strength": round(self.strength, 3),
            "stability": stability,
            "unstable": self.unstable,
            "mixed": self.mixed,
            "opposing": self.opposing,
            "one_way": one_way,
        }


@dataclass(frozen=True)
class Similarity:
    """Two candidates, or a candidate and a theme of a codebook, that may be one."""

    first: str  # candidate ids, the larger first
    second: str
    cosine: float
    reason: str  # alike, or words (the names share one); empty where they are hardly one theme


class Island(NamedTuple):
    """The circle of one candidate."""

    candidate_id: str
    x: float
    y: float
    radius: float
    comments: int  # different comments that belong to it most


class CommentMap(NamedTuple):
    """The map: coordinates from 0 to 1.5 and 0 to 1, y downwards."""

    # candidate_id, x, y, fit, text, copies: a row for each different comment.
    points: "pd.DataFrame"
    islands: tuple[Island, ...]  # largest first
    left_out: int  # different comments that are not drawn


@dataclass(frozen=True)
class Clustering:
    """Candidates, who belongs to them, and how they were found."""

    candidates: tuple[Candidate, ...]  # by size, each before its sub-themes
    memberships: "pd.DataFrame"  # tables.CANDIDATES, sorted by comment_id
    similar: tuple[Similarity, ...]  # pairs that may be one theme
    # Campaign_id, comments, candidate_id, text: a row a campaign among them.
    campaigns: "pd.DataFrame"
    lay_out: Callable[[], CommentMap] = field(
        repr=False, compare=False
    )  # makes the map
    facts: dict[str, Any]  # for the run record
    notes: tuple[str, ...] = ()  # what a reader should know before trusting them

    def with_facts(self, facts: dict[str, Any], notes: tuple[str, ...]) -> "Clustering":
        """The same with facts for the run record and notes for the reader."""
        return replace(self, facts=facts, notes=notes)

    @cached_property
    def comment_map(self) -> CommentMap:
        """Where each comment lies on the map; laid out when it is first asked for."""
        return self.lay_out()

    @cached_property
    def by_id(self) -> dict[str, Candidate]:
        """The candidates by their ids."""
        return {candidate.id: candidate for candidate in self.candidates}

    @property
    def top(self) -> tuple[Candidate, ...]:
        """The candidates that are nobody's sub-theme."""
        return tuple(
            candidate for candidate in self.candidates if not candidate.parent_id
        )

    def under(self, candidate_id: str) -> tuple[Candidate, ...]:
        """Sub-themes of a candidate, largest first."""
        return tuple(
            candidate
            for candidate in self.candidates
            if candidate.parent_id == candidate_id
        )

    @property
    def unclear_ids(self) -> tuple[str, ...]:
        """Comments that fit no candidate well, sorted."""
        clear = set(
            self.memberships.loc[self.memberships["fit"] != "unclear", "comment_id"]
        )
        return tuple(sorted(set(self.memberships["comment_id"]) - clear))
