"""What pages send, field by field."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Request = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16,64}$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
ThemeId = Annotated[str, StringConstraints(max_length=80)]
Hash = Annotated[str, StringConstraints(max_length=128)]
Words = Annotated[str, StringConstraints(max_length=200)]
Note = Annotated[str, StringConstraints(max_length=5_000)]
Offset = Annotated[int, Field(ge=0, le=1 << 31)]
MOST_THEMES = 1_000
MOST_POSITIONS = 200
MOST_SPANS = 50
MOST_HELD = 50
MOST_LISTED = 200  # comments that are found at once

Positions = Annotated[list[ThemeId], Field(max_length=MOST_POSITIONS)]
Spans = Annotated[list[tuple[Offset, Offset]], Field(max_length=MOST_SPANS)]


class Body(BaseModel):
    """The body of a request; types are not guessed."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class HandBody(Body):
    """Asks for comments to review.

    Attributes:
        n: how many the page wants.
        held: ids of those that it has.
    """

    n: Annotated[int, Field(ge=1, le=20)] = 5
    held: Annotated[list[Identifier], Field(max_length=MOST_HELD)] = []


class DecisionBody(Body):
    """What a reviewer decided of one comment.

    Attributes:
        request: made at random by the page; the same where it is sent again.
        themes: the themes present, each with the ids of its positions.
        evidence: by theme, the ranges marked, in UTF-16 units.
        copies: which copies the decision counts for too.
        decided_at: ISO 8601, by the browser's clock; empty for now.
    """

    request: Request
    comment_id: Identifier
    text_hash: Hash
    codebook_fingerprint: Hash
    themes: Annotated[dict[ThemeId, Positions], Field(max_length=MOST_THEMES)]
    unsure: Annotated[list[ThemeId], Field(max_length=MOST_THEMES)] = []
    note: Note = ""
    evidence: Annotated[dict[ThemeId, Spans], Field(max_length=MOST_THEMES)] = {}
    copies: Literal["same", "campaign", "one"] = "same"
    decided_at: Annotated[str, StringConstraints(max_length=40)] = ""


class ListedBody(Body):
    """Yes or no to one theme in several comments that were found; the others stay as they are.

    Attributes:
        codebook_fingerprint: of the codebook that the page showed; empty for that in force.
        decided_at: as of `DecisionBody`.
    """

    request: Request
    comment_ids: Annotated[
        list[Identifier], Field(min_length=1, max_length=MOST_LISTED)
    ]
    theme_id: ThemeId
    present: bool
    codebook_fingerprint: Hash = ""
    decided_at: Annotated[str, StringConstraints(max_length=40)] = ""


class UndoBody(Body):
    """Takes back what was saved under an earlier request."""

    request: Request
    undoes: Request


class WithdrawBody(Body):
    """Takes back all that the reviewer decided of a comment."""

    request: Request
    comment_id: Identifier


class CommentBody(Body):
    """Names a comment."""

    comment_id: Identifier


class SearchBody(Body):
    """Words that comments are searched for."""

    q: Words


class MineBody(Body):
    """Which of the reviewer's decisions to list (see `my_decisions.DecisionFilter`)."""

    theme: ThemeId = ""
    state: Literal["", "unsure", "note", "flagged", "today", "changed", "partly"] = ""


class RemarkBody(Body):
    """A question about a comment, a proposed theme, or an answer to either.

    Attributes:
        theme_id: the theme that a question is about; empty for the comment as a whole.
        text: of a proposal the name of the theme, then in further lines why.
        about: id of the remark that is answered.
    """

    request: Request
    kind: Literal["flag", "proposal", "answer"]
    comment_id: Annotated[str, StringConstraints(max_length=1_000)] = ""
    theme_id: ThemeId = ""
    text: Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
    about: Hash = ""
