"""What `coder apply` says of a coding that few or no decisions support: where it is likely to be
wrong, and what to do about it.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from coder.cli.printer import shorten
from coder.figures import join_names
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.apply import ApplyOutcome

# A theme coded more or less often than its group by more than this is likely to mean something
# else than the group did.
LARGEST_RATIO = 1.5
FEWEST_COMMENTS = 20  # of a theme, from which on such a difference is no chance
LOW_CUT = 0.3  # below it most labels near the cut are expected to be wrong
MOST_SHOWN = 5  # themes or keywords; the run record has them all
LONGEST_SHOWN = 110  # characters of a comment


def say_cautions(outcome: "ApplyOutcome", printer: "Printer", codebook: str) -> None:
    """Print what to look at before the coding is used. Nothing of themes with decisions, and
    nothing at all where people decided everything.
    """
    if outcome.all_decided:
        return
    warning = size_warning(outcome)
    if warning:
        printer.warn(warning)
    _say_single_keywords(outcome, printer, codebook)
    for line in _general_keywords(outcome):
        printer.say(line)
    cut = _low_cut(outcome.run)
    if cut:
        printer.say(cut)


def group_size(run: Mapping[str, Any], theme_id: str) -> str:
    """How many comments the group has that a theme was adopted from; empty for other themes."""
    fact = run["grouped"].get(theme_id)
    return "" if fact is None else f"{fact['grouped']:,}"


def size_warning(outcome: "ApplyOutcome") -> str:
    """Themes without decisions that are coded far more or far less often than they were grouped."""
    names = []
    for figures in _guessed(outcome):
        fact = outcome.run["grouped"].get(figures["theme_id"])
        if fact is None:
            continue
        smaller, larger = sorted((fact["grouped"], fact["coded"]))
        if larger >= FEWEST_COMMENTS and larger > LARGEST_RATIO * smaller:
            name = outcome.codebook.theme(figures["theme_id"]).short
            names.append(f"{name} ({fact['coded']:,} and {fact['grouped']:,})")
    if not names:
        return ""
    if len(names) > MOST_SHOWN:
        names[MOST_SHOWN:] = [f"{len(names) - MOST_SHOWN} more"]
    return (
        "Coded far more or less often than grouped, so read some of their comments before you "
        f"use them: {join_names(names)}."
    )


def _guessed(outcome: "ApplyOutcome") -> list[dict[Any, Any]]:
    """The rows of themes that no decision found in a comment."""
    rows = outcome.themes.to_dict("records")
    return [row for row in rows if row["reached"] != "decisions"]


def _say_single_keywords(
    outcome: "ApplyOutcome", printer: "Printer", codebook: str
) -> None:
    guessed = {row["theme_id"] for row in _guessed(outcome)}
    brought = outcome.run["brought_by_one_keyword"]
    themes = [theme_id for theme_id in brought if theme_id in guessed]
    if not themes:
        return
    comments = outcome.project.comments
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    for theme_id in themes[:MOST_SHOWN]:
        fact = brought[theme_id]
        name = outcome.codebook.theme(theme_id).short
        printer.say(
            f"{name}: {fact['comments']:,} of {count(fact['of'], 'comment')} only by the "
            f"keyword “{fact['keyword']}”. Read these, or take it out of the keywords in "
            f"{codebook}:"
        )
        for comment_id in fact["comment_ids"]:
            printer.say(f"  {comment_id}: {shorten(texts[comment_id], LONGEST_SHOWN)}")
    if len(themes) > MOST_SHOWN:
        left = len(themes) - MOST_SHOWN
        printer.say(f"More such themes: {left:,} (see the run record).")


def _general_keywords(outcome: "ApplyOutcome") -> Iterator[str]:
    """Keywords that tell little of their theme."""
    guessed = {row["theme_id"] for row in _guessed(outcome)}
    keywords = outcome.run["general_keywords"]
    facts = [fact for fact in keywords if fact["theme_id"] in guessed]
    for fact in facts[:MOST_SHOWN]:
        name = outcome.codebook.theme(fact["theme_id"]).short
        problem = "and most of them are not like the theme otherwise"
        if fact["reason"] == "common":
            problem = "so it tells little of the theme"
        yield (
            f"{name}: the keyword “{fact['keyword']}” is in {fact['comments']:,} of "
            f"{count(fact['of'], 'comment')}, {problem}. Take it out, or write what people say "
            "with it."
        )
    if len(facts) > MOST_SHOWN:
        left = len(facts) - MOST_SHOWN
        yield f"More such keywords: {left:,} (see the run record)."


def _low_cut(run: Mapping[str, Any]) -> str:
    """What a low cut means; empty where no cut is low."""
    lowest = min(run["thresholds"].values(), default=1.0)
    if lowest >= LOW_CUT:
        return ""
    return (
        f"A theme is given from a probability of {100 * lowest:.0f}% on: fewer wrong labels "
        "would cost more missed ones. Of the least certain labels most are expected to be wrong."
    )
