"""Choose the quotes of a report on the screen."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import CommandNames
from coder.run_records import record_if_allowed
from coder.screen.terminal import check_terminal
from coder.workflow.review import ReviewTarget, open_review_target
from coder.workflow.target import Columns

if TYPE_CHECKING:
    from coder.project import Project
    from coder.quoting.app import Summary
    from coder.quoting.desk import QuoteDesk


@dataclass(frozen=True)
class QuotesOutcome:
    """How the choice of quotes was left.

    Attributes:
        notes: what to tell of the project's files.
    """

    target: ReviewTarget
    summary: "Summary"
    notes: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return self.target.reading_facts() | self.summary._asdict()


def choose_quotes(
    target: "Project | Path | str",
    codebook: Path | str,
    columns: Columns | None = None,
    *,
    light: bool = False,
    progress: Progress = silent,
) -> QuotesOutcome:
    """Show the quotes of each theme on the terminal, and keep those that the analyst pins.

    Args:
        target, codebook, columns: as `workflow.review.review`.
        light: begin with light colours.

    Raises:
        CoderError: there is no terminal, nothing is coded yet, or an input is at fault.
    """
    from coder.quoting.run_screen import run_screen

    opened = open_review_target(target, codebook, columns, progress)
    by_hand = (
        f"To pin quotes without one, write {opened.project.folder / 'quotes.yaml'}."
    )
    check_terminal("the choice of quotes", by_hand)
    desk = open_desk(opened)
    folder = opened.project.folder
    title = f"{opened.project.settings().name} · quotes"
    summary = run_screen(desk, title=title, folder=folder, light=light)
    outcome = QuotesOutcome(opened, summary)
    notes = record_if_allowed(folder, "quotes", outcome.facts(), opened.codebook_path)
    return replace(outcome, notes=notes)


def open_desk(opened: ReviewTarget) -> "QuoteDesk":
    """What the screen works with, all of it from one state of the project."""
    from coder.quoting.choices_file import ChoicesFile
    from coder.quoting.desk import QuoteDesk
    from coder.reporting import gather
    from coder.reporting.inputs import QUOTES_FILE
    from coder.transactions import read_one_generation

    project, path = opened.project, opened.codebook_path
    names = CommandNames(str(project.folder), str(path))
    file = ChoicesFile(project.folder, project.folder / QUOTES_FILE)

    def open_now() -> "QuoteDesk":
        return QuoteDesk(gather(project, path, names), file)

    return read_one_generation(project.folder, open_now)
