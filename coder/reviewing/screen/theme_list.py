"""The list of themes, line by line: what a line stands for, and how it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from coder.reviewing.theme_rows import PositionRow, ThemeRow
from coder.screen.styled_text import StyledText, cut, fitted, one_line

# Widths in cells.
NAMES_AT_LEAST = 18
NAMES_AT_MOST = 34
REASONS_AT_LEAST = 30
REASONS_WANTED = 50
POSITION_AT_LEAST = 12
NAME_IN_SHORT = 20
SUGGESTED = "•"  # before the key of a theme that the model finds likely


class Entry(NamedTuple):
    """A line that the cursor can stand on: a theme, or one of its positions."""

    row: ThemeRow
    key: str  # of the theme, or of the position
    position: PositionRow | None = None

    @property
    def theme_id(self) -> str:
        """The theme of the line."""
        return self.row.theme_id

    @property
    def position_id(self) -> str:
        """The position of the line; empty on the line of the theme itself."""
        return self.position.position_id if self.position else ""


def list_entries(rows: Sequence[ThemeRow]) -> list[Entry]:
    """The lines of the list; positions stand under the themes that are ticked."""
    entries = []
    for row in rows:
        entries.append(Entry(row, row.key))
        if row.ticked:
            entries += [Entry(row, p.key, p) for p in row.positions]
    return entries


def only_theme_entries(rows: Sequence[ThemeRow]) -> list[Entry]:
    """The lines where one theme is judged: its positions are always shown, with digits as keys."""
    entries = []
    for row in rows:
        entries.append(Entry(row, " " * len(row.key)))
        for number, position in enumerate(row.positions, start=1):
            entries.append(Entry(row, _digit(number), position))
    return entries


def _digit(number: int) -> str:
    return str(number) if number <= 9 else ""


@dataclass(frozen=True)
class ListLayout:
    """Widths of the list's columns, in cells.

    Attributes:
        names: the short name of each theme by its id.
    """

    names: Mapping[str, str]
    width: int
    name_width: int

    def name(self, row: ThemeRow) -> str:
        """The theme's short name, indented as it is in the codebook, in its column."""
        return fitted(_indented(row, self.names), self.name_width)


def list_layout(
    rows: Sequence[ThemeRow], names: Mapping[str, str], width: int
) -> ListLayout:
    """Columns as wide as the names need, so far as `width` cells allow; the rest is for the
    reasons.
    """
    limit = min(NAMES_AT_MOST, width - REASONS_AT_LEAST)
    limit = max(NAMES_AT_LEAST, limit, width - REASONS_WANTED)
    needed = [cell_len(_indented(row, names)) for row in rows]
    name_width = min(limit, max(needed, default=NAMES_AT_LEAST))
    return ListLayout(names, width, name_width)


def _indented(row: ThemeRow, names: Mapping[str, str]) -> str:
    name = one_line(names[row.theme_id])
    return "  " * row.depth + name


def theme_line(entry: Entry, layout: ListLayout, *, at_cursor: bool) -> Content:
    """A theme with its box, its key and the model's suggestion."""
    row = entry.row
    line = StyledText()
    sign = SUGGESTED if row.suggested else " "
    start = f"{_pointer(at_cursor)}{box(row)}{sign}{entry.key} "
    style = _name_style(row)
    if at_cursor:
        style = f"{style} reverse".strip()
    line.add(f"{start}{layout.name(row)} ", style)
    if at_cursor:
        _add_suggestion(line, row, style)
    elif row.suggested:
        _add_suggestion(line, row, "bold")
    else:
        _add_suggestion(line, row, "dim")
    return line.content()


def _pointer(at_cursor: bool) -> str:
    return ">" if at_cursor else " "


def box(row: ThemeRow) -> str:
    """The box before a theme: ticked, unsure or empty."""
    if row.unsure:
        return "[?]"
    if row.ticked:
        return "[x]"
    return "[ ]"


def _name_style(row: ThemeRow) -> str:
    if row.ticked:
        return "bold"
    if row.judged:
        return ""
    return "dim"


def _add_suggestion(line: StyledText, row: ThemeRow, style: str) -> None:
    """The probability, or that the theme is decided, in a style; and the reasons."""
    if row.judged:
        line.add(f"{percentage(row.probability)} ", style)
    else:
        line.add("decided ", style)
    if row.why:
        line.add(f" {one_line(row.why)}", "dim italic")


def percentage(probability: float | None) -> str:
    """A probability in four cells; empty where there is none."""
    if probability is None:
        return ""
    return f"{probability:>4.0%}"


def in_short(row: ThemeRow, names: Mapping[str, str]) -> str:
    """A theme in a few characters, for the frame: `[x] 41 Drugs 92%`."""
    mark = "[x]" if row.ticked else SUGGESTED
    figure = percentage(row.probability).strip()
    name = cut(one_line(names[row.theme_id]), NAME_IN_SHORT)
    return f"{mark} {row.key} {name} {figure}".rstrip()


def position_line(
    entry: Entry, position: PositionRow, layout: ListLayout, *, at_cursor: bool
) -> Content:
    """A position with its box and its key, under its theme."""
    box = "(x)" if position.ticked else "( )"
    indent = " " * (len(entry.row.key) + 5)
    start = f"{_pointer(at_cursor)}{indent}{box} {entry.key:1} "
    figure = percentage(position.probability)
    if figure:
        figure = f"  {figure}"
    space = layout.width - len(start) - len(figure) - 4
    name = cut(one_line(position.name), max(POSITION_AT_LEAST, space))
    style = "reverse" if at_cursor else ""
    return Content.styled(start + name + figure, style)
