"""What the reviewers of a comment disagree on, and the answers that settle it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coder.codebook import Codebook, Theme
from coder.decisions import Verdict
from coder.decisions.standing import Key
from coder.reviewing.drafts import Draft, Positions
from coder.reviewing.record import Record


@dataclass(frozen=True)
class Dispute:
    """One theme of a comment, as its reviewers answered it.

    Attributes:
        presence: the reviewers differ on whether the theme is present.
        present: one of them at least says that it is.
        positions: the positions on which those differ who say that it is.
        agreed_positions: the positions that all of those name.
    """

    theme_id: str
    presence: bool
    present: bool
    positions: Positions
    agreed_positions: Positions

    def keys(self) -> list[Key]:
        """What has to be answered: the theme, its positions, or both; nothing where all agree."""
        keys = []
        if self.presence:
            keys.append((self.theme_id, ""))
        keys += [(self.theme_id, position_id) for position_id in self.positions]
        return keys

    def open_keys(self, draft: Draft) -> list[Key]:
        """What is not answered yet; positions only where the theme is present."""
        theme_key = (self.theme_id, "")
        if self.presence and theme_key not in draft.answered:
            return [theme_key]
        if self.theme_id not in draft.themes:
            return []
        return [key for key in self.keys() if key not in draft.answered]

    def begin(self, draft: Draft) -> Draft:
        """The draft with what is agreed of a theme in dispute: its presence, some positions."""
        if self.presence or not self.present:
            return draft
        return draft.with_answer(
            self.theme_id,
            True,
            self.agreed_positions,
        )

    def recall(self, draft: Draft) -> Draft:
        """The draft with the theme as answered, as it was decided before."""
        keys = {(self.theme_id, "")}
        if self.theme_id in draft.themes:
            keys.update(self.keys())
        return Draft(
            draft.themes,
            draft.unsure,
            draft.note,
            draft.answered | keys,
        )


def dispute_on(
    record: Record,
    comment_id: str,
    theme: Theme,
) -> Dispute:
    """How the reviewers' answers for a theme differ; unsure is no answer."""
    sure = []
    for _, verdict in reviewer_verdicts(
        record,
        comment_id,
        theme.id,
    ):
        if verdict is not None and not verdict.unsure:
            sure.append(verdict)
    named = [set(verdict.positions) for verdict in sure if verdict.present]
    by_any, by_all = set[str](), set[str]()
    if named:
        by_any, by_all = set.union(*named), set.intersection(*named)
    return Dispute(
        theme_id=theme.id,
        presence=0 < len(named) < len(sure),
        present=bool(named),
        positions=_in_order(theme, by_any - by_all),
        agreed_positions=_in_order(theme, by_all),
    )


def _in_order(theme: Theme, position_ids: set[str]) -> Positions:
    return tuple(p.id for p in theme.positions if p.id in position_ids)


def reviewer_verdicts(
    record: Record,
    comment_id: str,
    theme_id: str,
) -> list[tuple[str, Verdict | None]]:
    """Each reviewer of a comment with their verdict on a theme; None where they did not judge
    it.
    """
    verdicts = []
    for reviewer in record.reviewers(comment_id):
        verdict = record.verdicts(comment_id, reviewer).get(theme_id)
        verdicts.append((reviewer, verdict))
    return verdicts


def themes_in_dispute(
    record: Record,
    comment_id: str,
    codebook: Codebook,
) -> tuple[str, ...]:
    """The themes on which the reviewers of a comment differ, settled or not."""
    return tuple(
        theme.id
        for theme in codebook.active
        if dispute_on(
            record,
            comment_id,
            theme,
        ).keys()
    )


def open_keys(
    disputes: Mapping[str, Dispute],
    theme_ids: Iterable[str],
    draft: Draft,
) -> list[Key]:
    """What the draft does not answer of the disputes on some themes."""
    keys = []
    for theme_id in theme_ids:
        keys += disputes[theme_id].open_keys(draft)
    return keys


def answers_in_words(
    record: Record, comment_id: str, codebook: Codebook, keys: Iterable[Key]
) -> str:
    """What each reviewer answered on the themes of some disputes: a line for each theme and
    reviewer.
    """
    lines = []
    for theme_id in dict.fromkeys(theme_id for theme_id, _ in keys):
        theme = codebook.theme(theme_id)
        for reviewer, verdict in reviewer_verdicts(record, comment_id, theme_id):
            answer = verdict_in_words(theme, verdict)
            lines.append(f"{theme.short}: {reviewer}: {answer}")
    return "\n".join(lines)


def verdict_in_words(theme: Theme, verdict: Verdict | None) -> str:
    """Yes with the positions named, no, unsure, or not asked."""
    if verdict is None:
        return "not asked"
    if verdict.unsure:
        return "unsure"
    if not verdict.present:
        return "no"
    named = [p.name for p in theme.positions if p.id in verdict.positions]
    if named:
        return f"yes ({', '.join(named)})"
    return "yes"
