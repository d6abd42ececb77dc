"""A queue that leaves out what somebody else has in hand."""

from collections.abc import Callable, Container

from coder.reviewing.assigning.claims import SessionClaims
from coder.reviewing.queue.protocol import Either, Pick, Queue
from coder.reviewing.suggestions import Suggestions


class UnclaimedQueue:
    """Another queue without the comments that are in others' hands.

    What it offers is claimed, and given back once it is decided. Comments that come free without
    a decision are offered next.

    Args:
        is_open: whether a comment that was somebody's is still to be decided.
        is_decided: whether this reviewer has decided a comment.
    """

    def __init__(
        self,
        queue: Queue,
        claims: SessionClaims,
        *,
        is_open: Callable[[Pick], bool],
        is_decided: Callable[[Pick], bool],
    ) -> None:
        self._queue = queue
        self._claims = claims
        self._is_open = is_open
        self._is_decided = is_decided
        self._passed_over: dict[str, Pick] = {}
        self._in_hand: dict[str, Pick] = {}

    def next(self, seen: Container[str]) -> Pick | None:
        """The next comment that nobody else has in hand; None where there is none now."""
        decided = [pick for pick in self._in_hand.values() if self._is_decided(pick)]
        for pick in decided:
            del self._in_hand[pick.comment_id]
        offered = self._free_again(seen) or self._next_free(seen)
        taken = []
        if offered is not None:
            self._in_hand[offered.comment_id] = offered
            taken.append(offered.comment_id)
        self._claims.change(taken, [pick.comment_id for pick in decided])
        return offered

    def left(self) -> int | None:
        """How many comments are left, those in others' hands among them."""
        return self._queue.left()

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model."""
        self._queue.learn(suggestions)

    def _free_again(self, seen: Container[str]) -> Pick | None:
        """The first comment that was passed over and is free and open now."""
        for comment_id, pick in list(self._passed_over.items()):
            if comment_id in self._claims.held:
                continue
            del self._passed_over[comment_id]
            if comment_id not in seen and self._is_open(pick):
                return pick
        return None

    def _next_free(self, seen: Container[str]) -> Pick | None:
        excluded = Either(seen, self._passed_over)
        while (pick := self._queue.next(excluded)) is not None:
            if pick.comment_id not in self._claims.held:
                return pick
            self._passed_over[pick.comment_id] = pick
        return None
