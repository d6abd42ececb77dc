"""Decision and the append-only store: what each reviewer said, kept for good beside the codebook.

`NAME.yaml` has `NAME.decisions/REVIEWER.jsonl`: one file a reviewer, one line a decision, each line with the
hash of the line before it, flushed to disk before the reviewer is told that it is saved. Nothing is ever
rewritten: undo is another decision, and ids that a theme had before are read through the codebook.
"""

import hashlib
import json
import os
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coder import files
from coder.codebook import Codebook
from coder.errors import CoderError
from coder.tables import JUDGEMENTS, empty

if TYPE_CHECKING:
    import pandas as pd

REVIEWER_NAME = re.compile(r"^[\w][\w .@\-]{0,59}$")
DEVICE = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
NEVER_YET = "~"  # after every time
NO_LINE = "0" * 64  # what the first line names as the line before it


class Decision(BaseModel):
    """What one reviewer said of one comment, once.

    Within `scope` (the theme ids judged) a theme not in `themes` is rejected; a theme outside it is not
    judged. `themes` maps each theme present to its positions (empty: none named). `unsure` lists themes of
    the scope that the reviewer could not decide; they count as not judged.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    project: str
    comment_id: str
    text: str  # as seen by the reviewer: what the next consultation learns from
    text_hash: str
    scope: tuple[str, ...]
    themes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    mode: Literal["blind", "assisted"]
    chosen: Literal["random", "targeted", "listed"]
    shown: dict[str, float] = Field(default_factory=dict)  # probabilities on the screen, by theme
    note: str = ""
    reviewer: str
    decided_at: str = Field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds")
    )
    codebook_version: str
    codebook_fingerprint: str
    model_fingerprint: str = ""
    adjudicates: tuple[str, ...] = ()  # ids of the differing decisions that this one settles
    undoes: str | None = (
        None  # id of the decision that this one takes back; the rest is then ignored
    )


class Stored(NamedTuple):
    """All decisions of a codebook, in the order of each file, and what a reader should be told of the files."""

    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]


def decisions_folder(codebook_path: Path) -> Path:
    """`NAME.decisions` beside `NAME.yaml`."""
    return codebook_path.with_name(codebook_path.stem + ".decisions")


def check_reviewer(name: str) -> str:
    """The name with its accents composed, when it can be a file's; `CoderError` else."""
    name = unicodedata.normalize("NFC", name)
    device = DEVICE.match(name)  # Windows would write to the device
    if not REVIEWER_NAME.match(name) or name.endswith((".", " ")) or device:
        raise CoderError(
            f"reviewer {name!r} cannot be a file name",
            "Use up to 60 letters, digits, spaces, dots, hyphens, @ or _; for example --reviewer amira",
        )
    return name


def _check_alike(folder: Path, name: str) -> None:
    """Names that many disks take for one file are one reviewer's."""

    def key(text: str) -> str:
        return unicodedata.normalize("NFC", text).casefold()

    for path in sorted(folder.glob("*.jsonl")):
        if path.stem != name and key(path.stem) == key(name):
            raise CoderError(
                f"reviewer {name!r}: there are decisions of {path.stem!r} in {folder}",
                f"Names that differ in capitals alone share a file on many disks. Say --reviewer {path.stem!r}, "
                "or choose another name.",
            )


# ---------------------------------------------------------------- reading


def read_decisions(codebook_path: Path) -> Stored:
    """Every decision beside a codebook.

    A torn last line (the power went while it was written, so nobody was told it was saved) is left aside
    and noted.

    Raises:
        CoderError: a line was changed, removed or inserted after it was written; file and line are named.
    """
    decisions: list[Decision] = []
    notes: list[str] = []
    for path in sorted(decisions_folder(codebook_path).glob("*.jsonl")):
        found, torn = read_log(path)
        decisions += found
        if torn:
            notes.append(
                f"{path}: the last line is torn ({torn} bytes, never acknowledged); it is left aside"
            )
    return Stored(tuple(decisions), tuple(notes))


def read_log(path: Path) -> tuple[list[Decision], int]:
    """The decisions of one reviewer's file, and how many bytes of a torn last line were left aside.

    Raises:
        CoderError: as `read_decisions`.
    """
    whole, torn = _split(path.read_bytes())
    return _chained(path, whole), len(torn)


def _split(data: bytes) -> tuple[bytes, bytes]:
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]


