"""What `coder apply` prints: one table of themes, what the figures mean, and the next step."""

from typing import TYPE_CHECKING, Any

from coder.cli.printer import percent
from coder.cli.reading_summary import say_reading
from coder.errors import command, option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.codebook import Theme
    from coder.workflow.apply import ApplyOutcome

SAMPLE = 100  # comments drawn at random, from which on intervals are narrow enough to be of use
BASIS = {"decisions": "decisions", "keywords": "keywords", "name": "name only"}


def print_coding(
    outcome: "ApplyOutcome", printer: "Printer", *, target: str, codebook: str
) -> None:
    """Print the outcome; `target` and `codebook` are named in the next step as they were typed."""
    say_reading(outcome.reading, printer)
    for warning in outcome.warnings:
        printer.warn(warning)
    _print_table(outcome, printer)
    printer.say(_coverage(outcome))
    if outcome.run["decided"]:
        printer.say(
            "Precision: of the comments coded with the theme, how many were right. Recall: of "
            "the comments that carry the theme, how many were coded with it. In brackets: the "
            "95% interval. Both are measured on the reviewed comments, by a model that had not "
            "seen them."
        )
    long_comments = outcome.run["long_comments"]
    if long_comments:
        printer.say(
            f"Read sentence by sentence, for their length: {count(long_comments, 'comment')}."
        )
    printer.say(_state(outcome))
    printer.say(f"Next: {_next_step(outcome, target, codebook)}")


def _print_table(outcome: "ApplyOutcome", printer: "Printer") -> None:
    book, comments = outcome.codebook, outcome.run["comments"]
    columns = ["theme", "comments", "share", "coded by"]
    if outcome.run["decided"]:
        columns += ["precision", "recall"]
    figures = outcome.themes.set_index("theme_id")
    rows: list[list[str]] = []
    for node in book.nodes:
        if node.theme.retired:
            continue
        indent = "  " * node.depth
        cells = _theme_cells(figures.loc[node.theme.id], outcome.run)
        rows.append([indent + node.theme.short, *cells])
        for name, number in _count_positions(outcome, node.theme):
            row = [f"{indent}  = {name}", f"{number:,}"]
            rows.append(row + [""] * (len(columns) - len(row)))
    printer.table(
        rows,
        columns,
        title=f"{book.title}, version {book.version}: {count(comments, 'comment')}",
        right=("comments", "share", "precision", "recall"),
        wide=("theme",),
        whole=("coded by",),
    )


def _theme_cells(figures: Any, run: Any) -> list[str]:
    """The cells after the theme's name."""
    cells = [
        f"{figures['n']:,}",
        percent(figures["n"], run["comments"]),
        BASIS[figures["reached"]],
    ]
    if run["decided"]:
        cells += [_share_cell(figures, "precision"), _share_cell(figures, "recall")]
    return cells


def _share_cell(figures: Any, measure: str) -> str:
    """`83% (71 to 91)`."""
    share = figures[measure]
    if not figures["decided"]:
        return "not reviewed"
    if share != share:
        return "too few"
    low, high = figures[f"{measure}_low"], figures[f"{measure}_high"]
    return f"{100 * share:.0f}% ({100 * low:.0f} to {100 * high:.0f})"


def _count_positions(outcome: "ApplyOutcome", theme: "Theme") -> list[tuple[str, int]]:
    """Name and number of comments of each position of a theme."""
    labels = outcome.labels
    own = labels[(labels["theme_id"] == theme.id) & (labels["position_id"] != "")]
    counts = own.groupby("position_id")["assigned"].sum()
    return [
        (position.name, int(counts.get(position.id, 0))) for position in theme.positions
    ]


def _coverage(outcome: "ApplyOutcome") -> str:
    run = outcome.run
    without = count(run["comments_without_theme"], "comment")
    return (
        f"Without a theme: {without}. A comment can carry several themes "
        f"({run['labels_per_comment']:.2f} on average), so shares can add up to more than 100%."
    )


def _state(outcome: "ApplyOutcome") -> str:
    """How far the coding has been reviewed, and what that means for the figures."""
    run = outcome.run
    if outcome.all_decided:
        return "Every comment is reviewed for every theme: the counts are exact."
    if not run["decided"]:
        return (
            "No comment has been reviewed yet: the counts are a first guess, "
            "and no interval can be given for them."
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
    from coder.reviewing.start import FIRST_SAMPLE

    is_random = run["calibrated_on"] == "random"
    return is_random and run["calibrated_with"] < FIRST_SAMPLE


def _next_step(outcome: "ApplyOutcome", target: str, codebook: str) -> str:
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
