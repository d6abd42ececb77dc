"""Which comment is in front, which were shown before it, and which comes next."""

from collections.abc import Container

from coder.reviewing.context import ReviewContext
from coder.reviewing.queue import Pick, Queue
from coder.reviewing.suggestions import Neighbours

MOST_COMPARED = 200  # the most similar comments that "more like this" chooses from
LEAST_ALIKE = 0.3  # cosine from which a comment is similar


class Navigation:
    """The way through a session: back and forward over what was shown, then on to what the queue
    offers.

    Comments that were asked for (`request_similar`) come before the queue's; skipped ones come
    once more after them.

    Attributes:
        seen: ids of all comments that were in front.
        moves: how often another comment was put in front.
    """

    def __init__(self, context: ReviewContext, queue: Queue) -> None:
        self._context = context
        self._queue = queue
        self._shown: list[Pick] = []
        self._at = -1
        self._requested: list[Pick] = []
        self._skipped: list[Pick] = []
        self._waiting: Pick | None = None  # of a later stage than one that was skipped
        self.seen: set[str] = set()
        self.moves = 0

    @property
    def pick(self) -> Pick | None:
        """The comment in front; None when nothing is left."""
        if 0 <= self._at < len(self._shown):
            return self._shown[self._at]
        return None

    @property
    def skipped_ids(self) -> set[str]:
        """Ids of the comments that were skipped and not offered again."""
        return {pick.comment_id for pick in self._skipped}

    def shown(self, comment_id: str) -> Pick | None:
        """How a comment was picked that was in front before; None if it was not."""
        for pick in self._shown:
            if pick.comment_id == comment_id:
                return pick
        return None

    def show(self, pick: Pick) -> None:
        """Put a comment in front: at its place among those shown, or after all of them."""
        shown_ids = [shown.comment_id for shown in self._shown]
        if pick.comment_id in shown_ids:
            self._at = shown_ids.index(pick.comment_id)
        else:
            self._shown.append(pick)
            self._at = len(shown_ids)
        self.seen.add(pick.comment_id)
        self.moves += 1

    def forward(self) -> bool:
        """Go to the comment after this one; after the last one to the next. False when there is
        none.
        """
        if self._at + 1 < len(self._shown):
            self._at += 1
            self.moves += 1
            return True
        pick = self._next()
        if pick is None:
            self._at = len(self._shown)
            return False
        self.show(pick)
        return True

    def back(self) -> bool:
        """Go to the comment before this one; False at the first."""
        if self._at <= 0:
            return False
        self._at -= 1
        self.moves += 1
        return True

    def skip(self, pick: Pick) -> None:
        """Offer a comment once more, after all others."""
        if pick not in self._skipped:
            self._skipped.append(pick)

    def request_similar(
        self, pick: Pick, neighbours: Neighbours, known: Container[str], most: int
    ) -> int:
        """Offer undecided comments similar to one next, in place of any requested before.

        Args:
            known: ids of the session's comments.

        Returns how many are offered.
        """
        requested = []
        for comment_id, cosine in neighbours.like(pick.comment_id)[:MOST_COMPARED]:
            if (
                cosine > LEAST_ALIKE
                and comment_id in known
                and self._is_open(comment_id)
            ):
                reason = f"like {pick.comment_id}"
                requested.append(Pick(comment_id, "targeted", reason, pick.scope))
        self._requested = requested[:most]
        return len(self._requested)

    def _is_open(self, comment_id: str) -> bool:
        """Whether a comment was not in front and is not decided."""
        if comment_id in self.seen:
            return False
        record, reviewer = self._context.record, self._context.reviewer
        return not record.complete(comment_id, reviewer, self._context.scope)

    def _next(self) -> Pick | None:
        requested = self._next_requested()
        if requested is not None:
            return requested
        pick = self._waiting or self._queue.next(self.seen)
        self._waiting = None
        if pick is None or self._was_skipped_before(pick.stage):
            skipped = self._next_skipped()
            if skipped is not None:
                self._waiting = pick
                return skipped
        return pick

    def _was_skipped_before(self, stage: int) -> bool:
        return any(pick.stage < stage for pick in self._skipped)

    def _next_requested(self) -> Pick | None:
        record, reviewer = self._context.record, self._context.reviewer
        while self._requested:
            pick = self._requested.pop(0)
            if not record.complete(pick.comment_id, reviewer, pick.scope):
                return pick
        return None

    def _next_skipped(self) -> Pick | None:
        while self._skipped:
            pick = self._skipped.pop(0)
            if not self._context.is_complete(pick.comment_id, pick.scope):
                self._shown = [
                    p for p in self._shown if p.comment_id != pick.comment_id
                ]
                self._at = len(self._shown) - 1
                return pick._replace(stage=pick.stage + 1)
        return None
