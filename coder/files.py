"""Files that are the old one or the new one, never something between."""

import csv
import errno
import hashlib
import io
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import IO, TYPE_CHECKING

from coder.errors import CoderError, did_you_mean
from coder.private import (
    is_abandoned,
    make_file,
    make_folder,
    mode_of,
    mode_of_new,
    process_mark,
)

if TYPE_CHECKING:
    import pandas as pd

BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets that a CSV file is UTF-8
SMALL = 4_000_000  # bytes
TEMPORARY = ".tmp"  # ending of a file that becomes another when it is whole
PACKED_ENDINGS = (".gz", ".bz2", ".xz")  # of one packed file, after its own
# Tabs and ends of lines stay.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
LINK_LOOP = re.compile(r"Symlink loop from '(?P<path>.*)'")
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)


def _nothing_to_check() -> None:
    pass


_BEFORE_REPLACING: ContextVar[Callable[[], None]] = ContextVar(
    "before_replacing", default=_nothing_to_check
)


@contextmanager
def checked_before_replacing(check: Callable[[], None]) -> Iterator[None]:
    """Let every `new_file` take its place only where `check` does not raise, just before."""
    token = _BEFORE_REPLACING.set(check)
    try:
        yield
    finally:
        _BEFORE_REPLACING.reset(token)


def follow_link(path: Path) -> Path:
    """The file that a symbolic link leads to; any other path as it is.

    What belongs beside a file is beside the file itself, by whatever name it was reached.
    """
    if not path.is_symlink():
        return path
    return Path(os.path.realpath(path))


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; on a clean exit it becomes `path`, synced to disk.

    Where `path` is a symbolic link, the file that it leads to is replaced. On any exception
    `path` is left as it was. A new file is private (see `coder.private`); one
    that replaces another keeps its mode. Raises `CoderError` when the folder cannot be written.
    """
    path = follow_link(path)
    check_may_replace(path)
    try:
        temporary = temporary_beside(path)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        _BEFORE_REPLACING.get()()
        temporary.chmod(mode_of(path))
        temporary.replace(path)
        sync_folder(path.parent)
    except Exception as error:
        cause = system_error(error)
        if cause is None:
            raise
        raise CoderError(
            f"{path}: could not be written ({cause.strerror or cause}); the file is as it was "
            "before",
            "Free some space, or close the program that holds the file, and run the command again.",
        ) from error
    finally:
        with suppress(OSError):  # what is left is removed when the file is written next
            temporary.unlink(missing_ok=True)


def check_may_replace(path: Path) -> None:
    """Raise `CoderError` where a pipe or a device has the name of a new file: it would be gone."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise CoderError(
            f"{path}: is a pipe or a device, not a file",
            "Name a file. It is made where there is none.",
        )


def system_error(error: BaseException) -> OSError | None:
    """What the system said, also where a library put it into an error of its own, as XlsxWriter
    does; None where the system has no part in it.
    """
    if isinstance(error, OSError):
        return error
    loop = LINK_LOOP.match(str(error))
    if loop is not None and isinstance(error, RuntimeError):  # as pathlib has it
        return OSError(errno.ELOOP, os.strerror(errno.ELOOP), loop["path"])
    for part in error.args:
        if isinstance(part, OSError):
            return part
    return None


def name_beside(path: Path) -> Path:
    """A free name for a temporary file in the folder of `path`."""
    mark, token = process_mark(), secrets.token_hex(4)
    return path.with_name(f"{_start_of(path)}{mark}.{token}{TEMPORARY}")


def temporary_beside(path: Path) -> Path:
    """An empty private file in the folder of `path`; those that were left for it by programs
    that were killed are removed.
    """
    make_folder(path.parent)
    start = _start_of(path)
    for begins in (start, f".{start}"):  # what was being written, or a copy of that
        for abandoned in abandoned_files(path.parent, begins):
            abandoned.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(
        prefix=f"{start}{process_mark()}.", suffix=TEMPORARY, dir=path.parent
    )
    os.close(handle)
    return Path(name)


