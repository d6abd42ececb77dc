"""Nearest neighbours among many units, nearly all of them found: cells first, then pairs in nearby
cells.

Comparing every pair grows with the square of the units. Here units are put into cells around
some hundred or thousand centres, and each is compared with the units of the dozen cells nearest
to its own. It needs nothing but matrix products, so that it is quick from the first call on and
the same on every run.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from coder.clustering.neighbours import NOT_A_NEIGHBOUR, top
from coder.clustering.vectors import Floats, Indices, Rows, unit_rows
from coder.engine import Progress, silent

CELL = 256  # units of a cell, about
CELLS = 4_096  # at most
NEAR_CELLS = 24  # cells a unit is compared with, its own included
MANY = 300_000  # units above which fewer cells are compared, in fewer dimensions
NEAR_CELLS_OF_MANY = 8
DIMENSIONS_OF_MANY = 128
ROUNDS = 5  # of k-means
TAUGHT = 60  # units a centre that k-means is shown
BLOCK = 20_000
REPORT_EVERY = 32  # cells


class Cells(NamedTuple):
    """The units sorted by cell."""

    order: Indices  # (n,) units, those of a cell together
    bounds: Indices  # (n_cells + 1,) where each cell begins in `order`
    rows: Floats  # (n, n_dimensions) vectors in that order
    near: Indices  # (n_cells, k) the cells nearest to each, itself included

    def places(self, number: int) -> slice:
        """Where the units of one cell stand in `order`."""
        return slice(int(self.bounds[number]), int(self.bounds[number + 1]))


def find_approximate_neighbours(
    space: Rows, k: int, seed: int, *, progress: Progress = silent
) -> Indices:
    """(n, k) most of the k nearest neighbours of each row, nearest first, itself left out.

    Of those that comparing all pairs finds, 97 to 99 of 100 among 4,000 real comments, 85 among
    100,000 vectors mixed at random, the hardest case; groups are as good as with all.

    Args:
        space: (n, n_dimensions), rows of length 1; n at least a few thousand.
        k: neighbours of each row.
    """
    n = len(space)
    cells = _make_cells(space, np.random.default_rng(seed))
    who = np.zeros((n, k), dtype=np.intp)
    for number in _filled(cells):
        places = cells.places(number)
        nearest = _compare_cell(cells, number, k)
        units = cells.order[places]
        who[units, : nearest.shape[1]] = nearest
        if number % REPORT_EVERY == 0 or places.stop == n:
            progress(places.stop, n, "Comparing comments")
    return who


def _make_cells(space: Rows, rng: np.random.Generator) -> Cells:
    n = len(space)
    short, near_cells = space, NEAR_CELLS
    if n > MANY:
        short, near_cells = _shorten(space, rng), NEAR_CELLS_OF_MANY
    count = min(CELLS, max(16, n // CELL))
    middle = _find_centres(short, count, rng)
    cell = _nearest_centre(short, middle)
    order = np.argsort(cell, kind="stable")
    bounds = np.searchsorted(cell[order], np.arange(count + 1))
    near, _ = top(middle @ middle.T, min(near_cells, count))
    return Cells(order, bounds, short[order], near)


def _filled(cells: Cells) -> Iterator[int]:
    """Numbers of the cells that hold a unit."""
    for number in range(len(cells.bounds) - 1):
        if cells.bounds[number] < cells.bounds[number + 1]:
            yield number


def _compare_cell(cells: Cells, number: int, k: int) -> Indices:
    """The nearest units of each unit of a cell among those of the cells near it."""
    places = cells.places(number)
    size = places.stop - places.start
    candidates = np.concatenate(
        [
            np.arange(cells.bounds[cell], cells.bounds[cell + 1])
            for cell in cells.near[number]
        ]
    )
    cosines = cells.rows[places] @ cells.rows[candidates].T
    own = int(np.flatnonzero(candidates == places.start)[0])
    cosines[np.arange(size), own + np.arange(size)] = NOT_A_NEIGHBOUR
    columns, _ = top(cosines, min(k, len(candidates) - 1))
    nearest: Indices = cells.order[candidates[columns]]
    return nearest


def _shorten(space: Rows, rng: np.random.Generator) -> Rows:
    """The rows in their first principal components (of a sample), length 1 again."""
    n, width = space.shape
    if width <= DIMENSIONS_OF_MANY:
        return space
    sample = space[np.sort(rng.choice(n, min(n, BLOCK), replace=False))]
    _, vectors = np.linalg.eigh((sample.T @ sample).astype(np.float64))
    first = vectors[:, ::-1][:, :DIMENSIONS_OF_MANY].astype(np.float32)
    blocks = [space[start : start + BLOCK] @ first for start in range(0, n, BLOCK)]
    return unit_rows(np.concatenate(blocks))


def _find_centres(short: Rows, count: int, rng: np.random.Generator) -> Floats:
    """k-means on the sphere over a sample."""
    from scipy.sparse import csr_matrix

    n = len(short)
    sample = short[np.sort(rng.choice(n, min(n, TAUGHT * count), replace=False))]
    drawn = np.sort(rng.choice(len(sample), count, replace=False))
    middle: Floats = sample[drawn].copy()
    ones = np.ones(len(sample), dtype=np.float32)
    for _ in range(ROUNDS):
        cell = _nearest_centre(sample, middle)
        member = csr_matrix(
            (ones, (cell, np.arange(len(sample)))), shape=(count, len(sample))
        )
        total = np.asarray(member @ sample, dtype=np.float32)
        filled = np.bincount(cell, minlength=count) > 0
        middle[filled] = unit_rows(total[filled])
    return middle


def _nearest_centre(rows: Rows, middle: Floats) -> Indices:
    nearest = []
    for start in range(0, len(rows), BLOCK):
        cosines: Floats = rows[start : start + BLOCK] @ middle.T
        nearest.append(np.argmax(cosines, axis=1))
    return np.concatenate(nearest)
