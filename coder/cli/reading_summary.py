"""What other commands than `coder read` print where they read a file first: a few lines, no
table.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import command, option
from coder.text import count, safe_text

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.workflow.read import FileReading, ReadOutcome

ATTRIBUTES_NAMED = 8


def say_reading(outcome: "ReadOutcome | None", printer: "Printer") -> None:
    """Print the columns of each file, how many comments are analysed, and notes; nothing where
    nothing was read.
    """
    if outcome is None:
        return
    for reading in outcome.files:
        rows = count(reading.rows, "row")
        printer.say(
            f"{Path(reading.path).name}: {rows} ({reading.described})", style="bold"
        )
        printer.say(f"Columns: {_columns(reading)}")
    for line in _analysed(outcome.ledger):
        printer.say(line)
    for note in outcome.notes:
        printer.say(f"• {note}")
    printer.say("")


def _columns(reading: "FileReading") -> str:
    """`text = comment, id = no; attributes = age, borough`."""
    columns = [f"text = {question.column}" for question in reading.questions]
    for column in reading.columns:
        if column.role != "text":
            columns.append(f"{column.role} = {column.column}")
    attributes = list(reading.attributes[:ATTRIBUTES_NAMED])
    more = len(reading.attributes) - len(attributes)
    if more > 0:
        attributes.append(f"{more:,} more")
    named = ", ".join(columns)
    if attributes:
        named += f"; attributes = {', '.join(attributes)}"
    return safe_text(named, one_line=True)


def _analysed(ledger: "pd.DataFrame") -> Iterator[str]:
    """How many comments are analysed, a line for each question where there are several."""
    if "question_id" not in ledger:
        yield f"Analysed: {_analysed_of(ledger.iloc[-1])}"
        return
    for question_id, rows in ledger.groupby("question_id", sort=False):
        yield f"Analysed of {question_id}: {_analysed_of(rows.iloc[-1])}"


def _analysed_of(total: "pd.Series") -> str:
    """`395 of 416 comments. Excluded: 12 duplicate, 9 empty.`"""
    from coder.tables import REASONS

    reasons = []
    for reason in REASONS:
        excluded = int(total[f"excluded_{reason}"])
        if excluded:
            reasons.append(f"{excluded:,} {reason.replace('_', '-')}")
    analysed = int(total["analysed"])
    received = count(int(total["received"]), "comment")
    sentence = f"{analysed:,} of {received}."
    if reasons:
        sentence += f" Excluded: {', '.join(reasons)}."
    return sentence


def say_next_step(outcome: "ReadOutcome", printer: "Printer") -> str:
    """Print the project, its questions where it has several, and what to run next.

    Returns:
        The sentence that names the next command.
    """
    folder = outcome.project.folder
    chosen = []
    answered = _analysed_questions(outcome)
    if outcome.questions:
        from coder.workflow.questions import list_questions

        chosen = [option("question", answered[0])] if answered else []
        number = count(len(outcome.questions), "question")
        which = ", each with results of its own" if len(outcome.questions) > 1 else ""
        printer.say(f"\nThe survey has {number}{which}:")
        printer.say(safe_text(list_questions(outcome.questions)))
    if not answered:
        step = (
            "Nothing is analysed yet. If another column holds the comments, name it: "
            f"{option('text', 'COL')}"
        )
        printer.say(f"\nProject: {folder}. {step}")
        return step
    step = f"Next: {command('cluster', folder, *chosen)}"
    coding = command("apply", folder, *chosen, option("codebook", "FILE"))
    printer.say(f"\nProject: {folder}. {step}")
    printer.say(f"or, with a codebook: {coding}")
    return step


def _analysed_questions(outcome: "ReadOutcome") -> list[str]:
    """The ids of the questions with comments that are analysed; an empty id where there is only
    one question.
    """
    ledger = outcome.ledger
    if not outcome.questions:
        return [""] if ledger["analysed"].iloc[-1] else []
    totals = ledger.groupby("question_id", sort=False).tail(1)
    return totals.loc[totals["analysed"] > 0, "question_id"].tolist()
