"""`coder export --question all`: the tables of every question in one workbook."""

from collections.abc import Mapping, Sequence
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
    to: Sequence[Path] | None,
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
    from coder.cli.reading_summary import say_reading
    from coder.reporting import Options
    from coder.text import safe_text
    from coder.workflow.export_questions import export_questions
    from coder.workflow.target import open_survey

    if codebook is not None:
        raise CoderError(
            f"{option('codebook', str(codebook))}: all questions are exported, each with the "
            "codebook that it was coded with",
            f"Leave it out, or name one question: {option('question', 'ID')}",
        )
    _check_others(typed)
    chosen = {name: typed[name] for name in OPTIONS}
    options = Options(by=tuple(by or ()), **chosen)
    printer = Printer(as_json=as_json, quiet=quiet)
    opened = open_survey(target)
    say_reading(opened.reading, printer)
    outcome = export_questions(opened.project, to or (), options)
    for warning in outcome.warnings:
        printer.warn(warning)
    for question_id, report in outcome.reports.items():
        question = f"{question_id}: {report.question}".rstrip(": ")
        printer.say(safe_text(question, one_line=True), style="bold")
        print_themes(report, printer)
        printer.say()
    printer.say(f"Written: {outcome.path}")
    printer.say()
    printer.say(outcome.next_step)
    printer.facts |= outcome.facts()
    printer.finish()


def _check_others(typed: Mapping[str, Any]) -> None:
    """Raise `CoderError` where an option was given that only one question can have."""
    for name, value in typed.items():
        if value and name not in (*OPTIONS, "question"):
            raise CoderError(
                f"{option(name)}: is for the export of one question",
                f"Leave it out, or name one question: {option('question', 'ID')}",
            )
