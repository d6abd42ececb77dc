"""Runs a screen without pauses, and reports what went wrong if it breaks."""

import gc
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Protocol, TypeVar

from coder import files

Result = TypeVar("Result", covariant=True)
MOST_SHOWN = 200  # characters of an unexpected error that the terminal shows


class ScreenApp(Protocol[Result]):
    """An app of Textual that keeps the fault that ended it."""

    failure: Exception | None

    def run(self) -> Result | None:
        """Show it until it is left."""


@contextmanager
def signals_kept() -> Iterator[None]:
    """Give signals back to whoever handled them: the loop of a screen leaves them to the system."""
    handlers = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGWINCH"):
        if hasattr(signal, name):  # Windows lacks some
            number = getattr(signal, name)
            handlers[number] = signal.getsignal(number)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextmanager
def collected_when_idle() -> Iterator[None]:
    """Keep Python from collecting garbage on its own, which stops the screen for up to 100 ms.

    What is loaded by now stays to the end; the rest is collected by the screen while no key is
    pressed.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def run_app(app: ScreenApp[Result]) -> tuple[Result | None, Exception | None]:
    """Show a screen until it is left; what it returned, and the fault that ended it, if any.

    It returns nothing where it was closed from outside.
    """
    failure: Exception | None = None
    result = None
    try:
        with signals_kept(), collected_when_idle():
            result = app.run()
    except Exception as error:  # the terminal could not be used, or not be given back
        failure = error
    return result, app.failure or failure


def describe_failure(failure: Exception) -> str:
    """A fault that nobody expected, in one line of a sensible length."""
    problem = " ".join(f"{type(failure).__name__}: {failure}".split())
    if len(problem) > MOST_SHOWN:
        problem = problem[:MOST_SHOWN] + "…"
    return problem


def write_report(failure: Exception, folder: Path, name: str) -> str:
    """Write the trace to a file, never to the terminal: it may contain comments.

    Args:
        name: what the file's name begins with.

    Returns:
        A sentence that says where the report is.
    """
    versions = ", ".join(
        [
            f"coder {metadata.version('coder')}",
            f"textual {metadata.version('textual')}",
            f"Python {sys.version}",
        ]
    )
    report = f"{versions}\n\n{''.join(traceback.format_exception(failure))}"
    printable = report.encode("utf-8", "backslashreplace").decode()
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    for place in (folder, Path(tempfile.gettempdir())):
        path = place / f"{name}-{stamp}.txt"
        with suppress(OSError):
            files.write_text(path, printable)
            return (
                f"Report: {path} (it may quote comments: read it before you share it)."
            )
    return "A report could not be written."
