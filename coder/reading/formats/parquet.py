"""Parquet: typed columns, every value as text."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coder.errors import CoderError
from coder.reading.formats.cell_text import cell_text
from coder.reading.options import FileOptions
from coder.reading.raw_table import (
    RawTable,
    arrow_columns,
    check_names_differ,
    column_names,
    empty_file_error,
    no_rows_error,
)


def load(path: Path, options: FileOptions) -> RawTable:  # noqa: ARG001
    """Read a Parquet table; numbers, dates and truth values become text as a spreadsheet shows
    them.

    Raises:
        CoderError: damaged, not a Parquet file, no rows, or a column of bytes that are not text.
    """
    if not path.stat().st_size:
        raise empty_file_error(path)
    try:
        table = pq.ParquetFile(path).read()
    except (OSError, ValueError, NotImplementedError) as error:
        raise CoderError(
            f"{path}: is damaged or not a Parquet file ({str(error).splitlines()[0]})",
            "Write it again, or get another copy.",
        ) from error
    if not table.num_rows or not table.num_columns:
        raise no_rows_error(path)
    names = column_names(table.column_names)
    check_names_differ(path, names, "schema")
    columns: dict[str, list[str]] = {}
    for name, column in zip(names, table.columns, strict=True):
        try:
            columns[name] = column_cells(column)
        except ValueError as error:
            raise CoderError(
                f"{path}: the column {name!r} holds bytes that are not UTF-8 text",
                "Write the column as text.",
            ) from error
    arrays, cleaned = arrow_columns(columns, suspicious=True)
    return RawTable(
        path=path,
        format="parquet",
        described="Parquet",
        cells=pa.table(arrays).to_pandas(),
        numbers=np.arange(1, table.num_rows + 1, dtype=np.int64),
        row_word="row",
        cleaned=cleaned,
    )


def column_cells(column: pa.ChunkedArray) -> list[str]:
    """An Arrow column as text; lists and records become JSON, missing values the empty string.

    Raises:
        ValueError: bytes that are not UTF-8, or a date that Python cannot hold.
    """
    values = column.to_pylist()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return [_bytes_text(value) for value in values]
    if pa.types.is_nested(column.type):
        return [_json_text(value) for value in values]
    return [_value_text(value) for value in values]


def _bytes_text(value: bytes | None) -> str:
    if value is None:
        return ""
    return value.decode("utf-8")


def _json_text(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str)


def _value_text(value: object) -> str:
    if isinstance(value, float) and value != value:
        return ""
    return cell_text(value)
