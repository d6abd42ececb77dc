"""Reads the CSV and JSON files that the program wrote itself, whatever happened to them since.

A file may have been cut, edited, or mixed up with another one. Each fault becomes one error that
names the file and the line, says what is wrong without showing what the file holds, and says how
to get the file again. No reader here trusts a size, an encoding or a type.
"""

import csv
import hashlib
import io
import json
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

from coder.errors import CoderError
from coder.private import how_to_open
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

SEAL = "sealed_sha256"
UNREADABLE = "cannot be read"
MOST_BYTES = 256 << 20  # of a file that is read as a whole
MOST_LINE_BYTES = 16 << 20  # of one line of a table
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")  # half of a pair, as JSON spells it
NAME_OF_TYPE = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}

Result = TypeVar("Result")
Types = Mapping[str, type]  # of the values of an object, by name


class DamagedFileError(CoderError):
    """A file of the program's own is not as it was written.

    Attributes:
        path: the file.
        line: where the fault is, from 1; 0 where that is not known.
        fault: what is wrong, without the path.
    """

    def __init__(
        self,
        path: Path,
        fault: str,
        remedy: str,
        line: int = 0,
        column: int = 0,
        state: str = "is damaged",
    ) -> None:
        place = str(path)
        for number in (line, column):
            if number:
                place += f":{number}"
        super().__init__(f"{place}: {state} ({fault})", remedy)
        self.path = path
        self.line = line
        self.fault = fault


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        line: of the file, on which the row begins.
        cells: by column.
    """

    line: int
    cells: dict[str, str]


# ---------------------------------------------------------------- bytes and text


def read_bytes(path: Path, remedy: str, most_bytes: int = MOST_BYTES) -> bytes:
    """The content of a file.

    Args:
        remedy: how to get the file again: a sentence.

    Raises:
        DamagedFileError: it is gone, is no file, is too large, or cannot be read.
    """
    with _guard(path, remedy), open_file(path, remedy) as file:
        # Python makes room for all that is asked for before it reads.
        size = os.fstat(file.fileno()).st_size
        data = file.read(min(size, most_bytes) + 1)
    if len(data) > most_bytes:
        raise DamagedFileError(path, f"larger than {_size(most_bytes)}", remedy)
    return data


def open_file(path: Path, remedy: str) -> IO[bytes]:
    """An ordinary file, open for reading; a pipe or the like would never end.

    Raises:
        DamagedFileError: it is gone, is no file, or cannot be opened.
    """
    with _guard(path, remedy):
        if not stat.S_ISREG(path.stat().st_mode):
            kind = "it is a folder" if path.is_dir() else "it is not a file"
            raise DamagedFileError(path, kind, remedy, state=UNREADABLE)
        return path.open("rb")


class _guard:  # noqa: N801  # used as a statement
    """Turns what the system says of a file into the program's error."""

    def __init__(self, path: Path, remedy: str) -> None:
        self._path = path
        self._remedy = remedy

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, OSError | ValueError):
            raise _unreadable(self._path, error, self._remedy) from error


def _unreadable(
    path: Path, error: OSError | ValueError, remedy: str
) -> DamagedFileError:
    """What to raise where the system does not let a file be read. One that lacks the permission
    alone is not damaged, and must not be replaced.
    """
    reason = getattr(error, "strerror", None) or type(error).__name__
    if isinstance(error, PermissionError):
        reason, remedy = "permission denied", how_to_open(path)
    return DamagedFileError(path, reason, remedy, state=UNREADABLE)


def _size(number: int) -> str:
    if number < 1 << 20:
        return f"{number:,} bytes"
    return f"{number >> 20:,} MB"


def read_text(path: Path, remedy: str, most_bytes: int = MOST_BYTES) -> str:
    """The content of a text file, without the mark at its start.

    Raises:
        DamagedFileError: as `read_bytes`; or it is not UTF-8, or holds a NUL.
    """
    data = read_bytes(path, remedy, most_bytes).removeprefix(BYTE_ORDER_MARK)
    return decode(path, data, remedy)


def decode(path: Path, data: bytes, remedy: str, line: int = 1) -> str:
    """Bytes of a file as text.

    Args:
        line: of the file, on which the bytes begin.

    Raises:
        DamagedFileError: they are not UTF-8, or hold a NUL.
    """
    fault = "not UTF-8 text"
    at = data.find(b"\0")
    if at < 0:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            at = error.start
    else:
        fault = "a NUL character"
    raise DamagedFileError(path, fault, remedy, line + data.count(b"\n", 0, at))


