"""The equality read-out as a document: a summary, then each protected characteristic."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from coder import tables
from coder.exporting.document import Block, Bullets, Document, Part, TableBlock, Text
from coder.exporting.grid import (
    HIDDEN,
    HIGHER,
    LOWER,
    Cell,
    Grid,
    GridColumn,
    Row,
    lay_out,
    with_mark,
)
from coder.figures import (
    NO_FIGURE,
    format_percent,
    format_tenth,
    join_names,
    round_half_up,
)
from coder.reporting.breakdowns import ALL_SOURCES
from coder.reporting.read_outs import Equality, HeldCharacteristic
from coder.reporting.report import Report
from coder.statistics.model_error import MORE, TOO_FEW
from coder.text import count, headed

TITLE = "Equality read-out"
GROUPS_A_TABLE = 4  # so that a table fits a portrait page
SUMMARY = (
    GridColumn("Characteristic", "text", 18),
    GridColumn("Taken from", "text", 16),
    GridColumn("Against the population", "text", 30),
    GridColumn("Themes", "text", 22),
    GridColumn("Errors of the program", "text", 18),
)
DIFFERS = (
    f"{HIGHER} {LOWER} significantly higher or lower than the others, after correction"
)


def equality_document(report: Report, equality: Equality) -> Document:
    """The read-out of a report."""
    parts = [Part("summary", "Summary", (TableBlock(summary_grid(report, equality)),))]
    for held in equality.held:
        blocks = tuple(_blocks(report, equality, held))
        name = held.characteristic.name
        parts.append(Part(held.characteristic.id, name, blocks))
    if equality.notes:
        parts.append(Part("notes", "Notes", (Bullets(equality.notes),)))
    return Document(
        title=f"{report.title}: {TITLE.lower()}",
        language=report.codebook.language,
        base=report.base,
        warning=report.warning,
        head=(Text(report.standing, "standing"), Text(report.base, "base")),
        parts=tuple(parts),
    )


# ---------------------------------------------------------------- the summary


def summary_grid(report: Report, equality: Equality) -> Grid:
    """A row for each of the nine characteristics, held or not."""
    rows = []
    for held in equality.held:
        texts = [
            held.characteristic.name,
            held.column,
            _population_words(held),
            _theme_words(held),
            _error_words(held),
        ]
        rows.append(_text_row(texts))
    for characteristic, reason in equality.not_known:
        told = [
            characteristic.name,
            "Not known",
            reason[0].upper() + reason[1:],
            "",
            "",
        ]
        rows.append(_text_row(told))
    return Grid(
        "What is known of each protected characteristic",
        SUMMARY,
        tuple(rows),
        status=report.warning,
    )


def _text_row(texts: list[str]) -> Row:
    cells = [Cell(text or NO_FIGURE, text or NO_FIGURE) for text in texts]
    return Row(tuple(cells))


def _population_words(held: HeldCharacteristic) -> str:
    if held.absent:
        return held.absent
    if held.respondents["population"].isna().all():
        return "Not known: no shares were given"
    return "No group shown has fewer than in the population"


def _theme_words(held: HeldCharacteristic) -> str:
    """How many comparisons differ, and how many small themes a group raises."""
    tested = held.cells[held.cells["significant"] != ""]
    if tested.empty:
        words = "No test could be made"
    else:
        differ = int(tested["significant"].isin(["higher", "lower"]).sum())
        words = f"{differ:,} of {count(len(tested), 'comparison')} significant"
    if len(held.raised):
        words += f"; {count(held.raised['theme_id'].nunique(), 'small theme')} raised"
    return words


def _error_words(held: HeldCharacteristic) -> str:
    errors = held.errors
    if errors is None:
        return "Not known"
    more = errors.loc[errors["difference"] == MORE, "group"]
    if len(more):
        return f"More often: {join_names(list(more))}"
    if (errors["difference"].isin(["", TOO_FEW])).all():
        return "Too few comments to tell"
    return "No difference shown"


# ---------------------------------------------------------------- one characteristic


def _blocks(
    report: Report, equality: Equality, held: HeldCharacteristic
) -> Iterator[Block]:
    yield Text(" ".join(held.notes), "quiet")
    if held.absent:
        yield Text(held.absent)
    for route, part in held.respondents.groupby("route", sort=False):
        title = _titled(report, f"Who answered, by {_lower_name(held)}", str(route))
        yield TableBlock(_respondents_grid(report, part, title))
    for route, part in held.cells.groupby("route", sort=False):
        for grid in _theme_grids(report, held, part, str(route)):
            yield TableBlock(grid)
    yield _raised_block(report, equality, held)
    if held.errors is None:
        yield Text("How often the program errs about each group is not known.")
    else:
        title = (
            f"Comments in which the program has a theme wrong, by {_lower_name(held)}"
        )
        yield TableBlock(_errors_grid(report, held.errors, title))


def _lower_name(held: HeldCharacteristic) -> str:
    return held.characteristic.name.lower()


def _titled(report: Report, title: str, route: str) -> str:
    """The title with the route, where there is more than one way that people took part."""
    if route == ALL_SOURCES and len(report.sources) == 1:
        return title
    return headed(title, route)


def _respondents_grid(report: Report, part: pd.DataFrame, title: str) -> Grid:
    leave_out = set()
    if part["population"].isna().all():
        leave_out = {"population", "ratio", "compared"}
    grid = lay_out(
        part,
        tables.RESPONDENTS,
        title=title,
        status=report.warning,
        leave_out=leave_out,
    )
    return _with_hidden_marks(grid, part, column=1)


def _errors_grid(report: Report, errors: pd.DataFrame, title: str) -> Grid:
    """The errors of each group; themes missed and wrongly given before the verdict."""
    grid = lay_out(errors, tables.GROUP_ERRORS, title=title, status=report.warning)
    columns = list(grid.columns)
    columns[-1:-1] = [
        GridColumn("Themes missed", "range", 12),
        GridColumn("Wrongly given", "range", 12),
    ]
    rows = []
    for row, line in zip(grid.rows, errors.to_dict(orient="records"), strict=True):
        cells = list(row.cells)
        missed = _part_cell(line["missed"], line["found"])
        cells[-1:-1] = [missed, _part_cell(line["wrong"], line["given"])]
        rows.append(Row(tuple(cells)))
    grid = replace(grid, columns=tuple(columns), rows=tuple(rows))
    return _with_hidden_marks(grid, errors, column=1)


def _part_cell(part: Any, whole: Any) -> Cell:
    """`3 of 12`."""
    if pd.isna(part):
        return Cell(NO_FIGURE, None)
    text = f"{int(part):,} of {int(whole):,}"
    return Cell(text, text)


def _with_hidden_marks(grid: Grid, table: pd.DataFrame, *, column: int) -> Grid:
    """The grid with a mark in a column of each row whose figures are hidden."""
    rows = []
    for row, hidden in zip(grid.rows, table["hidden"], strict=True):
        cells = list(row.cells)
        if hidden:
            cells[column] = Cell(HIDDEN, HIDDEN, "hidden")
        rows.append(Row(tuple(cells)))
    notes = grid.notes
    if (table["hidden"] != "").any():
        notes = (
            *notes,
            f"{HIDDEN} hidden: too few comments, or protecting a hidden figure",
        )
    return replace(grid, rows=tuple(rows), notes=notes)


def _raised_block(
    report: Report, equality: Equality, held: HeldCharacteristic
) -> Block:
    """The small themes that a group raises, or why there is no such table."""
    if len(held.raised):
        title = f"Themes that are small among all and large in a group, by {_lower_name(held)}"
        leave_out = set() if held.raised["held_back"].any() else {"held_back"}
        grid = lay_out(
            held.raised,
            tables.RAISED,
            title=title,
            status=report.warning,
            leave_out=leave_out,
        )
        return TableBlock(grid)
    if held.cells["low"].isna().all():
        return Text(
            "Whether a group raises a theme that is small among all is not known: there are no "
            "intervals."
        )
    small = format_tenth(equality.small_theme).removesuffix(".0")
    return Text(
        f"No group that can be shown raises a theme that is under {small}% of all comments."
    )


# ---------------------------------------------------------------- themes by group


def _theme_grids(
    report: Report, held: HeldCharacteristic, part: pd.DataFrame, route: str
) -> Iterator[Grid]:
    """The shares of a few groups at a time, then the differences that could have been seen."""
    groups, hidden = _shown_groups(part)
    notes: tuple[str, ...] = ()
    if hidden:
        notes = (f"Hidden as a whole: {join_names(hidden)}.",)
    name = _lower_name(held)
    for start in range(0, len(groups), GROUPS_A_TABLE):
        some = groups[start : start + GROUPS_A_TABLE]
        own = part[part["group"].isin(some)]
        title = f"Themes by {name}, per cent"
        if own["low"].notna().any():
            title += " with 95% interval"
        title = _titled(report, title, route)
        marks = _marks(own)
        yield _group_grid(report, own, some, title, _share_cell, (*marks, *notes))
        if own["detectable"].notna().any():
            title = f"Smallest difference that could have been seen, by {name}, points"
            title = _titled(report, title, route)
            yield _group_grid(report, own, some, title, _detectable_cell, notes)


def _shown_groups(part: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The groups with a figure to show, and those without."""
    shown: list[str] = []
    hidden: list[str] = []
    for group, cells in part.groupby("group", sort=False):
        is_hidden = (cells["hidden"] != "").all()
        (hidden if is_hidden else shown).append(str(group))
    return shown, hidden


