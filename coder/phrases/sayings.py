"""What people say of a subject: what they want of it, and what they think of it.

A saying is a phrase as people write it: "stop raising taxes", "more bike lanes", "staff are
friendly". English only. Words decide; a parser would need a trained model.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coder.phrases.noun_phrases import (
    NounPhrase,
    PhraseFinder,
    Stems,
)
from coder.phrases.word_lists import (
    BAD,
    BETTER_WORDS,
    DEGREES,
    EXCESSIVE,
    GOOD,
    LESS_VERBS,
    LESS_WORDS,
    MORE_VERBS,
    MORE_WORDS,
    REFUSALS,
    SEE_TO_VERBS,
    THINGS_IN_ING,
    VERB_JOINTS,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST = 6  # words of a saying
NOUN = 0.42  # how noun-like the last word of a saying has to be
REACH = 6  # words before a subject that can say what is wanted of it
REMEMBERED = 100_000  # texts whose sayings are kept
BEFORE_AN_ORDER = _words(
    """
    please should must just lets let's
    """
)
BEFORE_TO = _words(
    "need needs needed want wants has ought like important time continue try"
)
# Verbs that say what somebody did or feels and ask for nothing.
NO_ORDERS = _words(
    "need want see say know think feel hope wish be have get go live hear make"
)


def _gerunds(verbs: frozenset[str]) -> dict[str, str]:
    """The -ing form of each verb, and the verb."""
    forms = {}
    for verb in verbs:
        base = verb
        if verb.endswith("e") and not verb.endswith("ee"):
            base = verb[:-1]
        forms[f"{base}ing"] = verb
        forms[f"{verb}{verb[-1]}ing"] = verb
    return forms


def _participles(verbs: frozenset[str]) -> dict[str, str]:
    """The -ed form of each verb, and the verb."""
    forms = {"built": "build", "kept": "keep", "cut": "cut", "taught": "teach"}
    for verb in verbs:
        ending = "ed"
        if verb.endswith("e"):
            ending = "d"
        forms[verb + ending] = verb
        forms[f"{verb}{verb[-1]}ed"] = verb
    return forms


VERBS = MORE_VERBS | LESS_VERBS | SEE_TO_VERBS
GERUNDS = _gerunds(VERBS)
AGAINST = _words(
    "against oppose avoid"
)  # refuse a subject as it is; "no jobs" wants jobs
# Before whatever is done: "stop putting lanes", "quit wasting money".
ENDINGS = _words("stop quit avoid")
ARTICLES = _words(
    """
    the a an our all these those this that
    """
)
PARTICIPLES = _participles(VERBS)
DEMAND = re.compile(r"(should|must|needs? to|has to|have to) (not |never )?be (\w+)")
AFTER_A_NOUN = _words(
    """
    in of light lights sign signs
    """
)
DEAR = _words(
    """
    expensive costly unaffordable
    """
)
IS = _words(
    """
    is are was were
    """
)
BEFORE_A_SUBJECT = _words(
    "the our my your all that because and but so think feel these those"
)
MEASURES = MORE_WORDS | LESS_WORDS | BETTER_WORDS


class Saying(NamedTuple):
    """A phrase, what it is about, and what it says of it."""

    words: tuple[str, ...]  # folded
    stems: Stems  # of its subject
    want: int  # 1 more of it, -1 less of it, 0 neither
    feel: int  # 1 good, -1 bad, 0 neither
    named: bool  # the words can be a name

    @property
    def key(self) -> tuple[str, ...]:
        """The words without articles: what tells two sayings apart."""
        return tuple(word for word in self.words if word not in ARTICLES)


def is_doing(word: str, finder: PhraseFinder) -> bool:
    """Whether a word begins what is done about a subject and not the subject."""
    known = word in VERBS or word in GERUNDS or word in MEASURES
    return known or finder.is_verb(word)


class SayingFinder:
    """Finds the sayings of texts.

    Args:
        finder: finds their noun phrases.
    """

    def __init__(self, finder: PhraseFinder) -> None:
        self._finder = finder
        self._read: dict[str, tuple[Saying, ...]] = {}

    def sayings(self, text: str) -> tuple[Saying, ...]:
        """All sayings of a text, in the order of their subjects."""
        known = self._read.get(text)
        if known is None:
            known = tuple(self._find(text))
            if len(self._read) < REMEMBERED:
                self._read[text] = known
        return known

    def _find(self, text: str) -> Iterator[Saying]:
        for folded, subjects in self._finder.runs(text):
            for subject in subjects:
                if not is_doing(folded[subject.start], self._finder):
                    yield from self._read_around(folded, subject)

    def _read_around(
        self, words: Sequence[str], subject: NounPhrase
    ) -> Iterator[Saying]:
        order = _Order(words, subject, self._finder).read()
        if order is not None:
            yield order
        statement = _read_after(words, subject)
        if statement is not None:
            yield statement


class _Order:
    """What the words before a subject want of it: "stop raising the", "more"."""

    def __init__(
        self, words: Sequence[str], subject: NounPhrase, finder: PhraseFinder
    ) -> None:
        self._words = words
        self._subject = subject
        self._finder = finder
        self._want, self._feel = 0, 0
        self._refused = 0
        self._first = subject.start
        self._has_verb = False

    def read(self) -> Saying | None:
        """The saying that ends with the subject; None where nothing is said of it."""
        at = self._subject.start - 1
        lowest = max(0, at - REACH)
        while at >= lowest:
            words_read = self._take(at)
            if not words_read and self._words[at] not in VERB_JOINTS:
                break
            at -= max(1, words_read)
        if self._first == self._subject.start:
            return None
        want = self._want
        if self._refused:
            want = (want or 1) * (-1) ** self._refused
        spoken = tuple(self._words[self._first : self._subject.end + 1])
        if not _is_whole(self._words, self._subject, self._finder):
            return None
        named = len(spoken) <= LONGEST and self._can_begin()
        return Saying(spoken, self._subject.stems, want, self._feel, named)

    def _take(self, at: int) -> int:
        """Read the word here; how many words say something of the subject, 0 where none."""
        word = self._words[at]
        if word in REFUSALS and self._first != self._subject.start:
            self._refuse(at)
        elif _is_excess(self._words, at):
            self._set(at - 1, _want_of_measure(word))
            return 2
        elif word in MEASURES and self._words[at + 1] not in VERB_JOINTS:
            self._set(at, _want_of_measure(word))
            if word in BETTER_WORDS:
                self._feel = -1
        elif self._is_order(at):
            self._set(at, _want_of_verb(word))
            self._has_verb = True
        elif self._is_refused_doing(at):
            self._set(at, _want_of_verb(GERUNDS.get(word, "")))
        elif word in AGAINST:
            self._refuse(at)
        else:
            return 0
        return 1

    def _refuse(self, at: int) -> None:
        self._refused += 1
        self._first = at

    def _set(self, first: int, want: int) -> None:
        self._want = self._want or want
        self._first = first

    def _is_order(self, at: int) -> bool:
        """Whether a verb here asks for something: at a beginning, after "to" or "please"."""
        word = self._words[at]
        if self._has_verb or not (word in VERBS or self._finder.is_verb(word)):
            return False
        if self._words[at + 1] in AFTER_A_NOUN:  # "an increase in taxes", "stop lights"
            return False
        if at == 0 or self._words[at - 1] in REFUSALS | {"and", "or"}:
            return word in VERBS
        before = self._words[at - 1]
        if before == "to":
            return at > 1 and self._words[at - 2] in BEFORE_TO
        return before in BEFORE_AN_ORDER and word not in NO_ORDERS

    def _is_refused_doing(self, at: int) -> bool:
        """Whether something done is refused here: "raising" after "stop" or "no"."""
        word, before = self._words[at], self._words[at - 1 : at]
        if word in GERUNDS:
            return not REFUSALS.isdisjoint(before)
        doing = word.endswith("ing") and word not in THINGS_IN_ING
        return doing and not ENDINGS.isdisjoint(before)

    def _can_begin(self) -> bool:
        """Whether a name may begin as this saying does."""
        word, after = self._words[self._first], self._words[self._first + 1]
        if word in MEASURES or word in ("too", "stop", "no"):
            return True
        if word == "not":
            return after == "enough"
        return self._has_verb and word not in REFUSALS


def _is_excess(words: Sequence[str], at: int) -> bool:
    return (
        at > 0
        and words[at] in ("much", "many", "enough")
        and words[at - 1] in ("too", "not")
    )


def _want_of_measure(word: str) -> int:
    """Who wants a thing to be better wants it, as who wants more of it does."""
    if word in LESS_WORDS or word in ("much", "many"):
        return -1
    return 1


def _want_of_verb(verb: str) -> int:
    if verb in MORE_VERBS:
        return 1
    if verb in LESS_VERBS:
        return -1
    return 0


def _is_whole(words: Sequence[str], subject: NounPhrase, finder: PhraseFinder) -> bool:
    """Whether the subject ends here: "more healthy" does not where "restaurants" follows."""
    after = subject.end + 1
    last = words[subject.end]
    if last.endswith("'s") or finder.noun_likeness(last) < NOUN:
        return False
    return after >= len(words) or not finder.is_full(words[after])


def _read_after(words: Sequence[str], subject: NounPhrase) -> Saying | None:
    """What is said after a subject: "is too expensive", "were friendly", "should be banned"."""
    if subject.start and words[subject.start - 1] not in BEFORE_A_SUBJECT:
        return None
    after = words[subject.end + 1 : subject.end + 1 + REACH]
    demand = DEMAND.match(" ".join(after))
    if demand is not None and demand[3] in PARTICIPLES:
        return _read_demand(words, subject, demand)
    if after and after[0] in IS:
        return _read_opinion(words, subject, after)
    return None


def _read_demand(
    words: Sequence[str], subject: NounPhrase, demand: re.Match[str]
) -> Saying:
    """ "Should be banned", "needs to be fixed"."""
    want = _want_of_verb(PARTICIPLES[demand[3]])
    if demand[2]:
        want = -(want or 1)
    named_by = words[subject.start : subject.end + 1]
    spoken = (*named_by, *demand[0].split())
    return Saying(spoken, subject.stems, want, 0, len(spoken) <= LONGEST)


def _read_opinion(
    words: Sequence[str], subject: NounPhrase, after: Sequence[str]
) -> Saying | None:
    """ "Is too expensive", "were friendly"."""
    degrees: list[str] = []
    rest = list(after[1:])
    while rest and rest[0] in DEGREES:
        degrees.append(rest.pop(0))
    if not rest or rest[0] not in GOOD | BAD | EXCESSIVE:
        return None
    word = rest[0]
    shown = [degree for degree in ("not", "too") if degree in degrees]
    named_by = words[subject.start : subject.end + 1]
    spoken = (*named_by, after[0], *shown, word)
    want, feel = 0, -1
    if word in EXCESSIVE and ("too" in degrees or word in DEAR):
        want = -1
    if word in GOOD | BAD and (word in GOOD) != ("not" in degrees):
        feel = 1
    return Saying(spoken, subject.stems, want, feel, len(spoken) <= LONGEST)
