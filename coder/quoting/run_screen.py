"""Run the screen of quotes from beginning to end, and explain what went wrong if it breaks."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.quoting.desk import QuoteDesk
from coder.screen.running import describe_failure, run_app, write_report

if TYPE_CHECKING:
    from coder.quoting.app import Summary


def run_screen(
    desk: QuoteDesk, *, title: str, folder: Path, light: bool = False
) -> "Summary":
    """Show the quotes on the terminal until the analyst quits.

    Args:
        title: of the project.
        folder: the project's, where a report is written if the screen breaks.
        light: begin with light colours.

    Raises:
        CoderError: the screen broke; the message names the place of a report.
    """
    from coder.quoting.app import QuoteApp, summary_of

    app = QuoteApp(desk, title=title, light=light)
    summary, failure = run_app(app)
    if failure is not None:
        report = write_report(failure, folder, "quotes-error")
        raise CoderError(
            "the screen of quotes stopped because of a fault in the program: "
            f"{describe_failure(failure)}",
            f"Every change is saved. Start again with the same command. {report}",
        ) from failure
    return summary or summary_of(desk)  # none where it was closed from outside
