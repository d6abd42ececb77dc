"""The arguments and options of `coder codebook`."""

from pathlib import Path
from typing import Annotated

import typer

CodebookArgument = Annotated[
    Path, typer.Argument(help="The codebook (YAML).", metavar="FILE")
]
AllShared = Annotated[
    bool,
    typer.Option("--all", help="List every name and keyword that themes share."),
]
Old = Annotated[
    Path, typer.Argument(help="The codebook before the change.", metavar="OLD")
]
New = Annotated[Path, typer.Argument(help="The codebook as it is now.", metavar="NEW")]
Source = Annotated[
    Path,
    typer.Argument(
        help="Candidates (.yaml), or another program's codebook (.qdc) or project (.qdpx).",
        metavar="FILE",
    ),
]
Into = Annotated[
    Path,
    typer.Option(
        "--into",
        "--to",
        help="The codebook to add them to; it is made if there is none.",
        metavar="FILE",
    ),
]
ThemeIds = Annotated[
    str,
    typer.Option(
        "--themes",
        help="Ids of the themes to add, separated by commas; all when left out.",
        metavar="IDS",
    ),
]
TextsProject = Annotated[
    Path | None,
    typer.Option(
        "--project",
        help="The project that the texts of a .qdpx were read into; the one beside it when "
        "left out.",
        metavar="PROJECT",
    ),
]
Out = Annotated[
    Path, typer.Argument(help="REFI-QDA codebook to write.", metavar="FILE.qdc")
]
SchemaFile = Annotated[
    Path | None,
    typer.Option("--to", help="File to write; printed when left out.", metavar="FILE"),
]
ProjectArgument = Annotated[
    Path,
    typer.Argument(
        help="A project folder, or a file of comments; grouped by coder cluster.",
        metavar="PROJECT",
    ),
]
BuiltInto = Annotated[
    Path,
    typer.Option(
        "--into",
        help="The codebook to write; if there is one, themes are added to it.",
        metavar="FILE",
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="Your name, kept with each theme; the login name when left out.",
        metavar="NAME",
    ),
]
BuiltBeyond = Annotated[
    Path | None,
    typer.Option(
        "--beyond",
        help="Use the candidates of coder cluster --beyond this codebook.",
        metavar="FILE",
    ),
]
