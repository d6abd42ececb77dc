"""`coder read`, and what is printed wherever a file is read."""

from typing import TYPE_CHECKING

import typer

from coder.cli.options import (
    Attribute,
    Id,
    Json,
    Question,
    Quiet,
    SourceColumn,
    Weight,
)
from coder.cli.read_options import (
    CountRepeats,
    Encoding,
    Exclude,
    Files,
    HeaderRows,
    Into,
    Keep,
    LeaveOut,
    QuestionsOf,
    Replace,
    Respondent,
    Sheet,
    SourceNames,
    Texts,
    reasons_of,
    wordings_of,
)

if TYPE_CHECKING:
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

# Formats whose columns are known beforehand.
KNOWN_LAYOUTS = ("talk_london", "letters")


def read(
    files: Files = None,
    into: Into = None,
    text: Texts = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    question_of: QuestionsOf = None,
    source_name: SourceNames = None,
    respondent: Respondent = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    header_rows: HeaderRows = None,
    replace: Replace = False,
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
    from coder.cli.reading_summary import say_next_step
    from coder.reading.options import Columns
    from coder.workflow.read import ReadOptions
    from coder.workflow.read import read as read_comments
    from coder.workflow.unchanged import Done

    if not files and into is None:
        raise typer.BadParameter(
            "name a file of comments, or a project", param_hint="FILE...|PROJECT"
        )
    printer = Printer(as_json=as_json, quiet=quiet)
    roles = (text or None, id_, source, weight, attribute or None)
    columns = Columns(*roles, question, respondent, wordings_of(question_of or ()))
    rules = (keep or (), reasons_of(exclude or ()), count_repeats, leave_out)
    options = ReadOptions(source_name, encoding, sheet, *rules, header_rows, replace)
    with printer.progress() as progress:
        outcome = read_comments(files or [], into, columns, options, progress=progress)
    print_reading(outcome, printer)
    printer.facts = printer.facts["read"]
    folder = outcome.project.folder
    step = say_next_step(outcome, printer)
    printer.finish()
    written = [folder / name for name in WRITTEN]
    return Done(written, printer.facts, outcome, step)


def print_reading(outcome: "ReadOutcome", printer: "Printer") -> None:
    """Print what was read: each file's columns, what is analysed, notes. The facts go under
    `read`.
    """
    from coder.cli.read_columns import print_columns
    from coder.cli.read_tables import print_ledger

    for reading in outcome.files:
        print_columns(printer, reading)
    if any(reading.format not in KNOWN_LAYOUTS for reading in outcome.files):
        printer.say(
            "Columns were detected. To change one: --text, --id, --source, --weight, --respondent "
            "or --attribute COL (- for none).",
            style="dim",
        )
    print_ledger(printer, outcome.ledger)
    for note in outcome.notes:
        printer.say(f"• {note}")
    printer.facts["read"] = outcome.facts()
