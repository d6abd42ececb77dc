"""One layout of a table for all writers, made from its declaration in `coder.tables`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

import pandas as pd

from coder.figures import (
    NO_FIGURE,
    format_percent,
    format_rank_range,
    round_half_up,
)
from coder.tables import Audience, Column, Pair, Table

HIDDEN = "·"
HIGHER, LOWER = "▲", "▼"
READABLE = {
    "agreement": "Agreement",
    "alpha": "Alpha",
    "kappa": "Kappa",
    "non_substantive": "non-substantive",
    "out_of_scope": "out of scope",
    "positive_agreement": "Positive agreement",
    "negative_agreement": "Negative agreement",
    "ac1": "AC1",
    "f1": "F1",
}
USUAL_WIDTH: dict[str, int] = {"text": 24, "range": 13}
NUMBER_WIDTH = 11

# How a column is set: words to the left; ranges and numbers (by their decimals) to the right.
Kind = Literal["text", "range", "whole", "tenth", "fine", "percent"]
Mark = Literal["", "higher", "lower", "hidden"]
Value = str | int | float | None


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        text: as documents show it.
        value: as a workbook holds it; None where the cell is empty.
        mark: whether the figure is significantly higher or lower, or hidden.
    """

    text: str
    value: Value
    mark: Mark = ""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        depth: 0 for a main theme, 1 and more for a row that stands under another.
        parent: the name of the row that it stands under.
    """

    cells: tuple[Cell, ...]
    depth: int = 0
    parent: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """The cells as documents show them."""
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True)
class Repeat:
    """What one of several repeated columns is of.

    Attributes:
        kind: what differs from column to column, such as `source`.
        value: the one of this column, such as `Talk London`.
        measure: what the column gives of it, such as `n`.
    """

    kind: str
    value: str
    measure: str


@dataclass(frozen=True)
class GridColumn:
    """A column as people see it; `width` is in characters."""

    heading: str
    kind: Kind
    width: int
    repeat: Repeat | None = None

    @property
    def is_text(self) -> bool:
        """Whether it holds words, which are set to the left."""
        return self.kind == "text"


@dataclass(frozen=True)
class Grid:
    """A table ready to be written.

    Attributes:
        has_main_rows: rows of depth 0 are main themes, which documents set apart.
        base: one line: which comments the figures count; empty where the title says it.
        status: what must not be overlooked, such as that nothing may be published yet.
    """

    title: str
    columns: tuple[GridColumn, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    has_main_rows: bool = False
    base: str = ""
    status: str = ""

    @property
    def caption(self) -> str:
        """Status, title and base in one line."""
        return ". ".join(filter(None, (self.status, self.title, self.base)))

    @property
    def head(self) -> tuple[str, ...]:
        """The headings."""
        return tuple(column.heading for column in self.columns)

    @property
    def name_column(self) -> int:
        """The place of the column that says what a row is about: the first that holds words."""
        return next(
            place for place, column in enumerate(self.columns) if column.is_text
        )


@dataclass(frozen=True)
class Field:
    """What one column of a grid shows: a declared column, or two of them, under their names in
    the table.
    """

    heading: str
    columns: tuple[Column, ...]
    names: tuple[str, ...]
    width: int
    word: str = ""  # between two texts
    value: str = ""  # what the placeholder of a repeated column stands for


def lay_out(
    table: pd.DataFrame,
    kind: Table,
    *,
    title: str = "",
    base: str = "",
    status: str = "",
    audience: Audience = "people",
    leave_out: Iterable[str] = (),
) -> Grid:
    """The table as its declaration says, a row for each of its rows.

    Args:
        audience: whose columns are shown. Programs get every column, in the table's own order
            and unrounded.
        leave_out: what not to show: names of columns as declared, and first columns of pairs.
    """
    is_exact = audience == "programs"
    if is_exact:
        fields = _all_fields(table, kind)
    else:
        fields = list(_fields_for_people(table, kind, audience, frozenset(leave_out)))
    columns = tuple(_column_of(field) for field in fields)
    cells = [_cells_of(field, table, is_exact=is_exact) for field in fields]
    rows = tuple(Row(line) for line in zip(*cells, strict=True))
    return Grid(title, columns, rows, base=base, status=status)


def with_depths(
    grid: Grid,
    depths: Iterable[int],
    parents: Iterable[str],
) -> Grid:
    """The same grid with rows that stand under others; `parents` are the names of those."""
    rows = []
    for row, depth, parent in zip(grid.rows, depths, parents, strict=True):
        rows.append(replace(row, depth=depth, parent=parent))
    return replace(grid, rows=tuple(rows))


def with_columns(grid: Grid, places: Sequence[int]) -> Grid:
    """The same grid with some of its columns, by their places."""
    columns = tuple(grid.columns[place] for place in places)
    rows = []
    for row in grid.rows:
        cells = tuple(row.cells[place] for place in places)
        rows.append(replace(row, cells=cells))
    return replace(grid, columns=columns, rows=tuple(rows))


# ---------------------------------------------------------------- which columns


def _all_fields(table: pd.DataFrame, kind: Table) -> list[Field]:
    fields = []
    for name in map(str, table.columns):
        column = kind.column(name) or _undeclared(name, table[name])
        heading = _heading(column, _value_in(column, name))
        field = Field(heading, (column,), (name,), column.width)
        fields.append(_with_figures(field, table))
    return fields


def _undeclared(name: str, values: "pd.Series[Any]") -> Column:
    """What is assumed of a column that no declaration names."""
    decimals = None
    if pd.api.types.is_float_dtype(values):
        decimals = 3
    elif pd.api.types.is_integer_dtype(values):
        decimals = 0
    return Column(
        name,
        str(values.dtype),
        name.replace("_", " "),
        decimals,
    )


def _fields_for_people(
    table: pd.DataFrame, kind: Table, audience: Audience, left_out: frozenset[str]
) -> Iterator[Field]:
    for placeholder, items in groupby(kind.layout, _placeholder_of):
        shown = [item for item in items if _is_shown(item, audience, left_out)]
        for value in _values_of(placeholder, shown, table):
            for item in shown:
                field = _field_of(item, value, kind)
                if set(field.names) <= set(table.columns):
                    yield _with_figures(field, table)


def _placeholder_of(item: Column | Pair) -> str:
    return item.placeholder if isinstance(item, Column) else ""


def _is_shown(
    item: Column | Pair,
    audience: Audience,
    left_out: frozenset[str],
) -> bool:
    if isinstance(item, Pair):
        return item.first not in left_out
    return item.name not in left_out and item.audience in ("people", audience)


def _values_of(
    placeholder: str,
    items: list[Column | Pair],
    table: pd.DataFrame,
) -> list[str]:
    """What the placeholder of repeated columns stands for in the table, in the table's order."""
    if not placeholder:
        return [""]
    values: dict[str, None] = {}
    for name in map(str, table.columns):
        for item in items:
            value = _value_in(item, name)
            if value:
                values[value] = None
    return list(values)


