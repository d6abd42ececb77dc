"""How often each term is in each text, block by block, so that what blocks count adds up.

A term is a word, a pair of words, or a run of three to five characters within a word. It is known
by a hash of 64 bits, which no two terms of a consultation can be expected to share: blocks need
not agree on a vocabulary before they count, and totals are the same in whatever order blocks are
added.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.ragged import begins_of, expand, number_words
from coder.long_chunks import cut_chunks

Integers = NDArray[np.int64]
Integers32 = NDArray[np.int32]
Hashes = NDArray[np.uint64]
Bools = NDArray[np.bool_]

LONG_WORD = re.compile(r"\b\w\w+\b")
SHORTEST_RUN, LONGEST_RUN = 3, 5  # characters
# Odd numbers that spread what they are multiplied with over all 64 bits: the golden ratio, and
# a step of SplitMix64 (Steele, Lea and Flood 2014).
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
SPREAD = np.uint64(0xBF58476D1CE4E5B9)
HALF = np.uint64(29)  # bits by which a hash is folded
# Terms that wait before they are added to the totals, which sorts the two together.
WAITING = 1_000_000


class DocumentCounts(NamedTuple):
    """In how many texts each term is; of one block, or of several together."""

    texts: int
    terms: Hashes  # those that occur, ascending
    counts: Integers32  # as many, from 1

    def in_texts(self, fewest: int) -> "DocumentCounts":
        """Without the terms that are in fewer texts: of runs of characters, most."""
        kept = self.counts >= fewest
        return DocumentCounts(
            self.texts,
            self.terms[kept],
            self.counts[kept],
        )

    def of(self, terms: Hashes) -> Integers32:
        """(v,) in how many texts each of the terms is, 0 for one that is not here."""
        places = places_in(self.terms, terms)
        counts = np.zeros(len(terms), dtype=np.int32)
        counts[places >= 0] = self.counts[places[places >= 0]]
        return counts


def places_in(ordered: Hashes, terms: Hashes) -> Integers:
    """(v,) where each of the terms is among ordered ones, -1 for one that is not."""
    if not len(ordered):
        return np.full(len(terms), -1)
    places = np.searchsorted(ordered, terms)
    places = np.minimum(places, len(ordered) - 1)
    return np.where(ordered[places] == terms, places, -1)


class TermCounts(NamedTuple):
    """How often each term is in each text. n texts, v terms, z pairs of a text and a term in it."""

    vocabulary: Hashes  # (v,) ascending
    bounds: Integers  # (n + 1,) the pairs of text i are those from bounds[i] to bounds[i + 1]
    terms: Integers32  # (z,) places in the vocabulary, ascending within a text
    counts: Integers32  # (z,) from 1

    @property
    def rows(self) -> Integers:
        """(z,) the text of each pair."""
        sizes = np.diff(self.bounds)
        return np.repeat(
            np.arange(len(sizes)),
            sizes,
        )

    def document_counts(self) -> DocumentCounts:
        """In how many of the texts each term is."""
        counts = np.bincount(
            self.terms,
            minlength=len(self.vocabulary),
        )
        occurs = np.flatnonzero(counts)
        return DocumentCounts(
            len(self.bounds) - 1,
            self.vocabulary[occurs],
            counts[occurs].astype(np.int32),
        )


def add_up_counts(blocks: Iterable[DocumentCounts]) -> DocumentCounts:
    """The counts of blocks together. The blocks are read one after the other."""
    no_terms = np.zeros(0, dtype=np.uint64)
    total = DocumentCounts(
        0,
        no_terms,
        np.zeros(0, dtype=np.int32),
    )
    waiting: list[DocumentCounts] = []
    for block in blocks:
        waiting.append(block)
        terms = sum(len(part.terms) for part in waiting)
        if terms > max(WAITING, len(total.terms)):
            total = _add([total, *waiting])
            waiting.clear()
    return _add([total, *waiting])


def _add(parts: Sequence[DocumentCounts]) -> DocumentCounts:
    terms = np.concatenate([part.terms for part in parts])
    counts = np.concatenate([part.counts for part in parts])
    order = np.argsort(terms)
    firsts = _first_of_each(terms[order])
    sums = np.zeros(0, dtype=np.int32)
    if len(firsts):
        sums = np.add.reduceat(
            counts[order],
            firsts,
        )
    return DocumentCounts(
        sum(part.texts for part in parts),
        terms[order[firsts]],
        sums.astype(np.int32),
    )


# ---------------------------------------------------------------- counting


def count_runs(texts: Sequence[str]) -> TermCounts:
    """Runs of three to five characters within words, in lower case.

    A word has a space before and after it, which are part of its runs. Of a chunk that is too long
    for a word, the beginning counts.
    """
    words = number_words(cut_chunks(text.lower()).split() for text in texts)
    runs = _runs_of_words(words.distinct)
    word, place = expand(
        runs.begins[words.numbers],
        runs.sizes[words.numbers],
    )
    return _count_pairs(
        runs.vocabulary,
        words.rows[word],
        runs.terms[place],
        len(texts),
    )


def count_pairs_of_words(texts: Sequence[str]) -> TermCounts:
    """Words of two characters or more, in lower case, and pairs of such words in a row."""
    words = number_words(LONG_WORD.findall(text.lower()) for text in texts)
    hashes = _hash_words(words.distinct)[words.numbers]
    in_a_row = words.rows[:-1] == words.rows[1:]
    pairs = _mix(hashes[:-1] * GOLDEN + hashes[1:])[in_a_row]
    vocabulary, terms = np.unique(
        np.r_[hashes, pairs],
        return_inverse=True,
    )
    return _count_pairs(
        vocabulary,
        np.r_[words.rows, words.rows[:-1][in_a_row]],
        terms,
        len(texts),
    )


def count_words(
    words: Sequence[str],
    numbers: NDArray[np.integer],
    bounds: Integers,
) -> TermCounts:
    """Whole words.

    Args:
        words: (w) distinct ones.
        numbers: the words of all texts, one text after the other, as places in `words`.
        bounds: (n + 1,) the words of text i are those from bounds[i] to bounds[i + 1].
    """
    vocabulary, places = np.unique(
        _hash_words(words),
        return_inverse=True,
    )
    texts = len(bounds) - 1
    return _count_pairs(
        vocabulary,
        np.repeat(np.arange(texts), np.diff(bounds)),
        places[numbers],
        texts,
    )


class _RunsOfWords(NamedTuple):
    """The runs of w distinct words, one word after the other."""

    vocabulary: Hashes  # (v,) ascending
    terms: Integers  # places in the vocabulary
    begins: Integers  # (w,) where those of each word begin
    sizes: Integers  # (w,) how many they are


def _runs_of_words(words: Sequence[str]) -> _RunsOfWords:
    codes = _code_points(" " + " ".join(words) + LONGEST_RUN * " ")
    lengths = np.fromiter(
        map(len, words),
        np.int64,
        len(words),
    )
    # A run that begins at the space before a word is of that word.
    owners = np.repeat(
        np.arange(len(words)),
        lengths + 1,
    )
    hashes, of_word = [], []
    for of_length, is_whole in _runs_by_length(codes, len(owners)):
        hashes.append(_mix(of_length[is_whole]))
        of_word.append(owners[is_whole])
    owner = np.concatenate(of_word)
    order = np.argsort(owner, kind="stable")
    vocabulary, terms = np.unique(
        np.concatenate(hashes),
        return_inverse=True,
    )
    sizes = np.bincount(
        owner,
        minlength=len(words),
    )
    return _RunsOfWords(
        vocabulary=vocabulary,
        terms=terms[order],
        begins=begins_of(sizes),
        sizes=sizes,
    )


def _count_pairs(
    vocabulary: Hashes,
    rows: Integers,
    terms: Integers,
    texts: int,
) -> TermCounts:
    """Counts from the text and the term of each occurrence, in any order."""
    bits = max(1, len(vocabulary).bit_length())
    pairs = rows << bits | terms
    if texts << bits < 1 << 32:
        pairs = pairs.astype(np.uint32)  # sorted twice as fast
    pairs.sort()
    firsts = _first_of_each(pairs)
    counts = np.diff(firsts, append=len(pairs))
    pairs = pairs[firsts]
    sizes = np.bincount(
        pairs >> bits,
        minlength=texts,
    )
    return TermCounts(
        vocabulary=vocabulary,
        bounds=np.r_[0, np.cumsum(sizes)],
        terms=(pairs & ((1 << bits) - 1)).astype(np.int32),
        counts=counts.astype(np.int32),
    )


def _first_of_each(ordered: NDArray[np.integer]) -> Integers:
    """Where each distinct value of an ordered array is first."""
    if not len(ordered):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])


# ---------------------------------------------------------------- hashes


def _code_points(text: str) -> Hashes:
    """(c,) a number for each character, from 1 so that none is lost at the start of a run."""
    codes = np.frombuffer(
        text.encode("utf-32-le", "surrogatepass"),
        dtype=np.uint32,
    )
    return codes.astype(np.uint64) + np.uint64(1)


def _runs_by_length(
    codes: Hashes,
    places: int,
) -> Iterable[tuple[Hashes, Bools]]:
    """For each length, the hash of the run that begins at each of the first places, and where
    nothing but its ends is a space.
    """
    in_word = codes != ord(" ") + 1
    is_whole = np.ones(places, dtype=np.bool_)
    hashes = codes[:places] * GOLDEN + codes[1 : places + 1]
    for length in range(SHORTEST_RUN, LONGEST_RUN + 1):
        last = length - 1
        is_whole = is_whole & in_word[last - 1 : last - 1 + places]
        hashes = hashes * GOLDEN + codes[last : last + places]
        yield hashes, is_whole


def _hash_words(words: Sequence[str]) -> Hashes:
    """(w,) from a polynomial of each word's characters."""
    codes = _code_points("".join(f"{word} " for word in words))
    if not len(codes):
        return codes
    sizes = (
        np.fromiter(
            map(len, words),
            np.int64,
            len(words),
        )
        + 1
    )
    begins = begins_of(sizes)
    powers = np.multiply.accumulate(
        np.full(
            sizes.max(),
            GOLDEN,
        )
    )
    place_in_word = np.arange(len(codes)) - np.repeat(
        begins,
        sizes,
    )
    parts = codes * powers[place_in_word]
    return _mix(
        np.add.reduceat(
            parts,
            begins,
        )
    )


def _mix(hashes: Hashes) -> Hashes:
    """Hashes of which every bit hangs on many bits of the given ones."""
    mixed = (hashes ^ (hashes >> HALF)) * SPREAD
    return np.asarray(mixed ^ (mixed >> HALF))
