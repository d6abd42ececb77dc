"""One theme: its likeliest and its most uncertain comments in turn."""

from collections.abc import Container, Sequence

import numpy as np

from coder.reviewing.context import ReviewContext
from coder.reviewing.queue.protocol import Pick
from coder.reviewing.queue.random_draws import RandomDraws, themes_nobody_judged
from coder.reviewing.queue.uncertain import best_row
from coder.reviewing.suggestions import Suggestions


class OneThemeQueue:
    """Comments for a yes or no to one theme; drawn at random where there is no model.

    Args:
        theme_id: the theme to judge.
        order: the random order (see `random_order.drawn_sample`).
    """

    def __init__(
        self,
        context: ReviewContext,
        theme_id: str,
        order: Sequence[str],
        suggestions: Suggestions | None,
    ) -> None:
        self._context = context
        self._theme_id = theme_id
        self._name = context.codebook.theme(theme_id).short
        self._ranks = {comment_id: rank for rank, comment_id in enumerate(order)}
        self._draws = RandomDraws(
            context,
            order,
            self._ranks,
            lambda comment_id: themes_nobody_judged(context, comment_id),
        )
        self._likeliest_next = True
        self._suggestions: Suggestions | None = None
        if suggestions is not None:
            self.learn(suggestions)

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model."""
        self._suggestions = suggestions
        column = suggestions.theme_ids.index(self._theme_id)
        self._probability = np.nan_to_num(suggestions.probability[:, column], nan=0.0)
        self._entropy = suggestions.entropy()[:, column]
        self._open = np.array(
            [c in self._ranks for c in suggestions.comment_ids], dtype=bool
        )

    def next(self, seen: Container[str]) -> Pick | None:
        """The next comment, to be judged for this theme alone."""
        if self._suggestions is None:
            return self._draws.next(seen)
        word, score = "in doubt", self._entropy
        if self._likeliest_next:
            word, score = "likely", self._probability
        self._likeliest_next = not self._likeliest_next
        scope = (self._theme_id,)

        def is_done(comment_id: str) -> bool:
            return comment_id in seen or self._context.record.complete_by_anyone(
                comment_id, scope
            )

        open_score = np.where(self._open, score, np.float32(-1))
        row = best_row(open_score, self._open, self._suggestions.comment_ids, is_done)
        if row is None:
            return self._draws.next(seen)
        reason = f"{word}: {self._name} {self._probability[row]:.0%}"
        return Pick(self._suggestions.comment_ids[row], "targeted", reason, scope)

    def left(self) -> None:
        """The queue has no end but the last comment."""
        return