def _value_in(item: Column | Pair, name: str) -> str:
    if isinstance(item, Pair) or not item.placeholder:
        return ""
    match = item.pattern.fullmatch(name)
    return match[1] if match else ""


def _field_of(item: Column | Pair, value: str, kind: Table) -> Field:
    if isinstance(item, Pair):
        names = (item.first, item.second)
        columns = tuple(kind.columns[name] for name in names)
        return Field(
            item.heading,
            columns,
            names,
            item.width,
            item.word,
        )
    name = item.name.replace(f"{{{item.placeholder}}}", value)
    heading = _heading(item, value)
    return Field(heading, (item,), (name,), item.width, value=value)


def _heading(column: Column, value: str) -> str:
    """The heading of a column; `value` is what the placeholder of a repeated one stands for."""
    words = (
        READABLE.get(value, value)
        if column.placeholder in ("reason", "measure")
        else value
    )
    return column.heading.replace(f"{{{column.placeholder}}}", words)


def _with_figures(field: Field, table: pd.DataFrame) -> Field:
    """The field with figures of the table's first row in its heading, such as `Before (n=932)`."""
    column = field.columns[0]
    if column.placeholder or "{" not in column.heading or column.heading == column.name:
        return field
    if table.empty:
        return replace(field, heading=field.heading.partition(" (")[0])
    first_row = {str(name): value for name, value in table.iloc[0].items()}
    return replace(field, heading=field.heading.format_map(first_row))


