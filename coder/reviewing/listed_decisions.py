"""Decisions on comments in a list, not in front: search results, one's own decisions."""

from collections.abc import Iterable, MutableMapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from coder.decisions import Decision
from coder.reviewing.context import ReviewContext
from coder.reviewing.decision_building import DecisionBuilder
from coder.reviewing.decision_keeping import DecisionKeeper
from coder.reviewing.drafts import Draft, ListedBlock, UndoHistory

# Decisions of one action have times of their own, so that they have an order everywhere.
APART = timedelta(milliseconds=1)


class ListedAnswer(NamedTuple):
    """Yes or no to one theme, in several comments."""

    comment_ids: tuple[str, ...]
    theme_id: str
    present: bool


def build_listed(
    context: ReviewContext,
    builder: DecisionBuilder,
    answer: ListedAnswer,
    moment: datetime,
) -> list[Decision]:
    """The decisions that give an answer, one a comment; none where the reviewer has given it."""
    decisions: list[Decision] = []
    for comment_id in dict.fromkeys(answer.comment_ids):
        if _has_answer(context, comment_id, answer):
            continue
        later = moment + APART * len(decisions)
        made = builder.build_listed(comment_id, answer.theme_id, answer.present, later)
        decisions.append(made)
    return decisions


def _has_answer(context: ReviewContext, comment_id: str, answer: ListedAnswer) -> bool:
    """Whether the reviewer has given this answer."""
    verdict = context.own_verdicts(comment_id).get(answer.theme_id)
    if verdict is None or verdict.unsure:
        return False
    return verdict.present == answer.present


class ListedDecisions:
    """Decides comments that are not in front; each decision is undone as any other.

    Args:
        drafts: by comment, what is ticked and not saved; a decision is ticked there too.
    """

    def __init__(
        self,
        context: ReviewContext,
        builder: DecisionBuilder,
        keeper: DecisionKeeper,
        history: UndoHistory,
        drafts: MutableMapping[str, Draft],
    ) -> None:
        self._context = context
        self._builder = builder
        self._keeper = keeper
        self._history = history
        self._drafts = drafts

    def decide(
        self, comment_ids: Sequence[str], theme_id: str, *, present: bool
    ) -> tuple[Decision, ...]:
        """Answer yes or no to one theme in each of these comments; their other themes stay as
        they are.

        The comments were looked for, so that they do not count as drawn at random where nobody
        had judged the theme. One that has this answer already is left alone. In adjudication
        nothing is decided.
        """
        if self._context.adjudicating:
            return ()
        answer = ListedAnswer(tuple(comment_ids), theme_id, present)
        now = datetime.now(UTC)
        decisions = build_listed(self._context, self._builder, answer, now)
        if not decisions:
            return ()
        before = self._tick_drafts([d.comment_id for d in decisions], theme_id, present)
        self._keeper.keep_partly(decisions)
        block = ListedBlock(tuple(decisions), before, withdraws=False)
        self._history.add(block)
        return tuple(decisions)

    def _tick_drafts(
        self, comment_ids: Iterable[str], theme_id: str, present: bool
    ) -> dict[str, Draft]:
        """Tick or untick the theme where something is ticked and not saved; returns what was
        there before.
        """
        before = {}
        for comment_id in comment_ids:
            draft = self._drafts.get(comment_id)
            if draft is None:
                continue
            before[comment_id] = draft
            changed = draft.without_theme(theme_id)
            if present:
                positions = draft.themes.get(theme_id, ())
                changed = draft.with_theme(theme_id, positions)
            self._drafts[comment_id] = changed
        return before

    def withdraw(self, comment_id: str) -> bool:
        """Take back all that the reviewer decided of a comment; False where that is nothing."""
        withdrawals = self._keeper.withdraw_all(comment_id)
        if not withdrawals:
            return False
        before = {}
        if comment_id in self._drafts:
            before[comment_id] = self._drafts.pop(comment_id)
        self._history.add(ListedBlock(withdrawals, before, withdraws=True))
        return True

    def reverse(self, block: ListedBlock) -> ListedBlock:
        """Do the opposite of what was done to comments in a list; returns what was done."""
        now = {}
        for comment_id in block.comment_ids:
            if comment_id in self._drafts:
                now[comment_id] = self._drafts.pop(comment_id)
        self._drafts.update(block.drafts)
        if block.withdraws:
            made = self._keeper.restore(block.decisions)
        else:
            made = self._keeper.withdraw(block.decisions)
        return ListedBlock(made, now, withdraws=not block.withdraws)
