"""How often 95 % intervals of weighted shares hold the truth, with skewed weights and few respondents.

Weights are log-normal and respondents drawn independently. The truth is the weighted share of the endless
population. A theme is named regardless of the weight, or the more often the larger the weight, or the less
often. All comments are read, or a random half of them beside a poor model.

The interval was chosen on the settings CHOSEN_ON; the others were looked at only afterwards.

Run: python tests/benchmarks/weighted_coverage.py [SAMPLES]    (2,000 a setting: 80 CPU seconds)
"""

import sys
import time
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.statistics.intervals import wilson
from coder.statistics.tests import (
    count_weights,
    difference_interval,
    fisher,
    two_weighted_shares,
)
from coder.statistics.weighting import SampleShare, sample_share, weight_effect

Floats = NDArray[np.float64]
# Standard deviation of the logarithm of the weights, respondents, share of the theme.
CHOSEN_ON = tuple(product((0.5, 0.7, 1.2), (60, 200), (0.01, 0.05, 0.20)))
REPORTED = tuple(product((0.7, 1.0), (112, 300), (0.03, 0.10, 0.40)))
# Change of a comment's log-odds of the theme for one standard deviation of its log-weight.
LINKS = {"regardless": 0.0, "with": 0.5, "against": -0.5}
READ = ("all", "half")


class Survey(NamedTuple):
    """One sample of respondents; arrays are (n,)."""

    carries: NDArray[np.bool_]
    weights: Floats
    probability: Floats  # of a poor model


class Result(NamedTuple):
    """Whether an interval holds the truth, how wide it is, and how wide the one of before was."""

    holds: bool
    width: float
    held_before: bool
    width_before: float


def sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def intercept(share: float, spread: float, link: float) -> float:
    """The log-odds at which the weighted share of the population is `share`."""
    deviates = np.linspace(-7, 7, 4001)
    density = np.exp(-(deviates**2) / 2)
    density /= density.sum()
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        # Weighting by exp(spread * z) moves the mean of z to `spread`.
        reached = float((density * sigmoid(middle + link * (deviates + spread))).sum())
        low, high = (middle, high) if reached < share else (low, middle)
    return (low + high) / 2


def draw(n: int, spread: float, base_odds: float, link: float, rng: np.random.Generator) -> Survey:
    deviates = rng.standard_normal(n)
    odds = base_odds + link * deviates
    carries = rng.random(n) < sigmoid(odds)
    guess = sigmoid(odds + 1.5 * carries + rng.standard_normal(n))
    return Survey(carries, np.exp(spread * deviates), guess)


def size_before(share: SampleShare, weights: Floats) -> float:
    """The effective base without the floor on the design effect."""
    cautious = max(share.design_effect, weight_effect(weights), 1.0)
    return 1 / (1 / share.effective - (cautious - share.design_effect) / share.base)


def estimate(survey: Survey, truth: float, read: str, rng: np.random.Generator) -> Result | None:
    """None where there is no interval."""
    n = len(survey.carries)
    judged = np.ones(n, dtype=bool)
    if read == "half":
        judged = rng.permutation(n) < n // 2
    share = sample_share(
        survey.carries & judged, judged, judged, survey.probability, survey.weights
    )
    low, high = share.interval
    if low != low:
        return None
    low_before, high_before = map(float, wilson(share.share, size_before(share, survey.weights)))
    return Result(
        low <= truth <= high,
        high - low,
        low_before <= truth <= high_before,
        high_before - low_before,
    )


def show(
    settings: tuple[tuple[float, int, float], ...], samples: int, rng: np.random.Generator
) -> None:
    print(
        "| sd | n | share | "
        + " | ".join(f"{link}, {read} read" for link, read in product(LINKS, READ))
        + " |"
    )
    print("|---" * (3 + len(LINKS) * len(READ)) + "|")
    for spread, n, truth in settings:
        cells = []
        for (_, link), read in product(LINKS.items(), READ):
            base_odds = intercept(truth, spread, link)
            done = [
                estimate(draw(n, spread, base_odds, link, rng), truth, read, rng)
                for _ in range(samples)
            ]
            given = [result for result in done if result is not None]
            held = 100 * np.mean([result.holds for result in given])
            before = 100 * np.mean([result.held_before for result in given])
            width = 100 * np.mean([result.width for result in given])
            width_before = 100 * np.mean([result.width_before for result in given])
            cell = f"{held:.1f} ({before:.1f}), {width:.1f} ({width_before:.1f})"
            if len(given) < samples:
                cell += f", none {100 * (1 - len(given) / samples):.1f}"
            cells.append(cell)
        print(f"| {spread} | {n} | {100 * truth:.0f} | " + " | ".join(cells) + " |")
        sys.stdout.flush()


class Comparison(NamedTuple):
    """Of two surveys with one truth: whether the test alone finds a difference, whether the program claims it."""

    tested: bool
    claimed: bool


def share_of(survey: Survey) -> SampleShare:
    everyone = np.ones(len(survey.carries), dtype=bool)
    return sample_share(survey.carries, everyone, everyone, survey.probability, survey.weights)


def compare(one: Survey, other: Survey) -> Comparison | None:
    """None where there is no interval; as breakdowns and waves compare where every comment was read."""
    low, high = difference_interval(share_of(one), share_of(other))
    if low != low:
        return None
    counts = [
        count_weights(survey.carries, survey.weights / survey.weights.mean())
        for survey in (one, other)
    ]
    test = two_weighted_shares(*counts)
    if test.p != test.p:
        test = fisher(counts[0].carrying, counts[0].base, counts[1].carrying, counts[1].base)
    leaves_out_zero = low > 0 or high < 0
    return Comparison(test.p < 0.05, test.p < 0.05 and leaves_out_zero)


def show_claims(samples: int, rng: np.random.Generator) -> None:
    print("| sd | n, both | share | the test alone | claimed |")
    print("|---|---|---|---|---|")
    for spread, n, truth in REPORTED:
        base_odds = intercept(truth, spread, 0.0)
        done = [
            compare(draw(n, spread, base_odds, 0.0, rng), draw(n, spread, base_odds, 0.0, rng))
            for _ in range(samples)
        ]
        given = [comparison for comparison in done if comparison is not None]
        tested = 100 * np.mean([comparison.tested for comparison in given])
        claimed = 100 * np.mean([comparison.claimed for comparison in given])
        print(f"| {spread} | {n} | {100 * truth:.0f} | {tested:.1f} | {claimed:.1f} |")


def main() -> None:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    started = time.process_time()
    print(
        "Intervals that hold the truth, % (before), mean width, points (before), samples without one, %"
    )
    for title, settings in (("chosen on", CHOSEN_ON), ("reported", REPORTED)):
        print(f"\nSettings {title}, {samples} samples each")
        show(settings, samples, np.random.default_rng(7))
    print("\nDifferences found between two surveys with the same truth, %")
    show_claims(samples, np.random.default_rng(8))
    print(f"\n{time.process_time() - started:.0f} CPU seconds")


if __name__ == "__main__":
    main()
