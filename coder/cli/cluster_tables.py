"""What `coder cluster` prints."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder.cli.cluster_notes import (
    INDENT,
    print_campaigns,
    print_next,
    print_quality,
    print_questions,
)
from coder.cli.printer import percent, shorten
from coder.errors import option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.clustering import Candidate
    from coder.workflow.cluster import ClusterOutcome

LARGEST_SHOWN = 15  # candidates, of which a terminal shows two lines each
QUOTE_SHOWN = 110  # characters of a quote; the file has it whole
KEYWORDS_SHOWN = 6


def print_candidates(
    outcome: "ClusterOutcome",
    printer: "Printer",
    target: Path,
    *,
    show_all: bool = False,
) -> None:
    """Print the largest candidates or all, what to look at, and the next step."""
    for warning in outcome.warnings:
        printer.warn(warning)
    _print_heading(outcome, printer)
    top = outcome.clustering.top
    shown = top
    if not show_all:
        shown = top[:LARGEST_SHOWN]
    for number, candidate in enumerate(shown, 1):
        _print_candidate(outcome, number, candidate, printer)
        if show_all:
            _print_details(outcome, candidate, printer)
    if len(shown) < len(top):
        _print_rest(outcome, top[len(shown) :], printer)
    print_questions(outcome, printer)
    print_campaigns(outcome, printer)
    print_quality(outcome, printer)
    print_next(outcome, printer, target)


def _print_heading(outcome: "ClusterOutcome", printer: "Printer") -> None:
    clustering, facts = outcome.clustering, outcome.clustering.facts
    coverage = outcome.coverage
    if coverage is not None:
        printer.say(
            f"{coverage.without_theme:,} of {count(coverage.analysed, 'comment')} have no theme of "
            f"{coverage.title}."
        )
    grouped = "whole comments"
    if facts["unit"] == "sentence":
        grouped = count(facts["units"], "sentence")
    copies = ""
    if outcome.campaigns == "once":
        copies = " (each set of copies counted once)"
    printer.say()
    printer.say(
        f"{count(len(clustering.top), 'candidate theme')} in {count(_base(outcome), 'comment')}"
        f"{copies}, grouped by {grouped}",
        "bold",
    )
    for note in clustering.notes:
        printer.say(note, "yellow")
    printer.say()


def _base(outcome: "ClusterOutcome") -> int:
    if outcome.campaigns == "once":
        return int(outcome.clustering.facts["different_comments"])
    return int(outcome.clustering.facts["comments"])


def _size(outcome: "ClusterOutcome", candidate: "Candidate") -> int:
    if outcome.campaigns == "once":
        return candidate.voices
    return candidate.size


def _print_candidate(
    outcome: "ClusterOutcome", number: int, candidate: "Candidate", printer: "Printer"
) -> None:
    """Its name, size and stability; its id, as `coder codebook from --themes` takes it; a quote."""
    size = _size(outcome, candidate)
    figures = f"{count(size, 'comment')}, {percent(size, _base(outcome))}"
    if candidate.stability is not None:
        figures += f", stability {candidate.stability:.2f}"
    heading = f"{number:3d}. {candidate.name}   {figures}"
    if candidate.marks:
        heading += f"   ({'; '.join(candidate.marks)})"
    printer.say(heading, "bold")
    quote = ""
    if candidate.examples:
        quote = f"  “{shorten(candidate.examples[0], QUOTE_SHOWN)}”"
    printer.say(f"{INDENT}{candidate.id}{quote}")


def _print_details(
    outcome: "ClusterOutcome", candidate: "Candidate", printer: "Printer"
) -> None:
    """Its keywords, and its sub-themes with their ids."""
    printer.say(INDENT + ", ".join(candidate.keywords[:KEYWORDS_SHOWN]), "cyan")
    for sub in outcome.clustering.under(candidate.id):
        size = count(_size(outcome, sub), "comment")
        printer.say(f"{INDENT}- {sub.name}   {size}   {sub.id}", "dim")


def _print_rest(
    outcome: "ClusterOutcome", rest: "Sequence[Candidate]", printer: "Printer"
) -> None:
    """How many candidates are not shown, and how to see them."""
    sizes = [_size(outcome, candidate) for candidate in rest]
    largest = count(max(sizes), "comment")
    printer.say()
    printer.say(
        f"{len(rest):,} more, of {largest} or fewer: add {option('all')} to see them."
    )
