"""What the regressions see of a text: its vector, and a few hundred components of its wording.

Notation: n texts, d dimensions of their vectors, k components of their wording.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.term_counts import (
    Hashes,
    TermCounts,
    count_pairs_of_words,
    count_runs,
    places_in,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Integers = NDArray[np.int64]

COMPONENTS = 300
MOST_TERMS = 20_000  # of words and of runs of characters each
FEWEST_WITH_WORD, FEWEST_WITH_RUN = 2, 3  # texts that a term is in, of those that count
FITTED_ON = 10_000  # texts at most that the components are fitted on
SPARE_DIRECTIONS = 10  # beside the components, from which these are chosen
LEAST_SPREAD = 1e-3  # of a component, beside the largest one's; below it is rounding
# Of vectors of length 1 beside the penalty of the regressions. Measured on the patient
# comments: larger is a little better up to 400 decisions (average precision +.001 at 1.3 times
# as much) and worse with thousands (-.01).
FEATURE_SCALE = 3.3


def regression_features(
    vectors: Floats32,
    components: NDArray[np.floating],
    mean: Floats | None = None,
) -> Floats:
    """(n, d + k) what the themes' regressions see: the vectors (n, d) beside the wording's
    components (n, k).

    Each column is centred: what all comments of a consultation share tells no two of them
    apart, and left in it takes up a good part of every coefficient.

    Args:
        mean: (d + k,) of each column over all comments, where these are a block of them: the
            `feature_sums` of all blocks by the number of comments.
    """
    if mean is None:
        mean = feature_sums(vectors, components) / len(vectors)
    return np.asarray(FEATURE_SCALE * (_beside(vectors, components) - mean))


def feature_sums(
    vectors: Floats32,
    components: NDArray[np.floating],
) -> Floats:
    """(d + k,) sums of the columns of `regression_features` before they are centred."""
    return np.asarray(_beside(vectors, components).sum(axis=0))


def _beside(
    vectors: Floats32,
    components: NDArray[np.floating],
) -> Floats:
    both = (vectors, components)
    return np.hstack([part.astype(np.float64) for part in both])


def no_components(texts: Sequence[str]) -> Floats32:
    """(n, 1) in place of components where there is too little to learn their meaning from."""
    return np.zeros((len(texts), 1), dtype=np.float32)


class WeighedTerms(NamedTuple):
    """Terms of one kind and how rare they are. v terms."""

    terms: Hashes  # (v,) ascending
    rarity: Floats  # (v,) inverse document frequency


class WordingComponents(NamedTuple):
    """Latent semantic analysis of words and spellings."""

    words: WeighedTerms
    runs: WeighedTerms
    axes: Floats32  # (words + runs, k) of the components

    def transform(self, texts: Sequence[str]) -> Floats32:
        """(n, k) components of texts, rows of length 1 (0 for a text without a known term)."""
        table = _weigh_both(_count_terms(texts), self.words, self.runs)
        components = table @ self.axes
        length = np.linalg.norm(components, axis=1, keepdims=True)
        return np.asarray(components / np.maximum(length, 1e-9), dtype=np.float32)


def fit_wording_components(
    texts: Sequence[str],
    *,
    seed: int = 0,
) -> WordingComponents:
    """Find the components of words and spellings.

    TF-IDF of words (1 to 2) and of runs of characters (3 to 5), then a truncated singular value
    decomposition with at most `COMPONENTS`.

    Args:
        texts: at most `FITTED_ON`.
        seed: of the directions from which the decomposition begins.
    """
    counts = _count_terms(texts)
    words = _choose_terms(counts.words, FEWEST_WITH_WORD)
    runs = _choose_terms(counts.runs, FEWEST_WITH_RUN)
    table = _weigh_both(counts, words, runs)
    return WordingComponents(words, runs, _main_axes(table, seed))


# ---------------------------------------------------------------- terms


class _Counts(NamedTuple):
    words: TermCounts
    runs: TermCounts


def _count_terms(texts: Sequence[str]) -> _Counts:
    return _Counts(count_pairs_of_words(texts), count_runs(texts))


def _choose_terms(
    counts: TermCounts,
    fewest: int,
) -> WeighedTerms:
    """The terms in enough texts; of too many, those that occur most often."""
    texts = len(counts.bounds) - 1
    size = len(counts.vocabulary)
    texts_with = np.bincount(counts.terms, minlength=size)
    occurrences = np.bincount(
        counts.terms,
        weights=counts.counts,
        minlength=size,
    )
    enough = np.flatnonzero(texts_with >= fewest)
    order = np.argsort(-occurrences[enough], kind="stable")
    chosen = np.sort(enough[order[:MOST_TERMS]])
    rarity = np.log((1 + texts) / (1 + texts_with[chosen])) + 1
    return WeighedTerms(counts.vocabulary[chosen], rarity)


def _weigh_both(
    counts: _Counts,
    words: WeighedTerms,
    runs: WeighedTerms,
) -> "csr_matrix":
    """(n, words + runs) TF-IDF of texts, words and runs each at length 1."""
    from scipy.sparse import hstack

    both = (
        _weigh_counts(counts.words, words),
        _weigh_counts(counts.runs, runs),
    )
    return hstack(both, format="csr")


def _weigh_counts(
    counts: TermCounts,
    chosen: WeighedTerms,
) -> "csr_matrix":
    from scipy.sparse import csr_matrix

    column_of_term = places_in(chosen.terms, counts.vocabulary)
    columns = column_of_term[counts.terms]
    kept = np.flatnonzero(columns >= 0)
    columns, rows = columns[kept], counts.rows[kept]
    weight = (1 + np.log(counts.counts[kept])) * chosen.rarity[columns]
    texts = len(counts.bounds) - 1
    squares = np.bincount(
        rows,
        weights=weight * weight,
        minlength=texts,
    )
    weight /= np.sqrt(squares)[rows]
    sizes = np.bincount(rows, minlength=texts)
    return csr_matrix(
        (weight.astype(np.float32), columns, np.r_[0, np.cumsum(sizes)]),
        shape=(texts, len(chosen.terms)),
    )


# ---------------------------------------------------------------- components


def _main_axes(
    table: "csr_matrix",
    seed: int,
) -> Floats32:
    """(v, k) directions in which texts differ most, at length 1; one of length 0 where there are
    too few texts or terms.

    The randomised method of Halko, Martinsson and Tropp (2011), "Finding structure with
    randomness", with one power iteration. With three, or another seed, what is learned from
    the components is neither better nor worse.
    """
    texts, terms = table.shape
    count = min(COMPONENTS, min(table.shape) - 1)
    if count < 1:
        return np.zeros((terms, 1), dtype=np.float32)
    across = table.T.tocsr()
    random = np.random.default_rng(seed)
    start = random.standard_normal(
        (terms, min(count + SPARE_DIRECTIONS, texts)),
        dtype=np.float32,
    )
    directions, _ = np.linalg.qr(table @ (across @ (table @ start)))
    of_terms = across @ directions
    squares, turn = np.linalg.eigh(of_terms.T @ of_terms)
    spread = np.sqrt(np.maximum(squares[::-1][:count], 0))
    is_real = spread > LEAST_SPREAD * spread[0]
    turn = turn[:, ::-1][:, :count][:, is_real]
    return np.asarray(of_terms @ (turn / spread[is_real]), dtype=np.float32)
