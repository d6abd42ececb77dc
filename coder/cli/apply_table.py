"""What `coder apply` prints: one table of themes, what the figures mean, and the next step."""

from typing import TYPE_CHECKING, Any

from coder.cli.apply_advice import describe_state, next_step
from coder.cli.apply_cautions import group_size, say_cautions
from coder.cli.printer import percent
from coder.cli.reading_summary import say_reading
from coder.figures import NOT_FOR_PUBLICATION
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.codebook import Theme
    from coder.workflow.apply import ApplyOutcome

BASIS = {
    "decisions": "decisions",
    "group": "its group",
    "keywords": "keywords",
    "likeness": "likeness",
    "name": "name only",
    "rest": "what is left",
}


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
    say_cautions(outcome, printer, codebook)
    if outcome.run["decided"]:
        printer.say(describe_state(outcome))
    else:
        printer.say(f"{NOT_FOR_PUBLICATION}. {describe_state(outcome)}", "bold")
    printer.say(f"Next: {next_step(outcome, target, codebook)}")


def _print_table(outcome: "ApplyOutcome", printer: "Printer") -> None:
    book, comments = outcome.codebook, outcome.run["comments"]
    columns = ["theme", "comments", "share", "found by"]
    if outcome.run["grouped"]:
        columns.insert(2, "grouped")
    if outcome.run["decided"]:
        columns += ["precision", "recall"]
    figures = outcome.themes.set_index("theme_id")
    rows: list[list[str]] = []
    for node in book.nodes:
        if node.theme.retired:
            continue
        indent = "  " * node.depth
        if node.theme.category:
            blank_cells = [""] * (len(columns) - 1)
            rows.append([indent + node.theme.short, *blank_cells])
            continue
        cells = _theme_cells(figures.loc[node.theme.id], outcome.run)
        if outcome.run["grouped"]:
            cells.insert(1, group_size(outcome.run, node.theme.id))
        rows.append([indent + node.theme.short, *cells])
        for name, number in _count_positions(outcome, node.theme):
            row = [f"{indent}  = {name}", f"{number:,}"]
            rows.append(row + [""] * (len(columns) - len(row)))
    printer.table(
        rows,
        columns,
        title=f"{book.title}, version {book.version}: {count(comments, 'comment')}",
        right=("comments", "grouped", "share", "precision", "recall"),
        wide=("theme",),
        whole=("found by",),
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
    counts = []
    for position in theme.positions:
        counts.append((position.name, outcome.tally.count(theme.id, position.id)))
    return counts


def _coverage(outcome: "ApplyOutcome") -> str:
    run = outcome.run
    without = count(run["comments_without_theme"], "comment")
    return (
        f"Without a theme: {without}. A comment can carry several themes "
        f"({run['labels_per_comment']:.2f} on average), so shares can add up to more than 100%."
    )
