"""Something that is made from the project in a process of its own, and made again when the
project has changed.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from coder.decisions import decisions_folder
from coder.errors import CoderError, for_command_line

FOLDERS_READ = ("", "remarks", "assignments", "training")  # of the decisions folder
FILES_READ = (".generation", "labels.parquet", "comments.parquet")


class Made(NamedTuple):
    """What there is now.

    Attributes:
        content: None before it was made once.
        made_at: ISO 8601, UTC; empty before.
        is_current: nothing that it is made from has changed since.
        is_working: it is being made.
        problem: why it could not be made the last time.
    """

    content: Any
    made_at: str
    is_current: bool
    is_working: bool
    problem: str


class Remade:
    """Makes it one at a time, in a thread. Any thread may ask.

    Args:
        make: makes it; takes seconds.
        state: changes with what it is made from; quick.
    """

    def __init__(self, make: Callable[[], Any], state: Callable[[], str]) -> None:
        self._make = make
        self._state = state
        self._lock = threading.Lock()
        self._content: Any = None
        self._made_at = ""
        self._made_of = ""
        self._tried = ""
        self._problem = ""
        self._is_working = False

    def now(self) -> Made:
        """What there is."""
        state = self._state()
        with self._lock:
            return Made(
                self._content,
                self._made_at,
                self._made_of == state,
                self._is_working,
                self._problem,
            )

    def refresh(self) -> Made:
        """What there is; where it is out of date, it is begun to be made again."""
        state = self._state()
        with self._lock:
            is_due = self._tried != state and not self._is_working
        if is_due:
            self.begin()
        return self.now()

    def begin(self) -> None:
        """Begin to make it, where that has not begun."""
        with self._lock:
            if self._is_working:
                return
            self._is_working = True
            self._tried = self._state()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        begun_with, begun_at = self._tried, datetime.now(UTC)
        content, problem = None, ""
        try:
            content = self._make()
        except CoderError as error:
            problem = for_command_line(f"{error.problem}. {error.fix}")
        except OSError as error:
            problem = f"a file cannot be read or written ({error.strerror})"
        with self._lock:
            self._is_working = False
            self._problem = problem
            if not problem:
                self._content = content
                self._made_of = begun_with
                self._made_at = begun_at.isoformat(timespec="seconds")


def state_of(project_folder: Path, codebook_path: Path) -> str:
    """A hash that changes with the project's coding, the codebook and the decisions."""
    paths = [codebook_path]
    paths += [project_folder / name for name in FILES_READ]
    decisions = decisions_folder(codebook_path)
    for name in FOLDERS_READ:
        folder = decisions / name
        if folder.is_dir():
            paths += sorted(folder.iterdir())
    return hashlib.sha256("\n".join(_facts_of(paths)).encode()).hexdigest()


def _facts_of(paths: Iterable[Path]) -> Iterable[str]:
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        yield f"{path.name} {stat.st_size} {stat.st_mtime_ns}"
