"""Lists of comments that are known beforehand: for a second coding, or in dispute."""

from collections.abc import Container, Sequence

from coder.reviewing.context import ReviewContext
from coder.reviewing.queue.protocol import Chosen, Pick
from coder.reviewing.random_order import draw
from coder.reviewing.suggestions import Suggestions

DRAWS = 0x1_0000_0000  # the first eight hex digits of a draw lie below it


class FixedQueue:
    """The comments of a list, in its order, each until it is decided or its dispute is settled."""

    def __init__(self, context: ReviewContext, picks: Sequence[Pick]) -> None:
        self._context = context
        self._picks = list(picks)

    def next(self, seen: Container[str]) -> Pick | None:
        """The next comment that is not done."""
        for pick in self._picks:
            if pick.comment_id not in seen and self._is_open(pick):
                return pick
        return None

    def left(self) -> int:
        """How many are not done."""
        return sum(self._is_open(pick) for pick in self._picks)

    def learn(self, suggestions: Suggestions) -> None:
        """The list does not depend on the model."""

    def _is_open(self, pick: Pick) -> bool:
        if self._context.adjudicating:
            return bool(self._context.record.differing(pick.comment_id, pick.scope))
        return not self._context.is_complete(pick.comment_id, pick.scope)


def second_coding(
    context: ReviewContext, order: Sequence[str], *, share: float, seed: int
) -> list[Pick]:
    """A share of the comments that others decided, to be coded again without seeing their
    decisions.

    Whether a comment belongs to the share depends on the seed and its id alone.

    Args:
        order: the comments, in the random order.
        share: in (0, 1].
    """
    record, scope = context.record, context.scope
    picks = []
    for comment_id in order:
        place = int(draw(seed, f"double\0{comment_id}")[:8], 16)
        if place >= share * DRAWS:
            continue
        if not record.complete_by_others(comment_id, context.reviewer, scope):
            continue
        chosen: Chosen = "targeted"
        if all(
            record.chosen_before(comment_id, theme_id) == "random" for theme_id in scope
        ):
            chosen = "random"
        picks.append(Pick(comment_id, chosen, "coded a second time", scope))
    return picks


def in_dispute(context: ReviewContext, order: Sequence[str]) -> list[Pick]:
    """Comments that reviewers judged differently, with the themes on which they differ; in the
    given order.
    """
    codebook = context.codebook
    picks = []
    for comment_id in order:
        theme_ids = context.record.differing(comment_id, codebook.theme_ids)
        if theme_ids:
            names = ", ".join(codebook.theme(theme_id).short for theme_id in theme_ids)
            picks.append(
                Pick(comment_id, "targeted", f"in dispute: {names}", theme_ids)
            )
    return picks
