"""What every format is turned into before anything is made of it: a table of text, as the file has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from coder.errors import CoderError
from coder.text import clean_text


@dataclass(frozen=True)
class Loaded:
    """A file's rows, every cell as text and unchanged, and where they stand in it.

    `places` numbers each row as the user finds it (line of a CSV, row of a sheet); `cleaned` names, per
    column, the rows in which something that cannot be stored was replaced. `roles` are columns that the
    format itself names; `facts` what the file says of itself.
    """

    path: Path
    format: str
    described: str
    table: pd.DataFrame
    places: npt.NDArray[np.int64]
    place_word: str
    cleaned: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(
        default_factory=dict
    )  # column to the question that it answers
    notes: tuple[str, ...] = ()

    def where(self, rows: Sequence[int] | npt.NDArray[np.int64], most: int = 8) -> str:
        """The rows (positions in `table`) in words, such as `lines 3, 9 and 14 more`."""
        shown = [str(self.places[row]) for row in rows[:most]]
        word = self.place_word if len(rows) == 1 else f"{self.place_word}s"
        rest = f" and {len(rows) - most} more" if len(rows) > most else ""
        return f"{word} {', '.join(shown)}{rest}"


def text_columns(
    columns: Mapping[str, Sequence[str]], *, suspicious: bool
) -> tuple[dict[str, pa.Array], dict[str, npt.NDArray[np.int64]]]:
    """Columns as Arrow text, and the rows in which NUL or a lone surrogate was replaced by U+FFFD.

    `suspicious` is False where the caller knows that there are none; the cells are then not searched.
    """
    arrays: dict[str, pa.Array] = {}
    cleaned: dict[str, npt.NDArray[np.int64]] = {}
    for name, cells in columns.items():
        if suspicious:
            fresh = [clean_text(cell) for cell in cells]
            changed = [
                row for row, (old, new) in enumerate(zip(cells, fresh, strict=True)) if old != new
            ]
            if changed:
                cleaned[name] = np.array(changed, dtype=np.int64)
            cells = fresh
        arrays[name] = pa.array(cells, pa.large_string())
    return arrays, cleaned


def check_header(path: Path, names: Sequence[str], place: str) -> None:
    """Raise `CoderError` when two columns have one name."""
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if name in seen:
            raise CoderError(
                f"{path}: {place}: the columns {seen[name]} and {number} are both named {name!r}",
                "Give every column a name of its own.",
            )
        seen[name] = number


def named(names: Sequence[str]) -> list[str]:
    """The header's names without white space around them; a column without one is `column N`."""
    return [
        name.strip().lstrip("\ufeff") or f"column {number}"
        for number, name in enumerate(names, start=1)
    ]


def note_skipped(blank: int, repeated: int) -> tuple[str, ...]:
    """What to say of rows that hold nothing, and of rows that name the columns once more."""
    notes: list[str] = []
    if blank:
        notes.append(f"{blank:,} blank row(s) were skipped.")
    if repeated:
        notes.append(f"{repeated:,} row(s) that name the columns once more were skipped.")
    return tuple(notes)


def no_rows(path: Path) -> CoderError:
    """The error for a file that has column names and nothing under them."""
    return CoderError(f"{path}: has column names and no rows", "Name a file that holds comments.")


def empty_file(path: Path) -> CoderError:
    """The error for a file without anything in it."""
    return CoderError(f"{path}: is empty", "Name a file that holds comments.")
