"""Which themes go together (`tables.PAIRS`): comments that carry both, and how many would by
chance.
"""

from collections.abc import Collection
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from coder import tables
from coder.reporting.coded_matrix import CodedMatrix, MatrixRow
from coder.statistics.tests import holm, two_shares

SIGNIFICANT = 0.05


def pair_themes(
    matrix: CodedMatrix, *, held_back: Collection[str] = ()
) -> pd.DataFrame:
    """Each pair of themes that some comment carries both of (`tables.PAIRS`), the most frequent
    first.

    `more_than_chance` is the chi-square test or Fisher's at 5 %, corrected by Holm's method for
    all pairs. A sub-theme counted within another theme is not paired with it, nor is any theme
    paired that stands under one of `held_back`.
    """
    main_themes = matrix.main_themes()
    themes = []
    for number, row in enumerate(matrix.rows):
        if row.position is None and main_themes[number] not in held_back:
            themes.append(number)
    carries = matrix.carries[:, themes].astype(np.float64)
    both = (carries.T @ carries).astype(np.int64)
    lines = []
    for i, j in combinations(range(len(themes)), 2):
        one, other = matrix.rows[themes[i]], matrix.rows[themes[j]]
        if other.theme.aggregate and other.parent_id == one.theme.id:
            continue
        lines.append(
            _pair(one, other, both[i, i], both[j, j], both[i, j], len(carries))
        )
    pairs = pd.DataFrame(lines, columns=list(tables.PAIRS.columns))
    adjusted = holm(pairs["p_adjusted"].to_numpy(dtype=float))
    is_more = (adjusted < SIGNIFICANT) & (pairs["n"] > pairs["expected"]).to_numpy()
    pairs = pairs.assign(p_adjusted=adjusted, more_than_chance=is_more)
    return pairs[pairs["n"] > 0].sort_values(
        ["n", "theme_id", "with_theme_id"],
        ascending=[False, True, True],
        ignore_index=True,
    )


def _pair(
    one: MatrixRow, other: MatrixRow, size: int, other_size: int, both: int, base: int
) -> dict[str, Any]:
    """One pair; `p_adjusted` is the p-value, to be corrected.

    Args:
        size, other_size: comments that carry each of the themes.
        both: comments that carry both.
        base: all comments.
    """
    expected, p = 0.0, 1.0
    if base:
        expected = size * other_size / base
    if 0 < size < base:
        p = two_shares(int(both), int(size), int(other_size - both), int(base - size)).p
    return {
        "theme_id": one.theme.id,
        "with_theme_id": other.theme.id,
        "theme": one.theme.short,
        "with_theme": other.theme.short,
        "n": int(both),
        "expected": expected,
        "times": both / expected if expected else np.nan,
        "p_adjusted": p,
        "more_than_chance": False,
    }
