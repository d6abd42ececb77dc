"""The cells of a breakdown: the share of a theme in a group, and how far it differs from the
rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from coder.reporting.coded_matrix import Bools, CodedMatrix, MatrixRow
from coder.reporting.group_shares import GroupShares
from coder.reporting.groups import Texts
from coder.reporting.shares import Shares
from coder.statistics.tests import (
    Test,
    count_weights,
    difference_interval,
    difference_test,
    fisher,
    two_shares,
    two_weighted_shares,
)
from coder.statistics.weighting import NONE, SampleShare, effective_size


class BreakdownPart(NamedTuple):
    """The comments that one table of groups is about: those of a route, or of all sources.

    Attributes:
        name: empty where there is only one table.
        members: (n_comments,).
        weighted: percentages and tests are weighted.
    """

    name: str
    members: Bools
    weighted: bool


class GroupComparison(NamedTuple):
    """How far the share in a group differs from that in the rest.

    Attributes:
        difference, low, high: group less rest, in [-1, 1], with its 95 % interval.
        share: of the group and the rest together, by their unweighted bases.
        own, rest: the shares in the group and in the rest.
        test: None where no variance can be estimated.
        smallest_p: that the counts could have given, however the comments had fallen; None
            where the test is not one of counts.
    """

    difference: float
    low: float
    high: float
    share: float
    own: SampleShare
    rest: SampleShare
    test: Test | None
    smallest_p: float | None = None

    @property
    def interval_leaves_out_zero(self) -> bool:
        """Whether the whole interval is above or below zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class BreakdownCell:
    """A group and a row of the theme table.

    Attributes:
        part: name of the table.
        number: of the row.
        base: comments of the group, unweighted.
        n: expected comments that carry the theme, unweighted.
        share: None where the base is too small.
        low, high: its 95 % interval, with the errors of reviewers where they are asked for; NaN
            where there is none.
        comparison: None where nothing can be compared.
        weighted: the share is weighted.
    """

    part: str
    group: str
    row: MatrixRow
    number: int
    base: int
    n: float
    share: SampleShare | None = None
    low: float = NONE
    high: float = NONE
    comparison: GroupComparison | None = None
    weighted: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """Group and number of the row: where the cell stands in its part."""
        return self.group, self.number


