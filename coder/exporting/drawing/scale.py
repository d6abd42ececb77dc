"""The scale of a chart in per cent, its lines and numbers, and the rows along it."""

from collections.abc import Iterable
from dataclasses import dataclass

from coder.exporting.drawing.shapes import (
    FAINT,
    GRID,
    INK,
    QUIET,
    WHITE,
    Anchor,
    Box,
    Stroke,
    Words,
)
from coder.exporting.drawing.sheet import (
    ASCENT,
    MARGIN,
    SMALL,
    TEXT,
    Sheet,
    line_height,
)

# Per cent at the end of a scale, and how many steps lead there.
STEPS = {
    1: 5,
    2: 4,
    5: 5,
    10: 5,
    15: 3,
    20: 4,
    25: 5,
    30: 3,
    40: 4,
    50: 5,
    60: 3,
    80: 4,
}
STEPS_TO_ALL = 5  # up to 100 %
LABELS = 0.36  # of a wide sheet
INDENT = 14.0
GAP = 8.0  # between rows, and between a label and its marks
HIDDEN = "hidden"  # where a figure would stand
BELOW_LABEL = 3.0  # between a label and its marks on a narrow sheet


@dataclass(frozen=True)
class Label:
    """The name of a row.

    Attributes:
        depth: 0 for a main theme, 1 and more for what stands under one.
    """

    text: str
    depth: int = 0
    bold: bool = False


@dataclass(frozen=True)
class Scale:
    """Per cent along a sheet.

    Attributes:
        left, right: pixels of `start` and `end`.
        start, end: per cent; the start is 0, or minus the end where bars go both ways.
    """

    left: float
    right: float
    start: float
    end: float

    def place(self, percent: float) -> float:
        """The pixel of a per cent."""
        along = (percent - self.start) / (self.end - self.start)
        return self.left + along * (self.right - self.left)


def round_end(shares: Iterable[float]) -> float:
    """The per cent at the end of the scale: a round number that nothing passes."""
    highest = max(shares, default=0.0)
    for end in STEPS:
        if highest <= end:
            return float(end)
    return 100.0


def label_room(sheet: Sheet) -> float:
    """Pixels for the labels of rows, indents among them."""
    if sheet.is_narrow:
        return sheet.room
    return sheet.width * LABELS


def marks_left(sheet: Sheet) -> float:
    """Where marks begin: beside the labels, or below them on a narrow sheet."""
    if sheet.is_narrow:
        return MARGIN
    return MARGIN + label_room(sheet) + GAP


def place_row(sheet: Sheet, label: Label, height: float) -> float:
    """Write a label and take the room of its marks; returns the top of the marks.

    Args:
        height: of the marks.
    """
    indent = INDENT * label.depth
    room = label_room(sheet) - indent
    lines = sheet.wrap(label.text, room, TEXT, bold=label.bold)
    written = len(lines) * line_height(TEXT)
    top = sheet.y
    if sheet.is_narrow:
        sheet.write_lines(lines, MARGIN + indent, top, bold=label.bold)
        sheet.y += written + BELOW_LABEL + height + GAP
        return top + written + BELOW_LABEL
    tallest = max(written, height)
    down = (tallest - written) / 2
    sheet.write_lines(lines, MARGIN + indent, top + down, bold=label.bold)
    sheet.y += tallest + GAP
    return top + (tallest - height) / 2


def write_figure(
    sheet: Sheet,
    words: str,
    x: float,
    middle: float,
    anchor: Anchor = "start",
    colour: str = INK,
) -> None:
    """Words beside a mark; the lines of the scale stop at them.

    Args:
        x: where they begin, or where they end, as `anchor` says.
        middle: of the mark, from above.
    """
    width = sheet.text_width(words, SMALL)
    left = x - width if anchor == "end" else x
    height = line_height(SMALL)
    sheet.add(Box(left - 1, middle - height / 2, width + 2, height, WHITE))
    sheet.add(Words(words, x, middle + SMALL * 0.35, SMALL, colour, anchor=anchor))


def draw_divider(sheet: Sheet) -> None:
    """A faint line across the sheet, in the gap after a row."""
    y = sheet.y - GAP / 2
    sheet.add(Stroke(MARGIN, y, sheet.width - MARGIN, y, FAINT))


def draw_scale(sheet: Sheet, scale: Scale, top: float, below: int) -> None:
    """Lines from `top` down to where the sheet is filled, with their numbers below.

    Args:
        below: how many shapes stay under the lines; later ones stand over them.
    """
    bottom = sheet.y
    lines = []
    for percent in _steps(sheet, scale):
        x = scale.place(percent)
        lines.append(Stroke(x, top, x, bottom, GRID))
        number = f"{abs(percent):g}%"
        baseline = bottom + 3 + ASCENT * SMALL
        sheet.add(Words(number, x, baseline, SMALL, QUIET, anchor="middle"))
    if scale.start < 0:
        lines.append(Stroke(scale.place(0), top, scale.place(0), bottom, QUIET))
    sheet.shapes[below:below] = lines
    sheet.y = bottom + line_height(SMALL) + 10


def _steps(sheet: Sheet, scale: Scale) -> list[float]:
    """The numbers of the scale; only its ends where the others would run into each other."""
    count = STEPS.get(int(scale.end), STEPS_TO_ALL)
    step = scale.end / count
    first = round(scale.start / step)
    numbers = [number * step for number in range(first, count + 1)]
    widths = [sheet.text_width(f"{abs(number):g}%", SMALL) for number in numbers]
    if scale.place(step) - scale.place(0) >= max(widths) + GAP:
        return numbers
    return sorted({scale.start, 0.0, scale.end})
