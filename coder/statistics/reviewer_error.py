"""How far a count depends on who happened to read the comments, from comments coded twice.

The model is that of response errors in censuses: Hansen, Hurwitz and Bershad 1961, Bulletin of
the International Statistical Institute 38, 359-374. An answer is what reviewers of this kind say
on average about the comment, plus two errors. One is made anew with each comment: its variance,
the simple response variance, is half the chance that two reviewers differ. The other belongs to
the reviewer, who finds a theme more or less often than others everywhere: its variance is that
between reviewers.

Intervals made from both cover what as many other reviewers of the same kind would have counted.
So the variance of the errors counts twice: for those who read the comments, and for those who
could have.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.statistics.intervals import Z95, Estimate, wilson
from coder.statistics.weighting import quantile95

Floats = NDArray[np.float64]

FEWEST_TWICE = 50  # comments coded twice, below which nothing is estimated
# As many comments coded twice have the weight of what all themes say about one of them.
POOLED = 20
# Part of its own error that is taken off a squared difference between reviewers. With all of it,
# reviewers who differ often seem not to. Chosen by simulation, as is the number of degrees of
# freedom (tests/benchmarks/reviewer_error.py).
OWN_ERROR = 0.25


class Widened(NamedTuple):
    """An interval that carries the errors of reviewers.

    Attributes:
        low, high: shares in [0, 1].
        error: standard deviation of the errors, enlarged by as much as Student's quantile is
            above the normal one.
    """

    low: float
    high: float
    error: float


@dataclass(frozen=True)
class ReviewerError:
    """The errors of reviewers; arrays are (n_rows,).

    Attributes:
        simple: simple response variance, as a part of share * (1 - share): the census's index
            of inconsistency.
        between: variance between reviewers, as the same part.
        reviewers: who coded comments twice.
        twice: comments coded twice.
        concentration: sum of the squared parts of the reading that each reviewer did.
        answers: mean over comments of 1 / reviewers who read it.
    """

    simple: Floats
    between: Floats
    reviewers: int
    twice: int
    concentration: float
    answers: float

    def widen(
        self, row: int, share: float, low: float, high: float, base: float
    ) -> Widened:
        """The interval with the errors of reviewers, by adding the squares of both distances.

        The errors have Wilson's limits, with Student's quantile at Satterthwaite's degrees of
        freedom, and half a comment more: what others count is a whole number.

        Args:
            base: comments, or their effective number where they have weights.
        """
        inner = float(np.clip(share, 0.5 / base, 1 - 0.5 / base))
        spread = inner * (1 - inner)
        simple = 2 * self.simple[row] * spread * self.answers / base
        between = 2 * self.between[row] * spread * self.concentration
        variance = float(simple + between)
        if variance <= 0:
            return Widened(low, high, 0.0)
        # One degree of freedom more than a theme alone has, since it borrows from all themes.
        squares = between**2 / self.reviewers + simple**2 / self.twice
        freedom = max(1.0, variance**2 / float(squares))
        quantile = quantile95(freedom)
        limits = wilson(inner, spread / variance, quantile)
        below = float(np.hypot(share - low, share - limits[0]))
        above = float(np.hypot(high - share, limits[1] - share))
        half = 0.5 / base
        return Widened(
            max(0.0, share - below - half),
            min(1.0, share + above + half),
            float(np.sqrt(variance)) * quantile / Z95,
        )

    def widen_estimate(self, estimate: Estimate, row: int) -> Estimate:
        """The estimate with the wider interval, where it has one.

        Where every comment was read, nothing else is uncertain: disputes are what the errors of
        reviewers look like.
        """
        if not estimate.has_interval:
            return estimate
        low, high = estimate.low, estimate.high
        if estimate.method == "reviewed":
            low = high = estimate.value
        widened = self.widen(row, estimate.value, low, high, estimate.base)
        return estimate._replace(
            low=min(widened.low, estimate.low),
            high=max(widened.high, estimate.high),
            reviewer_error=widened.error,
        )


def reviewer_error(answers: Floats, shares: Floats, readings: Floats) -> ReviewerError:
    """Estimate the errors of reviewers.

    Each theme's errors are drawn towards what all themes say, as a part of share * (1 - share):
    comments coded twice are few, and most themes are rare. Of the variance between reviewers the
    larger counts: the theme's own or that of all themes, the latter also as a part of share^2,
    since some reviewers give every theme more often.

    Args:
        answers: (n_reviewers, n_comments, n_rows) 1, 0, or NaN where not judged, of comments
            drawn at random and coded blind by two reviewers at least.
        shares: (n_rows,) of the comments that carry the row.
        readings: (n_reviewers, n_all_comments) 1 where a reviewer read a comment, of all
            comments that were read.
    """
    inner = np.clip(shares, 1e-4, 1 - 1e-4)
    spread = inner * (1 - inner)
    pairs = _compare_pairs(answers)
    # One difference is added: reviewers who never differed could have.
    expected = float((2 * pairs.comments * spread).sum())
    index = (float(pairs.differing.sum()) + 1.0) / max(expected, 1.0)
    simple = pairs.differing / 2 + POOLED * index * spread
    simple = simple / (pairs.comments + POOLED)
    compared = np.maximum(pairs.comments, 1.0)
    own = (pairs.squares - OWN_ERROR * pairs.own_errors) / (2 * compared)
    # Over many themes the errors average out, so all of them is taken off.
    pooled = float(((pairs.squares - pairs.own_errors) / (2 * compared)).sum())
    by_spread = max(0.0, pooled / float(spread.sum())) * spread
    by_square = max(0.0, pooled / float((inner**2).sum())) * inner**2
    between = np.maximum(np.maximum(own, by_spread), by_square)
    per_comment = readings.sum(axis=0)
    read = per_comment > 0
    parts = readings.sum(axis=1) / readings.sum()
    return ReviewerError(
        simple=np.minimum(simple / spread, 1.0),
        between=between / spread,
        reviewers=max(2, len(answers)),
        twice=count_twice(answers),
        concentration=float((parts**2).sum()),
        answers=float((1 / per_comment[read]).mean()),
    )


def count_twice(answers: Floats) -> int:
    """Comments that two reviewers at least judged for the same row.

    Args:
        answers: (n_reviewers, n_comments, n_rows), see `reviewer_error`.
    """
    judged = (~np.isnan(answers)).sum(axis=0)
    return int((judged > 1).any(axis=1).sum())


class _Pairs(NamedTuple):
    """What pairs of reviewers say of the same comments; arrays are (n_rows,).

    Attributes:
        comments: compared, over all pairs.
        differing: of these, those on which the two differ.
        squares: sum over pairs of the squared difference between the two shares, times the
            comments.
        own_errors: the same of the variance that this difference has by itself.
    """

    comments: Floats
    differing: Floats
    squares: Floats
    own_errors: Floats


def _compare_pairs(answers: Floats) -> _Pairs:
    pairs = _Pairs(*np.zeros((4, answers.shape[2])))
    for one, other in combinations(answers, 2):
        is_compared = ~np.isnan(one - other)
        comments = is_compared.sum(axis=0)
        enough = np.maximum(comments, 2)
        difference = np.where(is_compared, one - other, 0.0)
        mean = difference.sum(axis=0) / enough
        squares = (difference**2).sum(axis=0)
        own_error = (squares / enough - mean**2) / (enough - 1)
        counted = np.where(comments > 1, comments, 0)
        pairs.comments[:] += comments
        pairs.differing[:] += squares
        pairs.squares[:] += counted * mean**2
        pairs.own_errors[:] += counted * own_error
    return pairs
