"""Phrases of comments: which can be a name, how their words are written, what is one phrase."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from coder.phrases.word_lists import (
    COPULAS,
    DETERMINERS,
    EMPTY,
    JOINTS,
    LIGHT,
    NOUN_ENDS,
    OBJECTS,
    OTHER_ENDS,
    PREPOSITIONS,
    SECOND_WORDS,
    THINGS_IN_ING,
    VERB_BEFORE,
)
from coder.text import WORD, stem, stop_words

LONGEST = 3  # full words of a phrase
REMEMBERED = 100_000  # texts whose phrases are kept
REMEMBERED_RUNS = 20_000  # texts whose words are kept too
# Share of capitals above which a text says nothing about how words are written.
SHOUTED = 0.6
MARGIN = 0.30  # how noun-like the last word of a phrase has to be
ALONE = 0.40  # and a word that is a name by itself
MOSTLY_VERB = 0.5  # share of its uses that follow "to" and the like, of a verb
LONGEST_WORD = 30  # letters; longer ones are links and slips
PRIOR_USES = 3  # uses that a word's ending counts for, when telling how noun-like it is
LINK = re.compile(r"https?://|www\.")

Stems = tuple[str, ...]

LIGHT_STEMS = frozenset(stem(word) for word in LIGHT)


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A word for comparing: small letters, straight apostrophes."""
    return word.casefold().replace("’", "'").replace("ʼ", "'")


def without_possessive(word: str) -> str:
    """A folded word without a possessive ending."""
    return word.removesuffix("'s")


def split_at_punctuation(text: str) -> list[list[str]]:
    """Words between punctuation marks, as written."""
    runs: list[list[str]] = []
    last = -1
    for match in WORD.finditer(text):
        gap = "."
        if last >= 0:
            gap = text[last : match.start()]
        if gap.strip(" \t&") or "\n" in gap:
            runs.append([])
        runs[-1].append(match.group())
        last = match.end()
    return runs


class WordUse:
    """How words are used in some texts: with a capital or without, and how often as a noun.

    Args:
        texts: a sample of the units.
    """

    def __init__(self, texts: Sequence[str], language: str) -> None:
        self._english = language == "en"
        self._stops = stop_words(language)
        self._forms: dict[str, Counter[str]] = {}
        self._noun_weight: dict[str, float] = {}
        self._uses: Counter[str] = Counter()
        self._verb_uses: Counter[str] = Counter()
        self._likeness: dict[str, float] = {}  # of words that were asked for
        for text in texts:
            self._read(text)

    def _read(self, text: str) -> None:
        shouted = _is_shouted(text)
        for run in split_at_punctuation(text):
            if not shouted:
                self._read_capitals(run)
            if self._english:
                self._read_neighbours([fold(word) for word in run])

    def _read_capitals(self, run: Sequence[str]) -> None:
        """Count how each word is written where a small letter could stand."""
        for place, word in enumerate(run):
            if place > 0 or not word[:1].isupper() or word[1:2].isupper():
                form = word.removesuffix("'s").removesuffix("’s")
                self._forms.setdefault(fold(word), Counter())[form] += 1

    def _read_neighbours(self, run: Sequence[str]) -> None:
        """Add up how noun-like the words around each word make it."""
        for before, word, after in zip(["", *run], run, [*run[1:], ""], strict=False):
            if word not in self._stops:
                weight = self._weight_before(before) * self._weight_after(after)
                self._noun_weight[word] = self._noun_weight.get(word, 0.0) + weight
                self._uses[word] += 1
                self._verb_uses[word] += before in VERB_BEFORE

    def _weight_before(self, word: str) -> float:
        if not word:
            return 0.6
        if word in DETERMINERS or word in PREPOSITIONS:
            return 1.0
        if word in VERB_BEFORE:
            return 0.0
        if word in COPULAS:
            return 0.1
        if word in self._stops:
            return 0.4
        return 0.9

    def _weight_after(self, word: str) -> float:
        if not word:
            return 1.0
        if word in DETERMINERS or word in OBJECTS:
            return 0.0
        if word == "to":
            return 0.3
        if word in self._stops:
            return 1.0
        return 0.3

    def noun_likeness(self, word: str) -> float:
        """How much a folded word behaves as the end of a noun phrase, 0 to 1; 1 in other
        languages.
        """
        if not self._english:
            return 1.0
        likeness = self._likeness.get(word)
        if likeness is None:
            likeness = self._judge_noun(word)
            self._likeness[word] = likeness
        return likeness

    def _judge_noun(self, word: str) -> float:
        if word.endswith("ly"):
            return 0.0
        weight = self._noun_weight.get(word, 0.0)
        uses = self._uses[word] + PRIOR_USES
        return (weight + PRIOR_USES * _ending_prior(word)) / uses

    def is_verb(self, word: str) -> bool:
        """Whether a folded word mostly stands where a verb does: after "to", "we", "should"."""
        return self._verb_uses[word] >= max(2, MOSTLY_VERB * self._uses[word])

    def usual_spelling(self, word: str) -> str:
        """A folded word as it is mostly written where a small letter could stand."""
        forms = self._forms.get(word)
        if not forms:
            return word
        usual = max(forms, key=lambda form: (forms[form], form))
        if 2 * forms[usual] > forms.total() and usual[:1].isupper():
            return usual
        return word


