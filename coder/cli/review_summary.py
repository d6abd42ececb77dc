"""What `coder review` prints after a session on the screen, or after reading a table."""

from typing import TYPE_CHECKING

from coder.cli.reading_summary import say_reading
from coder.cli.sample_lines import describe_progress, say_samples
from coder.errors import CoderError, option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.draws import DrawOutcome
    from coder.workflow.quotes import QuotesOutcome
    from coder.workflow.review import (
        ReviewOutcome,
        ReviewTarget,
        TableOutcome,
    )


def print_session(outcome: "ReviewOutcome", printer: "Printer") -> None:
    """Print what was done in a session on the screen.

    Raises:
        CoderError: decisions could not be saved.
    """
    printer.facts = outcome.facts()
    say_session(outcome, printer)
    say_samples(outcome.samples, outcome.target, printer)
    if outcome.summary.decided:
        _say_next(outcome.target, printer)


def say_session(outcome: "ReviewOutcome", printer: "Printer") -> None:
    """Say how much was decided, how long it took, and what was skipped.

    Raises:
        CoderError: decisions could not be saved.
    """
    summary = outcome.summary
    minutes = count(round(summary.seconds / 60), "minute")
    words = count(summary.words_read, "word")
    decided = count(summary.decided, "comment")
    printer.say(f"{decided} decided by {outcome.reviewer} in {minutes} ({words} read).")
    for note in outcome.notes:
        printer.warn(note)
    if summary.skipped:
        printer.say(
            f"{count(summary.skipped, 'comment')} skipped; you will see them again."
        )
    if summary.unsaved:
        raise CoderError(
            f"{count(summary.unsaved, 'decision')} could not be saved",
            "Those before are saved; decide these comments again.",
        )


def print_quotes(outcome: "QuotesOutcome", printer: "Printer") -> None:
    """Print how the choice of quotes was left, and what comes next."""
    printer.facts = outcome.facts()
    say_reading(outcome.target.reading, printer)
    summary = outcome.summary
    pinned = count(summary.pinned, "quote")
    printer.say(f"{pinned} pinned in {outcome.target.project.folder / 'quotes.yaml'}.")
    if summary.never_quoted:
        printer.say(f"{count(summary.never_quoted, 'comment')} never quoted.")
    for note in outcome.notes:
        printer.warn(note)
    if summary.changes:
        export = outcome.target.command("export", option("to", "report.html"))
        printer.say(f"Write the report with them: {export}")


def print_decisions(outcome: "TableOutcome", printer: "Printer") -> None:
    """Print what was read from a table."""
    say_reading(outcome.target.reading, printer)
    printer.facts = outcome.facts()
    table = outcome.decisions
    for note in table.notes:
        printer.warn(note)
    added = f"{count(table.added, 'decision')} kept for {outcome.reviewer}"
    sentence = f"{added} beside {outcome.target.codebook_path}"
    if table.already:
        sentence += f"; {table.already:,} were there already"
    printer.say(f"{sentence}.")
    rows = count(table.added + table.already, "row")
    printer.say(f"{table.with_theme:,} of {rows} name a theme.")
    _say_draws(outcome, printer)
    if table.excluded:
        excluded = count(table.excluded, "row")
        printer.say(
            f"{excluded} on comments that are not analysed; these decisions are kept too."
        )
    if table.not_done:
        sentence = (
            f"{count(table.not_done, 'row')} left out, without yes in the column done"
        )
        if table.begun:
            sentence += f"; {table.begun:,} of them with entries"
        printer.say(f"{sentence}.")
    if table.unused:
        printer.say(f"Columns not used: {', '.join(table.unused)}.")
    if table.added:
        _say_next(outcome.target, printer)


def _say_draws(outcome: "TableOutcome", printer: "Printer") -> None:
    """Which rows count as drawn at random, and what is missing of the draws."""
    table = outcome.decisions
    if table.random:
        printer.say(f"{count(table.random, 'row')} on comments drawn at random.")
    if table.refused:
        declare = outcome.target.command("review", option("drawn", "FILE"))
        rows = count(table.refused, "row")
        printer.warn(
            f"{rows} said to be drawn at random are in no random draw of this project, and do "
            "not count as random. Where they were drawn in another program, declare all the "
            f"comments of that draw, decided or not: {declare}"
        )
    say_samples(table.samples, outcome.target, printer)


def print_draw(outcome: "DrawOutcome", printer: "Printer") -> None:
    """Print what was declared, and how far it is decided."""
    say_reading(outcome.target.reading, printer)
    printer.facts = outcome.facts()
    sample = outcome.sample
    printer.say(
        f"{count(sample.drawn, 'comment')} declared as drawn at random, beside "
        f"{outcome.target.codebook_path}; {sample.decided:,} of them decided."
    )
    if outcome.not_analysed:
        comments = count(outcome.not_analysed, "comment")
        printer.say(f"{comments} of the table not analysed, and left out of the draw.")
    if sample.missing:
        printer.say(describe_progress(sample))


def _say_next(target: "ReviewTarget", printer: "Printer") -> None:
    printer.say(f"Learn from the decisions: {target.command('apply')}")
