"""Tables that fit a page: columns as wide as their words, too many columns as rows or as several
tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from coder.exporting.drawing.measures import Ruler
from coder.exporting.grid import Cell, Grid, GridColumn, Repeat, Row, with_columns
from coder.figures import NO_FIGURE

NAMES_SHARE, WORDS_SHARE = (
    0.3,
    0.16,
)  # of the room, that columns of words may take at least
HEADING_LINES = 1.6  # about, of a column of figures, where there is room
WIDEST_WORD = 0.4  # of the room; a longer word is broken
DOES_NOT_APPLY = f"{NO_FIGURE} does not apply to this row, or cannot be worked out"


@dataclass(frozen=True)
class Room:
    """The room that a table has, in one unit.

    Attributes:
        size: of the letters.
        padding: left and right of a cell's text together.
        indent: of a row for each level that it stands below another.
    """

    width: float
    size: float
    padding: float
    indent: float
    ruler: Ruler

    def of_text(self, text: str, *, bold: bool = False) -> float:
        """What a text takes on one line."""
        return self.ruler.width(text, self.size, bold=bold) + self.padding

    def of_longest_word(self, text: str, *, bold: bool = False) -> float:
        """What the longest word of a text takes."""
        widths = (self.of_text(word, bold=bold) for word in text.split())
        return max(widths, default=self.padding)


@dataclass(frozen=True)
class FittedTable:
    """A table that fits, or one part of it.

    Attributes:
        widths: of its columns.
        part: such as `by source` or `2 of 3`; empty for a whole table.
    """

    grid: Grid
    widths: tuple[float, ...]
    part: str = ""

    @property
    def title(self) -> str:
        """The table's title, with the part that this is."""
        return f"{self.grid.title} ({self.part})" if self.part else self.grid.title


def fit_tables(grid: Grid, room: Room) -> list[FittedTable]:
    """The table as it is where it fits the room; else the figures of sources as rows of a second
    table, and columns that are still too many in several tables. The notes stand under the last.
    """
    whole = with_dashes(grid)
    if sum(least_widths(whole, room)) <= room.width:
        return [FittedTable(whole, _widths(whole, room))]
    parts = []
    for table, part in _with_repeats_as_rows(replace(grid, notes=())):
        pieces = [with_dashes(piece) for piece in _split(table, room)]
        for number, piece in enumerate(pieces, start=1):
            place = f"{number} of {len(pieces)}" if len(pieces) > 1 else ""
            parts.append((piece, ", ".join(filter(None, (part, place)))))
    last, part = parts[-1]
    parts[-1] = (replace(last, notes=(*grid.notes, *last.notes)), part)
    return [FittedTable(each, _widths(each, room), said) for each, said in parts]


def with_dashes(grid: Grid) -> Grid:
    """The table without empty cells: each has a dash, which a note explains."""
    rows = [replace(row, cells=_without_blanks(row)) for row in grid.rows]
    texts = {text for row in rows for text in row.texts}
    if NO_FIGURE not in texts:
        return grid
    return replace(grid, rows=tuple(rows), notes=(*grid.notes, DOES_NOT_APPLY))


def _without_blanks(row: Row) -> tuple[Cell, ...]:
    return tuple(
        cell if cell.text.strip() else replace(cell, text=NO_FIGURE)
        for cell in row.cells
    )


# ---------------------------------------------------------------- columns as rows


def _with_repeats_as_rows(grid: Grid) -> Iterator[tuple[Grid, str]]:
    """The table without columns that give several figures of each source, and these as rows of
    a second table.
    """
    repeats = [column.repeat for column in grid.columns if column.repeat]
    measures = dict.fromkeys(repeat.measure for repeat in repeats)
    if len(measures) < 2:
        yield grid, ""
        return
    plain = []
    for place, column in enumerate(grid.columns):
        if column.repeat is None:
            plain.append(place)
    yield with_columns(grid, plain), ""
    yield _as_rows(grid, repeats, list(measures)), f"by {repeats[0].kind}"


def _as_rows(
    grid: Grid,
    repeats: Sequence[Repeat],
    measures: Sequence[str],
) -> Grid:
    """Each row with its figures over all, then a row for each source."""
    values = dict.fromkeys(repeat.value for repeat in repeats)
    of_all = [_place_over_all(grid, measure) for measure in measures]
    name = grid.columns[grid.name_column]
    heading = f"{name.heading} and {repeats[0].kind}"
    columns = [replace(name, heading=heading)]
    columns += [_column_of(grid, measure) for measure in measures]
    rows = []
    for row in grid.rows:
        named = row.cells[grid.name_column]
        cells = [_cell_at(row, place) for place in of_all]
        rows.append(replace(row, cells=(named, *cells)))
        for value in values:
            places = [_place_of(grid, value, measure) for measure in measures]
            cells = [_cell_at(row, place) for place in places]
            own = (Cell(value, value), *cells)
            rows.append(Row(own, row.depth + 1, named.text))
    return replace(grid, columns=tuple(columns), rows=tuple(rows))


