"""How far the same groups are found when 10 % of the comments are left out."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.grouping import Groups
from coder.clustering.spaces import Indices
from coder.engine import Progress, silent

RUNS = 5
KEPT = 0.9
MOST = 5_000  # units up to which it is measured


class Stability(NamedTuple):
    """Agreement of the groups with those found without 10 % of the comments."""

    overall: float  # mean adjusted Rand index over the runs, 1 is the same groups
    groups: NDArray[
        np.float64
    ]  # (n_groups,) mean best Jaccard overlap of each group, in [0, 1]


def measure_stability(
    groups: Groups,
    owner: Indices,
    regroup: Callable[[Indices], Groups],
    rng: np.random.Generator,
    *,
    progress: Progress = silent,
) -> Stability:
    """Regroup five times without a random tenth of the voices.

    Args:
        groups: (n_units,) the groups found among all.
        owner: (n_units,) voice of each unit; a voice is left out with all its units.
        regroup: groups the units at the given (sorted) positions.
    """
    from sklearn.metrics import adjusted_rand_score

    voices = int(owner.max()) + 1
    agreement, overlap = [], []
    for run in range(RUNS):
        kept_voices = np.zeros(voices, dtype=bool)
        kept_voices[rng.choice(voices, max(2, round(KEPT * voices)), replace=False)] = (
            True
        )
        kept = np.flatnonzero(kept_voices[owner])
        other = regroup(kept)
        agreement.append(float(adjusted_rand_score(groups[kept], other)))
        overlap.append(_best_overlap(groups[kept], other, int(groups.max()) + 1))
        progress(run + 1, RUNS, "Checking stability")
    return Stability(float(np.mean(agreement)), np.nanmean(np.array(overlap), axis=0))


def _best_overlap(groups: Groups, other: Groups, count: int) -> NDArray[np.float64]:
    """(count,) Jaccard overlap of each group with the most similar group of another partition."""
    table = np.zeros((count, int(other.max()) + 1))
    np.add.at(table, (groups, other), 1)
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    return np.asarray((table / np.maximum(union, 1)).max(axis=1), dtype=np.float64)
