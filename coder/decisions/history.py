"""How decisions made under earlier states of a codebook read through the codebook as it is now."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from coder.codebook import Codebook
from coder.decisions.log import Decision

NEVER_YET = "~"  # after every time


class Verdict(NamedTuple):
    """What a reviewer last said of one theme in one comment."""

    present: bool
    positions: tuple[str, ...]
    unsure: bool  # then not judged
    mode: str  # blind only when all of it was
    chosen: str
    decided_at: str
    decision_id: str
    reviewer: str


class CodebookHistory:
    """How decisions read through a codebook: for judgements, the review's queue and `codebook diff` alike.

    Which themes the codebook had at each of its states is known from the decisions' scopes, and of its state now
    from itself. What became of the parts of a merged theme from one state to the next is told from those that are
    gone and those that are new: as many new as gone, or fewer, are renames and merges; none new, a merge into one
    that stayed. Where that leaves two readings, nothing is taken for judged, and the comment is asked again.
    """

    def __init__(self, codebook: Codebook, decisions: Iterable[Decision] = ()) -> None:
        self._now = codebook.current_ids
        self._alone = len(codebook.theme_ids) == 1
        self._positions = {theme.id: {p.id for p in theme.positions} for theme in codebook.active}
        times = Counter(self._now.values())
        self._merged = {theme_id for theme_id, n in times.items() if n > 1}
        self._state = codebook.fingerprint
        self._scopes: dict[
            str, set[str]
        ] = {}  # codebook fingerprint to theme ids ever judged with it
        self._first_seen = {self._state: NEVER_YET}
        self._place: dict[str, int] = {}
        self._coded: list[set[str]] = []
        self._active = set(codebook.theme_ids)
        self._set_out()
        self.add(decisions)

    def add(self, decisions: Iterable[Decision]) -> bool:
        """Learn from further decisions, of any project; says whether those before may read otherwise now."""
        news = False
        for d in decisions:
            state = d.codebook_fingerprint
            scopes = self._scopes.setdefault(state, set())
            if not scopes.issuperset(d.scope):
                scopes.update(d.scope)
                news = True
            if (
                d.decided_at < self._first_seen.get(state, NEVER_YET)
                or state not in self._first_seen
            ):
                self._first_seen[state] = d.decided_at
                news = True
        return news and self._set_out() and bool(self._merged)

    def _set_out(self) -> bool:
        """Put the states in their order; says whether anything of it is new."""
        states = sorted(self._first_seen, key=lambda state: (self._first_seen[state], state))
        place = {state: number for number, state in enumerate(states)}
        coded = []
        for state in states:
            ids = self._active if state == self._state else self._scopes[state]
            # Where one theme alone was ever judged, nothing shows which others the codebook had.
            coded.append(set(ids) if len(ids) > 1 or state == self._state else set())
        new = (place, coded) != (self._place, self._coded)
        self._place, self._coded = place, coded
        return new

    def verdicts(self, decisions: Iterable[Decision]) -> dict[str, Verdict]:
        """What one reviewer's standing decisions on one comment say, by theme as it is now.

        A theme that is missing was not looked at; one of which they are unsure was.
        """
        found: dict[str, Verdict] = {}
        merged: dict[str, dict[str, Decision]] = {}
        for d in decisions:
            for old in d.scope:
                theme_id = self._now.get(old, "")
                if theme_id in self._merged:
                    if theme_id in self._positions:
                        merged[theme_id] = self.joined(merged.get(theme_id), old, theme_id, d)
                elif old in d.themes or old in d.unsure:
                    if old in self._positions:
                        found[old] = self._single(old, old, d)
                elif old in self._positions:  # by far the most
                    found[old] = Verdict(
                        False, (), False, d.mode, d.chosen, d.decided_at, d.id, d.reviewer
                    )
        for theme_id, parts in merged.items():
            verdict = self.verdict(theme_id, parts)
            if verdict is not None:
                found[theme_id] = verdict
        return found

    def whole(self, decisions: Iterable[Decision], *, mode: str = "") -> bool:
        """Whether one reviewer's standing decisions on a comment once judged every theme that the codebook had then.

        That is known as far as the scopes of all decisions show it; themes taken one at a time show nothing. What
        was said to settle differences does not count.

        Args:
            mode: only what they decided that way is asked about, where it is named.
        """
        looked: set[str] = set()
        states: set[str] = set()
        for d in decisions:
            if not d.adjudicates and (not mode or d.mode == mode):
                looked.update(d.scope)
                if len(d.scope) > 1 or (self._alone and d.scope):
                    states.add(d.codebook_fingerprint)
        return any(self._scopes[state] <= looked for state in states)

    def joined(
        self, parts: "dict[str, Decision] | None", old: str, theme_id: str, decision: Decision
    ) -> "dict[str, Decision]":
        """The standing decision on each part of a theme, with a later one that judges the part `old`."""
        if parts and (len(parts) > 1 or old not in parts):
            kept = {
                part: before
                for part, before in parts.items()
                if part != old and self.beside(part, before, old, theme_id, decision)
            }
            return kept | {old: decision}
        return {old: decision}

    def verdict(self, theme_id: str, parts: "dict[str, Decision]") -> Verdict | None:
        """What the standing decisions on the parts of a theme say of it; None where a part was not looked at."""
        if len(parts) == 1 and theme_id not in self._merged:
            ((old, decision),) = parts.items()
            return self._single(theme_id, old, decision)
        present = {old: d for old, d in parts.items() if old in d.themes and old not in d.unsure}
        unsure = not present and any(old in d.unsure for old, d in parts.items())
        if not present and not unsure and self.leaves_open(theme_id, parts):
            return None
        of = [*(present or parts).values()]
        named = {position for old, d in present.items() for position in d.themes[old]}
        return Verdict(
            bool(present),
            tuple(sorted(named & self._positions[theme_id])),
            unsure,
            "blind" if all(d.mode == "blind" for d in of) else "assisted",
            of[-1].chosen,
            of[-1].decided_at,
            of[-1].id,
            of[-1].reviewer,
        )

    def _single(self, theme_id: str, old: str, d: Decision) -> Verdict:
        unsure = old in d.unsure
        present = old in d.themes and not unsure
        positions: tuple[str, ...] = ()
        if present and d.themes[old]:
            positions = tuple(sorted(self._positions[theme_id] & set(d.themes[old])))
        return Verdict(present, positions, unsure, d.mode, d.chosen, d.decided_at, d.id, d.reviewer)

    def beside(
        self, part: str, before: Decision, old: str, theme_id: str, decision: Decision
    ) -> bool:
        """Whether what was said of one part of a merged theme outlives a later decision on another part."""
        if before.text_hash != decision.text_hash:
            return False
        if part not in before.themes and part not in before.unsure:
            return part != old  # absent stays absent, whichever part it went into since
        first, last = (self._place[d.codebook_fingerprint] for d in (before, decision))
        step = 1 if first <= last else -1  # back, where a codebook is again what it was before
        known = [
            found for n in range(first, last + step, step) if (found := self._parts(n, theme_id))
        ]
        became = part
        for then, after in pairwise(known):
            if became in after:
                continue
            heirs = (after - then) or after
            if len(heirs) > 1:
                return False
            (became,) = heirs
        return became != old and (became in known[-1] if self._coded[last] else old != theme_id)

    def leaves_open(self, theme_id: str, parts: "dict[str, Decision]") -> bool:
        """Whether a theme that is now one had a part, or got one later, that was not judged.

        Args:
            parts: the standing decision on each part that was judged.
        """
        if theme_id not in self._merged:
            return False
        made: dict[int, set[str]] = {}
        for part, decision in parts.items():
            made.setdefault(self._place[decision.codebook_fingerprint], set()).add(part)
        first = min(made)
        earlier = [found for n in range(first) if (found := self._parts(n, theme_id))]
        then = made[first]
        if earlier and then < earlier[-1] and theme_id not in then:
            then = earlier[
                -1
            ]  # the parts that were not judged stood there before, and may still have
        judged: set[str] = set()
        for number in range(first, len(self._coded)):
            after = self._parts(number, theme_id) or then
            gone, new = then - after, after - then
            if gone <= judged:
                judged = (judged & after) | (new if len(new) <= len(gone) else set())
            else:  # one that was not judged went into a new one, or into any of those that stayed
                judged = judged & after if new else set()
            judged |= made.get(number, set())
            then = after
        return bool(then - judged)

    def _parts(self, place: int, theme_id: str) -> set[str]:
        """What is now the theme, as it stood in one state; empty where that is not known."""
        return {old for old in self._coded[place] if self._now.get(old) == theme_id}
