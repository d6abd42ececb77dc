"""What groups are called: phrases that their comments use and others do not, one sentence, quotes."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from coder.cluster.spaces import Floats, Indices, unit_rows
from coder.text import WORD, normal_key, stem, stop_words, word_count

Embed = Callable[[list[str]], Floats]

LONGEST = 3  # words of a phrase, inner function words not counted
READ = 400  # units of a group that phrases are taken from, the nearest to its centre
KNOWN = 20_000  # units that tell how common a phrase is everywhere
PHRASES = 60  # phrases of a group that are embedded
# Words that carry no subject by themselves; a name is never made of them alone, nor begins or ends with them.
EMPTY = frozenset(
    ["able", "actually", "already", "also", "always", "another", "anybody", "anyone", "anything", "area", "areas", "around", "away", "bad", "best", "better", "big", "bit", "come", "comes", "coming", "day", "days", "definitely", "different", "doing", "done", "dont", "don't", "else", "especially", "etc", "even", "ever", "every", "everybody", "everyone", "everything", "far", "feel", "feels", "felt", "find", "fine", "first", "getting", "give", "given", "gives", "giving", "go", "goes", "going", "gone", "good", "got", "gotten", "great", "happen", "happens", "happy", "hard", "help", "high", "higher", "huge", "i'm", "i've", "idea", "important", "instead", "isn't", "issue", "issues", "it's", "item", "items", "keep", "keeps", "kind", "know", "known", "large", "larger", "least", "less", "let", "level", "like", "likes", "little", "live", "lives", "living", "ll", "long", "longer", "look", "looking", "looks", "lot", "lots", "love", "low", "lower", "main", "major", "making", "man", "many", "matter", "may", "maybe", "mean", "means", "moment", "month", "months", "more", "most", "much", "must", "near", "need", "needed", "needs", "never", "new", "nice", "nobody", "nothing", "number", "numbers", "old", "one", "ones", "only", "order", "others", "part", "particular", "past", "people", "per", "person", "persons", "place", "places", "please", "plus", "point", "points", "poor", "possible", "pretty", "problem", "problems", "put", "puts", "quite", "rather", "re", "real", "really", "reason", "reasons", "regard", "regarding", "regards", "right", "said", "say", "saying", "says", "see", "seeing", "seem", "seems", "seen", "several", "shall", "should", "side", "sides", "since", "small", "so", "some", "somebody", "someone", "something", "sort", "stop", "stuff", "sure", "take", "taken", "takes", "taking", "tell", "thank", "thanks", "that's", "there's", "thing", "things", "think", "thinking", "thinks", "though", "thought", "time", "times", "today", "too", "top", "total", "try", "trying", "use", "used", "using", "usually", "ve", "very", "want", "wanted", "wants", "way", "ways", "week", "weeks", "well", "went", "whole", "will", "wish", "won't", "work", "works", "would", "wouldn't", "year", "years", "yes", "yet", "can't", "cannot", "couldn't", "didn't", "doesn't", "shouldn't", "wasn't", "weren't", "aren't", "haven't", "hasn't", "hadn't", "wouldn't", "isn't", "i'd", "we've", "we're", "they're", "you're", "you've", "who's", "what's", "let's", "extremely", "highly", "completely", "totally", "absolutely", "currently", "recently"]
)  # fmt: skip


class Phrase(NamedTuple):
    """One phrase of a group: how it is mostly written, and in how many of the units read."""

    shown: str
    stems: tuple[str, ...]
    uses: int
    share: float  # of the group's units that were read
    lift: float  # share here over share everywhere


class Name(NamedTuple):
    """What a group is called."""

    name: str
    keywords: tuple[str, ...]
    stems: tuple[str, ...]


class Tongue:
    """Phrases of a text in one language; text is read once for each unit."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.stops = stop_words(language)
        self.empty = EMPTY if language == "en" else frozenset()

    def phrases(self, text: str) -> dict[tuple[str, ...], str]:
        """Phrases by their stems, as first written: 1 to LONGEST words between punctuation, ends full words."""
        found: dict[tuple[str, ...], str] = {}
        for run in _runs(text):
            folded = [word.casefold().replace("’", "'") for word in run]
            full = [self._full(word) for word in folded]
            stems = [stem(_bare(word), self.language) for word in folded]
            for start in range(len(run)):
                if not full[start]:
                    continue
                content: list[str] = []
                for end in range(start, min(len(run), start + LONGEST + 2)):
                    if folded[end] not in self.stops:
                        content.append(stems[end])
                    if len(content) > LONGEST:
                        break
                    if full[end] and end - start + 1 <= LONGEST + 1:
                        found.setdefault(tuple(content), " ".join(run[start : end + 1]))
        return found

    def _full(self, word: str) -> bool:
        return word not in self.stops and word not in self.empty and len(word) > 1 and not word[0].isdigit()


