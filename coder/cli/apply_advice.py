"""What `coder apply` says of how far a coding is reviewed, and what to do next."""

from typing import TYPE_CHECKING, Any

from coder.errors import command, option
from coder.figures import GUESS_WARNING
from coder.statistics.intervals import FEWEST_AUDITED, MOST_UNREAD
from coder.text import count

if TYPE_CHECKING:
    from coder.workflow.apply import ApplyOutcome

SAMPLE = 100  # comments drawn at random, from which on intervals are narrow enough to be of use
# Measured by tests/benchmarks/decisions_curve.py; its figures are in RESULTS.md beside it.
AT_START = (
    "30 random decisions take about ten minutes and give every theme an interval. With the 22 "
    "codebooks that this was measured on, agreement with people's coding (F1) rose by .01 to .15 "
    "on average for each kind of comments, and shares that were up to 15 percentage points off "
    "came within 4."
)


def publication_warning(outcome: "ApplyOutcome") -> str:
    """The warning of a report on this coding; empty where some figure has an interval or is
    exact.
    """
    run = outcome.run
    if run["calibrated_on"] == "random" and not _needs_more(run):
        return ""
    left = run["comments"] - outcome.themes["decided"]
    if (left <= MOST_UNREAD * run["comments"]).any():
        return ""
    return GUESS_WARNING


def describe_state(outcome: "ApplyOutcome") -> str:
    """How far the coding has been reviewed, and what that means for the figures, after the warning
    that reports of it carry.
    """
    warning = publication_warning(outcome)
    state = _reviewed_so_far(outcome)
    return f"{warning}. {state}" if warning else state


def _reviewed_so_far(outcome: "ApplyOutcome") -> str:
    run = outcome.run
    if outcome.all_decided:
        return "Every comment is reviewed for every theme: the counts are exact."
    if not run["decided"]:
        advice = ""
        if run["comments"] > FEWEST_AUDITED:
            advice = f" {AT_START}"
        return (
            "No comment has been reviewed yet: the counts are a first guess, "
            f"and no interval can be given for them.{advice}"
        )
    reviewed = f"Reviewed: {count(run['decided'], 'comment')}."
    if not run["calibrated"]:
        return (
            f"{reviewed} Probabilities are calibrated once 10 comments drawn at random are "
            "reviewed for all themes, and intervals are given from 30 on."
        )
    if _needs_more(run):
        return (
            f"{reviewed} Of these, {run['calibrated_with']:,} drawn at random: the counts are "
            "calibrated, and intervals are given from 30 on."
        )
    if run["calibrated_on"] == "listed":
        return (
            f"{reviewed} They came from a table that does not say they were drawn at random, so "
            "no interval can be given for the counts yet."
        )
    return reviewed


def _needs_more(run: Any) -> bool:
    """Whether too few comments were drawn at random for an interval."""
    if run["calibrated_on"] != "random":
        return False
    return int(run["calibrated_with"]) < FEWEST_AUDITED


def next_step(outcome: "ApplyOutcome", target: str, codebook: str) -> str:
    """The command to type next; `target` and `codebook` as they were typed."""
    run = outcome.run
    book = option("codebook", codebook)
    reviewer = option("reviewer", "NAME")
    if outcome.all_decided:
        return command("export", target, book, option("to", "themes.xlsx"))
    start = command("review", target, book, reviewer, option("start"))
    if not run["calibrated"] or _needs_more(run):
        return start
    if run["calibrated_on"] == "listed":
        sample = option("sample", str(SAMPLE))
        return command("review", target, book, reviewer, sample)
    review = command("review", target, book, reviewer)
    return f"{review}\n  or: {command('export', target, book, option('to', 'themes.xlsx'))}"
