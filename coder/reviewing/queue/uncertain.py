"""Comments chosen by what the model says of them."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import numpy as np

from coder.reviewing.record import Record
from coder.reviewing.suggestions import Suggestions

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Lane:
    """This reviewer's share of a queue on which several work: number `index`, from 0, of `count`.

    The share depends on a comment's place in the random order or on its id, never on what it
    says, so every reviewer's part is a random part. Whoever has finished their own goes on with
    the others'.
    """

    index: int
    count: int

    def holds(self, number: int) -> bool:
        """Whether the comment with this number belongs to the share."""
        return number % self.count == self.index


class UncertainComment(NamedTuple):
    """A comment and the theme of which the model is unsure in it."""

    comment_id: str
    theme_id: str
    probability: float


class MostUncertain:
    """Comments by how unsure the model is: the greatest entropy divided by the root of 1 + finds
    so far.

    Args:
        scope: ids of the themes that count.
        known: ids of the comments that may be offered.
    """

    def __init__(
        self,
        suggestions: Suggestions,
        scope: Sequence[str],
        lane: Lane,
        known: Container[str],
    ) -> None:
        columns = [
            n for n, theme_id in enumerate(suggestions.theme_ids) if theme_id in scope
        ]
        self._theme_ids = [suggestions.theme_ids[n] for n in columns]
        self._entropy = suggestions.entropy()
        self._probability = suggestions.probability
        if len(columns) < len(suggestions.theme_ids):  # all are shared, not copied
            self._entropy = self._entropy[:, columns]
            self._probability = self._probability[:, columns]
        self._ids = suggestions.comment_ids
        self._open = np.array([c in known for c in self._ids], dtype=bool)
        self._lane = np.array(
            [lane.holds(crc32(c.encode())) for c in self._ids], dtype=bool
        )

    def next(
        self, record: Record, is_done: Callable[[str], bool]
    ) -> UncertainComment | None:
        """The next comment of the lane, then of the others'; None when none is left.

        Comments for which `is_done` holds are never offered again.
        """
        if not self._theme_ids:
            return None
        weights = [
            1 / np.sqrt(1 + record.positives(theme_id)) for theme_id in self._theme_ids
        ]
        weighted = self._entropy * np.array(weights, dtype=np.float32)
        score = weighted.max(axis=1)
        for in_lane in (self._lane, ~self._lane):
            lane_score = np.where(in_lane & self._open, score, -1)
            row = best_row(lane_score, self._open, self._ids, is_done)
            if row is not None:
                theme = int(weighted[row].argmax())
                probability = float(self._probability[row, theme])
                return UncertainComment(
                    self._ids[row], self._theme_ids[theme], probability
                )
        return None


def best_row(
    score: "NDArray[np.float32]",
    is_open: "NDArray[np.bool_]",
    ids: Sequence[str],
    is_done: Callable[[str], bool],
) -> int | None:
    """Row of the greatest score above 0 whose comment is not done; None where there is none.

    Rows of comments that are done get `is_open` False and the score -1, both in place.
    """
    if not len(score):
        return None
    while True:
        row = int(score.argmax())
        if score[row] <= 0:
            return None
        if not is_done(ids[row]):
            return row
        score[row] = -1
        is_open[row] = False
