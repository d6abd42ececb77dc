"""Where comments lie on the map: an island for each candidate, like ones near each other."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.clustering.assemble import Found
from coder.clustering.grouping import centres
from coder.clustering.membership import Belonging, own_strength
from coder.clustering.spaces import Floats, Indices, unit_rows

DRAWN = 50_000  # points at most; of more comments every second, third ... is drawn
WIDE = 1.5  # width over height of the map
GAP = 0.012  # between islands, of the map's height

Places = NDArray[np.float64]


class Island(NamedTuple):
    """The circle of one candidate."""

    candidate_id: str
    x: float
    y: float
    radius: float
    comments: int  # different comments that belong to it most


class Picture(NamedTuple):
    """The map: coordinates from 0 to `WIDE` and 0 to 1, y downwards."""

    points: pd.DataFrame  # candidate_id, x, y, fit, text, copies: a row a different comment
    islands: tuple[Island, ...]  # largest first
    left_out: int  # different comments that are not drawn


def lay_out(found: Found, rows: Belonging, group_ids: list[str]) -> Picture:
    """Each comment once, on the island of the candidate it belongs to most.

    An island's area goes with its comments. Its middle holds those nearest to its centre, its rim those that
    fit badly; comments that say like things lie in the same direction.
    """
    first = np.flatnonzero(
        np.r_[True, rows.voice[1:] != rows.voice[:-1]]
    )  # the strongest row of each voice
    step = max(1, -(-len(first) // DRAWN))
    drawn = first[::step]
    group = rows.group[drawn]
    nearest = _strongest_units(found)[rows.voice[drawn]]
    counts = np.bincount(rows.group[first], minlength=found.groups_in_all).astype(np.float64)
    middle = centres(found.spaces.centred, found.groups)
    places, radii = _islands(middle, counts)
    xy = np.zeros((len(drawn), 2))
    for number in range(found.groups_in_all):
        mine = np.flatnonzero(group == number)
        disc = _disc(found.spaces.centred[nearest[mine]], middle[number])
        xy[mine] = places[number] + 0.94 * radii[number] * disc
    voices = rows.voice[drawn].tolist()
    points = pd.DataFrame(
        {
            "candidate_id": [group_ids[number] for number in group.tolist()],
            "x": np.round(xy[:, 0], 5),
            "y": np.round(xy[:, 1], 5),
            "fit": rows.fit[drawn],
            "text": [found.voices.texts[voice] for voice in voices],
            "copies": [len(found.voices.ids[voice]) for voice in voices],
        }
    )
    islands = [
        Island(group_ids[number], round(x, 5), round(y, 5), round(radius, 5), int(counts[number]))
        for number, (x, y, radius) in enumerate(np.column_stack([places, radii]).tolist())
    ]
    islands.sort(key=lambda island: (-island.comments, island.candidate_id))
    return Picture(points, tuple(islands), len(first) - len(drawn))


def _strongest_units(found: Found) -> Indices:
    """For each voice the unit of it that is nearest to the centre of its group."""
    strength = own_strength(found.spaces.centred, found.groups)
    order = np.lexsort((-strength, found.units.owner))
    owner = found.units.owner[order]
    result = np.zeros(len(found.voices.texts), dtype=np.intp)
    first = np.r_[True, owner[1:] != owner[:-1]]
    result[owner[first]] = order[first]
    return result


def _disc(space: Floats, centre: Floats) -> Places:
    """Points evenly over a disc of radius 1: by rank of distance outwards, by likeness around."""
    n = len(space)
    if n == 0:
        return np.zeros((0, 2))
    cosine = np.round(space @ centre, 5)
    radius = np.sqrt((np.argsort(np.argsort(-cosine, kind="stable")) + 0.3) / n)
    rest = (space - np.outer(cosine, centre)).astype(np.float64)
    _, vectors = np.linalg.eigh(rest.T @ rest if n >= 3 else np.eye(space.shape[1]))
    axes = vectors[:, ::-1][:, :2]
    axes = axes * np.where(
        np.abs(axes).max(axis=0) == axes.max(axis=0), 1, -1
    )  # a sign that is always the same
    flat = np.round(rest @ axes, 5)
    angle = (
        np.argsort(np.argsort(np.arctan2(flat[:, 1], flat[:, 0]), kind="stable")) / n * 2 * np.pi
    )
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _islands(middle: Floats, counts: NDArray[np.float64]) -> tuple[Places, NDArray[np.float64]]:
    """Centres and radii of circles that do not overlap, as near as their candidates are alike."""
    n = len(middle)
    radii = np.sqrt(np.maximum(counts, 1.0))
    radii *= np.sqrt(0.42 * WIDE / (np.pi * (radii**2).sum()))
    places = _scaled(middle) if n > 1 else np.zeros((1, 2))
    places = places * np.array([WIDE, 1.0]) * 0.9
    for turn in range(600):
        pull = 0.02 * (1 - turn / 600)
        places = places - pull * places * np.array([1 / WIDE, 1.0])  # towards the middle
        places = _apart(places, radii)
    for _ in range(400):
        places = _apart(places, radii)
    low = (places - radii[:, None]).min(axis=0)
    high = (places + radii[:, None]).max(axis=0)
    scale = float(min(np.array([WIDE, 1.0]) / (high - low))) * 0.98
    shift = (np.array([WIDE, 1.0]) - scale * (high + low)) / 2
    return places * scale + shift, radii * scale


def _apart(places: Places, radii: NDArray[np.float64]) -> Places:
    """One step of pushing overlapping circles apart."""
    between = places[:, None, :] - places[None, :, :]
    distance = np.sqrt((between**2).sum(axis=2))
    overlap = radii[:, None] + radii[None, :] + GAP - distance
    np.fill_diagonal(overlap, 0)
    push = np.where(overlap > 0, overlap, 0) / np.maximum(distance, 1e-6)
    moved = places + 0.25 * (push[:, :, None] * between).sum(axis=1)
    return np.asarray(moved, dtype=np.float64)


def _scaled(middle: Floats) -> Places:
    """Classical scaling of the centres' cosines to two dimensions, each from about -0.5 to 0.5."""
    space = unit_rows(middle).astype(np.float64)
    space = space - space.mean(axis=0)
    _, vectors = np.linalg.eigh(space @ space.T)
    axes = (
        vectors[:, ::-1][:, :2]
        if len(middle) > 2
        else np.column_stack([vectors[:, -1], vectors[:, -1] * 0])
    )
    axes = axes * np.where(np.abs(axes).max(axis=0) == axes.max(axis=0), 1, -1)
    ranks = np.argsort(np.argsort(np.round(axes, 6), axis=0, kind="stable"), axis=0, kind="stable")
    even = ranks / max(1, len(middle) - 1) - 0.5
    return np.asarray(0.5 * even + 0.5 * axes / np.maximum(2 * np.abs(axes).max(axis=0), 1e-9))
