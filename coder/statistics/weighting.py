"""Shares of a weighted sample as estimates for the population, with their design effects."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.statistics.intervals import (
    FEWEST_AUDITED,
    Z95,
    Audit,
    Bools,
    Floats,
    audit,
    wilson,
)

# Effective size, by the weights alone, below which there is neither interval nor test. In
# simulations intervals at smaller sizes hold the truth in as few as 89 % of samples.
FEWEST_EFFECTIVE = 8
EQUAL = 1 + 1e-9  # design effect of weights that differ by rounding alone
NONE = float("nan")


class SampleShare(NamedTuple):
    """A share as an estimate for the population that a sample represents.

    Attributes:
        share: the weighted share.
        variance: of sampling and of what was not read; NaN where the reviews or the weights
            allow no interval.
        base: comments, unweighted.
        design_effect: variance of sampling over that of a simple random sample of the same
            size, by Taylor linearisation; NaN where the reviews allow no interval.
        effective: size of the simple random sample, all read, that would say as much; never
            above the base. NaN where the reviews allow no interval.
        method: `reviewed`, `audit` or `coded`, as in `intervals.share`.
        freedom: degrees of freedom of the variance; infinite without weights.
        limits: the interval where it was put in order with those of other themes; None for
            the share's own.
    """

    share: float
    variance: float
    base: int
    design_effect: float
    effective: float
    method: str
    freedom: float = float("inf")
    limits: tuple[float, float] | None = None

    @property
    def has_variance(self) -> bool:
        """Whether the reviews and the weights allow intervals and tests."""
        return self.variance == self.variance

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval at the effective base, with Student's quantile where there are
        weights; NaN where there is none.
        """
        if not self.has_variance or self.base < 2:
            return NONE, NONE
        if self.limits is not None:
            return self.limits
        low, high = wilson(self.share, self.effective, quantile95(self.freedom))
        return float(low), float(high)

    @property
    def cautious_variance(self) -> float:
        """The variance at the effective base, where that is greater: for tests."""
        if not self.has_variance:
            return NONE
        return max(self.variance, self.share * (1 - self.share) / self.effective)


def quantile95(freedom: float) -> float:
    """Student's quantile of a two-sided 95 % interval; the normal one for infinite `freedom`."""
    from scipy.special import stdtrit

    if freedom == float("inf"):
        return Z95
    return float(stdtrit(freedom, 0.975))


def sample_share(
    carries: Floats | Bools,
    judged: Bools,
    audited: Bools,
    probability: Floats,
    weights: Floats,
    *,
    order: NDArray[np.int64] | None = None,
    evidence: Audit | None = None,
) -> SampleShare:
    """The weighted share of comments that carry a theme, with the variance of sampling and of
    reading.

    Comments that were read count as they are, the others as the model expects, corrected by the
    weighted mean of (observed - expected) over the random reviews. Unless all were read or
    `FEWEST_AUDITED` were reviewed at random, the share is that of the coding as it is and has
    no variance. Nor has it one where so few comments have nearly all the weight that they say
    as little as `FEWEST_EFFECTIVE` comments.

    Args:
        carries, judged, audited, probability, order: (n_comments,), see `intervals.audit`.
        weights: (n_comments,) positive.
        evidence: the `audit` of these comments with these weights, where it was made before.
    """
    base = len(carries)
    if base == 0:
        return SampleShare(NONE, NONE, 0, NONE, NONE, "coded")
    if judged.all():
        return _read_share(carries, weights)
    if int(audited.sum()) < FEWEST_AUDITED:
        value = float((weights * carries).sum()) / float(weights.sum())
        return SampleShare(value, NONE, base, NONE, NONE, "coded")
    if evidence is None:
        evidence = audit(
            carries, judged, audited, probability, order=order, weights=weights
        )
    expected = np.where(judged, carries, np.nan_to_num(probability))
    corrected = np.clip(expected + evidence.residuals.mean(), 0.0, 1.0)
    likely = np.where(judged, expected, corrected)
    share = _estimated_share(likely, weights, evidence)
    return _held_to_weights(share, weights, weights[audited])


