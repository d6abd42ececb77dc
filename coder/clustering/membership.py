"""Which comments belong to which groups, how strongly, and which fit badly."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.grouping import Groups, group_centres
from coder.clustering.units import Units
from coder.clustering.vectors import Floats, Indices, Rows

# Centred cosine of a sentence to a further group's centre from which the comment belongs there
# too.
ALSO = 0.38
MOST = 3  # groups of a whole comment
UNCLEAR = 0.10  # share of units with the lowest strength
WEAK = 0.30
CORE, WEAK_FIT, UNCLEAR_FIT = "core", "weak", "unclear"
BLOCK = 50_000
PAIR_BLOCK = 20_000


class Membership(NamedTuple):
    """One row for each voice and group it belongs to, sorted by voice, strongest first."""

    voice: Indices
    group: Indices
    # Cosine to the group's centre less what all units share, in [-1, 1].
    strength: Floats
    fit: NDArray[np.str_]


def own_strength(space: Rows, groups: Groups) -> Floats:
    """(n_units,) cosine of each unit to the centre of its own group."""
    middle = group_centres(space, groups)
    result = np.empty(len(groups), dtype=np.float32)
    for start in range(
        0,
        len(groups),
        BLOCK,
    ):
        rows = slice(start, start + BLOCK)
        result[rows] = np.einsum(
            "ij,ij->i",
            space[rows],
            middle[groups[rows]],
        )
    return result


def find_membership(
    units: Units, space: Rows, groups: Groups, pieces: Rows | None
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
    rows = _Rows(
        units.owner,
        groups,
        strength,
    )
    if units.whole:
        centres = group_centres(space, groups)
        rows = rows.join(
            _find_near_groups(
                centres,
                space,
                units.owner,
            )
        )
        if pieces is not None and len(pieces):
            rows = rows.join(
                _find_near_groups(
                    centres,
                    pieces,
                    units.piece_owner,
                )
            )
        rows = _keep_strongest(rows.best(), groups)
    else:
        rows = _keep_fitting(rows.best(), low)
    fit = np.full(
        len(rows.voice),
        CORE,
        dtype=f"U{len(UNCLEAR_FIT)}",
    )
    fit[rows.strength < middle] = WEAK_FIT
    fit[rows.strength < low] = UNCLEAR_FIT
    return Membership(
        rows.voice,
        rows.group,
        rows.strength,
        fit,
    )


class _Rows(NamedTuple):
    """Voices and groups, and the cosine of the one with the centre of the other."""

    voice: Indices
    group: Indices
    strength: Floats

    def join(self, others: "_Rows") -> "_Rows":
        """These rows and others after them."""
        return _join_rows([self, others])

    def take(self, places: Indices) -> "_Rows":
        """Some of the rows."""
        return _Rows(
            self.voice[places],
            self.group[places],
            self.strength[places],
        )

    def best(self) -> "_Rows":
        """The strongest row of each voice and group, by voice, strongest first."""
        ordered = self.take(np.lexsort((-self.strength, self.group, self.voice)))
        is_first = _is_new(ordered.voice) | _is_new(ordered.group)
        rows = ordered.take(np.flatnonzero(is_first))
        return rows.take(np.lexsort((rows.group, -rows.strength, rows.voice)))


def _join_rows(parts: Sequence[_Rows]) -> _Rows:
    """The rows of all parts in their order."""
    return _Rows(
        np.concatenate([part.voice for part in parts]),
        np.concatenate([part.group for part in parts]),
        np.concatenate([part.strength for part in parts]),
    )


def _is_new(values: Indices) -> NDArray[np.bool_]:
    """Whether each value differs from the one before it."""
    is_new: NDArray[np.bool_] = np.r_[True, values[1:] != values[:-1]]
    return is_new


def _find_near_groups(middle: Floats, vectors: Rows, owner: Indices) -> _Rows:
    """The groups that each vector is near to, its voice in place of it."""
    found = []
    for start in range(
        0,
        len(vectors),
        PAIR_BLOCK,
    ):
        cosines = vectors[start : start + PAIR_BLOCK] @ middle.T
        row, group = np.nonzero(cosines >= ALSO)
        found.append(
            _Rows(
                owner[start + row],
                group,
                cosines[row, group],
            )
        )
    return _join_rows(found)


def _keep_strongest(rows: _Rows, own_group: Groups) -> _Rows:
    """At most MOST groups a voice, its own group always among them.

    Args:
        rows: the best of each voice and group.
        own_group: of each voice.
    """
    is_other = rows.group != own_group[rows.voice]
    order = np.lexsort((rows.group, -rows.strength, is_other, rows.voice))
    voice = rows.voice[order]
    first = np.flatnonzero(_is_new(voice))
    place = np.arange(len(voice)) - np.repeat(first, np.diff(np.r_[first, len(voice)]))
    return rows.take(np.sort(order[place < MOST]))


def _keep_fitting(rows: _Rows, low: float) -> _Rows:
    """Rows that do not fit badly; the best of a voice in any case."""
    first = np.flatnonzero(_is_new(rows.voice))
    sizes = np.diff(np.r_[first, len(rows.voice)])
    best = np.repeat(rows.strength[first], sizes)
    return rows.take(np.flatnonzero((rows.strength >= low) | (rows.strength == best)))