# ---------------------------------------------------------------- JSON


def read_json(path: Path, remedy: str, most_bytes: int = MOST_BYTES) -> Any:
    """What a JSON file holds.

    Raises:
        DamagedFileError: as `read_text`; or it is not JSON, is nested too deeply, or holds text
            that cannot be written again.
    """
    return parse_json(path, read_bytes(path, remedy, most_bytes), remedy)


def parse_json(path: Path, data: bytes, remedy: str, line: int = 1) -> Any:
    """What a piece of a file holds, as `read_json`.

    Args:
        path: of the file, for errors.
        line: of the file, on which the piece begins.
    """
    text = decode(path, data.removeprefix(BYTE_ORDER_MARK), remedy, line)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        fault = f"not JSON: {error.msg.lower()}"
        is_cut = "\n" not in text[error.pos :] and error.msg.startswith("Unterminated")
        if is_cut or not text[error.pos :].strip():
            fault = "it ends too early"
        place = line + error.lineno - 1
        raise DamagedFileError(path, fault, remedy, place, error.colno) from error
    except RecursionError as error:
        raise DamagedFileError(path, "nested too deeply", remedy) from error
    except ValueError as error:  # digits by the thousand
        raise DamagedFileError(path, "a number too long to read", remedy) from error
    if HALF_CHARACTER.search(data):
        _check_characters(path, content, remedy, line)
    return content


def _check_characters(path: Path, content: Any, remedy: str, line: int) -> None:
    """Refuse half a character, which no file can be written with."""
    try:
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except (UnicodeEncodeError, RecursionError) as error:
        fault = "half a character (a lone surrogate)"
        raise DamagedFileError(path, fault, remedy, line) from error


def read_object(
    path: Path,
    remedy: str,
    types: Types | None = None,
    required: Collection[str] = (),
    most_bytes: int = MOST_BYTES,
) -> dict[str, Any]:
    """The object that a JSON file holds.

    Args:
        types: of values, by name; null is allowed where a value is not required. Values that are
            not named may be of any type.
        required: names that must be there.

    Raises:
        DamagedFileError: as `read_json`; or it holds something else, or a value of another type.
    """
    content = read_json(path, remedy, most_bytes)
    if not isinstance(content, dict):
        raise DamagedFileError(path, "not a JSON object", remedy, 1)
    check_types(path, content, remedy, types or {}, required)
    return content


def check_types(
    path: Path,
    content: Any,
    remedy: str,
    types: Types,
    required: Collection[str] = (),
) -> None:
    """Check that a part of a file is an object, and its values (see `read_object`).

    Raises:
        DamagedFileError: it is none, or a value is missing, or of another type.
    """
    if not isinstance(content, dict):
        raise DamagedFileError(path, "not a JSON object", remedy)
    for name in required:
        if content.get(name) is None:
            raise DamagedFileError(path, f"{name} is missing", remedy)
    for name, kind in types.items():
        value = content.get(name)
        if value is not None and not _is_of(value, kind):
            fault = f"{name} is not {NAME_OF_TYPE[kind]}"
            raise DamagedFileError(path, fault, remedy)


