"""A pandas DataFrame as a table of comments, every value as text."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from coder.errors import CoderError
from coder.reading.loaded import Loaded, named, text_columns
from coder.reading.spreadsheet import cell_text

NAME = "DataFrame"  # of the source, where it is given no other


def load_dataframe(table: pd.DataFrame) -> Loaded:
    """Read a DataFrame; numbers, dates and truth values become text as a spreadsheet shows them.

    Raises:
        CoderError: no rows, no columns, a column name that is not text, or a name used twice.
    """
    if not len(table.columns):
        raise CoderError("the DataFrame has no columns", "Give a table with a row a comment.")
    if not len(table):
        raise CoderError("the DataFrame has no rows", "Give a table with a row a comment.")
    for name in table.columns:
        if not isinstance(name, str):
            raise CoderError(
                f"the DataFrame has a column named {name!r}, which is not text",
                "Name the columns: table.columns = [...], or table.rename(columns=str).",
            )
    names = named(list(table.columns))
    for name in names:
        if names.count(name) > 1:
            raise CoderError(
                f"the DataFrame has {names.count(name)} columns named {name!r}",
                "Give every column a name of its own.",
            )
    columns = {name: _cells(table.iloc[:, place]) for place, name in enumerate(names)}
    arrays, cleaned = text_columns(columns, suspicious=True)
    return Loaded(
        path=Path(NAME),
        format="dataframe",
        described="DataFrame",
        table=pa.table(arrays).to_pandas(),
        places=np.arange(1, len(table) + 1, dtype=np.int64),
        place_word="row",
        cleaned=cleaned,
    )


def fingerprint(table: pd.DataFrame) -> str:
    """Hex SHA-256 of a DataFrame's column names and cells as text."""
    digest = hashlib.sha256()
    for place, name in enumerate(table.columns):
        cells = [str(name), *_cells(table.iloc[:, place])]
        digest.update(repr(cells).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _cells(column: "pd.Series") -> list[str]:
    values = column.astype("object").tolist()
    missing = column.isna().tolist()
    cells: list[str] = []
    for value, is_missing in zip(values, missing, strict=True):
        if isinstance(value, np.generic):
            value = value.item()
        cells.append(cell_text(None if is_missing else value))
    return cells
