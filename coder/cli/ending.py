"""What is said when a command ends before its time, by a fault."""

import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from coder.cli.streams import OutputLostError
from coder.errors import CoderError

TRACE = "CODER_TRACE"  # set it, and a fault of the program shows its trace


def print_error(error: CoderError) -> None:
    """Print why a command stopped, after what it said before."""
    from coder.cli import printer

    with suppress(OutputLostError):
        sys.stdout.flush()
    printer.print_error(str(error.args[0]))


def explain_fault(fault: Exception) -> CoderError:
    """The error for a fault that no part of the program expected.

    What an unknown fault says is left out: it may quote a comment.
    """
    if isinstance(fault, MemoryError):
        return CoderError(
            "the computer has not enough memory for this",
            "Close other programs, or use a machine with more memory.",
        )
    if isinstance(fault, OSError) and fault.errno:
        place = f"{fault.filename}: " if fault.filename else ""
        return CoderError(
            f"{place}{os.strerror(fault.errno)}",
            "Check the disk and the permissions, and run the command again.",
        )
    if type(fault).__module__ == "sqlite3":
        return CoderError(
            f"the cache of a project could not be used ({fault})",
            "Check the disk and the permissions, and run the command again.",
        )
    return CoderError(
        f"the program has a fault: {type(fault).__name__} in {_place_of(fault)}",
        f"Report this line. To see the trace, which may quote comments, set {TRACE}=1.",
    )


def explain_lost_output(lost: OutputLostError) -> CoderError:
    """The error for output that did not arrive."""
    return CoderError(
        f"the output could not be written ({lost})",
        "What the command says is not complete. Free some space, or send the output elsewhere, "
        "and run the command again.",
    )


def _place_of(fault: Exception) -> str:
    """`coder/text.py, line 12`: the last line of this program that was run."""
    package = Path(__file__).parents[1]
    for frame in reversed(traceback.extract_tb(fault.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(package):
            return f"{path.relative_to(package.parent)}, line {frame.lineno}"
    return "a library"
