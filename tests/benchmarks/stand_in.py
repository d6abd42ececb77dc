"""`coder` with a quick stand-in for its encoders, to measure everything but the encoder.

    python tests/benchmarks/stand_in.py COMMAND ...       as coder COMMAND ...

A text's vector is the sum of fixed random vectors of its words, the opinion view the same back to
front. Whatever encoder is asked for, the stand-in answers. Worker processes
load this file again and have it too (`LOADED_BY_WORKERS`); a Dask worker has it with `--preload stand_in.py`.
"""

import sys
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.pop(0)  # this folder, whose names may hide packages
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from scipy.sparse import csr_matrix

from coder.embedding import TextPair, Views, encoders
from coder.text import WORD

LOADED_BY_WORKERS = True  # see coder.engine.worker
DIMENSIONS = 384
FINGERPRINT = "stand-in"
BLOCK = 10_000  # texts whose sums are computed at once
LONG = 5  # letters from which a word counts in full
LITTLE = 0.3  # what a shorter word counts
SHARED = 0.5  # of a vector that all texts have in common


def _random_for(*texts: str) -> np.random.Generator:
    content = "\0".join(texts).encode("utf-8", "surrogatepass")
    digest = blake2b(content, digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


class WordVectors:
    """A fixed random vector for each word that was seen; the table grows as words come."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._table = np.zeros((1_024, DIMENSIONS), dtype=np.float32)

    def row(self, word: str) -> int:
        """Where the vector of a word stands in the table."""
        row = self._rows.get(word)
        if row is None:
            row = len(self._rows)
            self._rows[word] = row
            if row == len(self._table):
                self._table = np.concatenate([self._table, np.zeros_like(self._table)])
            size = 1.0 if len(word) >= LONG else LITTLE
            self._table[row] = size * _random_for(word).standard_normal(DIMENSIONS)
        return row

    def sums(self, texts: Sequence[str]) -> Any:
        """(n_texts, n_dimensions) sums over the words of each text, and what all share."""
        shared = self.row("\0shared")
        rows: list[int] = []
        ends = [0]
        for text in texts:
            rows += map(self.row, WORD.findall(text.lower()) or ["?"])
            ends.append(len(rows))
        ones = np.ones(len(rows), dtype=np.float32)
        counts = csr_matrix((ones, rows, ends), shape=(len(texts), len(self._table)))
        return counts @ self._table + SHARED * self._table[shared]


WORDS = WordVectors()


class StandIn:
    """Two views and answers on pairs, as the packaged model gives them."""

    has_opinion, has_stance = True, True
    fingerprint = FINGERPRINT
    name = FINGERPRINT

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def encode_views(self, texts: Sequence[str], progress: Any = None) -> Views:  # noqa: ARG002
        """Both views; a text's vector does not depend on the texts beside it."""
        plain = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for start in range(
            0,
            len(texts),
            BLOCK,
        ):
            sums = WORDS.sums(texts[start : start + BLOCK])
            sums /= np.linalg.norm(
                sums,
                axis=1,
                keepdims=True,
            )
            plain[start : start + BLOCK] = sums
        return Views(plain, np.ascontiguousarray(plain[:, ::-1]))

    def encode(self, texts: Sequence[str], progress: Any = None) -> Any:
        """The plain view alone."""
        return self.encode_views(texts, progress).plain

    def read_pairs(self, pairs: Sequence[TextPair], progress: Any = None) -> Any:  # noqa: ARG002
        """Probabilities that depend on the two texts and mean nothing."""
        answers = [_random_for(*pair).dirichlet((2, 1, 2)) for pair in pairs]
        return np.array(answers, dtype=np.float32).reshape(-1, 3)


for name in encoders.ENCODERS:
    encoders.ENCODERS[name] = StandIn

if __name__ == "__main__":
    from coder.cli import main

    sys.argv[0] = "coder"
    main()
