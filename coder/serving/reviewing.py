"""What a reviewer's page asks for: comments, decisions, undo, search."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from coder.decisions import Decision, Verdict
from coder.reviewing.hands import Hand
from coder.reviewing.my_decisions import DecisionFilter, list_my_decisions
from coder.reviewing.search import Matches, search_comments
from coder.serving.answers import RefusedError
from coder.serving.bodies import (
    DecisionBody,
    HandBody,
    ListedBody,
    MineBody,
    UndoBody,
    WithdrawBody,
)
from coder.serving.cards import card_of
from coder.serving.office import Office
from coder.serving.offsets import to_units
from coder.serving.saving import (
    build_decisions,
    build_on_list,
    build_withdrawals,
    is_current,
)
from coder.text import visible

EXCERPT = 160  # characters
MOST_MATCHES = 200
MOST_LISTED = 500  # decisions


Build = Callable[[], Sequence[Decision]]


class Reviewing:
    """One reviewer's requests. Each method that changes something answers when it is on disk."""

    def __init__(self, office: Office, name: str) -> None:
        self._office = office
        self._name = name

    @property
    def _hand(self) -> Hand:
        return self._office.hand_of(self._name)

    async def give(self, body: HandBody) -> dict[str, Any]:
        """Further comments for the page."""
        facts, hand, written = await self._office.run(self._give, body)
        await self._office.run_soon(hand.store, written)
        return facts

    async def decide(self, body: DecisionBody) -> dict[str, Any]:
        """Store what the reviewer decided of one comment."""
        return await self._change(body.request, lambda: self._decide(body))

    async def decide_listed(self, body: ListedBody) -> dict[str, Any]:
        """Store an answer to one theme in several comments, each a decision of its own."""
        return await self._change(body.request, lambda: self._decide_listed(body))

    async def undo(self, body: UndoBody) -> dict[str, Any]:
        """Take back what an earlier request stored; where that took something back itself, give
        it back.
        """
        return await self._change(body.request, lambda: self._undo(body))

    async def withdraw(self, body: WithdrawBody) -> dict[str, Any]:
        """Take back all that the reviewer decided of a comment."""
        return await self._change(body.request, lambda: self._withdraw(body))

    async def skip(self, comment_id: str) -> dict[str, Any]:
        """Leave a comment for later."""
        return await self._office.run(self._skip, comment_id)

    async def card(self, comment_id: str) -> dict[str, Any]:
        """One comment as it is now."""
        return await self._office.run(self._card, comment_id)

    async def search(self, words: str) -> dict[str, Any]:
        """The comments that contain some words."""
        texts = self._office.comments
        found = await self._office.run_long(
            search_comments, texts, words, lambda _: False, MOST_MATCHES
        )
        rows = await self._office.run(self._match_facts, found)
        return {
            "count": found.total,
            "matches": rows,
        }

    async def mine(self, body: MineBody) -> dict[str, Any]:
        """The reviewer's own decisions, the latest first."""
        return await self._office.run(self._mine, body)

    # ------------------------------------------------------------ changes

    async def _change(self, request: str, build: Build) -> dict[str, Any]:
        decisions = await self._office.keep(self._name, request, build)
        progress = await self._office.run(self._count, decisions)
        return {
            "saved": True,
            "request": request,
            "progress": progress,
        }

    def _count(self, decisions: Sequence[Decision]) -> dict[str, Any]:
        hand = self._hand
        hand.pace.add(decisions)
        for decision in decisions:
            if decision.undoes is not None or hand.has_decided(decision.comment_id):
                hand.lay_down(decision)
        return self._progress()

    def _decide(self, body: DecisionBody) -> list[Decision]:
        self._check_known(body.comment_id)
        hand = self._hand
        pick = hand.pick_of(body.comment_id)
        if not is_current(hand, body, self._office.fingerprint):
            raise self._outdated(card_of(hand, pick))
        return build_decisions(hand, pick, body, datetime.now(UTC))

    def _decide_listed(self, body: ListedBody) -> list[Decision]:
        for comment_id in body.comment_ids:
            self._check_known(comment_id)
        if body.codebook_fingerprint not in ("", self._office.fingerprint):
            raise self._outdated(None)
        return build_on_list(self._hand, body, datetime.now(UTC))

    def _undo(self, body: UndoBody) -> list[Decision]:
        requests = self._office.requests
        hand = self._hand  # knows which comments are kept apart
        if not requests.knows(hand.context.reviewer, body.undoes):
            raise RefusedError(
                422, "nothing was saved under that request", "Reload the page."
            )
        return build_withdrawals(requests.standing(self._name, body.undoes))

    def _withdraw(self, body: WithdrawBody) -> list[Decision]:
        self._check_known(body.comment_id)
        record = self._hand.context.record_of(body.comment_id)
        standing = record.standing_of(body.comment_id, self._name)
        own = [decision for decision in standing if not decision.adjudicates]
        return build_withdrawals(own)

    def _outdated(self, card: dict[str, Any] | None) -> RefusedError:
        facts = {
            "card": card,
            "codebook_fingerprint": self._office.fingerprint,
        }
        return RefusedError(
            409,
            "the comment or the codebook has changed since",
            "Look at the comment again, and decide it anew.",
            facts,
        )

    # ------------------------------------------------------------ looking

    def _give(self, body: HandBody) -> tuple[dict[str, Any], Hand, str]:
        hand = self._hand
        held = frozenset(body.held)
        picks = hand.take(body.n, held)
        if not picks and not hand.picks:
            # Another task may be assigned, of another mode; or comments came free.
            hand = self._office.hand_anew(self._name)
            picks = hand.take(body.n, held)
        facts = {
            "cards": [card_of(hand, pick) for pick in picks],
            "progress": self._progress(),
            "notes": [*self._office.notes],
            "codebook_fingerprint": self._office.fingerprint,
        }
        return facts, hand, hand.written()

    def _skip(self, comment_id: str) -> dict[str, Any]:
        self._check_known(comment_id)
        self._hand.skip(comment_id)
        return {
            "skipped": True,
            "progress": self._progress(),
        }

    def _card(self, comment_id: str) -> dict[str, Any]:
        self._check_known(comment_id)
        hand = self._hand
        return card_of(hand, hand.pick_of(comment_id))

    def _match_facts(self, found: Matches) -> list[dict[str, Any]]:
        context = self._hand.context
        rows = []
        for match in found.matches:
            text, marks = match.excerpt
            row = {
                "comment_id": match.comment_id,
                "excerpt": visible(text),
                "marks": [to_units(text, mark) for mark in marks],
                "decided": context.is_complete(match.comment_id, context.scope),
                "said": _said(context.own_verdicts(match.comment_id)),
            }
            rows.append(row)
        return rows

    def _mine(self, body: MineBody) -> dict[str, Any]:
        flagged = self._office.remarks_of(self._name).flagged()
        wanted = DecisionFilter(body.theme, body.state)
        found = list_my_decisions(self._hand.context, wanted, flagged=flagged)
        rows = []
        for decision in found[:MOST_LISTED]:
            text = self._office.comments.text_of(decision.comment_id)
            row = {
                "comment_id": decision.comment_id,
                "excerpt": visible(" ".join(text[:EXCERPT].split())),
                "themes": list(decision.themes),
                "unsure": decision.unsure,
                "note": decision.note,
                "decided_at": decision.decided_at,
                "flagged": decision.flagged,
            }
            rows.append(row)
        return {
            "count": len(found),
            "decisions": rows,
        }

    def _check_known(self, comment_id: str) -> None:
        if comment_id not in self._office.shared.texts:
            raise RefusedError(
                404, "there is no such comment", "It may have been excluded since."
            )

    def _progress(self) -> dict[str, Any]:
        hand = self._hand
        left = hand.left()
        pace = hand.pace.pace()
        per_hour = None
        minutes = None
        if pace is not None:
            per_hour = pace.an_hour
        if pace is not None and left is not None:
            seconds = pace.time_left(left)
            minutes = math.ceil(seconds / 60)
        return {
            "decided": self._office.count_decided(self._name),
            "left": left,
            "drawn": hand.context.mode.sample,
            "skipped": len(hand.skipped),
            "per_hour": per_hour,
            "minutes_left": minutes,
        }


def _said(verdicts: Mapping[str, Verdict]) -> dict[str, str]:
    """What the reviewer said of each theme: yes, no or unsure."""
    said = {}
    for theme_id, verdict in verdicts.items():
        said[theme_id] = "no"
        if verdict.present:
            said[theme_id] = "yes"
        if verdict.unsure:
            said[theme_id] = "unsure"
    return said
