"""What has been decided so far of a project's comments, by whom; kept up to date decision by
decision.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from coder.codebook import Codebook
from coder.decisions import (
    CodebookHistory,
    CodebookState,
    Decision,
    Standing,
    Verdict,
    drop_undone,
    standing_answer,
)
from coder.reviewing.progress.theme_counts import Tally, ThemeCounts
from coder.text import text_hash

Verdicts = Mapping[str, Verdict]  # by theme id
NO_VERDICTS: Verdicts = {}


class _Answers(NamedTuple):
    """What the reviewers decided of one comment, each with their verdicts by theme."""

    answers: list[Verdicts]
    adjudications: list[Verdicts]

    def standing(self, theme_id: str) -> Standing | None:
        """What stands for a theme (see `decisions.standing_answer`)."""
        return standing_answer(
            _sure_of(theme_id, self.answers), _sure_of(theme_id, self.adjudications)
        )

    def differ_on(self, theme_id: str) -> bool:
        """Whether reviewers judged a theme differently and it is not settled."""
        if len(self.answers) + len(self.adjudications) < 2:
            return False
        settling = standing_answer((), _sure_of(theme_id, self.adjudications))
        if settling is not None:
            return settling.is_unresolved
        verdicts = _sure_of(theme_id, self.answers)
        return len({(verdict.present, verdict.positions) for verdict in verdicts}) > 1


def _sure_of(theme_id: str, verdicts_by_reviewer: Iterable[Verdicts]) -> list[Verdict]:
    """The verdicts on a theme, without those that are unsure."""
    sure = []
    for verdicts in verdicts_by_reviewer:
        verdict = verdicts.get(theme_id)
        if verdict is not None and not verdict.unsure:
            sure.append(verdict)
    return sure


class Record:
    """The decisions of a project's comments as they are now, read through the codebook.

    Decisions that were taken back do not count. Decisions on a comment whose text changed or
    that is gone are stale: listed, never used. Adjudications are kept beside what their
    reviewer decided before.

    Args:
        decisions: of any project; those of others are left out.
        texts: the comments as they are now, by id.
        states: stored states of the codebook (`StoredDecisions.states`).
        drawn: ids of the comments in a random draw that was written down.

    Attributes:
        disputed: ids of the comments of which some theme is differing.
        stale: by comment, the decisions on a text that is not the comment's any more.
    """

    def __init__(
        self,
        decisions: Iterable[Decision],
        codebook: Codebook,
        project: str,
        texts: Mapping[str, str],
        states: Mapping[str, CodebookState] | None = None,
        drawn: Collection[str] = (),
    ) -> None:
        self._drawn = frozenset(drawn)
        self._texts = texts
        self._project = project
        self._theme_ids = codebook.theme_ids
        self._history = CodebookHistory(codebook, states=states)
        self._hashes: dict[str, str] = {}
        # By comment, then reviewer.
        self._decisions: dict[str, dict[str, list[Decision]]] = {}
        # Computed when asked for; by comment, reviewer, and whether adjudications.
        self._verdicts: dict[tuple[str, str, bool], Verdicts] = {}
        self._counts = ThemeCounts(self._theme_ids)
        self._known: set[str] = set()
        self.disputed: set[str] = set()
        self.stale: dict[str, list[Decision]] = {}
        self.add(decisions)

    def add(self, decisions: Iterable[Decision]) -> None:
        """Add further decisions; one that is known already is left out."""
        listed = list(decisions)
        changed: set[str] = set()
        if self._history.add(listed):  # seldom: they show another state of the codebook
            self._verdicts.clear()
            changed.update(self._decisions)
        for decision in listed:
            if decision.project != self._project or decision.id in self._known:
                continue
            self._known.add(decision.id)
            if decision.text_hash != self._hash(decision.comment_id):
                self.stale.setdefault(decision.comment_id, []).append(decision)
                continue
            by_reviewer = self._decisions.setdefault(decision.comment_id, {})
            by_reviewer.setdefault(decision.reviewer, []).append(decision)
            changed.add(decision.comment_id)
        for comment_id in changed:
            self._forget_verdicts(comment_id)
            self._recount(comment_id)

    def knows(self, decision: Decision) -> bool:
        """Whether a decision was added before."""
        return decision.id in self._known

    def _hash(self, comment_id: str) -> str:
        if comment_id not in self._hashes:
            text = self._texts.get(comment_id)
            self._hashes[comment_id] = ""
            if text is not None:
                self._hashes[comment_id] = text_hash(text)
        return self._hashes[comment_id]

    def _forget_verdicts(self, comment_id: str) -> None:
        for reviewer in self._decisions[comment_id]:
            self._verdicts.pop((comment_id, reviewer, False), None)
            self._verdicts.pop((comment_id, reviewer, True), None)

    # ------------------------------------------------------------ who decided what

    @property
    def comment_ids(self) -> Iterable[str]:
        """The comments of which something was ever decided."""
        return self._decisions.keys()

    def _everybody(self, comment_id: str) -> Iterable[str]:
        """Whoever ever decided something of a comment, taken back or not."""
        return self._decisions.get(comment_id, ())

    def reviewers(self, comment_id: str) -> list[str]:
        """The reviewers whose decisions on a comment count, by name; adjudications left aside."""
        everybody = sorted(self._everybody(comment_id))
        return [name for name in everybody if self.verdicts(comment_id, name)]

    def verdicts(
        self, comment_id: str, reviewer: str, *, settled: bool = False
    ) -> Verdicts:
        """One reviewer's verdicts on a comment, by theme; with `settled`, their adjudications."""
        decisions = self._decisions.get(comment_id, {}).get(reviewer)
        if not decisions:
            return NO_VERDICTS
        key = (comment_id, reviewer, settled)
        if key not in self._verdicts:
            own = []
            for decision in decisions:
                is_undo = decision.undoes is not None
                if is_undo or bool(decision.adjudicates) == settled:
                    own.append(decision)
            self._verdicts[key] = self._history.verdicts(drop_undone(own))
        return self._verdicts[key]

    def was_whole(self, comment_id: str, reviewer: str, *, mode: str = "") -> bool:
        """Whether the reviewer judged every theme that the codebook had then, as far as is known.

        With `mode` only what they decided that way counts.
        """
        return self._history.whole(self.standing_of(comment_id, reviewer), mode=mode)

    def complete(
        self, comment_id: str, reviewer: str, scope: Iterable[str], *, mode: str = ""
    ) -> bool:
        """Whether the reviewer has judged every theme of the scope (unsure counts), in a mode
        if named.
        """
        verdicts = self.verdicts(comment_id, reviewer)
        for theme_id in scope:
            verdict = verdicts.get(theme_id)
            if verdict is None or (mode and verdict.mode != mode):
                return False
        return True

    def complete_by_others(
        self, comment_id: str, reviewer: str, scope: Iterable[str]
    ) -> bool:
        """Whether one other reviewer has judged every theme of the scope."""
        scope = tuple(scope)
        return any(
            other != reviewer and self.complete(comment_id, other, scope)
            for other in self._everybody(comment_id)
        )

    def complete_by_anyone(
        self, comment_id: str, scope: Iterable[str], *, mode: str = ""
    ) -> bool:
        """Whether one reviewer has judged every theme of the scope, in a mode if named."""
        scope = tuple(scope)
        everybody = self._everybody(comment_id)
        return any(
            self.complete(comment_id, name, scope, mode=mode) for name in everybody
        )

    def whole_by(self, comment_id: str) -> list[str]:
        """The reviewers who decided a comment whole, by the codebook as it was then."""
        everybody = sorted(self._everybody(comment_id))
        return [name for name in everybody if self.was_whole(comment_id, name)]

    def unseen(self, comment_id: str, scope: Iterable[str]) -> tuple[str, ...]:
        """Themes of the scope that nobody has judged in a comment; unsure counts, adjudications
        too.
        """
        judged: set[str] = set()
        answers, adjudications = self._answers(comment_id)
        for verdicts in answers + adjudications:
            judged.update(verdicts)
        return tuple(theme_id for theme_id in scope if theme_id not in judged)

    def _verdicts_on(self, comment_id: str, theme_id: str) -> list[Verdict]:
        """Everybody's verdict on a theme, adjudications left aside."""
        everybody = (self.verdicts(comment_id, r) for r in self._everybody(comment_id))
        return [verdicts[theme_id] for verdicts in everybody if theme_id in verdicts]

    def chosen_before(self, comment_id: str, theme_id: str) -> str:
        """How the comment was chosen when the theme was judged in it, random if ever; empty if
        it never was.
        """
        choices = {
            verdict.chosen for verdict in self._verdicts_on(comment_id, theme_id)
        }
        if "random" in choices:
            return "random"
        return min(choices, default="")

    def standing_of(self, comment_id: str, reviewer: str) -> list[Decision]:
        """The reviewer's decisions on a comment that were not taken back, in their order."""
        return drop_undone(self._decisions.get(comment_id, {}).get(reviewer, ()))

    def latest_note(self, comment_id: str, reviewer: str) -> str:
        """The note of the reviewer's last decision on a comment."""
        standing = self.standing_of(comment_id, reviewer)
        if not standing:
            return ""
        return standing[-1].note

    # ------------------------------------------------------------ what stands

    def differing(self, comment_id: str, scope: Iterable[str]) -> tuple[str, ...]:
        """Themes of the scope that reviewers judged differently and nobody has settled; unsure
        settles nothing, and neither do adjudicators who are divided.
        """
        answers = self._answers(comment_id)
        return tuple(theme_id for theme_id in scope if answers.differ_on(theme_id))

    def stands(self, comment_id: str, theme_id: str) -> Standing | None:
        """What stands (see `decisions.standing_answer`); None where nobody is sure."""
        return self._answers(comment_id).standing(theme_id)

    def _answers(self, comment_id: str) -> _Answers:
        answers, adjudications = [], []
        for reviewer in self._everybody(comment_id):
            verdicts = self.verdicts(comment_id, reviewer)
            if verdicts:
                answers.append(verdicts)
            settling = self.verdicts(comment_id, reviewer, settled=True)
            if settling:
                adjudications.append(settling)
        return _Answers(answers, adjudications)

    def _recount(self, comment_id: str) -> None:
        answers = self._answers(comment_id)
        self.disputed.discard(comment_id)
        if any(answers.differ_on(theme_id) for theme_id in self._theme_ids):
            self.disputed.add(comment_id)
        drawn: dict[str, bool] = {}
        carried = set()
        for theme_id in self._theme_ids:
            standing = answers.standing(theme_id)
            if standing is None:
                continue
            if standing.present:
                carried.add(theme_id)
            verdicts = _sure_of(theme_id, answers.answers)
            is_random = any(verdict.chosen == "random" for verdict in verdicts)
            if is_random or comment_id in self._drawn:
                drawn[theme_id] = standing.present
        self._counts.replace(comment_id, drawn, carried)

    def tally(self, theme_id: str) -> Tally:
        """Comments drawn at random in which the theme was judged, and those that carry it."""
        return self._counts.tally(theme_id)

    def positives(self, theme_id: str) -> int:
        """Number of comments known to carry a theme, however they were chosen."""
        return self._counts.positives(theme_id)

    def carriers(self, theme_id: str) -> list[str]:
        """Comments known to carry a theme, ordered by id."""
        return self._counts.carriers(theme_id)
