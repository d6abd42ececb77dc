"""The list on the left: what is to be decided, the themes, and the rest."""

from collections.abc import Iterator
from typing import NamedTuple

from coder.text import count
from coder.workbench.board import Board, Group, Standing

REST = "-"  # stands for the comments without a theme; no group has this id
SYMBOLS = {"theme": "■", "open": "□", "later": "…", "dropped": "×"}


class Row(NamedTuple):
    """A line of the list.

    Attributes:
        group_id: of the group; REST; empty for a heading.
        depth: how many themes it stands under.
    """

    group_id: str
    text: str
    symbol: str = ""
    size: int = 0
    stability: float | None = None
    depth: int = 0


def list_rows(board: Board) -> list[Row]:
    """Headings and groups in their order; the comments without a theme come last."""
    rows = list(_themes(board))
    rows += _section(
        board,
        "open",
        "To decide",
    )
    rows += _section(
        board,
        "later",
        "Put off",
    )
    rows += _section(
        board,
        "dropped",
        "Dropped",
    )
    rows.append(Row("", "Left over"))
    left = len(board.without_theme)
    rows.append(Row(REST, "Comments without a theme", "○", left))
    return rows


def _themes(board: Board) -> Iterator[Row]:
    themes = list(board.tree())
    if themes:
        yield Row("", count(len(themes), "theme"))
    for group, depth in themes:
        yield _row(group, board, depth)


def _section(board: Board, standing: Standing, title: str) -> Iterator[Row]:
    groups = board.standing(standing)
    if groups:
        yield Row("", f"{title}: {len(groups)}")
    for group in groups:
        yield _row(group, board, 0)


def _row(group: Group, board: Board, depth: int) -> Row:
    symbol = SYMBOLS[group.standing]
    stability = board.stability(group)
    return Row(
        group.id,
        group.name,
        symbol,
        group.size,
        stability,
        depth,
    )
