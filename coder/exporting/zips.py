"""Zip files whose bytes depend on their contents alone, and reading them by name within bounds."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from coder.errors import CoderError
from coder.library_errors import reason_of
from coder.limits import limits

NO_TIME = (1980, 1, 1, 0, 0, 0)
NOT_OURS = "coder did not write this file."


def write_zip(
    target: Path | BinaryIO,
    members: Mapping[str, bytes],
    *,
    packed: bool = True,
) -> None:
    """A zip of the members in the order of their names, without a clock in it.

    Stored unpacked, its bytes do not depend on the compressing library either.
    """
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w", kind) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.compress_type = kind
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, members[name])


def read_zip(path: Path, data: bytes | None = None) -> dict[str, bytes]:
    """All members by name.

    Args:
        data: what the file holds, where it was read before.

    Raises:
        CoderError: the file is not a zip, holds two members of one name, or unpacks to far too
            much.
    """
    source = path if data is None else io.BytesIO(data)
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            _check_entries(path, entries)
            return {
                entry.filename: archive.read(entry)
                for entry in entries
                if not entry.is_dir()
            }
    except CoderError:
        raise
    except Exception as error:  # a broken zip raises whatever its fields happen to mean
        raise CoderError(
            f"{path}: cannot be read as a zip file ({reason_of(error)})",
            "Export it again.",
        ) from error


def _check_entries(path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    size = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if size > limits().file_bytes or limits().grows_too_far(packed, size):
        raise CoderError(
            f"{path}: would unpack to {size:,} bytes",
            NOT_OURS,
        )
    names = {entry.filename for entry in entries}
    if len(names) < len(entries):
        raise CoderError(
            f"{path}: holds two members of one name",
            NOT_OURS,
        )


def without_clock(path: Path) -> None:
    """Rewrite a zip so that its bytes depend on its contents alone; members keep their order."""
    with zipfile.ZipFile(path) as archive:
        members = [
            (entry.filename, archive.read(entry)) for entry in archive.infolist()
        ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in members:
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, data)
