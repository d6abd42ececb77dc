"""Routes: sources that are reported as one, and the weights of their respondents."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.errors import CoderError, did_you_mean
from coder.reporting.coded_matrix import Bools, Floats
from coder.text import count

MOST_LISTED = 10  # comments named in an error


class Route(NamedTuple):
    """Sources that are reported as one."""

    name: str
    sources: tuple[str, ...]
    weighted: bool

    def members(self, source: "pd.Series[str]") -> Bools:
        """(n_comments,) which comments came by the route."""
        return source.isin(self.sources).to_numpy(dtype=bool)


def declared_routes(
    routes: Mapping[str, Sequence[str]], apart: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """The declared routes without sources that stand apart; a route of nothing else is left out."""
    kept = {}
    for name, sources in routes.items():
        members = tuple(source for source in sources if source not in apart)
        if members or not sources:
            kept[name] = members
    return kept


def find_routes(
    comments: pd.DataFrame, declared: Mapping[str, Sequence[str]]
) -> list[Route]:
    """The routes to report, the largest first.

    They are as declared; of the other sources each without weights is a route, and all weighted
    ones together are one.

    Raises:
        CoderError: a declared source does not exist or is in two routes, a route mixes weighted and
            unweighted sources, or a weight is missing or not above 0.
    """
    sizes = comments["source"].value_counts()
    sources = sorted(map(str, sizes.index), key=lambda name: (-int(sizes[name]), name))
    weighted = {name: _is_weighted(comments, name) for name in sources}
    _check_declared_once(declared)
    routes = [
        _declared_route(name, members, weighted) for name, members in declared.items()
    ]
    in_declared = set(chain.from_iterable(declared.values()))
    routes += _other_routes(
        [name for name in sources if name not in in_declared], weighted
    )
    return sorted(routes, key=lambda route: -int(sizes[list(route.sources)].sum()))


def _other_routes(sources: Sequence[str], weighted: Mapping[str, bool]) -> list[Route]:
    """The routes of sources that are in no declared one."""
    routes = [Route(name, (name,), False) for name in sources if not weighted[name]]
    together = tuple(name for name in sources if weighted[name])
    if together:
        routes.append(Route(" + ".join(together), together, True))
    return routes


def _check_declared_once(declared: Mapping[str, Sequence[str]]) -> None:
    seen: set[str] = set()
    for members in declared.values():
        for member in members:
            if member in seen:
                raise CoderError(
                    f"project.yaml: routes: {member!r} is in two routes",
                    "Name each source once.",
                )
            seen.add(member)


def _declared_route(
    name: str, members: Sequence[str], weighted: Mapping[str, bool]
) -> Route:
    present = tuple(member for member in members if member in weighted)
    if not present:
        first = members[0] if members else ""
        raise CoderError(
            f"project.yaml: routes: {name}: none of its sources exists",
            did_you_mean(first, weighted),
        )
    if len({weighted[member] for member in present}) > 1:
        raise CoderError(
            f"project.yaml: routes: {name} joins sources with and without weights",
            "Weighted and unweighted sources are reported apart: declare them as two routes.",
        )
    return Route(name, present, weighted[present[0]])


def _is_weighted(comments: pd.DataFrame, source: str) -> bool:
    own = comments[comments["source"] == source]
    weight = own["weight"]
    if weight.isna().all():
        return False
    is_valid = (weight > 0) & ~np.isinf(weight)
    faulty = own.loc[~is_valid, "comment_id"].astype(str).tolist()
    if faulty:
        listed = ", ".join(faulty[:MOST_LISTED])
        if len(faulty) > MOST_LISTED:
            listed += f" and {len(faulty) - MOST_LISTED} more"
        raise CoderError(
            f"source {source!r} has weights, but no weight above 0 for "
            f"{count(len(faulty), 'comment')}: {listed}",
            "Give each analysed comment of the source a weight, or remove the weight column.",
        )
    return True


def weighted_routes(routes: Sequence[Route]) -> list[Route]:
    """The routes whose respondents have weights."""
    return [route for route in routes if route.weighted]


def route_weights(comments: pd.DataFrame, routes: Sequence[Route]) -> Floats:
    """(n_comments,) weights with mean 1 within each route; 1 for a route without weights."""
    weights = np.ones(len(comments))
    own_weight = comments["weight"].to_numpy(dtype=float)
    for route in routes:
        if route.weighted:
            members = route.members(comments["source"])
            weights[members] = own_weight[members] / own_weight[members].mean()
    return weights
