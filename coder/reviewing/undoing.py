"""Undo and redo: what was ticked, saved or withdrawn is reversed, and its comment shown."""

from collections.abc import MutableMapping

from coder.reviewing.decision_keeping import DecisionKeeper
from coder.reviewing.drafts import (
    Action,
    Draft,
    DraftEdit,
    ListedBlock,
    SavedBlock,
    UndoHistory,
)
from coder.reviewing.listed_decisions import ListedDecisions
from coder.reviewing.navigation import Navigation


class Undoing:
    """Reverses what was done in a session, the latest first.

    Args:
        drafts: by comment, what is ticked and not saved.
    """

    def __init__(
        self,
        history: UndoHistory,
        navigation: Navigation,
        keeper: DecisionKeeper,
        listed: ListedDecisions,
        drafts: MutableMapping[str, Draft],
    ) -> None:
        self._history = history
        self._navigation = navigation
        self._keeper = keeper
        self._listed = listed
        self._drafts = drafts

    def undo(self) -> str:
        """Reverse the last action and go to its comment; returns "tick", "decision" or nothing."""
        return self._history.undo(self._reverse)

    def redo(self) -> str:
        """Repeat the action that was undone last; returns as `undo`."""
        return self._history.redo(self._reverse)

    def _reverse(self, action: Action) -> Action:
        """Do the opposite of an action; returns what was done."""
        if isinstance(action, ListedBlock):
            return self._listed.reverse(action)
        self._navigation.show(action.pick)
        if isinstance(action, DraftEdit):
            self._drafts[action.pick.comment_id] = action.before
            return action.reversed()
        return self._reverse_saving(action)

    def _reverse_saving(self, block: SavedBlock) -> SavedBlock:
        """Take decisions back, or give them back and go on as saving did."""
        comment_id = block.pick.comment_id
        if not block.withdraws:
            withdrawals = self._keeper.withdraw(block.decisions)
            self._drafts[comment_id] = block.draft
            return block.reversed_by(withdrawals)
        restoring = self._keeper.restore(block.decisions)
        self._drafts.pop(comment_id, None)
        if block.moves_on:
            self._navigation.forward()
        return block.reversed_by(restoring)
