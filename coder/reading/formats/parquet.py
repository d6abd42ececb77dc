"""Parquet: typed columns, every value as text."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coder.errors import CoderError
from coder.library_errors import reason_of
from coder.parquet_size import check_size
from coder.reading.formats.cell_text import as_written, cell_text
from coder.reading.formats.json_values import list_text, value_text
from coder.reading.options import FileOptions
from coder.reading.raw_table import (
    RawTable,
    arrow_columns,
    check_names_differ,
    column_names,
    empty_file_error,
    no_rows_error,
)

SINGLE_PRECISION = (pa.float16(), pa.float32())


def load(path: Path, options: FileOptions) -> RawTable:  # noqa: ARG001
    """Read a Parquet table; numbers, dates and truth values become text as a spreadsheet shows
    them.

    A column of records becomes columns `OUTER.INNER`; plain values in a list are joined by
    semicolons, other lists and maps become JSON.

    Raises:
        CoderError: damaged, not a Parquet file, suspiciously large, no rows, or a column of bytes
            that are not text.
    """
    if not path.stat().st_size:
        raise empty_file_error(path)
    try:
        with pq.ParquetFile(path) as file:
            check_size(path, file.metadata)
            table = _flat(file.read(use_threads=False))
    except (OSError, ValueError, NotImplementedError) as error:
        raise CoderError(
            f"{path}: is damaged or not a Parquet file ({reason_of(error)})",
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


def _flat(table: pa.Table) -> pa.Table:
    """The table with a column for each field of a record, of records inside it too."""
    while any(pa.types.is_struct(column.type) for column in table.columns):
        table = table.flatten()
    return table


def column_cells(column: pa.ChunkedArray) -> list[str]:
    """An Arrow column as text; plain values in a list are joined by semicolons, other lists and
    maps become JSON, missing values the empty string.

    Raises:
        ValueError: bytes that are not UTF-8.
    """
    try:
        values = column.to_pylist()
    except OverflowError:  # a date that Python cannot hold
        values = column.cast(_whole_numbers(column.type)).to_pylist()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return [_bytes_text(value) for value in values]
    if pa.types.is_nested(column.type):
        return [_list_text(value) for value in values]
    if column.type in SINGLE_PRECISION:
        return [_single_text(value) for value in values]
    return [_value_text(value) for value in values]


def _whole_numbers(kind: pa.DataType) -> pa.DataType:
    """The whole numbers in which dates and times of this type are stored."""
    if kind.bit_width == 32:
        return pa.int32()
    return pa.int64()


def _bytes_text(value: bytes | None) -> str:
    if value is None:
        return ""
    return value.decode("utf-8")


def _list_text(value: object) -> str:
    """A list as one cell; its dates are written as in other cells."""
    if not isinstance(value, list):
        return value_text(value)
    items: list[object] = []
    for item in value:
        if item is None or isinstance(item, (list, dict, tuple)):
            items.append(item)
        else:
            items.append(cell_text(item))
    return list_text(items)


def _single_text(value: float | None) -> str:
    if value is None:
        return ""
    return _value_text(as_written(value))


def _value_text(value: object) -> str:
    if isinstance(value, float) and value != value:
        return ""
    return cell_text(value)
