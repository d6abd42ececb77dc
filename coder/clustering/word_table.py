"""Word overlap of units: which stems and pairs of stems each holds, and the space they span."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coder.clustering.vectors import Floats, Indices, unit_rows
from coder.text import WORD, stem, stop_words

FEWEST = 2  # units of a term that tells anything
DIMENSIONS = 50
SPARE = 10  # more directions that are followed while the best are sought
ROUNDS = 5


class WordTable:
    """How often each unit uses each term: a stem, or two stems in a row.

    Args:
        counts: sparse (n_units, n_terms), terms in the order of the alphabet.
    """

    def __init__(self, counts: Any) -> None:
        self._counts = counts

    @classmethod
    def of_texts(cls, texts: Sequence[str], language: str) -> Self:
        """The table of some units; function words are left out, and terms of one unit alone."""
        return cls(_count_terms(_Stems(texts, language)))

    def take(self, rows: Indices) -> "WordTable":
        """The table of some of the units."""
        return WordTable(self._counts[rows])

    def reduce(self, seed: int) -> Floats | None:
        """TF-IDF of the terms by truncated SVD: float32 (n_units, at most `DIMENSIONS`), rows of
        length 1.

        None where fewer than three terms are used by two units.
        """
        table = _weigh_terms(self._counts)
        rank = min(DIMENSIONS, min(table.shape) - 1)
        if rank < 2:
            return None
        return unit_rows(
            _main_components(
                table,
                rank,
                seed,
            ).astype(np.float32)
        )


class _Stems:
    """The stems of some texts in a row.

    Attributes:
        names: each stem once.
        numbers: (n_words,) places in `names`.
        owner: (n_words,) the text of each.
        texts: how many there are.
    """

    def __init__(self, texts: Sequence[str], language: str) -> None:
        stops = stop_words(language)
        place: dict[str, int] = {}
        numbers: list[int] = []
        ends = [0]
        for text in texts:
            for word in WORD.findall(text.casefold()):
                if word not in stops:
                    numbers.append(place.setdefault(stem(word, language), len(place)))
            ends.append(len(numbers))
        self.names = list(place)
        self.numbers = np.array(numbers, dtype=np.int64)
        self.owner = np.repeat(np.arange(len(texts)), np.diff(ends))
        self.texts = len(texts)


def _count_terms(stems: _Stems) -> Any:
    """Sparse (n_texts, n_terms): uses of each term that two texts have at least."""
    from scipy.sparse import csr_matrix

    size = max(1, len(stems.names))
    first, second = stems.numbers[:-1], stems.numbers[1:]
    together = stems.owner[:-1] == stems.owner[1:]
    pairs = size + size * first[together] + second[together]
    codes = np.concatenate([stems.numbers, pairs])
    owner = np.concatenate([stems.owner, stems.owner[:-1][together]])
    terms, column = np.unique(codes, return_inverse=True)
    shape = (stems.texts, len(terms))
    counts = csr_matrix((np.ones(len(codes)), (owner, column)), shape=shape)
    counts.sum_duplicates()
    kept = np.flatnonzero(_count_units(counts) >= FEWEST)
    shown = [_term(stems.names, int(code) - size) for code in terms[kept]]
    order = sorted(range(len(shown)), key=shown.__getitem__)
    return counts[:, kept[order]]


def _term(names: Sequence[str], code: int) -> str:
    """A stem, or two with a space, by its code: below 0 a stem, from 0 on a pair."""
    if code < 0:
        return names[code]
    first, second = divmod(code, len(names))
    return f"{names[first]} {names[second]}"


def _count_units(counts: Any) -> Indices:
    """(n_terms,) the units that use each term."""
    return np.bincount(counts.indices, minlength=counts.shape[1])


def _weigh_terms(counts: Any) -> Any:
    """TF-IDF with the logarithm of the uses, rows of length 1, of terms that two units use."""
    from scipy.sparse import csr_matrix

    known = _count_units(counts)
    kept = known >= FEWEST
    used = counts[:, np.flatnonzero(kept)]
    rarity = np.log((1 + used.shape[0]) / (1 + known[kept])) + 1
    weights = (1 + np.log(used.data)) * rarity[used.indices]
    owner = np.repeat(np.arange(used.shape[0]), np.diff(used.indptr))
    squares = np.bincount(
        owner,
        weights**2,
        minlength=used.shape[0],
    )
    weights /= np.sqrt(squares)[owner]
    return csr_matrix((weights, used.indices, used.indptr), shape=used.shape)


def _main_components(table: Any, rank: int, seed: int) -> NDArray[np.float64]:
    """The rows in the first `rank` directions of a truncated SVD, by random projection.

    Halko, Martinsson and Tropp 2011, algorithm 4.4.
    """
    columns = table.T.tocsr()
    turned = table.shape[0] < table.shape[1]
    one, other = table, columns
    if turned:
        one, other = columns, table
    rng = np.random.RandomState(seed)
    basis = rng.normal(size=(one.shape[1], rank + SPARE))
    for _ in range(ROUNDS):
        basis, _ = np.linalg.qr(other @ (one @ basis))
    basis, _ = np.linalg.qr(one @ basis)
    left, _, right = np.linalg.svd((other @ basis).T, full_matrices=False)
    directions = right.T
    if turned:
        directions = basis @ left
    return np.asarray(table @ directions[:, :rank])
