"""A pandas DataFrame as a table of comments, every value as text."""

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from coder.errors import CoderError
from coder.reading.formats.cell_text import as_written, cell_text
from coder.reading.raw_table import RawTable, arrow_columns, column_names

DATAFRAME = "DataFrame"  # in place of a file name


def load_dataframe(table: pd.DataFrame) -> RawTable:
    """Read a DataFrame; numbers, dates and truth values become text as a spreadsheet shows them.

    Raises:
        CoderError: no rows, no columns, a column name that is not text, or a name used twice.
    """
    _check_shape(table)
    names = column_names(list(table.columns))
    columns = {name: _cells(table.iloc[:, place]) for place, name in enumerate(names)}
    arrays, cleaned = arrow_columns(columns, suspicious=True)
    return RawTable(
        path=Path(DATAFRAME),
        format="dataframe",
        described="DataFrame",
        cells=pa.table(arrays).to_pandas(),
        numbers=np.arange(1, len(table) + 1, dtype=np.int64),
        row_word="row",
        cleaned=cleaned,
    )


def sha256_of_cells(table: pd.DataFrame) -> str:
    """Hex SHA-256 of a table of text: its column names and cells."""
    digest = hashlib.sha256()
    for name in table.columns:
        column = [name, *table[name].tolist()]
        digest.update(repr(column).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _check_shape(table: pd.DataFrame) -> None:
    if not len(table.columns):
        raise CoderError(
            "the DataFrame has no columns", "Give a table with one row a comment."
        )
    if not len(table):
        raise CoderError(
            "the DataFrame has no rows", "Give a table with one row a comment."
        )
    for name in table.columns:
        if not isinstance(name, str):
            raise CoderError(
                f"the DataFrame has a column named {name!r}, which is not text",
                "Rename the columns: table.columns = [...], or table.rename(columns=str).",
            )
    name, uses = Counter(column_names(list(table.columns))).most_common(1)[0]
    if uses > 1:
        raise CoderError(
            f"the DataFrame has {uses} columns named {name!r}",
            "Give every column its own name.",
        )


def _cells(column: "pd.Series") -> list[str]:
    values = column.astype("object").tolist()
    missing = column.isna().tolist()
    cells: list[str] = []
    for value, is_missing in zip(values, missing, strict=True):
        if is_missing:
            cells.append("")
        elif isinstance(value, (np.float32, np.float16)):
            cells.append(cell_text(as_written(float(value))))
        elif isinstance(value, np.generic):
            cells.append(cell_text(value.item()))
        else:
            cells.append(cell_text(value))
    return cells
