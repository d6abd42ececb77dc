"""Tables on the terminal: no word broken, and a list of records where the columns cannot stand
side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.cli.wrapping import console, shown, wrap

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

LONGEST_WORD = 30  # cells; a longer word of a column that is not `whole` may be broken
GAP = 3  # cells between two columns


@dataclass(frozen=True)
class TableLayout:
    """How the columns of a table are laid out, each by its name.

    Attributes:
        right: columns of numbers, which are never broken.
        wide: columns that take the space that is left.
        whole: columns whose words, such as ids, are never broken.
    """

    right: Sequence[str] = ()
    wide: Sequence[str] = ()
    whole: Sequence[str] = ()


def print_table(
    rows: Sequence[Sequence[object]],
    columns: Sequence[str],
    title: str,
    layout: TableLayout,
) -> None:
    """Print a table, or a record for each row where the terminal is too narrow for the columns."""
    screen = console()
    cells = [[shown(str(cell)) for cell in row] for row in rows]
    contents = [list(column) for column in zip(*cells, strict=True)] or [
        [] for _ in columns
    ]
    least: list[int] = []
    natural: list[int] = []
    for name, column in zip(columns, contents, strict=True):
        least.append(_least_width(name, column, layout))
        natural.append(_natural_width(name, column))
    space = screen.width - GAP * (len(columns) - 1) - 2
    if sum(least) > space:
        if screen.is_terminal:
            _print_records(cells, columns, title, screen)
            return
        screen.width += sum(least) - space  # no line of a file or pipe is too long
        space = sum(least)
    widths = _widths(least, natural, [name in layout.wide for name in columns], space)
    screen.print(_grid(cells, columns, widths, title, layout))


def _natural_width(name: str, column: Sequence[str]) -> int:
    """Cells that a column takes when no line in it is broken."""
    from rich.cells import cell_len

    lines = [line for cell in column for line in cell.split("\n")]
    return max(map(cell_len, [name, *lines]))


def _least_width(name: str, column: Sequence[str], layout: TableLayout) -> int:
    """Cells that a column needs so that no word in it is broken."""
    from rich.cells import cell_len

    if name in layout.right:
        return _natural_width(name, column)
    indent = max((len(cell) - len(cell.lstrip()) for cell in column), default=0)
    words = [word for cell in column for word in cell.split()]
    longest = max(map(cell_len, words), default=0) + indent
    if name not in layout.whole:
        longest = min(longest, LONGEST_WORD)
    return max(longest, cell_len(name))


def _widths(
    least: Sequence[int], natural: Sequence[int], is_wide: Sequence[bool], space: int
) -> list[int]:
    """The width of each column: what it needs, and of the rest what it can use, wide columns
    last.
    """
    widths = list(least)
    rest = space - sum(least)
    for place in sorted(range(len(widths)), key=lambda place: is_wide[place]):
        more = min(rest, max(0, natural[place] - least[place]))
        widths[place] += more
        rest -= more
    return widths


def _grid(
    cells: Sequence[Sequence[str]],
    columns: Sequence[str],
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
    for name, width in zip(columns, widths, strict=True):
        is_number = name in layout.right
        grid.add_column(
            Text(name),
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
            width=width,
        )
    for row in cells:
        grid.add_row(*map(Text, row))
    return grid


def _print_records(
    cells: Sequence[Sequence[str]],
    columns: Sequence[str],
    title: str,
    screen: "Console",
) -> None:
    """Each row as its first cell and below it, a line each, the other cells with their column's
    name.
    """
    from rich.text import Text

    if title:
        screen.print(
            Text(wrap(shown(title), screen.width), style="bold"), soft_wrap=True
        )
    for row in cells:
        indent = " " * (len(row[0]) - len(row[0].lstrip()) + 4)
        lines = [row[0]]
        for name, cell in zip(columns[1:], row[1:], strict=True):
            if cell:
                lines.append(f"{indent}{name}: {cell}")
        screen.print(Text(wrap("\n".join(lines), screen.width)), soft_wrap=True)
