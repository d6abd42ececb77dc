"""One comment as its reviewer sees it: their own decisions, the model's suggestions, what
others decided.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from coder.decisions import Verdict
from coder.reviewing.context import ReviewContext
from coder.reviewing.drafts import Draft, Positions
from coder.reviewing.queue import Pick
from coder.reviewing.suggestions import Suggested, Suggestions


@dataclass(frozen=True)
class CommentView:
    """A comment in front, at one moment: make a new view after every decision.

    Attributes:
        suggestions: None in a blind session and in adjudication.
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
        return Draft(present, unsure, self.context.latest_note(self.comment_id))

    def opening_draft(self) -> Draft:
        """What is ticked when the comment is first shown.

        The reviewer's own decisions; for themes that they have not judged what the model would
        assign, in adjudication what the reviewers agree on.
        """
        draft = self.decided_draft
        if self.own_verdicts and self.is_decided:
            return draft
        if self.context.adjudicating:
            return Draft(self._agreed_outside_scope() | dict(draft.themes))
        return replace(draft, themes=dict(draft.themes) | self._suggested_themes())

    def _agreed_outside_scope(self) -> dict[str, Positions]:
        agreed = self.agreed_themes()
        return {
            t: positions for t, positions in agreed.items() if t not in self.pick.scope
        }

    def _suggested_themes(self) -> dict[str, Positions]:
        """What the model would assign of the themes asked for that the reviewer has not judged."""
        themes = {}
        for theme_id in self.pick.scope:
            suggestion = self.suggestion(theme_id)
            if suggestion and suggestion.assigned and theme_id not in self.own_verdicts:
                themes[theme_id] = self.suggested_positions(theme_id)
        return themes

    def agreed_themes(self) -> dict[str, Positions]:
        """The themes that stand as present after everybody's decisions, with their positions."""
        themes = {}
        for theme_id in self.context.codebook.theme_ids:
            verdict = self.context.record.stands(self.comment_id, theme_id)
            if verdict is not None and verdict.present:
                themes[theme_id] = verdict.positions
        return themes

    def suggestion(self, theme_id: str, position_id: str = "") -> Suggested | None:
        """What the model says of a theme or position; None where suggestions are hidden or
        missing.
        """
        if self.suggestions is None:
            return None
        return self.suggestions.of(self.comment_id, theme_id, position_id)

    def suggested_positions(self, theme_id: str) -> Positions:
        """The positions of a theme that the model would assign."""
        positions = []
        for position in self.context.codebook.theme(theme_id).positions:
            suggestion = self.suggestion(theme_id, position.id)
            if suggestion and suggestion.assigned:
                positions.append(position.id)
        return tuple(positions)

    def reviewers_notes(self) -> list[tuple[str, str]]:
        """In adjudication, the reviewers who wrote a note, with their notes."""
        if not self.context.adjudicating:
            return []
        record = self.context.record
        notes = []
        for reviewer in record.reviewers(self.comment_id):
            note = record.latest_note(self.comment_id, reviewer)
            if note:
                notes.append((reviewer, note))
        return notes
