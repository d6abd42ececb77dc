"""Gold comments among the others: a few comments that are settled come up again, and the reviewer
does not know which.

The answers are kept apart (see `decisions.training`) and are no second codings. Other people's
decisions stand on these comments already, so nothing is lost. And were they decisions, those made
with suggestions would spoil the blind reviews of the same comments, which tell how often the
model errs.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from coder.decisions import (
    Decision,
    decisions_folder,
    place_in_order,
    read_documents,
)
from coder.decisions.training import (
    GoldSet,
    TrainingAnswer,
    set_to_mix,
    standing_answers,
)
from coder.reviewing.context import MixedGold, ReviewContext
from coder.reviewing.queue import Pick, Queue
from coder.reviewing.record import Record
from coder.reviewing.screen.writer import DecisionStore
from coder.reviewing.suggestions import Suggestions
from coder.reviewing.training.training_log import TrainingLog
from coder.text import text_hash

DIGITS = 8  # of a hash, which make a number


def with_gold(
    context: ReviewContext,
    codebook_path: Path,
    texts: Mapping[str, str],
) -> ReviewContext:
    """The same with the gold comments that are mixed in for this reviewer, where there are any.

    Those are comments of the set in force that are in the project with the same text, that
    somebody else has decided whole, and that the reviewer has not.

    Args:
        texts: the analysed comments by id.

    Raises:
        CoderError: a file of training is damaged.
    """
    mode = context.mode
    if mode.kind not in ("mixed", "sample") or mode.start:
        return context
    folder = decisions_folder(codebook_path)
    gold = set_to_mix(read_documents(folder, GoldSet), context.project)
    if gold is None or not gold.every:
        return context
    own = Record(
        _earlier_answers(folder, context),
        context.codebook,
        context.project,
        texts,
    )
    comment_ids = _known_to_others(gold, context, texts)
    mixed = MixedGold(gold.id, gold.every, comment_ids, own)
    return replace(context, mixed=mixed)


def _known_to_others(
    gold: GoldSet,
    context: ReviewContext,
    texts: Mapping[str, str],
) -> frozenset[str]:
    """The comments of a set that can be mixed in for a reviewer."""
    record, reviewer = context.record, context.reviewer
    comment_ids = set()
    for comment in gold.comments:
        comment_id = comment.comment_id
        if text_hash(texts.get(comment_id, "")) != comment.text_hash:
            continue
        if record.standing_of(comment_id, reviewer):
            continue
        if record.complete_by_others(comment_id, reviewer, context.scope):
            comment_ids.add(comment_id)
    return frozenset(comment_ids)


def _earlier_answers(folder: Path, context: ReviewContext) -> list[Decision]:
    """What the reviewer answered before to comments that were mixed in."""
    given = []
    stored = read_documents(folder, TrainingAnswer)
    for answer in standing_answers(stored, context.project):
        if answer.mixed and answer.decision.reviewer == context.reviewer:
            given.append(answer.decision)
    return given


class GoldQueue:
    """A queue in which one of so many comments is a gold comment, at a place that nobody can
    foresee; each comes up once.
    """

    def __init__(self, context: ReviewContext, mixed: MixedGold, queue: Queue) -> None:
        self._context = context
        self._mixed = mixed
        self._queue = queue
        self._given = sum(1 for _ in context.own_decisions())
        self._held: Pick | None = None
        reviewer = context.reviewer
        self._ids = sorted(
            mixed.comment_ids,
            key=lambda each: place_in_order(0, f"{reviewer}\0{each}"),
        )

    def next(self, seen: Container[str]) -> Pick | None:
        """The next comment; a gold one has the reason of the comment after it."""
        pick, self._held = self._held, None
        if pick is None or pick.comment_id in seen:
            pick = self._queue.next(seen)
        if pick is None:
            return None
        self._given += 1
        gold = self._next_gold(seen)
        if gold is None:
            return pick
        self._held = pick
        return Pick(gold, pick.chosen, pick.reason, pick.scope)

    def left(self) -> int | None:
        """How many comments are left, without the gold ones."""
        return self._queue.left()

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model."""
        self._queue.learn(suggestions)

    def _next_gold(self, seen: Container[str]) -> str | None:
        """The gold comment that stands here; None where none does."""
        every = self._mixed.every
        block, place = divmod(self._given, every)
        drawn = place_in_order(block, f"gold\0{self._context.reviewer}")
        if int(drawn[:DIGITS], 16) % every != place:
            return None
        scope = self._context.scope
        for comment_id in self._ids:
            is_done = self._context.is_complete(comment_id, scope)
            if comment_id not in seen and not is_done:
                return comment_id
        return None


class SplitStore:
    """Keeps a reviewer's answers to gold comments apart from their decisions; a `DecisionStore`.

    Args:
        log: of the decisions.
        folder: of all decisions.
    """

    def __init__(self, log: DecisionStore, folder: Path, mixed: MixedGold) -> None:
        self._log = log
        self._training = TrainingLog(folder, mixed.gold, mixed=True)
        self._mixed = mixed

    @property
    def path(self) -> Path:
        """The reviewer's file."""
        return self._log.path

    def append(self, decisions: Sequence[Decision]) -> None:
        """Store decisions, on disk when this returns.

        Raises:
            CoderError: they cannot be written.
        """
        own, gold = self._mixed.split(decisions)
        self._training.append(gold)
        if own:
            self._log.append(own)


def split_store(
    log: DecisionStore,
    codebook_path: Path,
    mixed: MixedGold | None,
) -> DecisionStore:
    """Where a session's decisions go."""
    if mixed is None:
        return log
    return SplitStore(log, decisions_folder(codebook_path), mixed)


def split_gold(
    mixed: MixedGold | None,
    decisions: Sequence[Decision],
) -> tuple[Sequence[Decision], Sequence[Decision]]:
    """The decisions that count, and the answers to gold comments."""
    if mixed is None:
        return decisions, ()
    return mixed.split(decisions)


def read_mixed_answers(codebook_path: Path, project: str) -> list[Decision]:
    """Everybody's answers to gold comments that were mixed in, also those taken back, and what
    took them back; in their order.

    Raises:
        CoderError: a file of training is damaged.
    """
    stored = read_documents(decisions_folder(codebook_path), TrainingAnswer)
    own = [each for each in stored if each.project == project and each.mixed]
    return [answer.decision for answer in own]


def gold_queue(context: ReviewContext, queue: Queue) -> Queue:
    """The queue with gold comments, where any are mixed in."""
    if context.mixed is None:
        return queue
    return GoldQueue(context, context.mixed, queue)
