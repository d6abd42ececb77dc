"""`coder read`, and what is printed wherever a file is read."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from coder.errors import CoderError, command, option
from coder.reading.formats import FORMATS, format_labels

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.read import ReadOutcome


Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help=f"Files of comments ({format_labels()}), or a project to mark again.",
        metavar="FILE...|PROJECT",
    ),
]
Into = Annotated[
    Path | None,
    typer.Option(
        "--into",
        help="The project's folder (default: STEM.coding beside the file).",
        metavar="PROJECT",
    ),
]
SourceNames = Annotated[
    list[str] | None,
    typer.Option(
        "--source-name",
        help="Name of a file's source (repeat, one for each file).",
        metavar="NAME",
    ),
]
Respondent = Annotated[
    str | None,
    typer.Option(
        "--respondent", help="Column that identifies the person.", metavar="COL"
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help="Encoding of a text file.", metavar="NAME"),
]
Sheet = Annotated[
    str | None, typer.Option("--sheet", help="Sheet of a workbook.", metavar="NAME")
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        help="A comment to analyse whatever the rules say (repeat).",
        metavar="ID",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        help="A comment not to analyse, and why: process, out_of_scope ... (repeat).",
        metavar="ID=REASON",
    ),
]


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
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read comments into a project, detect columns, mark what is not analysed.

    Columns are detected where no option names them. Write - in place of a column's name if
    there is none.
    """
    from coder.cli.printer import Printer
    from coder.reading.options import Columns
    from coder.workflow.read import ReadOptions
    from coder.workflow.read import read as read_comments

    if not files and into is None:
        raise typer.BadParameter(
            "name a file of comments, or a project", param_hint="FILE...|PROJECT"
        )
    printer = Printer(as_json=as_json, quiet=quiet)
    columns = Columns(
        text, id_, source, weight, attribute or None, question, respondent
    )
    options = ReadOptions(
        source_name, encoding, sheet, keep or (), _reasons(exclude or ())
    )
    with printer.progress() as progress:
        outcome = read_comments(files or [], into, columns, options, progress=progress)
    print_reading(outcome, printer)
    printer.facts = printer.facts["read"]
    folder = outcome.project.folder
    printer.say(f"\nProject: {folder}. Next: {command('cluster', folder)}")
    printer.say(
        f"or, with a codebook: {command('apply', folder, option('codebook', 'FILE'))}"
    )
    printer.finish()


def formats_help() -> str:
    """The formats, a line each, for the end of the help."""
    lines = ["Files that are read:"]
    for kind in FORMATS:
        suffixes = ", ".join(kind.suffixes)
        lines.append(f"  {suffixes:16}{kind.label}: {kind.purpose}")
    return "\b\n" + "\n".join(lines)  # \b keeps the lines apart


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
