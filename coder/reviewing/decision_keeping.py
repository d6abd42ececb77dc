"""The decisions of one session: stored, added to the record, taken back."""

from collections.abc import Callable, Sequence

from coder.decisions import Decision
from coder.reviewing.context import ReviewContext
from coder.reviewing.decision_building import withdrawal_of

Write = Callable[[Sequence[Decision]], None]


class DecisionKeeper:
    """Stores what a reviewer decides and takes back. Nothing is ever removed: a withdrawal is a
    decision too.

    Args:
        write: called with the decisions of one action, to be stored together, in the order of
            the calls.

    Attributes:
        decided: ids of the comments decided in this session and not taken back.
    """

    def __init__(self, context: ReviewContext, write: Write) -> None:
        self._context = context
        self.write = write
        self.decided: set[str] = set()

    def keep(self, decisions: Sequence[Decision]) -> None:
        """Store decisions."""
        self._store(decisions)
        self.decided.update(decision.comment_id for decision in decisions)

    def keep_partly(self, decisions: Sequence[Decision]) -> None:
        """Store decisions on some themes of comments; a comment counts as decided where with
        them all themes are judged.
        """
        self._store(decisions)
        context = self._context
        for decision in decisions:
            if context.is_complete(decision.comment_id, context.scope):
                self.decided.add(decision.comment_id)

    def withdraw(self, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
        """Take decisions back, the last one first; returns the withdrawals."""
        withdrawals = self._store_withdrawals(decisions)
        self.decided.difference_update(decision.comment_id for decision in decisions)
        return withdrawals

    def restore(self, withdrawals: Sequence[Decision]) -> tuple[Decision, ...]:
        """Take withdrawals back, so that the decisions stand again; returns what was stored for
        that.
        """
        restoring = self._store_withdrawals(withdrawals)
        self.decided.update(withdrawal.comment_id for withdrawal in withdrawals)
        return restoring

    def withdraw_all(self, comment_id: str) -> tuple[Decision, ...]:
        """Take back all that this reviewer decided of a comment; returns the withdrawals, maybe
        none.

        Adjudications and other decisions are taken back apart, each in their own sessions.
        """
        context = self._context
        standing = [
            decision
            for decision in context.record_of(comment_id).standing_of(
                comment_id, context.reviewer
            )
            if bool(decision.adjudicates) == context.adjudicating
        ]
        if not standing:
            return ()
        return self.withdraw(standing)

    def add_from_elsewhere(self, decisions: Sequence[Decision]) -> tuple[str, ...]:
        """Add decisions that others wrote, or this reviewer in another window.

        Returns the ids of the comments that were decided under this reviewer's name.
        """
        own = (self._context.reviewer, self._context.project)
        comment_ids: dict[str, None] = {}  # in their order, each once
        for decision in decisions:
            author = (decision.reviewer, decision.project)
            if author == own and not self._context.record.knows(decision):
                comment_ids[decision.comment_id] = None
        self._context.record.add(decisions)
        return tuple(comment_ids)

    def _store_withdrawals(self, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
        front_end = self._context.front_end
        withdrawals = tuple(
            withdrawal_of(decision, front_end) for decision in reversed(decisions)
        )
        self._store(withdrawals)
        return withdrawals

    def _store(self, decisions: Sequence[Decision]) -> None:
        self.write(decisions)
        self._context.add(decisions)
