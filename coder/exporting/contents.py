"""What a document of a report contains: its tables, sections, quotes and notes, the same for
every writer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    with_depths,
    with_mark,
)
from coder.figures import join_names
from coder.reporting.report import (
    FOR_ANALYSTS,
    TECHNICAL_RECORD,
    Breakdown,
    Report,
)
from coder.text import headed

MOST_PAIRS = 15  # themes that go together, in documents; the workbook and JSON hold all
Key = tuple[str, str]  # theme id and position id


@dataclass(frozen=True)
class Section:
    """A section of a document: a heading and its tables."""

    anchor: str
    title: str
    grids: tuple[Grid, ...]
    breakdown: Breakdown | None = None


def sections(report: Report) -> list[Section]:
    """The sections that follow the theme table and the quotes."""
    parts = []
    for number, breakdown in enumerate(report.breakdowns, start=1):
        grids = tuple(breakdown_grids(report, breakdown))
        parts.append(Section(f"by-{number}", breakdown.title, grids, breakdown))
    waves = waves_grid(report)
    if waves is not None:
        parts.append(Section("waves", "Before and now", (waves,)))
    if len(report.together):
        grids = tuple(pairs_grids(report))
        parts.append(Section("together", "Themes that go together", grids))
    ledger = ledger_grid(report)
    parts.append(Section("ledger", ledger.caption, (ledger,)))
    return parts


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
        caption=with_warning(report, f"Themes in the comments. {report.base}"),
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
            with_warning(report, f"{title}, per cent"),
            tuple(columns),
            tuple(rows),
            _marks_in(part),
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
        caption="Comments received, excluded and analysed",
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


def _pairs_grid(report: Report, pairs: pd.DataFrame, caption: str) -> Grid:
    leave_out = set()
    if not (pairs["low"] < pairs["high"]).any():
        leave_out.add("low")
    base = int(report.together["base"].max())
    if base < report.comments_counted:
        caption += f", in the {base:,} comments decided so far"
    return lay_out(
        pairs,
        tables.PAIRS,
        caption=with_warning(report, caption),
        leave_out=leave_out,
    )


def waves_grid(report: Report) -> Grid | None:
    """Shares before and now with the change; None where nothing is compared."""
    if report.waves is None:
        return None
    grid = lay_out(
        report.waves,
        tables.WAVES,
        caption=with_warning(report, "Themes before and now, per cent"),
    )
    grid = _with_depths_of_themes(report, grid, report.waves)
    if report.waves["significant"].isin(["higher", "lower"]).any():
        note = f"{HIGHER} {LOWER} significantly higher or lower than before, after correction"
        return replace(grid, notes=(note,))
    return grid


# ---------------------------------------------------------------- names, quotes, notes


def with_warning(report: Report, title: str) -> str:
    """A title with what must not be overlooked before it."""
    if not report.warning:
        return title
    return f"{report.warning}. {title}"


def full_name(report: Report, row: Mapping[Any, Any]) -> str:
    """The name of a row of the theme table where it stands alone: a position with its theme
    before it.
    """
    if not row["position_id"]:
        return str(row["theme"])
    theme = report.codebook.theme(str(row["theme_id"]))
    return f"{theme.short}: {row['theme']}"


@dataclass(frozen=True)
class QuotedRow:
    """A row of the theme table with its quotes.

    Attributes:
        key: theme id and position id; two positions may have one name.
        quotes: text, source and comment id of each; with the id the place in its document.
    """

    key: Key
    name: str
    quotes: tuple[tuple[str, str, str], ...]


def quoted_rows(report: Report) -> list[QuotedRow]:
    """The rows that have quotes, in the order of the theme table."""
    quotes: dict[Key, list[tuple[str, str, str]]] = {}
    in_order = report.quotes.sort_values("number", kind="stable")
    for quote in in_order.to_dict(orient="records"):
        own = quotes.setdefault((quote["theme_id"], quote["position_id"]), [])
        origin = quote["comment_id"]
        if quote.get("place"):
            origin = f"{origin}, {quote['place']}"
        own.append((quote["quote"], quote["source"], origin))
    rows = []
    for row in report.themes.to_dict(orient="records"):
        key = (row["theme_id"], row["position_id"])
        if key in quotes:
            rows.append(QuotedRow(key, full_name(report, row), tuple(quotes[key])))
    return rows


@dataclass(frozen=True)
class NoteSection:
    """Notes that stand below the tables of a document, with their heading."""

    title: str
    notes: tuple[str, ...]


def note_sections(report: Report) -> list[NoteSection]:
    """What analysts need, then the technical record, with the notes of the breakdowns. What
    readers need stands at the top of a document.
    """
    notes = {breakdown.column: breakdown.notes for breakdown in report.breakdowns}
    analyst = (*report.notes.analyst, *_notes_by_column(notes))
    return [
        NoteSection(FOR_ANALYSTS, analyst),
        NoteSection(TECHNICAL_RECORD, technical_record(report)),
    ]


def technical_record(report: Report) -> tuple[str, ...]:
    """The last tier of the notes, with that of the breakdowns."""
    record = {breakdown.column: breakdown.record for breakdown in report.breakdowns}
    return (*report.notes.record, *_notes_by_column(record))


def _notes_by_column(notes: Mapping[str, Sequence[str]]) -> list[str]:
    """The notes of all breakdowns, each once, with the columns that it is about."""
    columns: dict[str, list[str]] = {}
    for column, own_notes in notes.items():
        for note in own_notes:
            columns.setdefault(note, []).append(column)
    return [headed(f"By {join_names(names)}", note) for note, names in columns.items()]
