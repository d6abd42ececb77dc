"""From probabilities to what is assigned: where each theme is cut, and when a fallback theme
applies.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.coding.leftovers import CUT, assign_leftovers, takes_leftovers

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CUT_RANGE = (0.2, 0.6)  # of a theme's own cut, once there are decisions
DECIDED_FOR_HALF = 30  # texts decided with which a theme's own cut counts half
NO_CUT = 0.5  # where there is nothing to cut
LIKELY = 0.5  # from which a position is assigned beside a likelier one


class Assignment(NamedTuple):
    """What is assigned. n comments, t themes."""

    probability: Floats  # (n, t)
    cuts: Floats  # (t,) probability from which on each theme is assigned
    assigned: Bools  # (n, t)


def assign_themes(
    probability: Floats,
    codebook: Codebook,
    *,
    decided: int,
    labels_per_comment: float | None = None,
) -> Assignment:
    """Cut each theme's probabilities; fallback themes take what is left.

    Args:
        probability: (n, t) of the active themes.
        decided: texts whose decisions have taught the model.
        labels_per_comment: mean number of themes a comment, fallback themes aside; None to expect
            the best F1.
    """
    leftover = takes_leftovers(codebook)
    cuts = np.full(len(leftover), CUT)
    cuts[~leftover] = choose_cuts(
        probability[:, ~leftover],
        decided=decided,
        labels_per_comment=labels_per_comment,
    )
    reached = np.asarray(probability >= cuts, dtype=np.bool_) & ~leftover
    assigned = _without_needless(reached, codebook)
    probability, assigned = assign_leftovers(probability, assigned, leftover)
    return Assignment(probability, cuts, assigned)


def _without_needless(assigned: Bools, codebook: Codebook) -> Bools:
    """(n, t) a fallback theme only where no specific theme is assigned."""
    marks = [theme.fallback for theme in codebook.active]
    fallback = np.array(marks, dtype=np.bool_)
    specific = np.asarray(assigned[:, ~fallback].any(axis=1), dtype=np.bool_)
    not_needed = fallback[None, :] & specific[:, None]
    return np.asarray(assigned & ~not_needed)


def choose_cuts(
    probability: Floats,
    *,
    decided: int,
    labels_per_comment: float | None = None,
) -> Floats:
    """(t,) the probability from which on each theme is assigned.

    Without decisions all themes share one cut; with them each moves towards its own, within
    `CUT_RANGE`: a theme's own rests on few comments at first.

    Args:
        probability: (n, t).
        decided: texts whose decisions have taught the model.
        labels_per_comment: mean number of themes a comment to be met; None to expect the best F1.
    """
    themes = probability.shape[1]
    if labels_per_comment is not None:
        shared = cut_for_share(probability, labels_per_comment)
        return np.full(themes, shared)
    shared = best_cut(probability)
    if not decided:
        return np.full(themes, shared)
    cuts = [best_cut(probability[:, theme]) for theme in range(themes)]
    own = np.clip(cuts, *CUT_RANGE)
    trust = decided / (decided + DECIDED_FOR_HALF)
    return np.asarray(trust * own + (1 - trust) * shared)


def best_cut(probability: Floats) -> float:
    """The probability from which on assigning gives the best expected F1, if the probabilities are
    right.

    Expected F1 of the k likeliest is 2 * sum(p of the k) / (k + sum(p of all)).
    """
    ranked = np.sort(probability.ravel())[::-1]
    if not ranked.size or ranked[0] <= 0:
        return NO_CUT
    count = np.arange(1, ranked.size + 1)
    expected_f1 = 2 * np.cumsum(ranked) / (count + ranked.sum())
    best = int(expected_f1.argmax())
    return float(ranked[best])


def cut_for_share(probability: Floats, labels_per_comment: float) -> float:
    """The probability that gives a mean number of labels per comment."""
    ranked = np.sort(probability.ravel())[::-1]
    if not ranked.size:
        return NO_CUT
    count = round(labels_per_comment * probability.shape[0])
    if count < 1:
        return float(np.nextafter(ranked[0], 2.0))
    last = min(count, ranked.size) - 1
    return float(ranked[last])


def assign_position(
    given_theme: Floats,
    position: int,
    cut: float,
) -> Bools:
    """(n,) whether a position is assigned: the likeliest from the cut on, another only when likely
    by itself.

    Args:
        given_theme: (n, k) probability of each position in a comment that carries the theme.
    """
    own = given_theme[:, position]
    is_likeliest = own >= given_theme.max(axis=1)
    is_likely = own >= max(cut, LIKELY)
    return np.asarray((own >= cut) & (is_likeliest | is_likely))
