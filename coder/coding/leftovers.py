"""Fallback themes at the top of a codebook: they take the comments that nothing else fits.

A fallback theme among sub-themes is coded like any other, and given way for every other theme:
what fits no sub-theme is not for that reason about their parent.
"""

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.coding.odds import log_sum

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# The recorded cut of such a theme. Its probability lies on the side of what was assigned, so
# whoever compares the two gets the same answer as from the labels.
CUT = 0.5
JUST_BELOW = CUT - 1e-6
NEARLY_CERTAIN = -1e-9  # log of the highest probability that log-odds are taken of


def takes_leftovers(codebook: Codebook) -> Bools:
    """(t,) which active themes take what nothing else fits; none where there is nothing else."""
    active = [node for node in codebook.nodes if node.theme.is_coded]
    marks = [node.theme.fallback and not node.parent_id for node in active]
    leftover = np.array(marks, dtype=np.bool_)
    return leftover & (not leftover.all())


def guess_leftovers(odds: Floats, leftover: Bools) -> Floats:
    """Log-odds in which a fallback theme is as likely as that no other theme applies.

    Several share that probability by their own log-odds. The other themes are unchanged.

    Args:
        odds: (n, t).
        leftover: (t,) of `takes_leftovers`.
    """
    if not leftover.any():
        return odds
    others = odds[:, ~leftover]
    log_nothing = -np.logaddexp(0, others).sum(axis=1, keepdims=True)
    own = odds[:, leftover]
    log_share = own - log_sum(own)
    log_probability = np.minimum(log_nothing + log_share, NEARLY_CERTAIN)
    new_odds = np.array(odds)
    new_odds[:, leftover] = log_probability - np.log(-np.expm1(log_probability))
    return new_odds


def assign_leftovers(
    probability: Floats,
    assigned: Bools,
    leftover: Bools,
) -> tuple[Floats, Bools]:
    """Give the likeliest fallback theme to every comment that no other theme is assigned to.

    Args:
        probability: (n, t).
        assigned: (n, t) without these themes.
        leftover: (t,) of `takes_leftovers`.

    Returns:
        (n, t) the probabilities, those of these themes from `CUT` on where they are assigned and
        below it elsewhere; and (n, t) what is assigned.
    """
    columns = np.flatnonzero(leftover)
    if not len(columns):
        return probability, assigned
    without = np.flatnonzero(~assigned[:, ~leftover].any(axis=1))
    likeliest = columns[probability[np.ix_(without, columns)].argmax(axis=1)]
    assigned = assigned & ~leftover
    assigned[without, likeliest] = True
    own, taken = probability[:, columns], assigned[:, columns]
    probability = np.array(probability)
    probability[:, columns] = np.where(
        taken,
        np.maximum(own, CUT),
        np.minimum(own, JUST_BELOW),
    )
    return probability, assigned
