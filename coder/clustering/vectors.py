"""Vectors of texts: rows of length 1, of many texts at half precision."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

BLOCK = 50_000  # rows that are float32 at once, of those kept as float16


class Rows(Protocol):
    """Vectors that are read some at a time: an array, or one of the classes below."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, n_dimensions)."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, places: Any, /) -> Any:
        """float32 rows of length 1, at a slice or an array of places."""
        ...


class HalfRows:
    """Vectors of many texts, in float16, equal texts once.

    Args:
        halves: float16 (n_distinct, n_dimensions); may be written to.
        rows: (n,) which of them is the vector of each text.
    """

    def __init__(self, halves: NDArray[np.float16], rows: Indices) -> None:
        self._halves = halves
        self._rows = rows

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, n_dimensions)."""
        return len(self._rows), self._halves.shape[1]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, places: Any) -> Floats:
        return unit_rows(self._halves[self._rows[places]].astype(np.float32))

    def put(self, places: Indices, vectors: Floats) -> None:
        """Set the vectors of some texts, and of texts equal to them."""
        self._halves[self._rows[places]] = vectors


class CentredRows:
    """Vectors less what all have in common, computed when they are read.

    Args:
        middle: (n_dimensions,) the mean of the rows.
    """

    def __init__(self, rows: Rows, middle: Floats) -> None:
        self._rows = rows
        self._middle = middle

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, n_dimensions)."""
        return self._rows.shape

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, places: Any) -> Floats:
        return unit_rows(self._rows[places] - self._middle)


def unit_rows(matrix: Floats) -> Floats:
    """The same directions with length 1; a row of zeros stays."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-9), dtype=np.float32)


def slices_of(n: int) -> Iterator[slice]:
    """The places from 0 to n in blocks."""
    for start in range(0, n, BLOCK):
        yield slice(start, min(n, start + BLOCK))


def mean_row(rows: Rows) -> Floats:
    """(n_dimensions,) the mean of all rows."""
    if isinstance(rows, np.ndarray):
        return np.asarray(rows.mean(axis=0), dtype=np.float32)
    total = np.zeros(rows.shape[1])
    for block in slices_of(len(rows)):
        total += rows[block].sum(axis=0, dtype=np.float64)
    return np.asarray(total / max(1, len(rows)), dtype=np.float32)


def centre_rows(rows: Rows, middle: Floats) -> Rows:
    """The rows less a mean, length 1 again; of an array an array."""
    if isinstance(rows, np.ndarray):
        return unit_rows(rows - middle)
    return CentredRows(rows, middle)


def nearest_rows(rows: Rows, places: Indices, middles: Floats) -> Indices:
    """Which of some vectors is nearest to each of the rows at some places."""
    nearest = np.empty(len(places), dtype=np.intp)
    for block in slices_of(len(places)):
        cosines = rows[places[block]] @ middles.T
        nearest[block] = np.argmax(cosines, axis=1)
    return nearest
