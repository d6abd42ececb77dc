"""Lists of unequal length that lie in one array, one after the other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


class Expanded(NamedTuple):
    """The members of several lists, one list after the other."""

    lists: Integers  # which list each member is of
    places: Integers  # where it lies in the array


def expand(
    begins: NDArray[np.integer],
    sizes: NDArray[np.integer],
) -> Expanded:
    """Where the members of lists lie that begin at `begins` and have `sizes` members each."""
    lists = np.repeat(np.arange(len(sizes)), sizes)
    shift = begins - np.cumsum(sizes) + sizes
    return Expanded(lists, np.arange(len(lists)) + shift[lists])


def begins_of(sizes: NDArray[np.integer]) -> Integers:
    """Where each list begins, if the first one begins at 0 and none lies between."""
    return np.asarray(np.cumsum(sizes) - sizes)


class Numbers(dict[str, int]):
    """Words, numbered from 0 as they are asked for."""

    def __missing__(self, word: str) -> int:
        number = len(self)
        self[word] = number
        return number
