"""The options of `coder review`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from coder.errors import CoderError, option

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
Light = Annotated[
    bool, typer.Option("--light", help="Begin with light colours (l changes them).")
]


def share_of(percentage: str | None) -> float | None:
    """`20%`, `20` or `0.2` as a share."""
    if percentage is None:
        return None
    number = percentage.strip().removesuffix("%")
    try:
        share = float(number)
    except ValueError:
        share = 0.0
    if percentage.strip().endswith("%") or share > 1:
        share /= 100
    if not 0 < share <= 1:
        raise CoderError(
            f"{option('double', percentage)}: must be a percentage, such as 20%",
            f"For example {option('double', '20%')}.",
        )
    return share


def check_options(options: Mapping[str, Any]) -> None:
    """Raise where two options ask for different things (see also `reviewing.mode.check_mode`)."""
    names = {"from_": "from", "status": "status", "drawn": "drawn", "start": "start"}
    separate_keys = frozenset(("from_", "status", "drawn", "start", "quotes"))
    others = ("theme", "sample", "double", "adjudicate", "quotes")
    names |= {name: name for name in others}
    given = {
        key for key, value in options.items() if not (value is None or value is False)
    }
    chosen = [option(name) for key, name in names.items() if key in given]
    separate = given & separate_keys
    if separate and len(chosen) > 1:
        raise CoderError(
            f"{' and '.join(chosen)} cannot be used together", "Use one of them."
        )
    if options["chosen"] is not None and options["from_"] is None:
        raise CoderError(
            f"{option('chosen')} tells how the comments of a table were chosen, and no table is "
            "given",
            f"Give the table as well: {option('from', 'FILE.csv')}.",
        )
