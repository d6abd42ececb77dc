"""Units to groups: a graph of near units cut into communities (Louvain), or hdbscan; every unit gets a group."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.approximate import nearest_roughly
from coder.clustering.spaces import EXACT, Floats, Indices, Spaces, nearest, union_graph, unit_rows
from coder.engine import Progress, silent

Groups = NDArray[np.intp]  # (n_units,), numbered from 0 by size, largest first
FEW = 40  # below, a graph has too little to go by
LARGEST = 1_000_000  # units above which a sample is grouped and the others put to its centres
SAMPLE = 50_000  # units of that sample
WEAKEST = 0.1  # share of units that are grouped once more, for themes that the sample missed
LARGE_COUNT = 10  # neighbours where no ensemble votes
THOROUGH = 1_500  # up to here 81 partitions vote on how much each edge is worth
ENSEMBLE = 10_000  # up to here 27
TRIES = 5  # orders of visiting of which the best partition is taken
NEIGHBOUR_COUNTS = (7, 10, 15)
RESOLUTIONS = (1.5, 2.0, 3.0)
SAME = 0.7  # cosine of two centres, less what all share, from which they are one group
FLOOR = 0.05  # of an edge's weight in the ensemble graph that no partition supports


class Graph(NamedTuple):
    """What groups are cut from."""

    edges: Any  # sparse symmetric (n, n), weights > 0
    spaces: Spaces


def numbered_by_size(groups: Groups) -> Groups:
    """The same partition, groups numbered from 0, larger first, the earlier first unit first among equals."""
    _, first, inverse, counts = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(counts), dtype=np.intp)
    rank[np.lexsort((first, -counts))] = np.arange(len(counts))
    return rank[inverse]


def centres(space: Floats, groups: Groups) -> Floats:
    """Mean direction of each group, length 1: (n_groups, n_dimensions)."""
    from scipy.sparse import csr_matrix

    n = len(groups)
    member = csr_matrix((np.ones(n, dtype=np.float32), (groups, np.arange(n))))
    return unit_rows(np.asarray(member @ space, dtype=np.float32))


def dissolve(groups: Groups, space: Floats, smallest: int) -> Groups:
    """Units of groups under `smallest` go to the nearest centre of a larger one; one group always stays."""
    sizes = np.bincount(groups)
    keep = sizes >= smallest
    if not keep.any():
        keep[np.argmax(sizes)] = True
    if keep.all():
        return numbered_by_size(groups)
    kept = np.flatnonzero(keep)
    lost = np.flatnonzero(~keep[groups])
    middle = centres(space, groups)[kept]
    result = groups.copy()
    result[lost] = kept[np.argmax(space[lost] @ middle.T, axis=1)]
    return numbered_by_size(result)


# ---------------------------------------------------------------- the graph


def communities(edges: Any, resolution: float, seed: int | None = None) -> Groups:
    """Louvain communities of a weighted graph; higher `resolution` gives more and smaller ones (0.1 to 50).

    `seed` None visits the units in their order, a number in an order drawn from it. Louvain and not Leiden:
    scikit-network's Leiden draws from the C library's generator and gives another answer at every call.
    """
    from sknetwork.clustering import Louvain

    model = Louvain(
        resolution=resolution,
        shuffle_nodes=seed is not None,
        random_state=0 if seed is None else seed,
        return_probs=False,
        return_aggregate=False,
    )
    return np.asarray(model.fit_predict(edges), dtype=np.intp)


def best_communities(edges: Any, resolution: float, seed: int, tries: int) -> Groups:
    """The partition of highest modularity among `tries` orders of visiting."""
    from sknetwork.clustering import get_modularity

    if tries < 2:
        return communities(edges, resolution)
    found = [communities(edges, resolution, seed + number) for number in range(tries)]
    return max(
        found,
        key=lambda groups: round(float(get_modularity(edges, groups, resolution=resolution)), 9),
    )


def make_graph(spaces: Spaces, seed: int, *, progress: Progress = silent) -> Graph:
    """The neighbour graph of the units, its weights voted on by an ensemble of partitions where n allows it."""
    n = len(spaces.raw)
    if n > EXACT:
        return Graph(
            union_graph(
                [nearest_roughly(spaces.centred, LARGE_COUNT, seed, progress=progress)], LARGE_COUNT
            ),
            spaces,
        )
    most = NEIGHBOUR_COUNTS[-1]
    found = nearest(spaces, most, progress=progress)
    if n > ENSEMBLE:
        return Graph(union_graph(found, LARGE_COUNT), spaces)
    union = union_graph(found, NEIGHBOUR_COUNTS[1])
    votes: list[Groups] = []
    for neighbours in found:
        for k in NEIGHBOUR_COUNTS:
            single = union_graph([neighbours], k)
            for resolution in RESOLUTIONS:
                votes += [
                    communities(single, resolution, 1_000 * seed + len(votes) + number)
                    for number in range(3 if n <= THOROUGH else 1)
                ]
    return Graph(voted(union, votes), spaces)


def voted(edges: Any, votes: Sequence[Groups]) -> Any:
    """The same edges weighted by the share of partitions that keep both ends together (ensemble clustering
    for graphs, Poulin and Theberge 2019), times the weight they had."""
    from scipy.sparse import csr_matrix

    pairs = edges.tocoo()
    together = np.mean([vote[pairs.row] == vote[pairs.col] for vote in votes], axis=0)
    weights = (FLOOR + (1 - FLOOR) * together) * pairs.data
    return csr_matrix((weights.astype(np.float32), (pairs.row, pairs.col)), shape=edges.shape)


def default_resolution(n: int) -> float:
    """2.5 below a thousand units, 3 above: measured on human-coded comments."""
    return 2.5 if n < 1_000 else 3.0


def default_smallest(n: int) -> int:
    """Fewest units of a group: 3, from 600 units on one in 200, above 20,000 with the root of n."""
    return int(max(3, round(min(n, 20_000) / 200 * max(1.0, n / 20_000) ** 0.5)))


def cut(
    graph: Graph, seed: int, *, themes: int | None = None, smallest: int | None = None
) -> Groups:
    """Cut the graph into groups; with `themes` into that many, as far as `smallest` allows."""
    n = len(graph.spaces.raw)
    smallest = default_smallest(n) if smallest is None else smallest

    def at(resolution: float) -> Groups:
        tries = TRIES if n <= ENSEMBLE else 1
        found = best_communities(graph.edges, resolution, seed, tries)
        return dissolve(found, graph.spaces.centred, smallest)

    def ready(resolution: float) -> Groups:
        return join_alike(at(resolution), graph.spaces.centred)

    if themes is None:
        return ready(default_resolution(n))
    low, high = 0.05, 40.0
    best = at(high)
    if best.max() + 1 < themes:
        # Pieces too small to stand were dissolved: fewer are left here than at some lower resolution.
        for resolution in np.geomspace(0.4, 30.0, 14).tolist():
            groups = at(resolution)
            if groups.max() > best.max():
                best, high = groups, resolution
            if best.max() + 1 >= themes:
                break
        else:
            return best
    for _ in range(14):
        middle = float(np.sqrt(low * high))
        groups = at(middle)
        count = groups.max() + 1
        if count >= themes:
            high = middle
            best = groups
        else:
            low = middle
        if count == themes:
            break
    return join(best, graph.edges, themes)


def join_alike(groups: Groups, space: Floats) -> Groups:
    """Join groups whose centres have a cosine of SAME or more, the most alike first."""
    while groups.max() > 0:
        middle = centres(space, groups)
        cosines = middle @ middle.T
        np.fill_diagonal(cosines, -1)
        a, b = np.unravel_index(np.argmax(cosines), cosines.shape)
        if cosines[a, b] < SAME:
            break
        groups = numbered_by_size(np.where(groups == a, b, groups))
    return groups


def join(groups: Groups, edges: Any, themes: int) -> Groups:
    """Join the two groups that the graph ties together most, for their sizes, until `themes` are left."""
    groups = numbered_by_size(groups)
    while groups.max() + 1 > themes:
        from scipy.sparse import csr_matrix

        n = len(groups)
        member = csr_matrix((np.ones(n), (groups, np.arange(n))))
        ties = np.asarray((member @ edges @ member.T).todense())
        strength = ties.sum(axis=1)
        ties = ties / np.maximum(np.outer(strength, strength), 1e-12)
        np.fill_diagonal(ties, -1)
        a, b = np.unravel_index(np.argmax(ties), ties.shape)
        groups = numbered_by_size(np.where(groups == a, b, groups))
    return groups


# ---------------------------------------------------------------- few units, hdbscan


def link(spaces: Spaces, themes: int) -> Groups:
    """Average linkage on the centred space, for few units."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    n = len(spaces.centred)
    if n <= themes:
        return np.arange(n, dtype=np.intp)
    tree = linkage(pdist(spaces.centred.astype(np.float64), "cosine"), "average")
    return numbered_by_size(fcluster(tree, themes, "maxclust").astype(np.intp) - 1)


