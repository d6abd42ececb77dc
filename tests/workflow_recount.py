"""What stands after random workflows, counted again by hand from the raw lines of the decision files.

Nothing here uses the program: lines are read as JSON, and the rules are written out once more.

- A reviewer's latest answer counts. Taking a decision back makes it as if it had not been made.
- An adjudication counts before all answers; several by their majority.
- Between reviewers the majority counts. Equal sides are unresolved: a half.
- A theme that was renamed keeps its answers; one merged from several is present where any part was, absent where
  all were; one that was split is asked again.
- Where a theme is absent, its sub-themes that count within it are absent unless somebody decided them. Where such a
  sub-theme is present, its theme is present.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

Value = float | None  # 1 present, 0 absent, 0.5 unresolved, None not decided
Cell = tuple[str, str]  # theme, position (empty for the theme itself)


class Said(NamedTuple):
    """One reviewer's answer for a theme in a comment."""

    present: bool
    positions: frozenset[str]
    unsure: bool


class Voice(NamedTuple):
    """Who answered, and whether to settle a difference."""

    reviewer: str
    settles: bool


class Place(NamedTuple):
    """A theme in the codebook as it is now."""

    theme_id: str
    parent_id: str
    counts_for_parent: bool
    positions: tuple[str, ...]


Sheet = dict[tuple[str, str], dict[Voice, Said]]  # comment and theme to everybody's answers


@dataclass
class History:
    """Decisions as they were written and changes of the codebook, in the order in which they happened."""

    events: list[tuple[str, Any]] = field(default_factory=list)
    _read: dict[str, int] = field(default_factory=dict)  # bytes of each file

    def read_new_lines(self, decisions_folder: Path) -> int:
        """Add the lines written since the last look; returns how many there were."""
        number = 0
        for path in sorted(decisions_folder.glob("*.jsonl")):
            data = path.read_bytes()
            for line in data[self._read.get(path.name, 0) :].splitlines():
                self.events.append(("decision", json.loads(line)["decision"]))
                number += 1
            self._read[path.name] = len(data)
        return number

    def merge(self, old_ids: Iterable[str], new_id: str) -> None:
        """Note that themes are one from now on."""
        self.events.append(("merge", (tuple(old_ids), new_id)))

    def chosen_at_random(self) -> set[str]:
        """Comments of decisions that say themselves that the comment was random."""
        return {d["comment_id"] for d in self.decisions if d["chosen"] == "random"}

    def forget(self, theme_id: str) -> None:
        """Note that a theme was split: it is asked again."""
        self.events.append(("forget", theme_id))

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """Every decision that was written, withdrawals too."""
        return [body for kind, body in self.events if kind == "decision"]

    def answers(self, texts: Mapping[str, str]) -> Sheet:
        """Everybody's latest answers on the comments as they are now."""
        withdrawn = _withdrawn(self.decisions)
        sheet: Sheet = {}
        for kind, content in self.events:
            if kind == "merge":
                _merge(sheet, *content)
            elif kind == "forget":
                for key in [key for key in sheet if key[1] == content]:
                    del sheet[key]
            elif _counts(content, withdrawn, texts):
                _write(sheet, content)
        return sheet


def _withdrawn(decisions: list[dict[str, Any]]) -> set[str]:
    """Ids of decisions that were taken back, unless the taking back was taken back."""
    withdrawn: set[str] = set()
    for decision in reversed(decisions):
        if decision["undoes"] and decision["id"] not in withdrawn:
            withdrawn.add(decision["undoes"])
    return withdrawn


def _counts(decision: dict[str, Any], withdrawn: set[str], texts: Mapping[str, str]) -> bool:
    if decision["undoes"] or decision["id"] in withdrawn:
        return False
    return texts.get(decision["comment_id"]) == decision["text"]


def _write(sheet: Sheet, decision: dict[str, Any]) -> None:
    voice = Voice(decision["reviewer"], bool(decision["adjudicates"]))
    for theme_id in decision["scope"]:
        unsure = theme_id in decision["unsure"]
        present = theme_id in decision["themes"] and not unsure
        positions = frozenset(decision["themes"].get(theme_id, ()))
        key = decision["comment_id"], theme_id
        sheet.setdefault(key, {})[voice] = Said(present, positions, unsure)


def _merge(sheet: Sheet, old_ids: tuple[str, ...], new_id: str) -> None:
    comments = {comment for comment, theme_id in sheet if theme_id in old_ids}
    for comment in comments:
        parts = [sheet.pop((comment, old), {}) for old in old_ids]
        voices = {voice for part in parts for voice in part}
        merged = {}
        for voice in voices:
            said = _joined([part.get(voice) for part in parts])
            if said is not None:
                merged[voice] = said
        sheet[comment, new_id] = merged


def _joined(parts: list[Said | None]) -> Said | None:
    answered = [part for part in parts if part is not None]
    present = [part for part in answered if part.present]
    if present:
        positions = frozenset().union(*(part.positions for part in present))
        return Said(True, positions, False)
    if any(part.unsure for part in answered):
        return Said(False, frozenset(), True)
    if len(answered) < len(parts):
        return None
    return Said(False, frozenset(), False)