def abandoned_files(folder: Path, start: str = ".") -> list[Path]:
    """The temporary files in a folder that programs of this machine left when they were killed.

    Args:
        start: what their names begin with.
    """
    abandoned = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(start) and is_abandoned(_mark_of(entry.name)):
                abandoned.append(folder / entry.name)
    return abandoned


def _mark_of(name: str) -> str:
    """The mark of the process in the name of a temporary file; empty where it is none."""
    parts = name.removesuffix(TEMPORARY).split(".")
    is_temporary = name.startswith(".") and name.endswith(TEMPORARY)
    return parts[-2] if is_temporary and len(parts) > 2 else ""


def is_temporary_of(temporary: Path, path: Path) -> bool:
    """Whether a file can have been made by `temporary_beside` for `path`."""
    is_beside = temporary.parent == path.parent
    is_named = temporary.name.startswith(_start_of(path))
    return is_beside and is_named and bool(_mark_of(temporary.name))


def remove_left_over(temporary: Path) -> None:
    """Remove a temporary file of this process, or of one of this machine that has ended; and
    what such a process left that was writing it.
    """
    mark = _mark_of(temporary.name)
    if mark != process_mark() and not is_abandoned(mark):
        return
    with suppress(FileNotFoundError):
        for path in abandoned_files(temporary.parent, _start_of(temporary)):
            path.unlink(missing_ok=True)
        temporary.unlink(missing_ok=True)


def _start_of(path: Path) -> str:
    return f".{path.name[:80]}."


def unwritable(path: Path, error: OSError) -> CoderError:
    """What to raise where the system does not let a file be written."""
    fix = "Choose a folder that you may write to."
    if error.errno in NO_SPACE:
        fix = "Free some space, and run the command again."
    return CoderError(f"{path}: cannot be written ({error.strerror})", fix)


