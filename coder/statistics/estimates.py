"""Theme shares with intervals: functions over arrays that change nothing they were given.

Shares lie in [0, 1]. A share counts what reviewers would find had they read every comment; what
they did read counts as it is, the rest through the model's probabilities, put right by the
comments that were drawn at random and read.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Z95 = 1.959963984540054
FEWEST_AUDITED = 30  # random reviews below which no interval is given
# Random reviews that the model's own doubt weighs as much as, where it is the greater.
MODELLED = 100


def wilson(
    share: Floats | float, n: Floats | float, z: Floats | float = Z95
) -> tuple[Floats, Floats]:
    """Wilson's score interval of a share in [0, 1] out of n > 0 (n may be an effective, fractional
    size).

    Source: E. B. Wilson 1927, JASA 22, 209-212.
    """
    return wilson_limit(share, n, -np.abs(z)), wilson_limit(share, n, np.abs(z))


def wilson_limit(share: Floats | float, n: Floats | float, z: Floats | float) -> Floats:
    """The share at which a score test would stand at `z`: the lower limit for z < 0, the upper
    for z > 0.
    """
    share, n, z = np.asarray(share, float), np.asarray(n, float), np.asarray(z, float)
    middle = share + z * z / (2 * n)
    reach = z * np.sqrt(np.maximum(share * (1 - share) / n + z * z / (4 * n * n), 0.0))
    return np.asarray(
        np.clip((middle + reach) / (1 + z * z / n), 0.0, 1.0), dtype=np.float64
    )


class Audit(NamedTuple):
    """What reading some comments says of all of them, for one theme. Shares are of all comments."""

    known: float  # share that carry the theme among those read
    unread: float  # share that was not read
    # Share known to carry it when the random draws were made, their mean by precision.
    before: float
    pool: float  # share that the draws were made from
    centre: float  # share of the pool that carries it, in [0, 1]
    effective_pool: (
        float  # size of the simple random sample that would say as much of the pool
    )
    effective: float  # the same of all comments
    variance: float  # of the whole share, by reading only a part
    residuals: Floats  # (n_audited,) found less expected, for each comment drawn at random and read

    @property
    def share(self) -> float:
        """The share of all comments."""
        return float(
            np.clip(
                self.before + self.pool * self.centre,
                self.known,
                self.known + self.unread,
            )
        )

    def limit(self, z: Floats | float) -> Floats:
        """The share of all comments at a normal deviate: Wilson's limit for the pool, within
        what is possible.
        """
        if self.unread <= 0:
            return np.full(np.shape(z), self.known)
        limit = self.before + self.pool * wilson_limit(
            self.centre, self.effective_pool, z
        )
        return np.asarray(
            np.clip(limit, self.known, self.known + self.unread), dtype=np.float64
        )


class Estimate(NamedTuple):
    """A number fit to publish: a share, its 95 % interval (NaN where no honest one exists), how
    it was made.
    """

    value: float
    low: float
    high: float
    base: int  # comments, unweighted
    method: str  # reviewed, audit or coded
    audit: Audit | None = (
        None  # what the share was estimated from, where the method is audit
    )

    @property
    def has_interval(self) -> bool:
        return self.low == self.low


def audit(
    carries: Bools,
    judged: Bools,
    audited: Bools,
    probability: Floats,
    *,
    order: NDArray[np.int64] | None = None,
    weights: Floats | None = None,
) -> Audit:
    """The share of comments that carry a theme, by those read, the model, and the random draws
    among them.

    Whenever a run of comments was drawn at random, what was known by then counts as it is, and
    the model's expectation for all the others is put right by the mean of (found - expected)
    over the run (prediction- powered inference, Angelopoulos et al. 2023, Science 382,
    669-674). Each run is thereby right on average whatever was read by choice before or after
    it, and the runs are averaged by their precision. The interval is Wilson's at the effective
    size of the centre, which keeps its promise for rare themes where a normal interval does
    not; it closes as reading goes on, since only what is not read yet is uncertain.

    Args:
        carries, judged, audited: (n_comments,) as in a table of labels; `audited` within
            `judged`, one at least.
        probability: (n_comments,) the model's, cross-fitted for comments that it learned from;
            NaN counts as no expectation at all (0).
        order: (n_comments,) in which the comments were decided, any whole numbers; None takes
            the random ones for the first.
        weights: (n_comments,) positive; None counts each comment once.
    """
    w = np.ones(len(carries)) if weights is None else weights
    expected = np.where(np.isnan(probability), 0.0, probability)
    # A model that expects more than the random reviews found is scaled down to them: its excess
    # would only be
    # noise in the correction. One comment is added to both, for themes that nobody found.
    expected = expected * min(
        1.0, (carries[audited].sum() + 1.0) / (expected[audited].sum() + 1.0)
    )
    total, unread = float(w.sum()), ~judged
    known = float(w[judged & carries].sum()) / total
    open_ = float(w[unread].sum()) / total
    read = np.flatnonzero(judged)
    when = np.where(audited[read], 0, 1) if order is None else order[read]
    read = read[np.lexsort((read, when))]
    drawn = audited[read]
    starts = np.flatnonzero(drawn & ~np.concatenate([[False], drawn[:-1]]))
    ends = np.flatnonzero(drawn & ~np.concatenate([drawn[1:], [False]])) + 1
    y, p, v = carries[read].astype(np.float64), expected[read], w[read]
    before = {
        name: np.concatenate([[0.0], np.cumsum(part)])
        for name, part in (
            ("y", v * y),
            ("p", v * p),
            ("w", v),
            ("w2", v * v),
            ("r", v * (y - p)),
        )
    }
    pool = total - before["w"][starts]
    pool_size = pool**2 / (float((w * w).sum()) - before["w2"][starts])
    run = before["w"][ends] - before["w"][starts]
    run_size = run**2 / (before["w2"][ends] - before["w2"][starts])
    residual = (before["r"][ends] - before["r"][starts]) / run
    found = (
        before["y"][starts]
        + float((w * expected).sum())
        - before["p"][starts]
        + pool * residual
    )
    doubt = (pool / total) ** 2 * np.maximum(1 / run_size - 1 / pool_size, 1e-15)
    size = float((1 / doubt).sum())
    whole = float((found / doubt).sum()) / size / total
    known_then = float((before["y"][starts] / doubt).sum()) / size / total
    pool_then = float((pool / doubt).sum()) / size / total
    centre = float(np.clip((whole - known_then) / pool_then, 0.0, 1.0))
    whole = float(np.clip(whole, known, known + open_))
    residuals: Floats = carries[audited] - expected[audited]
    spread = _spread_of(residuals, w[audited])
    modelled = _weighted_mean(expected * (1 - expected), w * unread)
    if (
        modelled > spread
    ):  # too few reviews to have met the rare ones: part of what the model says of them
        spread = (len(residuals) * spread + MODELLED * modelled) / (
            len(residuals) + MODELLED
        )
    # Never less than the plain sample would say: the model may be of no use.
    effective, effective_pool = (
        n * max(1.0, c * (1 - c) / spread if spread > 0 else 0.0)
        for n, c in ((size, whole), (size * pool_then**2, centre))
    )
    return Audit(
        known,
        open_,
        known_then,
        pool_then,
        centre,
        effective_pool,
        effective,
        spread / size,
        residuals,
    )


def _spread_of(values: Floats, weights: Floats) -> float:
    n = len(values)
    if n < 2:
        return 0.25
    mean = _weighted_mean(values, weights)
    return _weighted_mean((values - mean) ** 2, weights) * n / (n - 1)


def _weighted_mean(values: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float((weights * values).sum()) / total if total else 0.0


def share(
    carries: Bools,
    judged: Bools,
    audited: Bools,
    probability: Floats,
    *,
    order: NDArray[np.int64] | None = None,
    calibrated: bool = True,
) -> Estimate:
    """The share of comments that carry a theme, with the interval that the reviews allow (see
    `audit`).

    Exact where all were read (`reviewed`); from the random reviews where there are
    `FEWEST_AUDITED` at least (`audit`); else the share as coded, without an interval (`coded`).
    """
    base = len(carries)
    if base == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0, "coded")
    if judged.all():
        exact = float(carries.mean())
        return Estimate(exact, exact, exact, base, "reviewed")
    if int(audited.sum()) < FEWEST_AUDITED or not calibrated:
        return Estimate(
            float(carries.mean()), float("nan"), float("nan"), base, "coded"
        )
    evidence = audit(carries, judged, audited, probability, order=order)
    low, high = float(evidence.limit(-Z95)), float(evidence.limit(Z95))
    return Estimate(evidence.share, low, high, base, "audit", evidence)


# ---------------------------------------------------------------- ranks


def rank_intervals(
    audits: Sequence[Audit],
    residuals: Floats,
    rng: np.random.Generator,
    *,
    draws: int = 4000,
) -> NDArray[np.int64]:
    """(n_themes, 2) lowest and highest rank (1 is the most common) that the reviews leave open,
    95 %.

    Draws the shares of all themes together: each from the Wilson limits at a normal deviate,
    the deviates correlated as the residuals of the random reviews are. A theme with nothing
    unread stays where it is; of equal shares each may stand first or last.

    Args:
        audits: one for each theme.
        residuals: (n_audited, n_themes) of comments audited for every theme; may have no row.
    """
    n_themes = len(audits)
    deviates = (
        rng.standard_normal((draws, n_themes))
        @ _root(_correlation(residuals, n_themes)).T
    )
    shares = np.empty((draws, n_themes))
    for theme, found in enumerate(audits):
        shares[:, theme] = np.round(found.limit(deviates[:, theme]), 12)
    low, high = np.empty(shares.shape), np.empty(shares.shape)
    for theme in range(n_themes):
        low[:, theme] = 1 + (shares > shares[:, [theme]]).sum(axis=1)
        high[:, theme] = (shares >= shares[:, [theme]]).sum(axis=1)
    ends = (
        np.quantile(low, 0.025, axis=0, method="lower"),
        np.quantile(high, 0.975, axis=0, method="higher"),
    )
    return np.column_stack(ends).astype(np.int64)


def exactly(share_: float) -> Audit:
    """The audit of a theme that was decided in every comment."""
    return Audit(
        share_, 0.0, share_, 0.0, 0.0, float("inf"), float("inf"), 0.0, np.zeros(0)
    )


def _correlation(residuals: Floats, n_themes: int) -> Floats:
    if len(residuals) < FEWEST_AUDITED:
        return np.eye(n_themes)
    centred = residuals - residuals.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    size[size == 0] = np.inf
    found = (centred / size).T @ (centred / size)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found, dtype=np.float64)


def _root(correlation: Floats) -> Floats:
    """A matrix whose product with its transpose is `correlation`, also where that is singular."""
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=np.float64)


# ---------------------------------------------------------------- weighted shares


class SampleShare(NamedTuple):
    """A share as an estimate for the population that a sample stands for."""

    share: float
    variance: (
        float  # of sampling and of what was not read; NaN where no honest one exists
    )
    base: int  # comments, unweighted
    # Variance of sampling over that of a simple random sample as large; NaN without one.
    design_effect: float
    # Size of the simple random sample, all read, that would say as much; NaN without variance.
    effective: float
    method: str  # reviewed, audit or coded

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval at the effective base; NaN where there is none."""
        if self.variance != self.variance or self.base < 2:
            return float("nan"), float("nan")
        low, high = wilson(self.share, self.effective)
        return float(low), float(high)


