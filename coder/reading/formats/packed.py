"""GZ, BZ2, XZ and ZIP: one packed table, read in a private place that is removed at once."""

import bz2
import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from coder.errors import CoderError, did_you_mean, option, shortened
from coder.library_errors import reason_of
from coder.limits import how_to_raise, limits
from coder.private import scratch_folder
from coder.reading.formats import PACKED, Format, format_of
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable, empty_file_error

STREAMS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
STARTS = {".gz": b"\x1f\x8b", ".bz2": b"BZh", ".xz": b"\xfd7zXZ\x00", ".zip": b"PK"}
DAMAGED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
AT_ONCE = 1 << 20  # bytes
ENCRYPTED = 0x1  # in a member's flags
MEMBERS_SHOWN = 10
# Folders and files that programs put into archives beside what was packed.
NOT_PACKED_BY_PEOPLE = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class _Member(NamedTuple):
    """A table in an archive."""

    name: str
    kind: Format
    part: zipfile.ZipInfo
    sheet: str | None = None  # of a workbook

    @property
    def shown(self) -> str:
        """The name as messages show it."""
        return shortened(self.name)


def load(path: Path, options: FileOptions) -> RawTable:
    """Read the one table of a packed file, or the one that `options.sheet` names.

    Of a workbook in a ZIP archive with several tables, `NAME.xlsx:SHEET` names a sheet.

    The table is unpacked into a temporary folder of this user, under a name of our own, and
    removed when it was read.

    Raises:
        CoderError: damaged, protected, suspiciously large, no table inside or several, or what
            reading the table raises.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(len(STARTS[suffix]))
    if not start:
        raise empty_file_error(path)
    if start != STARTS[suffix]:
        raise CoderError(
            f"{path}: is no {suffix[1:]} archive, although its name says so",
            "Rename it to what it is (.csv, .xlsx, .json), or get another copy.",
        )
    if suffix == ".zip":
        return _load_from_zip(path, options)
    return _load_stream(path, options)


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Turn what the libraries raise for a damaged archive into the error for the user."""
    try:
        yield
    except DAMAGED as error:
        raise CoderError(
            f"{path}: the archive is cut off or damaged ({reason_of(error)})",
            "Pack it again, or get another copy.",
        ) from error


# ---------------------------------------------------------------- one packed file


def _load_stream(path: Path, options: FileOptions) -> RawTable:
    kind = format_of(Path(path.stem))
    if kind is None or kind.name in PACKED:
        raise CoderError(
            f"{path}: its name does not say what is packed",
            f"Rename it to end in .csv{path.suffix} or the like, or unpack it first.",
        )
    size = path.stat().st_size
    with (
        STREAMS[path.suffix.lower()](path) as stream,
        _unpacked(path, stream, size, Path(path.stem).suffix) as table,
    ):
        raw = _read(kind, table, options, shown=str(path))
    described = f"{raw.described}, packed ({path.suffix.lower()[1:]})"
    return replace(raw, path=path, described=described)


@contextmanager
def _unpacked(
    path: Path,
    stream: IO[bytes],
    packed: int,
    suffix: str,
) -> Iterator[Path]:
    """A temporary file with the content of the stream, removed at the end."""
    with scratch_folder() as folder:
        target = folder / f"table{suffix.lower()}"
        with target.open("wb") as out, _damage_named(path):
            _copy(path, stream, out, packed)
        yield target


def _copy(path: Path, stream: IO[bytes], out: IO[bytes], packed: int) -> None:
    """Unpack, no further than a genuine table would go."""
    now = limits()
    growth = max(now.doubtful_bytes, now.unpacked_ratio * packed)
    most = min(now.unpacked_bytes, growth)
    size = 0
    while block := stream.read(AT_ONCE):
        size += len(block)
        if size > most:
            raise CoderError(
                f"{path}: would unpack from {packed / 1e6:,.1f} MB to more than "
                f"{most / 1e6:,.0f} MB, so it was not read",
                f"If the file is genuine, unpack it first. {how_to_raise()}",
            )
        out.write(block)


def _read(kind: Format, table: Path, options: FileOptions, *, shown: str) -> RawTable:
    """Read an unpacked table; `shown` stands for its temporary path in errors."""
    try:
        return kind.load(table, options)
    except CoderError as error:
        problem = error.problem.replace(str(table), shown)
        fix = error.fix.replace(str(table), shown)
        raise type(error)(problem, fix) from error


