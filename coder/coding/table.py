"""The labels table and the table of how reliable each theme is so far."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.coding.evidence import NONE
from coder.coding.model import Floats
from coder.statistics.estimates import wilson
from coder.tables import LABELS
from coder.text import Span

MODEL = "model"


class Block(NamedTuple):
    """One theme, or one position of it, over all comments. n comments."""

    theme_id: str
    position_id: str
    probability: Floats  # (n,)
    assigned: NDArray[np.bool_]  # (n,)
    evidence: Mapping[int, Span]  # comment to span


def labels_table(
    ids: Sequence[str], texts: Sequence[str], blocks: Sequence[Block], version: str
) -> pd.DataFrame:
    """`tables.LABELS`, comment by comment, within a comment in the order of `blocks`."""
    n, b = len(ids), len(blocks)
    starts = np.full((n, b), NONE.start, dtype=np.int64)
    ends = np.full((n, b), NONE.end, dtype=np.int64)
    said = np.full((n, b), "", dtype=object)
    for number, block in enumerate(blocks):
        for i, span in block.evidence.items():
            starts[i, number], ends[i, number] = span
            said[i, number] = texts[i][span.start : span.end]
    table = pd.DataFrame(
        {
            "comment_id": np.repeat(np.asarray(ids, dtype=object), b),
            "theme_id": np.tile(np.array([block.theme_id for block in blocks], dtype=object), n),
            "position_id": np.tile(
                np.array([block.position_id for block in blocks], dtype=object), n
            ),
            "probability": np.column_stack([block.probability for block in blocks])
            .ravel()
            .round(6),
            "assigned": np.column_stack([block.assigned for block in blocks]).ravel(),
            "origin": MODEL,
            "evidence": said.ravel(),
            "evidence_start": starts.ravel(),
            "evidence_end": ends.ravel(),
            "codebook_version": version,
        }
    )
    return table.astype(LABELS.dtypes)


def matrix_table(labels: pd.DataFrame) -> pd.DataFrame:
    """A row a comment, a column of 0 and 1 a theme (`drugs=more` for positions)."""
    names = labels["theme_id"].where(
        labels["position_id"] == "", labels["theme_id"] + "=" + labels["position_id"]
    )
    order = list(dict.fromkeys(names))
    wide = (
        labels.assign(column=names, assigned=labels["assigned"].astype(int))
        .pivot(index="comment_id", columns="column", values="assigned")
        .reindex(index=list(dict.fromkeys(labels["comment_id"])), columns=order)
    )
    return wide.reset_index().rename_axis(columns=None)


def labels_per_comment(labels: pd.DataFrame) -> float:
    """Mean number of themes assigned to a comment of `tables.LABELS`."""
    themes = labels.loc[labels["position_id"] == "", "assigned"]
    return float(themes.sum() / labels["comment_id"].nunique())


def comments_without_theme(labels: pd.DataFrame) -> int:
    """Number of comments of `tables.LABELS` that no theme is assigned to."""
    return int((~labels.groupby("comment_id")["assigned"].any()).sum())


def quality_table(
    codebook: Codebook,
    labels: pd.DataFrame,
    judged: pd.DataFrame,
    cuts: Mapping[str, float],
) -> pd.DataFrame:
    """A row a theme: comments that carry it, how it was reached, how reliable it is so far.

    Columns: theme_id, n, by_reviewer, by_model, decided, present, precision, precision_low, precision_high,
    recall, recall_low, recall_high (NaN before anything was decided), reached (keywords, name, decisions).
    Precision and recall compare the model's own answer, from a model that did not see the comment, with the
    judgement; intervals are Wilson's, 95 %.

    Args:
        labels: `tables.LABELS` with the reviewers' judgements over the model's answer.
        judged: the judgements that stand, a row a comment and theme (see `decisions.standing_judgements`).
        cuts: theme id to the probability from which the model assigns it.
    """
    whole = labels[labels["position_id"] == ""]
    own = whole.merge(judged[["comment_id", "theme_id", "present"]], on=["comment_id", "theme_id"])
    own["guess"] = own["probability"] >= own["theme_id"].map(cuts).astype(float)
    own["present"] = own["present"].astype(bool)
    rows = []
    for theme in codebook.active:
        mine = whole[(whole["theme_id"] == theme.id) & whole["assigned"]]
        decided = own[own["theme_id"] == theme.id]
        hits = int((decided["guess"] & decided["present"]).sum())
        present = int(decided["present"].sum())
        guessed = int(decided["guess"].sum())
        by_model = int((mine["origin"] == MODEL).sum())
        low, high = _interval(hits, guessed)
        recall_low, recall_high = _interval(hits, present)
        rows.append(
            {
                "theme_id": theme.id,
                "n": len(mine),
                "by_reviewer": len(mine) - by_model,
                "by_model": by_model,
                "decided": len(decided),
                "present": present,
                "precision": hits / guessed if guessed else np.nan,
                "precision_low": low,
                "precision_high": high,
                "recall": hits / present if present else np.nan,
                "recall_low": recall_low,
                "recall_high": recall_high,
                "reached": "decisions" if present else "name" if not theme.keywords else "keywords",
            }
        )
    return pd.DataFrame(rows)


def _interval(successes: int, trials: int) -> tuple[float, float]:
    if not trials:
        return np.nan, np.nan
    low, high = wilson(successes / trials, trials)
    return float(low), float(high)
