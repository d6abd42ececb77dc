"""The files within a REFI-QDA project (.qdpx), found by the names that the project gives them.

Nothing is unpacked to disk. What is outside the file is read only where it is a text beside it:
a project of somebody else's making cannot name other files of this machine.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from coder.errors import CoderError
from coder.library_errors import reason_of
from coder.limits import limits
from coder.reading.encoding import decode

SUSPICIOUS = 10_000_000  # bytes unpacked, where that is STEEPEST times the packed size
STEEPEST = 200
# An entry without a name makes the library look for its last character.
DAMAGED = (zipfile.BadZipFile, ValueError, EOFError, IndexError)
TEXT_SUFFIXES = ("", ".txt", ".text")
INTERNAL = "internal"
NOT_A_PROJECT = "Name a REFI-QDA project: a .qdpx exported from a program for analysis."


class RefiArchive:
    """A .qdpx that is open for reading.

    Raises:
        CoderError: there is no such file, it is not a zip file, or holds no project.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        if not path.is_file():
            raise CoderError(f"{path}: there is no such file", NOT_A_PROJECT)
        try:
            self._zip = zipfile.ZipFile(path)
            entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        except (*DAMAGED, NotImplementedError) as error:
            raise CoderError(
                f"{path}: cannot be read as a zip file, which a .qdpx is ({reason_of(error)})",
                NOT_A_PROJECT,
            ) from error
        if len(entries) > limits().project_members:
            raise CoderError(
                f"{path}: holds {len(entries):,} files, far too many", NOT_A_PROJECT
            )
        self._by_name: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            self._by_name.setdefault(_file_name(entry.filename), entry)

    def __enter__(self) -> "RefiArchive":
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def project_bytes(self) -> tuple[str, bytes]:
        """Name and content of the project's XML."""
        names = [name for name in self._by_name if name.endswith(".qde")]
        if not names:
            raise CoderError(
                f"{self._path}: holds no project (no file that ends in .qde)",
                NOT_A_PROJECT,
            )
        name = "project.qde" if "project.qde" in names else names[0]
        entry = self._by_name[name]
        return entry.filename, self._content(entry, limits().unpacked_bytes)

    def text(self, address: str, base_path: str = "") -> str | None:
        """The text at an address such as `internal://NAME.txt`; None where it is not there.

        Raises:
            CoderError: it is not text, or far too large.
        """
        scheme, _, rest = address.rpartition("://")
        for name in (_file_name(rest), _file_name(unquote(rest))):
            entry = self._by_name.get(name)
            if entry is not None:
                data = self._content(entry, limits().text_bytes)
                return _decoded(data, self._path / entry.filename)
        if scheme.casefold() == INTERNAL:
            return None
        return self._text_beside(rest, base_path)

    def _text_beside(self, rest: str, base_path: str) -> str | None:
        """A text that lies beside the project, or in a folder there."""
        folder = self._path.parent.resolve()
        parts = [
            part
            for part in rest.replace(
                "\\",
                "/",
            ).split("/")
            if part
        ]
        for inner in (parts[:-1], [], [f"{self._path.stem} Media"], _last(base_path)):
            if not parts or ".." in (*inner, parts[-1]):
                continue
            candidate = folder.joinpath(*inner, parts[-1])
            if self._may_read(candidate, folder):
                return _decoded(candidate.read_bytes(), candidate)
        return None

    def _may_read(self, candidate: Path, folder: Path) -> bool:
        try:
            is_inside = candidate.resolve().is_relative_to(folder)
            is_text = candidate.suffix.lower() in TEXT_SUFFIXES
            if not (is_inside and is_text and candidate.is_file()):
                return False
            return candidate.stat().st_size <= limits().text_bytes
        except (OSError, ValueError, RuntimeError):  # a loop of links is the last
            return False

    def _content(self, entry: zipfile.ZipInfo, largest: int) -> bytes:
        """A member's bytes, as long as they are no more than they should be."""
        packed = max(1, entry.compress_size)
        is_bomb = entry.file_size > SUSPICIOUS and entry.file_size > STEEPEST * packed
        try:
            with self._zip.open(entry) as member:
                data = b"" if is_bomb else member.read(largest + 1)
        except (
            Exception
        ) as error:  # a broken zip raises whatever its fields happen to mean
            raise CoderError(
                f"{self._path}: {entry.filename} cannot be unpacked ({reason_of(error)})",
                "Export the project again, without a password.",
            ) from error
        self._read += len(data)
        if is_bomb or len(data) > largest or self._read > limits().unpacked_bytes:
            raise CoderError(
                f"{self._path}: {entry.filename} would unpack to far too much",
                NOT_A_PROJECT,
            )
        return data


def _file_name(name: str) -> str:
    """The last part of a path, as names are compared: programs differ in folders and case."""
    return name.replace("\\", "/").rpartition("/")[2].casefold()


def _last(base_path: str) -> Sequence[str]:
    """The last folder of the path that the project had on the other machine."""
    parts = base_path.replace("\\", "/").rstrip("/").split("/")
    return parts[-1:]


def _decoded(data: bytes, path: Path) -> str:
    text, _ = decode(data, path)
    return text