@dataclass(frozen=True)
class CellMaker:
    """Makes the cells of breakdowns.

    Attributes:
        groups: the shares of groups.
        numbers: of the rows of the theme table, as published.
        minimum_base: a smaller group has no share and is not compared.
    """

    groups: GroupShares
    numbers: Sequence[int]
    minimum_base: int

    @property
    def matrix(self) -> CodedMatrix:
        """The comments."""
        return self.groups.matrix

    @property
    def shares(self) -> Shares:
        """The estimates over all comments."""
        return self.groups.shares

    def make(
        self,
        part: BreakdownPart,
        values: Texts,
        groups: Sequence[str],
        *,
        compare: bool = True,
    ) -> list[BreakdownCell]:
        """A cell for each group and row, group by group, before anything is hidden or corrected.

        Args:
            values: (n_comments,) the group of each comment, empty where it is missing.
            compare: with the rest of the part.
        """
        inside = part.members & (values != "")
        members = {group: inside & (values == group) for group in groups}
        some_missing = bool((part.members & (values == "")).any())
        compared = self._compared(inside, members, some_missing=some_missing)
        cells = []
        for group in groups:
            own = members[group]
            rest = compared & ~own
            if not compare:
                rest = np.zeros_like(own)
            cells += self._cells(part, group, own, rest)
        return cells

    def _cells(
        self, part: BreakdownPart, group: str, own: Bools, rest: Bools
    ) -> list[BreakdownCell]:
        """The cells of a group, a row of the theme table each."""
        base = int(own.sum())
        shares: Sequence[SampleShare] = ()
        others: Sequence[SampleShare] = ()
        if base >= self.minimum_base:
            shares = self.groups.of(own)
            if int(rest.sum()) >= self.minimum_base:
                others = self.groups.of(rest)
        estimates = self.groups.estimates(own)
        cells = []
        for number in self.numbers:
            estimate = estimates[number]
            cell = BreakdownCell(
                part=part.name,
                group=group,
                row=self.matrix.rows[number],
                number=number,
                base=base,
                n=estimate.value * estimate.base,
                weighted=part.weighted,
            )
            if shares:
                cell = self._with_share(cell, shares[number], own)
            if others:
                comparison = self._compare(cell, others[number], own, rest)
                cell = replace(cell, comparison=comparison)
            cells.append(cell)
        return cells

    def _compared(
        self, inside: Bools, members: Mapping[str, Bools], *, some_missing: bool
    ) -> Bools:
        """(n_comments,) those that a group is compared with: not suppressed groups, where answers
        are missing.

        A difference tells what the rest counts. Beside missing answers, which no table shows,
        that would give a suppressed group away. Without missing answers the route's total does
        so anyway, and a large group is hidden too.
        """
        small = [own for own in members.values() if int(own.sum()) < self.minimum_base]
        if not small or not some_missing:
            return inside
        return inside & ~np.asarray(np.logical_or.reduce(small), dtype=np.bool_)

    def _with_share(
        self, cell: BreakdownCell, share: SampleShare, own: Bools
    ) -> BreakdownCell:
        low, high = self._interval(cell.number, share, own)
        return replace(cell, share=share, low=low, high=high)

    def _interval(
        self, number: int, share: SampleShare, own: Bools
    ) -> tuple[float, float]:
        low, high = share.interval
        reviewers = self.matrix.reviewers
        if reviewers is None or np.isnan(low):
            return low, high
        size = effective_size(self.groups.weights[own])
        widened = reviewers.widen(number, share.share, low, high, size)
        return widened.low, widened.high

    def _compare(
        self,
        cell: BreakdownCell,
        other: SampleShare,
        own: Bools,
        rest: Bools,
    ) -> GroupComparison | None:
        """The difference from the rest with its interval and test; None where there is no
        variance.

        Args:
            other: the share of the rest.
        """
        share = cell.share
        if share is None or not (share.has_variance and other.has_variance):
            return None
        methods = (share.method, other.method)
        low, high = difference_interval(share, other)
        carrying = share.share * share.base + other.share * other.base
        comparison = GroupComparison(
            difference=share.share - other.share,
            low=low,
            high=high,
            share=carrying / (share.base + other.base),
            own=share,
            rest=other,
            test=None,
        )
        if methods != ("reviewed", "reviewed"):
            test = difference_test(share, other)
            return comparison._replace(test=_if_defined(test))
        return self._test_counts(
            comparison, cell.number, own, rest, weighted=cell.weighted
        )

    def _test_counts(
        self,
        comparison: GroupComparison,
        number: int,
        own: Bools,
        rest: Bools,
        *,
        weighted: bool,
    ) -> GroupComparison:
        """The comparison with the test of two groups of which every comment was read."""
        carries = self.matrix.carries[:, number]
        counts = _CountPair(
            int((own & carries).sum()),
            int(own.sum()),
            int((rest & carries).sum()),
            int(rest.sum()),
        )
        if weighted:
            weights = self.groups.weights
            test = _if_defined(
                two_weighted_shares(
                    count_weights(carries[own], weights[own]),
                    count_weights(carries[rest], weights[rest]),
                )
            )
            if test is not None:
                return comparison._replace(test=test)
            # Nobody or everybody here or there carries the theme: the weighted test does not exist.
            test = fisher(*counts)
        else:
            test = two_shares(*counts)
        return comparison._replace(test=test, smallest_p=counts.smallest_p())


def _if_defined(test: Test) -> Test | None:
    return None if np.isnan(test.p) else test


class _CountPair(NamedTuple):
    """Comments that carry a theme and all comments, inside a group and outside."""

    inside: int
    base_inside: int
    outside: int
    base_outside: int

    def smallest_p(self) -> float:
        """The smallest p that the theme's comments could give, however they fell between group
        and rest.
        """
        carrying = self.inside + self.outside
        fewest = max(0, carrying - self.base_outside)
        most = min(carrying, self.base_inside)
        extremes = [
            two_shares(inside, self.base_inside, carrying - inside, self.base_outside).p
            for inside in (fewest, most)
        ]
        return min(extremes)
