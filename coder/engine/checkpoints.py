"""Results of finished blocks on disk, so that an interrupted run goes on where it stopped."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from coder.engine.passes import Block, Failure, Settled, items_but
from coder.engine.versions import code_fingerprint
from coder.private import make_folder

VALUES = "values.json"  # the member of a file that holds what is not an array


@contextmanager
def keep_blocks(folder: Path, key: str) -> Iterator["KeptRun"]:
    """What an interrupted run of the same key left, and a place for what this run finishes.

    Removed when the `with` ends well; what a run of another key left is removed at once.

    Args:
        folder: a private folder for this alone.
        key: everything that the results depend on but the program itself, whose changes are
            seen here.
    """
    name = sha256(f"{code_fingerprint()} {key}".encode()).hexdigest()[:32]
    own = folder / name
    make_folder(folder.parent)
    for private in (folder, own):
        private.mkdir(mode=0o700, exist_ok=True)
    for other in folder.iterdir():
        if other.name != name:
            shutil.rmtree(other, ignore_errors=True)
    yield KeptRun(own)
    shutil.rmtree(folder, ignore_errors=True)


class KeptRun:
    """The finished blocks of a run's passes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """For what the passes keep besides."""
        return self._folder

    def of_pass(self, name: str) -> "KeptBlocks":
        """The finished blocks of one pass, for `map_blocks`."""
        return KeptBlocks(self._folder / name)


class KeptBlocks:
    """The finished blocks of one pass.

    Their results are dicts whose values are numpy arrays (no objects) or plain values as JSON
    has them. A block is one file, that only its owner may read and that holds no code.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, number: int, block: Block) -> Settled | None:
        """A block with its kept result; None where there is none that can be read."""
        import numpy as np

        path = self._path(number)
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files if name != VALUES}
                kept = json.loads(file[VALUES].tobytes())
            return _settled(block, kept, arrays)
        except Exception:  # damaged, in whatever way: the block is computed again
            return None

    def save(self, number: int, settled: Settled) -> None:
        """Keep the result of a block. A full disk is no reason to stop: the next run then
        computes the block again.

        Raises:
            TypeError: the result is not as the class says.
        """
        members = _members_of(settled)
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._write(self._path(number), members)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:07d}.npz"

    def _write(self, path: Path, members: Mapping[str, Any]) -> None:
        """Write a file whole or not at all, readable by its owner only."""
        import numpy as np

        handle, name = tempfile.mkstemp(suffix=".tmp", dir=self._folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **members)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _settled(block: Block, kept: Any, arrays: Mapping[str, Any]) -> Settled:
    """A block with the result that a file holds."""
    failures = [Failure(*parts) for parts in kept["failures"]]
    left = items_but([failure.item for failure in failures], block)
    result = None
    if kept["values"] is not None:
        both = kept["values"] | arrays
        result = {name: both[name] for name in kept["names"]}
    return Settled(left, result, tuple(failures))


def _members_of(settled: Settled) -> dict[str, Any]:
    """The arrays of a result by name, and one more array: the bytes of the rest as JSON."""
    import numpy as np

    arrays, values, names = {}, None, []
    if settled.result is not None:
        values = {}
        for name, value in settled.result.items():
            names.append(name)
            if not isinstance(value, np.ndarray):
                values[name] = value
            elif value.dtype.hasobject:
                raise TypeError(f"{name}: an array of objects cannot be kept")
            else:
                arrays[name] = value
    failures = [(failure.item, failure.reason) for failure in settled.failures]
    rest = {"names": names, "values": values, "failures": failures}
    content = json.dumps(rest).encode()
    return {**arrays, VALUES: np.frombuffer(content, dtype=np.uint8)}
