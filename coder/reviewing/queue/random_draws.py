"""Comments in the random order."""

from collections.abc import Callable, Container, Mapping, Sequence

from coder.reviewing.context import ReviewContext
from coder.reviewing.queue.again import new_themes
from coder.reviewing.queue.protocol import Pick
from coder.reviewing.suggestions import Suggestions


class RandomDraws:
    """Draws from a list of comments, in its order, each in which something is left to judge.

    Args:
        comment_ids: the comments in the order in which they are offered.
        ranks: each comment's place in the project's random order, from 0.
        open_themes: the themes left to judge in a comment.
    """

    def __init__(
        self,
        context: ReviewContext,
        comment_ids: Sequence[str],
        ranks: Mapping[str, int],
        open_themes: Callable[[str], tuple[str, ...]],
    ) -> None:
        self._codebook = context.codebook
        self._scope_size = len(context.scope)
        self._comment_ids = comment_ids
        self._ranks = ranks
        self._open_themes = open_themes
        self._at = 0

    def next(self, seen: Container[str]) -> Pick | None:
        """The first comment that is not in `seen` and has an open theme."""
        while self._at < len(self._comment_ids):
            comment_id = self._comment_ids[self._at]
            if comment_id not in seen:
                scope = self._open_themes(comment_id)
                if scope:
                    # The place is not moved on: an undone decision leaves the comment in its place.
                    return Pick(
                        comment_id, "random", self._reason(comment_id, scope), scope
                    )
            self._at += 1
        return None

    def _reason(self, comment_id: str, scope: tuple[str, ...]) -> str:
        reason = f"drawn at random, number {self._ranks[comment_id] + 1:,}"
        if len(scope) < self._scope_size:
            reason += f"; {new_themes(scope, self._codebook)}"
        return reason


class SampleQueue:
    """The first comments of the random order, whatever others decided.

    Args:
        order: the random order (see `random_order.drawn_sample`).
        size: how many of them belong to the sample.
    """

    def __init__(self, context: ReviewContext, order: Sequence[str], size: int) -> None:
        self._context = context
        self._scope = context.scope
        self._sample = order[:size]
        ranks = {comment_id: rank for rank, comment_id in enumerate(self._sample)}
        self._draws = RandomDraws(context, self._sample, ranks, self._open_themes)

    def next(self, seen: Container[str]) -> Pick | None:
        """The next comment of the sample that this reviewer has not decided."""
        return self._draws.next(seen)

    def left(self) -> int:
        """Comments of the sample that this reviewer has not decided."""
        return sum(not self._is_decided(comment_id) for comment_id in self._sample)

    def learn(self, suggestions: Suggestions) -> None:
        """A sample does not depend on the model."""

    def _is_decided(self, comment_id: str) -> bool:
        return self._context.is_complete(comment_id, self._scope)

    def _open_themes(self, comment_id: str) -> tuple[str, ...]:
        """All themes; only those that came later where the reviewer once judged all that there
        were.
        """
        if self._is_decided(comment_id):
            return ()
        if not self._context.was_whole(comment_id):
            return self._scope
        verdicts = self._context.record.verdicts(comment_id, self._context.reviewer)
        required = self._context.required_mode
        return tuple(
            theme_id
            for theme_id in self._scope
            if theme_id not in verdicts or required not in ("", verdicts[theme_id].mode)
        )


class StartQueue(SampleQueue):
    """The same, without what anybody has decided blind: one blind decision on each is enough."""

    def _is_decided(self, comment_id: str) -> bool:
        record = self._context.record
        return record.complete_by_anyone(comment_id, self._scope, mode="blind")


def themes_nobody_judged(context: ReviewContext, comment_id: str) -> tuple[str, ...]:
    """The themes left to judge in a comment where one reviewer's decision is enough.

    Comments that another reviewer decided whole before the codebook got a new theme are asked
    about that theme alone. Those that this reviewer decided are offered by `to_look_at_again`.
    """
    record, scope = context.record, context.scope
    if record.complete_by_anyone(comment_id, scope):
        return ()
    if len(scope) == 1:
        return record.unseen(comment_id, scope)
    reviewers = record.whole_by(comment_id)
    if not reviewers:
        return scope
    if context.reviewer in reviewers:
        return ()
    return record.unseen(comment_id, scope)
