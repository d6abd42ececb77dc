"""What `coder read` prints of a file's columns: its questions, roles, and the others by kind."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder.cli.printer import percent
from coder.reading.column_kinds import (
    CLOSED,
    DATE,
    DROPPED,
    NUMBER,
    OPEN,
    OTHER_ANSWER,
    SEVERAL,
    SHORT_TEXT,
)
from coder.reading.column_notes import reads_like_a_comment
from coder.text import count, safe_text

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.reading.column_kinds import ColumnKind
    from coder.reading.columns import DetectedColumn
    from coder.workflow.read import FileReading

NAMES_SHOWN = 20  # attributes
FEW_NAMES_SHOWN = 5  # of the other kinds
LONGEST_LIST = 240  # characters of names
LONGEST_NAME_SHOWN = 60  # characters
LONGEST_WORDING = 72
LONGEST_EXAMPLE = 70
WIDEST_ROLE = len("attributes")
WIDEST_NAME = 30  # of a column, for which the reasons beside it are lined up
# What the columns of a kind are called together; those of roles have a line each.
KINDS_IN_WORDS = {
    OPEN: "not read",
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
    names = [_name_of(column, reading) for column in columns]
    width = min(WIDEST_NAME, max(map(len, names), default=0))
    for column, name in zip(columns, names, strict=True):
        role = column.role.ljust(WIDEST_ROLE)
        printer.say(f"  {role}  {name.ljust(width)}  {column.why}")
    if reading.attributes:
        attributes = [_shown(name) for name in reading.attributes]
        printer.say(f"  attributes  {_listed(attributes, NAMES_SHOWN)}")
    _print_kinds(printer, reading)


def _print_kinds(printer: "Printer", reading: "FileReading") -> None:
    """The columns that play no role and are no attributes, a line for each kind."""
    read = {question.column for question in reading.questions}
    for kind, word in KINDS_IN_WORDS.items():
        lines = [line for line in reading.kinds if line.kind == kind]
        if kind == OPEN:
            lines = [line for line in lines if line.column not in read]
        own = [_in_one(line) for line in lines]
        if own:
            label = word.ljust(WIDEST_ROLE)
            printer.say(f"  {label}  {_listed(own, FEW_NAMES_SHOWN)}")


def _print_questions(printer: "Printer", reading: "FileReading") -> None:
    """Each open question: its id, how many answered it and how long, its wording, an answer."""
    # A question of options may have the name of a column.
    kinds = {kind.column: kind for kind in reading.kinds if kind.kind == OPEN}
    width = max(len(question.question_id) for question in reading.questions)
    printer.say("Open questions", style="bold")
    for question in reading.questions:
        kind = kinds[question.column]
        answered = percent(question.answered, reading.rows)
        words = f"{kind.median_words:g} {_words(kind.median_words)} in the median"
        wording = _without_comment(question.wording or question.column, reading)
        wording = _cut(wording, LONGEST_WORDING)
        example = _cut(kind.example, LONGEST_EXAMPLE)
        name = question.question_id.ljust(width)
        printer.say(f"  {name}  {answered} answered, {words}")
        printer.say(f"      {wording}", style="dim")
        printer.say(f"      “{example}”", style="dim")


def _words(number: float) -> str:
    return "word" if number == 1 else "words"


def _in_one(kind: "ColumnKind") -> str:
    """The name of a column, or of several that belong to one question."""
    name = _shown(kind.column)
    if kind.columns:
        name += f" ({len(kind.columns)} columns)"
    return name


def _listed(names: Sequence[str], most: int) -> str:
    """So many names that are fit to be shown, and fewer where they are long."""
    shown: list[str] = []
    for name in names[:most]:
        if shown and len(", ".join([*shown, name])) > LONGEST_LIST:
            break
        shown.append(name)
    listed = ", ".join(shown)
    more = len(names) - len(shown)
    if more > 0:
        listed += f" and {more:,} more"
    return listed


def _name_of(column: "DetectedColumn", reading: "FileReading") -> str:
    """The name of a column with a role."""
    name = column.column
    return _shown(_without_comment(name, reading) if column.role == "text" else name)


def _without_comment(name: str, reading: "FileReading") -> str:
    """The name of a column of comments; only its length where it is a comment itself."""
    if reads_like_a_comment(name, len(reading.kinds)):
        return f"(a text of {count(len(name), 'character')})"
    return name


def _shown(name: str) -> str:
    """A column's name on one line, without what acts on a terminal, and not at any length."""
    return _cut(name, LONGEST_NAME_SHOWN)


def _cut(text: str, most: int) -> str:
    shown = safe_text(text, one_line=True)
    if len(shown) > most:
        shown = f"{shown[:most].rstrip()} ..."
    return shown
