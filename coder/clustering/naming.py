"""What groups are called: phrases that their comments use and others do not; one sentence; quotes."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.spaces import Floats, Indices, unit_rows
from coder.clustering.wording import LINK, Stems, Wording
from coder.text import normal_key, stem, word_count, words

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
    carried: bool = (
        True  # by three units or more that use the phrase, or by a phrase of two words or more
    )

    def mixed(self) -> "Name":
        """The name of a group that no phrase holds together."""
        return self._replace(name=f"Mixed: {self.name[:1].lower()}{self.name[1:]}")


class Scored(NamedTuple):
    value: float
    phrase: Phrase


class Group(NamedTuple):
    """A group to be named, and what it has to be told from."""

    near: Indices  # its units, nearest to its centre first
    among: Indices  # units that it is compared with: all, or those of its parent


def learn_wording(texts: Sequence[str], language: str, names: Sequence[str] = ()) -> Wording:
    """How words behave in a sample of the texts."""
    return Wording(texts[:: max(1, len(texts) // KNOWN)], language, names)


def name_groups(
    texts: Sequence[str],
    groups: Sequence[Group],
    space: Floats,
    embed: Embed,
    wording: Wording,
    question: str = "",
    taken: Sequence[Name] = (),
) -> list[Name]:
    """A name and up to eight keywords for each group; no two names are about the same words.

    Args:
        texts: the units; space: their raw vectors.
        taken: names that are used already, those of the parents.
    """
    asked = frozenset(stem(word, wording.language) for word in words(question.casefold()))
    compared: dict[bytes, tuple[Counter[Stems], int, Floats]] = {}
    found: list[
        list[list[Phrase]]
    ] = []  # of each group: phrases of several units, then also those of one
    middles: list[Floats] = []
    for group in groups:
        key = group.among.tobytes() if len(group.among) < len(texts) else b""
        if key not in compared:
            compared[key] = _everywhere(texts, group.among, space, wording)
        uses, known, middle = compared[key]
        near = group.near[:READ]
        several = (
            _phrases(texts, near, uses, known, wording, 2)
            if len(near) > (3 if taken else 5)
            else []
        )
        single = not several or (taken and len(near) <= 5)
        found.append(
            ([several] if several else [])
            + ([_phrases(texts, near, uses, known, wording, 1)] if single else [])
        )
        middles.append(middle)
    shown = sorted({phrase.shown for choices in found for phrases in choices for phrase in phrases})
    vectors = dict(zip(shown, embed(shown), strict=True)) if shown else {}
    used = [name.core for name in taken]
    everywhere = _everywhere(texts, np.arange(len(texts)), space, wording)[:2]
    names = []
    for group, choices, middle in zip(groups, found, middles, strict=True):
        said = [texts[i] for i in group.near[:READ]]
        order = np.linspace(1, 0, len(said), dtype=np.float32)
        for phrases in choices:
            ranked = _ranked(phrases, vectors, space[group.near], middle, wording, asked)
            pointing = _pointing(
                [s.phrase for s in ranked if s.value > 0], everywhere, len(group.near) / len(texts)
            )
            before = len(used)
            name = _named(ranked, used, wording, key_point(said, order) or said[0], pointing)
            if (name.telling and name.carried) or phrases is choices[-1]:
                break
            del used[before:]
        loose = float(np.linalg.norm(unit_rows(space[group.near] - middle).mean(axis=0))) < LOOSE
        names.append(name if name.several < 2 or not loose else name.mixed())
    return names


def _everywhere(
    texts: Sequence[str], among: Indices, space: Floats, wording: Wording
) -> tuple[Counter[Stems], int, Floats]:
    sample = np.sort(among)[:: max(1, len(among) // KNOWN)]
    uses: Counter[Stems] = Counter()
    for number in sample:
        uses.update(wording.phrases(texts[number]).keys())
    return uses, len(sample), np.asarray(space[sample].mean(axis=0), dtype=np.float32)


def _phrases(
    texts: Sequence[str],
    near: Indices,
    everywhere: Counter[Stems],
    known: int,
    wording: Wording,
    fewest: int,
) -> list[Phrase]:
    """Phrases that at least `fewest` of the units `near` use, most telling first."""
    written: dict[Stems, Counter[str]] = {}
    for number in near:
        for stems, shown in wording.phrases(texts[number]).items():
            written.setdefault(stems, Counter())[shown] += 1
    found = []
    for stems, forms in written.items():
        uses = forms.total()
        if uses < fewest or set(stems) <= wording.shared:
            continue
        shown = max(forms, key=lambda form: (forms[form], -len(form), form))
        share = uses / len(near)
        lift = share / max(everywhere[stems] / max(1, known), share * len(near) / max(1, known))
        found.append(Phrase(shown, stems, uses, share, lift, wording.noun(shown.split()[-1])))
    found.sort(key=lambda p: (-p.share * np.log(1 + p.lift), p.stems))
    return found[:PHRASES]


def _ranked(
    phrases: Sequence[Phrase],
    vectors: dict[str, Floats],
    members: Floats,
    middle: Floats,
    wording: Wording,
    asked: frozenset[str],
) -> list[Scored]:
    """Phrases by nearness to the centre (half raw, half less what is common), support and telling power."""
    if not phrases:
        return []
    centre = unit_rows(members.mean(axis=0, keepdims=True))
    matrix = np.stack([vectors[p.shown] for p in phrases])
    close = (
        0.5 * matrix @ centre[0] + 0.5 * unit_rows(matrix - middle) @ unit_rows(centre - middle)[0]
    )
    scored = []
    for phrase, cosine in zip(phrases, close, strict=True):
        value = float(cosine)
        value *= 0.55 + 0.45 * min(1.0, float(np.log2(1 + phrase.lift) / np.log2(1 + TELLING)))
        value *= 0.5 + 0.5 * min(1.0, phrase.share / 0.10) ** 0.5 if phrase.uses > 2 else 0.62
        value *= 0.75 + 0.25 * min(1.0, phrase.noun / 0.6)
        content = [s for s in phrase.stems if s not in wording.shared]
        value *= 1.10 if len(content) == 2 else 1.04 if len(content) > 2 else 1.0
        if len(content) < len(phrase.stems):
            value *= 0.85
        if asked.issuperset(phrase.stems):
            value *= 0.7
        scored.append(Scored(round(value, 6), phrase))
    scored.sort(key=lambda s: (-s.value, s.phrase.stems))
    return scored


def _named(
    ranked: list[Scored],
    used: list[frozenset[str]],
    wording: Wording,
    point: str,
    pointing: frozenset[Stems],
) -> Name:
    """The best phrase that no other name is about; two or three words together where none stands out.

    Only phrases of `pointing` become keywords.
    """
    keywords = _distinct([s.phrase for s in ranked if s.value > 0], wording)
    told = [p for p in keywords if p.stems in pointing] or keywords[:1]
    shown = tuple(wording.shown(p.shown) for p in told[:KEYWORDS])
    values = {s.phrase.stems: s.value for s in ranked}
    free = [p for p in keywords if wording.core(p.stems) not in used]
    if not free or (
        free[0] is not keywords[0] and values[free[0].stems] < SECOND * ranked[0].value
    ):
        said = _as_name(point, wording)
        return Name(said, shown, frozenset([said]), telling=False)
    first = free[0]
    parts = [first]
    if len(first.stems) == 1:
        longer = [p for p in free[1:6] if len(p.stems) > 1 and p.uses >= 3 and p.share >= 0.04]
        around = next((p for p in longer if first.stems[0] in p.stems), None)
        if around is not None and values[around.stems] > 0.7 * values[first.stems]:
            parts = [around]
        elif first.share < 0.5:
            parts += _beside(first, free, values)
    core = frozenset().union(*(wording.core(p.stems) for p in parts[:1]))
    used.append(core)
    telling = first.share >= 0.15 and first.lift >= 1.5 and len(parts) == 1
    name = _sentence_case(_listed([wording.shown(p.shown) for p in parts]))
    carried = parts[0].uses >= 3 or " " in name
    return Name(name, shown, core, telling, len(parts), carried)


def _pointing(
    phrases: list[Phrase], everywhere: tuple[Counter[Stems], int], size: float
) -> frozenset[Stems]:
    """Those that mostly mean this group when somebody uses them: what a codebook's keyword has to do.

    "City" may be in most comments of a small group and in many more of all the others; as a keyword it would
    bring all of those in. The one that points best stays in any case.

    Args:
        everywhere: uses of phrases in a sample of all units, and its size.
        size: share of all units that are in the group.
    """
    uses, known = everywhere
    aim = {p.stems: min(1.0, p.share * size / max(uses[p.stems] / known, 1e-9)) for p in phrases}
    best = sorted(phrases, key=lambda p: (-aim[p.stems], p.stems))[:1]
    return frozenset([p.stems for p in phrases if aim[p.stems] >= POINTS] + [p.stems for p in best])


def _as_name(sentence: str, wording: Wording) -> str:
    """A short sentence as a name: its first 14 words, no full stop, not shouted."""
    spoken = sentence.split()
    said = " ".join(spoken[:14]).rstrip(".!?,;: ") + (" …" if len(spoken) > 14 else "")
    said = wording.without_place(said)
    if said.upper() == said and len(said) > 5:
        said = said.lower()
    return _sentence_case(said) or "(no words)"


def _beside(first: Phrase, free: Sequence[Phrase], values: dict[Stems, float]) -> list[Phrase]:
    """Up to two more phrases for a name that one word does not carry."""
    best = values[first.stems]
    stems = set(first.stems)
    chosen: list[Phrase] = []
    for phrase in free[1:8]:
        if values[phrase.stems] < 0.6 * best or stems & set(phrase.stems) or phrase.uses < 2:
            continue
        chosen.append(phrase)
        stems |= set(phrase.stems)
        if len(chosen) == 2:
            break
    return chosen


def _distinct(phrases: Sequence[Phrase], wording: Wording) -> list[Phrase]:
    """Phrases without those that say again, by stem, what a better one says."""
    kept: list[Phrase] = []
    for phrase in phrases:
        stems = wording.core(phrase.stems)
        if not any(stems <= wording.core(other.stems) for other in kept):
            kept.append(phrase)
    return kept


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


# ---------------------------------------------------------------- sentences and quotes


def key_point(texts: Sequence[str], cosines: Floats) -> str:
    """A short one of the sentences nearest a group's centre: 4 to 14 words, as written; empty if none.

    Args:
        cosines: of each text to the centre.
    """
    fit = [
        i
        for i, text in enumerate(texts)
        if 4 <= word_count(text) <= 14 and "\n" not in text.strip()
    ]
    if not fit:
        return ""
    fit.sort(key=lambda i: (-round(float(cosines[i]), 5), texts[i]))
    near = fit[: max(3, len(fit) // 20)][:12]
    best = max(
        near, key=lambda i: (round(float(cosines[i]) - 0.012 * word_count(texts[i]), 5), texts[i])
    )
    return texts[best].strip()


def choose_quotes(
    texts: Sequence[str], people: Sequence[str], vectors: Floats, cosines: Floats, most: int = 5
) -> list[int]:
    """Indices of up to `most` quotes: nearest the centre first, 6 to 60 words, one a person, wording varied.

    Where too few are left, the bounds are widened step by step rather than a group left without a quote.
    """
    order = sorted(range(len(texts)), key=lambda i: (-round(float(cosines[i]), 5), texts[i]))
    chosen: list[int] = []
    for shortest, longest, alike in ((6, 60, 0.75), (4, 90, 0.85), (1, 400, 0.98)):
        for i in order[:400]:
            if len(chosen) == most:
                break
            if (
                i in chosen
                or not shortest <= word_count(texts[i]) <= longest
                or LINK.search(texts[i])
            ):
                continue
            if any(
                people[i] == people[j] or normal_key(texts[i]) == normal_key(texts[j])
                for j in chosen
            ):
                continue
            if chosen and float((vectors[chosen] @ vectors[i]).max()) > alike:
                continue
            chosen.append(i)
        if len(chosen) >= min(3, len(texts)):
            break
    return chosen
