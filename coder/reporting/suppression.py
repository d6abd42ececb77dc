"""Which cells of a breakdown are hidden, so that no small count can be read or worked out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.reporting.breakdown_cells import BreakdownCell, BreakdownPart
from coder.reporting.coded_matrix import Bools, Floats, Integers
from coder.reporting.groups import Texts
from coder.reporting.shares import Shares

# Why a cell is hidden. Empty: it is shown.
SMALL_BASE, SMALL_CELL, PROTECTS = "base", "cell", "protects"
# Added to counts of 0, so that they are hidden only when nothing else is left.
LAST_CHOICE = 1e6


class Limits(NamedTuple):
    """Below which sizes figures are hidden: comments of a group, and comments of a cell (0:
    never).
    """

    base: int
    cell: int


class CountTable(NamedTuple):
    """The counts of one table of groups.

    Attributes:
        groups: names, in order.
        bases: (n_groups,) comments.
        n: (n_groups, n_rows) comments that carry each row.
        missing: (n_rows,) comments that carry the row and whose group is missing.
        without_group: comments whose group is missing, whatever they carry.
    """

    groups: tuple[str, ...]
    bases: Integers
    n: Floats
    missing: Floats
    without_group: int


def count_cells(
    cells: Sequence[BreakdownCell], values: Texts, shares: Shares, part: BreakdownPart
) -> CountTable:
    """The counts of a table's cells.

    Args:
        cells: group by group, each with the same rows.
        values: (n_comments,) the group of each comment, empty where it is missing.
    """
    bases = {cell.group: cell.base for cell in cells}
    numbers = list(dict.fromkeys(cell.number for cell in cells))
    n = np.array([cell.n for cell in cells]).reshape(len(bases), len(numbers))
    no_group = part.members & (values == "")
    missing = shares.expected[no_group][:, numbers].sum(axis=0)
    return CountTable(
        groups=tuple(bases),
        bases=np.array(list(bases.values()), dtype=np.int64),
        n=n,
        missing=missing,
        without_group=int(no_group.sum()),
    )


def hide_cells(
    tables: Sequence[CountTable], limits: Limits, *, pooled: bool
) -> list[Texts]:
    """Why each cell is hidden, (n_groups, n_rows) for each table; empty where it is shown.

    No hidden cell follows from the rest by subtraction: in every row of a table either nothing
    is hidden, or at least two cells are, and where one is hidden for its own smallness they
    hold `limits.cell` comments together. Missing answers, which are never shown, count as one
    of the two beside suppressed groups only: what the groups compared hold together follows
    from their differences.

    Args:
        pooled: the last table is of all sources. It hides what any route hides, since a route's
            cell is the pooled one less the others.
    """
    hidden = [_hide_in(table, limits) for table in tables]
    if pooled and limits.cell:
        last, last_table = hidden[-1], tables[-1]
        for of_route, table in zip(hidden[:-1], tables[:-1], strict=True):
            _hide_same_groups(last, last_table, of_route, table)
        hidden[-1] = _protect(last, last_table, limits)
    return [reasons.astype(np.str_) for reasons in hidden]


def _hide_in(table: CountTable, limits: Limits) -> NDArray[Any]:
    counts = np.round(table.n)
    hidden = np.full(counts.shape, "", dtype=object)
    hidden[(counts > 0) & (counts < limits.cell)] = SMALL_CELL
    hidden[table.bases < limits.base] = SMALL_BASE
    return _protect(hidden, table, limits)


def _hide_same_groups(
    pooled: NDArray[Any],
    pooled_table: CountTable,
    of_route: NDArray[Any],
    table: CountTable,
) -> None:
    """Hide in the pooled table what a route hides of the same groups."""
    for place, group in enumerate(table.groups):
        if group not in pooled_table.groups:
            continue
        row = pooled_table.groups.index(group)
        is_new = (pooled[row] == "") & (of_route[place] != "")
        pooled[row] = np.where(is_new, PROTECTS, pooled[row])


def _protect(hidden: NDArray[Any], table: CountTable, limits: Limits) -> NDArray[Any]:
    """Hide further cells until no hidden one follows from the rest of its row by subtraction."""
    if not limits.cell:
        return hidden
    counts = np.round(table.n)
    large = table.bases >= limits.base
    for row in range(counts.shape[1]):
        while not _is_protected(
            hidden[:, row], counts[:, row], row, table, large, limits
        ):
            _hide_smallest(hidden[:, row], counts[:, row])
    return hidden


def _is_protected(
    hidden: NDArray[Any],
    counts: Floats,
    row: int,
    table: CountTable,
    large: Bools,
    limits: Limits,
) -> bool:
    """Whether the hidden cells of a row cannot be worked out.

    Args:
        hidden, counts: (n_groups,) of the row.
        large: (n_groups,) groups that are not suppressed.
    """
    is_hidden = hidden != ""
    if is_hidden.all():
        return True
    # Where answers are missing, the large groups are compared among themselves.
    compared_apart = table.without_group > 0 and int(large.sum()) > 1
    if compared_apart:
        is_hidden = is_hidden & large
    if not is_hidden.any():
        return True
    size = int(is_hidden.sum())
    total = counts[is_hidden].sum()
    if not compared_apart:
        size += table.without_group > 0
        total += table.missing[row]
    # A cell hidden for its own smallness is known to hold at least one; a small group may hold
    # none.
    only_small_groups = bool((hidden[is_hidden] == SMALL_BASE).all())
    return size >= 2 and (bool(total >= limits.cell) or only_small_groups)


def _hide_smallest(hidden: NDArray[Any], counts: Floats) -> None:
    """Hide the smallest count that is shown; one of 0 only when nothing else is left."""
    shown = np.flatnonzero(hidden == "")
    cost = counts[shown] + LAST_CHOICE * (counts[shown] == 0)
    hidden[shown[np.argmin(cost)]] = PROTECTS
