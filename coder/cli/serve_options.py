"""The options of `coder serve`."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from coder.errors import CoderError, option

Reviewers = Annotated[
    list[str] | None,
    typer.Option("--reviewer", help="Who reviews (repeat).", metavar="NAME"),
]
Adjudicators = Annotated[
    list[str] | None,
    typer.Option(
        "--adjudicator", help="Who settles disputes (repeat).", metavar="NAME"
    ),
]
Leads = Annotated[
    list[str] | None,
    typer.Option("--lead", help="Who sees the work and may do all.", metavar="NAME"),
]
NewLinks = Annotated[
    list[str] | None,
    typer.Option("--new-link", help="Who gets a new link (repeat).", metavar="NAME"),
]
Withdraw = Annotated[
    list[str] | None,
    typer.Option(
        "--withdraw", help="Whose link ends at once (repeat).", metavar="NAME"
    ),
]
ShowLinks = Annotated[bool, typer.Option("--links", help="List the links, and end.")]
Expires = Annotated[
    str,
    typer.Option(
        "--expires", help="How long new links hold: 12h, 14d.", metavar="TIME"
    ),
]
Host = Annotated[
    str, typer.Option("--host", help="The address to listen on.", metavar="ADDRESS")
]
Port = Annotated[
    int,
    typer.Option("--port", help="0 takes any that is free.", min=0, max=65535),
]
Certificate = Annotated[
    Path | None,
    typer.Option("--certificate", help="For HTTPS: a PEM file.", metavar="FILE"),
]
Key = Annotated[
    Path | None, typer.Option("--key", help="Its key: a PEM file.", metavar="FILE")
]
BehindProxy = Annotated[
    str,
    typer.Option(
        "--behind-proxy",
        help="The address that people open, where a proxy does HTTPS.",
        metavar="https://NAME",
    ),
]
NoLearning = Annotated[
    bool,
    typer.Option("--no-learning", help="Keep the suggestions of the last apply."),
]

TIME = re.compile(r"([0-9]{1,4})([hd])")


def time_of(text: str) -> timedelta:
    """`14d` or `12h` as a time.

    Raises:
        CoderError: it is neither.
    """
    match = TIME.fullmatch(text.strip())
    if match is None:
        raise CoderError(
            f"{option('expires', text)}: not a time",
            f"Give hours or days, for example {option('expires', '14d')}.",
        )
    number = int(match[1])
    if match[2] == "h":
        return timedelta(hours=number)
    return timedelta(days=number)
