"""What tells rows of titles and names from rows of answers."""

import re
from collections.abc import Iterable, Sequence

from coder.reading.column_names import TICKS

ROWS_COMPARED = 60  # under a row that may belong to the header
FIGURE = re.compile(
    r"[\d.,:/%£$€+\-T ]*\d[\d.,:/%£$€+\-T ]*(?:[AaPp]\.?[Mm]\.?|Z|UTC|GMT)?"
)
LONGEST_FIGURE = 40  # characters
# How a question begins that has no question mark.
OPENS_QUESTION = re.compile(
    r"(?:please|what|how|why|which|when|where|who|to what extent|do you|would you|are you|"
    r"bitte|veuillez|indique|selecteer|geef|tell us|if you)\b",
    re.IGNORECASE,
)
QUESTION_MARKS = ("?", "？", "؟")
FEWEST_WORDS = 3  # of a question
# What people and programs write where a number is not known: no sign of a name.
NOT_KNOWN = frozenset(
    (
        "-",
        "--",
        "?",
        ".",
        "n/a",
        "na",
        "nan",
        "nil",
        "none",
        "null",
        "missing",
        "refused",
        "unknown",
        "not known",
        "not stated",
        "not answered",
        "not applicable",
        "no answer",
        "no response",
        "don't know",
        "dont know",
        "prefer not to say",
        "rather not say",
        "other",
        "skipped",
        "tbc",
    )
)
FEWEST_REPEATED = 4  # cells of a column that show whether its answers repeat
LONGEST_CHOICE = 6  # words of an answer that is one of a list

Cells = Sequence[str]


def is_figure(cell: str) -> bool:
    """Whether a cell is a number, a date, a time, an amount or a range of them."""
    if len(cell) > LONGEST_FIGURE:
        return False
    return FIGURE.fullmatch(cell) is not None


def asks(cell: str) -> bool:
    """Whether a cell is worded as a question."""
    if len(cell.split()) < FEWEST_WORDS:
        return False
    if any(mark in cell for mark in QUESTION_MARKS):
        return True
    return OPENS_QUESTION.match(cell) is not None


def filled(row: Cells) -> list[int]:
    """The columns in which a row holds anything."""
    return [column for column, cell in enumerate(row) if cell]


def used_columns(rows: Iterable[Cells]) -> list[int]:
    """The columns in which any of the rows holds anything."""
    used: set[int] = set()
    for row in rows:
        used.update(filled(row))
    return sorted(used)


def below(rows: Sequence[Cells], column: int) -> list[str]:
    """What a column holds in these rows, empty cells left out."""
    return [row[column] for row in rows if row[column]]


def is_choice(cells: Cells) -> bool:
    """Whether a column's answers are short and repeat, as those of a list do."""
    if len(cells) < FEWEST_REPEATED:
        return False
    if any(len(cell.split()) > LONGEST_CHOICE for cell in cells):
        return False
    return len(set(cells)) * 2 <= len(cells)


class Contrast:
    """How a row differs from the rows under it, column by column.

    Attributes:
        figures: columns of figures in which the row holds words.
        choices: columns of repeated answers in which the row holds something longer.
        unlike: columns of repeated answers in which the row holds none of them.
        against: columns in which the row reads as an answer: a figure, or one that comes again.
    """

    def __init__(self, row: Cells, rows: Sequence[Cells]) -> None:
        self.figures = 0
        self.choices = 0
        self.unlike = 0
        self.against = 0
        for column in filled(row):
            answers = below(rows[:ROWS_COMPARED], column)
            self._compare(row[column], answers)

    @property
    def signs(self) -> int:
        """Columns in which the row differs from the rows under it."""
        return self.figures + self.choices

    def _compare(self, cell: str, answers: Cells) -> None:
        if is_figure(cell):
            self.against += 1
        elif len(answers) >= 2 and all(map(is_figure, answers)):
            if cell.casefold() in NOT_KNOWN:
                self.against += 1
            else:
                self.figures += 1
        elif is_choice(answers):
            self._compare_with_choices(cell, answers)

    def _compare_with_choices(self, cell: str, answers: Cells) -> None:
        longest = max(len(answer.split()) for answer in answers)
        if cell in answers and set(answers) != {cell}:
            self.against += 1
        elif cell not in answers:
            self.unlike += 1
            self.choices += len(cell.split()) > longest + 1


def ticks_its_name(name: str, answers: Cells) -> bool:
    """Whether a column holds its own name, or a mark, where somebody ticked it."""
    return bool(answers) and all(
        answer == name or answer.casefold() in TICKS for answer in answers
    )
