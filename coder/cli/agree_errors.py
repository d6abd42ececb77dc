"""The model's errors by group, as `coder agree` prints them."""

from typing import TYPE_CHECKING

from coder.text import count
from coder.workflow.agree_outcome import rate_interval, rate_text

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.workflow.agree_errors import ErrorsByGroup


def print_errors(errors: "ErrorsByGroup", printer: "Printer") -> None:
    """What the tests show, then the rates theme by theme and group by group."""
    if errors.table is not None:
        comments = count(errors.comments, "comment")
        title = f"Errors of the program by {errors.column}, {comments}"
        _print_rates(errors.table, title, printer)
    for finding in errors.findings:
        printer.say(finding, style="bold")
    for note in errors.notes:
        printer.say(note)


def _print_rates(table: "pd.DataFrame", title: str, printer: "Printer") -> None:
    rows, without = [], 0
    for _, own in table.groupby("theme_id", sort=False):
        if (own["hidden"] != "").all():
            without += 1
            continue
        name = own["theme_id"].iloc[0]
        for group, both in own.groupby("group", sort=False):
            cells = []
            for row in both.to_dict("records"):
                cells += [rate_text(row), rate_interval(row)]
            rows.append((name, group, *cells))
            name = ""
    columns = ("theme", "group", "missed", "95%", "wrong", "95% ")
    if rows:
        printer.table(rows, columns, title=title, right=columns[2:])
        printer.say(
            "missed: of the comments in which reviewers found the theme, those in which the "
            "program did not. wrong: of those to which the program gave it, those in which "
            "reviewers did not find it. A dash: too few comments to show."
        )
    if without:
        printer.say(f"{count(without, 'theme')} had too few comments in every group.")
