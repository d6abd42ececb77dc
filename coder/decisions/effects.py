"""What a change of the codebook does to its decisions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.decisions.answers import judgements
from coder.decisions.history import CodebookHistory
from coder.decisions.log import Decision, drop_undone

if TYPE_CHECKING:
    import pandas as pd


def effects_of_change(
    decisions: Iterable[Decision], old: Codebook, new: Codebook
) -> "pd.DataFrame":
    """What a change of the codebook does to its decisions: a row for each theme of either state.

    Returns:
        theme_id; judged and carried, the comments in which somebody had judged the theme, or the themes it
        was made or split from, and those in which somebody had found it; kept, the comments in which it is
        judged as the codebook reads now; again, the comments that somebody had decided whole and in which nobody
        looked at the theme as it is coded now: those to look at again.
    """
    import pandas as pd

    listed = list(decisions)
    then, now = judgements(listed, old), judgements(listed, new)
    comment = ["project", "comment_id"]
    reading = CodebookHistory(new, listed)
    by: dict[tuple[str, str, str, bool], list[Decision]] = {}
    for d in drop_undone(listed):
        by.setdefault((d.project, d.comment_id, d.reviewer, bool(d.adjudicates)), []).append(d)
    decided = {key[:2] for key, those in by.items() if reading.whole(those)}
    looked: dict[str, set[tuple[str, str]]] = {}  # unsure counts as looked at
    for key, those in by.items():
        if key[:2] in decided:
            for theme_id in reading.verdicts(those):
                looked.setdefault(theme_id, set()).add(key[:2])
    before = {
        theme_id: new.current_ids.get(theme_id, theme_id) for theme_id in old.current_ids.values()
    }
    ids = [place.theme.id for place in new.nodes]
    origin = {
        place.theme.id: place.theme.split_from
        for place in new.nodes
        if place.theme.id not in before
    }
    rows = []
    for theme_id in [*ids, *(t for t in before if before[t] == t and t not in ids)]:
        was = then[
            (then["theme_id"].map(before) == theme_id) | (then["theme_id"] == origin.get(theme_id))
        ]
        kept = set(now.loc[now["theme_id"] == theme_id, comment].itertuples(index=False, name=None))
        rows.append(
            {
                "theme_id": theme_id,
                "judged": len(was.drop_duplicates(comment)),
                "carried": len(was[was["present"].astype(bool)].drop_duplicates(comment)),
                "kept": len(kept),
                "again": len(decided - looked.get(theme_id, set()))
                if theme_id in new.theme_ids
                else 0,
            }
        )
    return pd.DataFrame(rows, columns=["theme_id", "judged", "carried", "kept", "again"])
