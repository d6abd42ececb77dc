"""Files of keys: short, and also the pipe that a shell makes of a command's output."""

import errno
import os
import select
import stat
from pathlib import Path

LARGEST_KEY_FILE = 1_000_000  # bytes
PIPE_SECONDS = 10  # that a pipe may stay silent before its first byte


class TooLargeError(ValueError):
    """A file with more than keys in it."""


def read_key_file(path: Path) -> bytes:
    """What a file of keys holds. A device that never ends is too large.

    Raises:
        OSError: it cannot be read, or is a pipe that nobody writes to.
        TooLargeError: it has more than `LARGEST_KEY_FILE` bytes.
    """
    at_once = getattr(os, "O_NONBLOCK", 0)  # opening a pipe would wait for its writer
    handle = os.open(path, os.O_RDONLY | at_once)
    with os.fdopen(handle, "rb") as file:
        if stat.S_ISFIFO(os.fstat(handle).st_mode):
            _await_writer(handle)
        content = file.read(LARGEST_KEY_FILE + 1)
    if len(content) > LARGEST_KEY_FILE:
        raise TooLargeError(path)
    return content


def _await_writer(pipe: int) -> None:
    """Raise `OSError` where nothing comes out of a pipe."""
    ready, _, _ = select.select([pipe], [], [], PIPE_SECONDS)
    if not ready:
        raise OSError(errno.ETIMEDOUT, "nothing comes out of this pipe")
    os.set_blocking(pipe, True)
