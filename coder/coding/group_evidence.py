"""Log-odds of themes that were adopted from groups: nearness to the group, and its size.

Notation: n comments that are coded, m >= n texts (those that teach follow the comments), t
themes.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.groups import LARGEST_SHARE, ThemeGroup
from coder.coding.learning import FEWEST_TO_CALIBRATE, TrainingArrays
from coder.coding.odds import expit

Floats = NDArray[np.float64]

# Chosen on some kinds of comments and tested on others; see
# tests/benchmarks/adopted_candidates.py.
WHOLE_WEIGHT, SENTENCE_WEIGHT = 8.0, 8.0  # of centred cosines to the group's middle
WORDS_WEIGHT = 0.5  # of the score by name, keywords and definition
# What having been in the group is worth, in log-odds.
FIT_WEIGHT = {"core": 1.5, "weak": 1.0, "unclear": 0.5}
# The same for a theme that was split off, in and outside the group it was split from.
IN_POOL, OUTSIDE_POOL = 1.0, -3.0
# Some comments of every theme lie under the one cut for all; as many more are aimed at.
RATE = 1.05
# Of the evidence beside decisions that calibrate: they show that it is too sure.
SURENESS_BESIDE_DECISIONS = 0.25
WORTH = 30.0  # comments decided at random that count as much as the groups do
STEPS = 40  # of the search for a rate, each half of the one before
FURTHEST = 60.0  # log-odds within which it is searched


class Nearness(NamedTuple):
    """How near each of m texts is to the middle of a group.

    A text's own part in the middle is left out, or it would be near for being itself.
    """

    whole: Floats  # (m,)
    best_sentence: (
        Floats  # (m,) that of the whole text where it is one sentence or none
    )


def guess_with_groups(
    score: Floats,
    prior: Floats,
    groups: Sequence[ThemeGroup],
    nearness: Mapping[int, Nearness],
    n: int,
    *,
    sureness: float = 1.0,
) -> Floats:
    """(m, t) log-odds before anybody decided anything, where themes have groups.

    Args:
        score: (m, t) what speaks for each theme.
        prior: (m, t) log-odds without groups.
        nearness: by column of the theme, to the middle of its group; none for a group of
            which nothing shows its middle.
        n: how many of the texts are comments that are coded; they come first.
        sureness: what the evidence is multiplied by; rates stay the same.
    """
    odds = np.array(prior)
    for group in groups:
        column = group.column
        if group.is_pool:
            odds[:, column] = _within_pool(
                odds[:, column],
                group,
                n,
            )
            continue
        evidence = sureness * _evidence_of(
            score[:, column],
            group,
            nearness.get(column),
        )
        rate = min(RATE * group.share, LARGEST_SHARE)
        shift = shift_to_rate(evidence[:n], rate)
        odds[:, column] = evidence + shift
    return odds


def _evidence_of(
    score: Floats,
    group: ThemeGroup,
    nearness: Nearness | None,
) -> Floats:
    """(m,) what speaks for one theme; the score alone where nothing shows its group's middle."""
    if nearness is None:
        return score
    evidence = (
        WORDS_WEIGHT * score
        + WHOLE_WEIGHT * nearness.whole
        + SENTENCE_WEIGHT * nearness.best_sentence
    )
    evidence[group.members] += [FIT_WEIGHT[fit] for fit in group.fit]
    return np.asarray(evidence)


def sureness_beside(training: TrainingArrays) -> float:
    """What the evidence of groups is to be multiplied by beside decisions."""
    drawn = int(training.may_calibrate.sum())
    decided = min(1.0, drawn / FEWEST_TO_CALIBRATE)
    return 1.0 - (1.0 - SURENESS_BESIDE_DECISIONS) * decided


def hold_rates(
    odds: Floats,
    prior: Floats,
    columns: Sequence[int],
    training: TrainingArrays,
) -> Floats:
    """Log-odds after learning, in which themes with groups are as common as before it.

    Examples and comments chosen for review tell what a theme is, never how common. Comments
    decided whole that were drawn at random do: the rate goes from the group's to theirs as they
    become more.

    Args:
        odds: (n, t) after learning.
        prior: (n, t) before it.
        columns: of the themes with groups.
        training: the decisions.
    """
    held = np.array(odds)
    weight = training.weight[training.may_calibrate]
    wanted = training.wanted[training.may_calibrate]
    for column in columns:
        usual = float(expit(prior[:, column]).mean())
        decided = weight[:, column] > 0
        present = float(wanted[decided, column].sum())
        rate = (WORTH * usual + present) / (WORTH + decided.sum())
        held[:, column] += shift_to_rate(odds[:, column], rate)
    return held


def shift_to_rate(
    evidence: Floats,
    rate: float,
) -> float:
    """What to add to log-odds (n,) so that their mean probability is `rate`."""
    low, high = -FURTHEST, FURTHEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        if expit(evidence + middle).mean() > rate:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def _within_pool(
    odds: Floats,
    group: ThemeGroup,
    n: int,
) -> Floats:
    """Log-odds of a theme that was split off: mostly in its pool, and no more than it."""
    limited = odds + 0.0
    if len(group.members):
        limited[:n] += OUTSIDE_POOL
        limited[group.members] += IN_POOL - OUTSIDE_POOL
    if expit(limited[:n]).mean() > group.share:
        limited += shift_to_rate(limited[:n], group.share)
    return limited
