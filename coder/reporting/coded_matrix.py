"""Comments by rows of the theme table: what each comment carries, who decided it, and the
model's probability.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder import tables
from coder.codebook import Codebook, Position, Theme
from coder.decisions import DIVIDED
from coder.decisions.evidence import MarkedWords
from coder.errors import GENERIC, CoderError, CommandNames, command, option
from coder.reporting.evidence import EvidenceReader, EvidenceSpans
from coder.statistics.domains import AuditedComments
from coder.statistics.ordered_shares import Step
from coder.statistics.reviewed_comments import Reviews, review_comments
from coder.statistics.reviewer_error import ReviewerError
from coder.statistics.samples import DrawnComments, DrawState, ReviewTimes

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Key = tuple[str, str]  # theme id, and position id (empty for the theme itself)


class MatrixRow(NamedTuple):
    """What a row of the theme table counts: a theme, or one of its positions."""

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
        """The name of the position, or of the theme."""
        return (self.position or self.theme).name

    @property
    def short(self) -> str:
        """The name for charts and notes."""
        return self.position.name if self.position else self.theme.short

    @property
    def description(self) -> str:
        """The definition of the position, or of the theme."""
        return (self.position or self.theme).definition

    @property
    def is_ranked(self) -> bool:
        """Main themes take a rank; sub-themes and positions stand under theirs."""
        return self.position is None and not self.parent_id

    @property
    def is_sub_theme(self) -> bool:
        """Whether the row is a theme within another theme."""
        return self.position is None and bool(self.parent_id)


@dataclass(frozen=True)
class CodedMatrix:
    """The analysed comments against the rows of the theme table.

    Arrays are (n_comments, n_rows) unless noted.

    Attributes:
        comments: the analysed ones, by comment id.
        rows: in the codebook's order, each theme followed by its positions, then its sub-themes.
        value: as reviewers decided: 1, 0, or 0.5 where they are divided; else 1 or 0 as the
            model assigned. Sub-themes are counted for their parents.
        judged: reviewers decided it.
        unsure: somebody could not tell, and nobody decided it.
        is_drawn: reviewers decided it in a comment drawn at random.
        audited: of these, what counts as the random sample (see `statistics.samples`).
        missing: drawn at random and not decided yet.
        probability: the model's, in [0, 1]; NaN where there is none.
        order: in which comments became known, whole numbers; -1 where they are not.
        labelled: (n_comments,) the model coded the comment.
        assigned: as the model assigned, sub-themes counted for their parents.
        scored: (n_rows,) the model was asked about the row, or reviewers decided it everywhere.
        steps: which rows cannot be more common than others.
        known_at, random_at: see `decisions.StandingMatrix`.
        evidence: which parts of comments show what the model coded.
        draws: the random draws that were written down.
        samples: how far each of them is decided.
        reviewers: the errors of reviewers that intervals carry too; None for none.
    """

    comments: pd.DataFrame
    rows: tuple[MatrixRow, ...]
    value: Floats
    judged: Bools
    unsure: Bools
    is_drawn: Bools
    audited: Bools
    missing: Bools
    probability: Floats
    order: Integers
    labelled: Bools
    assigned: Bools
    scored: Bools
    steps: tuple[Step, ...]
    known_at: Floats
    random_at: Floats
    evidence: EvidenceSpans
    draws: tuple[DrawnComments, ...] = ()
    samples: tuple[DrawState, ...] = ()
    reviewers: ReviewerError | None = None

    @cached_property
    def carries(self) -> Bools:
        """(n_comments, n_rows) what each comment carries for certain, or as coded."""
        return np.asarray(self.value > DIVIDED, dtype=np.bool_)

    @cached_property
    def unresolved(self) -> Bools:
        """(n_comments, n_rows) where reviewers are divided and nobody has settled it."""
        return np.asarray(self.judged & (self.value == DIVIDED), dtype=np.bool_)

    @property
    def audit_arrays(self) -> AuditedComments:
        """The arrays that estimates are made from."""
        return AuditedComments(
            self.value,
            self.judged,
            self.audited,
            self.missing,
            self.order,
            self.probability,
            self.scored,
            self.steps,
            self.reviewers,
        )

    @property
    def row_number(self) -> dict[Key, int]:
        """The column of the arrays for each theme and position."""
        return {row.key: number for number, row in enumerate(self.rows)}

    @property
    def fully_judged(self) -> Bools:
        """(n_comments,) every row was decided by a reviewer."""
        return np.asarray(self.judged.all(axis=1), dtype=np.bool_)

    @property
    def partly_judged(self) -> Bools:
        """(n_comments,) at least one row was decided by a reviewer."""
        return np.asarray(self.judged.any(axis=1), dtype=np.bool_)

    @property
    def drawn(self) -> int:
        """Comments that were drawn at random and reviewed."""
        return int(self.is_drawn.any(axis=1).sum())

    @property
    def sources(self) -> list[str]:
        """The sources, the largest first, by name where equal: the order of every table."""
        sizes = self.comments["source"].value_counts()
        return sorted(map(str, sizes.index), key=lambda name: (-int(sizes[name]), name))

    def only(self, mask: Bools) -> "CodedMatrix":
        """The same for some of the comments.

        Args:
            mask: (n_comments,).
        """
        if mask.all():
            return self
        return replace(
            self,
            comments=self.comments[mask].reset_index(drop=True),
            value=self.value[mask],
            judged=self.judged[mask],
            unsure=self.unsure[mask],
            is_drawn=self.is_drawn[mask],
            audited=self.audited[mask],
            missing=self.missing[mask],
            probability=self.probability[mask],
            order=self.order[mask],
            labelled=self.labelled[mask],
            assigned=self.assigned[mask],
            known_at=self.known_at[mask],
            random_at=self.random_at[mask],
            evidence=self.evidence.only(mask),
            draws=tuple(draw.only(mask) for draw in self.draws),
        )

    def without_draws(self, mask: Bools) -> "CodedMatrix":
        """The same with some of the comments not drawn at random.

        Args:
            mask: (n_comments,).
        """
        rows = mask[:, None]
        return replace(
            self,
            is_drawn=self.is_drawn & ~rows,
            audited=self.audited & ~rows,
            missing=self.missing & ~rows,
            random_at=np.where(rows, np.nan, self.random_at),
            draws=tuple(draw.without(mask) for draw in self.draws),
        )

    def review_times(self, number: int) -> ReviewTimes:
        """When a row became known of each comment."""
        return ReviewTimes(
            self.judged[:, number],
            self.unsure[:, number],
            self.known_at[:, number],
            self.random_at[:, number],
        )

    @cached_property
    def keywords(self) -> tuple[str, ...]:
        """The keywords of all themes and positions."""
        found: list[str] = []
        for row in self.rows:
            found += (row.position or row.theme).keywords
        return tuple(found)

    def main_themes(self) -> list[str]:
        """(n_rows,) the id of the main theme that each row stands under."""
        main_of: dict[str, str] = {}
        for row in self.rows:  # a theme comes before its sub-themes
            theme_id = row.theme.id
            main_of[theme_id] = main_of.get(row.parent_id, theme_id)
        return [main_of[row.theme.id] for row in self.rows]


def table_rows(codebook: Codebook) -> tuple[MatrixRow, ...]:
    """Every row that the codebook gives, in its order; retired themes give none."""
    return tuple(_rows(codebook))


def _rows(codebook: Codebook) -> Iterator[MatrixRow]:
    for theme, parent_id, depth in codebook.nodes:
        if theme.retired:
            continue
        yield MatrixRow(theme, None, parent_id, depth)
        for position in theme.positions:
            yield MatrixRow(theme, position, parent_id, depth)


def code_comments(
    comments: pd.DataFrame,
    labels: pd.DataFrame | Iterable[pd.DataFrame] | None,
    reviews: Reviews,
    codebook: Codebook,
    names: CommandNames = GENERIC,
) -> CodedMatrix:
    """What every analysed comment carries: the reviewers' decisions over the model's labels.

    Args:
        comments: `tables.COMMENTS`; only the analysed ones count.
        labels: `tables.LABELS` of the model under the ids of the codebook, whole or in
            blocks of whole comments; None where decisions alone count.
        codebook: as it is now.
        names: of the project and the codebook, for errors.

    Raises:
        CoderError: there are neither labels nor judgements, or the labels are of another
            codebook altogether.
    """
    analysed = tables.analysed(tables.check(comments, tables.COMMENTS))
    rows = table_rows(codebook)
    keys = [row.key for row in rows]
    comment_ids = pd.Index(analysed["comment_id"])
    evidence = EvidenceReader(comment_ids, keys)
    reviewed = review_comments(
        comment_ids, keys, evidence.watch(labels), reviews, codebook
    )
    if not reviewed.has_labels and reviews.judgements.empty:
        raise _nothing_coded(names)
    standing, plan = reviewed.standing, reviewed.plan
    if not (reviewed.audited.scored | standing.judged.any(axis=0)).any():
        raise _other_codebook(names)
    return CodedMatrix(
        comments=analysed,
        rows=rows,
        value=standing.value,
        judged=standing.judged,
        unsure=standing.unsure,
        is_drawn=plan.drawn,
        audited=plan.audited,
        missing=plan.missing,
        probability=standing.probability,
        order=plan.order,
        labelled=standing.labelled,
        assigned=standing.assigned,
        scored=reviewed.audited.scored,
        steps=reviewed.audited.steps,
        known_at=standing.known_at,
        random_at=standing.random_at,
        evidence=evidence.spans(reviews.marked, _texts_of(reviews.marked, analysed)),
        draws=reviewed.draws,
        samples=plan.states,
    )


def _texts_of(words: Sequence[MarkedWords], comments: pd.DataFrame) -> dict[str, str]:
    """The texts of the comments in which words are marked, by id."""
    ids = {marked.comment_id for marked in words}
    own = comments[comments["comment_id"].isin(ids)]
    return dict(zip(own["comment_id"], own["text"], strict=True))


def _nothing_coded(names: CommandNames) -> CoderError:
    apply = next_command(names, "apply")
    review = next_command(
        names, "review", option("reviewer", "NAME"), option("from_", "FILE.csv")
    )
    return CoderError(
        "nothing is coded yet: there are neither labels nor decisions",
        f"Code the comments first: {apply}\nOr read in decisions: {review}",
    )


def _other_codebook(names: CommandNames) -> CoderError:
    return CoderError(
        "the labels hold none of the codebook's themes: they were made with another codebook",
        f"Code the comments again: {next_command(names, 'apply')}",
    )


def next_command(names: CommandNames, name: str, *options: str) -> str:
    """A mark for a command on the project and the codebook: `coder apply PROJECT --codebook
    FILE`.
    """
    return command(name, names.project, option("codebook", names.codebook), *options)


def campaigns_once(matrix: CodedMatrix) -> CodedMatrix:
    """Each campaign as one comment: one that was decided if any was, else the first by id.

    The comment then stands for its campaign, so it no longer counts as drawn at random.
    """
    campaign = matrix.comments["campaign_id"].to_numpy()
    keep = campaign == ""
    stands_for_others = np.zeros(len(campaign), dtype=np.bool_)
    letters = np.flatnonzero(~keep)
    for _, group in pd.Series(letters).groupby(campaign[letters], sort=True):
        places = group.to_numpy()
        rows_judged = matrix.judged[places].sum(axis=1)
        kept = places[int(rows_judged.argmax())]
        keep[kept] = True
        stands_for_others[kept] = len(places) > 1
    return matrix.without_draws(stands_for_others).only(keep)
