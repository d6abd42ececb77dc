"""Which comments stand in which figures of a report."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coder.reporting.coded_matrix import CodedMatrix, campaigns_once, code_comments
from coder.reporting.inputs import Inputs
from coder.reporting.options import Options
from coder.reporting.second_codings import measure_reviewers


@dataclass(frozen=True)
class Counts:
    """The coded comments of a report.

    Attributes:
        everything: every analysed comment that counts.
        pooled: those of the figures over all sources.
        pages: discussion pages and how many comments each has; none where there is nothing else.
        apart: the pages that have columns of their own and no part in `pooled`.
        repeated_letters: analysed comments left out because each campaign counts once.
        spread_campaigns: those that count once and have letters in several sources.
    """

    everything: CodedMatrix
    pooled: CodedMatrix
    pages: dict[str, int]
    apart: dict[str, int]
    repeated_letters: int
    spread_campaigns: int = 0

    def of_source(self, name: str) -> CodedMatrix:
        """The comments of one source."""
        return self.everything.only(
            (self.everything.comments["source"] == name).to_numpy()
        )


def count_inputs(inputs: Inputs, options: Options) -> Counts:
    """Lay out which comments count where.

    Raises:
        CoderError: nothing is coded, the labels are of another codebook, or too few comments
            were coded twice.
    """
    everything = code_comments(
        inputs.comments,
        inputs.label_blocks(),
        inputs.reviews,
        inputs.codebook,
        inputs.names,
    )
    analysed = len(everything.comments)
    if options.reviewer_error:
        reviewers = measure_reviewers(inputs, everything)
        everything = replace(everything, reviewers=reviewers)
    spread = 0
    if options.campaigns == "once":
        spread = _campaigns_in_several_sources(everything.comments)
        everything = campaigns_once(everything)
    pages = _discussion_pages(everything, inputs.discussion_sources)
    apart = {} if options.pool_discussion else pages
    pooled = everything
    if apart:
        is_apart = everything.comments["source"].isin(list(apart))
        pooled = everything.only(~is_apart.to_numpy())
    return Counts(
        everything,
        pooled,
        pages,
        apart,
        repeated_letters=analysed - len(everything.comments),
        spread_campaigns=spread,
    )


def _campaigns_in_several_sources(comments: pd.DataFrame) -> int:
    letters = comments[comments["campaign_id"] != ""]
    sources = letters.groupby("campaign_id")["source"].nunique()
    return int((sources > 1).sum())


def _discussion_pages(matrix: CodedMatrix, sources: frozenset[str]) -> dict[str, int]:
    """Discussion pages and how many comments count on each; none where there is nothing else."""
    sizes = matrix.comments["source"].value_counts()
    pages = {name: int(sizes[name]) for name in matrix.sources if name in sources}
    if len(pages) == len(sizes):
        return {}
    return pages


def carried_labels(matrix: CodedMatrix) -> pd.DataFrame:
    """What the comments carry, a row for each comment and row of the theme table.

    Returns:
        comment_id, theme_id, position_id, probability (NaN where there is none), origin
        (reviewer or model), evidence_start and evidence_end (-1 where there is no evidence).
    """
    comment, row = np.nonzero(matrix.carries)
    theme_ids = np.array([key.theme.id for key in matrix.rows], dtype=object)
    position_ids = np.array([key.key[1] for key in matrix.rows], dtype=object)
    starts, ends = matrix.evidence.offsets(comment, row)
    return pd.DataFrame(
        {
            "comment_id": matrix.comments["comment_id"].to_numpy()[comment],
            "theme_id": pd.Series(theme_ids[row], dtype="str"),
            "position_id": pd.Series(position_ids[row], dtype="str"),
            "probability": matrix.probability[comment, row],
            "origin": np.where(matrix.judged[comment, row], "reviewer", "model"),
            "evidence_start": starts.astype(np.int64),
            "evidence_end": ends.astype(np.int64),
        }
    )
