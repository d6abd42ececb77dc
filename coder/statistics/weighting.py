"""Shares of a weighted sample as estimates for the population, with their design effects."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.statistics.intervals import (
    FEWEST_AUDITED,
    Audit,
    Bools,
    Floats,
    audit,
    wilson,
)


class SampleShare(NamedTuple):
    """A share as an estimate for the population that a sample represents.

    Attributes:
        share: the weighted share.
        variance: of sampling and of what was not read; NaN where the reviews allow none.
        base: comments, unweighted.
        design_effect: variance of sampling over that of a simple random sample of the same
            size; NaN without a variance.
        effective: size of the simple random sample, all read, that would say as much; NaN
            without a variance.
        method: `reviewed`, `audit` or `coded`, as in `intervals.share`.
    """

    share: float
    variance: float
    base: int
    design_effect: float
    effective: float
    method: str

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval at the effective base; NaN where there is none."""
        if self.variance != self.variance or self.base < 2:
            return float("nan"), float("nan")
        low, high = wilson(self.share, self.effective)
        return float(low), float(high)


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

    Comments that were read count as they are, the others as the model expects, corrected by the
    weighted mean of (observed - expected) over the random reviews. Unless all were read or
    `FEWEST_AUDITED` were reviewed at random, the share is that of the coding as it is and has
    no variance.

    Args:
        carries, judged, audited, probability, order: (n_comments,), see `intervals.audit`.
        weights: (n_comments,) positive.
        calibrated: probabilities are calibrated; without it there is no variance.
        evidence: the `audit` of these comments with these weights, where it was made before.
    """
    base, nan = len(carries), float("nan")
    if base == 0:
        return SampleShare(nan, nan, 0, nan, nan, "coded")
    value = float((weights * carries).sum()) / float(weights.sum())
    if judged.all():
        effect, variance = _design_effect(carries.astype(np.float64), weights)
        return SampleShare(value, variance, base, effect, base / effect, "reviewed")
    if int(audited.sum()) < FEWEST_AUDITED or not calibrated:
        return SampleShare(value, nan, base, nan, nan, "coded")
    if evidence is None:
        evidence = audit(
            carries, judged, audited, probability, order=order, weights=weights
        )
    correction = evidence.residuals.mean()
    expected = np.where(judged, carries.astype(np.float64), np.nan_to_num(probability))
    corrected = np.clip(expected + correction, 0.0, 1.0)
    effect, sampling = _design_effect(np.where(judged, expected, corrected), weights)
    return SampleShare(
        share=evidence.share,
        variance=sampling + evidence.variance,
        base=base,
        design_effect=effect,
        effective=1 / (effect / base + 1 / evidence.effective),
        method="audit",
    )


def _design_effect(likely: Floats, weights: Floats) -> tuple[float, float]:
    """Design effect and variance of a weighted share, respondents drawn independently.

    The variance is by Taylor linearisation, `n / (n - 1) * sum((w (y - mean) / sum w)^2)`;
    Woodruff 1971, JASA 66, 411-414. Where nobody or everybody carries the theme, the design
    effect is that of the weights alone, `n sum(w^2) / (sum w)^2`; Kish 1965, Survey Sampling.

    Args:
        likely: (n_comments,) probability that the comment carries the theme.
        weights: (n_comments,).
    """
    n, total = len(likely), float(weights.sum())
    mean = float((weights * likely).sum()) / total
    squares = likely * (1 - mean) ** 2 + (1 - likely) * mean**2
    variance = n / max(1, n - 1) * float(((weights / total) ** 2 * squares).sum())
    simple = mean * (1 - mean) / max(1, n - 1)
    if simple > 1e-12:
        return variance / simple, variance
    return n * float((weights**2).sum()) / total**2, variance
