"""Requests that were stored, so that one that is sent again is stored once.

A browser sends a decision again when no answer came: the connection broke, or the server was
ended. The ids of the decisions are made of the request's, so that the decision files themselves
tell whether a request was stored, whoever asks and however long ago.
"""

import hashlib
from collections.abc import Iterable, Sequence

from coder.decisions import Decision

# An id: hash of reviewer and request, place in the block, size of the block.
MARK_DIGITS = 22
PLACE_DIGITS = 5
ID_DIGITS = MARK_DIGITS + 2 * PLACE_DIGITS
MOST_DECISIONS = 16**PLACE_DIGITS - 1


def mark_of(reviewer: str, request: str) -> str:
    """What the ids of a request's decisions begin with; no reviewer can name another's."""
    text = f"{reviewer}\0{request}"
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_DIGITS]


def with_ids(
    decisions: Sequence[Decision], reviewer: str, request: str
) -> tuple[Decision, ...]:
    """The decisions of one request, with ids made of it."""
    mark = mark_of(reviewer, request)
    size = len(decisions)
    numbered = []
    for place, decision in enumerate(decisions):
        new_id = f"{mark}{place:0{PLACE_DIGITS}x}{size:0{PLACE_DIGITS}x}"
        numbered.append(decision.model_copy(update={"id": new_id}))
    return tuple(numbered)


class StoredRequests:
    """The requests whose decisions are on disk."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._blocks: dict[str, list[Decision]] = {}  # by mark
        self._undone_by: dict[str, list[str]] = {}  # ids of withdrawals, by decision
        self._known: dict[str, int] = {}  # their order
        self.add(decisions)

    def add(self, decisions: Iterable[Decision]) -> None:
        """Add stored decisions; one that is known already is left out."""
        for decision in decisions:
            is_of_page = decision.front_end == "page" and len(decision.id) == ID_DIGITS
            if decision.undoes is None and not is_of_page:
                continue
            if decision.id in self._known:
                continue
            self._known[decision.id] = len(self._known)
            if decision.undoes is not None:
                self._undone_by.setdefault(decision.undoes, []).append(decision.id)
            if is_of_page:
                mark = decision.id[:MARK_DIGITS]
                self._blocks.setdefault(mark, []).append(decision)

    def is_stored(self, reviewer: str, request: str) -> bool:
        """Whether all decisions of a request are stored: they are written in their order, so the
        last one tells.
        """
        for decision in self._blocks.get(mark_of(reviewer, request), ()):
            place, size = _place_and_size(decision.id)
            is_last = place == size - 1
            if is_last:
                return True
        return False

    def standing(self, reviewer: str, request: str) -> list[Decision]:
        """The decisions of a request that were not taken back."""
        block = self._blocks.get(mark_of(reviewer, request), ())
        return [decision for decision in block if self._stands(decision.id)]

    def knows(self, reviewer: str, request: str) -> bool:
        """Whether anything of a request is stored."""
        return mark_of(reviewer, request) in self._blocks

    def _stands(self, decision_id: str) -> bool:
        """Whether a decision stands after all withdrawals, and withdrawals of those."""
        reached = [decision_id]
        withdrawals = []
        while reached:
            looked_at = reached.pop()
            for withdrawal in self._undone_by.get(looked_at, ()):
                withdrawals.append((self._known[withdrawal], looked_at, withdrawal))
                reached.append(withdrawal)
        undone: set[str] = set()
        for _, target, withdrawal in sorted(withdrawals, reverse=True):
            if withdrawal not in undone:
                undone.add(target)
        return decision_id not in undone


def _place_and_size(decision_id: str) -> tuple[int, int]:
    digits = decision_id[MARK_DIGITS:]
    try:
        place = int(digits[:PLACE_DIGITS], 16)
        size = int(digits[PLACE_DIGITS:], 16)
    except ValueError:  # an id of another program
        return 0, 0
    return place, size
