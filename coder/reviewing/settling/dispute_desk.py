"""Adjudication without a cursor: a comment in dispute is handed out whole, and its answers come
back together.
"""

import hashlib
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from coder.decisions import Decision
from coder.decisions.standing import Key
from coder.errors import CoderError, did_you_mean
from coder.reviewing.comment_texts import CommentTexts
from coder.reviewing.comment_view import CommentView
from coder.reviewing.context import ReviewContext
from coder.reviewing.decision_building import DecisionBuilder
from coder.reviewing.drafts import Draft
from coder.reviewing.queue import Pick, in_dispute
from coder.reviewing.record import Record, Verdicts
from coder.reviewing.settling.adjudication import Adjudication
from coder.reviewing.settling.dispute_rows import DisputeRowBuilder
from coder.reviewing.settling.disputes import themes_in_dispute
from coder.reviewing.suggestions import Suggestions
from coder.reviewing.theme_rows import ThemeRow, theme_order

Spans = tuple[tuple[int, int], ...]
Answer = Literal["yes", "no", "open"]
ANSWERS: tuple[Answer, ...] = ("yes", "no", "open")


class ThemeAnswer(NamedTuple):
    """An adjudicator's answer to a theme: yes, no, or left open; with the positions answered."""

    verdict: Answer
    positions: Mapping[str, bool]


class AnswerSheet(NamedTuple):
    """What an adjudicator answers to one comment, by theme."""

    themes: Mapping[str, ThemeAnswer]
    note: str


class Marking(NamedTuple):
    """The words that a reviewer marked for a theme, as code points of the text."""

    reviewer: str
    theme_id: str
    spans: Spans


class DisputeCard(NamedTuple):
    """A comment in dispute.

    Attributes:
        scope: the themes to answer.
        rows: all themes, those to answer first.
        notes: reviewers with what they noted.
        note: the adjudicator's own.
        basis: changes with every decision on the comment (see `basis_of`).
        saved: the adjudicator has answered all of it.
    """

    comment_id: str
    text: str
    scope: tuple[str, ...]
    rows: tuple[ThemeRow, ...]
    notes: tuple[tuple[str, str], ...]
    markings: tuple[Marking, ...]
    note: str
    basis: str
    saved: bool


class DisputeDesk:
    """One adjudicator's comments in dispute.

    Args:
        context: of a session that adjudicates.
        order: the comments, in the order in which they are offered.
        suggestions: their evidence shows where to look; nothing else of them is told.
    """

    def __init__(
        self,
        context: ReviewContext,
        comments: CommentTexts,
        order: Sequence[str],
        suggestions: Suggestions | None,
    ) -> None:
        self.context = context
        self._comments = comments
        self._order = order
        self._suggestions = suggestions
        self._builder = DecisionBuilder(context, comments)
        self._skipped: dict[str, None] = {}
        self._answered: dict[str, Verdicts] = {}

    def waiting(self) -> list[Pick]:
        """What is left to settle; skipped comments come last."""
        picks, skipped = [], []
        for pick in in_dispute(self.context, self._order):
            if self._is_answered(pick.comment_id):
                continue
            if pick.comment_id in self._skipped:
                skipped.append(pick)
            else:
                picks.append(pick)
        return picks + skipped

    def next_card(self, taken: Container[str]) -> DisputeCard | None:
        """The next comment to settle; None where there is none.

        Args:
            taken: ids of the comments that somebody else has in front.
        """
        for pick in self.waiting():
            if pick.comment_id not in taken:
                return self._card(pick)
        return None

    def card(self, comment_id: str) -> DisputeCard:
        """A comment by its id, settled or not.

        Raises:
            CoderError: there is no such comment.
        """
        return self._card(self._pick(comment_id))

    def skip(self, comment_id: str) -> None:
        """Offer a comment again after all others."""
        self._skipped.pop(comment_id, None)
        self._skipped[comment_id] = None

    def _is_answered(self, comment_id: str) -> bool:
        """Whether it was settled or left open in this session, and not taken back since."""
        answered = self._answered.get(comment_id)
        if answered is None:
            return False
        return answered == self.context.own_verdicts(comment_id)

    def decisions(
        self, comment_id: str, sheet: AnswerSheet, moment: datetime
    ) -> tuple[Decision, ...]:
        """What is to be stored for answers; `keep` tells that it was stored.

        Raises:
            CoderError: a dispute is not answered, or an answer is about something unknown.
        """
        view = self._view(self._pick(comment_id))
        draft = answered_draft(view, sheet)
        open_keys = view.open_disputes(draft)
        if open_keys:
            raise CoderError(
                f"not answered yet: {self._names(open_keys)}",
                "Answer each with yes or no, or leave it open on purpose.",
            )
        return tuple(self._builder.build(view, draft, (), moment))

    def keep(self, comment_id: str) -> None:
        """Let a comment count as answered in this session, left open or not."""
        self._answered[comment_id] = self.context.own_verdicts(comment_id)
        self._skipped.pop(comment_id, None)

    def _names(self, keys: Sequence[Key]) -> str:
        names = []
        for theme_id, position_id in keys:
            theme = self.context.codebook.theme(theme_id)
            name = theme.short
            if position_id:
                name += f" = {position_id}"
            names.append(name)
        return ", ".join(names)

    def _pick(self, comment_id: str) -> Pick:
        if comment_id not in self._comments:
            raise CoderError(
                "this comment is not among those analysed",
                "Load the page again: the project may have been read again.",
            )
        open_picks = in_dispute(self.context, [comment_id])
        if open_picks:
            return open_picks[0]
        context = self.context
        scope = themes_in_dispute(context.record, comment_id, context.codebook)
        return Pick(comment_id, "targeted", "settled", scope)

    def _view(self, pick: Pick) -> CommentView:
        text = self._comments.text_of(pick.comment_id)
        return CommentView(self.context, pick, text, self._suggestions)

    def _card(self, pick: Pick) -> DisputeCard:
        view = self._view(pick)
        draft = view.opening_draft()
        rows = DisputeRowBuilder(view, draft, None).rows(theme_order(view))
        record = self.context.record
        return DisputeCard(
            comment_id=pick.comment_id,
            text=view.text,
            scope=pick.scope,
            rows=tuple(rows),
            notes=tuple(view.reviewers_notes()),
            markings=tuple(markings_of(record, pick.comment_id)),
            note=draft.note,
            basis=basis_of(self.context, pick.comment_id),
            saved=view.is_saved(draft),
        )