def _chained(path: Path, data: bytes) -> list[Decision]:
    before = NO_LINE
    decisions = []
    for number, line in enumerate(data.splitlines(), start=1):
        broken = CoderError(
            f"{path}:{number}: this line or the one before it was changed after it was written",
            "Decisions are never edited: restore the file from a backup, and take a decision back with undo "
            "in coder review.",
        )
        try:
            record = json.loads(line)
            stated, body = record["before"], record["decision"]
            decision = Decision.model_validate(body)
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise broken from error
        if stated != before or record.get("hash") != _line_hash(before, body):
            raise broken
        before = record["hash"]
        decisions.append(decision)
    return decisions


def _line_hash(before: str, body: dict[str, object]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def head_hash(path: Path) -> str:
    """Hash of the last whole line of a reviewer's file: what an export prints so that a cut tail is found."""
    lines = _split(path.read_bytes())[0].splitlines()
    return str(json.loads(lines[-1])["hash"]) if lines else NO_LINE


# ---------------------------------------------------------------- writing


class DecisionLog:
    """One reviewer's file, for appending.

    `append` returns once the decisions are on disk: what it returned for is never lost. Two programs may
    append to one file; a lock takes turns. A torn last line is moved to `REVIEWER.jsonl.torn` first.
    """

    def __init__(self, codebook_path: Path, reviewer: str) -> None:
        """Raises `CoderError` where the name cannot be a file's, or is nearly that of another reviewer."""
        self.reviewer = check_reviewer(reviewer)
        _check_alike(decisions_folder(codebook_path), self.reviewer)
        self.path = decisions_folder(codebook_path) / f"{self.reviewer}.jsonl"
        self._seen = (-1, -1)  # size and time of the file as this log left it
        self._before = NO_LINE

    def begin(self) -> None:
        """Make the folder ready, so that a disk that cannot be written is known before anything is decided.

        It leaves the lock's file, by which others see that the reviewer is at work.

        Raises:
            CoderError: the folder or the reviewer's file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.with_suffix(".lock").touch()
            if self.path.exists():
                self.path.open("ab").close()
        except OSError as error:
            raise CoderError(
                f"{self.path}: decisions cannot be saved there ({error.strerror or error})",
                "Make the folder and the file writable; or copy the codebook to a folder that is.",
            ) from error

    def append(self, decisions: Sequence[Decision]) -> None:
        """Write decisions as one block, all or none of them as far as the disk allows, and sync.

        Raises:
            CoderError: the folder cannot be written, or the file was edited; nothing is then added.
        """
        if not decisions:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_suffix(".lock"), timeout=30):
                self._append_locked(decisions)
        except (OSError, TimeoutError) as error:
            raise CoderError(
                f"{self.path}: the decision could not be saved ({getattr(error, 'strerror', None) or error})",
                "Free some space or make the folder writable; every decision acknowledged before is kept.",
            ) from error

    def _append_locked(self, decisions: Sequence[Decision]) -> None:
        new = not self.path.exists()
        # Unbuffered: after a full disk nothing may be left in a buffer that closing would still write.
        with self.path.open("ab+", buffering=0) as file:
            self._catch_up(file)
            lines: list[bytes] = []
            before = self._before
            for decision in decisions:
                body = decision.model_dump(mode="json")
                line = {"before": before, "decision": body}
                before = line["hash"] = _line_hash(before, body)
                lines.append(
                    json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
                )
            block = memoryview(b"".join(lines))
            start = file.tell()
            try:
                written = 0
                while written < len(block):
                    written += file.write(block[written:])
                os.fsync(file.fileno())
            except OSError:
                file.truncate(start)
                raise
            self._seen, self._before = _state(os.fstat(file.fileno())), before
        if new:
            files.sync_folder(self.path.parent)

    def _catch_up(self, file: "object") -> None:
        """Read what another program added since; set a torn tail aside."""
        data_file = self.path
        if _state(data_file.stat()) != self._seen:
            whole, torn = _split(data_file.read_bytes())
            decisions = _chained(data_file, whole)
            self._before = head_hash(data_file) if decisions else NO_LINE
            if torn:
                with data_file.with_suffix(".jsonl.torn").open("ab") as aside:
                    aside.write(torn + b"\n")
                    aside.flush()
                    os.fsync(aside.fileno())
                os.truncate(data_file, len(whole))
        file.seek(0, os.SEEK_END)  # type: ignore[attr-defined]


def _state(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_size, stat.st_mtime_ns


# ---------------------------------------------------------------- what stands


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that were not taken back, in their order; an undone undo gives the decision back."""
    listed = list(decisions)
    undone: set[str] = set()
    for decision in reversed(listed):
        if decision.undoes is not None and decision.id not in undone:
            undone.add(decision.undoes)
    return [d for d in listed if d.undoes is None and d.id not in undone]


def judgements(decisions: Iterable[Decision], codebook: Codebook) -> "pd.DataFrame":
    """One row (see `tables.JUDGEMENTS`) for what each reviewer last said of each theme in each comment.

    Ids are read through the codebook: renamed and merged themes count under the id they have now. A merged
    theme is present when any of its parts was, and absent when all of its parts were judged absent; else it
    is not judged. What a reviewer says later of one part leaves the parts that stood beside it then as they
    were said, and replaces what was said under an id of before. Which themes a codebook had at a time is
    known from the scopes of its decisions. A theme that
    was `split_from` an id judged before is not judged. Retired and unknown themes give no row. A decision
    that is `whole` judged every theme that is coded now.
    """
    import pandas as pd

    listed = list(decisions)
    active = set(codebook.theme_ids)
    now = codebook.current_ids
    reading = Reading(codebook, listed)
    said: dict[_Key, dict[str, Decision]] = {}
    whole: dict[str, bool] = {}
    for decision in standing(listed):
        whole[decision.id] = active <= {now.get(old) for old in decision.scope}
        for old in decision.scope:
            theme_id = now.get(old)
            if theme_id not in active:
                continue
            key = (
                decision.project,
                decision.comment_id,
                theme_id,
                decision.reviewer,
                bool(decision.adjudicates),
            )
            parts = said.pop(key, None)  # the later one takes its place in the order too
            said[key] = reading.joined(parts, old, theme_id, decision)
    rows = []
    for (project, comment_id, theme_id, reviewer, settles), parts in said.items():
        verdict = reading.verdict(theme_id, parts)
        if verdict is None or verdict.unsure:
            continue
        by = next(d for d in parts.values() if d.id == verdict.decision_id)
        rows.append(
            (
                project,
                comment_id,
                by.text_hash,
                theme_id,
                verdict.present,
                verdict.positions,
                reviewer,
                verdict.mode,
                verdict.chosen,
                verdict.decided_at,
                by.id,
                by.text,
                settles,
                whole[[*parts.values()][-1].id],
            )
        )
    if not rows:
        return empty(JUDGEMENTS)
    table = pd.DataFrame(
        rows, columns=[*(name for name in JUDGEMENTS.columns if name != "whole"), "whole"]
    )
    return table[list(JUDGEMENTS.columns)]


# Whose judgement of what: project, comment, theme as it is now, reviewer, and whether it is an adjudication,
# which stands beside what the same reviewer said before.
_Key = tuple[str, str, str, str, bool]


class Verdict(NamedTuple):
    """What a reviewer last said of one theme in one comment."""

    present: bool
    positions: tuple[str, ...]
    unsure: bool  # then not judged
    mode: str  # blind only when all of it was
    chosen: str
    decided_at: str
    decision_id: str


class Reading:
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
                    found[old] = Verdict(False, (), False, d.mode, d.chosen, d.decided_at, d.id)
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
        )

    def _single(self, theme_id: str, old: str, d: Decision) -> Verdict:
        unsure = old in d.unsure
        present = old in d.themes and not unsure
        positions: tuple[str, ...] = ()
        if present and d.themes[old]:
            positions = tuple(sorted(self._positions[theme_id] & set(d.themes[old])))
        return Verdict(present, positions, unsure, d.mode, d.chosen, d.decided_at, d.id)

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


