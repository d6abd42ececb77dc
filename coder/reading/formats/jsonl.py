"""JSONL: a JSON object on each line, every value as the text it was written as."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from coder.errors import CoderError
from coder.reading.encoding import decode
from coder.reading.options import FileOptions
from coder.reading.raw_table import (
    RawTable,
    arrow_columns,
    empty_file_error,
    no_rows_error,
)

MOST_LEVELS = 20  # of objects inside objects
EXAMPLE_LINE = (
    'Each line must be one object, such as {"id": "1", "comment": "More buses"}.'
)


def load(path: Path, options: FileOptions) -> RawTable:
    """Read one JSON object a line. An object inside becomes columns `OUTER.INNER`; a list stays
    JSON.

    Numbers keep the digits they were written with; null and an absent key are empty.

    Raises:
        CoderError: a line that is not an object (named), a key used twice, or nothing in the file.
    """
    text, encoding = decode(path.read_bytes(), path, options.encoding)
    records: list[dict[str, str]] = []
    lines: list[int] = []
    # Only \n ends a line here: JSON text may hold U+2028 and its like as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            records.append(_record(path, number, line))
            lines.append(number)
    if not records:
        raise empty_file_error(path)
    names = _all_keys(records)
    if not names:
        raise no_rows_error(path)
    columns: dict[str, list[str]] = {}
    for name in names:
        columns[name] = [record.get(name, "") for record in records]
    arrays, cleaned = arrow_columns(columns, suspicious="\\u" in text or "\x00" in text)
    return RawTable(
        path=path,
        format="jsonl",
        described=f"JSONL, {encoding}",
        cells=pa.table(arrays).to_pandas(),
        numbers=np.array(lines, dtype=np.int64),
        row_word="line",
        cleaned=cleaned,
        facts={"encoding": encoding},
    )


def _all_keys(records: list[dict[str, str]]) -> list[str]:
    """Every key, in the order in which they first occur."""
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record))
    return list(names)


class _Digits(str):
    """A JSON number as it was written."""


def _record(path: Path, number: int, line: str) -> dict[str, str]:
    """A line's object, flat."""
    try:
        value = json.loads(
            line,
            parse_int=_Digits,
            parse_float=_Digits,
            parse_constant=_Digits,
            object_pairs_hook=_object_of,
        )
        if isinstance(value, dict):
            return _object_of(_flat_pairs(value))
    except json.JSONDecodeError as error:
        raise CoderError(
            f"{path}:{number}: is not JSON ({error.msg}, character {error.colno})",
            EXAMPLE_LINE,
        ) from error
    except (ValueError, RecursionError) as error:
        raise CoderError(
            f"{path}:{number}: {str(error).splitlines()[0]}", EXAMPLE_LINE
        ) from error
    raise CoderError(f"{path}:{number}: is not a JSON object", EXAMPLE_LINE)


def _object_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The object with these keys and values. Raises `ValueError` for a key that occurs twice."""
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise ValueError(f"the key {key!r} occurs twice")
        members[key] = value
    return members


def _flat_pairs(
    members: dict[str, Any],
    prefix: str = "",
    level: int = 0,
) -> list[tuple[str, str]]:
    if level > MOST_LEVELS:
        raise ValueError(f"objects are nested deeper than {MOST_LEVELS} levels")
    pairs: list[tuple[str, str]] = []
    for key, value in members.items():
        name = prefix + key.encode("utf-8", "replace").decode()
        if isinstance(value, dict):
            pairs.extend(_flat_pairs(value, f"{name}.", level + 1))
        else:
            pairs.append((name, _value_text(value)))
    return pairs


def _value_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False)
