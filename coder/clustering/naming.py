"""What groups are called: phrases that their comments use and others do not."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.key_sentences import choose_key_point
from coder.clustering.phrases import PhraseFinder, Stems
from coder.clustering.spaces import Floats, Indices, unit_rows
from coder.text import stem, words

Embed = Callable[[list[str]], Floats]

READ = 400  # units of a group that phrases are taken from, the nearest to its centre
KNOWN = 20_000  # units that tell how common a phrase is everywhere
PHRASES = 60  # phrases of a group that are embedded
KEYWORDS = 8
SECOND = (
    0.72  # of the best phrase's value that a second choice needs where another name has the best
)
LOOSE = 0.38  # length of the mean of a group's vectors, less what all share, under which it is a mixed one
POINTS = 0.25  # share of a keyword's uses that lie in its group, at least
TELLING = 12.0  # times as common in the group as elsewhere from which a phrase gets full value
SMALL, SMALL_SUB = 5, 3  # units up to which a phrase of one unit can name a group, and a sub-group


class Phrase(NamedTuple):
    """One phrase of a group."""

    shown: str
    stems: Stems
    uses: int  # units that use it, of those read
    share: float
    lift: float  # share here over share in what the group is compared with
    noun: float  # of its last word


class Name(NamedTuple):
    """What a group is called."""

    name: str
    keywords: tuple[str, ...]
    core: frozenset[str]  # stems that it is about
    telling: bool = True  # many of the group use the phrase, and few of the others
    several: int = 1  # phrases that it is made of
    carried: bool = True  # three units or more use the phrase, or it has two words or more

    def as_mixed(self) -> "Name":
        """The name of a group that no phrase holds together."""
        return self._replace(name=f"Mixed: {self.name[:1].lower()}{self.name[1:]}")


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
        language = finder.language
        self._asked = frozenset(stem(word, language) for word in words(question.casefold()))
        self._backgrounds: dict[bytes, Background] = {}
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
            several = self._find_phrases(group, 2)
            if several:
                choices.append(several)
        if not choices or (small == SMALL_SUB and len(near) <= SMALL):
            choices.append(self._find_phrases(group, 1))
        return choices

    def _embed_phrases(self, choices: Sequence[Sequence[Sequence[Phrase]]]) -> dict[str, Floats]:
        shown: set[str] = set()
        for of_group in choices:
            for phrases in of_group:
                shown.update(phrase.shown for phrase in phrases)
        if not shown:
            return {}
        ordered = sorted(shown)
        return dict(zip(ordered, self._embed(ordered), strict=True))

    def _name_group(
        self, group: Group, choices: Sequence[Sequence[Phrase]], vectors: dict[str, Floats]
    ) -> Name:
        """The name from the first choice of phrases that gives a good one, else from the last."""
        texts = [self._texts[unit] for unit in group.near[:READ]]
        falling = np.linspace(1, 0, len(texts), dtype=np.float32)
        sentence = choose_key_point(texts, falling) or texts[0]
        for phrases in choices:
            ranked = self._rank(phrases, vectors, group)
            kept_cores = len(self._cores)
            name = self._choose_name(ranked, sentence, self._find_pointing(ranked, group))
            if (name.telling and name.carried) or phrases is choices[-1]:
                break
            del self._cores[kept_cores:]
        if name.several > 1 and self._is_loose(group):
            return name.as_mixed()
        return name

    def _is_loose(self, group: Group) -> bool:
        middle = self._background_of(group).middle
        directions = unit_rows(self._space[group.near] - middle)
        return float(np.linalg.norm(directions.mean(axis=0))) < LOOSE

    # ------------------------------------------------------------ phrases

    def _background_of(self, group: Group) -> Background:
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

    def _find_phrases(self, group: Group, fewest: int) -> list[Phrase]:
        """Phrases that at least `fewest` of the nearest units use, most telling first."""
        background = self._background_of(group)
        near = group.near[:READ]
        phrases = []
        for stems, forms in self._written_forms(near).items():
            uses = forms.total()
            if uses < fewest or set(stems) <= self._finder.shared:
                continue
            share = uses / len(near)
            known = max(1, background.size)
            lift = share / max(background.uses[stems] / known, share * len(near) / known)
            shown = _usual_form(forms)
            noun = self._finder.noun_likeness(shown.split()[-1])
            phrases.append(Phrase(shown, stems, uses, share, lift, noun))
        phrases.sort(key=lambda phrase: (-phrase.share * np.log(1 + phrase.lift), phrase.stems))
        return phrases[:PHRASES]

    def _written_forms(self, near: Indices) -> dict[Stems, Counter[str]]:
        """How often each phrase is written in each way, by the stems of its words."""
        forms: dict[Stems, Counter[str]] = {}
        for unit in near:
            for stems, shown in self._finder.phrases(self._texts[unit]).items():
                forms.setdefault(stems, Counter())[shown] += 1
        return forms

    def _rank(
        self, phrases: Sequence[Phrase], vectors: dict[str, Floats], group: Group
    ) -> list[ScoredPhrase]:
        """Phrases by nearness to the centre (half raw, half less what is common), support and telling power."""
        if not phrases:
            return []
        middle = self._background_of(group).middle
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

    def _find_pointing(self, ranked: Sequence[ScoredPhrase], group: Group) -> frozenset[Stems]:
        """Phrases that mostly mean this group when somebody uses them: what a codebook's keyword has to do.

        "City" may be in most comments of a small group and in many more of all the others; as a keyword it would
        bring all of those in. The one that points best stays in any case.
        """
        everything = Group(group.near, np.arange(len(self._texts)))
        background = self._background_of(everything)
        size = len(group.near) / len(self._texts)
        aim: dict[Stems, float] = {}
        for _, phrase in _keyword_candidates(ranked):
            everywhere = max(background.uses[phrase.stems] / background.size, 1e-9)
            aim[phrase.stems] = min(1.0, phrase.share * size / everywhere)
        best = sorted(aim, key=lambda stems: (-aim[stems], stems))[:1]
        return frozenset(best) | {stems for stems, value in aim.items() if value >= POINTS}

    # ------------------------------------------------------------ the name

    def _choose_name(
        self, ranked: list[ScoredPhrase], sentence: str, pointing: frozenset[Stems]
    ) -> Name:
        """The best phrase that no other name is about; two or three words together where none stands out.

        Only phrases of `pointing` become keywords.
        """
        distinct = self._without_repeats(_keyword_candidates(ranked))
        keywords = [phrase for phrase in distinct if phrase.stems in pointing] or distinct[:1]
        shown = tuple(self._finder.spell(phrase.shown) for phrase in keywords[:KEYWORDS])
        values = {entry.phrase.stems: entry.value for entry in ranked}
        free = [phrase for phrase in distinct if self._is_free(phrase)]
        if not free or self._is_poor_second(free[0], distinct[0], values):
            name = self._name_from_sentence(sentence)
            return Name(name, shown, frozenset([name]), telling=False)
        parts = self._choose_parts(free, values)
        core = self._finder.core(parts[0].stems)
        self._cores.append(core)
        first = free[0]
        telling = first.share >= 0.15 and first.lift >= 1.5 and len(parts) == 1
        name = _in_sentence_case(_join([self._finder.spell(part.shown) for part in parts]))
        carried = parts[0].uses >= 3 or " " in name
        return Name(name, shown, core, telling, len(parts), carried)

    def _is_free(self, phrase: Phrase) -> bool:
        return self._finder.core(phrase.stems) not in self._cores

    def _is_poor_second(self, first: Phrase, best: Phrase, values: dict[Stems, float]) -> bool:
        """Whether another name has the best phrase and what is left is much worse."""
        if first is best:
            return False
        return values[first.stems] < SECOND * max(values.values())

    def _choose_parts(self, free: Sequence[Phrase], values: dict[Stems, float]) -> list[Phrase]:
        """The best free phrase; a longer one around a single word; or a word with one or two others."""
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


def _usual_form(forms: Counter[str]) -> str:
    """The most frequent way of writing, the shortest of equals."""
    return max(forms, key=lambda form: (forms[form], -len(form), form))


def _keyword_candidates(ranked: Sequence[ScoredPhrase]) -> list[ScoredPhrase]:
    return [entry for entry in ranked if entry.value > 0]


def _choose_companions(
    first: Phrase, free: Sequence[Phrase], values: dict[Stems, float]
) -> list[Phrase]:
    """Up to two more phrases for a name that one word does not carry."""
    lowest = 0.6 * values[first.stems]
    stems = set(first.stems)
    chosen: list[Phrase] = []
    for phrase in free[1:8]:
        if values[phrase.stems] < lowest or stems & set(phrase.stems) or phrase.uses < 2:
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