def _marks(own: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if own["significant"].isin(["higher", "lower"]).any():
        notes.append(DIFFERS)
    if (own["hidden"] != "").any():
        notes.append(
            f"{HIDDEN} hidden: too few comments, or protecting a hidden figure"
        )
    return tuple(notes)


def _group_grid(
    report: Report,
    own: pd.DataFrame,
    groups: list[str],
    title: str,
    cell_of_row: Any,
    notes: tuple[str, ...],
) -> Grid:
    """A row a theme, a column a group."""
    columns = [GridColumn("Theme", "text", 40)]
    bases = own.drop_duplicates("group").set_index("group")["base"]
    for group in groups:
        columns.append(GridColumn(f"{group} (n={int(bases[group]):,})", "range", 16))
    by_row: dict[tuple[str, str], dict[str, Cell]] = {}
    for row in own.to_dict(orient="records"):
        of_theme = by_row.setdefault((row["theme_id"], row["position_id"]), {})
        of_theme[str(row["group"])] = cell_of_row(row)
    rows = []
    for theme_id, position_id, name in _names_of(report):
        cells = by_row.get((theme_id, position_id))
        if cells is not None:
            figures = [cells[group] for group in groups]
            rows.append(Row((Cell(name, name), *figures), depth=bool(position_id)))
    return Grid(title, tuple(columns), tuple(rows), notes, status=report.warning)


def _names_of(report: Report) -> Iterator[tuple[str, str, str]]:
    names = report.themes[["theme_id", "position_id", "theme"]]
    for theme_id, position_id, name in names.itertuples(index=False, name=None):
        yield str(theme_id), str(position_id), str(name)


def _share_cell(row: Mapping[Any, Any]) -> Cell:
    if row["hidden"]:
        return Cell(HIDDEN, HIDDEN, "hidden")
    if pd.isna(row["percent"]):
        return Cell(NO_FIGURE, None)
    text = format_percent(row["percent"])
    if not pd.isna(row["low"]):
        low, high = round_half_up(row["low"]), round_half_up(row["high"])
        text += f" ({low:.0f} to {high:.0f})"
    return with_mark(Cell(text, text), row["significant"])


def _detectable_cell(row: Mapping[Any, Any]) -> Cell:
    if row["hidden"]:
        return Cell(HIDDEN, HIDDEN, "hidden")
    if pd.isna(row["detectable"]):
        return Cell(NO_FIGURE, None)
    text = f"{round_half_up(row['detectable']):.0f}"
    return Cell(text, text)
