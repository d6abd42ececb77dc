"""The nearest neighbours of each unit in each space, by comparing every pair."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.spaces import Spaces
from coder.clustering.vectors import Floats, Indices
from coder.engine import Progress, silent

BLOCK = 250  # rows compared at once: their cosines stay in the processor's cache
WORD_SHARE = 0.3  # weight of word overlap against meaning in the hybrid space
MEANING, OVERLAP = (1 - WORD_SHARE) ** 2, WORD_SHARE**2
NOT_A_NEIGHBOUR = -2.0  # below every cosine
# Columns are compared in groups: so many for each neighbour that is sought.
GROUPS = 8
# Neighbours of each unit of all, in each space, among which those in a sample are sought.
WIDE = (32, 40, 48)


class Nearest(NamedTuple):
    """The nearest of each unit in one space, nearest first, itself left out."""

    who: Indices  # (n_units, k)
    raw: Floats  # (n_units, k) cosines in the raw space


class _Centring:
    """Cosines of centred vectors from those of the raw ones.

    Args:
        raw: float32 (n_units, n_dimensions).
    """

    def __init__(self, raw: Floats) -> None:
        middle = raw.mean(axis=0, dtype=np.float64).astype(np.float32)
        squares = np.einsum(
            "ij,ij->i",
            raw,
            raw,
        )
        self._level = raw @ middle - 0.5 * float(middle @ middle)
        lengths = np.sqrt(np.maximum(squares - 2 * self._level, 0))
        self._scale = 1 / np.maximum(lengths, 1e-9)

    def centre(self, raw: Floats, own: Indices, others: Indices | slice) -> Floats:
        """The centred cosines of pairs.

        Args:
            raw: (n_own, n_others) their raw cosines.
            own: (n_own,) units.
            others: units of the columns, or (n_own, n_others) of each pair.
        """
        cosines: Floats = raw - self._level[own][:, None]
        cosines -= self._level[others]
        cosines *= self._scale[own][:, None]
        cosines *= self._scale[others]
        return cosines


def find_nearest(spaces: Spaces, *, progress: Progress = silent) -> list[Nearest]:
    """Exact nearest neighbours in each space: raw, centred, and the hybrid of centred and words.

    Compares every pair, so time grows with the square of the units; memory with `BLOCK` rows of
    them.

    Args:
        spaces: as `make_spaces` gives them.

    Returns:
        As many neighbours as `WIDE` says.
    """
    n = len(spaces.raw)
    vectors: Floats = spaces.raw[:]
    centring = _Centring(vectors)
    nearest = [_make_room(n, min(wide, n - 1)) for wide in WIDE]
    if spaces.words is None:
        del nearest[2:]
    for start in range(
        0,
        n,
        BLOCK,
    ):
        own = np.arange(start, min(n, start + BLOCK))
        raw = vectors[own] @ vectors.T
        raw[np.arange(len(own)), own] = NOT_A_NEIGHBOUR
        cosines = [
            raw,
            centring.centre(
                raw,
                own,
                slice(None),
            ),
        ]
        cosines[1][np.arange(len(own)), own] = NOT_A_NEIGHBOUR
        if spaces.words is not None:
            overlap = spaces.words[own] @ spaces.words.T
            cosines.append(_mix(cosines[1], overlap))
            cosines[2][np.arange(len(own)), own] = NOT_A_NEIGHBOUR
        for near, values in zip(
            nearest,
            cosines,
            strict=True,
        ):
            near.who[own], _ = top(values, near.who.shape[1])
            near.raw[own] = np.take_along_axis(
                raw,
                near.who[own],
                axis=1,
            )
        progress(
            start + len(own),
            n,
            "Comparing comments",
        )
    return nearest


def _make_room(n: int, k: int) -> Nearest:
    who = np.empty((n, k), dtype=np.intp)
    return Nearest(who, np.empty((n, k), dtype=np.float32))


def _mix(centred: Floats, overlap: Floats) -> Floats:
    """Cosines in the hybrid space."""
    mixed = overlap * np.float32(OVERLAP / (MEANING + OVERLAP))
    mixed += np.float32(MEANING / (MEANING + OVERLAP)) * centred
    return mixed


def find_nearest_in_sample(
    nearest: Sequence[Nearest], spaces: Spaces, kept: Indices, k: int
) -> list[Indices] | None:
    """The neighbours of each unit of a sample, among those that it has in all.

    Args:
        nearest: of all units.
        spaces: of the sample.
        kept: (n_kept,) its units, sorted.

    Returns:
        (n_kept, k) in each space, numbers in the sample; None where a unit has too few.
    """
    place = np.full(
        len(nearest[0].who),
        -1,
        dtype=np.intp,
    )
    place[kept] = np.arange(len(kept))
    centring = _Centring(spaces.raw[:])
    results = []
    for kind, near in enumerate(nearest):
        who = place[near.who[kept]]
        cosines = near.raw[kept]
        if kind > 0:
            cosines = centring.centre(
                cosines,
                np.arange(len(kept)),
                who,
            )
        if kind > 1 and spaces.words is not None:
            cosines = _mix(cosines, _overlap_of_pairs(spaces.words, who))
        cosines[who < 0] = NOT_A_NEIGHBOUR
        order = np.argsort(
            -cosines,
            axis=1,
            kind="stable",
        )[:, :k]
        chosen = np.take_along_axis(
            who,
            order,
            axis=1,
        )
        if chosen.min() < 0:
            return None
        results.append(chosen)
    return results


def _overlap_of_pairs(words: Floats, who: Indices) -> Floats:
    """(n, k) cosines of each row to those named."""
    overlap = np.empty(who.shape, dtype=np.float32)
    for start in range(
        0,
        len(who),
        BLOCK,
    ):
        rows = slice(start, start + BLOCK)
        overlap[rows] = np.einsum(
            "ij,ikj->ik",
            words[rows],
            words[who[rows]],
        )
    return overlap


def top(block: Floats, k: int) -> tuple[Indices, Floats]:
    """The k largest of each row, largest first, the lower column first among equals.

    Returns:
        Columns and values, both (n_rows, k), or as many as `block` has columns.
    """
    rows, width = block.shape
    k = min(k, width)
    at_least = _lowest_of_top(block, k)
    places = np.flatnonzero(block >= at_least[:, None])
    row, column = np.divmod(places, width)
    values = block.ravel()[places]
    order = np.lexsort((column, -values, row))
    first = np.searchsorted(row, np.arange(rows))
    chosen = order[first[:, None] + np.arange(k)]
    return column[chosen], values[chosen]


def _lowest_of_top(block: Floats, k: int) -> Floats:
    """(n_rows,) a value that k of each row at least reach, and few more.

    The k-th largest of the largest values of groups of columns: found much sooner than that of
    all columns.
    """
    rows, width = block.shape
    size = width // (GROUPS * k)
    if size < 2:
        return np.partition(
            block,
            width - k,
            axis=1,
        )[:, width - k]
    groups = width // size
    within = block[:, : size * groups].reshape(
        rows,
        size,
        groups,
    )
    return np.partition(
        within.max(axis=1),
        groups - k,
        axis=1,
    )[:, groups - k]
