"""The options of `coder review`."""

from pathlib import Path
from typing import Annotated

import typer

Reviewer = Annotated[
    str | None,
    typer.Option(
        "--reviewer",
        help="Who decides (default: your login name).",
        metavar="NAME",
    ),
]
Blind = Annotated[
    bool,
    typer.Option(
        "--blind", help="Show no suggestions. With --from: the rows were judged blind."
    ),
]
Theme = Annotated[
    str | None,
    typer.Option(
        "--theme", help="Judge one theme only, with a quick yes or no.", metavar="ID"
    ),
]
Sample = Annotated[
    int | None,
    typer.Option(
        "--sample", help="Review the first N comments of the random order.", metavar="N"
    ),
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="Read decisions from a table (comment_id, themes) or a review.xlsx.",
        metavar="FILE",
    ),
]
Drawn = Annotated[
    Path | None,
    typer.Option(
        "--drawn",
        help="Declare a random sample drawn elsewhere: a table with a column comment_id.",
        metavar="FILE",
    ),
]
ChosenBy = Annotated[
    str | None,
    typer.Option(
        "--chosen",
        help="With --from: how the comments were chosen.",
        metavar="random|targeted|listed",
    ),
]
Double = Annotated[
    str | None,
    typer.Option(
        "--double",
        help="Code a share of others' comments again, blind: 20%.",
        metavar="PERCENT",
    ),
]
Adjudicate = Annotated[
    bool,
    typer.Option(
        "--adjudicate", help="Settle comments that reviewers judged differently."
    ),
]
Quotes = Annotated[
    bool,
    typer.Option("--quotes", help="Choose, trim and pin the quotes of the report."),
]
Start = Annotated[
    bool,
    typer.Option(
        "--start",
        help="Begin here: 30 random comments, blind, then code all comments.",
    ),
]
Assign = Annotated[
    Path | None,
    typer.Option(
        "--assign",
        help="Deal comments out to reviewers by a plan (YAML, or a table).",
        metavar="FILE",
    ),
]
Assigned = Annotated[
    str,
    typer.Option(
        "--assigned",
        help="A review sheet of the comments assigned to this reviewer.",
        metavar="NAME",
    ),
]
Take = Annotated[
    Path | None,
    typer.Option(
        "--take",
        help="Take decisions made on another machine: a folder, a .jsonl or a zip.",
        metavar="FOLDER|FILE",
    ),
]
ShowStatus = Annotated[
    bool,
    typer.Option(
        "--status", help="Print what is decided, how precise it is, and what is left."
    ),
]
Within = Annotated[
    float,
    typer.Option(
        "--within",
        help="With --status: the precision wanted, in percentage points.",
        min=0.1,
        max=50.0,
        metavar="N",
    ),
]
