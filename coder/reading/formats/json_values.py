"""JSON values as text: numbers keep their digits, objects become columns, lists one cell."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from coder.errors import CoderError
from coder.limits import limits
from coder.reading.raw_table import RowNumbers, arrow_columns, no_rows_error

MOST_SHARED = 100_000  # different numbers that are kept to be used again
BETWEEN_ITEMS = "; "  # of a list in one cell


class Digits(str):
    """A JSON number as it was written."""


class _SharedDigits(dict[str, Digits]):
    """Makes numbers; those that occur often in a file are one object, which saves memory."""

    def __missing__(self, written: str) -> Digits:
        number = Digits(written)
        if len(self) < MOST_SHARED:
            self[written] = number
        return number


def decode_json(text: str) -> Any:
    """The value of a JSON text; numbers are `Digits`.

    Raises:
        json.JSONDecodeError: it is not JSON.
        ValueError: a key occurs twice in an object.
        RecursionError: lists or objects are nested too deeply.
    """
    digits = _SharedDigits()
    return json.loads(
        text,
        parse_int=digits.__getitem__,
        parse_float=digits.__getitem__,
        parse_constant=_constant,
        object_pairs_hook=object_of,
    )


def _constant(name: str) -> Digits | None:
    """Infinity as it was written; NaN, which pandas and R write for a missing value, as none."""
    if name == "NaN":
        return None
    return Digits(name)


def object_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The object with these keys and values. Raises `ValueError` for a key that occurs twice."""
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise ValueError(f"the key {key!r} occurs twice")
        members[key] = value
    return members


def flat_record(members: Mapping[str, Any]) -> dict[str, str]:
    """An object as one row: an object inside becomes columns `OUTER.INNER`, a list one cell.

    Raises:
        ValueError: two members get the same name, or objects are nested deeper than
            limit.
    """
    return object_of(_flat_pairs(members))


def _flat_pairs(
    members: Mapping[str, Any],
    prefix: str = "",
    level: int = 0,
) -> list[tuple[str, str]]:
    most = limits().json_depth
    if level > most:
        raise ValueError(f"objects are nested deeper than {most} levels")
    pairs: list[tuple[str, str]] = []
    for key, value in members.items():
        name = prefix + key.encode("utf-8", "replace").decode()
        if isinstance(value, dict) and value:
            pairs.extend(_flat_pairs(value, f"{name}.", level + 1))
        else:
            pairs.append((name, value_text(value)))
    return pairs


def value_text(value: object) -> str:
    """A value as text: null and an empty list are empty, plain values in a list are joined."""
    if value is None or value == {}:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return list_text(value)
    return json_text(value)


def list_text(values: Sequence[object]) -> str:
    """A list as one cell: `a; b`, or JSON where an item holds a semicolon or is no plain value.

    Objects of one member, such as `{"value": "a"}`, stand for that member.
    """
    items: list[str] = []
    for value in _without_envelopes(values):
        if isinstance(value, (dict, list, tuple)):
            return json_text(values)
        items.append(value_text(value))
    if len(items) > 1 and any(";" in item for item in items):
        return json_text(values)
    return BETWEEN_ITEMS.join(items)


def _without_envelopes(values: Sequence[object]) -> Sequence[object]:
    """The values, or where each is an object of one member of the same name, the members."""
    names: set[str] = set()
    members: list[object] = []
    for value in values:
        if not isinstance(value, dict) or len(value) != 1:
            return values
        names.update(value)
        members.extend(value.values())
    if len(names) == 1:
        return members
    return values


def json_text(value: object) -> str:
    """A value as JSON on one line; its numbers keep the digits they were written with."""
    if isinstance(value, Digits):
        return str(value)
    if isinstance(value, dict):
        members: list[str] = []
        for key, member in value.items():
            members.append(f"{_quoted(str(key))}: {json_text(member)}")
        return "{" + ", ".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(json_text(item) for item in value) + "]"
    return _quoted(value)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def columns_of(
    path: Path,
    records: Sequence[Mapping[str, str]],
) -> tuple[pa.Table, dict[str, RowNumbers]]:
    """Flat records as a table, its columns in the order in which they first occur, and the rows
    that were cleaned (see `arrow_columns`).

    Raises:
        CoderError: there is no column, or there are more than the limit.
    """
    names: dict[str, None] = {}
    most = limits().columns
    for record in records:
        names.update(dict.fromkeys(record))
        if len(names) > most:
            raise CoderError(
                f"{path}: has more than {most:,} different keys",
                "Give each value of a record the same key in every record.",
            )
    if not names:
        raise no_rows_error(path)
    columns: dict[str, list[str]] = {}
    for number, name in enumerate(names, start=1):
        title = name if name.strip() else f"column {number}"
        columns[title] = [record.get(name, "") for record in records]
    arrays, cleaned = arrow_columns(columns, suspicious=True)
    return pa.table(arrays), cleaned