def _cell_at(row: Row, place: int | None) -> Cell:
    return Cell(NO_FIGURE, None) if place is None else row.cells[place]


def _place_over_all(grid: Grid, measure: str) -> int | None:
    """The column that gives a measure of all sources together."""
    for place, column in enumerate(grid.columns):
        if column.repeat is None and column.heading.split()[:1] == [measure]:
            return place
    return None


def _place_of(grid: Grid, value: str, measure: str) -> int | None:
    for place, column in enumerate(grid.columns):
        repeat = column.repeat
        if repeat and (repeat.value, repeat.measure) == (value, measure):
            return place
    return None


def _column_of(grid: Grid, measure: str) -> GridColumn:
    """A column for one measure of every source."""
    columns = (column for column in grid.columns if column.repeat)
    found = next(
        column
        for column in columns
        if column.repeat and column.repeat.measure == measure
    )
    return replace(found, heading=measure, repeat=None)


# ---------------------------------------------------------------- several tables


def _split(grid: Grid, room: Room) -> Iterator[Grid]:
    """As few tables as fit, about equally wide, each with the names."""
    least = least_widths(grid, room)
    name = grid.name_column
    others = [place for place in range(len(grid.columns)) if place != name]
    free = room.width - least[name]
    groups = [others]
    for number in range(1, len(others) + 1):
        groups = _even_groups(others, number)
        if all(sum(least[place] for place in group) <= free for group in groups):
            break
    for group in groups:
        yield with_columns(grid, sorted([name, *group]))


def _even_groups(places: Sequence[int], number: int) -> list[list[int]]:
    size = ceil(len(places) / number)
    starts = range(0, len(places), size)
    return [list(places[start : start + size]) for start in starts]


# ---------------------------------------------------------------- widths


def least_widths(grid: Grid, room: Room) -> list[float]:
    """Of each column: figures stay on one line, words are whole, names keep some room."""
    widths = []
    for place, column in enumerate(grid.columns):
        width = room.of_longest_word(column.heading, bold=True)
        if not column.is_text:
            width = max(width, _widest_cell(grid, place, room))
        else:
            width = max(width, longest_word(grid, place, room))
            share = NAMES_SHARE if place == grid.name_column else WORDS_SHARE
            floor = min(_wished_width(grid, place, room), share * room.width)
            width = max(width, floor)
        widths.append(min(width, WIDEST_WORD * room.width))
    return widths


def _widest_cell(grid: Grid, place: int, room: Room) -> float:
    widths = []
    for row in grid.rows:
        indent = _indent_of(grid, row, place, room)
        text = row.texts[place]
        widths.append(indent + room.of_text(text, bold=_is_bold(grid, row)))
    return max(widths, default=0.0)


def longest_word(grid: Grid, place: int, room: Room) -> float:
    """What the longest word in the cells of a column takes."""
    widths = []
    for row in grid.rows:
        indent = _indent_of(grid, row, place, room)
        text = row.texts[place]
        widths.append(indent + room.of_longest_word(text, bold=_is_bold(grid, row)))
    return max(widths, default=0.0)


def _indent_of(
    grid: Grid,
    row: Row,
    place: int,
    room: Room,
) -> float:
    return row.depth * room.indent if place == grid.name_column else 0.0


def _is_bold(grid: Grid, row: Row) -> bool:
    return grid.has_main_rows and row.depth == 0


def _wished_width(grid: Grid, place: int, room: Room) -> float:
    """On which every text of the column takes one line."""
    heading = room.of_text(grid.columns[place].heading, bold=True)
    return max(heading, _widest_cell(grid, place, room))


def _widths(grid: Grid, room: Room) -> tuple[float, ...]:
    """The least widths, and what is left of the room: first for columns of words, as far as they
    need it, then for headings of figures that take many lines.
    """
    widths = least_widths(grid, room)
    wishes = []
    for place, column in enumerate(grid.columns):
        wish = _wished_width(grid, place, room)
        if not column.is_text:
            wish = max(widths[place], wish / HEADING_LINES)
        wishes.append(wish)
    for is_text in (True, False):
        places = []
        for place, column in enumerate(grid.columns):
            if column.is_text == is_text:
                places.append(place)
        _share_out(room.width - sum(widths), places, widths, wishes)
    return tuple(widths)


def _share_out(
    left: float,
    places: Sequence[int],
    widths: list[float],
    wishes: Sequence[float],
) -> None:
    """Widen columns towards what they wish, all by the same part of it."""
    lacks = [max(0.0, wishes[place] - widths[place]) for place in places]
    lacking = sum(lacks)
    if left <= 0 or not lacking:
        return
    share = min(1.0, left / lacking)
    for place, lack in zip(places, lacks, strict=True):
        widths[place] += lack * share