def _bare(word: str) -> str:
    return word[:-2] if word.endswith("'s") else word


def _runs(text: str) -> list[list[str]]:
    """Words between punctuation marks, as written."""
    runs: list[list[str]] = []
    last = -2
    for match in WORD.finditer(text):
        if text[last : match.start()].strip(" \t") or last < 0:
            runs.append([])
        runs[-1].append(match.group())
        last = match.end()
    return runs


def common_words(texts: Sequence[str], groups: Sequence[Indices], tongue: Tongue) -> dict[str, float]:
    """How much each frequent stem is worth in a name, 0 to 1, for stems in over 8 % of the units.

    Zero for a word that is spread over the groups as evenly as the units are: the place or the organisation
    that everybody names.
    """
    total = sum(len(members) for members in groups)
    counts = []
    for members in groups:
        seen: Counter[str] = Counter()
        for number in members:
            seen.update({s for p in tongue.phrases(texts[number]) for s in p})
        counts.append((len(members), seen))
    overall: Counter[str] = Counter()
    for _, seen in counts:
        overall.update(seen)
    worth: dict[str, float] = {}
    for word, count in overall.items():
        share = count / max(1, total)
        if share < 0.04:
            continue
        highest = max(seen[word] / size for size, seen in counts if size)
        if len(counts) > 2 and highest < 3.5 * share and highest < 0.6:
            worth[word] = 0.0
        elif share > 0.08:
            worth[word] = 0.8
    return worth


def group_phrases(
    texts: Sequence[str],
    near: Indices,
    everywhere: Counter[tuple[str, ...]],
    known: int,
    tongue: Tongue,
    fewest: int,
) -> list[Phrase]:
    """Phrases of the units `near` a group's centre that at least `fewest` of them use, most telling first."""
    written: dict[tuple[str, ...], Counter[str]] = {}
    for number in near:
        for stems, shown in tongue.phrases(texts[number]).items():
            written.setdefault(stems, Counter())[shown] += 1
    found = []
    for stems, forms in written.items():
        count = forms.total()
        if count < fewest:
            continue
        share = count / len(near)
        lift = share / max(everywhere[stems] / known, count / known, 1e-9)
        found.append(Phrase(_usual(forms), stems, count, share, lift))
    found.sort(key=lambda p: (-p.share * np.log(1 + p.lift), p.stems))
    return found[:PHRASES]


def _usual(forms: Counter[str]) -> str:
    """The form to show: the commonest spelling, in lower case unless capitals are how it is written.

    Acronyms and names keep their capitals when at least half of those who use the phrase write them so;
    text that is all capitals is no witness.
    """
    spelled: Counter[str] = Counter()
    for form, count in forms.items():
        spelled[form.casefold()] += count
    best = max(spelled, key=lambda form: (spelled[form], -len(form), form))
    same = {form: count for form, count in forms.items() if form.casefold() == best}
    shown = []
    for position, word in enumerate(best.split()):
        seen: Counter[str] = Counter()
        for form, count in same.items():
            seen[form.split()[position]] += count
        top = max(seen, key=lambda w: (seen[w], w))
        acronym = top.isupper() and 2 <= len(top) <= 5 and " ".join(same) != " ".join(same).upper()
        proper = top[:1].isupper() and not top.isupper() and position > 0
        shown.append(top if (acronym or proper) and 2 * seen[top] > sum(seen.values()) else word)
    return " ".join(shown)