def _column_of(field: Field) -> GridColumn:
    kind = _kind_of(field)
    return GridColumn(
        field.heading,
        kind,
        field.width or USUAL_WIDTH.get(kind, NUMBER_WIDTH),
        _repeat_of(field),
    )


def _repeat_of(field: Field) -> Repeat | None:
    if not field.value:
        return None
    column = field.columns[0]
    measure = _heading(column, "").strip(" :")
    return Repeat(column.placeholder, field.value, measure)


def _kind_of(field: Field) -> Kind:
    decimals = field.columns[0].decimals
    if decimals is None:
        return "text"
    if len(field.columns) > 1:
        return "range"
    if decimals == 0:
        return "whole"
    return "tenth" if decimals == 1 else "fine"


# ---------------------------------------------------------------- what is in them


def _cells_of(
    field: Field,
    table: pd.DataFrame,
    *,
    is_exact: bool,
) -> list[Cell]:
    """The cells of one column, from the top down."""
    column = field.columns[0]
    values = table[field.names[0]]
    if len(field.names) > 1:
        others = table[field.names[1]]
        texts = [
            _joined(field, one, other)
            for one, other in zip(values, others, strict=True)
        ]
        return [Cell(text, text) for text in texts]
    if is_exact:
        return [Cell("", _exact_value(value)) for value in values]
    cells = [cell_of(column, value) for value in values]
    if column.form == "change":
        marks = table["significant"]
        return [with_mark(cell, mark) for cell, mark in zip(cells, marks, strict=True)]
    return cells


def with_mark(cell: Cell, significant: str) -> Cell:
    """The cell with a mark where `significant` says higher or lower."""
    if significant == "higher":
        return Cell(f"{cell.text} {HIGHER}", cell.value, "higher")
    if significant == "lower":
        return Cell(f"{cell.text} {LOWER}", cell.value, "lower")
    return cell


def cell_of(column: Column, value: Any) -> Cell:
    """One cell of a declared column; a number is rounded alike for documents and workbook."""
    if isinstance(value, str):
        return Cell(value, value)
    if pd.isna(value):
        return Cell(_text_of_missing(column), None)
    if pd.api.types.is_bool(value):
        return Cell(_exact_bool(value), _exact_bool(value))
    if column.decimals is None:
        return Cell(str(value), str(value))
    if column.decimals == 0:
        return Cell(f"{int(value):,}", int(value))
    rounded = round_half_up(float(value), column.decimals)
    return Cell(_text_of_number(column, rounded, float(value)), rounded)


def _exact_value(value: Any) -> Value:
    """A value for the data sheets of a workbook, numbers unrounded."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    if pd.api.types.is_bool(value):
        return _exact_bool(value)
    return float(value) if isinstance(value, float) else int(value)


def _exact_bool(value: Any) -> str:
    return "yes" if value else ""


def _text_of_missing(column: Column) -> str:
    """A figure that cannot be given shows a dash; counts and texts that are missing leave an
    empty cell.
    """
    return NO_FIGURE if column.decimals else ""


def _text_of_number(
    column: Column,
    rounded: float,
    value: float,
) -> str:
    if column.form == "whole percent":
        return format_percent(value)
    sign = "+" if column.form == "change" else ""
    return f"{rounded:{sign}.{column.decimals}f}"


def _joined(field: Field, one: Any, other: Any) -> str:
    """Two cells as one: a range of figures or ranks, or two texts."""
    column = field.columns[0]
    if column.decimals is None:
        return f"{one} {field.word} {other}"
    if column.decimals == 0:
        return format_rank_range(one, other)
    if pd.isna(one) or pd.isna(other):
        return ""
    return f"{cell_of(column, one).text} {field.word} {cell_of(column, other).text}"
