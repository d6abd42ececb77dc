"""What every command prints with. Comment text is made safe to show and is never read as markup."""

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from coder.cli.bars import Bar
from coder.cli.table_columns import TableLayout
from coder.cli.table_layout import print_table
from coder.cli.wrapping import console, shown_prose
from coder.engine import Progress
from coder.project_lock import WAITING, tell_of_waits


class Printer:
    """Prints a command's outcome for people, once as JSON for programs, or not at all.

    Attributes:
        facts: what `--json` prints. A quiet run, and a run with `--json`, print no text and no
            tables.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet or as_json
        self.facts: dict[str, Any] = {}
        self._waits: set[str] = set()
        tell_of_waits(self._say_wait)

    def say(self, text: str = "", style: str = "") -> None:
        """Print a line or paragraph, wrapped between words; `text` may hold comment text."""
        if not self.quiet:
            _print_prose(text, style, error=False)

    def warn(self, text: str) -> None:
        """Print a message on standard error, in quiet runs too."""
        _print_prose(text, "yellow", error=True)

    def table(
        self,
        rows: Sequence[Sequence[object]],
        columns: Sequence[str],
        *,
        title: str = "",
        right: Sequence[str] = (),
        wide: Sequence[str] = (),
        whole: Sequence[str] = (),
        spare: Sequence[str] = (),
        bars: Sequence[Bar] = (),
        legend: str = "",
    ) -> None:
        """Print a table (see `TableLayout` for what the arguments after the title mean)."""
        if not self.quiet:
            layout = TableLayout(right, wide, whole, spare, bars, legend)
            print_table(rows, columns, title, layout)

    def finish(self) -> None:
        """Print the facts when JSON was asked for."""
        if self.as_json:
            facts = _without_nan(self.facts)
            text = json.dumps(facts, indent=2, ensure_ascii=True, default=str)
            sys.stdout.write(text + "\n")

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A line on standard error with the share done and the time left; when quiet or not at a
        terminal nothing but which command is waited for.
        """
        if self.quiet or not sys.stderr.isatty():
            yield self._say_wait
            return
        from coder.cli.progress_line import show_progress

        with show_progress() as report:
            yield report

    def _say_wait(self, _done: int, _total: int, what: str) -> None:
        """Say once why nothing happens, in quiet runs too; other progress is not told."""
        if what.startswith(WAITING) and what not in self._waits:
            self._waits.add(what)
            self.warn(f"{what}. Ctrl-C stops the wait, and nothing is changed.")


def _without_nan(value: Any) -> Any:
    """The value with null for every number that is none: JSON knows neither NaN nor infinity."""
    if isinstance(value, Mapping):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_error(text: str) -> None:
    """Print why a command stopped, on standard error."""
    _print_prose(f"Error: {text}", "", error=True)


def _print_prose(text: str, style: str, *, error: bool) -> None:
    from rich.text import Text

    screen = console(error=error)
    screen.print(Text(shown_prose(text, screen), style=style), soft_wrap=True)


def percent(part: float, whole: float) -> str:
    """`part` of `whole` as a whole percentage; under one, `<1%`; of nothing, a dash."""
    if whole <= 0:
        return "–"
    share = 100 * part / whole
    return "<1%" if 0 < share < 1 else f"{share:.0f}%"


def shorten(text: str, most: int) -> str:
    """The beginning of a text on one line, cut between words; the cut is shown."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return line[: most - 2].rsplit(" ", 1)[0] + " …"
