"""The line that shows how far a step is, and how long it will still take."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, ProgressColumn, Task, TextColumn
from rich.progress import Progress as ProgressBars
from rich.text import Text

from coder.cli.durations import format_duration
from coder.cli.wrapping import console
from coder.engine import Progress
from coder.project_lock import WAITING

SECONDS_OF_RATE = (
    120  # the rate is that of the last two minutes: kept blocks come at once
)


class TimeLeft(ProgressColumn):
    """`12 min left`, by the rate so far; nothing before there is a rate and after the end."""

    def render(self, task: Task) -> Text:
        """The cell of a step."""
        if task.description.startswith(WAITING):
            return Text("")  # nobody knows how long others take
        seconds = task.time_remaining
        if seconds is None or task.finished:
            return Text("")
        return Text(f"{format_duration(seconds)} left", style="progress.remaining")


class AmountDone(ProgressColumn):
    """`1,200 of 3,000`; of a wait, how long it has taken."""

    def render(self, task: Task) -> Text:
        """The cell of a step."""
        if task.description.startswith(WAITING):
            return Text(f"for {format_duration(task.completed)}; Ctrl-C stops the wait")
        return Text(f"{task.completed:,.0f} of {task.total or 0:,.0f}")


class ShareDone(TextColumn):
    """`40%`; nothing of a wait, which has no known end."""

    def render(self, task: Task) -> Text:
        """The cell of a step."""
        if task.description.startswith(WAITING):
            return Text("")
        return super().render(task)


@contextmanager
def show_progress() -> Iterator[Progress]:
    """A line for each step on standard error, gone at the end."""
    bars = ProgressBars(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        ShareDone("{task.percentage:>3.0f}%", markup=False),
        AmountDone(),
        TimeLeft(),
        console=console(error=True),
        transient=True,
        speed_estimate_period=SECONDS_OF_RATE,
    )
    steps: dict[str, Any] = {}

    def report(done: int, total: int | None, what: str) -> None:
        if what not in steps:
            steps[what] = bars.add_task(what, total=total)
        if what.startswith(WAITING):
            total = None  # a bar that moves, and never fills
        bars.update(steps[what], completed=done, total=total)

    with bars:
        yield report
