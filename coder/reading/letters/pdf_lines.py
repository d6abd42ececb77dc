"""The lines of a PDF page with their places on the page, and the paragraphs that they make."""

import ctypes
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from coder.reading.letters.lines import HYPHEN_AT_END, STARTS_ANEW
from coder.reading.letters.pieces import (
    LINE,
    PARAGRAPH,
    WORD,
    plain_characters,
)

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

# How PDFium writes a hyphen at the end of a line, in place of the line end too.
HYPHEN_BREAK = "\ufffe"
LINE_OF_PAGE = re.compile(r"[^\r\n\ufffe]+")
LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
    }
)
SMALLER_SHARE = 5  # one in so many distances of lines may be smaller than the usual one
USUAL_DISTANCE = 14.0  # points, where nothing tells
WIDE_GAP = 1.4  # times the usual distance of lines: a new paragraph
SENTENCE_END = re.compile(r"[.:;!?…][\"”’')]*$")
LONG_LINE = 0.7  # of the width of a column
WITHIN_SENTENCE = re.compile(r"[^\W\d_]{2},?$")
SAME_LINE = 0.5  # of a line's height: parts of one line, such as cells of a table


class PdfLine(NamedTuple):
    """A line of a page.

    Attributes:
        text: of the line.
        left, right, bottom, top: in points; y grows upwards.
        hyphen: the hyphen with which the line ends, which is not in `text`; mostly none.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    hyphen: str = ""


def lines_of(page: "PdfTextPage") -> list[PdfLine]:
    """The lines of a page, in the order in which they are read."""
    text = page.get_text_range()
    lines = []
    for match in LINE_OF_PAGE.finditer(text):
        words = plain_characters(match[0]).translate(LIGATURES)
        shown = words.strip()
        if not shown:
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        first = _box(page, start)
        last = _box(page, max(start, end - 1))
        hyphen = ""
        if text[match.end() : match.end() + 1] == HYPHEN_BREAK:
            hyphen = "-"
        elif HYPHEN_AT_END.search(shown):
            shown, hyphen = shown[:-1], shown[-1]
        line = PdfLine(
            shown,
            first[0],
            max(first[1], last[1]),
            min(first[2], last[2]),
            max(first[3], last[3]),
            hyphen,
        )
        lines.append(line)
    return lines


def _box(page: "PdfTextPage", place: int) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of the character at a place of the page's text."""
    import pypdfium2.raw as pdfium

    index = pdfium.FPDFText_GetCharIndexFromTextIndex(page, place)
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(page, max(index, 0), ctypes.byref(box)):
        return (0.0, 0.0, 0.0, 0.0)
    return (box.left, box.right, box.bottom, box.top)


# ---------------------------------------------------------------- paragraphs


def separators(lines: Sequence[PdfLine]) -> list[str]:
    """What parts each line from the line before it: a paragraph, a line end, or a space.

    A break was made by the width of the column where the next line's first word had no room
    left; a line that goes on in lower case in the middle of a sentence was broken too.
    """
    if not lines:
        return []
    usual = usual_distance(lines)
    rights = _right_edges(lines)
    parts = [PARAGRAPH]
    for number in range(1, len(lines)):
        parts.append(
            _separator(
                lines[number - 1],
                lines[number],
                rights[number - 1],
                usual,
            )
        )
    return parts


def _separator(
    line: PdfLine, following: PdfLine, right_edge: float, usual: float
) -> str:
    distance = line.bottom - following.bottom
    is_next_column = distance < 0
    if _on_one_line(line, following):
        return WORD
    if STARTS_ANEW.match(following.text):
        return LINE
    goes_on = following.text[:1].islower() and not SENTENCE_END.search(line.text)
    if distance > WIDE_GAP * usual:
        return PARAGRAPH
    if is_next_column and goes_on:
        return WORD
    if is_next_column:
        return PARAGRAPH
    if line.hyphen or goes_on:
        return WORD
    if _was_broken(line, following, right_edge):
        return WORD
    return LINE


def _was_broken(line: PdfLine, following: PdfLine, right_edge: float) -> bool:
    """Whether a line ends where it does for want of room.

    Programs that count characters break lines early; such lines are long, and end in the
    middle of a sentence.
    """
    if line.right + _first_word_width(following) > right_edge:
        return True
    is_long = line.right - line.left > LONG_LINE * (right_edge - line.left)
    return is_long and bool(WITHIN_SENTENCE.search(line.text))


def _on_one_line(line: PdfLine, following: PdfLine) -> bool:
    """Whether two parts stand beside each other."""
    height = max(line.top - line.bottom, 1.0)
    beside = abs(line.bottom - following.bottom) < SAME_LINE * height
    return beside and following.left >= line.right


def _first_word_width(line: PdfLine) -> float:
    """Points that the first word and the blank before it take, by the line's mean character."""
    per_character = (line.right - line.left) / max(1, len(line.text))
    return (len(line.text.split(maxsplit=1)[0]) + 1) * per_character


def usual_distance(lines: Sequence[PdfLine]) -> float:
    """Points between the bottoms of lines of one paragraph: most distances are no smaller."""
    distances = []
    for line, following in pairwise(lines):
        distance = line.bottom - following.bottom
        if 4 < distance < 60:
            distances.append(distance)
    if not distances:
        return USUAL_DISTANCE
    return sorted(distances)[len(distances) // SMALLER_SHARE]


def _right_edges(lines: Sequence[PdfLine]) -> list[float]:
    """For each line the right edge of its column: the furthest right of the lines around it."""
    edges: list[float] = []
    start = 0
    for number in range(1, len(lines) + 1):
        ends = number == len(lines)
        if ends or lines[number].bottom > lines[number - 1].top:
            edge = max(line.right for line in lines[start:number])
            edges.extend([edge] * (number - start))
            start = number
    return edges