def _read_share(carries: Floats | Bools, weights: Floats) -> SampleShare:
    """The share where every comment was read."""
    known = carries.astype(np.float64)
    sampling = sampling_error(known, weights)
    share = SampleShare(
        share=float((weights * known).sum()) / float(weights.sum()),
        variance=sampling.variance,
        base=len(known),
        design_effect=sampling.design_effect,
        effective=len(known) / sampling.cautious_effect,
        method="reviewed",
    )
    return _held_to_weights(share, weights, weights)


def _estimated_share(likely: Floats, weights: Floats, evidence: Audit) -> SampleShare:
    """The share where a part was read: the errors of sampling and of reading add up."""
    sampling = sampling_error(likely, weights)
    inverse_size = sampling.cautious_effect / len(likely) + 1 / evidence.effective
    return SampleShare(
        share=evidence.share,
        variance=sampling.variance + evidence.variance,
        base=len(likely),
        design_effect=sampling.design_effect,
        effective=1 / inverse_size,
        method="audit",
    )


def _held_to_weights(
    share: SampleShare, weights: Floats, weights_read: Floats
) -> SampleShare:
    """The share with the degrees of freedom that its weights leave, without a variance where they
    leave too little.

    Args:
        weights: (n_comments,).
        weights_read: of the comments that were read at random, or of all.
    """
    if weight_effect(weights) <= EQUAL:
        return share
    share = share._replace(freedom=max(1.0, share.base - 1.0))
    smallest = min(effective_size(weights), effective_size(weights_read))
    if smallest < FEWEST_EFFECTIVE:
        return share._replace(
            variance=NONE,
            effective=min(share.effective, smallest),
        )
    return share


# ---------------------------------------------------------------- design effects


class SamplingError(NamedTuple):
    """How far a weighted share varies from sample to sample.

    Attributes:
        variance: by Taylor linearisation.
        design_effect: that variance over a simple random sample's.
        cautious_effect: the design effect, or that of the weights alone or 1 where these are
            greater. The few comments on a rare theme tell little about the design effect: where
            their weights happen to be small, it comes out far too small.
    """

    variance: float
    design_effect: float
    cautious_effect: float


def sampling_error(likely: Floats, weights: Floats) -> SamplingError:
    """The error of a weighted share, respondents drawn independently.

    The variance is by Taylor linearisation, `n / (n - 1) * sum((w (y - mean) / sum w)^2)`;
    Woodruff 1971, JASA 66, 411-414. Where nobody or everybody carries the theme, the design
    effect is that of the weights alone.

    Args:
        likely: (n_comments,) probability that the comment carries the theme; 0 or 1 where known.
        weights: (n_comments,) positive.
    """
    n, total = len(likely), float(weights.sum())
    mean = float((weights * likely).sum()) / total
    squares = likely * (1 - mean) ** 2 + (1 - likely) * mean**2
    variance = n / max(1, n - 1) * float(((weights / total) ** 2 * squares).sum())
    simple = mean * (1 - mean) / max(1, n - 1)
    of_weights = weight_effect(weights)
    effect = of_weights
    if simple > 1e-12:
        effect = variance / simple
    return SamplingError(variance, effect, max(effect, of_weights, 1.0))


def weight_effect(weights: Floats) -> float:
    """The design effect of unequal weights alone, `n sum(w^2) / (sum w)^2`.

    Source: Kish 1965, Survey Sampling, section 11.7.
    """
    relative = weights / weights.max()
    return len(weights) * float((relative**2).sum()) / float(relative.sum()) ** 2


def effective_size(weights: Floats) -> float:
    """Size of the simple random sample that says as much as one with these weights (Kish)."""
    return len(weights) / weight_effect(weights)
