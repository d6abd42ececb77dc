"""The usual queue: half random comments, half those of which the model is least sure."""

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import lru_cache

from coder.reviewing.context import ReviewContext
from coder.reviewing.queue.again import again_for
from coder.reviewing.queue.protocol import Pick
from coder.reviewing.queue.random_draws import RandomDraws, themes_nobody_judged
from coder.reviewing.queue.uncertain import Lane, MostUncertain
from coder.reviewing.suggestions import Suggestions

ALONE = Lane(0, 1)


@lru_cache(maxsize=2)
def ranks_of(order: tuple[str, ...]) -> Mapping[str, int]:
    """Each comment's place in the random order, from 0; one for all reviewers of a program."""
    return {comment_id: rank for rank, comment_id in enumerate(order)}


def lane_of(reviewer: str, reviewers: Iterable[str]) -> Lane:
    """The reviewer's lane among all who have decided something."""
    names = sorted({*reviewers, reviewer})
    return Lane(names.index(reviewer), len(names))


class MixedQueue:
    """Random comments and those of which the model is least sure, in turn.

    Random comments are drawn from those that nobody has decided. The estimates build on that:
    what is known counts as it is, and each draw stands for the rest (see
    `coder.statistics.intervals.audit`). Without a model, and in a blind session, all comments
    are random.

    Comments that somebody decided whole before the codebook got a new theme are asked about
    that theme alone: the reviewer's own come first (`again`), those of others at their place in
    the random order. Whoever decided a comment blind is asked about it in a blind session, and
    the other way round.

    Args:
        order: the random order (see `random_order.drawn_sample`).
        suggestions: the last coding; None where there is none.
        again: comments to look at again first (see `to_look_at_again`).
    """

    def __init__(
        self,
        context: ReviewContext,
        order: Sequence[str],
        *,
        suggestions: Suggestions | None = None,
        lane: Lane = ALONE,
        again: Sequence[Pick] = (),
    ) -> None:
        self._context = context
        self._scope = context.scope
        self._lane = lane
        self._again = list(again)
        self._ranks = ranks_of(tuple(order))
        own_share = [c for c, rank in self._ranks.items() if lane.holds(rank)]
        others_share = [c for c, rank in self._ranks.items() if not lane.holds(rank)]
        self._draws = RandomDraws(
            context,
            own_share + others_share,
            self._ranks,
            lambda comment_id: themes_nobody_judged(context, comment_id),
        )
        self._uncertain: MostUncertain | None = None
        self._served = {"random": 0, "targeted": 0}
        if suggestions is not None:
            self.learn(suggestions)

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model; a blind session stays random."""
        if not self._context.blind:
            self._uncertain = MostUncertain(
                suggestions, self._scope, self._lane, self._ranks
            )

    def next(self, seen: Container[str]) -> Pick | None:
        """The next comment: those to look at again, then random and uncertain ones in turn."""
        again = self._next_again(seen)
        if again is not None:
            return again
        if self._served["random"] <= self._served["targeted"]:
            pick = self._draws.next(seen) or self._next_uncertain(seen)
        else:
            pick = self._next_uncertain(seen) or self._draws.next(seen)
        if pick is not None:
            self._served[pick.chosen] += 1
        return pick

    def left(self) -> None:
        """The queue has no end but the last comment."""
        return

    def _next_again(self, seen: Container[str]) -> Pick | None:
        while self._again:
            pick = self._again.pop(0)
            if pick.comment_id in seen:
                continue
            # Others may have judged the new themes in the meantime.
            scope = self._context.record.unseen(pick.comment_id, pick.scope)
            if scope:
                reason = again_for(scope, self._context.codebook)
                return pick._replace(scope=scope, reason=reason)
        return None

    def _next_uncertain(self, seen: Container[str]) -> Pick | None:
        if self._uncertain is None:
            return None
        record = self._context.record

        def is_done(comment_id: str) -> bool:
            if comment_id in seen or record.complete_by_anyone(comment_id, self._scope):
                return True
            return bool(record.whole_by(comment_id))

        uncertain = self._uncertain.next(record, is_done)
        if uncertain is None:
            return None
        name = self._context.codebook.theme(uncertain.theme_id).short
        reason = f"the model is unsure here: {name} {uncertain.probability:.0%}"
        return Pick(uncertain.comment_id, "targeted", reason, self._scope)
