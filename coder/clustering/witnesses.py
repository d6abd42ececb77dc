"""Whether the members of a group bear out a name: they use its word, or mean what it says."""

from collections.abc import Sequence

import numpy as np

from coder.clustering.phrases import PhraseFinder, fold, without_possessive
from coder.clustering.vectors import Floats, Indices, Rows
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

    def share(self, near: Indices, head: str, vector: Floats) -> float:
        """Share of some units that use the stem `head` or are near to a name's vector."""
        close = float(np.quantile(self._sample @ vector, CLOSE))
        bearing = self._space[near] @ vector > close
        using = np.array([head in self._stems_of(unit) for unit in near.tolist()])
        return float(np.mean(bearing | using))

    def _stems_of(self, unit: int) -> frozenset[str]:
        if unit not in self._stems:
            spoken = [
                without_possessive(fold(word)) for word in words(self._texts[unit])
            ]
            self._stems[unit] = frozenset(map(self._finder.stem, spoken))
        return self._stems[unit]
