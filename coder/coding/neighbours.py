"""Scores blended with those of the nearest texts in meaning."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.comments import Floats32, Integers
from coder.text import text_hash

# This share of a text's own score stays, and this share of its neighbours' mean is added.
# Measured: micro F1
# +.01 on three of four codings and no less on the fourth.
OWN_SHARE, NEIGHBOUR_SHARE = 0.9, 0.15
NEIGHBOURS = 10
MOST_COMPARED = 5_000  # texts at most among which neighbours are looked for
ROWS_AT_ONCE = 20_000
NOT_ITSELF = -2.0  # below any cosine
LEAST_WEIGHT = 1e-6

Floats = NDArray[np.float64]


class Candidates(NamedTuple):
    """Texts among which neighbours are looked for. c texts, d dimensions."""

    rows: Integers  # (c,) of all texts, ascending
    vectors: Floats32  # (c, d)


class Neighbours(NamedTuple):
    """The nearest candidates of each text. n texts, k neighbours."""

    places: NDArray[np.int16]  # (n, k) among the candidates
    weight: Floats32  # (n, k) cosine, over 0


def choose_candidates(texts: Sequence[str]) -> Integers:
    """Rows of texts among which neighbours are looked for, ascending; of many texts a choice that
    the order of rows never changes.
    """
    if len(texts) <= MOST_COMPARED:
        return np.arange(len(texts))
    hashes = [text_hash(text) for text in texts]
    by_hash = sorted(range(len(texts)), key=lambda row: (hashes[row], row))
    return np.sort(np.array(by_hash[:MOST_COMPARED]))


def find_neighbours(
    first: int,
    vectors: Floats32,
    candidates: Candidates,
) -> Neighbours | None:
    """The nearest candidates of texts that follow each other; None where there are too few.

    Args:
        first: row of the first text.
        vectors: (b, d).
    """
    count = min(NEIGHBOURS, len(candidates.rows) - 1)
    if count < 1:
        return None
    likeness = vectors @ candidates.vectors.T
    rows = np.arange(first, first + len(vectors))
    likeness[rows[:, None] == candidates.rows[None, :]] = NOT_ITSELF
    nearest = np.argpartition(
        -likeness,
        count - 1,
        axis=1,
    )[:, :count]
    weight = np.take_along_axis(likeness, nearest, axis=1)
    return Neighbours(
        nearest.astype(np.int16),
        np.maximum(weight, np.float32(LEAST_WEIGHT)),
    )


def blend_with_neighbours(
    own: Floats,
    candidates: Integers,
    neighbours: Neighbours,
) -> Floats:
    """(n, t) scores blended with those of each text's neighbours, weighted by likeness.

    Args:
        own: (n, t) scores.
        candidates: (c,) their rows.
    """
    of_candidates = own[candidates]
    blended = OWN_SHARE * own
    for start in range(0, len(own), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        weight = neighbours.weight[rows].astype(np.float64)
        total = np.einsum(
            "nk,nkt->nt",
            weight,
            of_candidates[neighbours.places[rows]],
        )
        mean = total / weight.sum(1, keepdims=True)
        blended[rows] += NEIGHBOUR_SHARE * mean
    return blended
