"""Mailboxes (mbox): one message after the other, however large the file."""

import re
from collections.abc import Iterator
from pathlib import Path

# The line before each message. Lines of a body may begin with the same word.
SEPARATOR = re.compile(rb"From \S+.*\d{4}\s*$|From - |From \S+@\S+")
BEGINNING = 2_000  # bytes that tell a mailbox
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def messages_of(path: Path) -> Iterator[bytes]:
    """The messages of a mailbox, each as a mail."""
    lines: list[bytes] = []
    begun = False
    after_blank = True
    with path.open("rb") as file:
        for line in file:
            if after_blank and line.startswith(b"From ") and SEPARATOR.match(line):
                if begun:
                    yield _message(lines)
                lines = []
                begun = True
            elif begun:
                lines.append(line)
            after_blank = not line.strip()
    if begun:
        yield _message(lines)


def _message(lines: list[bytes]) -> bytes:
    return ESCAPED.sub(rb"\1", b"".join(lines))


def is_mailbox(path: Path) -> bool:
    """Whether a file begins as a mailbox does.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        beginning = file.read(BEGINNING)
    return bool(SEPARATOR.match(beginning.split(b"\n", 1)[0]))
