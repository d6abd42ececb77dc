"""What a language's words do in these comments: which can end a name, how they are written, what is one phrase."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from coder.text import WORD, stem, stop_words

LONGEST = 3  # full words of a phrase
REMEMBERED = 100_000  # texts whose phrases are kept
Stems = tuple[str, ...]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Full words that name no subject: a name never begins or ends with one.
EMPTY = _words(
    """
    able actually already also always another anybody anyone anything area areas around away bad best
    better big bit chance come comes coming day days definitely different doing done dont don't easier
    easy else enough especially etc even ever every everybody everyone everything extremely far feel
    feels felt find fine first get gets getting give given gives giving go goes going gone good got
    gotten great happen happened happens happy hard help high higher highly huge i'm i've i'd i'll idea
    important instead issue issues it's item items keep keeps kind know known larger largest last least
    less let let's level like liked likes little ll lol long longer look looking looks lot lots love low
    lower main major making man many matter may maybe mean means moment more most much must near need
    needed needing needs never new nice nobody none nothing number numbers old one ones only order
    others ought part particular past people people's per person persons place places please plus point
    points poor possible pretty probably problem problems put puts quite rather re real really reason
    reasons regard regarding regards right said say saying says second see seeing seem seems seen
    several shall should side sides since situation small some somebody someone something soon sort
    sorry still stuff such suggest sure take taken takes taking tell term terms thank thanks that's
    there's they're thing things think thinking thinks though thought three time times today too top
    total totally true try trying two type usually ve very want wanted wanting wants way ways we're
    we've week weeks well went what's who's whole will wish wonderful won't works would wouldn't year
    years yes yet you're absolutely awful basically can't cannot completely couldn't currently didn't
    doesn't isn't wasn't weren't aren't haven't hasn't hadn't recently ridiculous terrible unfortunately
    continue continues continued focus option options question questions answer comment comments survey
    matters month months sense care cares caring stand reality fact facts case cases example examples
    end start started starting become becomes becoming became goal goals kinds sorts forward ahead
    concern concerns concerned opinion opinions n/a na consider considering sucks suck horrible
    suggestion suggestions somewhere residents resident citizens citizen
    """
)

# Verbs that say only that something ought to change; two names that differ in them alone are one name.
LIGHT = _words(
    """
    add address allow build bring change create cut deal decrease develop ease encourage enforce ensure
    expand fix fund handle improve improving improved improvement improvements increase increased
    increasing invest keep lower maintain make manage offer plan prevent provide providing raise raising
    reduce reducing remove require resolve spend start stop support solve update use work
    """
)

# What may stand inside a phrase between full words.
JOINTS = _words(
    """
    of for in on and the a an to with from at by our your their my no not more less or & per
    """
)

DETERMINERS = _words(
    """
    a an the my our your their his her its this that these those some any all no more less each every
    """
)
PREPOSITIONS = _words(
    """
    of for in on with about from by at into over under between through without and or as than
    """
)
VERB_BEFORE = _words(
    """
    to i we you they he she it who please dont don't do does did not must should could would can cannot
    can't will won't let let's and/or never just i'd we'd they'd
    """
)
COPULAS = _words(
    """
    is are was were be been being am isn't aren't so too very as how really it's
    """
)
OBJECTS = _words(
    """
    me us them him it you
    """
)
NOUN_ENDS = (
    "tion",
    "sion",
    "ment",
    "ness",
    "ity",
    "ance",
    "ence",
    "ship",
    "ism",
    "age",
    "ure",
    "ers",
    "ors",
    "ies",
)
OTHER_ENDS = ("ly", "able", "ible", "ous", "ful", "ive", "ic", "less", "ish", "est", "ed")
MARGIN = 0.30  # how noun-like the last word of a phrase has to be
ALONE = 0.40  # and a word that is a name by itself


class Wording:
    """Phrases of texts in one language, learnt from the texts to be named.

    Args:
        texts: a sample of the units; decides what is written with a capital and which words act as nouns.
        names: folded names that all have in common; no phrase is made of them alone.
    """

    def __init__(self, texts: Sequence[str], language: str, names: Sequence[str] = ()) -> None:
        self.language = language
        self.stops = stop_words(language)
        self.english = language == "en"
        self.empty = EMPTY if self.english else frozenset()
        places = "|".join(re.escape(name).replace("\\ ", r"[\s\-]+") for name in names)
        self._placed = (
            re.compile(
                rf"\s+(?:in|of|for|at|around|across|to|from|here in)\s+(?:the\s+)?(?:{places})$",
                re.IGNORECASE,
            )
            if names
            else None
        )
        self.shared = frozenset(stem(word, language) for name in names for word in name.split())
        self._written: dict[str, Counter[str]] = {}
        self._noun: dict[str, tuple[float, int]] = {}
        self._read: dict[
            str, dict[Stems, str]
        ] = {}  # the same units are read for every group they are compared with
        for text in texts:
            self._learn(text)

    # ------------------------------------------------------------ learnt

    def _learn(self, text: str) -> None:
        letters = [char for char in text if char.isalpha()]
        shouted = sum(char.isupper() for char in letters) > 0.6 * len(letters)
        for run in runs(text):
            folded = [fold(word) for word in run]
            for at, word in enumerate(run):
                if not shouted and (at > 0 or not word[:1].isupper() or word[1:2].isupper()):
                    self._written.setdefault(folded[at], Counter())[
                        word.removesuffix("'s").removesuffix("’s")
                    ] += 1
                if self.english and folded[at] not in self.stops:
                    before = folded[at - 1] if at else ""
                    after = folded[at + 1] if at + 1 < len(run) else ""
                    total, seen = self._noun.get(folded[at], (0.0, 0))
                    self._noun[folded[at]] = (
                        total + self._before(before) * self._after(after),
                        seen + 1,
                    )

    def _before(self, word: str) -> float:
        if not word:
            return 0.6
        if word in DETERMINERS or word in PREPOSITIONS:
            return 1.0
        if word in VERB_BEFORE:
            return 0.0
        if word in COPULAS:
            return 0.1
        return 0.4 if word in self.stops else 0.9

    def _after(self, word: str) -> float:
        if not word:
            return 1.0
        if word in DETERMINERS or word in OBJECTS:
            return 0.0
        if word == "to":
            return 0.3
        return 1.0 if word in self.stops else 0.3

    def noun(self, word: str) -> float:
        """How much a folded word behaves as the end of a noun phrase, 0 to 1; 1 in other languages."""
        if not self.english:
            return 1.0
        if word.endswith("ly"):
            return 0.0
        prior = 0.75 if word.endswith(NOUN_ENDS) else 0.2 if word.endswith(OTHER_ENDS) else 0.4
        if word.endswith("ing"):
            prior = 0.3
        total, seen = self._noun.get(word, (0.0, 0))
        return (total + 3 * prior) / (seen + 3)

    def spelled(self, word: str) -> str:
        """A folded word as it is mostly written where a small letter could stand."""
        forms = self._written.get(word)
        if not forms:
            return word
        best = max(forms, key=lambda form: (forms[form], form))
        return best if 2 * forms[best] > forms.total() and best[:1].isupper() else word

    # ------------------------------------------------------------ phrases

    def phrases(self, text: str) -> dict[Stems, str]:
        """Phrases by the stems of their full words, folded as first written.

        One to three full words between punctuation marks, joined by little words at most; it ends with what
        can be a noun, and neither begins nor ends with a word that names no subject.
        """
        known = self._read.get(text)
        if known is None:
            known = self._phrases(text)
            if len(self._read) < REMEMBERED:
                self._read[text] = known
        return known

    def _phrases(self, text: str) -> dict[Stems, str]:
        found: dict[Stems, str] = {}
        for run in runs(text):
            folded = [fold(word) for word in run]
            for start, word in enumerate(folded):
                if not self._full(word):
                    continue
                content: list[str] = []
                for end in range(start, min(len(folded), start + LONGEST + 2)):
                    last = folded[end]
                    if self._full(last):
                        content.append(stem(bare(last), self.language))
                        if len(content) > LONGEST:
                            break
                        placed = (
                            content[-1] in self.shared and end > start and folded[end - 1] in JOINTS
                        )
                        if (
                            not placed
                            and self._may_end(last, len(content))
                            and len(set(content)) == len(content)
                        ):
                            shown = " ".join([*folded[start:end], bare(last)])
                            found.setdefault(tuple(content), shown)
                    elif not (last in JOINTS if self.english else last in self.stops):
                        break
        return found

    def _full(self, word: str) -> bool:
        return (
            word not in self.stops
            and word not in self.empty
            and len(word) > 1
            and not word[0].isdigit()
        )

    def _may_end(self, word: str, length: int) -> bool:
        if self.english and length == 1 and word in LIGHT:
            return False
        return self.noun(word) >= (ALONE if length == 1 else MARGIN)

    def shown(self, phrase: str) -> str:
        """A folded phrase with the capitals that its words mostly have."""
        return " ".join(self.spelled(word) for word in phrase.split())

    def without_place(self, sentence: str) -> str:
        """A sentence without the shared name that it ends with."""
        return self._placed.sub("", sentence) if self._placed else sentence

    def core(self, stems: Iterable[str]) -> frozenset[str]:
        """What a name is about: its stems less verbs that only ask for change and names all share."""
        found = frozenset(
            s for s in stems if s not in _light(self.language) and s not in self.shared
        )
        return found or frozenset(stems)


def _light(language: str) -> frozenset[str]:
    return LIGHT_STEMS if language == "en" else frozenset()


def fold(word: str) -> str:
    """A word for comparing: small letters, straight apostrophes."""
    return word.casefold().replace("’", "'").replace("ʼ", "'")


def bare(word: str) -> str:
    """A folded word without a possessive ending."""
    return word[:-2] if word.endswith("'s") else word


def runs(text: str) -> list[list[str]]:
    """Words between punctuation marks, as written."""
    found: list[list[str]] = []
    last = -1
    for match in WORD.finditer(text):
        gap = text[last : match.start()] if last >= 0 else "."
        if gap.strip(" \t&") or "\n" in gap:
            found.append([])
        found[-1].append(match.group())
        last = match.end()
    return found


LIGHT_STEMS = frozenset(stem(word) for word in LIGHT)
LINK = re.compile(r"https?://|www\.")
