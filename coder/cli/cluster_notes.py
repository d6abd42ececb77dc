"""What `coder cluster` prints below the candidates."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.cli.printer import shorten
from coder.errors import command, option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.cluster import ClusterOutcome

LETTER_SHOWN = 90  # characters of a campaign's text
CAMPAIGNS_SHOWN = 8
INDENT = "     "


def print_questions(outcome: "ClusterOutcome", printer: "Printer") -> None:
    """Candidates that may be one theme, or a theme that the codebook has."""
    _print_merges(outcome, printer)
    _print_near_themes(outcome, printer)


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


def print_campaigns(outcome: "ClusterOutcome", printer: "Printer") -> None:
    """Letters that several people sent, and where they are."""
    clustering = outcome.clustering
    if clustering.campaigns.empty:
        return
    printer.say()
    printer.say(
        "Campaigns: one text from several senders, grouped as one comment", "bold"
    )
    for row in clustering.campaigns.head(CAMPAIGNS_SHOWN).itertuples():
        name = clustering.by_id[str(row.candidate_id)].name
        text = shorten(str(row.text), LETTER_SHOWN)
        printer.say(
            f"{INDENT}{count(int(str(row.comments)), 'comment')}, in {name}: “{text}”"
        )


def print_quality(outcome: "ClusterOutcome", printer: "Printer") -> None:
    """Stability, and how many comments fit badly."""
    facts = outcome.clustering.facts
    printer.say()
    if facts["stability"] is None:
        printer.say(f"Stability was not measured: {facts['stability_not_measured']}.")
    else:
        basis = ""
        if facts["stability_basis"]:
            basis = f"; {facts['stability_basis']}"
        printer.say(
            f"Stability when 10 % of comments are left out: {facts['stability']:.2f} "
            f"(1: the same groups; under 0.5: the groups may be chance{basis})."
        )
    printer.say(
        f"Every comment is in a candidate. {facts['weak']:,} fit weakly and "
        f"{facts['unclear']:,} fit none well (column `fit` of the table)."
    )


def print_next(outcome: "ClusterOutcome", printer: "Printer", target: Path) -> None:
    """The files that were written, and what to do with them."""
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
    for step in next_steps(outcome, target):
        printer.say(step)


def next_steps(outcome: "ClusterOutcome", target: Path) -> list[str]:
    """What to do with the files, a sentence each; the first is what most people want."""
    into = Path("codebook.yaml")
    project = target
    if outcome.coverage is not None:
        into = outcome.coverage.codebook
    take = command(
        "codebook from",
        outcome.draft,
        option("themes", "ID,ID"),
        option("into", str(into)),
    )
    parts: list[object] = [project, option("into", str(into))]
    if outcome.coverage is not None:
        parts.append(option("beyond", str(into)))
    build = command("codebook build", *parts)
    steps = [
        f"Next, to read them and make themes of them on a screen: {build}",
        f"Or, to take some of them as they are: {take}",
    ]
    if outcome.coverage is None:
        apply = command("apply", project, option("codebook", str(into)))
        steps.append(f"Then: {apply}")
    return steps
