"""Probabilities without any decision: from scores to log-odds, and how common each theme is."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.odds import expit, logit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# At NEUTRAL a score speaks neither for nor against, and a step of one is a step of one in log-
# odds. Words taken from a definition say less than keywords that somebody chose, and so do the
# scores about how common a theme is. Fitted on codings of three codebooks by people, checked on
# a fourth.
NEUTRAL, NEUTRAL_AUTOMATIC = 1.85, 1.5
# Among few themes one stands out of any comment, whatever it says: with t themes a score must
# be higher by
# FEW_THEMES * (1 / t - 1 / MANY_THEMES).
FEW_THEMES, MANY_THEMES = 1.5, 12
# Weight of the mean over themes in how common a theme is, against one for the theme's own scores.
MEAN_WEIGHT, MEAN_WEIGHT_AUTOMATIC = 1.5, 8.0
EQUALLY_COMMON = 1e6  # the same weight where all themes are to be equally common
# What is usual: labels a comment carries with very many themes, and how many themes give half
# of that. A codebook of three themes is mostly about a part of what people say.
USUAL_LABELS, THEMES_FOR_HALF = 1.25, 8
USUAL_POSITIONS = 1.2  # of a theme, in a comment that carries it
USUAL_WEIGHT = 0.5  # of that, against one for what the scores themselves say
SHARE_RANGE = (1e-4, 0.9)
# Texts at most by which shares are estimated. With so many, a share of 1 % is known to .05
# percentage points.
MOST_ESTIMATED_BY = 50_000
CONVERGED = 1e-7  # largest change of a share in the last round


class _Assumptions(NamedTuple):
    """What is assumed of how common themes are. t themes."""

    usual_share: float  # of the comments that carry a theme
    mean_weight: Floats  # (t,)
    extra: float  # by which a score must be higher than neutral


def guess_log_odds(
    scores: Floats,
    automatic: Bools | None = None,
    *,
    alike: bool = False,
    rounds: int = 300,
) -> Floats:
    """Log-odds that each comment carries each theme, before anybody decided anything.

    The share of comments that carry each theme is estimated from the scores by expectation
    maximisation after Saerens, Latinne and Decaestecker (2002), "Adjusting the outputs of a
    classifier to new a priori probabilities", pulled towards the mean over themes, and that
    towards what is usual: so the number of labels a comment comes from the comments and the
    codebook, and a theme that is a little like every comment but much like none is rare.

    Args:
        scores: (n, t) `Signals.score`.
        automatic: (t,) themes whose keywords were taken from name and definition; None: none.
        alike: hold all themes equally common, for a few that exclude each other, as positions
            mostly do.
        rounds: of the estimate, at most.

    Returns:
        (n, t) log-odds.
    """
    themes = scores.shape[1]
    if automatic is None:
        automatic = np.zeros(themes, dtype=np.bool_)
    assumed = _for_themes(automatic)
    if alike:
        assumed = _for_positions(themes)
    evidence = scores - np.where(automatic, NEUTRAL_AUTOMATIC, NEUTRAL) - assumed.extra
    share = _estimate_shares(_some_rows(evidence), assumed, rounds)
    return np.asarray(evidence + logit(share))


def _for_themes(automatic: Bools) -> _Assumptions:
    themes = len(automatic)
    return _Assumptions(
        usual_share=USUAL_LABELS / (themes + THEMES_FOR_HALF),
        mean_weight=np.where(automatic, MEAN_WEIGHT_AUTOMATIC, MEAN_WEIGHT),
        extra=FEW_THEMES * max(0.0, 1 / themes - 1 / MANY_THEMES),
    )


def _for_positions(positions: int) -> _Assumptions:
    return _Assumptions(
        usual_share=min(0.5, USUAL_POSITIONS / positions),
        mean_weight=np.full(positions, EQUALLY_COMMON),
        extra=0.0,
    )


def _some_rows(values: Floats) -> Floats:
    """The rows of an array, or of very many a sample."""
    n = len(values)
    if n <= MOST_ESTIMATED_BY:
        return values
    drawn = np.random.default_rng(0).choice(n, MOST_ESTIMATED_BY, replace=False)
    return np.asarray(values[np.sort(drawn)])


def _estimate_shares(
    evidence: Floats,
    assumed: _Assumptions,
    rounds: int,
) -> Floats:
    """(t,) share of the comments that carry each theme."""
    usual, weight = assumed.usual_share, assumed.mean_weight
    share = np.full(evidence.shape[1], usual)
    if not evidence.size:
        return share
    for _ in range(rounds):
        expected = expit(evidence + logit(share)).mean(axis=0)
        mean = (expected.mean() + USUAL_WEIGHT * usual) / (1 + USUAL_WEIGHT)
        new = np.clip((expected + weight * mean) / (1 + weight), *SHARE_RANGE)
        change = np.abs(new - share).max()
        share = new
        if change < CONVERGED:
            break
    return share
