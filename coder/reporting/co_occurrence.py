"""Which themes go together: comments that carry both, and how many would by chance (B9)."""

from collections.abc import Collection
from itertools import combinations

import numpy as np
import pandas as pd

from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.theme_table import main_theme_of
from coder.statistics.estimates import holm, two_shares

COLUMNS = (
    "theme_id",
    "with_theme_id",
    "theme",
    "with_theme",
    "n",
    "expected",
    "times",
    "p_adjusted",
    "more_than_chance",
)


def themes_together(
    counted: CodedMatrix, *, fewest: int = 1, held_back: Collection[str] = ()
) -> pd.DataFrame:
    """Each pair of themes with `fewest` comments that carry both, most first.

    `expected` is what chance would give, `times` how often more it is; `more_than_chance` is Fisher's or the
    chi-square test at 5 %, corrected by Holm for all pairs. A sub-theme counted within another theme is not
    paired with it, nor is any that stands under a theme that is held back.
    """
    mains = main_theme_of(counted)
    themes = [
        n
        for n, row in enumerate(counted.rows)
        if row.position is None and mains[n] not in held_back
    ]
    carries = counted.carries[:, themes].astype(np.float64)
    both = carries.T @ carries
    base = len(carries)
    lines = []
    for i, j in combinations(range(len(themes)), 2):
        one, other = counted.rows[themes[i]], counted.rows[themes[j]]
        if other.theme.aggregate and other.parent_id == one.theme.id:
            continue
        n, a, b = int(both[i, j]), int(both[i, i]), int(both[j, j])
        expected = a * b / base if base else 0.0
        p = two_shares(n, a, b - n, base - a).p if 0 < a < base else 1.0
        times = n / expected if expected else np.nan
        lines.append(
            (
                one.theme.id,
                other.theme.id,
                one.theme.short,
                other.theme.short,
                n,
                expected,
                times,
                p,
                False,
            )
        )
    found = pd.DataFrame(lines, columns=list(COLUMNS))
    adjusted = holm(found["p_adjusted"].to_numpy(dtype=float))
    more = (adjusted < 0.05) & (found["n"] > found["expected"]).to_numpy()
    found = found.assign(p_adjusted=adjusted, more_than_chance=more)
    found = found[found["n"] >= fewest]
    return found.sort_values(
        ["n", "theme_id", "with_theme_id"], ascending=[False, True, True], ignore_index=True
    )