def density_groups(
    spaces: Spaces, seed: int, *, themes: int | None, smallest: int | None
) -> Groups:
    """hdbscan's leaf clusters in 30 principal components; units that it leaves out go to the nearest centre."""
    from hdbscan import HDBSCAN
    from sklearn.decomposition import PCA

    n = len(spaces.centred)
    rank = min(30, n - 1, spaces.centred.shape[1])
    points = (
        PCA(rank, random_state=seed, svd_solver="randomized")
        .fit_transform(spaces.centred)
        .astype(np.float64)
    )
    size = smallest or max(4, min(50, round(n / 300)))
    labels = HDBSCAN(
        min_cluster_size=min(size, n),
        min_samples=1,
        cluster_selection_method="leaf",
        core_dist_n_jobs=1,
    ).fit_predict(points)
    if labels.max() < 0:
        return np.zeros(n, dtype=np.intp)
    inside = labels >= 0
    groups = np.asarray(labels, dtype=np.intp)
    middle = centres(spaces.centred[inside], groups[inside])
    groups[~inside] = np.argmax(spaces.centred[~inside] @ middle.T, axis=1)
    groups = dissolve(groups, spaces.centred, smallest or 1)
    if themes is not None and groups.max() + 1 > themes:
        tops = link(Spaces(middle, centres(spaces.centred, groups), None), themes)
        groups = numbered_by_size(tops[groups])
    return groups


