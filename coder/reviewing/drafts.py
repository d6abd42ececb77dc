"""What a reviewer ticks before saving: drafts, the changes to them, and the history that undo
works on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from coder.codebook import Codebook
from coder.decisions import Decision
from coder.decisions.evidence import Marks
from coder.decisions.standing import Key
from coder.reviewing.queue import Pick

UNDOS_KEPT = 1_000

Positions = tuple[str, ...]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Draft:
    """What is ticked for a comment and not saved yet. Every change gives a new draft.

    Attributes:
        themes: the themes present, each with the ids of its positions.
        unsure: themes that the reviewer cannot decide; none of them is in `themes`.
        answered: in adjudication, the themes and positions that were answered yes, no or
            unsure. What is neither there nor agreed is open.
        evidence: the words that the reviewer marked for themes that are present; offsets in
            the comment.
    """

    themes: Mapping[str, Positions] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    note: str = ""
    answered: frozenset[Key] = frozenset()
    evidence: Mapping[str, Marks] = field(default_factory=dict)

    def with_theme(self, theme_id: str, positions: Positions = ()) -> "Draft":
        """The theme is present, with these positions."""
        themes = {**self.themes, theme_id: positions}
        return replace(self, themes=themes, unsure=self.unsure - {theme_id})

    def without_theme(self, theme_id: str) -> "Draft":
        """The theme is not present."""
        return self._without_themes({theme_id}, self.unsure - {theme_id})

    def _without_themes(
        self, theme_ids: "set[str] | frozenset[str]", unsure: frozenset[str]
    ) -> "Draft":
        """These themes are not present, and have no words marked."""
        themes = _without(self.themes, theme_ids)
        evidence = _without(self.evidence, theme_ids)
        return replace(self, themes=themes, unsure=unsure, evidence=evidence)

    def with_marks(self, theme_id: str, marks: Marks) -> "Draft":
        """These words are marked for the theme, which is present with them; none: no words."""
        evidence = _without(self.evidence, {theme_id})
        if not marks:
            return replace(self, evidence=evidence)
        draft = self
        if theme_id not in self.themes:
            draft = self.with_theme(theme_id)
        return replace(draft, evidence={**evidence, theme_id: marks})

    def with_position_toggled(
        self, theme_id: str, position_id: str, allowed: Sequence[str]
    ) -> "Draft":
        """The position is ticked, or its tick is removed; the theme is present either way.

        `allowed` holds the ids of the theme's positions in the order in which they are saved.
        """
        ticked = set(self.themes.get(theme_id, ())) ^ {position_id}
        return self.with_theme(theme_id, tuple(p for p in allowed if p in ticked))

    def with_next_position(self, theme_id: str, allowed: Sequence[str]) -> "Draft":
        """The next choice of positions: each of them alone, then all, then none, then the first
        again.
        """
        choices: list[Positions] = [(position_id,) for position_id in allowed]
        if len(allowed) > 1:
            choices.append(tuple(allowed))
        choices.append(())
        current = self.themes.get(theme_id)
        if current not in choices:
            return self.with_theme(theme_id, choices[0])
        following = choices.index(current) + 1
        return self.with_theme(theme_id, choices[following % len(choices)])

    def with_unsure_toggled(self, theme_id: str) -> "Draft":
        """The theme is marked as unsure, or no longer."""
        return self._without_themes({theme_id}, self.unsure ^ {theme_id})

    def with_all_unsure_toggled(self, theme_ids: Iterable[str]) -> "Draft":
        """All these themes are marked as unsure; if they all were, none is any longer."""
        scope = frozenset(theme_ids)
        if scope <= self.unsure:
            return self._without_themes(scope, self.unsure - scope)
        return self._without_themes(scope, self.unsure | scope)

    def with_answer(
        self, theme_id: str, present: bool, positions: Positions = ()
    ) -> "Draft":
        """The theme is answered yes or no; a yes keeps the positions that it had.

        Args:
            positions: those that a theme gets which was not present.
        """
        if present:
            kept = self.themes.get(theme_id, positions)
            draft = self.with_theme(theme_id, kept)
            return replace(draft, answered=self.answered | {(theme_id, "")})
        return self.without_theme(theme_id)._with_only_answer(theme_id)

    def with_position_answer(
        self, theme_id: str, position_id: str, present: bool, allowed: Sequence[str]
    ) -> "Draft":
        """The position is answered yes or no; the theme stays as it is.

        `allowed` as in `with_position_toggled`.
        """
        answered = self.answered | {(theme_id, position_id)}
        draft = replace(self, answered=answered)
        ticked = self.themes.get(theme_id, ())
        if present == (position_id in ticked) or theme_id not in self.themes:
            return draft
        return draft.with_position_toggled(theme_id, position_id, allowed)

    def with_theme_left_open(self, theme_id: str) -> "Draft":
        """The theme is answered with unsure, so that it stays in dispute."""
        draft = self.without_theme(theme_id)._with_only_answer(theme_id)
        return replace(draft, unsure=draft.unsure | {theme_id})

    def _with_only_answer(self, theme_id: str) -> "Draft":
        """The theme is answered and none of its positions."""
        others = frozenset(key for key in self.answered if key[0] != theme_id)
        return replace(self, answered=others | {(theme_id, "")})

    def without_ticks(self) -> "Draft":
        """No theme is present and none is unsure; the note stays."""
        return replace(self, themes={}, unsure=frozenset(), evidence={})

    def with_note(self, note: str) -> "Draft":
        """The note without surrounding white space."""
        return replace(self, note=note.strip())


def _without(
    themes: Mapping[str, Value], removed: "set[str] | frozenset[str]"
) -> dict[str, Value]:
    return {theme_id: v for theme_id, v in themes.items() if theme_id not in removed}


# ---------------------------------------------------------------- changing the draft in front


class DraftHolder(Protocol):
    """A session with one comment in front."""

    @property
    def pick(self) -> Pick | None:
        """The comment in front."""

    @property
    def draft(self) -> Draft:
        """What is ticked now."""

    def change_draft(self, draft: Draft) -> None:
        """Tick as the draft says."""

    def suggested_positions(self, theme_id: str) -> Positions:
        """The positions that the model would assign to the comment in front."""


class DraftEditor:
    """The changes that a reviewer makes to the comment in front. Each of them can be undone."""

    def __init__(self, session: DraftHolder, codebook: Codebook) -> None:
        self._session = session
        self._position_ids = {
            theme.id: tuple(position.id for position in theme.positions)
            for theme in codebook.active
        }

    def toggle(self, theme_id: str) -> None:
        """Tick a theme with the positions that the model suggests, or remove its tick."""
        draft = self._session.draft
        if theme_id in draft.themes:
            self._session.change_draft(draft.without_theme(theme_id))
        else:
            positions = self._session.suggested_positions(theme_id)
            self._session.change_draft(draft.with_theme(theme_id, positions))

    def toggle_position(self, theme_id: str, position_id: str) -> None:
        """Tick a position (and its theme), or remove its tick."""
        allowed = self._position_ids[theme_id]
        draft = self._session.draft.with_position_toggled(
            theme_id, position_id, allowed
        )
        self._session.change_draft(draft)

    def next_position(self, theme_id: str) -> None:
        """Step through the theme's positions: each alone, then all, then none."""
        allowed = self._position_ids[theme_id]
        if allowed:
            self._session.change_draft(
                self._session.draft.with_next_position(theme_id, allowed)
            )

    def set_theme(
        self, theme_id: str, present: bool, positions: Positions = ()
    ) -> None:
        """Answer yes or no to a theme."""
        draft = self._session.draft.without_theme(theme_id)
        if present:
            draft = draft.with_theme(theme_id, positions)
        self._session.change_draft(draft)

    def toggle_unsure(self, theme_id: str) -> None:
        """Mark a theme as unsure, or no longer; an unsure theme counts as not judged."""
        self._session.change_draft(self._session.draft.with_unsure_toggled(theme_id))

    def toggle_unsure_all(self) -> None:
        """Mark every theme to be judged as unsure, or no longer."""
        pick = self._session.pick
        if pick is not None:
            self._session.change_draft(
                self._session.draft.with_all_unsure_toggled(pick.scope)
            )

    def untick_all(self) -> None:
        """Remove all ticks: no theme fits."""
        self._session.change_draft(self._session.draft.without_ticks())

    def mark(self, theme_id: str, marks: Marks) -> None:
        """Mark these words for a theme, which is ticked with them; none takes the marks away.

        Args:
            marks: as `marking.check_marks` gives them.
        """
        draft = self._session.draft
        if marks and theme_id not in draft.themes:
            positions = self._session.suggested_positions(theme_id)
            draft = draft.with_theme(theme_id, positions)
        self._session.change_draft(draft.with_marks(theme_id, marks))

    def set_note(self, note: str) -> None:
        """Write a note on the comment."""
        self._session.change_draft(self._session.draft.with_note(note))


