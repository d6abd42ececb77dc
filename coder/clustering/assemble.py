"""Groups to candidates: names, quotes, and a row for each comment that belongs to each."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder import tables
from coder.clustering.draft import slug
from coder.clustering.grouping import Groups
from coder.clustering.membership import Belonging
from coder.clustering.naming import (
    Embed,
    Group,
    Name,
    choose_quotes,
    key_point,
    learn_wording,
    name_groups,
)
from coder.clustering.result import Candidate
from coder.clustering.spaces import Floats, Indices, Spaces, unit_rows
from coder.clustering.units import Units, Voices
from coder.clustering.views import seems_opposed

SUB_LEAST = 5  # different comments of a sub-theme
SUB_ALIKE = 0.8  # cosine of two names from which they say the same


class Found(NamedTuple):
    """What the steps after grouping share."""

    voices: Voices
    units: Units
    spaces: Spaces
    groups: Groups
    mean: Floats  # of the raw vectors
    names: tuple[str, ...]  # that all have in common: the place, the organisation
    language: str
    question: str

    @property
    def groups_in_all(self) -> int:
        return int(self.groups.max()) + 1

    def members(self, group: int) -> Indices:
        return np.flatnonzero(self.groups == group)


class Part(NamedTuple):
    """A group or one of its sub-groups."""

    group: int
    sub: int  # -1 for the group itself
    near: Indices  # its units, nearest to its centre first
    voices: Indices  # that belong to it, sorted
    strength: Floats  # of each voice
    fit: NDArray[np.str_]


class Assembled(NamedTuple):
    """What a reader gets."""

    candidates: tuple[Candidate, ...]  # by size, each before its sub-themes
    memberships: pd.DataFrame  # tables.CANDIDATES
    group_ids: list[str]  # candidate id of each group


def assemble(
    found: Found,
    rows: Belonging,
    subs: dict[int, Groups],
    stability: NDArray[np.float64] | None,
    embed: Embed,
) -> Assembled:
    """Name every group and sub-group and gather its comments."""
    tops = [_top(found, rows, group) for group in range(found.groups_in_all)]
    parts = [
        _sub(found, tops[group], labels, number)
        for group, labels in subs.items()
        for number in range(int(labels.max()) + 1)
    ]
    names = _names(found, tops, parts, embed)
    kept = _worth_showing(names, tops, parts, embed)
    parts = [parts[number] for number in kept]
    names = names[: len(tops)] + [names[len(tops) + number] for number in kept]
    taken: set[str] = set()
    ids = [slug(name.name, taken) for name in names]
    made: list[tuple[Part, Candidate]] = []
    for number, (part, name) in enumerate(zip([*tops, *parts], names, strict=True)):
        top = part.sub < 0
        stable = float(stability[part.group]) if top and stability is not None else None
        candidate = _candidate(
            found, part, ids[number], "" if top else ids[part.group], name, stable
        )
        if top and found.language == "en":
            candidate = replace(
                candidate, opposing=seems_opposed([found.units.texts[i] for i in part.near])
            )
        made.append((part, candidate))
    return Assembled(
        _in_order([c for _, c in made]), _memberships(found, made), ids[: found.groups_in_all]
    )


def _in_order(made: Sequence[Candidate]) -> tuple[Candidate, ...]:
    by_size = sorted(made, key=lambda c: -c.size)
    return tuple(
        c
        for top in by_size
        if not top.parent_id
        for c in (top, *(sub for sub in by_size if sub.parent_id == top.id))
    )


def _top(found: Found, rows: Belonging, group: int) -> Part:
    mine = rows.group == group
    near, _ = _nearest_first(found, found.members(group))
    return Part(group, -1, near, rows.voice[mine], rows.strength[mine], rows.fit[mine])


def _sub(found: Found, top: Part, labels: Groups, number: int) -> Part:
    """Voices of a sub-group are those of its units that belong to the group."""
    members = found.members(top.group)[labels == number]
    near, cosines = _nearest_first(found, members)
    owner = found.units.owner[near]
    here = np.isin(owner, top.voices)
    voices, first = np.unique(owner[here], return_index=True)  # the first is the nearest
    fit = top.fit[np.searchsorted(top.voices, voices)]
    return Part(top.group, number, near, voices, cosines[here][first], fit)


def _nearest_first(found: Found, members: Indices) -> tuple[Indices, Floats]:
    """The units of a group nearest to its centre first, equal ones in the order of their texts; cosines."""
    space = found.spaces.centred[members]
    cosines = space @ unit_rows(space.mean(axis=0, keepdims=True))[0]
    order = np.argsort(-np.round(cosines, 5), kind="stable")
    return members[order], cosines[order]


def _names(found: Found, tops: list[Part], parts: list[Part], embed: Embed) -> list[Name]:
    wording = learn_wording(found.units.texts, found.language, found.names)
    texts, space = found.units.texts, found.spaces.raw
    everything = np.arange(len(texts))
    names = name_groups(
        texts,
        [Group(part.near, everything) for part in tops],
        space,
        embed,
        wording,
        found.question,
    )
    within = [Group(part.near, np.sort(tops[part.group].near)) for part in parts]
    return names + name_groups(texts, within, space, embed, wording, found.question, names)


def _worth_showing(
    names: list[Name], tops: list[Part], parts: list[Part], embed: Embed
) -> list[int]:
    """Sub-groups of some size whose name tells something that the name of their group does not."""
    if not parts:
        return []
    vectors = embed([name.name for name in names])
    shown = []
    for number, part in enumerate(parts):
        name = names[len(tops) + number]
        alike = float(vectors[len(tops) + number] @ vectors[part.group])
        if name.telling and name.carried and len(part.voices) >= SUB_LEAST and alike < SUB_ALIKE:
            shown.append(number)
    return shown


def _candidate(
    found: Found, part: Part, candidate_id: str, parent_id: str, name: Name, stable: float | None
) -> Candidate:
    space = found.spaces.centred[part.near]
    cosines = space @ unit_rows(space.mean(axis=0, keepdims=True))[0]
    texts = [found.units.texts[i] for i in part.near]
    owner = found.units.owner[part.near]
    quotes = choose_quotes(
        texts, [found.voices.people[v] for v in owner], found.spaces.raw[part.near], cosines
    )
    return Candidate(
        id=candidate_id,
        name=name.name,
        parent_id=parent_id,
        keywords=name.keywords,
        key_point=key_point(texts, cosines),
        comment_ids=tuple(sorted(i for voice in part.voices for i in found.voices.ids[voice])),
        examples=tuple(texts[i] for i in quotes),
        example_ids=tuple(found.voices.ids[owner[i]][0] for i in quotes),
        voices=len(part.voices),
        strength=float(cosines.mean()),
        stability=stable,
    )


def _memberships(found: Found, made: Sequence[tuple[Part, Candidate]]) -> pd.DataFrame:
    """A row for each comment, copies too, and candidate, sorted by comment; strongest first, subs after tops."""
    frames = []
    for part, candidate in made:
        repeats = [len(found.voices.ids[voice]) for voice in part.voices]
        frames.append(
            pd.DataFrame(
                {
                    "comment_id": [i for voice in part.voices for i in found.voices.ids[voice]],
                    "candidate_id": candidate.id,
                    "parent_id": candidate.parent_id,
                    "strength": np.round(np.repeat(part.strength.astype(np.float64), repeats), 4),
                    "fit": np.repeat(part.fit, repeats),
                }
            )
        )
    table = pd.concat(frames, ignore_index=True)
    table["sub"] = table["parent_id"] != ""
    table = table.sort_values(
        ["comment_id", "sub", "strength", "candidate_id"],
        ascending=[True, True, False, True],
        ignore_index=True,
    ).drop(columns="sub")
    table = table.astype(tables.CANDIDATES.dtypes)
    return tables.check(table, tables.CANDIDATES)
