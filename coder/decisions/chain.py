"""The lines of a reviewer's file, each with the hash of the line before it."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

NO_LINE = "0" * 64  # what the first line names as the line before it

Body = dict[str, Any]  # a decision as it is stored, fields of later versions among it


class Line(NamedTuple):
    """One line as stored.

    Attributes:
        before: the hash of the line before.
        body: the decision.
        hash: of `before` and `body` together.
    """

    before: str
    body: Body
    hash: str


def hash_line(before: str, body: Body) -> str:
    """Hex SHA-256 of a decision and the hash of the line before it."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def chain_lines(bodies: Iterable[Body], before: str = NO_LINE) -> list[Line]:
    """The lines that follow a line with the hash `before`."""
    lines = []
    for body in bodies:
        line = Line(before, body, hash_line(before, body))
        lines.append(line)
        before = line.hash
    return lines


def encode_lines(lines: Iterable[Line]) -> bytes:
    """Lines as they are written to a file."""
    encoded = []
    for line in lines:
        record = {"before": line.before, "decision": line.body, "hash": line.hash}
        text = json.dumps(record, ensure_ascii=True, separators=(",", ":"))
        encoded.append(text.encode() + b"\n")
    return b"".join(encoded)


def parse_line(data: bytes) -> Line:
    """One line as it stands in a file; that its hash is right is not checked.

    Raises:
        ValueError, KeyError, TypeError: it is not such a line.
    """
    try:
        record = json.loads(data.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    line = Line(record["before"], record["decision"], record["hash"])
    if not isinstance(line.body, dict):
        raise TypeError("a decision must be an object")
    if not isinstance(line.before, str) or not isinstance(line.hash, str):
        raise TypeError("a hash must be text")
    if not (line.before.isascii() and line.hash.isascii()):
        raise ValueError("a hash holds hexadecimal digits only")
    return line


def split_torn(data: bytes) -> tuple[bytes, bytes]:
    """The whole lines of a file, and a last line that is torn.

    A last line that lacks nothing but its newline, which editors take away, is whole: it is
    given one.
    """
    end = data.rfind(b"\n") + 1
    rest = data[end:]
    if not rest.strip():
        return data[:end], b""
    if _is_whole(rest):
        return data + b"\n", b""
    return data[:end], rest


def _is_whole(data: bytes) -> bool:
    try:
        line = parse_line(data)
        return hash_line(line.before, line.body) == line.hash
    except (ValueError, KeyError, TypeError):
        return False


def numbered_lines(data: bytes) -> list[tuple[int, bytes]]:
    """The lines of a file with their numbers, from 1; empty ones are left out, they hold nothing
    and harm nothing.
    """
    numbered = []
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            numbered.append((number, line))
    return numbered


def stated_hash(data: bytes) -> str:
    """The hash that one line states; empty where it cannot be read."""
    try:
        return parse_line(data).hash
    except (ValueError, KeyError, TypeError):
        return ""