# ---------------------------------------------------------------- undo and redo


@dataclass(frozen=True)
class DraftEdit:
    """A change of what is ticked."""

    pick: Pick
    before: Draft
    after: Draft
    name = "tick"

    def reversed(self) -> "DraftEdit":
        """The change back."""
        return DraftEdit(self.pick, self.after, self.before)


@dataclass(frozen=True)
class SavedBlock:
    """Decisions that were stored together.

    Attributes:
        draft: what was ticked when they were stored.
        withdraws: they take earlier decisions back.
        moves_on: the session went on to the next comment with them.
    """

    pick: Pick
    draft: Draft
    decisions: tuple[Decision, ...]
    withdraws: bool
    moves_on: bool
    name = "decision"

    def reversed_by(self, decisions: tuple[Decision, ...]) -> "SavedBlock":
        """The block that reversed this one."""
        return replace(self, decisions=decisions, withdraws=not self.withdraws)


@dataclass(frozen=True)
class ListedBlock:
    """Decisions that were stored together on comments in a list; the comment in front stays.

    Attributes:
        drafts: by comment, what to tick again when this is reversed.
        withdraws: they take earlier decisions back.
    """

    decisions: tuple[Decision, ...]
    drafts: Mapping[str, Draft]
    withdraws: bool
    name = "decision"

    @property
    def comment_ids(self) -> set[str]:
        """Ids of the comments."""
        return {decision.comment_id for decision in self.decisions}


