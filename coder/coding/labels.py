"""The labels table: what the model answers of every comment, theme and position."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.coding.evidence import Evidence
from coder.tables import LABELS

MODEL = "model"  # the origin of a label that no reviewer decided
DECIMALS = 6  # of probabilities


class Item(NamedTuple):
    """A theme, or one position of it."""

    theme_id: str
    position_id: str  # empty for the theme itself
    column: int  # of the theme among those coded


class ItemLabels(NamedTuple):
    """What is answered of b comments and k items."""

    probability: NDArray[np.float64]  # (b, k)
    assigned: NDArray[np.bool_]  # (b, k)


def labels_table(
    ids: Sequence[str],
    texts: Sequence[str],
    items: Sequence[Item],
    labels: ItemLabels,
    evidence: Evidence,
    version: str,
) -> pd.DataFrame:
    """`tables.LABELS`, comment by comment, within a comment in the order of `items`.

    Args:
        ids: (b) of the comments.
        texts: (b) of the comments.
        items: (k).
        evidence: of the comments and themes; a position has that of its theme.
        version: of the codebook.
    """
    columns = np.array([item.column for item in items], dtype=np.int64)
    starts, ends = evidence.starts[:, columns], evidence.ends[:, columns]
    quotes = np.full(starts.shape, "", dtype=object)
    for row, number in zip(*np.nonzero(starts >= 0), strict=True):
        quotes[row, number] = texts[row][starts[row, number] : ends[row, number]]
    theme_ids = np.array([item.theme_id for item in items], dtype=object)
    position_ids = np.array([item.position_id for item in items], dtype=object)
    comment_ids = np.asarray(ids, dtype=object)
    table = pd.DataFrame(
        {
            "comment_id": np.repeat(comment_ids, len(items)),
            "theme_id": np.tile(theme_ids, len(ids)),
            "position_id": np.tile(position_ids, len(ids)),
            "probability": labels.probability.ravel().round(DECIMALS),
            "assigned": labels.assigned.ravel(),
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
