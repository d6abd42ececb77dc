"""What several reviewers of one program have in hand, known at once to each other, and soon to
other programs.
"""

from collections.abc import Callable, Collection, Container
from pathlib import Path

from coder.reviewing.claims import ClaimBook, SessionClaims

PutOff = Callable[[Callable[[], object]], object]


class ClaimTable:
    """Who has which comment in hand.

    Args:
        decisions_folder: where other programs read it (see `claims`).
        project: the project's name.
        put_off: runs what it is given soon, in one other thread, in the order of the calls.
    """

    def __init__(self, decisions_folder: Path, project: str, put_off: PutOff) -> None:
        self._folder = decisions_folder
        self._project = project
        self._put_off = put_off
        self.holders: dict[str, str] = {}  # reviewers, by comment

    def of(self, reviewer: str) -> "TableClaims":
        """The claims of one reviewer."""
        book = ClaimBook(self._folder, reviewer, self._project)
        return TableClaims(book, self._put_off, self, reviewer)


class TableClaims(SessionClaims):
    """The claims of one reviewer beside others of the same program."""

    def __init__(
        self, book: ClaimBook, put_off: PutOff, table: ClaimTable, reviewer: str
    ) -> None:
        self._table = table
        self._reviewer = reviewer
        super().__init__(book, put_off)

    @property
    def held(self) -> Container[str]:
        """The comments in others' hands."""
        return _InOtherHands(self._table.holders, self._reviewer, self._elsewhere)

    @held.setter
    def held(self, elsewhere: Container[str]) -> None:
        self._elsewhere = elsewhere

    def change(self, taken: Collection[str], released: Collection[str]) -> None:
        """Claim some comments and give others back; reviewers of this program know at once."""
        if not taken and not released:
            return
        for comment_id in released:
            if self._table.holders.get(comment_id) == self._reviewer:
                del self._table.holders[comment_id]
        for comment_id in taken:
            self._table.holders.setdefault(comment_id, self._reviewer)
        super().change(taken, released)

    def look(self) -> None:
        """Read soon what others hold, and keep what is in hand."""
        self._put_off(self.refresh)


class _InOtherHands:
    """The comments that one reviewer is not to be given."""

    def __init__(
        self, holders: dict[str, str], reviewer: str, elsewhere: Container[str]
    ) -> None:
        self._holders = holders
        self._reviewer = reviewer
        self._elsewhere = elsewhere

    def __contains__(self, comment_id: object) -> bool:
        if not isinstance(comment_id, str):
            return False
        holder = self._holders.get(comment_id, self._reviewer)
        return holder != self._reviewer or comment_id in self._elsewhere
