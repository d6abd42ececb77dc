"""How decisions made with earlier states of a codebook read through the codebook as it is now.

Ids that a theme had before count under the id it has now. That is simple for a theme that was
renamed. A theme merged from several is present when any of its parts was, and absent when all
of its parts were judged absent; for that one must know which parts there were when a decision
was made, and what became of each of them since. The states stored with the decisions tell it
(see `states`). Decisions of earlier versions have no stored state; there it is inferred from
the scopes of the decisions (see `StateSequence`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from itertools import pairwise
from typing import NamedTuple

from coder.codebook import Codebook
from coder.decisions.log import Decision
from coder.decisions.states import CodebookState, state_of

AFTER_EVERY_TIME = "~"

Parts = dict[
    str, Decision
]  # the standing decision on each part of a theme, by the part's id then


class Verdict(NamedTuple):
    """A reviewer's last answer for one theme in one comment."""

    present: bool
    positions: tuple[str, ...]
    unsure: bool  # then not judged
    mode: str  # blind only when all of it was
    chosen: str
    decided_at: str
    decision_id: str
    reviewer: str


class StateSequence:
    """The states that a codebook went through, in the order in which decisions were first made
    with them.

    The themes of a state are known where it was stored. Else they are those that any decision
    made with it judged; where one theme alone was judged, nothing shows which others there
    were.
    """

    def __init__(self, codebook: Codebook, states: Mapping[str, CodebookState]) -> None:
        now = state_of(codebook)
        self._stored = {**states, now.fingerprint: now}
        self._scopes: dict[str, set[str]] = {}  # theme ids ever judged with a state
        self._first_used = {now.fingerprint: AFTER_EVERY_TIME}
        self._order: list[str] = []
        self._place: dict[str, int] = {}
        self._coded: list[frozenset[str]] = []
        self._arrange()

    def __len__(self) -> int:
        return len(self._order)

    def add(self, decisions: Iterable[Decision]) -> bool:
        """Learn from further decisions, of any project; says whether order or themes of the
        states are others now.
        """
        news = False
        for decision in decisions:
            state = decision.codebook_fingerprint
            scopes = self._scopes.setdefault(state, set())
            if not scopes.issuperset(decision.scope):
                scopes.update(decision.scope)
                news = True
            first_used = self._first_used.get(state)
            if first_used is None or decision.decided_at < first_used:
                self._first_used[state] = decision.decided_at
                news = True
        return news and self._arrange()

    def _arrange(self) -> bool:
        order = sorted(
            self._first_used, key=lambda state: (self._first_used[state], state)
        )
        coded = [self._coded_in(state) for state in order]
        changed = (order, coded) != (self._order, self._coded)
        self._order, self._coded = order, coded
        self._place = {state: place for place, state in enumerate(order)}
        return changed

    def _coded_in(self, fingerprint: str) -> frozenset[str]:
        stored = self._stored.get(fingerprint)
        if stored is not None:
            return stored.coded
        judged = self._scopes[fingerprint]
        return frozenset(judged if len(judged) > 1 else ())

    def place(self, decision: Decision) -> int:
        """Where in the sequence the state is that a decision was made with."""
        return self._place[decision.codebook_fingerprint]

    def coded(self, place: int) -> frozenset[str]:
        """Ids of the themes that were coded in a state; empty where nothing is known of it."""
        return self._coded[place]

    def themes_of(self, fingerprint: str) -> Set[str]:
        """Ids of the themes that were coded in a state; where it was not stored, those ever
        judged with it.
        """
        stored = self._stored.get(fingerprint)
        if stored is not None:
            return stored.coded
        return self._scopes[fingerprint]

    def is_known(self, fingerprint: str) -> bool:
        """Whether the themes of a state are known, and not inferred."""
        return fingerprint in self._stored

    def is_stored(self, place: int) -> bool:
        """As `is_known`, by the place of the state."""
        return self.is_known(self._order[place])

    def became(self, part: str, place: int) -> str:
        """The id that a theme had in a stored state; empty where the state does not know it."""
        stored = self._stored.get(self._order[place])
        if stored is None:
            return ""
        theme_id = stored.current_ids.get(part, "")
        return theme_id if theme_id in stored.coded else ""


