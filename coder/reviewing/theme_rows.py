"""The list of themes beside a comment: their order, and everything that a row shows."""

from dataclasses import dataclass
from typing import NamedTuple

from coder.codebook import Theme
from coder.keywords import keywords_in
from coder.reviewing.comment_view import CommentView
from coder.reviewing.drafts import Draft
from coder.reviewing.suggestions import Neighbours, Suggested
from coder.reviewing.theme_keys import position_keys, theme_keys
from coder.text import Span

LIKELY = 0.15  # themes from this probability on are shown as suggestions
ALIKE = 0.5  # cosine from which a decided comment is named as similar
KEYWORDS_SHOWN = 3

Answers = tuple[tuple[str, str], ...]  # reviewers with what they answered


class PositionRow(NamedTuple):
    """A position of a theme, as the screen shows it; `key` and `answers` to `verdict` as in
    `ThemeRow`.
    """

    position_id: str
    key: str
    name: str
    ticked: bool
    probability: float | None
    answers: Answers = ()
    asked: bool = False
    verdict: str = ""


class ThemeRow(NamedTuple):
    """A theme of the comment in front, as the screen shows it.

    Attributes:
        key: what to type for the theme (see `theme_keys`).
        judged: the theme is asked for; if not, the row shows what was decided before.
        suggested: the model assigns it or finds it likely.
        why: why it is suggested.
        marked: the words that the reviewer marked for it.
        answers: in adjudication, each reviewer with their answer: yes, no, unsure, not asked.
        asked: in adjudication, whether it is in dispute, or answered although all agree.
        verdict: in adjudication, what is answered or agreed: yes, no, unsure; empty while open.
    """

    theme_id: str
    key: str
    name: str
    depth: int
    ticked: bool
    unsure: bool
    judged: bool
    suggested: bool
    probability: float | None
    evidence: Span | None
    why: str
    positions: tuple[PositionRow, ...]
    answers: Answers = ()
    asked: bool = False
    verdict: str = ""
    marked: tuple[Span, ...] = ()


def theme_order(view: CommentView) -> tuple[str, ...]:
    """Theme ids in the order of the list: the codebook's, so that a theme is always found at the
    same place.

    Themes asked for come first where only some are. Where the session asks for the model's
    order, suggested themes come first, the likeliest on top.
    """
    context = view.context
    if context.kind == "theme":
        return view.pick.scope
    theme_ids = list(context.codebook.theme_ids)
    if context.adjudicating or view.pick.scope != context.scope:
        theme_ids.sort(key=lambda theme_id: theme_id not in view.pick.scope)
    elif context.mode.order == "model" and view.suggestions is not None:
        strengths = {theme_id: _strength(view, theme_id) for theme_id in theme_ids}
        theme_ids.sort(key=lambda theme_id: -strengths[theme_id])
    return tuple(theme_ids)


class ThemeOrder:
    """The order of the list, which stays while a comment is in front, whatever is ticked."""

    def __init__(self) -> None:
        self._theme_ids: tuple[str, ...] = ()
        self._move = -1

    def of(self, view: CommentView, move: int) -> tuple[str, ...]:
        """The order for a comment; `move` tells the times apart that it was put in front."""
        if move != self._move:
            self._theme_ids = theme_order(view)
            self._move = move
        return self._theme_ids

    def forget(self) -> None:
        """Sort anew although the same comment is in front."""
        self._move = -1


def _strength(view: CommentView, theme_id: str) -> float:
    """Sorts decided themes first, then assigned, then likely ones; all others are equal."""
    verdict = view.own_verdicts.get(theme_id)
    if verdict is not None and verdict.present:
        return 3.0
    suggestion = view.suggestion(theme_id)
    if suggestion is None:
        return 0.0
    if suggestion.assigned:
        return 2.0 + suggestion.probability
    if suggestion.probability >= LIKELY:
        return suggestion.probability
    return 0.0


@dataclass(frozen=True)
class RowBuilder:
    """Makes the rows of one comment.

    Attributes:
        neighbours: which comments are similar; None while that is not known.
    """

    view: CommentView
    draft: Draft
    neighbours: Neighbours | None

    def rows(self, theme_ids: tuple[str, ...]) -> list[ThemeRow]:
        """A row for each of the themes."""
        codebook = self.view.context.codebook
        nodes = {node.theme.id: node for node in codebook.nodes}
        keys = theme_keys(codebook.theme_ids)
        rows = []
        for theme_id in theme_ids:
            node = nodes[theme_id]
            rows.append(self._row(node.theme, keys[theme_id], node.depth))
        return rows

    def _row(self, theme: Theme, key: str, depth: int) -> ThemeRow:
        suggestion = self.view.suggestion(theme.id)
        suggested = _is_suggested(suggestion)
        why = ""
        evidence = None
        if suggestion is not None and suggested:
            why = self._why(theme)
            evidence = suggestion.evidence
        return ThemeRow(
            theme_id=theme.id,
            key=key,
            name=theme.name,
            depth=depth,
            ticked=theme.id in self.draft.themes,
            unsure=theme.id in self.draft.unsure,
            judged=theme.id in self.view.pick.scope,
            suggested=suggested,
            probability=_probability(suggestion),
            evidence=evidence,
            why=why,
            positions=self._positions(theme),
            marked=self.draft.evidence.get(theme.id, ()),
        )

    def _positions(self, theme: Theme) -> tuple[PositionRow, ...]:
        ticked = self.draft.themes.get(theme.id, ())
        keys = position_keys([position.id for position in theme.positions])
        rows = []
        for position in theme.positions:
            probability = _probability(self.view.suggestion(theme.id, position.id))
            row = PositionRow(
                position_id=position.id,
                key=keys[position.id],
                name=position.name,
                ticked=position.id in ticked,
                probability=probability,
            )
            rows.append(row)
        return tuple(rows)

    def _why(self, theme: Theme) -> str:
        """The keywords that the comment contains, and the most similar comment known to carry
        the theme.
        """
        context = self.view.context
        reasons = []
        keywords = keywords_in(
            self.view.text, theme.all_keywords, context.codebook.language
        )
        if keywords:
            reasons.append("says " + ", ".join(keywords[:KEYWORDS_SHOWN]))
        if self.neighbours is not None:
            carriers = context.record.carriers(theme.id)
            similar = self.neighbours.like(self.view.comment_id, carriers)[:1]
            reasons += [
                f"like {comment_id}"
                for comment_id, cosine in similar
                if cosine >= ALIKE
            ]
        return "; ".join(reasons)


def _is_suggested(suggestion: Suggested | None) -> bool:
    if suggestion is None:
        return False
    return suggestion.assigned or suggestion.probability >= LIKELY


def _probability(suggestion: Suggested | None) -> float | None:
    if suggestion is None:
        return None
    return suggestion.probability
