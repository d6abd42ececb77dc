"""Likeness in wording and spelling between comments and subjects: cosines of TF-IDF vectors.

In two steps, so that comments can be scored block by block: every block's terms are counted and
the counts of all blocks added up, then each block is scored with the totals.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.comments import Floats32
from coder.coding.ragged import begins_of, expand
from coder.coding.stems import StemTable, stem_texts
from coder.coding.subjects import Subject
from coder.coding.term_counts import (
    DocumentCounts,
    Integers,
    TermCounts,
    count_runs,
    count_words,
)

FEWEST_WITH_RUN = 2  # texts; a run of characters in fewer says nothing of likeness
AT_ONCE = 2_000  # comments
SHORTEST = np.finfo(np.float64).tiny  # of a text without a term, squared

Floats = NDArray[np.float64]
Counter = Callable[[slice], TermCounts]


# ---------------------------------------------------------------- counts


def count_stems(words: StemTable) -> TermCounts:
    """Stems in each text."""
    return count_words(words.stems, words.codes, words.bounds)


def count_subject_stems(
    subjects: Sequence[Subject],
    keywords: Sequence[Sequence[str]],
    language: str,
) -> TermCounts:
    """Stems in each subject's name and keywords."""
    wordings = []
    for subject, own_keywords in zip(subjects, keywords, strict=True):
        wordings.append("\n".join((subject.name, *own_keywords)))
    return count_stems(stem_texts(wordings, language))


def count_subject_runs(
    subjects: Sequence[Subject],
    keywords: Sequence[Sequence[str]],
) -> TermCounts:
    """Runs of characters in each subject's name and keywords."""
    wordings = []
    for subject, own_keywords in zip(subjects, keywords, strict=True):
        wordings.append(" ".join((subject.name, *own_keywords)))
    return count_runs(wordings)


# ---------------------------------------------------------------- cosines


def score_terms(
    counts: TermCounts,
    subjects: TermCounts,
    totals: DocumentCounts,
) -> Floats32:
    """(n, t) cosines of the TF-IDF vectors of n texts and t subjects.

    As scikit-learn's `TfidfVectorizer` has them: 1 + ln(count) times ln((1 + texts) / (1 + texts
    with the term)) + 1, at length 1; 0 for a text without a term that counts.

    Args:
        totals: of all texts, the subjects among them. A term that is not there does not count.
    """
    n, themes = len(counts.bounds) - 1, len(subjects.bounds) - 1
    weight = _weigh(counts, totals)
    of_subject = _weigh(subjects, totals)
    shared = _shared_terms(counts, subjects)
    cells = counts.rows[shared.place] * themes + subjects.rows[shared.subject_place]
    products = weight[shared.place] * of_subject[shared.subject_place]
    cosines = np.bincount(
        cells,
        weights=products,
        minlength=n * themes,
    )
    return cosines.reshape(n, themes).astype(np.float32)


def _weigh(counts: TermCounts, totals: DocumentCounts) -> Floats:
    """(z,) TF-IDF of each pair of a text and a term, each text at length 1."""
    texts_with = totals.of(counts.vocabulary)
    rarity = np.log((1 + totals.texts) / (1 + texts_with)) + 1
    rarity[texts_with == 0] = 0.0
    weight = (1 + np.log(counts.counts)) * rarity[counts.terms]
    rows = counts.rows
    squares = np.bincount(
        rows,
        weights=weight * weight,
    )
    length = np.sqrt(np.maximum(squares, SHORTEST))
    return np.asarray(weight / length[rows])


class _SharedTerms(NamedTuple):
    """Each pair of a term in a text and the same term in a subject."""

    place: Integers  # among the terms of the texts
    subject_place: Integers  # among those of the subjects


def _shared_terms(counts: TermCounts, subjects: TermCounts) -> _SharedTerms:
    _, ours, theirs = np.intersect1d(
        counts.vocabulary,
        subjects.vocabulary,
        assume_unique=True,
        return_indices=True,
    )
    subjects_with = np.bincount(
        subjects.terms,
        minlength=len(subjects.vocabulary),
    )
    by_term = np.argsort(subjects.terms, kind="stable")
    begins = np.zeros(len(counts.vocabulary), dtype=np.int64)
    sizes = np.zeros(len(counts.vocabulary), dtype=np.int64)
    begins[ours] = begins_of(subjects_with)[theirs]
    sizes[ours] = subjects_with[theirs]
    pair, place = expand(begins[counts.terms], sizes[counts.terms])
    return _SharedTerms(pair, by_term[place])
