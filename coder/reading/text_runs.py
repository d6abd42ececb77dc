"""Runs of words that texts have in common."""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Numbers = NDArray[np.int32]  # of runs or texts; there are many of them

RUN = 3  # words of a run
HASH_FACTOR = np.uint64(
    0x9E3779B97F4A7C15
)  # spreads numbers over 64 bits (2**64 / golden ratio)


class TextRuns(NamedTuple):
    """Which distinct text has which runs of words, without the runs of one text only. Each run of
    a text counts once. Kept twice: text by text, and run by run.
    """

    runs: Numbers  # of the first text, ascending, then of the second ...
    first_of_text: Indices  # (n_texts + 1,) where those of each text begin
    texts: Numbers  # that have the first run, ascending, then the second ...
    first_of_run: Indices  # (n_runs + 1,)
    length: Indices  # (n_texts,) runs of each, those of one text only included
    words: Indices  # (n_texts,)
    hashes: NDArray[np.uint64]  # of each run, ascending
    number_of: Mapping[str, int]  # word to its number

    def of_text(
        self,
        text: int,
    ) -> Numbers:
        """The runs of a text."""
        return self.runs[self.first_of_text[text] : self.first_of_text[text + 1]]

    def texts_with(
        self,
        run: int,
    ) -> Numbers:
        """The texts that have a run."""
        return self.texts[self.first_of_run[run] : self.first_of_run[run + 1]]

    def of_texts(
        self,
        texts: Indices,
    ) -> tuple[Numbers, Indices]:
        """The runs of several texts, one text after the other, and the place in `texts` of the
        text of each.
        """
        runs = np.concatenate([self.of_text(text) for text in texts.tolist()])
        sizes = self.first_of_text[texts + 1] - self.first_of_text[texts]
        return runs, np.repeat(
            np.arange(len(texts)),
            sizes,
        )

    def in_order(
        self,
        key: str,
    ) -> Indices:
        """The runs of one of the texts as they follow each other, -1 for a run of no other text.

        Args:
            key: the text.
        """
        numbers = [self.number_of[word] for word in key.split()]
        hashed = _hash_runs(
            np.array(
                numbers,
                dtype=np.uint32,
            )
        )
        if not len(self.hashes):
            return np.full(
                len(hashed),
                -1,
            )
        runs = np.searchsorted(
            self.hashes,
            hashed,
        )
        runs = np.minimum(
            runs,
            len(self.hashes) - 1,
        )
        return np.where(
            self.hashes[runs] == hashed,
            runs,
            -1,
        )

    def matrix(self) -> Any:
        """The same as a scipy CSR array of 0 and 1 (n_texts, n_runs)."""
        from scipy.sparse import csr_matrix

        ones = np.ones(
            len(self.runs),
            dtype=np.int32,
        )
        shape = (len(self.first_of_text) - 1, len(self.first_of_run) - 1)
        return csr_matrix(
            (ones, self.runs, self.first_of_text),
            shape=shape,
        )


def runs_of(
    keys: Sequence[str],
    question: str,
) -> TextRuns:
    """The runs of each text, except those of the question.

    Args:
        keys: texts in their normal form (see `text.normal_key`).
        question: the same of the question that was asked; empty for none.
    """
    words, text_of_run, hashed, number_of = _hashed_runs([question, *keys])
    # By hash; equal ones stay in the order of the texts.
    order = np.argsort(hashed, kind="stable")
    hashed = hashed[order]
    text_of_run = text_of_run[order]
    is_new_run = _differs_from_last(hashed)
    is_first = is_new_run | _differs_from_last(text_of_run)
    hashes = hashed[is_new_run]
    del order, hashed  # hundreds of MB of a million comments
    text_of_run = text_of_run[is_first]
    begins = np.flatnonzero(is_new_run[is_first])
    sizes = np.diff([*begins, len(text_of_run)]) if len(begins) else begins
    is_asked = text_of_run[begins] == 0  # the question is the first text
    is_counted = np.repeat(~is_asked, sizes)
    length = np.bincount(text_of_run[is_counted], minlength=len(words))
    is_shared = ~is_asked & (sizes > 1)
    texts = text_of_run[np.repeat(is_shared, sizes)] - 1
    sizes = sizes[is_shared]
    numbers = np.arange(len(sizes), dtype=np.int32)
    runs = np.repeat(numbers, sizes)
    by_text = np.argsort(texts, kind="stable")
    of_text = np.bincount(texts, minlength=len(keys))
    return TextRuns(
        runs[by_text],
        _running_sum(of_text),
        texts,
        _running_sum(sizes),
        length[1:].astype(np.int64),
        words[1:],
        hashes[is_shared],
        number_of,
    )


def _differs_from_last(values: NDArray[Any]) -> NDArray[np.bool_]:
    differs = np.ones(
        len(values),
        dtype=np.bool_,
    )
    differs[1:] = values[1:] != values[:-1]
    return differs


def _running_sum(sizes: Indices) -> Indices:
    """Where each part begins, and the end of the last."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


class _HashedRuns(NamedTuple):
    """Words of each text, and text and hash of each run, in the order of the texts."""

    words: Indices
    text_of_run: Numbers
    hashed: NDArray[np.uint64]
    number_of: Mapping[str, int]  # word to its number


def _hashed_runs(keys: Sequence[str]) -> _HashedRuns:
    """The runs of all texts; two runs with the same hash do no harm."""
    number_of: defaultdict[str, int] = defaultdict(count().__next__)
    word_numbers = array("I")  # four bytes a word
    words = np.zeros(
        len(keys),
        dtype=np.int64,
    )
    for text, key in enumerate(keys):
        tokens = key.split()
        words[text] = len(tokens)
        word_numbers.extend(
            map(
                number_of.__getitem__,
                tokens,
            )
        )
    flat = np.frombuffer(
        word_numbers,
        dtype=np.uint32,
    )
    text_of_word = np.repeat(
        np.arange(
            len(keys),
            dtype=np.int32,
        ),
        words,
    )
    hashed = _hash_runs(flat)
    begins, ends = text_of_word[: len(hashed)], text_of_word[RUN - 1 :]
    is_start = begins == ends[: len(hashed)]
    return _HashedRuns(
        words,
        begins[is_start],
        hashed[is_start],
        number_of,
    )


def _hash_runs(words: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """A hash of each run of words that follow each other; none of fewer words than a run has."""
    hashed = np.zeros(
        max(
            0,
            len(words) - RUN + 1,
        ),
        dtype=np.uint64,
    )
    for step in range(RUN):
        hashed ^= words[step : step + len(hashed)]
        hashed *= HASH_FACTOR
        hashed ^= hashed >> np.uint64(29)
    return hashed
