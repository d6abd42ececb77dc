"""What reviewers decide on a page: checked, built, written to disk, and only then counted."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coder.codebook import Codebook
from coder.decisions import Decision, DecisionLog
from coder.decisions.evidence import Marks
from coder.errors import CoderError
from coder.reviewing.context import MixedGold
from coder.reviewing.decision_building import withdrawal_of
from coder.reviewing.drafts import Draft
from coder.reviewing.hands import Hand
from coder.reviewing.listed_decisions import ListedAnswer, build_listed
from coder.reviewing.marking import check_marks
from coder.reviewing.queue import Pick
from coder.reviewing.training.mixed_gold import split_store
from coder.serving.answers import RefusedError
from coder.serving.bodies import DecisionBody, ListedBody
from coder.serving.offsets import from_units
from coder.serving.requests import MOST_DECISIONS
from coder.text import text_hash

THREADS = 4  # that write to the disk
OLDEST = timedelta(days=60)  # how long ago a browser may have decided
RELOAD = "Reload the page."


class DecisionFiles:
    """The reviewers' files, written by a few threads.

    Args:
        codebook: the one that decisions are made with.
    """

    def __init__(self, codebook_path: Path, codebook: Codebook) -> None:
        self._path = codebook_path
        self._codebook = codebook
        self._logs: dict[str, DecisionLog] = {}
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="decisions")

    def begin(self, reviewer: str) -> None:
        """Make a reviewer's file ready.

        Raises:
            CoderError: the name is nearly that of another reviewer, or the folder cannot be
                written.
        """
        if reviewer not in self._logs:
            log = DecisionLog(self._path, reviewer, self._codebook)
            log.begin()
            self._logs[reviewer] = log

    def use(self, codebook: Codebook) -> None:
        """Go on with a changed codebook."""
        self._codebook = codebook
        self._logs.clear()

    async def append(
        self,
        reviewer: str,
        decisions: Sequence[Decision],
        mixed: MixedGold | None = None,
    ) -> None:
        """Write decisions; they are on disk when this returns. One call at a time a reviewer.

        Args:
            mixed: gold comments, the answers to which are kept apart.

        Raises:
            RefusedError: they could not be written, and none of them counts.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(
                self._pool, self._append, reviewer, decisions, mixed
            )
        except CoderError as error:
            raise unsaved("the decision") from error

    def _append(
        self, reviewer: str, decisions: Sequence[Decision], mixed: MixedGold | None
    ) -> None:
        self.begin(reviewer)
        store = split_store(self._logs[reviewer], self._path, mixed)
        store.append(decisions)

    def close(self) -> None:
        """Wait until all is written."""
        self._pool.shutdown()


def unsaved(what: str) -> RefusedError:
    """What a page is told that is to send something again."""
    return RefusedError(
        503,
        f"{what} could not be saved",
        "It is tried again. Tell the lead if it goes on: the disk may be full.",
        headers={"Retry-After": "5"},
    )


def build_decisions(
    hand: Hand, pick: Pick, body: DecisionBody, now: datetime
) -> list[Decision]:
    """The decisions that a request makes, those on copies first; none where nothing is new.

    Raises:
        RefusedError: the request names a theme, a position or a range that there is not.
    """
    view = hand.view(pick)
    draft = draft_of(body, hand.context.codebook)
    draft = replace(draft, evidence=evidence_of(body, view.text))
    copies = hand.copies_of(pick).chosen(body.copies)
    moment = moment_of(body.decided_at, now)
    built = hand.builder.build(view, draft, copies, moment)
    if len(built) > MOST_DECISIONS:
        raise _wrong("copies")
    own = [each for each in built if each.comment_id == pick.comment_id]
    others = [each for each in built if each.comment_id != pick.comment_id]
    return others + own  # the last one written tells that all are


def build_on_list(hand: Hand, body: ListedBody, now: datetime) -> list[Decision]:
    """The decisions on one theme of several comments; none where nothing is new.

    Raises:
        RefusedError: the codebook does not have the theme.
    """
    if body.theme_id not in hand.context.codebook.theme_ids:
        raise _wrong("theme_id")
    answer = ListedAnswer(tuple(body.comment_ids), body.theme_id, body.present)
    moment = moment_of(body.decided_at, now)
    return build_listed(hand.context, hand.builder, answer, moment)


def build_withdrawals(decisions: Sequence[Decision]) -> list[Decision]:
    """What takes decisions back, the last one first."""
    return [withdrawal_of(decision, "page") for decision in reversed(decisions)]


def draft_of(body: DecisionBody, codebook: Codebook) -> Draft:
    """What a request ticks.

    Raises:
        RefusedError: it names a theme or a position that the codebook does not have.
    """
    themes = {}
    for theme_id, positions in body.themes.items():
        if theme_id not in codebook.theme_ids:
            raise _wrong("themes")
        allowed = [position.id for position in codebook.theme(theme_id).positions]
        if not set(positions) <= set(allowed):
            raise _wrong("themes")
        themes[theme_id] = tuple(each for each in allowed if each in positions)
    unsure = frozenset(body.unsure)
    if not unsure <= set(codebook.theme_ids) or unsure & themes.keys():
        raise _wrong("unsure")
    return Draft(themes, unsure).with_note(body.note)


def evidence_of(body: DecisionBody, text: str) -> dict[str, Marks]:
    """The words that a request marks.

    Raises:
        RefusedError: the text has no such range, or the theme is not ticked.
    """
    evidence = {}
    for theme_id, ranges in body.evidence.items():
        spans = [from_units(text, start, end) for start, end in ranges]
        known = [span for span in spans if span is not None]
        if theme_id not in body.themes or len(known) < len(spans):
            raise _wrong("evidence")
        if known:
            evidence[theme_id] = check_marks(text, known)
    return evidence


def moment_of(decided_at: str, now: datetime) -> datetime:
    """When a decision was made by the browser's clock; now, where that is not to be believed."""
    try:
        moment = datetime.fromisoformat(decided_at).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return now
    if not now - OLDEST <= moment <= now:
        return now
    return moment


def is_current(hand: Hand, body: DecisionBody, fingerprint: str) -> bool:
    """Whether a request is about the comment and the codebook as they are now."""
    if body.codebook_fingerprint != fingerprint:
        return False
    texts = hand.shared.texts
    return text_hash(texts.text_of(body.comment_id)) == body.text_hash


def _wrong(field: str) -> RefusedError:
    return RefusedError(422, f"the field {field} is not as expected", RELOAD)
