"""Comments by themes as they stand after all decisions, ready for estimates.

A report and the status of a review take their figures from here, so that both say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from coder.codebook import Codebook
from coder.decisions import (
    Draw,
    StandingMatrix,
    StoredDecisions,
    both_judgements,
    labels_now,
    own_judgements,
    standing_matrix,
)
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
    """

    judgements: "pd.DataFrame" = field(default_factory=no_judgements)
    unsure: "pd.DataFrame" = field(default_factory=no_judgements)
    draws: tuple[Draw, ...] = ()
    outdated: int = 0


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
    )


@dataclass(frozen=True)
class ReviewedComments:
    """Comments by themes and positions.

    Attributes:
        standing: what stands, sub-themes counted for their parents.
        plan: what the random draws leave as random samples.
        audited: the arrays that estimates are made from.
        draws: the random draws that were written down.
    """

    standing: StandingMatrix
    plan: SamplePlan
    audited: AuditedComments
    draws: tuple[DrawnComments, ...]


def review_comments(
    comment_ids: Sequence[str],
    keys: Sequence[Key],
    labels: "pd.DataFrame | None",
    reviews: Reviews,
    codebook: Codebook,
) -> ReviewedComments:
    """Lay the reviews over the model's labels, and find the random samples among them.

    Args:
        comment_ids: the analysed comments.
        keys: themes and positions.
        labels: `tables.LABELS` of the model, under any ids that the codebook had; None where
            decisions alone count.
    """
    has_labels = labels is not None and len(labels) > 0
    if labels is not None:
        labels = labels_now(labels, codebook)
    standing = standing_matrix(
        comment_ids,
        keys,
        labels,
        reviews.judgements,
        reviews.unsure,
    )
    scored = np.ones(len(keys), dtype=np.bool_)
    if has_labels and len(comment_ids):
        has_probability = ~np.isnan(standing.probability)
        scored = np.asarray(has_probability.any(axis=0), dtype=np.bool_)
    standing = standing.rolled_up(codebook)
    draws = tuple(draw_among(draw, comment_ids, standing) for draw in reviews.draws)
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
    return ReviewedComments(standing, plan, audited, draws)
