"""What stays the same during a review session, and what the reviewer has decided so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from coder.codebook import Codebook
from coder.decisions import Verdict
from coder.reviewing.mode import ReviewMode, SessionKind
from coder.reviewing.record import Record


@dataclass(frozen=True)
class ReviewContext:
    """Who reviews what, and how. `record` grows with every decision; the rest never changes."""

    codebook: Codebook
    record: Record
    project: str
    reviewer: str
    mode: ReviewMode

    @property
    def kind(self) -> SessionKind:
        """The kind of session."""
        return self.mode.kind

    @property
    def blind(self) -> bool:
        """Whether suggestions are hidden."""
        return self.mode.blind

    @property
    def adjudicating(self) -> bool:
        """Whether the session settles what reviewers judged differently."""
        return self.mode.adjudicate

    @property
    def scope(self) -> tuple[str, ...]:
        """Ids of the themes to judge."""
        return self.mode.scope(self.codebook)

    def own_verdicts(self, comment_id: str) -> dict[str, Verdict]:
        """What the reviewer has decided of a comment, by theme; in a blind session what they
        decided blind.
        """
        verdicts = self.record.verdicts(
            comment_id, self.reviewer, settled=self.adjudicating
        )
        if not self.blind:
            return dict(verdicts)
        return {theme_id: v for theme_id, v in verdicts.items() if v.mode == "blind"}

    @property
    def required_mode(self) -> Literal["", "blind"]:
        """How the reviewer's decisions must have been made to count here: blind, or either way."""
        if self.blind:
            return "blind"
        return ""

    def is_complete(self, comment_id: str, scope: Iterable[str]) -> bool:
        """Whether the reviewer has judged every theme of the scope; in a blind session, blind."""
        return self.record.complete(
            comment_id, self.reviewer, scope, mode=self.required_mode
        )

    def was_whole(self, comment_id: str) -> bool:
        """Whether the reviewer once judged all themes that there were; in a blind session,
        blind.
        """
        return self.record.was_whole(comment_id, self.reviewer, mode=self.required_mode)

    def latest_note(self, comment_id: str) -> str:
        """The note of the reviewer's last decision on a comment."""
        return self.record.latest_note(comment_id, self.reviewer)
