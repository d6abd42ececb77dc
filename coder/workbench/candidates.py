"""What the workbench begins with: candidates, and the comments that belong to each."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Member(NamedTuple):
    """A comment of a candidate."""

    comment_id: str
    strength: float  # cosine to the candidate's centre, [-1, 1]
    fit: str  # core, weak or unclear


class Candidate(BaseModel):
    """A group of comments that `coder cluster` made.

    Attributes:
        parent_id: the candidate that it is a part of; empty at the top.
        examples: quotes, as written.
        stability: in [0, 1]; None where it was not measured.
        marks: what a reader should be warned of, in a word or two each.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    name: str
    parent_id: str = ""
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    stability: float | None = None
    marks: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()

    @property
    def comment_ids(self) -> tuple[str, ...]:
        """The comments that belong to it, the most typical first."""
        ordered = sorted(self.members, key=_typical_first)
        return tuple(member.comment_id for member in ordered)


def _typical_first(member: Member) -> tuple[float, str]:
    return -member.strength, member.comment_id
