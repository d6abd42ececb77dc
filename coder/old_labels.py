"""Labels of earlier versions, in which reviewers' answers were written over the model's."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MODEL = "model"  # `origin` of a row that holds the model's own answer
DECIMALS = 6  # of probabilities in `labels.parquet`
# Where neither the run record nor the labels tell from where on the model assigned.
UNKNOWN_CUT = 0.5


def holds_reviewers_answers(labels: "pd.DataFrame") -> bool:
    """Whether answers of reviewers were written over the model's in any row."""
    return bool((labels["origin"] != MODEL).any())


def model_answer(
    labels: "pd.DataFrame",
    thresholds: Mapping[str, float],
) -> "pd.DataFrame":
    """`tables.LABELS` with the model's answer in every row.

    Where a reviewer's answer was written over it, a theme counts as assigned by the model from
    the threshold of the run record on. A position has no recorded threshold: the lowest
    probability that the model assigned elsewhere stands for it.

    Args:
        labels: `tables.LABELS` as stored, with the name of a reviewer as `origin` of an
            overwritten row.
        thresholds: theme id to the probability from which the model assigned it (`thresholds`
            of the run record).
    """
    overwritten = labels["origin"] != MODEL
    probability = labels["probability"]
    cut = _lowest_assigned(labels, ~overwritten)
    is_theme = labels["position_id"] == ""
    recorded = labels["theme_id"].map(thresholds).astype(float)
    recorded = recorded.round(DECIMALS)  # as the probabilities are
    cut = recorded.where(is_theme & recorded.notna(), cut)
    assigned = labels["assigned"].where(~overwritten, probability >= cut)
    pair = labels["comment_id"] + "\n" + labels["theme_id"]
    theme_assigned = pair.isin(pair[is_theme & assigned])  # a position needs its theme
    assigned = assigned.where(~overwritten, assigned & theme_assigned)
    return labels.assign(assigned=assigned.astype(bool), origin=MODEL)


def _lowest_assigned(
    labels: "pd.DataFrame", by_model: "pd.Series[bool]"
) -> "pd.Series[float]":
    """For each row, the lowest probability at which the model assigned that theme or position."""
    own = labels["probability"].where(by_model & labels["assigned"])
    item = [labels["theme_id"], labels["position_id"]]
    lowest = own.groupby(item).transform("min")
    return lowest.fillna(UNKNOWN_CUT)
