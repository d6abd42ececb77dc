"""Options that commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.project import Project

Target = Annotated[
    Path,
    typer.Argument(
        help="A project folder, or a file of comments.", metavar="PROJECT|FILE"
    ),
]
Text = Annotated[
    str | None,
    typer.Option("--text", help="Column that holds the comments.", metavar="COL"),
]
Id = Annotated[
    str | None,
    typer.Option("--id", help="Column that identifies each comment.", metavar="COL"),
]
SourceColumn = Annotated[
    str | None,
    typer.Option(
        "--source", help="Column that holds where a comment came from.", metavar="COL"
    ),
]
Weight = Annotated[
    str | None,
    typer.Option("--weight", help="Column of survey weights.", metavar="COL"),
]
Attribute = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        help="Column that describes the respondent (repeat).",
        metavar="COL",
    ),
]
Question = Annotated[
    str, typer.Option("--question", help="The question that was asked.", metavar="TEXT")
]
CodebookFile = Annotated[
    Path, typer.Option("--codebook", help="The codebook (YAML).", metavar="FILE")
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Another sentence-transformers model: a folder or a name.",
        metavar="NAME",
    ),
]
Seed = Annotated[
    int,
    typer.Option("--seed", help="Seed for everything drawn at random.", metavar="N"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="Print nothing but warnings and errors.")
]


def open_project(
    target: Path,
    printer: "Printer",
    *,
    text: str | None = None,
    id_: str | None = None,
    source: str | None = None,
    weight: str | None = None,
    attributes: list[str] | None = None,
    question: str = "",
) -> "Project":
    """The project at a folder; or the one beside a file, which is read when it is new or has
    changed.

    Raises:
        CoderError: there is neither, or the file cannot be read.
    """
    from coder.cli.reading_summary import say_reading
    from coder.workflow.target import Columns
    from coder.workflow.target import open_project as open_target

    columns = Columns(text, id_, source, weight, attributes or None, question)
    opened = open_target(target, columns)
    say_reading(opened.reading, printer)
    if opened.reading is not None:
        printer.facts["read"] = opened.reading.facts()
    return opened.project
