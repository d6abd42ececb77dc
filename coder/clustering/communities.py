"""Louvain communities of a weighted graph, with the compiled core of scikit-network.

scikit-network's own `Louvain` gives the same partitions; it checks and converts the graph anew at
every call, and an ensemble cuts each graph dozens of times.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Partition = NDArray[np.intp]  # (n,) the community of each node
Weights = NDArray[np.float64]  # (n,) of the nodes, sum 1

LEAST_GAIN = 1e-3  # of modularity; a pass over the nodes that gains less is the last


class Network:
    """A graph that can be cut into communities many times.

    Args:
        edges: sparse symmetric (n, n), weights > 0, no loops.
    """

    def __init__(self, edges: Any) -> None:
        from scipy.sparse import csr_matrix

        self._edges = csr_matrix(edges)
        degree = np.asarray(self._edges.sum(axis=1), dtype=np.float64).ravel()
        self._degree = degree / max(degree.sum(), 1e-12)
        # The whole part of a weight counts twice, as scikit-network has it for float32: edges
        # that nearly all partitions keep weigh more. Thresholds elsewhere were measured so.
        weights = self._edges.data.astype(np.float64)
        weights += np.trunc(weights)
        structure = (self._edges.indices, self._edges.indptr)
        shares = weights / max(weights.sum(), 1e-12)
        self._shares = csr_matrix((shares, *structure), shape=self._edges.shape)

    def find_communities(self, resolution: float, seed: int | None = None) -> Partition:
        """Communities numbered from 0; a higher `resolution` gives more and smaller ones (0.1
        to 50).

        `seed` None visits the nodes in their order, a number in an order drawn from it. Louvain
        and not Leiden: scikit-network's Leiden draws from the C library's generator and gives
        another answer at every call.
        """
        n = len(self._degree)
        if seed is None:
            return _merge_nodes(
                self._shares,
                self._degree,
                resolution,
            )
        order = np.random.RandomState(seed).permutation(n)
        communities = np.empty(n, dtype=np.intp)
        communities[order] = _merge_nodes(
            self._in_order(order), self._degree[order], resolution
        )
        return communities

    def _in_order(self, order: Partition) -> Any:
        """The shares of the edges with the nodes in another order, columns sorted."""
        from scipy.sparse import csr_matrix

        place = np.empty(len(order), dtype=self._shares.indices.dtype)
        place[order] = np.arange(len(order))
        rows = self._shares[order]
        shape = self._shares.shape
        moved = csr_matrix((rows.data, place[rows.indices], rows.indptr), shape=shape)
        # The columns of a symmetric matrix are its rows; turning them sorts each in passing.
        turned = moved.tocsc()
        return csr_matrix((turned.data, turned.indices, turned.indptr), shape=shape)

    def find_best_communities(
        self, resolution: float, seed: int, tries: int
    ) -> Partition:
        """The partition of highest modularity among `tries` orders of visiting."""
        if tries < 2:
            return self.find_communities(resolution)
        partitions = []
        for number in range(tries):
            partitions.append(self.find_communities(resolution, seed + number))
        return max(
            partitions,
            key=lambda communities: round(self.modularity(communities, resolution), 9),
        )

    def modularity(self, communities: Partition, resolution: float) -> float:
        """Share of the weight inside communities, less `resolution` times what chance gives."""
        sizes = np.diff(self._edges.indptr)
        inside = np.repeat(communities, sizes) == communities[self._edges.indices]
        weights = self._edges.data.astype(np.float64)
        of_community = np.bincount(communities, self._degree)
        by_chance = float((of_community**2).sum())
        return float(weights[inside].sum() / weights.sum()) - resolution * by_chance


def _merge_nodes(shares: Any, degree: Weights, resolution: float) -> Partition:
    """Move nodes, make one node of each community, and again until nothing is gained."""
    from scipy.sparse import csr_matrix

    communities = np.arange(len(degree))
    while True:
        n = len(degree)
        moved, gain = _move_nodes(
            shares,
            degree,
            resolution,
        )
        _, moved = np.unique(moved, return_inverse=True)
        communities = moved[communities]
        count = int(moved.max()) + 1
        if count == 1 or gain <= LEAST_GAIN:
            return communities
        member = csr_matrix((np.ones(n), moved, np.arange(n + 1)), shape=(n, count))
        merged = member.T.tocsr()
        shares = merged @ (shares @ member)
        degree = merged @ degree


def _move_nodes(
    shares: Any, degree: Weights, resolution: float
) -> tuple[Partition, float]:
    """Each node in the community of its neighbours that gains most; the gain of modularity."""
    from sknetwork.clustering.louvain_core import optimize_core

    n = len(degree)
    own = degree.astype(np.float32)
    return optimize_core(  # type: ignore[no-any-return]
        np.arange(n, dtype=np.int32),
        shares.indices.astype(np.int32, copy=False),
        shares.indptr.astype(np.int32, copy=False),
        shares.data.astype(np.float32),
        own,
        own.copy(),
        own.copy(),
        own.copy(),
        np.zeros(n, dtype=np.float32),
        shares.diagonal().astype(np.float32),
        resolution,
        LEAST_GAIN,
    )
