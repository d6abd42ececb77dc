"""JSONL: a JSON object on each line, every value as the text it was written as."""

import json
from pathlib import Path

import numpy as np

from coder.errors import CoderError
from coder.reading.encoding import decode
from coder.reading.formats.json_exports import plain_record
from coder.reading.formats.json_values import columns_of, decode_json, flat_record
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable, empty_file_error

EXAMPLE_LINE = (
    'Each line must be one object, such as {"id": "1", "comment": "More buses"}.'
)


def load(path: Path, options: FileOptions) -> RawTable:
    """Read one JSON object a line. An object inside becomes columns `OUTER.INNER`; plain values
    in a list are joined by semicolons, other lists stay JSON.

    Numbers keep the digits they were written with; null and an absent key are empty.

    Raises:
        CoderError: a line that is not an object (named), a key used twice, or nothing in the file.
    """
    text, encoding = decode(path.read_bytes(), path, options.encoding)
    return table_of_lines(path, text, encoding)


def table_of_lines(path: Path, text: str, encoding: str) -> RawTable:
    """The records of a text that has one JSON object on each line.

    Raises:
        CoderError: as `load`.
    """
    records: list[dict[str, str]] = []
    lines: list[int] = []
    # Only \n ends a line here: JSON text may hold U+2028 and its like as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            records.append(_record(path, number, line))
            lines.append(number)
    if not records:
        raise empty_file_error(path)
    table, cleaned = columns_of(path, records)
    return RawTable(
        path=path,
        format="jsonl",
        described=f"JSONL, {encoding}",
        cells=table.to_pandas(),
        numbers=np.array(lines, dtype=np.int64),
        row_word="line",
        cleaned=cleaned,
        facts={"encoding": encoding},
    )


def _record(path: Path, number: int, line: str) -> dict[str, str]:
    """A line's object, flat."""
    try:
        value = decode_json(line)
        if isinstance(value, dict):
            return flat_record(plain_record(value))
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
