"""Three spaces over the same units, and the graph of who is near whom in any of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from coder.clustering.vectors import Floats, Indices, Rows, centre_rows, mean_row
from coder.clustering.word_table import WordTable

EXACT = 30_000  # units up to which every pair is compared


class Spaces(NamedTuple):
    """Vectors of the same units, rows of length 1; float32 (n_units, n_dimensions of each)."""

    raw: Rows  # as embedded
    centred: Rows  # less the mean of all: what units do not have in common
    # Word overlap, at most 50 dimensions; None where it says nothing or costs too much.
    words: Floats | None


def make_spaces(vectors: Rows, words: WordTable | None, seed: int) -> Spaces:
    """The three spaces of one set of units.

    Args:
        vectors: (n_units, n_dimensions), rows of length 1.
        words: of the same units; None leaves word overlap out.
    """
    overlap = None
    if words is not None:
        overlap = words.reduce(seed)
    middle = mean_row(vectors)
    if isinstance(vectors, np.ndarray):
        middle = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return Spaces(vectors, centre_rows(vectors, middle), overlap)


def union_graph(neighbours: Sequence[Indices], k: int) -> Any:
    """Sparse symmetric graph (n, n): an edge where one is among the other's k nearest in any space.

    Its weight is the number of spaces that say so, 1 to 3.

    Args:
        neighbours: of each space, (n, at least k), nearest first.
    """
    total: Any = None
    for of_space in neighbours:
        edges = _edges_to(of_space[:, :k])
        edges = edges.maximum(edges.T)
        if total is None:
            total = edges
        else:
            total = total + edges
    return total.tocsr()


def _edges_to(who: Indices) -> Any:
    """Sparse (n, n): 1 from each row to each of those named."""
    from scipy.sparse import csr_matrix

    n, width = who.shape
    ones = np.ones(n * width, dtype=np.float32)
    starts = np.arange(0, n * width + 1, width)
    edges = csr_matrix((ones, who.ravel(), starts), shape=(n, n))
    edges.sort_indices()
    return edges
