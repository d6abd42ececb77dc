"""What `coder cluster` prints."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.cli.printer import percent
from coder.errors import command, option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.clustering import Candidate
    from coder.workflow.cluster import ClusterOutcome

QUOTE_SHOWN = 160  # characters of a quote; the file has it whole
LETTER_SHOWN = 90  # characters of a campaign's text
KEYWORDS_SHOWN = 6
CAMPAIGNS_SHOWN = 8
INDENT = "     "


def print_candidates(outcome: "ClusterOutcome", printer: "Printer", target: Path) -> None:
    """Print the candidates, what to look at, and the next step."""
    for warning in outcome.warnings:
        printer.warn(warning)
    _print_heading(outcome, printer)
    for number, candidate in enumerate(outcome.clustering.top, 1):
        _print_candidate(outcome, number, candidate, printer)
    _print_merges(outcome, printer)
    _print_near_themes(outcome, printer)
    _print_campaigns(outcome, printer)
    _print_quality(outcome, printer)
    _print_next(outcome, printer, target)


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


def _print_merges(outcome: "ClusterOutcome", printer: "Printer") -> None:
    clustering = outcome.clustering
    if clustering.similar:
        printer.say()
        printer.say("Possible duplicates: should these be one theme?", "bold")
    for pair in clustering.similar:
        first, second = clustering.by_id[pair.first], clustering.by_id[pair.second]
        printer.say(f"{INDENT}{first.name}  and  {second.name}")


def _print_near_themes(outcome: "ClusterOutcome", printer: "Printer") -> None:
    likely = [near for near in outcome.near_themes if near.similarity.reason]
    if likely:
        printer.say()
        printer.say("Do these belong to a theme that the codebook has?", "bold")
    for near in likely:
        candidate = outcome.clustering.by_id[near.similarity.first]
        theme = f"{near.theme_name} ({near.similarity.second})"
        printer.say(f"{INDENT}{candidate.name}  to  {theme}")


def _print_campaigns(outcome: "ClusterOutcome", printer: "Printer") -> None:
    clustering = outcome.clustering
    if clustering.campaigns.empty:
        return
    printer.say()
    printer.say("Campaigns: one text from several senders, grouped as one comment", "bold")
    for row in clustering.campaigns.head(CAMPAIGNS_SHOWN).itertuples():
        name = clustering.by_id[str(row.candidate_id)].name
        text = shorten(str(row.text), LETTER_SHOWN)
        printer.say(f"{INDENT}{count(int(str(row.comments)), 'comment')}, in {name}: “{text}”")


def _print_quality(outcome: "ClusterOutcome", printer: "Printer") -> None:
    facts = outcome.clustering.facts
    printer.say()
    if facts["stability"] is None:
        printer.say(f"Stability was not measured: {facts['stability_not_measured']}.")
    else:
        printer.say(
            f"Stability when 10 % of comments are left out: {facts['stability']:.2f} "
            "(1: the same groups; under 0.5: the groups may be chance)."
        )
    printer.say(
        f"Every comment is in a candidate. {facts['weak']:,} fit weakly and {facts['unclear']:,} fit none well "
        "(column `fit` of the table)."
    )


def _print_next(outcome: "ClusterOutcome", printer: "Printer", target: Path) -> None:
    printer.say()
    if outcome.kept_draft is not None:
        printer.say(
            f"You had edited {outcome.draft.name}: your version is now {outcome.kept_draft.name}.",
            "bold",
        )
    printer.say(f"Draft codebook: {outcome.draft}")
    printer.say(f"Which comment belongs to which candidate: {outcome.table}")
    for path in outcome.maps:
        printer.say(f"Map: {path}")
    coverage = outcome.coverage
    if coverage is None:
        check = command("codebook check", "codebook.yaml")
        printer.say(f"Next: edit the draft, save it as codebook.yaml and check it: {check}")
        printer.say(f"Then: {command('apply', target, option('codebook', 'codebook.yaml'))}")
    else:
        into = option("into", str(coverage.codebook))
        take = command("codebook from", outcome.draft, option("themes", "ID,ID"), into)
        printer.say(f"Next, to add some of them to the codebook: {take}")


def shorten(text: str, most: int) -> str:
    """The beginning of a text on one line, cut between words; the cut is shown."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return line[: most - 2].rsplit(" ", 1)[0] + " …"
