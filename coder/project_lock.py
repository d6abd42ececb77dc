"""One lock a project: commands that write into it take turns."""

import errno
import getpass
import json
import os
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coder.commit_journal import State, check_generation, read_state, settle
from coder.errors import CoderError
from coder.files import read_small
from coder.private import (
    PRIVATE_FILE,
    is_alive,
    make_file,
    make_folder,
    mode_of_new,
)
from coder.project_home import home_of
from coder.text import count, safe_text

if TYPE_CHECKING:
    from filelock import FileLock

    Progress = Callable[[int, int, str], None]

LOCK = ".lock"  # in the project's folder
HOLDER = ".holder.json"  # who has it
LONGEST_WAIT = 3_600  # seconds
BETWEEN_REPORTS = 1.0  # seconds
MOMENT = 0.05  # seconds
SHORT_WAIT = 1  # seconds, which are not worth a note
LONGEST_NAME = 60  # characters of a holder's name or command that are shown
NO_LOCKS = frozenset((errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP))
SOME_COMMAND = "a command"
WAITING = "Waiting for"  # what reports of a wait begin with


class Holder(NamedTuple):
    """Who holds a project's lock.

    Attributes:
        pid: process id.
        since: ISO 8601 with the time zone.
    """

    pid: int
    host: str
    user: str
    command: str
    since: str

    def described(self) -> str:
        """`coder apply by ana, since 10:14`; a date too where that is not today."""
        by = f" by {self.user}" if self.user else ""
        return f"{self.command or SOME_COMMAND}{by}{self._since()}"

    def may_be_alive(self) -> bool:
        """Whether it is another process that runs, as far as can be told from this machine."""
        if self.host != _short(socket.gethostname()):
            return True
        return self.pid != os.getpid() and is_alive(self.pid)

    def _since(self) -> str:
        try:
            began = datetime.fromisoformat(self.since).astimezone()
        except ValueError:
            return ""
        if began.date() == datetime.now().astimezone().date():
            return f", since {began:%H:%M}"
        return f", since {began:%d %B, %H:%M}"


@dataclass
class Hold:
    """A project that is held.

    Attributes:
        home: its folder.
        base: its state when it was taken, or last written by the holder.
        notes: what to tell of the wait, and of a file system without locks.
        is_staging: whether a change is being prepared.
    """

    home: Path
    base: State
    notes: list[str] = field(default_factory=list)
    is_staging: bool = False


class _Held(threading.local):
    """The projects that this thread holds, by process and folder."""

    def __init__(self) -> None:
        self.holds: dict[tuple[int, Path], Hold] = {}


_HELD = _Held()
_LISTENER: "ContextVar[Progress | None]" = ContextVar("listener", default=None)


def tell_of_waits(progress: "Progress") -> None:
    """Let `progress` be told of every wait for a project that nobody else is told of."""
    _LISTENER.set(progress)


def held(folder: Path) -> Hold | None:
    """The hold that this thread has of a project; None where it has none."""
    return _HELD.holds.get(_key(home_of(folder)))


def _key(home: Path) -> tuple[int, Path]:
    return os.getpid(), home.resolve()


@contextmanager
def hold_project(
    folder: Path,
    command: str = "",
    progress: "Progress | None" = None,
    patience: float | None = None,
) -> Iterator[Hold]:
    """Keep others from writing into a project, and wait until nobody else does.

    Who holds a project can hold it again. The operating system lets go of the lock when a
    program ends, however it ends; what such a program left is then put in order (see
    `commit_journal.settle`). The folder is made where there is none, and is removed again where
    an error ends the work before anything was written.

    Args:
        folder: of a project or of one of its questions, which the project is held for.
        command: what others are told, such as `coder apply`.
        progress: is told of the wait, in seconds; where there is none, who listens to all waits
            (`tell_of_waits`).
        patience: the longest wait in seconds; None for an hour.

    Raises:
        CoderError: the folder cannot be written, or another program holds the project for
            longer.
    """
    present = held(folder)
    if present is not None:
        yield present
        return
    home = home_of(folder)
    is_new = not home.exists()
    progress = progress or _LISTENER.get()
    if patience is None:
        patience = LONGEST_WAIT
    try:
        with _taken(home, progress, patience) as notes, _noted(home, command):
            settle(home)
            check_generation(home)
            hold = Hold(home, read_state(home), notes)
            key = _key(home)
            _HELD.holds[key] = hold
            try:
                yield hold
            except BaseException:
                if is_new:
                    _remove_if_empty(home)
                raise
            finally:
                del _HELD.holds[key]
    except CoderError:
        if is_new and not (home / LOCK).exists():
            with suppress(OSError):  # made for the lock alone
                home.rmdir()
        raise


def hold_at_once(folder: Path) -> "FileLock | None":
    """The lock of a project where it is free now; None where it is not. `release` it soon."""
    home = home_of(folder)
    try:
        lock = _new_lock(home)
        return lock if _try(lock, 0) else None
    except (OSError, NotImplementedError):
        return None


