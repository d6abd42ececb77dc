"""The model at work while a review screen is open, in a process of its own, so that no key
waits for it.
"""

import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.embedding import Embedder, EncoderChoice
    from coder.project import Project
    from coder.reviewing.suggestions import Neighbours, Suggestions

Task = Literal["refit", "load neighbours"]
NICENESS = 5  # the screen comes first


@dataclass(frozen=True)
class ModelInputs:
    """What the model works on.

    Attributes:
        encoder: how vectors are computed; None for the packaged model.
    """

    project_folder: Path
    codebook_path: Path
    encoder: "EncoderChoice | None"


class _Reply(NamedTuple):
    succeeded: bool
    content: Any  # the result, or the message of an error


class BackgroundModel:
    """A child process that learns from the decisions. Use it in a `with` statement.

    It starts on entering, before there is a screen: a screen takes over standard error, and no
    process can be started from then on.
    """

    def __init__(
        self, project_folder: Path, codebook_path: Path, encoder: "EncoderChoice | None"
    ) -> None:
        self._inputs = ModelInputs(project_folder, codebook_path, encoder)
        self._lock = threading.Lock()  # one task at a time
        self._process: Any = None
        self._connection: Connection | None = None
        self._closed = False

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._connection, child_end = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(child_end, self._inputs), daemon=True
        )
        self._process.start()
        child_end.close()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process; whoever waits for a result gets an error that the review is over."""
        self._closed = True
        if self._process is not None:
            self._process.terminate()

    def prepare(self) -> None:
        """Code the comments in the background, for the vectors that this leaves on disk."""
        threading.Thread(target=self._prepare, daemon=True).start()

    def _prepare(self) -> None:
        with suppress(CoderError):  # whoever codes them later is told what is wrong
            self.refit()

    def refit(self) -> "Suggestions":
        """Code all comments anew, with every decision on disk.

        Raises:
            CoderError: as `coder apply` would; or the review is over.
        """
        suggestions: Suggestions = self._run("refit")
        return suggestions

    def load_neighbours(self) -> "Neighbours":
        """Which comments are similar to each other."""
        neighbours: Neighbours = self._run("load neighbours")
        return neighbours

    def _run(self, task: Task) -> Any:
        with self._lock:
            if self._closed or self._connection is None:
                raise CoderError("the review is over")
            try:
                self._connection.send(task)
                reply = self._connection.recv()
            except (EOFError, OSError) as error:
                raise CoderError(
                    "the model's process stopped", "Quit the review and start it again."
                ) from error
        if not reply.succeeded:
            raise CoderError(str(reply.content))
        return reply.content


def _serve(connection: Connection, inputs: ModelInputs) -> None:
    """Work on tasks until the screen is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the screen
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _silence()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            reply = _Reply(True, _result_of(task, inputs))
        except CoderError as error:  # the screen shows it; the process goes on
            reply = _Reply(False, error.args[0])
        except Exception as error:
            reply = _Reply(False, str(error) or type(error).__name__)
        connection.send(reply)


def _end_with_parent() -> None:
    """End at once when the review does, be it killed: nobody waits for the result then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _silence() -> None:
    """Send whatever this process prints to nowhere: it would spoil the screen."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdout = sys.stderr = os.fdopen(nowhere, "w", encoding="utf-8")


@cache
def _embedder(path: Path, encoder: "EncoderChoice | None") -> "Embedder":
    from coder.embedding import embedder_of

    return embedder_of(encoder, path)


def _result_of(task: Task, inputs: ModelInputs) -> Any:
    from coder.project import Project

    project = Project(inputs.project_folder)
    embedder = _embedder(project.cache_path, inputs.encoder)
    if task == "refit":
        return _code_again(project, inputs.codebook_path, embedder)
    return _find_neighbours(project, embedder)


def _find_neighbours(project: "Project", embedder: "Embedder") -> "Neighbours":
    from coder.reviewing.suggestions import Neighbours
    from coder.tables import analysed

    comments = analysed(project.comments)
    return Neighbours(
        list(comments["comment_id"]), embedder.encode(list(comments["text"]))
    )


def _code_again(
    project: "Project", codebook_path: Path, embedder: "Embedder"
) -> "Suggestions":
    from coder.codebook import read_codebook
    from coder.coding import apply_codebook
    from coder.decisions import judgements, model_labels, read_decisions
    from coder.reviewing.suggestions import Suggestions
    from coder.workflow.candidate_groups import drafts_of, find_groups

    codebook = read_codebook(codebook_path)
    stored = read_decisions(codebook_path)
    last_run = (
        project.last_run("apply") or {}
    )  # go on with the options of the last coding
    coding = apply_codebook(
        project.comments,
        codebook,
        embedder,
        judgements(stored.decisions, codebook, stored.states),
        groups=find_groups(codebook_path, codebook, drafts_of(project)).rows,
        project=project.settings().name,
        opinion=bool(last_run.get("opinion", True)),
    )
    labels = model_labels(coding.labels, codebook)
    return Suggestions(labels, codebook, str(coding.facts.get("model_fingerprint", "")))
