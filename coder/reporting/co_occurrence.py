"""Which themes go together (`tables.PAIRS`): comments that carry both, and how many would by
chance.

What the model assigned is never counted here: its themes go together more often than people's.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from coder import tables
from coder.figures import round_half_up
from coder.reporting.coded_matrix import Bools, CodedMatrix, Floats
from coder.reporting.shares import Shares
from coder.statistics.intervals import FEWEST_AUDITED, Estimate, share
from coder.statistics.samples import ColumnPlan, plan_pair
from coder.statistics.tests import holm, two_shares

SIGNIFICANT = 0.05
FEWEST_COMPARED = 30  # decided comments; fewer say nothing of what goes together


def pair_themes(shares: Shares, *, held_back: Collection[str] = ()) -> pd.DataFrame:
    """Each pair of themes with the comments that carry both (`tables.PAIRS`), the most frequent
    first.

    Where every comment was decided, pairs are counted. Where enough were drawn at random, they
    are estimated as themes are, with an interval. Else they are counted among the decided
    comments, and there is no test. The tests are chi-square or Fisher's at 5 %, of all comments
    decided or of the random sample, corrected by Holm's method for all pairs. A sub-theme
    counted within another theme is not paired with it, nor is any theme paired that stands
    under one of `held_back`.
    """
    lines = []
    for one, other in _pairs(shares.matrix, held_back):
        pair = _Pair(shares, one, other)
        line = pair.line()
        if line:
            lines.append(line)
    pairs = pd.DataFrame(lines, columns=list(tables.PAIRS.columns))
    adjusted = holm(pairs["p_adjusted"].to_numpy(dtype=float))
    is_clear = adjusted < SIGNIFICANT
    above = (pairs["n"] > pairs["expected"]).to_numpy(dtype=bool)
    pairs = pairs.assign(
        p_adjusted=adjusted,
        more_than_chance=is_clear & above,
        fewer_than_chance=is_clear & ~above,
    )
    shown = (pairs["n"] > 0) | pairs["fewer_than_chance"]
    ordered = pairs[shown].sort_values(
        ["n", "theme_id", "with_theme_id"],
        ascending=[False, True, True],
        ignore_index=True,
    )
    return ordered.astype(tables.PAIRS.dtypes)


def _pairs(
    matrix: CodedMatrix, held_back: Collection[str]
) -> Iterator[tuple[int, int]]:
    """Numbers of the rows of each pair."""
    main_themes = matrix.main_themes()
    themes = []
    for number, row in enumerate(matrix.rows):
        if row.position is None and main_themes[number] not in held_back:
            themes.append(number)
    for one, other in combinations(themes, 2):
        row = matrix.rows[other]
        is_within = row.parent_id == matrix.rows[one].theme.id
        if not (row.theme.aggregate and is_within):
            yield one, other


@dataclass(frozen=True)
class _Pair:
    """Two rows of the theme table."""

    shares: Shares
    one: int
    other: int

    def line(self) -> dict[str, Any]:
        """The row of `tables.PAIRS`, `p_adjusted` to be corrected; empty where too little is
        decided.
        """
        matrix = self.shares.matrix
        both = matrix.judged[:, self.one] & matrix.judged[:, self.other]
        if int(both.sum()) < min(FEWEST_COMPARED, FEWEST_AUDITED, len(both)):
            return {}
        plan = self._plan()
        estimate = self._estimate(plan)
        if estimate.method in ("reviewed", "audit"):
            expected = self._share(self.one) * self._share(self.other) * estimate.base
            sample = plan.drawn
            if estimate.method == "reviewed":
                sample = both
            figures = self._figures(estimate, expected)
            return figures | {"p_adjusted": self._test(sample)}
        if int(both.sum()) < FEWEST_COMPARED:
            return {}
        values = matrix.value[both]
        known = Estimate(
            value=float(self._values()[both].mean()),
            low=np.nan,
            high=np.nan,
            base=int(both.sum()),
            method="coded",
        )
        means = values[:, self.one].mean() * values[:, self.other].mean()
        return self._figures(known, float(means) * known.base)

    def _figures(self, estimate: Estimate, expected: float) -> dict[str, Any]:
        one, other = (self.shares.matrix.rows[n].theme for n in (self.one, self.other))
        both = estimate.value * estimate.base
        times = np.nan
        if expected:
            times = both / expected
        return {
            "theme_id": one.id,
            "with_theme_id": other.id,
            "theme": one.short,
            "with_theme": other.short,
            "base": estimate.base,
            "n": int(round_half_up(both)),
            "low": estimate.low * estimate.base,
            "high": estimate.high * estimate.base,
            "expected": expected,
            "times": times,
            "p_adjusted": np.nan,
            "more_than_chance": False,
            "fewer_than_chance": False,
        }

    def _plan(self) -> ColumnPlan:
        matrix = self.shares.matrix
        return plan_pair(
            matrix.review_times(self.one),
            matrix.review_times(self.other),
            matrix.draws,
            (self.one, self.other),
        )

    def _values(self) -> Floats:
        """(n_comments,) 1 where a comment carries both, 0.5 where that is not settled."""
        value = self.shares.matrix.value
        return np.minimum(value[:, self.one], value[:, self.other])

    def _estimate(self, plan: ColumnPlan) -> Estimate:
        """The share of comments with both, at most that of each."""
        matrix = self.shares.matrix
        probability = matrix.probability[:, [self.one, self.other]].prod(axis=1)
        estimate = share(
            self._values(),
            matrix.judged[:, self.one] & matrix.judged[:, self.other],
            plan.audited,
            probability,
            order=plan.order,
            missing=plan.missing,
        )
        most = min(self._share(self.one), self._share(self.other))
        if estimate.value > most:
            estimate = estimate._replace(value=most, low=min(estimate.low, most))
        return estimate

    def _share(self, number: int) -> float:
        return self.shares.domains.total[number].value

    def _test(self, sample: Bools) -> float:
        """The p-value of the test that one theme is as common with the other as without it.

        Args:
            sample: (n_comments,) decided, all or drawn at random.
        """
        matrix = self.shares.matrix
        value, columns = matrix.value[sample], [self.one, self.other]
        settled = ~matrix.unresolved[sample][:, columns].any(axis=1)
        one, other = (value[settled][:, n] == 1 for n in (self.one, self.other))
        size, base = int(one.sum()), int(settled.sum())
        if not 0 < size < base:
            return 1.0
        with_one = int((one & other).sum())
        without = int((~one & other).sum())
        return two_shares(with_one, size, without, base - size).p
