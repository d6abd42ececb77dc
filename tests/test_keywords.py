"""The keyword matcher: the same words in whatever spelling, and where they stand."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.keywords import (
    KeywordMatch,
    KeywordMatcher,
    keywords_in,
    match_keywords,
    stem_words,
)
from coder.text import Span

WORDS = st.sampled_from(["anti", "social", "bus", "stops", "drug", "dealers", "the", "women"])
SEPARATORS = st.sampled_from([" ", "-", "/", "  ", " - ", ", ", "\n", "–", " & "])


def shown(text: str, keyword: str, language: str = "en") -> list[str]:
    """What a keyword matches in a text."""
    matches = match_keywords(text, [keyword], language)
    return [text[match.span.start : match.span.end] for match in matches]


@pytest.mark.parametrize("keyword", ["anti social", "anti-social", "Anti-Social", "ANTI SOCIAL"])
@pytest.mark.parametrize(
    "spelling",
    ["anti social", "anti-social", "Anti-Social", "ANTI SOCIAL", "anti/social", "anti – social"],
)
def test_hyphens_slashes_and_case_do_not_matter(keyword: str, spelling: str) -> None:
    assert shown(f"No more {spelling} behaviour!", keyword) == [spelling]


@pytest.mark.parametrize(
    ("keyword", "text", "expected"),
    [
        ("bus stop", "New bus-stops, please", ["bus-stops"]),
        ("bus-stop", "a bus stop", ["bus stop"]),
        ("drug dealer", "Drug-dealers everywhere", ["Drug-dealers"]),
        ("dealer", "Drug-dealers everywhere", ["dealers"]),
        ("drug", "Drug-dealers everywhere", ["Drug"]),
        ("e scooter", "E-scooters", ["E-scooters"]),
        ("officer", "OFFICERS’ pay, an officer's pay, the officer’s", ["OFFICERS", "officer", "officer"]),
        ("on-the-beat", "bobbies on the beat", ["on the beat"]),
        ("bus stop", "a bus that stops", []),
        ("bus stop", "stop the bus", []),
        ("bus", "a busy road", []),
        ("anti social", "antisocial", []),
        ("24/7", "patrols 24/7", ["24/7"]),
        ("24-7", "patrols 24/7", ["24/7"]),
    ],
)  # fmt: skip
def test_what_a_keyword_matches(keyword: str, text: str, expected: list[str]) -> None:
    assert shown(text, keyword) == expected


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ"])
def test_every_apostrophe_is_the_same(apostrophe: str) -> None:
    text = f"I don{apostrophe}t feel safe"
    assert shown(text, "don't feel") == [f"don{apostrophe}t feel"]
    assert shown(text, "don’t feel") == [f"don{apostrophe}t feel"]
    assert shown(f"the driver{apostrophe}s cab", "driver") == ["driver"]
    assert shown(f"the driver{apostrophe}s cab", "driver cab") == [f"driver{apostrophe}s cab"]


def test_a_contraction_is_not_the_word_it_begins_with() -> None:
    assert shown("They don't patrol", "Don") == []
    assert shown("They can't patrol", "can") == []


@pytest.mark.parametrize(
    ("language", "text", "keyword", "expected"),
    [
        ("fr", "L’école et l'autobus", "école", ["école"]),
        ("fr", "L’école et l'autobus", "l'école", ["L’école"]),
        ("it", "la fermata dell'autobus", "autobus", ["autobus"]),
        ("de", "Die Radwege fehlen", "Radweg", ["Radwege"]),
        ("de", "Bus-Haltestellen", "bus haltestelle", ["Bus-Haltestellen"]),
        ("xx", "bus-stop", "bus stop", ["bus-stop"]),
        ("xx", "bus-stops", "bus stop", []),
    ],
)
def test_languages(language: str, text: str, keyword: str, expected: list[str]) -> None:
    assert shown(text, keyword, language) == expected


def test_matches_of_many_groups_in_one_pass() -> None:
    matcher = KeywordMatcher([("bus", "bus stop"), (), ("stop", "police"), ("bus",)])
    text = "Bus-stops: police the bus"
    assert matcher.find(stem_words(text)) == [
        KeywordMatch(0, "bus", Span(0, 3)),
        KeywordMatch(0, "bus stop", Span(0, 9)),
        KeywordMatch(3, "bus", Span(0, 3)),
        KeywordMatch(2, "stop", Span(4, 9)),
        KeywordMatch(2, "police", Span(11, 17)),
        KeywordMatch(0, "bus", Span(22, 25)),
        KeywordMatch(3, "bus", Span(22, 25)),
    ]


def test_keywords_of_the_same_stems_count_once() -> None:
    keywords = ("drug dealer", "Drug-dealers", "drug", "drugs")
    assert keywords_in("drug dealing by a DRUG-DEALER", keywords) == ("drug dealer", "drug")
    assert [m.keyword for m in match_keywords("drugs", keywords)] == ["drug"]


def test_keywords_come_in_their_own_order() -> None:
    assert keywords_in("a stop for a bus", ("bus", "stop", "tram")) == ("bus", "stop")
    assert keywords_in("a stop for a bus", ()) == ()


@pytest.mark.parametrize("keyword", ["", " ", "-", "–", "!?", "'", "'s"])
def test_a_keyword_without_a_word_matches_nothing(keyword: str) -> None:
    assert shown("- – !? ' anything's", keyword) in ([], ["s"])
    assert match_keywords(keyword, ["anything"]) == []


def test_spans_are_string_offsets_beyond_the_basic_plane() -> None:
    text = "🚌🚌 more bus-stops 👮🏽 and “police-officers”"
    assert shown(text, "bus stop") == ["bus-stops"]
    assert shown(text, "police officer") == ["police-officers"]


@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_any_spelling_of_a_keyword_is_matched_whole(parts: list[str], data: st.DataObject) -> None:
    def spelled() -> str:
        spelling = parts[0]
        for part in parts[1:]:
            spelling += data.draw(SEPARATORS) + part
        return data.draw(st.sampled_from([spelling, spelling.upper(), spelling.title()]))

    keyword, written = spelled(), spelled()
    text = f"Xylophone {written}. Xylophone"
    assert Span(10, 10 + len(written)) in [m.span for m in match_keywords(text, [keyword])]


@given(st.text(), st.lists(st.text(), max_size=4), st.sampled_from(["en", "fr", "de", "tr", "xx"]))
def test_any_text_and_keywords(text: str, keywords: list[str], language: str) -> None:
    words = stem_words(text, language)
    assert len(words.stems) == len(words.starts) == len(words.ends)
    end_before = 0
    for start, end in zip(words.starts, words.ends, strict=True):
        assert end_before <= start < end <= len(text)
        assert not any(char.isspace() for char in text[start:end])
        end_before = end
    for match in match_keywords(text, keywords, language):
        assert match.keyword in keywords
        part = text[match.span.start : match.span.end]
        assert keywords_in(part, [match.keyword], language) == (match.keyword,)
    whole = match_keywords(text, [text], language)
    assert bool(whole) == bool(words.stems)


@given(st.text(alphabet="ab-'’ s/.", max_size=30), st.lists(st.text("ab-' s", max_size=6)))
def test_one_pass_is_every_keyword_alone(text: str, keywords: list[str]) -> None:
    groups = [(keyword,) for keyword in keywords]
    together = KeywordMatcher(groups).find(stem_words(text))
    for number, keyword in enumerate(keywords):
        alone = [match.span for match in match_keywords(text, [keyword])]
        assert [match.span for match in together if match.group == number] == alone


def test_many_texts_are_fast() -> None:
    text = "More police officers on the beat and fewer anti-social drivers near bus-stops please "
    matcher = KeywordMatcher([("police officer", f"word{number}") for number in range(100)])
    began = time.process_time()
    for _ in range(5_000):
        matcher.find(stem_words(text))
    assert time.process_time() - began < 5
