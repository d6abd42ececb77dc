"""What a change of the codebook does to its decisions."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.decisions.answers import States, judgements
from coder.decisions.history import CodebookHistory
from coder.decisions.log import Decision, drop_undone

if TYPE_CHECKING:
    import pandas as pd

Comment = tuple[str, str]  # project and comment id
COMMENT = ["project", "comment_id"]
COLUMNS = ["theme_id", "judged", "carried", "kept", "again"]


def effects_of_change(
    decisions: Iterable[Decision],
    old: Codebook,
    new: Codebook,
    states: States | None = None,
) -> "pd.DataFrame":
    """What a change of the codebook does to its decisions: a row for each theme of either state.

    Args:
        states: the stored states of the codebook (`StoredDecisions.states`).

    Returns:
        theme_id; judged and carried, the comments in which somebody had judged the theme, or
        the themes it was made or split from, and those in which somebody had found it; kept,
        the comments in which it is judged as the codebook reads now; again, the comments that
        somebody had decided whole and in which nobody
        looked at the theme as it is coded now: those to look at again.
    """
    import pandas as pd

    listed = list(decisions)
    then = judgements(listed, old, states)
    now = judgements(listed, new, states)
    again = _to_look_at_again(listed, new, states)
    became = {
        theme_id: new.current_ids.get(theme_id, theme_id)
        for theme_id in old.current_ids.values()
    }
    split_from = {
        node.theme.id: node.theme.split_from
        for node in new.nodes
        if node.theme.id not in became
    }
    rows = []
    for theme_id in _themes_of_both(new, became):
        made_from = then["theme_id"].map(became) == theme_id
        split = then["theme_id"] == split_from.get(theme_id)
        before = then[made_from | split]
        row = {
            "theme_id": theme_id,
            "judged": _comments(before),
            "carried": _comments(before[before["present"].astype(bool)]),
            "kept": _comments(now[now["theme_id"] == theme_id]),
            "again": again.get(theme_id, 0),
        }
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def _themes_of_both(new: Codebook, became: Mapping[str, str]) -> list[str]:
    """The themes of the new state, then those of the old one that are gone."""
    ids = [node.theme.id for node in new.nodes]
    gone = [
        theme_id
        for theme_id, now in became.items()
        if now == theme_id and now not in ids
    ]
    return ids + gone


def _comments(table: "pd.DataFrame") -> int:
    return len(table.drop_duplicates(COMMENT))


def _to_look_at_again(
    decisions: list[Decision], codebook: Codebook, states: States | None
) -> dict[str, int]:
    """Theme to the number of comments that were decided whole, and in which nobody looked at it."""
    history = CodebookHistory(codebook, decisions, states)
    by_reviewer: dict[tuple[Comment, str, bool], list[Decision]] = {}
    for decision in drop_undone(decisions):
        comment = (decision.project, decision.comment_id)
        key = (comment, decision.reviewer, bool(decision.adjudicates))
        by_reviewer.setdefault(key, []).append(decision)
    whole = {key[0] for key, own in by_reviewer.items() if history.whole(own)}
    looked_at: dict[str, set[Comment]] = {}
    for (comment, _, _), own in by_reviewer.items():
        if comment not in whole:
            continue
        for theme_id in history.verdicts(own):  # unsure counts as looked at
            looked_at.setdefault(theme_id, set()).add(comment)
    return {
        theme_id: len(whole - looked_at.get(theme_id, set()))
        for theme_id in codebook.theme_ids
    }
