"""Who is near whom: three spaces over the same units, and the nearest neighbours in each."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.engine import Progress, silent
from coder.text import WORD, stem, stop_words

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]
BLOCK = 1_000  # rows compared at once, by each thread
EXACT = 30_000  # units up to which every pair is compared
WORD_SHARE = 0.3  # weight of word overlap against meaning in the hybrid space


class Spaces(NamedTuple):
    """Rows of length 1; float32 (n_units, n_dimensions of each)."""

    raw: Floats  # as embedded
    centred: Floats  # less the mean of all: what units do not have in common
    words: (
        Floats | None
    )  # word overlap, 50 dimensions; None where it says nothing or costs too much


def unit_rows(matrix: Floats) -> Floats:
    """The same directions with length 1; a row of zeros stays."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-9), dtype=np.float32)


def make_spaces(vectors: Floats, texts: Sequence[str] | None, language: str, seed: int) -> Spaces:
    """The three spaces of one set of units; `texts` None leaves word overlap out."""
    centred = unit_rows(vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32))
    compared = (
        texts is not None and len(texts) <= EXACT
    )  # above, neighbours are sought by meaning alone
    words = word_space(texts, language, seed) if texts is not None and compared else None
    return Spaces(vectors, centred, words)


def word_space(
    texts: Sequence[str], language: str, seed: int, dimensions: int = 50
) -> Floats | None:
    """TF-IDF of stems and pairs of stems, reduced by SVD: float32 (n, at most `dimensions`), rows length 1."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    stops = stop_words(language)

    def tokens(text: str) -> list[str]:
        return [stem(word, language) for word in WORD.findall(text.casefold()) if word not in stops]

    try:
        table = TfidfVectorizer(
            analyzer=lambda text: _pairs(tokens(text)), min_df=2, sublinear_tf=True
        ).fit_transform(texts)
    except ValueError:  # no word occurs twice
        return None
    rank = min(dimensions, min(table.shape) - 1)
    if rank < 2:
        return None
    return unit_rows(TruncatedSVD(rank, random_state=seed).fit_transform(table).astype(np.float32))


def _pairs(tokens: list[str]) -> list[str]:
    return tokens + [f"{a} {b}" for a, b in pairwise(tokens)]


class Neighbours(NamedTuple):
    """The k nearest of each unit, nearest first, itself left out: both (n_units, k)."""

    who: Indices
    cosine: Floats


def nearest(spaces: Spaces, k: int, *, progress: Progress = silent) -> list[Neighbours]:
    """Exact k nearest neighbours in each space: raw, centred, and the hybrid of centred and words.

    Compares every pair, so time grows with the square of the units; memory with `BLOCK` rows of them.
    """
    n = len(spaces.raw)
    k = min(k, n - 1)
    kinds = 2 if spaces.words is None else 3
    found = [
        (np.empty((n, k), dtype=np.intp), np.empty((n, k), dtype=np.float32)) for _ in range(kinds)
    ]

    def compare(start: int) -> int:
        rows = slice(start, min(n, start + BLOCK))
        centred = spaces.centred[rows] @ spaces.centred.T
        blocks = [spaces.raw[rows] @ spaces.raw.T, centred]
        if spaces.words is not None:
            a, b = (1 - WORD_SHARE) ** 2, WORD_SHARE**2
            blocks.append((a * centred + b * (spaces.words[rows] @ spaces.words.T)) / (a + b))
        for (index, cosine), block in zip(found, blocks, strict=True):
            block[
                np.arange(len(block)), np.arange(rows.start, rows.stop)
            ] = -2.0  # not its own neighbour
            index[rows], cosine[rows] = top(block, k)
        return rows.stop

    # Each block is computed on one thread, so that its figures never hang on how many there are.
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        for done in threads.map(compare, range(0, n, BLOCK)):
            progress(done, n, "Comparing comments")
    return [Neighbours(*pair) for pair in found]


def top(block: Floats, k: int) -> tuple[Indices, Floats]:
    """The k largest of each row, largest first, the lower column first among equals."""
    some = (
        np.sort(np.argpartition(-block, k - 1, axis=1)[:, :k], axis=1)
        if k < block.shape[1]
        else np.tile(np.arange(block.shape[1]), (len(block), 1))
    )
    values = np.take_along_axis(block, some, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(values, order, axis=1)


def union_graph(found: Sequence[Neighbours], k: int) -> Any:
    """Sparse symmetric graph (n, n): an edge where one is among the other's k nearest in any space.

    Its weight is the number of spaces that say so, 1 to 3.
    """
    from scipy.sparse import csr_matrix

    total: Any = None
    for neighbours in found:
        index = neighbours.who[:, :k]
        n, width = index.shape
        ones = np.ones(n * width, dtype=np.float32)
        one = csr_matrix((ones, (np.repeat(np.arange(n), width), index.ravel())), shape=(n, n))
        one = one.maximum(one.T)
        total = one if total is None else total + one
    return total.tocsr()
