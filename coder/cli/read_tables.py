"""The table that `coder read` prints of how many comments are analysed."""

import shutil
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer

SPACE_OF_A_COLUMN = 3  # that the ledger has between two figures


def print_ledger(printer: "Printer", ledger: "pd.DataFrame") -> None:
    """Received, the reasons that occur, and analysed: a row a source; every row adds up."""
    from coder.tables import REASONS

    if "question_id" in ledger:
        ledger = _with_questions(ledger)
    elif len(ledger) == 2:  # one source, of which the total says nothing more
        ledger = ledger.iloc[:1]
    columns = {f"excluded_{reason}": _in_words(reason) for reason in REASONS}
    excluded = {
        name: heading for name, heading in columns.items() if ledger[name].any()
    }
    first = "question" if "question_id" in ledger else "source"
    headings = [first, "received", *excluded.values(), "analysed"]
    width = ledger["source"].str.len().max() + 2
    for heading in headings[1:]:
        width += len(heading) + SPACE_OF_A_COLUMN
    if width <= shutil.get_terminal_size().columns:
        shown = ledger[["source", "received", *excluded, "analysed"]]
        rows = [_figures(row) for row in shown.itertuples(index=False)]
        printer.table(rows, headings, title="Comments", right=headings[1:])
        return
    # Too many reasons for a column each.
    rows = [
        _row_with_reasons(row, excluded) for row in ledger.to_dict(orient="records")
    ]
    printer.table(
        rows,
        [first, "received", "excluded", "analysed", "excluded as"],
        title="Comments",
        right=["received", "excluded", "analysed"],
        wide=["excluded as"],
    )


def _with_questions(ledger: "pd.DataFrame") -> "pd.DataFrame":
    """The ledger of several questions: each row begins with the question, and its source where
    there are several.
    """
    import pandas as pd

    rows = []
    for question_id, part in ledger.groupby("question_id", sort=False):
        if len(part) == 2:
            part = part.iloc[:1].assign(source=question_id)
        else:
            part = part.assign(source=f"{question_id}: " + part["source"])
        rows.extend(part.to_dict("records"))
    return pd.DataFrame(rows)


def _row_with_reasons(
    row: Mapping[Hashable, Any], excluded: Mapping[str, str]
) -> list[str]:
    """A row of the ledger with the reasons listed in its last cell; `excluded` is column to
    reason.
    """
    lines = []
    for column, reason in excluded.items():
        if row[column]:
            lines.append(f"{row[column]:,} {reason}")
    left_out = row["received"] - row["analysed"]
    figures = (row["source"], row["received"], left_out, row["analysed"])
    return [*_figures(figures), "\n".join(lines)]


def _in_words(reason: str) -> str:
    """A reason as people write it: `non_substantive` as "non-substantive"."""
    return reason.replace("_", "-")


def _figures(row: Iterable[object]) -> list[str]:
    """A row's cells as text: numbers with separators for thousands."""
    cells = []
    for value in row:
        if isinstance(value, str):
            cells.append(value)
        else:
            cells.append(f"{value:,}")
    return cells
