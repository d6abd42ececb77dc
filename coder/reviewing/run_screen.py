"""Run the review screen from beginning to end, and explain what went wrong if it breaks."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.reviewing.opening import OpenReview
from coder.screen.running import describe_failure, run_app, write_report
from coder.text import count

if TYPE_CHECKING:
    from coder.reviewing.screen.app import SessionSummary
    from coder.reviewing.screen.background import BackgroundJobs


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
        beside=opened.beside,
    )
    try:
        summary, failure = run_app(app)
    finally:
        unsaved = writer.close()
    if failure is not None:
        raise _stopped(failure, folder, writer.saved, unsaved) from failure
    decided = len(session.decided & writer.comments)
    if summary is None:  # the screen was closed from outside
        summary = SessionSummary(decided, 0.0, session.words_read, unsaved, 0)
    return summary._replace(decided=decided, unsaved=unsaved)


def _stopped(failure: Exception, folder: Path, saved: int, unsaved: int) -> CoderError:
    """The error for a fault that nobody expected."""
    problem = describe_failure(failure)
    report = write_report(failure, folder, "review-error")
    stored = f"{count(saved, 'decision')} of this session {_is_or_are(saved)} saved"
    if unsaved:
        stored += f", {unsaved:,} could not be saved"
    return CoderError(
        f"the review stopped because of a fault in the program: {problem}",
        f"{stored}. Start again with the same command. {report}",
    )


def _is_or_are(number: int) -> str:
    if number == 1:
        return "is"
    return "are"