class MergedThemes:
    """Themes made of several, and what became of their parts from one state of the codebook to the
    next.

    Where a state was not stored, it is told from the parts that are gone and those that are
    new: as many new as gone, or fewer, are renames and merges; none new, a merge into one that
    stayed. Where that leaves two readings, nothing is taken for judged, and the comment is
    asked again.
    """

    def __init__(self, codebook: Codebook, states: StateSequence) -> None:
        self._now = codebook.current_ids
        self._states = states
        times = Counter(self._now.values())
        self._ids = {theme_id for theme_id, number in times.items() if number > 1}

    def __contains__(self, theme_id: str) -> bool:
        return theme_id in self._ids

    def __bool__(self) -> bool:
        return bool(self._ids)

    def _parts(self, place: int, theme_id: str) -> set[str]:
        """What is now the theme, as it was in one state; empty where that is not known."""
        return {
            old for old in self._states.coded(place) if self._now.get(old) == theme_id
        }

    # ------------------------------------------------------------ an answer on one part, and a
    # later one

    def outlives(
        self,
        part: str,
        before: Decision,
        later_part: str,
        theme_id: str,
        later: Decision,
    ) -> bool:
        """Whether the answer for one part of a theme holds after a later one for another part."""
        if before.text_hash != later.text_hash:
            return False
        if part not in before.themes and part not in before.unsure:
            return (
                part != later_part
            )  # absent stays absent, whichever part it went into since
        first, last = self._states.place(before), self._states.place(later)
        heir = self._heir(part, theme_id, first, last)
        if heir is None or heir == later_part:
            return False
        if self._states.coded(last):
            return heir in self._last_known_parts(theme_id, first, last)
        return later_part != theme_id

    def _last_known_parts(self, theme_id: str, first: int, last: int) -> set[str]:
        known = self._known_states(theme_id, first, last)
        return known[-1][1] if known else set()

    def _known_states(
        self, theme_id: str, first: int, last: int
    ) -> list[tuple[int, set[str]]]:
        """(state, the theme's parts in it) from one state to another, backwards where a
        codebook went back.
        """
        step = 1 if first <= last else -1
        known = []
        for place in range(first, last + step, step):
            parts = self._parts(place, theme_id)
            if parts:
                known.append((place, parts))
        return known

    def _heir(self, part: str, theme_id: str, first: int, last: int) -> str | None:
        """What became of a part from one state to another; None where that cannot be told."""
        became = part
        for (_, then), (place, after) in pairwise(
            self._known_states(theme_id, first, last)
        ):
            stored = self._states.became(became, place)
            if stored in after:
                became = stored
            if became in after:
                continue
            heirs = (after - then) or after
            if len(heirs) > 1:
                return None
            (became,) = heirs
        return became

    # ------------------------------------------------------------ parts that nobody judged

    def leaves_open(self, theme_id: str, parts: Parts) -> bool:
        """Whether a theme that is now one had a part, or got one later, that was not judged."""
        if theme_id not in self._ids:
            return False
        judged_in: dict[int, set[str]] = {}
        for part, decision in parts.items():
            judged_in.setdefault(self._states.place(decision), set()).add(part)
        first = min(judged_in)
        then = self._parts_at_first(theme_id, first, judged_in[first])
        judged: set[str] = set()
        for place in range(first, len(self._states)):
            after = self._parts(place, theme_id) or then
            judged = self._still_judged(judged, then, after, place)
            judged |= judged_in.get(place, set())
            then = after
        return bool(then - judged)

    def _parts_at_first(self, theme_id: str, first: int, judged: set[str]) -> set[str]:
        if self._states.is_stored(first) or theme_id in judged:
            return judged
        for place in range(first - 1, -1, -1):
            parts = self._parts(place, theme_id)
            if parts:
                # The parts that were not judged were there before, and may still have been.
                return parts if judged < parts else judged
        return judged

    def _still_judged(
        self, judged: set[str], then: set[str], after: set[str], place: int
    ) -> set[str]:
        """Which parts of a state are judged by what was judged in the state before."""
        became = {part: self._states.became(part, place) for part in then}
        if self._states.is_stored(place) and after.issuperset(became.values()):
            open_ = {became[part] for part in then - judged}
            return set(became.values()) - open_
        gone, new = then - after, after - then
        if gone <= judged:
            heirs = new if len(new) <= len(gone) else set()
            return (judged & after) | heirs
        # One that was not judged went into a new one, or into any of those that stayed.
        return judged & after if new else set()


