"""What reviewers and leads write to each other about comments: flags, answers, proposals."""

import uuid
from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from coder.decisions.documents import Document

RemarkKind = Literal["flag", "answer", "proposal"]


class Remark(Document):
    """One remark.

    Attributes:
        kind: a flag asks for a discussion of a comment; an answer answers a flag or a proposal;
            a proposal names a theme that the codebook lacks.
        key: makes two remarks of the same words different.
        comment_id: the comment that it is about.
        theme_id: the theme that it is about; empty for the comment as a whole.
        name: of the theme that is proposed.
        text: what was written.
        about: id of the remark that is answered.
        reviewer: who wrote it.
        undoes: id of the remark that this one takes back; the rest is then ignored.
    """

    folder: ClassVar[str] = "remarks"
    title: ClassVar[str] = "a remark"

    kind: RemarkKind
    key: str = Field(default_factory=lambda: uuid.uuid4().hex)
    comment_id: str
    theme_id: str = ""
    name: str = ""
    text: str = ""
    about: str = ""
    reviewer: str
    undoes: str = ""


def standing_remarks(remarks: Iterable[Remark], project: str) -> list[Remark]:
    """The remarks of a project that were not taken back, in their order."""
    own = [remark for remark in remarks if remark.project == project]
    undone = {remark.undoes for remark in own if remark.undoes}
    return [remark for remark in own if not remark.undoes and remark.id not in undone]