Action = DraftEdit | SavedBlock | ListedBlock


class UndoHistory:
    """What was done, and what was undone and can be done again; the latest of each is reversed
    first.
    """

    def __init__(self, most: int = UNDOS_KEPT) -> None:
        self._most = most
        self._done: list[Action] = []
        self._undone: list[Action] = []

    def add(self, action: Action) -> None:
        """Remember something new; what was undone before cannot be redone any more."""
        self._done.append(action)
        del self._done[: -self._most]
        self._undone.clear()

    def forget(self) -> None:
        """Forget all actions: none can be reversed any more."""
        self._done.clear()
        self._undone.clear()

    def undo(self, reverse: Callable[[Action], Action]) -> str:
        """Reverse the latest action; returns its name, empty if there is none."""
        return _move_last(self._done, self._undone, reverse)

    def redo(self, reverse: Callable[[Action], Action]) -> str:
        """Reverse the latest undo; returns its name, empty if there is none."""
        return _move_last(self._undone, self._done, reverse)

    def last_on(self, comment_id: str) -> DraftEdit | SavedBlock | None:
        """The latest action on a comment in front that was not undone."""
        for action in reversed(self._done):
            if isinstance(action, ListedBlock):
                continue
            if action.pick.comment_id == comment_id:
                return action
        return None


def _move_last(
    source: list[Action], target: list[Action], reverse: Callable[[Action], Action]
) -> str:
    """Reverse the last action of one list and add what was done to the other; returns its name."""
    if not source:
        return ""
    action = source.pop()
    target.append(reverse(action))
    return action.name
