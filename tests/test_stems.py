"""Stems of many texts as arrays, and keywords found in them: the same as one text at a time."""

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.coding.keyword_hits import KeywordHits, find_keywords
from coder.coding.stems import StemTable, stem_texts
from coder.keywords import KeywordMatcher, StemmedText, stem_words

LANGUAGES = st.sampled_from(["en", "fr", "de", "tr", "xx"])
TEXTS = st.lists(st.text(), max_size=5)
# Few different words, so that keywords stand in the texts.
PIECES = st.sampled_from(["bus", "stop", "s", "-", " ", "'", "’s", "İ", "/", "\n", "🚌"])
WORDY = st.lists(PIECES, max_size=12).map("".join)


def text_of(table: StemTable, row: int) -> StemmedText:
    places = slice(table.bounds[row], table.bounds[row + 1])
    return StemmedText(
        tuple(table.stems[code] for code in table.codes[places]),
        tuple(table.starts[places].tolist()),
        tuple(table.ends[places].tolist()),
    )


def find(texts: Sequence[str], keywords: Sequence[Sequence[str]], language: str) -> KeywordHits:
    comments = SimpleNamespace(texts=texts, words=stem_texts(texts, language))
    return find_keywords(comments, keywords, language)  # type: ignore[arg-type]


def check_hits(texts: list[str], keywords: list[list[str]], language: str) -> KeywordHits:
    """The hits in all texts are those of the matcher in each of them."""
    hits = find(texts, keywords, language)
    matcher = KeywordMatcher(keywords, language)
    at = 0
    for row, text in enumerate(texts):
        matches = matcher.find(stem_words(text, language))
        used = set()
        for match in matches:
            keyword = int(hits.places.keywords[at])
            assert int(hits.places.rows[at]) == row
            assert (hits.owner[keyword], hits.keywords[keyword]) == (match.group, match.keyword)
            assert int(hits.places.subjects[at]) == match.group
            assert (hits.places.starts[at], hits.places.ends[at]) == match.span
            used.add((row, keyword))
            at += 1
        assert {tuple(use) for use in hits.uses[hits.uses[:, 0] == row].tolist()} == used
        for group in range(len(keywords)):
            own = [match for match in matches if match.group == group]
            assert hits.distinct[row, group] == len({match.keyword for match in own})
            is_own = (hits.places.rows == row) & (hits.places.subjects == group)
            starts = hits.places.starts[is_own].tolist()
            assert starts == [match.span.start for match in own]
    assert at == len(hits.places.rows)
    assert hits.uses.tolist() == sorted(hits.uses.tolist())
    return hits


@given(st.lists(st.one_of(st.text(), WORDY), max_size=6), LANGUAGES)
def test_the_words_of_many_texts_are_those_of_each(texts: list[str], language: str) -> None:
    table = stem_texts(texts, language)
    assert len(table.bounds) == len(texts) + 1
    for row, text in enumerate(texts):
        assert text_of(table, row) == stem_words(text, language)


def test_texts_are_cut_in_blocks_with_one_list_of_stems(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["Bus stop", "", "bus-stops", "the bus", "!"]
    whole = stem_texts(texts)
    monkeypatch.setattr("coder.coding.stems.AT_ONCE", 2)
    in_blocks = stem_texts(texts)
    assert in_blocks.stems == whole.stems == ("bus", "stop", "the")
    for ours, theirs in zip(in_blocks[1:], whole[1:], strict=True):
        assert np.array_equal(ours, theirs)


@given(
    st.lists(WORDY, max_size=4),
    st.lists(st.lists(WORDY, max_size=3), min_size=1, max_size=4),
    LANGUAGES,
)
def test_keywords_in_many_texts_are_those_of_each(
    texts: list[str], keywords: list[list[str]], language: str
) -> None:
    check_hits(texts, keywords, language)


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3), LANGUAGES)
def test_any_keywords_in_any_texts(
    texts: list[str], keywords: list[list[str]], language: str
) -> None:
    check_hits(texts, [*keywords, texts], language)


def test_a_keyword_does_not_reach_into_the_next_text() -> None:
    keywords = [["bus stop", "stop"], ["stop bus"], ["zeppelin bus"]]
    hits = check_hits(["a bus", "stop the bus", "", "stop", "bus stops"], keywords, "en")
    assert hits.distinct.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0], [1, 0, 0], [2, 0, 0]]


def test_hits_of_the_first_texts() -> None:
    texts = ["bus stop", "no", "a stop", "stop, stop"]
    keywords = [["bus"], ["stop", "bus stop"]]
    hits, first = find(texts, keywords, "en"), find(texts[:3], keywords, "en")
    for ours, theirs in zip(hits.first(3).places, first.places, strict=True):
        assert np.array_equal(ours, theirs)
    assert np.array_equal(hits.first(3).uses, first.uses)
    assert np.array_equal(hits.first(3).distinct, first.distinct)


def test_no_text_and_no_keyword() -> None:
    assert find([], [["bus"]], "en").distinct.shape == (0, 1)
    nothing = find(["a bus"], [[], ["!"]], "en")
    assert nothing.distinct.tolist() == [[0, 0]]
    assert len(nothing.places.rows) == len(nothing.uses) == 0
