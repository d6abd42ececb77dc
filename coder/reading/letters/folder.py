"""Which files are letters: of a folder, or of those named."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coder.errors import CoderError
from coder.reading.formats import FORMATS
from coder.reading.formats.talk_london_html import text_of_html
from coder.reading.formats.talk_london_page import is_talk_london
from coder.reading.letters.mailbox import is_mailbox
from coder.reading.letters.pieces import LetterError
from coder.reading.letters.plain import decode_text

# Files that are read as letters, and those that are counted as letters though they may not be
# read: old documents, pictures.
DOCUMENTS = frozenset(
    (
        ".pdf",
        ".docx",
        ".docm",
        ".odt",
        ".eml",
        ".msg",
        ".mbox",
        ".rtf",
        ".txt",
        ".html",
        ".htm",
    )
)
OLD_DOCUMENTS = (
    ".doc",
    ".dot",
    ".wps",
    ".wpd",
    ".pages",
    ".heic",
)
PICTURES = (
    ".png",
    ".jpg",
    ".jpeg",
    ".tif",
    ".tiff",
    ".bmp",
)
HARD_TO_READ = frozenset((*OLD_DOCUMENTS, *PICTURES))
PAGES = frozenset(
    (
        ".txt",
        ".html",
        ".htm",
    )
)  # may be pages of Talk London
TABLES = frozenset(
    suffix for kind in FORMATS for suffix in kind.suffixes if suffix not in PAGES
)
# What systems and programs leave in folders.
LEFTOVERS = re.compile(
    r"\.|~\$|thumbs\.db$|desktop\.ini$|ehthumbs|icon\r?$", re.IGNORECASE
)
SYSTEM_FOLDERS = re.compile(r"\.|__MACOSX$|\$RECYCLE\.BIN$", re.IGNORECASE)
SEVERAL = "letters"  # name of a source of letters that were named one by one
BEGINNING = 2_000  # bytes that tell a mailbox


@dataclass(frozen=True)
class LetterFiles:
    """Letters that are read together, as one source.

    Attributes:
        path: of the folder, or of the only file; of several files their common folder's
            `letters`.
        files: comment id to file; a mailbox's name begins the ids of its messages.
        passed_over: names of files that are no letters, or empty.
        tables: names of files that are tables.
        alone: whether one file was named, and nothing else.
    """

    path: Path
    files: dict[str, Path]
    passed_over: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    alone: bool = False

    @property
    def name(self) -> str:
        """What the letters' origin is called in `project.yaml`."""
        return self.path.name


def is_letter(path: Path) -> bool:
    """Whether a file is read as a letter or a mailbox: by its ending, and by how it begins where
    the ending does not tell.
    """
    suffix = path.suffix.lower()
    if suffix in PAGES:
        return not _is_page(path)
    if suffix in DOCUMENTS or suffix in HARD_TO_READ:
        return True
    return not suffix and path.is_file() and _is_mailbox(path)


def find_letters(paths: Sequence[Path]) -> LetterFiles:
    """The letters in a folder, or among the files and folders named.

    Raises:
        CoderError: there is none, or a folder cannot be read.
    """
    search = _Search()
    for path in paths:
        if path.is_dir():
            search.add_folder(path, is_only=len(paths) == 1)
        else:
            search.files.append((path.name, path))
    if not search.files:
        raise _no_letters_error(paths[0], search)
    alone = len(paths) == 1 and not paths[0].is_dir()
    path = paths[0]
    if len(paths) > 1:
        path = Path(os.path.commonpath([item.absolute().parent for item in paths]))
        path = path / SEVERAL
    return LetterFiles(
        path=_named(path),
        files=_with_own_ids(search.files),
        passed_over=tuple(search.passed_over),
        tables=tuple(search.tables),
        alone=alone,
    )


def holds_letters(folder: Path) -> bool:
    """Whether there is a letter anywhere in a folder."""
    search = _Search()
    search.add_folder(folder, is_only=True)
    return bool(search.files)


def _named(path: Path) -> Path:
    """The path with a name, unlike `.` and `..`."""
    if path.name in ("", ".."):
        return path.resolve()
    return path


class _Search:
    """Collects letters."""

    def __init__(self) -> None:
        self.files: list[tuple[str, Path]] = []
        self.passed_over: list[str] = []
        self.tables: list[str] = []

    def add_folder(self, folder: Path, *, is_only: bool) -> None:
        """Add the letters in a folder and in those within it, by name."""
        for parent, folders, names in os.walk(folder, onerror=_raise_unreadable):
            folders[:] = sorted(
                name for name in folders if not SYSTEM_FOLDERS.match(name)
            )
            for name in sorted(names, key=str.casefold):
                path = Path(parent) / name
                own_id = path.relative_to(folder).as_posix()
                if not is_only:
                    own_id = f"{_named(folder).name}/{own_id}"
                self._add(own_id, path)

    def _add(self, own_id: str, path: Path) -> None:
        if LEFTOVERS.match(path.name) or not path.is_file():
            self.passed_over.append(own_id)
        elif not path.stat().st_size:
            self.passed_over.append(f"{own_id} (empty)")
        elif path.suffix.lower() in TABLES:
            self.tables.append(own_id)
        elif is_letter(path):
            self.files.append((own_id, path))
        else:
            self.passed_over.append(own_id)


def _with_own_ids(files: Sequence[tuple[str, Path]]) -> dict[str, Path]:
    """Files by id; where two have one name, each id begins with the folders that differ."""
    paths = {path.absolute(): own_id for own_id, path in files}
    ids = list(paths.values())
    by_id: dict[str, Path] = {}
    for path, own_id in paths.items():
        if ids.count(own_id) > 1:
            shared = os.path.commonpath([other.parent for other in paths])
            own_id = path.relative_to(shared).as_posix()
        by_id[own_id] = path
    return by_id


def _is_page(path: Path) -> bool:
    """Whether a file holds a page of Talk London, which has a reader of its own."""
    if not path.is_file():
        return False
    try:
        text = decode_text(path.read_bytes())
    except (LetterError, OSError):
        return False
    if "London" not in text:
        return False
    if path.suffix.lower() != ".txt":
        text = text_of_html(text)
    return is_talk_london(text)


def _is_mailbox(path: Path) -> bool:
    with path.open("rb") as file:
        return is_mailbox(file.read(BEGINNING))


def _raise_unreadable(error: OSError) -> None:
    raise CoderError(
        f"{error.filename}: cannot be read ({error.strerror})", "Check its permissions."
    ) from error


def _no_letters_error(path: Path, search: _Search) -> CoderError:
    fix = "Letters are PDF, DOCX, ODT, EML, MSG, MBOX, TXT, RTF and HTML files."
    if search.tables:
        fix = f"Name the files in it, such as {search.tables[0]}. {fix}"
    return CoderError(f"{path}: there is no letter in the folder", fix)
