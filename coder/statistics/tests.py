"""Two-sided tests of differences between shares, and corrections for many comparisons."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coder.statistics.distributions import (
    chi_square_tail,
    fisher_exact,
    normal_deviate,
    normal_tail,
)
from coder.statistics.intervals import Bools, Floats
from coder.statistics.weighting import SampleShare


class Test(NamedTuple):
    """A two-sided test: its name, its statistic (NaN for an exact one) and its p-value."""

    name: str
    statistic: float
    p: float


FISHER, CHI_SQUARE = "Fisher's exact test", "chi-square test"
RAO_SCOTT, WALD = "Rao-Scott test", "z-test with the error of coding"
WALD_WEIGHTED = "t-test with the error of coding"


def two_shares(inside: int, base_inside: int, outside: int, base_outside: int) -> Test:
    """Whether two unweighted shares differ: Pearson's chi-square test, or Fisher's exact test
    where an expected count is under 5.
    """
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
    return Test(CHI_SQUARE, float(statistic), chi_square_tail(statistic))


def fisher(inside: int, base_inside: int, outside: int, base_outside: int) -> Test:
    """Whether two unweighted shares differ, exactly, whatever the counts."""
    p = fisher_exact(inside, base_inside, outside, base_outside)
    return Test(FISHER, float("nan"), p)


def rao_scott(n: int, sums: Floats, squares: Floats) -> Test:
    """Whether two categories are related in a weighted sample: second-order corrected F statistic.

    Source: Rao and Scott 1984, Annals of Statistics 12, 46-60. The variance is by Taylor
    linearisation, respondents drawn independently, with n - 1 design degrees of freedom. The
    p-value is NaN where a cell is empty: the correction is not defined there.

    Args:
        n: respondents.
        sums: (n_rows, n_columns) sum of the weights in each cell.
        squares: (n_rows, n_columns) sum of the squared weights in each cell.
    """
    from scipy.special import fdtrc

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
    by_main = np.linalg.solve(main.T @ simple @ main, main.T @ simple @ crossed)
    beside = crossed - main @ by_main
    effects = np.linalg.solve(beside.T @ simple @ beside, beside.T @ actual @ beside)
    trace = float(np.trace(effects))
    if not np.isfinite(trace) or trace <= 0:
        return Test(RAO_SCOTT, float("nan"), float("nan"))
    freedom = trace**2 / float(np.trace(effects @ effects))
    statistic = pearson / trace
    p = float(fdtrc(freedom, freedom * (n - 1), statistic))
    return Test(RAO_SCOTT, statistic, p)


class WeightedCounts(NamedTuple):
    """The respondents of a group, with a theme and without it.

    Attributes:
        carrying, base: respondents with the theme, and all, unweighted.
        sums, squares: (2,) sum of the weights and of their squares, with the theme and without.
    """

    carrying: int
    base: int
    sums: Floats
    squares: Floats


def count_weights(carries: Bools, weights: Floats) -> WeightedCounts:
    """The counts of a group; both arrays are (n_respondents,)."""
    carrying, others = weights[carries], weights[~carries]
    return WeightedCounts(
        carrying=len(carrying),
        base=len(weights),
        sums=np.array([carrying.sum(), others.sum()]),
        squares=np.array([(carrying**2).sum(), (others**2).sum()]),
    )


def two_weighted_shares(one: WeightedCounts, other: WeightedCounts) -> Test:
    """The Rao-Scott test of two groups of respondents."""
    return rao_scott(
        one.base + other.base,
        np.array([one.sums, other.sums]),
        np.array([one.squares, other.squares]),
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
    crossed = np.kron(by_row, by_column)
    return np.asarray(main, dtype=np.float64), np.asarray(crossed, dtype=np.float64)


def difference_test(one: SampleShare, other: SampleShare) -> Test:
    """Whether two independent estimates differ, by their variances.

    Student's distribution takes the place of the normal one where there are weights, with
    Satterthwaite's degrees of freedom (1946, Biometrics Bulletin 2, 110-114).
    """
    variances = np.array([one.cautious_variance, other.cautious_variance])
    variance = float(variances.sum())
    if variance != variance or variance <= 0:
        return Test(WALD, float("nan"), float("nan"))
    statistic = float((one.share - other.share) / np.sqrt(variance))
    inverse = float((variances**2 / (one.freedom, other.freedom)).sum())
    if inverse == 0:
        return Test(WALD, statistic, 2 * normal_tail(abs(statistic)))
    from scipy.special import stdtr

    freedom = variance**2 / inverse
    p = 2 * float(stdtr(freedom, -abs(statistic)))
    return Test(WALD_WEIGHTED, statistic, p)


def holm(p: Floats) -> Floats:
    """Holm's step-down p-values, which bound the chance of any false finding among all tests.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70. NaN stays NaN and is not
    counted.
    """
    return _adjusted(p, _holm_steps)


def false_discovery(p: Floats) -> Floats:
    """Benjamini and Hochberg's p-values, which bound the share of false ones among the findings.

    Source: Benjamini and Hochberg 1995, JRSS B 57, 289-300. NaN stays NaN and is not counted.
    """
    return _adjusted(p, _false_discovery_steps)


def _holm_steps(ordered: Floats) -> Floats:
    m = len(ordered)
    return np.maximum.accumulate(ordered * (m - np.arange(m)))


def _false_discovery_steps(ordered: Floats) -> Floats:
    m = len(ordered)
    from_largest = (ordered * m / np.arange(1, m + 1))[::-1]
    return np.minimum.accumulate(from_largest)[::-1]


def _adjusted(p: Floats, rule: Callable[[Floats], Floats]) -> Floats:
    """The p-values that are not NaN after `rule`, which takes them in ascending order."""
    p = np.asarray(p, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    defined = np.flatnonzero(~np.isnan(p))
    order = defined[np.argsort(p[defined], kind="stable")]
    adjusted[order] = np.minimum(rule(p[order]), 1.0)
    return adjusted


def difference_interval(one: SampleShare, other: SampleShare) -> tuple[float, float]:
    """95 % interval of `one - other` from the Wilson limits of both.

    Source: Newcombe 1998, Statistics in Medicine 17, 873-890.
    """
    (low, high), (other_low, other_high) = one.interval, other.interval
    difference = one.share - other.share
    below = np.hypot(one.share - low, other_high - other.share)
    above = np.hypot(high - one.share, other.share - other_low)
    return float(difference - below), float(difference + above)


def smallest_difference(
    share_: float, effective_one: float, effective_other: float, comparisons: int
) -> float:
    """The smallest difference of two shares near `share_` that is significant at 5 % after
    Bonferroni's correction for `comparisons` tests.
    """
    z = normal_deviate(0.025 / max(1, comparisons))
    return float(
        z * np.sqrt(share_ * (1 - share_) * (1 / effective_one + 1 / effective_other))
    )


POWER = 0.8  # with which a difference could have been seen


def detectable_difference(
    share_: float, effective_one: float, effective_other: float, comparisons: int
) -> float:
    """The smallest true difference that a two-sided test at 5 % would have shown in 80 of 100
    surveys, after Bonferroni's correction for `comparisons` tests.

    It is the `d` that solves `d = z_a sqrt(q (1 - q) (1/m + 1/n)) + z_b sqrt(p1 (1 - p1) / m +
    p2 (1 - p2) / n)` with `p2` the share, `p1 = p2 + d` and `q` their mean by size: the formula
    of Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, section 4.2,
    for given sizes m and n.

    Args:
        share_: of the other group, in [0, 1].
        effective_one, effective_other: sizes of the groups, or their effective sizes.

    Returns:
        In (0, 1]; NaN where even a share of 1 would not have been seen.
    """
    z_test = normal_deviate(0.025 / max(1, comparisons))
    z_power = normal_deviate(1 - POWER)
    sizes = np.array([effective_one, effective_other])

    def missing(difference: float) -> float:
        """How far a difference is from being detectable."""
        shares = np.array([share_ + difference, share_])
        mean = float(np.average(shares, weights=sizes))
        by_chance = np.sqrt(mean * (1 - mean) * (1 / sizes).sum())
        spread = np.sqrt((shares * (1 - shares) / sizes).sum())
        return float(z_test * by_chance + z_power * spread - difference)

    largest = 1.0 - share_
    if not largest > 0 or not missing(largest) < 0:
        return float("nan")
    return _find_zero(missing, largest)


def _find_zero(function: Callable[[float], float], high: float) -> float:
    """Where a function that is above 0 at 0 and below it at `high` changes its sign."""
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return high
