"""What several reviewers of one program have in hand, known at once to each other, and soon to
other programs.
"""

from collections.abc import Callable, Collection, Container
from pathlib import Path

from coder.reviewing.assigning.claims import ClaimBook, SessionClaims

PutOff = Callable[[Callable[[], object]], object]


class ClaimTable:
    """Who has which comment in hand.

    Args:
        decisions_folder: where other programs read it (see `claims`).
        project: the project's name.
        put_off: runs what it is given soon, in one other thread, in the order of the calls.

    Attributes:
        holders: reviewers of this program, by comment.
        elsewhere: comments that are in hand in other programs, as known last.
    """

    def __init__(self, decisions_folder: Path, project: str, put_off: PutOff) -> None:
        self._folder = decisions_folder
        self._project = project
        self.put_off = put_off
        self._reader = ClaimBook(decisions_folder, "", project)
        self.holders: dict[str, str] = {}
        self.elsewhere: frozenset[str] = frozenset()
        self.look()

    def of(self, reviewer: str) -> "TableClaims":
        """The claims of one reviewer."""
        book = ClaimBook(self._folder, reviewer, self._project)
        return TableClaims(book, self, reviewer)

    def forget(self, present: Container[str]) -> None:
        """Give back what those had in hand who did not come again."""
        for comment_id, reviewer in tuple(self.holders.items()):
            if reviewer not in present:
                del self.holders[comment_id]

    def look(self) -> None:
        """Read what everybody has in hand."""
        self.elsewhere = self._reader.held_by_others().difference(self.holders)


class TableClaims(SessionClaims):
    """The claims of one reviewer beside others of the same program.

    They are written for other programs by `publish`, all changes together: with many reviewers
    every single one would cost more than the decision that it goes with.
    """

    def __init__(self, book: ClaimBook, table: ClaimTable, reviewer: str) -> None:
        self._table = table
        self._reviewer = reviewer
        self._taken: set[str] = set()
        self._released: set[str] = set()
        super().__init__(book, table.put_off)

    @property
    def held(self) -> Container[str]:
        """The comments in others' hands."""
        return _InOtherHands(self._table, self._reviewer)

    @held.setter
    def held(self, _: Container[str]) -> None:
        """The table knows."""

    def change(self, taken: Collection[str], released: Collection[str]) -> None:
        """Claim some comments and give others back; reviewers of this program know at once."""
        holders = self._table.holders
        for comment_id in released:
            if holders.get(comment_id) == self._reviewer:
                del holders[comment_id]
        for comment_id in taken:
            holders.setdefault(comment_id, self._reviewer)
        self._taken.difference_update(released)
        self._taken.update(taken)
        self._released.update(released)

    def publish(self) -> None:
        """Let other programs know soon, and keep what is in hand."""
        taken, released = self._taken, self._released
        self._taken, self._released = set(), set()
        if taken or released:
            super().change(taken, released)
        self._put_off(self._book.renew)


class _InOtherHands:
    """The comments that one reviewer is not to be given."""

    def __init__(self, table: ClaimTable, reviewer: str) -> None:
        self._table = table
        self._reviewer = reviewer

    def __contains__(self, comment_id: object) -> bool:
        if not isinstance(comment_id, str):
            return False
        holder = self._table.holders.get(comment_id)
        if holder is None:
            return comment_id in self._table.elsewhere
        return holder != self._reviewer
