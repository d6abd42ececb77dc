"""Comments by rows of the table: what each comment carries, who says so, and what the model thought."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder import tables
from coder.codebook import Codebook, Position, Theme
from coder.decisions import labels_now, standing_judgements
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
    empty = np.zeros((len(analysed), len(rows)), dtype=np.bool_)
    counted = CodedMatrix(
        analysed,
        rows,
        empty,
        empty.copy(),
        empty.copy(),
        np.full(empty.shape, np.nan),
        np.full(empty.shape, -1, dtype=np.int64),
        np.zeros(len(analysed), dtype=np.bool_),
    )
    has_labels = labels is not None and len(labels) > 0
    has_judgements = judgements is not None and len(judgements) > 0
    if not has_labels and not has_judgements:
        raise CoderError(
            "nothing is coded yet: there are neither labels nor decisions",
            f"First: {typed.command('apply')}, or {typed.command('review', '--reviewer NAME', '--from FILE.csv')}",
        )
    if labels is not None and has_labels:
        counted = _with_labels(counted, labels_now(labels, codebook))
    if judgements is not None and has_judgements:
        counted = _with_judgements(counted, judgements)
    if has_labels:
        _refuse_unknown_themes(counted, typed)
    return _rolled_up(counted)


def _with_labels(counted: CodedMatrix, labels: pd.DataFrame) -> CodedMatrix:
    at = _places(counted, labels["comment_id"])
    column = _columns(counted, labels["theme_id"], labels["position_id"])
    here = (at >= 0) & (column >= 0)
    at, column = at[here], column[here]
    carries, probability = counted.carries.copy(), counted.probability.copy()
    carries[at, column] = labels["assigned"].to_numpy(dtype=bool)[here]
    probability[at, column] = labels["probability"].to_numpy(dtype=float)[here]
    labelled = np.zeros(len(counted.comments), dtype=np.bool_)
    labelled[at] = True
    return replace(counted, carries=carries, probability=probability, labelled=labelled)


def _with_judgements(counted: CodedMatrix, judgements: pd.DataFrame) -> CodedMatrix:
    carries, judged, audited = counted.carries.copy(), counted.judged.copy(), counted.audited.copy()
    order = counted.order.copy()
    said = standing_judgements(judgements)
    # A comment is known from when it was first decided, whoever decided it again later.
    first = judgements.groupby(["comment_id", "theme_id"])["decided_at"].min()
    turn = first.rank(method="dense").astype("int64").to_dict()
    numbers = counted.row_number
    drawn = set(
        judgements.loc[judgements["chosen"] == "random", ["comment_id", "theme_id"]].itertuples(
            index=False, name=None
        )
    )
    places = _places(counted, said["comment_id"])
    columns = zip(
        said["comment_id"], said["theme_id"], said["present"], said["positions"], strict=True
    )
    by_theme: dict[str, list[tuple[int, str]]] = {}
    for (theme_id, position_id), number in numbers.items():
        by_theme.setdefault(theme_id, []).append((number, position_id))
    for at, (comment_id, theme_id, present, positions) in zip(places, columns, strict=True):
        if at < 0:
            continue
        for number, position_id in by_theme.get(theme_id, ()):
            carries[at, number] = bool(present) and (not position_id or position_id in positions)
            judged[at, number] = True
            audited[at, number] = (comment_id, theme_id) in drawn
            order[at, number] = turn[(comment_id, theme_id)]
    return replace(counted, carries=carries, judged=judged, audited=audited, order=order)


def _places(counted: CodedMatrix, comment_ids: pd.Series) -> NDArray[np.intp]:
    found = pd.Index(counted.comments["comment_id"]).get_indexer(pd.Index(comment_ids))
    return np.asarray(found, dtype=np.intp)


def _columns(
    counted: CodedMatrix, theme_ids: pd.Series, position_ids: pd.Series
) -> NDArray[np.intp]:
    numbers = counted.row_number
    themes = theme_ids.astype("category")
    positions = position_ids.astype("category")
    grid = np.array(
        [
            [numbers.get((str(t), str(p)), -1) for p in positions.cat.categories]
            for t in themes.cat.categories
        ]
    )
    return np.asarray(
        grid[themes.cat.codes.to_numpy(), positions.cat.codes.to_numpy()], dtype=np.intp
    )


def _refuse_unknown_themes(counted: CodedMatrix, typed: CommandNames) -> None:
    """A theme that the model was never asked about would be counted in the comments decided alone."""
    scored, decided = ~np.isnan(counted.probability), counted.judged
    unknown = [not scored[:, n].any() and not decided[:, n].all() for n in range(len(counted.rows))]
    missing = [
        "=".join(filter(None, row.key))
        for row, new in zip(counted.rows, unknown, strict=True)
        if new
    ]
    if missing and len(counted.comments):
        raise CoderError(
            f"the labels know nothing of the codebook's theme(s) {', '.join(missing)}: the codebook has changed "
            "since the comments were coded",
            f"Code them again: {typed.command('apply')}",
        )


def _rolled_up(counted: CodedMatrix) -> CodedMatrix:
    """A sub-theme's comments count for its parent too, unless `aggregate: false`."""
    numbers = counted.row_number
    carries, judged = counted.carries.copy(), counted.judged.copy()
    probability, order = counted.probability.copy(), counted.order.copy()
    for number in sorted(range(len(counted.rows)), key=lambda n: -counted.rows[n].depth):
        row = counted.rows[number]
        parent = numbers.get((row.parent_id, ""))
        if row.position is not None or not row.theme.aggregate or parent is None:
            continue
        newly = judged[:, number] & carries[:, number] & ~judged[:, parent]
        order[newly, parent] = order[newly, number]
        judged[:, parent] |= newly
        carries[:, parent] |= carries[:, number]
        probability[:, parent] = np.fmax(probability[:, parent], probability[:, number])
    return replace(counted, carries=carries, judged=judged, probability=probability, order=order)


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
