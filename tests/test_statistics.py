"""Intervals, ranks, weighted shares and tests against published formulas and other libraries' figures."""

import numpy as np
import pytest
from scipy import stats

from coder.statistics import distributions, intervals, tests, weighting


def taylor_variance(values: np.ndarray, weights: np.ndarray) -> float:
    """Variance of the weighted mean, `n / (n - 1) * sum((w (y - mean) / sum w)^2)`; Woodruff 1971."""
    n, total = len(values), weights.sum()
    mean = (weights * values).sum() / total
    return float(n / (n - 1) * ((weights * (values - mean) / total) ** 2).sum())


def rao_scott(rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> tests.Test:
    """The test of two lists of category numbers, a weight each."""
    shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    cells = rows * shape[1] + columns
    sums = np.bincount(cells, weights, shape[0] * shape[1]).reshape(shape)
    squares = np.bincount(cells, weights**2, shape[0] * shape[1]).reshape(shape)
    return tests.rao_scott(len(rows), sums, squares)


def test_wilson_agrees_with_scipy() -> None:
    for k, n in ((0, 30), (1, 100), (140, 932), (50, 50)):
        low, high = intervals.wilson(k / n, n)
        expected = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
        assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_holm_and_false_discovery_agree_with_known_figures() -> None:
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.005])
    assert tests.holm(p)[[0, 1, 3, 4]] == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert np.isnan(tests.holm(p)[2])
    there = ~np.isnan(p)
    assert tests.false_discovery(p)[there] == pytest.approx(
        stats.false_discovery_control(p[there]), abs=1e-12
    )


def test_fisher_and_chi_square_agree_with_scipy() -> None:
    small = tests.two_shares(3, 20, 1, 25)
    assert small.name == tests.FISHER
    assert small.p == pytest.approx(stats.fisher_exact([[3, 17], [1, 24]])[1], abs=1e-12)
    large = tests.two_shares(85, 579, 55, 353)
    table = [[85, 494], [55, 298]]
    assert large.p == pytest.approx(stats.chi2_contingency(table, correction=False)[1], abs=1e-12)
    assert tests.two_shares(0, 20, 0, 30).p == 1.0


def test_tails_of_distributions_agree_with_scipy() -> None:
    for x in (0.0, 0.3, 3.84, 40.0):
        assert distributions.chi_square_tail(x) == pytest.approx(stats.chi2.sf(x, 1), rel=1e-12)
        assert distributions.normal_tail(x) == pytest.approx(stats.norm.sf(x), rel=1e-12)
    for tail in (1e-9, 0.025, 0.5):
        deviate = stats.norm.isf(tail)
        assert distributions.normal_deviate(tail) == pytest.approx(deviate, rel=1e-12, abs=1e-15)
    for at_least, mean in ((0, 2.0), (1, 0.0), (3, 0.7), (140, 100.0)):
        expected = stats.poisson.sf(at_least - 1, mean)
        assert distributions.poisson_tail(at_least, mean) == pytest.approx(expected, abs=1e-12)


def test_fisher_agrees_with_scipy_also_for_large_groups_and_mirrored_tables() -> None:
    rng = np.random.default_rng(1)
    for _ in range(100):
        one, other = (int(size) for size in rng.integers(1, 2000, 2))
        inside, outside = int(rng.integers(0, min(one, 12) + 1)), int(rng.integers(0, other + 1))
        table = [[inside, one - inside], [outside, other - outside]]
        p = distributions.fisher_exact(inside, one, outside, other)
        assert p == pytest.approx(stats.fisher_exact(table)[1], rel=1e-6, abs=1e-9)
    assert distributions.fisher_exact(3, 10, 7, 10) == pytest.approx(
        distributions.fisher_exact(7, 10, 3, 10), rel=1e-12
    )


SAMPLICS = {
    "se": 0.023379714768809692,
    "f": 2.237613478277032,
    "p": 0.03785326598068395,
    "f_two": 0.29199763177972116,
}


