"""How wide a text is, and where it is broken into lines. Nothing is ever cut off."""

import re
import unicodedata
from functools import lru_cache
from math import ceil
from typing import Protocol

# Advance widths of Helvetica in thousandths of the font size, from space to tilde, as Adobe's
# font metrics (AFM) publish them. Arial, Liberation Sans and Arimo have the same.
NORMAL = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)  # fmt: skip
OTHERS = {
    "‘": 278, "’": 278, "“": 500, "”": 500, "–": 556, "—": 1000, "…": 1000, "•": 350,
    "·": 333, "£": 556, "€": 556, "§": 556, "©": 737, "°": 400, "±": 584, "×": 584,
    "\u00a0": 278, "ß": 611, "æ": 889, "Æ": 1000, "ø": 611, "Ø": 778, "ł": 278,
    "Ł": 611, "ı": 278, "œ": 944, "Œ": 1000, "đ": 611, "ð": 611, "þ": 611, "Þ": 667,
}  # fmt: skip
UNKNOWN, FULL_WIDTH = 850, 1050  # wider than most letters of other scripts
SLACK = 1.02  # browsers round the widths of letters
BREAKS = re.compile(r" +|(?<=[/\-–—])(?=\w)")


class Ruler(Protocol):
    """Tells how wide a text is in the font that will draw it."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Pixels."""


class HelveticaRuler:
    """Measures for browsers, which draw with Arial or a font of the same widths."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Pixels, a little more than the letters need."""
        return SLACK * size * sum(_advances(text, bold)) / 1000


def exact_width(text: str, size: float, *, bold: bool = False) -> float | None:
    """Pixels of a text in Helvetica; None where it has letters whose width is only guessed."""
    advances = _advances(text, bold)
    if UNKNOWN in advances or FULL_WIDTH in advances:
        return None
    return size * sum(advances) / 1000


def _advances(text: str, bold: bool) -> list[int]:
    return [_advance(letter, bold) for letter in text]


@lru_cache(maxsize=4096)
def _advance(letter: str, bold: bool) -> int:
    table = BOLD if bold else NORMAL
    if " " <= letter <= "~":
        return table[ord(letter) - 32]
    if letter in OTHERS:
        return OTHERS[letter]
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return FULL_WIDTH
    base = unicodedata.normalize("NFD", letter)[0]
    if base != letter:
        return _advance(base, bold)
    return UNKNOWN


def wrap_text(
    text: str, room: float, size: float, ruler: Ruler, *, bold: bool = False
) -> list[str]:
    """The text as lines of at most `room` pixels; a word that is wider is broken.

    Lines end at spaces, and after a slash or a dash inside a word.
    """
    lines: list[str] = []
    current = ""
    for piece, gap in _pieces(text):
        longer = current + gap + piece
        if current and ruler.width(longer, size, bold=bold) > room:
            lines.append(current)
            longer = piece
        *whole, current = _broken(longer, room, size, ruler, bold)
        lines += whole
    return [*lines, current]


def _pieces(text: str) -> list[tuple[str, str]]:
    """What stays on one line, each with what stands before it: a space or nothing."""
    pieces = []
    gap, start = "", 0
    stripped = text.strip()
    for match in BREAKS.finditer(stripped):
        pieces.append((stripped[start : match.start()], gap))
        gap = " " if match[0] else ""
        start = match.end()
    pieces.append((stripped[start:], gap))
    return pieces


def _broken(word: str, room: float, size: float, ruler: Ruler, bold: bool) -> list[str]:
    """A word in parts that fit, about as long as each other; each has one character at least."""
    whole = ruler.width(word, size, bold=bold)
    if whole <= room:
        return [word]
    even = whole / ceil(whole / room)
    parts = []
    current = ""
    for letter in word:
        is_long = ruler.width(current, size, bold=bold) >= even
        is_full = ruler.width(current + letter, size, bold=bold) > room
        if current and (is_long or is_full) and not unicodedata.combining(letter):
            parts.append(current)
            current = ""
        current += letter
    return [*parts, current]
