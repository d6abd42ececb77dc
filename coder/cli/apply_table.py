"""What `coder apply` prints: one table of themes, what the figures mean, and the next step."""

from typing import TYPE_CHECKING

from coder.cli.apply_advice import describe_state, next_step, publication_warning
from coder.cli.apply_cautions import say_cautions
from coder.cli.apply_ranking import ranked_lines
from coder.cli.bars import Bar
from coder.cli.reading_summary import say_reading
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.apply import ApplyOutcome


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
    is_guess = bool(publication_warning(outcome))
    printer.say(describe_state(outcome), "bold" if is_guess else "")
    printer.say(f"Next: {next_step(outcome, target, codebook)}")


def _print_table(outcome: "ApplyOutcome", printer: "Printer") -> None:
    book, comments = outcome.codebook, outcome.run["comments"]
    columns = ["theme", "comments", "share", "found by"]
    if outcome.run["grouped"]:
        columns.insert(2, "grouped")
    if outcome.run["decided"]:
        columns += ["precision", "recall"]
    rows: list[list[str]] = []
    bars: list[Bar] = []
    for line in ranked_lines(outcome):
        cells = line.cells or [""] * (len(columns) - 1)
        blank_cells = [""] * (len(columns) - 1 - len(cells))
        rows.append(["  " * line.depth + line.name, *cells, *blank_cells])
        bars.append(Bar(line.comments))
    printer.table(
        rows,
        columns,
        title=f"{book.title}, version {book.version}: {count(comments, 'comment')}",
        right=("comments", "grouped", "share", "precision", "recall"),
        wide=("theme",),
        whole=("found by",),
        spare=("found by", "grouped", "recall", "precision"),
        bars=bars,
    )


def _coverage(outcome: "ApplyOutcome") -> str:
    run = outcome.run
    without = count(run["comments_without_theme"], "comment")
    return (
        f"Without a theme: {without}. A comment can carry several themes "
        f"({run['labels_per_comment']:.2f} on average), so shares can add up to more than 100%."
    )
