"""Run the workbench from beginning to end, and explain what went wrong if it breaks."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.screen.running import describe_failure, run_app, write_report
from coder.workbench.session import Session

if TYPE_CHECKING:
    from coder.workbench.screen.app import Summary


def run_screen(
    session: Session,
    write: Callable[[], str],
    *,
    title: str,
    into: str,
    by: str,
    folder: Path,
    language: str = "en",
    light: bool = False,
    message: str = "",
) -> "Summary":
    """Show the workbench on the terminal until its user quits.

    Args:
        write: writes the codebook and says what it wrote.
        title, into, by: what the top line names.
        folder: the project's, where a report is written if the screen breaks.
        light: begin with light colours.
        message: what to say at the start.

    Raises:
        CoderError: the screen broke; the message names the place of a report.
    """
    from coder.workbench.screen.app import Summary, WorkbenchApp

    app = WorkbenchApp(
        session,
        write,
        title=title,
        into=into,
        by=by,
        language=language,
        light=light,
        message=message,
    )
    try:
        summary, failure = run_app(app)
    finally:
        session.close()
    if failure is not None:
        report = write_report(failure, folder, "workbench-error")
        raise CoderError(
            "the workbench stopped because of a fault in the program: "
            f"{describe_failure(failure)}",
            f"Every step is saved. Start again with the same command. {report}",
        ) from failure
    if summary is None:  # the screen was closed from outside
        board = session.board
        summary = Summary(
            False, len(board.standing("theme")), len(board.standing("open"))
        )
    return summary