# ---------------------------------------------------------------- zip


def _load_from_zip(path: Path, options: FileOptions) -> RawTable:
    with _damage_named(path):
        archive = zipfile.ZipFile(path)
    with archive:
        parts = _parts(path, archive)
        member = _chosen(path, parts, options.sheet)
        if member.part.flag_bits & ENCRYPTED:
            raise CoderError(
                f"{path}: {member.shown} is protected by a password",
                "Unpack it with the password, and name the unpacked file.",
            )
        shown = f"{path} ({member.shown})"
        suffix = PurePosixPath(member.name).suffix
        inside = replace(options, sheet=member.sheet)
        with _damage_named(path):
            stream = archive.open(member.part)
        with (
            stream,
            _unpacked(path, stream, member.part.compress_size, suffix) as table,
        ):
            raw = _read(member.kind, table, inside, shown=shown)
    return replace(
        raw,
        path=path,
        described=f"{raw.described}, in the archive as {member.shown}",
        facts=_facts(raw, member, parts),
        notes=(*_notes(parts, member), *raw.notes),
    )


def _facts(
    raw: RawTable,
    member: _Member,
    parts: Sequence[zipfile.ZipInfo],
) -> dict[str, str]:
    """The facts; of several tables in the archive, also which one to read the next time."""
    facts = dict(raw.facts)
    if len(_tables(parts)) > 1:
        sheet = facts.get("sheet")
        facts["sheet"] = f"{member.name}:{sheet}" if sheet else member.name
    return facts


def _parts(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in the archive that people packed."""
    parts: list[zipfile.ZipInfo] = []
    for part in archive.infolist():
        name = part.filename
        is_folder = not name or name.endswith("/")
        if is_folder or name.startswith(NOT_PACKED_BY_PEOPLE):
            continue
        if not name.endswith(NOT_PACKED_BY_PEOPLE):
            parts.append(part)
    if len(parts) > limits().archive_members:
        raise CoderError(
            f"{path}: holds {len(parts):,} files", "Unpack it, and name a file in it."
        )
    return parts


def _chosen(
    path: Path,
    parts: Sequence[zipfile.ZipInfo],
    wanted: str | None,
) -> _Member:
    """The table to read, and the sheet of it where it is a workbook and one is wanted."""
    members = _tables(parts)
    for member in members:
        for name in (member.name, PurePosixPath(member.name).name):
            if wanted == name:
                return member
            if wanted is not None and wanted.startswith(f"{name}:"):
                return member._replace(sheet=wanted[len(name) + 1 :])
    if len(members) == 1:
        return members[0]._replace(sheet=wanted)
    if not members:
        raise CoderError(
            f"{path}: holds no table ({_listed(parts)})",
            "Unpack it, and name the files in it. Where they are letters, name their folder.",
        )
    choose = f"Choose one with {option('sheet', 'NAME')}."
    if wanted is not None:
        names = [member.name for member in members]
        raise CoderError(
            f"{path}: holds no table named {wanted!r}", did_you_mean(wanted, names)
        )
    names_listed = _listed([member.part for member in members])
    raise CoderError(f"{path}: holds {len(members)} tables: {names_listed}", choose)


def _tables(parts: Sequence[zipfile.ZipInfo]) -> list[_Member]:
    """The tables among the files; saved pages only where there is no other."""
    tables: list[_Member] = []
    pages: list[_Member] = []
    for part in parts:
        kind = format_of(Path(part.filename))
        if kind is None or kind.name in PACKED:
            continue
        target = pages if kind.is_page else tables
        target.append(_Member(part.filename, kind, part))
    return tables or pages


def _listed(parts: Sequence[zipfile.ZipInfo]) -> str:
    if not parts:
        return "it is empty"
    shown = ", ".join(shortened(part.filename) for part in parts[:MEMBERS_SHOWN])
    if len(parts) > MEMBERS_SHOWN:
        return f"{shown} and {len(parts) - MEMBERS_SHOWN} more"
    return shown


def _notes(parts: Sequence[zipfile.ZipInfo], member: _Member) -> tuple[str, ...]:
    others = [part for part in parts if part is not member.part]
    if not others:
        return ()
    return (f"Read {member.shown} of the archive. It also has {_listed(others)}.",)
