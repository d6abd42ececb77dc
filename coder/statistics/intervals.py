"""Shares of comments that carry a theme, with 95 % intervals, and the range of each rank.

Shares lie in [0, 1]. A share estimates what reviewers would find had they read every comment.
Comments that were read count as they were coded. The others count with the model's probability,
corrected by the comments that were drawn at random and read. Arguments are never changed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Whole = NDArray[np.int64]

Z95 = 1.959963984540054
FEWEST_AUDITED = 30  # random reviews below which no interval is given
MOST_UNREAD = 0.1  # share of the comments; with more, bounds would say next to nothing
# As many random reviews have the weight of the model's own uncertainty, where that is greater.
MODELLED = 100


def wilson(
    share: Floats | float, n: Floats | float, z: Floats | float = Z95
) -> tuple[Floats, Floats]:
    """Wilson's score interval of a share in [0, 1] out of n > 0 comments.

    `n` may be an effective size with a fraction. Source: E. B. Wilson 1927, JASA 22, 209-212.
    """
    return wilson_limit(share, n, -np.abs(z)), wilson_limit(share, n, np.abs(z))


def wilson_limit(share: Floats | float, n: Floats | float, z: Floats | float) -> Floats:
    """One limit of Wilson's interval: the lower for z < 0, the upper for z > 0."""
    share, n, z = np.asarray(share, float), np.asarray(n, float), np.asarray(z, float)
    middle = share + z * z / (2 * n)
    reach = z * np.sqrt(np.maximum(share * (1 - share) / n + z * z / (4 * n * n), 0.0))
    limit = np.clip((middle + reach) / (1 + z * z / n), 0.0, 1.0)
    return np.asarray(limit, dtype=np.float64)


class Audit(NamedTuple):
    """What the comments that were read say about all comments, for one theme.

    Attributes:
        known: share of all comments that were read and certainly carry the theme.
        unread: share of all comments that was not read, or on which reviewers are divided.
        before: share known to carry it when the random draws were made, averaged by precision.
        pool: share of all comments that the draws were made from.
        centre: share of the pool that carries it.
        effective_pool: size of the simple random sample that would say as much about the pool.
        effective: the same about all comments.
        variance: of the share of all comments, because only a part was read.
        residuals: (n_audited,) observed less expected, for each comment drawn at random and read.
        reviewer_error: standard deviation of the errors of reviewers (see
            `reviewer_error.Widened`); 0 where limits do not carry them.
        carrying: of these comments, how many carry it; unresolved ones count half.
    """

    known: float
    unread: float
    before: float
    pool: float
    centre: float
    effective_pool: float
    effective: float
    variance: float
    residuals: Floats
    reviewer_error: float = 0.0
    carrying: float = float("nan")

    @property
    def share(self) -> float:
        """The share of all comments."""
        estimate = self.before + self.pool * self.centre
        return float(np.clip(estimate, self.known, self.known + self.unread))

    def limit(self, z: Floats | float) -> Floats:
        """The share of all comments at a normal deviate, within what is still possible."""
        limit = self._limit_of_reading(z)
        if not self.reviewer_error:
            return limit
        distance = np.hypot(limit - self.share, np.asarray(z) * self.reviewer_error)
        within = np.clip(self.share + np.sign(z) * distance, 0.0, 1.0)
        return np.asarray(within, dtype=np.float64)

    def _limit_of_reading(self, z: Floats | float) -> Floats:
        """The same as these reviewers would find."""
        if self.unread <= 0:
            return np.full(np.shape(z), self.known)
        limit = self.before + self.pool * self._limit_in_pool(np.asarray(z, float))
        within = np.clip(limit, self.known, self.known + self.unread)
        return np.asarray(within, dtype=np.float64)

    def _limit_in_pool(self, z: Floats) -> Floats:
        """The share of the pool at a normal deviate.

        Wilson's lower limit is 0 only where the estimate is 0, which one that rests on the
        model hardly ever is. Where no random review met the theme, there may be nothing left
        to find; where every one did, nothing that lacks it.
        """
        limit = wilson_limit(self.centre, self.effective_pool, z)
        if self.carrying == 0:
            limit = np.where(z < 0, 0.0, limit)
        if self.carrying == len(self.residuals):
            limit = np.where(z > 0, 1.0, limit)
        return limit


