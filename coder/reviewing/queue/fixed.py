"""Lists of comments that are known beforehand: for a second coding, or in dispute."""

from collections.abc import Container, Sequence

from coder.decisions import place_in_order
from coder.reviewing.context import ReviewContext
from coder.reviewing.queue.protocol import Chosen, Pick
from coder.reviewing.suggestions import Suggestions

DRAWS = 0x1_0000_0000  # the first eight hex digits of a draw lie below it


class FixedQueue:
    """The comments of a list, in its order, each until the reviewer has decided it.

    In adjudication a comment is done too when somebody else has settled it meanwhile, and a
    dispute that was left open before is offered again.
    """

    def __init__(self, context: ReviewContext, picks: Sequence[Pick]) -> None:
        self._context = context
        self._picks = list(picks)
        self._left_open = {}
        if context.adjudicating:
            for pick in self._picks:
                own = context.own_verdicts(pick.comment_id)
                self._left_open[pick.comment_id] = own

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
        context = self._context
        is_complete = context.is_complete(pick.comment_id, pick.scope)
        if not context.adjudicating or not is_complete:
            return not is_complete and self._is_disputed(pick)
        own = context.own_verdicts(pick.comment_id)
        return own == self._left_open[pick.comment_id] and self._is_disputed(pick)

    def _is_disputed(self, pick: Pick) -> bool:
        context = self._context
        if not context.adjudicating:
            return True
        return bool(context.record.differing(pick.comment_id, pick.scope))


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
        place = int(place_in_order(seed, f"double\0{comment_id}")[:8], 16)
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
    """Comments that reviewers judged differently, with the themes that nobody has settled and
    this reviewer has not answered; in the given order, those left open before at the end.
    """
    picks, left_open = [], []
    disputed = context.record.disputed
    for comment_id in order:
        if comment_id not in disputed:
            continue
        scope = _open_for(context, comment_id)
        if not scope:
            continue
        names = [context.codebook.theme(theme_id).short for theme_id in scope]
        reason = f"in dispute: {', '.join(names)}"
        pick = Pick(comment_id, "targeted", reason, scope)
        if context.is_complete(comment_id, scope):
            left_open.append(pick)
        else:
            picks.append(pick)
    return picks + left_open


def _open_for(context: ReviewContext, comment_id: str) -> tuple[str, ...]:
    """The themes in dispute on which the reviewer has not settled yet; unsure settles nothing."""
    differing = context.record.differing(comment_id, context.codebook.theme_ids)
    if not differing:
        return ()
    own = context.own_verdicts(comment_id)
    settled = {theme_id for theme_id, verdict in own.items() if not verdict.unsure}
    return tuple(theme_id for theme_id in differing if theme_id not in settled)
