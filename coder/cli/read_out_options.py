"""The options of `coder export` that choose a read-out in place of the whole report, and its
style.
"""

from pathlib import Path
from typing import Annotated

import typer

Equality = Annotated[
    bool,
    typer.Option(
        "--equality",
        help="Write the equality read-out alone (.docx, .html, .md, .xlsx, .json).",
    ),
]
Characteristics = Annotated[
    list[str] | None,
    typer.Option(
        "--characteristic",
        help="The column of a protected characteristic, where its name does not tell "
        "(repeat): age=age_group; sex=- for none.",
        metavar="NAME=COL",
    ),
]
Population = Annotated[
    Path | None,
    typer.Option(
        "--population",
        help="Population shares for the equality read-out: CSV with characteristic, group, "
        "share.",
        metavar="FILE",
    ),
]
Quality = Annotated[
    bool,
    typer.Option(
        "--quality",
        help="Write the quality report alone (.docx, .html, .md, .xlsx, .json).",
    ),
]
Draft = Annotated[
    bool,
    typer.Option(
        "--draft",
        help="Write the paragraphs to edit: report.md in the project. Later exports take them "
        "from there, and mark sentences whose counts have moved.",
    ),
]
Template = Annotated[
    Path | None,
    typer.Option(
        "--template",
        help="A Word template (.dotx) whose styles, page, header and footer .docx files take.",
        metavar="FILE",
    ),
]
