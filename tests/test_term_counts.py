"""Terms counted block by block: the scores are those of scikit-learn's TF-IDF over all texts at once."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from coder.coding.stems import stem_texts
from coder.coding.term_counts import (
    DocumentCounts,
    TermCounts,
    add_up_counts,
    count_runs,
    count_words,
)
from coder.coding.wording import count_stems, score_terms
from coder.keywords import stem_words

TEXTS = [
    "More bus-stops, please: the buses never stop!",
    "",
    "a I  ü\u00a0ß\u3000to be\tor",
    "Buses buses BUSES busy İstanbul ΟΔΟΣ 🚌🚌🚌",
    "   \n ",
    "the the the the streets are not safe at night",
    "\x1cstreets\x85at\u2028night",
]
SUBJECTS = ["Bus stops", "safe streets at night", "", "zeppelin"]
ALPHABET = "abcde ß İ\u3000\u00a0\n'-🚌É"


def cosines_of_scikit_learn(texts: Sequence[str], **settings: object) -> np.ndarray:
    vectorizer = TfidfVectorizer(sublinear_tf=True, **settings)
    try:
        vectors = vectorizer.fit_transform([*texts, *SUBJECTS])
    except ValueError:  # no term in enough texts
        return np.zeros((len(texts), len(SUBJECTS)))
    return (vectors[: len(texts)] @ vectors[len(texts) :].T).toarray()


def blocks_of(texts: Sequence[str], size: int) -> list[Sequence[str]]:
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def score(blocks: Sequence[TermCounts], subjects: TermCounts, fewest: int) -> np.ndarray:
    """Every block by itself, with the totals of all."""
    in_texts = [block.document_counts() for block in (*blocks, subjects)]
    totals = add_up_counts(in_texts).in_texts(fewest)
    return np.concatenate([score_terms(block, subjects, totals) for block in blocks])


def stems_of(texts: Sequence[str]) -> TermCounts:
    return count_stems(stem_texts(texts))


@pytest.mark.parametrize("size", [1, 2, 7])
def test_runs_of_characters_are_those_of_scikit_learn(size: int) -> None:
    blocks = [count_runs(block) for block in blocks_of(TEXTS, size)]
    expected = cosines_of_scikit_learn(TEXTS, analyzer="char_wb", ngram_range=(3, 5), min_df=2)
    assert score(blocks, count_runs(SUBJECTS), 2) == pytest.approx(expected, abs=1e-7)
    assert expected.max() > 0.5


@pytest.mark.parametrize("size", [1, 3, 7])
def test_stems_are_those_of_scikit_learn(size: int) -> None:
    blocks = [stems_of(block) for block in blocks_of(TEXTS, size)]
    stems = [" ".join(stem_words(text).stems) for text in [*TEXTS, *SUBJECTS]]
    vectors = TfidfVectorizer(sublinear_tf=True, analyzer=str.split).fit_transform(stems)
    expected = (vectors[: len(TEXTS)] @ vectors[len(TEXTS) :].T).toarray()
    assert score(blocks, stems_of(SUBJECTS), 1) == pytest.approx(expected, abs=1e-7)
    assert expected.max() > 0.5


@given(st.lists(st.text(alphabet=ALPHABET, max_size=20), min_size=1, max_size=8))
def test_runs_of_any_texts(texts: list[str]) -> None:
    expected = cosines_of_scikit_learn(texts, analyzer="char_wb", ngram_range=(3, 5), min_df=2)
    blocks = [count_runs(block) for block in blocks_of(texts, 3)]
    assert score(blocks, count_runs(SUBJECTS), 2) == pytest.approx(expected, abs=1e-7)


@given(st.lists(st.text(), min_size=1, max_size=6))
def test_every_run_is_counted_as_often_as_it_occurs(texts: list[str]) -> None:
    counts = count_runs(texts)
    for row, text in enumerate(texts):
        expected: dict[str, int] = {}
        for word in text.lower().split():
            padded = f" {word} "
            for length in (3, 4, 5):
                for start in range(len(padded) - length + 1):
                    run = padded[start : start + length]
                    expected[run] = expected.get(run, 0) + 1
        own = counts.counts[counts.bounds[row] : counts.bounds[row + 1]]
        assert sorted(own) == sorted(expected.values())


def test_totals_are_the_same_in_any_order_and_partition() -> None:
    whole = count_runs(TEXTS).document_counts()
    blocks = [count_runs(block).document_counts() for block in blocks_of(TEXTS, 2)]
    for parts in (blocks, blocks[::-1], [add_up_counts(blocks[:2]), *blocks[2:]]):
        total = add_up_counts(iter(parts))
        assert total.texts == len(TEXTS)
        assert np.array_equal(total.terms, whole.terms)
        assert np.array_equal(total.counts, whole.counts)


def test_totals_of_many_terms_are_added_up_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.coding.term_counts.WAITING", 5)
    test_totals_are_the_same_in_any_order_and_partition()


def test_terms_in_few_texts_can_be_left_out_of_the_totals() -> None:
    words, numbers = ["bus", "tram"], np.array([0, 0, 0, 1])
    counts = count_words(words, numbers, np.array([0, 2, 4]))
    totals = counts.document_counts()
    assert sorted(totals.counts) == [1, 2]
    assert totals.in_texts(2).counts.tolist() == [2]
    assert totals.in_texts(2).of(counts.vocabulary).tolist().count(0) == 1
    assert totals.in_texts(3).of(counts.vocabulary).tolist() == [0, 0]


def test_nothing_to_count() -> None:
    for counts in (count_runs([]), count_runs(["", " "]), stems_of([]), stems_of(["", "!"])):
        totals = counts.document_counts()
        assert len(counts.terms) == len(totals.terms) == 0
        assert not score_terms(counts, stems_of(SUBJECTS), totals).any()
    nothing = add_up_counts([])
    assert nothing == DocumentCounts(0, *nothing[1:])


def test_different_words_have_different_hashes() -> None:
    words = [f"{letter}{number}" for letter in "abcdefgh" for number in range(20_000)]
    counts = count_words(words, np.arange(len(words)), np.array([0, len(words)]))
    assert len(counts.vocabulary) == len(words)


def test_counts_fit_a_file_of_arrays() -> None:
    """Blocks are handed on between passes as plain arrays."""
    for values in (count_runs(TEXTS), count_runs(TEXTS).document_counts()):
        for value in values:
            assert np.asarray(value).dtype.kind in "iu"
