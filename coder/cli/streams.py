"""Standard output and standard error, whatever they lead to: a closed pipe, a full disk, a
terminal with few letters.
"""

import codecs
import io
import os
import sys
from collections.abc import Callable
from typing import Any, Protocol, TextIO

# What is written for signs that an encoding lacks; others become escapes such as \u2192.
PLAIN_SIGNS = {
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{BULLET}": "*",
    "\N{MIDDLE DOT}": "-",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{RIGHTWARDS ARROW}": "->",
}
PLAIN = "coder-plain"  # the name of `write_plainly` as an error handler of encodings


class OutputLostError(Exception):
    """Standard output could not be written.

    Attributes:
        cause: what the system says.
    """

    def __init__(self, cause: OSError) -> None:
        super().__init__(cause.strerror)
        self.cause = cause


class RawStream(Protocol):
    """The part of a raw stream of Python that is written to."""

    def write(self, data: Any, /) -> int | None:
        """Write bytes; how many were written."""

    def fileno(self) -> int:
        """The descriptor."""

    def isatty(self) -> bool:
        """Whether it is a terminal."""


class _Guarded(io.RawIOBase):
    """A stream whose faults come as one error, and only once: later writes are dropped."""

    def __init__(self, raw: RawStream, fail: Callable[[OSError], None]) -> None:
        self._raw = raw
        self._fail = fail
        self._is_lost = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw.isatty()

    def write(self, data: Any, /) -> int | None:
        if self._is_lost:
            return memoryview(data).nbytes
        try:
            return self._raw.write(data)
        except OSError as error:
            self._is_lost = True
            self._fail(error)
            return memoryview(data).nbytes


def guard_streams() -> None:
    """Write to the standard streams through guards.

    A fault of standard output raises `OutputLostError`. One of standard error is passed over: there
    is nobody to tell, and the command's own work goes on. Streams that are not those of the
    interpreter, such as those of a test or a notebook, stay as they are.
    """
    codecs.register_error(PLAIN, write_plainly)
    if sys.stdout is sys.__stdout__:
        sys.stdout = _guarded(sys.stdout, 1, _lose_output)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _guarded(sys.stderr, 2, _pass_over)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115


def _guarded(
    stream: TextIO | None, descriptor: int, fail: Callable[[OSError], None]
) -> TextIO:
    """A stream that writes where another does, or to a descriptor where there is none."""
    if stream is None:
        raw: RawStream = io.FileIO(descriptor, "w", closefd=False)
        encoding = "utf-8"
        in_lines = False
    else:
        raw = getattr(stream.buffer, "raw", stream.buffer)
        encoding = stream.encoding
        in_lines = bool(stream.line_buffering)
    return io.TextIOWrapper(
        io.BufferedWriter(_Guarded(raw, fail)),
        encoding=encoding,
        errors=PLAIN,
        line_buffering=in_lines,
    )


def _lose_output(error: OSError) -> None:
    raise OutputLostError(error) from error


def _pass_over(_: OSError) -> None:
    pass


def write_plainly(error: UnicodeError) -> tuple[str, int]:
    """An error handler of encodings: signs that are missing are replaced by plain ones."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = ""
    for sign in error.object[error.start : error.end]:
        escape = sign.encode("ascii", "backslashreplace").decode("ascii")
        plain += PLAIN_SIGNS.get(sign, escape)
    return plain, error.end
