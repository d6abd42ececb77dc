"""The tables of a report as grids, the same for every writer."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from coder import tables
from coder.exporting.grid import (
    HIDDEN,
    HIGHER,
    LOWER,
    Cell,
    Grid,
    GridColumn,
    Row,
    cell_of,
    lay_out,
    with_columns,
    with_depths,
    with_mark,
)
from coder.figures import join_names
from coder.reporting.report import Breakdown, Report
from coder.text import headed

MOST_PAIRS = 15  # themes that go together, in documents; the workbook and JSON hold all
Key = tuple[str, str]  # theme id and position id


# ---------------------------------------------------------------- tables


def theme_grid(
    report: Report, audience: tables.Audience = "people", *, per_source: bool = True
) -> Grid:
    """The theme table: rank, theme, n, per cent, interval, and n and per cent of each source.

    Intervals and ranges of ranks are left out where nothing is uncertain, sources where there
    is one or `per_source` is false.
    """
    leave_out = set()
    if not report.intervals:
        leave_out.add("low")
    if not report.rank_ranges:
        leave_out.add("rank_low")
    if len(report.sources) < 2 or not per_source:
        leave_out |= {"n_{source}", "percent_{source}"}
    grid = lay_out(
        report.themes,
        tables.THEMES,
        title="Themes in the comments",
        base=report.base,
        status=report.warning,
        audience=audience,
        leave_out=leave_out,
    )
    grid = _with_depths_of_themes(report, grid, report.themes)
    return replace(grid, has_main_rows=True)


def _with_depths_of_themes(
    report: Report,
    grid: Grid,
    table: pd.DataFrame,
) -> Grid:
    """The grid of a table with a row a theme or position: each stands under its theme."""
    places = {place.theme.id: place for place in report.codebook.nodes}
    names = {place.theme.id: place.theme.name for place in report.codebook.nodes}
    depths, parents = [], []
    for theme_id, position_id in zip(
        table["theme_id"], table["position_id"], strict=True
    ):
        place = places[theme_id]
        depths.append(place.depth + bool(position_id))
        parent_id = theme_id if position_id else place.parent_id
        parents.append(names.get(parent_id, ""))
    return with_depths(grid, depths, parents)


def breakdown_grids(report: Report, breakdown: Breakdown) -> list[Grid]:
    """One table for each route: the themes by its groups, with marks where a group differs."""
    names = report.themes[["theme_id", "position_id", "theme"]]
    grids = []
    for route, part in breakdown.cells.groupby("route", sort=False):
        title = breakdown.title
        if route:
            title = headed(title, str(route))
        cells = _cells_by_group(part)
        bases = _bases(part)
        columns = [GridColumn(tables.CELLS.columns["theme"].heading, "text", 44)]
        for group, base in bases.items():
            columns.append(GridColumn(f"{group} (n={base:,})", "percent", 13))
        rows = []
        for theme_id, position_id, name in names.itertuples(index=False, name=None):
            own = cells.get((theme_id, position_id), {})
            figures = [own.get(group, _hidden_cell()) for group in bases]
            rows.append(Row((Cell(name, name), *figures)))
        grid = Grid(
            f"{title}, per cent",
            tuple(columns),
            tuple(rows),
            _marks_in(part),
            status=report.warning,
        )
        grids.append(_with_depths_of_themes(report, grid, names))
    return grids


def _bases(part: pd.DataFrame) -> dict[str, int]:
    """The groups of a route in their order, each with its number of comments."""
    first_rows = part.drop_duplicates("group")
    return dict(
        zip(
            first_rows["group"].astype(str), first_rows["base"].astype(int), strict=True
        )
    )


def _cells_by_group(part: pd.DataFrame) -> dict[Key, dict[str, Cell]]:
    percent = tables.CELLS.columns["percent"]
    cells: dict[Key, dict[str, Cell]] = {}
    for row in part.to_dict(orient="records"):
        of_theme = cells.setdefault((row["theme_id"], row["position_id"]), {})
        of_theme[str(row["group"])] = _cell_of_group(percent, row)
    return cells


def _cell_of_group(percent: tables.Column, row: Mapping[Any, Any]) -> Cell:
    if row["hidden"]:
        return _hidden_cell()
    cell = Cell(cell_of(percent, row["percent"]).text, row["percent"])
    return with_mark(cell, row["significant"])


def without_hidden_columns(grid: Grid) -> Grid:
    """The table without groups of which every figure is hidden; a note names them."""
    kept, left_out = [], []
    for place, column in enumerate(grid.columns):
        marks = {row.cells[place].mark for row in grid.rows}
        if marks == {"hidden"}:
            left_out.append(column.heading)
        else:
            kept.append(place)
    if not left_out:
        return grid
    note = f"Every figure is hidden of {join_names(left_out)}."
    return replace(with_columns(grid, kept), notes=(*grid.notes, note))


def _hidden_cell() -> Cell:
    return Cell(HIDDEN, HIDDEN, "hidden")


def _marks_in(part: pd.DataFrame) -> tuple[str, ...]:
    """What the marks in a table of groups mean."""
    notes = []
    if part["significant"].isin(["higher", "lower"]).any():
        notes.append(
            f"{HIGHER} {LOWER} significantly higher or lower than the rest, after correction"
        )
    if (part["hidden"] != "").any():
        notes.append(
            f"{HIDDEN} hidden: too few comments, or protecting a hidden figure"
        )
    return tuple(notes)


def ledger_grid(report: Report) -> Grid:
    """Received, excluded by reason and analysed; reasons that apply to no comment are left out."""
    unused = []
    for name in report.ledger.columns:
        if name.startswith("excluded_") and not (report.ledger[name] > 0).any():
            unused.append(name)
    ledger = report.ledger.drop(columns=unused)
    return lay_out(
        ledger,
        tables.LEDGER,
        title="Comments received, excluded and analysed",
    )


def pairs_grids(report: Report) -> Iterator[Grid]:
    """The pairs of themes that most comments carry both of; apart, those rarer than by chance."""
    pairs = report.together
    is_rare = pairs["fewer_than_chance"].astype(bool)
    most_common = pairs[~is_rare].head(MOST_PAIRS)
    if len(most_common):
        yield _pairs_grid(report, most_common, "Themes that go together")
    if is_rare.any():
        rare = pairs[is_rare].head(MOST_PAIRS)
        yield _pairs_grid(
            report, rare, "Themes that go together less often than by chance"
        )


def _pairs_grid(report: Report, pairs: pd.DataFrame, title: str) -> Grid:
    leave_out = set()
    if not (pairs["low"] < pairs["high"]).any():
        leave_out.add("low")
    base = int(report.together["base"].max())
    if base < report.comments_counted:
        title += f", in the {base:,} comments decided so far"
    return lay_out(
        pairs,
        tables.PAIRS,
        title=title,
        status=report.warning,
        leave_out=leave_out,
    )


def waves_grid(report: Report) -> Grid | None:
    """Shares before and now with the change; None where nothing is compared."""
    if report.waves is None:
        return None
    grid = lay_out(
        report.waves,
        tables.WAVES,
        title="Themes before and now, per cent",
        status=report.warning,
    )
    grid = _with_depths_of_themes(report, grid, report.waves)
    if report.waves["significant"].isin(["higher", "lower"]).any():
        note = f"{HIGHER} {LOWER} significantly higher or lower than before, after correction"
        return replace(grid, notes=(note,))
    return grid


def with_warning(report: Report, title: str) -> str:
    """A title with what must not be overlooked before it."""
    if not report.warning:
        return title
    return f"{report.warning}. {title}"
