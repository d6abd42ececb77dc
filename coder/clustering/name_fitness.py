"""How fit a phrase is as a name: one word says little, part of a sentence says half, and a time
or a number is one person's.
"""

from collections.abc import Sequence

from coder.clustering.telling_phrases import Phrase
from coder.phrases.noun_phrases import PhraseFinder
from coder.phrases.sayings import MEASURES, is_doing
from coder.phrases.word_lists import QUANTITIES, SECOND_WORDS, THINGS_IN_ING

COMMON = 0.5  # share of units from which one word that they use can be the name
ONE_COMMON_WORD = 0.8
# A phrase that this share of the units use is worth all, a rare one somewhat less.
SHARED, RARE = 0.25, 0.8
UNFIT = 0.6  # of another word, and of a part of a sentence


def judge_fitness(phrase: Phrase, finder: PhraseFinder) -> float:
    """A factor up to 1 for what a phrase is worth as a name."""
    words = phrase.shown.split()
    if len(words) == 1:
        common = min(1.0, phrase.share / COMMON)
        return UNFIT + (ONE_COMMON_WORD - UNFIT) * common
    if not QUANTITIES.isdisjoint(words):
        return UNFIT
    if finder.language == "en" and _is_fragment(words, finder):
        return UNFIT * _worth_of_sharing(phrase)
    return _worth_of_sharing(phrase)


def _worth_of_sharing(phrase: Phrase) -> float:
    return RARE + (1 - RARE) * min(1.0, phrase.share / SHARED)


def has_direction(phrase: Phrase, finder: PhraseFinder) -> bool:
    """Whether a phrase asks for something: "shorter waits"."""
    words = phrase.shown.split()
    several = finder.language == "en" and len(words) > 1
    return several and is_doing(words[0], finder)


def _is_fragment(words: Sequence[str], finder: PhraseFinder) -> bool:
    """Whether a phrase says that something is done, and not what: "hurt by drivers"."""
    first, last = words[0], words[-1]
    if last in SECOND_WORDS and len(words) == 2:
        return is_doing(first, finder)
    if is_doing(first, finder) or first.endswith("ed") or last in MEASURES:
        return True
    if words[1] in ("by", "to"):
        return True
    if first.endswith("ing") and first not in THINGS_IN_ING:
        return True
    return any(_is_verb(word, finder) for word in words[1:])


def _is_verb(word: str, finder: PhraseFinder) -> bool:
    return word.endswith("n't") or finder.is_verb(word)
