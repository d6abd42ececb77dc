"""The tables that `coder agree` prints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coder.workflow.agree_outcome import (
    INTERVALS,
    all_rows,
    count_text,
    number_text,
    with_interval,
)

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.workflow.agree_outcome import BetweenReviewers

LEAST_NAME = 12  # letters of a theme's id that a narrow terminal shows
SHARED = {
    "ac1": "AC1",
    "positive_agreement": "agree+",
    "negative_agreement": "agree−",
    "agreement": "agree",
}
OVERALL = {
    "pooled": "all pooled",
    "mean": "mean of themes",
    "sets": "label sets (MASI)",
}


def print_between(between: "BetweenReviewers", printer: "Printer") -> None:
    """Agreement between reviewers, theme by theme, and pair by pair where there are several."""
    agreement = between.agreement
    if agreement is not None and agreement.comments:
        who = f"{len(between.reviewers)} reviewers"
        if len(between.pairs) == 1:
            who = " and ".join(between.reviewers)
        title = f"{who}: {agreement.comments:,} comments that two or more decided"
        _print_agreement(title, all_rows(agreement), between.reviewers, printer)
        if len(between.pairs) > 1:
            _print_pairs(between, printer)
    for note in between.notes:
        printer.say(note)


def _print_agreement(
    title: str, table: "pd.DataFrame", reviewers: Sequence[str], printer: "Printer"
) -> None:
    counts, ranged, spare = {"comments": "comments"}, {"alpha": "alpha"}, ["agree"]
    if len(reviewers) == 2:
        counts = {
            "both": "both",
            "first": "one",
            "second": "other",
            "neither": "neither",
        }
        ranged = {"kappa": "kappa", "alpha": "alpha"}
        spare += ["neither", "alpha"]
    rows = []
    for _, row in table.iterrows():
        cells = [OVERALL.get(row["theme_id"], row["theme_id"])]
        cells += [count_text(row[name]) for name in counts]
        cells += [with_interval(row, name) for name in ranged]
        cells += [number_text(row[name]) for name in SHARED]
        rows.append(cells)
    columns = ["theme", *counts.values(), *ranged.values(), *SHARED.values()]
    shown = print_fitted(rows, columns, spare, printer, title)
    if "alpha" not in shown:
        alpha = {
            row["theme_id"]: with_interval(row, "alpha") for _, row in table.iterrows()
        }
        printer.say(
            f"alpha over all pooled: {alpha['pooled']}; of the label sets (MASI distance): "
            f"{alpha['sets']}. "
            "A wider window or --to FILE shows it by theme."
        )
    if len(reviewers) == 2:
        printer.say(
            f"one: only {reviewers[0]} gave the theme. other: only {reviewers[1]} did."
        )
    printer.say(INTERVALS)
    printer.say(
        "alpha (Krippendorff) and AC1 (Gwet) correct for chance; .80 and more is usually "
        "called reliable, .667 the least for tentative conclusions. agree+ and agree−: "
        "agreement on presence (the F1 of two reviewers) and on absence. Rare themes have a "
        "low alpha and a high AC1: read both with the counts."
    )


def _print_pairs(between: "BetweenReviewers", printer: "Printer") -> None:
    rows = []
    for name, agreement in between.pairs.items():
        overall = agreement.overall.set_index("theme_id")
        rows.append(
            (
                name,
                agreement.comments,
                with_interval(overall.loc["pooled"], "f1"),
                number_text(overall.loc["mean", "kappa"]),
                with_interval(overall.loc["sets"], "alpha"),
            )
        )
    columns = ("pair", "comments", "F1 pooled", "mean kappa", "alpha of sets")
    printer.table(rows, columns, title="Pairs", right=columns[1:])


def print_fitted(
    rows: Sequence[Sequence[str]],
    columns: Sequence[str],
    spare: Sequence[str],
    printer: "Printer",
    title: str,
) -> list[str]:
    """Print a table whose first column names themes, on one line a theme; returns the columns
    shown.

    `spare` columns are left out where the terminal is narrow, and with them rows that show
    nothing else.
    """
    from coder.cli.wrapping import console

    names = list(columns)
    cells = [dict(zip(columns, row, strict=True)) for row in rows]
    for name in spare:
        if console().width - _width(names[1:], cells) < LEAST_NAME:
            names.remove(name)
    widest = max(LEAST_NAME, console().width - _width(names[1:], cells) - 2)
    shown = []
    for row in cells:
        figures = [row[name] for name in names[1:]]
        if set(figures) - {"", "–"}:
            shown.append((_shortened(row[names[0]], widest), *figures))
    printer.table(shown, tuple(names), title=title, right=tuple(names[1:]))
    return names


def _width(names: Sequence[str], rows: Sequence[dict[str, str]]) -> int:
    total = 0
    for name in names:
        lengths = [len(row[name]) for row in rows]
        total += max([len(name), *lengths]) + 3
    return total


def _shortened(name: str, widest: int) -> str:
    return name if len(name) <= widest else name[: widest - 1] + "…"
