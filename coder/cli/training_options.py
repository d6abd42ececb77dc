"""The options of `coder review` for training."""

from typing import Annotated

import typer

Train = Annotated[
    str | None,
    typer.Option(
        "--train",
        help="Learn: code comments with known answers (a table, or settled).",
        metavar="GOLD",
    ),
]
Mix = Annotated[
    int | None,
    typer.Option(
        "--mix",
        help="With --train: one of N comments of everybody is one of GOLD; 0 ends it.",
        metavar="N",
    ),
]
