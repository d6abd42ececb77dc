"""Vectors of many texts in little memory: each distinct text once, at half precision."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from coder.embedding.protocol import Embedder, Views, views_of
from coder.engine import Progress, silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coder.embedding.protocol import Halves


class DistinctViews(NamedTuple):
    """The vectors of the distinct texts among many.

    A vector is read as `at` gives it: float32 and of length 1. The stored halves are of length 1
    to three digits only.
    """

    rows: "NDArray[np.intp]"  # (n_texts,) the row of each text that was asked for
    plain: "Halves"  # float16 (n_distinct, n_dimensions), in the order of first mention
    opinion: (
        "Halves | None"  # None where there is no such view, or it was not asked for
    )

    def at(self, places: Any) -> Views:
        """float32 views of some of the texts, rows of length 1.

        Args:
            places: which of the texts that were asked for: a slice, or an array of numbers.
        """
        rows = self.rows[places]
        plain = self.plain[rows]
        opinion = None
        if self.opinion is not None:
            opinion = self.opinion[rows]
        return Views(*unit_views(plain, opinion))


@runtime_checkable
class DistinctEncoder(Protocol):
    """An embedder that gives the vectors of distinct texts itself; the cached one does."""

    def encode_distinct(
        self,
        texts: Sequence[str],
        progress: Progress = silent,
        *,
        opinion: bool = True,
    ) -> DistinctViews:
        """The vectors of the distinct texts, each once."""
        ...


def distinct_views(
    embedder: Embedder,
    texts: Sequence[str],
    progress: Progress = silent,
    *,
    opinion: bool = True,
) -> DistinctViews:
    """The vectors of the distinct texts among many, of any embedder.

    Args:
        opinion: give the opinion view too, where the embedder has one.
    """
    if isinstance(embedder, DistinctEncoder):
        return embedder.encode_distinct(texts, progress, opinion=opinion)
    import numpy as np

    distinct, rows = fold_texts(texts)
    views = views_of(embedder, distinct, progress)
    tuned = None
    if opinion and views.opinion is not None:
        tuned = views.opinion.astype(np.float16)
    return DistinctViews(rows, views.plain.astype(np.float16), tuned)


def fold_texts(texts: Sequence[str]) -> "tuple[list[str], NDArray[np.intp]]":
    """The distinct texts in the order of first mention, and the row of each text among them."""
    import numpy as np

    row_of: dict[str, int] = {}
    rows = np.empty(len(texts), dtype=np.intp)
    for place, text in enumerate(texts):
        rows[place] = row_of.setdefault(text, len(row_of))
    return list(row_of), rows


def unit_views(plain: Any, opinion: Any) -> tuple[Any, Any]:
    """Both views as float32 rows of length 1; None stays None."""
    if opinion is None:
        return _unit_rows(plain), None
    return _unit_rows(plain), _unit_rows(opinion)


def _unit_rows(halves: Any) -> Any:
    import numpy as np

    vectors = halves.astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, 1e-12)
    return vectors