def taylor_variance(values: Floats, weights: Floats) -> float:
    """Variance of the weighted mean of `values`, by Taylor linearisation, respondents drawn
    independently.

    `n / (n - 1) * sum((w (y - mean) / sum w)^2)`; Woodruff 1971, JASA 66, 411-414.
    """
    n = len(values)
    if n < 2:
        return float("nan")
    total = weights.sum()
    mean = (weights * values).sum() / total
    return float(n / (n - 1) * ((weights * (values - mean) / total) ** 2).sum())


def sample_share(
    carries: Bools,
    judged: Bools,
    audited: Bools,
    probability: Floats,
    weights: Floats,
    *,
    order: NDArray[np.int64] | None = None,
    calibrated: bool = True,
    evidence: Audit | None = None,
) -> SampleShare:
    """The weighted share of comments that carry a theme, with the variance of sampling and of
    reading.

    What was read counts as it is, the rest as the model expects it, put right by the weighted
    mean of (found - expected) over the random reviews. Without all read or `FEWEST_AUDITED`
    random reviews the share is that of the coding as it stands and has no variance.

    Args:
        evidence: the `audit` of these comments with these weights, where it was made before.
    """
    base, nan = len(carries), float("nan")
    if base == 0:
        return SampleShare(nan, nan, 0, nan, nan, "coded")
    total = float(weights.sum())
    if judged.all():
        value = float((weights * carries).sum()) / total
        effect, variance = _design_effect(carries.astype(np.float64), weights)
        return SampleShare(value, variance, base, effect, base / effect, "reviewed")
    if int(audited.sum()) < FEWEST_AUDITED or not calibrated:
        value = float((weights * carries).sum()) / total
        return SampleShare(value, nan, base, nan, nan, "coded")
    found = evidence or audit(
        carries, judged, audited, probability, order=order, weights=weights
    )
    expected = np.where(judged, carries.astype(np.float64), np.nan_to_num(probability))
    likely = np.where(
        judged, expected, np.clip(expected + found.residuals.mean(), 0.0, 1.0)
    )
    effect, sampling = _design_effect(likely, weights)
    effective = 1 / (effect / base + 1 / found.effective)
    return SampleShare(
        found.share, sampling + found.variance, base, effect, effective, "audit"
    )