def _is_shouted(text: str) -> bool:
    letters = list(filter(str.isalpha, text))
    return sum(map(str.isupper, letters)) > SHOUTED * len(letters)


def _ending_prior(word: str) -> float:
    """How noun-like a word is by its ending."""
    if word.endswith("ing"):
        return 0.3
    if word.endswith(NOUN_ENDS):
        return 0.75
    if word.endswith(OTHER_ENDS):
        return 0.2
    return 0.4


class NounPhrase(NamedTuple):
    """A phrase among words in a row."""

    start: int
    end: int  # its last word
    stems: Stems  # of its full words


def _show(folded: Sequence[str], phrase: NounPhrase) -> str:
    """The words of a phrase, the last without a possessive ending."""
    words = folded[phrase.start : phrase.end]
    return " ".join([*words, without_possessive(folded[phrase.end])])


class PhraseFinder:
    """Phrases of texts in one language, found with what a sample of the texts shows of their words.

    Args:
        texts: a sample of the units.
        names: folded names that all have in common; no phrase is made of them alone.
    """

    def __init__(
        self, texts: Sequence[str], language: str, names: Sequence[str] = ()
    ) -> None:
        self.language = language
        self._use = WordUse(texts, language)
        self._stops = stop_words(language)
        self._english = language == "en"
        self._empty: frozenset[str] = frozenset()
        self._light: frozenset[str] = frozenset()
        if self._english:
            self._empty, self._light = EMPTY, LIGHT_STEMS
        self.shared = frozenset(
            stem(word, language) for word in " ".join(names).split()
        )
        self._at_place = _place_pattern(names)
        # The same units are read for every group that they are compared with.
        self._read: dict[str, dict[Stems, str]] = {}
        self._runs: dict[str, list[tuple[list[str], list[NounPhrase]]]] = {}

    def phrases(self, text: str) -> dict[Stems, str]:
        """Phrases by the stems of their full words, folded as first written.

        One to three full words between punctuation marks, joined by little words at most. A
        phrase ends with what can be a noun, and neither begins nor ends with a word that names
        no subject.
        """
        known = self._read.get(text)
        if known is None:
            known = self._find_phrases(text)
            if len(self._read) < REMEMBERED:
                self._read[text] = known
        return known

    def _find_phrases(self, text: str) -> dict[Stems, str]:
        phrases: dict[Stems, str] = {}
        for folded, noun_phrases in self.runs(text):
            for phrase in noun_phrases:
                phrases.setdefault(phrase.stems, _show(folded, phrase))
        return phrases

    def runs(self, text: str) -> list[tuple[list[str], list[NounPhrase]]]:
        """The folded words between punctuation marks, and the phrases among them."""
        known = self._runs.get(text)
        if known is None:
            known = []
            for run in split_at_punctuation(text):
                folded = [fold(word) for word in run]
                known.append((folded, list(self._noun_phrases(folded))))
            if len(self._runs) < REMEMBERED_RUNS:
                self._runs[text] = known
        return known

    def _noun_phrases(self, folded: Sequence[str]) -> Iterator[NounPhrase]:
        for start, word in enumerate(folded):
            if self.is_full(word):
                yield from self._phrases_from(folded, start)

    def _phrases_from(self, folded: Sequence[str], start: int) -> Iterator[NounPhrase]:
        """The phrases that begin with one full word."""
        stems: list[str] = []
        for end in range(start, min(len(folded), start + LONGEST + 2)):
            word = folded[end]
            if self.is_full(word):
                stems.append(self.stem(without_possessive(word)))
                if len(stems) > LONGEST:
                    return
                if self._can_end(folded, start, end, stems):
                    yield NounPhrase(start, end, tuple(stems))
            elif self._is_second(folded, start, end):
                yield NounPhrase(start, end, (*stems, self.stem(word)))
                return
            elif not self._can_join(word):
                return

    def _is_second(self, folded: Sequence[str], start: int, end: int) -> bool:
        """Whether a word makes one subject with the noun before it: "waiting time"."""
        if not self._english or end == start or folded[end] not in SECOND_WORDS:
            return False
        return self.is_full(folded[end - 1])

    def stem(self, word: str) -> str:
        """The stem of a folded word; "parking" has nothing to do with parks."""
        if self._english and word in THINGS_IN_ING:
            return word
        return stem(word, self.language)

    def _can_end(
        self, folded: Sequence[str], start: int, end: int, stems: Sequence[str]
    ) -> bool:
        """Whether a phrase may end here: with a noun, no word twice, and not with the place
        they share.
        """
        if len(set(stems)) < len(stems):
            return False
        if stems[-1] in self.shared and end > start and folded[end - 1] in JOINTS:
            return False
        alone = len(stems) == 1
        if self._english and alone and folded[end] in LIGHT:
            return False
        likeness = self._use.noun_likeness(folded[end])
        if alone:
            return likeness >= ALONE
        return likeness >= MARGIN

    def _can_join(self, word: str) -> bool:
        if self._english:
            return word in JOINTS
        return word in self._stops

    def is_full(self, word: str) -> bool:
        """Whether a word can name a subject."""
        empty = word in self._stops or word in self._empty
        return not empty and 1 < len(word) <= LONGEST_WORD and not word[0].isdigit()

    def noun_likeness(self, word: str) -> float:
        """How much a folded word behaves as the end of a noun phrase, 0 to 1; 1 in other
        languages.
        """
        return self._use.noun_likeness(word)

    def is_verb(self, word: str) -> bool:
        """Whether a folded word mostly stands where a verb does."""
        return self._use.is_verb(word)

    def spell(self, phrase: str) -> str:
        """A folded phrase with the capitals that its words mostly have."""
        return " ".join(self._use.usual_spelling(word) for word in phrase.split())

    def without_place(self, sentence: str) -> str:
        """A sentence without the shared name that it ends with."""
        if self._at_place is None:
            return sentence
        return self._at_place.sub("", sentence)

    def core(self, stems: Iterable[str]) -> frozenset[str]:
        """What a name is about: its stems less verbs that only ask for change and names all
        share.
        """
        every = frozenset(stems)
        return every - self._light - self.shared or every


def _place_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """Matches "in Austin" and the like at the end of a sentence."""
    if not names:
        return None
    places = "|".join(re.escape(name).replace("\\ ", r"[\s\-]+") for name in names)
    return re.compile(
        rf"\s+(?:in|of|for|at|around|across|to|from|here in)\s+(?:the\s+)?(?:{places})$",
        re.IGNORECASE,
    )