class _SheetHolder:
    """Takes the place of a session while answers are put into a draft."""

    def __init__(self, view: CommentView) -> None:
        self.view: CommentView | None = view
        self.draft = view.opening_draft()

    def change_draft(self, draft: Draft) -> None:
        self.draft = draft


def answered_draft(view: CommentView, sheet: AnswerSheet) -> Draft:
    """What an adjudicator's answers say, as a draft; what is agreed of a theme comes with a yes.

    Raises:
        CoderError: an answer is about a theme or position that the codebook does not have.
    """
    codebook = view.context.codebook
    holder = _SheetHolder(view)
    settle = Adjudication(holder, codebook)
    for theme_id, answer in sheet.themes.items():
        _check_known(theme_id, codebook.theme_ids, "theme")
        if answer.verdict == "open":
            settle.leave_open(theme_id)
            continue
        settle.answer(theme_id, answer.verdict == "yes")
        if answer.verdict == "no":
            continue
        position_ids = [position.id for position in codebook.theme(theme_id).positions]
        for position_id, present in answer.positions.items():
            _check_known(position_id, position_ids, "position")
            settle.answer_position(theme_id, position_id, present)
    settle.set_note(sheet.note)
    return holder.draft


def _check_known(name: str, known: Sequence[str], what: str) -> None:
    if name not in known:
        raise CoderError(
            f"the codebook has no {what} {name!r}",
            did_you_mean(name, known),
        )


def markings_of(record: Record, comment_id: str) -> list[Marking]:
    """The words that reviewers marked in a comment, each reviewer's latest for a theme."""
    markings = []
    for reviewer in record.reviewers(comment_id):
        latest: dict[str, Spans] = {}
        for decision in record.standing_of(comment_id, reviewer):
            if decision.adjudicates:
                continue
            for theme_id in decision.scope:
                latest[theme_id] = decision.evidence.get(theme_id, ())
        for theme_id, spans in latest.items():
            if spans:
                markings.append(Marking(reviewer, theme_id, spans))
    return markings


def basis_of(context: ReviewContext, comment_id: str) -> str:
    """A hash of what an adjudicator's answers rest on: the reviewers' decisions, and what is in
    dispute after them. Answers to something else are refused by it.
    """
    record = context.record
    parts = list(record.differing(comment_id, context.codebook.theme_ids))
    for reviewer in record.reviewers(comment_id):
        for decision in record.standing_of(comment_id, reviewer):
            if not decision.adjudicates:
                parts.append(decision.id)
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]
