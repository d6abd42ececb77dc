"""The comments that one reviewer holds at a time, where several are given out ahead.

A page gets some comments at once, so that nobody waits between two of them and a minute without a
connection does not matter. While a comment is in somebody's hand nobody else is given it, but
where several are meant to decide the same comments. What is in hand is kept in the project's
folder: a server that starts again gives the same comments, chosen as they were.
"""

import json
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ValidationError

from coder.decisions import Decision
from coder.errors import CoderError
from coder.private import make_file, make_folder
from coder.reviewing.assigning.claim_table import TableClaims
from coder.reviewing.comment_view import CommentView
from coder.reviewing.context import ReviewContext
from coder.reviewing.copies import NO_COPIES, Copies
from coder.reviewing.decision_building import DecisionBuilder
from coder.reviewing.progress.pace import PaceMeter
from coder.reviewing.queue import Pick, Queue
from coder.reviewing.shared_review import SharedReview
from coder.reviewing.suggestions import Suggestions
from coder.stored import read_json

HANDS_FOLDER = "hands"
MOST_BYTES = 4 << 20


class _Stored(BaseModel):
    """What was in hand, and how many themes the codebook had then."""

    themes: int
    picks: tuple[Pick, ...]


class Hand:
    """What one reviewer has in hand.

    Args:
        claims: what others have in hand.

    Attributes:
        picks: the comments given out and not decided, by id.
        skipped: those to come again at the end.
        builder: makes the reviewer's decisions.
        pace: how fast the reviewer decides.
        taken_up_at: when the hand was made, by `time.monotonic`.
        used_at: when the reviewer last asked for something, by `time.monotonic`.
    """

    def __init__(
        self, shared: SharedReview, context: ReviewContext, claims: TableClaims
    ) -> None:
        self.shared = shared
        self.context = context
        self.claims = claims
        self._queue: Queue = shared.queue(context, claims)
        self._path = _path_of(shared, context.reviewer)
        self._given: set[str] = set()  # never given again by the queue
        self._shown: dict[str, Suggestions | None] = {}  # with each comment in hand
        self.picks: dict[str, Pick] = {}
        self.skipped: dict[str, Pick] = {}
        self._known: dict[str, Pick] = {}  # decided, or taken by somebody else
        self.builder = DecisionBuilder(context, shared.texts)
        self.pace = PaceMeter(context.own_decisions())
        self.taken_up_at = self.used_at = time.monotonic()
        self._restore()

    def take(self, most: int, held: Collection[str]) -> list[Pick]:
        """Up to so many comments that are not `held` already: those in hand first, then new
        ones, then those that were skipped.
        """
        self.used_at = time.monotonic()
        self._drop_decided()
        picks = [pick for pick in self.picks.values() if pick.comment_id not in held]
        del picks[most:]
        while len(picks) < most:
            pick = self._next(held)
            if pick is None:
                break
            self.picks[pick.comment_id] = pick
            picks.append(pick)
        return picks

    def skip(self, comment_id: str) -> None:
        """Leave a comment undecided for now; it comes again after all others."""
        pick = self.picks.pop(comment_id, None)
        if pick is not None:
            self.skipped[comment_id] = pick

    def rest(self) -> None:
        """Give back what is in hand, for others to take. What was chosen how stays on disk."""
        self.claims.change((), [*self.picks, *self.skipped])

    def pick_of(self, comment_id: str) -> Pick:
        """How a comment in hand was chosen; one that is not in hand was looked up."""
        for known in (self.picks, self.skipped, self._known):
            if comment_id in known:
                return known[comment_id]
        return Pick(comment_id, "targeted", "looked up", self.context.scope)

    def lay_down(self, decision: Decision) -> None:
        """Forget a comment that is decided; one of which it is taken back is in hand again,
        chosen as it was.
        """
        comment_id = decision.comment_id
        pick = self.pick_of(comment_id)
        if decision.undoes is not None and not self._is_decided(pick):
            self._take_up(pick, decision)
            return
        if self.picks.pop(comment_id, None) or self.skipped.pop(comment_id, None):
            self._known[comment_id] = pick
        self._shown.pop(comment_id, None)

    def _take_up(self, pick: Pick, withdrawal: Decision) -> None:
        is_known = pick.comment_id in self._known
        if is_known or withdrawal.chosen == "random":
            pick = pick._replace(chosen=withdrawal.chosen)
            self.picks[pick.comment_id] = pick
            self.claims.change((pick.comment_id,), ())

    def has_decided(self, comment_id: str) -> bool:
        """Whether the reviewer has judged all that is asked for in a comment."""
        return self._is_decided(self.pick_of(comment_id))

    def left(self) -> int | None:
        """How many comments are left; None where there is no end."""
        return self._queue.left()

    def view(self, pick: Pick) -> CommentView:
        """A comment as its reviewer sees it: with the suggestions that it was first shown with."""
        suggestions = self.shared.suggestions
        if self.context.blind:
            suggestions = None
        if pick.comment_id in self.picks:
            suggestions = self._shown.setdefault(pick.comment_id, suggestions)
        text = self.shared.texts.text_of(pick.comment_id)
        return CommentView(self.context, pick, text, suggestions)

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model; what is in hand stays as it is shown."""
        if not self.context.blind:
            self._queue.learn(suggestions)

    def copies_of(self, pick: Pick) -> Copies:
        """The copies of a comment that this reviewer has not decided."""
        if self.context.kind in ("double", "adjudicate"):
            return NO_COPIES
        copies = self.shared.copies.get(pick.comment_id, NO_COPIES)
        is_complete = self.context.is_complete
        return copies.without(lambda copy_id: is_complete(copy_id, pick.scope))

    def _next(self, held: Collection[str]) -> Pick | None:
        seen = {*self._given, *self.picks, *self.skipped, *held}
        pick = self._queue.next(seen)
        if pick is not None:
            self._given.add(pick.comment_id)
            return pick
        for comment_id in tuple(self.skipped):
            pick = self.skipped.pop(comment_id)
            if not self._is_decided(pick):
                return pick
        return None

    def _drop_decided(self) -> None:
        """Forget comments that were decided elsewhere: on the terminal, or in another tab."""
        for pick in tuple(self.picks.values()):
            if self._is_decided(pick):
                del self.picks[pick.comment_id]

    def _is_decided(self, pick: Pick) -> bool:
        return self.context.is_complete(pick.comment_id, pick.scope)

    # ------------------------------------------------------------ kept over a restart

    def written(self) -> str:
        """What is in hand, as `store` writes it."""
        whole = len(self.context.codebook.theme_ids)
        picks = [*self.picks.values(), *self.skipped.values()]
        listed = [pick._asdict() for pick in picks]
        content = {
            "themes": whole,
            "picks": listed,
        }
        return json.dumps(content)

    def store(self, written: str) -> None:
        """Write down what is in hand; may run in another thread. It need not outlast a power cut:
        a comment that is lost here is given out again.
        """
        with suppress(OSError):
            make_folder(self._path.parent)
            temporary = self._path.with_suffix(".tmp")
            make_file(temporary)
            temporary.write_text(written, encoding="utf-8")
            temporary.replace(self._path)

    def _restore(self) -> None:
        for pick in self._stored():
            is_there = pick.comment_id in self.shared.texts
            if is_there and not self._is_decided(pick):
                is_free = pick.comment_id not in self.claims.held
                place = self.picks if is_free else self._known
                place[pick.comment_id] = pick
        self.claims.change(tuple(self.picks), ())

    def _stored(self) -> list[Pick]:
        """What was written down, with the themes that the codebook has now."""
        stored = _read(self._path)
        picks = []
        for pick in stored.picks:
            scope = tuple(t for t in pick.scope if t in self.context.codebook.theme_ids)
            if len(pick.scope) == stored.themes:  # all that there were
                scope = self.context.scope
            if scope:
                picks.append(pick._replace(scope=scope))
        return picks


def held_before(shared: SharedReview) -> dict[str, str]:
    """Who had which comment in hand when a server ended; reviewers by comment."""
    holders: dict[str, str] = {}
    start = f"{shared.codebook_path.stem}-"
    for path in sorted((shared.project.folder / HANDS_FOLDER).glob("*.json")):
        if path.name.startswith(start):
            reviewer = path.stem.removeprefix(start)
            for pick in _read(path).picks:
                holders.setdefault(pick.comment_id, reviewer)
    return holders


def _read(path: Path) -> _Stored:
    """What a file says; nothing where it cannot be read."""
    if path.is_file():
        with suppress(CoderError, ValidationError):
            return _Stored.model_validate(read_json(path, "", MOST_BYTES))
    return _Stored(themes=0, picks=())


def _path_of(shared: SharedReview, reviewer: str) -> Path:
    """Where a reviewer's hand is kept; of each codebook apart."""
    name = f"{shared.codebook_path.stem}-{reviewer}.json"
    return shared.project.folder / HANDS_FOLDER / name
