"""How an answer in training compares with the right one, as the screen tells it."""

from typing import ClassVar

from textual.content import Content

from coder.codebook import Codebook, Theme
from coder.reviewing.theme_keys import theme_keys
from coder.reviewing.training.scores import (
    Comparison,
    Result,
    ThemeComparison,
)
from coder.reviewing.training.training_session import SoFar, Trainer
from coder.screen.dialogs import TextDialog
from coder.screen.styled_text import StyledText, cut, one_line
from coder.text import count

STYLES: dict[Result, str] = {"right": "$text-success", "unsure": "$text-warning"}
WRONG = "bold $text-error"
TEXT_SHOWN = 300  # cells of the comment
WIDEST = len("too much")
INDENT = "  "


class ComparisonDialog(TextDialog):
    """What was right and what was not; Enter goes on."""

    keys_text: ClassVar[str] = "Enter go on · ↑ ↓ scroll"


def comparison_dialog(codebook: Codebook, trainer: Trainer) -> ComparisonDialog:
    """The dialog after an answer.

    Args:
        trainer: has compared one answer at least.
    """
    comparison = trainer.last
    if comparison is None:
        raise ValueError("nothing was compared yet")
    text = comparison_text(codebook, comparison, trainer.so_far())
    return ComparisonDialog(text, "Your answer and the right one")


def comparison_text(
    codebook: Codebook,
    comparison: Comparison,
    so_far: SoFar,
) -> Content:
    """One answer theme by theme, what was wrong first, with explanations and definitions; and the
    score so far.
    """
    keys = theme_keys(codebook.theme_ids)
    text = StyledText()
    text.add(f"{_heading(comparison)} ", "bold")
    text.add(f"{describe_score(so_far)}\n", "dim")
    text.add(f"“{cut(one_line(comparison.text), TEXT_SHOWN)}”\n")
    if comparison.why:
        text.add(f"Why: {one_line(comparison.why)}\n")
    for one in sorted(comparison.themes, key=lambda each: each.result == "right"):
        theme = codebook.theme(one.theme_id)
        _add_theme(text, f"{keys[theme.id]} {one_line(theme.short)}", theme, one)
    return text.content()


def _heading(comparison: Comparison) -> str:
    if comparison.is_right:
        if comparison.themes:
            return "All right."
        return "All right: no theme."
    wrong = count(comparison.differing, "theme")
    return f"{wrong} of {comparison.judged} wrong."


def describe_score(so_far: SoFar) -> str:
    """`So far 5 of 20 comments, 3 all right.`"""
    comments = count(so_far.total, "comment")
    return f"So far {so_far.answered:,} of {comments}, {so_far.exact:,} all right."


def _add_theme(text: StyledText, name: str, theme: Theme, one: ThemeComparison) -> None:
    style = STYLES.get(one.result, WRONG)
    text.add(f"\n{one.result:<{WIDEST}}", style)
    text.add(f"  {name}", "bold")
    text.add(_positions(theme, one))
    text.add("\n")
    if one.why:
        text.add(f"{INDENT}{one_line(one.why)}\n")
    if one.result == "right":
        return
    for line in _definition(theme, one.result):
        text.add(f"{INDENT}{one_line(line)}\n", "dim")


def _positions(theme: Theme, one: ThemeComparison) -> str:
    """The positions that the right answer names, and the trainee's where they differ."""
    if one.result == "right":
        return _named(": ", theme, one.gold)
    if one.result != "position":
        return _named(" · right: ", theme, one.gold)
    right = _named(" · right: ", theme, one.gold) or " · right: no position"
    return right + (_named(" · yours: ", theme, one.own) or " · yours: none")


def _named(before: str, theme: Theme, positions: tuple[str, ...] | None) -> str:
    if not positions:
        return ""
    names = []
    for position in theme.positions:
        if position.id in positions:
            names.append(one_line(position.name))
    return before + "; ".join(names)


def _definition(theme: Theme, result: Result) -> list[str]:
    """What the codebook says of a theme that was not answered right."""
    if result == "position":
        defined = [position for position in theme.positions if position.definition]
        return [f"{position.name}: {position.definition}" for position in defined]
    lines = []
    if theme.definition:
        lines.append(theme.definition)
    if theme.includes and result != "too much":
        lines.append(f"Includes: {'; '.join(theme.includes)}")
    if theme.excludes and result != "missed":
        lines.append(f"Not: {'; '.join(theme.excludes)}")
    return lines
