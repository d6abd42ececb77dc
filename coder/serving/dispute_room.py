"""The comments in dispute of a project, for several adjudicators at once."""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.reviewing.mode import ReviewMode
from coder.reviewing.settling.dispute_desk import DisputeCard, DisputeDesk, Marking
from coder.reviewing.theme_keys import position_keys
from coder.reviewing.theme_rows import Answers, PositionRow, ThemeRow
from coder.serving.offsets import to_units
from coder.text import Span, text_hash, visible

if TYPE_CHECKING:
    from coder.serving.office import Office

HELD = (
    30 * 60.0
)  # seconds for which a comment in front of somebody is not given to others
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Claim(NamedTuple):
    name: str
    ends: float  # of `time.monotonic`


class DisputeRoom:
    """Hands out comments in dispute; used in the office's thread only."""

    def __init__(self, office: "Office") -> None:
        self._office = office
        self._desks: dict[str, DisputeDesk] = {}
        self._claims: dict[str, _Claim] = {}

    def desk(self, name: str) -> DisputeDesk:
        """The desk of an adjudicator; a new one where the codebook was changed."""
        shared = self._office.shared
        desk = self._desks.get(name)
        if desk is None or desk.context.record is not shared.record:
            context = shared.context(name, ReviewMode(adjudicate=True))
            desk = DisputeDesk(context, shared.texts, shared.order, shared.suggestions)
            self._desks[name] = desk
        return desk

    def hand_out(self, name: str) -> DisputeCard | None:
        """The next comment for an adjudicator, which nobody else gets; None where none is left."""
        self.release(name)
        card = self.desk(name).next_card(self._held_by_others(name))
        if card is not None:
            self._hold(name, card.comment_id)
        return card

    def show(self, name: str, comment_id: str) -> DisputeCard:
        """A comment by its id; where nobody else has it, it is the adjudicator's now."""
        card = self.desk(name).card(comment_id)
        if comment_id not in self._held_by_others(name):
            self.release(name)
            self._hold(name, comment_id)
        return card

    def left(self, name: str) -> int:
        """How many comments wait for an adjudicator."""
        return len(self.desk(name).waiting())

    def release(self, name: str) -> None:
        """Let others have what an adjudicator had in front."""
        for comment_id, claim in list(self._claims.items()):
            if claim.name == name:
                del self._claims[comment_id]

    def holder(self, name: str, comment_id: str) -> str:
        """Who else has a comment in front; empty for nobody."""
        if comment_id not in self._held_by_others(name):
            return ""
        return self._claims[comment_id].name

    def _hold(self, name: str, comment_id: str) -> None:
        self._claims[comment_id] = _Claim(name, time.monotonic() + HELD)

    def _held_by_others(self, name: str) -> set[str]:
        now = time.monotonic()
        held = set()
        for comment_id, claim in self._claims.items():
            if claim.name != name and claim.ends > now:
                held.add(comment_id)
        return held


# ---------------------------------------------------------------- as JSON


class _Names:
    """How reviewers are called on a page: by name, or by a letter that is another for each
    comment, so that nobody is known by it.
    """

    def __init__(self, comment_id: str, names: Iterable[str], *, hidden: bool) -> None:
        def place(name: str) -> str:
            return hashlib.sha256(f"{comment_id}\0{name}".encode()).hexdigest()

        self._shown = {name: name for name in names}
        if hidden:
            ordered = sorted(self._shown, key=place)
            for number, name in enumerate(ordered):
                self._shown[name] = f"Reviewer {_letter(number)}"

    def __getitem__(self, name: str) -> str:
        return self._shown.get(name, name)

    def answers(self, answers: Answers) -> list[dict[str, str]]:
        """Each reviewer with their answer, in the order of what they are called."""
        shown = [{"reviewer": self[name], "answer": answer} for name, answer in answers]
        return sorted(shown, key=lambda one: one["reviewer"])


def _letter(number: int) -> str:
    if number < len(LETTERS):
        return LETTERS[number]
    return str(number + 1)


def card_facts(
    card: DisputeCard, theme_keys: Mapping[str, str], *, hidden: bool
) -> dict[str, Any]:
    """A comment in dispute as plain values; offsets in UTF-16 units.

    Args:
        theme_keys: the key of each theme.
        hidden: call reviewers by letters.
    """
    everybody = {name for row in card.rows for name, _ in row.answers}
    names = _Names(card.comment_id, everybody, hidden=hidden)
    notes = [
        {"reviewer": names[who], "note": visible(note)} for who, note in card.notes
    ]
    themes = []
    for row in card.rows:
        if row.answers:
            facts = _theme_facts(row, card, names)
            themes.append(facts | {"key": theme_keys.get(row.theme_id, "")})
    return {
        "comment_id": card.comment_id,
        "text": visible(card.text),
        "text_hash": text_hash(card.text),
        "basis": card.basis,
        "scope": card.scope,
        "saved": card.saved,
        "note": card.note,
        "notes": sorted(notes, key=lambda one: one["reviewer"]),
        "themes": themes,
    }


def _theme_facts(row: ThemeRow, card: DisputeCard, names: _Names) -> dict[str, Any]:
    evidence = None
    if row.evidence is not None:
        evidence = to_units(card.text, row.evidence)
    keys = position_keys([position.position_id for position in row.positions])
    return {
        "id": row.theme_id,
        "name": row.name,
        "in_scope": row.theme_id in card.scope,
        "asked": row.asked,
        "verdict": row.verdict,
        "evidence": evidence,
        "answers": names.answers(row.answers),
        "marked": _marked(row.theme_id, card.markings, card.text, names),
        "positions": [
            _position_facts(position, names)
            | {"key": keys.get(position.position_id, "")}
            for position in row.positions
        ],
    }


def _position_facts(row: PositionRow, names: _Names) -> dict[str, Any]:
    return {
        "id": row.position_id,
        "name": row.name,
        "asked": row.asked,
        "verdict": row.verdict,
        "answers": names.answers(row.answers),
    }


def _marked(
    theme_id: str, markings: Sequence[Marking], text: str, names: _Names
) -> list[dict[str, Any]]:
    """Who marked which words for a theme."""
    marked = []
    for marking in markings:
        if marking.theme_id == theme_id:
            spans = [to_units(text, Span(*span)) for span in marking.spans]
            marked.append({"reviewer": names[marking.reviewer], "spans": spans})
    return sorted(marked, key=lambda one: str(one["reviewer"]))
