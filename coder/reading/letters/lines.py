"""Lines of plain text as paragraphs: a break that only filled the width becomes a space."""

import re
from collections.abc import Iterable, Sequence

WIDEST = 130  # characters; longer lines were not broken at a width
NARROWEST = 40
# How a line begins that stands by itself: a bullet, a number, a sign of a quotation, a heading.
STARTS_ANEW = re.compile(
    r"\s*(?:[•▪●◦·*+–—\uf0b7>|#-]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s)"
)
HYPHEN_AT_END = re.compile(r"[^\W\d_][-‐‑]$")


def join_lines(lines: Sequence[str], width: int | None = None) -> str:
    """The lines of one paragraph, those that were broken at the width joined by a space.

    A break was made by the width where the next line's first word had no room left in the line.

    Args:
        width: of the text in characters; None where lines were not broken at a width.
    """
    text = ""
    last = ""
    for line in lines:
        line = line.strip()
        if not text:
            text = line
        elif width is not None and _was_broken(last, line, width):
            text += f" {line}"
        else:
            text += f"\n{line}"
        last = line
    return text


def width_of(lines: Iterable[str]) -> int | None:
    """The width at which lines were broken, in characters; None where they were not."""
    widest = max((len(line.rstrip()) for line in lines), default=0)
    if NARROWEST <= widest <= WIDEST:
        return widest
    return None


def _was_broken(line: str, following: str, width: int) -> bool:
    if STARTS_ANEW.match(following):
        return False
    first_word = following.split(maxsplit=1)[0]
    return len(line) + 1 + len(first_word) > width


def blocks_of(lines: Iterable[str]) -> list[list[str]]:
    """Lines in blocks, as blank lines part them."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    if not blocks[-1]:
        blocks.pop()
    return blocks


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a plain text, with the breaks in them that were meant."""
    lines = text.split("\n")
    width = width_of(lines)
    return [join_lines(block, width) for block in blocks_of(lines)]
