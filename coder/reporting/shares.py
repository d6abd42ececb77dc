"""The share of every row of the theme table, over all comments and for each source, and the
ranks.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from coder.errors import CoderError, option
from coder.reporting.coded_matrix import Bools, CodedMatrix, Floats, Key
from coder.reporting.counts import Counts
from coder.reporting.figures import format_tenth
from coder.reporting.options import Threshold
from coder.statistics.intervals import Estimate, exactly, rank_intervals, share


class Shares(NamedTuple):
    """An estimate for each row of the theme table.

    Attributes:
        total: over the comments that are counted together.
        expected: (n_comments, n_rows) of those comments: 0 or 1 where a comment was read or
            shares are as coded, else an expectation; columns add up to the estimates.
        by_source: shares in [0, 1]; those of the pooled sources add up to the total.
        bases: comments of each source.
    """

    total: Mapping[Key, Estimate]
    expected: Floats
    by_source: Mapping[str, Mapping[Key, float]]
    bases: Mapping[str, int]

    def counts(self, key: Key) -> int:
        """The estimated number of comments that carry a row, in whole comments."""
        estimate = self.total[key]
        if not estimate.base:
            return 0
        return round(estimate.value * estimate.base)

    @property
    def methods(self) -> set[str]:
        """How the shares were made: reviewed, audit or coded."""
        return {estimate.method for estimate in self.total.values()}


def estimate_counts(counts: Counts, *, calibrated: bool) -> Shares:
    """The shares of the pooled comments, and beside them those of sources that stand apart."""
    shares = estimate_shares(counts.pooled, calibrated=calibrated)
    by_source, bases = dict(shares.by_source), dict(shares.bases)
    for name in counts.apart:
        own = estimate_shares(counts.of_source(name), calibrated=calibrated)
        by_source |= own.by_source
        bases |= own.bases
    return shares._replace(by_source=by_source, bases=bases)


def estimate_shares(matrix: CodedMatrix, *, calibrated: bool) -> Shares:
    """The share of every row; each source gets its part of the same estimate, so that they add up
    to it.

    Args:
        calibrated: intervals can be given (see `statistics.intervals.share`).
    """
    source = matrix.comments["source"].to_numpy()
    members = {name: source == name for name in matrix.sources}
    total: dict[Key, Estimate] = {}
    by_source: dict[str, dict[Key, float]] = {name: {} for name in members}
    expected = matrix.carries.astype(np.float64)
    for number, row in enumerate(matrix.rows):
        carries, judged = matrix.carries[:, number], matrix.judged[:, number]
        probability = matrix.probability[:, number]
        estimate = share(
            carries,
            judged,
            matrix.audited[:, number],
            probability,
            order=matrix.order[:, number],
            calibrated=calibrated,
        )
        total[row.key] = estimate
        if estimate.method == "audit":
            expected[:, number] = _spread_estimate(
                carries, judged, probability, estimate
            )
        for name, inside in members.items():
            by_source[name][row.key] = float(expected[inside, number].mean())
    bases = {name: int(inside.sum()) for name, inside in members.items()}
    return Shares(total, expected, by_source, bases)


def _spread_estimate(
    carries: Bools, judged: Bools, probability: Floats, estimate: Estimate
) -> Floats:
    """(n_comments,) 0 or 1 where read, else the model's expectation, scaled so that all add to
    the estimate.
    """
    expected = np.where(judged, carries, np.nan_to_num(probability))
    unread = ~judged
    wanted = estimate.value * estimate.base - float(carries[judged].sum())
    modelled = float(expected[unread].sum())
    if modelled > 0:
        expected = np.where(unread, expected * (wanted / modelled), expected)
    elif unread.any():
        expected = np.where(unread, wanted / int(unread.sum()), expected)
    return np.asarray(expected, dtype=np.float64)


# ---------------------------------------------------------------- ranks


class Rank(NamedTuple):
    """The rank of a main theme, and the 95 % range that reviews leave open (None where not
    known).
    """

    rank: int
    low: int | None
    high: int | None


def rank_themes(
    matrix: CodedMatrix, shares: Shares, rng: np.random.Generator
) -> dict[Key, Rank]:
    """The rank of every main theme, from 1 by count; equal counts share one."""
    keys = [row.key for row in matrix.rows if row.is_ranked and len(matrix.comments)]
    sizes = {key: shares.counts(key) for key in keys}
    ranges = _rank_ranges(matrix, shares, rng)
    ranks = {}
    for key, size in sizes.items():
        rank = 1 + sum(other > size for other in sizes.values())
        if key in ranges:
            low, high = ranges[key]
            # A shared rank is the first of the places shared.
            ranks[key] = Rank(rank, min(low, rank), high)
        else:
            ranks[key] = Rank(rank, None, None)
    return ranks


def _rank_ranges(
    matrix: CodedMatrix, shares: Shares, rng: np.random.Generator
) -> dict[Key, tuple[int, int]]:
    """Lowest and highest rank of every main theme; empty where one of them has no interval."""
    main = [number for number, row in enumerate(matrix.rows) if row.is_ranked]
    keys = [matrix.rows[number].key for number in main]
    estimates = [shares.total[key] for key in keys]
    if not all(estimate.has_interval for estimate in estimates):
        return {}
    audits = [estimate.audit or exactly(estimate.value) for estimate in estimates]
    audited_for_all = matrix.audited[:, main].all(axis=1)
    carried = matrix.carries[audited_for_all][:, main]
    expected = np.nan_to_num(matrix.probability[audited_for_all][:, main])
    ranges = rank_intervals(audits, carried - expected, rng)
    return {
        key: (int(low), int(high))
        for key, (low, high) in zip(keys, ranges, strict=True)
    }


# ---------------------------------------------------------------- themes that are held back


def themes_under(threshold: str, matrix: CodedMatrix, shares: Shares) -> frozenset[str]:
    """The main themes under a threshold (see `Options`).

    Raises:
        CoderError: every theme is under it.
    """
    if not threshold:
        return frozenset()
    limit = Threshold.parse(threshold)
    scale = 100.0 if limit.is_percent else float(len(matrix.comments))
    sizes = {}
    for row in matrix.rows:
        if row.is_ranked:
            # Rounded so that 5 % of 40 comments is not a hair under 2.
            sizes[row.theme.id] = round(shares.total[row.key].value * scale, 9)
    largest = max(sizes.values(), default=limit.size)
    if largest < limit.size:
        described = (
            f"{format_tenth(largest)}%" if limit.is_percent else f"{round(largest):,}"
        )
        raise CoderError(
            f"{option('threshold', threshold)}: this would hold back every theme "
            f"(the most common has {described})",
            "Choose a lower threshold.",
        )
    return frozenset(theme_id for theme_id, size in sizes.items() if size < limit.size)
