"""Decisions from elsewhere: what another machine's folder, file or archive of decisions holds.

A reviewer's file may have any name there, as copies made by file-sync programs do: decisions carry
their reviewer's name. Every line must be as it was written.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from pydantic import ValidationError

from coder.codebook import fingerprint_of
from coder.decisions.chain import (
    NO_LINE,
    hash_line,
    numbered_lines,
    parse_line,
    split_torn,
)
from coder.decisions.folder import INNER_FOLDERS, composed
from coder.decisions.log import MOST_BYTES, decision_of
from coder.decisions.salvage import LINE_START, SalvagedFile, StoredLine
from coder.errors import CoderError
from coder.files import nearest_name
from coder.stored import read_bytes

LOGS, ARCHIVES = ".jsonl", ".zip"
# Folders of a decisions folder that hold nothing to take.
LEFT_OUT = frozenset({"replaced", "claims", "hands"})
MOST_FILES = 100_000
WHAT_TO_GIVE = (
    "Name a reviewer's file of decisions (.jsonl), a folder of such, or a zip of one."
)


@dataclass(frozen=True)
class FoundFile:
    """A file that was found, wherever it lies.

    Attributes:
        shown: where it is, for messages.
        path: below what was named; its last parts tell what it is.
    """

    shown: str
    path: PurePosixPath
    data: bytes


@dataclass
class Incoming:
    """What was found.

    Attributes:
        logs: reviewers' files.
        documents: by `FOLDER/ID.json`, the bytes of files that are named by their hash.
        notes: what was left out.
    """

    logs: list[SalvagedFile] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> Iterator[StoredLine]:
        """All decisions that were found, some of them perhaps several times."""
        for log in self.logs:
            yield from log.lines


def read_incoming(source: Path, own: Path) -> Incoming:
    """All decisions, and what belongs to them, in a file, a folder or a zip.

    Args:
        own: the decisions folder that they are to be taken into; it is passed over.

    Raises:
        CoderError: nothing is there, or a line or a document was edited.
    """
    incoming = Incoming()
    for found in _find(source, own):
        if found.path.suffix.lower() == LOGS:
            _add_log(found, incoming, is_named=source.is_file())
        else:
            _add_document(found, incoming)
    if not incoming.logs and not incoming.documents:
        raise CoderError(f"{source}: holds no decisions", WHAT_TO_GIVE)
    return incoming


# ---------------------------------------------------------------- finding


def _find(source: Path, own: Path) -> Iterator[FoundFile]:
    if source.is_dir():
        yield from _find_in_folder(source, own)
    elif not source.exists():
        raise CoderError(
            f"{source}: there is no such file or folder",
            f"{nearest_name(source)}{WHAT_TO_GIVE}",
        )
    elif source.suffix.lower() == ARCHIVES:
        yield from _find_in_archive(source)
    elif source.suffix.lower() == LOGS:
        yield _read(source, source.parent)
    else:
        raise CoderError(f"{source}: is no file of decisions", WHAT_TO_GIVE)


def _find_in_folder(folder: Path, own: Path) -> Iterator[FoundFile]:
    """The files below a folder, those of archives among them."""
    # A decisions folder itself: its inner folders are below its parent.
    base = folder.resolve().parent
    number = 0
    for path in sorted(folder.resolve().rglob("*")):
        number += 1
        if number > MOST_FILES:
            raise CoderError(
                f"{folder}: more than {MOST_FILES:,} files", "Name a smaller folder."
            )
        relative = PurePosixPath(path.relative_to(base).as_posix())
        if path.is_relative_to(own) or _is_left_out(relative) or not path.is_file():
            continue
        if path.suffix.lower() == ARCHIVES:
            yield from _find_in_archive(path)
        elif path.suffix.lower() == LOGS or _is_document(relative):
            yield _read(path, base)


def _read(path: Path, base: Path) -> FoundFile:
    data = read_bytes(path, "Make it readable.", MOST_BYTES)
    return FoundFile(str(path), PurePosixPath(path.relative_to(base).as_posix()), data)


def _find_in_archive(archive: Path) -> Iterator[FoundFile]:
    try:
        with ZipFile(archive) as members:
            for member in members.infolist()[:MOST_FILES]:
                path = PurePosixPath(member.filename)
                is_log = path.suffix.lower() == LOGS
                if _is_left_out(path) or not (is_log or _is_document(path)):
                    continue
                data = _unpack(archive, members, member)
                yield FoundFile(f"{archive}: {member.filename}", path, data)
    except (OSError, BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise CoderError(
            f"{archive}: cannot be read as a zip", "Get another copy of it."
        ) from error


def _unpack(archive: Path, members: ZipFile, member: ZipInfo) -> bytes:
    """A member's bytes, bounded whatever the archive says of their number."""
    with members.open(member) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise CoderError(
            f"{archive}: {member.filename} is larger than decisions can be",
            "Get another copy of it.",
        )
    return data


def _is_left_out(path: PurePosixPath) -> bool:
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return is_hidden or not LEFT_OUT.isdisjoint(path.parts)


def _is_document(path: PurePosixPath) -> bool:
    return path.suffix == ".json" and path.parent.name in INNER_FOLDERS


# ---------------------------------------------------------------- reading


def _add_log(found: FoundFile, incoming: Incoming, *, is_named: bool) -> None:
    """Add a reviewer's file.

    Args:
        is_named: the user named it, or the archive that it is in; else it may be anything.
    """
    if not found.data.lstrip().startswith(LINE_START.encode()):
        if found.data.strip() and is_named:
            raise CoderError(f"{found.shown}: holds no decisions", WHAT_TO_GIVE)
        if found.data.strip():
            incoming.notes.append(f"{found.shown} holds no decisions and was left out")
        return
    whole, torn = split_torn(found.data)
    if torn:
        incoming.notes.append(
            f"{found.shown}: the last line is torn ({len(torn)} bytes) and was left out"
        )
    lines = []
    before = NO_LINE
    in_order = not torn
    for number, text in numbered_lines(whole):
        stored = _stored_line(found.shown, number, text)
        in_order = in_order and stored.line.before == before
        before = stored.line.hash
        lines.append(stored)
    owner = composed(found.path.stem)
    incoming.logs.append(SalvagedFile(found.shown, owner, tuple(lines), 0, in_order))


def _stored_line(shown: str, number: int, text: bytes) -> StoredLine:
    with suppress(ValueError, KeyError, TypeError, ValidationError):
        line = parse_line(text)
        if hash_line(line.before, line.body) == line.hash:
            return StoredLine(line, decision_of(line, text))
    raise CoderError(
        f"{shown}:{number}: this line was changed after it was written",
        "Nothing was taken. Get another copy of the file from where it was made.",
    )


def _add_document(found: FoundFile, incoming: Incoming) -> None:
    content = _content_of(found.data)
    if fingerprint_of(content) != found.path.stem:
        raise CoderError(
            f"{found.shown}: was changed after it was written",
            "Nothing was taken. Get another copy of the file from where it was made.",
        )
    name = f"{found.path.parent.name}/{found.path.name}"
    incoming.documents[name] = found.data


def _content_of(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
