"""A file's rows as they are in it: the table of text that every format is read into first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from coder.errors import CoderError
from coder.limits import limits, long_cell_error
from coder.text import clean_text, short_cell

RowNumbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RawTable:
    """A file's rows, every cell as text and unchanged.

    Attributes:
        path: the file; a DataFrame has a name in its place.
        format: as it is stored in `project.yaml`: `csv`, `xlsx`, `talk_london` ...
        described: format, encoding and separator in words.
        cells: a row for each row of the file, a column for each column, text throughout.
        numbers: where each row is in the file, as the user finds it (line of a CSV, row of a
            sheet).
        row_word: what such a place is called: `line`, `row` or `entry`.
        cleaned: column to the rows of `cells` in which a character that cannot be stored was
            replaced.
        roles: role to column, where the format itself says it.
        facts: what the file says about itself.
        questions: column to the question that it answers, where the header says it.
        option_groups: question to its columns, where its options have a column each.
        orders: column to its answers in the order of the file's codes, where they have labels.
        personal: columns that hold personal details, where the format itself says it.
        places: parts of texts and where they are in their documents (`tables.PLACES`, with
            `row`, a row of `cells`, in place of `comment_id`); None where there are no documents.
        notes: what to tell the user.
    """

    path: Path
    format: str
    described: str
    cells: pd.DataFrame
    numbers: RowNumbers
    row_word: str
    cleaned: Mapping[str, RowNumbers] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    option_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    places: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()

    def where(self, rows: Sequence[int] | RowNumbers, most: int = 8) -> str:
        """Rows of `cells` as places in the file, such as `line 3` or `lines 3, 9 and 14 more`."""
        shown = ", ".join(str(self.numbers[row]) for row in rows[:most])
        if len(rows) == 1:
            return f"{self.row_word} {shown}"
        if len(rows) > most:
            return f"{self.row_word}s {shown} and {len(rows) - most} more"
        return f"{self.row_word}s {shown}"


def arrow_columns(
    columns: Mapping[str, Sequence[str]], *, suspicious: bool
) -> tuple[dict[str, pa.Array], dict[str, RowNumbers]]:
    """Columns as Arrow text, and per column the rows in which a NUL or a lone surrogate became
    U+FFFD.

    `suspicious` is False where the caller knows that there are none; the cells are then not
    searched.
    """
    arrays: dict[str, pa.Array] = {}
    cleaned: dict[str, RowNumbers] = {}
    for name, cells in columns.items():
        if suspicious:
            clean = [clean_text(cell) for cell in cells]
            changed = [row for row, cell in enumerate(cells) if cell != clean[row]]
            if changed:
                cleaned[name] = np.array(changed, dtype=np.int64)
            cells = clean
        arrays[name] = pa.array(cells, pa.large_string())
    return arrays, cleaned


def column_names(titles: Sequence[str]) -> list[str]:
    """The header's titles without white space around them; a column without one is `column N`."""
    names: list[str] = []
    for number, title in enumerate(titles, start=1):
        names.append(title.strip().lstrip("\ufeff") or f"column {number}")
    return names


def check_names_differ(path: Path, names: Sequence[str], place: str) -> None:
    """Raise `CoderError` when two columns have the same name; `place` says where the names are."""
    first: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if name in first:
            raise CoderError(
                f"{path}: {place}: columns {first[name]} and {number} are both named {name!r}",
                "Give every column its own name.",
            )
        first[name] = number


def check_cells(table: RawTable) -> None:
    """Raise `CoderError` when a cell holds more text than anybody writes."""
    most = limits().cell_bytes
    for name in table.cells.columns:
        cells = pa.array(table.cells[name], pa.large_string())
        row = first_longer(cells, most)
        if row is not None:
            place = f"{table.path}: {table.where([row])}, column {short_cell(name)}"
            raise long_cell_error(place)


def first_longer(cells: "pa.Array | pa.ChunkedArray", most: int) -> int | None:
    """The first row whose text has more bytes than `most`."""
    is_longer = pc.greater(pc.binary_length(cells), most)
    row = pc.index(is_longer, True).as_py()
    return None if row < 0 else row


class NoCommentsError(CoderError):
    """A page that can be read and holds no comment: among several, the others are read."""


def no_rows_error(path: Path) -> CoderError:
    """The error for a file that has column names and nothing below them."""
    return CoderError(
        f"{path}: has column names but no rows", "Name a file that contains comments."
    )


def empty_file_error(path: Path) -> CoderError:
    """The error for a file with nothing in it."""
    return CoderError(f"{path}: is empty", "Name a file that contains comments.")
