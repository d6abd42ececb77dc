"""Tables on the terminal: no word broken, and a list of records where the columns cannot stand
side by side.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coder.cli.bars import LEAST_WIDTH, MOST_WIDTH, draw_bars
from coder.cli.table_columns import (
    GAP,
    Columns,
    TableLayout,
    measure_columns,
    share_out,
    usual_width,
)
from coder.cli.wrapping import console, shown, wrap

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

USUAL_BAR = 16  # cells that bars get before names are given room to stand on one line
LONGEST_NAME = 48  # cells of a column beside bars


def print_table(
    rows: Sequence[Sequence[object]],
    columns: Sequence[str],
    title: str,
    layout: TableLayout,
) -> None:
    """Print a table, or a record for each row where the terminal is too narrow for the columns."""
    screen = console()
    table = measure_columns(rows, columns, layout)
    left_out: list[str] = []
    if screen.is_terminal:
        table, left_out = _without_spare(table, layout, screen.width)
    space = screen.width - table.gaps
    missing = sum(table.least) - space
    if missing > 0 and screen.is_terminal:
        _print_records(table, title, screen)
        return
    if missing > 0:
        screen.width += missing  # no line of a file or pipe is too long
        space += missing
    columns_without_bars = len(table.names)
    table, widths = _with_bars(table, layout, space, screen)
    screen.print(_grid(table, widths, title, layout))
    if layout.legend and len(table.names) > columns_without_bars:
        screen.print(layout.legend)
    if left_out:
        names = "; ".join(reversed(left_out))
        screen.print(f"Left out in this width: {names}.")


def _without_spare(
    table: Columns, layout: TableLayout, width: int
) -> tuple[Columns, list[str]]:
    """The table without the spare columns for which there is no room, and their names."""
    left_out = []
    for name in layout.spare:
        if name in table.names and usual_width(table, layout) > width:
            table = table.without(name)
            left_out.append(name)
    return table, left_out


def _with_bars(
    table: Columns, layout: TableLayout, space: int, screen: "Console"
) -> tuple[Columns, list[int]]:
    """The table with a column of bars where there is room, and the width of each column."""
    is_wide = [name in layout.wide for name in table.names]
    bar = _room_for_bars(layout, table, space)
    if not bar:
        return table, share_out(table.least, table.natural, is_wide, space)
    natural = [min(width, LONGEST_NAME) for width in table.natural]
    left = space - min(bar, USUAL_BAR) - GAP
    widths = share_out(table.least, natural, is_wide, left)
    bar = min(MOST_WIDTH, space - sum(widths) - GAP)
    drawn = draw_bars(layout.bars, bar, plain=not _shows_blocks(screen))
    return table.with_last(drawn), [*widths, bar]


def _room_for_bars(layout: TableLayout, table: Columns, space: int) -> int:
    """Cells that bars can have where the columns are as narrow as they may be; 0 for too few."""
    room = space - sum(table.least) - GAP
    if not layout.bars or room < LEAST_WIDTH:
        return 0
    return room


def _shows_blocks(screen: "Console") -> bool:
    return screen.encoding.lower().startswith("utf")


def _grid(
    table: Columns,
    widths: Sequence[int],
    title: str,
    layout: TableLayout,
) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    grid = Table(
        box=SIMPLE_HEAD, pad_edge=False, header_style="bold", title_justify="left"
    )
    if title:
        grid.title = Text(shown(title), style="bold")
    for name, width in zip(table.names, widths, strict=True):
        is_number = name in layout.right
        grid.add_column(
            Text(name),
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
            width=width,
        )
    is_wide = [name in layout.wide for name in table.names]
    for row in table.rows:
        cells = []
        for cell, width, wide in zip(row, widths, is_wide, strict=True):
            # Later lines of a name are indented as its first is.
            cells.append(Text(wrap(cell, width) if wide else cell))
        grid.add_row(*cells)
    return grid


def _print_records(table: Columns, title: str, screen: "Console") -> None:
    """Each row as its first cell and below it, a line each, the other cells with their column's
    name.
    """
    from rich.text import Text

    if title:
        screen.print(
            Text(wrap(shown(title), screen.width), style="bold"), soft_wrap=True
        )
    for row in table.rows:
        indent = " " * (len(row[0]) - len(row[0].lstrip()) + 4)
        lines = [row[0]]
        for name, cell in zip(table.names[1:], row[1:], strict=True):
            if cell:
                lines.append(f"{indent}{name}: {cell}")
        screen.print(Text(wrap("\n".join(lines), screen.width)), soft_wrap=True)
