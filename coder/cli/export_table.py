"""What `coder export` prints: the theme table and its notes, the files, the next step."""

from coder.cli.printer import Printer
from coder.cli.reading_summary import say_reading
from coder.exporting.report_grids import theme_grid
from coder.reporting.report import FOR_ANALYSTS, Report
from coder.workflow.export import ExportOutcome
from coder.workflow.unchanged import Done


def print_outcome(outcome: ExportOutcome, printer: Printer, warned: int = 0) -> Done:
    """Print the theme table, the files and the next step; the first warnings are printed."""
    say_reading(outcome.reading, printer)
    if outcome.reading is not None:
        printer.facts["read"] = outcome.reading.facts()
    printer.facts |= outcome.facts()
    for warning in outcome.warnings[warned:]:
        printer.warn(warning)
    if outcome.report is not None:
        print_themes(outcome.report, printer)
    if outcome.pack is not None:
        printer.say(
            "Every file of the pack has its stated hash. The tables were made again from them."
        )
    for file in outcome.files:
        printer.say(f"Written: {file.path}")
    for file in outcome.files:
        if file.caution:
            printer.say(file.caution)
        for note in file.notes:
            printer.say(f"{file.path}: {note}")
    if outcome.next_step:
        printer.say()
        printer.say(outcome.next_step)
    printer.finish()
    return Done(
        [file.path for file in outcome.files],
        printer.facts,
        outcome.reading,
        outcome.next_step,
        outcome.warnings,
    )


def print_themes(report: Report, printer: Printer) -> None:
    """Print the theme table with its base and notes; the files hold the breakdowns and the
    technical record.
    """
    grid = theme_grid(report, per_source=False)
    name = grid.head[grid.name_column]
    rows = []
    for row in grid.rows:
        texts = list(row.texts)
        texts[grid.name_column] = "  " * row.depth + texts[grid.name_column]
        rows.append(texts)
    numbers = [heading for heading in grid.head if heading != name]
    printer.say(report.title, style="bold")
    for note in report.notes.reader:
        printer.say(note)
    printer.table(rows, grid.head, right=numbers, wide=(name,))
    printer.say(report.base)
    printer.say(f"\n{FOR_ANALYSTS}:")
    for note in report.notes.analyst:
        printer.say(f"- {note}")
