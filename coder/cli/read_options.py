"""The arguments and options of `coder read`; the formats come from the table of formats."""

from pathlib import Path
from typing import Annotated

import typer

from coder.reading.formats import FORMATS, format_labels

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
    typer.Option("--respondent", help="Column of respondent ids.", metavar="COL"),
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help="Encoding of a text file.", metavar="NAME"),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet", help="Sheet of a workbook, or file in a ZIP.", metavar="NAME"
    ),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        help="A comment to analyse in any case (repeat).",
        metavar="ID",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        help="A comment to leave out, and why: process, out_of_scope (repeat).",
        metavar="ID=REASON",
    ),
]
CountRepeats = Annotated[
    bool | None,
    typer.Option(
        "--count-repeats/--no-count-repeats",
        help="Count an answer that is in two sources each time, or once (the default).",
        show_default=False,
    ),
]

LeaveOut = Annotated[
    list[str] | None,
    typer.Option(
        "--leave-out",
        help="Responses not to analyse: partial, preview; none to analyse all (repeat).",
        metavar="STATE",
    ),
]


def formats_help() -> str:
    """The formats, a line each, for the end of the help."""
    lines = ["Files that are read:"]
    for kind in FORMATS:
        suffixes = ", ".join(kind.suffixes)
        lines.append(f"  {suffixes:16}{kind.label}: {kind.purpose}")
    return "\b\n" + "\n".join(lines)  # \b keeps the lines apart
