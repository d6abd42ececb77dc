"""Running counts of what is known of each theme."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Tally(NamedTuple):
    """In how many comments drawn at random a theme was judged, and in how many of them it is
    present.
    """

    judged: int
    present: int


class ThemeCounts:
    """Counts comments by theme, one comment at a time, so that they need not be counted again."""

    def __init__(self, theme_ids: Iterable[str]) -> None:
        self._judged = dict.fromkeys(theme_ids, 0)
        self._present = dict.fromkeys(self._judged, 0)
        self._positives = dict.fromkeys(self._judged, 0)
        self._drawn: dict[str, Mapping[str, bool]] = {}
        self._carried: dict[str, set[str]] = {}

    def replace(
        self, comment_id: str, drawn: Mapping[str, bool], carried: set[str]
    ) -> None:
        """Count a comment as it is now, in place of what it counted for before.

        Args:
            drawn: the themes judged in it after a random draw, each with whether it is present.
            carried: the themes that are present, however the comment was chosen.
        """
        self._count(
            self._drawn.pop(comment_id, {}), self._carried.pop(comment_id, set()), -1
        )
        self._count(drawn, carried, 1)
        self._drawn[comment_id] = drawn
        self._carried[comment_id] = carried

    def _count(
        self, drawn: Mapping[str, bool], carried: Iterable[str], step: int
    ) -> None:
        for theme_id, present in drawn.items():
            self._judged[theme_id] += step
            self._present[theme_id] += step * present
        for theme_id in carried:
            self._positives[theme_id] += step

    def tally(self, theme_id: str) -> Tally:
        """The comments drawn at random."""
        return Tally(self._judged[theme_id], self._present[theme_id])

    def positives(self, theme_id: str) -> int:
        """Number of comments known to carry a theme."""
        return self._positives[theme_id]

    def carriers(self, theme_id: str) -> list[str]:
        """Comments known to carry a theme, ordered by id."""
        return sorted(
            c for c, theme_ids in self._carried.items() if theme_id in theme_ids
        )
