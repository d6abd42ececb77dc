"""Training: comments with known answers, and what people answered to them.

A training answer holds a decision that is kept apart from the others. It belongs to no reviewer's
file, so no estimate counts it and no model learns from it.
"""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from coder.decisions.documents import Document
from coder.decisions.log import Decision, drop_undone


class GoldComment(BaseModel):
    """A comment with the answer that is held to be right.

    Attributes:
        text: as it was when the answer was given.
        scope: ids of the themes that the answer judges.
        themes: ids of those present, with their positions.
        why: explains the answer as a whole.
        whys: explains it for single themes, by their ids.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    comment_id: str
    text: str
    text_hash: str
    scope: tuple[str, ...]
    themes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    why: str = ""
    whys: dict[str, str] = Field(default_factory=dict)


class GoldSet(Document):
    """Comments to learn a codebook with.

    Attributes:
        name: of the file, or `settled`.
        comments: in the order in which they are shown.
        every: one of so many comments that anybody reviews is one of these, until another set
            says otherwise; 0 for none, None where this set says nothing about it.
        reviewer: who stored it.
    """

    folder: ClassVar[str] = "gold"
    title: ClassVar[str] = "a gold set"

    name: str
    comments: tuple[GoldComment, ...]
    every: int | None = None
    reviewer: str = ""


class TrainingAnswer(Document):
    """What somebody answered to a comment of a gold set.

    Attributes:
        gold: id of the set.
        mixed: the comment stood among others, and the reviewer did not know that it is one.
        decision: the answer, or one that takes an answer back.
    """

    folder: ClassVar[str] = "training"
    title: ClassVar[str] = "a training answer"

    gold: str
    mixed: bool = False
    decision: Decision


def set_to_mix(sets: Iterable[GoldSet], project: str) -> GoldSet | None:
    """The set whose comments are mixed into a project's sessions; None for none.

    Args:
        sets: in the order in which they were made.
    """
    said = [found for found in sets if found.project == project]
    said = [found for found in said if found.every is not None]
    if not said or not said[-1].every:
        return None
    return said[-1]


def standing_answers(
    answers: Iterable[TrainingAnswer], project: str
) -> list[TrainingAnswer]:
    """The answers of a project that were not taken back, in their order."""
    own = [answer for answer in answers if answer.project == project]
    stands = {each.id for each in drop_undone(answer.decision for answer in own)}
    return [answer for answer in own if answer.decision.id in stands]
