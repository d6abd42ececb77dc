"""Three spaces over the same units, and the graph of who is near whom in any of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from coder.clustering.vectors import Floats, Indices, unit_rows
from coder.clustering.word_table import WordTable

EXACT = 30_000  # units up to which every pair is compared


class Spaces(NamedTuple):
    """Rows of length 1; float32 (n_units, n_dimensions of each)."""

    raw: Floats  # as embedded
    centred: Floats  # less the mean of all: what units do not have in common
    words: (
        Floats | None
    )  # word overlap, 50 dimensions; None where it says nothing or costs too much


def make_spaces(vectors: Floats, words: WordTable | None, seed: int) -> Spaces:
    """The three spaces of one set of units.

    Args:
        vectors: float32 (n_units, n_dimensions), rows of length 1.
        words: of the same units; None leaves word overlap out.
    """
    centred = unit_rows(
        vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    )
    overlap = None
    if words is not None:
        overlap = words.reduce(seed)
    return Spaces(vectors, centred, overlap)


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
