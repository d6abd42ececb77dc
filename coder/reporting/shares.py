"""The share of every row of the theme table, over all comments and for each source, and the
ranks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from coder.errors import CoderError, option
from coder.figures import format_tenth, round_half_up
from coder.reporting.coded_matrix import CodedMatrix, Floats, Key
from coder.reporting.counts import Counts
from coder.reporting.options import Threshold
from coder.statistics.domains import DomainEstimates
from coder.statistics.intervals import Audit, Estimate, exactly, rank_intervals


@dataclass(frozen=True)
class Shares:
    """The estimates of a report; every table takes its figures from here.

    Attributes:
        matrix: the comments of the figures over all sources.
        domains: the estimates of those comments, and of any part of them.
        total: by row, over all of them.
        by_source: by source, then row; those of the pooled sources add up to the total.
        bases: comments of each source.
    """

    matrix: CodedMatrix
    domains: DomainEstimates
    total: Mapping[Key, Estimate]
    by_source: Mapping[str, Mapping[Key, Estimate]]
    bases: Mapping[str, int]

    @property
    def expected(self) -> Floats:
        """(n_comments, n_rows) what the estimates expect of each comment; columns add up to the
        total.
        """
        return self.domains.expected

    def count_of(self, key: Key) -> int | None:
        """The estimated number of comments that carry a row; None where nothing is known of it."""
        return whole_comments(self.total[key])

    @property
    def methods(self) -> set[str]:
        """How the shares were made: reviewed, audit, bounds or coded; rows of which nothing is
        known are left out.
        """
        return {estimate.method for estimate in self.total.values()} - {"open"}


def whole_comments(estimate: Estimate) -> int | None:
    """The number of comments that a share stands for; None where it is not known."""
    if np.isnan(estimate.value):
        return None
    return int(round_half_up(estimate.value * estimate.base))


def estimate_counts(counts: Counts) -> Shares:
    """The shares of the pooled comments, and beside them those of sources that stand apart."""
    shares = estimate_shares(counts.pooled)
    by_source, bases = dict(shares.by_source), dict(shares.bases)
    for name in counts.apart:
        own = estimate_shares(counts.of_source(name))
        by_source |= own.by_source
        bases |= own.bases
    return replace(shares, by_source=by_source, bases=bases)


def estimate_shares(matrix: CodedMatrix) -> Shares:
    """The share of every row, over all comments and for each source."""
    source = matrix.comments["source"].to_numpy()
    members = {name: np.asarray(source == name) for name in matrix.sources}
    domains = DomainEstimates.of_comments(
        matrix.audit_arrays,
        list(members.values()),
    )
    keys = [row.key for row in matrix.rows]
    by_source = {}
    for name, inside in members.items():
        by_source[name] = dict(zip(keys, domains.of(inside), strict=True))
    return Shares(
        matrix=matrix,
        domains=domains,
        total=dict(zip(keys, domains.total, strict=True)),
        by_source=by_source,
        bases={name: int(inside.sum()) for name, inside in members.items()},
    )


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
    sizes = {}
    for row in matrix.rows:
        size = shares.count_of(row.key)
        if row.is_ranked and size is not None:
            sizes[row.key] = size
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
    if any(estimate.method == "bounds" for estimate in estimates):
        return {}
    audits = [_audit_of(estimate) for estimate in estimates]
    audited_for_all = matrix.audited[:, main].all(axis=1)
    carried = matrix.value[audited_for_all][:, main]
    expected = np.nan_to_num(matrix.probability[audited_for_all][:, main])
    ranges = rank_intervals(audits, carried - expected, rng)
    return {
        key: (int(low), int(high))
        for key, (low, high) in zip(keys, ranges, strict=True)
    }


def _audit_of(estimate: Estimate) -> Audit:
    """What ranks are drawn from, with the errors of reviewers where the interval carries them."""
    audit = estimate.audit or exactly(estimate.value)
    return audit._replace(reviewer_error=estimate.reviewer_error)


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
        if row.is_ranked and shares.count_of(row.key) is not None:
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
