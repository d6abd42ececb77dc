"""Before and now: two dots for each theme, joined by a line."""

from dataclasses import dataclass

from coder.exporting.drawing.marks import (
    COLOURS,
    DOT,
    KeyEntry,
)
from coder.exporting.drawing.scale import (
    Label,
    Scale,
    draw_scale,
    marks_left,
    place_row,
    round_end,
    write_figure,
)
from coder.exporting.drawing.shapes import QUIET, WHITE, Disc, Shape, Stroke
from coder.exporting.drawing.sheet import MARGIN, SMALL, Sheet

HEIGHT = 16.0
WORDS_GAP = 7.0
CLEAR, UNCLEAR = 4.0, 1.5  # thickness of the line between the dots


@dataclass(frozen=True)
class ChangeRow:
    """A theme before and now.

    Attributes:
        before, now: per cent.
        words: the change in figures.
        is_clear: whether it is more than chance.
    """

    label: Label
    before: float
    now: float
    words: str
    is_clear: bool


@dataclass(frozen=True)
class Changes:
    """Rows with a dot for each of two times.

    Attributes:
        before, now: what the key calls the times.
        clear: what the key says of thick lines.
    """

    before: str
    now: str
    clear: str
    rows: tuple[ChangeRow, ...]

    def key(self) -> list[KeyEntry]:
        """The two times, and clear changes where there are any."""
        entries = [
            KeyEntry(lambda x, y: [_draw_before(x, y)], self.before),
            KeyEntry(lambda x, y: [_draw_now(x, y)], self.now),
        ]
        if any(row.is_clear for row in self.rows):
            sign = KeyEntry(lambda x, y: [_join(x - 7, x + 7, y, CLEAR)], self.clear)
            entries.append(sign)
        return entries

    def draw(self, sheet: Sheet) -> None:
        """All rows and the scale below them."""
        words = [sheet.text_width(row.words, SMALL) for row in self.rows]
        room = max(words, default=0.0) + WORDS_GAP + DOT
        right = sheet.width - MARGIN - room
        end = round_end(max(row.before, row.now) for row in self.rows)
        scale = Scale(marks_left(sheet) + DOT, right, 0.0, end)
        top, below = sheet.y, len(sheet.shapes)
        for row in self.rows:
            _draw_row(sheet, scale, row)
        draw_scale(sheet, scale, top, below)


def _draw_row(sheet: Sheet, scale: Scale, row: ChangeRow) -> None:
    y = place_row(sheet, row.label, HEIGHT) + HEIGHT / 2
    before, now = scale.place(row.before), scale.place(row.now)
    thickness = UNCLEAR
    if row.is_clear:
        thickness = CLEAR
    sheet.add(_join(before, now, y, thickness))
    sheet.add(_draw_before(before, y), _draw_now(now, y))
    x = max(before, now) + DOT + WORDS_GAP
    write_figure(sheet, row.words, x, y)


def _join(x1: float, x2: float, y: float, thickness: float) -> Shape:
    return Stroke(x1, y, x2, y, QUIET, thickness)


def _draw_before(x: float, y: float) -> Shape:
    return Disc(x, y, DOT, WHITE, QUIET)


def _draw_now(x: float, y: float) -> Shape:
    return Disc(x, y, DOT, COLOURS[0], COLOURS[0])
