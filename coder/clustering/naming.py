"""What groups are called: phrases that their comments use and others do not."""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.given_names import GivenNames
from coder.clustering.group_sayings import GroupSaying
from coder.clustering.hearing import Heard, Listener
from coder.clustering.name_fitness import COMMON, has_direction, judge_fitness
from coder.clustering.plain_sentences import first_clause
from coder.clustering.telling_phrases import (
    READ,
    Embed,
    Group,
    Phrase,
    PhraseRanker,
    ScoredPhrase,
    keyword_candidates,
)
from coder.clustering.vectors import Floats, Indices, Rows, unit_rows
from coder.clustering.witnesses import Witnesses
from coder.phrases.noun_phrases import PhraseFinder, Stems

KEYWORDS = 8
# Share of the best phrase's value that a second choice needs, where another name has the best.
SECOND = 0.72
# Worth of a phrase that says what people want, against one that names a subject.
SAYING_WORTH = 1.2
SAID_ONCE = 0.9  # of a saying of one unit
# Share of units that say it of a subject from which a saying has full worth.
BORNE_OUT = 0.12
CLEAR = 0.42  # worth from which a phrase is a better name than a sentence
FAIR = 0.3  # worth from which a phrase is better than several together
# Length of the mean of a group's vectors, less what all share, under which nothing holds it
# together.
LOOSE = 0.38
HALF = 0.5  # share of the members that have to bear a name out
UNBORNE = 0.6  # worth of a name that fewer bear out
NEARLY = 0.85  # share of its worth for which another phrase is taken then
KNOWN = 2_000  # units that tell what is near to a name
SHORT = 6  # words of a typical text that can be a name
OTHERS = "Other remarks"  # the name of the first group that nothing holds together
# Units up to which a phrase of one unit can name a group, and a sub-group.
SMALL, SMALL_SUB = 5, 3


class Name(NamedTuple):
    """What a group is called."""

    name: str
    keywords: tuple[str, ...]
    core: frozenset[str]  # stems that it is about
    telling: bool = True  # many of the group use the phrase, and few of the others
    several: int = 1  # phrases that it is made of
    # Three units or more use the phrase, or it has two words or more.
    carried: bool = True


NOTHING = ScoredPhrase(0.0, Phrase("", (), 0, 0.0, 0.0, 0.0))


class _Offer(NamedTuple):
    """What the name of a group is chosen from."""

    ranked: list[ScoredPhrase]  # subjects
    said: list[ScoredPhrase]  # sayings
    heard: Heard
    near: Indices  # the units that have to bear the name out
    pointing: frozenset[Stems]  # phrases that become keywords
    loose: bool  # its units have little in common


class _Choice(NamedTuple):
    """Phrases that may be the name of a group."""

    free: list[Phrase]  # that no other name is about, the best first
    values: dict[Stems, float]
    best: ScoredPhrase  # as a name
    keywords: tuple[str, ...]
    is_poor: bool  # another name has the best phrase, and the others are much worse

    @property
    def is_weak(self) -> bool:
        """No phrase says what the group is about."""
        return max(self.values.values(), default=0.0) < FAIR

    @property
    def is_clear(self) -> bool:
        """A phrase of several words says what the group is about."""
        clear = self.best.value >= CLEAR and not self.is_one_word
        return clear and not self.is_poor

    @property
    def is_one_word(self) -> bool:
        """The best phrase is one word."""
        return " " not in self.best.phrase.shown

    @property
    def is_rare_word(self) -> bool:
        """The best phrase is one word that few of the group use."""
        return self.is_one_word and self.best.phrase.share < COMMON


