"""What can be done at the workbench. Each action is a value that is written down before it counts.

An action says what was meant, not what came of it, so that the same actions always give the
same board.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from coder.workbench.board import Board, Group, Standing
from coder.workbench.candidates import Candidate


class _Action(BaseModel):
    """Who did it and when; the rest is what was done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str = ""
    at: str = ""  # ISO 8601, UTC


class Begin(_Action):
    """Begin with these candidates.

    Attributes:
        fingerprint: of the candidates' files, by which a new grouping is noticed.
    """

    do: Literal["begin"] = "begin"
    candidates: tuple[Candidate, ...]
    fingerprint: str

    def change(self, board: Board) -> Board:
        """Every candidate at the top becomes a group."""
        known = {candidate.id: candidate for candidate in self.candidates}
        groups = {}
        for candidate in self.candidates:
            if not candidate.parent_id:
                groups[candidate.id] = _group_of(candidate, candidate.id)
        return replace(board, groups=groups, candidates=known)


def _group_of(candidate: Candidate, group_id: str) -> Group:
    return Group(
        id=group_id,
        name=candidate.name,
        comment_ids=candidate.comment_ids,
        candidates=(candidate.id,),
    )


class Regroup(_Action):
    """Take new candidates for the comments that no decision was made about."""

    do: Literal["regroup"] = "regroup"
    candidates: tuple[Candidate, ...]
    fingerprint: str

    def change(self, board: Board) -> Board:
        """Open groups go; the new candidates come, without the comments of those that stay."""
        kept = {}
        for group in board.groups.values():
            if group.standing != "open":
                kept[group.id] = group
        after = replace(board, groups=kept)
        held = after.held_by("theme", "dropped", "later")
        new_ids: dict[str, str] = {}
        for candidate in self.candidates:
            new_ids[candidate.id] = after.free_id(candidate.id)
            copy = candidate.model_copy(
                update={
                    "id": new_ids[candidate.id],
                    "parent_id": new_ids.get(candidate.parent_id, ""),
                }
            )
            after = replace(after, candidates={**after.candidates, copy.id: copy})
            left = tuple(one for one in copy.comment_ids if one not in held)
            if not copy.parent_id and left:
                group = replace(_group_of(copy, copy.id), comment_ids=left)
                after = replace(after, groups={**after.groups, group.id: group})
        return after


class Rename(_Action):
    """Give a group another name."""

    do: Literal["rename"] = "rename"
    group: str
    name: str

    def change(self, board: Board) -> Board:
        """The group with the name."""
        group = board.groups[self.group]
        return board.changed(replace(group, name=self.name, by=self.by, at=self.at))


class Stand(_Action):
    """Make a group a theme, drop it, put it off, or take that back."""

    do: Literal["stand"] = "stand"
    group: str
    standing: Standing

    def change(self, board: Board) -> Board:
        """The group as it stands now; only themes stand under others."""
        group = board.groups[self.group]
        parent_id = group.parent_id
        if self.standing != "theme":
            parent_id = ""
        return board.changed(
            replace(
                group,
                standing=self.standing,
                parent_id=parent_id,
                by=self.by,
                at=self.at,
            )
        )


class Merge(_Action):
    """Make several groups one."""

    do: Literal["merge"] = "merge"
    into: str
    others: tuple[str, ...]

    def change(self, board: Board) -> Board:
        """The first with the comments of all; sub-themes of the others come under it."""
        into = board.groups[self.into]
        others = []
        for group_id in dict.fromkeys(self.others):
            if group_id != self.into:
                others.append(board.groups[group_id])
        gone = [group.id for group in others]
        merged = replace(
            _united([into, *others]),
            by=self.by,
            at=self.at,
        )
        if any(board.is_under(into.id, group_id) for group_id in gone):
            merged = replace(merged, parent_id="")
        moved = []
        for group in board.groups.values():
            is_sub = group.parent_id in gone and group.id not in gone
            if is_sub and group.id != self.into:
                moved.append(replace(group, parent_id=self.into))
        return board.changed(
            merged,
            *moved,
            gone=gone,
        )


def _united(groups: Sequence[Group]) -> Group:
    """The first group with the comments and the words of all."""
    definitions = [group.definition for group in groups if group.definition]
    return replace(
        groups[0],
        comment_ids=_union(group.comment_ids for group in groups),
        candidates=_union(group.candidates for group in groups),
        includes=_union(group.includes for group in groups),
        excludes=_union(group.excludes for group in groups),
        examples=_union(group.examples for group in groups),
        definition=next(iter(definitions), ""),
    )


