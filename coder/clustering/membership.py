"""Which comments belong to which groups, how strongly, and which fit badly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.grouping import Groups, centres
from coder.clustering.spaces import Floats, Indices
from coder.clustering.units import Units

ALSO = 0.38  # centred cosine of a sentence to a further group's centre from which the comment belongs there too
MOST = 3  # groups of a whole comment
UNCLEAR = 0.10  # share of units with the lowest strength
WEAK = 0.30
CORE, WEAK_FIT, UNCLEAR_FIT = "core", "weak", "unclear"


class Belonging(NamedTuple):
    """One row for each voice and group it belongs to, sorted by voice, strongest first."""

    voice: Indices
    group: Indices
    strength: Floats  # cosine to the group's centre less what all units share, in [-1, 1]
    fit: NDArray[np.str_]


def own_strength(space: Floats, groups: Groups) -> Floats:
    """Cosine of each unit to the centre of its own group."""
    middle = centres(space, groups)
    result = np.empty(len(groups), dtype=np.float32)
    for start in range(0, len(groups), 50_000):
        rows = slice(start, start + 50_000)
        result[rows] = np.einsum("ij,ij->i", space[rows], middle[groups[rows]])
    return result


def belonging(units: Units, space: Floats, groups: Groups, pieces: Floats | None) -> Belonging:
    """Every voice with one group at least.

    Whole comments belong to their own group and to others that a sentence of theirs is near; comments grouped
    by sentences belong to the groups of their sentences, those that fit badly only where nothing else is left.

    Args:
        space: centred vectors of the units; pieces: of `units.pieces`, on the same mean, or None.
    """
    strength = own_strength(space, groups)
    low, mid = np.quantile(strength, [UNCLEAR, WEAK]) if len(strength) else (0.0, 0.0)
    rows: dict[tuple[int, int], float] = {}
    for voice, group, value in zip(
        units.owner.tolist(), groups.tolist(), strength.tolist(), strict=True
    ):
        rows[voice, group] = max(value, rows.get((voice, group), -2.0))
    best: dict[int, float] = {}
    for (voice, _), value in rows.items():
        best[voice] = max(value, best.get(voice, -2.0))
    if units.whole:
        first = dict(zip(units.owner.tolist(), groups.tolist(), strict=True))
        _also(rows, centres(space, groups), space, units.owner)
        if pieces is not None and len(pieces):
            _also(rows, centres(space, groups), pieces, units.piece_owner)
        rows = _strongest(rows, first)
    else:
        rows = {key: value for key, value in rows.items() if value >= low or value == best[key[0]]}
    keys = sorted(rows, key=lambda key: (key[0], -rows[key], key[1]))
    value = np.array([rows[key] for key in keys], dtype=np.float32)
    fit = np.where(value < low, UNCLEAR_FIT, np.where(value < mid, WEAK_FIT, CORE))
    voice = np.array([key[0] for key in keys], dtype=np.intp)
    group = np.array([key[1] for key in keys], dtype=np.intp)
    return Belonging(voice, group, value, fit)


def _also(
    rows: dict[tuple[int, int], float], middle: Floats, vectors: Floats, owner: Indices
) -> None:
    for start in range(0, len(vectors), 20_000):
        cosines = vectors[start : start + 20_000] @ middle.T
        for row, group in zip(*np.nonzero(cosines >= ALSO), strict=True):
            key = (int(owner[start + row]), int(group))
            rows[key] = max(float(cosines[row, group]), rows.get(key, -2.0))


def _strongest(
    rows: dict[tuple[int, int], float], first: dict[int, int]
) -> dict[tuple[int, int], float]:
    """At most MOST groups a voice, its own group always among them."""
    by_voice: dict[int, list[tuple[bool, float, int]]] = {}
    for (voice, group), value in rows.items():
        by_voice.setdefault(voice, []).append((group != first[voice], -value, group))
    return {
        (voice, group): -negative
        for voice, found in by_voice.items()
        for _, negative, group in sorted(found)[:MOST]
    }
