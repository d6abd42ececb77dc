"""A table's columns: each with a name of its own, and those that are options of one question."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from coder.reading.column_names import TICKS
from coder.reading.layout_headings import ColumnTitle
from coder.text import clean_text, count, free_name

# How exports name the options of one question, each in a column of its own.
OPTION_NAMES = (
    re.compile(r"(?P<question>.+?)___(?P<option>\w+)"),  # race___1
    re.compile(r"(?P<question>.+?) ?\[(?P<option>[^\[\]]+)\]"),  # Q5[SQ001]
    re.compile(r"(?P<question>.+?)_(?P<option>SQ\w+)"),  # Q5_SQ001
    re.compile(
        r"(?P<question>.+\?) ?[:|/–—-] ?(?P<option>.+)"
    ),  # Which apply?: Resident
    re.compile(r"(?P<question>.+): (?P<option>.+)"),
    re.compile(r"(?P<question>.+) [–—|-] (?P<option>.+)"),
    re.compile(r"(?P<option>[^:]+): ?(?P<question>.+\?)"),  # Resident:Which apply?
    re.compile(r"(?P<question>[^\s/]+)/(?P<option>[^/]+)"),  # q5/resident
    re.compile(r"(?P<question>.+?)[_.](?P<option>\d+[a-z]?)"),  # Q5_1
)
IN_WORDINGS = (
    re.compile(
        r"(?P<question>.+?) ?[–—-] ?Selected Choice ?[–—-] ?(?P<option>.+)", re.DOTALL
    ),
    re.compile(r"(?P<question>.+?) ?\[(?P<option>[^\[\]]+)\]", re.DOTALL),
    re.compile(r"(?P<question>.+\S) ?[–—-] ?(?P<option>\S.*)", re.DOTALL),
)
MOST_CHOICES = 20  # answers of a column that is an option or a row of a grid
LONGEST_CHOICE = 12  # words
FEW_CHOICES = 7
NAMES_SHOWN = 5
NUMBER_AT_END = re.compile(r"(?:[_.#]\d+)+[a-z]?(?:_TEXT)?$")
OTHER = re.compile(
    r"(?:^|[:\[|/–—-] ?)(?:others?|autres?|andere|sonstige|otros?|altro|anders)\b"
    r"|\bspecify\b|\bwrite.in\b",
    re.IGNORECASE,
)

DistinctCells = Callable[[str], Sequence[str] | None]


class Naming(NamedTuple):
    """The names of a table's columns, and what to tell the user about them."""

    names: list[str]
    notes: list[str]


def name_columns(columns: Sequence[ColumnTitle]) -> Naming:
    """A name for each column, all of which have a title: that, numbered where it comes again."""
    written = [clean_text(column.name) for column in columns]
    in_use = set(written)
    times: Counter[str] = Counter()
    names: list[str] = []
    repeated: dict[str, list[str]] = {}
    for title in written:
        times[title] += 1
        name = title
        if times[title] > 1:
            name = free_name(title, in_use, times[title])
            in_use.add(name)
            repeated.setdefault(title, []).append(name)
        names.append(name)
    notes: list[str] = []
    if repeated:
        notes.append(_repeated_note(repeated))
    return Naming(names, notes)


def _repeated_note(repeated: Mapping[str, Sequence[str]]) -> str:
    again = sum(map(len, repeated.values()))
    shown = [repr(numbered[0]) for numbered in repeated.values()][:NAMES_SHOWN]
    more = ""
    if again > len(shown):
        more = f" and {again - len(shown):,} more"
    columns = count(again, "column")
    return f"Numbered {columns} whose names come again: {', '.join(shown)}{more}."


# ---------------------------------------------------------------- options of one question


def group_options(
    names: Sequence[str],
    columns: Sequence[ColumnTitle],
    distinct: DistinctCells,
) -> dict[str, tuple[str, ...]]:
    """Question to its columns, where its options, or the rows of its grid, have a column each.

    Args:
        names: of the columns.
        columns: what the header says about each.
        distinct: gives the answers in a column, each once; None where there are many.
    """
    groups = _Groups(names, distinct)
    groups.add([column.question for column in columns], of_header=True)
    for pattern in IN_WORDINGS:
        questions = [_question(pattern, column.wording) for column in columns]
        groups.add(questions)
    for pattern in OPTION_NAMES:
        groups.add([_question(pattern, name) for name in names])
    return groups.columns


def _question(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.fullmatch(text)
    if match is None:
        return ""
    return match["question"].strip()


class _Groups:
    """Collects the columns of each question; a column belongs to one."""

    def __init__(self, names: Sequence[str], distinct: DistinctCells) -> None:
        self.columns: dict[str, tuple[str, ...]] = {}
        self._names = names
        self._distinct = distinct
        self._grouped: set[str] = set()

    def add(self, questions: Sequence[str], *, of_header: bool = False) -> None:
        """Group the columns of each question that several columns have.

        Where the header does not say that they are options, they must be ticked, or take their
        answers from one list.
        """
        for (question, _), names in self._by_question(questions).items():
            closed = self._closed(names, of_header=of_header)
            answers = list(closed.values())
            if len(closed) > 1 and (of_header or _share_answers(answers)):
                key = free_name(question, self.columns)
                self.columns[key] = tuple(closed)
                self._grouped.update(closed)

    def _by_question(
        self, questions: Sequence[str]
    ) -> dict[tuple[str, str], list[str]]:
        """The columns of each question that are in no group yet."""
        by_question: dict[tuple[str, str], list[str]] = {}
        for name, question in zip(self._names, questions, strict=True):
            if question and name not in self._grouped:
                key = (question, _stem(name, question))
                by_question.setdefault(key, []).append(name)
        return by_question

    def _closed(
        self, names: Sequence[str], *, of_header: bool
    ) -> dict[str, Sequence[str]]:
        """The columns that hold choices, with their answers."""
        closed: dict[str, Sequence[str]] = {}
        if len(names) < 2:
            return closed
        for name in names:
            answers = self._distinct(name)
            if answers is not None and _is_closed(name, answers, of_header=of_header):
                closed[name] = answers
        return closed


def _stem(name: str, question: str) -> str:
    """What tells two questions of one wording apart: the short name without its number."""
    stem = NUMBER_AT_END.sub("", name)
    if question in stem or stem in question:
        return ""
    return stem


def _is_closed(name: str, answers: Sequence[str], *, of_header: bool) -> bool:
    """Whether a column holds choices, not people's own words."""
    if len(answers) > MOST_CHOICES:
        return False
    if OTHER.search(name):
        return all(_is_tick(name, answer) for answer in answers)
    if len(answers) < 2:
        return True
    if of_header and len(answers) <= FEW_CHOICES:
        return True
    return all(len(answer.split()) <= LONGEST_CHOICE for answer in answers)


def _is_tick(name: str, answer: str) -> bool:
    return answer.casefold() in TICKS or name.endswith(answer)


def _share_answers(columns: Sequence[Sequence[str]]) -> bool:
    """Whether columns are tick boxes, or all take their answers from one list."""
    everything: set[str] = set()
    largest, ticked = 0, True
    for cells in columns:
        answers = set(cells)
        everything |= answers
        largest = max(largest, len(answers))
        if len(answers) > 1 and not {cell.casefold() for cell in answers} <= TICKS:
            ticked = False
    return ticked or len(everything) <= largest + 2
