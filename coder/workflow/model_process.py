"""The model at work behind the review screen, in a process of its own, so that no key waits for it."""

import multiprocessing
import threading
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.embedding import Embedder
    from coder.reviewing.suggestions import Neighbours, Suggestions


class Behind:
    """A child process that learns from the decisions.

    It is started on entering, before there is a screen: a screen takes over standard error, and no process
    can be spawned from then on.
    """

    def __init__(self, project_folder: Path, codebook_path: Path, model: str | None) -> None:
        self._given = (project_folder, codebook_path, model)
        self._lock = threading.Lock()  # one question at a time
        self._process: Any = None
        self._line: Connection | None = None
        self._closed = False

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, *self._given), daemon=True)
        self._process.start()
        theirs.close()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the child; whoever waits for an answer is told that the review is over."""
        self._closed = True
        if self._process is not None:
            self._process.terminate()

    def refit(self) -> "Suggestions":
        """Code all comments anew, with every decision on disk. Raises `CoderError` as `coder apply` would."""
        found: Suggestions = self._ask("refit")
        return found

    def look(self) -> "Neighbours":
        """How comments are alike."""
        found: Neighbours = self._ask("look")
        return found

    def _ask(self, what: str) -> Any:
        with self._lock:
            if self._closed or self._line is None:
                raise CoderError("the review is over")
            try:
                self._line.send(what)
                fine, answer = self._line.recv()
            except (EOFError, OSError) as error:
                raise CoderError("the model's process stopped; quit and begin again") from error
        if not fine:
            raise CoderError(str(answer))
        return answer


def _serve(line: Connection, project_folder: Path, codebook_path: Path, model: str | None) -> None:
    """Answer questions until the screen is gone. Nothing it prints may reach the screen."""
    import os
    import signal
    import sys

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C belongs to the screen
    quiet = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(quiet, descriptor)
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")
    if hasattr(os, "nice"):
        os.nice(5)
    while True:
        try:
            what = line.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (True, _answer(what, project_folder, codebook_path, model))
        except Exception as error:  # the screen says it; the process stays
            answer = (False, str(error) or type(error).__name__)
        line.send(answer)


@cache
def _embedder(path: Path, model: str | None) -> "Embedder":
    from coder.embedding import make_embedder

    return make_embedder(path, model)


def _answer(what: str, project_folder: Path, codebook_path: Path, model: str | None) -> Any:
    from coder.codebook import read_codebook
    from coder.project import Project
    from coder.reviewing.suggestions import Neighbours, Suggestions
    from coder.tables import analysed

    project = Project(project_folder)
    comments = analysed(project.comments)
    embedder = _embedder(project.cache_path, model)
    if what == "look":
        return Neighbours(list(comments["comment_id"]), embedder.encode(list(comments["text"])))
    from coder.coding import apply_codebook
    from coder.decisions import judgements, model_labels, read_decisions

    book = read_codebook(codebook_path)
    name = project.settings().name
    run = project.last_run("apply") or {}  # go on as the last apply did
    coding = apply_codebook(
        project.comments,
        book,
        embedder,
        judgements(read_decisions(codebook_path).decisions, book),
        project=name,
        opinion=bool(run.get("opinion", True)),
    )
    labels = model_labels(coding.labels, book)
    return Suggestions(labels, book, str(coding.facts.get("model_fingerprint", "")))