class Estimate(NamedTuple):
    """A share to publish, with its 95 % interval.

    Attributes:
        value: the share.
        low, high: the interval; NaN where the reviews allow none.
        base: comments, unweighted.
        method: `reviewed`, `audit`, `bounds` or `coded`, see `share`.
        audit: what the share was estimated from; None for other methods.
        reviewer_error: see `Audit`; the interval carries it.
    """

    value: float
    low: float
    high: float
    base: int
    method: str
    audit: Audit | None = None
    reviewer_error: float = 0.0

    @property
    def has_interval(self) -> bool:
        """Whether the reviews allow an interval."""
        return self.low == self.low


class _RandomRuns(NamedTuple):
    """Runs of comments read one after another, each drawn at random; arrays are (n_runs,)."""

    # Weight that carried the theme among the comments read before the run.
    known: Floats
    pool: Floats  # weight of the comments that the run was drawn from
    estimate: Floats  # weight of all comments that carry the theme, by this run
    doubt: Floats  # variance of that estimate, but for a factor common to all runs

    def mean(self, values: Floats) -> float:
        """The mean of a value of each run, by precision."""
        return float((values / self.doubt).sum()) / self.size

    @property
    def size(self) -> float:
        """Size of the simple random sample that says as much as all runs together."""
        return float((1 / self.doubt).sum())


def sample_size(judged: Bools, audited: Bools, order: Whole) -> float:
    """Size of the simple random sample of all comments that says as much as the random draws.

    It depends on numbers of comments alone. Arguments as of `audit`; 0 where nothing was drawn.
    """
    if not audited.any():
        return 0.0
    nothing = np.zeros(len(judged))
    read = _in_order_read(judged, audited, order)
    ones = np.ones(len(judged))
    return _random_runs(nothing, audited, nothing, ones, read).size


def audit(
    carries: Floats | Bools,
    judged: Bools,
    audited: Bools,
    probability: Floats,
    *,
    order: Whole | None = None,
    weights: Floats | None = None,
) -> Audit:
    """The share of comments that carry a theme: from those read, the model and the random draws.

    Comments drawn at random and read one after another are a run. For each run, what was known
    before it counts as it is, and what the model expects of all others is corrected by the mean
    of (observed - expected) over the run: prediction-powered inference, Angelopoulos et al.
    2023, Science 382, 669-674. So each run is unbiased whatever was read by choice before or
    after it. The runs are averaged by their precision.

    The interval is Wilson's at the effective size. Unlike a normal interval it keeps its
    coverage for rare themes. It narrows with each comment read, because only what is not read
    yet is uncertain.

    Args:
        carries: (n_comments,) 0 or 1 as it was read, 0.5 where reviewers are divided.
        judged: (n_comments,) it was read.
        audited: (n_comments,) of these, the random sample (see `statistics.samples`), one at
            least.
        probability: (n_comments,) the model's, cross-fitted for comments that it learned from;
            NaN counts as no expectation at all (0).
        order: (n_comments,) in which the comments were decided, any whole numbers; None takes
            the random ones for the first.
        weights: (n_comments,) positive; None counts each comment once.
    """
    if weights is None:
        weights = np.ones(len(carries))
    carries = carries.astype(np.float64)
    expected = _scaled_expectations(probability, carries, audited)
    total = float(weights.sum())
    known, unread_share = _known_shares(carries, judged, weights)
    read = _in_order_read(judged, audited, order)
    runs = _random_runs(carries, audited, expected, weights, read)
    known_before = runs.mean(runs.known) / total
    pool = runs.mean(runs.pool) / total
    whole = runs.mean(runs.estimate) / total
    centre = float(np.clip((whole - known_before) / pool, 0.0, 1.0))
    whole = float(np.clip(whole, known, known + unread_share))
    residuals: Floats = carries[audited] - expected[audited]
    modelled = _weighted_mean(expected * (1 - expected), weights * ~judged)
    spread = _spread_of(residuals, weights[audited], modelled)
    return Audit(
        known=known,
        unread=unread_share,
        before=known_before,
        pool=pool,
        centre=centre,
        effective_pool=_effective_size(runs.size * pool**2, centre, spread),
        effective=_effective_size(runs.size, whole, spread),
        variance=spread / runs.size,
        residuals=residuals,
        carrying=float(carries[audited].sum()),
    )


def _known_shares(
    carries: Floats, judged: Bools, weights: Floats
) -> tuple[float, float]:
    """Share of all comments known to carry the theme, and share that could still carry it."""
    total = float(weights.sum())
    is_open = ~judged | _is_divided(carries)
    known = float(weights[judged & (carries == 1)].sum()) / total
    return known, float(weights[is_open].sum()) / total


