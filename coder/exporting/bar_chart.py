"""A horizontal bar chart with intervals as inline SVG, with a text equivalent for screen
readers.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from coder.exporting.tags import Element, joined, tag

# Distinguishable without colour vision too, and each with a contrast of at least 3:1 against white.
COLOURS = ("#1f4e79", "#b35900", "#2e7d57", "#7a3b8f", "#8a6d00", "#4d4d4d")
GREY = 5
# Pixels of the drawing, before it is scaled to the page.
WIDTH = 760
LABEL_WIDTH = 270
WORDS_WIDTH = 96  # at the end of the longest bar
CHARACTER_WIDTH = 6.4
BAR_HEIGHT = 15
LINE_GAP = 7
TOP = 10.0
LEGEND_TOP, LEGEND_HEIGHT = 14.0, 18.0
WARNING_HEIGHT = 26.0
WARNING_COLOUR = "#b00020"
SCALES = (1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80)  # per cent at the right end
SCALES_IN_FIVE_STEPS = (5, 10, 15, 25, 50, 100)


class Bar(NamedTuple):
    """One bar: its share in per cent, and its interval where there is one (else NaN)."""

    percent: float
    low: float
    high: float
    colour: int
    words: str  # at the end of the bar


class Line(NamedTuple):
    """A label and its bars."""

    label: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """Of the bars, without the gap below them."""
        return len(self.bars) * BAR_HEIGHT


def draw_bars(
    title: str,
    description: str,
    lines: Sequence[Line],
    series: Sequence[str] = (),
    *,
    warning: str = "",
) -> Element:
    """Horizontal bars from 0; a thin line on a bar is its interval.

    Args:
        title, description: for screen readers; the figures should also stand in a table.
        series: names of the colours, in their order; empty for no legend.
        warning: stands above the bars and across them.
    """
    end = _end_of_scale(lines)
    scale = (WIDTH - LABEL_WIDTH - WORDS_WIDTH) / end
    parts: list[Element] = [tag("title", title), tag("desc", description)]
    top = WARNING_HEIGHT if warning else 0.0
    y = top + TOP
    if series:
        y = _add_legend(parts, series, top)
    _add_gridlines(parts, lines, end, scale, y)
    for line in lines:
        _add_line(parts, line, scale, y)
        y += line.height + LINE_GAP
    if warning:
        parts += _draw_warning(warning, y)
        description = f"{warning}. {description}"
    return tag(
        "svg",
        joined(parts),
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        viewBox=f"0 0 {WIDTH} {y + 24:.0f}",
        width="100%",
        aria_label=f"{title}. {description}",
        font_family="system-ui, Arial, sans-serif",
        font_size="12",
        fill="#1a1a1a",
    )


def _end_of_scale(lines: Sequence[Line]) -> float:
    """The per cent at the right end: a round number that no bar or interval passes."""
    highest = 0.0
    for line in lines:
        for bar in line.bars:
            highest = max(highest, bar.percent)
            if pd.notna(bar.high):
                highest = max(highest, bar.high)
    for end in SCALES:
        if highest <= end:
            return float(end)
    return 100.0


def _draw_warning(warning: str, bottom: float) -> list[Element]:
    """A line above the bars, and its first words across them, which no cropping takes off."""
    heading = tag(
        "text",
        warning,
        x=WIDTH / 2,
        y=18,
        text_anchor="middle",
        font_size="15",
        font_weight="bold",
        fill=WARNING_COLOUR,
    )
    middle_x = (LABEL_WIDTH + WIDTH) / 2
    middle_y = (WARNING_HEIGHT + bottom) / 2
    across = tag(
        "text",
        warning.split(":")[0],
        x=_pixels(middle_x),
        y=_pixels(middle_y),
        text_anchor="middle",
        font_size="34",
        font_weight="bold",
        fill=WARNING_COLOUR,
        fill_opacity="0.22",
        transform=f"rotate(-18 {_pixels(middle_x)} {_pixels(middle_y)})",
        aria_hidden="true",
    )
    return [heading, across]


def _add_legend(parts: list[Element], series: Sequence[str], top: float) -> float:
    """Add the names of the colours; returns where the bars begin."""
    x, y = float(LABEL_WIDTH), top + LEGEND_TOP
    for number, name in enumerate(series):
        width = 22 + len(name) * CHARACTER_WIDTH
        if x + width > WIDTH and x > LABEL_WIDTH:
            x, y = float(LABEL_WIDTH), y + LEGEND_HEIGHT
        square = tag(
            "rect",
            x=_pixels(x),
            y=_pixels(y - 10),
            width=12,
            height=12,
            fill=COLOURS[number % len(COLOURS)],
        )
        parts.append(square)
        parts.append(tag("text", name, x=_pixels(x + 16), y=_pixels(y)))
        x += width + 10
    return y + LEGEND_HEIGHT


def _add_gridlines(
    parts: list[Element],
    lines: Sequence[Line],
    end: float,
    scale: float,
    y: float,
) -> None:
    bottom = y + sum(line.height + LINE_GAP for line in lines)
    steps = 5 if end in SCALES_IN_FIVE_STEPS else 4
    for step in range(steps + 1):
        percent = end * step / steps
        x = _pixels(LABEL_WIDTH + percent * scale)
        gridline = tag(
            "line",
            x1=x,
            x2=x,
            y1=_pixels(y - 4),
            y2=_pixels(bottom),
            stroke="#d9d9d9",
        )
        number = tag(
            "text",
            f"{percent:g}%",
            x=x,
            y=_pixels(bottom + 14),
            text_anchor="middle",
            class_="small",
        )
        parts += [gridline, number]


def _add_line(
    parts: list[Element],
    line: Line,
    scale: float,
    y: float,
) -> None:
    """A label and its bars, from y downwards."""
    label = tag(
        "text",
        _shortened(line.label),
        x=LABEL_WIDTH - 8,
        y=_pixels(y + line.height / 2 + 4),
        text_anchor="end",
    )
    parts.append(label)
    for bar in line.bars:
        parts += _bar(bar, y, scale)
        y += BAR_HEIGHT


def _shortened(label: str) -> str:
    if len(label) * CHARACTER_WIDTH < LABEL_WIDTH - 12:
        return label
    characters = int((LABEL_WIDTH - 20) / CHARACTER_WIDTH)
    return label[:characters].rstrip() + "…"


def _bar(bar: Bar, y: float, scale: float) -> list[Element]:
    width = bar.percent * scale
    if pd.isna(bar.percent):
        width = 0.0
    rectangle = tag(
        "rect",
        x=LABEL_WIDTH,
        y=_pixels(y + 1),
        width=_pixels(width),
        height=BAR_HEIGHT - 3,
        fill=COLOURS[bar.colour % len(COLOURS)],
    )
    parts = [rectangle]
    end = LABEL_WIDTH + width
    if pd.notna(bar.low) and bar.high > bar.low:
        low, high = LABEL_WIDTH + bar.low * scale, LABEL_WIDTH + bar.high * scale
        parts += _interval(low, high, y + (BAR_HEIGHT - 1) / 2)
        end = max(end, high)
    words = tag(
        "text",
        bar.words,
        x=_pixels(end + 6),
        y=_pixels(y + BAR_HEIGHT - 4),
        class_="small",
    )
    return [*parts, words]


def _interval(low: float, high: float, middle: float) -> list[Element]:
    """A thin line between the ends of an interval, with a stroke across each end."""
    return [
        _stroke(low, high, middle, middle),
        _stroke(low, low, middle - 3, middle + 3),
        _stroke(high, high, middle - 3, middle + 3),
    ]


def _stroke(x1: float, x2: float, y1: float, y2: float) -> Element:
    return tag(
        "line",
        x1=_pixels(x1),
        x2=_pixels(x2),
        y1=_pixels(y1),
        y2=_pixels(y2),
        stroke="#000",
        stroke_width=1.4,
    )


def _pixels(value: float) -> str:
    return f"{value:.1f}"
