"""How wide the columns of a table on the terminal must and can be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coder.cli.bars import LEAST_WIDTH, Bar
from coder.cli.wrapping import shown

LONGEST_WORD = 30  # cells; a longer word of a column that is not `whole` may be broken
GAP = 3  # cells between two columns
USUAL_NAME = 26  # cells of a wide column; with fewer, spare columns are left out


@dataclass(frozen=True)
class TableLayout:
    """How the columns of a table are laid out, each by its name.

    Attributes:
        right: columns of numbers, which are never broken.
        wide: columns that take the space that is left.
        whole: columns whose words, such as ids, are never broken.
        spare: columns that a narrow terminal does without, the first of them first.
        bars: a bar for each row, behind its cells, where there is room.
        legend: what the bars show; printed below them.
    """

    right: Sequence[str] = ()
    wide: Sequence[str] = ()
    whole: Sequence[str] = ()
    spare: Sequence[str] = ()
    bars: Sequence[Bar] = ()
    legend: str = ""


@dataclass(frozen=True)
class Columns:
    """The columns of a table from the top down, with the cells that each needs and could use."""

    names: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    least: tuple[int, ...]
    natural: tuple[int, ...]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells from left to right."""
        return list(zip(*self.cells, strict=True))

    @property
    def gaps(self) -> int:
        """Cells between and around the columns."""
        return GAP * (len(self.names) - 1) + 2

    def without(self, name: str) -> "Columns":
        """The same without a column."""
        kept = [place for place, other in enumerate(self.names) if other != name]
        return Columns(
            tuple(self.names[place] for place in kept),
            tuple(self.cells[place] for place in kept),
            tuple(self.least[place] for place in kept),
            tuple(self.natural[place] for place in kept),
        )

    def with_last(self, cells: Sequence[str]) -> "Columns":
        """The same with a last column that has no name."""
        return replace(self, names=(*self.names, ""), cells=(*self.cells, tuple(cells)))


def measure_columns(
    rows: Sequence[Sequence[object]], columns: Sequence[str], layout: TableLayout
) -> Columns:
    """The columns with what they need, and what they can use."""
    cells = [[shown(str(cell)) for cell in row] for row in rows]
    contents = [tuple(column) for column in zip(*cells, strict=True)]
    if not contents:
        contents = [() for _ in columns]
    least: list[int] = []
    natural: list[int] = []
    for name, column in zip(columns, contents, strict=True):
        least.append(_least_width(name, column, layout))
        natural.append(_natural_width(name, column))
    return Columns(tuple(columns), tuple(contents), tuple(least), tuple(natural))


def usual_width(table: Columns, layout: TableLayout) -> int:
    """Cells with which the table is easy to read."""
    total = table.gaps
    if layout.bars:
        total += LEAST_WIDTH + GAP
    for name, least, natural in zip(
        table.names, table.least, table.natural, strict=True
    ):
        usual = least
        if name in layout.wide:
            usual = max(least, min(natural, USUAL_NAME))
        total += usual
    return total


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


def share_out(
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
