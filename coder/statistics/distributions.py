"""Tails of the distributions that tests refer to, without `scipy.stats`, which takes most of a
second to import.
"""

import math
from statistics import NormalDist

# Probabilities of tables this close count as equal, as in R's `fisher.test`.
AS_LIKELY = 1 + 1e-7


def normal_tail(deviate: float) -> float:
    """The probability that a standard normal variable is above `deviate`."""
    return 0.5 * math.erfc(deviate / math.sqrt(2))


def normal_deviate(tail: float) -> float:
    """What a standard normal variable is above with probability `tail`, in (0, 1)."""
    return -NormalDist().inv_cdf(tail)


def chi_square_tail(statistic: float) -> float:
    """The probability that chi-square with one degree of freedom is above `statistic`."""
    return math.erfc(math.sqrt(statistic / 2))


def poisson_tail(at_least: int, mean: float) -> float:
    """The probability that a Poisson variable is at least `at_least`.

    Args:
        mean: 0 or more.
    """
    if at_least <= 0:
        return 1.0
    if not mean:
        return 0.0
    below = []
    for n in range(at_least):
        below.append(math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)))
    return max(0.0, 1.0 - math.fsum(below))


def fisher_exact(
    inside: int, base_inside: int, outside: int, base_outside: int
) -> float:
    """The two-sided p-value of Fisher's exact test: what all tables with the same margins that
    are no likelier than this one have together.

    Args:
        inside, outside: of each group, how many have the attribute.
        base_inside, base_outside: the sizes of the groups.
    """
    carrying = inside + outside
    fewest = max(0, carrying - base_outside)
    most = min(carrying, base_inside)
    logs = []
    for n in range(fewest, most + 1):
        ways = _log_choices(base_inside, n) + _log_choices(base_outside, carrying - n)
        logs.append(ways)
    own = logs[inside - fewest] + math.log(AS_LIKELY)
    all_ways = _log_choices(base_inside + base_outside, carrying)
    tail = [math.exp(ways - all_ways) for ways in logs if ways <= own]
    return min(1.0, math.fsum(tail))


def _log_choices(n: int, chosen: int) -> float:
    """The logarithm of the number of ways to choose some of n."""
    return math.lgamma(n + 1) - math.lgamma(chosen + 1) - math.lgamma(n - chosen + 1)
