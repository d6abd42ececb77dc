"""The rows of the list in adjudication: what each reviewer answered, and what stands or is
answered.
"""

from coder.codebook import Theme
from coder.decisions import Verdict
from coder.decisions.standing import DIVIDED
from coder.reviewing.settling.disputes import Dispute, reviewer_verdicts
from coder.reviewing.theme_keys import position_keys
from coder.reviewing.theme_rows import Answers, PositionRow, RowBuilder, ThemeRow

YES, NO, UNSURE, NOT_ASKED = "yes", "no", "unsure", "not asked"


class DisputeRowBuilder(RowBuilder):
    """Makes the rows of one comment on which reviewers differ.

    Nothing in them tells what the model says of a theme; its evidence shows where to look.
    """

    def _row(self, theme: Theme, key: str, depth: int) -> ThemeRow:
        view = self.view
        is_in_scope = theme.id in view.pick.scope
        verdict = self._verdict(theme.id)
        evidence = None
        if is_in_scope:
            evidence = view.evidence(theme.id)
        return ThemeRow(
            theme_id=theme.id,
            key=key,
            name=theme.name,
            depth=depth,
            ticked=verdict == YES,
            unsure=verdict == UNSURE,
            judged=is_in_scope,
            suggested=False,
            probability=None,
            evidence=evidence,
            why="",
            positions=self._positions(theme),
            answers=self._answers(theme.id),
            asked=self._is_asked(theme.id),
            verdict=verdict,
        )

    def _verdict(self, theme_id: str) -> str:
        """What the adjudicator answered; else what stands, where that is not in dispute."""
        draft = self.draft
        if theme_id in draft.unsure:
            return UNSURE
        if (theme_id, "") in draft.answered:
            return _yes_or_no(theme_id in draft.themes)
        if theme_id in self.view.pick.scope:
            return ""
        standing = self.view.standing(theme_id)
        if standing is None or standing.value == DIVIDED:
            return ""
        return _yes_or_no(standing.present)

    def _is_asked(self, theme_id: str) -> bool:
        """Whether the theme is in dispute, or was answered although the reviewers agree."""
        is_in_scope = theme_id in self.view.pick.scope
        if is_in_scope and self.view.disputes[theme_id].presence:
            return True
        if (theme_id, "") not in self.draft.answered:
            return False
        return not (is_in_scope and theme_id in self.draft.themes)

    def _positions(self, theme: Theme) -> tuple[PositionRow, ...]:
        dispute = self.view.disputes[theme.id]
        keys = position_keys([position.id for position in theme.positions])
        rows = []
        for position in theme.positions:
            verdict = self._position_verdict(dispute, position.id)
            in_dispute = position.id in dispute.positions
            row = PositionRow(
                position_id=position.id,
                key=keys[position.id],
                name=position.name,
                ticked=verdict == YES,
                probability=None,
                answers=self._position_answers(theme.id, position.id),
                asked=in_dispute and theme.id in self.view.pick.scope,
                verdict=verdict,
            )
            rows.append(row)
        return tuple(rows)

    def _position_verdict(self, dispute: Dispute, position_id: str) -> str:
        """As `_verdict`; empty too where the theme is not present."""
        theme_id = dispute.theme_id
        if self._verdict(theme_id) != YES:
            return ""
        draft = self.draft
        if theme_id in draft.themes:
            is_open = (
                position_id in dispute.positions
                and (theme_id, position_id) not in draft.answered
            )
            if is_open:
                return ""
            return _yes_or_no(position_id in draft.themes[theme_id])
        standing = self.view.standing(theme_id)
        if standing is None or position_id in standing.open_positions:
            return ""
        return _yes_or_no(position_id in standing.positions)

    def _answers(self, theme_id: str) -> Answers:
        answers = []
        for reviewer, verdict in self._verdicts(theme_id):
            answers.append((reviewer, _answer(verdict)))
        return tuple(answers)

    def _position_answers(self, theme_id: str, position_id: str) -> Answers:
        """What those say of the position who say that the theme is present."""
        answers = []
        for reviewer, verdict in self._verdicts(theme_id):
            if _answer(verdict) == YES and verdict is not None:
                answer = _yes_or_no(position_id in verdict.positions)
                answers.append((reviewer, answer))
        return tuple(answers)

    def _verdicts(self, theme_id: str) -> list[tuple[str, Verdict | None]]:
        view = self.view
        return reviewer_verdicts(
            view.context.record,
            view.comment_id,
            theme_id,
        )


def _yes_or_no(present: bool) -> str:
    return YES if present else NO


def _answer(verdict: Verdict | None) -> str:
    if verdict is None:
        return NOT_ASKED
    if verdict.unsure:
        return UNSURE
    return _yes_or_no(verdict.present)
