"""Which comments the pane shows, and what stands out in them."""

from collections.abc import Set
from typing import NamedTuple

from coder.workbench.board import Group
from coder.workbench.screen.comment_lines import CommentsView
from coder.workbench.session import Session

STEP = 40  # comments that are laid out at once


class Choice(NamedTuple):
    """The comments of a group in the order in which they are shown.

    Attributes:
        pairs: opposing views beside each other; None for one list.
    """

    ids: list[str]
    pairs: list[tuple[str, str]] | None


class Pointing(NamedTuple):
    """What the reader points at, and how they read."""

    marked: Set[str]
    at_cursor: str
    most_lines: int
    language: str


def choose_comments(session: Session, group: Group | None, *, by_view: bool) -> Choice:
    """The comments of a group; None stands for those without a theme."""
    findings = session.findings
    ids = []
    if group is not None:
        ids = findings.typical_first(group)
    else:
        for comment_id in session.board.without_theme:
            if findings.text(comment_id):
                ids.append(comment_id)
    if not by_view:
        return Choice(ids, None)
    pairs = findings.opposing(ids)[:STEP]
    in_turn = []
    for pair in pairs:
        in_turn += [comment_id for comment_id in pair if comment_id]
    return Choice(in_turn, pairs)


def view_of(
    session: Session,
    group: Group | None,
    choice: Choice,
    most: int,
    pointing: Pointing,
) -> CommentsView:
    """The first comments of a choice, with what stands out in them."""
    findings = session.findings
    shown = choice.ids[:most]
    view = CommentsView(
        ids=shown,
        pairs=choice.pairs,
        texts={comment_id: findings.text(comment_id) for comment_id in shown},
        sentences={},
        stems=frozenset(),
        language=pointing.language,
        marked=pointing.marked,
        examples=frozenset(),
        at_cursor=pointing.at_cursor,
        most_lines=pointing.most_lines,
    )
    if group is None:
        return view
    return view._replace(
        sentences=findings.sentences(choice.ids),
        stems=frozenset(findings.telling_words(choice.ids)),
        examples=frozenset(group.examples),
    )
