"""Whole decisions out of a file that was damaged, cut, or changed after it was written."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from coder.decisions.chain import (
    NO_LINE,
    Line,
    hash_line,
    numbered_lines,
    parse_line,
    split_torn,
)
from coder.decisions.folder import composed, reviewer_of
from coder.decisions.log import MOST_BYTES, Decision, decision_of
from coder.stored import read_bytes

# How each line begins. Inside a text the quotes would be escaped, so it stands nowhere else.
LINE_START = '{"before":'


class StoredLine(NamedTuple):
    """A line with its decision."""

    line: Line
    decision: Decision

    @property
    def reviewer(self) -> str:
        """Who decided."""
        return composed(self.decision.reviewer)


class SalvagedFile(NamedTuple):
    """What is left of a file.

    Attributes:
        name: of the file.
        owner: the reviewer that it is named after.
        lines: every whole decision, in the order of the file.
        damaged: lines that hold no whole decision, or something else beside one.
        in_order: whether each line follows the line before it and nothing is torn.
    """

    name: str
    owner: str
    lines: tuple[StoredLine, ...]
    damaged: int
    in_order: bool

    @property
    def reviewers(self) -> set[str]:
        """Whose decisions they are."""
        return {stored.reviewer for stored in self.lines}


def salvage_file(path: Path) -> SalvagedFile:
    """All that is whole in a reviewer's file."""
    remedy = "Make it readable, or restore it from a backup."
    data = read_bytes(path, remedy, MOST_BYTES)
    return salvage(path.name, reviewer_of(path), data)


def salvage(name: str, owner: str, data: bytes) -> SalvagedFile:
    """All that is whole in the content of a file. A decision is whole when its hash shows that
    nothing in it was changed.
    """
    _, torn = split_torn(data)
    pieces: list[Line] = []
    damaged = 0
    for _, text in numbered_lines(data):
        lines, is_clean = _parse(text)
        pieces += lines
        damaged += not is_clean
    known = {piece.before for piece in pieces} | {piece.hash for piece in pieces}
    whole: list[StoredLine] = []
    before = NO_LINE
    in_order = not damaged and not torn
    for piece in pieces:
        stored = _whole_line(piece, before, known)
        if stored is None:
            damaged += 1
        else:
            whole.append(stored)
        in_order = in_order and stored is not None and stored.line == piece
        in_order = in_order and piece.before == before
        before = piece.hash
        if stored is not None:
            before = stored.line.hash
    return SalvagedFile(
        name,
        owner,
        tuple(whole),
        damaged,
        in_order,
    )


def _parse(text: bytes) -> tuple[list[Line], bool]:
    """The records of one line: one, where nothing happened to it. And whether there was nothing
    else.
    """
    try:
        return [parse_line(text)], True
    except (ValueError, KeyError, TypeError):
        return list(_records_within(text)), False


def _records_within(text: bytes) -> Iterator[Line]:
    """Records that run into each other, or stand behind the rest of another one."""
    characters = text.decode("utf-8", "replace")
    decoder = json.JSONDecoder()
    start = characters.find(LINE_START)
    while start >= 0:
        try:
            _, end = decoder.raw_decode(characters, start)
            yield parse_line(characters[start:end].encode())
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        start = characters.find(LINE_START, start + 1)


def _whole_line(line: Line, before: str, known: set[str]) -> StoredLine | None:
    """The line where a hash vouches for its decision: its own, or the one that the next line
    names where its own was damaged.
    """
    for start in (line.before, before):
        digest = hash_line(start, line.body)
        if digest == line.hash or digest in known:
            try:
                decision = decision_of(line, json.dumps(line.body).encode())
            except ValidationError:
                return None
            return StoredLine(Line(start, line.body, digest), decision)
    return None


def is_sound(file: SalvagedFile, others: Sequence[SalvagedFile]) -> bool:
    """Whether a file can stay as it is: in order, its reviewer's own, and the only one."""
    if not file.in_order or file.reviewers - {file.owner}:
        return False
    namesakes = [each for each in others if each.owner == file.owner]
    return len(namesakes) == 1
