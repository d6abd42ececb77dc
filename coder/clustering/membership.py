"""Which comments belong to which groups, how strongly, and which fit badly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.grouping import Groups, group_centres
from coder.clustering.units import Units
from coder.clustering.vectors import Floats, Indices

# Centred cosine of a sentence to a further group's centre from which the comment belongs there
# too.
ALSO = 0.38
MOST = 3  # groups of a whole comment
UNCLEAR = 0.10  # share of units with the lowest strength
WEAK = 0.30
CORE, WEAK_FIT, UNCLEAR_FIT = "core", "weak", "unclear"
BLOCK = 50_000
PAIR_BLOCK = 20_000
LOWEST = -2.0  # below every cosine

Strengths = dict[
    tuple[int, int], float
]  # (voice, group) to the cosine with the group's centre


class Membership(NamedTuple):
    """One row for each voice and group it belongs to, sorted by voice, strongest first."""

    voice: Indices
    group: Indices
    # Cosine to the group's centre less what all units share, in [-1, 1].
    strength: Floats
    fit: NDArray[np.str_]


def own_strength(space: Floats, groups: Groups) -> Floats:
    """(n_units,) cosine of each unit to the centre of its own group."""
    middle = group_centres(space, groups)
    result = np.empty(len(groups), dtype=np.float32)
    for start in range(0, len(groups), BLOCK):
        rows = slice(start, start + BLOCK)
        result[rows] = np.einsum("ij,ij->i", space[rows], middle[groups[rows]])
    return result


def find_membership(
    units: Units, space: Floats, groups: Groups, pieces: Floats | None
) -> Membership:
    """Every voice with one group at least.

    Whole comments belong to their own group and to others that a sentence of theirs is near;
    comments grouped by sentences belong to the groups of their sentences, those that fit badly
    only where nothing else is left.

    Args:
        space: centred vectors of the units.
        pieces: vectors of `units.pieces`, less the same mean; None where there are none.
    """
    strength = own_strength(space, groups)
    low, middle = 0.0, 0.0
    if len(strength):
        low, middle = np.quantile(strength, [UNCLEAR, WEAK])
    rows = _strengths_of_units(units, groups, strength)
    if units.whole:
        _add_near_groups(rows, group_centres(space, groups), space, units.owner)
        if pieces is not None and len(pieces):
            _add_near_groups(
                rows, group_centres(space, groups), pieces, units.piece_owner
            )
        rows = _keep_strongest(
            rows, dict(zip(units.owner.tolist(), groups.tolist(), strict=True))
        )
    else:
        rows = _keep_fitting(rows, low)
    return _sorted_membership(rows, low, middle)


def _strengths_of_units(units: Units, groups: Groups, strength: Floats) -> Strengths:
    """The best strength of a voice's units in each of their groups."""
    rows: Strengths = {}
    triples = zip(units.owner.tolist(), groups.tolist(), strength.tolist(), strict=True)
    for voice, group, value in triples:
        rows[voice, group] = max(value, rows.get((voice, group), LOWEST))
    return rows


def _add_near_groups(
    rows: Strengths, middle: Floats, vectors: Floats, owner: Indices
) -> None:
    for start in range(0, len(vectors), PAIR_BLOCK):
        cosines = vectors[start : start + PAIR_BLOCK] @ middle.T
        for row, group in zip(*np.nonzero(cosines >= ALSO), strict=True):
            key = (int(owner[start + row]), int(group))
            rows[key] = max(float(cosines[row, group]), rows.get(key, LOWEST))


def _keep_strongest(rows: Strengths, own_group: dict[int, int]) -> Strengths:
    """At most MOST groups a voice, its own group always among them."""
    by_voice: dict[int, list[tuple[bool, float, int]]] = {}
    for (voice, group), value in rows.items():
        rank = (group != own_group[voice], -value, group)
        by_voice.setdefault(voice, []).append(rank)
    kept: Strengths = {}
    for voice, ranked in by_voice.items():
        for _, negative, group in sorted(ranked)[:MOST]:
            kept[voice, group] = -negative
    return kept


def _keep_fitting(rows: Strengths, low: float) -> Strengths:
    """Rows that do not fit badly; the best of a voice in any case."""
    best: dict[int, float] = {}
    for (voice, _), value in rows.items():
        best[voice] = max(value, best.get(voice, LOWEST))
    return {
        key: value
        for key, value in rows.items()
        if value >= low or value == best[key[0]]
    }


def _sorted_membership(rows: Strengths, low: float, middle: float) -> Membership:
    keys = sorted(rows, key=lambda key: (key[0], -rows[key], key[1]))
    strength = np.array([rows[key] for key in keys], dtype=np.float32)
    fit = np.full(len(keys), CORE, dtype=f"U{len(UNCLEAR_FIT)}")
    fit[strength < middle] = WEAK_FIT
    fit[strength < low] = UNCLEAR_FIT
    voice = np.array([key[0] for key in keys], dtype=np.intp)
    group = np.array([key[1] for key in keys], dtype=np.intp)
    return Membership(voice, group, strength, fit)
