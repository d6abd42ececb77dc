"""Theme shares with intervals: functions over arrays that change nothing they were given.

Shares lie in [0, 1]. A share counts what reviewers would find had they read every comment; what they did
read counts as it is, the rest through the model's probabilities, put right by the comments that were drawn
at random and read.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Z95 = 1.959963984540054
FEWEST_AUDITED = 30  # random reviews below which no interval is given


class Estimate(NamedTuple):
    """A number fit to publish: a share, its 95 % interval (NaN where no honest one exists), how it was made."""

    value: float
    low: float
    high: float
    base: int  # comments, unweighted
    method: str  # reviewed, audit or coded

    @property
    def has_interval(self) -> bool:
        return self.low == self.low


def wilson(share: Floats | float, n: Floats | float, z: Floats | float = Z95) -> tuple[Floats, Floats]:
    """Wilson's score interval of a share in [0, 1] out of n > 0 (n may be an effective, fractional size).

    Source: E. B. Wilson 1927, JASA 22, 209-212.
    """
    low, high = wilson_limit(share, n, -np.abs(z)), wilson_limit(share, n, np.abs(z))
    return low, high


def wilson_limit(share: Floats | float, n: Floats | float, z: Floats | float) -> Floats:
    """The share at which a score test would stand at `z`: the lower limit for z < 0, the upper for z > 0."""
    share, n, z = np.asarray(share, float), np.asarray(n, float), np.asarray(z, float)
    middle = share + z * z / (2 * n)
    reach = z * np.sqrt(np.maximum(share * (1 - share) / n + z * z / (4 * n * n), 0.0))
    return np.asarray(np.clip((middle + reach) / (1 + z * z / n), 0.0, 1.0), dtype=np.float64)


class Audit(NamedTuple):
    """What is left unread of one theme, and what the random reviews say of it."""

    known: int  # comments carrying the theme among those read
    unread: int
    centre: float  # share among the unread, in [0, 1]
    effective: float  # size of the simple random sample that would say as much
    residuals: Floats  # (n_audited,) found less expected, for each comment drawn at random and read


def audit(carries: Bools, judged: Bools, audited: Bools, probability: Floats) -> Audit:
    """How many of the unread comments carry the theme, by the comments drawn at random and read.

    The centre is the model's mean probability over the unread plus the mean of (found - expected) over the
    random reviews (prediction-powered inference, Angelopoulos et al. 2023, Science 382, 669-674); the
    interval is Wilson's at the effective size of that centre, which keeps its promise for rare themes where
    a normal interval does not. The target is the finite set of unread comments, so that the whole closes as
    reading goes on.

    Args:
        carries, judged, audited: (n_comments,) as in a table of labels; `audited` within `judged`.
        probability: (n_comments,) the model's, cross-fitted for comments that it learned from; NaN counts as
            no expectation at all (0).
    """
    expected = np.where(np.isnan(probability), 0.0, probability)
    unread = ~judged
    n, m = int(audited.sum()), int(unread.sum())
    residuals: Floats = carries[audited] - expected[audited]
    known = int(carries[judged].sum())
    if m == 0 or n == 0:
        return Audit(known, m, 0.0, 0.0, residuals)
    centre = float(np.clip(expected[unread].mean() + residuals.mean(), 0.0, 1.0))
    spread = float(residuals.var(ddof=1)) if n > 1 else 0.25
    floor = float((expected[unread] * (1 - expected[unread])).mean())
    scale = 1 / n + 1 / m
    variance = max(spread, floor) * scale
    effective = max(1 / scale, centre * (1 - centre) / variance if variance > 0 else 0.0)
    return Audit(known, m, centre, effective, residuals)


def share(
    carries: Bools, judged: Bools, audited: Bools, probability: Floats, *, calibrated: bool = True
) -> Estimate:
    """The share of comments that carry a theme, with the interval that the reviews allow.

    Exact where all were read (`reviewed`); from the random reviews where there are `FEWEST_AUDITED` at least
    (`audit`); else the share as coded, without an interval (`coded`).
    """
    base = len(carries)
    if base == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0, "coded")
    if judged.all():
        exact = float(carries.mean())
        return Estimate(exact, exact, exact, base, "reviewed")
    if int(audited.sum()) < FEWEST_AUDITED or not calibrated:
        return Estimate(float(carries.mean()), float("nan"), float("nan"), base, "coded")
    found = audit(carries, judged, audited, probability)
    low, high = wilson(found.centre, found.effective)
    value, bottom, top = (
        (found.known + found.unread * float(part)) / base for part in (found.centre, low, high)
    )
    return Estimate(value, bottom, top, base, "audit")
