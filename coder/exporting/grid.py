"""Tables as people read them: the same columns and words in every document that a writer makes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from coder.reporting.figures import (
    format_interval,
    format_percent,
    format_rank_range,
    format_tenth,
    join_names,
    round_half_up,
)
from coder.reporting.report import Breakdown, Report

HIDDEN = "·"
HIGHER, LOWER = "▲", "▼"


class Grid(NamedTuple):
    """A table for a document: every cell as text."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    depth: tuple[int, ...]  # per row: 0 for a main theme, 1 and more for what stands under one
    left: frozenset[int]  # columns that hold words; the others hold numbers
    notes: tuple[str, ...] = ()


def theme_grid(report: Report) -> Grid:
    """The theme table: rank, theme, n, per cent, interval, and n and per cent of each source."""
    sources = report.sources if len(report.sources) > 1 else []
    head = ["Rank", *(["Rank, 95% range"] if report.rank_ranges else []), "Theme", "n", "%"]
    head += ["95% interval"] if report.intervals else []
    head += [f"{name}: {unit}" for name in sources for unit in ("n", "%")]
    depth_of = {place.theme.id: place.depth for place in report.codebook.nodes}
    rows, depth = [], []
    for row in report.themes.to_dict(orient="records"):
        cells = ["" if pd.isna(row["rank"]) else str(row["rank"])]
        cells += (
            [format_rank_range(row["rank_low"], row["rank_high"])] if report.rank_ranges else []
        )
        cells += [str(row["theme"]), f"{row['n']:,}", format_tenth(row["percent"]) or "–"]
        cells += [format_interval(row["low"], row["high"])] if report.intervals else []
        for name in sources:
            cells += [f"{row[f'n_{name}']:,}", format_tenth(row[f"percent_{name}"]) or "–"]
        rows.append(tuple(cells))
        depth.append(depth_of[row["theme_id"]] + bool(row["position_id"]))
    left = frozenset({head.index("Theme")})
    return Grid(
        f"Themes in the comments. {report.base}", tuple(head), tuple(rows), tuple(depth), left
    )


def breakdown_grids(report: Report, breakdown: Breakdown) -> list[Grid]:
    """One table for each route: the themes by its groups, whole per cents, marks where a group differs."""
    shown = list(zip(report.themes["theme_id"], report.themes["position_id"], strict=True))
    names = dict(zip(shown, report.themes["theme"], strict=True))
    depth_of = {place.theme.id: place.depth for place in report.codebook.nodes}
    grids = []
    for route, part in breakdown.cells.groupby("route", sort=False):
        groups = list(dict.fromkeys(part["group"]))
        cells = {(r.group, r.theme_id, r.position_id): r for r in part.itertuples()}
        bases = {
            str(group): int(base)
            for group, base in part[["group", "base"]].drop_duplicates().itertuples(index=False)
        }
        head = ("Theme", *(f"{group} (n={bases[group]:,})" for group in groups))
        rows = [
            (str(names[key]), *(_cell(cells.get((group, *key))) for group in groups))
            for key in shown
        ]
        depth = tuple(depth_of[theme_id] + bool(position_id) for theme_id, position_id in shown)
        caption = f"{breakdown.title}{': ' + str(route) if str(route) else ''}, per cent"
        grids.append(Grid(caption, head, tuple(rows), depth, frozenset({0}), _marks(part)))
    return grids


def _cell(cell: Any) -> str:
    if cell is None or cell.hidden:
        return HIDDEN
    mark = {"higher": f" {HIGHER}", "lower": f" {LOWER}"}.get(cell.significant, "")
    return format_percent(cell.percent) + mark


def _marks(part: pd.DataFrame) -> tuple[str, ...]:
    said = []
    if part["significant"].isin(["higher", "lower"]).any():
        said.append(
            f"{HIGHER} {LOWER} significantly higher or lower than the rest, after correction"
        )
    if (part["hidden"] != "").any():
        said.append(f"{HIDDEN} hidden: too few comments, or protecting a hidden figure")
    return tuple(said)


