"""Places in a text as Python counts them (characters) and as browsers do (UTF-16 units)."""

from coder.text import Span

LAST_OF_ONE_UNIT = "\uffff"  # characters after it take two units


def to_units(text: str, span: Span) -> tuple[int, int]:
    """A range of characters as a range of UTF-16 units."""
    before = text[: span.start]
    within = text[span.start : span.end]
    start = _units(before)
    return start, start + _units(within)


def from_units(text: str, start: int, end: int) -> Span | None:
    """A range of UTF-16 units as a range of characters, whole characters only; None where the
    text has no such range.
    """
    if not 0 <= start < end <= _units(text):
        return None
    if _is_plain(text):
        return Span(start, end)
    first = last = at = 0
    for number, character in enumerate(text):
        if at <= start:
            first = number
        at += _units(character)
        last = number + 1
        if at >= end:
            break
    return Span(first, last)


def _units(text: str) -> int:
    if _is_plain(text):
        return len(text)
    return len(text) + sum(character > LAST_OF_ONE_UNIT for character in text)


def _is_plain(text: str) -> bool:
    """Whether each character takes one unit."""
    return text.isascii() or max(text, default="") <= LAST_OF_ONE_UNIT
