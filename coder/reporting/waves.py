"""Two consultations coded with one codebook (`tables.WAVES`): shares before and now, and the
change.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coder import tables
from coder.reporting.coded_matrix import CodedMatrix, Key
from coder.reporting.shares import Shares
from coder.reporting.theme_table import published_order
from coder.statistics.intervals import Audit
from coder.statistics.tests import (
    Test,
    difference_interval,
    difference_test,
    holm,
    two_shares,
)
from coder.statistics.weighting import SampleShare, sample_share

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Wave:
    """One of two consultations that are compared.

    Attributes:
        matrix: the comments of the figures over all sources.
        calibrated: intervals can be given (see `statistics.intervals.share`).
        shares: estimates made of the same comments before, so that none is made twice.
    """

    matrix: CodedMatrix
    calibrated: bool
    shares: Shares | None = None

    def share_of(self, key: Key) -> SampleShare:
        """The unweighted share of a row, as a sample's."""
        matrix, number = self.matrix, self.matrix.row_number[key]
        evidence: Audit | None = None
        if self.shares is not None:
            evidence = self.shares.total[key].audit
        share = sample_share(
            matrix.carries[:, number],
            matrix.judged[:, number],
            matrix.audited[:, number],
            matrix.probability[:, number],
            np.ones(len(matrix.comments)),
            order=matrix.order[:, number],
            calibrated=self.calibrated,
            evidence=evidence,
        )
        if share.method == "coded" and self.shares is not None:
            return share._replace(share=self.shares.total[key].value)
        return share


def compare_waves(
    now: Wave,
    before: Wave,
    order: Collection[Key],
    *,
    minimum_base: int = 1,
) -> pd.DataFrame:
    """A row for each row of the theme table that both consultations were coded for
    (`tables.WAVES`).

    Shares are of all comments, unweighted, and both consultations are taken as samples. The
    tests are two-sided, corrected by Holm's method for the rows. There is no test where the
    error of coding is not known, and no percentage or test where one of the two has fewer
    comments than `minimum_base`.

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
            line |= _change(now.share_of(key), before.share_of(key))
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


def _change(now: SampleShare, before: SampleShare) -> dict[str, Any]:
    """Both percentages, the change in percentage points, and its interval and test where they
    exist.
    """
    cells: dict[str, Any] = {
        "percent_before": 100 * before.share,
        "percent": 100 * now.share,
        "change": 100 * (now.share - before.share),
    }
    if "coded" in (now.method, before.method):
        return cells
    low, high = difference_interval(now, before)
    test = _test_change(now, before)
    cells |= {"change_low": 100 * low, "change_high": 100 * high}
    cells |= {"test": test.name, "p": test.p}
    return cells


def _test_change(now: SampleShare, before: SampleShare) -> Test:
    if now.method == before.method == "reviewed":
        carrying, carrying_before = (
            round(wave.share * wave.base) for wave in (now, before)
        )
        return two_shares(carrying, now.base, carrying_before, before.base)
    return difference_test(now, before)


def _significance(row: dict[Any, Any]) -> str:
    """`higher`, `lower` or `no`; empty without a test. The interval has to leave out 0 too."""
    p_adjusted = row["p_adjusted"]
    if np.isnan(p_adjusted):
        return ""
    leaves_out_zero = row["change_low"] > 0 or row["change_high"] < 0
    if p_adjusted >= SIGNIFICANT or not leaves_out_zero:
        return "no"
    return "higher" if row["change"] > 0 else "lower"