def _is_divided(carries: Floats) -> Bools:
    """(n_comments,) where reviewers are divided."""
    return np.asarray((carries > 0) & (carries < 1), dtype=np.bool_)


def _scaled_expectations(
    probability: Floats, carries: Floats, audited: Bools
) -> Floats:
    """The model's probabilities, scaled down where it expects more than the random reviews found.

    The excess would only be noise in the correction. One comment is added to both sides, for
    themes that nobody found.
    """
    expected = np.where(np.isnan(probability), 0.0, probability)
    scale = (carries[audited].sum() + 1.0) / (expected[audited].sum() + 1.0)
    return np.asarray(expected * min(1.0, scale), dtype=np.float64)


def _in_order_read(judged: Bools, audited: Bools, order: Whole | None) -> Whole:
    """Positions of the comments that were read, in the order in which they were decided."""
    read = np.flatnonzero(judged)
    if order is None:
        when = np.where(audited[read], 0, 1)
    else:
        when = order[read]
    return np.asarray(read[np.lexsort((read, when))], dtype=np.int64)


def _random_runs(
    carries: Floats, audited: Bools, expected: Floats, weights: Floats, read: Whole
) -> _RandomRuns:
    """The runs of random draws among the comments `read`, in order."""
    drawn = audited[read]
    follows_a_draw = np.concatenate([[False], drawn[:-1]])
    precedes_a_draw = np.concatenate([drawn[1:], [False]])
    starts = np.flatnonzero(drawn & ~follows_a_draw)
    ends = np.flatnonzero(drawn & ~precedes_a_draw) + 1
    y, p, w = carries[read].astype(np.float64), expected[read], weights[read]
    known = _sums_before(w * y)
    predicted = _sums_before(w * p)
    weight = _sums_before(w)
    squared = _sums_before(w * w)
    residual = _sums_before(w * (y - p))

    total = float(weights.sum())
    pool = total - weight[starts]
    pool_size = pool**2 / (float((weights * weights).sum()) - squared[starts])
    run = weight[ends] - weight[starts]
    run_size = run**2 / (squared[ends] - squared[starts])
    correction = (residual[ends] - residual[starts]) / run
    all_expected = float((weights * expected).sum())
    estimate = known[starts] + all_expected - predicted[starts] + pool * correction
    doubt = (pool / total) ** 2 * np.maximum(1 / run_size - 1 / pool_size, 1e-15)
    return _RandomRuns(known[starts], pool, estimate, doubt)


def _sums_before(values: Floats) -> Floats:
    """(n + 1,) sums of the values before each position."""
    return np.concatenate([[0.0], np.cumsum(values)])


def _spread_of(residuals: Floats, weights: Floats, modelled: float) -> float:
    """Variance of one comment's residual.

    Args:
        residuals, weights: (n_audited,).
        modelled: the variance that the model expects of the comments not read. Where it is
            greater, too few reviews have met the rare cases, and it counts in part.
    """
    n = len(residuals)
    if n < 2:
        spread = 0.25
    else:
        mean = _weighted_mean(residuals, weights)
        spread = _weighted_mean((residuals - mean) ** 2, weights) * n / (n - 1)
    if modelled > spread:
        spread = (n * spread + MODELLED * modelled) / (n + MODELLED)
    return spread


def _effective_size(size: float, share_: float, spread: float) -> float:
    """Size of the simple random sample that would say as much; never below `size`, since the
    model may be of no use.
    """
    if spread <= 0:
        return size
    return size * max(1.0, share_ * (1 - share_) / spread)


