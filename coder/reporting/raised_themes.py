"""Themes that are small among all comments, and large in a group that raises them."""

from typing import Any

import pandas as pd

from coder import tables
from coder.reporting.options import Threshold
from coder.reporting.parts import ReportParts

SMALL_THEME = 5.0  # per cent of all comments, where the user gives no threshold


def small_theme_share(parts: ReportParts) -> float:
    """The per cent of all comments below which a theme is small: the display threshold."""
    if not parts.options.threshold:
        return SMALL_THEME
    limit = Threshold.parse(parts.options.threshold)
    if limit.is_percent:
        return limit.size
    return 100 * limit.size / len(parts.counts.pooled.comments)


def find_raised(
    characteristic: str, cells: pd.DataFrame, parts: ReportParts, small: float
) -> pd.DataFrame:
    """The themes under `small` per cent of all comments that have at least as much in a group,
    and whose 95 % interval there lies above the share of all comments (`tables.RAISED`).

    Hidden cells are left out.

    Args:
        characteristic: its id.
        cells: `tables.CELLS`, of themes that are held back too.
    """
    lines: list[dict[str, Any]] = []
    overall = _overall_shares(parts)
    for row in cells.to_dict(orient="records"):
        share = overall.get(row["theme_id"], float("nan"))
        is_theme = not row["position_id"] and not row["hidden"]
        if not is_theme or not share < small:
            continue
        if not (row["percent"] >= small and row["low"] > share):
            continue
        line = {str(name): value for name, value in row.items()}
        line |= {"characteristic": characteristic, "overall": share}
        line["held_back"] = _main_theme(row["theme_id"], parts) in parts.held_back
        lines.append(line)
    table = pd.DataFrame(lines, columns=list(tables.RAISED.columns))
    return table.astype(tables.RAISED.dtypes)


def _overall_shares(parts: ReportParts) -> dict[str, float]:
    """Theme id to its per cent of all comments, rounded so that 5 % of 40 is not above 2."""
    shares = {}
    for (theme_id, position_id), estimate in parts.shares.total.items():
        if not position_id:
            shares[theme_id] = round(100 * estimate.value, 9)
    return shares


def _main_theme(theme_id: str, parts: ReportParts) -> str:
    matrix = parts.counts.pooled
    return matrix.main_themes()[matrix.row_number[theme_id, ""]]
