"""The list of themes in adjudication, line by line: what each reviewer answered, and what is
answered now.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from coder.reviewing.screen.reviewer_names import ShortNames
from coder.reviewing.screen.theme_list import Entry
from coder.reviewing.settling.dispute_rows import NO, NOT_ASKED, UNSURE, YES
from coder.reviewing.theme_rows import Answers, PositionRow, ThemeRow
from coder.screen.styled_text import StyledText, cut, fitted, one_line

# Widths in cells.
BEFORE_THEME = 8  # cursor and box, and the spaces between them, the key and the theme
BETWEEN = 2  # a name and the answers
NAMES_AT_LEAST = 14
NAMES_AT_MOST = 30
POSITION_INDENT = 3
ORDER = (YES, NO, UNSURE, NOT_ASKED)
BOXES = {"": "[   ]", YES: "[yes]", NO: "[no ]", UNSURE: "[ ? ]"}
FIXED = {"": "     ", YES: " yes ", NO: " no  ", UNSURE: "  ?  "}  # not asked for
SEVERAL = 2  # answers from which on one can speak of agreement

NameOf = Callable[[str], str]


@dataclass(frozen=True)
class DisputeLayout:
    """Widths of the columns in cells, and how reviewers are called.

    Attributes:
        names: the short name of each theme by its id.
        space: for the name of a theme and the answers together.
        call: how a reviewer is called in the list.
        legend: reviewers who are not called by their name, each with the short form.
    """

    names: Mapping[str, str]
    space: int
    name_width: int
    call: NameOf
    legend: tuple[tuple[str, str], ...]

    def name(self, entry: Entry, answers: str) -> str:
        """The theme or position in its column; a long name takes what its answers leave."""
        name = _theme_name(entry, self.names)
        longest = min(cell_len(name), self.space - cell_len(answers))
        return fitted(name, max(self.name_width, longest))


def dispute_entries(rows: Sequence[ThemeRow]) -> list[Entry]:
    """The lines of the list; a position is listed where its theme is present, or where a
    reviewer named it in a dispute.
    """
    entries = []
    for row in rows:
        entries.append(Entry(row, row.key))
        for position in row.positions:
            if row.ticked or (row.judged and _is_named(position)):
                entries.append(Entry(row, " " * len(row.key), position))
    return entries


def _is_named(position: PositionRow) -> bool:
    return any(answer == YES for _, answer in position.answers)


def dispute_layout(
    entries: Sequence[Entry],
    names: Mapping[str, str],
    width: int,
    short: ShortNames,
) -> DisputeLayout:
    """Columns as wide as the names of themes need, and reviewers by name; by short forms where
    their names do not fit.
    """
    by_name = max((_answers_width(entry, one_line) for entry in entries), default=0)
    call: NameOf = one_line
    legend: tuple[tuple[str, str], ...] = ()
    key_width = max((len(entry.key) for entry in entries), default=1)
    space = width - BEFORE_THEME - key_width - BETWEEN
    if space - by_name < NAMES_AT_LEAST:
        call = short.of
        reviewers = dict.fromkeys(_reviewers(entries))
        legend = tuple((short.of(name), name) for name in sorted(reviewers))
    answers = max((_answers_width(entry, call) for entry in entries), default=0)
    needed = max((cell_len(_theme_name(e, names)) for e in entries), default=0)
    limit = max(NAMES_AT_LEAST, min(NAMES_AT_MOST, space - answers))
    return DisputeLayout(
        names,
        space,
        min(needed, limit),
        call,
        legend,
    )


def _reviewers(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        for reviewer, _ in entry.row.answers:
            yield reviewer


def _theme_name(entry: Entry, names: Mapping[str, str]) -> str:
    if entry.position is not None:
        return " " * POSITION_INDENT + one_line(entry.position.name)
    return "  " * entry.row.depth + one_line(names[entry.theme_id])


def _answers_width(entry: Entry, call: NameOf) -> int:
    return cell_len(answers_text(entry, call))


def answers_text(entry: Entry, call: NameOf) -> str:
    """Who said yes, no and unsure, and who was not asked."""
    if entry.position is not None:
        return grouped_answers(entry.position.answers, call)
    answers = entry.row.answers
    groups = grouped_answers(answers, call)
    if entry.row.judged:
        return groups
    sure = sum(answer in (YES, NO) for _, answer in answers)
    if sure >= SEVERAL:
        return f"agreed: {groups}"
    return groups


def grouped_answers(answers: Answers, call: NameOf) -> str:
    """Reviewers by answer: `yes amira, ben · no chris`; with short forms `yes am be, no ch`."""
    between_names, between_groups = " ", ", "
    if call is one_line:
        between_names, between_groups = ", ", " · "
    groups = []
    for kind in ORDER:
        names = [call(reviewer) for reviewer, answer in answers if answer == kind]
        if names:
            groups.append(f"{kind} {between_names.join(names)}")
    return between_groups.join(groups)


def dispute_line(
    entry: Entry,
    layout: DisputeLayout,
    *,
    at_cursor: bool,
) -> Content:
    """A theme or a position with its box, and what the reviewers answered."""
    pointer = ">" if at_cursor else " "
    style = _style(entry)
    if at_cursor:
        style = f"{style} reverse".strip()
    answers = answers_text(entry, layout.call)
    start = f"{pointer}{_box(entry)} {entry.key} "
    line = StyledText()
    line.add(f"{start}{layout.name(entry, answers)} ", style)
    line.add(f" {answers}", _answers_style(entry))
    return line.content()


def answers_in_full(entries: Sequence[Entry], names: Mapping[str, str]) -> Content:
    """The answers on each theme and position, with the reviewers' names in full."""
    text = StyledText()
    for entry in entries:
        text.add(f"\n{_theme_name(entry, names)}: ", "bold")
        text.add(answers_text(entry, one_line))
    return text.content()


def _box(entry: Entry) -> str:
    part = entry.position or entry.row
    if part.asked:
        return BOXES[part.verdict]
    return FIXED[part.verdict]


def _style(entry: Entry) -> str:
    part = entry.position or entry.row
    if part.asked:
        return "bold"
    if entry.row.judged:
        return ""
    return "dim"


def _answers_style(entry: Entry) -> str:
    if entry.row.judged:
        return ""
    return "dim"


def legend_lines(layout: DisputeLayout, width: int) -> list[Content]:
    """The short forms with the names that they stand for, in as many lines as they need."""
    if not layout.legend:
        return []
    parts = [f"{short} = {cut(one_line(name), width)}" for short, name in layout.legend]
    lines = [parts[0]]
    for part in parts[1:]:
        longer = f"{lines[-1]} · {part}"
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return [Content.styled(line, "dim") for line in lines]
