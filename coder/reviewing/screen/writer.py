"""Saves decisions in a thread of its own, in order."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from coder.decisions import Decision
from coder.errors import CoderError


class DecisionStore(Protocol):
    """Where decisions are kept, such as a reviewer's `DecisionLog`."""

    @property
    def path(self) -> Path:
        """The file or folder, for messages."""

    def append(self, decisions: Sequence[Decision]) -> None:
        """Store decisions, on disk when this returns."""


class DecisionWriter:
    """Appends decisions to a reviewer's file, so that no key waits for a disk or a lock.

    Args:
        changed: called in the writer's thread after each attempt to save.

    Attributes:
        saved: number of decisions on disk.
        comments: ids of the comments that those decisions are about.
        at_end: called in the writer's thread when it closes.
        error: why the oldest waiting decisions could not be saved; None while saving works.
    """

    def __init__(
        self, log: DecisionStore, changed: Callable[[], object] = lambda: None
    ) -> None:
        self._log = log
        self.changed = changed
        self.at_end: Callable[[], object] = lambda: None
        self._waiting: deque[tuple[Decision, ...]] = deque()
        self._put_off: deque[Callable[[], object]] = deque()
        self._condition = threading.Condition()
        self._closing = False
        self.saved = 0
        self.comments: set[str] = set()
        self.error: CoderError | None = None
        self._thread = threading.Thread(target=self._run, name="decisions", daemon=True)
        self._thread.start()

    def __call__(self, decisions: Sequence[Decision]) -> None:
        """Queue the decisions of one action, to be written together; returns at once."""
        with self._condition:
            self._waiting.append(tuple(decisions))
            self._condition.notify_all()

    def put_off(self, job: Callable[[], object]) -> None:
        """Run something in the writer's thread, after what waits to be saved; returns at once."""
        with self._condition:
            self._put_off.append(job)
            self._condition.notify_all()

    @property
    def pending(self) -> int:
        """Number of decisions that are not on disk yet."""
        with self._condition:
            return sum(len(block) for block in self._waiting)

    @property
    def status(self) -> str:
        """What to tell the reviewer: saved, being saved or not saved."""
        if self.error is not None:
            return "NOT SAVED"
        if self.pending:
            return "saving …"
        if self.saved:
            return f"saved ({self.saved:,})"
        return ""

    def retry(self) -> None:
        """Go on after an error, beginning with the decisions that could not be saved."""
        with self._condition:
            self.error = None
            self._condition.notify_all()

    def close(self, timeout: float = 35) -> int:
        """Wait up to `timeout` seconds until all is saved or failed; returns how many are not
        saved.
        """
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        self._thread.join(timeout)
        return self.pending

    def _run(self) -> None:
        while True:
            block = self._next_block()
            if block is None:
                self.at_end()
                return
            if not block:
                self._put_off.popleft()()
                continue
            error = self._append(block)
            with self._condition:
                self.error = error
                if error is None:
                    self._waiting.popleft()
                    self.saved += len(block)
                    self.comments.update(decision.comment_id for decision in block)
            self.changed()

    def _next_block(self) -> tuple[Decision, ...] | None:
        """The oldest decisions that wait, none of them where something else is to be done first;
        None when the writer closes. Waits where saving failed.
        """
        with self._condition:
            while not self._waiting or self.error is not None:
                if self._put_off:
                    return ()
                if self._closing:
                    return None
                self._condition.wait()
            return self._waiting[0]

    def _append(self, block: tuple[Decision, ...]) -> CoderError | None:
        try:
            self._log.append(block)
        except CoderError as error:
            return error
        except (
            Exception
        ) as error:  # without an error the screen would say "saving" for ever
            return CoderError(f"{self._log.path}: {type(error).__name__}: {error}")
        return None