@contextmanager
def hold_lock(path: Path, timeout: float) -> Iterator[None]:
    """Keep others out who hold the same lock, a file; its folder is made where there is none.

    Args:
        timeout: seconds to wait for another holder.

    Raises:
        TimeoutError: another process holds it for longer.
        CoderError: the folder cannot be written.
    """
    from filelock import FileLock

    lock = FileLock(path, timeout=timeout)
    try:
        make_folder(path.parent)
        make_file(path)
        lock.acquire()
    except TimeoutError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield
    finally:
        lock.release()


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with plain newlines, whole or not at all."""
    with new_file(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in `folder` last through a power cut, where the system allows
    it.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows has no handle on a folder
        return
    try:
        os.fsync(descriptor)
    except OSError:  # some network shares refuse; the data itself is synced
        pass
    finally:
        os.close(descriptor)


def sync_whole(path: Path, mode: int) -> None:
    """Bring a file, or a folder with all in it, to disk.

    Args:
        mode: that a file gets. Files in a folder are private, or for the group of a shared one.
    """
    if not path.is_dir():
        path.chmod(mode)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        return
    for inner in sorted(path.iterdir()):
        sync_whole(inner, mode_of_new(path))
    sync_folder(path)


def put_in_place(source: Path, target: Path, aside: Path) -> None:
    """Let a file or folder take the place of another, in a folder that is made where needed.

    Only a file replaces a file in one step. A folder that is replaced goes `aside` first, and so
    does a file that a folder replaces.
    """
    make_folder(target.parent)
    if target.is_dir() or source.is_dir():
        set_aside(target, aside)
    source.replace(target)


def set_aside(path: Path, aside: Path) -> None:
    """Take a file or folder out of its place, in one step; nothing where it is gone."""
    if not os.path.lexists(path):
        return
    make_folder(aside.parent)
    remove_whole(aside)
    path.replace(aside)


def remove_whole(path: Path) -> None:
    """Remove a file, or a folder with all in it; nothing where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def add_file(path: Path, content: bytes) -> None:
    """Write a new file, whole or not at all, and never over another.

    Raises:
        FileExistsError: there is one of that name.
        CoderError: it cannot be written.
    """
    try:
        temporary = temporary_beside(path)
        for abandoned in abandoned_files(path.parent):
            abandoned.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        temporary.write_bytes(content)
        sync_whole(temporary, mode_of_new(path.parent))
        _link(temporary, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _link(source: Path, target: Path) -> None:
    """Give a file its name where that is free; on disks without links, by a rename."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        source.replace(target)


def read_small(path: Path) -> str:
    """The text of a file that the program itself keeps short.

    Raises:
        OSError: there is no such file.
        ValueError: it is longer than the program writes it, or is not UTF-8.
    """
    if not path.is_file():  # a pipe would never end
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        content = file.read(SMALL + 1)
    if len(content) > SMALL:
        raise ValueError("too long")
    return content.decode("utf-8")


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        if _is_empty(file):
            return digest.hexdigest()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _is_empty(file: IO[bytes]) -> bool:
    """Whether a file has no bytes, as its folder says. Some files of the system say so and would
    never end.
    """
    state = os.fstat(file.fileno())
    return stat.S_ISREG(state.st_mode) and state.st_size == 0


def stem_of(path: Path) -> str:
    """The file's name without its ending, and without the one before where it is packed:
    `answers` of `answers.csv.gz`.
    """
    if path.suffix.lower() in PACKED_ENDINGS:
        path = path.with_suffix("")
    return path.stem


def name_to_store(name: str) -> str:
    """A file's name with U+FFFD for each byte that is no UTF-8, as old archives unpack them:
    Python keeps such bytes as lone surrogates, which no file can hold.
    """
    return os.fsencode(name).decode("utf-8", "replace")


def nearest_name(path: Path) -> str:
    """`Did you mean 'NAME'? ` with the name in the same folder that is most like a missing one;
    else nothing.
    """
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return ""
    visible = sorted(name for name in names if not name.startswith("."))
    question, names_follow, _ = did_you_mean(path.name, visible).partition(
        " There are:"
    )
    return f"{question} " if names_follow else ""


def spreadsheet_safe(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe, and characters
    that act on a terminal are replaced; all else is unchanged.
    """
    if not isinstance(value, str):
        return value
    shown = CONTROLS.sub("\ufffd", value)
    return f"'{shown}" if shown.startswith(FORMULA_STARTS) else shown


def write_csv(
    path: Path,
    table: "pd.DataFrame",
    *,
    float_format: Callable[[float], str] | None = None,
) -> None:
    """Write a table for people and spreadsheets: UTF-8 with a mark, missing values empty, no live
    formula.

    Programs that need text untouched read the Parquet file beside it.
    """
    with (
        new_file(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        file.write(BYTE_ORDER_MARK)
        _write_lines(file, table, head=True, float_format=float_format)


def csv_lines(table: "pd.DataFrame", *, head: bool = False) -> str:
    """The rows of a table as lines of a CSV file (see `write_csv`), without the mark at its start.

    Args:
        head: begin with the line of column names.
    """
    lines = io.StringIO()
    _write_lines(lines, table, head=head)
    return lines.getvalue()


def _write_lines(
    file: IO[str],
    table: "pd.DataFrame",
    *,
    head: bool,
    float_format: Callable[[float], str] | None = None,
) -> None:
    import pandas as pd

    numeric = [pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes]
    writer = csv.writer(_PlainLines(file), lineterminator="\r\n")
    if head:
        writer.writerow([spreadsheet_safe(name) for name in table.columns])
    for row in table.itertuples(index=False, name=None):
        writer.writerow(
            [
                _cell(value, number, float_format)
                for value, number in zip(row, numeric, strict=True)
            ]
        )


class _PlainLines:
    """Ends rows with a plain newline; the csv writer quotes a lone carriage return only if its
    own rows end so.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, row: str) -> int:
        return self._file.write(row.removesuffix("\r\n") + "\n")


def _cell(
    value: object, number: bool, float_format: Callable[[float], str] | None
) -> object:
    if value is None or str(value) == "<NA>" or value != value:
        return ""
    if number and isinstance(value, float):
        return float_format(value) if float_format else f"{value:.6g}"
    return spreadsheet_safe(value)
