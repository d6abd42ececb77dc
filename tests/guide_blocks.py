"""The code blocks of the README and the guide, and running them.

`python tests/guide_blocks.py start` and `test` print the two set-up commands of the README, `formats` its list of
formats.

A block's language says what happens to it: `sh` is run as commands (a review on the screen in a terminal of its
own, into which keys are typed), `python` is executed, `yaml` is written to the file that the comment above it
names. A block without a language is shown only (it names files that do not exist here).
"""

import contextlib
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
GUIDE = ROOT / "examples" / "guide"
BLOCK = re.compile(
    r"^(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<language>[a-z]*)\n(?P<text>.*?)^```",
    flags=re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """One fenced block of a page."""

    language: str
    text: str
    file: str  # where a `yaml` block goes


class Done(NamedTuple):
    """What a command did."""

    line: str
    status: int
    printed: str


def blocks_of(page: Path) -> list[Block]:
    """Every fenced block, in order."""
    return [
        Block(match["language"], match["text"], match["file"] or "")
        for match in BLOCK.finditer(page.read_text("utf-8"))
    ]


def setup_commands() -> list[str]:
    """The README's two shell lines: install and run the example; install and run the tests."""
    shell = [block.text for block in blocks_of(README) if block.language == "sh"]
    return shell[:2]


def formats_of_readme() -> str:
    """The list of formats as the README shows it, made from the tables of readers and writers."""
    from coder.exporting.writers import PACK, REVIEW_SHEET, WRITERS
    from coder.reading.formats import format_labels

    rows = []
    for writer in WRITERS:
        extra = ""
        if writer.extra:
            extra = f" (extra `{writer.extra}`)"
        rows.append(f"| `{writer.suffix}` | {writer.purpose}{extra} |")
    rows.append(f"| `{PACK}` | an audit pack, from which `coder check` rebuilds the tables |")
    rows.append(f"| `{REVIEW_SHEET}` | a sheet to review in |")
    head = ["| to | what it is |", "|---|---|"]
    return "\n".join([f"`coder read` reads: {format_labels()}.", "", *head, *rows])


def run_line(line: str) -> Done:
    """Run one `coder ...` line in this process; what it prints to either stream is returned."""
    from coder.cli import main

    words = shlex.split(line)
    if words[0] != "coder":
        raise AssertionError(f"not a coder command: {line}")
    printed = io.StringIO()
    before = sys.argv
    sys.argv = words
    status = 0
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            main()
    except SystemExit as stop:
        status = int(stop.code or 0)
    finally:
        sys.argv = before
    return Done(line, status, printed.getvalue())


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder for a while."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


if __name__ == "__main__":
    if sys.argv[1] == "formats":
        print(formats_of_readme())
    else:
        print(setup_commands()[("start", "test").index(sys.argv[1])])
