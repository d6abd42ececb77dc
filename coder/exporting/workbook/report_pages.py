"""The tables of a report as the sheets of a workbook, with headings for people. Exact figures for
programs are in the JSON and CSV files.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from coder import tables
from coder.codebook import Codebook, Position, Theme
from coder.exporting.annex import full_name, technical_record
from coder.exporting.grid import Cell, Grid, GridColumn, Row, lay_out
from coder.exporting.report_grids import (
    breakdown_grids,
    ledger_grid,
    theme_grid,
    waves_grid,
)
from coder.exporting.workbook.book import Page, renamed, text_grid
from coder.reporting.report import TECHNICAL_RECORD, Breakdown, Report
from coder.text import headed

KIND = GridColumn(
    "Kind",
    "text",
    16,
)
RANK_RANGE = "Rank, 95% range"
ALL_SOURCES = "All sources"
QUOTE_WIDTH = 44  # digits: with its source beside it on a page
QUOTES_WIDTHS = (26, 40, 16, 12, 12, 8, 8)
CODEBOOK_WIDTHS = (26, 20, 44, 36, 36, 40, 20, 20)  # digits
OVER_THEMES = {
    "pooled": "All themes together",
    "mean": "Mean of the themes",
    "sets": "Whole sets of themes",
}
RESULTS = {
    "higher": "higher",
    "lower": "lower",
    "no": "no difference",
    "could not": "could not have differed",
    "": "not tested",
}
ALWAYS_SHOWN = ("n", "percent")  # of figures by group, hidden in every row or not
Key = tuple[str, str]  # theme id and position id


def report_pages(report: Report) -> Iterator[Page]:
    """A page for each table of a report, the published ones first."""
    yield themes_page(report)
    yield ranked_page(report)
    for breakdown in report.breakdowns:
        yield from _breakdown_pages(report, breakdown)
    waves = waves_grid(report)
    if waves is not None:
        yield Page("Before and now", replace(waves, base=report.base))
    if len(report.together):
        yield _pairs_page(report)
    if len(report.quotes):
        yield _quotes_page(report)
    if report.agreement is not None and len(report.agreement):
        yield _agreement_page(report, report.agreement)
    yield _ledger_page(report)
    yield _codebook_page(report.codebook)
    for breakdown in report.breakdowns:
        if (breakdown.cells["hidden"] != "base").any():
            yield _figures_page(report, breakdown)
    yield _record_page(report)


# ---------------------------------------------------------------- themes


def themes_page(report: Report) -> Page:
    """The table that a report refers to: themes and what stands under them, with descriptions,
    figures over all and by source, and quotes.
    """
    title = "Themes in the comments, with descriptions and quotes"
    grid = replace(theme_grid(report, "workbook"), title=title)
    grid = _without_ranges(_with_kinds(report, grid))
    columns = []
    for column in grid.columns:
        columns.append(replace(column, width=min(column.width, QUOTE_WIDTH)))
    return Page(
        "Themes",
        replace(grid, columns=tuple(columns)),
        (report.standing,),
    )


def _with_kinds(report: Report, grid: Grid) -> Grid:
    """The grid with a column that says what each row is, so that none needs the row above it."""
    place = grid.name_column
    rows = []
    for row, line in zip(
        grid.rows,
        report.themes.to_dict("records"),
        strict=True,
    ):
        kind = _kind_of(report, line)
        before, after = row.cells[: place + 1], row.cells[place + 1 :]
        rows.append(replace(row, cells=(*before, Cell(kind, kind), *after)))
    theme = replace(grid.columns[place], width=30)
    columns = (*grid.columns[:place], theme, KIND, *grid.columns[place + 1 :])
    return replace(
        grid,
        columns=columns,
        rows=tuple(rows),
    )


def _kind_of(report: Report, line: Mapping[Any, Any]) -> str:
    """`Main theme`, `Sub-theme of Visibility` or `Position on Drugs`."""
    if line["position_id"]:
        return f"Position on {report.codebook.theme(line['theme_id']).short}"
    if line["parent_id"]:
        return f"Sub-theme of {report.codebook.theme(line['parent_id']).short}"
    return "Main theme"


def _without_ranges(grid: Grid) -> Grid:
    """The grid without ranges of ranks, which the table of ranks has."""
    kept = [place for place, head in enumerate(grid.head) if head != RANK_RANGE]
    rows = []
    for row in grid.rows:
        rows.append(replace(row, cells=tuple(row.cells[place] for place in kept)))
    columns = tuple(grid.columns[place] for place in kept)
    return replace(
        grid,
        columns=columns,
        rows=tuple(rows),
    )


def ranked_page(report: Report) -> Page:
    """Rank, theme, number of comments and per cent."""
    grid = theme_grid(report, per_source=False)
    title = "Themes ranked by the number of comments"
    return Page(
        "Ranked themes",
        replace(grid, title=title),
        _lines(report),
    )


def _lines(report: Report) -> tuple[str, ...]:
    """What is said above a table of all comments."""
    lines = [report.standing]
    if report.question:
        lines.append(f"Question: {report.question}")
    return tuple(lines)


# ---------------------------------------------------------------- groups


def _breakdown_pages(report: Report, breakdown: Breakdown) -> Iterator[Page]:
    """A table for each route, since routes are considered separately; where the groups are the
    routes, one with both and one for each.
    """
    routes = list(dict.fromkeys(breakdown.cells["route"].astype(str)))
    grids = breakdown_grids(report, breakdown)
    for route, grid in zip(
        routes,
        grids,
        strict=True,
    ):
        name = f"By {breakdown.column}"
        if len(routes) > 1:
            name += f", {route}"
        based = replace(
            grid,
            base=grid.base or report.base,
            has_main_rows=True,
        )
        yield Page(
            name,
            based,
            (report.standing,),
            notes=breakdown.notes,
        )
    if breakdown.column == "route":
        for group, part in breakdown.cells.groupby("group", sort=False):
            yield _route_page(
                report,
                str(group),
                part,
                breakdown.notes,
            )


def _route_page(
    report: Report, route: str, part: pd.DataFrame, notes: Sequence[str]
) -> Page:
    """The themes of one route: weighted per cent where it has weights, and unweighted counts."""
    rows = _by_key(part)
    is_weighted = bool((part["design_effect"] - 1).abs().gt(1e-9).any())
    kind = "weighted" if is_weighted else "unweighted"
    columns = (
        GridColumn("Theme", "text", 44),
        GridColumn("n", "whole", 8),
        GridColumn(f"%, {kind}", "tenth", 12),
        GridColumn("95% from", "tenth", 10),
        GridColumn("95% to", "tenth", 10),
    )
    lines = []
    for depth, row in zip(
        report.depths,
        report.themes.to_dict("records"),
        strict=True,
    ):
        own = rows[row["theme_id"], row["position_id"]]
        lines.append(
            _route_row(
                str(row["theme"]),
                depth,
                own,
            )
        )
    base = f"Base: {int(part['base'].iloc[0]):,} comments, unweighted."
    grid = Grid(
        f"Themes in the comments: {route}, {kind}",
        columns,
        tuple(lines),
        has_main_rows=True,
        base=base,
        status=report.warning,
    )
    return Page(
        f"Route {route}",
        grid,
        (report.standing,),
        notes=tuple(notes),
    )


def _by_key(part: pd.DataFrame) -> dict[Key, Mapping[Any, Any]]:
    rows: dict[Key, Mapping[Any, Any]] = {}
    for row in part.to_dict("records"):
        rows[str(row["theme_id"]), str(row["position_id"])] = row
    return rows


def _route_row(name: str, depth: int, figures: Mapping[Any, Any]) -> Row:
    mark: Any = "hidden" if figures["hidden"] else ""
    cells = [Cell(name, name)]
    for column in ("n", "percent", "low", "high"):
        value = figures[column]
        cells.append(
            Cell(
                "",
                None if pd.isna(value) else value,
                mark,
            )
        )
    return Row(tuple(cells), depth)


def _figures_page(report: Report, breakdown: Breakdown) -> Page:
    """Every figure of a breakdown: bases, counts, intervals and tests, of groups that are large
    enough for any.
    """
    cells = _in_published_order(report, breakdown.cells)
    cells = cells[cells["hidden"] != "base"]
    cells = cells.assign(
        theme=_names_of(report, cells),
        significant=[RESULTS[str(value)] for value in cells["significant"]],
    )
    hidden = cells["hidden"] != ""
    unused = ["hidden"]
    for name in cells.columns:
        if name not in ALWAYS_SHOWN and _is_empty(cells[name]):
            unused.append(str(name))
    grid = lay_out(
        cells.drop(columns=unused),
        tables.CELLS,
        title=headed(breakdown.title, "figures, intervals and tests"),
        base=report.base,
        status=report.warning,
    )
    grid = renamed(grid, {"Significant": "Compared with the rest"})
    rows = []
    for row, is_hidden in zip(
        grid.rows,
        hidden,
        strict=True,
    ):
        rows.append(_with_hidden_figures(row) if is_hidden else row)
    grid = replace(grid, rows=tuple(rows))
    return Page(f"Figures by {breakdown.column}", grid)


def _with_hidden_figures(row: Row) -> Row:
    """The row with a mark in each cell that has no figure."""
    cells = []
    for cell in row.cells:
        is_blank = cell.value is None
        cells.append(replace(cell, mark="hidden") if is_blank else cell)
    return replace(row, cells=tuple(cells))


def _is_empty(column: "pd.Series[Any]") -> bool:
    return bool(column.isna().all() or (column.astype(str) == "").all())


def _in_published_order(report: Report, cells: pd.DataFrame) -> pd.DataFrame:
    """The rows that the theme table shows, in its order within each group."""
    keys = zip(
        report.themes["theme_id"],
        report.themes["position_id"],
        strict=True,
    )
    places = {key: place for place, key in enumerate(keys)}
    own = zip(
        cells["theme_id"],
        cells["position_id"],
        strict=True,
    )
    order = pd.Series([places.get(key, -1) for key in own], index=cells.index)
    groups = cells.groupby(["route", "group"], sort=False).ngroup()
    placed = cells.assign(_group=groups, _place=order)
    shown = placed[placed["_place"] >= 0].sort_values(["_group", "_place"])
    return shown.drop(columns=["_group", "_place"]).reset_index(drop=True)


# ---------------------------------------------------------------- other tables


def _names_of(report: Report, table: pd.DataFrame) -> list[str]:
    """The full name of the theme or position of each row."""
    names = {}
    for row in report.themes.to_dict("records"):
        names[row["theme_id"], row["position_id"]] = full_name(report, row)
    keys = zip(
        table["theme_id"],
        table["position_id"],
        strict=True,
    )
    return [names.get(key, "") for key in keys]


def _pairs_page(report: Report) -> Page:
    pairs = report.together
    results = []
    for more, fewer in zip(
        pairs["more_than_chance"], pairs["fewer_than_chance"], strict=True
    ):
        result = "more often" if more else "no difference"
        results.append("less often" if fewer else result)
    leave_out = {"more_than_chance"}
    if not (pairs["low"] < pairs["high"]).any():
        leave_out.add("low")
    grid = lay_out(
        pairs,
        tables.PAIRS,
        title="Themes that comments carry together",
        base=report.base,
        status=report.warning,
        leave_out=leave_out,
    )
    return Page(
        "Together",
        _with_texts(
            grid,
            "Compared with chance",
            results,
        ),
    )


def _with_texts(grid: Grid, heading: str, texts: Sequence[str]) -> Grid:
    """The grid with a last column of texts."""
    rows = []
    for row, text in zip(
        grid.rows,
        texts,
        strict=True,
    ):
        rows.append(replace(row, cells=(*row.cells, Cell(text, text))))
    columns = (
        *grid.columns,
        GridColumn(
            heading,
            "text",
            24,
        ),
    )
    return replace(
        grid,
        columns=columns,
        rows=tuple(rows),
    )


def _quotes_page(report: Report) -> Page:
    quotes = report.quotes
    names = _names_of(report, quotes)
    headings = ["Theme", "Quote", "Source", "Comment"]
    columns = [names, quotes["quote"], quotes["source"], quotes["comment_id"]]
    if "place" in quotes.columns:
        headings.append("Place")
        columns.append(quotes["place"])
    for heading, name in (("Personal details hidden", "masked"), ("Edited", "edited")):
        headings.append(heading)
        columns.append(["yes" if value else "no" for value in quotes[name]])
    rows = [row for row in zip(*columns, strict=True) if row[0]]
    title = "Quotes with the comments that they come from"
    grid = text_grid(
        title,
        headings,
        rows,
        QUOTES_WIDTHS[: len(headings)],
    )
    return Page(
        "Quotes",
        replace(
            grid,
            base=report.base,
            status=report.warning,
        ),
    )


def _agreement_page(report: Report, agreement: pd.DataFrame) -> Page:
    rows = report.themes.to_dict("records")
    names = dict(OVER_THEMES)
    for row in rows:
        key = "=".join(filter(None, (str(row["theme_id"]), str(row["position_id"]))))
        names[key] = full_name(report, row)
    themes = [names.get(str(key), str(key)) for key in agreement["theme_id"]]
    grid = lay_out(
        agreement.assign(theme_id=themes),
        tables.AGREEMENT,
        title="Agreement of reviewers who judged without seeing each other's answers",
        status=report.warning,
    )
    return Page("Agreement", renamed(grid, {"Theme id": "Theme"}))


def _ledger_page(report: Report) -> Page:
    grid = ledger_grid(report)
    rows = []
    for row in grid.rows:
        first = row.cells[0]
        if first.value == "all":
            first = Cell(ALL_SOURCES, ALL_SOURCES)
        rows.append(replace(row, cells=(first, *row.cells[1:])))
    grid = replace(
        grid,
        rows=tuple(rows),
        status=report.warning,
    )
    return Page("Ledger", grid)


def _codebook_page(codebook: Codebook) -> Page:
    """The themes and positions that are in use, with everything that says what belongs to them."""
    headings = (
        "Theme or position",
        "Stands under",
        "Definition",
        "Includes",
        "Excludes",
        "Keywords",
        "Tags",
        "Id in data files",
    )
    names = {node.theme.id: node.theme.name for node in codebook.nodes}
    rows = []
    for theme, parent_id, _ in codebook.nodes:
        if theme.retired:
            continue
        rows.append(_theme_row(theme, names.get(parent_id, "")))
        rows += [_position_row(theme, position) for position in theme.positions]
    title = f"Codebook: {codebook.title}, version {codebook.version}"
    line = f"Fingerprint {codebook.fingerprint}"
    return Page(
        "Codebook",
        text_grid(
            title,
            headings,
            rows,
            CODEBOOK_WIDTHS,
        ),
        (line,),
    )


def _theme_row(theme: Theme, parent: str) -> tuple[str, ...]:
    lists = (theme.includes, theme.excludes, theme.keywords, theme.tags)
    joined = ["; ".join(words) for words in lists]
    return (theme.name, parent, theme.definition, *joined, theme.id)


def _position_row(theme: Theme, position: Position) -> tuple[str, ...]:
    keywords = "; ".join(position.keywords)
    shared_id = f"{theme.id}={position.id}"
    return (
        position.name,
        theme.name,
        position.definition,
        "",
        "",
        keywords,
        "",
        shared_id,
    )


def _record_page(report: Report) -> Page:
    record = technical_record(report)
    rows = [(str(number), text) for number, text in enumerate(record, start=1)]
    return Page(
        TECHNICAL_RECORD,
        text_grid(
            TECHNICAL_RECORD,
            ("Number", "Text"),
            rows,
            (10, 90),
        ),
    )
