"""A review session: what is shown, what is ticked, what is decided, undone and redone. No screen here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from coder.codebook import Codebook, Theme
from coder.decisions import Decision, Verdict
from coder.keywords import keywords_in
from coder.reviewing.queue import Copies, Pick, Queue
from coder.reviewing.record import Record, reviews_needed, wilson
from coder.reviewing.suggestions import Neighbours, Suggestions
from coder.text import Span, text_hash

if TYPE_CHECKING:
    import pandas as pd

HALF_WIDTH = 0.02  # "within 2 points"
LIKELY = 0.15  # a theme from this probability on stands among the suggestions
UNDOS_KEPT = 1_000
Kind = Literal["mixed", "sample", "theme", "double", "adjudicate"]
CopyChoice = Literal["same", "campaign", "one"]


@dataclass(frozen=True)
class Draft:
    """What is ticked for a comment and not saved yet."""

    themes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # present, with positions
    unsure: frozenset[str] = frozenset()
    note: str = ""


class PositionRow(NamedTuple):
    """A position of a theme, as the screen shows it."""

    position_id: str
    name: str
    ticked: bool
    probability: float | None


class Row(NamedTuple):
    """A theme of the current comment, as the screen shows it."""

    theme_id: str
    name: str
    depth: int
    ticked: bool
    unsure: bool
    judged: bool  # belongs to what is to be judged now; else it shows what was said before
    suggested: bool
    probability: float | None
    evidence: Span | None
    why: str
    positions: tuple[PositionRow, ...]
    said: tuple[tuple[str, str], ...]  # in adjudication: reviewer, and yes, no, yes: more, unsure


class Progress(NamedTuple):
    """What is done, what is left and what it buys."""

    decided: int  # comments, in this session
    random: int  # comments judged at random, by everybody
    analysed: int
    left: int | None  # of a sample, a list
    themes_within: int  # themes whose share is known within 2 points
    themes: int
    more: int  # random reviews until all are


@dataclass(frozen=True)
class _Edited:
    pick: Pick
    before: Draft
    after: Draft


@dataclass(frozen=True)
class _Written:
    pick: Pick
    draft: Draft
    records: tuple[Decision, ...]  # what to take back
    undone: bool  # whether `records` themselves took something back
    moves: bool  # whether the session went on to the next comment with it


_Action = _Edited | _Written


class Session:
    """One reviewer's way through the comments.

    Everything that changes is a method; every method leaves the session whole, so that a screen only has to
    draw what `rows`, `text` and `progress` say. `write` keeps decisions; it may do so behind the screen, in
    order.

    Args:
        comments: `tables.COMMENTS`, those that are analysed.
        write: called with the decisions of one action, to be stored together.
    """

    def __init__(
        self,
        comments: "pd.DataFrame",
        codebook: Codebook,
        record: Record,
        queue: Queue,
        *,
        project: str,
        reviewer: str,
        write: Callable[[Sequence[Decision]], None],
        kind: Kind = "mixed",
        blind: bool = False,
        scope: tuple[str, ...] = (),
        suggestions: Suggestions | None = None,
        copies: dict[str, Copies] | None = None,
    ) -> None:
        self._ids = [str(i) for i in comments["comment_id"]]
        self._comments = comments
        self._row = {comment_id: number for number, comment_id in enumerate(self._ids)}
        self._texts = [str(text) for text in comments["text"]]
        self._folded: list[str] | None = None
        self.codebook, self.record, self.queue = codebook, record, queue
        self.project, self.reviewer, self.kind, self.blind = project, reviewer, kind, blind
        self.scope = scope or codebook.theme_ids
        self._codebook_fingerprint = codebook.fingerprint
        self.suggestions = None if blind else suggestions
        self.fingerprint = suggestions.fingerprint if suggestions else ""
        self.neighbours: Neighbours | None = None
        self.copies = copies if copies is not None and kind != "adjudicate" else {}
        self.copy_choice: CopyChoice = "same"
        self._write = write
        self._history: list[Pick] = []
        self._at = -1
        self._seen: set[str] = set()
        self._skipped: list[Pick] = []
        self._wanted: list[Pick] = []  # asked for: more like this
        self._drafts: dict[str, Draft] = {}
        self._undo: list[_Action] = []
        self._redo: list[_Action] = []
        self._names = [(p.theme, p.depth) for p in codebook.nodes if not p.theme.retired]
        self._order: tuple[str, tuple[str, ...]] | None = None
        self.decided: set[str] = set()  # comments decided in this session, copies too
        self.words_read = 0
        self.forward()

    # ------------------------------------------------------------ where we are

    @property
    def pick(self) -> Pick | None:
        """The comment in front; None when there is nothing left."""
        return self._history[self._at] if 0 <= self._at < len(self._history) else None

    @property
    def text(self) -> str:
        """The comment's text as it was received."""
        return self.text_of(self.pick.comment_id) if self.pick else ""

    def text_of(self, comment_id: str) -> str:
        """Any comment's text."""
        return self._texts[self._row[comment_id]]

    def attributes(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """The named columns of the comment in front, empty ones left out."""
        if self.pick is None:
            return []
        row = self._row[self.pick.comment_id]
        found = [
            (name, str(self._comments[name].iloc[row])) for name in names if name in self._comments
        ]
        return [(name, value) for name, value in found if value and value != "nan"]

    @property
    def mine(self) -> dict[str, Verdict]:
        """What this reviewer has said of the comment in front; in a blind session only what was said blind."""
        if self.pick is None:
            return {}
        said = self.record.verdicts(
            self.pick.comment_id, self.reviewer, settled=self.kind == "adjudicate"
        )
        return {t: v for t, v in said.items() if not self.blind or v.mode == "blind"}

    @property
    def saved(self) -> bool:
        """Whether the comment in front is decided and nothing was changed since."""
        if self.pick is None:
            return True
        said = self.mine
        return all(t in said for t in self.pick.scope) and self.draft == self._from_record(said)

    @property
    def draft(self) -> Draft:
        """What is ticked now."""
        if self.pick is None:
            return Draft()
        found = self._drafts.get(self.pick.comment_id)
        return found if found is not None else self._opening_draft()

    @property
    def changed(self) -> bool:
        """Whether something was ticked by hand that no decision holds yet."""
        if self.pick is None or self.saved:
            return False
        for action in reversed(self._undo):
            if action.pick.comment_id == self.pick.comment_id:
                return isinstance(action, _Edited)
        return False

    def _opening_draft(self) -> Draft:
        """What was decided before; else what both reviewers said; else what the model would assign."""
        assert self.pick is not None
        said = self.mine
        if said:
            draft = self._from_record(said)
            if all(t in said for t in self.pick.scope):
                return draft
        else:
            draft = Draft()
        if self.kind == "adjudicate":
            return Draft(
                {t: p for t, p in self._undisputed().items() if t not in self.pick.scope}
                | draft.themes
            )
        if self.suggestions is None:
            return draft
        themes = dict(draft.themes)
        for theme_id in self.pick.scope:
            suggested = self.suggestions.of(self.pick.comment_id, theme_id)
            if theme_id not in said and suggested and suggested.assigned:
                themes[theme_id] = self._suggested_positions(theme_id)
        return replace(draft, themes=themes)

    def _undisputed(self) -> dict[str, tuple[str, ...]]:
        assert self.pick is not None
        stands = {t: self.record.stands(self.pick.comment_id, t) for t in self.codebook.theme_ids}
        return {t: v.positions for t, v in stands.items() if v is not None and v.present}

    def _suggested_positions(self, theme_id: str) -> tuple[str, ...]:
        assert self.pick is not None and self.suggestions is not None
        found = (
            (p.id, self.suggestions.of(self.pick.comment_id, theme_id, p.id))
            for p in self.codebook.theme(theme_id).positions
        )
        return tuple(p for p, suggested in found if suggested and suggested.assigned)

    def _from_record(self, said: dict[str, Verdict]) -> Draft:
        assert self.pick is not None
        return Draft(
            {t: v.positions for t, v in said.items() if v.present},
            frozenset(t for t, v in said.items() if v.unsure),
            self.record.latest_note(self.pick.comment_id, self.reviewer) if said else "",
        )

    # ------------------------------------------------------------ what the screen shows

    def rows(self) -> list[Row]:
        """The themes: those suggested first, the likeliest on top; blind, in the codebook's order.

        The order stays while a comment is in front, whatever is ticked.
        """
        if self.pick is None:
            return []
        draft = self.draft
        by_id = {theme.id: (theme, depth) for theme, depth in self._names}
        return [self._theme_row(by_id[t][0], by_id[t][1], draft) for t in self._theme_order()]

    def _theme_order(self) -> tuple[str, ...]:
        assert self.pick is not None
        if self._order is not None and self._order[0] == self.pick.comment_id:
            return self._order[1]
        ids = [theme.id for theme, _ in self._names]
        if self.kind == "theme":
            ids = list(self.pick.scope)
        elif self.kind == "adjudicate" or self.pick.scope != self.scope:
            ids.sort(key=lambda t: t not in self.pick.scope if self.pick else False)
        elif self.suggestions is not None:
            strength = {t: self._strength(t) for t in ids}
            ids.sort(key=lambda t: -strength[t])
        self._order = (self.pick.comment_id, tuple(ids))
        return self._order[1]

    def _strength(self, theme_id: str) -> float:
        """Sorts assigned themes first, then likely ones; the rest keep the codebook's order."""
        assert self.pick is not None and self.suggestions is not None
        if theme_id in self.mine and self.mine[theme_id].present:
            return 3.0
        suggested = self.suggestions.of(self.pick.comment_id, theme_id)
        if suggested is None:
            return 0.0
        if suggested.assigned:
            return 2.0 + suggested.probability
        return suggested.probability if suggested.probability >= LIKELY else 0.0

    def _theme_row(self, theme: Theme, depth: int, draft: Draft) -> Row:
        assert self.pick is not None
        comment_id = self.pick.comment_id
        suggested = self.suggestions.of(comment_id, theme.id) if self.suggestions else None
        positions = []
        for position in theme.positions:
            p = self.suggestions.of(comment_id, theme.id, position.id) if self.suggestions else None
            positions.append(
                PositionRow(
                    position.id,
                    position.name,
                    position.id in draft.themes.get(theme.id, ()),
                    p.probability if p else None,
                )
            )
        offered = suggested is not None and (suggested.assigned or suggested.probability >= LIKELY)
        return Row(
            theme.id,
            theme.name,
            depth,
            theme.id in draft.themes,
            theme.id in draft.unsure,
            theme.id in self.pick.scope,
            offered,
            suggested.probability if suggested else None,
            suggested.evidence if suggested and offered else None,
            self._why(theme) if offered else "",
            tuple(positions),
            self._said(theme.id),
        )

    def _why(self, theme: Theme) -> str:
        assert self.pick is not None
        reasons = []
        found = keywords_in(self.text, theme.all_keywords, self.codebook.language)
        if found:
            reasons.append("says " + ", ".join(found[:3]))
        if self.neighbours is not None:
            alike = self.neighbours.like(self.pick.comment_id, self.record.carriers(theme.id))[:1]
            if alike and alike[0][1] >= 0.5:
                reasons.append(f"like {alike[0][0]}")
        return "; ".join(reasons)

    def _said(self, theme_id: str) -> tuple[tuple[str, str], ...]:
        if self.kind != "adjudicate" or self.pick is None:
            return ()
        found = []
        for reviewer in self.record.reviewers(self.pick.comment_id):
            verdict = self.record.verdicts(self.pick.comment_id, reviewer).get(theme_id)
            if verdict is None:
                word = "–"
            elif verdict.unsure:
                word = "unsure"
            else:
                word = "yes" if verdict.present else "no"
                if verdict.positions:
                    word += ": " + ", ".join(verdict.positions)
            found.append((reviewer, word))
        return tuple(found)

    def notes_of_others(self) -> list[tuple[str, str]]:
        """In adjudication: what the reviewers noted."""
        if self.kind != "adjudicate" or self.pick is None:
            return []
        notes = (
            (r, self.record.latest_note(self.pick.comment_id, r))
            for r in self.record.reviewers(self.pick.comment_id)
        )
        return [(reviewer, note) for reviewer, note in notes if note]

    def copies_now(self) -> Copies:
        """Copies of the comment in front that this reviewer has not decided."""
        if self.pick is None:
            return Copies((), ())
        found = self.copies.get(self.pick.comment_id)
        if found is None:
            return Copies((), ())
        return Copies(*(tuple(c for c in group if not self._done(c)) for group in found))

    def _done(self, comment_id: str) -> bool:
        assert self.pick is not None
        return self.record.complete(
            comment_id, self.reviewer, self.pick.scope, mode="blind" if self.blind else ""
        )

    def progress(self) -> Progress:
        """The progress line's figures."""
        within, more, judged = 0, 0, 0
        population = len(self._ids)
        for theme_id in self.scope:
            tally = self.record.tally(theme_id)
            judged = max(judged, tally.judged)
            low, high = wilson(tally.present, tally.judged, population)
            if tally.judged and (high - low) / 2 <= HALF_WIDTH:
                within += 1
            else:
                more = max(
                    more, reviews_needed(tally.present, tally.judged, population, HALF_WIDTH)
                )
        return Progress(
            len(self.decided),
            judged,
            population,
            self.queue.left(self.record),
            within,
            len(self.scope),
            more,
        )

    # ------------------------------------------------------------ ticking

    def toggle(self, theme_id: str) -> None:
        """Tick a theme, or take its tick away with its positions."""
        draft = self.draft
        themes = dict(draft.themes)
        if theme_id in themes:
            del themes[theme_id]
        else:
            positions = (
                ()
                if self.suggestions is None or self.pick is None
                else self._suggested_positions(theme_id)
            )
            themes[theme_id] = positions
        self._edit(replace(draft, themes=themes, unsure=draft.unsure - {theme_id}))

    def toggle_position(self, theme_id: str, position_id: str) -> None:
        """Tick a position (and its theme), or take its tick away."""
        draft = self.draft
        known = [p.id for p in self.codebook.theme(theme_id).positions]
        ticked = set(draft.themes.get(theme_id, ())) ^ {position_id}
        themes = {**draft.themes, theme_id: tuple(p for p in known if p in ticked)}
        self._edit(replace(draft, themes=themes, unsure=draft.unsure - {theme_id}))

    def next_position(self, theme_id: str) -> None:
        """Step through the theme's positions: each alone, then all, then none."""
        known = tuple(p.id for p in self.codebook.theme(theme_id).positions)
        if not known:
            return
        steps = [*((p,) for p in known), known, ()] if len(known) > 1 else [known, ()]
        draft = self.draft
        now = draft.themes.get(theme_id, ())
        then = (
            steps[(steps.index(now) + 1) % len(steps)]
            if theme_id in draft.themes and now in steps
            else steps[0]
        )
        self._edit(
            replace(
                draft, themes={**draft.themes, theme_id: then}, unsure=draft.unsure - {theme_id}
            )
        )

    def set_theme(self, theme_id: str, present: bool, positions: tuple[str, ...] = ()) -> None:
        """Say yes or no to a theme."""
        draft = self.draft
        themes = {t: p for t, p in draft.themes.items() if t != theme_id}
        if present:
            themes[theme_id] = positions
        self._edit(replace(draft, themes=themes, unsure=draft.unsure - {theme_id}))

    def toggle_unsure(self, theme_id: str) -> None:
        """Mark a theme as undecided: it will count as not judged."""
        draft = self.draft
        themes = {t: p for t, p in draft.themes.items() if t != theme_id}
        self._edit(replace(draft, themes=themes, unsure=draft.unsure ^ {theme_id}))

    def toggle_unsure_all(self) -> None:
        """Mark the whole comment as undecided, or take that back: it is looked at, and nothing of it counts."""
        if self.pick is None:
            return
        scope = frozenset(self.pick.scope)
        draft = self.draft
        themes = {t: p for t, p in draft.themes.items() if t not in scope}
        unsure = draft.unsure - scope if scope <= draft.unsure else draft.unsure | scope
        self._edit(replace(draft, themes=themes, unsure=unsure))

    def untick_all(self) -> None:
        """No theme fits."""
        self._edit(replace(self.draft, themes={}, unsure=frozenset()))

    def set_note(self, note: str) -> None:
        """Write a note to the comment."""
        self._edit(replace(self.draft, note=note.strip()))

    def _edit(self, after: Draft) -> None:
        if self.pick is None or after == self.draft:
            return
        self._did(_Edited(self.pick, self.draft, after))
        self._drafts[self.pick.comment_id] = after

    def _did(self, action: _Action) -> None:
        self._undo.append(action)
        del self._undo[:-UNDOS_KEPT]
        self._redo.clear()

    # ------------------------------------------------------------ deciding

    def save(self) -> tuple[Decision, ...]:
        """Keep what is ticked, for copies too as chosen, and go to the next comment."""
        pick = self.pick
        if pick is None:
            return ()
        draft = self.draft
        now = datetime.now(UTC)
        # a theme ticked outside of what was asked is judged with it
        extra = tuple(
            t
            for t in (*draft.themes, *draft.unsure)
            if t not in pick.scope and self._beyond(t, draft)
        )
        scope = pick.scope + extra
        judged = tuple(t for t in scope if not self._stays_blind(t, draft))
        records = self._decisions(pick.comment_id, draft, judged, pick.chosen, now, draft.note)
        if not judged and draft.note != self.record.latest_note(pick.comment_id, self.reviewer):
            stamp = now.isoformat(timespec="milliseconds")
            records = [self._decision(pick.comment_id, draft, (), pick.chosen, stamp, draft.note)]
        same, campaign = self.copies_now()
        beside = {"same": same, "campaign": same + campaign, "one": ()}[self.copy_choice]
        note = f"as {pick.comment_id}" + (f"; {draft.note}" if draft.note else "")
        for comment_id in beside:  # known from just after the comment that was looked at
            records += self._decisions(
                comment_id, draft, scope, "targeted", now + timedelta(milliseconds=1), note
            )
        if not records:  # all of it stands as it was decided blind
            self._drafts.pop(pick.comment_id, None)
            self.forward()
            return ()
        self._keep(pick, draft, records, moves=True)
        self.words_read += len(self.text_of(pick.comment_id).split())
        self.decided |= {pick.comment_id, *beside}
        self.copy_choice = "same"
        self.forward()
        return tuple(records)

    def _stays_blind(self, theme_id: str, draft: Draft) -> bool:
        """Whether a theme was judged blind by this reviewer, and is left as it was in a session with suggestions."""
        if self.blind or self.kind == "adjudicate":
            return False
        said = self.mine.get(theme_id)
        if said is None or said.mode != "blind":
            return False
        now = (theme_id in draft.themes, draft.themes.get(theme_id, ()), theme_id in draft.unsure)
        return now == (said.present, said.positions, said.unsure)

    def _decisions(
        self,
        comment_id: str,
        draft: Draft,
        scope: tuple[str, ...],
        chosen: str,
        now: datetime,
        note: str,
    ) -> list[Decision]:
        """One decision; two where some themes were judged here before, for another reason.

        Only what nobody had judged when it was drawn is random; what was random stays so.
        """
        ways: dict[str, list[str]] = {}
        for theme_id in scope:
            way = self.record.chosen_before(comment_id, theme_id) or chosen
            ways.setdefault("targeted" if way == "listed" else way, []).append(theme_id)
        stamp = now.isoformat(timespec="milliseconds")
        return [
            self._decision(comment_id, draft, tuple(part), way, stamp, note)
            for way, part in ways.items()
        ]

    def _beyond(self, theme_id: str, draft: Draft) -> bool:
        """Whether a theme outside the scope was changed by hand."""
        said = self.mine.get(theme_id)
        if said is not None:
            return (theme_id in draft.themes) != said.present or (
                said.present and draft.themes.get(theme_id, ()) != said.positions
            )
        if self.kind == "adjudicate":
            return theme_id not in self._undisputed()
        return True

    def _decision(
        self,
        comment_id: str,
        draft: Draft,
        scope: tuple[str, ...],
        chosen: str,
        now: str,
        note: str,
    ) -> Decision:
        text = self.text_of(comment_id)
        shown = {}
        if self.suggestions is not None:
            for theme_id in scope:
                suggested = self.suggestions.of(comment_id, theme_id)
                if suggested is not None:
                    shown[theme_id] = round(suggested.probability, 4)
        settles = self._settled(comment_id, scope) if self.kind == "adjudicate" else ()
        return Decision.model_validate(
            {
                "project": self.project,
                "comment_id": comment_id,
                "text": text,
                "text_hash": text_hash(text),
                "scope": scope,
                "themes": {t: p for t, p in draft.themes.items() if t in scope},
                "unsure": tuple(t for t in scope if t in draft.unsure),
                "mode": "blind" if self.blind else "assisted",
                "chosen": chosen,
                "shown": shown,
                "note": note,
                "reviewer": self.reviewer,
                "decided_at": now,
                "codebook_version": str(self.codebook.version),
                "codebook_fingerprint": self._codebook_fingerprint,
                "model_fingerprint": self.fingerprint if shown else "",
                "adjudicates": settles,
            }
        )

    def _settled(self, comment_id: str, scope: tuple[str, ...]) -> tuple[str, ...]:
        said = (self.record.verdicts(comment_id, r) for r in self.record.reviewers(comment_id))
        return tuple(dict.fromkeys(v[t].decision_id for v in said for t in scope if t in v))

    def take_back(self) -> bool:
        """Withdraw all that this reviewer said of the comment in front; False when nothing was said."""
        if self.pick is None:
            return False
        records = [
            self._reversal(d)
            for d in reversed(self.record.standing_of(self.pick.comment_id, self.reviewer))
        ]
        if not records:
            return False
        self._keep(self.pick, self.draft, records, moves=False)
        self.decided.discard(self.pick.comment_id)
        return True

    def _keep(self, pick: Pick, draft: Draft, records: Sequence[Decision], *, moves: bool) -> None:
        self._write(records)
        self.record.add(records)
        self._drafts.pop(pick.comment_id, None)
        self._did(_Written(pick, draft, tuple(records), undone=not moves, moves=moves))
        self._order = None

    @staticmethod
    def _reversal(decision: Decision) -> Decision:
        return Decision(
            project=decision.project,
            comment_id=decision.comment_id,
            text="",
            text_hash=decision.text_hash,
            scope=(),
            mode=decision.mode,
            chosen=decision.chosen,
            reviewer=decision.reviewer,
            codebook_version=decision.codebook_version,
            codebook_fingerprint=decision.codebook_fingerprint,
            undoes=decision.id,
        )

    # ------------------------------------------------------------ undo and redo

    def undo(self) -> str:
        """Take back the last thing done, a tick or a decision, and go to its comment; says what it was."""
        return self._reverse(self._undo, self._redo)

    def redo(self) -> str:
        """Do again what was undone last; says what it was."""
        return self._reverse(self._redo, self._undo)

    def _reverse(self, source: list[_Action], other: list[_Action]) -> str:
        if not source:
            return ""
        action = source.pop()
        if isinstance(action, _Edited):
            self._show(action.pick)
            self._drafts[action.pick.comment_id] = action.before
            other.append(_Edited(action.pick, action.after, action.before))
            return "tick"
        records = tuple(self._reversal(d) for d in reversed(action.records))
        self._write(records)
        self.record.add(records)
        for decision in action.records:
            if action.undone:
                self.decided.add(decision.comment_id)
            else:
                self.decided.discard(decision.comment_id)
        other.append(_Written(action.pick, action.draft, records, not action.undone, action.moves))
        self._order = None
        self._show(action.pick)
        if action.undone:
            self._drafts.pop(action.pick.comment_id, None)
            if action.moves:
                self.forward()
        else:
            self._drafts[action.pick.comment_id] = action.draft
        return "decision"

    # ------------------------------------------------------------ moving

    def _show(self, pick: Pick) -> None:
        """Put a comment in front: where it stands in the history, or at its end."""
        at = next((n for n, p in enumerate(self._history) if p.comment_id == pick.comment_id), None)
        if at is None:
            self._history.append(pick)
            at = len(self._history) - 1
        self._at = at
        self._seen.add(pick.comment_id)
        self._order = None

    def forward(self) -> bool:
        """The comment after this one; at the end, the queue's next. False when there is none."""
        if self._at + 1 < len(self._history):
            self._at += 1
            self._order = None
            return True
        pick = self._next_pick()
        if pick is None:
            self._at = len(self._history)
            return False
        self._show(pick)
        return True

    def _next_pick(self) -> Pick | None:
        while self._wanted:
            pick = self._wanted.pop(0)
            if not self.record.complete(pick.comment_id, self.reviewer, pick.scope):
                return pick
        found = self.queue.next(self.record, self._seen)
        if found is not None:
            return found
        while self._skipped:  # once more, at the end
            pick = self._skipped.pop(0)
            if not self.record.complete(
                pick.comment_id, self.reviewer, pick.scope, mode="blind" if self.blind else ""
            ):
                self._history = [p for p in self._history if p.comment_id != pick.comment_id]
                self._at = len(self._history) - 1
                return pick
        return None

    def back(self) -> bool:
        """The comment before this one; False at the first."""
        if self._at <= 0:
            return False
        self._at -= 1
        self._order = None
        return True

    def skip(self) -> bool:
        """Leave the comment undecided for now; it comes once more when all others are done."""
        if self.pick is None:
            return False
        if not self.saved and self.pick not in self._skipped:
            self._skipped.append(self.pick)
        return self.forward()

    @property
    def skipped(self) -> int:
        """Comments skipped and not decided since."""
        return len({p.comment_id for p in self._skipped} - self.decided)

    def go_to(self, comment_id: str) -> bool:
        """Put a comment in front that was searched for."""
        if comment_id not in self._row:
            return False
        known = next((p for p in self._history if p.comment_id == comment_id), None)
        self._show(known or Pick(comment_id, "targeted", "looked up", self.scope))
        return True

    def search(self, words: str, most: int = 200) -> list[str]:
        """Ids of comments that hold every word typed, or whose id begins with it; ordered by id."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        if self._folded is None:
            self._folded = [text.casefold() for text in self._texts]
        found = []
        for number, text in enumerate(self._folded):
            if all(word in text for word in wanted) or self._ids[number].casefold().startswith(
                words.casefold().strip()
            ):
                found.append(self._ids[number])
                if len(found) == most:
                    break
        return found

    def more_like_this(self, most: int = 10) -> int:
        """Put undecided comments like the one in front next in line; says how many."""
        if self.pick is None or self.neighbours is None:
            return 0
        here = self.pick.comment_id
        alike = [
            c
            for c, likeness in self.neighbours.like(here)[:200]
            if c in self._row
            and c not in self._seen
            and likeness > 0.3
            and not self.record.complete(c, self.reviewer, self.scope)
        ][:most]
        self._wanted = [Pick(c, "targeted", f"like {here}", self.pick.scope) for c in alike]
        return len(alike)

    def hear(self, decisions: Sequence[Decision]) -> tuple[str, ...]:
        """Take in what was written meanwhile; names the comments decided under this reviewer's name elsewhere.

        A second window or a table may have done that. What is ticked by hand stays.
        """
        own = [
            d
            for d in decisions
            if (d.reviewer, d.project) == (self.reviewer, self.project) and not self.record.knows(d)
        ]
        self.record.add(decisions)
        return tuple(dict.fromkeys(d.comment_id for d in own))

    def learn(self, suggestions: Suggestions) -> bool:
        """Go on with a newer model; the comment in front stays as it is shown.

        False where the codebook was given other themes meanwhile: the session goes on with what it began with.
        """
        if suggestions.theme_ids != self.codebook.theme_ids:
            return False
        if self.blind:
            return True
        self.queue.learn(suggestions)
        if self.pick is not None:  # nothing may be ticked under the reviewer's hands
            self._drafts.setdefault(self.pick.comment_id, self.draft)
        self.suggestions = suggestions
        self.fingerprint = suggestions.fingerprint
        return True
