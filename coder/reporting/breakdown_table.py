"""The table of a breakdown (`tables.CELLS`): tests corrected for their number, hidden cells
empty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.figures import round_half_up
from coder.reporting.breakdown_cells import BreakdownCell, GroupComparison
from coder.reporting.groups import Texts
from coder.reporting.suppression import PROTECTS, SMALL_CELL
from coder.statistics.tests import (
    Test,
    detectable_difference,
    false_discovery,
    holm,
    smallest_difference,
)
from coder.statistics.weighting import SampleShare

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Significance:
    """What a corrected test says of a cell.

    Attributes:
        p_adjusted: corrected for the comparisons made.
        resolves: the smallest difference, in percentage points, that the test could have shown.
        detectable: the smallest true difference, in percentage points, that it would have shown
            in 80 of 100 surveys; NaN where there is none.
        significant: `higher` or `lower` than the rest, `no`, or `could not` where no counts
            could have been.
    """

    p_adjusted: float
    resolves: float
    detectable: float
    significant: str


def build_cell_table(
    cells: Sequence[Sequence[BreakdownCell]], hidden: Sequence[Texts], correction: str
) -> pd.DataFrame:
    """The table of all parts of a breakdown.

    Args:
        cells: of each part, group by group.
        hidden: of each part, why each cell is hidden (see `suppression.hide_cells`).
        correction: `holm` or `fdr`, made within each part.
    """
    lines: list[dict[str, Any]] = []
    for part_cells, part_hidden in zip(cells, hidden, strict=True):
        reasons = part_hidden.ravel().tolist()
        shown = [
            cell for cell, reason in zip(part_cells, reasons, strict=True) if not reason
        ]
        verdicts = _judge_part(part_cells, shown, correction)
        for cell, reason in zip(part_cells, reasons, strict=True):
            lines.append(_line(cell, reason, verdicts.get(cell.place)))
    table = pd.DataFrame(lines, columns=list(tables.CELLS.columns))
    return table.astype(tables.CELLS.dtypes)


def without_protection(table: pd.DataFrame) -> pd.DataFrame:
    """The table for publication: it does not tell which cells are small and which only protect
    them.

    Knowing that would help to work out the small ones.
    """
    return table.assign(hidden=table["hidden"].replace(PROTECTS, SMALL_CELL))


# ---------------------------------------------------------------- tests


class _TestedCell(NamedTuple):
    """A cell with a test of its difference from the rest."""

    cell: BreakdownCell
    comparison: GroupComparison
    test: Test


def _tested_cells(cells: Iterable[BreakdownCell]) -> list[_TestedCell]:
    tested = []
    for cell in cells:
        comparison = cell.comparison
        if comparison is not None and comparison.test is not None:
            tested.append(_TestedCell(cell, comparison, comparison.test))
    return tested


def _are_twins(tested: Iterable[_TestedCell]) -> bool:
    """Whether two groups are all that is compared: each is the other's rest, so each row has
    one test.
    """
    bases = {}
    for cell, comparison, _ in tested:
        bases[cell.group] = (cell.base, comparison.rest.base)
    if len(bases) != 2:
        return False
    one, other = bases.values()
    return other == one[::-1]


def _judge_part(
    cells: Iterable[BreakdownCell], shown: Iterable[BreakdownCell], correction: str
) -> dict[tuple[str, int], Significance]:
    """The verdict on each cell that is shown and has a test; p-values are corrected together.

    Args:
        cells: all of the part, shown or not.
    """
    one_test_a_row = _are_twins(_tested_cells(cells))
    same_test: dict[Any, list[_TestedCell]] = {}
    for tested in _tested_cells(shown):
        key = tested.cell.number if one_test_a_row else tested.cell.place
        same_test.setdefault(key, []).append(tested)
    p_values = [group[0].test.p for group in same_test.values()]
    correct = false_discovery if correction == "fdr" else holm
    adjusted = correct(np.array(p_values, dtype=np.float64))
    verdicts = {}
    for group, p_adjusted in zip(same_test.values(), adjusted, strict=True):
        for tested in group:
            verdict = _judge(tested.comparison, float(p_adjusted), len(same_test))
            verdicts[tested.cell.place] = verdict
    return verdicts


def _judge(
    comparison: GroupComparison, p_adjusted: float, comparisons: int
) -> Significance:
    sizes = (comparison.own.effective, comparison.rest.effective)
    resolves = smallest_difference(comparison.share, *sizes, comparisons)
    detectable = detectable_difference(comparison.rest.share, *sizes, comparisons)
    # Test and interval are made in different ways; a difference is claimed only where both show it.
    if p_adjusted < SIGNIFICANT and comparison.interval_leaves_out_zero:
        significant = "higher" if comparison.difference > 0 else "lower"
    elif _could_be_significant(comparison, resolves, comparisons):
        significant = "no"
    else:
        significant = "could not"
    return Significance(p_adjusted, 100 * resolves, 100 * detectable, significant)


def _could_be_significant(
    comparison: GroupComparison, resolves: float, comparisons: int
) -> bool:
    """Whether the theme's comments could have given a significant difference, had they fallen
    otherwise.
    """
    if comparison.smallest_p is not None:
        return comparison.smallest_p <= SIGNIFICANT / max(1, comparisons)
    # The shares are furthest apart with all the theme's comments on one side.
    bases = (comparison.own.base, comparison.rest.base)
    carrying = comparison.share * sum(bases)
    return resolves <= min(1.0, carrying / min(bases))


# ---------------------------------------------------------------- lines


def _line(
    cell: BreakdownCell, hidden: str, verdict: Significance | None
) -> dict[str, Any]:
    """The cells of `tables.CELLS` for one group and row; a hidden one has names, base and
    reason alone.
    """
    line: dict[str, Any] = {
        "route": cell.part,
        "group": cell.group,
        "theme_id": cell.row.theme.id,
        "position_id": cell.row.key[1],
        "theme": cell.row.name,
        "base": cell.base,
        "test": "",
        "significant": "",
        "hidden": hidden,
    }
    if hidden:
        return line
    if not np.isnan(cell.n):
        line["n"] = int(round_half_up(cell.n))
    if cell.share is not None:
        line |= _share_columns(cell, cell.share)
    if cell.comparison is not None:
        line |= _difference_columns(cell.comparison, verdict)
    return line


def _share_columns(cell: BreakdownCell, share: SampleShare) -> dict[str, Any]:
    columns = {
        "percent": 100 * share.share,
        "low": 100 * cell.low,
        "high": 100 * cell.high,
        "effective_base": share.effective,
    }
    if cell.weighted:
        columns["design_effect"] = share.design_effect
    return columns


def _difference_columns(
    comparison: GroupComparison, verdict: Significance | None
) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "difference": 100 * comparison.difference,
        "difference_low": 100 * comparison.low,
        "difference_high": 100 * comparison.high,
    }
    if comparison.test is not None and verdict is not None:
        columns |= {
            "test": comparison.test.name,
            "p": comparison.test.p,
            "p_adjusted": verdict.p_adjusted,
            "resolves": verdict.resolves,
            "detectable": verdict.detectable,
            "significant": verdict.significant,
        }
    return columns
