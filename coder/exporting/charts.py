"""Charts as inline SVG: themes with intervals, themes by group, positions by source. Each has a text equivalent."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from coder.exporting.tags import Element, joined, tag
from coder.reporting.figures import format_percent, format_tenth
from coder.reporting.report import Breakdown, Report

# Told apart without colour vision too, and each at least 3:1 against white.
COLOURS = ("#1f4e79", "#b35900", "#2e7d57", "#7a3b8f", "#8a6d00", "#4d4d4d")
LABEL, BAR, GAP, WIDTH, CHAR = 270, 15, 7, 760, 6.4


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


def bar_chart(
    title: str, description: str, lines: Sequence[Line], series: Sequence[str] = ()
) -> Element:
    """Horizontal bars from 0; the whisker is the interval. `series` names the colours.

    The picture carries its title and description for screen readers; the figures also stand in a table.
    """
    highest = max(
        (max(b.percent, b.high if b.high == b.high else 0.0) for row in lines for b in row.bars),
        default=0.0,
    )
    top = _round_up(highest)
    scale = (WIDTH - LABEL - 96) / top
    parts: list[Element] = [tag("title", title), tag("desc", description)]
    y = 10.0
    if series:
        y = _legend(parts, series)
    for mark in _marks(top):
        x = LABEL + mark * scale
        parts.append(
            tag(
                "line",
                x1=_at(x),
                x2=_at(x),
                y1=_at(y - 4),
                y2=_at(y + _height(lines)),
                stroke="#d9d9d9",
            )
        )
        parts.append(
            tag(
                "text",
                f"{mark:g}%",
                x=_at(x),
                y=_at(y + _height(lines) + 14),
                text_anchor="middle",
                class_="small",
            )
        )
    for row in lines:
        label = (
            row.label
            if len(row.label) * CHAR < LABEL - 12
            else row.label[: int((LABEL - 20) / CHAR)].rstrip() + "…"
        )
        height = len(row.bars) * BAR
        parts.append(tag("text", label, x=LABEL - 8, y=_at(y + height / 2 + 4), text_anchor="end"))
        for bar in row.bars:
            parts += _bar(bar, y, scale)
            y += BAR
        y += GAP
    body = joined(parts)
    return tag(
        "svg",
        body,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        viewBox=f"0 0 {WIDTH} {y + 24:.0f}",
        width="100%",
        aria_label=f"{title}. {description}",
        font_family="system-ui, Arial, sans-serif",
        font_size="12",
        fill="#1a1a1a",
    )


def _bar(bar: Bar, y: float, scale: float) -> list[Element]:
    colour = COLOURS[bar.colour % len(COLOURS)]
    width = bar.percent * scale if bar.percent == bar.percent else 0.0
    parts = [tag("rect", x=LABEL, y=_at(y + 1), width=_at(width), height=BAR - 3, fill=colour)]
    end = LABEL + width
    if bar.low == bar.low and bar.high > bar.low:
        low, high, middle = LABEL + bar.low * scale, LABEL + bar.high * scale, y + (BAR - 1) / 2
        for x1, x2, y1, y2 in (
            (low, high, middle, middle),
            (low, low, middle - 3, middle + 3),
            (high, high, middle - 3, middle + 3),
        ):
            parts.append(
                tag(
                    "line",
                    x1=_at(x1),
                    x2=_at(x2),
                    y1=_at(y1),
                    y2=_at(y2),
                    stroke="#000",
                    stroke_width=1.4,
                )
            )
        end = max(end, high)
    parts.append(tag("text", bar.words, x=_at(end + 6), y=_at(y + BAR - 4), class_="small"))
    return parts


def _legend(parts: list[Element], series: Sequence[str]) -> float:
    x, y = float(LABEL), 14.0
    for number, name in enumerate(series):
        need = 22 + len(name) * CHAR
        if x + need > WIDTH and x > LABEL:
            x, y = float(LABEL), y + 18
        parts.append(
            tag(
                "rect",
                x=_at(x),
                y=_at(y - 10),
                width=12,
                height=12,
                fill=COLOURS[number % len(COLOURS)],
            )
        )
        parts.append(tag("text", name, x=_at(x + 16), y=_at(y)))
        x += need + 10
    return y + 18


def _height(lines: Sequence[Line]) -> float:
    return sum(len(row.bars) * BAR + GAP for row in lines)


def _at(value: float) -> str:
    return f"{value:.1f}"


def _round_up(value: float) -> float:
    for top in (1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80):
        if value <= top:
            return float(top)
    return 100.0


def _marks(top: float) -> list[float]:
    steps = 5 if top in (5, 10, 15, 25, 50, 100) else 4
    return [top * step / steps for step in range(steps + 1)]


# ---------------------------------------------------------------- the charts that people use


def _short_names(report: Report) -> dict[tuple[str, str], str]:
    names = {}
    for theme, _, depth in report.codebook.nodes:
        names[(theme.id, "")] = "– " * depth + theme.short
        for position in theme.positions:
            names[(theme.id, position.id)] = "– " * (depth + 1) + position.name
    return names


def themes_chart(report: Report) -> Element:
    """Every row of the theme table, with its interval."""
    names = _short_names(report)
    lines = []
    for row in report.themes.to_dict(orient="records"):
        words = (
            f"{format_tenth(row['percent'])}% ({row['n']:,})"
            if row["percent"] == row["percent"]
            else f"{row['n']:,}"
        )
        bar = Bar(row["percent"], row["low"], row["high"], 0 if pd.notna(row["rank"]) else 5, words)
        lines.append(Line(names[(row["theme_id"], row["position_id"])], (bar,)))
    whiskers = " The thin line on a bar is its 95% interval." if report.intervals else ""
    return bar_chart(
        "Themes in the comments", f"{report.base} Per cent and number of comments.{whiskers}", lines
    )


def breakdown_chart(report: Report, breakdown: Breakdown, route: str) -> Element:
    """The main themes by the groups of one route."""
    part = breakdown.cells[(breakdown.cells["route"] == route) & (breakdown.cells["hidden"] == "")]
    main = report.themes[report.themes["rank"].notna()]
    names = _short_names(report)
    groups = list(dict.fromkeys(part["group"]))
    lines = [
        Line(names[(theme_id, "")], _bars(part, theme_id, "", groups))
        for theme_id in main["theme_id"]
    ]
    title = f"{breakdown.title}{f': {route}' if route else ''}"
    return bar_chart(
        title,
        "Per cent of each group's comments, with 95% intervals.",
        [row for row in lines if row.bars],
        groups,
    )


def positions_chart(report: Report, theme_id: str) -> Element | None:
    """The positions of a theme by route, or by nothing where there is one route."""
    theme = report.codebook.theme(theme_id)
    routes = next((b for b in report.breakdowns if b.column == "route"), None)
    series = [position.name for position in theme.positions]
    if routes is None or not series:
        return None
    lines = []
    for group in dict.fromkeys(routes.cells["group"]):
        own = routes.cells[(routes.cells["group"] == group) & (routes.cells["hidden"] == "")]
        bars = [
            bar._replace(colour=number)
            for number, position in enumerate(theme.positions)
            for bar in _bars(own, theme_id, position.id, [group])
        ]
        if bars:
            lines.append(Line(str(group), tuple(bars)))
    if not lines:
        return None
    return bar_chart(
        f"{theme.short}: positions by route",
        "Per cent of each route's comments, with 95% intervals.",
        lines,
        series,
    )


def _bars(
    part: pd.DataFrame, theme_id: str, position_id: str, groups: Sequence[str]
) -> tuple[Bar, ...]:
    own = part[(part["theme_id"] == theme_id) & (part["position_id"] == position_id)]
    return tuple(
        Bar(
            row["percent"],
            row["low"],
            row["high"],
            groups.index(row["group"]),
            format_percent(row["percent"]),
        )
        for row in own.to_dict(orient="records")
        if row["percent"] == row["percent"]
    )
