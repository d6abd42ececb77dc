"""How wide columns and how high rows must be so that no text is cut and no word is broken.

Widths are in digits of the workbook's font, as spreadsheets count them; heights are in points.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from coder.exporting.drawing.measures import HelveticaRuler
from coder.exporting.grid import Cell, Grid, GridColumn

FONT, POINTS, TITLE_POINTS = "Arial", 12, 15
PIXELS_A_POINT = 4 / 3
DIGIT = 9.0  # pixels of a digit at 12 points
LINE = 15.6  # points from one line of 12 points to the next
TALLEST = 409.0  # points: no spreadsheet has a higher row
# Digits beside the text of a cell: its indent, and what spreadsheets leave at both sides.
MARGIN, INDENT = 2.6, 1.5
PAGE_WIDTH = 111.0  # digits across A4 on its side, at 100 %
LONGEST_WORD = 40.0  # digits; a longer word, such as a web address, is broken
MOST_LINES = 12  # of a cell, before its column is made wider than usual
# A note marker stays on one line.
WORD = re.compile(r"\[note \d+\]|\S+")
RULER = HelveticaRuler()


@dataclass(frozen=True)
class Sizes:
    """The width of each column, the height of the head and of each row."""

    widths: tuple[float, ...]
    head: float
    rows: tuple[float, ...]


@lru_cache(maxsize=65_536)
def text_width(text: str, bold: bool = False) -> float:
    """Digits that a text takes on one line."""
    return RULER.width(text, POINTS * PIXELS_A_POINT, bold=bold) / DIGIT


def count_lines(text: str, room: float, bold: bool = False) -> int:
    """Lines that a text takes in a cell with this room, broken between words."""
    lines = 0
    for paragraph in text.split("\n"):
        if text_width(paragraph, bold) <= room:
            lines += 1
            continue
        lines += _wrapped_lines(paragraph, room, bold)
    return lines


def _wrapped_lines(paragraph: str, room: float, bold: bool) -> int:
    blank = text_width(" ", bold)
    lines, used = 1, 0.0
    for word in paragraph.split(" "):
        width = text_width(word, bold)
        if used and used + blank + width > room:
            lines, used = lines + 1, 0.0
        used += width + (blank if used else 0.0)
        broken = ceil(used / room) - 1
        if broken > 0:
            lines, used = lines + broken, used - broken * room
    return lines


def break_lines(text: str, room: float, scale: float = 1.0) -> list[str]:
    """A text as lines that fit the room, for cells that are not wrapped.

    Args:
        scale: of its letters against those of the table.
    """
    lines: list[str] = []
    current = ""
    for word in text.split():
        longer = f"{current} {word}".strip()
        if current and text_width(longer, bold=True) * scale > room:
            lines.append(current)
            longer = word
        current = longer
    return [*lines, current]


def measure(grid: Grid, shown: Sequence[Sequence[str]], room: float) -> Sizes:
    """The sizes of a table.

    Args:
        shown: the texts of its cells as a spreadsheet shows them, row by row.
        room: the widest that a column may be.
    """
    columns = [[row[place] for row in shown] for place in range(len(grid.columns))]
    deepest = max((row.depth for row in grid.rows), default=0)
    widths: list[float] = []
    for place, (column, texts) in enumerate(zip(grid.columns, columns, strict=True)):
        indent = INDENT * deepest if place == grid.name_column else 0.0
        widths.append(_column_width(column, texts, room) + indent)
    _share_rest(
        widths,
        grid,
        columns,
        room,
    )
    heights = []
    for row, line in zip(grid.rows, shown, strict=True):
        rooms = [width - MARGIN for width in widths]
        rooms[grid.name_column] -= INDENT * row.depth
        is_bold = [False] * len(rooms)
        is_bold[grid.name_column] = grid.has_main_rows and not row.depth
        heights.append(_row_height(line, rooms, is_bold))
    rooms = [width - MARGIN for width in widths]
    head = _row_height(grid.head, rooms, [True] * len(rooms))
    return Sizes(tuple(widths), head, tuple(heights))


def _share_rest(
    widths: list[float], grid: Grid, columns: Sequence[Sequence[str]], room: float
) -> None:
    """Give what a table leaves of the page to its columns of texts, first to the first."""
    rest = room - sum(widths)
    for place, (column, texts) in enumerate(zip(grid.columns, columns, strict=True)):
        if not column.is_text or rest <= 0:
            continue
        natural = max((_natural_width(text) for text in set(texts)), default=0.0)
        more = min(rest, max(0.0, natural + 2 * MARGIN - widths[place]))
        widths[place] += more
        rest -= more


def _column_width(column: GridColumn, texts: Sequence[str], room: float) -> float:
    least = _longest_word([column.heading], bold=True)
    if not column.is_text:
        return max(least, *(text_width(text, True) for text in texts), 5.0) + MARGIN
    different = set(texts)
    least = max(least, _longest_word(different, bold=True))
    natural = max((_natural_width(text) for text in different), default=0.0)
    width = max(least, min(natural, float(column.width)))
    while width < room - MARGIN and _most_lines(different, width) > MOST_LINES:
        width += 5.0
    return min(width, max(least, room - MARGIN)) + MARGIN


def _most_lines(texts: Iterable[str], room: float) -> int:
    return max((count_lines(text, room) for text in texts), default=0)


def _natural_width(text: str) -> float:
    return max(text_width(line, bold=True) for line in text.split("\n"))


def _longest_word(texts: Iterable[str], *, bold: bool) -> float:
    widest = 0.0
    for text in texts:
        for word in WORD.findall(text):
            widest = max(widest, text_width(word, bold))
    return min(widest, LONGEST_WORD)


def _row_height(
    texts: Sequence[str], rooms: Sequence[float], is_bold: Sequence[bool]
) -> float:
    lines = 1
    for text, room, bold in zip(
        texts,
        rooms,
        is_bold,
        strict=True,
    ):
        lines = max(lines, count_lines(text, room, bold))
    return text_height(lines)


def text_height(lines: int) -> float:
    """Points of a row with so many lines."""
    return min(TALLEST, LINE * lines + 3.0)


def shown_text(cell: Cell, column: GridColumn) -> str:
    """A cell as a spreadsheet shows it."""
    value = cell.value
    if isinstance(value, str) or value is None:
        return value or ""
    if cell.text:
        return cell.text
    return _FORMATTED[column.kind].format(value)


_FORMATTED = {
    "text": "{}",
    "range": "{}",
    "whole": "{:,.0f}",
    "tenth": "{:.1f}",
    "percent": "{:.0f}%",
    "fine": "{:.3f}",
}
