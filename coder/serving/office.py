"""Where all requests come together: one project, one codebook, one record of all decisions.

One thread does all that reads or changes the record, so that nothing needs a lock. Decisions are
written by other threads (see `saving`), and count once they are on disk. Whatever takes long has
threads of its own.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from coder.codebook import Codebook, read_codebook
from coder.decisions import Decision, decisions_folder, drop_undone
from coder.project import Project
from coder.reviewing.assigning.claim_table import ClaimTable
from coder.reviewing.comment_texts import CommentTexts
from coder.reviewing.context import MixedGold
from coder.reviewing.hands import Hand, held_before
from coder.reviewing.mode import ReviewMode
from coder.reviewing.record import Record
from coder.reviewing.remarks_desk import RemarksDesk, RemarksReader
from coder.reviewing.shared_review import SharedReview, open_shared
from coder.reviewing.suggestions import Suggestions
from coder.reviewing.training.mixed_gold import read_mixed_answers, split_gold
from coder.serving.links import LinkBook
from coder.serving.requests import StoredRequests, with_ids
from coder.serving.saving import DecisionFiles
from coder.transactions import read_one_generation

Given = ParamSpec("Given")
Result = TypeVar("Result")

LONG_THREADS = 4
SECONDS_UNTIL_ANEW = 10.0
REST_AFTER = 1800.0  # seconds without a request, until comments in hand are given back


class Office:
    """What the routes work with.

    Args:
        mode: how everybody reviews who has no assignment.

    Attributes:
        shared: the project as it was last opened; only for functions given to `run`.
        requests: those whose decisions are stored; the same.
        codebook, fingerprint: the codebook that is served.
        notes: what to tell reviewers, such as that the codebook on disk has a fault.
        file_state: of the codebook's file when it was read last.
        since_learned: decisions since the model last learned.
        key: of project and codebook, for names in browsers.
    """

    def __init__(
        self, project: Project, codebook_path: Path, mode: ReviewMode, links: LinkBook
    ) -> None:
        self.project = project
        self.codebook_path = codebook_path
        self.mode = mode
        self.links = links
        self.notes: tuple[str, ...] = ()
        self.key = _key_of(project, codebook_path)
        self._one = ThreadPoolExecutor(1, thread_name_prefix="office")
        self._long = ThreadPoolExecutor(LONG_THREADS, thread_name_prefix="long")
        # One thread, so that claims are written in the order in which they are made.
        self._soon = ThreadPoolExecutor(1, thread_name_prefix="claims")
        self._remarks: dict[str, tuple[RemarksReader, RemarksDesk]] = {}
        self._hands: dict[str, Hand] = {}
        self.since_learned = 0
        self._turns: dict[str, asyncio.Lock] = {}
        self.file_state = state_of(codebook_path)
        self.codebook: Codebook = read_codebook(codebook_path)
        self.files = DecisionFiles(codebook_path, self.codebook)
        self.take(self.open(self.codebook))

    # ------------------------------------------------------------ threads

    async def run(
        self,
        function: Callable[Given, Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Do something with the record, in the one thread that may."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._one, partial(function, *args, **kwargs))

    async def run_long(
        self,
        function: Callable[Given, Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Do something that takes long and leaves the shared record alone."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._long, partial(function, *args, **kwargs)
        )

    async def run_soon(
        self, function: Callable[[Result], object], given: Result
    ) -> None:
        """Write something down that need not outlast a power cut, in the order of the calls."""
        await asyncio.get_running_loop().run_in_executor(self._soon, function, given)

    def close(self) -> None:
        """Wait until everything is written."""
        self.files.close()
        for hand in self._hands.values():
            self._soon.submit(hand.claims.end)
        self._soon.shutdown()
        self._one.shutdown()
        self._long.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------ what is shared

    @property
    def record(self) -> Record:
        """All decisions. Only within `run`."""
        return self.shared.record

    @property
    def comments(self) -> CommentTexts:
        """The comments that are analysed."""
        return self.shared.texts

    @property
    def is_at_work(self) -> bool:
        """Whether anybody has comments in hand."""
        return bool(self._hands)

    @property
    def suggestions(self) -> Suggestions | None:
        """The last coding by the model; None where there is none."""
        return self.shared.suggestions

    # ------------------------------------------------------------ reviewers

    def hand_of(self, name: str) -> Hand:
        """A reviewer's hand, taken up at their first request. Only within `run`."""
        hand = self._hands.get(name)
        if hand is None:
            context = self.shared.context(name, self.mode)
            self.shared.at_work.add(name)
            hand = Hand(self.shared, context, self._claims.of(name))
            self._hands[name] = hand
        return hand

    def hand_anew(self, name: str) -> Hand:
        """A reviewer's hand, taken up again where that was not just done. Only within `run`."""
        hand = self.hand_of(name)
        if time.monotonic() - hand.taken_up_at < SECONDS_UNTIL_ANEW:
            return hand
        hand.claims.publish()
        del self._hands[name]
        return self.hand_of(name)

    def remarks_of(self, name: str) -> RemarksDesk:
        """What a person asked and was answered. Only within `run`."""
        if name not in self._remarks:
            folder = decisions_folder(self.codebook_path)
            read = RemarksReader(folder)
            desk = RemarksDesk(folder, self.shared.name, name, read())
            self._remarks[name] = (read, desk)
        read, desk = self._remarks[name]
        desk.hear(read())
        return desk

    def add(
        self, decisions: Sequence[Decision], mixed: MixedGold | None = None
    ) -> None:
        """Count decisions that are on disk, but for answers to `mixed` gold comments, which are
        only remembered. Only within `run`.
        """
        own, gold = split_gold(mixed, decisions)
        records = [(self.shared.record, own)]
        if mixed is not None:
            records.append((mixed.record, gold))
        for record, part in records:
            record.add(part)
            self._count(record, part)
        self.requests.add(decisions)
        self.since_learned += len(decisions)

    def _count(self, record: Record, decisions: Sequence[Decision]) -> None:
        """Note which comments are decided now."""
        for decision in decisions:
            decided = self._decided.setdefault(decision.reviewer, set())
            if record.verdicts(decision.comment_id, decision.reviewer):
                decided.add(decision.comment_id)
            else:
                decided.discard(decision.comment_id)

    async def keep(
        self, name: str, request: str, build: Callable[[], Sequence[Decision]]
    ) -> tuple[Decision, ...]:
        """Store what a request decides, once however often it is sent; it is on disk, and counts,
        when this returns.

        Args:
            build: makes the decisions, in the office's thread; not called where they are stored.

        Raises:
            RefusedError: as `build`, or they could not be written: none of them counts then.
        """
        async with self._turns.setdefault(name, asyncio.Lock()):
            decisions, mixed = await self.run(self._numbered, name, request, build)
            if decisions:
                await self.files.append(name, decisions, mixed)
                await self.run(self.add, decisions, mixed)
        return decisions

    def _numbered(
        self, name: str, request: str, build: Callable[[], Sequence[Decision]]
    ) -> tuple[tuple[Decision, ...], MixedGold | None]:
        """What a request decides, and the gold comments that are mixed in for its reviewer."""
        if self.requests.is_stored(name, request):
            return (), None
        decisions = with_ids(build(), name, request)
        hand = self._hands.get(name)
        if hand is None:
            return decisions, None
        return decisions, hand.context.mixed

    def count_decided(self, name: str) -> int:
        """How many comments a reviewer has decided. Only within `run`."""
        return len(self._decided.get(name, ()))

    # ------------------------------------------------------------ what happens elsewhere

    def hear(self) -> None:
        """Count what other programs stored. Only within `run`."""
        heard = self.shared.others()
        if heard:
            self.add(heard)

    def publish_claims(self) -> None:
        """Tell other programs soon who has what in hand; whoever is away gives it back. Only
        within `run`.
        """
        long_ago = time.monotonic() - REST_AFTER
        for name, hand in tuple(self._hands.items()):
            if hand.used_at < long_ago:
                hand.rest()
                del self._hands[name]
            hand.claims.publish()
        if self._opened_at < long_ago:
            self._claims.forget(self._hands)
        self._soon.submit(self._claims.look)

    def go_on_with(self, suggestions: Suggestions) -> None:
        """Use a newer model's suggestions. Only within `run`."""
        if suggestions.theme_ids != self.codebook.theme_ids:
            return
        self.shared.suggestions = suggestions
        for hand in self._hands.values():
            hand.learn(suggestions)

    def open(self, codebook: Codebook) -> SharedReview:
        """Open the project with a codebook; may run in any thread."""
        project, path = self.project, self.codebook_path
        open_now = partial(open_shared, project, codebook, path, self.mode)
        return read_one_generation(project.folder, open_now)

    def take(self, shared: SharedReview) -> None:
        """Go on with the project as it was opened. Only within `run`."""
        self.shared = shared
        self.codebook = shared.codebook
        self.fingerprint = shared.codebook.fingerprint
        self.requests = StoredRequests(shared.stored)
        self._decided = _decided_by(shared)
        answers = read_mixed_answers(self.codebook_path, shared.name)
        self.requests.add(answers)
        for answer in drop_undone(answers):
            own = self._decided.setdefault(answer.reviewer, set())
            own.add(answer.comment_id)
        shared.stored = ()
        self.files.use(shared.codebook)
        for hand in self._hands.values():
            self._soon.submit(hand.claims.end)
        self._hands = {}
        folder = decisions_folder(self.codebook_path)
        self._claims = ClaimTable(folder, shared.name, self._soon.submit)
        self._claims.holders.update(held_before(shared))
        self._opened_at = time.monotonic()
        self.hear()


def _decided_by(shared: SharedReview) -> dict[str, set[str]]:
    """The comments that each reviewer has decided."""
    decided: dict[str, set[str]] = {}
    for decision in drop_undone(shared.stored):
        is_there = decision.comment_id in shared.texts
        if decision.project == shared.name and is_there and not decision.adjudicates:
            decided.setdefault(decision.reviewer, set()).add(decision.comment_id)
    return decided


def _key_of(project: Project, codebook_path: Path) -> str:
    text = f"{project.folder.resolve()}\0{codebook_path.resolve()}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def state_of(path: Path) -> tuple[int, ...]:
    """What changes when a file is written; nothing while it is not there."""
    with suppress(OSError):
        stat = path.stat()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
    return ()
