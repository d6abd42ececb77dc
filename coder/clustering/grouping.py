"""Units to groups: a graph of near units cut into communities (Louvain), or hdbscan; every unit
gets a group.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.approximate_neighbours import find_approximate_neighbours
from coder.clustering.communities import Network
from coder.clustering.neighbours import (
    Nearest,
    find_nearest,
    find_nearest_in_sample,
)
from coder.clustering.spaces import EXACT, Spaces, union_graph
from coder.clustering.vectors import (
    Floats,
    Indices,
    Rows,
    nearest_rows,
    slices_of,
    unit_rows,
)
from coder.engine import Progress, silent

Groups = NDArray[np.intp]  # (n_units,), numbered from 0 by size, largest first
LARGE_COUNT = 10  # neighbours where no ensemble votes
THOROUGH = 1_500  # up to here 81 partitions vote on how much each edge is worth
MEDIUM = 5_000  # up to here 27: beyond, more votes find nothing better, and take most of the time
ENSEMBLE = 10_000  # up to here 9
TRIES = 5  # orders of visiting of which the best partition is taken
NEIGHBOUR_COUNTS = (7, 10, 15)
RESOLUTIONS = (1.5, 2.0, 3.0)
LOWEST_RESOLUTION, HIGHEST_RESOLUTION = 0.05, 40.0
# Steps of the search for a resolution that gives the number of themes asked for.
HALVINGS = 14
SAME = 0.7  # cosine of two centres, less what all share, from which they are one group
FLOOR = 0.05  # of an edge's weight in the ensemble graph that no partition supports
SUB_RESOLUTION = 1.5
MOST_SUB_GROUPS = 5


class Graph(NamedTuple):
    """What groups are cut from."""

    edges: Any  # sparse symmetric (n, n), weights > 0
    spaces: Spaces
    # In each space, of no more than `ENSEMBLE` units.
    nearest: tuple[Nearest, ...] = ()

    def without_others(self, kept: Indices) -> "Graph":
        """The same graph of some units only: nearness is not sought again."""
        spaces = Spaces(
            self.spaces.raw[kept],
            self.spaces.centred[kept],
            None,
        )
        return Graph(self.edges[kept][:, kept], spaces)


def number_by_size(groups: Groups) -> Groups:
    """The same partition, groups numbered from 0, larger first, the earlier first unit first
    among equals.
    """
    _, first, inverse, counts = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(counts), dtype=np.intp)
    rank[np.lexsort((first, -counts))] = np.arange(len(counts))
    return rank[inverse]


def group_centres(space: Rows, groups: Groups) -> Floats:
    """Mean direction of each group, length 1: (n_groups, n_dimensions)."""
    return unit_rows(_sum_by_group(space, groups))


def _sum_by_group(space: Rows, groups: Groups) -> Floats:
    """(n_groups, n_dimensions) the sum of the vectors of each group."""
    from scipy.sparse import csr_matrix

    count = int(groups.max()) + 1
    total = np.zeros((count, space.shape[1]), dtype=np.float32)
    for block in slices_of(len(groups)):
        own = groups[block]
        ones = np.ones(len(own), dtype=np.float32)
        pairs = (own, np.arange(len(own)))
        member = csr_matrix((ones, pairs), shape=(count, len(own)))
        total += member @ space[block]
    return total


def dissolve_small(groups: Groups, space: Rows, smallest: int) -> Groups:
    """Units of groups under `smallest` go to the nearest centre of a larger one; one group
    always stays.
    """
    sizes = np.bincount(groups)
    large = sizes >= smallest
    if not large.any():
        large[np.argmax(sizes)] = True
    if large.all():
        return number_by_size(groups)
    kept = np.flatnonzero(large)
    moved = np.flatnonzero(~large[groups])
    middle = group_centres(space, groups)[kept]
    result = groups.copy()
    result[moved] = kept[nearest_rows(space, moved, middle)]
    return number_by_size(result)


# ---------------------------------------------------------------- the graph


def make_graph(spaces: Spaces, seed: int, *, progress: Progress = silent) -> Graph:
    """The neighbour graph of the units, its weights voted on by an ensemble of partitions where
    n allows it.
    """
    n = len(spaces.raw)
    if n > EXACT:
        near = find_approximate_neighbours(
            spaces.centred, LARGE_COUNT, seed, progress=progress
        )
        return Graph(union_graph([near], LARGE_COUNT), spaces)
    nearest = find_nearest(spaces, progress=progress)
    neighbours = [of_space.who for of_space in nearest]
    if n > ENSEMBLE:
        return Graph(union_graph(neighbours, LARGE_COUNT), spaces)
    edges = _vote_on_edges(
        neighbours,
        n,
        seed,
    )
    return Graph(
        edges,
        spaces,
        tuple(nearest),
    )


def make_graph_of_sample(
    graph: Graph, spaces: Spaces, kept: Indices, seed: int
) -> Graph:
    """The graph of some units as `make_graph` makes it; whom they are near to is known.

    Args:
        graph: of all units, with their nearest.
        spaces: of the units that are kept.
        kept: their numbers, sorted.
    """
    most = min(NEIGHBOUR_COUNTS[-1], len(kept) - 1)
    neighbours = find_nearest_in_sample(
        graph.nearest,
        spaces,
        kept,
        most,
    )
    if neighbours is None:
        return make_graph(spaces, seed)
    return Graph(
        _vote_on_edges(
            neighbours,
            len(kept),
            seed,
        ),
        spaces,
    )


def _vote_on_edges(neighbours: Sequence[Indices], n: int, seed: int) -> Any:
    """The union graph weighted by an ensemble of partitions."""
    runs = 1
    if n <= THOROUGH:
        runs = 3
    votes: list[Groups] = []
    for space, of_space in enumerate(neighbours):
        for count, k in enumerate(NEIGHBOUR_COUNTS):
            network = Network(union_graph([of_space], k))
            for resolution in _resolutions_of_votes(n, space + count):
                first = 1_000 * seed + len(votes)
                for run in range(runs):
                    votes.append(network.find_communities(resolution, first + run))
    edges = union_graph(neighbours, NEIGHBOUR_COUNTS[1])
    return weigh_by_votes(edges, votes)


def _resolutions_of_votes(n: int, turn: int) -> tuple[float, ...]:
    """At which resolutions a graph is cut for votes: all of them, or of many units each in turn."""
    if n <= MEDIUM:
        return RESOLUTIONS
    return (RESOLUTIONS[turn % len(RESOLUTIONS)],)


def weigh_by_votes(edges: Any, votes: Sequence[Groups]) -> Any:
    """The same edges weighted by the share of partitions that keep both ends together, times their
    weight.

    Ensemble clustering for graphs: Poulin and Theberge 2019.
    """
    from scipy.sparse import csr_matrix

    pairs = edges.tocoo()
    together = np.zeros(len(pairs.data), dtype=np.intp)
    for vote in votes:
        together += vote[pairs.row] == vote[pairs.col]
    support = together / len(votes)
    weights = (FLOOR + (1 - FLOOR) * support) * pairs.data
    return csr_matrix(
        (weights.astype(np.float32), (pairs.row, pairs.col)), shape=edges.shape
    )


def default_resolution(n: int) -> float:
    """2.5 below a thousand units, 3 above: measured on human-coded comments."""
    if n < 1_000:
        return 2.5
    return 3.0


def default_smallest(n: int) -> int:
    """Fewest units of a group: 3, from 600 units on one in 200, above 20,000 with the root of n."""
    return int(max(3, round(min(n, 20_000) / 200 * max(1.0, n / 20_000) ** 0.5)))


class Cutter:
    """Cuts one graph into groups of at least `smallest` units."""

    def __init__(self, graph: Graph, seed: int, smallest: int | None) -> None:
        n = len(graph.spaces.raw)
        self._graph = graph
        self._network = Network(graph.edges)
        self._seed = seed
        if smallest is None:
            smallest = default_smallest(n)
        self._smallest = smallest
        self._tries = 1
        if n <= ENSEMBLE:
            self._tries = TRIES

    def cut_at(self, resolution: float) -> Groups:
        """The best communities at a resolution, small ones dissolved."""
        groups = self._network.find_best_communities(
            resolution, self._seed, self._tries
        )
        return dissolve_small(
            groups,
            self._graph.spaces.centred,
            self._smallest,
        )

    def cut_into(self, themes: int) -> Groups:
        """As many groups as asked for, or the most that the smallest size allows."""
        highest, most = self._finest(themes)
        if most.max() + 1 < themes:
            return most
        groups = self._coarsest_with(
            themes,
            highest,
            most,
        )
        return join_most_tied(
            groups,
            self._graph.edges,
            themes,
        )

    def _finest(self, themes: int) -> tuple[float, Groups]:
        """A resolution that gives at least `themes` groups, else the one that gives most; its
        groups.

        Pieces too small to stand are dissolved, so that the highest resolution may leave fewer
        than a lower one.
        """
        highest, most = HIGHEST_RESOLUTION, self.cut_at(HIGHEST_RESOLUTION)
        if most.max() + 1 >= themes:
            return highest, most
        for resolution in np.geomspace(
            0.4,
            30.0,
            14,
        ).tolist():
            groups = self.cut_at(resolution)
            if groups.max() > most.max():
                highest, most = resolution, groups
            if most.max() + 1 >= themes:
                break
        return highest, most

    def _coarsest_with(self, themes: int, highest: float, groups: Groups) -> Groups:
        """The groups at the lowest resolution found that gives at least `themes`, by halving."""
        low, high = LOWEST_RESOLUTION, highest
        for _ in range(HALVINGS):
            middle = float(np.sqrt(low * high))
            between = self.cut_at(middle)
            count = between.max() + 1
            if count >= themes:
                high, groups = middle, between
            else:
                low = middle
            if count == themes:
                break
        return groups


def cut_graph(
    graph: Graph, seed: int, *, themes: int | None = None, smallest: int | None = None
) -> Groups:
    """Cut the graph into groups; with `themes` into that many, as far as `smallest` allows."""
    cutter = Cutter(
        graph,
        seed,
        smallest,
    )
    if themes is not None:
        return cutter.cut_into(themes)
    groups = cutter.cut_at(default_resolution(len(graph.spaces.raw)))
    return join_alike(groups, graph.spaces.centred)


def join_alike(groups: Groups, space: Rows) -> Groups:
    """Join groups whose centres have a cosine of SAME or more, the most alike first."""
    groups = number_by_size(groups)
    sums = _sum_by_group(space, groups)
    now = np.arange(len(sums))  # the group that each has become part of
    while len(sums) > 1:
        middle = unit_rows(sums)
        cosines = middle @ middle.T
        np.fill_diagonal(cosines, -1)
        a, b = np.unravel_index(np.argmax(cosines), cosines.shape)
        if cosines[a, b] < SAME:
            break
        sums[b] += sums[a]
        now[now == a] = b
        now[now > a] -= 1
        sums = np.delete(sums, a, axis=0)
    return number_by_size(now[groups])


def join_most_tied(groups: Groups, edges: Any, themes: int) -> Groups:
    """Join the two groups that the graph ties together most, for their sizes, until `themes`
    are left.
    """
    from scipy.sparse import csr_matrix

    groups = number_by_size(groups)
    n = len(groups)
    while groups.max() + 1 > themes:
        member = csr_matrix((np.ones(n), (groups, np.arange(n))))
        ties = np.asarray((member @ edges @ member.T).todense())
        strength = ties.sum(axis=1)
        ties = ties / np.maximum(np.outer(strength, strength), 1e-12)
        np.fill_diagonal(ties, -1)
        a, b = np.unravel_index(np.argmax(ties), ties.shape)
        groups = number_by_size(
            np.where(
                groups == a,
                b,
                groups,
            )
        )
    return groups


def split_group(graph: Graph, members: Indices, seed: int) -> Groups | None:
    """Sub-groups of one group (numbered among `members`), or None where it does not fall apart."""
    tries = 1
    if len(members) <= ENSEMBLE:
        tries = TRIES
    part = graph.edges[members][:, members]
    groups = Network(part).find_best_communities(
        SUB_RESOLUTION,
        seed,
        tries,
    )
    groups = dissolve_small(
        groups, graph.spaces.centred[members], max(3, len(members) // 20)
    )
    groups = join_most_tied(
        groups,
        part,
        MOST_SUB_GROUPS,
    )
    if groups.max() == 0:
        return None
    return groups
