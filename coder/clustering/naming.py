"""What groups are called: phrases that their comments use and others do not."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.key_sentences import choose_key_point
from coder.clustering.phrases import PhraseFinder, Stems
from coder.clustering.spaces import Floats, unit_rows
from coder.clustering.telling_phrases import (
    READ,
    Embed,
    Group,
    Phrase,
    PhraseRanker,
    ScoredPhrase,
    keyword_candidates,
)

KEYWORDS = 8
# Share of the best phrase's value that a second choice needs, where another name has the best.
SECOND = 0.72
# Length of the mean of a group's vectors, less what all share, under which it is a mixed group.
LOOSE = 0.38
SMALL, SMALL_SUB = (
    5,
    3,
)  # units up to which a phrase of one unit can name a group, and a sub-group


class Name(NamedTuple):
    """What a group is called."""

    name: str
    keywords: tuple[str, ...]
    core: frozenset[str]  # stems that it is about
    telling: bool = True  # many of the group use the phrase, and few of the others
    several: int = 1  # phrases that it is made of
    # Three units or more use the phrase, or it has two words or more.
    carried: bool = True

    def as_mixed(self) -> "Name":
        """The name of a group that no phrase holds together."""
        return self._replace(name=f"Mixed: {self.name[:1].lower()}{self.name[1:]}")


class Namer:
    """Names groups of the same units; no two names are about the same words.

    Args:
        texts: the units.
        space: their raw vectors, float32 (n_units, n_dimensions).
        embed: texts to vectors of the same kind.
        question: what was asked; its words weigh less.
    """

    def __init__(
        self,
        texts: Sequence[str],
        space: Floats,
        embed: Embed,
        finder: PhraseFinder,
        question: str = "",
    ) -> None:
        self._texts = texts
        self._space = space
        self._embed = embed
        self._finder = finder
        self._ranker = PhraseRanker(texts, space, finder, question)
        self._cores: list[frozenset[str]] = []  # of the names given so far

    def name_groups(self, groups: Sequence[Group]) -> list[Name]:
        """A name and up to eight keywords for each group."""
        return self._name_all(groups, SMALL)

    def name_sub_groups(self, groups: Sequence[Group]) -> list[Name]:
        """The same for parts of groups that were named before."""
        return self._name_all(groups, SMALL_SUB)

    def _name_all(self, groups: Sequence[Group], small: int) -> list[Name]:
        choices = [self._phrase_choices(group, small) for group in groups]
        vectors = self._embed_phrases(choices)
        return [
            self._name_group(group, own, vectors)
            for group, own in zip(groups, choices, strict=True)
        ]

    def _phrase_choices(self, group: Group, small: int) -> list[list[Phrase]]:
        """Phrases of several units, then, where these may not do, phrases of one unit too."""
        near = group.near[:READ]
        choices = []
        if len(near) > small:
            several = self._ranker.find_phrases(group, 2)
            if several:
                choices.append(several)
        if not choices or (small == SMALL_SUB and len(near) <= SMALL):
            choices.append(self._ranker.find_phrases(group, 1))
        return choices

    def _embed_phrases(
        self, choices: Sequence[Sequence[Sequence[Phrase]]]
    ) -> dict[str, Floats]:
        shown: set[str] = set()
        for of_group in choices:
            for phrases in of_group:
                shown.update(phrase.shown for phrase in phrases)
        if not shown:
            return {}
        ordered = sorted(shown)
        return dict(zip(ordered, self._embed(ordered), strict=True))

    def _name_group(
        self,
        group: Group,
        choices: Sequence[Sequence[Phrase]],
        vectors: dict[str, Floats],
    ) -> Name:
        """The name from the first choice of phrases that gives a good one, else from the last."""
        texts = [self._texts[unit] for unit in group.near[:READ]]
        falling = np.linspace(1, 0, len(texts), dtype=np.float32)
        sentence = choose_key_point(texts, falling) or texts[0]
        for phrases in choices:
            ranked = self._ranker.rank(phrases, vectors, group)
            kept_cores = len(self._cores)
            name = self._choose_name(
                ranked, sentence, self._ranker.find_pointing(ranked, group)
            )
            if (name.telling and name.carried) or phrases is choices[-1]:
                break
            del self._cores[kept_cores:]
        if name.several > 1 and self._is_loose(group):
            return name.as_mixed()
        return name

    def _is_loose(self, group: Group) -> bool:
        middle = self._ranker.background_of(group).middle
        directions = unit_rows(self._space[group.near] - middle)
        return float(np.linalg.norm(directions.mean(axis=0))) < LOOSE

    # ------------------------------------------------------------ the name

    def _choose_name(
        self, ranked: list[ScoredPhrase], sentence: str, pointing: frozenset[Stems]
    ) -> Name:
        """The best phrase that no other name is about; two or three words together where none
        stands out.

        Only phrases of `pointing` become keywords.
        """
        distinct = self._without_repeats(keyword_candidates(ranked))
        keywords = self._choose_keywords(distinct, pointing)
        values = {entry.phrase.stems: entry.value for entry in ranked}
        free = [phrase for phrase in distinct if self._is_free(phrase)]
        if not free or self._is_poor_second(free[0], distinct[0], values):
            name = self._name_from_sentence(sentence)
            return Name(name, keywords, frozenset([name]), telling=False)
        parts = self._choose_parts(free, values)
        return self._make_name(free[0], parts, keywords)

    def _choose_keywords(
        self, distinct: Sequence[Phrase], pointing: frozenset[Stems]
    ) -> tuple[str, ...]:
        chosen = [phrase for phrase in distinct if phrase.stems in pointing]
        if not chosen:
            chosen = list(distinct[:1])
        return tuple(self._finder.spell(phrase.shown) for phrase in chosen[:KEYWORDS])

    def _make_name(
        self, first: Phrase, parts: Sequence[Phrase], keywords: tuple[str, ...]
    ) -> Name:
        """The name made of some phrases; no other name may be about the first of them."""
        core = self._finder.core(parts[0].stems)
        self._cores.append(core)
        telling = first.share >= 0.15 and first.lift >= 1.5 and len(parts) == 1
        name = _in_sentence_case(
            _join([self._finder.spell(part.shown) for part in parts])
        )
        carried = parts[0].uses >= 3 or " " in name
        return Name(name, keywords, core, telling, len(parts), carried)

    def _is_free(self, phrase: Phrase) -> bool:
        return self._finder.core(phrase.stems) not in self._cores

    def _is_poor_second(
        self, first: Phrase, best: Phrase, values: dict[Stems, float]
    ) -> bool:
        """Whether another name has the best phrase and what is left is much worse."""
        if first is best:
            return False
        return values[first.stems] < SECOND * max(values.values())

    def _choose_parts(
        self, free: Sequence[Phrase], values: dict[Stems, float]
    ) -> list[Phrase]:
        """The best free phrase; a longer one around a single word; or a word with one or two
        others.
        """
        first = free[0]
        if len(first.stems) > 1:
            return [first]
        for phrase in free[1:6]:
            common = phrase.uses >= 3 and phrase.share >= 0.04
            if common and len(phrase.stems) > 1 and first.stems[0] in phrase.stems:
                if values[phrase.stems] > 0.7 * values[first.stems]:
                    return [phrase]
                break
        if first.share < 0.5:
            return [first, *_choose_companions(first, free, values)]
        return [first]

    def _name_from_sentence(self, sentence: str) -> str:
        """A short sentence as a name: its first 14 words, no full stop, not shouted."""
        spoken = sentence.split()
        name = " ".join(spoken[:14]).rstrip(".!?,;: ")
        if len(spoken) > 14:
            name += " …"
        name = self._finder.without_place(name)
        if name.upper() == name and len(name) > 5:
            name = name.lower()
        return _in_sentence_case(name) or "(no words)"

    def _without_repeats(self, scored: Sequence[ScoredPhrase]) -> list[Phrase]:
        """Phrases without those that say again, by stem, what a better one says."""
        kept: list[Phrase] = []
        cores: list[frozenset[str]] = []
        for _, phrase in scored:
            core = self._finder.core(phrase.stems)
            if not any(core <= better for better in cores):
                kept.append(phrase)
                cores.append(core)
        return kept


def _choose_companions(
    first: Phrase, free: Sequence[Phrase], values: dict[Stems, float]
) -> list[Phrase]:
    """Up to two more phrases for a name that one word does not carry."""
    lowest = 0.6 * values[first.stems]
    stems = set(first.stems)
    chosen: list[Phrase] = []
    for phrase in free[1:8]:
        if (
            values[phrase.stems] < lowest
            or stems & set(phrase.stems)
            or phrase.uses < 2
        ):
            continue
        chosen.append(phrase)
        stems |= set(phrase.stems)
        if len(chosen) == 2:
            break
    return chosen


def _join(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _in_sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
