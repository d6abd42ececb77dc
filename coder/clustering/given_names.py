"""Names given so far: which words they are about, and what they mean."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.vectors import Floats

SAME = 0.8  # cosine of two names from which they say the same


class _Given(NamedTuple):
    core: frozenset[str]  # stems that the name is about
    vector: Floats


class GivenNames:
    """The names of groups, to which another must not be alike."""

    def __init__(self) -> None:
        self._given: list[_Given] = []
        self._sentences: set[str] = set()

    def __len__(self) -> int:
        return len(self._given)

    def add(self, core: frozenset[str], vector: Floats) -> None:
        """Add a name."""
        self._given.append(_Given(core, vector))

    def add_sentence(self, sentence: str, vector: Floats) -> None:
        """Add a sentence that is a name."""
        self._sentences.add(sentence)
        self.add(frozenset([sentence]), vector)

    def keep_first(self, number: int) -> None:
        """Take back the names of phrases that were added after the first ones."""
        del self._given[number:]

    def has_sentence(self, sentence: str) -> bool:
        """Whether a sentence is a name."""
        return sentence in self._sentences

    def choose_unused(self, sentences: Sequence[str]) -> str:
        """The first that is no name yet; empty where there is none."""
        for sentence in sentences:
            if sentence and sentence not in self._sentences:
                return sentence
        return ""

    def is_free(self, core: frozenset[str]) -> bool:
        """Whether no name is about the same stems."""
        return all(core != given.core for given in self._given)

    def is_new(self, vector: Floats) -> bool:
        """Whether no name means nearly the same."""
        if not self._given:
            return True
        given = np.stack([other.vector for other in self._given])
        return bool((given @ vector).max() < SAME)
