"""Weights that are extreme, or so unequal that a sample says much less than its size promises."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.statistics.intervals import Floats
from coder.statistics.weighting import FEWEST_EFFECTIVE, effective_size
from coder.text import count, safe_text

QUARTILE_RANGES = 6
MEDIANS = 5
UNEQUAL = 2  # design effect of the weights alone from which they are very unequal
MOST_NAMED = 10
LONGEST_ID = 60  # characters


class WeightCheck(NamedTuple):
    """What is remarkable about the weights of a sample.

    Attributes:
        extreme: positions of extreme weights, the largest first.
        share: of all the weight that the extreme ones have.
        effective: size of the simple random sample that would say as much.
    """

    extreme: NDArray[np.int64]
    share: float
    effective: float


def check_weights(weights: Floats) -> WeightCheck:
    """Find weights so large that surveys would trim them.

    A weight is extreme above the median plus six interquartile ranges, after Chowdhury, Khare
    and Wolter 2007, Weight trimming in the National Immunization Survey, Proceedings of the ASA
    Section on Survey Research Methods. It must also be above five times the median, so that
    small differences among nearly equal weights are passed over.

    Args:
        weights: (n_comments,) positive, one at least.
    """
    lower, median, upper = np.quantile(weights, (0.25, 0.5, 0.75))
    limit = max(median + QUARTILE_RANGES * (upper - lower), MEDIANS * median)
    by_size = np.argsort(-weights, kind="stable")
    extreme = by_size[weights[by_size] > limit]
    relative = weights / weights.max()
    share = float(relative[extreme].sum() / relative.sum())
    return WeightCheck(extreme, share, effective_size(weights))


def describe_weights(name: str, ids: Sequence[str], weights: Floats) -> str:
    """What to tell about the weights of a sample; empty where nothing is remarkable.

    Args:
        name: of the sample.
        ids, weights: (n_comments,).
    """
    if not len(weights):
        return ""
    check = check_weights(weights)
    sentences = []
    if len(check.extreme):
        named = [
            f"{_short(ids[place])} ({format_weight(weights[place])})"
            for place in check.extreme[:MOST_NAMED]
        ]
        sentences.append(_extreme_sentence(name, check, named, len(weights)))
    if len(sentences) or len(weights) >= UNEQUAL * check.effective:
        sentences.append(_size_sentence(name, check.effective, len(weights)))
    return " ".join(sentences)


def _extreme_sentence(
    name: str, check: WeightCheck, named: Sequence[str], base: int
) -> str:
    extreme = len(check.extreme)
    be = "is" if extreme == 1 else "are"
    listed = ", ".join(named)
    if extreme > len(named):
        listed += f" and {extreme - len(named):,} more"
    return (
        f"{safe_text(name, one_line=True)}: {extreme:,} of {count(base, 'weight')} {be} "
        f"extreme, with {100 * check.share:.0f}% of all weight: {listed}."
    )


def _size_sentence(name: str, effective: float, base: int) -> str:
    sentence = (
        f"The weights of {safe_text(name, one_line=True)} are so unequal that its "
        f"{count(base, 'comment')} say as much as {effective:,.0f} of equal weight."
    )
    if effective < FEWEST_EFFECTIVE:
        sentence += " That is too few for intervals and tests."
    return sentence


def _short(comment_id: str) -> str:
    shown = safe_text(comment_id, one_line=True)
    if len(shown) > LONGEST_ID:
        return f"{shown[:LONGEST_ID]} ..."
    return shown


def format_weight(weight: float) -> str:
    """A weight with two decimals, whole where it is, with three digits where it is very small
    or large.
    """
    if not 0.01 <= weight < 1e12:
        return f"{weight:.3g}"
    if weight == round(weight):
        return f"{weight:,.0f}"
    return f"{weight:,.2f}"
