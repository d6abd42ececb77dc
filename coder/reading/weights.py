"""The weights of respondents: read from a column, and looked at for extreme ones."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder import tables
from coder.errors import CoderError, option
from coder.reading.numerals import ColumnNumbers, bare, read_numbers
from coder.reading.options import NO_COLUMN
from coder.reading.raw_table import RawTable
from coder.statistics.weight_check import describe_weights
from coder.text import quoted_cell

FAULTS_SHOWN = 8


class Weights(NamedTuple):
    """The weights of a file.

    Attributes:
        values: (n_comments,) NaN in every row of a source that has none.
        notes: how they were read, where that could be otherwise.
    """

    values: npt.NDArray[np.float64]
    notes: tuple[str, ...] = ()


def read_weights(
    raw: RawTable, roles: Mapping[str, str], source_names: "pd.Series[str]"
) -> Weights:
    """The weights of a file's rows.

    An empty comment may lack one, because it is never counted.

    Raises:
        CoderError: a weight is missing, not a number, zero or negative in a source that has
            weights.
    """
    if "weight" not in roles:
        return Weights(np.full(len(source_names), np.nan))
    cells = bare(raw.cells[roles["weight"]])
    column = read_numbers(cells)
    weighted_sources = source_names[(cells != "").to_numpy()].unique()
    weighted = source_names.isin(weighted_sources).to_numpy()
    valid = np.isfinite(column.numbers) & (column.numbers > 0)
    needs_none = (cells == "") & (bare(raw.cells[roles["text"]]) == "")
    faulty = np.flatnonzero(weighted & ~valid & ~needs_none.to_numpy())
    if len(faulty):
        raise _weight_error(raw, roles["weight"], column, faulty, source_names)
    values = np.where(weighted, column.numbers, np.nan)
    return Weights(values, _notation_notes(roles["weight"], cells, column))


def _weight_error(
    raw: RawTable,
    name: str,
    column: ColumnNumbers,
    faulty: npt.NDArray[np.int64],
    source_names: "pd.Series[str]",
) -> CoderError:
    cells = raw.cells[name].str.strip()
    problems = []
    for row in faulty[:FAULTS_SHOWN]:
        fault = "is missing"
        if cells.iloc[row]:
            fault = f"is {quoted_cell(cells.iloc[row])}"
        if column.otherwise[row]:
            fault += f", but the others have a {column.notation.name}"
        place = f"{raw.row_word} {raw.numbers[row]}: column {name!r}"
        source = f"(source {quoted_cell(source_names.iloc[row])})"
        problems.append(f"{raw.path}: {place}: the weight {fault} {source}")
    if len(faulty) > FAULTS_SHOWN:
        problems.append(f"... and in {len(faulty) - FAULTS_SHOWN:,} more rows")
    return CoderError(
        "\n".join(problems),
        "In a source with weights, every row needs a weight above 0, such as 1.5 or 1,5. "
        "Leave the column empty in a source without weights. If the column is not a weight: "
        f"{option('weight', NO_COLUMN)}",
    )


def _notation_notes(
    name: str, cells: "pd.Series[str]", column: ColumnNumbers
) -> tuple[str, ...]:
    """A note where the column has decimal commas, or could be read in two ways."""
    if column.doubtful.any():
        row = int(np.flatnonzero(column.doubtful)[0])
        return (
            f"The weights in {name!r} can be read in two ways. They were read with a "
            f"{column.notation.name}, {_example(cells, column, row)}, because they then differ "
            "least. If that is wrong, write them without separators of thousands.",
        )
    has_mark = cells.str.contains(column.notation.mark, regex=False).to_numpy()
    rows = np.flatnonzero(has_mark & ~np.isnan(column.numbers))
    if column.notation.mark != "," or not len(rows):
        return ()
    example = _example(cells, column, int(rows[0]))
    return (f"The weights in {name!r} were read with a decimal comma, {example}.",)


def _example(cells: "pd.Series[str]", column: ColumnNumbers, row: int) -> str:
    return f"{quoted_cell(cells.iloc[row])} as {column.numbers[row]:.10g}"


# ---------------------------------------------------------------- extreme weights


def extreme_weight_notes(comments: pd.DataFrame) -> list[str]:
    """A note for each source whose weights are extreme or very unequal, among analysed comments.

    Args:
        comments: `tables.COMMENTS`, with exclusions marked.
    """
    notes = []
    columns = comments[["comment_id", "source", "status", "weight"]]
    analysed = tables.analysed(columns)
    for name, own in analysed.groupby("source", sort=False):
        weighted = own[own["weight"].notna()]
        note = describe_weights(
            str(name),
            weighted["comment_id"].astype(str).tolist(),
            weighted["weight"].to_numpy(dtype=np.float64),
        )
        if note:
            notes.append(f"{note} Check these weights before you publish.")
    return notes