def _union(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Everything in the parts, once, in their order."""
    union: dict[str, None] = {}
    for part in parts:
        union |= dict.fromkeys(part)
    return tuple(union)


class Part(BaseModel):
    """One part of a group that is split."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    comment_ids: tuple[str, ...]
    candidates: tuple[str, ...]


class Split(_Action):
    """Take parts out of a group; the rest of it stays."""

    do: Literal["split"] = "split"
    group: str
    parts: tuple[Part, ...]

    def change(self, board: Board) -> Board:
        """The parts as groups to decide about; the group goes where nothing of it is left."""
        group = board.groups.get(self.group)
        parts = []
        taken: set[str] = set()
        for part in self.parts:
            taken.update(part.comment_ids)
            parts.append(Group(part.id, part.name, part.comment_ids, part.candidates))
        if group is None:  # of comments without a theme
            return board.changed(*parts)
        rest = tuple(one for one in group.comment_ids if one not in taken)
        if not rest:
            return board.changed(*parts, gone=[group.id])
        examples = tuple(one for one in group.examples if one not in taken)
        return board.changed(
            replace(group, comment_ids=rest, examples=examples), *parts
        )


class Nest(_Action):
    """Put a theme under another, or at the top where `parent` is empty."""

    do: Literal["nest"] = "nest"
    group: str
    parent: str

    def change(self, board: Board) -> Board:
        """Both are themes from now on; a theme is never put under itself."""
        group = board.groups[self.group]
        themes = []
        if self.parent:
            parent = board.groups[self.parent]
            if board.is_under(parent.id, group.id):
                return board
            themes.append(replace(parent, standing="theme"))
        themes.append(
            replace(
                group,
                standing="theme",
                parent_id=self.parent,
                by=self.by,
                at=self.at,
            )
        )
        return board.changed(*themes)


class Move(_Action):
    """Move comments from one group to another; no group stands for none."""

    do: Literal["move"] = "move"
    comment_ids: tuple[str, ...]
    source: str
    target: str

    def change(self, board: Board) -> Board:
        """Out of the one, into the other; an example goes with its comment."""
        moved = set(self.comment_ids)
        groups = []
        source = board.groups.get(self.source)
        if source is not None:
            groups.append(
                replace(
                    source,
                    comment_ids=_without(source.comment_ids, moved),
                    examples=_without(source.examples, moved),
                )
            )
        target = board.groups.get(self.target)
        if target is not None:
            together = _union((target.comment_ids, self.comment_ids))
            groups.append(replace(target, comment_ids=together))
        return board.changed(*groups)


def _without(ids: tuple[str, ...], moved: set[str]) -> tuple[str, ...]:
    return tuple(one for one in ids if one not in moved)


class Describe(_Action):
    """Say what a theme means."""

    do: Literal["describe"] = "describe"
    group: str
    definition: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    keywords: tuple[str, ...]

    def change(self, board: Board) -> Board:
        """The group with these words."""
        group = board.groups[self.group]
        return board.changed(
            replace(
                group,
                definition=self.definition,
                includes=self.includes,
                excludes=self.excludes,
                keywords=self.keywords,
                by=self.by,
                at=self.at,
            )
        )


class Example(_Action):
    """Mark a comment as an example of its group, or take the mark away."""

    do: Literal["example"] = "example"
    group: str
    comment_id: str
    marked: bool

    def change(self, board: Board) -> Board:
        """The group with or without the example."""
        group = board.groups[self.group]
        examples = _without(group.examples, {self.comment_id})
        if self.marked:
            examples = (*examples, self.comment_id)
        return board.changed(replace(group, examples=examples))


class Decline(_Action):
    """Go on with the candidates of before, although the comments were grouped again."""

    do: Literal["decline"] = "decline"
    fingerprint: str


class Write(_Action):
    """The codebook was written.

    Attributes:
        into: the file.
        sha256: of the file as it was left.
        ids: the theme id in the file of each group that is in it.
        whole: whether the workbench made the whole file, not only added to it.
    """

    do: Literal["write"] = "write"
    into: str
    sha256: str
    ids: dict[str, str]
    whole: bool


class Undo(_Action):
    """Take the last change back."""

    do: Literal["undo"] = "undo"


class Redo(_Action):
    """Do again what was taken back last."""

    do: Literal["redo"] = "redo"


Change = (
    Begin | Regroup | Rename | Stand | Merge | Split | Nest | Move | Describe | Example
)
Action = Change | Decline | Write | Undo | Redo
ACTIONS: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="do")])