def what_becomes_of(decisions: Iterable[Decision], old: Codebook, new: Codebook) -> "pd.DataFrame":
    """What a change of the codebook does to its decisions: a row for each theme of either state.

    Returns:
        theme_id; judged and carried, the comments in which somebody had judged the theme, or the themes it
        was made or split from, and those in which somebody had found it; kept, the comments in which it is
        judged as the codebook reads now; again, the comments that somebody had decided whole and in which nobody
        looked at the theme as it is coded now: those to look at again.
    """
    import pandas as pd

    listed = list(decisions)
    then, now = judgements(listed, old), judgements(listed, new)
    comment = ["project", "comment_id"]
    reading = Reading(new, listed)
    by: dict[tuple[str, str, str, bool], list[Decision]] = {}
    for d in standing(listed):
        by.setdefault((d.project, d.comment_id, d.reviewer, bool(d.adjudicates)), []).append(d)
    decided = {key[:2] for key, those in by.items() if reading.whole(those)}
    looked: dict[str, set[tuple[str, str]]] = {}  # unsure counts as looked at
    for key, those in by.items():
        if key[:2] in decided:
            for theme_id in reading.verdicts(those):
                looked.setdefault(theme_id, set()).add(key[:2])
    before = {
        theme_id: new.current_ids.get(theme_id, theme_id) for theme_id in old.current_ids.values()
    }
    ids = [place.theme.id for place in new.placed]
    origin = {
        place.theme.id: place.theme.split_from
        for place in new.placed
        if place.theme.id not in before
    }
    rows = []
    for theme_id in [*ids, *(t for t in before if before[t] == t and t not in ids)]:
        was = then[
            (then["theme_id"].map(before) == theme_id) | (then["theme_id"] == origin.get(theme_id))
        ]
        kept = set(now.loc[now["theme_id"] == theme_id, comment].itertuples(index=False, name=None))
        rows.append(
            {
                "theme_id": theme_id,
                "judged": len(was.drop_duplicates(comment)),
                "carried": len(was[was["present"].astype(bool)].drop_duplicates(comment)),
                "kept": len(kept),
                "again": len(decided - looked.get(theme_id, set()))
                if theme_id in new.theme_ids
                else 0,
            }
        )
    return pd.DataFrame(rows, columns=["theme_id", "judged", "carried", "kept", "again"])


