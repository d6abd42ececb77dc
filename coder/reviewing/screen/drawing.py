"""From a session to what a terminal shows. Text of comments and codebooks passes `safe_text`, never markup."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from coder.codebook import Theme
from coder.reviewing.session import Kind, Progress, Row, Session
from coder.text import Span, safe_text

OPEN, CLOSE = "⟦", "⟧"  # around evidence, so that colour is never the only sign
SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"
EVIDENCE = "underline"
Part = tuple[str, str]


class Line(NamedTuple):
    """A line of the list of themes: a theme, or one of its positions."""

    theme_id: str
    position_id: str
    content: Content


def marked_text(text: str, rows: Sequence[Row], strong: str = "") -> Content:
    """The comment with each evidence span in brackets, underlined, and numbered as its themes are.

    `strong` is the theme under the cursor: its evidence is bold too.
    """
    safe = safe_text(text)
    spans: dict[Span, list[int]] = {}
    under_cursor: set[Span] = set()
    for number, row in enumerate(rows, start=1):
        if row.evidence is not None and (row.ticked or row.suggested):
            spans.setdefault(row.evidence, []).append(number)
            if row.theme_id == strong:
                under_cursor.add(row.evidence)
    cuts = sorted({0, len(text), *(at for span in spans for at in span if at <= len(text))})
    parts: list[Part] = []
    for start, end in pairwise(cuts):
        parts += [(OPEN, "bold") for span in spans if span.start == start]
        inside = [span for span in spans if span.start <= start and end <= span.end]
        style = f"bold {EVIDENCE}" if any(span in under_cursor for span in inside) else EVIDENCE
        parts.append((safe[start:end], style if inside else ""))
        for span, numbers in spans.items():
            if span.end == end:
                parts.append((CLOSE + "·".join(_superscript(n) for n in numbers), "bold"))
    return Content.assemble(*(part for part in parts if part[0]))


def _superscript(number: int) -> str:
    return "".join(SUPERSCRIPT[int(digit)] for digit in str(number))


def theme_lines(session: Session, rows: Sequence[Row], cursor: int, width: int) -> list[Line]:
    """The list of themes, a line each; positions stand under a theme that is ticked."""
    adjudicating = session.kind == "adjudicate"
    reviewers = [reviewer for reviewer, _ in rows[0].said] if adjudicating and rows else []
    names = {t.id: t.short for t in session.codebook.active}
    room = max(18, min(34, width - 30), width - 50)  # what is left says why
    longest = max((_name_width(row, names, room) for row in rows), default=18)
    wide = [max(8, min(16, len(reviewer) + 1)) for reviewer in reviewers]
    lines: list[Line] = []
    if reviewers:
        head = " " * (9 + longest) + "".join(
            f" {fitted(safe_text(r, one_line=True), w)}"
            for r, w in zip(reviewers, wide, strict=True)
        )
        lines.append(Line("", "", Content.styled(head, "dim")))
    for number, row in enumerate(rows, start=1):
        at = len(lines) == cursor
        lines.append(Line(row.theme_id, "", _theme_line(row, number, names, longest, at, wide)))
        if row.ticked or session.kind == "theme":
            for place, position in enumerate(row.positions, start=1):
                at = len(lines) == cursor
                key = f"{place} " if session.kind == "theme" else ""
                chance = (
                    f"  {position.probability:>4.0%}" if position.probability is not None else ""
                )
                box = "(x)" if position.ticked else "( )"
                begin = f"{'>' if at else ' '}      {box} {key}"
                name = safe_text(position.name, one_line=True)
                name = fitted(
                    name, min(cell_len(name), max(12, width - len(begin) - len(chance) - 4))
                )
                text = f"{begin}{name}{chance}"
                lines.append(
                    Line(
                        row.theme_id,
                        position.position_id,
                        Content.styled(text, "reverse" if at else ""),
                    )
                )
    return lines


def _name_width(row: Row, names: dict[str, str], room: int) -> int:
    return min(room, cell_len(safe_text(names[row.theme_id], one_line=True)) + 2 * row.depth)


def fitted(text: str, width: int) -> str:
    """One line of exactly `width` cells, cut with an ellipsis or padded."""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def _theme_line(
    row: Row, number: int, names: dict[str, str], longest: int, at: bool, wide: Sequence[int]
) -> Content:
    box = "[?]" if row.unsure else "[x]" if row.ticked else "[ ]"
    digit = str(number) if number <= 9 else " "
    name = "  " * row.depth + safe_text(names[row.theme_id], one_line=True)
    chance = "" if row.probability is None else f"{row.probability:>4.0%}"
    style = "bold" if row.ticked else "" if row.judged else "dim"
    if at:
        style = f"{style} reverse".strip()
    parts: list[Part] = [(f"{'>' if at else ' '}{box} {digit} {fitted(name, longest)} ", style)]
    if row.said:
        differs = row.judged
        for (_, word), w in zip(row.said, wide, strict=True):
            parts.append((f" {fitted(word, w)}", "bold" if differs else "dim"))
        parts.append((" ≠ decide" if differs else " agreed", "bold" if differs else "dim"))
        return Content.assemble(*parts)
    if not row.judged:
        chance = "decided"
    parts.append((f"{chance} ", style if at else "" if row.suggested else "dim"))
    if row.why:
        parts.append((f" {safe_text(row.why, one_line=True)}", "dim italic"))
    return Content.assemble(*parts)


def progress_text(progress: Progress, skipped: int, width: int, kind: Kind) -> str:
    """What is done, what is left, and what further reviews buy."""
    wide = width >= 110
    parts = [f"{progress.decided:,} decided"]
    if progress.left is not None:
        parts.append(f"{progress.left:,} left")
    if skipped:
        parts.append(f"{skipped} skipped")
    if kind in ("adjudicate", "double"):
        return " · ".join(parts)
    drawn = f"{progress.random:,} of {progress.analysed:,}"
    parts.append(f"{drawn} reviewed at random" if wide else f"{drawn} at random")
    if progress.more == 0:
        parts.append("every theme within 2 points")
    elif wide:
        parts.append(
            f"{progress.themes_within} of {progress.themes} themes within 2 points; "
            f"about {progress.more:,} more random reviews bring all"
        )
    else:
        parts.append(f"{progress.more:,} more bring ±2 points")
    return " · ".join(parts)


def about(comment_id: str, reason: str, known: Sequence[tuple[str, str]]) -> Content:
    """All that is known of a comment."""
    parts: list[Part] = [
        (f"{safe_text(comment_id, one_line=True)}\n", "bold"),
        (f"{safe_text(reason)}\n\n", ""),
    ]
    for name, value in known:
        parts += [(f"{safe_text(name, one_line=True)}: ", "bold"), (f"{safe_text(value)}\n", "")]
    return Content.assemble(*parts)


def definition(theme: Theme) -> Content:
    """All that the codebook says of a theme."""
    parts: list[Part] = [(safe_text(theme.name), "bold"), (f"  ({theme.id})\n", "dim")]
    if theme.definition:
        parts.append((f"\n{safe_text(theme.definition.strip())}\n", ""))
    for title, items in (
        ("Counts", theme.includes),
        ("Does not count", theme.excludes),
        ("Examples", theme.examples),
        ("Seems to, and does not", theme.counter_examples),
    ):
        if items:
            parts.append((f"\n{title}\n", "bold"))
            parts += [(f"  - {safe_text(item, one_line=True)}\n", "") for item in items]
    for position in theme.positions:
        parts.append((f"\nPosition: {safe_text(position.name)}", "bold"))
        parts.append((f"  ({position.id})\n", "dim"))
        if position.definition:
            parts.append((f"  {safe_text(position.definition.strip())}\n", ""))
        if position.keywords:
            parts.append((f"  Words: {safe_text(', '.join(position.keywords))}\n", ""))
    if theme.keywords:
        parts.append(("\nWords: ", "bold"))
        parts.append((safe_text(", ".join(theme.keywords)), ""))
    return Content.assemble(*parts)


def matching_themes(themes: Sequence[Theme], typed: str) -> list[Theme]:
    """Themes found by a few letters: at the start of a word of the name, in it, then in keywords; else its letters in order."""
    wanted = typed.casefold().split()
    if not wanted:
        return list(themes)

    def rank(theme: Theme) -> int:
        name = f"{theme.label} {theme.name} {theme.id}".casefold()
        starts = name.replace("-", " ").split()
        if all(any(word.startswith(w) for word in starts) for w in wanted):
            return 0
        if all(w in name for w in wanted):
            return 1
        more = " ".join(
            (*theme.keywords, *(p.name for p in theme.positions), *theme.includes)
        ).casefold()
        if all(w in name or w in more for w in wanted):
            return 2
        return 3 if _in_order("".join(wanted), name) else 9

    ranked = [(rank(theme), number, theme) for number, theme in enumerate(themes)]
    worst = 3 if min((place for place, _, _ in ranked), default=9) == 3 else 2
    return [theme for place, _, theme in sorted(ranked, key=lambda r: r[:2]) if place <= worst]


def _in_order(letters: str, name: str) -> bool:
    at = iter(name)
    return all(letter in at for letter in letters)
