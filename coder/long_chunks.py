"""Runs of characters without white space that are too long to be words: pasted pictures, rows of
marks. What looks at the characters of a word again and again takes them as one word.
"""

import re
import unicodedata
from typing import NamedTuple

LONGEST_CHUNK = 1_000  # characters of what is cut into words
LONG_CHUNK = re.compile(rf"(?<!\S)\S{{{LONGEST_CHUNK + 1},}}+")


class Shortened(NamedTuple):
    """A text with short words in place of its long chunks."""

    text: str
    # Of each character in the text as it was, and of its end; None where nothing is changed.
    places: list[int] | None


def shorten(text: str, ends: frozenset[str]) -> Shortened:
    """The text with a word for each long chunk; the marks at its end become one.

    Args:
        ends: the characters that end a sentence. One of them stays where there is any among the
            marks.
    """
    if not LONG_CHUNK.search(text):
        return Shortened(text, None)
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for chunk in LONG_CHUNK.finditer(text):
        parts.append(text[at : chunk.start()])
        places.extend(range(at, chunk.start()))
        stand_in = _stand_in(chunk.group(), ends)
        parts.append(stand_in)
        places.extend([chunk.start()] * len(stand_in))
        at = chunk.end()
    parts.append(text[at:])
    places.extend(range(at, len(text) + 1))
    return Shortened("".join(parts), places)


def cut_chunks(text: str) -> str:
    """The text with no more than the longest beginning of each long chunk."""
    if len(text) <= LONGEST_CHUNK:
        return text
    return LONG_CHUNK.sub(lambda chunk: chunk.group()[:LONGEST_CHUNK], text)


def start_of_marks(chunk: str) -> int:
    """Where the punctuation at the end of a chunk begins; its length where there is none."""
    start = len(chunk)
    while start and unicodedata.category(chunk[start - 1]).startswith("P"):
        start -= 1
    return start


def _stand_in(chunk: str, ends: frozenset[str]) -> str:
    start = start_of_marks(chunk)
    word = "word" if start else ""
    marks = chunk[start:]
    if not marks:
        return word
    is_end = not ends.isdisjoint(marks)
    return word + ("." if is_end else ",")