def ledger_grid(report: Report) -> Grid:
    """Received, excluded by reason and analysed; reasons that nobody was excluded for are left out."""
    table = report.ledger
    used = [c for c in table.columns if not c.startswith("excluded_") or (table[c] > 0).any()]
    head = tuple(name.replace("excluded_", "excluded: ").replace("_", "-") for name in used)
    rows = tuple(
        tuple(str(row[c]) if c == "source" else f"{row[c]:,}" for c in used)
        for row in table.to_dict(orient="records")
    )
    return Grid(
        "Comments received, excluded and analysed", head, rows, (0,) * len(rows), frozenset({0})
    )


def together_grid(report: Report, most: int = 15) -> Grid:
    """The pairs of themes that most comments carry both of."""
    rows = tuple(
        (
            f"{r.theme} and {r.with_theme}",
            f"{r.n:,}",
            f"{r.expected:.1f}",
            "more" if r.more_than_chance else "",
        )
        for r in report.together.head(most).itertuples()
    )
    head = ("Themes", "Comments with both", "Expected by chance", "More than chance")
    return Grid(
        "Themes that go together, as coded", head, rows, (0,) * len(rows), frozenset({0, 3})
    )


def waves_grid(report: Report) -> Grid | None:
    """Shares before and now with the change; None where nothing is compared."""
    if report.waves is None:
        return None
    depth_of = {place.theme.id: place.depth for place in report.codebook.nodes}
    rows, depth = [], []
    for row in report.waves.to_dict(orient="records"):
        mark = {"higher": f" {HIGHER}", "lower": f" {LOWER}"}.get(row["significant"], "")
        interval = (
            f"{_signed(row['change_low'])} to {_signed(row['change_high'])}" if row["test"] else ""
        )
        change = f"{_signed(row['change'])}{mark}"
        rows.append(
            (
                str(row["theme"]),
                format_percent(row["percent_before"]),
                format_percent(row["percent"]),
                change,
                interval,
            )
        )
        depth.append(depth_of[row["theme_id"]] + bool(row["position_id"]))
    marked = report.waves["significant"].isin(["higher", "lower"]).any()
    notes = (
        (f"{HIGHER} {LOWER} significantly higher or lower than before, after correction",)
        if marked
        else ()
    )
    first = report.waves.iloc[0]
    head = (
        "Theme",
        f"Before (n={first['base_before']:,.0f})",
        f"Now (n={first['base']:,.0f})",
        "Change, points",
        "95% interval",
    )
    return Grid(
        "Themes before and now, per cent", head, tuple(rows), tuple(depth), frozenset({0}), notes
    )


def _signed(points: float) -> str:
    return f"{round_half_up(points, 1):+.1f}" if points == points else "–"


def full_name(report: Report, row: Mapping[Any, Any]) -> str:
    """What a row of the theme table is called where it stands alone: a position goes by its theme too."""
    theme = report.codebook.theme(str(row["theme_id"]))
    return f"{theme.short}: {row['theme']}" if row["position_id"] else str(row["theme"])


class Quoted(NamedTuple):
    """A row of the theme table with its quotes: text, source and comment id of each."""

    key: tuple[str, str]  # theme id and position id: two positions may have one name
    name: str
    quotes: tuple[tuple[str, str, str], ...]


def quoted_rows(report: Report) -> list[Quoted]:
    """The rows that have quotes, in the table's order."""
    found = []
    said = report.quotes.sort_values("number", kind="stable")
    for row in report.themes.to_dict(orient="records"):
        theme_id, position_id = str(row["theme_id"]), str(row["position_id"])
        here = said[(said["theme_id"] == theme_id) & (said["position_id"] == position_id)]
        quotes = tuple(here[["quote", "source", "comment_id"]].itertuples(index=False, name=None))
        if quotes:
            found.append(Quoted((theme_id, position_id), full_name(report, row), quotes))
    return found


def breakdown_notes(report: Report) -> list[str]:
    """The notes of all breakdowns, each with the column that it is about."""
    notes: dict[str, list[str]] = {}
    for breakdown in report.breakdowns:
        for note in breakdown.notes:
            notes.setdefault(note, []).append(breakdown.column)
    return [f"By {join_names(columns)}: {note}" for note, columns in notes.items()]
