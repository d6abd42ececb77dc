"""What an aspect is called: words and phrases that most of its comments use."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from coder.figures import join_names
from coder.phrases import PhraseFinder
from coder.phrases.noun_phrases import fold
from coder.text import WORD, safe_text

Stems = tuple[str, ...]

MOST_PHRASES = 3  # of a name
FEWEST_WITH = 3  # comments that use a phrase of a name
WORTH_OF_LENGTH = {1: 1.0, 2: 1.5, 3: 1.3}
LEAST_NEW = 0.1  # share of the comments that a further phrase adds
LONGEST = 60  # characters of a phrase


class _Phrase(NamedTuple):
    """A phrase and the texts that use it."""

    stems: Stems
    shown: str
    places: frozenset[int]

    def worth(self, covered: Collection[int]) -> float:
        """How many texts it adds, more where it says more than one word."""
        return len(self.places.difference(covered)) * WORTH_OF_LENGTH[len(self.stems)]


def name_aspect(
    finder: PhraseFinder,
    texts: Sequence[str],
    stems: Sequence[str],
    words: Mapping[str, str],
) -> str:
    """Up to three words or phrases of the texts that hold one of the stems, in quotation marks.

    Args:
        texts: of the aspect's comments, or a sample of them.
        stems: of the aspect, the most used first.
        words: the usual word of each stem.
    """
    rest = _find_phrases(
        finder,
        texts,
        frozenset(stems),
    )
    rest += _single_words(
        texts,
        stems,
        words,
    )
    chosen: list[_Phrase] = []
    covered: set[int] = set()
    while rest and len(chosen) < MOST_PHRASES and len(covered) < len(texts):
        best = max(rest, key=lambda phrase: (phrase.worth(covered), phrase.shown))
        added = len(best.places.difference(covered))
        if chosen and added < LEAST_NEW * len(texts):
            break
        chosen.append(best)
        covered |= best.places
        rest = [phrase for phrase in rest if _is_other(phrase, chosen)]
    shown = [safe_text(finder.spell(phrase.shown)) for phrase in chosen]
    return join_names([f"“{phrase}”" for phrase in shown])


def _single_words(
    texts: Sequence[str], stems: Sequence[str], words: Mapping[str, str]
) -> list[_Phrase]:
    """Each stem's usual word, with the texts that use just this word."""
    used = [{fold(word) for word in WORD.findall(text)} for text in texts]
    single = []
    for stem in stems:
        word = words[stem]
        places = frozenset(place for place, own in enumerate(used) if word in own)
        single.append(
            _Phrase(
                (stem,),
                word,
                places,
            )
        )
    return single


def _find_phrases(
    finder: PhraseFinder,
    texts: Sequence[str],
    stems: frozenset[str],
) -> list[_Phrase]:
    """The phrases that several of the texts use.

    Args:
        stems: of which each phrase has one.
    """
    places: dict[Stems, set[int]] = {}
    forms: dict[Stems, Counter[str]] = {}
    for place, text in enumerate(texts):
        for key, shown in finder.phrases(text).items():
            if stems.isdisjoint(key) or len(shown) > LONGEST:
                continue
            places.setdefault(key, set()).add(place)
            forms.setdefault(key, Counter())[shown] += 1
    phrases = []
    for key, used in places.items():
        if len(used) >= FEWEST_WITH:
            shown = max(forms[key], key=lambda form: (forms[key][form], form))
            phrases.append(
                _Phrase(
                    key,
                    shown,
                    frozenset(used),
                )
            )
    return phrases


def _is_other(phrase: _Phrase, chosen: Sequence[_Phrase]) -> bool:
    """Whether no chosen phrase has a word of it."""
    return all(set(phrase.stems).isdisjoint(other.stems) for other in chosen)