def _weighted_mean(values: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    if not total:
        return 0.0
    return float((weights * values).sum()) / total


def share(
    carries: Floats | Bools,
    judged: Bools,
    audited: Bools,
    probability: Floats,
    *,
    order: Whole | None = None,
    missing: Bools | None = None,
) -> Estimate:
    """The share of comments that carry a theme, with the interval that the reviews allow.

    The method is `reviewed` where all comments were read: the share is exact, and where
    reviewers are divided the interval runs from none to all of those comments. It is `audit`
    where at least `FEWEST_AUDITED` comments were drawn at random and read (see `audit`);
    drawn comments that are missing widen the interval by all that they could say. It is
    `bounds` where at most `MOST_UNREAD` of the comments was not read: the interval runs from
    none to all of them. Else it is `coded`: the share as coded, without an interval.

    Args:
        carries: (n_comments,) 0, 0.5 or 1 (see `audit`); where not read, as the model assigned.
        missing: (n_comments,) drawn at random and not read yet; None for none.
    """
    base, nan = len(carries), float("nan")
    if base == 0:
        return Estimate(nan, nan, nan, 0, "coded")
    carries = carries.astype(np.float64)
    value = float(carries.mean())
    least = float((judged & (carries == 1)).mean())
    most = 1.0 - float((judged & (carries == 0)).mean())
    if judged.all():
        if not _is_divided(carries).any():
            least = most = value
        return Estimate(value, least, most, base, "reviewed")
    if int(audited.sum()) >= FEWEST_AUDITED:
        estimate = _audited_share(carries, judged, audited, probability, order, missing)
        if estimate.low == estimate.high:
            # The sample cannot be right beside what is known: all that is possible is said.
            return estimate._replace(low=least, high=most)
        return estimate
    if float((~judged).mean()) <= MOST_UNREAD:
        return Estimate(value, least, most, base, "bounds")
    return Estimate(value, nan, nan, base, "coded")


def _audited_share(
    carries: Floats,
    judged: Bools,
    audited: Bools,
    probability: Floats,
    order: Whole | None,
    missing: Bools | None,
) -> Estimate:
    evidence = audit(carries, judged, audited, probability, order=order)
    low, high = float(evidence.limit(-Z95)), float(evidence.limit(Z95))
    if missing is not None and missing.any():
        limits = []
        for answer in (0.0, 1.0):
            filled = _fill_in(carries, judged, audited, order, missing, answer)
            limits.append(audit(*filled[:3], probability, order=filled[3]))
        low = min(low, float(limits[0].limit(-Z95)))
        high = max(high, float(limits[1].limit(Z95)))
    return Estimate(evidence.share, low, high, len(carries), "audit", evidence)


class _Filled(NamedTuple):
    """Arguments of `audit` as if missing comments had been answered."""

    carries: Floats
    judged: Bools
    audited: Bools
    order: Whole | None


def _fill_in(
    carries: Floats,
    judged: Bools,
    audited: Bools,
    order: Whole | None,
    missing: Bools,
    answer: float,
) -> _Filled:
    """As if every missing comment had this answer; they count with the last random draw."""
    if order is not None:
        last = order[audited].max()
        order = np.where(missing, last, order)
    return _Filled(
        np.where(missing, answer, carries),
        judged | missing,
        audited | missing,
        order,
    )


# ---------------------------------------------------------------- ranks


def rank_intervals(
    audits: Sequence[Audit],
    residuals: Floats,
    rng: np.random.Generator,
    *,
    draws: int = 4000,
) -> Whole:
    """(n_themes, 2) lowest and highest rank that the reviews leave possible, with 95 % confidence.

    Rank 1 is the most common theme. The shares of all themes are drawn together: each from the
    Wilson limits at a normal deviate, the deviates correlated as the residuals of the random
    reviews are. A theme with nothing unread keeps its share; themes with equal shares may each
    come first or last.

    Args:
        audits: one for each theme.
        residuals: (n_audited, n_themes) of comments audited for every theme; may have no row.
    """
    n_themes = len(audits)
    root = _root(_correlation(residuals, n_themes))
    deviates = rng.standard_normal((draws, n_themes)) @ root.T
    shares = np.empty((draws, n_themes))
    for theme, evidence in enumerate(audits):
        shares[:, theme] = np.round(evidence.limit(deviates[:, theme]), 12)
    low, high = np.empty(shares.shape), np.empty(shares.shape)
    for theme in range(n_themes):
        low[:, theme] = 1 + (shares > shares[:, [theme]]).sum(axis=1)
        high[:, theme] = (shares >= shares[:, [theme]]).sum(axis=1)
    lowest = np.quantile(low, 0.025, axis=0, method="lower")
    highest = np.quantile(high, 0.975, axis=0, method="higher")
    return np.column_stack((lowest, highest)).astype(np.int64)


def exactly(share_: float) -> Audit:
    """The audit of a theme that was decided in every comment."""
    return Audit(
        known=share_,
        unread=0.0,
        before=share_,
        pool=0.0,
        centre=0.0,
        effective_pool=float("inf"),
        effective=float("inf"),
        variance=0.0,
        residuals=np.zeros(0),
    )


def _correlation(residuals: Floats, n_themes: int) -> Floats:
    if len(residuals) < FEWEST_AUDITED:
        return np.eye(n_themes)
    centred = residuals - residuals.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    size[size == 0] = np.inf
    correlation = (centred / size).T @ (centred / size)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation, dtype=np.float64)


def _root(correlation: Floats) -> Floats:
    """A matrix whose product with its transpose is `correlation`, also where that is singular."""
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=np.float64)
