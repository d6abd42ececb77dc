"""Two opposite positions: bars to the left and to the right of a centre, with their intervals."""

from dataclasses import dataclass

from coder.exporting.drawing.marks import (
    COLOURS,
    KeyEntry,
    Share,
    bar_key,
    draw_interval,
    interval_key,
)
from coder.exporting.drawing.scale import (
    HIDDEN,
    Label,
    Scale,
    draw_scale,
    marks_left,
    place_row,
    round_end,
    write_figure,
)
from coder.exporting.drawing.shapes import QUIET, Anchor, Box
from coder.exporting.drawing.sheet import MARGIN, SMALL, Sheet

HEIGHT = 18.0  # of a bar
WORDS_GAP = 6.0
LEFT, RIGHT = -1, 1


@dataclass(frozen=True)
class OpposedRow:
    """A source or group with the share of each position; None where it is hidden."""

    label: Label
    left: Share | None
    right: Share | None

    @property
    def sides(self) -> list[tuple[int, Share]]:
        """The sides that have a figure."""
        pairs = []
        for side, share in ((LEFT, self.left), (RIGHT, self.right)):
            if share is not None and share.is_known:
                pairs.append((side, share))
        return pairs


@dataclass(frozen=True)
class OpposedBars:
    """Rows with a bar to each side.

    Attributes:
        left, right: the two positions.
    """

    left: str
    right: str
    rows: tuple[OpposedRow, ...]

    def key(self) -> list[KeyEntry]:
        """The positions, and intervals where there are any."""
        entries = [bar_key(COLOURS[0], self.left), bar_key(COLOURS[1], self.right)]
        if any(share.has_interval for share in self._shares()):
            entries.append(interval_key())
        return entries

    def _shares(self) -> list[Share]:
        shares = []
        for row in self.rows:
            shares += [share for _, share in row.sides]
        return shares

    def draw(self, sheet: Sheet) -> None:
        """All rows and the scale below them."""
        shares = self._shares()
        words = [sheet.text_width(share.words, SMALL) for share in shares]
        room = max(words, default=0.0) + WORDS_GAP
        end = round_end(share.end for share in shares)
        right = sheet.width - MARGIN - room
        scale = Scale(marks_left(sheet) + room, right, -end, end)
        top, below = sheet.y, len(sheet.shapes)
        for row in self.rows:
            middle = place_row(sheet, row.label, HEIGHT) + HEIGHT / 2
            for side, share in row.sides:
                _draw_side(sheet, scale, side, share, middle)
            _write_hidden(sheet, scale, row, middle)
        draw_scale(sheet, scale, top, below)


def _write_hidden(sheet: Sheet, scale: Scale, row: OpposedRow, middle: float) -> None:
    """Say on which sides a figure is kept back."""
    centre = scale.place(0)
    if row.left is None:
        x = centre - WORDS_GAP
        write_figure(sheet, HIDDEN, x, middle, "end", colour=QUIET)
    if row.right is None:
        write_figure(sheet, HIDDEN, centre + WORDS_GAP, middle, colour=QUIET)


def _draw_side(
    sheet: Sheet, scale: Scale, side: int, share: Share, middle: float
) -> None:
    centre, end = scale.place(0), scale.place(side * share.percent)
    colour = COLOURS[1]
    anchor: Anchor = "start"
    if side == LEFT:
        colour, anchor = COLOURS[0], "end"
    top = middle - HEIGHT / 2
    sheet.add(Box(min(centre, end), top, abs(end - centre), HEIGHT, colour))
    if share.has_interval:
        low, high = scale.place(side * share.low), scale.place(side * share.high)
        sheet.add(*draw_interval(low, high, middle))
    x = scale.place(side * share.end) + side * WORDS_GAP
    write_figure(sheet, share.words, x, middle, anchor)