class Namer:
    """Names groups of the same units; no two names are about the same words.

    Args:
        texts: the units.
        space: their raw vectors (n_units, n_dimensions), rows of length 1.
        embed: texts to vectors of the same kind.
        question: what was asked; its words weigh less.
    """

    def __init__(
        self,
        texts: Sequence[str],
        space: Rows,
        embed: Embed,
        finder: PhraseFinder,
        question: str = "",
    ) -> None:
        self._texts = texts
        self._space = space
        self._embed = embed
        self._finder = finder
        self._ranker = PhraseRanker(texts, space, finder, question)
        self._listener = Listener(texts, self._ranker, finder)
        sample = np.arange(0, len(texts), max(1, len(texts) // KNOWN))
        self._witnesses = Witnesses(texts, space, finder, sample)
        self._vectors: dict[str, Floats] = {}  # of phrases
        self._given = GivenNames()

    def name_groups(
        self, groups: Sequence[Group], opposed: Collection[int] = ()
    ) -> list[Name]:
        """A name and up to eight keywords for each group.

        Args:
            opposed: places of groups that want opposite things: their names say what they are
                about and take no side.
        """
        choices = [self._phrase_choices(group, SMALL) for group in groups]
        said = []
        for number, group in enumerate(groups):
            if number in opposed:
                said.append(self._listener.hear_subject(group))
            else:
                said.append(self._listener.hear(group))
        return self._name_all(groups, choices, said)

    def name_sub_groups(self, groups: Sequence[Group]) -> list[Name]:
        """The same for parts of groups that were named before, by what several say."""
        choices = [self._phrase_choices(group, SMALL_SUB) for group in groups]
        said = [self._listener.hear_several(group) for group in groups]
        return self._name_all(groups, choices, said)

    def _name_all(
        self,
        groups: Sequence[Group],
        choices: Sequence[Sequence[Sequence[Phrase]]],
        said: Sequence[Heard],
    ) -> list[Name]:
        self._embed_phrases(choices, said)
        names = []
        for group, own, heard in zip(groups, choices, said, strict=True):
            names.append(self._name_group(group, own, heard))
        return names

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
        self,
        choices: Sequence[Sequence[Sequence[Phrase]]],
        said: Sequence[Heard],
    ) -> None:
        """Fill in the vectors of all phrases."""
        shown: set[str] = set()
        for heard in said:
            shown.update(saying.phrase.shown for saying in heard.sayings)
        for of_group in choices:
            for phrases in of_group:
                shown.update(phrase.shown for phrase in phrases)
        ordered = sorted(shown)
        if ordered:
            self._vectors.update(zip(ordered, self._embed(ordered), strict=True))

    def _name_group(
        self,
        group: Group,
        choices: Sequence[Sequence[Phrase]],
        heard: Heard,
    ) -> Name:
        """The name from the first choice of phrases that gives a good one, else from the last."""
        said = self._rank_sayings(heard.sayings, group)
        loose = self._is_loose(group)
        for phrases in choices:
            ranked = self._ranker.rank(phrases, self._vectors, group)
            given = len(self._given)
            pointing = self._ranker.find_pointing(ranked, group)
            offer = _Offer(ranked, said, heard, group.near[:READ], pointing, loose)
            name = self._choose_name(offer)
            if (name.telling and name.carried) or phrases is choices[-1]:
                break
            self._given.keep_first(given)
        return name

    def _is_loose(self, group: Group) -> bool:
        """Whether the units of a group have little in common."""
        middle = self._ranker.background_of(group).middle
        directions = unit_rows(self._space[group.near] - middle)
        return float(np.linalg.norm(directions.mean(axis=0))) < LOOSE

    def _rank_sayings(
        self, sayings: Sequence[GroupSaying], group: Group
    ) -> list[ScoredPhrase]:
        """Sayings by what they are worth as a name, the best first."""
        by_phrase = {saying.phrase: saying for saying in sayings}
        ranked = []
        for value, phrase in self._ranker.rank(list(by_phrase), self._vectors, group):
            worth = _worth_of_saying(by_phrase[phrase])
            worth *= self._bear_out(phrase, group.near[:READ])
            ranked.append(ScoredPhrase(float(value * worth), phrase))
        ranked.sort(key=lambda entry: (-entry.value, entry.phrase.shown))
        return ranked

    # ------------------------------------------------------------ the name

    def _choose_name(self, offer: _Offer) -> Name:
        """What the group says that no other name is about; else its best phrase, or a sentence
        where no phrase is clear; two or three words together where there is none.
        """
        choice = self._weigh(offer)
        said = [entry for entry in offer.said if self._is_free(entry.phrase)]
        said = [
            entry
            for entry in said
            if self._given.is_new(self._vectors[entry.phrase.shown])
        ] or said
        if said and said[0].value >= choice.best.value:
            phrase = said[0].phrase
            return self._make_name(phrase, [phrase], choice.keywords)
        sentence = self._choose_sentence(offer, choice)
        if sentence or not choice.free:
            return self._make_sentence_name(sentence, choice.keywords)
        best = choice.best.phrase
        if not choice.is_one_word and choice.best.value >= FAIR:
            return self._make_name(best, [best], choice.keywords)
        parts = _choose_parts(choice.free, choice.values)
        return self._make_name(choice.free[0], parts, choice.keywords)

    def _weigh(self, offer: _Offer) -> _Choice:
        """The phrases that no other name is about, and what they are worth."""
        distinct = _without_repeats(self._finder, keyword_candidates(offer.ranked))
        values = {entry.phrase.stems: entry.value for entry in offer.ranked}
        free = self._find_free(offer, values)
        return _Choice(
            free,
            values,
            self._best_as_name(free, values, offer.near),
            _choose_keywords(self._finder, distinct, offer.pointing),
            is_poor=not free or _is_poor_second(free[0], distinct[0], values),
        )

    def _choose_sentence(self, offer: _Offer, choice: _Choice) -> str:
        """A sentence where it says more than the best phrase; empty where the phrase is clear."""
        heard = offer.heard
        sentence = self._given.choose_unused([heard.sentence])
        spare = self._given.choose_unused([sentence, heard.spare])
        says_nothing = choice.is_weak and (offer.loose or not spare)
        if says_nothing and heard.first and not self._given.has_sentence(OTHERS):
            return OTHERS
        if choice.is_weak:
            return spare or heard.first
        if choice.is_clear:
            return ""
        if choice.is_rare_word and not heard.opposed:
            return sentence or _short_only(heard.first)
        return sentence

    def _make_sentence_name(self, sentence: str, keywords: tuple[str, ...]) -> Name:
        name = _name_from_sentence(self._finder, sentence)
        self._given.add_sentence(sentence, self._embed([sentence])[0])
        return Name(name, keywords, frozenset([name]), telling=False)

    def _best_as_name(
        self, free: Sequence[Phrase], values: dict[Stems, float], near: Indices
    ) -> ScoredPhrase:
        """The phrase that is worth most as a name; one word, or an action left open, is worth
        less, and so is what few members bear out.
        """
        best = NOTHING
        for phrase in free[:6]:
            value = values[phrase.stems] * judge_fitness(phrase, self._finder)
            value *= self._bear_out(phrase, near)
            if value > best.value:
                best = ScoredPhrase(value, phrase)
        return best

    def _bear_out(self, phrase: Phrase, near: Indices) -> float:
        """1 where half of the members use its last word or mean what it says, else less."""
        vector = self._vectors[phrase.shown]
        if self._witnesses.share(near, phrase.stems[-1], vector) >= HALF:
            return 1.0
        return UNBORNE

    def _make_name(
        self, first: Phrase, parts: Sequence[Phrase], keywords: tuple[str, ...]
    ) -> Name:
        """The name made of some phrases; no other name may be about the first of them."""
        core = self._finder.core(parts[0].stems)
        self._given.add(core, self._vectors[parts[0].shown])
        telling = first.share >= 0.15 and first.lift >= 1.5 and len(parts) == 1
        name = _in_sentence_case(
            _join([self._finder.spell(part.shown) for part in parts])
        )
        carried = parts[0].uses >= 3 or " " in name
        return Name(name, keywords, core, telling, len(parts), carried)

    def _is_free(self, phrase: Phrase) -> bool:
        return self._given.is_free(self._finder.core(phrase.stems))

    def _find_free(self, offer: _Offer, values: dict[Stems, float]) -> list[Phrase]:
        """Phrases that no other name is about; none that means nearly the same as one, as long
        as another is worth nearly as much; none with a direction where views differ.
        """
        scored = keyword_candidates(offer.ranked)
        if offer.heard.opposed:
            scored = [
                entry
                for entry in scored
                if not has_direction(entry.phrase, self._finder)
            ]
        free = [
            phrase
            for phrase in _without_repeats(self._finder, scored)
            if self._is_free(phrase)
        ]
        new = [
            phrase for phrase in free if self._given.is_new(self._vectors[phrase.shown])
        ]
        if new and values[new[0].stems] >= NEARLY * values[free[0].stems]:
            return new
        return free


def _name_from_sentence(finder: PhraseFinder, sentence: str) -> str:
    """A sentence as a name: its first clause, at most 14 words, no full stop, not shouted."""
    spoken = first_clause(sentence).split()
    name = " ".join(spoken[:14]).strip(".!?,;:-– ")
    if len(spoken) > 14:
        name += " …"
    name = finder.without_place(name)
    if name.upper() == name and len(name) > 5:
        name = name.lower()
    return _in_sentence_case(name) or "(no words)"


def _without_repeats(
    finder: PhraseFinder, scored: Sequence[ScoredPhrase]
) -> list[Phrase]:
    """Phrases without those that say again, by stem, what a better one says."""
    kept: list[Phrase] = []
    cores: list[frozenset[str]] = []
    for _, phrase in scored:
        core = finder.core(phrase.stems)
        if not any(core <= better for better in cores):
            kept.append(phrase)
            cores.append(core)
    return kept


def _choose_keywords(
    finder: PhraseFinder, distinct: Sequence[Phrase], pointing: frozenset[Stems]
) -> tuple[str, ...]:
    chosen = [phrase for phrase in distinct if phrase.stems in pointing]
    if not chosen:
        chosen = list(distinct[:1])
    return tuple(finder.spell(phrase.shown) for phrase in chosen[:KEYWORDS])


def _short_only(text: str) -> str:
    """A text of few words; empty for a longer one."""
    if len(text.split()) > SHORT:
        return ""
    return text


def _worth_of_saying(saying: GroupSaying) -> float:
    """More where more units say it, or say the same of its subject."""
    repeated = min(1.0, SAID_ONCE + (1 - SAID_ONCE) * math.log2(saying.said))
    borne_out = math.sqrt(min(1.0, saying.borne_out / BORNE_OUT))
    return SAYING_WORTH * repeated * (0.8 + 0.35 * borne_out)


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


def _is_poor_second(first: Phrase, best: Phrase, values: dict[Stems, float]) -> bool:
    """Whether another name has the best phrase and what is left is much worse."""
    if first is best:
        return False
    return values[first.stems] < SECOND * max(values.values())


def _choose_parts(free: Sequence[Phrase], values: dict[Stems, float]) -> list[Phrase]:
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


def _join(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _in_sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
