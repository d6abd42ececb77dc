"""Comments by rows of the table: what each comment carries, who says so, and what the model thought."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder import tables
from coder.codebook import Codebook, Position, Theme
from coder.decisions import StandingMatrix, labels_now, standing_matrix
from coder.errors import GENERIC, CoderError, CommandNames

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Key = tuple[str, str]


class Row(NamedTuple):
    """What a row of the table counts: a theme, or one of its positions."""

    theme: Theme
    position: Position | None
    parent_id: str  # of the theme; empty at the top
    depth: int

    @property
    def key(self) -> Key:
        """Theme id and position id (empty for the theme itself)."""
        return self.theme.id, self.position.id if self.position else ""

    @property
    def name(self) -> str:
        return self.position.name if self.position else self.theme.name

    @property
    def short(self) -> str:
        return self.position.name if self.position else self.theme.short

    @property
    def description(self) -> str:
        return self.position.definition if self.position else self.theme.definition

    @property
    def ranked(self) -> bool:
        """Main themes take a rank; sub-themes and positions stand under theirs."""
        return self.position is None and not self.parent_id


@dataclass(frozen=True)
class CodedMatrix:
    """The analysed comments against the rows of the table. All arrays are (n_comments, n_rows)."""

    comments: pd.DataFrame  # analysed ones, by comment_id
    rows: tuple[
        Row, ...
    ]  # codebook order, each theme followed by its positions, then its sub-themes
    carries: Bools  # as decided, else as the model assigned
    judged: Bools  # a reviewer decided it
    audited: Bools  # a reviewer decided it on a comment drawn at random
    probability: Floats  # the model's, NaN where there is none
    order: NDArray[np.int64]  # in which the decisions fell, -1 where there is none
    labelled: Bools  # (n_comments,) the model scored the comment

    @property
    def row_number(self) -> dict[Key, int]:
        return {row.key: number for number, row in enumerate(self.rows)}

    @property
    def known(self) -> Bools:
        """(n_comments,) every row was decided by a reviewer."""
        return np.asarray(self.judged.all(axis=1), dtype=np.bool_)

    def only(self, mask: Bools) -> "CodedMatrix":
        """The same for some of the comments."""
        return replace(
            self,
            comments=self.comments[mask].reset_index(drop=True),
            carries=self.carries[mask],
            judged=self.judged[mask],
            audited=self.audited[mask],
            probability=self.probability[mask],
            order=self.order[mask],
            labelled=self.labelled[mask],
        )


def table_rows(codebook: Codebook) -> tuple[Row, ...]:
    """Every row that the codebook gives, in its order; retired themes give none."""
    return tuple(_rows(codebook))


def _rows(codebook: Codebook) -> Iterator[Row]:
    for theme, parent_id, depth in codebook.nodes:
        if theme.retired:
            continue
        yield Row(theme, None, parent_id, depth)
        for position in theme.positions:
            yield Row(theme, position, parent_id, depth)


def count_comments(
    comments: pd.DataFrame,
    labels: pd.DataFrame | None,
    judgements: pd.DataFrame | None,
    codebook: Codebook,
    typed: CommandNames = GENERIC,
) -> CodedMatrix:
    """What every analysed comment carries: the reviewers' decisions over the model's labels.

    Args:
        comments: `tables.COMMENTS`; only the analysed ones count.
        labels: `tables.LABELS` of `coder apply`, or None where decisions alone count; read through the codebook
            (see `labels_now`).
        judgements: `tables.JUDGEMENTS` of this project's comments, or None.
        codebook: the one as it is now.
        typed: how errors name the project and the codebook.

    Raises:
        CoderError: there are neither labels nor judgements, or the labels know nothing of a theme that was not
            decided in every comment.
    """
    analysed = tables.analysed(tables.check(comments, tables.COMMENTS))
    rows = table_rows(codebook)
    has_labels = labels is not None and len(labels) > 0
    has_judgements = judgements is not None and len(judgements) > 0
    if not has_labels and not has_judgements:
        raise CoderError(
            "nothing is coded yet: there are neither labels nor decisions",
            f"First: {typed.command('apply')}, or {typed.command('review', '--reviewer NAME', '--from FILE.csv')}",
        )
    if labels is not None:
        labels = labels_now(labels, codebook)
    keys = [row.key for row in rows]
    matrix = standing_matrix(list(analysed["comment_id"]), keys, labels, judgements)
    if has_labels:
        _refuse_unknown_themes(rows, matrix, typed)
    standing = matrix.rolled_up(codebook)
    return CodedMatrix(
        comments=analysed,
        rows=rows,
        carries=standing.carries,
        judged=standing.judged,
        audited=standing.audited,
        probability=standing.probability,
        order=standing.order,
        labelled=standing.labelled,
    )


def _refuse_unknown_themes(
    rows: Sequence[Row], matrix: StandingMatrix, typed: CommandNames
) -> None:
    """A theme that the model was never asked about would be counted in the comments decided alone."""
    scored: Bools = np.asarray(np.isfinite(matrix.probability).any(axis=0))
    decided: Bools = np.asarray(matrix.judged.all(axis=0))
    missing = []
    for number, row in enumerate(rows):
        if not scored[number] and not decided[number]:
            missing.append("=".join(filter(None, row.key)))
    if missing and len(matrix.labelled):
        raise CoderError(
            f"the labels know nothing of the codebook's theme(s) {', '.join(missing)}: the codebook has changed "
            "since the comments were coded",
            f"Code them again: {typed.command('apply')}",
        )


def campaigns_once(counted: CodedMatrix) -> CodedMatrix:
    """Each campaign as one comment: one that was decided if any was, else the first by id.

    A campaign's decided comment stands for the campaign and is no random draw any more.
    """
    campaign = counted.comments["campaign_id"].to_numpy()
    keep = campaign == ""
    audited = counted.audited.copy()
    for _, places in pd.Series(range(len(campaign)))[~keep].groupby(campaign[~keep], sort=True):
        at = places.to_numpy()
        most_judged = counted.judged[at].sum(axis=1)
        chosen = at[int(most_judged.argmax())]
        keep[chosen] = True
        if len(at) > 1:
            audited[chosen] = False
    return replace(counted, audited=audited).only(keep)
