"""Tables without blank cells: the shorthand of official statistics says why a cell holds no
figure. Headings are unique and say where they are explained.
"""

from collections.abc import Container, Iterable
from dataclasses import replace

from coder.exporting.grid import HIDDEN, Cell, Grid, GridColumn, Row
from coder.text import safe_text

CONFIDENTIAL, UNAVAILABLE, NOT_APPLICABLE = "[c]", "[x]", "[z]"
SHORTHAND = {
    CONFIDENTIAL: "Confidential: hidden because too few comments are behind it, or because a "
    "hidden figure could be worked out from it.",
    UNAVAILABLE: "Not available: there is no figure, for example no interval yet.",
    NOT_APPLICABLE: "Not applicable: the column does not apply to this row.",
}
# Columns that do not apply to every row.
ONLY_SOME_ROWS = ("Rank", "Rank, 95% range")
# Explained on the notes sheet wherever they occur.
HEADING_NOTES = {
    "Rank": "1 is the main theme with the most comments; equal counts share a rank. Sub-themes "
    "and positions stand under their theme and take no rank.",
    "Rank, 95% range": "The ranks that the theme may have, given what has been reviewed so far.",
    "n": "The number of comments that carry the theme. Counts are never weighted.",
    "% of all": "Of all comments in the base. A comment can carry several themes, so percentages "
    "can add up to more than 100.",
    "95% interval": "From and to: 95 of 100 samples of comments to review would give an interval "
    "that holds what reviewers would have counted had they read every comment.",
    "Expected by chance": "Comments with both themes if the themes were unrelated.",
    "Effective base": "How many comments drawn at random and reviewed would tell as much: at most "
    "the base.",
    "Design effect": "How many times larger the variance is because of weights.",
    "p, corrected": "The chance of a difference as large where there is none, corrected for the "
    "number of comparisons made.",
    "Detectable difference, points": "The smallest difference in percentage points that the test "
    "could have shown.",
    "Alpha": "Krippendorff's alpha: 1 is perfect agreement, 0 agreement by chance.",
    "Kappa": "Cohen's kappa: 1 is perfect agreement, 0 agreement by chance.",
    "AC1": "Gwet's AC1: agreement beyond chance, steadier than kappa for rare themes.",
    "F1": "The harmonic mean of precision and recall of one reviewer against the other.",
}


def without_blanks(grid: Grid) -> Grid:
    """The grid with a word or a shorthand in every cell, and headings that differ."""
    columns = list(_unique_headings(grid.columns))
    yes_or_no = [_is_yes_or_no(grid, place) for place in range(len(columns))]
    rows = []
    for row in grid.rows:
        cells = []
        for cell, column, answers in zip(
            row.cells,
            columns,
            yes_or_no,
            strict=True,
        ):
            cells.append(
                _filled(
                    cell,
                    column,
                    row,
                    answers,
                )
            )
        rows.append(replace(row, cells=tuple(cells)))
    notes = tuple(note.replace(f"{HIDDEN} ", f"{CONFIDENTIAL} ") for note in grid.notes)
    return replace(
        grid,
        columns=tuple(columns),
        rows=tuple(rows),
        notes=notes,
    )


def _is_yes_or_no(grid: Grid, place: int) -> bool:
    if not grid.columns[place].is_text:
        return False
    values = {row.cells[place].value for row in grid.rows}
    return "yes" in values and values <= {"yes", ""}


def _filled(cell: Cell, column: GridColumn, row: Row, yes_or_no: bool) -> Cell:
    value = cell.value
    if cell.mark == "hidden" and value in (None, HIDDEN):
        return Cell(CONFIDENTIAL, CONFIDENTIAL, "hidden")
    if isinstance(value, str) and value.strip():
        return cell
    if value is not None and not isinstance(value, str) and value == value:
        return cell
    if yes_or_no:
        return Cell("no", "no")
    return _symbol(column, row)


def _symbol(column: GridColumn, row: Row) -> Cell:
    is_under_a_theme = bool(row.depth) and column.heading in ONLY_SOME_ROWS
    if column.is_text or is_under_a_theme:
        return Cell(NOT_APPLICABLE, NOT_APPLICABLE, "hidden")
    return Cell(UNAVAILABLE, UNAVAILABLE, "hidden")


def _unique_headings(columns: Iterable[GridColumn]) -> Iterable[GridColumn]:
    """The columns on one line each, numbered where two of a table would have one heading."""
    in_use: set[str] = set()
    for column in columns:
        heading = safe_text(column.heading, one_line=True).strip() or "Column"
        if heading.casefold() in in_use:
            heading = _free_heading(heading, in_use)
        in_use.add(heading.casefold())
        yield replace(column, heading=heading)


def _free_heading(heading: str, in_use: Container[str]) -> str:
    number = 2
    while f"{heading} ({number})".casefold() in in_use:
        number += 1
    return f"{heading} ({number})"


def used_shorthand(grids: Iterable[Grid]) -> list[str]:
    """The shorthand that occurs in the grids, in the order of `SHORTHAND`."""
    used: set[object] = set()
    for grid in grids:
        for row in grid.rows:
            used |= {cell.value for cell in row.cells if cell.mark == "hidden"}
    return [mark for mark in SHORTHAND if mark in used]
