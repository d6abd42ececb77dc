"""What each reviewer last answered: tables of judgements, and one reviewer's answers comment by comment."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from coder.codebook import Codebook
from coder.decisions.history import CodebookHistory
from coder.decisions.log import Decision, drop_undone
from coder.tables import JUDGEMENTS, empty

if TYPE_CHECKING:
    import pandas as pd


def judgements(decisions: Iterable[Decision], codebook: Codebook) -> "pd.DataFrame":
    """One row (see `tables.JUDGEMENTS`) for what each reviewer last said of each theme in each comment.

    Ids are read through the codebook: renamed and merged themes count under the id they have now. A merged
    theme is present when any of its parts was, and absent when all of its parts were judged absent; else it
    is not judged. What a reviewer says later of one part leaves the parts that stood beside it then as they
    were said, and replaces what was said under an id of before. Which themes a codebook had at a time is
    known from the scopes of its decisions. A theme that
    was `split_from` an id judged before is not judged. Retired and unknown themes give no row. A decision
    that is `whole` judged every theme that is coded now.
    """
    import pandas as pd

    listed = list(decisions)
    active = set(codebook.theme_ids)
    now = codebook.current_ids
    reading = CodebookHistory(codebook, listed)
    said: dict[_Key, dict[str, Decision]] = {}
    whole: dict[str, bool] = {}
    for decision in drop_undone(listed):
        whole[decision.id] = active <= {now.get(old) for old in decision.scope}
        for old in decision.scope:
            theme_id = now.get(old)
            if theme_id not in active:
                continue
            key = (
                decision.project,
                decision.comment_id,
                theme_id,
                decision.reviewer,
                bool(decision.adjudicates),
            )
            parts = said.pop(key, None)  # the later one takes its place in the order too
            said[key] = reading.joined(parts, old, theme_id, decision)
    rows = []
    for (project, comment_id, theme_id, reviewer, settles), parts in said.items():
        verdict = reading.verdict(theme_id, parts)
        if verdict is None or verdict.unsure:
            continue
        by = next(d for d in parts.values() if d.id == verdict.decision_id)
        rows.append(
            (
                project,
                comment_id,
                by.text_hash,
                theme_id,
                verdict.present,
                verdict.positions,
                reviewer,
                verdict.mode,
                verdict.chosen,
                verdict.decided_at,
                by.id,
                by.text,
                settles,
                whole[[*parts.values()][-1].id],
            )
        )
    if not rows:
        return empty(JUDGEMENTS)
    table = pd.DataFrame(
        rows, columns=[*(name for name in JUDGEMENTS.columns if name != "whole"), "whole"]
    )
    return table[list(JUDGEMENTS.columns)]


# Whose judgement of what: project, comment, theme as it is now, reviewer, and whether it is an adjudication,
# which stands beside what the same reviewer said before.
_Key = tuple[str, str, str, str, bool]


def own_judgements(table: "pd.DataFrame", comments: "pd.DataFrame", project: str) -> "pd.DataFrame":
    """The judgements made on this project's comments as they are now: same project, id and text.

    Judgements on a comment whose text changed or that vanished are stale and left out.
    """
    from coder.text import text_hash

    now = dict(zip(comments["comment_id"], map(text_hash, comments["text"]), strict=True))
    same = [
        p == project and now.get(c) == h
        for p, c, h in zip(table["project"], table["comment_id"], table["text_hash"], strict=True)
    ]
    return table[_boolean_series(same).to_numpy()].reset_index(drop=True)


def _boolean_series(values: list[bool]) -> "pd.Series":
    """A boolean Series, also of no values."""
    import pandas as pd

    return pd.Series(values, dtype=bool)


class LatestAnswers(NamedTuple):
    """What one reviewer's standing decisions say of one comment as it is now."""

    themes: dict[str, tuple[str, ...] | None]  # positions where present, None where absent
    unsure: frozenset[str]
    mode: str  # blind only when all of it was
    chosen: str  # listed where it was chosen in several ways
    note: str  # of the last decision


def latest_answers(
    decisions: Iterable[Decision],
    codebook: Codebook,
    texts: Mapping[str, str],
    *,
    project: str,
    reviewer: str,
) -> dict[str, LatestAnswers]:
    """What a reviewer last said of each theme, comment by comment; stale decisions and adjudications are left out.

    Args:
        texts: comment id to text as it is now.
    """
    from coder.text import text_hash

    listed = list(decisions)
    hashes = {comment_id: text_hash(text) for comment_id, text in texts.items()}
    table = judgements(listed, codebook)
    mine = table[
        (table["project"] == project)
        & (table["reviewer"] == reviewer)
        & ~table["adjudicated"].astype(bool)
    ]
    said: dict[str, dict[str, tuple[str, ...] | None]] = {}
    columns = (
        mine[name] for name in ("comment_id", "text_hash", "theme_id", "present", "positions")
    )
    for comment_id, hashed, theme_id, present, positions in zip(*columns, strict=True):
        if hashes.get(comment_id) == hashed:
            said.setdefault(comment_id, {})[theme_id] = tuple(positions) if present else None
    now, active = codebook.current_ids, set(codebook.theme_ids)
    last: dict[str, dict[str, tuple[Decision, bool]]] = {}
    for d in drop_undone(listed):
        if (d.project, d.reviewer) != (project, reviewer) or d.adjudicates:
            continue
        if hashes.get(d.comment_id) == d.text_hash:
            scope = {now[old]: (d, old in d.unsure) for old in d.scope if now.get(old) in active}
            last[d.comment_id] = last.get(d.comment_id, {}) | scope
    found = {}
    for comment_id, by_theme in last.items():
        themes = said.get(comment_id, {})
        unsure = frozenset(t for t, (_, open_) in by_theme.items() if open_ and t not in themes)
        if not themes and not unsure:
            continue
        whose = [d for d, _ in by_theme.values()]
        ways = {d.chosen for d in whose}
        found[comment_id] = LatestAnswers(
            themes,
            unsure,
            "blind" if all(d.mode == "blind" for d in whose) else "assisted",
            ways.pop() if len(ways) == 1 else "listed",
            max(whose, key=lambda d: d.decided_at).note,
        )
    return found
