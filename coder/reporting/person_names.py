"""Names of people in what was written, found by rules: a given name that is listed, a relation with
a capitalised name, and the ways in which people give a name.

The rules are for English. A name outside the list is found only where the words before it say that
it is one, so that some are missed: who publishes a quote has to read it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from coder.english import STOP_WORDS
from coder.reporting.given_names import GIVEN_NAMES
from coder.reporting.spelling import is_english
from coder.text import Span


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


CAPITALISED = r"[A-Z][a-zà-öø-ÿ]+(?:[-'’][A-Z]?[a-zà-öø-ÿ]+)*"
WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:[-'’][A-Za-zÀ-ÖØ-öø-ÿ]+)*")
POSSESSIVE = re.compile(r"['’]s$")
SURNAMES = re.compile(
    rf"(?:\s(?:[A-Z]\.?\s)?(?:(?:van|von|de|der|bin|al|el|O)[\s'’])?{CAPITALISED}){{1,2}}"
)
# After a name these make it a place or an institution: "Victoria Park", "St Thomas' Hospital".
PLACE_WORDS = _listed(
    """
    road rd street st avenue ave lane ln close drive dr gardens crescent terrace place
    square court grove mews walk way hill house tower park station hospital school
    college university church centre center bridge cross green common market arms hall
    library estate ward blvd boulevard highway hwy pkwy parkway expressway trail creek
    lake river springs valley heights rail line cannon act law foundation trust society
    institute award report review inquiry airport stadium theatre museum clinic surgery
    practice care service services council county town city island rd. st. dr. ave.
    """
)
# Before a name these make it a place, a saint or a ruler.
BEFORE_PLACES = _listed(
    "st saint king queen prince princess lake mount fort port san santa santo new south north east"
    " west upper lower old great little the via on mp trader e n s w ne nw se sw"
)
# Before a given name alone these make it a place: "south to Kyle".
BEFORE_PLACES_ALONE = _listed(
    "at to from in into near around towards off of visit outside between through like"
)
# After a name also in small letters.
SMALL_PLACE_WORDS = _listed(
    "pool hospital road street park school station estate lane avenue bridge ward golf course"
    " waste cannon"
)
ALL_PLACE_WORDS = PLACE_WORDS | SMALL_PLACE_WORDS
RELATIONS = (
    r"son|daughter|wife|husband|brother|sister|mother|father|mum|mam|mom|dad|grandson|granddaughter"
    r"|grandmother|grandfather|nan|nana|gran|grandad|uncle|aunt|auntie|cousin|nephew|niece|partner"
    r"|boyfriend|girlfriend|friend|mate|neighbou?r|colleague|flatmate|carer|boss|manager|tenant"
    r"|landlord|landlady|caretaker|paramedic|nurse|doctor|driver|operator|officer|constable"
    r"|councillor|teacher|headteacher|gp|sergeant|vicar|pastor|imam|rabbi"
)
OWN = (
    r"(?:my|our|his|her|their|your|the|a|an)\s+"
    r"(?:(?:late|old|young|elderly|best|good|next[- ]door)\s+){0,2}"
)
PEOPLE = "man|woman|boy|girl|person|guy|lady|gentleman|lad|chap|bloke"
CALLED = r"(?:(?i:called|named)\s+)?"
RELATED = re.compile(
    rf"\b(?i:{OWN}(?:year[- ]old\s+)?(?:{RELATIONS})),?\s+{CALLED}(?P<it>{CAPITALISED})"
)
RELATED_IN_SMALL = re.compile(rf"\b{OWN}(?:{RELATIONS}),?\s+{CALLED}(?P<it>[a-z]+)\b")
SAID_TO_BE_NAMES = (
    "my name is|my name's|name is|i am called|i'm called|(?:he|she|they) (?:is|was|are|were) called"
    rf"|a (?:{PEOPLE}) (?:called|named)|named|spoke to|spoke with|talked to|ask for|asked for"
    r"|thanks to|thank you to|thank you,?|thanks,?|regards,?|sincerely,?|faithfully,?|cheers,?"
    "|signed:?|credit to"
)
GIVEN = re.compile(rf"\b(?i:{SAID_TO_BE_NAMES})\s+(?P<it>{CAPITALISED})")
GIVEN_IN_SMALL = re.compile(
    rf"\b(?:my name is|my name's|i am called|i'm called|(?:{PEOPLE}) (?:called|named))"
    r"\s+(?P<it>[a-z]+)\b",
    re.I,
)
# What people do, and what is done to them: before or after a capitalised word that is no common
# one, they make it a name.
ACTS = (
    "said|told|rang|listened|answered|explained|helped|came|asked|phoned|called|lives|lived|works"
    "|worked|thinks|reassured|arrived|died|promised|replied|ignored"
)
MANNERS = (
    "kind|rude|helpful|lovely|amazing|friendly|polite|brilliant|fantastic|great|wonderful|excellent"
    "|robbed|attacked|stabbed|killed|mugged|professional|caring|patient|calm|unhelpful"
)
DEGREES = "(?:(?:very|so|really|always|never|kindly|just|then|extremely) )?"
DOES = rf"{DEGREES}(?:{ACTS})|(?:was|is|were|has been|had been) {DEGREES}(?:{MANNERS})|who\b"
WHOLE = rf"{CAPITALISED}(?:\s{CAPITALISED})?"
NAMED_BY_VERB = re.compile(
    rf"(?P<it>{WHOLE}),?\s+(?:and\s+{CAPITALISED}\s+)?(?:{DOES})"
)
DONE_TO = (
    "praise|tell|told|thank|ask|asked|met|meet|phoned|rang|complained to|belongs to|owe it all to"
    "|grateful to|but|saw|hear from|heard from|written to|wrote to|write to|murder of|death of"
    "|killing of"
)
NAMED_AFTER_VERB = re.compile(rf"\b(?i:{DONE_TO})\s+(?P<it>{WHOLE})")
# Capitalised words after those openings that are no names.
NO_NAMES = STOP_WORDS | _listed(
    """
    watch medic medics paramedic paramedics you'd they'd we'd i'd he'd she'd god jesus
    doc practitioner practitioners assistant manager officer hi hello dear london police
    council mayor sir madam everyone everybody staff nhs met service team teams
    ambulance hospital doctor nurse austin texas city state government parliament labour
    conservative conservatives tory tories english asian black white muslim christian
    jewish indian polish british american african european chinese romanian somali
    turkish monday tuesday wednesday thursday friday saturday sunday january february
    march april may june july august september october november december christmas
    easter covid facebook twitter google amazon uber
    """
)


def find_names(text: str) -> list[Span]:
    """Where names of people stand, in order; a name's own words, without the possessive.

    Names of places and institutions that hold a given name ("Victoria Road") are none.
    """
    return list(_names(text))


@lru_cache(maxsize=200)  # a comment is asked about for each of its themes
def _names(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    for span in sorted({*_of_list(text), *_told(text), *_unlisted(text)}):
        if not spans or span.start >= spans[-1].end:
            spans.append(span)
        elif span.end > spans[-1].end:
            spans[-1] = Span(spans[-1].start, span.end)
    return tuple(spans)


def _of_list(text: str) -> Iterator[Span]:
    """Capitalised given names of the list, each with the surname after it."""
    before = ""
    for match in WORD.finditer(text):
        word = POSSESSIVE.sub("", match.group())
        is_capitalised = word[:1].isupper() and not word.isupper()
        is_listed = is_capitalised and word.casefold() in GIVEN_NAMES
        if is_listed and before not in BEFORE_PLACES:
            for span in _whole_name(text, match.start(), match.start() + len(word)):
                is_alone = span.end == match.start() + len(word)
                if not (is_alone and before in BEFORE_PLACES_ALONE):
                    yield span
        before = match.group().casefold()


_CAPITAL_PLACE_WORDS = SMALL_PLACE_WORDS | {word.title() for word in PLACE_WORDS}


def _whole_name(text: str, start: int, end: int) -> Iterator[Span]:
    """A name with its surname; nothing where it is part of a place's name."""
    if text[end : end + 2] in ("'s", "’s"):
        last = end
        following = WORD.match(text, end + 3)  # "Thomas's Hospital"
    else:
        last = _end_of_surname(text, end)
        following = WORD.match(text, last + 1)
    if last >= end and not (following and following.group() in _CAPITAL_PLACE_WORDS):
        yield Span(start, last - len(_possessive_of(text[start:last])))


