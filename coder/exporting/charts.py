"""The charts of a report: what each shows, and which an annex has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from coder.codebook import Theme
from coder.exporting.drawing.bars import BarRow, RankedBars
from coder.exporting.drawing.changes import ChangeRow, Changes
from coder.exporting.drawing.chart import Body, Chart
from coder.exporting.drawing.dots import DotPlot, DotRow
from coder.exporting.drawing.marks import MOST_SERIES, Share
from coder.exporting.drawing.opposed import OpposedBars, OpposedRow
from coder.exporting.drawing.pairs import PairCell, PairMatrix
from coder.exporting.drawing.scale import Label
from coder.figures import (
    format_count,
    format_interval,
    format_percent,
    format_tenth,
    join_names,
)
from coder.reporting.report import Breakdown, Report
from coder.text import count, headed

MOST_GROUPS = (
    8  # of a breakdown that has a chart; routes have one whatever their number
)
FEWEST_GROUPS = 2
LEAST_DRAWN = 0.5  # of the figures of a breakdown; a chart of hidden ones shows nothing
MOST_PAIRED, FEWEST_PAIRED = 10, 3  # themes in the chart of those that go together
MOST_SAID = 3  # rows that the text equivalent of a chart names
SIGNS = {"higher": 1, "lower": -1}
Record = Mapping[Any, Any]


def charts_of(report: Report) -> dict[str, Chart]:
    """The charts of an annex by name: `themes`, `by-COLUMN ROUTE`, `positions-THEME`, `waves` and
    `together`, those that the report has figures for.
    """
    charts = {"themes": themes_chart(report)}
    for breakdown in report.breakdowns:
        for route in dict.fromkeys(breakdown.cells["route"]):
            name = " ".join(filter(None, (f"by-{breakdown.column}", route)))
            _add(charts, name, breakdown_chart(report, breakdown, route))
    for theme in report.codebook.active:
        _add(charts, f"positions-{theme.id}", positions_chart(report, theme.id))
    _add(charts, "waves", waves_chart(report))
    _add(charts, "together", together_chart(report))
    return charts


def _add(charts: dict[str, Chart], name: str, chart: Chart | None) -> None:
    if chart is not None:
        charts[name] = chart


def _chart(
    report: Report, title: str, base: str, description: str, body: Body
) -> Chart:
    """A chart with what all charts of a report have."""
    comments = count(report.comments_counted, "comment")
    return Chart(
        title=title,
        base=base,
        status=report.standing,
        source=f"Source: {report.title}, {comments}; coder",
        description=f"{description} {base} {report.standing}",
        body=body,
        warning=report.warning,
    )


def _say_rows(named: Iterable[tuple[str, str]]) -> str:
    """The first rows with their figures, and how many more there are."""
    rows = [f"{name} {words}" for name, words in named]
    said = f"{count(len(rows), 'row')}: {'; '.join(rows[:MOST_SAID])}"
    if len(rows) > MOST_SAID:
        said += f"; and {len(rows) - MOST_SAID:,} more"
    return f"{said}."


# ---------------------------------------------------------------- themes


def themes_chart(report: Report) -> Chart:
    """Every row of the theme table as a bar, with its interval."""
    names = _names(report)
    rows = []
    for row, depth in zip(
        report.themes.to_dict(orient="records"), report.depths, strict=True
    ):
        label = Label(names[(row["theme_id"], row["position_id"])], depth)
        share = Share(row["percent"], row["low"], row["high"], _figures(row))
        rows.append(BarRow(label, share))
    base = f"{report.base} Per cent of comments (number)."
    said = _say_rows((row.label.text, row.share.words) for row in rows)
    body = RankedBars(tuple(rows), "Main theme", "Sub-theme or position")
    return _chart(report, "Themes in the comments", base, said, body)


def _figures(row: Record) -> str:
    """`12.4% (310)`; the number alone where there is no percentage."""
    number = format_count(row["n"])
    if pd.isna(row["percent"]):
        return number
    return f"{format_tenth(row['percent'])}% ({number})"


def _names(report: Report) -> dict[tuple[str, str], str]:
    """A short name for each theme and position."""
    names = {}
    for place in report.codebook.nodes:
        theme = place.theme
        names[(theme.id, "")] = theme.short
        for position in theme.positions:
            names[(theme.id, position.id)] = position.name
    return names


def _main_themes(report: Report) -> list[str]:
    """Their ids in the order of the table."""
    return list(report.themes.loc[report.themes["rank"].notna(), "theme_id"])


# ---------------------------------------------------------------- groups


def breakdown_chart(report: Report, breakdown: Breakdown, route: str) -> Chart | None:
    """The main themes by the groups of one route; hidden figures have no dot.

    None where groups are too many to be told apart, fewer than two have figures, or most figures
    are hidden.
    """
    cells = breakdown.cells[breakdown.cells["route"] == route]
    groups = _groups(cells)
    most = MOST_SERIES if breakdown.column == "route" else MOST_GROUPS
    if not FEWEST_GROUPS <= len(groups) <= most:
        return None
    shares = _shares(cells)
    names = _names(report)
    rows = []
    for theme_id in _main_themes(report):
        own = tuple(shares.get((theme_id, "", group)) for group in groups)
        rows.append(DotRow(Label(names[(theme_id, "")]), own))
    drawn = sum(len(row.shown) for row in rows)
    if drawn < LEAST_DRAWN * len(rows) * len(groups):
        return None
    title = breakdown.title
    if route:
        title = headed(title, route)
    body = DotPlot(tuple(groups.values()), tuple(rows))
    said = f"{count(len(rows), 'theme')} by group: {join_names(list(groups.values()))}."
    return _chart(report, title, _base_of_groups(cells), said, body)


def _groups(cells: pd.DataFrame) -> dict[str, str]:
    """The groups that have a figure, each with its name and number of comments."""
    known = cells[(cells["hidden"] == "") & cells["percent"].notna()]
    groups = {}
    for group, base in zip(known["group"], known["base"], strict=True):
        groups[str(group)] = f"{group} (n={base:,})"
    return groups


def _base_of_groups(cells: pd.DataFrame) -> str:
    """What the per cent are of, and what is not drawn."""
    base = "Base: the comments of each group (n). Per cent"
    if cells["design_effect"].notna().any():
        base = "Base: the comments of each group (n, unweighted). Per cent, weighted where "
        base += "the route has weights"
    if (cells["hidden"] != "").any():
        base += "; some figures are hidden to protect small groups"
    return f"{base}."


def _shares(cells: pd.DataFrame) -> dict[tuple[str, str, str], Share]:
    """The share of each theme, position and group that is not hidden."""
    shares = {}
    for row in cells[cells["hidden"] == ""].to_dict(orient="records"):
        key = (row["theme_id"], row["position_id"], str(row["group"]))
        words = format_percent(row["percent"])
        sign = SIGNS.get(row["significant"], 0)
        shares[key] = Share(row["percent"], row["low"], row["high"], words, sign)
    return shares


# ---------------------------------------------------------------- positions


def positions_chart(report: Report, theme_id: str) -> Chart | None:
    """The positions of a theme among all comments and by route: opposite bars for two, dots for
    more, which have no opposite. None where there is nothing to compare.
    """
    theme = report.codebook.theme(theme_id)
    if len(theme.positions) < 2:
        return None
    rows = []
    for name, own in _by_route(report, theme):
        if any(share is not None for share in own):
            rows.append((Label(name), own))
    if not rows:
        return None
    names = [position.name for position in theme.positions]
    said = f"{join_names(names)}, among all comments and by route."
    base = "Base: all comments, and those of each route (n). Per cent."
    title = f"{theme.short}: positions"
    return _chart(report, title, base, said, _positions_body(names, rows))


def _positions_body(
    names: Sequence[str], rows: Sequence[tuple[Label, Sequence[Share | None]]]
) -> Body:
    if len(names) == 2:
        opposed = tuple(OpposedRow(label, *own) for label, own in rows)
        return OpposedBars(names[0], names[1], opposed)
    dots = tuple(DotRow(label, tuple(own)) for label, own in rows)
    return DotPlot(tuple(names), dots)


def _by_route(report: Report, theme: Theme) -> Iterator[tuple[str, list[Share | None]]]:
    """All comments and each route by name, with the share of each position."""
    of_theme = report.themes[report.themes["theme_id"] == theme.id]
    total: dict[str, Share] = {}
    for row in of_theme.to_dict(orient="records"):
        if pd.notna(row["percent"]):
            words = format_percent(row["percent"])
            share = Share(row["percent"], row["low"], row["high"], words)
            total[row["position_id"]] = share
    name = f"All comments (n={report.comments_counted:,})"
    yield name, [total.get(position.id) for position in theme.positions]
    for breakdown in report.breakdowns:
        if breakdown.column != "route":
            continue
        shares = _shares(breakdown.cells)
        for group, name in _groups(breakdown.cells).items():
            own = [
                shares.get((theme.id, position.id, group))
                for position in theme.positions
            ]
            yield name, own


# ---------------------------------------------------------------- before and now, pairs


def waves_chart(report: Report) -> Chart | None:
    """Each row of the comparison with its dots before and now; None where nothing is compared."""
    if report.waves is None:
        return None
    names = _names(report)
    places = zip(report.themes["theme_id"], report.themes["position_id"], strict=True)
    depths = dict(zip(places, report.depths, strict=True))
    known = report.waves.dropna(subset=["percent_before", "percent"])
    rows = []
    for row in known.to_dict(orient="records"):
        key = (row["theme_id"], row["position_id"])
        label = Label(names[key], depths.get(key, 0))
        is_clear = row["significant"] in ("higher", "lower")
        before, now = row["percent_before"], row["percent"]
        rows.append(ChangeRow(label, before, now, _change(row), is_clear))
    if not rows:
        return None
    first = known.iloc[0]
    body = Changes(
        f"Before (n={first['base_before']:,})",
        f"Now (n={first['base']:,})",
        "Significant change, after correction",
        tuple(rows),
    )
    base = "Base: the comments before and now (n). Per cent; beside them the change in points"
    if known["change_low"].notna().any():
        base += " with its 95% interval"
    said = _say_rows((row.label.text, row.words) for row in rows)
    return _chart(report, "Themes before and now", f"{base}.", said, body)


def _change(row: Record) -> str:
    """`+3.1 (0.5 to 5.7)`."""
    words = format_tenth(row["change"])
    if row["change"] > 0:
        words = f"+{words}"
    interval = format_interval(row["change_low"], row["change_high"])
    if interval:
        words += f" ({interval})"
    return words


def together_chart(report: Report) -> Chart | None:
    """The most common main themes, and how many comments carry two of them; None for fewer than
    three themes.
    """
    pairs = report.together
    paired = set(pairs["theme_id"]) | set(pairs["with_theme_id"])
    themes = [theme_id for theme_id in _main_themes(report) if theme_id in paired]
    themes = themes[:MOST_PAIRED]
    if len(themes) < FEWEST_PAIRED:
        return None
    names = _names(report)
    place = {theme_id: number for number, theme_id in enumerate(themes)}
    cells, said = {}, []
    for row in pairs.to_dict(orient="records"):
        ids = (row["theme_id"], row["with_theme_id"])
        if all(theme_id in place for theme_id in ids):
            first, last = sorted(place[theme_id] for theme_id in ids)
            sign = int(row["more_than_chance"]) - int(row["fewer_than_chance"])
            cells[(last, first)] = PairCell(int(row["n"]), sign)
            said.append((f"{row['theme']} and {row['with_theme']}", f"{row['n']:,}"))
    if not cells:
        return None
    body = PairMatrix(tuple(names[(theme_id, "")] for theme_id in themes), cells)
    base = f"Base: {count(int(pairs['base'].max()), 'comment')}. Comments with both themes; "
    base += "columns have the numbers of the themes."
    return _chart(report, "Themes that go together", base, _say_rows(said), body)
