"""Where comments lie on the map: an island for each candidate, similar ones near each other."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.clustering.candidates import Grouping
from coder.clustering.grouping import group_centres
from coder.clustering.membership import Membership, own_strength
from coder.clustering.result import CommentMap, Island
from coder.clustering.vectors import Floats, Indices, unit_rows

DRAWN = 50_000  # points at most; of more comments every second, third ... is drawn
WIDE = 1.5  # width over height of the map
GAP = 0.012  # between islands, of the map's height
COVERED = 0.42  # share of the map that islands cover
INNER = 0.94  # of an island's radius that its points take
PULLING_STEPS, SETTLING_STEPS = 600, 400
SIZE = np.array([WIDE, 1.0])

Places = NDArray[np.float64]
Radii = NDArray[np.float64]


def lay_out_map(
    grouping: Grouping, membership: Membership, group_ids: list[str]
) -> CommentMap:
    """Each comment once, on the island of the candidate it belongs to most.

    An island's area goes with its comments. Its middle holds those nearest to its centre, its
    rim those that fit badly; comments that say similar things lie in the same direction.
    """
    strongest = np.flatnonzero(
        np.r_[True, membership.voice[1:] != membership.voice[:-1]]
    )
    drawn = strongest[:: max(1, -(-len(strongest) // DRAWN))]
    own_group = membership.group[strongest]
    counts = np.bincount(own_group, minlength=grouping.n_groups).astype(np.float64)
    middle = group_centres(grouping.spaces.centred, grouping.groups)
    places, radii = _place_islands(middle, counts)
    points = _place_points(grouping, membership, drawn, middle, places, radii)
    points.insert(
        0, "candidate_id", [group_ids[n] for n in membership.group[drawn].tolist()]
    )
    islands = []
    for number, candidate_id in enumerate(group_ids):
        x, y = np.round(places[number], 5).tolist()
        radius = round(float(radii[number]), 5)
        islands.append(Island(candidate_id, x, y, radius, int(counts[number])))
    islands.sort(key=lambda island: (-island.comments, island.candidate_id))
    return CommentMap(points, tuple(islands), len(strongest) - len(drawn))


def _place_points(
    grouping: Grouping,
    membership: Membership,
    drawn: Indices,
    middle: Floats,
    places: Places,
    radii: Radii,
) -> pd.DataFrame:
    """x, y, fit, text and copies of the drawn rows of the membership."""
    group = membership.group[drawn]
    unit = _strongest_units(grouping)[membership.voice[drawn]]
    xy = np.zeros((len(drawn), 2))
    for number in range(grouping.n_groups):
        rows = np.flatnonzero(group == number)
        disc = _spread_over_disc(grouping.spaces.centred[unit[rows]], middle[number])
        xy[rows] = places[number] + INNER * radii[number] * disc
    voices = membership.voice[drawn].tolist()
    return pd.DataFrame(
        {
            "x": np.round(xy[:, 0], 5),
            "y": np.round(xy[:, 1], 5),
            "fit": membership.fit[drawn],
            "text": [grouping.voices.texts[voice] for voice in voices],
            "copies": [len(grouping.voices.ids[voice]) for voice in voices],
        }
    )


def _strongest_units(grouping: Grouping) -> Indices:
    """For each voice the unit of it that is nearest to the centre of its group."""
    strength = own_strength(grouping.spaces.centred, grouping.groups)
    order = np.lexsort((-strength, grouping.units.owner))
    owner = grouping.units.owner[order]
    first = np.r_[True, owner[1:] != owner[:-1]]
    result = np.zeros(len(grouping.voices.texts), dtype=np.intp)
    result[owner[first]] = order[first]
    return result


def _spread_over_disc(space: Floats, centre: Floats) -> Places:
    """Points evenly over a disc of radius 1: by rank of distance outwards, by similarity around."""
    n = len(space)
    if n == 0:
        return np.zeros((0, 2))
    cosine = np.round(space @ centre, 5)
    outwards = np.argsort(np.argsort(-cosine, kind="stable"))
    radius = np.sqrt((outwards + 0.3) / n)
    rest = (space - np.outer(cosine, centre)).astype(np.float64)
    products = np.eye(space.shape[1])
    if n >= 3:
        products = rest.T @ rest
    flat = np.round(rest @ _two_main_axes(products), 5)
    direction = np.arctan2(flat[:, 1], flat[:, 0])
    around = np.argsort(np.argsort(direction, kind="stable"))
    angle = around / n * 2 * np.pi
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _two_main_axes(products: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two eigenvectors of the largest eigenvalues, each with a sign that is always the same."""
    _, vectors = np.linalg.eigh(products)
    return _fix_signs(vectors[:, ::-1][:, :2])


def _fix_signs(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    upwards = np.abs(axes).max(axis=0) == axes.max(axis=0)
    return np.asarray(axes * np.where(upwards, 1, -1))


def _place_islands(middle: Floats, counts: NDArray[np.float64]) -> tuple[Places, Radii]:
    """Centres and radii of circles that do not overlap, as near as their candidates are similar."""
    radii = np.sqrt(np.maximum(counts, 1.0))
    radii *= np.sqrt(COVERED * WIDE / (np.pi * (radii**2).sum()))
    places = np.zeros((1, 2))
    if len(middle) > 1:
        places = _scale_to_plane(middle)
    places = places * SIZE * 0.9
    for step in range(PULLING_STEPS):
        pull = 0.02 * (1 - step / PULLING_STEPS)
        places = places - pull * places * np.array(
            [1 / WIDE, 1.0]
        )  # towards the middle
        places = _push_apart(places, radii)
    for _ in range(SETTLING_STEPS):
        places = _push_apart(places, radii)
    low = (places - radii[:, None]).min(axis=0)
    high = (places + radii[:, None]).max(axis=0)
    scale = float(min(SIZE / (high - low))) * 0.98
    shift = (SIZE - scale * (high + low)) / 2
    return places * scale + shift, radii * scale


def _push_apart(places: Places, radii: Radii) -> Places:
    """One step of pushing overlapping circles apart."""
    between = places[:, None, :] - places[None, :, :]
    distance = np.sqrt((between**2).sum(axis=2))
    overlap = radii[:, None] + radii[None, :] + GAP - distance
    np.fill_diagonal(overlap, 0)
    push = np.where(overlap > 0, overlap, 0) / np.maximum(distance, 1e-6)
    moved = places + 0.25 * (push[:, :, None] * between).sum(axis=1)
    return np.asarray(moved, dtype=np.float64)


def _scale_to_plane(middle: Floats) -> Places:
    """Classical scaling of the centres' cosines to two dimensions, each from about -0.5 to 0.5."""
    space = unit_rows(middle).astype(np.float64)
    space = space - space.mean(axis=0)
    _, vectors = np.linalg.eigh(space @ space.T)
    axes = np.column_stack([vectors[:, -1], vectors[:, -1] * 0])
    if len(middle) > 2:
        axes = vectors[:, ::-1][:, :2]
    axes = _fix_signs(axes)
    order = np.argsort(np.round(axes, 6), axis=0, kind="stable")
    ranks = np.argsort(order, axis=0, kind="stable")
    even = ranks / max(1, len(middle) - 1) - 0.5
    return np.asarray(
        0.5 * even + 0.5 * axes / np.maximum(2 * np.abs(axes).max(axis=0), 1e-9)
    )
