"""Decisions from a table (see `coder.decisions.table`), kept as the review screen would keep
them. What stands already is not added again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from coder.codebook import Codebook
from coder.decisions import (
    Decision,
    DecisionLog,
    LatestAnswers,
    StoredDecisions,
    drawn_ids,
    drop_undone,
    latest_answers,
    read_decisions,
)
from coder.decisions.table import (
    Chosen,
    DecisionTable,
    Mode,
    RowAnswers,
    read_decision_table,
)
from coder.reviewing.context import ReviewContext
from coder.reviewing.mode import ReviewMode
from coder.reviewing.progress.status import SampleStatus, read_sample_status
from coder.reviewing.record import Record
from coder.reviewing.table_adjudications import build_adjudications
from coder.tables import EXCLUDED, ids_by_respondent
from coder.text import text_hash

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


ADJUDICATION = ReviewMode(adjudicate=True)


class DecisionCounts(NamedTuple):
    """What came of a table.

    Attributes:
        added: decisions that are new.
        already: rows whose decision by the same reviewer stands as it is.
        excluded: rows on comments that are not analysed.
        with_theme: rows that name one theme at least.
        unused: columns that say nothing here.
        not_done: rows left out because their column `done` does not say yes.
        begun: of these, rows with an entry for a theme.
        random: rows on comments that were drawn at random.
        refused: rows that say random, on comments that no stored draw holds: they are kept,
            and do not count as random.
        samples: how far the stored draws are decided now.
        notes: what a reader should be told of the stored decisions.
    """

    added: int
    already: int
    excluded: int
    with_theme: int
    unused: tuple[str, ...]
    not_done: int
    begun: int
    random: int
    refused: int
    samples: tuple[SampleStatus, ...]
    notes: tuple[str, ...]


def take_table(
    source: "pd.DataFrame | Path",
    comments: "pd.DataFrame",
    codebook: Codebook,
    codebook_path: "Path",
    reviewer: str,
    *,
    project: str,
    mode: Mode | Literal[""] = "",
    chosen: Chosen | Literal[""] = "",
    now: datetime | None = None,
) -> DecisionCounts:
    """Keep a table's rows as one reviewer's decisions; all rows, or none when a single cell is
    faulty.

    A row that repeats the reviewer's last decision on that comment and scope is counted and
    left out, so that the same table taken twice adds nothing.

    Args:
        comments: `tables.COMMENTS`; excluded comments may be decided too.
        mode: of rows that do not tell; empty for "assisted", the claim that needs no proof.
        chosen: how the comments were chosen in rows that do not tell; empty for "listed".

    Raises:
        CoderError: every faulty cell with its place and what is allowed.
    """
    now = now or datetime.now(UTC)
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    ids = ids_by_respondent(comments)
    table = read_decision_table(
        source, codebook, texts=texts, ids=ids, reviewer=reviewer, now=now
    )
    stored = read_decisions(codebook_path)
    if table.settles:
        record = Record(stored.decisions, codebook, project, texts, stored.states)
        context = ReviewContext(codebook, record, project, reviewer, ADJUDICATION)
        return _settle(table, comments, context, codebook_path, stored.notes, now)
    own = _OwnDecisions(stored, project, reviewer)
    drawn = _DrawnComments(stored, project, list(texts))
    if table.counts_done_rows:
        own.read_latest(codebook, texts)
    origin = _Origin(
        project,
        reviewer,
        str(codebook.version),
        codebook.fingerprint,
        mode,
        now.isoformat(timespec="milliseconds"),
    )
    rows = [drawn.checked(row, chosen) for row in table.rows]
    new_decisions = []
    for row in rows:
        decision = origin.decision(row, texts[row.comment_id])
        if not _is_stored(own, decision, row, mode):
            new_decisions.append(decision)
    DecisionLog(codebook_path, reviewer, codebook).append(new_decisions)
    counts = _counts(table, len(new_decisions), comments, stored.notes)
    samples = read_sample_status(comments, codebook, codebook_path, project)
    random = sum(map(drawn.holds, rows))
    return counts._replace(random=random, refused=drawn.refused, samples=samples)


def _is_stored(
    own: "_OwnDecisions", decision: Decision, row: RowAnswers, mode: str
) -> bool:
    """Whether a row repeats the reviewer's last decision on its comment and scope."""
    has_mode = bool(row.mode or mode)
    has_date = bool(row.decided_at)
    return own.include(decision, has_mode, bool(row.chosen), has_date=has_date)


def _settle(
    table: DecisionTable,
    comments: "pd.DataFrame",
    context: ReviewContext,
    codebook_path: "Path",
    notes: tuple[str, ...],
    now: datetime,
) -> DecisionCounts:
    """Keep the rows of a sheet of disputes as adjudications."""
    settling = build_adjudications(table.rows, comments, context, now)
    log = DecisionLog(codebook_path, context.reviewer, context.codebook)
    log.append(settling)
    settled = {decision.comment_id for decision in settling}
    return _counts(table, len(settled), comments, notes)


