"""What a pass shares, sent to a process without its large arrays: those lie in a file.

All processes of this machine map the same file, so that an array is in memory once, however many
workers read it.
"""

import io
import os
import shutil
import tempfile
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

from coder.private import make_folder

LEAST_MAPPED = 1 << 20  # bytes of an array from which on a file is worth it


class Scratch:
    """A private folder for arrays, removed at the end.

    Args:
        folder: where it is made; None for the system's folder of temporary files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._parent = folder
        self._folder: Path | None = None
        self._arrays = 0

    def new_path(self) -> Path:
        """A path for one more array."""
        if self._folder is None:
            if self._parent is not None:
                make_folder(self._parent)
            name = tempfile.mkdtemp(prefix="coder-shared-", dir=self._parent)
            self._folder = Path(name)
        self._arrays += 1
        return self._folder / f"{self._arrays}.npy"

    def remove(self) -> None:
        """Remove the folder; what is still mapped stays readable until it is closed."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class _ArraysInFiles(ForkingPickler):
    """Writes large numpy arrays to files, and where they lie in place of them."""

    def __init__(self, file: io.BytesIO, scratch: Scratch) -> None:
        super().__init__(file, 5)
        self._scratch = scratch

    def reducer_override(self, value: Any) -> Any:
        import numpy as np

        if type(value) is not np.ndarray:
            return NotImplemented
        if value.nbytes < LEAST_MAPPED or value.dtype.hasobject:
            return NotImplemented
        path = self._scratch.new_path()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as array_file:
            np.save(array_file, value, allow_pickle=False)
        return _mapped, (str(path),)


def _mapped(path: str) -> Any:
    """An array, read from its file as its values are needed."""
    import numpy as np

    return np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)


def message_of(value: Any, scratch: Scratch) -> bytes:
    """A value as it goes through a pipe (`Connection.send_bytes`, then `recv`); its large arrays
    go to files of `scratch`.
    """
    buffer = io.BytesIO()
    _ArraysInFiles(buffer, scratch).dump(value)
    return buffer.getvalue()
