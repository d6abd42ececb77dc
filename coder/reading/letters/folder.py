"""Which files are letters: of a folder, or of those named."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coder.confined import Answer, Job, NotReadError, run_confined
from coder.errors import CoderError
from coder.files import sha256_of
from coder.limits import limits
from coder.reading.formats import FORMATS
from coder.reading.formats.talk_london_html import text_of_html
from coder.reading.formats.talk_london_page import is_talk_london
from coder.reading.letters.kinds import KIND_OF_ENDING, NOT_READ, PICTURES
from coder.reading.letters.mailbox import is_mailbox
from coder.reading.letters.pieces import LetterError
from coder.reading.letters.plain import decode_text

# Files that are read as letters, and those that are counted as letters though they may not be
# read: old documents, pictures.
DOCUMENTS = frozenset((*KIND_OF_ENDING, ".mbox"))
HARD_TO_READ = frozenset((*NOT_READ, *PICTURES))
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
# What `project.yaml` says of such a source: there is no folder of that name.
NAMED_ONE_BY_ONE = {"named": "one by one"}
READ_ANYWAY = "a link to what is read anyway"


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
        facts: what `project.yaml` says of them.
    """

    path: Path
    files: dict[str, Path]
    passed_over: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    alone: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)

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
    files: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            files.extend(search.letters_in(path, is_only=len(paths) == 1))
        else:
            files.append((path.name, path))
    if not files:
        raise _no_letters_error(paths[0], search.tables)
    alone = len(paths) == 1 and not paths[0].is_dir()
    path = paths[0]
    facts = {}
    if len(paths) > 1:
        facts = NAMED_ONE_BY_ONE
        path = Path(os.path.commonpath([item.absolute().parent for item in paths]))
        path = path / SEVERAL
    return LetterFiles(
        path=_named(path),
        files=_with_own_ids(files),
        passed_over=tuple(search.passed_over),
        tables=tuple(search.tables),
        alone=alone,
        facts=facts,
    )


def sha256_of_letters(letters: LetterFiles) -> str:
    """Hex SHA-256 of all files with their ids; of one that was named alone that of the file."""
    if letters.alone:
        return sha256_of(letters.path)
    digest = hashlib.sha256()
    for own_id, path in sorted(letters.files.items()):
        digest.update(repr((own_id, _sha256_if_readable(path))).encode())
    return digest.hexdigest()


def find_equal_files(letters: LetterFiles) -> list[list[str]]:
    """Ids of letters that are the same byte for byte, those of each file together."""
    by_size: dict[int, list[str]] = {}
    for own_id, path in letters.files.items():
        if path.is_file():
            by_size.setdefault(path.stat().st_size, []).append(own_id)
    equal: list[list[str]] = []
    for ids in by_size.values():
        if len(ids) > 1:
            equal.extend(_with_equal_bytes(ids, letters.files))
    return equal


def _with_equal_bytes(ids: Sequence[str], files: Mapping[str, Path]) -> list[list[str]]:
    by_hash: dict[str, list[str]] = {}
    for own_id in ids:
        by_hash.setdefault(_sha256_if_readable(files[own_id]), []).append(own_id)
    by_hash.pop("", None)  # that cannot be opened
    return [same for same in by_hash.values() if len(same) > 1]


def _sha256_if_readable(path: Path) -> str:
    """The hash of a file; empty where it cannot be opened, as with a letter of no text."""
    try:
        return sha256_of(path)
    except OSError:
        return ""


def holds_letters(folder: Path) -> bool:
    """Whether there is a letter anywhere in a folder."""
    return any(True for _ in _Search().letters_in(folder, is_only=True))


def _real_path(path: Path) -> Path:
    """Where a link leads to; a link that leads to itself stays as it is."""
    return Path(os.path.realpath(path))


def _named(path: Path) -> Path:
    """The path with a name, unlike `.` and `..`."""
    if path.name in ("", ".."):
        return path.resolve()
    return path