def survey(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and weights of a made-up weighted sample, in plain arithmetic that any program can repeat."""
    i = np.arange(1, n + 1)
    return (i * 7 + seed) % 3, (i * 13 // 5 + seed) % 4, 0.5 + (i * 37 % 101) / 50.0


def test_taylor_and_rao_scott_agree_with_samplics() -> None:
    """D8. Figures by samplics 0.4.34 (TaylorEstimator, CrossTabulation) on the same made-up sample."""
    rows, columns, weights = survey(400, 1)
    y = (columns == 1).astype(float)
    assert np.sqrt(taylor_variance(y, weights)) == pytest.approx(SAMPLICS["se"], abs=1e-12)
    assert rao_scott(rows, columns, weights).statistic == pytest.approx(SAMPLICS["f"], abs=1e-9)
    assert rao_scott(rows, columns, weights).p == pytest.approx(SAMPLICS["p"], abs=1e-9)
    two = rao_scott((rows == 0).astype(int), (columns == 1).astype(int), weights)
    assert two.statistic == pytest.approx(SAMPLICS["f_two"], abs=1e-9)


def test_equal_weights_give_the_plain_chi_square() -> None:
    rows, columns, _ = survey(400, 1)
    rows, columns = (rows == 0).astype(int), (columns == 1).astype(int)
    table = [[int(((rows == i) & (columns == j)).sum()) for j in (0, 1)] for i in (0, 1)]
    plain = tests.two_shares(table[0][1], sum(table[0]), table[1][1], sum(table[1]))
    corrected = rao_scott(rows, columns, np.ones(400))
    assert corrected.statistic * 400 / 399 == pytest.approx(plain.statistic, rel=1e-9)


def test_prediction_powered_centre_is_the_published_one() -> None:
    """Angelopoulos et al. 2023: mean prediction on all, plus the mean of found less expected."""
    rng = np.random.default_rng(3)
    probability = rng.beta(1, 4, 500)
    carries = rng.random(500) < probability
    audited = np.zeros(500, bool)
    audited[:100] = True
    found = intervals.audit(carries, audited, audited, probability)
    scale = min(1.0, (carries[:100].sum() + 1) / (probability[:100].sum() + 1))
    centre = scale * probability.mean() + (carries[:100] - scale * probability[:100]).mean()
    assert found.share == pytest.approx(centre, abs=1e-12)


def test_the_interval_closes_as_reading_completes() -> None:
    rng = np.random.default_rng(4)
    probability = rng.beta(1, 9, 1000)
    carries = rng.random(1000) < probability
    widths = []
    for n in (50, 200, 600, 950, 999, 1000):
        read = np.arange(1000) < n
        found = intervals.share(carries, read, read, probability)
        assert found.low <= found.value <= found.high
        assert carries[read].sum() / 1000 <= found.low
        assert found.high <= (carries[read].sum() + 1000 - n) / 1000 + 1e-12
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == 0.0
    assert found.value == carries.mean()


def test_where_no_random_review_met_a_theme_there_may_be_none_left() -> None:
    """A search found all; the model expects more, and by chance less in the comments drawn."""
    carries = np.arange(1000) < 8
    probability = np.where(np.arange(1000) < 100, 0.0, 0.02)
    drawn = (np.arange(1000) >= 50) & (np.arange(1000) < 150)
    order = np.where(carries, 1, np.where(drawn, 2, -1))
    found = intervals.share(carries, carries | drawn, drawn, probability, order=order)
    assert found.value > 0.009
    assert found.low == pytest.approx(0.008)
    everyone = intervals.share(~carries, carries | drawn, drawn, 1 - probability, order=order)
    assert everyone.high == pytest.approx(0.992)


def test_no_interval_without_a_random_audit() -> None:
    carries = np.arange(200) % 5 == 0
    read = np.arange(200) < 150
    chosen = intervals.share(carries, read, np.zeros(200, bool), np.full(200, 0.2))
    assert chosen.method == "coded"
    assert not chosen.has_interval
    assert chosen.value == carries.mean()
    few = np.arange(200) < intervals.FEWEST_AUDITED - 1
    assert not intervals.share(carries, read, few, np.full(200, 0.2)).has_interval


@pytest.mark.parametrize("chosen_first", [False, True])
def test_chosen_reviews_count_as_known_and_do_not_bias_the_rest(chosen_first: bool) -> None:
    """A reviewer who hunts out most comments with a theme, before or after the draw, does not move the estimate."""
    rng = np.random.default_rng(5)
    carries = rng.random(2000) < 0.05
    probability = np.full(2000, 0.05)
    values, inside = [], []
    for _ in range(200):
        hunted = carries & (rng.random(2000) < 0.8)
        pool = np.flatnonzero(~hunted) if chosen_first else np.arange(2000)
        drawn = np.zeros(2000, bool)
        drawn[rng.choice(pool, 200, replace=False)] = True
        order = np.where(drawn, 2 if chosen_first else 0, 1)
        found = intervals.share(carries, drawn | hunted, drawn, probability, order=order)
        values.append(found.value)
        inside.append(found.low <= carries.mean() <= found.high)
    assert np.mean(values) == pytest.approx(carries.mean(), rel=0.15)
    assert np.mean(inside) >= 0.93


def test_rare_themes_nobody_found_keep_an_upper_bound() -> None:
    read = np.arange(1000) < 100
    for probability in (np.full(1000, np.nan), np.full(1000, 1e-4), np.zeros(1000)):
        found = intervals.share(np.zeros(1000, bool), read, read, probability)
        assert found.low == 0.0
        assert 0.01 < found.high < 0.05


def test_weighted_share_with_its_design_effect() -> None:
    rng = np.random.default_rng(6)
    weights = rng.uniform(0.5, 2.5, 600)
    carries = rng.random(600) < 0.2
    everything = np.ones(600, bool)
    found = weighting.sample_share(carries, everything, everything, np.full(600, np.nan), weights)
    assert found.share == pytest.approx(np.average(carries, weights=weights))
    assert found.variance == pytest.approx(taylor_variance(carries.astype(float), weights))
    assert found.effective < 600
    assert found.design_effect == pytest.approx(
        found.variance / (found.share * (1 - found.share) / 599)
    )
    half = np.arange(600) < 300
    partly = weighting.sample_share(carries, half, half, np.full(600, 0.2), weights)
    assert partly.variance > found.variance
    assert partly.effective < found.effective


def sample(carries: np.ndarray, weights: np.ndarray) -> weighting.SampleShare:
    """The share of a sample of which every comment was read."""
    read = np.ones(len(carries), bool)
    return weighting.sample_share(carries, read, read, np.full(len(carries), np.nan), weights)


def test_the_effective_base_is_never_above_the_base() -> None:
    """The only comments on a theme have small weights, so that Taylor's design effect is far under 1."""
    weights = np.r_[np.full(5, 0.2), np.full(95, 1.5)]
    found = sample(np.arange(100) < 5, weights)
    assert found.design_effect < 0.2
    kish = weights.sum() ** 2 / (weights**2).sum()
    assert found.effective == pytest.approx(kish)
    unweighted = sample(np.arange(100) < 5, np.ones(100))
    assert unweighted.effective == pytest.approx(100)
    assert unweighted.freedom == float("inf")


def test_student_s_quantile_widens_the_interval_of_a_small_weighted_sample() -> None:
    weights = np.r_[np.full(15, 0.5), np.full(15, 1.5)]
    carries = np.arange(30) % 3 == 0
    found = sample(carries, weights)
    low, high = intervals.wilson(found.share, found.effective, stats.t.ppf(0.975, 29))
    assert found.interval == pytest.approx((float(low), float(high)))


def test_one_comment_with_all_the_weight_gives_no_interval() -> None:
    """Row 13 of the findings: 100.0 % [100.0, 100.0] from an effective base of 47,619,051."""
    weights = np.r_[1e9, np.ones(29)]
    found = sample(np.arange(30) < 10, weights)
    assert found.share == pytest.approx(1.0)
    assert found.effective == pytest.approx(1.0, abs=1e-6)
    assert np.isnan(found.interval).all()
    other = sample(np.arange(30) < 10, np.ones(30))
    assert np.isnan(tests.difference_test(found, other).p)


def test_weights_skewed_as_in_boosted_polls_keep_the_coverage() -> None:
    """Log-normal weights with sd 1.0, 112 respondents, a theme of 3 %: .83 without Kish's floor."""
    rng = np.random.default_rng(9)
    inside = []
    for _ in range(1000):
        found = sample(rng.random(112) < 0.03, np.exp(rng.standard_normal(112)))
        inside.append(found.interval[0] <= 0.03 <= found.interval[1])
    assert 0.93 < np.mean(inside) < 0.985


def test_differences_of_weighted_shares_are_tested_with_satterthwaite_s_freedom() -> None:
    rng = np.random.default_rng(10)
    one = sample(rng.random(40) < 0.5, rng.uniform(0.5, 2.0, 40))
    other = sample(rng.random(60) < 0.2, rng.uniform(0.5, 2.0, 60))
    a, b = one.cautious_variance, other.cautious_variance
    t = (one.share - other.share) / np.sqrt(a + b)
    freedom = (a + b) ** 2 / (a * a / 39 + b * b / 59)
    found = tests.difference_test(one, other)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), freedom))


