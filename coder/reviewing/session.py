"""A review session without a screen: one comment after another is shown, ticked, saved, undone
and redone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coder.decisions import Decision
from coder.reviewing.comment_texts import CommentTexts
from coder.reviewing.comment_view import CommentView
from coder.reviewing.context import ReviewContext
from coder.reviewing.copies import NO_COPIES, Copies, CopyChoice
from coder.reviewing.decision_building import DecisionBuilder
from coder.reviewing.decision_keeping import DecisionKeeper
from coder.reviewing.drafts import (
    Draft,
    DraftEdit,
    DraftEditor,
    SavedBlock,
    UndoHistory,
)
from coder.reviewing.listed_decisions import ListedDecisions
from coder.reviewing.navigation import Navigation
from coder.reviewing.progress.pace import PaceMeter
from coder.reviewing.progress.precision import ReviewProgress, review_progress
from coder.reviewing.queue import Pick, Queue
from coder.reviewing.settling.adjudication import Adjudication
from coder.reviewing.settling.dispute_rows import DisputeRowBuilder
from coder.reviewing.settling.disputes import themes_in_dispute
from coder.reviewing.suggestions import Neighbours, Suggestions
from coder.reviewing.theme_rows import RowBuilder, ThemeOrder, ThemeRow
from coder.reviewing.undoing import Undoing

if TYPE_CHECKING:
    import pandas as pd

    from coder.reviewing.training.training_session import Trainer

MOST_REQUESTED = 10  # comments that "more like this" puts next in line


class Session:
    """One reviewer's way through the comments.

    Every method leaves the session consistent; a screen draws what `rows`, `text` and
    `progress` return.

    Args:
        comments: `tables.COMMENTS`, those that are analysed.
        write: called with the decisions of one action, to be stored together, in the order of
            the calls.
        copies: the copies of each comment that has any (see `copies`).

    Attributes:
        edit: the changes to what is ticked.
        settle: in adjudication, what reviewers said, and the answers to it.
        listed: decisions on comments that are not in front.
        pace: how fast the reviewer decides.
        decided: ids of the comments decided in this session, copies too.
        neighbours: which comments are similar; None until somebody sets it.
        trainer: compares what is saved with known answers; None but in training.
    """

    def __init__(
        self,
        context: ReviewContext,
        comments: "pd.DataFrame",
        queue: Queue,
        write: Callable[[Sequence[Decision]], None],
        *,
        suggestions: Suggestions | None = None,
        copies: Mapping[str, Copies] | None = None,
    ) -> None:
        self.context = context
        self.codebook, self.record = context.codebook, context.record
        self.reviewer, self.kind = context.reviewer, context.kind
        self.blind = context.blind
        self.comments = CommentTexts(comments)
        self.edit = DraftEditor(self, context.codebook)
        self.settle = Adjudication(self, context.codebook)
        self.suggestions = None if context.blind else suggestions
        self.neighbours: Neighbours | None = None
        self.trainer: Trainer | None = None
        self.copy_choice: CopyChoice = "same"
        self.words_read = 0
        self._keeper = DecisionKeeper(context, write)
        self.decided = self._keeper.decided  # the same set
        self._queue = queue
        self._copies = copies or {}
        self._navigation = Navigation(context, queue)
        self._builder = DecisionBuilder(context, self.comments)
        self._drafts: dict[str, Draft] = {}  # by comment, of comments that were changed
        self._history = UndoHistory()
        self.listed = ListedDecisions(
            context, self._builder, self._keeper, self._history, self._drafts
        )
        self._undoing = Undoing(
            self._history, self._navigation, self._keeper, self.listed, self._drafts
        )
        self.pace = PaceMeter(context.own_decisions())
        self._theme_order = ThemeOrder()
        self.forward()

    @property
    def pick(self) -> Pick | None:
        """The comment in front; None when nothing is left."""
        return self._navigation.pick

    @property
    def text(self) -> str:
        """The comment's text as it was received."""
        if self.pick is None:
            return ""
        return self.comments.text_of(self.pick.comment_id)

    @property
    def view(self) -> CommentView | None:
        """The comment in front as it is now; None when nothing is left."""
        if self.pick is None:
            return None
        return CommentView(self.context, self.pick, self.text, self.suggestions)

    @property
    def saved(self) -> bool:
        """Whether the comment in front is decided and nothing was changed since."""
        view = self.view
        return view is None or view.is_saved(self.draft)

    @property
    def draft(self) -> Draft:
        """What is ticked now."""
        view = self.view
        if view is None:
            return Draft()
        return self._drafts.get(view.comment_id) or view.opening_draft()

    @property
    def changed(self) -> bool:
        """Whether something was ticked by hand that no decision contains yet."""
        if self.pick is None or self.saved:
            return False
        return isinstance(self._history.last_on(self.pick.comment_id), DraftEdit)

    def rows(self) -> list[ThemeRow]:
        """The themes; their order stays while a comment is in front, whatever is ticked."""
        view = self.view
        if view is None:
            return []
        settles = self.context.adjudicating
        make_builder = DisputeRowBuilder if settles else RowBuilder
        builder = make_builder(view, self.draft, self.neighbours)
        return builder.rows(self._theme_order.of(view, self._navigation.moves))

    def copies_now(self) -> Copies:
        """The copies of the comment in front that this reviewer has not decided."""
        pick = self.pick
        if pick is None:
            return NO_COPIES
        copies = self._copies.get(pick.comment_id, NO_COPIES)
        is_complete = self.context.is_complete
        return copies.without(lambda copy_id: is_complete(copy_id, pick.scope))

    def progress(self) -> ReviewProgress:
        """The figures of the progress line."""
        done, left = len(self.decided), self._queue.left()
        return review_progress(self.context, len(self.comments), done, left)

    def change_draft(self, draft: Draft) -> None:
        """Tick as the draft says; undo brings back what was ticked before."""
        before = self.draft
        if self.pick is None or draft == before:
            return
        self._history.add(DraftEdit(self.pick, before, draft))
        self._drafts[self.pick.comment_id] = draft

    def suggested_positions(self, theme_id: str) -> tuple[str, ...]:
        """The positions that the model would assign to the comment in front."""
        view = self.view
        if view is None:
            return ()
        return view.suggested_positions(theme_id)

    def save(self) -> tuple[Decision, ...]:
        """Store what is ticked, for copies too as chosen, and go to the next comment.

        In adjudication nothing is stored while a dispute is not answered.
        """
        view = self.view
        if view is None or self.settle.open_disputes():
            return ()
        pick, draft = view.pick, self.draft
        copies = self.copies_now().chosen(self.copy_choice)
        decisions = tuple(self._builder.build(view, draft, copies, datetime.now(UTC)))
        if decisions:
            self._keeper.keep(decisions)
            self.decided.add(pick.comment_id)
            self.pace.add(decisions)
            block = SavedBlock(pick, draft, decisions, withdraws=False, moves_on=True)
            self._history.add(block)
            if self.context.mode.train:  # the right answer is known now
                self._history.forget()
            self.words_read += len(self.text.split())
            self.copy_choice = "same"
        self._drafts.pop(pick.comment_id, None)
        self.forward()
        return decisions

    def take_back(self) -> bool:
        """Withdraw this reviewer's decisions on the comment in front; False if there are none, and
        in training.
        """
        pick = self.pick
        if pick is None or self.context.mode.train:
            return False
        draft = self.draft
        withdrawals = self._keeper.withdraw_all(pick.comment_id)
        if not withdrawals:
            return False
        block = SavedBlock(pick, draft, withdrawals, withdraws=True, moves_on=False)
        self._history.add(block)
        self._drafts.pop(pick.comment_id, None)
        self._theme_order.forget()
        return True

    def undo(self) -> str:
        """See `Undoing`."""
        return self._undoing.undo()

    def redo(self) -> str:
        """See `Undoing`."""
        return self._undoing.redo()

    def forward(self) -> bool:
        """Go to the next comment; False when there is none."""
        return self._navigation.forward()

    def back(self) -> bool:
        """Go to the comment before this one; False at the first."""
        return self._navigation.back()

    def skip(self) -> bool:
        """Leave the comment undecided for now; it comes once more when all others are done."""
        if self.pick is not None and not self.saved:
            self._navigation.skip(self.pick)
        return self.pick is not None and self.forward()

    @property
    def skipped(self) -> int:
        """Number of comments skipped and not decided since."""
        return len(self._navigation.skipped_ids - self.decided)

    def go_to(self, comment_id: str) -> bool:
        """Put a comment in front that was searched for; False where there is no such comment."""
        if comment_id not in self.comments:
            return False
        scope = _asked_of(self.context, comment_id)
        searched = Pick(comment_id, "targeted", "looked up", scope)
        self._navigation.show(self._navigation.shown(comment_id) or searched)
        return True

    def more_like_this(self, most: int = MOST_REQUESTED) -> int:
        """Put undecided comments similar to the one in front next in line; returns how many."""
        if self.pick is None or self.neighbours is None:
            return 0
        ask = self._navigation.request_similar
        return ask(self.pick, self.neighbours, self.comments, most)

    def hear(self, decisions: Sequence[Decision]) -> tuple[str, ...]:
        """Add decisions made by others, or in another window of this reviewer.

        What is ticked here stays. Returns ids of comments decided under this reviewer's name.
        """
        return self._keeper.add_from_elsewhere(decisions)

    def learn(self, suggestions: Suggestions) -> bool:
        """Go on with a newer model; the comment in front stays as it is shown.

        Returns False, and goes on with the old one, where the codebook has other themes by now.
        """
        if suggestions.theme_ids != self.codebook.theme_ids:
            return False
        if self.blind:
            return True
        self._queue.learn(suggestions)
        # What is ticked must not change while it is on the screen.
        if self.pick is not None:
            self._drafts.setdefault(self.pick.comment_id, self.draft)
        self.suggestions = suggestions
        return True


def _asked_of(context: ReviewContext, comment_id: str) -> tuple[str, ...]:
    """The themes to judge in a comment that was searched for."""
    if context.adjudicating:
        return themes_in_dispute(context.record, comment_id, context.codebook)
    return context.scope
