"""Estimates of shares over any part of the comments: a source, a group, all of them.

One part of the comments has one estimate for each theme and position, whichever table shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.decisions import DIVIDED
from coder.statistics.intervals import Estimate, share
from coder.statistics.ordered_shares import Step, order_limits, order_shares
from coder.statistics.reviewer_error import ReviewerError

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# How much an estimate is worth when a theme and its sub-theme are put in order.
EXACT, BOUNDED, AS_CODED = 1e12, 1e6, 1.0
CERTAIN = ("reviewed", "bounds")  # methods whose limits are all that is possible
ROUNDS = 200  # of bringing parts to their total
CLOSE = 1e-9


@dataclass(frozen=True)
class AuditedComments:
    """What is known of comments by themes. Arrays are (n_comments, n_rows).

    Attributes:
        value: 0, 0.5 or 1 as judged (see `decisions.StandingMatrix`), else 0 or 1 as coded.
        judged: reviewers' judgements stand.
        audited, missing, order: see `samples.SamplePlan`.
        probability: the model's, in [0, 1]; NaN where there is none.
        scored: (n_rows,) the model was asked about the row, or it was judged everywhere.
        steps: which rows cannot be more common than others.
        reviewers: the errors that intervals carry too; None for none.
    """

    value: Floats
    judged: Bools
    audited: Bools
    missing: Bools
    order: Integers
    probability: Floats
    scored: Bools
    steps: tuple[Step, ...]
    reviewers: ReviewerError | None = None

    @cached_property
    def any_judged(self) -> Bools:
        """(n_rows,) whether a row was judged in some comment."""
        return np.asarray(self.judged.any(axis=0), dtype=np.bool_)

    def row(self, number: int, members: Integers | None = None) -> "AuditedRow":
        """What is known of one row.

        Args:
            members: the comments wanted, in order; None for all.
        """
        wanted = slice(None) if members is None else members
        return AuditedRow(
            self.value[:, number][wanted],
            self.judged[:, number][wanted],
            self.audited[:, number][wanted],
            self.missing[:, number][wanted],
            self.order[:, number][wanted],
            self.probability[:, number][wanted],
        )

    def estimate(self, number: int, members: Integers | None = None) -> Estimate:
        """The share of one row, on its own; its method is `open`, and nothing is known of it,
        where neither the model nor a random sample tells.

        Args:
            members: the comments wanted; None for all.
        """
        if not self.any_judged[number]:
            return self._estimate_coded(number, members)
        row = self.row(number, members)
        estimate = share(
            row.value,
            row.judged,
            row.audited,
            row.probability,
            order=row.order,
            missing=row.missing,
        )
        return self._completed(estimate, number)

    def _estimate_coded(self, number: int, members: Integers | None) -> Estimate:
        """The same of a row that was judged nowhere: the share as coded."""
        values = self.value[:, number]
        if members is not None:
            values = values[members]
        nothing = np.zeros(len(values), dtype=np.bool_)
        estimate = share(values, nothing, nothing, values)
        return self._completed(estimate, number)

    def _completed(self, estimate: Estimate, number: int) -> Estimate:
        if estimate.method == "coded" and not self.scored[number]:
            return estimate._replace(value=float("nan"), method="open")
        if self.reviewers is not None:
            return self.reviewers.widen_estimate(estimate, number)
        return estimate


class AuditedRow(NamedTuple):
    """One row of `AuditedComments`; arrays are (n_comments,)."""

    value: Floats
    judged: Bools
    audited: Bools
    missing: Bools
    order: Integers
    probability: Floats

    @property
    def is_divided(self) -> bool:
        """Whether reviewers are divided in some comment, and nobody has settled it."""
        return bool((self.judged & (self.value == DIVIDED)).any())


def estimate_rows(
    comments: AuditedComments, members: Bools, expected: Floats | None = None
) -> tuple[Estimate, ...]:
    """(n_rows,) the share of every row among some comments, in order (see `ordered_shares`).

    Args:
        members: (n_comments,).
        expected: (n_comments, n_rows) what the estimate of all comments expects of each; it is
            the estimate where these comments alone allow none.
    """
    estimates = []
    own = _places(members)
    for row in range(comments.value.shape[1]):
        estimate = comments.estimate(row, own)
        is_unknown = estimate.method in ("coded", "open")
        if expected is not None and is_unknown and estimate.base:
            column = expected[:, row]
            if own is not None:
                column = column[own]
            estimate = _as_expected(estimate, float(column.mean()))
        estimates.append(estimate)
    return put_in_order(estimates, comments.steps)


def _places(members: Bools) -> Integers | None:
    """Which comments are meant; None for all."""
    if members.all():
        return None
    return np.flatnonzero(members)


def _as_expected(estimate: Estimate, mean: float) -> Estimate:
    """The estimate at what the estimate of all comments expects; NaN where nothing is known."""
    method = "coded"
    if np.isnan(mean):
        method = "open"
    return estimate._replace(value=mean, method=method)


def put_in_order(
    estimates: Sequence[Estimate], steps: Sequence[Step]
) -> tuple[Estimate, ...]:
    """The estimates with shares and limits in order."""
    values = np.array([estimate.value for estimate in estimates], dtype=np.float64)
    sizes = np.array(list(map(_worth, estimates)), dtype=np.float64)
    shares = order_shares(values, sizes, steps)
    certain = [estimate.method in CERTAIN for estimate in estimates]
    low, high = order_limits(
        shares,
        np.array([estimate.low for estimate in estimates], dtype=np.float64),
        np.array([estimate.high for estimate in estimates], dtype=np.float64),
        steps,
        certain=np.array(certain, dtype=np.bool_),
    )
    ordered = []
    for number, estimate in enumerate(estimates):
        ordered.append(
            estimate._replace(
                value=float(shares[number]),
                low=float(low[number]),
                high=float(high[number]),
            )
        )
    return tuple(ordered)


def _worth(estimate: Estimate) -> float:
    if estimate.audit is not None:
        return max(estimate.audit.effective, AS_CODED)
    worth = {"reviewed": EXACT, "bounds": BOUNDED}
    return worth.get(estimate.method, AS_CODED)


def spread_estimate(
    value: Floats, judged: Bools, probability: Floats, estimate: Estimate
) -> Floats:
    """(n_comments,) as read, else the model's expectation, scaled so that all add to the
    estimate; NaN where nothing is known.

    Args:
        value, judged, probability: (n_comments,) of one row.
        estimate: of all comments.
    """
    if estimate.method == "open":
        return np.full(len(value), np.nan)
    if estimate.method != "audit":
        return value.copy()
    expected = np.where(judged, value, np.nan_to_num(probability))
    unread = ~judged
    wanted = estimate.value * estimate.base - float(value[judged].sum())
    modelled = float(expected[unread].sum())
    if modelled > 0:
        expected = np.where(unread, expected * (wanted / modelled), expected)
    elif unread.any():
        expected = np.where(unread, wanted / int(unread.sum()), expected)
    return np.asarray(expected, dtype=np.float64)


@dataclass
class DomainEstimates:
    """The estimates of parts of the comments, each made once.

    Attributes:
        total: of all comments.
        expected: (n_comments, n_rows) as read or coded, else an expectation; columns add up to
            the total. NaN in columns of which nothing is known.
    """

    comments: AuditedComments
    total: tuple[Estimate, ...]
    expected: Floats
    _known: dict[bytes, tuple[Estimate, ...]] = field(default_factory=dict)

    @classmethod
    def of_comments(
        cls, comments: AuditedComments, parts: Sequence[Bools] = ()
    ) -> "DomainEstimates":
        """Estimate all comments, and parts of them that add up to all.

        Args:
            parts: (n_comments,) each, such as the sources; none overlap.
        """
        everything = np.ones(len(comments.value), dtype=np.bool_)
        total = estimate_rows(comments, everything)
        expected = np.empty(comments.value.shape, order="F")
        for row, estimate in enumerate(total):
            expected[:, row] = spread_estimate(
                comments.value[:, row],
                comments.judged[:, row],
                comments.probability[:, row],
                estimate,
            )
        domains = cls(comments, total, expected)
        domains._known[_key(everything)] = total
        if len(parts) > 1:
            domains._add_parts(parts)
        return domains

    def of(self, members: Bools) -> tuple[Estimate, ...]:
        """(n_rows,) the estimates of some comments.

        Args:
            members: (n_comments,).
        """
        key = _key(members)
        if key not in self._known:
            self._known[key] = estimate_rows(self.comments, members, self.expected)
        return self._known[key]

    def _add_parts(self, parts: Sequence[Bools]) -> None:
        """Keep the estimates of parts, brought to add up to the total."""
        own = [estimate_rows(self.comments, part, self.expected) for part in parts]
        bases = np.array([part.sum() for part in parts], dtype=np.float64)
        limits = [_possible(self.comments, part) for part in parts]
        shares = bring_to_total(
            np.array([[e.value for e in estimates] for estimates in own]),
            bases,
            np.array([estimate.value for estimate in self.total]),
            limits,
            self.comments.steps,
        )
        for part, estimates, values in zip(parts, own, shares, strict=True):
            adjusted = []
            for estimate, value in zip(estimates, values, strict=True):
                adjusted.append(_moved(estimate, float(value)))
            self._known[_key(part)] = tuple(adjusted)


def _moved(estimate: Estimate, value: float) -> Estimate:
    """The estimate at another share, with the interval around both."""
    return estimate._replace(
        value=value,
        low=min(estimate.low, value),
        high=max(estimate.high, value),
    )


def _key(members: Bools) -> bytes:
    return np.packbits(members).tobytes()


def _possible(comments: AuditedComments, members: Bools) -> tuple[Floats, Floats]:
    """(n_rows,) the least and the largest share that the judgements leave possible."""
    own = _places(members)
    least, most = [], []
    for number in range(comments.value.shape[1]):
        row = comments.row(number, own)
        least.append((row.judged & (row.value == 1)).mean())
        most.append(1.0 - (row.judged & (row.value == 0)).mean())
    return np.array(least, dtype=np.float64), np.array(most, dtype=np.float64)


def bring_to_total(
    shares: Floats,
    bases: Floats,
    total: Floats,
    limits: Sequence[tuple[Floats, Floats]],
    steps: Sequence[Step],
) -> Floats:
    """(n_parts, n_rows) shares near to these that add up to the total, stay possible and in order.

    Args:
        shares: (n_parts, n_rows).
        bases: (n_parts,) comments.
        total: (n_rows,) shares of all comments.
        limits: of each part, the least and the largest share possible, (n_rows,) each.
    """
    least = np.stack([low for low, _ in limits])
    most = np.stack([high for _, high in limits])
    weight = (bases / bases.sum())[:, None]
    shares = np.clip(shares, least, most)  # NaN stays where nothing is known
    even = np.ones(shares.shape[1])
    for _ in range(ROUNDS):
        excess = np.nan_to_num(total - (weight * shares).sum(axis=0))
        if np.abs(excess).max(initial=0.0) < CLOSE:
            break
        room = np.where(excess > 0, most - shares, shares - least)
        all_room = np.nan_to_num((room * weight).sum(axis=0))
        nothing = np.zeros_like(excess)
        part = np.divide(excess, all_room, out=nothing, where=all_room > 0)
        shares = shares + room * np.clip(part, -1.0, 1.0)
        shares = np.stack([order_shares(own, even, steps) for own in shares])
    return shares
