"""Which words each comment uses, as arrays, and what words weigh for each comment."""

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from coder.reporting.coded_matrix import Bools, Floats, Integers

WORD = re.compile(r"\b\w\w+\b")  # of two letters or more, as scikit-learn counts words
FEWEST_COMMENTS = 2  # that use a word; others are left out
AT_ONCE = 50_000  # comments


class _Numbers(dict[str, int]):
    """A number for each word, in the order in which they are first asked for."""

    def __missing__(self, word: str) -> int:
        number = len(self)
        self[word] = number
        return number


@dataclass(frozen=True)
class WordCounts:
    """The words of comments, each word once a comment.

    Attributes:
        vocabulary: the words in at least two comments, in alphabetical order.
        words: numbers of the words, comment by comment and in order within each.
        starts: (n_comments + 1,) where the words of each comment begin, and the end of the last.
    """

    vocabulary: tuple[str, ...]
    words: Integers
    starts: Integers

    @classmethod
    def of(cls, texts: Iterable[str]) -> "WordCounts":
        """Count the words of the texts, without regard to case."""
        numbers = _Numbers()
        words, sizes = array("i"), array("i")
        for text in texts:
            own = set(map(numbers.__getitem__, WORD.findall(text.lower())))
            words.extend(own)
            sizes.append(len(own))
        return _in_order(
            numbers,
            np.frombuffer(words, dtype=np.int32),
            np.frombuffer(sizes, dtype=np.int32),
        )

    @property
    def sizes(self) -> Integers:
        """(n_comments,) how many of the words each comment uses."""
        return np.diff(self.starts)

    def frequencies(self, members: Bools | None = None) -> Floats:
        """(n_words,) how many comments use each word.

        Args:
            members: (n_comments,) which comments to count; None for all.
        """
        total = np.zeros(len(self.vocabulary))
        for block in _blocks(len(self.starts) - 1):
            words = self.words[self.starts[block.start] : self.starts[block.stop]]
            if members is not None:
                words = words[np.repeat(members[block], self.sizes[block])]
            total += np.bincount(words, minlength=len(total))
        return total

    def weigh(self, places: Integers, weight: Floats) -> Floats:
        """(n_places,) the sum of the weights of each comment's words.

        Args:
            places: numbers of comments.
            weight: (n_words,).
        """
        sums = np.zeros(len(places))
        for block in _blocks(len(places)):
            own = places[block]
            first, sizes = self.starts[own], self.sizes[own]
            number = np.repeat(np.arange(len(own)), sizes)
            before = np.cumsum(sizes) - sizes
            place = np.arange(len(number)) + np.repeat(first - before, sizes)
            values = weight[self.words[place]]
            sums[block] = np.bincount(number, weights=values, minlength=len(own))
        return sums


def _blocks(n: int) -> Iterable[slice]:
    for start in range(0, n, AT_ONCE):
        yield slice(start, min(start + AT_ONCE, n))


def _in_order(numbers: dict[str, int], words: Integers, sizes: Integers) -> WordCounts:
    """The counts with words numbered in alphabetical order, without rare ones."""
    frequency = np.bincount(words, minlength=len(numbers))
    kept = sorted(
        word for word, n in numbers.items() if frequency[n] >= FEWEST_COMMENTS
    )
    place = np.full(len(numbers), -1, dtype=np.int32)
    for new, word in enumerate(kept):
        place[numbers[word]] = new
    renumbered = place[words].astype(np.int64)
    return WordCounts(tuple(kept), *_renumbered(renumbered, sizes, len(kept)))


def _renumbered(
    words: Integers, sizes: Integers, n_words: int
) -> tuple[Integers, Integers]:
    """The words of each comment in ascending order without those numbered -1, and where the words
    of each comment begin.
    """
    before = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    parts: list[Integers] = [np.zeros(0, dtype=np.int32)]
    kept_sizes: list[Integers] = [np.zeros(0, dtype=np.int64)]
    for block in _blocks(len(sizes)):
        own = words[before[block.start] : before[block.stop]]
        comment = np.repeat(np.arange(block.stop - block.start), sizes[block])
        is_kept = own >= 0
        in_order = np.sort(comment[is_kept] * n_words + own[is_kept])
        parts.append((in_order % max(n_words, 1)).astype(np.int32))
        n_comments = block.stop - block.start
        kept_sizes.append(np.bincount(comment[is_kept], minlength=n_comments))
    starts = np.concatenate([[0], np.cumsum(np.concatenate(kept_sizes))])
    return np.concatenate(parts), starts


class TypicalWords:
    """How much comments use the words that set the comments of a row of the theme table apart.

    A word's weight is the log ratio of its frequency among the row's comments and among all
    others, where that is positive; a comment's value is the sum over its words, divided by the
    root of its length.

    Args:
        shortest: words; shorter comments count as this long.
        left_out: words without a weight, such as function words.
    """

    def __init__(
        self, counts: WordCounts, left_out: Iterable[str], shortest: float
    ) -> None:
        self._counts = counts
        self._total = counts.frequencies()
        self._has_content = ~_is_any_of(counts.vocabulary, frozenset(left_out))
        self._shortest = shortest

    def values(self, inside: Bools) -> Floats:
        """(n_inside,) the value of each comment of a row.

        Args:
            inside: (n_comments,) which comments carry it.
        """
        places = np.flatnonzero(inside)
        if len(places) == len(inside) or not len(self._total):
            return np.zeros(len(places))
        sizes = np.maximum(self._counts.sizes[places].astype(float), self._shortest)
        sums = self._counts.weigh(places, self._weights(inside))
        return np.asarray(sums / np.sqrt(sizes), dtype=np.float64)

    def common_words(self, fewest: int) -> frozenset[str]:
        """The words, folded, that so many comments use."""
        places = np.flatnonzero(self._total >= fewest)
        return frozenset(self._counts.vocabulary[n] for n in places.tolist())

    def weights(self, inside: Bools) -> dict[str, float]:
        """What each typical word weighs for a row, above 0.

        Args:
            inside: (n_comments,) which comments carry it.
        """
        if inside.all() or not len(self._total):
            return {}
        values = self._weights(inside)
        vocabulary = self._counts.vocabulary
        return {vocabulary[n]: float(values[n]) for n in np.flatnonzero(values)}

    def _weights(self, inside: Bools) -> Floats:
        """(n_words,) what each word weighs for a row."""
        n, n_comments = int(inside.sum()), len(inside)
        within = self._counts.frequencies(inside)
        log_within = np.log((within + 0.5) / (n + 1))
        log_outside = np.log((self._total - within + 0.5) / (n_comments - n + 1))
        weight = log_within - log_outside
        is_typical = (within >= FEWEST_COMMENTS) & (weight > 0) & self._has_content
        return np.where(is_typical, weight, 0.0)


def _is_any_of(words: Sequence[str], chosen: frozenset[str]) -> Bools:
    return np.array([word in chosen for word in words], dtype=np.bool_)