def test_rank_intervals_cover_and_close() -> None:
    rng = np.random.default_rng(7)
    shares, none = [0.15, 0.14, 0.135, 0.05, 0.025, 0.025], np.zeros((0, 6))
    open_ = [
        intervals.Audit(s / 5, 0.8, 0, 1, s, 200.0, 200.0, s * (1 - s) / 200, np.zeros(0))
        for s in shares
    ]
    ranks = intervals.rank_intervals(open_, none, rng)
    assert (ranks[0, 0], ranks[2, 1]) == (1, 3)
    assert ranks[0, 1] >= 2
    assert (ranks[:, 0] <= ranks[:, 1]).all()
    exact = intervals.rank_intervals([intervals.exactly(s) for s in shares], none, rng)
    assert exact.tolist() == [[1, 1], [2, 2], [3, 3], [4, 4], [5, 6], [5, 6]]


def test_rank_intervals_hold_their_promise() -> None:
    """Over repeated audits the true rank lies within in at least 95 % of cases."""
    rng = np.random.default_rng(8)
    n, base, theme_shares = 100, 1000, np.array([0.3, 0.2, 0.17, 0.15, 0.06, 0.05])
    carries = rng.random((base, 6)) < theme_shares
    true = np.array(
        [[1 + (carries.mean(0) > s).sum(), (carries.mean(0) >= s).sum()] for s in carries.mean(0)]
    )
    inside = []
    for _ in range(100):
        read = np.zeros(base, bool)
        read[rng.choice(base, n, replace=False)] = True
        nothing = np.full(base, np.nan)
        audits = [intervals.audit(carries[:, k], read, read, nothing) for k in range(6)]
        ranks = intervals.rank_intervals(audits, carries[read].astype(float), rng, draws=1000)
        inside.append((ranks[:, 0] <= true[:, 1]) & (true[:, 0] <= ranks[:, 1]))
    assert np.mean(inside) >= 0.95


def test_e5_what_579_against_353_comments_can_resolve() -> None:
    """E5: about 3 points near 6 %, 4.5 after correction for 12 themes."""
    assert 100 * tests.smallest_difference(0.06, 579, 353, 1) == pytest.approx(3.1, abs=0.1)
    assert 100 * tests.smallest_difference(0.06, 579, 353, 12) == pytest.approx(4.6, abs=0.1)


@pytest.mark.parametrize("seed", range(5))
def test_rao_scott_does_not_exist_for_an_empty_cell(seed: int) -> None:
    """D8. It is singular there, and gave 0 or 1 as rounding fell."""
    rng = np.random.default_rng(seed)
    rows = np.repeat([0, 1], [32, 118])
    columns = ((rows == 1) & (rng.random(150) < 0.05)).astype(int)
    columns[-1] = 1
    found = rao_scott(rows, columns, rng.uniform(0.5, 3.0, 150))
    assert np.isnan(found.p)
    exact = tests.fisher(0, 32, int(columns.sum()), 118)
    assert exact.name == "Fisher's exact test"
    assert 0.05 < exact.p <= 1.0
