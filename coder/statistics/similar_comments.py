"""Similar comments that were coded differently."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from coder.statistics.codings import Codings
from coder.text import normal_key, stem, words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Measures = dict[str, Floats]

ALIKE_BY_MEANING = 0.8  # cosine from which two comments count as similar
ALIKE_BY_WORDS = 0.6  # share of words in common, where there are no vectors
DIFFERENTLY = (
    "likeness",
    "differ",
    "comment_id_1",
    "reviewer_1",
    "themes_1",
    "text_1",
    "comment_id_2",
    "reviewer_2",
    "themes_2",
    "text_2",
)


def coded_differently(
    found: Codings,
    texts: Mapping[str, str],
    vectors: "Floats | None" = None,
    *,
    language: str = "en",
    least: float | None = None,
    most: int = 100,
) -> "pd.DataFrame":
    """Pairs of like comments in which one reviewer or two said different things of a theme.

    Args:
        found: who said what; its comments need a text each.
        texts: comment id to text.
        vectors: (n_comments, n_dimensions) of length 1, a row for each of `found.comment_ids`;
            without them likeness is the share of words (stems) in common. Texts with one
            `normal_key` are alike either way (1).
        language: of the texts, for stems.
        least: likeness from which two comments count as alike; default `ALIKE_BY_MEANING` or
            `ALIKE_BY_WORDS`.
        most: pairs listed, the likest first, then those that differ in more themes.

    Returns:
        Columns `DIFFERENTLY`; `differ` and `themes_1`, `themes_2` are theme ids joined by `;`.
        One comment
        that two reviewers coded differently is not a pair here: `coder review --adjudicate` has
            those.
    """
    import numpy as np
    import pandas as pd

    if least is None:
        least = ALIKE_BY_WORDS if vectors is None else ALIKE_BY_MEANING
    n = found.n_themes
    said = found.said[:, :, :n]
    keys = [normal_key(texts[name]) for name in found.comment_ids]
    rows: list[
        tuple[float, int, int, int, int, int]
    ] = []  # likeness, themes that differ, r, c, r, c
    for start, likeness in _likeness(keys, vectors, language):
        firsts, seconds = np.nonzero(likeness >= least)
        later = seconds > firsts + start
        firsts, seconds = firsts[later], seconds[later]
        value = likeness[firsts, seconds]
        for one in range(len(found.reviewers)):
            for other in range(len(found.reviewers)):
                gap = (
                    said[one, firsts + start] - said[other, seconds]
                )  # NaN where either did not judge
                number = (np.abs(gap) > 0).sum(axis=1)
                for at in np.flatnonzero(number):
                    rows.append(
                        (
                            -float(value[at]),
                            -int(number[at]),
                            int(firsts[at]) + start,
                            int(seconds[at]),
                            one,
                            other,
                        )
                    )
        rows = sorted(rows)[:most]
    ids, items = found.comment_ids, found.items

    def themes(r: int, c: int) -> str:
        return ";".join(items[t] for t in np.flatnonzero(said[r, c] > 0))

    listed = []
    for minus_likeness, _, c1, c2, r1, r2 in rows:
        differ = np.flatnonzero(np.abs(said[r1, c1] - said[r2, c2]) > 0)
        listed.append(
            (
                -minus_likeness,
                ";".join(items[t] for t in differ),
                ids[c1],
                found.reviewers[r1],
                themes(r1, c1),
                texts[ids[c1]],
                ids[c2],
                found.reviewers[r2],
                themes(r2, c2),
                texts[ids[c2]],
            )
        )
    return pd.DataFrame(listed, columns=list(DIFFERENTLY))


def _likeness(
    keys: Sequence[str], vectors: "Floats | None", language: str, step: int = 500
) -> "Iterator[tuple[int, Floats]]":
    """Blocks (first row, (rows, n_comments)) of how alike comments are, in [0, 1]."""
    import numpy as np

    number = {key: n for n, key in enumerate(sorted(set(keys)))}
    same = np.array([number[key] for key in keys], dtype=int)
    empty = np.array([not key for key in keys], dtype=bool)
    bags = None if vectors is not None else _word_bags(keys, language)
    for start in range(0, len(keys), step):
        part = slice(start, start + step)
        found = (
            _shared_words(bags, part) if vectors is None else vectors[part] @ vectors.T
        )
        likeness = np.clip(
            np.asarray(found, dtype=np.float64), 0, 0.9999
        )  # behind the copies
        likeness[same[part, None] == same[None, :]] = 1.0
        likeness[empty[part]] = 0.0
        yield start, likeness


def _shared_words(bags: Any, part: slice) -> "Floats":
    """Jaccard's share of stems in common of the comments of `part` with every comment."""
    import numpy as np

    sizes = np.asarray(bags.sum(axis=1)).ravel()
    met = (bags[part] @ bags.T).toarray()
    return np.asarray(met / np.maximum(sizes[part, None] + sizes[None, :] - met, 1))


def _word_bags(keys: Sequence[str], language: str) -> Any:
    """Sparse (n_comments, n_stems) of 1: the words of each comment, function words too (`no`,
    `more`).
    """
    import numpy as np
    from scipy import sparse

    column: dict[str, int] = {}
    rows, columns = [], []
    for row, key in enumerate(keys):
        for name in sorted({stem(word, language) for word in words(key)} or {key}):
            rows.append(row)
            columns.append(column.setdefault(name, len(column)))
    return sparse.csr_array(
        (np.ones(len(rows)), (rows, columns)), shape=(len(keys), max(len(column), 1))
    )
