"""Texts of the review screen: the comment, the progress line, the dialogs.

Everything that people wrote passes `safe_text` and is shown as it is, never read as markup.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from coder.codebook import Position, Theme
from coder.errors import CoderError, for_command_line
from coder.reviewing.session import Progress, Row
from coder.text import Span, count, safe_text

OPEN, CLOSE = "⟦", "⟧"  # around evidence, so that it is not shown by colour alone
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
EVIDENCE = "underline"
WIDE_PROGRESS = 110  # cells from which the progress line is written in full
Part = tuple[str, str]  # text and style


def fitted(text: str, width: int) -> str:
    """One line of exactly `width` cells, cut with an ellipsis or padded."""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def cut(text: str, width: int) -> str:
    """A line of at most `width` cells, cut with an ellipsis."""
    return fitted(text, min(cell_len(text), width))


def plain_line(text: str, width: int) -> str:
    """Text that people wrote, as one line of exactly `width` cells."""
    return fitted(safe_text(text, one_line=True), width)


def error_text(error: Exception) -> str:
    """An error in words; options and commands as they are typed in a terminal."""
    if isinstance(error, CoderError):
        lines = [error.problem, error.fix]
        return for_command_line("\n".join(line for line in lines if line))
    return str(error)


# ---------------------------------------------------------------- the comment


@dataclass
class _Evidence:
    """A passage of the comment and the themes it is evidence for."""

    span: Span
    numbers: list[int] = field(default_factory=list)  # of the themes in the list, from 1
    selected: bool = False  # whether the theme under the cursor is among them

    @property
    def closing(self) -> str:
        """The closing bracket with the numbers of the themes."""
        return CLOSE + "·".join(superscript(number) for number in self.numbers)


def marked_text(text: str, rows: Sequence[Row], selected: str = "") -> Content:
    """The comment with its evidence in brackets, underlined, and numbered as its themes are.

    Args:
        rows: the themes in the order of the list.
        selected: id of the theme under the cursor; its evidence is bold too.
    """
    safe = safe_text(text)
    passages = _evidence(rows, selected)
    parts: list[Part] = []
    for start, end in pairwise(_borders(text, passages)):
        for passage in passages:
            if passage.span.start == start:
                parts.append((OPEN, "bold"))
        parts.append((safe[start:end], _style_between(start, end, passages)))
        for passage in passages:
            if passage.span.end == end:
                parts.append((passage.closing, "bold"))
    return Content.assemble(*parts)


def _evidence(rows: Sequence[Row], selected: str) -> list[_Evidence]:
    """The passages to mark: those of themes that are ticked or suggested."""
    passages: dict[Span, _Evidence] = {}
    for number, row in enumerate(rows, start=1):
        if row.evidence is None or not (row.ticked or row.suggested):
            continue
        passage = passages.setdefault(row.evidence, _Evidence(row.evidence))
        passage.numbers.append(number)
        if row.theme_id == selected:
            passage.selected = True
    return list(passages.values())


def _borders(text: str, passages: Sequence[_Evidence]) -> list[int]:
    """Where the style may change, from the beginning to the end of the text."""
    borders = {0, len(text)}
    for passage in passages:
        borders.update(place for place in passage.span if place <= len(text))
    return sorted(borders)


def _style_between(start: int, end: int, passages: Sequence[_Evidence]) -> str:
    inside = []
    for passage in passages:
        if passage.span.start <= start and end <= passage.span.end:
            inside.append(passage)
    if any(passage.selected for passage in inside):
        return f"bold {EVIDENCE}"
    if inside:
        return EVIDENCE
    return ""


def superscript(number: int) -> str:
    """A number in raised digits."""
    return "".join(SUPERSCRIPTS[int(digit)] for digit in str(number))


# ---------------------------------------------------------------- the progress line


def progress_text(progress: Progress, skipped: int, width: int, *, shares: bool) -> str:
    """What is done, what is left, and how many reviews are still needed.

    Args:
        skipped: comments skipped and not decided since.
        width: of the terminal, in cells.
        shares: whether the session helps to estimate how many comments carry each theme.
    """
    parts = [f"{progress.decided:,} decided"]
    if progress.left is not None:
        parts.append(f"{progress.left:,} left")
    if skipped:
        parts.append(f"{skipped:,} skipped")
    if shares:
        parts += _precision(progress, wide=width >= WIDE_PROGRESS)
    return " · ".join(parts)


def _precision(progress: Progress, *, wide: bool) -> Iterator[str]:
    drawn = f"{progress.random:,} of {progress.analysed:,}"
    if wide:
        yield f"{drawn} reviewed at random"
    else:
        yield f"{drawn} at random"
    if progress.more == 0:
        yield "every theme within 2 points"
    elif wide:
        yield f"{progress.themes_within} of {progress.themes} themes within 2 points"
        yield f"about {count(progress.more, 'more random review')} needed for all themes"
    else:
        yield f"{progress.more:,} more for ±2 points"


# ---------------------------------------------------------------- the dialogs


def comment_details(comment_id: str, reason: str, attributes: Sequence[tuple[str, str]]) -> Content:
    """Why a comment was chosen, and what is known about who wrote it."""
    parts: list[Part] = [
        (f"{safe_text(comment_id, one_line=True)}\n", "bold"),
        (f"{safe_text(reason)}\n\n", ""),
    ]
    for name, value in attributes:
        parts.append((f"{safe_text(name, one_line=True)}: ", "bold"))
        parts.append((f"{safe_text(value)}\n", ""))
    return Content.assemble(*parts)


def definition(theme: Theme) -> Content:
    """All that the codebook holds about a theme."""
    parts: list[Part] = [(safe_text(theme.name), "bold"), (f"  ({theme.id})\n", "dim")]
    if theme.definition:
        parts.append((f"\n{safe_text(theme.definition.strip())}\n", ""))
    lists = {
        "Includes": theme.includes,
        "Excludes": theme.excludes,
        "Examples": theme.examples,
        "Counter-examples": theme.counter_examples,
    }
    for title, items in lists.items():
        parts += _bullets(title, items)
    for position in theme.positions:
        parts += _position(position)
    if theme.keywords:
        parts.append(("\nKeywords: ", "bold"))
        parts.append((safe_text(", ".join(theme.keywords)), ""))
    return Content.assemble(*parts)


def _bullets(title: str, items: Sequence[str]) -> Iterator[Part]:
    if items:
        yield (f"\n{title}\n", "bold")
    for item in items:
        yield (f"  - {safe_text(item, one_line=True)}\n", "")


def _position(position: Position) -> Iterator[Part]:
    yield (f"\nPosition: {safe_text(position.name)}", "bold")
    yield (f"  ({position.id})\n", "dim")
    if position.definition:
        yield (f"  {safe_text(position.definition.strip())}\n", "")
    if position.keywords:
        yield (f"  Keywords: {safe_text(', '.join(position.keywords))}\n", "")