def _design_effect(likely: Floats, weights: Floats) -> tuple[float, float]:
    """Design effect and variance by Taylor linearisation, of comments that carry a theme with a
    probability.

    Where nobody or everybody carries it the design effect is that of the weights alone (Kish 1965).
    """
    n, total = len(likely), float(weights.sum())
    mean = _weighted_mean(likely, weights)
    squares = likely * (1 - mean) ** 2 + (1 - likely) * mean**2
    variance = n / max(1, n - 1) * float(((weights / total) ** 2 * squares).sum())
    simple = mean * (1 - mean) / max(1, n - 1)
    kish = n * float((weights**2).sum()) / total**2
    return (variance / simple if simple > 1e-12 else kish), variance


# ---------------------------------------------------------------- tests, two-sided


class Test(NamedTuple):
    """A two-sided test: its name, its statistic (NaN for an exact one) and its p-value."""

    name: str
    statistic: float
    p: float


FISHER, CHI_SQUARE = "Fisher's exact test", "chi-square test"
RAO_SCOTT, WALD = "Rao-Scott test", "z-test with the error of coding"


def two_shares(inside: int, base_inside: int, outside: int, base_outside: int) -> Test:
    """Whether two unweighted shares differ: chi-square, or Fisher's test where an expected
    count is under 5.
    """
    from scipy import stats

    carrying, total = inside + outside, base_inside + base_outside
    if not 0 < carrying < total or not base_inside or not base_outside:
        return Test(CHI_SQUARE, 0.0, 1.0)
    smallest = min(carrying, total - carrying) * min(base_inside, base_outside) / total
    if smallest < 5:
        return fisher(inside, base_inside, outside, base_outside)
    difference = inside / base_inside - outside / base_outside
    pooled = carrying / total
    statistic = difference**2 / (
        pooled * (1 - pooled) * (1 / base_inside + 1 / base_outside)
    )
    return Test(CHI_SQUARE, float(statistic), float(stats.chi2.sf(statistic, 1)))