class _Search:
    """Looks for letters, and notes what else there is."""

    def __init__(self) -> None:
        self.passed_over: list[str] = []
        self.tables: list[str] = []
        # That are read, links resolved.
        self._folders: set[Path] = set()
        self._files: set[Path] = set()

    def letters_in(self, folder: Path, *, is_only: bool) -> Iterator[tuple[str, Path]]:
        """Ids and files of the letters in a folder and in those within it, by name."""
        for path in self._paths_in(folder):
            own_id = path.relative_to(folder).as_posix()
            if not is_only:
                own_id = f"{_named(folder).name}/{own_id}"
            if self._is_letter(own_id, path):
                yield own_id, path

    def _paths_in(self, folder: Path) -> Iterator[Path]:
        """All files in a folder and in those within it; then what links in them lead to."""
        links = [folder]
        for path in links:  # further ones are added on the way
            if path.is_dir() and not self._is_read_anyway(path):
                yield from self._paths_without_links(path, links)
            else:
                yield path

    def _paths_without_links(self, folder: Path, links: list[Path]) -> Iterator[Path]:
        """All files in a folder and in those within it; links are added to `links`."""
        for parent, folders, names in os.walk(folder, onerror=_raise_unreadable):
            self._folders.add(Path(parent).resolve())
            folders[:] = sorted(
                name for name in folders if not SYSTEM_FOLDERS.match(name)
            )
            inner = [Path(parent, name) for name in folders]
            links.extend(path for path in inner if path.is_symlink())
            for name in sorted(names, key=str.casefold):
                path = Path(parent, name)
                if path.is_symlink():
                    links.append(path)
                else:
                    yield path

    def _is_read_anyway(self, path: Path) -> bool:
        """Whether a link leads to a letter that is read, or to a folder that is or holds one."""
        if not path.is_symlink():
            return False
        target = _real_path(path)
        if target in self._files:
            return True
        return any(target in (read, *read.parents) for read in self._folders)

    def _is_letter(self, own_id: str, path: Path) -> bool:
        if self._is_read_anyway(path):
            self.passed_over.append(f"{own_id} ({READ_ANYWAY})")
        elif LEFTOVERS.match(path.name) or not path.is_file():
            self.passed_over.append(own_id)
        elif not path.stat().st_size:
            self.passed_over.append(f"{own_id} (empty)")
        elif path.suffix.lower() in TABLES:
            self.tables.append(own_id)
        elif is_letter(path):
            if not path.is_symlink():
                self._files.add(path.resolve())
            return True
        else:
            self.passed_over.append(own_id)
        return False


def _with_own_ids(files: Sequence[tuple[str, Path]]) -> dict[str, Path]:
    """Files by id; where two have one name, each id begins with the folders that differ."""
    ids = {path.absolute(): own_id for own_id, path in files}
    shared = os.path.commonpath([path.parent for path in ids])
    while len(set(ids.values())) < len(ids):  # a longer id may be that of another file
        times = Counter(ids.values())
        for path, own_id in ids.items():
            if times[own_id] > 1:
                ids[path] = path.relative_to(shared).as_posix()
    return {own_id: path for path, own_id in ids.items()}


def _is_page(path: Path) -> bool:
    """Whether a file holds a page of Talk London, which has a reader of its own."""
    if not path.is_file() or path.stat().st_size > limits().text_bytes:
        return False
    try:
        text = decode_text(path.read_bytes())
    except (LetterError, OSError):
        return False
    if "London" not in text:
        return False
    if path.suffix.lower() == ".txt":
        return is_talk_london(text)
    try:
        answer = run_confined(
            lambda: Answer(is_talk_london(text_of_html(text))), Job.of(path)
        )
    except NotReadError:  # read as a letter, which says why it is not
        return False
    return bool(answer.facts)


def _is_mailbox(path: Path) -> bool:
    try:
        # A file of the system has no size, and reading it might never end.
        return path.stat().st_size > 0 and is_mailbox(path)
    except OSError:
        return False


def _raise_unreadable(error: OSError) -> None:
    raise CoderError(
        f"{error.filename}: cannot be read ({error.strerror})", "Check its permissions."
    ) from error


def _no_letters_error(path: Path, tables: Sequence[str]) -> CoderError:
    fix = "Letters are PDF, DOCX, ODT, EML, MSG, MBOX, TXT, RTF and HTML files."
    if tables:
        fix = f"Name the files in it, such as {tables[0]}. {fix}"
    return CoderError(f"{path}: there is no letter in the folder", fix)
