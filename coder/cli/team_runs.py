"""What `coder review` does for a team: comments dealt out, and decisions of other machines."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from coder.cli.printer import Printer
    from coder.workflow.target import Columns


def assign_comments(
    target: "Path",
    codebook: "Path",
    plan: "Path",
    columns: "Columns",
    printer: "Printer",
) -> None:
    """Deal comments out as a plan says, and print who gets what."""
    from coder.cli.assign_tables import print_assignment
    from coder.workflow.assign import assign

    print_assignment(assign(target, codebook, plan, columns), printer)


def take_decisions(
    target: "Path",
    codebook: "Path",
    source: "Path",
    columns: "Columns",
    printer: "Printer",
) -> None:
    """Take decisions made on another machine, and print how many are new."""
    from coder.cli.take_summary import print_taken
    from coder.workflow.take import take

    print_taken(take(target, codebook, source, columns), printer)
