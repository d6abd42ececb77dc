"""`coder export --question all`: the tables of every question in one workbook."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coder.errors import CoderError, option

OPTIONS = (
    "campaigns",
    "minimum_base",
    "minimum_cell",
    "correction",
    "threshold",
    "quotes",
    "pool_discussion",
    "reviewer_error",
    "seed",
)


def export_all(
    target: Path,
    to: Sequence[Path],
    by: Sequence[str] | None,
    as_json: bool,
    quiet: bool,
    again: bool,  # noqa: ARG001 - it always runs
    codebook: Path | None = None,
    **typed: Any,
) -> None:
    """Write the workbook of all questions, and print the theme table of each."""
    from coder.cli.export_table import print_themes
    from coder.cli.printer import Printer
    from coder.project import Project
    from coder.reporting import Options
    from coder.workflow.export_questions import export_questions

    if codebook is not None:
        raise CoderError(
            f"{option('codebook', str(codebook))}: all questions are exported, each with the "
            "codebook that it was coded with",
            f"Leave it out, or name one question: {option('question', 'ID')}",
        )
    chosen = {name: typed[name] for name in OPTIONS}
    options = Options(by=tuple(by or ()), **chosen)
    printer = Printer(as_json=as_json, quiet=quiet)
    outcome = export_questions(Project(target), to, options)
    for warning in outcome.warnings:
        printer.warn(warning)
    for report in outcome.reports.values():
        print_themes(report, printer)
        printer.say()
    printer.say(f"Written: {outcome.path}")
    printer.say()
    printer.say(outcome.next_step)
    printer.facts |= outcome.facts()
    printer.finish()
