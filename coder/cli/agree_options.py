"""The options of `coder agree`."""

from pathlib import Path
from typing import Annotated

import typer

With = Annotated[
    Path | None,
    typer.Option(
        "--with", help="Score the labels against this table of codings.", metavar="FILE"
    ),
]
To = Annotated[
    Path | None,
    typer.Option("--to", help="Write all figures: .csv, .json or .md.", metavar="FILE"),
]
Unseen = Annotated[
    bool,
    typer.Option(
        "--unseen",
        help="With --with: only comments that no reviewer of this codebook decided.",
    ),
]
Blind = Annotated[
    bool,
    typer.Option("--blind", help="Between reviewers: only what was decided blind."),
]
Reviewers = Annotated[
    list[str] | None,
    typer.Option("--reviewer", help="Only this reviewer (repeat).", metavar="NAME"),
]
Similar = Annotated[
    Path | None,
    typer.Option(
        "--alike", help="Write similar comments coded differently.", metavar="FILE.csv"
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        help="Also the model's errors by the groups of a column (repeat).",
        metavar="COL",
    ),
]
