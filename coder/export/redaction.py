"""Personal details in what is published: found by pattern and masked in [brackets].

Found: e-mail addresses, telephone and card numbers, UK postcodes, street addresses, National Insurance
numbers, account names, links, and titles followed by a name. A name without a title is not found: that
needs a human eye, and the notes say so.
"""

import re
from typing import NamedTuple


class Detail(NamedTuple):
    """A personal detail: `text[start:end]`, and what it is."""

    start: int
    end: int
    kind: str


STREETS = (
    "Road|Rd|Street|St|Avenue|Ave|Lane|Close|Drive|Gardens|Gdns|Crescent|Terrace|Place|Square|Court|Grove|Mews"
    "|Walk|Way|Hill|House|Buildings?|Mansions|Tower"
)
TITLES = (
    r"Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Rev|Reverend|PC|PCSO|WPC|DC|DS|DI|Sgt|Sergeant"
    r"|Inspector|Insp|Councillor|Cllr|Constable"
)
# In the order in which they are tried: what an earlier pattern took, a later one leaves.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail address", re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+")),
    ("link", re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]{3,}", re.I)),
    ("account name", re.compile(r"(?<![\w@])@[A-Za-z][\w.]{2,30}")),
    (
        "National Insurance number",
        re.compile(r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.I),
    ),
    ("card number", re.compile(r"(?<!\d)(?:\d{4}[ \-]?){3}\d{4}(?!\d)")),
    ("telephone number", re.compile(r"(?<![\w.])(?:\+\d{1,3}[ \-.]?(?:\(0\)[ \-.]?)?|\(?0)\d(?:[ \-.()]{0,2}\d){8,10}(?!\d)")),
    (
        "address",
        re.compile(
            rf"\b(?:(?:flat|unit|apartment|apt|no\.?)\s?\d{{1,4}}[a-z]?,?\s+)?\d{{1,4}}[A-Za-z]?,?\s+"
            rf"(?:[A-Z][\w'’]+\s+){{1,3}}(?:{STREETS})\b"
        ),
    ),
    ("postcode", re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b")),
    ("name", re.compile(rf"\b(?:{TITLES})\.?\s+(?:[A-Z][\w'’\-]+)(?:\s+[A-Z][\w'’\-]+)?")),
)  # fmt: skip


def personal_details(text: str) -> list[Detail]:
    """The personal details that patterns can find, in order, none overlapping another."""
    found: list[Detail] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if all(end <= other.start or start >= other.end for other in found):
                found.append(Detail(start, end, kind))
    return sorted(found)


def masked(text: str) -> tuple[str, list[Detail]]:
    """The text with each personal detail replaced by its kind in [brackets], and what was replaced."""
    details = personal_details(text)
    parts, end = [], 0
    for detail in details:
        parts += [text[end : detail.start], f"[{detail.kind}]"]
        end = detail.end
    return "".join([*parts, text[end:]]), details
