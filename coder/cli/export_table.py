"""The theme table of `coder export` and its notes."""

from coder.cli.printer import Printer
from coder.exporting.contents import theme_grid
from coder.reporting.report import FOR_ANALYSTS, Report


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
