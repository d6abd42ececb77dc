"""The state of the workbench: groups of comments, and what becomes of each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from coder.workbench.candidates import Candidate

# Not decided yet; a theme of the codebook; put off; not a theme.
Standing = Literal["open", "theme", "later", "dropped"]


@dataclass(frozen=True)
class Group:
    """Comments that belong together.

    Attributes:
        comment_ids: the comments, each once.
        candidates: ids of the candidates that it was made of, its own first.
        parent_id: the theme that it stands under; empty at the top.
        examples: ids of the comments that somebody marked as examples.
        by: who decided last what becomes of it, and `at` when (ISO 8601, UTC).
    """

    id: str
    name: str
    comment_ids: tuple[str, ...]
    candidates: tuple[str, ...]
    standing: Standing = "open"
    parent_id: str = ""
    definition: str = ""
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    by: str = ""
    at: str = ""

    @property
    def size(self) -> int:
        """How many comments belong to it."""
        return len(self.comment_ids)


@dataclass(frozen=True)
class Board:
    """All groups; every change gives another board.

    Attributes:
        groups: by id, in the order in which they were made.
        candidates: every candidate that a group may come from, by id.
    """

    groups: Mapping[str, Group] = field(default_factory=dict)
    candidates: Mapping[str, Candidate] = field(default_factory=dict)

    def standing(self, *kinds: Standing) -> tuple[Group, ...]:
        """The groups that stand so, the largest first."""
        chosen = [group for group in self.groups.values() if group.standing in kinds]
        return tuple(sorted(chosen, key=lambda group: (-group.size, group.name)))

    def under(self, group_id: str) -> tuple[Group, ...]:
        """The sub-themes of a theme, the largest first."""
        return tuple(
            group for group in self.standing("theme") if group.parent_id == group_id
        )

    def tree(self, parent_id: str = "", depth: int = 0) -> Iterator[tuple[Group, int]]:
        """The themes, each before its sub-themes, with how deep they stand."""
        for group in self.under(parent_id):
            yield group, depth
            yield from self.tree(group.id, depth + 1)

    def is_under(self, group_id: str, ancestor_id: str) -> bool:
        """Whether a theme stands somewhere under another, or is it."""
        while group_id:
            if group_id == ancestor_id:
                return True
            group_id = self.groups[group_id].parent_id
        return False

    @cached_property
    def comment_ids(self) -> tuple[str, ...]:
        """Every comment that was grouped, once."""
        ids: dict[str, None] = {}
        for candidate in self.candidates.values():
            ids |= dict.fromkeys(member.comment_id for member in candidate.members)
        return tuple(ids)

    @cached_property
    def without_theme(self) -> tuple[str, ...]:
        """The comments that no theme holds."""
        held = self.held_by("theme")
        return tuple(
            comment_id for comment_id in self.comment_ids if comment_id not in held
        )

    def held_by(self, *kinds: Standing) -> frozenset[str]:
        """The comments of all groups that stand so."""
        held: set[str] = set()
        for group in self.standing(*kinds):
            held.update(group.comment_ids)
        return frozenset(held)

    def stability(self, group: Group) -> float | None:
        """The stability of the candidate that a group is; None once it is something else."""
        if len(group.candidates) != 1 or group.candidates[0] not in self.candidates:
            return None
        candidate = self.candidates[group.candidates[0]]
        if len(candidate.members) != group.size:
            return None
        return candidate.stability

    def sub_candidates(self, group: Group) -> tuple[Candidate, ...]:
        """The parts of the candidates that a group is made of, with a comment of it at least."""
        own = set(group.comment_ids)
        parts = []
        for candidate in self.candidates.values():
            is_part = candidate.parent_id in group.candidates
            if is_part and own.intersection(candidate.comment_ids):
                parts.append(candidate)
        return tuple(parts)

    def changed(self, *groups: Group, gone: Iterable[str] = ()) -> "Board":
        """The board with these groups, new or changed, and without those that are gone.

        A sub-theme whose theme is gone, or is no theme any more, stands at the top.
        """
        after = {**self.groups, **{group.id: group for group in groups}}
        for group_id in gone:
            del after[group_id]
        for group in list(after.values()):
            parent = after.get(group.parent_id)
            if group.parent_id and (parent is None or parent.standing != "theme"):
                after[group.id] = replace(group, parent_id="")
        return replace(self, groups=after)

    def free_id(self, wanted: str) -> str:
        """An id that no group has: the one wanted, or with a number behind it."""
        free, number = wanted, 2
        while free in self.groups or free in self.candidates:
            free = f"{wanted}-{number}"
            number += 1
        return free