def find_groups(
    spaces: Spaces,
    *,
    method: str = "graph",
    themes: int | None = None,
    smallest: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[Groups, Graph | None]:
    """Each unit's group, and the graph it was cut from where there is one.

    Args:
        method: graph, or hdbscan.
        themes: how many groups; None lets the data decide.
        smallest: fewest units of a group; None is `default_smallest`.
    """
    n = len(spaces.raw)
    if method == "hdbscan" and n >= 10:
        return density_groups(spaces, seed, themes=themes, smallest=smallest), None
    if n < FEW:
        groups = link(spaces, themes or max(1, round((n / 2) ** 0.5)))
        return dissolve(groups, spaces.centred, smallest or 1), None
    if n > LARGEST:
        return sampled_groups(
            spaces, seed, themes=themes, smallest=smallest, progress=progress
        ), None
    graph = make_graph(spaces, seed, progress=progress)
    return cut(graph, seed, themes=themes, smallest=smallest), graph


def sampled_groups(
    spaces: Spaces,
    seed: int,
    *,
    themes: int | None,
    smallest: int | None,
    progress: Progress = silent,
) -> Groups:
    """Group a sample, put every unit to the nearest centre, group a sample of the worst placed, put all again.

    With `themes` the worst placed make no groups of their own.
    """
    rng = np.random.default_rng(seed)
    space = spaces.centred
    n = len(space)
    middle = np.empty((0, space.shape[1]), dtype=np.float32)
    pool = np.arange(n, dtype=np.intp)
    for _ in range(2 if themes is None else 1):
        drawn = np.sort(rng.choice(pool, min(SAMPLE, len(pool)), replace=False))
        part = Spaces(spaces.raw[drawn], space[drawn], None)
        least = None if smallest is None else max(3, round(smallest * len(drawn) / len(pool)))
        new = cut(make_graph(part, seed, progress=progress), seed, themes=themes, smallest=least)
        middle = np.concatenate([middle, centres(part.centred, new)])
        groups, cosine = _placed(space, middle, progress)
        pool = np.flatnonzero(cosine <= np.quantile(cosine, WEAKEST))
    groups = dissolve(groups, space, default_smallest(n) if smallest is None else smallest)
    return groups if themes is not None else join_alike(groups, space)


def _placed(space: Floats, middle: Floats, progress: Progress) -> tuple[Groups, Floats]:
    groups = np.empty(len(space), dtype=np.intp)
    cosine = np.empty(len(space), dtype=np.float32)
    for start in range(0, len(space), SAMPLE):
        rows = slice(start, min(len(space), start + SAMPLE))
        block = space[rows] @ middle.T
        groups[rows] = np.argmax(block, axis=1)
        cosine[rows] = np.max(block, axis=1)
        progress(rows.stop, len(space), "Placing comments")
    return groups, cosine


def split_group(graph: Graph, members: Indices, seed: int, *, most: int = 5) -> Groups | None:
    """Sub-groups of one group (numbered among `members`), or None where it does not fall apart."""
    m = len(members)
    part = graph.edges[members][:, members]
    groups = dissolve(
        best_communities(part, 1.5, seed, TRIES if m <= ENSEMBLE else 1),
        graph.spaces.centred[members],
        max(3, m // 20),
    )
    groups = join(groups, part, most)
    return groups if groups.max() > 0 else None