def name_groups(
    texts: Sequence[str],
    near: Sequence[Indices],
    space: Floats,
    mean: Floats,
    embed: Embed,
    language: str,
    question: str = "",
    taken: Sequence[tuple[str, ...]] = (),
) -> list[Name]:
    """A name and up to eight keywords for each group, no name twice.

    Args:
        texts: the units.
        near: the units of each group, nearest to its centre first.
        space: raw vectors of the units; mean: their mean, to tell what is special from what all share.
        taken: stems of names that may not be used again (the parents').
    """
    tongue = Tongue(language)
    if not near:
        return []
    everybody = np.concatenate(list(near))
    step = max(1, len(everybody) // KNOWN)
    sample = np.sort(everybody)[::step]
    everywhere: Counter[tuple[str, ...]] = Counter()
    for number in sample:
        everywhere.update(tongue.phrases(texts[number]).keys())
    worth = common_words(texts, [members[:READ] for members in near], tongue)
    asked = {stem(word, language) for word in WORD.findall(question.casefold())}
    phrases = [
        group_phrases(texts, members[:READ], everywhere, len(sample), tongue, 2 if len(members) > 3 else 1)
        for members in near
    ]
    shown = sorted({p.shown for found in phrases for p in found})
    vectors = dict(zip(shown, embed(shown), strict=True)) if shown else {}
    used: list[tuple[str, ...]] = list(taken)
    names = []
    for members, found in zip(near, phrases, strict=True):
        ranked = _ranked(found, vectors, space[members], mean, worth, asked)
        names.append(_named(ranked, used, texts, members))
    return names


def _ranked(
    found: Sequence[Phrase],
    vectors: dict[str, Floats],
    members: Floats,
    mean: Floats,
    worth: dict[str, float],
    asked: set[str],
) -> list[tuple[float, Phrase]]:
    if not found:
        return []
    centre = unit_rows(members.mean(axis=0, keepdims=True))[0]
    special = unit_rows(centre[None] - mean)[0]
    matrix = np.stack([vectors[p.shown] for p in found])
    close = 0.5 * matrix @ centre + 0.5 * unit_rows(matrix - mean) @ special
    scored = []
    for phrase, cosine in zip(found, close, strict=True):
        value = float(cosine)
        value *= min(1.0, 0.55 + 0.45 * np.log2(1 + phrase.lift) / 2.5)
        value *= (
            min(1.0, 0.6 + 0.4 * phrase.share / 0.12)
            if phrase.uses > 2
            else 0.6 + 0.1 * min(1, phrase.share / 0.12)
        )
        value *= 1.08 if len(phrase.stems) >= 2 else 1.0
        value *= float(np.prod([worth.get(s, 1.0) for s in phrase.stems]))
        if set(phrase.stems) <= asked:
            value *= 0.7
        scored.append((value, phrase))
    scored.sort(key=lambda pair: (-round(pair[0], 6), pair[1].stems))
    return scored


def _named(
    ranked: list[tuple[float, Phrase]], used: list[tuple[str, ...]], texts: Sequence[str], members: Indices
) -> Name:
    """The best phrase that no other group has; several single words together where no phrase stands out."""
    keywords = _distinct([phrase for value, phrase in ranked if value > 0])
    free = [p for p in keywords if not any(_same(p.stems, other) for other in used)]
    if not free:
        words = texts[members[0]].split()[:6]
        return Name(_sentence_case(" ".join(words)) or "(no words)", tuple(p.shown for p in keywords[:8]), ())
    first = free[0]
    if len(first.stems) == 1:
        several = next((p for p in free[1:4] if len(p.stems) > 1 and p.uses >= 3), None)
        if several is not None and first.stems[0] in several.stems:
            first = several
    used.append(first.stems)
    name = first.shown
    if len(first.stems) == 1:
        others = [p for p in free if p is not first and not set(p.stems) & set(first.stems)][:2]
        name = _listed([first.shown, *(p.shown for p in others)])
    return Name(_sentence_case(name), tuple(p.shown for p in keywords[:8]), first.stems)


def _same(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return set(a) == set(b)


def _distinct(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Phrases without those that say again, by stem, what a better one says."""
    kept: list[Phrase] = []
    for phrase in phrases:
        stems = set(phrase.stems)
        if any(stems <= set(other.stems) or set(other.stems) == stems for other in kept):
            continue
        kept.append(phrase)
    return kept


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


# ---------------------------------------------------------------- sentences and quotes

LINK = re.compile(r"https?://|www\.")


def key_point(texts: Sequence[str], cosines: Floats) -> str:
    """The shortest of the sentences nearest a group's centre: 4 to 14 words, as written; empty if none."""
    fit = [i for i, text in enumerate(texts) if 4 <= word_count(text) <= 14 and "\n" not in text]
    if not fit:
        return ""
    fit.sort(key=lambda i: (-round(float(cosines[i]), 5), texts[i]))
    near = fit[: max(3, len(fit) // 20)][:12]
    best = max(near, key=lambda i: (round(float(cosines[i]) - 0.012 * word_count(texts[i]), 5), texts[i]))
    return texts[best].strip()


def choose_quotes(
    texts: Sequence[str], people: Sequence[str], vectors: Floats, cosines: Floats, most: int = 5
) -> list[int]:
    """Indices of up to `most` quotes: nearest the centre first, 6 to 60 words, one a person, wording varied."""
    order = sorted(range(len(texts)), key=lambda i: (-round(float(cosines[i]), 5), texts[i]))
    for shortest, longest, alike in ((6, 60, 0.75), (3, 90, 0.85), (1, 400, 0.98)):
        chosen: list[int] = []
        for i in order[:400]:
            if not shortest <= word_count(texts[i]) <= longest or LINK.search(texts[i]):
                continue
            if any(people[i] == people[j] or normal_key(texts[i]) == normal_key(texts[j]) for j in chosen):
                continue
            if chosen and float((vectors[chosen] @ vectors[i]).max()) > alike:
                continue
            chosen.append(i)
            if len(chosen) == most:
                break
        if len(chosen) >= min(3, len(texts)):
            return chosen
    return chosen
