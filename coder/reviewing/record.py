"""What has been said so far of a project's comments, by whom; kept up to date decision by decision."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from coder.codebook import Codebook
from coder.decisions import CodebookHistory, Decision, Verdict, drop_undone, standing_answer
from coder.text import text_hash

Verdicts = Mapping[str, Verdict]  # by theme id
NONE: Verdicts = {}


class Tally(NamedTuple):
    """How often a theme was judged in comments drawn at random, and found there."""

    judged: int
    present: int


class Record:
    """The standing decisions of a project's comments as they are now, read through the codebook.

    Decisions on a comment whose text changed or that vanished are stale: listed, never used. Adjudications
    stand beside what their reviewer said before.
    """

    def __init__(
        self,
        decisions: Iterable[Decision],
        codebook: Codebook,
        project: str,
        texts: Mapping[str, str],
    ) -> None:
        self._texts = texts
        self._project = project
        self._active = codebook.theme_ids
        self._reading = CodebookHistory(codebook)
        self._hashes: dict[str, str] = {}
        self._said: dict[str, dict[str, list[Decision]]] = {}  # comment, then reviewer
        self._folded: dict[tuple[str, str, bool], Verdicts] = {}
        self._counted: dict[
            str, dict[str, bool]
        ] = {}  # comment: themes judged at random, whether present
        self._tally: dict[str, list[int]] = {theme_id: [0, 0] for theme_id in self._active}
        self._positives: dict[str, int] = dict.fromkeys(self._active, 0)
        self._carried: dict[str, set[str]] = {}
        self.stale: dict[str, list[Decision]] = {}
        self._known: set[str] = set()
        self.add(decisions)

    def add(self, decisions: Iterable[Decision]) -> None:
        """Take in further decisions; one known already is left out."""
        listed = list(decisions)
        touched: set[str] = set()
        if self._reading.add(listed):  # seldom: another state of the codebook shows
            self._folded.clear()
            touched.update(self._said)
        for decision in listed:
            if decision.project != self._project or decision.id in self._known:
                continue
            self._known.add(decision.id)
            if decision.text_hash != self._hash(decision.comment_id):
                self.stale.setdefault(decision.comment_id, []).append(decision)
                continue
            by = self._said.setdefault(decision.comment_id, {})
            by.setdefault(decision.reviewer, []).append(decision)
            touched.add(decision.comment_id)
        for comment_id in touched:
            for reviewer in self._said[comment_id]:
                self._folded.pop((comment_id, reviewer, False), None)
                self._folded.pop((comment_id, reviewer, True), None)
            self._recount(comment_id)

    def knows(self, decision: Decision) -> bool:
        """Whether a decision was taken in."""
        return decision.id in self._known

    def _hash(self, comment_id: str) -> str:
        if comment_id not in self._hashes:
            text = self._texts.get(comment_id)
            self._hashes[comment_id] = "" if text is None else text_hash(text)
        return self._hashes[comment_id]

    # ------------------------------------------------------------ who said what

    @property
    def comment_ids(self) -> Iterable[str]:
        """The comments of which something was ever said."""
        return self._said.keys()

    def reviewers(self, comment_id: str) -> list[str]:
        """Who said something that stands of a comment, adjudications left aside."""
        return [r for r in sorted(self._said.get(comment_id, ())) if self.verdicts(comment_id, r)]

    def verdicts(self, comment_id: str, reviewer: str, *, settled: bool = False) -> Verdicts:
        """What one reviewer's decisions say of a comment, by theme; with `settled` their adjudications."""
        decisions = self._said.get(comment_id, {}).get(reviewer)
        if not decisions:
            return NONE
        key = (comment_id, reviewer, settled)
        if key not in self._folded:
            those = [d for d in decisions if d.undoes is not None or bool(d.adjudicates) == settled]
            self._folded[key] = self._reading.verdicts(drop_undone(those)) if those else NONE
        return self._folded[key]

    def was_whole(self, comment_id: str, reviewer: str, *, mode: str = "") -> bool:
        """Whether the reviewer once judged every theme that the codebook had then, as far as is known.

        With `mode` only what they decided that way is asked about.
        """
        return self._reading.whole(self.standing_of(comment_id, reviewer), mode=mode)

    def complete(
        self, comment_id: str, reviewer: str, scope: Iterable[str], *, mode: str = ""
    ) -> bool:
        """Whether the reviewer has looked at every theme of the scope (unsure counts), in a mode if named."""
        said = self.verdicts(comment_id, reviewer)
        return all(t in said and (not mode or said[t].mode == mode) for t in scope)

    def complete_by_others(self, comment_id: str, reviewer: str, scope: Iterable[str]) -> bool:
        """Whether one other reviewer has looked at every theme of the scope."""
        scope = tuple(scope)
        return any(
            self.complete(comment_id, other, scope)
            for other in self._said.get(comment_id, ())
            if other != reviewer
        )

    def complete_by_anyone(self, comment_id: str, scope: Iterable[str]) -> bool:
        """Whether one reviewer has looked at every theme of the scope."""
        scope = tuple(scope)
        return any(self.complete(comment_id, one, scope) for one in self._said.get(comment_id, ()))

    def whole_by(self, comment_id: str) -> list[str]:
        """The reviewers who decided a comment whole, by the codebook as it was then."""
        return [r for r in sorted(self._said.get(comment_id, ())) if self.was_whole(comment_id, r)]

    def unseen(self, comment_id: str, scope: Iterable[str]) -> tuple[str, ...]:
        """Themes of the scope that nobody has looked at in a comment (unsure counts as looked at).

        A word that settled a difference counts too.
        """
        seen: set[str] = set()
        for of_one in chain(*self._both(comment_id)):
            seen.update(of_one)
        return tuple(t for t in scope if t not in seen)

    def chosen_before(self, comment_id: str, theme_id: str) -> str:
        """How the comment was chosen when the theme was judged in it, random if ever; empty if it never was."""
        ways = {
            v[theme_id].chosen
            for reviewer in self._said.get(comment_id, ())
            if theme_id in (v := self.verdicts(comment_id, reviewer))
        }
        return "random" if "random" in ways else min(ways, default="")

    def known_since(self, comment_id: str, theme_id: str) -> str:
        """When the theme was first judged in the comment, by what stands; empty if it never was."""
        return min(
            (
                v[theme_id].decided_at
                for reviewer in self._said.get(comment_id, ())
                if theme_id in (v := self.verdicts(comment_id, reviewer)) and not v[theme_id].unsure
            ),
            default="",
        )

    def standing_of(self, comment_id: str, reviewer: str) -> list[Decision]:
        """The reviewer's standing decisions on a comment, in their order."""
        return drop_undone(self._said.get(comment_id, {}).get(reviewer, ()))

    def latest_note(self, comment_id: str, reviewer: str) -> str:
        """The note of the reviewer's last standing decision on a comment."""
        stands = drop_undone(self._said.get(comment_id, {}).get(reviewer, ()))
        return stands[-1].note if stands else ""

    # ------------------------------------------------------------ differences

    def differing(self, comment_id: str, scope: Iterable[str]) -> tuple[str, ...]:
        """Themes of the scope that two reviewers judged differently and nobody has settled since."""
        by = self._said.get(comment_id, {})
        if not by:
            return ()
        said = [self.verdicts(comment_id, reviewer) for reviewer in by]
        settled = {t for reviewer in by for t in self.verdicts(comment_id, reviewer, settled=True)}
        found = []
        for theme_id in scope:
            sides = {
                (v[theme_id].present, v[theme_id].positions)
                for v in said
                if theme_id in v and not v[theme_id].unsure
            }
            if len(sides) > 1 and theme_id not in settled:
                found.append(theme_id)
        return tuple(found)

    # ------------------------------------------------------------ counts

    def stands(self, comment_id: str, theme_id: str) -> Verdict | None:
        """The verdict that counts: an adjudication, else the majority, else the latest; None if unjudged."""
        said, settled = self._both(comment_id)
        return _standing_verdict(theme_id, said, settled)

    def _both(self, comment_id: str) -> tuple[list[Verdicts], list[Verdicts]]:
        """What the reviewers said of a comment, and what they said to settle differences."""
        by = self._said.get(comment_id, {})
        said = [v for reviewer in by if (v := self.verdicts(comment_id, reviewer))]
        settled = [v for r in by if (v := self.verdicts(comment_id, r, settled=True))]
        return said, settled

    def _recount(self, comment_id: str) -> None:
        for theme_id, present in self._counted.pop(comment_id, {}).items():
            self._tally[theme_id][0] -= 1
            self._tally[theme_id][1] -= present
        for theme_id in self._carried.pop(comment_id, ()):
            self._positives[theme_id] -= 1
        said, settled = self._both(comment_id)
        drawn: dict[str, bool] = {}
        carried = set()
        for theme_id in self._active:
            verdict = _standing_verdict(theme_id, said, settled)
            if verdict is None:
                continue
            if verdict.present:
                carried.add(theme_id)
            for of_one in said:
                one = of_one.get(theme_id)
                if one is not None and one.chosen == "random" and not one.unsure:
                    drawn[theme_id] = verdict.present
                    break
        self._counted[comment_id] = drawn
        self._carried[comment_id] = carried
        for theme_id, present in drawn.items():
            self._tally[theme_id][0] += 1
            self._tally[theme_id][1] += present
        for theme_id in carried:
            self._positives[theme_id] += 1

    def tally(self, theme_id: str) -> Tally:
        """Comments drawn at random in which the theme was judged, and those that carry it."""
        return Tally(*self._tally[theme_id])

    def positives(self, theme_id: str) -> int:
        """Comments found to carry a theme, however they were chosen."""
        return self._positives[theme_id]

    def carriers(self, theme_id: str) -> list[str]:
        """Comments found to carry a theme, ordered by id."""
        return sorted(c for c, themes in self._carried.items() if theme_id in themes)


