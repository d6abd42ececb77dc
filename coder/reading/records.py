"""JSONL and Parquet: typed records, every value as the text it was written as."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coder.errors import CoderError
from coder.reading.encoding import decode
from coder.reading.loaded import Loaded, check_header, empty_file, named, no_rows, text_columns
from coder.reading.spreadsheet import cell_text

DEEPEST = 20  # objects within objects


def load_jsonl(path: Path, *, encoding: str | None = None) -> Loaded:
    """Read one JSON object a line. An object inside becomes columns `OUTER.INNER`; a list stays JSON.

    Numbers keep the digits they were written with; null and an absent key are empty.

    Raises:
        CoderError: a line that is no object (named), a key used twice, or nothing in the file.
    """
    text, encoding_name = decode(path.read_bytes(), path, encoding)
    records: list[dict[str, str]] = []
    lines: list[int] = []
    # Only \n ends a line here: JSON text may hold U+2028 and its like as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            records.append(_record(path, number, line))
            lines.append(number)
    if not records:
        raise empty_file(path)
    names = list(dict.fromkeys(name for record in records for name in record))
    if not names:
        raise no_rows(path)
    columns = {name: [record.get(name, "") for record in records] for name in names}
    arrays, cleaned = text_columns(columns, suspicious="\\u" in text or "\x00" in text)
    return Loaded(
        path=path,
        format="jsonl",
        described=f"JSONL, {encoding_name}",
        table=pa.table(arrays).to_pandas(),
        places=np.array(lines, dtype=np.int64),
        place_word="line",
        cleaned=cleaned,
        facts={"encoding": encoding_name},
    )


class _Number(str):
    """A JSON number's own digits."""


def _record(path: Path, number: int, line: str) -> dict[str, str]:
    fix = 'Each line must be one object, such as {"id": "1", "comment": "More buses"}.'
    try:
        found = json.loads(
            line,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
            object_pairs_hook=_once,
        )
        if isinstance(found, dict):
            return _once(_flat(found, "", 0))
    except json.JSONDecodeError as error:
        raise CoderError(
            f"{path}:{number}: is not JSON ({error.msg}, character {error.colno})", fix
        ) from error
    except (ValueError, RecursionError) as error:
        raise CoderError(f"{path}:{number}: {str(error).splitlines()[0]}", fix) from error
    raise CoderError(f"{path}:{number}: holds no object but {line.strip()[:40]!r}", fix)


def _once(pairs: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands there twice")
        found[key] = value
    return found


def _flat(node: dict[str, Any], before: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        raise ValueError(f"objects are nested deeper than {DEEPEST} levels")
    for key, value in node.items():
        name = f"{before}{key.encode('utf-8', 'replace').decode()}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield name, _value_text(value)


def _value_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def load_parquet(path: Path) -> Loaded:
    """Read a Parquet table; numbers, dates and truth values become text as a spreadsheet shows them.

    Raises:
        CoderError: damaged, no Parquet file, no rows, or a column of bytes that are no text.
    """
    if not path.stat().st_size:
        raise empty_file(path)
    try:
        table = pq.ParquetFile(path).read()
    except (OSError, ValueError, NotImplementedError) as error:
        raise CoderError(
            f"{path}: is damaged or no Parquet file ({str(error).splitlines()[0]})",
            "Write or fetch it again.",
        ) from error
    if not table.num_rows or not table.num_columns:
        raise no_rows(path)
    names = named(table.column_names)
    check_header(path, names, "schema")
    columns = {
        name: _cells(path, name, column) for name, column in zip(names, table.columns, strict=True)
    }
    arrays, cleaned = text_columns(columns, suspicious=True)
    return Loaded(
        path=path,
        format="parquet",
        described="Parquet",
        table=pa.table(arrays).to_pandas(),
        places=np.arange(1, table.num_rows + 1, dtype=np.int64),
        place_word="row",
        cleaned=cleaned,
    )


def _cells(path: Path, name: str, column: pa.ChunkedArray) -> list[str]:
    try:
        values = column.to_pylist()
        if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
            values = [None if value is None else value.decode("utf-8") for value in values]
    except (UnicodeDecodeError, ValueError) as error:
        raise CoderError(
            f"{path}: the column {name!r} holds bytes that are not UTF-8 text", "Write it as text."
        ) from error
    if pa.types.is_nested(column.type):
        return [
            "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
            for value in values
        ]
    if pa.types.is_integer(column.type):
        return ["" if value is None else str(value) for value in values]
    return [
        cell_text(None if isinstance(value, float) and value != value else value)
        for value in values
    ]
