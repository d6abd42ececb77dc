"""Files and folders that only their owner may open: answers to a consultation are personal data.

A folder is shared with a group where its set-group-id bit is set (`chmod g+s FOLDER`), as other
programs take it too: what is made in it is for the group.
"""

import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from coder.errors import quoted

PRIVATE_FILE = 0o600
SHARED_FILE = 0o660
PRIVATE_FOLDER = 0o700
SHARED_FOLDER = 0o2770
SCRATCH = "coder-scratch-"  # what the names of temporary folders begin with


def is_shared(folder: Path) -> bool:
    """Whether the owner of a folder shares what is made in it with its group."""
    try:
        return bool(folder.stat().st_mode & stat.S_ISGID)
    except OSError:
        return False


def mode_of(path: Path) -> int:
    """The mode for a file that is written: of the file that is there, else one that its folder
    asks for.
    """
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return mode_of_new(path.parent)


def mode_of_new(folder: Path) -> int:
    """The mode for a new file in a folder, or in one that will be made there."""
    folder = folder.absolute()
    while not folder.exists() and folder.parent != folder:
        folder = folder.parent
    return SHARED_FILE if is_shared(folder) else PRIVATE_FILE


def make_file(path: Path) -> None:
    """Make an empty file where there is none: programs that open it then leave its mode alone.

    Raises:
        OSError: it cannot be made.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        handle = os.open(path, flags, PRIVATE_FILE)
    except FileExistsError:
        return
    os.close(handle)
    mode = mode_of_new(path.parent)
    if mode != PRIVATE_FILE:
        path.chmod(mode)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; folders that exist stay as they are.

    Raises:
        OSError: it cannot be made.
    """
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    mode = SHARED_FOLDER if is_shared(folder.parent) else PRIVATE_FOLDER
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    folder.chmod(mode)


# ---------------------------------------------------------------- what may not be opened


def closed_place(path: Path) -> Path | None:
    """The file, or the first folder above it, that this user has no permission to open; None
    where nothing is closed, or nothing is there.
    """
    whole = path.absolute()
    for folder in reversed(whole.parents):
        if folder.is_dir() and not os.access(folder, os.X_OK):
            return folder
    rights = os.R_OK
    if whole.is_dir():
        rights = os.R_OK | os.X_OK
    if not os.path.lexists(whole) or os.access(whole, rights):
        return None
    return whole if whole.exists() else None


def how_to_open(path: Path) -> str:
    """What a user does who has no permission to open a file: some sentences."""
    place = closed_place(path) or path
    thing = "folder" if place.is_dir() else "file"
    if _owner_of(place) == os.geteuid():
        return (
            f"The {thing} is yours, and only the permission is missing. Give it to yourself: "
            f"chmod u+rwX {quoted(place)}"
        )
    return (
        f"The {thing} {place} is somebody else's, and only the permission is missing. Ask its "
        "owner for it."
    )


def _owner_of(path: Path) -> int:
    """The user whose file it is; -1 where that is not known."""
    try:
        return path.stat().st_uid
    except OSError:
        return -1


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private temporary folder, removed at the end.

    What a program left that was killed is removed by the next one that needs such a folder.
    """
    _remove_abandoned(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{process_mark()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def process_mark() -> str:
    """This process in a file's name, such as `1f0c2a-4711`: the machine and the process id."""
    return f"{_machine()}-{os.getpid()}"


def is_abandoned(mark: str) -> bool:
    """Whether a mark is of a process of this machine that has ended.

    Args:
        mark: as `process_mark` gave it; anything else counts as still in use.
    """
    machine, _, number = mark.partition("-")
    if machine != _machine() or not number.isdecimal() or len(number) > 9:
        return False
    return not is_alive(int(number))


def is_alive(process_id: int) -> bool:
    """Whether a process of this machine still runs; True where the system does not say."""
    if os.name != "posix":  # elsewhere signal 0 would end the process
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


@cache
def _machine() -> str:
    return sha256(socket.gethostname().encode()).hexdigest()[:6]


def _remove_abandoned(parent: Path) -> None:
    with suppress(OSError):
        for folder in parent.glob(f"{SCRATCH}*-*-*"):
            mark = folder.name.removeprefix(SCRATCH).rpartition("-")[0]
            if is_abandoned(mark) and _is_own(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    """Whether it is a folder, not a link, of this user."""
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
