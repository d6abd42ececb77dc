"""The candidates' workbench behind a page: open for one lead at a time, in a process of its own."""

import threading
from pathlib import Path
from typing import Any

from coder.errors import CoderError
from coder.serving.bench_desk import make_bench_worker
from coder.serving.helper_process import HelperProcess

IDLE = 20 * 60.0  # seconds without a step after which the workbench is closed
GOES_ON = "Every step is saved. The work goes on where it was left."


class HeldError(CoderError):
    """Somebody else is at the workbench.

    Attributes:
        holder: who.
    """

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"{holder} is at the workbench",
            "Only one person can work there: ask them, or take it over. Nothing is lost.",
        )
        self.holder = holder


class BenchRoom:
    """Opens the workbench when it is needed, and closes it when it is not. Any thread may use it.

    While it is open here it cannot be opened on a terminal.

    Args:
        codebook_path: the codebook that the themes are written to.
    """

    def __init__(self, project_folder: Path, codebook_path: Path) -> None:
        self._folder = project_folder
        self._codebook_path = codebook_path
        self._lock = threading.Lock()
        self._process: HelperProcess | None = None
        self._closing: threading.Timer | None = None
        self.holder = ""
        self.is_beyond = False

    @property
    def kinds(self) -> list[str]:
        """The candidates that there are: of all comments, or of those beyond the codebook."""
        names = {"beyond": "candidates-beyond.yaml", "all": "candidates.yaml"}
        return [kind for kind, name in names.items() if (self._folder / name).exists()]

    def ask(self, name: str, task: str, **words: Any) -> Any:
        """What the workbench answers to a person who is, or begins to be, at work there.

        Raises:
            HeldError: somebody else is at work.
            CoderError: it cannot be opened, or the step cannot be taken.
        """
        with self._lock:
            if self.holder not in ("", name):
                raise HeldError(self.holder)
            if self._process is None:
                self._open(name)
            process = self._process
            self._close_later()
        if process is None:
            raise CoderError("the workbench is closed", GOES_ON)
        return process.ask(task, **words)

    def begin(self, name: str, kind: str, *, take_over: bool) -> Any:
        """Open the workbench, or go on there; returns the board.

        Args:
            kind: one of `kinds`; empty for the one that is open, or the first.

        Raises:
            HeldError: somebody else is at work, and it is not taken over.
            CoderError: it cannot be opened: no candidates, or it is open on a terminal.
        """
        with self._lock:
            is_held = self.holder not in ("", name)
            if is_held and not take_over:
                raise HeldError(self.holder)
            wanted = self._wanted(kind)
            if is_held or wanted != self.is_beyond:
                self._close()
            self.is_beyond = wanted
        try:
            return self.ask(name, "board")
        except CoderError:
            self.leave(name)
            raise

    def _wanted(self, kind: str) -> bool:
        if kind:
            return kind == "beyond"
        if self._process is not None:
            return self.is_beyond
        return self.kinds[:1] == ["beyond"]

    def leave(self, name: str) -> None:
        """Close the workbench where the person is at work there, so that others can open it."""
        with self._lock:
            if self.holder == name:
                self._close()

    def close(self) -> None:
        """Close the workbench."""
        with self._lock:
            self._close()

    def _open(self, name: str) -> None:
        beyond = None
        if self.is_beyond:
            beyond = self._codebook_path
        self._process = HelperProcess(
            make_bench_worker,
            self._folder,
            self._codebook_path,
            name,
            beyond,
        )
        self.holder = name

    def _close_later(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
        self._closing = threading.Timer(IDLE, self.close)
        self._closing.daemon = True
        self._closing.start()

    def _close(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
        if self._process is not None:
            self._process.stop()
        self._process = None
        self.holder = ""
