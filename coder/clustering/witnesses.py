"""Whether the members of a group bear out a name: they use its word, or mean what it says."""

from collections.abc import Sequence

import numpy as np

from coder.clustering.vectors import Floats, Indices, Rows
from coder.phrases.noun_phrases import PhraseFinder, fold, without_possessive
from coder.text import words

CLOSE = 0.85  # share of all units that are farther from a name than one that means it


class Witnesses:
    """Counts the members that bear out a name.

    Args:
        texts: the units.
        space: their raw vectors (n_units, n_dimensions), rows of length 1.
        sample: of the units; tells what is near.
    """

    def __init__(
        self, texts: Sequence[str], space: Rows, finder: PhraseFinder, sample: Indices
    ) -> None:
        self._texts = texts
        self._space = space
        self._finder = finder
        self._sample = space[sample]
        self._stems: dict[int, frozenset[str]] = {}
        self._close: dict[bytes, float] = {}  # by name

    def share(self, near: Indices, head: str, vector: Floats) -> float:
        """Share of some units that use the stem `head` or are near to a name's vector."""
        bearing = self._space[near] @ vector > self._least_close(vector)
        using = np.array([head in self._stems_of(unit) for unit in near.tolist()])
        return float(np.mean(bearing | using))

    def _least_close(self, vector: Floats) -> float:
        """The cosine to a name from which a unit is near to it."""
        key = vector.tobytes()
        if key not in self._close:
            cosines = self._sample @ vector
            self._close[key] = float(np.quantile(cosines, CLOSE))
        return self._close[key]

    def _stems_of(self, unit: int) -> frozenset[str]:
        if unit not in self._stems:
            spoken = [
                without_possessive(fold(word)) for word in words(self._texts[unit])
            ]
            self._stems[unit] = frozenset(map(self._finder.stem, spoken))
        return self._stems[unit]
