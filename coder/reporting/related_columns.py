"""Which columns tell of each other's groups: they are made from one column, or one lies within
the other.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from coder.reporting.coded_matrix import Bools, Floats, Integers
from coder.statistics.distributions import poisson_tail

# Empty combinations of groups are chance above this probability.
CHANCE = 0.001


class Grouping(NamedTuple):
    """The comments by the groups of one column.

    Attributes:
        made_from: the column of the comments that it is made from, or itself.
        codes: (n_comments,) number of the group, -1 where it is missing.
    """

    column: str
    made_from: str
    codes: Integers


def related_groupings(
    groupings: Sequence[Grouping],
    routes: Sequence[Bools],
) -> list[list[int]]:
    """The numbers of groupings that are related to each other, set by set.

    Columns that are not related, such as age and gender, tell nothing of each other's groups but
    their common total: any figures of one fit any of the other.

    Args:
        routes: (n_comments,) the members of each.
    """
    pairs = []
    for one, other in combinations(range(len(groupings)), 2):
        if _are_related(
            groupings[one],
            groupings[other],
            routes,
        ):
            pairs.append((one, other))
    return connected_sets(len(groupings), pairs)


def connected_sets(
    n: int,
    pairs: Sequence[tuple[int, int]],
) -> list[list[int]]:
    """The numbers below n, those that pairs connect in one list; lists by their first number."""
    set_of = list(range(n))
    members = {number: [number] for number in range(n)}
    for one, other in pairs:
        first, second = sorted((set_of[one], set_of[other]))
        if first != second:
            for number in members[second]:
                set_of[number] = first
            members[first] += members.pop(second)
    return [sorted(members[number]) for number in sorted(members)]


def _are_related(
    one: Grouping,
    other: Grouping,
    routes: Sequence[Bools],
) -> bool:
    if one.made_from == other.made_from:
        return True
    for members in routes:
        counts = _cross(
            one.codes[members],
            other.codes[members],
        )
        if _has_common_sums(counts) or _has_empty_combinations(counts):
            return True
    return False


def _cross(
    one: Integers,
    other: Integers,
) -> Floats:
    """Comments by the groups of both columns, missing answers as a group of their own; groups
    of nobody are left out.
    """
    counts = np.zeros((int(one.max(initial=-1)) + 2, int(other.max(initial=-1)) + 2))
    np.add.at(
        counts,
        (one + 1, other + 1),
        1.0,
    )
    used = counts[counts.any(axis=1)]
    return np.asarray(
        used[:, used.any(axis=0)],
        dtype=np.float64,
    )


def _has_common_sums(counts: Floats) -> bool:
    """Whether some groups of one column together are some groups of the other, as boroughs are
    a region.
    """
    n_one, n_other = counts.shape
    pairs = []
    for group, other in np.argwhere(counts > 0).tolist():
        pairs.append((group, n_one + other))
    return len(connected_sets(n_one + n_other, pairs)) > 1


def _has_empty_combinations(counts: Floats) -> bool:
    """Whether more combinations of groups are empty than in columns that are independent.

    Their number is then about Poisson, each being empty with probability exp(-expected).
    """
    sizes = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True)
    if not sizes.size:
        return False
    expected = sizes / counts.sum()
    empty = int((counts == 0).sum())
    by_chance = float(np.exp(-expected).sum())
    return empty > 0 and poisson_tail(empty, by_chance) < CHANCE
