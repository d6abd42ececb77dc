"""The shares of every row of the theme table in a group of comments, weighted or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from coder.reporting.coded_matrix import Bools, CodedMatrix, Floats
from coder.reporting.shares import Shares
from coder.statistics.domains import AS_CODED, EXACT
from coder.statistics.intervals import Audit, Estimate
from coder.statistics.ordered_shares import order_limits, order_shares
from coder.statistics.weighting import SampleShare, sample_share

NONE = float("nan")


@dataclass(frozen=True)
class GroupShares:
    """Makes the shares of groups, each group's once.

    Attributes:
        weights: (n_comments,) with mean 1 within each route.
    """

    matrix: CodedMatrix
    shares: Shares
    weights: Floats
    _known: dict[bytes, tuple[SampleShare, ...]] = field(default_factory=dict)

    def estimates(self, members: Bools) -> tuple[Estimate, ...]:
        """(n_rows,) the unweighted estimates of a group.

        Args:
            members: (n_comments,).
        """
        return self.shares.domains.of(members)

    def of(self, members: Bools) -> tuple[SampleShare, ...]:
        """(n_rows,) the weighted shares of a group, in order.

        Without weights they are those of `estimates`.

        Args:
            members: (n_comments,).
        """
        key = np.packbits(members).tobytes()
        if key not in self._known:
            self._known[key] = self._make(members)
        return self._known[key]

    def _make(self, members: Bools) -> tuple[SampleShare, ...]:
        if np.allclose(self.weights[members], 1.0):
            return self._make_unweighted(members)
        rows = range(len(self.matrix.rows))
        samples = [self._sample(members, row) for row in rows]
        ordered = order_shares(
            np.array([sample.share for sample in samples]),
            np.array([_worth(sample) for sample in samples]),
            self.matrix.steps,
        )
        in_order = []
        for sample, value in zip(samples, ordered, strict=True):
            in_order.append(sample._replace(share=float(value)))
        return self._with_limits(in_order)

    def _make_unweighted(self, members: Bools) -> tuple[SampleShare, ...]:
        samples = []
        for row, estimate in enumerate(self.estimates(members)):
            sample = self._sample(members, row, estimate.audit)
            samples.append(sample._replace(share=estimate.value))
        return self._with_limits(samples)

    def _with_limits(self, samples: Sequence[SampleShare]) -> tuple[SampleShare, ...]:
        """(n_rows,) the same with intervals in order, as those of all comments are."""
        shares = np.array([sample.share for sample in samples])
        low, high = np.transpose([sample.interval for sample in samples])
        limits = order_limits(shares, low, high, self.matrix.steps)
        ordered = []
        for sample, lowest, highest in zip(samples, *limits, strict=True):
            ordered.append(sample._replace(limits=(float(lowest), float(highest))))
        return tuple(ordered)

    def _sample(
        self, members: Bools, row: int, evidence: Audit | None = None
    ) -> SampleShare:
        weights = self.weights[members]
        sample = sample_share(
            self.matrix.value[members, row],
            self.matrix.judged[members, row],
            self.matrix.audited[members, row],
            self.matrix.probability[members, row],
            weights,
            order=self.matrix.order[members, row],
            evidence=evidence,
        )
        if sample.method == "coded":
            # The part of the estimate over all comments.
            expected = self.shares.expected[members, row]
            value = float(np.average(expected, weights=weights))
            return sample._replace(share=value)
        if self.matrix.missing[members, row].any():
            # The error of a sample of which a part is missing is not known.
            return sample._replace(variance=NONE)
        if self.matrix.unresolved[members, row].any():
            return sample._replace(method="divided")  # no counts to test
        return sample


def _worth(sample: SampleShare) -> float:
    """How much a share is worth when a theme and its sub-theme are put in order."""
    if sample.method == "reviewed":
        return EXACT
    if np.isnan(sample.effective):
        return AS_CODED
    return max(sample.effective, AS_CODED)
