"""The list of themes, line by line: what a line stands for, and how it looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from coder.reviewing.screen.drawing import Part, cut, fitted, plain_line
from coder.reviewing.session import PositionRow, Row
from coder.text import safe_text

NAMES_AT_LEAST = 18  # cells
REVIEWER_WIDTHS = (8, 16)  # cells of a reviewer's column, at least and at most


class Entry(NamedTuple):
    """A line that the cursor can stand on: a theme, or one of its positions."""

    row: Row
    number: int  # of the theme in the list, or of the position in the theme, from 1
    position: PositionRow | None = None

    @property
    def theme_id(self) -> str:
        """The theme of the line."""
        return self.row.theme_id

    @property
    def position_id(self) -> str:
        """The position of the line; empty on the line of the theme itself."""
        return self.position.position_id if self.position else ""


def list_entries(rows: Sequence[Row], *, all_positions: bool) -> list[Entry]:
    """The lines of the list; positions stand under the themes that are ticked, or under all."""
    entries = []
    for number, row in enumerate(rows, start=1):
        entries.append(Entry(row, number))
        if row.ticked or all_positions:
            for place, position in enumerate(row.positions, start=1):
                entries.append(Entry(row, place, position))
    return entries


@dataclass(frozen=True)
class ListLayout:
    """Widths of the list's columns, in cells.

    Attributes:
        names: the short name of each theme by its id.
    """

    names: dict[str, str]
    width: int
    name_width: int
    reviewer_widths: tuple[int, ...] = ()


def list_layout(rows: Sequence[Row], names: dict[str, str], width: int) -> ListLayout:
    """Columns as wide as the names need, so far as `width` cells allow; the rest is for the reasons."""
    widest = max(NAMES_AT_LEAST, min(34, width - 30), width - 50)
    needed = [cell_len(_name(row, names)) for row in rows]
    name_width = min(widest, max(needed, default=NAMES_AT_LEAST))
    least, most = REVIEWER_WIDTHS
    reviewer_widths = []
    if rows:
        for reviewer, _ in rows[0].said:
            reviewer_widths.append(max(least, min(most, len(reviewer) + 1)))
    return ListLayout(names, width, name_width, tuple(reviewer_widths))


def _name(row: Row, names: dict[str, str]) -> str:
    """The theme's short name, indented as it is in the codebook."""
    return "  " * row.depth + safe_text(names[row.theme_id], one_line=True)


def theme_line(row: Row, number: int, layout: ListLayout, *, at_cursor: bool) -> Content:
    """A theme with its box, its number and the model's suggestion or the reviewers' answers."""
    style = _name_style(row)
    if at_cursor:
        style = f"{style} reverse".strip()
    digit = str(number) if number <= 9 else " "
    name = fitted(_name(row, layout.names), layout.name_width)
    parts = [(f"{_pointer(at_cursor)}{_box(row)} {digit} {name} ", style)]
    if row.said:
        parts += _answers(row, layout)
    elif at_cursor:
        parts += _suggestion(row, style)
    elif row.suggested:
        parts += _suggestion(row, "")
    else:
        parts += _suggestion(row, "dim")
    return Content.assemble(*parts)


def _name_style(row: Row) -> str:
    if row.ticked:
        return "bold"
    if row.judged:
        return ""
    return "dim"


def _pointer(at_cursor: bool) -> str:
    return ">" if at_cursor else " "


def _box(row: Row) -> str:
    if row.unsure:
        return "[?]"
    if row.ticked:
        return "[x]"
    return "[ ]"


def _suggestion(row: Row, style: str) -> Iterator[Part]:
    """The probability, or that the theme is decided, in a style; and the reasons."""
    figure = percentage(row.probability)
    if not row.judged:
        figure = "decided"
    yield (f"{figure} ", style)
    if row.why:
        yield (f" {safe_text(row.why, one_line=True)}", "dim italic")


def percentage(probability: float | None) -> str:
    """A probability in four cells; empty where there is none."""
    if probability is None:
        return ""
    return f"{probability:>4.0%}"


def _answers(row: Row, layout: ListLayout) -> Iterator[Part]:
    """What each reviewer answered, and whether that has to be decided."""
    style = "bold" if row.judged else "dim"
    for (_, answer), width in zip(row.said, layout.reviewer_widths, strict=True):
        yield (f" {plain_line(answer, width)}", style)
    if row.judged:
        yield (" ≠ decide", style)
    else:
        yield (" agreed", style)


def reviewers_line(rows: Sequence[Row], layout: ListLayout) -> Content:
    """The names of the reviewers over their answers."""
    line = " " * (9 + layout.name_width)
    for (reviewer, _), width in zip(rows[0].said, layout.reviewer_widths, strict=True):
        line += f" {plain_line(reviewer, width)}"
    return Content.styled(line, "dim")


def position_line(
    position: PositionRow, number: int | None, layout: ListLayout, *, at_cursor: bool
) -> Content:
    """A position with its box; with its number where number keys choose positions."""
    box = "(x)" if position.ticked else "( )"
    start = f"{_pointer(at_cursor)}      {box} "
    if number is not None:
        start += f"{number} "
    figure = percentage(position.probability)
    if figure:
        figure = f"  {figure}"
    room = max(12, layout.width - len(start) - len(figure) - 4)
    name = cut(safe_text(position.name, one_line=True), room)
    style = "reverse" if at_cursor else ""
    return Content.styled(f"{start}{name}{figure}", style)
