"""Room: people say which themes a comment carries, on a screen or in a table."""

import gc
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from coder import files
from coder.codebook import Codebook
from coder.errors import CoderError
from coder.project import Project
from coder.reviewing.opening import Way, open_session

if TYPE_CHECKING:
    from coder.reviewing.screen.app import SessionSummary
    from coder.reviewing.suggestions import Neighbours, Suggestions

MOST = 200  # characters of an unexpected error that the terminal shows


def review_labels(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    reviewer: str,
    way: Way = Way(),
    *,
    light: bool = False,
    refit: "Callable[[], Suggestions] | None" = None,
    look: "Callable[[], Neighbours] | None" = None,
    stop: "Callable[[], None]" = lambda: None,
) -> "SessionSummary":
    """Show comments on the terminal and keep what the reviewer decides, until they quit.

    Args:
        codebook_path: the file of `codebook`; decisions lie beside it.
        way: blind or not, one theme, a sample, a second coding, adjudication.
        refit: learns from the decisions kept so far; called behind the screen.
        look: how comments are alike; called behind the screen, once.
        stop: called on leaving, so that `refit` and `look` come to an end.

    Raises:
        CoderError: see `open_session`; or the screen broke, with the place of a report.
    """
    from coder.reviewing.screen.app import ReviewApp
    from coder.reviewing.screen.background import BackgroundJobs

    opened = open_session(project, codebook, codebook_path, reviewer, way)
    app = ReviewApp(
        opened.session,
        opened.writer,
        title=codebook.title,
        attributes=opened.attributes,
        light=light,
        jobs=BackgroundJobs(
            learn=refit,
            learn_at_start=not opened.has_labels,
            find_neighbours=None if opened.session.blind else look,
            new_decisions=opened.others,
            stop=stop,
        ),
        notes=opened.notes,
    )
    failure: Exception | None = None
    finished = None
    try:
        with collected_when_idle():
            finished = app.run()
    except Exception as error:  # the terminal could not be had, or not be given back
        failure = error
    finally:
        unsaved = opened.writer.close()
    failure = app.failure or failure
    if failure is not None:
        raise _stopped(failure, project.folder, opened.writer.saved, unsaved) from failure
    decided = len(opened.session.decided & opened.writer.comments)
    if finished is None:  # the screen was closed from outside
        from coder.reviewing.screen.app import SessionSummary

        finished = SessionSummary(decided, 0.0, opened.session.words_read, unsaved, 0)
    return finished._replace(decided=decided, unsaved=unsaved)


@contextmanager
def collected_when_idle() -> Iterator[None]:
    """No garbage collection of Python's own accord, which stops the screen for up to 100 ms in mid-key.

    What is loaded by now stays to the end; the rest the screen collects when no key was pressed for a while.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _stopped(failure: Exception, folder: Path, saved: int, unsaved: int) -> CoderError:
    """What to say of an error that nobody expected; the trace goes to a file, for it may hold what people wrote."""
    what = " ".join(f"{type(failure).__name__}: {failure}".split())
    kept = f"{saved:,} decision{'' if saved == 1 else 's'} of this session {'is' if saved == 1 else 'are'} on disk"
    if unsaved:
        kept += f", {unsaved:,} could not be saved"
    report = "".join(traceback.format_exception(failure))
    versions = f"coder {metadata.version('coder')}, textual {metadata.version('textual')}, Python {sys.version}"
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    where = "A report could not be written."
    for place in (folder, Path(tempfile.gettempdir())):
        path = place / f"review-error-{stamp}.txt"
        with suppress(OSError):
            files.write_text(
                path, f"{versions}\n\n{report}".encode("utf-8", "backslashreplace").decode()
            )
            where = f"Report: {path} (look at it before you pass it on: it may quote comments)."
            break
    return CoderError(
        f"the review stopped by a fault of the program: {what[:MOST]}{'…' if len(what) > MOST else ''}",
        f"{kept}. Begin again with the same command. {where}",
    )


__all__ = ["Way", "review_labels"]
