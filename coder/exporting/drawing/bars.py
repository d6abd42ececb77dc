"""Ranked bars from 0 with their intervals."""

from dataclasses import dataclass

from coder.exporting.drawing.marks import (
    COLOURS,
    LIGHT,
    KeyEntry,
    Share,
    bar_key,
    draw_interval,
    interval_key,
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
from coder.exporting.drawing.shapes import Box
from coder.exporting.drawing.sheet import MARGIN, SMALL, Sheet

HEIGHT, LOW_HEIGHT = 16.0, 11.0  # of a bar
WORDS_GAP = 6.0


@dataclass(frozen=True)
class BarRow:
    """A row of the table with its share."""

    label: Label
    share: Share

    @property
    def is_main(self) -> bool:
        """Whether it stands under no other."""
        return self.label.depth == 0


@dataclass(frozen=True)
class RankedBars:
    """Bars below each other; what stands under a main theme is indented and lighter.

    Attributes:
        main, under: what the key calls the two kinds.
    """

    rows: tuple[BarRow, ...]
    main: str
    under: str

    def key(self) -> list[KeyEntry]:
        """Colours where there are two, and intervals where there are any."""
        entries = []
        if not all(row.is_main for row in self.rows):
            entries = [bar_key(COLOURS[0], self.main), bar_key(LIGHT, self.under)]
        if any(row.share.has_interval for row in self.rows):
            entries.append(interval_key())
        return entries

    def draw(self, sheet: Sheet) -> None:
        """All rows and the scale below them."""
        words = [sheet.text_width(row.share.words, SMALL) for row in self.rows]
        right = sheet.width - MARGIN - max(words, default=0.0) - WORDS_GAP
        end = round_end(row.share.end for row in self.rows)
        scale = Scale(marks_left(sheet), right, 0.0, end)
        top, below = sheet.y, len(sheet.shapes)
        for row in self.rows:
            _draw_bar(sheet, scale, row)
        draw_scale(sheet, scale, top, below)


def _draw_bar(sheet: Sheet, scale: Scale, row: BarRow) -> None:
    middle = place_row(sheet, row.label, HEIGHT) + HEIGHT / 2
    share = row.share
    height, colour = LOW_HEIGHT, LIGHT
    if row.is_main:
        height, colour = HEIGHT, COLOURS[0]
    start = scale.place(0)
    if share.is_known:
        width = scale.place(share.percent) - start
        sheet.add(Box(start, middle - height / 2, width, height, colour))
    if share.is_known and share.has_interval:
        low, high = scale.place(share.low), scale.place(share.high)
        sheet.add(*draw_interval(low, high, middle))
    x = scale.place(share.end) + WORDS_GAP
    write_figure(sheet, share.words, x, middle)
