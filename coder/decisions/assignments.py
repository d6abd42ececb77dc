"""Assignments: who is to judge which comments, blind or not, and until when."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from coder.decisions.documents import Document


class Share(BaseModel):
    """One reviewer's part of an assignment.

    Attributes:
        comment_ids: in the order in which they are to be judged.
        second: those among them that somebody else is to judge first; they are judged blind.
        due: an ISO date; empty where there is none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    reviewer: str
    comment_ids: tuple[str, ...]
    second: tuple[str, ...] = ()
    due: str = ""


class Assignment(Document):
    """Who is to judge which comments, as dealt out once; or that this is taken back.

    Attributes:
        name: of the plan.
        request: the hash of what the plan asked for, by which the same plan is known again.
        shares: a part of each reviewer.
        blind: without the model's suggestions.
        theme_id: the one theme to judge; empty for all.
        chosen: how the comments were chosen.
        withdraws: id of the assignment that is taken back; the rest is then ignored.
        withdrawn: the reviewers whose part is taken back; empty for all.
    """

    folder: ClassVar[str] = "assignments"
    title: ClassVar[str] = "an assignment"

    name: str
    request: str = ""
    shares: tuple[Share, ...] = ()
    blind: bool = False
    theme_id: str = ""
    chosen: Literal["random", "targeted"] = "targeted"
    withdraws: str = ""
    withdrawn: tuple[str, ...] = ()

    def without(self, reviewers: Iterable[str]) -> "Assignment":
        """The same without the parts of some reviewers."""
        left_out = set(reviewers)
        kept = [share for share in self.shares if share.reviewer not in left_out]
        return self.model_copy(update={"shares": tuple(kept)})


def standing_assignments(
    documents: Iterable[Assignment],
    project: str,
) -> dict[str, Assignment]:
    """The assignments of a project that stand, by id, in their order, without the parts that were
    taken back.
    """
    own = [document for document in documents if document.project == project]
    standing = {one.id: one for one in own if not one.withdraws}
    for document in own:
        assignment = standing.get(document.withdraws)
        if assignment is not None:
            everybody = [share.reviewer for share in assignment.shares]
            standing[document.withdraws] = assignment.without(
                document.withdrawn or everybody
            )
    return {own_id: one for own_id, one in standing.items() if one.shares}
