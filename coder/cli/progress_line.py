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

SECONDS_OF_RATE = (
    120  # the rate is that of the last two minutes: kept blocks come at once
)


class TimeLeft(ProgressColumn):
    """`12 min left`, by the rate so far; nothing before there is a rate and after the end."""

    def render(self, task: Task) -> Text:
        """The cell of a step."""
        seconds = task.time_remaining
        if seconds is None or task.finished:
            return Text("")
        return Text(f"{format_duration(seconds)} left", style="progress.remaining")


@contextmanager
def show_progress() -> Iterator[Progress]:
    """A line for each step on standard error, gone at the end."""
    bars = ProgressBars(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%", markup=False),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}", markup=False),
        TimeLeft(),
        console=console(error=True),
        transient=True,
        speed_estimate_period=SECONDS_OF_RATE,
    )
    steps: dict[str, Any] = {}

    def report(done: int, total: int, what: str) -> None:
        if what not in steps:
            steps[what] = bars.add_task(what, total=total)
        bars.update(steps[what], completed=done, total=total)

    with bars:
        yield report
