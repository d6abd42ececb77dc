"""From what is ticked to the decisions that are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coder.decisions import Decision, FrontEnd
from coder.decisions.evidence import Marks
from coder.reviewing.comment_texts import CommentTexts
from coder.reviewing.comment_view import CommentView
from coder.reviewing.context import ReviewContext
from coder.reviewing.drafts import Draft
from coder.reviewing.suggestions import Suggestions
from coder.text import text_hash

# Copies are known from just after the comment that was read (see `statistics.intervals`).
COPIES_AFTER = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Judgement:
    """What is decided of one comment, before it is cut into stored decisions.

    Attributes:
        scope: ids of the themes judged.
        chosen: how the comment came to be judged: random, targeted or listed.
        ticked: ids of the themes that the model had ticked; None where it showed nothing.
    """

    comment_id: str
    draft: Draft
    scope: tuple[str, ...]
    chosen: str
    decided_at: datetime
    note: str
    ticked: tuple[str, ...] | None = None


class DecisionBuilder:
    """Builds the decisions of one session."""

    def __init__(self, context: ReviewContext, comments: CommentTexts) -> None:
        self._context = context
        self._comments = comments
        self._codebook_fingerprint = (
            context.codebook.fingerprint
        )  # costly, so worked out once

    def build(
        self, view: CommentView, draft: Draft, copies: Sequence[str], moment: datetime
    ) -> list[Decision]:
        """The decisions that saving a draft makes; none where all of it stands as it was decided
        blind.

        Args:
            copies: ids of the comments that the draft counts for too.
        """
        asked_and_added = _themes_judged(view, draft)
        judged = tuple(
            t for t in asked_and_added if not self._stays_blind(view, t, draft)
        )
        own = Judgement(
            view.comment_id,
            draft,
            judged,
            view.pick.chosen,
            moment,
            draft.note,
            view.ticked_in_advance,
        )
        shown = view.shown_suggestions
        decisions = self._decisions(own, shown)
        marks = _other_marks(view, judged, draft)
        has_note = draft.note != self._context.latest_note(view.comment_id)
        if not judged and (has_note or marks):
            decisions = [self._decision(own, (), view.pick.chosen, shown)]
        if marks:
            decisions[0] = _with_marks(decisions[0], marks)
        return decisions + self._on_copies(own, copies, asked_and_added, shown)

    def _on_copies(
        self,
        own: Judgement,
        copies: Sequence[str],
        scope: tuple[str, ...],
        shown: Suggestions | None,
    ) -> list[Decision]:
        """The same for copies of the comment; marked words only where the texts are equal."""
        draft, decisions = own.draft, []
        text = self._comments.text_of(own.comment_id)
        note = f"as {own.comment_id}"
        if draft.note:
            note += f"; {draft.note}"
        later = own.decided_at + COPIES_AFTER
        for comment_id in copies:
            copied = draft
            if self._comments.text_of(comment_id) != text:
                copied = replace(draft, evidence={})
            copy = Judgement(comment_id, copied, scope, "targeted", later, note)
            decisions += self._decisions(copy, shown)
        return decisions

    def build_listed(
        self, comment_id: str, theme_id: str, present: bool, moment: datetime
    ) -> Decision:
        """The decision on one theme of a comment that was looked for; a note on it stays."""
        draft = Draft()
        if present:
            draft = draft.with_theme(theme_id)
        note = self._context.latest_note(comment_id)
        scope = (theme_id,)
        own = Judgement(comment_id, draft, scope, "targeted", moment, note)
        return self._decisions(own, None)[0]

    def _stays_blind(self, view: CommentView, theme_id: str, draft: Draft) -> bool:
        """Whether the reviewer judged a theme blind, and leaves it unchanged in a session with
        suggestions.
        """
        if self._context.blind or self._context.adjudicating:
            return False
        verdict = view.own_verdicts.get(theme_id)
        if verdict is None or verdict.mode != "blind":
            return False
        present = theme_id in draft.themes
        positions = draft.themes.get(theme_id, ())
        answer = (present, positions, theme_id in draft.unsure)
        return answer == (verdict.present, verdict.positions, verdict.unsure)

    def _decisions(
        self, judgement: Judgement, suggestions: Suggestions | None
    ) -> list[Decision]:
        """One decision; two or more where some themes were judged here before for another reason.

        Only what nobody had judged when the comment was drawn is random; what was random stays
        random.
        """
        theme_ids_by_choice: dict[str, list[str]] = {}
        for theme_id in judgement.scope:
            before = self._context.record.chosen_before(judgement.comment_id, theme_id)
            chosen = before or judgement.chosen
            if chosen == "listed":
                chosen = "targeted"
            theme_ids_by_choice.setdefault(chosen, []).append(theme_id)
        return [
            self._decision(judgement, tuple(theme_ids), chosen, suggestions)
            for chosen, theme_ids in theme_ids_by_choice.items()
        ]

    def _decision(
        self,
        judgement: Judgement,
        scope: tuple[str, ...],
        chosen: str,
        suggestions: Suggestions | None,
    ) -> Decision:
        text = self._comments.text_of(judgement.comment_id)
        draft = judgement.draft
        shown = _probabilities(suggestions, judgement.comment_id, scope)
        model_fingerprint = ""
        if suggestions is not None and shown:
            model_fingerprint = suggestions.fingerprint
        mode = "assisted"
        if self._context.blind:
            mode = "blind"
        return Decision.model_validate(
            {
                "project": self._context.project,
                "comment_id": judgement.comment_id,
                "text": text,
                "text_hash": text_hash(text),
                "scope": scope,
                "themes": {
                    t: positions for t, positions in draft.themes.items() if t in scope
                },
                "unsure": tuple(t for t in scope if t in draft.unsure),
                "mode": mode,
                "chosen": chosen,
                "shown": shown,
                "ticked": _within(judgement.ticked, scope),
                "note": judgement.note,
                "evidence": {
                    t: marks for t, marks in draft.evidence.items() if t in scope
                },
                "front_end": self._context.front_end,
                "reviewer": self._context.reviewer,
                "decided_at": judgement.decided_at.isoformat(timespec="milliseconds"),
                "codebook_version": str(self._context.codebook.version),
                "codebook_fingerprint": self._codebook_fingerprint,
                "model_fingerprint": model_fingerprint,
                "adjudicates": self._settled_decisions(judgement.comment_id, scope),
            }
        )

    def _settled_decisions(
        self, comment_id: str, scope: tuple[str, ...]
    ) -> tuple[str, ...]:
        """In adjudication, ids of the reviewers' decisions on these themes; on the comment, where
        there are none.
        """
        if not self._context.adjudicating:
            return ()
        record = self._context.record
        on_themes: dict[str, None] = {}  # in their order, each once
        on_comment: dict[str, None] = {}
        for reviewer in record.reviewers(comment_id):
            verdicts = record.verdicts(comment_id, reviewer)
            for theme_id, verdict in verdicts.items():
                on_comment[verdict.decision_id] = None
                if theme_id in scope:
                    on_themes[verdict.decision_id] = None
        return tuple(on_themes or on_comment)


def _within(
    ticked: tuple[str, ...] | None, scope: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Of the themes that were ticked those in the scope."""
    if ticked is None:
        return None
    return tuple(theme_id for theme_id in ticked if theme_id in scope)


