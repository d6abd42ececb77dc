"""The actions in their order, and the board that they lead to."""

from coder.workbench.actions import (
    Action,
    Begin,
    Change,
    Decline,
    Merge,
    Redo,
    Regroup,
    Split,
    Undo,
    Write,
)
from coder.workbench.board import Board


class History:
    """Replays actions one by one. What was written to a file stays written, whatever is undone.

    Attributes:
        writes: each time that a codebook was written, the latest last.
    """

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self._boards = [Board()]
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._declined: set[str] = set()

    @property
    def board(self) -> Board:
        """The board as it is now."""
        return self._boards[-1]

    @property
    def has_begun(self) -> bool:
        """Whether there are candidates to work on."""
        return bool(self._done)

    @property
    def last(self) -> Change | None:
        """The change that undo would take back; the beginning stays."""
        if len(self._done) > 1:
            return self._done[-1]
        return None

    @property
    def last_undone(self) -> Change | None:
        """The change that redo would make again."""
        if self._undone:
            return self._undone[-1]
        return None

    @property
    def merged(self) -> dict[str, str]:
        """Of each group that was merged away, the group that holds its comments now."""
        into: dict[str, str] = {}
        for change in self._done:
            if isinstance(change, Merge):
                for group_id in change.others:
                    into[group_id] = change.into
        holders = {}
        for group_id, holder in into.items():
            while holder not in self.board.groups and holder in into:
                holder = into[holder]
            holders[group_id] = holder
        return holders

    @property
    def split_from(self) -> dict[str, str]:
        """Of each group that was split off, the group that it was part of."""
        origins = {}
        for change in self._done:
            if isinstance(change, Split):
                for part in change.parts:
                    origins[part.id] = change.group
        return origins

    def knows(self, fingerprint: str) -> bool:
        """Whether candidates are those in use, or were declined."""
        latest = ""
        for change in self._done:
            if isinstance(change, Begin | Regroup):
                latest = change.fingerprint
        return fingerprint == latest or fingerprint in self._declined

    def check(self, action: Action) -> None:
        """Try an action without letting it count.

        Raises:
            KeyError: it is about a group that is not there.
        """
        if isinstance(action, Change):
            action.change(self.board)

    def take(self, action: Action) -> None:
        """Let an action count.

        Raises:
            KeyError: it is about a group that is not there; nothing is changed then.
        """
        if isinstance(action, Undo):
            if self.last is not None:
                self._undone.append(self._done.pop())
                self._boards.pop()
        elif isinstance(action, Redo):
            if self._undone:
                change = self._undone[-1]
                self._boards.append(change.change(self.board))
                self._done.append(self._undone.pop())
        elif isinstance(action, Decline):
            self._declined.add(action.fingerprint)
        elif isinstance(action, Write):
            self.writes.append(action)
        else:
            self._boards.append(action.change(self.board))
            self._done.append(action)
            self._undone.clear()
