"""Phrases that tell a group from others: how often its units use them, how near they are to its
centre.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.vectors import Floats, Indices, Rows, unit_rows
from coder.phrases.noun_phrases import PhraseFinder, Stems
from coder.text import stem, words

Embed = Callable[[list[str]], Floats]

READ = 400  # units of a group that phrases are taken from, the nearest to its centre
KNOWN = 20_000  # units that tell how common a phrase is everywhere
PHRASES = 60  # phrases of a group that are embedded
POINTS = 0.25  # share of a keyword's uses that lie in its group, at least
TELLING = 12.0  # times as common in the group as elsewhere from which a phrase gets full value


class Phrase(NamedTuple):
    """One phrase of a group."""

    shown: str
    stems: Stems
    uses: int  # units that use it, of those read
    share: float
    lift: float  # share here over share in what the group is compared with
    noun: float  # of its last word


class ScoredPhrase(NamedTuple):
    """A phrase and how well it names its group; above 0 it can be a keyword."""

    value: float
    phrase: Phrase


class Group(NamedTuple):
    """A group to be named, and what it has to be told from."""

    near: Indices  # its units, nearest to its centre first
    among: Indices  # units that it is compared with: all, or those of its parent


class Background(NamedTuple):
    """What a group is compared with, from a sample of units."""

    uses: Counter[Stems]  # units that use each phrase
    size: int  # units of the sample
    middle: Floats  # mean of their vectors


class PhraseRanker:
    """Finds and ranks the phrases of groups of the same units.

    Args:
        texts: the units.
        space: their raw vectors (n_units, n_dimensions), rows of length 1.
        question: what was asked; its words weigh less.
    """

    def __init__(
        self,
        texts: Sequence[str],
        space: Rows,
        finder: PhraseFinder,
        question: str = "",
    ) -> None:
        self._texts = texts
        self._space = space
        self._finder = finder
        language = finder.language
        self._asked = frozenset(
            stem(word, language) for word in words(question.casefold())
        )
        self._backgrounds: dict[bytes, Background] = {}

    def background_of(self, group: Group) -> Background:
        """How often phrases occur among the texts that a group is compared with."""
        everywhere = len(group.among) == len(self._texts)
        key = b""
        if not everywhere:
            key = group.among.tobytes()
        if key not in self._backgrounds:
            self._backgrounds[key] = self._read_background(group.among)
        return self._backgrounds[key]

    def _read_background(self, among: Indices) -> Background:
        sample = np.sort(among)[:: max(1, len(among) // KNOWN)]
        uses: Counter[Stems] = Counter()
        for unit in sample:
            uses.update(self._finder.phrases(self._texts[unit]).keys())
        middle = np.asarray(self._space[sample].mean(axis=0), dtype=np.float32)
        return Background(uses, len(sample), middle)

    def find_phrases(self, group: Group, fewest: int) -> list[Phrase]:
        """Phrases that at least `fewest` of the nearest units use, most telling first."""
        background = self.background_of(group)
        near = group.near[:READ]
        phrases = []
        for stems, forms in self._written_forms(near).items():
            uses = forms.total()
            if uses < fewest or set(stems) <= self._finder.shared:
                continue
            share = uses / len(near)
            known = max(1, background.size)
            lift = share / max(
                background.uses[stems] / known, share * len(near) / known
            )
            shown = _usual_form(forms)
            noun = self._finder.noun_likeness(shown.split()[-1])
            phrases.append(Phrase(shown, stems, uses, share, lift, noun))
        phrases.sort(
            key=lambda phrase: (-phrase.share * np.log(1 + phrase.lift), phrase.stems)
        )
        return phrases[:PHRASES]

    def _written_forms(self, near: Indices) -> dict[Stems, Counter[str]]:
        """How often each phrase is written in each way, by the stems of its words."""
        forms: dict[Stems, Counter[str]] = {}
        for unit in near:
            for stems, shown in self._finder.phrases(self._texts[unit]).items():
                forms.setdefault(stems, Counter())[shown] += 1
        return forms

    def rank(
        self, phrases: Sequence[Phrase], vectors: dict[str, Floats], group: Group
    ) -> list[ScoredPhrase]:
        """Phrases by nearness to the centre (half raw, half less what is common), support and
        telling power.
        """
        if not phrases:
            return []
        middle = self.background_of(group).middle
        centre = unit_rows(self._space[group.near].mean(axis=0, keepdims=True))
        matrix = np.stack([vectors[phrase.shown] for phrase in phrases])
        raw = matrix @ centre[0]
        centred = unit_rows(matrix - middle) @ unit_rows(centre - middle)[0]
        scored = []
        for phrase, cosine in zip(phrases, 0.5 * raw + 0.5 * centred, strict=True):
            value = float(cosine) * self._worth(phrase)
            scored.append(ScoredPhrase(round(value, 6), phrase))
        scored.sort(key=lambda entry: (-entry.value, entry.phrase.stems))
        return scored

    def _worth(self, phrase: Phrase) -> float:
        """What a phrase is worth beside its nearness: factors chosen on human-coded comments."""
        told_apart = min(1.0, float(np.log2(1 + phrase.lift) / np.log2(1 + TELLING)))
        support = 0.62
        if phrase.uses > 2:
            support = 0.5 + 0.5 * min(1.0, phrase.share / 0.10) ** 0.5
        noun = 0.75 + 0.25 * min(1.0, phrase.noun / 0.6)
        content = [part for part in phrase.stems if part not in self._finder.shared]
        length = {0: 1.0, 1: 1.0, 2: 1.10}.get(len(content), 1.04)
        worth = (0.55 + 0.45 * told_apart) * support * noun * length
        if len(content) < len(phrase.stems):
            worth *= 0.85
        if self._asked.issuperset(phrase.stems):
            worth *= 0.7
        return worth

    def find_pointing(
        self, ranked: Sequence[ScoredPhrase], group: Group
    ) -> frozenset[Stems]:
        """Phrases that mostly mean this group when somebody uses them: what a codebook's keyword
        has to do.

        "City" may be in most comments of a small group and in many more of all the others; as a
        keyword it would bring all of those in. The one that points best stays in any case.
        """
        everything = Group(group.near, np.arange(len(self._texts)))
        background = self.background_of(everything)
        size = len(group.near) / len(self._texts)
        aim: dict[Stems, float] = {}
        for _, phrase in keyword_candidates(ranked):
            everywhere = max(background.uses[phrase.stems] / background.size, 1e-9)
            aim[phrase.stems] = min(1.0, phrase.share * size / everywhere)
        best = sorted(aim, key=lambda stems: (-aim[stems], stems))[:1]
        return frozenset(best) | {
            stems for stems, value in aim.items() if value >= POINTS
        }


def _usual_form(forms: Counter[str]) -> str:
    """The most frequent way of writing, the shortest of equals."""
    return max(forms, key=lambda form: (forms[form], -len(form), form))


def keyword_candidates(ranked: Sequence[ScoredPhrase]) -> list[ScoredPhrase]:
    """Phrases that are worth something."""
    return [entry for entry in ranked if entry.value > 0]
