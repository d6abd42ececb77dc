"""`coder read`, and what is printed wherever a file is read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from coder.cli.options import (
    Attribute,
    Id,
    Json,
    Question,
    Quiet,
    SourceColumn,
    Text,
    Weight,
)
from coder.cli.read_options import (
    CountRepeats,
    Encoding,
    Exclude,
    Files,
    Into,
    Keep,
    LeaveOut,
    Respondent,
    Sheet,
    SourceNames,
)
from coder.errors import CoderError, command, option

if TYPE_CHECKING:
    from pathlib import Path

    from coder.cli.printer import Printer
    from coder.workflow.read import ReadOutcome
    from coder.workflow.unchanged import Done

WRITTEN = (
    "project.yaml",
    "comments.parquet",
    "ledger.csv",
    "campaigns.csv",
    "repeats.csv",
)


def read(
    files: Files = None,
    into: Into = None,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    source_name: SourceNames = None,
    respondent: Respondent = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    keep: Keep = None,
    exclude: Exclude = None,
    count_repeats: CountRepeats = None,
    leave_out: LeaveOut = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> "Done":
    """Read comments into a project, detect columns, mark what is not analysed.

    Columns are detected where no option names them. Write - in place of a column's name if
    there is none.
    """
    from coder.cli.printer import Printer
    from coder.reading.options import Columns
    from coder.workflow.read import ReadOptions
    from coder.workflow.read import read as read_comments
    from coder.workflow.unchanged import Done

    if not files and into is None:
        raise typer.BadParameter(
            "name a file of comments, or a project", param_hint="FILE...|PROJECT"
        )
    printer = Printer(as_json=as_json, quiet=quiet)
    columns = Columns(
        text, id_, source, weight, attribute or None, question, respondent
    )
    options = ReadOptions(
        source_name,
        encoding,
        sheet,
        keep or (),
        _reasons(exclude or ()),
        count_repeats,
        leave_out,
    )
    with printer.progress() as progress:
        outcome = read_comments(files or [], into, columns, options, progress=progress)
    print_reading(outcome, printer)
    printer.facts = printer.facts["read"]
    folder = outcome.project.folder
    step = _say_next_step(folder, printer)
    printer.finish()
    written = [folder / name for name in WRITTEN]
    return Done(written, printer.facts, outcome, step)


def _say_next_step(folder: "Path", printer: "Printer") -> str:
    step = f"Next: {command('cluster', folder)}"
    printer.say(f"\nProject: {folder}. {step}")
    printer.say(
        f"or, with a codebook: {command('apply', folder, option('codebook', 'FILE'))}"
    )
    return step


def _reasons(exclude: Sequence[str]) -> dict[str, str]:
    """Comment id to reason, of items such as `TL-0001=process`."""
    from coder.tables import REASONS

    reasons: dict[str, str] = {}
    for item in exclude:
        comment_id, equals, reason = item.rpartition("=")
        if not equals or not comment_id:
            raise CoderError(
                f"{option('exclude', item)}: needs a comment and a reason",
                f"Write {option('exclude', 'ID=REASON')}. The reason is one of: "
                f"{', '.join(REASONS)}.",
            )
        reasons[comment_id] = reason
    return reasons


def print_reading(outcome: "ReadOutcome", printer: "Printer") -> None:
    """Print what was read: each file's columns, what is analysed, notes. The facts go under
    `read`.
    """
    from coder.cli.read_tables import print_columns, print_ledger

    for reading in outcome.files:
        print_columns(printer, reading)
    if any(reading.format != "talk_london" for reading in outcome.files):
        printer.say(
            "Columns were detected. To change one: --text, --id, --source, --weight, --respondent "
            "or --attribute COL (- for none).",
            style="dim",
        )
    print_ledger(printer, outcome.ledger)
    for note in outcome.notes:
        printer.say(f"• {note}")
    printer.facts["read"] = outcome.facts()
