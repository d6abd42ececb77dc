"""One comment as its reviewer sees it: their own decisions, the model's suggestions, what
others decided.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from coder.decisions import Standing, Verdict
from coder.decisions.evidence import Marks
from coder.decisions.standing import Key
from coder.keywords import match_keywords
from coder.reviewing.context import ReviewContext
from coder.reviewing.drafts import Draft, Positions
from coder.reviewing.queue import Pick
from coder.reviewing.settling.disputes import Dispute, dispute_on, open_keys
from coder.reviewing.suggestions import Suggested, Suggestions
from coder.text import Span

PROBABILITY_DIGITS = 6  # that 32 bits hold


@dataclass(frozen=True)
class CommentView:
    """A comment in front, at one moment: make a new view after every decision.

    Attributes:
        suggestions: None in a blind session. Adjudication takes the evidence from them and
            nothing else.
    """

    context: ReviewContext
    pick: Pick
    text: str
    suggestions: Suggestions | None

    @property
    def comment_id(self) -> str:
        """The comment's id."""
        return self.pick.comment_id

    @cached_property
    def own_verdicts(self) -> dict[str, Verdict]:
        """What this reviewer has decided of it, by theme (see `ReviewContext.own_verdicts`)."""
        return self.context.own_verdicts(self.comment_id)

    @cached_property
    def is_decided(self) -> bool:
        """Whether the reviewer has judged every theme that is asked for."""
        return all(theme_id in self.own_verdicts for theme_id in self.pick.scope)

    @cached_property
    def decided_draft(self) -> Draft:
        """What the reviewer's decisions say, as a draft."""
        verdicts = self.own_verdicts
        if not verdicts:
            return Draft()
        present = {
            t: verdict.positions for t, verdict in verdicts.items() if verdict.present
        }
        unsure = frozenset(t for t, verdict in verdicts.items() if verdict.unsure)
        draft = Draft(
            present,
            unsure,
            self.context.latest_note(self.comment_id),
            evidence=self._own_marks(present),
        )
        if self.context.adjudicating:
            for theme_id in verdicts:
                draft = self.disputes[theme_id].recall(draft)
        return draft

    def _own_marks(self, present: Container[str]) -> dict[str, Marks]:
        """The words that this reviewer marked for the themes that are present."""
        context = self.context
        marks = context.marks_of(
            self.comment_id, context.reviewer, settling=context.adjudicating
        )
        return {theme_id: m for theme_id, m in marks.items() if theme_id in present}

    def opening_draft(self) -> Draft:
        """What is ticked when the comment is first shown.

        The reviewer's own decisions; for themes that they have not judged what the model assigns
        with the probability that the session asks for; in adjudication what the reviewers agree
        on of a theme in dispute.
        """
        draft = self.decided_draft
        if self.own_verdicts and self.is_decided:
            return draft
        if not self.context.adjudicating:
            themes = dict(draft.themes) | self._suggested_themes()
            return replace(draft, themes=themes)
        for theme_id in self.pick.scope:
            if theme_id not in self.own_verdicts:
                draft = self.disputes[theme_id].begin(draft)
        return draft

    def is_saved(self, draft: Draft) -> bool:
        """Whether the reviewer's decisions say what a draft says, and nothing is left to
        answer.
        """
        answered = {theme_id for theme_id, _ in draft.answered}
        if not self.is_decided or not answered <= self.own_verdicts.keys():
            return False
        if self.open_disputes(draft):
            return False
        return (
            replace(draft, answered=self.decided_draft.answered) == self.decided_draft
        )

    def _suggested_themes(self) -> dict[str, Positions]:
        """What is ticked in advance of the themes asked for that the reviewer has not judged."""
        themes = {}
        for theme_id in self.pick.scope:
            suggestion = self.suggestion(theme_id)
            if self._is_ticked(suggestion) and theme_id not in self.own_verdicts:
                themes[theme_id] = self.suggested_positions(theme_id)
        return themes

    def _is_ticked(self, suggestion: Suggested | None) -> bool:
        """Whether something is ticked in advance: the model assigns it and is sure enough."""
        tick = self.context.mode.tick
        if suggestion is None or tick == 1:
            return False
        # Kept in 32 bits, .9 would be less than .9.
        is_sure = round(suggestion.probability, PROBABILITY_DIGITS) >= tick
        return suggestion.assigned and is_sure

    @cached_property
    def disputes(self) -> Mapping[str, Dispute]:
        """What the reviewers of the comment say of each theme, by its id."""
        context = self.context
        return {
            theme.id: dispute_on(context.record, self.comment_id, theme)
            for theme in context.codebook.active
        }

    def standing(self, theme_id: str) -> Standing | None:
        """What counts for a theme after everybody's decisions; None where nothing does."""
        return self.context.record.stands(self.comment_id, theme_id)

    def open_disputes(self, draft: Draft) -> list[Key]:
        """In adjudication, what is asked for and not answered."""
        if not self.context.adjudicating:
            return []
        return open_keys(self.disputes, self.pick.scope, draft)

    @property
    def shown_suggestions(self) -> Suggestions | None:
        """What the model says, where the reviewer sees it."""
        if self.context.adjudicating:
            return None
        return self.suggestions

    @property
    def ticked_in_advance(self) -> tuple[str, ...] | None:
        """Ids of the themes that the model ticks, of those asked for that the reviewer has not
        judged; None where the reviewer sees no suggestions.
        """
        if self.shown_suggestions is None:
            return None
        return tuple(self._suggested_themes())

    def suggestion(self, theme_id: str, position_id: str = "") -> Suggested | None:
        """What the model says of a theme or position; None where suggestions are hidden or
        missing.
        """
        shown = self.shown_suggestions
        if shown is None:
            return None
        return shown.of(self.comment_id, theme_id, position_id)

    def evidence(self, theme_id: str) -> Span | None:
        """The passage that speaks most for a theme, whatever the model says of the theme.

        In adjudication the words come first that a reviewer marked. Where the model has none,
        it is the first keyword of the theme in the comment.
        """
        if self.context.adjudicating:
            marked = self.context.anybodys_marks(self.comment_id, theme_id)
            if marked:
                return marked[0]
        if self.suggestions is not None:
            label = self.suggestions.of(self.comment_id, theme_id)
            if label is not None and label.evidence is not None:
                return label.evidence
        codebook = self.context.codebook
        keywords = codebook.theme(theme_id).all_keywords
        matches = match_keywords(self.text, keywords, codebook.language)
        if not matches:
            return None
        return matches[0].span

    def suggested_positions(self, theme_id: str) -> Positions:
        """The positions of a theme that are ticked with it."""
        positions = []
        for position in self.context.codebook.theme(theme_id).positions:
            suggestion = self.suggestion(theme_id, position.id)
            if self._is_ticked(suggestion):
                positions.append(position.id)
        return tuple(positions)

    def reviewers_notes(self) -> list[tuple[str, str]]:
        """In adjudication, the reviewers who wrote a note, with their notes."""
        if not self.context.adjudicating:
            return []
        record = self.context.record
        notes = []
        for reviewer in record.reviewers(self.comment_id):
            note = self.context.note_of(self.comment_id, reviewer, settling=False)
            if note:
                notes.append((reviewer, note))
        return notes