def _standing_verdict(
    theme_id: str, said: Sequence[Verdicts], settled: Sequence[Verdicts]
) -> Verdict | None:
    if len(said) == 1 and not settled:  # by far the most
        only = said[0].get(theme_id)
        return None if only is None or only.unsure else only
    return standing_answer(_answers(theme_id, said), _answers(theme_id, settled))


def _answers(theme_id: str, by_reviewer: Sequence[Verdicts]) -> list[Verdict]:
    """What each reviewer answered of a theme; unsure is no answer."""
    verdicts = [of_one[theme_id] for of_one in by_reviewer if theme_id in of_one]
    return [verdict for verdict in verdicts if not verdict.unsure]


# ---------------------------------------------------------------- what a random review buys

Z = 1.959963984540054  # two-sided 95 %


def wilson(present: int, judged: int, population: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a share, from `judged` of `population` drawn at random without return.

    The sample counts as judged / (1 - judged / population) draws, so that a census leaves no width; nothing
    judged leaves (0, 1).
    """
    return _wilson_at(present / judged if judged else 0.5, judged, population)


def reviews_needed(present: int, judged: int, population: int, half_width: float) -> int:
    """How many more random reviews bring the interval to plus or minus `half_width`.

    The share is foreseen at the middle of its interval, so that a few reviews without a find do not promise
    an early end.
    """
    share = (present + Z * Z / 2) / (judged + Z * Z)

    def wide(n: int) -> bool:
        low, high = _wilson_at(share, n, population)
        return (high - low) / 2 > half_width

    now = wilson(present, judged, population)
    if judged and (now[1] - now[0]) / 2 <= half_width:
        return 0
    low, high = min(judged + 1, population), population
    while low < high:
        middle = (low + high) // 2
        if wide(middle):
            low = middle + 1
        else:
            high = middle
    return max(0, low - judged)


def _wilson_at(share: float, judged: int, population: int) -> tuple[float, float]:
    if judged <= 0:
        return 0.0, 1.0
    if judged >= population:
        return share, share
    n = judged / (1 - judged / population)
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
