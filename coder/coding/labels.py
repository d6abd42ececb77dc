"""The labels table: what the model answers of every comment, theme and position."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.tables import LABELS
from coder.text import Span

MODEL = "model"  # the origin of a label that no reviewer decided
NO_EVIDENCE = Span(-1, -1)
DECIMALS = 6  # of probabilities


class ItemLabels(NamedTuple):
    """A theme, or one position of it, over all comments. n comments."""

    theme_id: str
    position_id: str  # empty for the theme itself
    probability: NDArray[np.float64]  # (n,)
    assigned: NDArray[np.bool_]  # (n,)
    evidence: Mapping[int, Span]  # by row of the comment


def labels_table(
    ids: Sequence[str],
    texts: Sequence[str],
    items: Sequence[ItemLabels],
    version: str,
) -> pd.DataFrame:
    """`tables.LABELS`, comment by comment, within a comment in the order of `items`.

    Args:
        ids: of the comments, by row.
        texts: of the comments, by row.
        version: of the codebook.
    """
    shape = (len(ids), len(items))
    starts = np.full(shape, NO_EVIDENCE.start, dtype=np.int64)
    ends = np.full(shape, NO_EVIDENCE.end, dtype=np.int64)
    quotes = np.full(shape, "", dtype=object)
    for number, item in enumerate(items):
        for row, span in item.evidence.items():
            starts[row, number], ends[row, number] = span
            quotes[row, number] = texts[row][span.start : span.end]
    probability = np.column_stack([item.probability for item in items])
    assigned = np.column_stack([item.assigned for item in items])
    theme_ids = np.array([item.theme_id for item in items], dtype=object)
    position_ids = np.array([item.position_id for item in items], dtype=object)
    comment_ids = np.asarray(ids, dtype=object)
    table = pd.DataFrame(
        {
            "comment_id": np.repeat(comment_ids, len(items)),
            "theme_id": np.tile(theme_ids, len(ids)),
            "position_id": np.tile(position_ids, len(ids)),
            "probability": probability.ravel().round(DECIMALS),
            "assigned": assigned.ravel(),
            "origin": MODEL,
            "evidence": quotes.ravel(),
            "evidence_start": starts.ravel(),
            "evidence_end": ends.ravel(),
            "codebook_version": version,
        }
    )
    return table.astype(LABELS.dtypes)


def matrix_table(labels: pd.DataFrame) -> pd.DataFrame:
    """A row a comment of `tables.LABELS`, a column of 0 and 1 a theme (`drugs=more` for
    positions).
    """
    with_position = labels["theme_id"] + "=" + labels["position_id"]
    names = labels["theme_id"].where(labels["position_id"] == "", with_position)
    comment_ids = list(dict.fromkeys(labels["comment_id"]))
    columns = list(dict.fromkeys(names))
    cells = labels.assign(column=names, assigned=labels["assigned"].astype(int))
    matrix = cells.pivot(index="comment_id", columns="column", values="assigned")
    matrix = matrix.reindex(index=comment_ids, columns=columns)
    return matrix.reset_index().rename_axis(columns=None)


def mean_labels(labels: pd.DataFrame) -> float:
    """Mean number of themes assigned to a comment of `tables.LABELS`."""
    is_theme = labels["position_id"] == ""
    assigned = labels.loc[is_theme, "assigned"].sum()
    comments = labels["comment_id"].nunique()
    return float(assigned / comments)


def comments_without_theme(labels: pd.DataFrame) -> int:
    """Number of comments of `tables.LABELS` that no theme is assigned to."""
    carrying = labels.groupby("comment_id")["assigned"].any()
    return int((~carrying).sum())
