"""Marks of a chart: bars, dots of several shapes, intervals; and the key that explains them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan, nan

from coder.exporting.drawing.shapes import (
    INK,
    QUIET,
    WHITE,
    Box,
    Disc,
    Polygon,
    Shape,
    Stroke,
)
from coder.exporting.drawing.sheet import MARGIN, SMALL, Sheet, line_height

# Each has a contrast of at least 3:1 against white. Any two are at least 30 apart in CIELAB, also
# as people see them who lack one kind of cone; shapes tell them apart as well.
COLOURS = ("#1f4e79", "#dd5500", "#3399dd", "#552211", "#9944ff", "#aa8866")
LIGHT = "#7f94ab"  # for what stands under a main theme; 3:1 on white
MOST_SERIES = 2 * len(COLOURS)  # filled, then hollow
DOT = 5.0  # half the height of a dot
SIGN = 3.0  # half the width of a sign
SERIF = 3.5  # half the stroke across the end of an interval
KEY_WIDTH, KEY_GAP = 20.0, 14.0
Drawing = Callable[[float, float], list[Shape]]  # around a point


@dataclass(frozen=True)
class Share:
    """A share in per cent.

    Attributes:
        percent: NaN where it is not known.
        low, high: of its interval; NaN where there is none.
        words: that stand beside its mark.
        sign: 1 where it is significantly higher than what it is compared with, -1 where it is
            lower, else 0.
    """

    percent: float
    low: float = nan
    high: float = nan
    words: str = ""
    sign: int = 0

    @property
    def is_known(self) -> bool:
        """Whether there is something to draw."""
        return not isnan(self.percent)

    @property
    def has_interval(self) -> bool:
        """Whether it is uncertain, and known how much."""
        return self.high > self.low

    @property
    def end(self) -> float:
        """The highest per cent that its mark reaches; 0 where nothing is known."""
        if not self.is_known:
            return 0.0
        if self.has_interval:
            return max(self.percent, self.high)
        return self.percent


def draw_interval(x1: float, x2: float, y: float, colour: str = INK) -> list[Shape]:
    """A line between the ends of an interval, with a short stroke across each end."""
    shapes: list[Shape] = [Stroke(x1, y, x2, y, colour, 1.5)]
    for x in (x1, x2):
        shapes.append(Stroke(x, y - SERIF, x, y + SERIF, colour, 1.5))
    return shapes


def draw_dot(number: int, x: float, y: float) -> Shape:
    """The mark of the series with this number, from 0: its own colour and shape."""
    colour = COLOURS[number % len(COLOURS)]
    fill = colour
    if number % MOST_SERIES >= len(COLOURS):
        fill = WHITE
    kind = number % len(COLOURS)
    if kind == 0:
        return Disc(x, y, DOT, fill, colour)
    points = tuple((x + DOT * right, y + DOT * down) for right, down in OUTLINES[kind])
    return Polygon(points, fill, colour)


def draw_sign(x: float, y: float, direction: int, colour: str = QUIET) -> Shape:
    """A small triangle that points up for 1 and down for -1."""
    point, base = y - SIGN * direction, y + SIGN * direction
    return Polygon(((x, point), (x + SIGN, base), (x - SIGN, base)), colour, colour)


CROSS = (
    (-0.4, -1.1),
    (0.4, -1.1),
    (0.4, -0.4),
    (1.1, -0.4),
    (1.1, 0.4),
    (0.4, 0.4),
    (0.4, 1.1),
    (-0.4, 1.1),
    (-0.4, 0.4),
    (-1.1, 0.4),
    (-1.1, -0.4),
    (-0.4, -0.4),
)
# A triangle comes last: the signs beside figures are triangles too.
OUTLINES = {
    1: ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),  # square
    2: ((0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)),  # diamond
    3: CROSS,
    4: tuple((0.75 * (x - y), 0.75 * (x + y)) for x, y in CROSS),  # the letter x
    5: ((0.0, -1.1), (1.1, 0.9), (-1.1, 0.9)),  # triangle
}


# ---------------------------------------------------------------- the key


@dataclass(frozen=True)
class KeyEntry:
    """A sign and what it means."""

    draw: Drawing
    words: str


def bar_key(colour: str, words: str) -> KeyEntry:
    """What bars of a colour are."""
    return KeyEntry(lambda x, y: [Box(x - 7, y - 5, 14, 10, colour)], words)


def dot_key(number: int, words: str) -> KeyEntry:
    """What dots of a series are."""
    return KeyEntry(lambda x, y: [draw_dot(number, x, y)], words)


def interval_key() -> KeyEntry:
    """What the thin lines are."""
    return KeyEntry(lambda x, y: draw_interval(x - 8, x + 8, y), "95% interval")


def sign_key(direction: int, words: str) -> KeyEntry:
    """What the small triangles say that point up, for 1, or down, for -1."""
    return KeyEntry(lambda x, y: [draw_sign(x, y, direction)], words)


def draw_key(sheet: Sheet, entries: list[KeyEntry]) -> None:
    """The entries side by side, on as many lines as they take."""
    x = MARGIN
    right = sheet.width - MARGIN
    for entry in entries:
        lines = sheet.wrap(entry.words, sheet.room - KEY_WIDTH, SMALL)
        width = KEY_WIDTH + max(sheet.text_width(line, SMALL) for line in lines)
        if x > MARGIN and x + width > right:
            x = MARGIN
            sheet.y += line_height(SMALL) + 2
        sheet.add(*entry.draw(x + 8, sheet.y + line_height(SMALL) / 2))
        sheet.write_lines(lines, x + KEY_WIDTH, sheet.y, SMALL)
        sheet.y += (len(lines) - 1) * line_height(SMALL)
        x += width + KEY_GAP
    if entries:
        sheet.y += line_height(SMALL) + 8
