"""What the model suggests, in arrays that a screen can look things up in at every key."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.codebook import Codebook
from coder.decisions.standing import Key, blocks_of, label_places
from coder.text import Span

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LEAST = 1e-6  # probabilities are kept so far from 0 and 1 when entropy is computed


class Suggested(NamedTuple):
    """What the model says of one theme or position in one comment."""

    probability: float  # in [0, 1]
    assigned: bool
    evidence: Span | None


class _Block(NamedTuple):
    """The labels of some comments; arrays are (n_comments, n_keys)."""

    ids: list[str]
    probability: "Floats"
    assigned: "NDArray[np.bool_]"
    start: "NDArray[np.int32]"
    end: "NDArray[np.int32]"

    @classmethod
    def without_labels(cls, ids: list[str], n_keys: int) -> "_Block":
        shape = (len(ids), n_keys)
        return cls(
            ids,
            np.full(shape, np.nan, dtype=np.float32),
            np.zeros(shape, dtype=np.bool_),
            np.full(shape, -1, dtype=np.int32),
            np.full(shape, -1, dtype=np.int32),
        )

    @classmethod
    def of(cls, labels: "pd.DataFrame", keys: Sequence[Key]) -> "_Block":
        ids = [str(comment_id) for comment_id in labels["comment_id"].unique()]
        block = cls.without_labels(ids, len(keys))
        row, column = label_places(labels, ids, keys)
        known = column >= 0
        place = row[known], column[known]
        for values, name in (
            (block.probability, "probability"),
            (block.assigned, "assigned"),
            (block.start, "evidence_start"),
            (block.end, "evidence_end"),
        ):
            values[place] = labels[name].to_numpy(dtype=values.dtype)[known]
        return block


class Suggestions:
    """The last coding by the model: comments by (theme, position).

    Args:
        labels: `tables.LABELS`, the model's (see `decisions.model_labels`), whole or in blocks
            of whole comments; themes that the codebook does not code are left out.
        fingerprint: of the model, as decisions carry it.

    Attributes:
        comment_ids: the rows.
        theme_ids: the columns of `probability`.
        probability: float32 (n_comments, n_themes); NaN where there is no label.
    """

    def __init__(
        self,
        labels: "pd.DataFrame | Iterable[pd.DataFrame]",
        codebook: Codebook,
        fingerprint: str = "",
    ) -> None:
        self.fingerprint = fingerprint
        keys = theme_and_position_keys(codebook)
        blocks = [_Block.without_labels([], len(keys))]
        blocks += [_Block.of(block, keys) for block in blocks_of(labels)]
        self.comment_ids = tuple(chain.from_iterable(block.ids for block in blocks))
        self._row = {
            comment_id: number for number, comment_id in enumerate(self.comment_ids)
        }
        self._column = {key: number for number, key in enumerate(keys)}
        self._probability = np.concatenate([block.probability for block in blocks])
        self._assigned = np.concatenate([block.assigned for block in blocks])
        self._start = np.concatenate([block.start for block in blocks])
        self._end = np.concatenate([block.end for block in blocks])
        self.theme_ids = codebook.theme_ids
        theme_columns = [self._column[theme_id, ""] for theme_id in self.theme_ids]
        self.probability = self._probability[:, theme_columns]
        self._entropy: Floats | None = None

    def of(
        self, comment_id: str, theme_id: str, position_id: str = ""
    ) -> Suggested | None:
        """The model's label for a theme or position in a comment; None where there is none."""
        row, column = (
            self._row.get(comment_id),
            self._column.get((theme_id, position_id)),
        )
        if row is None or column is None or np.isnan(self._probability[row, column]):
            return None
        start, end = int(self._start[row, column]), int(self._end[row, column])
        evidence = None
        if 0 <= start < end:
            evidence = Span(start, end)
        probability = float(self._probability[row, column])
        return Suggested(probability, bool(self._assigned[row, column]), evidence)

    def assigned(self, comment_id: str) -> tuple[Key, ...]:
        """The themes and positions that the model assigns to a comment, in the codebook's order."""
        row = self._row.get(comment_id)
        if row is None:
            return ()
        return tuple(
            key for key, column in self._column.items() if self._assigned[row, column]
        )

    def entropy(self) -> "Floats":
        """Uncertainty of each pair in nats, float32 (n_comments, n_themes); 0 without a label.

        The same array for everybody who asks.
        """
        if self._entropy is None:
            self._entropy = self._computed_entropy()
        return self._entropy

    def _computed_entropy(self) -> "Floats":
        known = np.nan_to_num(self.probability, nan=0.0)
        p = np.clip(known, LEAST, 1 - LEAST).astype(np.float32)
        entropy = -(p * np.log(p) + (1 - p) * np.log1p(-p))
        return np.where(np.isnan(self.probability), np.float32(0), entropy)


def theme_and_position_keys(codebook: Codebook) -> list[Key]:
    """Themes in the codebook's order, each followed by its positions."""
    keys = []
    for theme in codebook.active:
        keys.append((theme.id, ""))
        keys += [(theme.id, position.id) for position in theme.positions]
    return keys


class Neighbours:
    """Which comments are similar to another: cosine of their vectors.

    Args:
        comment_ids: the rows of `vectors`.
        vectors: float32 (n_comments, n_dimensions), rows of length 1.
    """

    def __init__(self, comment_ids: Sequence[str], vectors: "Floats") -> None:
        self.comment_ids = tuple(comment_ids)
        self._row = {
            comment_id: number for number, comment_id in enumerate(self.comment_ids)
        }
        self._vectors = vectors

    def like(
        self, comment_id: str, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Other comments (only those of `among`, if named) with their cosine, the most similar
        first.
        """
        own_row = self._row.get(comment_id)
        if own_row is None:
            return []
        rows = np.arange(len(self.comment_ids))
        if among is not None:
            known = [self._row[other] for other in among if other in self._row]
            rows = np.array(known, dtype=np.int64)
        rows = rows[rows != own_row]
        cosine = self._vectors[rows] @ self._vectors[own_row]
        order = np.argsort(-cosine, kind="stable")
        return [(self.comment_ids[rows[n]], float(cosine[n])) for n in order]
