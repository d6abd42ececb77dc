"""Comments by themes as they stand after all decisions, ready for estimates.

A report and the status of a review take their figures from here, so that both say the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from coder.codebook import Codebook
from coder.decisions import (
    Draw,
    StandingMatrix,
    StoredDecisions,
    blocks_of,
    both_judgements,
    category_columns,
    labels_now,
    own_judgements,
    standing_matrix,
)
from coder.decisions.evidence import MarkedWords, standing_marks
from coder.decisions.standing import Key
from coder.statistics.domains import AuditedComments
from coder.statistics.ordered_shares import order_of
from coder.statistics.samples import (
    DrawnComments,
    SamplePlan,
    draw_among,
    plan_samples,
)
from coder.tables import JUDGEMENTS, empty

if TYPE_CHECKING:
    import pandas as pd


def no_judgements() -> "pd.DataFrame":
    """A table of judgements without rows."""
    return empty(JUDGEMENTS)


@dataclass(frozen=True)
class Reviews:
    """What reviewers decided of a project's comments.

    Attributes:
        judgements: `tables.JUDGEMENTS` of these comments (see `decisions.own_judgements`).
        unsure: the same of the answers "cannot tell".
        draws: the random draws of the project.
        outdated: judgements on comments that have changed or gone since; they do not count.
        marked: the words that reviewers marked for themes that they found present.
    """

    judgements: "pd.DataFrame" = field(default_factory=no_judgements)
    unsure: "pd.DataFrame" = field(default_factory=no_judgements)
    draws: tuple[Draw, ...] = ()
    outdated: int = 0
    marked: tuple[MarkedWords, ...] = ()


def read_reviews(
    stored: StoredDecisions,
    comments: "pd.DataFrame",
    codebook: Codebook,
    project: str,
) -> Reviews:
    """What the decisions beside a codebook say of a project's comments as they are now.

    Args:
        comments: `tables.COMMENTS`.
        project: the name under which its decisions were made.
    """
    sure, unsure = both_judgements(stored.decisions, codebook, stored.states)
    own = own_judgements(sure, comments, project)
    return Reviews(
        own,
        own_judgements(unsure, comments, project),
        tuple(draw for draw in stored.draws if draw.project == project),
        outdated=int((sure["project"] == project).sum()) - len(own),
        marked=standing_marks(stored.decisions, own, codebook.current_ids),
    )


@dataclass(frozen=True)
class ReviewedComments:
    """Comments by themes and positions.

    Attributes:
        standing: what stands, sub-themes counted for their parents.
        plan: what the random draws leave as random samples.
        audited: the arrays that estimates are made from.
        draws: the random draws that were written down.
        has_labels: there are labels, be it of other comments.
    """

    standing: StandingMatrix
    plan: SamplePlan
    audited: AuditedComments
    draws: tuple[DrawnComments, ...]
    has_labels: bool


def review_comments(
    comment_ids: "Sequence[str] | pd.Index[str]",
    keys: Sequence[Key],
    labels: "pd.DataFrame | Iterable[pd.DataFrame] | None",
    reviews: Reviews,
    codebook: Codebook,
) -> ReviewedComments:
    """Lay the reviews over the model's labels, and find the random samples among them.

    Args:
        comment_ids: the analysed comments.
        keys: themes and positions.
        labels: `tables.LABELS` of the model, under any ids that the codebook had, whole or in
            blocks of whole comments; None where decisions alone count.
    """
    blocks = _LabelBlocks(labels, codebook)
    standing = standing_matrix(
        comment_ids,
        keys,
        blocks,
        reviews.judgements,
        reviews.unsure,
    )
    scored = np.ones(len(keys), dtype=np.bool_)
    if blocks.rows and len(comment_ids):
        has_probability = ~np.isnan(standing.probability)
        scored = np.asarray(has_probability.any(axis=0), dtype=np.bool_)
    standing = standing.rolled_up(codebook)
    for category, members in category_columns(keys, codebook):
        scored[category] = scored[members].any()
    draws: tuple[DrawnComments, ...] = ()
    if reviews.draws:
        listed = list(comment_ids)
        draws = tuple(draw_among(draw, listed, standing) for draw in reviews.draws)
    plan = plan_samples(standing, draws)
    audited = AuditedComments(
        value=standing.value,
        judged=standing.judged,
        audited=plan.audited,
        missing=plan.missing,
        order=plan.order,
        probability=standing.probability,
        scored=scored,
        steps=order_of(keys, codebook),
    )
    return ReviewedComments(standing, plan, audited, draws, blocks.rows > 0)


class _LabelBlocks:
    """Labels block by block, under the ids that the codebook has now.

    Attributes:
        rows: how many were given so far.
    """

    def __init__(
        self,
        labels: "pd.DataFrame | Iterable[pd.DataFrame] | None",
        codebook: Codebook,
    ) -> None:
        self._blocks = blocks_of(labels)
        self._codebook = codebook
        self.rows = 0

    def __iter__(self) -> "Iterator[pd.DataFrame]":
        for block in self._blocks:
            self.rows += len(block)
            yield labels_now(block, self._codebook)
