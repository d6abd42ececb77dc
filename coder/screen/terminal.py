"""Whether a screen can be shown where the program runs."""

import os
import sys

from coder.errors import CoderError

PLAIN_TERMINALS = ("dumb", "unknown")  # they move no cursor


def check_terminal(purpose: str, instead: str) -> None:
    """Make sure that a screen can be shown.

    Args:
        purpose: what needs one, such as `a review`.
        instead: what to do without one.

    Raises:
        CoderError: there is no terminal, or one that shows lines only.
    """
    # The screen is drawn on standard error.
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise CoderError(f"{purpose} needs a terminal to show its screen", instead)
    name = os.environ.get("TERM", "")
    if os.name == "posix" and name in PLAIN_TERMINALS:
        raise CoderError(
            f"{purpose} needs a terminal that shows screens, and TERM is {name!r}",
            instead,
        )