# ---------------------------------------------------------------- the lock


@contextmanager
def _taken(
    home: Path, progress: "Progress | None", patience: float
) -> Iterator[list[str]]:
    """The lock, where the file system has locks; and what to tell of it."""
    lock = _new_lock(home)
    try:
        waited = _acquire(lock, home, progress, patience)
    except (OSError, NotImplementedError) as error:
        _check_has_none(home, error)
        yield [_without_locks(home)]
        return
    notes = []
    if waited >= SHORT_WAIT:
        notes.append(
            f"Waited {count(waited, 'second')} for another command on the project. What it wrote "
            "is kept."
        )
    try:
        yield notes
    finally:
        lock.release()


def _check_has_none(home: Path, error: OSError | NotImplementedError) -> None:
    """Raise `CoderError` where it is not for want of locks that there is none, or somebody else
    seems to be at work.
    """
    if isinstance(error, OSError) and error.errno not in NO_LOCKS:
        raise CoderError(
            f"{home}: cannot be written ({error.strerror or error})",
            "Name a folder that you may write to.",
        ) from error
    holder = read_holder(home)
    if holder is not None and holder.may_be_alive():
        raise _still_held(
            home,
            "Wait until it has ended. The file system has no locks: if the command was ended "
            f"before it could say so, delete {home / HOLDER}.",
        )


def _new_lock(home: Path) -> "FileLock":
    from filelock import FileLock

    return FileLock(home / LOCK)


def _without_locks(home: Path) -> str:
    return (
        f"The file system of {home} has no locks. Let nobody else run a command on the project "
        "meanwhile: the second to write would be refused."
    )


def _acquire(
    lock: "FileLock",
    home: Path,
    progress: "Progress | None",
    patience: float,
) -> int:
    """Wait for the lock, and tell of the wait; gives how many seconds it took."""
    start = time.monotonic()
    while True:
        waited = int(time.monotonic() - start)
        make_folder(home)  # who came to nothing may have removed it
        if not _try(lock, BETWEEN_REPORTS):
            if waited >= patience:
                raise _still_held(home)
            if progress is not None:
                progress(waited, int(patience), f"{WAITING} {_describe_holder(home)}")
            continue
        if (home / LOCK).exists():
            return waited
        lock.release()


def _try(lock: "FileLock", seconds: float) -> bool:
    """Take the lock where it becomes free soon.

    Raises:
        NotImplementedError: the file system has no locks.
    """
    from filelock import SoftFileLock, Timeout

    try:
        make_file(Path(lock.lock_file))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lock.acquire(timeout=seconds)
    except FileNotFoundError:  # who came to nothing removed the folder just now
        time.sleep(MOMENT)
        return False
    except Timeout:
        if isinstance(lock, SoftFileLock):
            raise NotImplementedError from None
        return False
    if isinstance(lock, SoftFileLock):  # would outlive a program that is killed
        lock.release()
        raise NotImplementedError
    return True


def _still_held(home: Path, fix: str = "") -> CoderError:
    holder = read_holder(home)
    where = ""
    if holder is not None:
        where = f" (process {holder.pid} on {holder.host})"
    return CoderError(
        f"{home}: {_describe_holder(home)}, is still at work on the project{where}",
        fix or "Wait until it has ended, or end it. Then try again.",
    )


def _remove_if_empty(home: Path) -> None:
    """Remove a folder that holds nothing but the lock and its holder."""
    with suppress(OSError):
        names = {path.name for path in home.iterdir()}
        if names <= {LOCK, HOLDER}:
            (home / HOLDER).unlink(missing_ok=True)
            (home / LOCK).unlink(missing_ok=True)
            home.rmdir()


# ---------------------------------------------------------------- who holds it


def read_holder(home: Path) -> Holder | None:
    """Who holds a project's lock, as far as it is known."""
    try:
        facts = json.loads(read_small(home / HOLDER))
        return Holder(
            int(facts["pid"]),
            _short(facts["host"]),
            _short(facts["user"]),
            _short(facts["command"]),
            str(facts["since"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _short(name: object) -> str:
    return safe_text(str(name))[:LONGEST_NAME]


def _describe_holder(home: Path) -> str:
    holder = read_holder(home)
    return SOME_COMMAND if holder is None else holder.described()


@contextmanager
def _noted(home: Path, command: str) -> Iterator[None]:
    """A note of who holds the lock. The lock holds without it."""
    _write_holder(home, command)
    try:
        yield
    finally:
        with suppress(OSError):
            (home / HOLDER).unlink(missing_ok=True)


def _write_holder(home: Path, command: str) -> None:
    holder = Holder(
        os.getpid(),
        socket.gethostname(),
        _login(),
        command,
        datetime.now().astimezone().isoformat(timespec="seconds"),
    )
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL  # never through a link
    with suppress(OSError):
        (home / HOLDER).unlink(missing_ok=True)
        handle = os.open(home / HOLDER, flags, PRIVATE_FILE)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(holder._asdict(), file)
        (home / HOLDER).chmod(mode_of_new(home))


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
