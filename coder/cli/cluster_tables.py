"""What `coder cluster` prints."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.cli.cluster_notes import (
    INDENT,
    print_campaigns,
    print_next,
    print_quality,
    print_questions,
    shorten,
)
from coder.cli.printer import percent
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.clustering import Candidate
    from coder.workflow.cluster import ClusterOutcome

QUOTE_SHOWN = 160  # characters of a quote; the file has it whole
KEYWORDS_SHOWN = 6


def print_candidates(
    outcome: "ClusterOutcome", printer: "Printer", target: Path
) -> None:
    """Print the candidates, what to look at, and the next step."""
    for warning in outcome.warnings:
        printer.warn(warning)
    _print_heading(outcome, printer)
    for number, candidate in enumerate(outcome.clustering.top, 1):
        _print_candidate(outcome, number, candidate, printer)
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
    size = _size(outcome, candidate)
    marks = list(candidate.marks)
    if candidate.unstable:
        marks[0] = f"unstable, {candidate.stability:.2f}"
    heading = f"{number:3d}. {candidate.name}   {count(size, 'comment')}"
    heading += f", {percent(size, _base(outcome))}"
    if marks:
        heading += f"   ({'; '.join(marks)})"
    printer.say(heading, "bold")
    printer.say(INDENT + ", ".join(candidate.keywords[:KEYWORDS_SHOWN]), "cyan")
    if candidate.examples:
        printer.say(f"{INDENT}“{shorten(candidate.examples[0], QUOTE_SHOWN)}”")
    subs = outcome.clustering.under(candidate.id)
    if subs:
        parts = [f"{sub.name} {_size(outcome, sub):,}" for sub in subs]
        printer.say(f"{INDENT}sub-themes: {'; '.join(parts)}", "dim")
