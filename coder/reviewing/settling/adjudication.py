"""Settling what reviewers disagree on."""

from typing import Protocol

from coder.codebook import Codebook
from coder.decisions.standing import Key
from coder.reviewing.comment_view import CommentView
from coder.reviewing.drafts import Draft
from coder.reviewing.settling.disputes import Dispute


class AdjudicatedComment(Protocol):
    """A session with one comment in front."""

    @property
    def view(self) -> CommentView | None:
        """The comment in front as it is now."""

    @property
    def draft(self) -> Draft:
        """What is answered now."""

    def change_draft(self, draft: Draft) -> None:
        """Answer as the draft says."""


class Adjudication:
    """What reviewers said of the comment in front, and the adjudicator's answers; each of these
    can be undone.
    """

    def __init__(self, session: AdjudicatedComment, codebook: Codebook) -> None:
        self._session = session
        self._codebook = codebook

    def notes(self) -> list[tuple[str, str]]:
        """The reviewers who wrote a note on the comment, with their notes."""
        view = self._session.view
        if view is None:
            return []
        return view.reviewers_notes()

    def open_disputes(self) -> list[Key]:
        """What is in dispute and not answered yet; nothing in other sessions."""
        view = self._session.view
        if view is None:
            return []
        return view.open_disputes(self._session.draft)

    def _dispute(self, theme_id: str) -> Dispute | None:
        view = self._session.view
        if view is None:
            return None
        return view.disputes[theme_id]

    def answer(self, theme_id: str, present: bool) -> None:
        """Answer yes or no to a theme; with a yes come the positions that are agreed."""
        dispute = self._dispute(theme_id)
        if dispute is None:
            return
        positions = dispute.agreed_positions
        draft = self._session.draft.with_answer(
            theme_id,
            present,
            positions,
        )
        self._session.change_draft(draft)

    def answer_position(
        self,
        theme_id: str,
        position_id: str,
        present: bool,
    ) -> None:
        """Answer yes or no to a position; a yes is one to the theme too."""
        dispute = self._dispute(theme_id)
        if dispute is None:
            return
        draft = self._session.draft
        is_answered = (theme_id, "") in draft.answered
        if present or not (dispute.presence or is_answered):
            draft = draft.with_answer(
                theme_id,
                True,
                dispute.agreed_positions,
            )
        allowed = [p.id for p in self._codebook.theme(theme_id).positions]
        self._session.change_draft(
            draft.with_position_answer(
                theme_id,
                position_id,
                present,
                allowed,
            )
        )

    def leave_open(self, theme_id: str) -> None:
        """Leave a theme in dispute on purpose."""
        self._session.change_draft(self._session.draft.with_theme_left_open(theme_id))

    def leave_rest_open(self) -> None:
        """Leave every theme in dispute that is not answered yet."""
        draft = self._session.draft
        for theme_id, _ in self.open_disputes():
            draft = draft.with_theme_left_open(theme_id)
        self._session.change_draft(draft)

    def set_note(self, note: str) -> None:
        """Write a note on the comment."""
        self._session.change_draft(self._session.draft.with_note(note))
