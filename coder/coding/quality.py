"""How each theme was coded and how well: counts, precision and recall against the reviewers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coder.codebook import Codebook, Theme
from coder.coding.tally import LabelTally
from coder.statistics.intervals import wilson


def quality_table(
    codebook: Codebook,
    tally: LabelTally,
    labels: pd.DataFrame,
    judgements: pd.DataFrame,
    cuts: Mapping[str, float],
    found_by: Mapping[str, str],
) -> pd.DataFrame:
    """A row a theme: comments that carry it, what it was coded by, how reliable that is so far.

    Args:
        tally: of the labels as they stand.
        labels: `tables.LABELS` of themes with the model's probabilities, of all comments with
            a judgement at least.
        judgements: those that stand, a row a comment and theme (see
            `decisions.standing_judgements`).
        cuts: theme id to the probability from which the model assigns it.
        found_by: theme id to what its comments were found by (see `basis.name_bases`).

    Returns:
        Columns: theme_id, n, by_reviewer, by_model, decided, present, precision, precision_low,
        precision_high, recall, recall_low, recall_high (NaN before anything was decided),
        reached ("decisions" where somebody found the theme in a comment, else `found_by`).
        Precision and recall compare the model's own answer, from a model that did not see the
        comment, with the judgement; intervals are Wilson's, 95 %.
    """
    key = ["comment_id", "theme_id"]
    judged = labels.merge(judgements[[*key, "present"]], on=key)
    cut = judged["theme_id"].map(cuts).astype(float)
    judged["answer"] = judged["probability"] >= cut
    judged["present"] = judged["present"].astype(bool)
    rows = []
    for theme in codebook.active:
        compared = judged[judged["theme_id"] == theme.id]
        counts = _counts(theme, tally)
        reliability = _reliability(compared["answer"], compared["present"])
        reached = found_by[theme.id]
        if reliability["present"]:
            reached = "decisions"
        rows.append(counts | reliability | {"reached": reached})
    return pd.DataFrame(rows)


def _counts(
    theme: Theme,
    tally: LabelTally,
) -> dict[str, object]:
    carrying = tally.count(theme.id)
    by_model = tally.by_model[theme.id, ""]
    return {
        "theme_id": theme.id,
        "n": carrying,
        "by_reviewer": carrying - by_model,
        "by_model": by_model,
    }


def _reliability(
    answer: "pd.Series[bool]",
    present: "pd.Series[bool]",
) -> dict[str, object]:
    right = int((answer & present).sum())
    precision, precision_low, precision_high = _share_with_interval(
        right, int(answer.sum())
    )
    recall, recall_low, recall_high = _share_with_interval(right, int(present.sum()))
    return {
        "decided": len(present),
        "present": int(present.sum()),
        "precision": precision,
        "precision_low": precision_low,
        "precision_high": precision_high,
        "recall": recall,
        "recall_low": recall_low,
        "recall_high": recall_high,
    }


def _share_with_interval(
    successes: int,
    trials: int,
) -> tuple[float, float, float]:
    """A share with its Wilson interval; NaN three times without a trial."""
    if not trials:
        return np.nan, np.nan, np.nan
    low, high = wilson(successes / trials, trials)
    return successes / trials, float(low), float(high)
