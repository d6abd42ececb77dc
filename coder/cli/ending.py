"""What is said when a command ends before its time, by a fault."""

import errno
import os
import re
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from coder import files
from coder.cli.streams import OutputLostError
from coder.errors import CoderError
from coder.private import closed_place, how_to_open

TRACE = "CODER_TRACE"  # set it, and a fault of the program shows its trace
AT_FAULT = 1  # exit status: the input, the machine, or where the output goes to
FAULT_OF_PROGRAM = 70  # exit status
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
FAULTS_OF_DISK = ("DatabaseError", "OperationalError")  # as SQLite names them


def end_by(fault: BaseException) -> int:
    """Say what stopped the command; the exit status."""
    if isinstance(fault, OutputLostError):
        if fault.cause.errno != errno.EPIPE:  # whoever closed a pipe knows
            print_error(explain_lost_output(fault))
        return AT_FAULT
    if isinstance(fault, CoderError):
        print_error(fault)
        return AT_FAULT
    if not isinstance(fault, Exception) or os.environ.get(TRACE):
        raise fault
    print_error(explain_fault(fault))
    return AT_FAULT if is_of_machine(fault) else FAULT_OF_PROGRAM


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
    if _is_of_name(fault):
        return CoderError(
            "a name holds bytes that are no UTF-8, and this cannot be done with such a name",
            "Rename the file, or the folder that it is in.",
        )
    refused = files.system_error(fault)
    if refused is not None:
        return _explain_refusal(refused)
    if _is_of_database(fault):
        return CoderError(
            f"the cache of a project could not be used ({fault})",
            "Check the disk and the permissions, and run the command again.",
        )
    return CoderError(
        f"the program has a fault: {type(fault).__name__} in {_place_of(fault)}",
        f"Report this line. To see the trace, which may quote comments, set {TRACE}=1.",
    )


def is_of_machine(fault: Exception) -> bool:
    """Whether the disk, the memory or the system is at fault, and not the program."""
    if isinstance(fault, MemoryError) or _is_of_database(fault) or _is_of_name(fault):
        return True
    return files.system_error(fault) is not None


def _is_of_name(fault: Exception) -> bool:
    """Whether a library refused a name, typed or of the folder, that is not UTF-8: Python keeps
    such bytes as lone surrogates.
    """
    if not isinstance(fault, UnicodeEncodeError):
        return False
    with suppress(OSError):
        names = (*sys.argv, str(Path.cwd()))
        return any(LONE_SURROGATE.search(name) for name in names)
    return False


def _is_of_database(fault: Exception) -> bool:
    """Whether SQLite could not read or write a file."""
    kind = type(fault)
    return kind.__module__ == "sqlite3" and kind.__name__ in FAULTS_OF_DISK


def _explain_refusal(refused: OSError) -> CoderError:
    """The error for what the system refused.

    Without a number the words are of a library: they may quote a comment, and are left out.
    """
    place = "a file could not be read or written"
    if refused.filename:
        place = str(refused.filename)
    reason = f"{type(refused).__name__} in {_place_of(refused)}"
    if refused.errno:
        reason = os.strerror(refused.errno)
    fix = "Check the disk and the permissions, and run the command again."
    if refused.filename and closed_place(Path(place)) is not None:
        fix = how_to_open(Path(place))
    return CoderError(f"{place}: {reason}", fix)


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
