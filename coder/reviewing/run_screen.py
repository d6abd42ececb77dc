"""Run the review screen from beginning to end, and explain what went wrong if it breaks."""

import gc
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from coder import files
from coder.errors import CoderError
from coder.reviewing.opening import OpenReview
from coder.text import count

if TYPE_CHECKING:
    from coder.reviewing.screen.app import SessionSummary
    from coder.reviewing.screen.background import BackgroundJobs

MOST_SHOWN = 200  # characters of an unexpected error that the terminal shows


def run_screen(
    opened: OpenReview, jobs: "BackgroundJobs", *, folder: Path, light: bool = False
) -> "SessionSummary":
    """Show the session's comments on the terminal and save what the reviewer decides, until they
    quit.

    Args:
        jobs: what the model does while the screen is open.
        folder: the project's, where a report is written if the screen breaks.
        light: begin with light colours.

    Raises:
        CoderError: the screen broke; the message names the place of a report.
    """
    from coder.reviewing.screen.app import ReviewApp, SessionSummary

    session, writer = opened.session, opened.writer
    app = ReviewApp(
        session,
        writer,
        title=session.codebook.title,
        attributes=opened.attributes,
        light=light,
        jobs=jobs,
        notes=opened.notes,
    )
    failure: Exception | None = None
    summary = None
    try:
        with collected_when_idle():
            summary = app.run()
    except Exception as error:  # the terminal could not be used, or not be given back
        failure = error
    finally:
        unsaved = writer.close()
    failure = app.failure or failure
    if failure is not None:
        raise _stopped(failure, folder, writer.saved, unsaved) from failure
    decided = len(session.decided & writer.comments)
    if summary is None:  # the screen was closed from outside
        summary = SessionSummary(decided, 0.0, session.words_read, unsaved, 0)
    return summary._replace(decided=decided, unsaved=unsaved)


@contextmanager
def collected_when_idle() -> Iterator[None]:
    """Keep Python from collecting garbage on its own, which stops the screen for up to 100 ms.

    What is loaded by now stays to the end; the rest is collected by the screen while no key is
    pressed.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _stopped(failure: Exception, folder: Path, saved: int, unsaved: int) -> CoderError:
    """The error for a fault that nobody expected."""
    problem = " ".join(f"{type(failure).__name__}: {failure}".split())
    if len(problem) > MOST_SHOWN:
        problem = problem[:MOST_SHOWN] + "…"
    stored = f"{count(saved, 'decision')} of this session {_is_or_are(saved)} saved"
    if unsaved:
        stored += f", {unsaved:,} could not be saved"
    return CoderError(
        f"the review stopped because of a fault in the program: {problem}",
        f"{stored}. Start again with the same command. {_write_report(failure, folder)}",
    )


def _is_or_are(number: int) -> str:
    if number == 1:
        return "is"
    return "are"


def _write_report(failure: Exception, folder: Path) -> str:
    """Write the trace to a file, never to the terminal: it may contain comments. Returns where
    it is.
    """
    versions = ", ".join(
        [
            f"coder {metadata.version('coder')}",
            f"textual {metadata.version('textual')}",
            f"Python {sys.version}",
        ]
    )
    report = f"{versions}\n\n{''.join(traceback.format_exception(failure))}"
    printable = report.encode("utf-8", "backslashreplace").decode()
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    for place in (folder, Path(tempfile.gettempdir())):
        path = place / f"review-error-{stamp}.txt"
        with suppress(OSError):
            files.write_text(path, printable)
            return (
                f"Report: {path} (it may quote comments: read it before you share it)."
            )
    return "A report could not be written."
