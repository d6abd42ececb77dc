"""Zip files whose bytes depend on their contents alone, and reading them by name within bounds."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from coder.errors import CoderError

NO_TIME = (1980, 1, 1, 0, 0, 0)
LARGEST = 2_000_000_000  # bytes unpacked
STEEPEST = 200  # times its packed size


def write_zip(path: Path, members: Mapping[str, bytes], *, packed: bool = True) -> None:
    """A zip of the members in the order of their names, without a clock in it.

    Stored unpacked, its bytes do not depend on the compressing library either.
    """
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.compress_type = kind
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, members[name])


def read_zip(path: Path) -> dict[str, bytes]:
    """All members by name. Raises `CoderError` for what is no zip, or unpacks to more than anybody would send."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            packed = max(1, sum(entry.compress_size for entry in entries))
            if size > LARGEST or (size > 100_000_000 and size / packed > STEEPEST):
                raise CoderError(
                    f"{path}: would unpack to {size:,} bytes", "That is no file that coder wrote."
                )
            names = [entry.filename for entry in entries]
            if len(set(names)) < len(names):
                raise CoderError(
                    f"{path}: holds two members of one name", "That is no file that coder wrote."
                )
            return {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
    except CoderError:
        raise
    except Exception as error:  # a broken zip raises whatever its fields happen to mean
        raise CoderError(
            f"{path}: cannot be read as a zip file ({error})", "Export it again."
        ) from error


def without_clock(path: Path) -> None:
    """Rewrite a zip so that its bytes depend on its contents alone; members keep their order."""
    with zipfile.ZipFile(path) as archive:
        members = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in members:
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, data)