def _is_of(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    if kind is float:
        return isinstance(value, int | float)
    return isinstance(value, kind)


# ---------------------------------------------------------------- seals


def seal(content: Mapping[str, Any]) -> dict[str, Any]:
    """The object with the hash of all else that it holds, so that a change is noticed."""
    others = {name: value for name, value in content.items() if name != SEAL}
    return {**others, SEAL: _hash_of(others)}


def is_as_sealed(content: Mapping[str, Any]) -> bool:
    """Whether an object is as it was sealed; earlier versions sealed none."""
    if SEAL not in content:
        return True
    return bool(seal(content)[SEAL] == content[SEAL])


def _hash_of(content: Mapping[str, Any]) -> str:
    plain = json.loads(json.dumps(content, default=str))
    text = json.dumps(plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------- CSV


def read_rows(path: Path, columns: Collection[str], remedy: str) -> Iterator[Row]:
    """The rows of a CSV file, one at a time.

    Args:
        columns: that it must have; others are given too.

    Raises:
        DamagedFileError: it cannot be read, lacks a column, or a row has more or fewer cells than
            the heading; also when the last line was cut off.
    """
    with open_file(path, remedy) as file:
        lines = _Lines(path, file, remedy)
        reader = csv.reader(lines, strict=True)
        head = _next_row(reader, lines)
        if head is None:
            raise DamagedFileError(path, "it is empty", remedy)
        _check_heading(path, head, columns, remedy)
        while True:
            line = lines.number + 1
            cells = _next_row(reader, lines)
            if cells is None:
                return
            if len(cells) != len(head):
                fault = f"{count(len(cells), 'cell')} instead of {len(head)}"
                raise DamagedFileError(path, fault, remedy, line)
            yield Row(line, dict(zip(head, cells, strict=True)))


def _next_row(reader: "Iterator[list[str]]", lines: "_Lines") -> list[str] | None:
    start = lines.number + 1
    limit = csv.field_size_limit(MOST_LINE_BYTES)
    try:
        return next(reader, None)
    except csv.Error as error:
        fault = "not a row of a table"
        if lines.is_at_end:
            fault = "the file ends inside a quoted cell that begins here"
        raise lines.damage(fault, start) from error
    finally:
        csv.field_size_limit(limit)


def _check_heading(
    path: Path, head: list[str], columns: Collection[str], remedy: str
) -> None:
    missing = [name for name in columns if name not in head]
    if missing:
        fault = f"lacks {count(len(missing), 'column')}: {', '.join(missing)}"
        raise DamagedFileError(path, fault, remedy, 1)
    if len({*head}) != len(head):
        raise DamagedFileError(path, "two columns of one name", remedy, 1)


class _Lines:
    """The lines of an open CSV file as text.

    Attributes:
        number: of the line that was read last, from 1.
    """

    def __init__(self, path: Path, file: IO[bytes], remedy: str) -> None:
        self._path = path
        self._file = file
        self._remedy = remedy
        self._parts: Iterator[str] = iter(())
        self.number = 0
        self.is_at_end = False

    def damage(self, fault: str, line: int) -> DamagedFileError:
        """An error about this file."""
        return DamagedFileError(self._path, fault, self._remedy, line)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        part = next(self._parts, None)
        if part is None:
            self._parts = self._read_line()
            part = next(self._parts, None)
        if part is None:
            self.is_at_end = True
            raise StopIteration
        return part

    def _read_line(self) -> Iterator[str]:
        """The next line; in parts where it holds the line ends of old systems."""
        with _guard(self._path, self._remedy):
            data = self._file.readline(MOST_LINE_BYTES + 1)
        if not data:
            return iter(())
        self.number += 1
        if len(data) > MOST_LINE_BYTES:
            raise self.damage(f"longer than {_size(MOST_LINE_BYTES)}", self.number)
        if self.number == 1:
            data = data.removeprefix(BYTE_ORDER_MARK)
        text = decode(self._path, data, self._remedy, self.number)
        if not text.endswith(("\n", "\r")):
            raise self.damage("it ends in the middle of a line", self.number)
        return iter(io.StringIO(text, newline=""))


# ---------------------------------------------------------------- other formats


def guarded(path: Path, read: Callable[[], Result], remedy: str) -> Result:
    """What a library reads from a file.

    Raises:
        DamagedFileError: the library fails in whatever way; a damaged file makes it fail in many.
        CoderError: as `read` raises it.
    """
    try:
        return read()
    except CoderError:
        raise
    except OSError as error:
        raise _unreadable(path, error, remedy) from error
    except Exception as error:
        raise DamagedFileError(path, _kind_of(error), remedy) from error


def with_valid_texts(table: "pd.DataFrame") -> "pd.DataFrame":
    """The table unchanged. Raises `ValueError` where a text is not UTF-8: Arrow checks texts when
    they are looked at, and not when they are read.
    """
    import pandas as pd
    import pyarrow as pa

    for name in table.columns:
        if isinstance(table[name].dtype, pd.StringDtype):
            pa.array(table[name].array).validate(full=True)
    return table


def _kind_of(error: BaseException) -> str:
    """The kind of an error: what it says may quote a comment."""
    return type(error).__name__


# ---------------------------------------------------------------- whatever can be read


def fault_of(read: Callable[[], object]) -> str:
    """What a reader says of a file: the problem and its fix; empty where it reads it."""
    try:
        read()
    except CoderError as error:
        *others, last = error.problem.splitlines()
        return " ".join((*others, f"{last}. {error.fix}".strip()))
    return ""
