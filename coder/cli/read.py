"""`coder read`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import Attribute, Id, Json, Question, Quiet, SourceColumn, Text, Weight
from coder.errors import quoted

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.workflow.read import FileReading, ReadOutcome

ATTRIBUTES_SHOWN = 20


def read(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files of comments (CSV, TSV, XLSX, JSONL, Parquet, Talk London pages), or a project to mark anew.",
            metavar="FILE...|PROJECT",
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into", help="The project's folder; beside the file when left out.", metavar="PROJECT"
        ),
    ] = None,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    source_name: Annotated[
        list[str] | None,
        typer.Option(
            "--source-name",
            help="Name of a file's source (repeat, one for each file).",
            metavar="NAME",
        ),
    ] = None,
    respondent: Annotated[
        str | None,
        typer.Option("--respondent", help="Column that names the person who wrote.", metavar="COL"),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="How the file's text is encoded.", metavar="NAME"),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Sheet of a workbook.", metavar="NAME")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep", help="A comment that counts whatever the rules say (repeat).", metavar="ID"
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            help="A comment that does not count, and why: process, out_of_scope ... (repeat).",
            metavar="ID=REASON",
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read comments into a project, recognise their columns, and say what counts and what does not.

    A column option set to - says that there is no such column.
    """
    from coder.cli.printer import Printer
    from coder.workflow.read import ReadOptions
    from coder.workflow.read import read as read_comments
    from coder.workflow.target import Columns

    printer = Printer(as_json=as_json, quiet=quiet)
    if not files and into is None:
        raise typer.BadParameter(
            "name a file of comments, or a project", param_hint="FILE...|PROJECT"
        )
    columns = Columns(text, id_, source, weight, attribute or None, question, respondent)
    options = ReadOptions(source_name, encoding, sheet, keep or (), _reasons(exclude or ()))
    outcome = read_comments(files or [], into, columns, options)
    print_reading(outcome, printer)
    printer.facts = printer.facts["read"]
    folder = outcome.project.folder
    printer.say(f"\nKept in {folder}. Next: coder cluster {quoted(folder)}")
    printer.say(f"                or: coder apply {quoted(folder)} --codebook FILE", style="dim")
    printer.finish()


def _reasons(exclude: Sequence[str]) -> dict[str, str]:
    from coder.errors import CoderError
    from coder.tables import REASONS

    found = {}
    for item in exclude:
        comment_id, equals, reason = item.rpartition("=")
        if not equals or not comment_id:
            raise CoderError(
                f"--exclude {item}: needs a comment and a reason",
                f"Write --exclude ID=REASON, the reason one of: {', '.join(REASONS)}.",
            )
        found[comment_id] = reason
    return found


def print_reading(outcome: "ReadOutcome", printer: "Printer") -> None:
    """Print what was read: the columns of each file, what counts, notes; the facts go under `read`."""
    for reading in outcome.files:
        _say_columns(printer, reading)
    if any(reading.format != "talk_london" for reading in outcome.files):
        printer.say(
            "Not so? --text, --id, --source, --weight, --respondent, --attribute COL (- for none).",
            style="dim",
        )
    _say_ledger(printer, outcome.ledger)
    for note in outcome.notes:
        printer.say(f"• {note}")
    printer.facts["read"] = outcome.facts()


def _say_columns(printer: "Printer", reading: "FileReading") -> None:
    rows = reading.rows
    printer.say(
        f"{Path(reading.path).name}: {rows:,} row{'s' if rows != 1 else ''} ({reading.described})",
        style="bold",
    )
    roles = [f"{column.role} = {column.column} ({column.why})" for column in reading.columns]
    printer.say(f"  {'; '.join(roles)}")
    if reading.attributes:
        shown = ", ".join(reading.attributes[:ATTRIBUTES_SHOWN])
        more = len(reading.attributes) - ATTRIBUTES_SHOWN
        printer.say(f"  about the respondents: {shown}{f' and {more:,} more' if more > 0 else ''}")


def _say_ledger(printer: "Printer", account: "pd.DataFrame") -> None:
    """Received, the reasons that occur, analysed, a row a source; every row adds up."""
    import shutil

    from coder.tables import REASONS

    if len(account) == 2:
        account = account.iloc[:1]  # one source: the total says nothing more
    reasons = [reason for reason in REASONS if int(account[f"excluded_{reason}"].sum())]
    heads = ["source", "received", *(reason.replace("_", "-") for reason in reasons), "analysed"]
    widest = max(len(str(name)) for name in account["source"])
    wide: tuple[str, ...] = ()
    if (
        widest + sum(len(head) + 3 for head in heads[1:]) + 2
        <= shutil.get_terminal_size((80, 24)).columns
    ):
        columns = ["source", "received", *(f"excluded_{reason}" for reason in reasons), "analysed"]
        rows = [[_figure(row[name]) for name in columns] for _, row in account.iterrows()]
    else:  # too many reasons to stand side by side
        heads, wide = (
            ["source", "received", "excluded", "analysed", "excluded as"],
            ("excluded as",),
        )
        rows = []
        for _, row in account.iterrows():
            found = {reason: int(row[f"excluded_{reason}"]) for reason in reasons}
            why = "\n".join(f"{n:,} {reason.replace('_', '-')}" for reason, n in found.items() if n)
            figures = (row["received"], sum(found.values()), row["analysed"])
            rows.append([row["source"], *map(_figure, figures), why])
    printer.table(
        rows,
        heads,
        title="What counts",
        right=[h for h in heads[1:] if h != "excluded as"],
        wide=wide,
    )


def _figure(value: object) -> str:
    return value if isinstance(value, str) else f"{value:,}"