# ---------------------------------------------------------------- what stands


def standing_value(voices: Mapping[Voice, Said], position: str = "") -> Value:
    """What counts of one theme, or one of its positions, in one comment."""
    sure = {voice: said for voice, said in voices.items() if not said.unsure}
    settling = [said for voice, said in sure.items() if voice.settles]
    answers = settling or [said for voice, said in sure.items() if not voice.settles]
    if not answers:
        return None
    votes = [said.present and (not position or position in said.positions) for said in answers]
    if 2 * sum(votes) == len(votes):
        return 0.5
    return float(2 * sum(votes) > len(votes))


class Recount(NamedTuple):
    """What stands, and for which themes people disagree.

    Attributes:
        values: (comment, cell) to its value; of every comment and cell.
        decided: (comment, theme) that reviewers answered themselves, sub-themes left aside.
    """

    values: dict[tuple[str, Cell], Value]
    decided: set[tuple[str, str]]

    def of_cell(self, cell: Cell, comments: Iterable[str]) -> list[Value]:
        """The value of a cell in each comment."""
        return [self.values[comment, cell] for comment in comments]


def recount(sheet: Sheet, comments: Iterable[str], places: Iterable[Place]) -> Recount:
    """What stands in each comment, sub-themes counted for their parents.

    Args:
        places: the themes that are coded, each before its sub-themes.
    """
    ordered = list(places)
    recounted = Recount({}, set())
    for comment in comments:
        values: dict[Cell, Value] = {}
        for place in ordered:
            voices = sheet.get((comment, place.theme_id), {})
            for position in ("", *place.positions):
                values[place.theme_id, position] = standing_value(voices, position)
            if values[place.theme_id, ""] is not None:
                recounted.decided.add((comment, place.theme_id))
        _relate(values, ordered)
        for cell, value in values.items():
            recounted.values[comment, cell] = value
    return recounted


def _relate(values: dict[Cell, Value], places: list[Place]) -> None:
    """Let sub-themes and themes agree with each other."""
    pairs = list(_pairs(values, places))
    for child, parent in reversed(pairs):
        of_child, of_parent = values[child], values[parent]
        if of_child == 1:
            values[parent] = 1.0
        elif of_child is not None and of_parent is not None:
            values[parent] = max(of_child, of_parent)
    for child, parent in pairs:
        if values[parent] == 0 and values[child] is None:
            values[child] = 0.0
    for place in places:
        for position in place.positions:
            if values[place.theme_id, ""] == 0 and values[place.theme_id, position] is None:
                values[place.theme_id, position] = 0.0


def _pairs(values: Mapping[Cell, Value], places: list[Place]) -> Iterator[tuple[Cell, Cell]]:
    for place in places:
        parent = (place.parent_id, "")
        if place.counts_for_parent and parent in values:
            yield (place.theme_id, ""), parent


# ---------------------------------------------------------------- random draws


class DrawnComments(NamedTuple):
    """A random draw among the comments as they are now."""

    members: frozenset[str]
    theme_ids: frozenset[str]  # empty for all
    leaves_out: bool  # comments that were added later


def read_draws(decisions_folder: Path, comments: Iterable[str]) -> list[DrawnComments]:
    """The draws as their files say."""
    listed = list(comments)
    draws = []
    for path in sorted((decisions_folder / "draws").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        draws.append(_drawn(content, listed))
    return draws


def _drawn(content: dict[str, Any], comments: list[str]) -> DrawnComments:
    drawn = set(content["comment_ids"])
    themes = frozenset(content["theme_ids"])
    if content["kind"] == "elsewhere":
        later = set(comments) - set(content["frame_ids"])
        return DrawnComments(frozenset(drawn & set(comments)), themes, bool(later))
    seed = content["seed"]
    last = max(_place_in_order(seed, comment) for comment in drawn)
    now = [comment for comment in comments if _place_in_order(seed, comment) <= last]
    return DrawnComments(frozenset(now), themes, False)


def _place_in_order(seed: int, comment_id: str) -> str:
    return blake2b(f"{seed}\0{comment_id}".encode(), digest_size=16).hexdigest()


def random_reviews(
    draws: Iterable[DrawnComments], recounted: Recount, unsure: set[tuple[str, str]], cell: Cell
) -> set[str]:
    """The comments that count as a random sample for a cell: those of draws of which at most a tenth is missing."""
    sample: set[str] = set()
    for draw in draws:
        judged = {c for c in draw.members if recounted.values[c, cell] is not None}
        missing = {c for c in draw.members - judged if (c, cell[0]) not in unsure}
        is_for_cell = not draw.theme_ids or cell[0] in draw.theme_ids or judged == draw.members
        if is_for_cell and not draw.leaves_out and 10 * len(missing) <= len(draw.members):
            sample |= judged
    return sample


def unsure_pairs(sheet: Sheet) -> set[tuple[str, str]]:
    """(comment, theme) of which somebody could not tell."""
    return {key for key, voices in sheet.items() if any(said.unsure for said in voices.values())}
