"""The scores of labels, and the work of reviewers over time, as `coder agree` prints them."""

from typing import TYPE_CHECKING

from coder.cli.agree_tables import print_fitted
from coder.statistics.scores import POSITIONS
from coder.workflow.agree_outcome import (
    INTERVALS,
    count_text,
    number_text,
    with_interval,
)

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.statistics.scores import Scores

SCORES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "kappa": "kappa",
    "average_precision": "AP",
}
AVERAGES = {"micro": "micro", "macro": "macro", "comment": "per comment"}


def print_scores(title: str, scores: "Scores", printer: "Printer") -> None:
    """Scores of labels against a reference, theme by theme and over all."""
    rows = []
    for _, row in scores.themes.iterrows():
        rows.append(
            (
                row["theme_id"],
                count_text(row["tp"] + row["fn"]),
                count_text(row["tp"] + row["fp"]),
                number_text(row["precision"]),
                number_text(row["recall"]),
                with_interval(row, "f1"),
                number_text(row["kappa"]),
                number_text(row["average_precision"]),
            )
        )
    columns = ("theme", "true", "found", "prec", "rec", "F1", "kappa", "AP")
    print_fitted(rows, columns, (), printer, title)
    _print_averages(scores, printer)
    printer.say(INTERVALS)
    printer.say(
        "micro: every comment and theme pooled. macro: the mean of the themes. AP: average "
        "precision of the probabilities. per comment: F1 of the label sets, the mean over "
        "comments."
    )
    if POSITIONS in set(scores.overall["theme_id"]):
        printer.say(
            "positions: every comment and position pooled. A position is found where its theme "
            "is found too, so its figures hold the errors of the theme as well."
        )


def _print_averages(scores: "Scores", printer: "Printer") -> None:
    """The measures over all themes, and over all positions."""
    overall = {row["theme_id"]: row for _, row in scores.overall.iterrows()}
    names = dict(AVERAGES)
    if POSITIONS in overall:
        names[POSITIONS] = POSITIONS
    averages = []
    for measure, shown in SCORES.items():
        figures = [with_interval(overall[name], measure) for name in names]
        averages.append((shown, *figures))
    columns = tuple(names.values())
    printer.table(averages, ("over all", *columns), right=columns)


def print_over_time(
    over_time: "pd.DataFrame", shifts: "pd.DataFrame", printer: "Printer"
) -> None:
    """The work of each reviewer part by part, and themes that they came to give more or less
    often.
    """
    several = over_time.groupby("reviewer")["block"].transform("max") > 1
    rows = []
    for row in over_time[several].to_dict("records"):
        rows.append(
            (
                row["reviewer"],
                row["block"],
                str(row["first_at"])[:10],
                row["comments"],
                f"{row['themes_per_comment']:.2f}",
                number_text(row["f1"]),
            )
        )
    columns = ("reviewer", "part", "from", "comments", "themes each", "F1 with others")
    if rows:
        title = "Over time (without comments that the model or a search chose)"
        printer.table(rows, columns, title=title, right=columns[1:])
    for row in shifts.to_dict("records"):
        printer.say(
            f"{row['reviewer']} gave {row['theme_id']} to {row['earlier']} of the first "
            f"{row['earlier_of']} comments and to {row['later']} of the last "
            f"{row['later_of']}: more than chance (p {row['p']:.2g}, corrected)."
        )