def fisher(inside: int, base_inside: int, outside: int, base_outside: int) -> Test:
    """Whether two unweighted shares differ, exactly, whatever the counts."""
    from scipy import stats

    table = [[inside, base_inside - inside], [outside, base_outside - outside]]
    return Test(FISHER, float("nan"), min(1.0, float(stats.fisher_exact(table)[1])))


def rao_scott(
    rows: NDArray[np.int64], columns: NDArray[np.int64], weights: Floats
) -> Test:
    """Whether two categories go together in a weighted sample: second-order corrected F statistic.

    Rao and Scott 1984, Annals of Statistics 12, 46-60; the variance by Taylor linearisation,
    respondents drawn independently, with n - 1 design degrees of freedom.

    Args:
        rows, columns: (n,) category numbers from 0.
        weights: (n,) positive.
    """
    n_columns = int(columns.max()) + 1
    shape = (int(rows.max()) + 1, n_columns)
    cell = rows * n_columns + columns
    sums = (
        np.bincount(cell, weights, shape[0] * shape[1])
        .reshape(shape)
        .astype(np.float64)
    )
    squares = (
        np.bincount(cell, weights**2, shape[0] * shape[1])
        .reshape(shape)
        .astype(np.float64)
    )
    return rao_scott_table(len(rows), sums, squares)


