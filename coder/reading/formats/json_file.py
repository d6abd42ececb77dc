"""JSON: an array of records, an object that holds one, or an object on each line."""

import json
from collections.abc import Iterable, Mapping, Sequence
from json.decoder import JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from coder.errors import CoderError
from coder.reading.encoding import decode
from coder.reading.formats.json_exports import form_titles, plain_record
from coder.reading.formats.json_values import (
    Digits,
    columns_of,
    decode_json,
    flat_record,
    object_of,
)
from coder.reading.formats.jsonl import table_of_lines
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable, empty_file_error

# Of several lists in a file, the one with the first of these names holds the records.
RECORD_NAMES = (
    "responses",
    "comments",
    "records",
    "data",
    "items",
    "results",
    "rows",
    "entries",
    "submissions",
    "proposals",
    "debates",
    "edges",
    "nodes",
    "value",
)
DEEPEST_LIST = 4  # objects around the list of records
NAMES_SHOWN = 8
TEXT_COLUMN = "text"  # of an array that holds nothing but texts
KEY_COLUMN = "key"  # under which a record stands in an object of records
EXAMPLE = (
    'The file must hold an array of records, such as [{"id": "1", "comment": "More '
    'buses"}], or an object with one, or one object a line.'
)


class RecordList(NamedTuple):
    """The records of a file, and what was found beside them."""

    records: list[Any]
    name: str = ""  # of the member that holds them
    beside: tuple[str, ...] = ()  # names of the members that are no records


def load(path: Path, options: FileOptions) -> RawTable:
    """Read the records of a JSON file, as `jsonl.load` reads those of a JSONL file.

    Raises:
        CoderError: not JSON (line and character), a key used twice (line), no records, several
            lists that may be meant, or an entry that is no record.
    """
    text, encoding = decode(path.read_bytes(), path, options.encoding)
    if not text.strip():
        raise empty_file_error(path)
    try:
        value = decode_json(text)
    except json.JSONDecodeError as error:
        if _first_line_is_object(text):
            return table_of_lines(path, text, encoding)
        raise CoderError(
            f"{path}:{error.lineno}: is not JSON ({error.msg}, character {error.colno})",
            EXAMPLE,
        ) from error
    except (ValueError, RecursionError) as error:
        raise _structure_error(path, text, error) from error
    return _table(path, value, encoding)


def _first_line_is_object(text: str) -> bool:
    """Whether the text is one of several lines that hold an object each."""
    first = text.lstrip().split("\n", 1)[0]
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _table(path: Path, value: Any, encoding: str) -> RawTable:
    records = _record_list(path, value)
    if not records.records:
        raise CoderError(f"{path}: holds no records", EXAMPLE)
    titles = form_titles(value)
    flat: list[dict[str, str]] = []
    entries = records.records
    entries.reverse()
    while entries:  # each is let go of when it is flat, so that memory holds none twice
        flat.append(_flat(path, len(flat) + 1, entries.pop(), titles))
    table, cleaned = columns_of(path, flat)
    cells = table.to_pandas()
    questions = {title: title for title in titles.values() if title in cells}
    return RawTable(
        path=path,
        format="json",
        described=f"JSON, {encoding}",
        cells=cells,
        numbers=np.arange(1, len(cells) + 1, dtype=np.int64),
        row_word="entry",
        cleaned=cleaned,
        facts={"encoding": encoding},
        questions=questions,
        notes=_notes(records),
    )


def _flat(
    path: Path,
    number: int,
    record: object,
    titles: Mapping[str, str],
) -> dict[str, str]:
    """An entry of the list as one row."""
    if not isinstance(record, dict):
        raise CoderError(f"{path}: entry {number} is not a JSON object", EXAMPLE)
    try:
        return flat_record(plain_record(record, titles))
    except ValueError as error:
        raise CoderError(f"{path}: entry {number}: {error}", EXAMPLE) from error


def _notes(records: RecordList) -> tuple[str, ...]:
    if not records.beside:
        return ()
    shown = ", ".join(repr(name) for name in records.beside[:NAMES_SHOWN])
    if len(records.beside) > NAMES_SHOWN:
        shown += " and others"
    return (
        f"The records were read from {records.name!r}. What stands beside it is not part of "
        f"them: {shown}.",
    )


# ---------------------------------------------------------------- the list of records


def _record_list(path: Path, value: Any) -> RecordList:
    """Where the records are: the value itself, a list in it, or columns that make them."""
    if isinstance(value, list):
        return RecordList(_of_array(value))
    if not isinstance(value, dict):
        raise CoderError(f"{path}: holds one value, not records", EXAMPLE)
    inside = _list_inside(path, value)
    if inside is not None:
        return inside
    return RecordList(_of_columns(value) or [value])


