"""What `coder review` does for each of its options, and what it prints then."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from coder.cli.printer import Printer
    from coder.reviewing.mode import ReviewMode
    from coder.workflow.review import Screen
    from coder.workflow.target import Columns

POINTS = 100  # percentage points in a share of 1


def show_status(
    target: "Path",
    codebook: "Path",
    columns: "Columns",
    within: float,
    printer: "Printer",
) -> None:
    """Count what is decided, and print it."""
    from coder.cli.review_tables import print_status
    from coder.cli.review_watch import say_watch
    from coder.workflow.review import review_status

    progress = review_status(target, codebook, columns, half_width=within / POINTS)
    print_status(progress, printer)
    say_watch(progress, printer)


def declare(
    target: "Path",
    codebook: "Path",
    drawn: "Path",
    columns: "Columns",
    printer: "Printer",
) -> None:
    """Write down a random sample drawn elsewhere, and print how far it is decided."""
    from coder.cli.review_summary import print_draw
    from coder.workflow.draws import declare_draw

    print_draw(declare_draw(target, codebook, drawn, columns), printer)


class TableReview(NamedTuple):
    """A table of decisions, and how they were made; as `workflow.review.review_from_table`."""

    table: "Path"
    reviewer: str | None
    blind: bool
    chosen: str | None


def take_table(
    target: "Path",
    codebook: "Path",
    review: TableReview,
    columns: "Columns",
    printer: "Printer",
) -> None:
    """Take decisions from a table, and print what was taken."""
    from coder.cli.review_summary import print_decisions
    from coder.workflow.review import review_from_table

    decisions = review_from_table(
        target,
        codebook,
        review.table,
        review.reviewer,
        columns,
        blind=review.blind,
        chosen=review.chosen,
    )
    print_decisions(decisions, printer)


def show_session(
    target: "Path",
    codebook: "Path",
    mode: "ReviewMode",
    columns: "Columns",
    screen: "Screen",
    printer: "Printer",
) -> None:
    """Show comments on the screen until the reviewer quits, and print what was done."""
    from coder.cli.review_summary import print_session
    from coder.workflow.review import review

    outcome = review(
        target,
        codebook,
        screen.reviewer,
        mode,
        columns,
        encoder=screen.encoder,
        light=screen.light,
    )
    print_session(outcome, printer)


def show_quotes(
    target: "Path",
    codebook: "Path",
    columns: "Columns",
    screen: "Screen",
    printer: "Printer",
) -> None:
    """Show the quotes on the screen until the analyst quits, and print how they were left."""
    from coder.cli.review_summary import print_quotes
    from coder.workflow.quotes import choose_quotes

    outcome = choose_quotes(target, codebook, columns, light=screen.light)
    print_quotes(outcome, printer)


def run_start(
    target: "Path",
    codebook: "Path",
    columns: "Columns",
    screen: "Screen",
    seed: int,
    printer: "Printer",
) -> None:
    """Show what is left of the first review, code the comments when it is complete, and print
    both.
    """
    from coder.cli.start_summary import print_start
    from coder.workflow.start import finish_start, start_review

    begun = start_review(target, codebook, columns, screen, seed=seed)
    with printer.progress() as progress:
        outcome = finish_start(begun, encoder=screen.encoder, progress=progress)
    print_start(outcome, printer)
