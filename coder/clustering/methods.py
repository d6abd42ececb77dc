"""The clustering methods, by name: from spaces of units to a group for each unit."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coder.clustering.grouping import (
    Graph,
    Groups,
    cut_graph,
    default_smallest,
    dissolve_small,
    group_centres,
    join_alike,
    make_graph,
    number_by_size,
)
from coder.clustering.spaces import Spaces
from coder.clustering.vectors import Floats, Rows, nearest_rows
from coder.engine import Progress, silent

FEW = 40  # units below which a graph has too little to go by
FEW_FOR_DENSITY = 10  # units below which hdbscan has
# Units above which a sample is grouped and the others put to its centres.
LARGEST = 1_000_000
SAMPLE = 50_000  # units of that sample
# Share of units that are grouped once more, for themes that the sample missed.
WEAKEST = 0.1
DENSITY_DIMENSIONS = 30  # principal components that hdbscan works in


class Wanted(NamedTuple):
    """What is asked of a method."""

    themes: int | None = None  # how many groups; None lets the data decide
    smallest: int | None = None  # fewest units of a group; None grows with n
    seed: int = 0


class Method(NamedTuple):
    """A clustering method."""

    group: Callable[[Spaces, Wanted, Progress], tuple[Groups, Graph | None]]
    summary: str  # for the help


def group_by_graph(
    spaces: Spaces, wanted: Wanted, progress: Progress = silent
) -> tuple[Groups, Graph | None]:
    """Communities of the neighbour graph; few units by linkage, very many by a sample."""
    n = len(spaces.raw)
    if n < FEW:
        return _group_few(spaces, wanted), None
    if n > LARGEST:
        return _group_by_samples(spaces, wanted, progress), None
    graph = make_graph(spaces, wanted.seed, progress=progress)
    groups = cut_graph(
        graph, wanted.seed, themes=wanted.themes, smallest=wanted.smallest
    )
    return groups, graph


def group_by_density(
    spaces: Spaces,
    wanted: Wanted,
    progress: Progress = silent,  # noqa: ARG001  one signature for all methods
) -> tuple[Groups, Graph | None]:
    """hdbscan's leaf clusters; units that it leaves out go to the nearest centre."""
    if len(spaces.raw) < FEW_FOR_DENSITY:
        return _group_few(spaces, wanted), None
    labels = _density_labels(spaces, wanted)
    if labels.max() < 0:
        return np.zeros(len(labels), dtype=np.intp), None
    inside, outside = np.flatnonzero(labels >= 0), np.flatnonzero(labels < 0)
    middle = group_centres(spaces.centred[inside], labels[inside])
    labels[outside] = nearest_rows(spaces.centred, outside, middle)
    groups = dissolve_small(labels, spaces.centred, wanted.smallest or 1)
    if wanted.themes is not None and groups.max() + 1 > wanted.themes:
        middles = Spaces(middle, group_centres(spaces.centred, groups), None)
        groups = number_by_size(link_groups(middles, wanted.themes)[groups])
    return groups, None


def _density_labels(spaces: Spaces, wanted: Wanted) -> Groups:
    """(n_units,) hdbscan's clusters, -1 for units that it leaves out."""
    from hdbscan import HDBSCAN
    from sklearn.decomposition import PCA

    n = len(spaces.centred)
    rank = min(DENSITY_DIMENSIONS, n - 1, spaces.centred.shape[1])
    components = PCA(rank, random_state=wanted.seed, svd_solver="randomized")
    points = components.fit_transform(spaces.centred[:]).astype(np.float64)
    size = wanted.smallest or max(4, min(50, round(n / 300)))
    model = HDBSCAN(
        min_cluster_size=min(size, n),
        min_samples=1,
        cluster_selection_method="leaf",
        core_dist_n_jobs=1,
    )
    return np.asarray(model.fit_predict(points), dtype=np.intp)


def _group_few(spaces: Spaces, wanted: Wanted) -> Groups:
    """Groups by linkage; where the number is left open, none of one unit."""
    themes = wanted.themes or max(1, round((len(spaces.raw) / 2) ** 0.5))
    smallest = wanted.smallest or 2
    if wanted.themes is not None:
        smallest = wanted.smallest or 1
    return dissolve_small(link_groups(spaces, themes), spaces.centred, smallest)


def link_groups(spaces: Spaces, themes: int) -> Groups:
    """Average linkage on the centred space, for few units."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    n = len(spaces.centred)
    if n <= themes:
        return np.arange(n, dtype=np.intp)
    tree = linkage(pdist(spaces.centred[:].astype(np.float64), "cosine"), "average")
    return number_by_size(fcluster(tree, themes, "maxclust").astype(np.intp) - 1)


def _group_by_samples(spaces: Spaces, wanted: Wanted, progress: Progress) -> Groups:
    """Group a sample, put every unit to the nearest centre, group a sample of the worst placed,
    put all again.

    With `themes` the worst placed make no groups of their own.
    """
    rng = np.random.default_rng(wanted.seed)
    space = spaces.centred
    n = len(space)
    rounds = 2
    if wanted.themes is not None:
        rounds = 1
    middle = np.empty((0, space.shape[1]), dtype=np.float32)
    pool = np.arange(n, dtype=np.intp)
    for _ in range(rounds):
        drawn = np.sort(rng.choice(pool, min(SAMPLE, len(pool)), replace=False))
        new = _group_sample(spaces, drawn, len(pool), wanted, progress)
        middle = np.concatenate([middle, group_centres(space[drawn], new)])
        groups, cosine = _place_at_nearest(space, middle, progress)
        pool = np.flatnonzero(cosine <= np.quantile(cosine, WEAKEST))
    smallest = wanted.smallest
    if smallest is None:
        smallest = default_smallest(n)
    groups = dissolve_small(groups, space, smallest)
    if wanted.themes is None:
        groups = join_alike(groups, space)
    return groups


def _group_sample(
    spaces: Spaces, drawn: Groups, pool_size: int, wanted: Wanted, progress: Progress
) -> Groups:
    part = Spaces(spaces.raw[drawn], spaces.centred[drawn], None)
    smallest = wanted.smallest
    if smallest is not None:
        smallest = max(3, round(smallest * len(drawn) / pool_size))
    graph = make_graph(part, wanted.seed, progress=progress)
    return cut_graph(graph, wanted.seed, themes=wanted.themes, smallest=smallest)


def _place_at_nearest(
    space: Rows, middle: Floats, progress: Progress
) -> tuple[Groups, Floats]:
    """The nearest centre of each unit, and its cosine."""
    groups = np.empty(len(space), dtype=np.intp)
    cosine = np.empty(len(space), dtype=np.float32)
    for start in range(0, len(space), SAMPLE):
        rows = slice(start, min(len(space), start + SAMPLE))
        block = space[rows] @ middle.T
        groups[rows] = np.argmax(block, axis=1)
        cosine[rows] = np.max(block, axis=1)
        progress(rows.stop, len(space), "Placing comments")
    return groups, cosine


METHODS: dict[str, Method] = {
    "graph": Method(group_by_graph, "communities of a graph of similar comments"),
    "hdbscan": Method(group_by_density, "dense regions, by hdbscan"),
}
