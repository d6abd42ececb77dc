"""What `coder apply --estimate` says."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.cli.durations import format_duration
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.embedding import EncoderChoice
    from coder.reading.options import Columns
    from coder.workflow.estimate import EstimateOutcome

GIGABYTE = 1e9
MEGABYTE = 1e6


def run_estimate(
    target: Path,
    codebook: Path,
    columns: "Columns",
    encoder: "EncoderChoice",
    workers: int | None,
    printer: "Printer",
) -> None:
    """Measure and print."""
    from coder.workflow.estimate import estimate

    with printer.progress() as progress:
        outcome = estimate(
            target,
            codebook,
            columns,
            encoder=encoder,
            workers=workers,
            progress=progress,
        )
    print_estimate(outcome, printer)
    printer.facts = outcome.facts()
    printer.finish()


def print_estimate(outcome: "EstimateOutcome", printer: "Printer") -> None:
    """The cost with one worker, with the cores there are and with the workers asked for."""
    rows = []
    for plan in outcome.plans:
        cells = (
            f"{plan.workers:,}",
            format_duration(plan.seconds),
            format_duration(plan.cpu_seconds),
            format_bytes(plan.memory),
        )
        rows.append(cells)
    printer.table(
        rows,
        ("workers", "time", "processor time", "memory"),
        title=f"To code {count(outcome.comments, 'comment')}",
        right=("workers", "time", "processor time", "memory"),
    )
    printer.say(f"Texts to encode: {outcome.encoded:,}.")
    disk = f"On disk: {format_bytes(outcome.disk)}"
    if outcome.disk_meanwhile:
        disk += f", and {format_bytes(outcome.disk_meanwhile)} until it is done"
    printer.say(f"{disk}.")
    for sentence in outcome.assumptions:
        printer.say(sentence)


def format_bytes(size: int) -> str:
    """`350 MB`, `4.2 GB`."""
    if size < GIGABYTE:
        return f"{max(1, round(size / MEGABYTE)):,} MB"
    return f"{size / GIGABYTE:,.1f} GB"