def _end_of_surname(text: str, end: int) -> int:
    """Where the surnames after a given name end; -1 where one is a word of places."""
    surnames = SURNAMES.match(text, end)
    last = end
    if surnames is None:
        return last
    for word in WORD.finditer(text, end, surnames.end()):
        folded = word.group().casefold()
        if folded in ALL_PLACE_WORDS:
            return -1
        if folded in NO_NAMES:
            break
        last = word.end()
    return last


def _possessive_of(name: str) -> str:
    found = POSSESSIVE.search(name)
    return found.group() if found else ""


def _unlisted(text: str) -> Iterator[Span]:
    """Capitalised words that are no common ones, where a person is spoken of."""
    for pattern in (NAMED_BY_VERB, NAMED_AFTER_VERB):
        for match in pattern.finditer(text):
            name = {word.casefold() for word in WORD.findall(match["it"])}
            is_place = not name.isdisjoint(NO_NAMES | ALL_PLACE_WORDS)
            before = text[: match.start("it")].casefold().split()[-1:]
            is_group = before in (["the"], ["a"], ["an"])  # "the Londoners who"
            if not (is_place or is_group or all(map(is_english, name))):
                yield Span(*match.span("it"))


def _told(text: str) -> Iterator[Span]:
    """Names that the words before them say are names."""
    for pattern in (RELATED, GIVEN):
        for match in pattern.finditer(text):
            if match["it"].casefold() not in NO_NAMES:
                start, end = match.span("it")
                yield from _whole_name(
                    text, start, end - len(_possessive_of(match["it"]))
                )
    for pattern in (RELATED_IN_SMALL, GIVEN_IN_SMALL):
        for match in pattern.finditer(text):
            if match["it"].casefold() in GIVEN_NAMES:
                yield Span(*match.span("it"))
