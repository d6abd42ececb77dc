"""`--raise-limits N`: read a file that you trust although it asks for more than files do."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from coder import limits

Times = Annotated[
    int,
    typer.Option(
        "--raise-limits",
        min=1,
        max=limits.MOST_TIMES,
        help="Allow files N times the usual size, memory and time. A hostile file can then "
        "take as much: only for files that you trust.",
        metavar="N",
    ),
]


def with_limits(function: Callable[..., None]) -> Callable[..., None]:
    """The command with the option.

    Args:
        function: runs the command with what was typed.
    """
    own = signature(function)

    @wraps(function)
    def run(*, raise_limits: int, **typed: Any) -> None:
        with limits.raise_limits(raise_limits):
            function(**typed)

    times = Parameter(
        "raise_limits",
        Parameter.KEYWORD_ONLY,
        default=1,
        annotation=Times,
    )
    parameters = [*own.parameters.values(), times]
    # typer reads the options from the signature.
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run
