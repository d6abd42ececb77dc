"""Made-up charts of every kind and size, and what is measured on their pictures."""

from collections.abc import Iterator
from math import inf, nan

import numpy as np

from coder.exporting.drawing.bars import BarRow, RankedBars
from coder.exporting.drawing.changes import ChangeRow, Changes
from coder.exporting.drawing.chart import Body, Chart
from coder.exporting.drawing.dots import DotPlot, DotRow
from coder.exporting.drawing.marks import Share
from coder.exporting.drawing.measures import Ruler
from coder.exporting.drawing.opposed import OpposedBars, OpposedRow
from coder.exporting.drawing.pairs import PairCell, PairMatrix
from coder.exporting.drawing.scale import Label
from coder.exporting.drawing.shapes import Box, Disc, Picture, Polygon, Stroke, Words

WARNING = "NOT FOR PUBLICATION: first guess by the program"
NAMES = (
    "Re-establish trust and confidence in the police, and hold officers who fall short to account",
    "Drugs",
    "Donaudampfschifffahrtsgesellschaftskapitän",  # one word of 42 letters
    "Safer roads/pedestrian crossings/speeding",
    "Café culture, £5 fares – “naïve” <b>&amp;",
    "More\u202e police\nvisibility",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "警察をもっと増やしてほしいという意見が多い",
)
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


def name_of(number: int) -> str:
    """One of the names; the number makes it another."""
    return f"{NAMES[number % len(NAMES)]} {number}"


def share_of(number: int) -> Share | None:
    """Shares from 0 to 100 % with intervals, without them, hidden and not known."""
    percent = (37 * number) % 101
    if number % 11 == 7:
        return None
    if number % 13 == 5:
        return Share(nan, nan, nan, "–")
    if number % 5 == 3:
        return Share(percent, nan, nan, f"{percent}%")
    low, high = max(0, percent - 4.2), min(100, percent + 6.1)
    return Share(percent, low, high, f"{percent}%", number % 3 - 1)


def bodies(themes: int, groups: int) -> Iterator[Body]:
    """Every kind of chart with so many themes and groups."""
    bars = []
    for number in range(themes):
        share = share_of(number) or Share(nan, nan, nan, "12")
        bars.append(BarRow(Label(name_of(number), number % 3), share))
    yield RankedBars(tuple(bars), "Main theme", "Sub-theme or position")
    names = tuple(name_of(number + 3) for number in range(groups))
    dots = []
    for row in range(themes):
        apart = 7 * (row % 2)  # in every other row all groups have one share
        shares = tuple(share_of(row + apart * group) for group in range(groups))
        dots.append(DotRow(Label(name_of(row)), shares))
    yield DotPlot(names, tuple(dots))
    sides = []
    for row in range(groups):
        sides.append(OpposedRow(Label(name_of(row)), share_of(row), share_of(row + 2)))
    yield OpposedBars(name_of(0), name_of(2), tuple(sides))
    changes = []
    for row in range(themes):
        before, now = (29 * row) % 101, (53 * row) % 101
        words = f"{now - before:+d}.0 (-12.4 to 13.7)"
        changes.append(ChangeRow(Label(name_of(row), row % 2), before, now, words, row % 3 == 0))
    yield Changes("Before (n=1,894)", "Now (n=12,503)", "Significant change", tuple(changes))
    paired = min(max(themes, 3), 10)
    cells = {}
    for last in range(paired):
        for first in range(last):
            if (last + first) % 5:
                cells[(last, first)] = PairCell(12345 // (last * last), (last + first) % 3 - 1)
    yield PairMatrix(tuple(name_of(number) for number in range(paired)), cells)


def chart_of(body: Body, warning: str = "") -> Chart:
    """The chart, with long texts around it."""
    return Chart(
        title="Themes by whether people have a disability or a long-term condition that limits them",
        base="Base: 12,503 comments analysed (Representative Poll and its boosts 9,894, Letters 2,609).",
        status="Estimated with 95% intervals, from 300 comments drawn at random and reviewed.",
        source="Source: Consultation on the Police and Crime Plan for London 2025 to 2029; coder",
        description="Most of all: Drugs.",
        body=body,
        warning=warning,
    )


def standing_words(picture: Picture) -> list[Words]:
    """All texts but the faint warning across the figures."""
    words = [shape for shape in picture.shapes if isinstance(shape, Words)]
    return [each for each in words if each.opacity == 1]


def room_of(words: Words, ruler: Ruler) -> Rectangle:
    """What one line of text covers, from the top of its capitals to a little below its baseline."""
    width = ruler.width(words.text, words.size, bold=words.bold)
    left = words.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor] * width
    return left, words.y - 0.72 * words.size, left + width, words.y + 0.2 * words.size


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether two rectangles share more than an edge."""
    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    return not apart


def marks_of(picture: Picture) -> Iterator[Rectangle]:
    """What bars, dots and intervals cover; cells, paper and the lines of the scale are left out."""
    for shape in picture.shapes:
        if isinstance(shape, Disc):
            yield (
                shape.x - shape.radius,
                shape.y - shape.radius,
                shape.x + shape.radius,
                shape.y + shape.radius,
            )
        elif isinstance(shape, Polygon):
            xs, ys = zip(*shape.points, strict=True)
            yield min(xs), min(ys), max(xs), max(ys)
        elif isinstance(shape, Stroke) and shape.thickness > 1:
            yield (
                min(shape.x1, shape.x2),
                min(shape.y1, shape.y2),
                max(shape.x1, shape.x2),
                max(shape.y1, shape.y2),
            )


def fill_behind(words: Words, picture: Picture) -> str:
    """The colour of the topmost box under the middle of a text."""
    ruler_height = words.size * 0.3
    fill = ""
    for shape in picture.shapes:
        if shape is words:
            break
        if isinstance(shape, Box):
            is_across = shape.x <= words.x <= shape.x + shape.width or shape.width == picture.width
            is_down = shape.y <= words.y - ruler_height <= shape.y + shape.height
            if is_across and is_down:
                fill = shape.fill
    return fill


def extent(picture: Picture) -> Rectangle:
    """The smallest rectangle around all bars, dots and lines."""
    left, top, right, bottom = inf, inf, -inf, -inf
    for mark in marks_of(picture):
        left, top = min(left, mark[0]), min(top, mark[1])
        right, bottom = max(right, mark[2]), max(bottom, mark[3])
    return left, top, right, bottom


# How colours look without one kind of cone, in linear light: Machado, Oliveira and Fernandes
# (2009), "A physiologically-based model for simulation of color vision deficiency", severity 1.
EYES = (
    np.eye(3),
    np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.01182, 0.04294, 0.968881],
        ]
    ),
    np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.3039],
        ]
    ),
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
DAYLIGHT = np.array([0.9505, 1.0, 1.089])


def cielab(colour: str, eye: np.ndarray) -> np.ndarray:
    """L*, a* and b* of `#rrggbb` as an eye sees it."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(TO_XYZ @ np.clip(eye @ linear, 0, 1) / DAYLIGHT)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