def own_judgements(table: "pd.DataFrame", comments: "pd.DataFrame", project: str) -> "pd.DataFrame":
    """The judgements made on this project's comments as they are now: same project, id and text.

    Judgements on a comment whose text changed or that vanished are stale and left out.
    """
    from coder.text import text_hash

    now = dict(zip(comments["comment_id"], map(text_hash, comments["text"]), strict=True))
    same = [
        p == project and now.get(c) == h
        for p, c, h in zip(table["project"], table["comment_id"], table["text_hash"], strict=True)
    ]
    return table[pd_bool(same).to_numpy()].reset_index(drop=True)


def pd_bool(values: list[bool]) -> "pd.Series":
    """A boolean Series, also of no values."""
    import pandas as pd

    return pd.Series(values, dtype=bool)


def agreed(table: "pd.DataFrame") -> "pd.DataFrame":
    """One row a comment and theme out of several reviewers' judgements.

    An adjudication stands, whoever said what before. Else, where they differ, the majority stands, the
    latest among equals; `contested` is True there. Positions are those of the latest judgement on the
    standing side, and so are the other columns.
    """
    import pandas as pd

    if table.empty:
        return table.assign(contested=pd.Series(dtype=bool))
    keys = ["project", "comment_id", "theme_id"]
    ordered = table.sort_values("decided_at", kind="stable")
    settled = (
        ordered[ordered["adjudicated"]].drop_duplicates(keys, keep="last").assign(contested=False)
    )
    if len(settled):
        pairs = pd.MultiIndex.from_frame(ordered[keys])
        ordered = ordered[~pairs.isin(pd.MultiIndex.from_frame(settled[keys]))]
        if ordered.empty:
            return settled.reset_index(drop=True)
    counts = ordered.groupby(keys)["present"].agg(["sum", "count", "last"]).reset_index()
    twice = counts["sum"] * 2
    counts["side"] = (twice > counts["count"]) | ((twice == counts["count"]) & counts["last"])
    counts["contested"] = (counts["sum"] > 0) & (counts["sum"] < counts["count"])
    merged = ordered.merge(counts[[*keys, "side", "contested"]], on=keys)
    merged = merged[merged["present"] == merged["side"]]
    merged = merged.drop_duplicates(keys, keep="last").drop(columns="side")
    return (
        pd.concat([merged, settled], ignore_index=True)
        if len(settled)
        else merged.reset_index(drop=True)
    )


class LastSaid(NamedTuple):
    """What one reviewer's standing decisions say of one comment as it is now."""

    themes: dict[str, tuple[str, ...] | None]  # positions where present, None where absent
    unsure: frozenset[str]
    mode: str  # blind only when all of it was
    chosen: str  # listed where it was chosen in several ways
    note: str  # of the last decision


