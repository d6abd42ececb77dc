"""What the model suggests, in arrays that a screen can ask a thousand times a second; and why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.codebook import Codebook
from coder.text import Span

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class Suggested(NamedTuple):
    """What the model says of one theme or position in one comment."""

    probability: float  # in [0, 1]
    assigned: bool  # by the model, whatever a reviewer said
    evidence: Span | None


class Suggestions:
    """The last coding by the model: comments by (theme, position).

    Attributes:
        comment_ids: the rows.
        theme_ids: the columns of `probability`.
        probability: float32 (n_comments, n_themes); NaN where the model said nothing.
        fingerprint: of the model, as decisions carry it.
    """

    def __init__(self, labels: "pd.DataFrame", codebook: Codebook, fingerprint: str = "") -> None:
        """Take in the model's labels; themes that the codebook does not code any more are left out.

        Args:
            labels: `tables.LABELS` of the model alone (see `decisions.model_labels`).
        """
        import pandas as pd

        self.fingerprint = fingerprint
        pairs = [(t.id, p) for t in codebook.active for p in ("", *(p.id for p in t.positions))]
        self._column = {pair: number for number, pair in enumerate(pairs)}
        row, ids = pd.factorize(labels["comment_id"])
        self.comment_ids = tuple(str(i) for i in ids)
        self._row = {comment_id: number for number, comment_id in enumerate(self.comment_ids)}
        theme, themes = pd.factorize(labels["theme_id"])
        position, positions = pd.factorize(labels["position_id"])
        lookup = np.array(
            [[self._column.get((str(t), str(p)), -1) for p in positions] for t in themes],
            dtype=np.int64,
        ).reshape(len(themes), len(positions))
        column = lookup[theme, position]
        kept = column >= 0
        row, column = row[kept], column[kept]
        shape = (len(self.comment_ids), len(pairs))
        self._probability = np.full(shape, np.nan, dtype=np.float32)
        self._probability[row, column] = labels["probability"].to_numpy(dtype=np.float32)[kept]
        self._assigned = np.zeros(shape, dtype=bool)
        self._assigned[row, column] = labels["assigned"].to_numpy(dtype=bool)[kept]
        self._start = np.full(shape, -1, dtype=np.int32)
        self._start[row, column] = labels["evidence_start"].to_numpy(dtype=np.int32)[kept]
        self._end = np.full(shape, -1, dtype=np.int32)
        self._end[row, column] = labels["evidence_end"].to_numpy(dtype=np.int32)[kept]
        self.theme_ids = codebook.theme_ids
        self._theme_columns = np.array(
            [self._column[t, ""] for t in self.theme_ids], dtype=np.int64
        )
        self.probability = self._probability[:, self._theme_columns]

    def row(self, comment_id: str) -> int | None:
        """The comment's row of `probability`; None for a comment that was not coded."""
        return self._row.get(comment_id)

    def of(self, comment_id: str, theme_id: str, position_id: str = "") -> Suggested | None:
        """What the model says of a theme or position in a comment; None where it said nothing."""
        row, column = self._row.get(comment_id), self._column.get((theme_id, position_id))
        if row is None or column is None or np.isnan(self._probability[row, column]):
            return None
        start, end = int(self._start[row, column]), int(self._end[row, column])
        return Suggested(
            float(self._probability[row, column]),
            bool(self._assigned[row, column]),
            Span(start, end) if 0 <= start < end else None,
        )

    def entropy(self) -> "Floats":
        """Uncertainty of each pair in nats, float32 (n_comments, n_themes); 0 where the model said nothing."""
        p = np.clip(np.nan_to_num(self.probability, nan=0.0), 1e-6, 1 - 1e-6).astype(np.float32)
        h = -(p * np.log(p) + (1 - p) * np.log1p(-p))
        return np.where(np.isnan(self.probability), np.float32(0), h)


class Neighbours:
    """Which comments are like another: cosine of their vectors.

    Args:
        comment_ids: the rows of `vectors`.
        vectors: float32 (n_comments, n_dimensions), rows of length 1.
    """

    def __init__(self, comment_ids: Sequence[str], vectors: "Floats") -> None:
        self.comment_ids = tuple(comment_ids)
        self._row = {comment_id: number for number, comment_id in enumerate(self.comment_ids)}
        self._vectors = vectors

    def like(self, comment_id: str, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Other comments (only those of `among`, if given) with their likeness, the likest first."""
        row = self._row.get(comment_id)
        if row is None:
            return []
        rows = (
            np.arange(len(self.comment_ids))
            if among is None
            else np.array([self._row[c] for c in among if c in self._row], dtype=np.int64)
        )
        rows = rows[rows != row]
        likeness = self._vectors[rows] @ self._vectors[row]
        order = np.argsort(-likeness, kind="stable")
        return [(self.comment_ids[rows[n]], float(likeness[n])) for n in order]
