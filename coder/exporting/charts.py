"""Charts of a report as inline SVG: themes with intervals, themes by group, positions by route."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from coder.exporting.bar_chart import GREY, Bar, Line, draw_bars
from coder.exporting.tags import Element
from coder.figures import format_count, format_percent, format_tenth
from coder.reporting.report import Breakdown, Report
from coder.text import headed

INDENT = "– "


def themes_chart(report: Report) -> Element:
    """Every row of the theme table, with its interval."""
    names = _short_names(report)
    lines = []
    for row in report.themes.to_dict(orient="records"):
        name = names[(row["theme_id"], row["position_id"])]
        lines.append(Line(name, (_theme_bar(row),)))
    description = f"{report.base} Per cent and number of comments."
    if report.intervals:
        description += " The thin line on a bar is its 95% interval."
    title = "Themes in the comments"
    return draw_bars(title, description, lines, warning=report.warning)


def _theme_bar(row: Mapping[Any, Any]) -> Bar:
    """Main themes in colour, what stands under them in grey; no bar where nothing is known."""
    words = format_count(row["n"])
    if pd.notna(row["percent"]):
        words = f"{format_tenth(row['percent'])}% ({words})"
    colour = 0 if pd.notna(row["rank"]) else GREY
    return Bar(row["percent"], row["low"], row["high"], colour, words)


def breakdown_chart(
    report: Report,
    breakdown: Breakdown,
    route: str,
) -> Element:
    """The main themes by the groups of one route; hidden figures have no bar."""
    cells = _shown_cells(breakdown)
    cells = cells[cells["route"] == route]
    groups = list(dict.fromkeys(cells["group"]))
    names = _short_names(report)
    lines = []
    for theme_id in report.themes.loc[report.themes["rank"].notna(), "theme_id"]:
        bars = _bars_of(cells, theme_id, "", groups)
        if bars:
            lines.append(Line(names[(theme_id, "")], tuple(bars)))
    title = breakdown.title
    if route:
        title = headed(title, route)
    description = "Per cent of each group's comments, with 95% intervals."
    return draw_bars(title, description, lines, groups, warning=report.warning)


def positions_chart(report: Report, theme_id: str) -> Element | None:
    """The positions of a theme by route; None where there is nothing to compare."""
    theme = report.codebook.theme(theme_id)
    routes = [
        breakdown for breakdown in report.breakdowns if breakdown.column == "route"
    ]
    if not routes or not theme.positions:
        return None
    cells = _shown_cells(routes[0])
    lines = []
    for group in dict.fromkeys(routes[0].cells["group"]):
        own = cells[cells["group"] == group]
        bars: list[Bar] = []
        for number, position in enumerate(theme.positions):
            for bar in _bars_of(own, theme_id, position.id, [group]):
                bars.append(bar._replace(colour=number))
        if bars:
            lines.append(Line(str(group), tuple(bars)))
    if not lines:
        return None
    series = [position.name for position in theme.positions]
    title = f"{theme.short}: positions by route"
    description = "Per cent of each route's comments, with 95% intervals."
    return draw_bars(title, description, lines, series, warning=report.warning)


def _short_names(report: Report) -> dict[tuple[str, str], str]:
    """A short name for each theme and position, indented by its depth."""
    names = {}
    for theme, _, depth in report.codebook.nodes:
        names[(theme.id, "")] = INDENT * depth + theme.short
        for position in theme.positions:
            names[(theme.id, position.id)] = INDENT * (depth + 1) + position.name
    return names


def _shown_cells(breakdown: Breakdown) -> pd.DataFrame:
    return breakdown.cells[breakdown.cells["hidden"] == ""]


def _bars_of(
    cells: pd.DataFrame,
    theme_id: str,
    position_id: str,
    groups: Sequence[str],
) -> Iterable[Bar]:
    """A bar for each group with a figure, in the colour of the group's place."""
    is_theme = cells["theme_id"] == theme_id
    is_position = cells["position_id"] == position_id
    bars = []
    for row in cells[is_theme & is_position].to_dict(orient="records"):
        percent = row["percent"]
        if pd.notna(percent):
            colour = groups.index(row["group"])
            words = format_percent(percent)
            bars.append(Bar(percent, row["low"], row["high"], colour, words))
    return bars
