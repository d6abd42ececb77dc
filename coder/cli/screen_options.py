"""The options of `coder review` that say how the screen looks."""

from typing import Annotated

import typer

Light = Annotated[
    bool, typer.Option("--light", help="Begin with light colours (l changes them).")
]
Order = Annotated[
    str,
    typer.Option(
        "--order",
        help="Order of the themes: the codebook's, or the model's likeliest first.",
        metavar="codebook|model",
    ),
]
Tick = Annotated[
    float,
    typer.Option(
        "--tick",
        help="Probability from which a suggested theme is ticked in advance; 1: none.",
        metavar="P",
    ),
]
