"""Adjudications from a sheet of disputes: what its cells settle, built as the screen builds it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from coder.decisions import Decision
from coder.decisions.table import RowAnswers
from coder.errors import CoderError
from coder.reviewing.comment_texts import CommentTexts
from coder.reviewing.comment_view import CommentView
from coder.reviewing.context import ReviewContext
from coder.reviewing.decision_building import DecisionBuilder
from coder.reviewing.drafts import Draft
from coder.reviewing.queue.protocol import Pick
from coder.reviewing.settling.disputes import Dispute, open_keys
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

MOST_LISTED = 20  # faults


def build_adjudications(
    rows: Iterable[RowAnswers],
    comments: "pd.DataFrame",
    context: ReviewContext,
    now: datetime,
) -> list[Decision]:
    """The decisions that rows of a sheet of disputes stand for, those left out that the reviewer
    has made before.

    Args:
        comments: `tables.COMMENTS` of the project.
        context: who settles what, and what everybody has decided.

    Raises:
        CoderError: a position in dispute has no answer although its theme is present, or
            nobody has decided the comment; every such place is named.
    """
    texts = CommentTexts(comments)
    builder = DecisionBuilder(context, texts)
    decisions: list[Decision] = []
    faults: list[str] = []
    for row in rows:
        view = _view(row, context, texts)
        draft = _draft(row, view)
        problems = _problems(row, view, draft)
        faults += problems
        if not problems and not _is_made(view, draft):
            decisions += builder.build(view, draft, (), now)
    if faults:
        raise _error(faults)
    return decisions


def _view(row: RowAnswers, context: ReviewContext, texts: CommentTexts) -> CommentView:
    about = {column.theme_id for column in row.cells}
    scope = tuple(t for t in context.codebook.theme_ids if t in about)
    pick = Pick(row.comment_id, "targeted", "settled in a sheet", scope)
    return CommentView(context, pick, texts.text_of(row.comment_id), None)


def _draft(row: RowAnswers, view: CommentView) -> Draft:
    """The answers of a row; what is agreed of a theme in dispute comes with them."""
    draft = Draft(note=row.note)
    for theme_id in view.pick.scope:
        dispute = view.disputes[theme_id]
        cells = {
            column.position: verdict
            for column, verdict in row.cells.items()
            if column.theme_id == theme_id
        }
        draft = _answered(draft, dispute, cells, view)
    return draft


def _answered(
    draft: Draft,
    dispute: Dispute,
    cells: Mapping[str, str],
    view: CommentView,
) -> Draft:
    """The draft with what a row says of one theme.

    Args:
        cells: yes, no or ? by position; the empty position is the theme itself.
    """
    theme_id = dispute.theme_id
    verdict = cells.get("")
    if verdict == "?":
        return draft.with_theme_left_open(theme_id)
    if verdict == "no":
        return draft.with_answer(theme_id, False)
    draft = dispute.begin(draft)
    if verdict == "yes" or "yes" in cells.values():
        draft = draft.with_answer(theme_id, True, dispute.agreed_positions)
    allowed = [p.id for p in view.context.codebook.theme(theme_id).positions]
    for position_id in allowed:
        if position_id in cells:
            draft = draft.with_position_answer(
                theme_id,
                position_id,
                cells[position_id] == "yes",
                allowed,
            )
    return draft


def _problems(row: RowAnswers, view: CommentView, draft: Draft) -> list[str]:
    """What is wrong with a row."""
    place = f"comment {row.comment_id}"
    if not view.context.record.reviewers(row.comment_id):
        return [f"{place}: no reviewer has decided it"]
    problems = []
    for theme_id, position_id in open_keys(view.disputes, view.pick.scope, draft):
        name = theme_id
        if position_id:
            name = f"{theme_id}={position_id}"
        problems.append(f"{place}: {name} is in dispute too and has no answer")
    return problems


def _is_made(view: CommentView, draft: Draft) -> bool:
    """Whether the reviewer has settled the same in the same way."""
    own = view.own_verdicts
    for theme_id in view.pick.scope:
        verdict = own.get(theme_id)
        if verdict is None:
            return False
        given = (
            theme_id in draft.themes,
            draft.themes.get(theme_id, ()),
            theme_id in draft.unsure,
        )
        if given != (verdict.present, verdict.positions, verdict.unsure):
            return False
    return draft.note in ("", view.context.latest_note(view.comment_id))


def _error(faults: Sequence[str]) -> CoderError:
    listed = list(faults[:MOST_LISTED])
    if len(faults) > MOST_LISTED:
        listed.append(f"and {len(faults) - MOST_LISTED:,} more")
    problem = f"{count(len(faults), 'place')} cannot be used, and nothing is saved:\n  "
    return CoderError(
        problem + "\n  ".join(listed),
        "Enter yes or no there, or ? under the theme to leave it in dispute.",
    )