def _of_array(values: list[Any]) -> list[Any]:
    """The values; of nothing but texts or rows, the records that they make."""
    if values and all(_is_text(value) for value in values):
        return [{TEXT_COLUMN: value} for value in values]
    if values and isinstance(values[0], list) and all(map(_is_text, values[0])):
        return _named_rows(values[0], values[1:]) or values
    return values


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Digits)


def _list_inside(
    path: Path, members: Mapping[str, Any], level: int = 0
) -> RecordList | None:
    """The list of records in an object, or in an object inside it; None where there is none."""
    lists: dict[str, list[Any]] = {}
    for member, value in members.items():
        if _is_records(member, value):
            lists[member] = value
    name = _chosen(path, lists)
    if name:
        beside = tuple(other for other in members if other != name)
        return RecordList(lists[name], name, beside)
    if level == DEEPEST_LIST:
        return None
    deeper: dict[str, RecordList] = {}
    for member, value in members.items():
        if isinstance(value, dict):
            inside = _list_inside(path, value, level + 1)
            if inside is not None:
                deeper[member] = inside
    name = _chosen(path, deeper)
    return deeper.get(name)


def _is_records(name: str, value: object) -> bool:
    """Whether a member is a list of objects, or the empty list of an export without responses."""
    if not isinstance(value, list):
        return False
    if not value:
        return name in RECORD_NAMES
    return all(isinstance(item, dict) for item in value)


def _chosen(path: Path, candidates: Mapping[str, object]) -> str:
    """The only name, or the first of the usual ones; empty where there is none."""
    if len(candidates) <= 1:
        return next(iter(candidates), "")
    for name in RECORD_NAMES:
        if name in candidates:
            return name
    names = ", ".join(repr(name) for name in list(candidates)[:NAMES_SHOWN])
    raise CoderError(
        f"{path}: holds several lists of records: {names}",
        "Save the one with the comments as a file of its own.",
    )


# ---------------------------------------------------------------- tables written by columns


def _of_columns(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records of a table that is written column by column, as pandas and R do; else none."""
    columns = value.get("columns")
    rows = value.get("data")
    if isinstance(columns, list) and isinstance(rows, list):
        return _named_rows(columns, rows)
    members = list(value.values())
    if len(members) < 2:
        return []
    if all(isinstance(member, list) for member in members):
        if len({len(member) for member in members}) > 1:
            return []
        return _named_rows(list(value), zip(*members, strict=True))
    if all(isinstance(member, dict) and member for member in members):
        return _of_objects(value)
    return []


def _of_objects(value: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The records of an object of objects: columns with a value for each numbered row, or records
    that each stand under a key.
    """
    members = list(value.values())
    labels = set(members[0]).intersection(*members[1:])
    same = all(len(member) == len(labels) for member in members)
    if same and all(label.isdigit() for label in labels):
        by_row = [[member[label] for member in members] for label in members[0]]
        return _named_rows(list(value), by_row)
    if not labels:
        return []
    return [{KEY_COLUMN: key, **member} for key, member in value.items()]


def _named_rows(
    names: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> list[dict[str, Any]]:
    """Records of these rows; none where a row has more or fewer values than there are names."""
    records: list[dict[str, Any]] = []
    for row in rows:
        if not isinstance(row, (list, tuple)) or len(row) != len(names):
            return []
        pairs = zip(map(str, names), row, strict=True)
        records.append(dict(pairs))
    return records


# ---------------------------------------------------------------- where a fault is


class _FaultError(Exception):
    """A fault in an object, and the character at which the object begins."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def _structure_error(path: Path, text: str, error: Exception) -> CoderError:
    """The error for a key that occurs twice, with its object's line, or for deep nesting."""
    problem = str(error).splitlines()[0]
    line = ""
    if isinstance(error, ValueError):
        line = _line_of_fault(text)
    return CoderError(f"{path}{line}: {problem}", EXAMPLE)


def _line_of_fault(text: str) -> str:
    """The line on which the first object with a repeated key begins, as `:12`; empty where it
    cannot be told.

    The parser does not say it, so the text is parsed again, more slowly, by one that does.
    """
    decoder = json.JSONDecoder(object_pairs_hook=object_of)

    def parse_object(text_and_place: tuple[str, int], *rest: Any) -> Any:
        try:
            return JSONObject(text_and_place, *rest)
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            raise _FaultError(text_and_place[1]) from error

    decoder.parse_object = parse_object  # type: ignore[attr-defined]
    decoder.scan_once = py_make_scanner(decoder)  # type: ignore[attr-defined]
    try:
        decoder.decode(text)
    except _FaultError as fault:
        return f":{text.count(chr(10), 0, fault.place) + 1}"
    except (ValueError, RecursionError):
        pass
    return ""
