"""Tables of a page: on a screen they scroll in their own box, on paper they are laid out to fit."""

from coder.exporting.drawing.measures import HelveticaRuler
from coder.exporting.fitting import (
    FittedTable,
    Room,
    fit_tables,
    least_widths,
    longest_word,
    with_dashes,
)
from coder.exporting.grid import Grid, Row
from coder.exporting.html_style import NARROW_SCREEN, SCROLLS_UNDER
from coder.exporting.numbering import Number
from coder.exporting.tags import Element, tag

DEEPEST_STYLE = 2  # rows that stand deeper look like these
SHORT = 8  # rows of a table that is kept on one page
RULER = HelveticaRuler()
SCREEN = Room(1088, size=14.4, padding=16, indent=16, ruler=RULER)  # pixels
PAPER = Room(660, size=11.4, padding=12, indent=16, ruler=RULER)
# Pixels of columns that the style sheet gives at least, and beside a table.
LEAST_NAME, LEAST_NAME_NARROW, LEAST_WORDS, LEAST_FIGURE = 226, 138, 146, 80
WIDEST_NAME = 480
PAGE_EDGES = 32


def draw_table(grid: Grid, number: Number) -> Element:
    """A table under its number and title, with its notes."""
    whole = with_dashes(grid)
    fitted = fit_tables(grid, PAPER)
    on_paper = len(fitted) > 1
    parts = [_on_screen(whole, number, is_alone=not on_paper)]
    if on_paper:
        parts += [_on_paper(part, number) for part in fitted]
    notes = [tag("p", note, class_="quiet") for note in whole.notes]
    return tag("div", *parts, *notes, id=number.anchor)


def _on_screen(grid: Grid, number: Number, *, is_alone: bool) -> Element:
    """In a box that scrolls sideways, with a hint where the screen is too narrow for it.

    Args:
        is_alone: whether it is printed too.
    """
    label = f"{number.label}. {grid.title}"
    hint = "Where the last columns are out of sight, scroll the table sideways."
    box = tag(
        "div",
        _table(grid, caption_id=f"{number.anchor}-title"),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=label,
    )
    classes = [_hint_class(grid)]
    if not is_alone:
        classes.append("screen")
    if len(grid.rows) <= SHORT:
        classes.append("short")
    return tag(
        "div",
        *_above(grid, label, f"{number.anchor}-title"),
        tag("p", hint, class_="hint"),
        box,
        class_=" ".join(filter(None, classes)) or None,
    )


def _on_paper(fitted: FittedTable, number: Number) -> Element:
    label = f"{number.label}. {fitted.title}"
    classes = "paper short" if len(fitted.grid.rows) <= SHORT else "paper"
    return tag(
        "div",
        *_above(fitted.grid, label, None),
        _table(fitted.grid, caption_id=None),
        class_=classes,
        aria_hidden="true",
    )


def _above(grid: Grid, label: str, title_id: str | None) -> list[Element]:
    """Status, title and base."""
    lines = [tag("p", label, class_="caption", id=title_id)]
    if grid.status:
        lines.insert(0, tag("p", grid.status, class_="status"))
    if grid.base:
        lines.append(tag("p", grid.base, class_="base quiet"))
    return lines


def _hint_class(grid: Grid) -> str:
    """Under which width of the screen the hint is shown: sometimes a little too early, never too
    late.
    """
    for pixels in SCROLLS_UNDER:
        if _needed_width(grid, pixels) <= pixels:
            return f"under{pixels}"
    return "always"


def _needed_width(grid: Grid, screen: int) -> float:
    """The pixels that the table and the edges of the page take on a screen of this width."""
    needed = float(PAGE_EDGES)
    widths = least_widths(grid, SCREEN)
    for place, column in enumerate(grid.columns):
        if not column.is_text:
            needed += max(widths[place], LEAST_FIGURE)
            continue
        least = LEAST_WORDS
        if place == grid.name_column:
            least = LEAST_NAME if screen > NARROW_SCREEN else LEAST_NAME_NARROW
        word = longest_word(grid, place, SCREEN)
        needed += max(least, min(word, WIDEST_NAME))
    return needed


def _table(grid: Grid, caption_id: str | None) -> Element:
    head = []
    for place, column in enumerate(grid.columns):
        kind = "words" if column.is_text else None
        if place == grid.name_column:
            kind = "words name"
        words = tag("span", column.heading)
        head.append(tag("th", words, scope="col", class_=kind))
    return tag(
        "table",
        tag("thead", tag("tr", *head)),
        tag("tbody", *(_row(grid, row) for row in grid.rows)),
        aria_labelledby=caption_id,
    )


def _row(grid: Grid, row: Row) -> Element:
    cells = []
    for place, (cell, column) in enumerate(zip(row.cells, grid.columns, strict=True)):
        if place == grid.name_column:
            cells.append(tag("th", cell.text, scope="row"))
        else:
            kind = "words" if column.is_text else None
            cells.append(tag("td", cell.text, class_=kind))
    style = f"under{min(row.depth, DEEPEST_STYLE)}"
    if row.depth == 0 and grid.has_main_rows:
        style = "main"
    return tag("tr", *cells, class_=style)
