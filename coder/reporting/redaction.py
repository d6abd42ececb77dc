"""Personal details in what is published, matched by patterns and masked in [brackets].

There are patterns for e-mail addresses, telephone and card numbers, UK postcodes, street
addresses, National Insurance numbers, account names, links, titles followed by a name, vehicle
registrations, and numbers and dates of birth that are named as such. Names without a title are
found by the rules of `person_names`, which miss some: the notes ask to check by hand.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import NamedTuple

from coder.reporting.person_names import find_names
from coder.text import words


class Detail(NamedTuple):
    """A personal detail: `text[start:end]`, and what it is."""

    start: int
    end: int
    kind: str

    def overlaps(self, other: "Detail") -> bool:
        """Whether both cover a character in common."""
        return self.start < other.end and other.start < self.end


STREETS = (
    "Road|Rd|Street|St|Avenue|Ave|Lane|Close|Drive|Gardens|Gdns|Crescent|Terrace|Place|Square|Court|Grove|Mews"
    "|Walk|Way|Hill|House|Buildings?|Mansions|Tower"
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
TITLES = (
    r"Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Rev|Reverend|PC|PCSO|WPC|DC|DS|DI|DCI|Sgt|Sergeant"
    r"|Inspector|Insp|Superintendent|Supt|Commander|Commissioner|Detective|Judge|Councillor|Cllr|Constable"
)
NUMBER = r"\d{1,4}[A-Za-z]?(?:\s?[-–/]\s?\d{1,4}[A-Za-z]?)?"  # of a house: 12a, 45-47
NAME = r"[A-Z][\w'’\-]+"
PARTICLES = r"(?:(?:[Vv]an|[Vv]on|de|der|den|bin|al|la|le|du|di|da)\s+)*"
# Tried in this order: what an earlier pattern matched, a later one leaves. Where a pattern has
# a group `it`, that is the detail, and the words around it stay.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail address", re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+")),
    (
        "e-mail address",
        re.compile(
            r"[\w.+\-]{1,64}\s?[\[({]\s?at\s?[\])}]\s?[\w\-]{1,63}(?:(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?)[\w\-]{1,63})+",
            re.I,
        ),
    ),
    ("link", re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]{3,}", re.I)),
    (
        "link",
        re.compile(
            r"\b(?:[\w\-]{1,63}\.){1,4}(?:com|org|net|uk|me|io)/[\w./@\-]{2,}", re.I
        ),
    ),
    ("account name", re.compile(r"(?<![\w@])@[A-Za-z][\w.]{2,30}")),
    (
        "account name",
        re.compile(
            r"\b(?:insta|instagram|twitter|snap|snapchat|tiktok|facebook|handle|username)(?:\s+(?:name|account))?"
            r"(?:\s+is\s+|\s?:\s?)(?P<it>(?=[\w.]*[\d_])[\w.]{3,30})",
            re.I,
        ),
    ),
    (
        "National Insurance number",
        re.compile(
            r"\b(?!(?:BG|GB|NK|KN|TN|NT|ZZ))(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ \-]?\d{2}){3}[ \-]?[A-D]"
            r"|[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z]\d{6}[a-d])\b"
        ),
    ),
    (
        "card number",
        re.compile(
            r"(?<!\d)(?!(?:(?:19|20)\d\d[ \-]?){4})(?:\d{4}[ \-]?){3}\d{4}(?!\d)"
        ),
    ),
    (
        "telephone number",
        re.compile(
            r"(?<![\w.])(?:(?:\+|00)\d{1,3}[ \-.]?(?:\(0\)[ \-.]?)?|\(?0)\d(?:[ \-.()]{0,2}\d){8,10}(?!\d)"
        ),
    ),
    (
        "telephone number",
        re.compile(r"(?<![\w.,£$€])7\d{3}[ \-]?\d{3}[ \-]?\d{3}(?![\d,])"),
    ),
    (
        "number",
        re.compile(
            r"\b(?:sort code|account(?: number| no\.?)?|passport(?: number| no\.?)?|(?:crime|incident|cad|case)"
            r" (?:ref|reference|number|no)\.?(?: number| no\.?)?|(?:badge|collar|shoulder|warrant)(?: number| no\.?)?"
            r"|PC|PCSO)(?:\s+is)?\s?:?\s?(?P<it>(?=[A-Z]{0,3}\d)[A-Z]{0,3}[\d/\-]{3,}[A-Z]{0,3})\b",
            re.I,
        ),
    ),
    (
        "date of birth",
        re.compile(
            r"\b(?:born(?: on)?|d\.?o\.?b\.?|date of birth)(?:\s+is)?\s?:?\s?(?P<it>\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2,4})\b",
            re.I,
        ),
    ),
    ("vehicle registration", re.compile(r"\b[A-HJ-PR-Y]{2}\d{2} ?[A-HJ-PR-Z]{3}\b")),
    (
        "address",
        re.compile(
            rf"\b(?:(?:[Ff]lat|FLAT|[Uu]nit|[Aa]partment|[Aa]pt|[Nn]o\.?)\s?\d{{1,4}}[A-Za-z]?,?\s+)?{NUMBER},?\s+"
            rf"(?!(?:{MONTHS})\b)(?:[A-Z][\w'’]*\.?\s+){{1,3}}(?:{STREETS})\b"
        ),
    ),
    (
        "address",
        re.compile(
            r"\b(?:lives?|lived|living|resides?|address is|home is)\s+(?:(?:at|on|in|number|no\.?)\s+){0,2}"
            rf"(?P<it>(?:flat\s?\d{{1,4}}[a-z]?,?\s+)?{NUMBER},?\s+"
            rf"(?!(?:mph|miles?|min\w*|met\w+|yards?|years?|months?|people|of|the|an?)\b)(?:[\w'’]+\.?\s+){{1,3}}"
            rf"(?:{STREETS}))\b",
            re.I,
        ),
    ),
    # 1st, 2nd and the like end no postcode unless they are in capitals.
    (
        "postcode",
        re.compile(
            r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?(?!(?-i:1st|2nd|3rd|\dth)\b)\d[ABD-HJLNP-UW-Z]{2})\b",
            re.I,
        ),
    ),
    (
        "name",
        re.compile(
            rf"\b(?!PC\s+(?:World|Culture|Brigade|Gone|Mad|Nonsense)\b)(?:{TITLES})\.?\s+(?:[A-Z]\.?\s+){{0,3}}"
            rf"{PARTICLES}{NAME}(?:\s+{PARTICLES}{NAME})?"
        ),
    ),
    ("name", re.compile(r"\b(?:MR|MRS|DR|CLLR|SGT)\.?\s+(?!AND\b)[A-Z][A-Z'’\-]+\b")),
    (
        "name",
        re.compile(
            r"\b(?:mr|mrs|cllr)\.?\s+(?!and\b|or\b|mr\b|mrs\b)[a-z][a-z'’\-]+\b"
        ),
    ),
)


def personal_details(text: str, kept: Set[str] = frozenset()) -> list[Detail]:
    """The personal details that are found, in order; none overlaps another.

    Args:
        kept: folded words that are no names, as `theme_words` gives them.
    """
    details = _details(text)
    if not kept:
        return list(details)
    return [detail for detail in details if not _holds_any(text, detail, kept)]


def _holds_any(text: str, detail: Detail, kept: Set[str]) -> bool:
    own = words(text[detail.start : detail.end].casefold())
    return detail.kind == "name" and not kept.isdisjoint(own)


def theme_words(keywords: Iterable[str]) -> frozenset[str]:
    """The capitalised words of a codebook's keywords, folded: what a theme is about is not masked,
    such as the name of an inquiry.
    """
    found: set[str] = set()
    for keyword in keywords:
        capitalised = [word for word in words(keyword) if word[:1].isupper()]
        found.update(word.casefold() for word in capitalised)
    return frozenset(found)


@lru_cache(maxsize=200)  # a comment is asked about for each of its themes
def _details(text: str) -> tuple[Detail, ...]:
    details: list[Detail] = []
    for kind, pattern in PATTERNS:
        group = "it" if "it" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            detail = Detail(*match.span(group), kind)
            place = bisect_left(details, detail)
            # None overlaps another, so that only the two beside it can overlap this one.
            beside = details[max(0, place - 1) : place + 1]
            if not any(detail.overlaps(other) for other in beside):
                details.insert(place, detail)
    return tuple(_with_names(details, text))


def _with_names(details: list[Detail], text: str) -> list[Detail]:
    """The details and the names of people outside them; a name that begins as one is part of it."""
    found = list(details)
    for start, end in find_names(text):
        name = Detail(start, end, "name")
        others = [detail for detail in details if detail.overlaps(name)]
        if not others:
            found.append(name)
        elif len(others) == 1 and others[0].kind == "name":
            other = others[0]
            whole = Detail(min(start, other.start), max(end, other.end), "name")
            found[found.index(other)] = whole
            details[details.index(other)] = whole
    return sorted(found)


class Masking(NamedTuple):
    """A text without its personal details, and what was masked in it."""

    text: str
    details: list[Detail]


def mask_details(
    text: str,
    start: int = 0,
    end: int | None = None,
    kept: Set[str] = frozenset(),
) -> Masking:
    """The part `text[start:end]` with each personal detail replaced by its kind in [brackets].

    Details are looked for in the whole text, so that none is missed where the part begins or
    ends within it.

    Args:
        kept: as `personal_details`.
    """
    if end is None:
        end = len(text)
    shown: list[str] = []
    masked: list[Detail] = []
    done = start
    for detail in personal_details(text, kept):
        if detail.start >= end or detail.end <= start:
            continue
        inside = Detail(max(detail.start, start), min(detail.end, end), detail.kind)
        shown += [text[done : inside.start], f"[{inside.kind}]"]
        masked.append(inside)
        done = inside.end
    shown.append(text[done:end])
    return Masking("".join(shown), masked)
