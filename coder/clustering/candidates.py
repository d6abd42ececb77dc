"""Groups to candidates: names, quotes, and a row for each comment that belongs to each."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder import tables
from coder.clustering.draft import make_slug
from coder.clustering.grouping import Groups
from coder.clustering.key_sentences import choose_key_point, choose_quotes
from coder.clustering.membership import Membership
from coder.clustering.naming import Name, Namer
from coder.clustering.opposing_views import Members, Sides, sides_of_groups
from coder.clustering.result import Candidate
from coder.clustering.spaces import Spaces
from coder.clustering.telling_phrases import Embed, Group
from coder.clustering.units import Units, Voices
from coder.clustering.vectors import Floats, Indices, unit_rows
from coder.engine import Progress
from coder.phrases.noun_phrases import PhraseFinder

if TYPE_CHECKING:
    from coder.embedding import Embedder

SUB_LEAST = 5  # different comments of a sub-theme
SUB_ALIKE = 0.8  # cosine of two names from which they say the same
SAMPLE = 20_000  # units that show how words are used


class Grouping(NamedTuple):
    """Grouped comments: what the steps after grouping share."""

    voices: Voices
    units: Units
    spaces: Spaces
    groups: Groups
    mean: Floats  # of the raw vectors
    names: tuple[str, ...]  # that all have in common: the place, the organisation
    language: str
    question: str

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return int(self.groups.max()) + 1

    def members(self, group: int) -> Indices:
        """The units of a group."""
        return np.flatnonzero(self.groups == group)


class Part(NamedTuple):
    """A group or one of its sub-groups."""

    group: int
    sub: int  # -1 for the group itself
    near: Indices  # its units, nearest to its centre first
    voices: Indices  # that belong to it, sorted
    strength: Floats  # of each voice
    fit: NDArray[np.str_]

    @property
    def is_top(self) -> bool:
        """It is a whole group."""
        return self.sub < 0


class Assembled(NamedTuple):
    """Candidates and who belongs to them."""

    candidates: tuple[Candidate, ...]  # by size, each before its sub-themes
    memberships: pd.DataFrame  # tables.CANDIDATES
    group_ids: list[str]  # candidate id of each group


def assemble_candidates(
    grouping: Grouping,
    membership: Membership,
    sub_groups: dict[int, Groups],
    stability: NDArray[np.float64] | None,
    sides: Sequence[Sides] | None,
    embed: Embed,
) -> Assembled:
    """Name every group and sub-group and gather its comments.

    Args:
        sub_groups: of some groups, the sub-group of each of their units.
        stability: (n_groups,) or None where it was not measured.
        sides: of each group, as `find_sides` gives them.
    """
    tops = [
        _top_part(grouping, membership, group) for group in range(grouping.n_groups)
    ]
    subs = _sub_parts(grouping, tops, sub_groups)
    names, sub_names = _name_parts(grouping, tops, subs, _find_opposed(sides), embed)
    shown = _worth_showing(names, subs, sub_names, embed)
    parts = tops + [subs[number] for number in shown]
    names = names + [sub_names[number] for number in shown]
    ids = _make_ids(names)
    made = []
    for part, name, candidate_id in zip(parts, names, ids, strict=True):
        parent_id, stable, sides_of_part = "", None, None
        if part.is_top and sides is not None:
            sides_of_part = sides[part.group]
        if not part.is_top:
            parent_id = ids[part.group]
        elif stability is not None and not np.isnan(stability[part.group]):
            stable = float(stability[part.group])
        candidate = _make_candidate(
            grouping, part, name, candidate_id, parent_id, stable, sides_of_part
        )
        made.append((part, candidate))
    memberships = _make_memberships(grouping.voices, made)
    candidates = _in_order([candidate for _, candidate in made])
    return Assembled(candidates, memberships, ids[: grouping.n_groups])


def _find_opposed(sides: Sequence[Sides] | None) -> frozenset[int]:
    """The groups that want opposite things."""
    return frozenset(number for number, both in enumerate(sides or ()) if both.opposed)


def find_sides(
    grouping: Grouping, embedder: "Embedder", progress: Progress
) -> list[Sides] | None:
    """The two sides of each group, as far as a model tells; None where it is not English."""
    if grouping.language != "en":
        return None
    groups = map(partial(_members_of, grouping), range(grouping.n_groups))
    return sides_of_groups(groups, embedder, progress)


def _members_of(grouping: Grouping, group: int) -> Members:
    """The texts and vectors of a group."""
    members = grouping.members(group)
    texts = [grouping.units.texts[unit] for unit in members]
    return Members(texts, grouping.spaces.centred[members])


def _make_ids(names: Sequence[Name]) -> list[str]:
    used: set[str] = set()
    return [make_slug(name.name, used) for name in names]


def _in_order(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """By size, each top candidate before its sub-themes."""
    by_size = sorted(candidates, key=lambda candidate: -candidate.size)
    ordered: list[Candidate] = []
    for top in by_size:
        if not top.parent_id:
            ordered.append(top)
            ordered += [sub for sub in by_size if sub.parent_id == top.id]
    return tuple(ordered)


# ---------------------------------------------------------------- parts


def _top_part(grouping: Grouping, membership: Membership, group: int) -> Part:
    rows = membership.group == group
    near, _ = _nearest_first(grouping, grouping.members(group))
    voices, strength = membership.voice[rows], membership.strength[rows]
    return Part(group, -1, near, voices, strength, membership.fit[rows])


def _sub_parts(
    grouping: Grouping, tops: Sequence[Part], sub_groups: dict[int, Groups]
) -> list[Part]:
    parts = []
    for group, labels in sub_groups.items():
        for number in range(int(labels.max()) + 1):
            parts.append(_sub_part(grouping, tops[group], labels, number))
    return parts


def _sub_part(grouping: Grouping, top: Part, labels: Groups, number: int) -> Part:
    """Voices of a sub-group are those of its units that belong to the group."""
    members = grouping.members(top.group)[labels == number]
    near, cosines = _nearest_first(grouping, members)
    owner = grouping.units.owner[near]
    belongs = np.isin(owner, top.voices)
    voices, first = np.unique(
        owner[belongs], return_index=True
    )  # the first is the nearest
    fit = top.fit[np.searchsorted(top.voices, voices)]
    return Part(top.group, number, near, voices, cosines[belongs][first], fit)


def _nearest_first(grouping: Grouping, members: Indices) -> tuple[Indices, Floats]:
    """The units of a group nearest to its centre first, equal ones in the order of their texts;
    cosines.
    """
    space = grouping.spaces.centred[members]
    cosines = space @ unit_rows(space.mean(axis=0, keepdims=True))[0]
    order = np.argsort(-np.round(cosines, 5), kind="stable")
    return members[order], cosines[order]


# ---------------------------------------------------------------- names


def _name_parts(
    grouping: Grouping,
    tops: Sequence[Part],
    subs: Sequence[Part],
    opposed: frozenset[int],
    embed: Embed,
) -> tuple[list[Name], list[Name]]:
    """Names of the groups, of which some want opposite things, and of their sub-groups."""
    texts = grouping.units.texts
    sample = texts[:: max(1, len(texts) // SAMPLE)]
    finder = PhraseFinder(sample, grouping.language, grouping.names)
    namer = Namer(texts, grouping.spaces.raw, embed, finder, grouping.question)
    everything = np.arange(len(texts))
    groups = [Group(part.near, everything) for part in tops]
    names = namer.name_groups(groups, opposed)
    within = [Group(part.near, np.sort(tops[part.group].near)) for part in subs]
    return names, namer.name_sub_groups(within)


def _worth_showing(
    names: Sequence[Name], subs: Sequence[Part], sub_names: Sequence[Name], embed: Embed
) -> list[int]:
    """Sub-groups of some size whose name tells something that the name of their group does not."""
    if not subs:
        return []
    vectors = embed([name.name for name in [*names, *sub_names]])
    shown = []
    for number, (part, name) in enumerate(zip(subs, sub_names, strict=True)):
        cosine = float(vectors[len(names) + number] @ vectors[part.group])
        large = len(part.voices) >= SUB_LEAST
        if name.telling and name.carried and large and cosine < SUB_ALIKE:
            shown.append(number)
    return shown


# ---------------------------------------------------------------- candidates


def _make_candidate(
    grouping: Grouping,
    part: Part,
    name: Name,
    candidate_id: str,
    parent_id: str,
    stability: float | None,
    sides: Sides | None,
) -> Candidate:
    voices = grouping.voices
    space = grouping.spaces.centred[part.near]
    cosines = space @ unit_rows(space.mean(axis=0, keepdims=True))[0]
    texts = [grouping.units.texts[unit] for unit in part.near]
    owner = grouping.units.owner[part.near]
    # Somebody of whom nothing is known is a person of their own.
    people = [voices.people[voice] or f"\0{voice}" for voice in owner.tolist()]
    quotes = choose_quotes(texts, people, grouping.spaces.raw[part.near], cosines)
    opposing, one_way = False, None
    if sides is not None:
        opposing = sides.opposed
        one_way = sides.one_way
    return Candidate(
        id=candidate_id,
        name=name.name,
        parent_id=parent_id,
        keywords=name.keywords,
        key_point=choose_key_point(texts, cosines),
        comment_ids=tuple(sorted(_comment_ids(voices, part.voices))),
        examples=tuple(texts[i] for i in quotes),
        example_ids=tuple(voices.ids[owner[i]][0] for i in quotes),
        voices=len(part.voices),
        strength=float(cosines.mean()),
        stability=stability,
        opposing=opposing,
        one_way=one_way,
    )


def _comment_ids(voices: Voices, numbers: Indices) -> list[str]:
    """Every comment behind some voices, copies too."""
    ids: list[str] = []
    for voice in numbers:
        ids += voices.ids[voice]
    return ids


def _make_memberships(
    voices: Voices, made: Sequence[tuple[Part, Candidate]]
) -> pd.DataFrame:
    """A row for each comment, copies too, and candidate: by comment; strongest first, subs
    after tops.
    """
    comments = _Comments(voices)
    by_id = sorted(range(len(made)), key=lambda number: made[number][1].id)
    place, candidate, strength, fit = [], [], [], []
    for rank, number in enumerate(by_id):
        part, _ = made[number]
        copies, places = comments.of_voices(part.voices)
        place.append(places)
        candidate.append(np.full(len(places), rank))
        rounded = np.round(part.strength.astype(np.float64), 4)
        strength.append(np.repeat(rounded, copies))
        fit.append(np.repeat(part.fit, copies))
    columns = [np.concatenate(parts) for parts in (place, candidate, strength, fit)]
    is_sub = np.array([bool(made[number][1].parent_id) for number in by_id])
    order = np.lexsort((columns[1], -columns[2], is_sub[columns[1]], columns[0]))
    places, candidates, strengths, fits = (column[order] for column in columns)
    ids = [made[number][1].id for number in by_id]
    parents = [made[number][1].parent_id for number in by_id]
    table = pd.DataFrame(
        {
            "comment_id": pd.array(comments.ids, dtype="str").take(places),
            "candidate_id": pd.array(ids, dtype="str").take(candidates),
            "parent_id": pd.array(parents, dtype="str").take(candidates),
            "strength": strengths,
            "fit": fits,
        }
    )
    return tables.check(table.astype(tables.CANDIDATES.dtypes), tables.CANDIDATES)


class _Comments:
    """The comments of all voices.

    Attributes:
        ids: sorted.
    """

    def __init__(self, voices: Voices) -> None:
        every = [comment_id for own in voices.ids for comment_id in own]
        order = sorted(range(len(every)), key=every.__getitem__)
        self.ids = [every[number] for number in order]
        self._place = np.empty(len(every), dtype=np.intp)
        self._place[order] = np.arange(len(every))
        self._copies = np.array([len(own) for own in voices.ids], dtype=np.intp)
        self._first = np.cumsum(self._copies) - self._copies

    def of_voices(self, numbers: Indices) -> tuple[Indices, Indices]:
        """How many comments each voice has, and where all of them stand in `ids`."""
        copies = self._copies[numbers]
        before = np.cumsum(copies) - copies
        within = np.arange(copies.sum()) - np.repeat(before, copies)
        return copies, self._place[np.repeat(self._first[numbers], copies) + within]
