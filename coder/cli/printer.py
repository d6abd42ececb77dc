"""What every command prints with. Comment text passes `safe_text` and is never read as markup."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import for_command_line
from coder.text import safe_text

if TYPE_CHECKING:
    from rich.console import Console


def console(*, error: bool = False) -> "Console":
    """A console that reads nothing as markup, emoji codes or highlights."""
    from rich.console import Console

    return Console(stderr=error, markup=False, emoji=False, highlight=False, soft_wrap=False)


class Printer:
    """Prints a command's findings for people, or once as JSON for programs, or not at all.

    `facts` gathers what `--json` prints; the `say` and `table` of a quiet or JSON run print nothing.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet or as_json
        self.facts: dict[str, Any] = {}

    def say(self, text: str = "", style: str = "") -> None:
        """One line or paragraph; `text` may hold comment text."""
        if not self.quiet:
            from rich.text import Text

            shown = safe_text(for_command_line(text))
            console().print(Text(shown, style=style), soft_wrap=True)

    def warn(self, text: str) -> None:
        """A line on standard error that also a quiet run shows."""
        from rich.text import Text

        shown = safe_text(for_command_line(text))
        console(error=True).print(Text(shown, style="yellow"), soft_wrap=True)

    def table(
        self,
        rows: Sequence[Sequence[object]],
        columns: Sequence[str],
        *,
        title: str = "",
        right: Sequence[str] = (),
        wide: Sequence[str] = (),
        whole: Sequence[str] = (),
    ) -> None:
        """A table; columns named in `right` hold numbers, those in `wide` take the room that is left.

        A word of a column in `whole`, such as an id, is never broken, however narrow the terminal is.
        """
        if self.quiet:
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        grid = Table(
            title=Text(safe_text(title), style="bold") if title else None,
            title_justify="left",
            box=SIMPLE_HEAD,
            pad_edge=False,
            header_style="bold",
        )
        least: list[int] = []  # cells that each column needs
        for place, name in enumerate(columns):
            cells = [cell for row in rows for cell in safe_text(str(row[place])).split("\n")]
            indent = max((len(cell) - len(cell.lstrip()) for cell in cells), default=0)
            words = [
                cell if name in right else max(cell.split(), key=len, default="") for cell in cells
            ]
            longest = max([len(name), *map(len, words)]) + indent
            least.append(longest if name in whole or name in right else max(12, len(name)))
            grid.add_column(
                Text(name),
                justify="right" if name in right else "left",
                ratio=1 if name in wide else None,
                no_wrap=name in right,
                overflow="fold",
                width=longest if name in whole else None,
            )
        for row in rows:
            grid.add_row(*(Text(safe_text(str(cell))) for cell in row))
        screen = console()
        if whole:  # rather lines that the terminal wraps than columns that are cut off
            screen.width = max(screen.width, sum(least) + 3 * len(least))
        screen.print(grid)

    def finish(self) -> None:
        """Print the facts when JSON was asked for."""
        if self.as_json:
            sys.stdout.write(
                json.dumps(self.facts, indent=2, ensure_ascii=True, default=str) + "\n"
            )

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress bar with the time left on standard error; nothing when quiet or not at a terminal."""
        if self.quiet or not sys.stderr.isatty():
            yield silent
            return
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f}", markup=False),
            TimeRemainingColumn(),
            console=console(error=True),
            transient=True,
        )
        tasks: dict[str, Any] = {}
        with bar:

            def report(done: int, total: int, what: str) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(what, total=total)
                bar.update(tasks[what], completed=done, total=total)

            yield report


def percent(part: float, whole: float) -> str:
    """`part` of `whole` as a whole percentage; under one, `<1%`; on nothing, a dash."""
    if whole <= 0:
        return "–"
    share = 100 * part / whole
    return "<1%" if 0 < share < 1 else f"{share:.0f}%"


Report = Callable[[str], None]
