"""Lists of unequal length that lie in one array, one after the other."""

from collections.abc import Iterable, Sequence
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


class NumberedWords(NamedTuple):
    """The words of several texts, one text after the other. w words in all."""

    distinct: list[str]
    numbers: Integers  # (w,) place of each word in `distinct`
    rows: Integers  # (w,) text that it is of


def number_words(texts: Iterable[Sequence[str]]) -> NumberedWords:
    """Number the words of several texts."""
    words: list[str] = []
    sizes = []
    for words_of_text in texts:
        words += words_of_text
        sizes.append(len(words_of_text))
    numbers = Numbers()
    in_order = map(numbers.__getitem__, words)
    place = np.fromiter(in_order, np.int64, len(words))
    rows = np.repeat(np.arange(len(sizes)), sizes)
    return NumberedWords(list(numbers), place, rows)


class Numbers(dict[str, int]):
    """Words, numbered from 0 as they are asked for."""

    def __missing__(self, word: str) -> int:
        number = len(self)
        self[word] = number
        return number