def last_said(
    decisions: Iterable[Decision],
    codebook: Codebook,
    texts: Mapping[str, str],
    *,
    project: str,
    reviewer: str,
) -> dict[str, LastSaid]:
    """What a reviewer last said of each theme, comment by comment; stale decisions and adjudications are left out.

    Args:
        texts: comment id to text as it is now.
    """
    from coder.text import text_hash

    listed = list(decisions)
    hashes = {comment_id: text_hash(text) for comment_id, text in texts.items()}
    table = judgements(listed, codebook)
    mine = table[
        (table["project"] == project)
        & (table["reviewer"] == reviewer)
        & ~table["adjudicated"].astype(bool)
    ]
    said: dict[str, dict[str, tuple[str, ...] | None]] = {}
    columns = (
        mine[name] for name in ("comment_id", "text_hash", "theme_id", "present", "positions")
    )
    for comment_id, hashed, theme_id, present, positions in zip(*columns, strict=True):
        if hashes.get(comment_id) == hashed:
            said.setdefault(comment_id, {})[theme_id] = tuple(positions) if present else None
    now, active = codebook.current_ids, set(codebook.theme_ids)
    last: dict[str, dict[str, tuple[Decision, bool]]] = {}
    for d in standing(listed):
        if (d.project, d.reviewer) != (project, reviewer) or d.adjudicates:
            continue
        if hashes.get(d.comment_id) == d.text_hash:
            scope = {now[old]: (d, old in d.unsure) for old in d.scope if now.get(old) in active}
            last[d.comment_id] = last.get(d.comment_id, {}) | scope
    found = {}
    for comment_id, by_theme in last.items():
        themes = said.get(comment_id, {})
        unsure = frozenset(t for t, (_, open_) in by_theme.items() if open_ and t not in themes)
        if not themes and not unsure:
            continue
        whose = [d for d, _ in by_theme.values()]
        ways = {d.chosen for d in whose}
        found[comment_id] = LastSaid(
            themes,
            unsure,
            "blind" if all(d.mode == "blind" for d in whose) else "assisted",
            ways.pop() if len(ways) == 1 else "listed",
            max(whose, key=lambda d: d.decided_at).note,
        )
    return found


# ---------------------------------------------------------------- labels as they stand


def current_labels(
    labels: "pd.DataFrame", table: "pd.DataFrame", codebook: Codebook
) -> "pd.DataFrame":
    """The model's labels with the reviewers' judgements over them, and sub-themes counted for their parents.

    Args:
        labels: `tables.LABELS`, a row for every comment, theme and position.
        table: `tables.JUDGEMENTS` of this project's comments (see `own_judgements`), any number of reviewers.
        codebook: the one that both were made with.

    Returns:
        `tables.LABELS` in the same order: `assigned` and `origin` as the reviewers decided where they did
        (the majority where they differ). `probability` stays the model's: what a judgement is compared with.
    """
    labels = labels.copy()
    standing_side = agreed(table)
    if len(standing_side):
        key = ["comment_id", "theme_id"]
        said = labels[key].merge(
            standing_side[[*key, "present", "positions", "reviewer"]],
            on=key,
            how="left",
            validate="many_to_one",
        )
        judged = said["reviewer"].notna().to_numpy()
        here = labels["position_id"].to_numpy()
        positions = said["positions"].to_numpy()
        decided = [
            bool(present) and (not position or position in named)
            for present, position, named in zip(
                said["present"].to_numpy()[judged], here[judged], positions[judged], strict=True
            )
        ]
        labels.loc[judged, "assigned"] = decided
        labels.loc[judged, "origin"] = said["reviewer"].to_numpy()[judged]
    return _rolled_up(labels, codebook)


def _rolled_up(labels: "pd.DataFrame", codebook: Codebook) -> "pd.DataFrame":
    whole = labels["position_id"] == ""
    for place in reversed(codebook.placed):  # the deepest first
        if place.theme.retired or not place.theme.aggregate or not place.parent_id:
            continue
        carrying = labels.loc[
            whole & (labels["theme_id"] == place.theme.id) & labels["assigned"], "comment_id"
        ]
        parent = (
            whole & (labels["theme_id"] == place.parent_id) & labels["comment_id"].isin(carrying)
        )
        labels.loc[parent, "assigned"] = True
    return labels


def labels_now(labels: "pd.DataFrame", codebook: Codebook) -> "pd.DataFrame":
    """Labels under the ids that the codebook has now: renamed themes under the new id, merged ones as one.

    Of merged themes any assigned one makes the whole assigned; the row kept is the likeliest of those.
    """
    now = codebook.current_ids
    if not any(
        now.get(str(theme_id), theme_id) != theme_id for theme_id in labels["theme_id"].unique()
    ):
        return labels
    renamed = labels.assign(
        theme_id=[now.get(str(theme_id), str(theme_id)) for theme_id in labels["theme_id"]]
    )
    key = ["comment_id", "theme_id", "position_id"]
    if not renamed.duplicated(key).any():
        return renamed
    first = renamed.sort_values(["assigned", "probability"], ascending=False, kind="stable")
    kept = first.drop_duplicates(key).sort_index()
    most = renamed.groupby(key, sort=False)["probability"].max().rename("most")
    probability = kept[key].merge(most.reset_index(), on=key, how="left")["most"].to_numpy()
    return kept.assign(probability=probability).reset_index(drop=True)
