"""The words that reviewers marked, as they stand."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from coder.decisions.log import Decision, drop_undone
from coder.text import Span

if TYPE_CHECKING:
    import pandas as pd

Marks = tuple[Span, ...]


def marked_words(
    decisions: Iterable[Decision], current_ids: Mapping[str, str]
) -> dict[str, Marks]:
    """The words that one reviewer marked in one comment, by theme; themes without any are left
    out.

    The last decision counts that says something of a theme's words: one that names them, or
    judges the theme where words can be marked. A table cannot hold them, so that an answer from
    one leaves them as they were, where the theme is still present.

    Args:
        decisions: the reviewer's standing ones on the comment, in their order.
        current_ids: the present id of each id that decisions hold (`Codebook.current_ids`).
    """
    marks: dict[str, dict[str, Marks]] = {}  # by theme, then by the id that it had
    for decision in decisions:
        for old in {*decision.scope, *decision.evidence}:
            theme_id = current_ids.get(old)
            if theme_id is None or _leaves_words(decision, old):
                continue
            stored = decision.evidence.get(old, ())
            spans = tuple(Span(start, end) for start, end in stored)
            parts = marks.setdefault(theme_id, {})
            if old == theme_id:  # what was said under earlier ids is replaced
                parts.clear()
            parts[old] = spans
    joined = {}
    for theme_id, parts in marks.items():
        united = set(chain.from_iterable(parts.values()))
        if united:
            joined[theme_id] = tuple(sorted(united))
    return joined


def _leaves_words(decision: Decision, theme_id: str) -> bool:
    """Whether a decision says nothing of a theme's words."""
    from_table = decision.front_end == "table"
    return from_table and theme_id in decision.themes


class MarkedWords(NamedTuple):
    """The words that stand for a theme in a comment.

    Attributes:
        position_id: the only position that the reviewer named; empty for none or several.
    """

    comment_id: str
    theme_id: str
    position_id: str
    marks: Marks


def standing_marks(
    decisions: Iterable[Decision],
    judgements: "pd.DataFrame",
    current_ids: Mapping[str, str],
) -> tuple[MarkedWords, ...]:
    """The words that reviewers marked in comments as they are now, one reviewer's for each theme.

    Where several marked words, an adjudicator's count, then those of the latest judgement.

    Args:
        decisions: all that are stored.
        judgements: `tables.JUDGEMENTS` of the project's comments (see `own_judgements`).
        current_ids: as for `marked_words`.
    """
    listed = list(decisions)
    marks_of = _marks_by_reviewer(listed, current_ids)
    if not marks_of:
        return ()
    found: dict[tuple[str, str], MarkedWords] = {}
    present = judgements[judgements["present"].astype(bool)]
    by_weight = present.sort_values(["adjudicated", "decided_at"], kind="stable")
    for row in by_weight.to_dict("records"):
        comment_id, theme_id = row["comment_id"], row["theme_id"]
        own = marks_of.get((row["project"], comment_id, row["reviewer"]), {})
        marks = own.get(theme_id, ())
        if not marks:
            continue
        position_id = ""
        if len(row["positions"]) == 1:
            position_id = row["positions"][0]
        found[comment_id, theme_id] = MarkedWords(
            comment_id, theme_id, position_id, marks
        )
    return tuple(found.values())


def _marks_by_reviewer(
    decisions: list[Decision], current_ids: Mapping[str, str]
) -> dict[tuple[str, str, str], dict[str, Marks]]:
    """By project, comment and reviewer, the words that were marked; only where there are any."""
    own: dict[tuple[str, str, str], list[Decision]] = {}
    for decision in decisions:
        if decision.evidence:
            own[_author(decision)] = []
    if not own:
        return {}
    for decision in drop_undone(decisions):
        if _author(decision) in own:
            own[_author(decision)].append(decision)
    return {key: marked_words(made, current_ids) for key, made in own.items()}


def _author(decision: Decision) -> tuple[str, str, str]:
    return (decision.project, decision.comment_id, decision.reviewer)
