"""The tables that `coder read` prints: a file's columns, and how many comments are analysed."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from coder.text import count, safe_text

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.workflow.read import FileReading

ATTRIBUTES_SHOWN = 20
ATTRIBUTES = "attributes"
WIDEST_NAME = 30  # of a column, for which the reasons beside it are lined up
SPACE_OF_A_COLUMN = 3  # that the ledger has between two figures


def print_columns(printer: "Printer", reading: "FileReading") -> None:
    """The file, and a line for each role: its column, and why."""
    rows = count(reading.rows, "row")
    printer.say(f"{Path(reading.path).name}: {rows} ({reading.described})", style="bold")
    role_width = max(len(ATTRIBUTES), *(len(column.role) for column in reading.columns))
    names = [safe_text(column.column, one_line=True) for column in reading.columns]
    name_width = min(WIDEST_NAME, max(map(len, names)))
    for column, name in zip(reading.columns, names, strict=True):
        printer.say(f"  {column.role:{role_width}}  {name:{name_width}}  {column.why}")
    if reading.attributes:
        shown = ", ".join(reading.attributes[:ATTRIBUTES_SHOWN])
        more = len(reading.attributes) - ATTRIBUTES_SHOWN
        if more > 0:
            shown += f" and {more:,} more"
        printer.say(f"  {ATTRIBUTES:{role_width}}  {safe_text(shown, one_line=True)}")


def print_ledger(printer: "Printer", ledger: "pd.DataFrame") -> None:
    """Received, the reasons that occur, and analysed: a row a source; every row adds up."""
    from coder.tables import REASONS

    if len(ledger) == 2:  # one source, of which the total says nothing more
        ledger = ledger.iloc[:1]
    reasons = [reason for reason in REASONS if int(ledger[f"excluded_{reason}"].sum())]
    headings = ["source", "received", *map(_in_words, reasons), "analysed"]
    longest_source = max(len(str(source)) for source in ledger["source"])
    figures_width = sum(len(heading) + SPACE_OF_A_COLUMN for heading in headings[1:])
    if longest_source + figures_width + 2 <= shutil.get_terminal_size((80, 24)).columns:
        columns = ["source", "received", *(f"excluded_{reason}" for reason in reasons), "analysed"]
        rows = [[_figure(row[column]) for column in columns] for _, row in ledger.iterrows()]
        printer.table(rows, headings, title="Comments", right=headings[1:])
        return
    # Too many reasons for a column each.
    headings = ["source", "received", "excluded", "analysed", "excluded as"]
    rows = [_row_with_reasons(row, reasons) for _, row in ledger.iterrows()]
    printer.table(rows, headings, title="Comments", right=headings[1:4], wide=headings[4:])


def _row_with_reasons(row: "pd.Series", reasons: list[str]) -> list[str]:
    """A row of the ledger with the reasons listed in its last cell."""
    lines = []
    for reason in reasons:
        comments = int(row[f"excluded_{reason}"])
        if comments:
            lines.append(f"{comments:,} {_in_words(reason)}")
    excluded = int(row["received"]) - int(row["analysed"])
    return [
        str(row["source"]),
        _figure(row["received"]),
        _figure(excluded),
        _figure(row["analysed"]),
        "\n".join(lines),
    ]


def _in_words(reason: str) -> str:
    """A reason as people write it: `non_substantive` as "non-substantive"."""
    return reason.replace("_", "-")


def _figure(value: object) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}"