def rao_scott_table(n: int, sums: Floats, squares: Floats) -> Test:
    """The same from a table of the cells' summed weights and summed squared weights, of n
    respondents.

    The p-value is NaN where a cell of the table is empty: the correction does not exist there.
    """
    from scipy import stats

    total, (n_rows, n_columns) = float(sums.sum()), sums.shape
    table = sums / total
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    if n_rows < 2 or n_columns < 2 or (expected == 0).any():
        return Test(RAO_SCOTT, 0.0, 1.0)
    if (table <= 0).any():
        return Test(RAO_SCOTT, float("nan"), float("nan"))
    pearson = n * float(((table - expected) ** 2 / expected).sum())
    share_ = table.ravel()
    scores = np.eye(len(share_)) - share_  # a respondent of each cell
    actual = n / (n - 1) * (scores.T * squares.ravel() / total**2) @ scores
    simple = (np.diag(share_) - np.outer(share_, share_)) / n
    main, crossed = _contrasts(n_rows, n_columns)
    beside = crossed - main @ np.linalg.solve(
        main.T @ simple @ main, main.T @ simple @ crossed
    )
    effects = np.linalg.solve(beside.T @ simple @ beside, beside.T @ actual @ beside)
    trace = float(np.trace(effects))
    if not np.isfinite(trace) or trace <= 0:
        return Test(RAO_SCOTT, float("nan"), float("nan"))
    freedom = trace**2 / float(np.trace(effects @ effects))
    statistic = pearson / trace
    return Test(
        RAO_SCOTT, statistic, float(stats.f.sf(statistic, freedom, freedom * (n - 1)))
    )


def _contrasts(n_rows: int, n_columns: int) -> tuple[Floats, Floats]:
    """Columns that span the main effects, and those that span the interaction, over the cells
    of a table.
    """
    by_row = np.vstack([np.eye(n_rows - 1), -np.ones(n_rows - 1)])
    by_column = np.vstack([np.eye(n_columns - 1), -np.ones(n_columns - 1)])
    main = np.hstack(
        [
            np.kron(by_row, np.ones((n_columns, 1))),
            np.kron(np.ones((n_rows, 1)), by_column),
        ]
    )
    return np.asarray(main, dtype=np.float64), np.asarray(
        np.kron(by_row, by_column), dtype=np.float64
    )


def difference_test(one: SampleShare, other: SampleShare) -> Test:
    """Whether two independent estimates differ, by their variances."""
    from scipy import stats

    variance = one.variance + other.variance
    if variance != variance or variance <= 0:
        return Test(WALD, float("nan"), float("nan"))
    z = (one.share - other.share) / np.sqrt(variance)
    return Test(WALD, float(z), float(2 * stats.norm.sf(abs(z))))


def holm(p: Floats) -> Floats:
    """Holm's step-down p-values: the chance of any false finding among all tests. NaN stays and
    is not counted.
    """
    return _adjusted(
        p, lambda ordered, m: np.maximum.accumulate(ordered * (m - np.arange(m)))
    )


def false_discovery(p: Floats) -> Floats:
    """Benjamini and Hochberg's p-values: the share of false findings among those found."""
    return _adjusted(
        p,
        lambda ordered, m: np.minimum.accumulate(
            (ordered * m / np.arange(1, m + 1))[::-1]
        )[::-1],
    )


def _adjusted(p: Floats, rule: Callable[[Floats, int], Floats]) -> Floats:
    p = np.asarray(p, dtype=np.float64)
    found = np.full(p.shape, np.nan)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    found[order] = np.minimum(rule(p[order], len(order)), 1.0)
    return found


def difference_interval(one: SampleShare, other: SampleShare) -> tuple[float, float]:
    """95 % interval of `one - other`, from the Wilson limits of both (Newcombe 1998, Stat. Med.
    17, 873-890).
    """
    (low, high), (other_low, other_high) = one.interval, other.interval
    difference = one.share - other.share
    below = np.hypot(one.share - low, other_high - other.share)
    above = np.hypot(high - one.share, other.share - other_low)
    return float(difference - below), float(difference + above)


def smallest_difference(
    share_: float, effective_one: float, effective_other: float, comparisons: int
) -> float:
    """The difference of two shares near `share_` that would just be significant at 5 % after
    correction.
    """
    from scipy import stats

    z = stats.norm.isf(0.025 / max(1, comparisons))
    return float(
        z * np.sqrt(share_ * (1 - share_) * (1 / effective_one + 1 / effective_other))
    )
