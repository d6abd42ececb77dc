"""How fit a phrase is as a name: one word says little, part of a sentence says half."""

from collections.abc import Sequence

from coder.clustering.phrases import PhraseFinder
from coder.clustering.sayings import MEASURES, is_doing
from coder.clustering.telling_phrases import Phrase
from coder.clustering.word_lists import THINGS_IN_ING

COMMON = 0.5  # share of units from which one word that they use can be the name
ONE_COMMON_WORD = 0.8
UNFIT = 0.6  # of another word, and of a part of a sentence


def judge_fitness(phrase: Phrase, finder: PhraseFinder) -> float:
    """A factor up to 1 for what a phrase is worth as a name."""
    words = phrase.shown.split()
    if len(words) == 1 and phrase.share >= COMMON:
        return ONE_COMMON_WORD
    if len(words) == 1:
        return UNFIT
    if finder.language == "en" and _is_fragment(words, finder):
        return UNFIT
    return 1.0


def _is_fragment(words: Sequence[str], finder: PhraseFinder) -> bool:
    """Whether a phrase says that something is done, and not what: "hurt by drivers"."""
    first, last = words[0], words[-1]
    if is_doing(first, finder) or first.endswith("ed") or last in MEASURES:
        return True
    if words[1] in ("by", "to"):
        return True
    if first.endswith("ing") and first not in THINGS_IN_ING:
        return True
    verbs = [word for word in words[1:] if finder.is_verb(word)]
    return bool(verbs) or any(word.endswith("n't") for word in words)
