"""The tables that `coder read` prints: a file's columns, and how many comments are analysed."""

import shutil
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.cli.printer import percent
from coder.reading.column_kinds import (
    CLOSED,
    DATE,
    DROPPED,
    NUMBER,
    OTHER_ANSWER,
    SEVERAL,
    SHORT_TEXT,
)
from coder.text import count, safe_text

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.reading.column_kinds import ColumnKind
    from coder.workflow.read import FileReading

NAMES_SHOWN = 20  # attributes
FEW_NAMES_SHOWN = 5  # of the other kinds
LONGEST_NAME_SHOWN = 60  # characters
LONGEST_WORDING = 60
LONGEST_EXAMPLE = 40
WIDEST_ROLE = len("attributes")
WIDEST_NAME = 30  # of a column, for which the reasons beside it are lined up
SPACE_OF_A_COLUMN = 3  # that the ledger has between two figures
# What the columns of a kind are called together; those of roles have a line each.
KINDS_IN_WORDS = {
    OTHER_ANSWER: "other text",
    CLOSED: "closed",
    SEVERAL: "options",
    SHORT_TEXT: "short text",
    NUMBER: "numbers",
    DATE: "dates",
    DROPPED: "dropped",
}


def print_columns(printer: "Printer", reading: "FileReading") -> None:
    """The file; its open questions, where there are several; a line for each role with its
    column, and why; the other columns by their kind.
    """
    file = Path(reading.path).name
    rows = count(reading.rows, "row")
    printer.say(f"{file}: {rows} ({reading.described})", style="bold")
    columns = list(reading.columns)
    if len(reading.questions) > 1:
        _print_questions(printer, reading)
        columns = [column for column in columns if column.role != "text"]
    names = [_shown(column.column) for column in columns]
    width = min(WIDEST_NAME, max(map(len, names), default=0))
    for column, name in zip(columns, names, strict=True):
        role = column.role.ljust(WIDEST_ROLE)
        printer.say(f"  {role}  {name.ljust(width)}  {column.why}")
    if reading.attributes:
        printer.say(f"  attributes  {_listed(reading.attributes, NAMES_SHOWN)}")
    for kind, word in KINDS_IN_WORDS.items():
        own = [_in_one(line) for line in reading.kinds if line.kind == kind]
        if own:
            label = word.ljust(WIDEST_ROLE)
            printer.say(f"  {label}  {_listed(own, FEW_NAMES_SHOWN)}")


def _print_questions(printer: "Printer", reading: "FileReading") -> None:
    kinds = {kind.column: kind for kind in reading.kinds}
    rows = []
    for question in reading.questions:
        kind = kinds[question.column]
        wording = question.wording or question.column
        rows.append(
            (
                question.question_id,
                _cut(wording, LONGEST_WORDING),
                percent(question.answered, reading.rows),
                f"{kind.median_words:g}",
                _cut(kind.example, LONGEST_EXAMPLE),
            )
        )
    printer.table(
        rows,
        ["question", "wording", "answered", "words", "example"],
        title="Open questions",
        right=["answered", "words"],
        wide=["wording", "example"],
        whole=["question"],
    )


def _in_one(kind: "ColumnKind") -> str:
    """The name of a column, or of several that belong to one question."""
    if not kind.columns:
        return kind.column
    name = _cut(kind.column, LONGEST_NAME_SHOWN - len(" (400 columns)"))
    return f"{name} ({len(kind.columns)} columns)"


def _listed(names: Sequence[str], most: int) -> str:
    listed = ", ".join(_shown(name) for name in names[:most])
    more = len(names) - most
    if more > 0:
        listed += f" and {more:,} more"
    return listed


def _shown(name: str) -> str:
    """A column's name on one line, without what acts on a terminal, and not at any length."""
    return _cut(name, LONGEST_NAME_SHOWN)


def _cut(text: str, most: int) -> str:
    shown = safe_text(text, one_line=True)
    if len(shown) > most:
        shown = f"{shown[:most].rstrip()} ..."
    return shown


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
