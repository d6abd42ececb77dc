"""What each reviewer last answered: a table of judgements, and one reviewer's answers comment
by comment.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.codebook import Codebook
from coder.decisions.history import CodebookHistory, Parts, Verdict
from coder.decisions.log import Decision, drop_undone
from coder.decisions.states import CodebookState
from coder.tables import JUDGEMENTS, empty

if TYPE_CHECKING:
    import pandas as pd

States = Mapping[str, CodebookState]  # by fingerprint, see `StoredDecisions.states`


def judgements(
    decisions: Iterable[Decision],
    codebook: Codebook,
    states: States | None = None,
) -> "pd.DataFrame":
    """One row (see `tables.JUDGEMENTS`) for each reviewer's last answer for a theme in a comment.

    Ids are read through the codebook: renamed and merged themes count under the id they have
    now. A merged theme is present when any of its parts was, and absent when all of its parts
    were judged absent; else it is not judged. A later answer for one part leaves the answers for
    parts that existed beside it unchanged, and replaces answers under an earlier id. A theme
    that was `split_from` an id judged before is not judged. Retired and unknown themes give no
    row. A decision that is `whole` judged every theme that is coded now, or was then.

    Args:
        states: the stored states of the codebook (`StoredDecisions.states`).
    """
    sure, _ = both_judgements(decisions, codebook, states)
    return sure


def both_judgements(
    decisions: Iterable[Decision], codebook: Codebook, states: States | None = None
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """`judgements`, and the same of the answers "cannot tell"."""
    listed = list(decisions)
    history = CodebookHistory(codebook, listed, states)
    standing = drop_undone(listed)
    whole = _whole_decisions(standing, codebook, history)
    times = _FirstTimes(standing, codebook)
    sure: list[tuple[object, ...]] = []
    unsure: list[tuple[object, ...]] = []
    for key, parts in _parts_by_key(standing, codebook, history).items():
        verdict = history.verdict(key.theme_id, parts)
        if verdict is not None:
            rows = unsure if verdict.unsure else sure
            rows.append(_row(key, parts, verdict, whole, times))
    return _table_of(sure), _table_of(unsure)


def _table_of(rows: list[tuple[object, ...]]) -> "pd.DataFrame":
    import pandas as pd

    if not rows:
        return empty(JUDGEMENTS)
    return pd.DataFrame(rows, columns=list(JUDGEMENTS.columns))


class _Key(NamedTuple):
    """Whose judgement of what. An adjudication is kept beside its reviewer's earlier answer."""

    project: str
    comment_id: str
    theme_id: str  # as it is now
    reviewer: str
    adjudicated: bool


def _key(decision: Decision, theme_id: str) -> _Key:
    return _Key(
        decision.project,
        decision.comment_id,
        theme_id,
        decision.reviewer,
        bool(decision.adjudicates),
    )


def _parts_by_key(
    decisions: Sequence[Decision], codebook: Codebook, history: CodebookHistory
) -> dict[_Key, Parts]:
    """The decisions on the parts of each theme, in the order of the last decision on any of
    them.
    """
    active = set(codebook.theme_ids)
    current_id = codebook.current_ids
    parts_of: dict[_Key, Parts] = {}
    for decision in decisions:
        for old in decision.scope:
            theme_id = current_id.get(old, "")
            if theme_id not in active:
                continue
            key = _key(decision, theme_id)
            parts = parts_of.pop(key, None)
            parts_of[key] = history.joined(parts, old, theme_id, decision)
    return parts_of


def _whole_decisions(
    decisions: Sequence[Decision], codebook: Codebook, history: CodebookHistory
) -> set[str]:
    """Ids of the decisions that judged every theme that is coded now, or was then."""
    active = set(codebook.theme_ids)
    current_id = codebook.current_ids
    whole = set()
    for decision in decisions:
        judged = {current_id.get(old) for old in decision.scope}
        if active <= judged or history.was_whole(decision):
            whole.add(decision.id)
    return whole


class _FirstTimes:
    """When each reviewer first answered for a theme in a text, and first after a random draw."""

    def __init__(self, decisions: Sequence[Decision], codebook: Codebook) -> None:
        self._first: dict[tuple[_Key, str], str] = {}
        self._drawn: dict[tuple[_Key, str], str] = {}
        current_id = codebook.current_ids
        for decision in decisions:
            for old in decision.scope:
                key = _key(decision, current_id.get(old, ""))
                place = (key, decision.text_hash)
                self._add(place, decision, is_sure=old not in decision.unsure)

    def _add(
        self, place: tuple[_Key, str], decision: Decision, *, is_sure: bool
    ) -> None:
        moment = decision.decided_at
        if is_sure:
            self._first[place] = min(moment, self._first.get(place, moment))
        if decision.chosen == "random":
            self._drawn[place] = min(moment, self._drawn.get(place, moment))

    def of(self, key: _Key, text_hash: str) -> dict[str, str]:
        """The cells `first_at` and `drawn_at` of a row."""
        place = (key, text_hash)
        return {
            "first_at": self._first.get(place, ""),
            "drawn_at": self._drawn.get(place, ""),
        }


