"""Marks the evidence in a comment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from textual.content import Content

from coder.reviewing.theme_rows import ThemeRow
from coder.screen.styled_text import StyledText
from coder.text import Span, safe_text

# Evidence stands in brackets, so that it is not shown by colour alone.
OPEN, CLOSE = "⟦", "⟧"
# The words that the reviewer marked stand in others.
OPEN_MARKED, CLOSE_MARKED = "⟪", "⟫"
TO_SUPERSCRIPT = str.maketrans("0123456789ght", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵍʰᵗ")


@dataclass
class _Passage:
    """A passage of the comment that is evidence, or was marked by the reviewer."""

    start: int
    end: int
    is_marked: bool
    keys: list[str] = field(default_factory=list)  # of its themes, raised
    selected: bool = False  # whether the theme under the cursor is among them

    def covers(self, start: int, end: int) -> bool:
        """Whether a piece of the comment lies in the passage."""
        return self.start <= start and end <= self.end

    def opening(self) -> str:
        """The opening bracket."""
        return OPEN_MARKED if self.is_marked else OPEN

    def closing(self) -> str:
        """The closing bracket with the keys of the themes."""
        bracket = CLOSE_MARKED if self.is_marked else CLOSE
        return bracket + "·".join(self.keys)


def marked_text(text: str, rows: Sequence[ThemeRow], selected: str = "") -> Content:
    """The comment with its evidence in brackets, underlined, with the keys of its themes.

    Args:
        rows: the themes.
        selected: id of the theme under the cursor; its evidence is bold too.
    """
    safe = safe_text(text)
    passages = _passages(rows, selected)
    marked = StyledText()
    for start, end in pairwise(_borders(text, passages)):
        for passage in passages:
            if passage.start == start:
                marked.add(passage.opening(), "bold")
        marked.add(safe[start:end], _style(start, end, passages))
        for passage in passages:
            if passage.end == end:
                marked.add(passage.closing(), "bold")
    return marked.content()


def _passages(rows: Sequence[ThemeRow], selected: str) -> list[_Passage]:
    """The passages that the rows name as evidence."""
    passages: dict[tuple[Span, bool], _Passage] = {}
    for row in rows:
        for span, is_marked in _spans_of(row):
            key = (span, is_marked)
            if key not in passages:
                passages[key] = _Passage(span.start, span.end, is_marked)
            passage = passages[key]
            passage.keys.append(superscript(row.key))
            if row.theme_id == selected:
                passage.selected = True
    return list(passages.values())


def _spans_of(row: ThemeRow) -> list[tuple[Span, bool]]:
    """What a row shows in the comment, each with whether the reviewer marked it; that goes
    before the model's evidence.
    """
    if row.marked:
        return [(span, True) for span in row.marked]
    if row.evidence is None:
        return []
    return [(row.evidence, False)]


def _borders(text: str, passages: Sequence[_Passage]) -> list[int]:
    """Where the style may change, from the beginning to the end of the text."""
    length = len(text)
    borders = {0, length}
    for passage in passages:
        for place in (passage.start, passage.end):
            if place <= length:
                borders.add(place)
    return sorted(borders)


def _style(start: int, end: int, passages: Sequence[_Passage]) -> str:
    """The style of a piece of the comment."""
    style = ""
    for passage in passages:
        if not passage.covers(start, end):
            continue
        if passage.selected:
            return "bold underline"
        style = "underline"
    return style


def superscript(key: str) -> str:
    """The key of a theme in raised characters."""
    return key.translate(TO_SUPERSCRIPT)
