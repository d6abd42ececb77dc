"""The comments that were assigned to a reviewer, before all others."""

from collections.abc import Collection, Container, Sequence

from coder.reviewing.context import ReviewContext
from coder.reviewing.queue.protocol import Either, Pick, Queue
from coder.reviewing.suggestions import Suggestions

AFTERWARDS = 1  # the stage of the comments that were not assigned


class AssignedQueue:
    """A reviewer's assigned comments in their order, each until the reviewer has decided it, then
    what another queue offers.

    Args:
        afterwards: the other queue; None where the session ends with the assigned comments.
        elsewhere: comments assigned to others, which the other queue must not offer.
    """

    def __init__(
        self,
        context: ReviewContext,
        picks: Sequence[Pick],
        afterwards: Queue | None,
        elsewhere: Collection[str] = (),
    ) -> None:
        self._context = context
        self._picks = list(picks)
        self._afterwards = afterwards
        self._elsewhere = elsewhere

    def next(self, seen: Container[str]) -> Pick | None:
        """The next assigned comment that is not decided; then the next of the others."""
        for pick in self._picks:
            if pick.comment_id not in seen and self._is_open(pick):
                return pick
        if self._afterwards is None:
            return None
        pick_after = self._afterwards.next(Either(seen, self._elsewhere))
        if pick_after is None:
            return None
        return pick_after._replace(stage=AFTERWARDS)

    def left(self) -> int | None:
        """How many assigned comments are not decided; once there are none, those of the other
        queue.
        """
        open_picks = sum(self._is_open(pick) for pick in self._picks)
        if open_picks or self._afterwards is None:
            return open_picks
        return self._afterwards.left()

    def learn(self, suggestions: Suggestions) -> None:
        """The assigned comments do not depend on the model; the others may."""
        if self._afterwards is not None:
            self._afterwards.learn(suggestions)

    def _is_open(self, pick: Pick) -> bool:
        return not self._context.is_complete(pick.comment_id, pick.scope)
