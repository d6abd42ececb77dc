"""What `coder export` prints: the theme table and its notes, the files, the next step."""

from coder.cli.bars import Bar
from coder.cli.printer import Printer
from coder.cli.reading_summary import say_reading
from coder.exporting.annex import notes_left_out
from coder.exporting.equality_document import summary_grid
from coder.exporting.grid import Grid
from coder.exporting.report_grids import theme_grid
from coder.reporting.report import FOR_ANALYSTS, Report
from coder.text import count
from coder.workflow.export import ExportOutcome
from coder.workflow.unchanged import Done

# Columns that a narrow terminal does without, the first of them first.
SPARE = ("Rank, 95% range", "95% interval")
LEGEND = "Bars: full to the lower end of the 95% interval, shaded to its upper end."
WITHOUT_NOTES = {".svg", ".png", ".sav", ".qdpx", ".qdc"}  # files that hold no notes


def print_outcome(outcome: ExportOutcome, printer: Printer, warned: int = 0) -> Done:
    """Print the theme table, the files and the next step; the first warnings are printed."""
    say_reading(outcome.reading, printer)
    if outcome.reading is not None:
        printer.facts["read"] = outcome.reading.facts()
    printer.facts |= outcome.facts()
    for warning in outcome.warnings[warned:]:
        printer.warn(warning)
    if outcome.report is not None:
        _print_report(outcome, outcome.report, printer)
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


def _print_report(outcome: ExportOutcome, report: Report, printer: Printer) -> None:
    """Print what the files begin with: the theme table, or the summary of a read-out."""
    if report.equality is None:
        print_themes(report, printer)
        _say_notes(outcome, report, printer)
        return
    grid = summary_grid(report, report.equality)
    rows = [list(row.texts) for row in grid.rows]
    printer.say(f"{report.title}: {grid.title}", style="bold")
    printer.say(report.standing)
    printer.table(rows, grid.head, wide=grid.head)
    printer.say(report.base)


def print_themes(report: Report, printer: Printer) -> None:
    """Print the theme table with a bar for each share, its base and notes for readers. The files
    hold published names, breakdowns and the other notes.
    """
    grid = theme_grid(report, per_source=False)
    name = grid.head[grid.name_column]
    numbers = [heading for heading in grid.head if heading != name]
    printer.say(report.title, style="bold")
    for note in report.notes.reader:
        printer.say(note)
    printer.table(
        _named_rows(report, grid),
        grid.head,
        right=numbers,
        wide=(name,),
        spare=[heading for heading in grid.head if heading in SPARE],
        bars=_bars(report),
        legend=LEGEND if report.intervals else "",
    )
    printer.say(report.base)


def _say_notes(outcome: ExportOutcome, report: Report, printer: Printer) -> None:
    """Say where the notes for analysts are, or print them where no file holds them."""
    suffixes = {file.path.suffix.lower() for file in outcome.files}
    if suffixes <= WITHOUT_NOTES:
        printer.say(f"\n{FOR_ANALYSTS}:")
        for note in report.notes.analyst:
            printer.say(f"- {note}")
        return
    notes = count(len(report.notes.analyst), "note")
    printer.say(f"{FOR_ANALYSTS}: {notes} on how to read the figures, in the files.")
    for note in notes_left_out(report):
        printer.say(f"- {note}")


def _named_rows(report: Report, grid: Grid) -> list[list[str]]:
    """The cells of the table, with short labels for names, indented where they stand under a
    theme.
    """
    labels = _labels(report)
    rows = []
    for row, label in zip(grid.rows, labels, strict=True):
        texts = list(row.texts)
        texts[grid.name_column] = "  " * row.depth + label
        rows.append(texts)
    return rows


def _labels(report: Report) -> list[str]:
    """The short label of each row of the theme table; a position has its name."""
    labels = []
    for row in report.themes.to_dict(orient="records"):
        label = f"= {row['theme']}"
        if not row["position_id"]:
            label = report.codebook.theme(row["theme_id"]).short
        labels.append(label)
    return labels


def _bars(report: Report) -> list[Bar]:
    columns = report.themes[["percent", "low", "high"]].astype(float)
    return [Bar(*figures) for figures in columns.itertuples(index=False, name=None)]