def _row(
    key: _Key,
    parts: Parts,
    verdict: Verdict,
    whole: set[str],
    times: _FirstTimes,
) -> tuple[object, ...]:
    by_id = {decision.id: decision for decision in parts.values()}
    decision = by_id[verdict.decision_id]
    last = list(parts.values())[-1]
    cells = {
        **key._asdict(),
        "text_hash": decision.text_hash,
        "present": verdict.present,
        "positions": verdict.positions,
        "mode": verdict.mode,
        "chosen": verdict.chosen,
        "whole": last.id in whole,
        "decided_at": verdict.decided_at,
        "decision_id": decision.id,
        "text": decision.text,
        **times.of(key, decision.text_hash),
    }
    return tuple(cells[name] for name in JUDGEMENTS.columns)


def own_judgements(
    table: "pd.DataFrame", comments: "pd.DataFrame", project: str
) -> "pd.DataFrame":
    """The judgements made on this project's comments as they are now: same project, id and text.

    Judgements on a comment whose text changed or that vanished are stale and left out.
    """
    import numpy as np

    from coder.text import text_hash

    judged = comments[comments["comment_id"].isin(table["comment_id"])]
    hashes = map(text_hash, judged["text"])
    now = dict(zip(judged["comment_id"], hashes, strict=True))
    expected = table["comment_id"].map(now).to_numpy(dtype=object)
    same_text = np.asarray(
        table["text_hash"].to_numpy(dtype=object) == expected, dtype=bool
    )
    same_project = (table["project"] == project).to_numpy(dtype=bool)
    return table[same_text & same_project].reset_index(drop=True)


def with_times(table: "pd.DataFrame") -> "pd.DataFrame":
    """Judgements with `first_at` and `drawn_at`, as far as the other columns tell them.

    Tables of earlier versions, and those made by hand, have neither.
    """
    if {"first_at", "drawn_at"} <= set(table.columns):
        return table
    is_random = table["chosen"] == "random"
    return table.assign(
        first_at=table["decided_at"],
        drawn_at=table["decided_at"].where(is_random, ""),
    )


class LatestAnswers(NamedTuple):
    """What one reviewer's standing decisions say of one comment as it is now."""

    themes: dict[
        str, tuple[str, ...] | None
    ]  # positions where present, None where absent
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
    states: States | None = None,
) -> dict[str, LatestAnswers]:
    """A reviewer's last answer for each theme, comment by comment, without stale decisions and
    adjudications.

    Args:
        texts: comment id to text as it is now.
        states: the stored states of the codebook (`StoredDecisions.states`).
    """
    from coder.text import text_hash

    listed = list(decisions)
    hashes = {comment_id: text_hash(text) for comment_id, text in texts.items()}
    table = judgements(listed, codebook, states)
    by_reviewer = (table["project"] == project) & (table["reviewer"] == reviewer)
    themes_of = _themes_by_comment(
        table[by_reviewer & ~table["adjudicated"].astype(bool)], hashes
    )
    own = [
        decision
        for decision in drop_undone(listed)
        if (decision.project, decision.reviewer) == (project, reviewer)
    ]
    answers = {}
    for comment_id, decision_on in _last_decisions(own, codebook, hashes).items():
        answer = _latest_answer(themes_of.get(comment_id, {}), decision_on)
        if answer.themes or answer.unsure:
            answers[comment_id] = answer
    return answers


def _themes_by_comment(
    table: "pd.DataFrame", hashes: Mapping[str, str]
) -> dict[str, dict[str, tuple[str, ...] | None]]:
    names = ["comment_id", "text_hash", "theme_id", "present", "positions"]
    themes_of: dict[str, dict[str, tuple[str, ...] | None]] = {}
    for comment_id, text_hash, theme_id, present, positions in _rows(table, names):
        if hashes.get(comment_id) != text_hash:
            continue
        themes = themes_of.setdefault(comment_id, {})
        themes[theme_id] = None
        if present:
            themes[theme_id] = tuple(positions)
    return themes_of


def _rows(table: "pd.DataFrame", names: list[str]) -> Iterator[tuple[Any, ...]]:
    return table[names].itertuples(index=False, name=None)


class _LastDecision(NamedTuple):
    """A reviewer's last decision on one theme in one comment."""

    decision: Decision
    unsure: bool


def _last_decisions(
    decisions: Sequence[Decision], codebook: Codebook, hashes: Mapping[str, str]
) -> dict[str, dict[str, _LastDecision]]:
    """Comment, then theme as it is now, to the last decision; of comments whose text is as it
    was.
    """
    active = set(codebook.theme_ids)
    current_id = codebook.current_ids
    last: dict[str, dict[str, _LastDecision]] = {}
    for decision in decisions:
        if (
            decision.adjudicates
            or hashes.get(decision.comment_id) != decision.text_hash
        ):
            continue
        of_comment = last.setdefault(decision.comment_id, {})
        for old in decision.scope:
            theme_id = current_id.get(old, "")
            if theme_id in active:
                of_comment[theme_id] = _LastDecision(decision, old in decision.unsure)
    return last


def _latest_answer(
    themes: dict[str, tuple[str, ...] | None], decision_on: Mapping[str, _LastDecision]
) -> LatestAnswers:
    unsure = {
        theme_id
        for theme_id, last in decision_on.items()
        if last.unsure and theme_id not in themes
    }
    decisions = [last.decision for last in decision_on.values()]
    chosen = {decision.chosen for decision in decisions}
    blind = all(decision.mode == "blind" for decision in decisions)
    latest = max(decisions, key=lambda decision: decision.decided_at, default=None)
    return LatestAnswers(
        themes=themes,
        unsure=frozenset(unsure),
        mode="blind" if blind else "assisted",
        chosen=chosen.pop() if len(chosen) == 1 else "listed",
        note=latest.note if latest is not None else "",
    )