def _themes_judged(view: CommentView, draft: Draft) -> tuple[str, ...]:
    """The themes asked for, and those that the reviewer changed by hand; in adjudication those
    that were answered.
    """
    if not view.context.adjudicating:
        return view.pick.scope + _themes_added(view, draft)
    answered = {theme_id for theme_id, _ in draft.answered}
    theme_ids = view.context.codebook.theme_ids
    return tuple(theme_id for theme_id in theme_ids if theme_id in answered)


def _themes_added(view: CommentView, draft: Draft) -> tuple[str, ...]:
    """Themes that are not asked for and that the reviewer changed by hand: they are judged too."""
    marked = (*draft.themes, *draft.unsure)
    return tuple(
        t for t in marked if t not in view.pick.scope and _is_changed(view, t, draft)
    )


def _other_marks(
    view: CommentView, judged: tuple[str, ...], draft: Draft
) -> dict[str, Marks]:
    """The words marked anew, or no longer, for themes whose answer stays as it was."""
    before = view.decided_draft.evidence
    marks = {}
    for theme_id in draft.themes:
        now = draft.evidence.get(theme_id, ())
        if theme_id not in judged and now != before.get(theme_id, ()):
            marks[theme_id] = now
    return marks


def _with_marks(decision: Decision, marks: Mapping[str, Marks]) -> Decision:
    """The decision with further marked words."""
    evidence = dict(decision.evidence)
    for theme_id, spans in marks.items():
        evidence[theme_id] = tuple((start, end) for start, end in spans)
    return decision.model_copy(update={"evidence": evidence})


def _is_changed(view: CommentView, theme_id: str, draft: Draft) -> bool:
    verdict = view.own_verdicts.get(theme_id)
    if verdict is not None:
        if (theme_id in draft.themes) != verdict.present:
            return True
        return verdict.present and draft.themes.get(theme_id, ()) != verdict.positions
    return True


def _probabilities(
    suggestions: Suggestions | None, comment_id: str, scope: tuple[str, ...]
) -> dict[str, float]:
    """The probabilities that the reviewer was shown, by theme."""
    probabilities: dict[str, float] = {}
    if suggestions is None:
        return probabilities
    for theme_id in scope:
        suggestion = suggestions.of(comment_id, theme_id)
        if suggestion is not None:
            probabilities[theme_id] = round(suggestion.probability, 4)
    return probabilities


def withdrawal_of(decision: Decision, front_end: FrontEnd) -> Decision:
    """The decision that takes another one back; a withdrawal can be withdrawn in turn.

    Args:
        front_end: where it is taken back.
    """
    return Decision(
        project=decision.project,
        comment_id=decision.comment_id,
        text="",
        text_hash=decision.text_hash,
        scope=(),
        mode=decision.mode,
        chosen=decision.chosen,
        front_end=front_end,
        reviewer=decision.reviewer,
        codebook_version=decision.codebook_version,
        codebook_fingerprint=decision.codebook_fingerprint,
        undoes=decision.id,
    )
