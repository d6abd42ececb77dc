"""Texts as the packaged model reads them: numbers of word pieces, laid end to end in batches."""

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coder.engine import cut_into_blocks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pieces = NDArray[np.int64]

# Characters of a text that are read: many times what holds the word pieces that are kept. Without
# a bound, a pasted picture takes the tokenizer seconds.
LONGEST_READ = 20_000
TOKENISED_AT_ONCE = 1024  # bounds the memory of what the tokenizer gives


class WordPieces:
    """The packaged model's tokenizer.

    Args:
        model: the folder of the model.
        longest: word pieces of a text that are kept, its first and last mark among them.
    """

    def __init__(self, model: Path, longest: int) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.enable_truncation(longest)
        self._tokenizer.no_padding()

    def read(self, texts: Sequence[str]) -> "list[Pieces]":
        """The numbers of each text's word pieces; an empty text has its two marks."""
        import numpy as np

        pieces = []
        for block in cut_into_blocks(texts, TOKENISED_AT_ONCE):
            beginnings = [_beginning(text) for text in block]
            for encoding in self._tokenizer.encode_batch(beginnings):
                pieces.append(np.array(encoding.ids, dtype=np.int64))
        return pieces


def _beginning(text: str) -> str:
    """The part of a text that is read; of a long one with single white space."""
    if len(text) <= LONGEST_READ:
        return text
    return " ".join(text.split())[:LONGEST_READ]


class Run(NamedTuple):
    """Texts of one length that stand side by side in a batch."""

    start: int  # first word piece
    n_texts: int
    length: int  # word pieces of each text

    @property
    def end(self) -> int:
        """The word piece after the last."""
        return self.start + self.n_texts * self.length


def runs_of(lengths: Sequence[int]) -> list[Run]:
    """The runs of texts of these lengths that are laid end to end."""
    runs = []
    start = 0
    for length, texts in groupby(lengths):
        runs.append(Run(start, len(list(texts)), length))
        start = runs[-1].end
    return runs


def cut_by_length(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Rows of texts in batches of at most so many word pieces, the longest texts first.

    A text that is longer than a batch has one of its own.
    """
    batch: list[int] = []
    size = 0
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if batch and size + lengths[row] > most:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += lengths[row]
    if batch:
        yield batch