class _DrawnComments:
    """Which comments of a project were drawn at random.

    Attributes:
        refused: rows that said so and were not, where draws were written down.
    """

    def __init__(
        self, stored: StoredDecisions, project: str, comment_ids: Sequence[str]
    ) -> None:
        self.refused = 0
        self._drawn = drawn_ids(stored.draws, project, comment_ids)
        self._said = {
            decision.comment_id
            for decision in drop_undone(stored.decisions)
            if decision.project == project and decision.chosen == "random"
        }

    def checked(self, row: RowAnswers, chosen: Chosen | Literal[""]) -> RowAnswers:
        """The row with how its comment was chosen; random only where that can be.

        Args:
            chosen: of rows that do not tell.
        """
        row = replace(row, chosen=row.chosen or chosen)
        known = self._drawn | self._said
        if row.chosen == "random" and self._drawn and row.comment_id not in known:
            self.refused += 1
            return replace(row, chosen="listed")
        return row

    def holds(self, row: RowAnswers) -> bool:
        """Whether the comment of a checked row was drawn at random."""
        if row.chosen == "random":
            return True
        return row.comment_id in self._drawn or row.comment_id in self._said


def _counts(
    table: DecisionTable, added: int, comments: "pd.DataFrame", notes: tuple[str, ...]
) -> DecisionCounts:
    excluded = set(comments.loc[comments["status"] == EXCLUDED, "comment_id"])
    return DecisionCounts(
        added=added,
        already=len(table.rows) - added,
        excluded=sum(row.comment_id in excluded for row in table.rows),
        with_theme=sum(bool(row.themes) for row in table.rows),
        unused=table.unused,
        not_done=table.not_done,
        begun=table.begun,
        random=0,
        refused=0,
        samples=(),
        notes=notes,
    )


@dataclass(frozen=True)
class _Origin:
    """What the decisions of one table have in common, unless a row tells otherwise."""

    project: str
    reviewer: str
    codebook_version: str
    codebook_fingerprint: str
    mode: Mode | Literal[""]
    decided_at: str

    def decision(self, row: RowAnswers, text: str) -> Decision:
        """The decision that a row stands for."""
        return Decision(
            project=self.project,
            comment_id=row.comment_id,
            text=text,
            text_hash=text_hash(text),
            scope=row.scope,
            themes=row.themes,
            unsure=row.unsure,
            mode=row.mode or self.mode or "assisted",
            chosen=row.chosen or "listed",
            note=row.note,
            front_end="table",
            reviewer=self.reviewer,
            decided_at=row.decided_at or self.decided_at,
            codebook_version=self.codebook_version,
            codebook_fingerprint=self.codebook_fingerprint,
        )


class _Content(NamedTuple):
    """What makes two decisions of a reviewer the same."""

    comment_id: str
    text_hash: str
    scope: frozenset[str]
    themes: frozenset[tuple[str, tuple[str, ...]]]
    unsure: frozenset[str]
    mode: Literal["blind", "assisted"]
    chosen: Literal["random", "targeted", "listed"]
    note: str


class _OwnDecisions:
    """What a reviewer decided in this project before.

    Attributes:
        latest: what they say now of each comment, once `read_latest` was called: where several
            decisions together may say what a row says.
    """

    def __init__(self, stored: StoredDecisions, project: str, reviewer: str) -> None:
        self._stored, self._project, self._reviewer = stored, project, reviewer
        self.latest: dict[str, LatestAnswers] = {}
        self._last: dict[tuple[str, frozenset[str]], _Content] = {}
        self._dated: set[tuple[_Content, str]] = set()
        for decision in drop_undone(stored.decisions):
            if decision.reviewer == reviewer and decision.project == project:
                content = _content(decision)
                self._last[content.comment_id, content.scope] = content
                self._dated.add((content, decision.decided_at))

    def read_latest(self, codebook: Codebook, texts: Mapping[str, str]) -> None:
        """Read what the reviewer says now of each comment.

        Args:
            texts: comment id to text as it is now.
        """
        self.latest = latest_answers(
            self._stored.decisions,
            codebook,
            texts,
            project=self._project,
            reviewer=self._reviewer,
            states=self._stored.states,
        )

    def include(
        self,
        decision: Decision,
        mode_told: bool,
        chosen_told: bool,
        *,
        has_date: bool,
    ) -> bool:
        """Whether the reviewer has decided the same; at the same time, where the row has a
        date.

        Args:
            mode_told, chosen_told: the row says how it was judged, how its comment was chosen;
                else that is no difference.
        """
        content = _content(decision)
        last = self._last.get((content.comment_id, content.scope))
        if last is not None and not mode_told:
            content = content._replace(mode=last.mode)
        if last is not None and not chosen_told:
            content = content._replace(chosen=last.chosen)
        is_stored = last == content
        if has_date:
            is_stored = (content, decision.decided_at) in self._dated
        if is_stored:
            return True
        answers = self.latest.get(decision.comment_id)
        return answers is not None and _says_the_same(answers, decision)


def _content(decision: Decision) -> _Content:
    themes = set()
    for theme_id, positions in decision.themes.items():
        themes.add((theme_id, tuple(sorted(positions))))
    return _Content(
        decision.comment_id,
        decision.text_hash,
        frozenset(decision.scope),
        frozenset(themes),
        frozenset(decision.unsure),
        decision.mode,
        decision.chosen,
        decision.note,
    )


def _says_the_same(answers: LatestAnswers, decision: Decision) -> bool:
    """Whether the latest answers are the decision's for every theme of its scope."""
    if decision.note != answers.note:
        return False
    for theme_id in decision.scope:
        if theme_id in decision.unsure:
            if theme_id not in answers.unsure:
                return False
            continue
        positions = None
        if theme_id in decision.themes:
            positions = tuple(sorted(decision.themes[theme_id]))
        if theme_id not in answers.themes or answers.themes[theme_id] != positions:
            return False
    return True
