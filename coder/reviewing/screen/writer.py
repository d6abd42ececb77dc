"""Decisions to disk behind the screen, in order; what it calls saved is saved."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from coder.decisions import Decision, DecisionLog
from coder.errors import CoderError


class Writer:
    """Appends to a reviewer's file in a thread of its own, so that no key waits for a disk or a lock.

    Args:
        changed: called in that thread after each attempt; `saved`, `pending` and `error` tell what came of it.
    """

    def __init__(self, log: DecisionLog, changed: Callable[[], object] = lambda: None) -> None:
        self._log = log
        self.changed = changed
        self._waiting: deque[tuple[Decision, ...]] = deque()
        self._condition = threading.Condition()
        self._closing = False
        self.saved = 0  # decisions that are on disk
        self.comments: set[str] = set()  # the comments they are on
        self.error: CoderError | None = None
        self._thread = threading.Thread(target=self._run, name="decisions", daemon=True)
        self._thread.start()

    def __call__(self, decisions: Sequence[Decision]) -> None:
        """Take decisions of one action; returns at once."""
        with self._condition:
            self._waiting.append(tuple(decisions))
            self._condition.notify_all()

    @property
    def pending(self) -> int:
        """Decisions that are not on disk yet."""
        with self._condition:
            return sum(len(block) for block in self._waiting)

    def retry(self) -> None:
        """Go on after an error, with what could not be saved first."""
        with self._condition:
            self.error = None
            self._condition.notify_all()

    def close(self, timeout: float = 35) -> int:
        """Wait until all is on disk or failed; says how many decisions were not saved."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        self._thread.join(timeout)
        return self.pending

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._waiting or self.error is not None:
                    if self._closing:
                        return
                    self._condition.wait()
                block = self._waiting[0]
            try:
                self._log.append(block)
            except CoderError as error:
                with self._condition:
                    self.error = error
            except Exception as error:  # else the screen would say "saving" for ever
                with self._condition:
                    self.error = CoderError(f"{self._log.path}: {type(error).__name__}: {error}")
            else:
                with self._condition:
                    self._waiting.popleft()
                    self.saved += len(block)
                    self.comments.update(decision.comment_id for decision in block)
            self.changed()
