"""What stays the same during a review session, and what the reviewer has decided so far."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple

from coder.codebook import Codebook
from coder.decisions import Decision, FrontEnd, Verdict
from coder.decisions.evidence import Marks, marked_words
from coder.reviewing.mode import ReviewMode, SessionKind
from coder.reviewing.record import Record


class MixedGold(NamedTuple):
    """The gold comments that are mixed into one reviewer's session (see `mixed_gold`).

    Attributes:
        gold: id of the gold set.
        every: one of so many comments is one of them.
        comment_ids: of the gold comments.
        record: the reviewer's answers to them; grows with every answer.
    """

    gold: str
    every: int
    comment_ids: frozenset[str]
    record: Record

    def split(
        self,
        decisions: Sequence[Decision],
    ) -> tuple[list[Decision], list[Decision]]:
        """The decisions on other comments, and those on gold comments."""
        own: list[Decision] = []
        gold: list[Decision] = []
        for decision in decisions:
            is_gold = decision.comment_id in self.comment_ids
            settles = bool(decision.adjudicates)
            (gold if is_gold and not settles else own).append(decision)
        return own, gold


@dataclass(frozen=True)
class ReviewContext:
    """Who reviews what, how, and on which front end. `record` grows with every decision; the rest
    never changes.

    Attributes:
        mixed: gold comments among the others; their answers stand in a record of their own.
    """

    codebook: Codebook
    record: Record
    project: str
    reviewer: str
    mode: ReviewMode
    front_end: FrontEnd = "terminal"
    mixed: MixedGold | None = None

    def record_of(self, comment_id: str) -> Record:
        """The record that holds the reviewer's decisions on a comment."""
        if self.mixed is not None and comment_id in self.mixed.comment_ids:
            return self.mixed.record
        return self.record

    def add(self, decisions: Sequence[Decision]) -> None:
        """Add decisions of the reviewer to the record that they belong to."""
        if self.mixed is None:
            self.record.add(decisions)
            return
        own, gold = self.mixed.split(decisions)
        self.record.add(own)
        self.mixed.record.add(gold)

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

    def reviewers(self) -> set[str]:
        """Everybody whose decisions on any comment count, adjudications left aside."""
        record = self.record
        by_comment = (record.reviewers(comment_id) for comment_id in record.comment_ids)
        return set(chain.from_iterable(by_comment))

    @property
    def scope(self) -> tuple[str, ...]:
        """Ids of the themes to judge."""
        return self.mode.scope(self.codebook)

    def own_verdicts(self, comment_id: str) -> dict[str, Verdict]:
        """What the reviewer has decided of a comment, by theme; in a blind session what they
        decided blind.
        """
        verdicts = self.record_of(comment_id).verdicts(
            comment_id,
            self.reviewer,
            settled=self.adjudicating,
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
        """Whether the reviewer has judged every theme of the scope, unsure included; in a blind
        session, blind.
        """
        if self.adjudicating:
            verdicts = self.own_verdicts(comment_id)
            return all(theme_id in verdicts for theme_id in scope)
        return self.record_of(comment_id).complete(
            comment_id,
            self.reviewer,
            scope,
            mode=self.required_mode,
        )

    def was_whole(self, comment_id: str) -> bool:
        """Whether the reviewer once judged all themes that there were; in a blind session,
        blind.
        """
        return self.record.was_whole(comment_id, self.reviewer, mode=self.required_mode)

    def latest_note(self, comment_id: str) -> str:
        """The note of the reviewer's last decision on a comment in a session of this kind."""
        return self.note_of(comment_id, self.reviewer, settling=self.adjudicating)

    def note_of(self, comment_id: str, reviewer: str, *, settling: bool) -> str:
        """The note of a reviewer's last decision on a comment; empty where they made none.

        Args:
            settling: of their adjudications, else of their other decisions.
        """
        notes = [
            decision.note
            for decision in self.record_of(comment_id).standing_of(comment_id, reviewer)
            if bool(decision.adjudicates) == settling
        ]
        return next(reversed(notes), "")

    def own_decisions(self) -> Iterator[Decision]:
        """All decisions of the reviewer that stand, comment by comment, adjudications too."""
        for comment_id in self.record.comment_ids:
            yield from self.record.standing_of(comment_id, self.reviewer)

    def marks_of(
        self,
        comment_id: str,
        reviewer: str,
        *,
        settling: bool = False,
    ) -> dict[str, Marks]:
        """The words that a reviewer marked in a comment, by theme.

        Args:
            settling: in their adjudications, else in their other decisions.
        """
        standing = self.record_of(comment_id).standing_of(comment_id, reviewer)
        own = [d for d in standing if bool(d.adjudicates) == settling]
        if not any(decision.evidence for decision in own):  # most comments
            return {}
        return marked_words(own, self.codebook.current_ids)

    def anybodys_marks(self, comment_id: str, theme_id: str) -> Marks:
        """The words marked for a theme by the first reviewer, by name, who finds it present."""
        record = self.record
        for reviewer in record.reviewers(comment_id):
            verdict = record.verdicts(comment_id, reviewer).get(theme_id)
            marks = self.marks_of(comment_id, reviewer).get(theme_id, ())
            if marks and verdict is not None and verdict.present:
                return marks
        return ()
