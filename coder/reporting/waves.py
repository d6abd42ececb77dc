"""Two consultations coded with one codebook (`tables.WAVES`): shares before and now, and the
change.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from coder import tables
from coder.reporting.coded_matrix import CodedMatrix, Floats, Key
from coder.reporting.group_shares import GroupShares
from coder.reporting.routes import Route, route_weights, weighted_routes
from coder.reporting.shares import Shares
from coder.reporting.theme_table import published_order
from coder.statistics.tests import (
    Test,
    WeightedCounts,
    count_weights,
    difference_interval,
    difference_test,
    fisher,
    holm,
    two_shares,
    two_weighted_shares,
)
from coder.statistics.weighting import SampleShare

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Wave:
    """One of two consultations that are compared.

    Attributes:
        shares: the estimates over all sources that are counted together.
        routes: of these comments; where one has weights, the shares are weighted.
    """

    shares: Shares
    routes: Sequence[Route]

    @property
    def matrix(self) -> CodedMatrix:
        """The comments."""
        return self.shares.matrix

    @property
    def is_weighted(self) -> bool:
        """Whether some of the respondents have weights."""
        return bool(weighted_routes(self.routes))

    @cached_property
    def weights(self) -> Floats:
        """(n_comments,) with mean 1 within each route; 1 for a route without weights."""
        return route_weights(self.matrix.comments, self.routes)

    def share_of(self, key: Key) -> SampleShare:
        """The share of a row, as a sample's; weighted where the consultation has weights."""
        return self._samples[self.matrix.row_number[key]]

    @cached_property
    def _samples(self) -> tuple[SampleShare, ...]:
        groups = GroupShares(self.matrix, self.shares, self.weights)
        return groups.of(np.ones(len(self.weights), dtype=np.bool_))

    def counts(self, key: Key) -> WeightedCounts:
        """The weights of the comments with a theme and without it, every comment read."""
        carries = self.matrix.carries[:, self.matrix.row_number[key]]
        return count_weights(carries, self.weights)


def compare_waves(
    now: Wave,
    before: Wave,
    order: Collection[Key],
    *,
    minimum_base: int = 1,
) -> pd.DataFrame:
    """A row for each row of the theme table that both consultations were coded for
    (`tables.WAVES`).

    Shares are of all comments, weighted in a consultation that has weights, and both
    consultations are taken as samples. The tests are two-sided, corrected by Holm's method for
    the rows. There is no test where the error of coding is not known or a few comments have
    nearly all the weight, and no percentage or test where one of the two has fewer comments
    than `minimum_base`.

    Args:
        order: rows of the theme table as published, without those held back.
    """
    bases = (len(now.matrix.comments), len(before.matrix.comments))
    enough = min(bases) >= minimum_base
    names = {row.key: row.name for row in now.matrix.rows}
    lines = []
    for key in order:
        if key not in before.matrix.row_number:
            continue
        line: dict[str, Any] = {
            "theme_id": key[0],
            "position_id": key[1],
            "theme": names[key],
        }
        line |= {
            "base_before": bases[1],
            "base": bases[0],
            "test": "",
            "significant": "",
        }
        if enough:
            line |= _change(now, before, key)
        lines.append(line)
    waves = pd.DataFrame(lines, columns=list(tables.WAVES.columns))
    adjusted = holm(waves["p"].to_numpy(dtype=np.float64))
    waves = waves.assign(p_adjusted=adjusted)
    waves["significant"] = [
        _significance(row) for row in waves.to_dict(orient="records")
    ]
    return waves


def shown_keys(
    now: CodedMatrix, shares: Shares, held_back: Collection[str]
) -> list[Key]:
    """The rows of the theme table in its order, without those that stand under a theme held
    back.
    """
    main_themes = now.main_themes()
    order = published_order(now, shares)
    return [
        now.rows[number].key for number in order if main_themes[number] not in held_back
    ]


def _change(now: Wave, before: Wave, key: Key) -> dict[str, Any]:
    """Both percentages, the change in percentage points, and its interval and test where they
    exist.
    """
    share, share_before = now.share_of(key), before.share_of(key)
    cells: dict[str, Any] = {
        "percent_before": 100 * share_before.share,
        "percent": 100 * share.share,
        "change": 100 * (share.share - share_before.share),
    }
    if not (share.has_variance and share_before.has_variance):
        return cells
    low, high = difference_interval(share, share_before)
    if share.method == share_before.method == "reviewed":
        test = _test_counts(now, before, key)
    else:
        test = difference_test(share, share_before)
    cells |= {"change_low": 100 * low, "change_high": 100 * high}
    cells |= {"test": test.name, "p": test.p}
    return cells


def _test_counts(now: Wave, before: Wave, key: Key) -> Test:
    """The test of two consultations of which every comment was read."""
    counts, counts_before = now.counts(key), before.counts(key)
    if now.is_weighted or before.is_weighted:
        test = two_weighted_shares(counts, counts_before)
        if test.p == test.p:
            return test
        # Nobody or everybody said it, now or before: the weighted test does not exist.
        return fisher(
            counts.carrying, counts.base, counts_before.carrying, counts_before.base
        )
    return two_shares(
        counts.carrying, counts.base, counts_before.carrying, counts_before.base
    )


def _significance(row: dict[Any, Any]) -> str:
    """`higher`, `lower` or `no`; empty without a test. The interval has to leave out 0 too."""
    p_adjusted = row["p_adjusted"]
    if np.isnan(p_adjusted):
        return ""
    leaves_out_zero = row["change_low"] > 0 or row["change_high"] < 0
    if p_adjusted >= SIGNIFICANT or not leaves_out_zero:
        return "no"
    return "higher" if row["change"] > 0 else "lower"
