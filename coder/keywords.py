"""Keywords in texts: how texts and keywords are cut and compared, and the matcher for a text at
a time. `coder.coding.keyword_hits` finds the same in many texts at once.

Texts and keywords are cut into words in the same way and compared by the stems of these words,
so case, endings and hyphens do not matter: "bus stop" and "bus-stop" both match "Bus-stops" and
"a bus stop".
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from coder.text import WORD, Span, stem

APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'"})
# Languages that write an article or a pronoun and its noun as one word: "l'école",
# "dell'autobus". Elsewhere an apostrophe stands for letters left out, and "don't" has to stay
# apart from "Don".
ELIDING = frozenset(("ca", "fr", "it"))


class StemmedText(NamedTuple):
    """The words of a text: three tuples of the same length, in the order of the words."""

    stems: tuple[str, ...]
    starts: tuple[int, ...]  # offsets in the text
    ends: tuple[int, ...]


class KeywordMatch(NamedTuple):
    """A keyword at one place of a text."""

    group: int  # number of the keyword's group, from 0
    keyword: str  # as the group spells it; the first of those with the same stems
    span: Span  # of the words that match


class Phrase(NamedTuple):
    """A keyword as it is looked for."""

    stems: tuple[str, ...]  # of its words, at least one
    group: int
    keyword: str


def stem_words(text: str, language: str = "en") -> StemmedText:
    """Cut a text into words and stem them.

    Hyphens and slashes separate words. A possessive ("driver's") counts as the bare word.
    Apostrophes separate words only in languages of `ELIDING`.
    """
    stems, starts, ends = [], [], []
    for match in WORD.finditer(text):
        start = match.start()
        for word_stem, first, end in stem_parts(match.group(), language):
            stems.append(word_stem)
            starts.append(start + first)
            ends.append(start + end)
    return StemmedText(tuple(stems), tuple(starts), tuple(ends))


@lru_cache(maxsize=100_000)
def stem_parts(word: str, language: str) -> tuple[tuple[str, int, int], ...]:
    """The parts of a word as (stem, start, end), offsets counted from the start of the word."""
    plain = word.translate(APOSTROPHES)
    if language in ELIDING:
        plain = plain.replace("'", "-")
    parts = []
    start = 0
    for part in plain.split("-"):
        bare = part.removesuffix("'s")
        if bare:
            folded = bare.casefold()  # so that a word is stemmed once, not in each case
            parts.append((stem(folded, language), start, start + len(bare)))
        start += len(part) + 1
    return tuple(parts)


def phrases_of(
    groups: Sequence[Sequence[str]],
    language: str = "en",
) -> list[Phrase]:
    """The keywords of groups as they are looked for, by group.

    A keyword without a letter or digit is none, and of those of a group with the same stems
    there is one.
    """
    phrases = []
    for group, keywords in enumerate(groups):
        known: set[tuple[str, ...]] = set()
        for keyword in keywords:
            stems = stem_words(keyword, language).stems
            if stems and stems not in known:
                known.add(stems)
                phrases.append(Phrase(stems, group, keyword))
    return phrases


class KeywordMatcher:
    """Finds the keywords of several groups, for example of all themes, in one pass over a text.

    Args:
        groups: the keywords of each group. A keyword without a letter or digit never matches.
        language: of keywords and texts, an ISO 639-1 code.
    """

    def __init__(self, groups: Sequence[Sequence[str]], language: str = "en") -> None:
        self._phrases_by_first_stem: dict[str, list[Phrase]] = {}
        for phrase in phrases_of(groups, language):
            first = phrase.stems[0]
            self._phrases_by_first_stem.setdefault(first, []).append(phrase)

    def find(self, text: StemmedText) -> list[KeywordMatch]:
        """All matches in a text, by their start; matches may overlap."""
        stems, starts, ends = text
        matches = []
        for place, first_stem in enumerate(stems):
            for phrase in self._phrases_by_first_stem.get(first_stem, ()):
                end = place + len(phrase.stems)
                if stems[place:end] == phrase.stems:
                    span = Span(starts[place], ends[end - 1])
                    matches.append(KeywordMatch(phrase.group, phrase.keyword, span))
        return matches


_matcher = lru_cache(maxsize=2_000)(KeywordMatcher)
_stem_recent = lru_cache(maxsize=8)(stem_words)


def match_keywords(
    text: str, keywords: Sequence[str], language: str = "en"
) -> list[KeywordMatch]:
    """Where one text holds any of the keywords, by start; for a screen that asks about a text
    at a time.
    """
    matcher = _matcher((tuple(keywords),), language)
    return matcher.find(_stem_recent(text, language))


def keywords_in(
    text: str, keywords: Sequence[str], language: str = "en"
) -> tuple[str, ...]:
    """Those of the keywords that a text holds, in their order; of those with the same stems,
    the first.
    """
    matches = match_keywords(text, keywords, language)
    in_text = {match.keyword for match in matches}
    return tuple(dict.fromkeys(keyword for keyword in keywords if keyword in in_text))
