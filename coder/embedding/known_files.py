"""SHA-256 of large files, remembered, so that a file is read once and not on every run."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from coder.errors import CoderError
from coder.files import new_file, sha256_of
from coder.stored import read_object

FRESH = (
    2_000_000_000  # nanoseconds in which a file may change again under the same time
)


def known_sha256(path: Path) -> str:
    """Hex SHA-256 of a file; read again when its size, its time or its place on disk changes.

    Remembered in the user's cache folder. Whoever wants to know for certain, as `coder check`
    does, uses `coder.files.sha256_of`.
    """
    status = path.stat()
    marks = [status.st_size, status.st_mtime_ns, status.st_ino]
    name = str(path.resolve())
    known = _read_known()
    entry = known.get(name)
    if isinstance(entry, dict) and entry.get("marks") == marks:
        return str(entry.get("sha256"))
    digest = sha256_of(path)
    if time.time_ns() - status.st_mtime_ns > FRESH:
        _remember({**known, name: {"marks": marks, "sha256": digest}})
    return digest


def _list_path() -> Path:
    """Where the list is kept: `known_files.json` in the user's cache folder."""
    folder = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if folder:
        return Path(folder) / "coder" / "known_files.json"
    return Path.home() / ".cache" / "coder" / "known_files.json"


def _read_known() -> dict[str, Any]:
    """What is remembered, by path; nothing where the list is missing or damaged."""
    try:
        return read_object(_list_path(), "")
    except (CoderError, RuntimeError):  # the last: there is no home folder
        return {}


def _remember(known: dict[str, Any]) -> None:
    """Write the list, for its owner alone. Without a place to write nothing is remembered."""
    with suppress(CoderError, OSError, RuntimeError):
        path = _list_path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with new_file(path) as temporary:
            temporary.write_text(json.dumps(known, indent=1), encoding="utf-8")
        path.chmod(0o600)
