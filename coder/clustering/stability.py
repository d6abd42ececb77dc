"""How far the same groups are found when 10 % of the comments are left out.

Up to `ENSEMBLE` units everything is done again: neighbours, votes, groups. Above that the graph
of neighbours is kept and cut again without those comments; where there is none, a sample is
grouped.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.grouping import (
    ENSEMBLE,
    Graph,
    Groups,
    cut_graph,
    make_graph_of_sample,
)
from coder.clustering.methods import Method, Wanted
from coder.clustering.spaces import Spaces, make_spaces
from coder.clustering.vectors import Indices
from coder.clustering.word_table import WordTable
from coder.engine import Progress, silent

RUNS = 5
FEWER_RUNS = 3  # of more than MANY units, for which everything is done again
MANY = 5_000
KEPT = 0.9
SAMPLED = 5_000  # units of a sample
AGAIN, GRAPH, SAMPLE = "again", "graph", "sample"


class Stability(NamedTuple):
    """Agreement of the groups with those found without 10 % of the comments."""

    overall: float  # mean adjusted Rand index over the runs, 1 is the same groups
    # (n_groups,) mean best Jaccard overlap of each group, in [0, 1]; NaN of a group that no run
    # held.
    groups: NDArray[np.float64]
    basis: str = AGAIN  # what was done again: AGAIN everything, GRAPH the cutting, SAMPLE a sample
    units: int = 0  # that a run grouped


class Regrouper:
    """Groups some of the units again, as far as their number allows.

    Args:
        spaces: of all units.
        words: of all units; None where their words are not compared.
        graph: that their groups were cut from; None where there is none.
    """

    def __init__(
        self,
        spaces: Spaces,
        words: WordTable | None,
        graph: Graph | None,
        method: Method,
        wanted: Wanted,
    ) -> None:
        self._spaces = spaces
        self._words = words
        self._graph = graph
        self._method = method
        self._wanted = wanted

    @property
    def basis(self) -> str:
        """What is done again."""
        if len(self._spaces.raw) <= ENSEMBLE:
            return AGAIN
        if self._graph is not None:
            return GRAPH
        return SAMPLE

    def regroup(self, kept: Indices) -> Groups:
        """The groups of the units at the given (sorted) positions."""
        wanted = self._wanted
        if self.basis == GRAPH and self._graph is not None:
            return cut_graph(
                self._graph.without_others(kept),
                wanted.seed,
                themes=wanted.themes,
                smallest=wanted.smallest,
            )
        if self.basis == SAMPLE and wanted.smallest is not None:
            share = len(kept) / len(self._spaces.raw)
            wanted = wanted._replace(smallest=max(3, round(share * wanted.smallest)))
        words = None
        if self._words is not None:
            words = self._words.take(kept)
        spaces = make_spaces(self._spaces.raw[kept], words, wanted.seed)
        if self._graph is None or not self._graph.nearest:
            return self._method.group(spaces, wanted, silent)[0]
        graph = make_graph_of_sample(self._graph, spaces, kept, wanted.seed)
        return cut_graph(
            graph, wanted.seed, themes=wanted.themes, smallest=wanted.smallest
        )


def measure_stability(
    groups: Groups,
    owner: Indices,
    regrouper: Regrouper,
    rng: np.random.Generator,
    *,
    progress: Progress = silent,
) -> Stability:
    """Regroup three or five times without a random tenth of the voices.

    Args:
        groups: (n_units,) the groups found among all.
        owner: (n_units,) voice of each unit; a voice is left out with all its units.
    """
    voices = int(owner.max()) + 1
    share = KEPT
    if regrouper.basis == SAMPLE:
        share = KEPT * SAMPLED / len(groups)
    runs = RUNS
    if regrouper.basis == AGAIN and len(groups) > MANY:
        runs = FEWER_RUNS
    agreement, overlap, sizes = [], [], []
    for run in range(runs):
        kept_voices = np.zeros(voices, dtype=bool)
        drawn = rng.choice(voices, max(2, round(share * voices)), replace=False)
        kept_voices[drawn] = True
        kept = np.flatnonzero(kept_voices[owner])
        other = regrouper.regroup(kept)
        agreement.append(_adjusted_rand(groups[kept], other))
        overlap.append(_best_overlap(groups[kept], other, int(groups.max()) + 1))
        sizes.append(len(kept))
        progress(run + 1, runs, "Checking stability")
    of_groups = _mean_where_known(np.array(overlap))
    overall = float(np.mean(agreement))
    return Stability(overall, of_groups, regrouper.basis, round(np.mean(sizes)))


def _adjusted_rand(groups: Groups, other: Groups) -> float:
    """Share of pairs of units on which two partitions agree, less what chance gives; 1 is the
    same partition. Hubert and Arabie 1985.
    """
    codes = groups * (int(other.max()) + 1) + other
    both = _count_pairs(np.unique(codes, return_counts=True)[1])
    one, two = _count_pairs(np.bincount(groups)), _count_pairs(np.bincount(other))
    n = len(groups)
    by_chance = one * two / (n * (n - 1) / 2)
    most = (one + two) / 2
    if most == by_chance:
        return 1.0
    return (both - by_chance) / (most - by_chance)


def _count_pairs(sizes: Indices) -> float:
    """Pairs of units within groups of these sizes."""
    numbers = sizes.astype(np.float64)
    return float((numbers * (numbers - 1) / 2).sum())


def _best_overlap(groups: Groups, other: Groups, count: int) -> NDArray[np.float64]:
    """(count,) Jaccard overlap of each group with the most similar group of another partition.

    NaN of a group that has no unit among those compared.
    """
    table = np.zeros((count, int(other.max()) + 1))
    np.add.at(table, (groups, other), 1)
    sizes = table.sum(axis=1, keepdims=True)
    union = sizes + table.sum(axis=0, keepdims=True) - table
    overlap = (table / np.maximum(union, 1)).max(axis=1)
    overlap[sizes[:, 0] == 0] = np.nan
    return np.asarray(overlap, dtype=np.float64)


def _mean_where_known(overlap: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over runs (rows), NaN where every run gives NaN."""
    known = ~np.isnan(overlap)
    runs = known.sum(axis=0)
    total = np.where(known, overlap, 0).sum(axis=0)
    return np.where(runs > 0, total / np.maximum(runs, 1), np.nan)