class CodebookHistory:
    """Reads decisions through a codebook: for judgements, the order of a review and `codebook
    diff` alike.
    """

    def __init__(
        self,
        codebook: Codebook,
        decisions: Iterable[Decision] = (),
        states: Mapping[str, CodebookState] | None = None,
    ) -> None:
        """Start with decisions and the stored states of the codebook (`StoredDecisions.states`)."""
        self._now = codebook.current_ids
        self._one_theme = len(codebook.theme_ids) == 1
        self._positions = {
            theme.id: {p.id for p in theme.positions} for theme in codebook.active
        }
        self._states = StateSequence(codebook, states or {})
        self._merged = MergedThemes(codebook, self._states)
        self.add(decisions)

    def add(self, decisions: Iterable[Decision]) -> bool:
        """Learn from further decisions, of any project; says whether those before may read
        otherwise now.
        """
        return self._states.add(decisions) and bool(self._merged)

    def verdicts(self, decisions: Iterable[Decision]) -> dict[str, Verdict]:
        """What one reviewer's standing decisions on one comment say, by theme as it is now.

        A theme that is missing was not looked at; one of which they are unsure was.
        """
        verdicts: dict[str, Verdict] = {}
        parts_of: dict[str, Parts] = {}
        for decision in decisions:
            for old in decision.scope:
                theme_id = self._now.get(old, "")
                if theme_id not in self._positions:
                    continue
                if theme_id in self._merged:
                    parts = parts_of.get(theme_id)
                    parts_of[theme_id] = self.joined(parts, old, theme_id, decision)
                elif old == theme_id:
                    verdicts[old] = self._single(old, old, decision)
        for theme_id, parts in parts_of.items():
            verdict = self.verdict(theme_id, parts)
            if verdict is not None:
                verdicts[theme_id] = verdict
        return verdicts

    def whole(self, decisions: Iterable[Decision], *, mode: str = "") -> bool:
        """Whether one reviewer's decisions on a comment judged every theme of the codebook then.

        Where the state of the codebook was not stored, it is inferred from the scopes of all
        decisions; reviews of one theme show nothing. Adjudications do not count.

        Args:
            mode: count only decisions made in this mode; empty for both.
        """
        judged: set[str] = set()
        states: set[str] = set()
        for decision in decisions:
            if decision.adjudicates or (mode and decision.mode != mode):
                continue
            judged.update(decision.scope)
            if self._shows_themes(decision):
                states.add(decision.codebook_fingerprint)
        return any(self._states.themes_of(state) <= judged for state in states)

    def was_whole(self, decision: Decision) -> bool:
        """Whether one decision judged every theme that a stored state of the codebook had."""
        state = decision.codebook_fingerprint
        if not self._states.is_known(state):
            return False
        return self._states.themes_of(state) <= set(decision.scope)

    def _shows_themes(self, decision: Decision) -> bool:
        """Whether the themes that the codebook had for a decision are known, or can be inferred."""
        if self._one_theme or self._states.is_known(decision.codebook_fingerprint):
            return bool(decision.scope)
        return len(decision.scope) > 1

    def joined(
        self, parts: Parts | None, old: str, theme_id: str, decision: Decision
    ) -> Parts:
        """The standing decision on each part of a theme, with a later one that judges the part
        `old`.
        """
        if not parts or set(parts) == {old}:
            return {old: decision}
        kept = {}
        for part, before in parts.items():
            if part != old and self._merged.outlives(
                part, before, old, theme_id, decision
            ):
                kept[part] = before
        return kept | {old: decision}

    def verdict(self, theme_id: str, parts: Parts) -> Verdict | None:
        """What the decisions on the parts of a theme say about it; None where a part was not
        judged.
        """
        if len(parts) == 1 and theme_id not in self._merged:
            ((old, decision),) = parts.items()
            return self._single(theme_id, old, decision)
        present = _parts_present(parts)
        unsure = not present and _is_any_unsure(parts)
        if not present and not unsure and self._merged.leaves_open(theme_id, parts):
            return None
        named: set[str] = set()
        for old, decision in present.items():
            named.update(decision.themes[old])
        decisions = list((present or parts).values())
        last = decisions[-1]
        return Verdict(
            present=bool(present),
            positions=tuple(sorted(named & self._positions[theme_id])),
            unsure=unsure,
            mode=_common_mode(decisions),
            chosen=last.chosen,
            decided_at=last.decided_at,
            decision_id=last.id,
            reviewer=last.reviewer,
        )

    def _single(self, theme_id: str, old: str, decision: Decision) -> Verdict:
        unsure = old in decision.unsure
        present = old in decision.themes and not unsure
        positions: tuple[str, ...] = ()
        if present and decision.themes[old]:
            named = set(decision.themes[old])
            positions = tuple(sorted(self._positions[theme_id] & named))
        return Verdict(
            present,
            positions,
            unsure,
            decision.mode,
            decision.chosen,
            decision.decided_at,
            decision.id,
            decision.reviewer,
        )


def _parts_present(parts: Parts) -> Parts:
    """The parts that were judged present and not unsure."""
    present = {}
    for old, decision in parts.items():
        if old in decision.themes and old not in decision.unsure:
            present[old] = decision
    return present


def _is_any_unsure(parts: Parts) -> bool:
    return any(old in decision.unsure for old, decision in parts.items())


def _common_mode(decisions: Iterable[Decision]) -> str:
    """Blind where all decisions were made blind."""
    if all(decision.mode == "blind" for decision in decisions):
        return "blind"
    return "assisted"
