"""The shares of every row of the theme table in a group of comments, weighted or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from coder.reporting.coded_matrix import Bools, CodedMatrix, Floats
from coder.reporting.shares import Shares
from coder.statistics.domains import AS_CODED, EXACT, AuditedRow
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
        samples = list(self._samples(members))
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
        estimates = self.estimates(members)
        evidence = [estimate.audit for estimate in estimates]
        samples = []
        for sample, estimate in zip(
            self._samples(members, evidence), estimates, strict=True
        ):
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

    def _samples(
        self, members: Bools, evidence: Sequence[Audit | None] = ()
    ) -> Iterator[SampleShare]:
        """The share of each row on its own.

        Args:
            evidence: of each row, where it was made before.
        """
        comments = self.shares.domains.comments
        own = np.flatnonzero(members)
        weights = self.weights[own]
        for number in range(len(self.matrix.rows)):
            audit = evidence[number] if evidence else None
            if comments.any_judged[number]:
                sample = _sample(comments.row(number, own), weights, audit)
            else:
                sample = SampleShare(NONE, NONE, len(own), NONE, NONE, "coded")
            if sample.method == "coded":
                # The part of the estimate over all comments.
                expected = self.shares.expected[:, number][own]
                value = float(np.average(expected, weights=weights))
                sample = sample._replace(share=value)
            yield sample


def _sample(row: AuditedRow, weights: Floats, evidence: Audit | None) -> SampleShare:
    """The weighted share of a row among some comments."""
    sample = sample_share(
        row.value,
        row.judged,
        row.audited,
        row.probability,
        weights,
        order=row.order,
        evidence=evidence,
    )
    if sample.method == "coded":
        return sample
    if row.missing.any():
        # The error of a sample of which a part is missing is not known.
        return sample._replace(variance=NONE)
    if row.is_divided:
        return sample._replace(method="divided")  # no counts to test
    return sample


def _worth(sample: SampleShare) -> float:
    """How much a share is worth when a theme and its sub-theme are put in order."""
    if sample.method == "reviewed":
        return EXACT
    if np.isnan(sample.effective):
        return AS_CODED
    return max(sample.effective, AS_CODED)
