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
NOT_A_NEIGHBOUR = -2.0  # below every cosine


class Spaces(NamedTuple):
    """Rows of length 1; float32 (n_units, n_dimensions of each)."""

    raw: Floats  # as embedded
    centred: Floats  # less the mean of all: what units do not have in common
    words: (
        Floats | None
    )  # word overlap, 50 dimensions; None where it says nothing or costs too much


class UnitNeighbours(NamedTuple):
    """The k nearest of each unit, nearest first, itself left out: both (n_units, k)."""

    who: Indices
    cosine: Floats


def unit_rows(matrix: Floats) -> Floats:
    """The same directions with length 1; a row of zeros stays."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-9), dtype=np.float32)


def make_spaces(
    vectors: Floats, texts: Sequence[str] | None, language: str, seed: int
) -> Spaces:
    """The three spaces of one set of units.

    Word overlap is left out where `texts` is None, and of more than `EXACT` units: their
    neighbours are sought by meaning alone.
    """
    centred = unit_rows(
        vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    )
    words = None
    if texts is not None and len(texts) <= EXACT:
        words = make_word_space(texts, language, seed)
    return Spaces(vectors, centred, words)


def make_word_space(
    texts: Sequence[str], language: str, seed: int, dimensions: int = 50
) -> Floats | None:
    """TF-IDF of stems and pairs of stems, reduced by SVD: float32 (n, at most `dimensions`), rows
    length 1.

    None where no word occurs twice.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    stops = stop_words(language)

    def cut(text: str) -> list[str]:
        words = WORD.findall(text.casefold())
        stems = [stem(word, language) for word in words if word not in stops]
        return stems + [f"{first} {second}" for first, second in pairwise(stems)]

    try:
        table = TfidfVectorizer(
            analyzer=cut, min_df=2, sublinear_tf=True
        ).fit_transform(texts)
    except ValueError:  # no word occurs twice
        return None
    rank = min(dimensions, min(table.shape) - 1)
    if rank < 2:
        return None
    reduced = TruncatedSVD(rank, random_state=seed).fit_transform(table)
    return unit_rows(reduced.astype(np.float32))


def find_neighbours(
    spaces: Spaces, k: int, *, progress: Progress = silent
) -> list[UnitNeighbours]:
    """Exact k nearest neighbours in each space: raw, centred, and the hybrid of centred and words.

    Compares every pair, so time grows with the square of the units; memory with `BLOCK` rows of
    them.
    """
    n = len(spaces.raw)
    k = min(k, n - 1)
    kinds = 3
    if spaces.words is None:
        kinds = 2
    results = [
        UnitNeighbours(
            np.empty((n, k), dtype=np.intp), np.empty((n, k), dtype=np.float32)
        )
        for _ in range(kinds)
    ]

    def compare(start: int) -> int:
        rows = slice(start, min(n, start + BLOCK))
        own = np.arange(rows.start, rows.stop)
        for result, cosines in zip(results, _cosines(spaces, rows), strict=True):
            cosines[np.arange(len(own)), own] = NOT_A_NEIGHBOUR
            result.who[rows], result.cosine[rows] = top(cosines, k)
        return rows.stop

    # Each block is computed on one thread, so that its figures never depend on how many there are.
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        for done in threads.map(compare, range(0, n, BLOCK)):
            progress(done, n, "Comparing comments")
    return results


def _cosines(spaces: Spaces, rows: slice) -> list[Floats]:
    """Cosines of some rows to all, in each space."""
    centred = spaces.centred[rows] @ spaces.centred.T
    blocks = [spaces.raw[rows] @ spaces.raw.T, centred]
    if spaces.words is not None:
        meaning, overlap = (1 - WORD_SHARE) ** 2, WORD_SHARE**2
        words = spaces.words[rows] @ spaces.words.T
        blocks.append((meaning * centred + overlap * words) / (meaning + overlap))
    return blocks


def top(block: Floats, k: int) -> tuple[Indices, Floats]:
    """The k largest of each row, largest first, the lower column first among equals.

    Returns:
        Columns and values, both (n_rows, k), or as many as `block` has columns.
    """
    if k < block.shape[1]:
        columns = np.sort(np.argpartition(-block, k - 1, axis=1)[:, :k], axis=1)
    else:
        columns = np.tile(np.arange(block.shape[1]), (len(block), 1))
    values = np.take_along_axis(block, columns, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(
        values, order, axis=1
    )


def union_graph(neighbours: Sequence[UnitNeighbours], k: int) -> Any:
    """Sparse symmetric graph (n, n): an edge where one is among the other's k nearest in any space.

    Its weight is the number of spaces that say so, 1 to 3.
    """
    from scipy.sparse import csr_matrix

    total: Any = None
    for of_space in neighbours:
        index = of_space.who[:, :k]
        n, width = index.shape
        ones = np.ones(n * width, dtype=np.float32)
        edges = csr_matrix(
            (ones, (np.repeat(np.arange(n), width), index.ravel())), shape=(n, n)
        )
        edges = edges.maximum(edges.T)
        if total is None:
            total = edges
        else:
            total = total + edges
    return total.tocsr()
