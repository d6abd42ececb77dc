"""The journal: every action on a line of its own, on disk before it counts."""

import os
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from coder import files
from coder.errors import CoderError
from coder.private import make_file
from coder.stored import read_bytes
from coder.transactions import Transaction
from coder.workbench.actions import ACTIONS, Action
from coder.workbench.history import History

RESTORE = (
    "Restore it from a backup; or move it away to begin with the candidates again."
)


class Journal:
    """One file of actions, open in one window at a time.

    A last line that is torn (the power went while it was written, so the screen never showed
    it) is moved to `NAME.jsonl.torn`.

    Args:
        path: `NAME.jsonl`; made with the first action.

    Raises:
        CoderError: it is open in another window, cannot be written, or was changed by hand.
    """

    def __init__(self, path: Path) -> None:
        self.path = path = files.follow_link(path)
        self._is_lasting = False
        self._lock = FileLock(path.with_suffix(".lock"))
        self._take_lock()
        try:
            self.history = self._replay()
            if path.exists():
                path.open("ab").close()
        except OSError as error:
            self.close()
            raise self._not_writable(error) from error
        except CoderError:
            self.close()
            raise

    def _take_lock(self) -> None:
        try:
            make_file(self.path.with_suffix(".lock"))
            self._lock.acquire(timeout=0.2)
        except Timeout as error:
            raise CoderError(
                f"{self.path}: the workbench is open in another window",
                "Close it there with q first. Nothing is lost: every step is saved at once.",
            ) from error
        except OSError as error:
            raise self._not_writable(error) from error

    def _not_writable(self, error: OSError) -> CoderError:
        return CoderError(
            f"{self.path}: cannot be written ({error.strerror or error})",
            "The workbench saves each step there. Make the project's folder writable, or copy "
            "the project to a folder that is.",
        )

    def _replay(self) -> History:
        history = History()
        if not self.path.exists():
            return history
        data = read_bytes(self.path, RESTORE)
        end = data.rfind(b"\n") + 1
        if data[end:]:
            self._set_aside(data[end:], end)
        for number, line in enumerate(data[:end].splitlines(), start=1):
            if not line.strip():
                continue
            try:
                history.take(ACTIONS.validate_json(line))
            except (ValidationError, KeyError, ValueError, IndexError) as error:
                raise CoderError(
                    f"{self.path}:{number}: this line is not an action of the workbench",
                    f"The file was changed by hand. {RESTORE}",
                ) from error
        return history

    def _set_aside(self, torn: bytes, end: int) -> None:
        place = self.path.with_suffix(".jsonl.torn")
        make_file(place)
        with place.open("ab") as aside:
            aside.write(torn + b"\n")
            aside.flush()
            os.fsync(aside.fileno())
        os.truncate(self.path, end)

    def append(self, action: Action) -> None:
        """Write an action to disk, then let it count.

        Raises:
            CoderError: it cannot be saved; nothing is changed then.
        """
        self.history.check(action)
        line = _line_of(action)
        try:
            # Unbuffered: after a full disk nothing may be left that closing would still write.
            make_file(self.path)
            with self.path.open("ab", buffering=0) as file:
                _write_whole(file.fileno(), line, file.tell())
        except OSError as error:
            raise CoderError(
                f"{self.path}: the step could not be saved ({error.strerror or error})",
                "Free some space or make the folder writable, and try again. Every step before "
                "is kept.",
            ) from error
        if (
            not self._is_lasting
        ):  # whoever made the file may have been ended before this
            files.sync_folder(self.path.parent)
            self._is_lasting = True
        self.history.take(action)

    def stage(self, action: Action, change: Transaction) -> None:
        """Write an action with other files that change; it does not count here yet."""
        present = b""
        if self.path.exists():
            present = self.path.read_bytes()
        change.stage(self.path).write_bytes(present + _line_of(action))

    def close(self) -> None:
        """Let another window open it."""
        self._lock.release()


def _line_of(action: Action) -> bytes:
    return action.model_dump_json().encode() + b"\n"


def _write_whole(file: int, line: bytes, start: int) -> None:
    """Write and sync a line, or leave the file as long as it was."""
    block = memoryview(line)
    written = 0
    try:
        while written < len(block):
            written += os.write(file, block[written:])
        os.fsync(file)
    except OSError:
        os.ftruncate(file, start)
        raise
