"""Similar comments that were coded differently."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

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


class _Pair(NamedTuple):
    """Two codings of similar comments that differ; comments and reviewers by number."""

    likeness: float
    n_themes: int  # that differ
    first: int
    second: int
    first_reviewer: int
    second_reviewer: int

    @property
    def rank(self) -> tuple[float, ...]:
        """Sorts the most similar first, then those that differ in more themes."""
        return (-self.likeness, -self.n_themes, *self[2:])


def coded_differently(
    codings: Codings,
    texts: Mapping[str, str],
    vectors: "Floats | None" = None,
    *,
    language: str = "en",
    least: float | None = None,
    most: int = 100,
) -> "pd.DataFrame":
    """Pairs of similar comments for which one reviewer, or two, gave different answers.

    Args:
        codings: the reviewers' answers; each comment needs a text.
        texts: comment id to text.
        vectors: (n_comments, n_dimensions) of length 1, a row for each of
            `codings.comment_ids`. Without them likeness is the share of words (stems) in
            common. Texts with one `normal_key` have likeness 1 either way.
        language: of the texts, for stems.
        least: likeness from which two comments count as similar; default `ALIKE_BY_MEANING` or
            `ALIKE_BY_WORDS`.
        most: pairs listed, the most similar first, then those that differ in more themes.

    Returns:
        Columns `DIFFERENTLY`; `differ` and `themes_1`, `themes_2` are theme ids joined by `;`.
        One comment that two reviewers coded differently is not a pair here: adjudication lists
        those.
    """
    import numpy as np
    import pandas as pd

    if least is None:
        least = ALIKE_BY_WORDS if vectors is None else ALIKE_BY_MEANING
    answers = codings.answers[:, :, : codings.n_themes]
    keys = [normal_key(texts[name]) for name in codings.comment_ids]
    pairs: list[_Pair] = []
    for start, likeness in _likeness(keys, vectors, language):
        firsts, seconds = np.nonzero(likeness >= least)
        later = seconds > firsts + start
        firsts, seconds = firsts[later], seconds[later]
        values = likeness[firsts, seconds]
        pairs.extend(_pairs_that_differ(answers, firsts + start, seconds, values))
        pairs = sorted(pairs, key=lambda pair: pair.rank)[:most]
    listed = [_table_row(pair, codings, answers, texts) for pair in pairs]
    return pd.DataFrame(listed, columns=list(DIFFERENTLY))


def _pairs_that_differ(
    answers: "Floats",
    firsts: "NDArray[Any]",
    seconds: "NDArray[Any]",
    likeness: "Floats",
) -> "Iterator[_Pair]":
    """The pairs of comments with a theme that one coding marks and the other does not.

    Args:
        answers: (n_reviewers, n_comments, n_themes).
        firsts, seconds: (n_pairs,) rows of the comments.
        likeness: (n_pairs,).
    """
    import numpy as np

    for one, other in product(range(len(answers)), repeat=2):
        gap = (
            answers[one, firsts] - answers[other, seconds]
        )  # NaN where one did not judge
        number = (np.abs(gap) > 0).sum(axis=1)
        for at in np.flatnonzero(number):
            yield _Pair(
                float(likeness[at]),
                int(number[at]),
                int(firsts[at]),
                int(seconds[at]),
                one,
                other,
            )


def _table_row(
    pair: _Pair, codings: Codings, answers: "Floats", texts: Mapping[str, str]
) -> tuple[object, ...]:
    """The pair as a row of `DIFFERENTLY`."""
    import numpy as np

    one = answers[pair.first_reviewer, pair.first]
    other = answers[pair.second_reviewer, pair.second]
    first, second = codings.comment_ids[pair.first], codings.comment_ids[pair.second]
    return (
        pair.likeness,
        _join_items(codings, np.abs(one - other) > 0),
        first,
        codings.reviewers[pair.first_reviewer],
        _join_items(codings, one > 0),
        texts[first],
        second,
        codings.reviewers[pair.second_reviewer],
        _join_items(codings, other > 0),
        texts[second],
    )


def _join_items(codings: Codings, chosen: "NDArray[np.bool_]") -> str:
    return ";".join(codings.items[item] for item in chosen.nonzero()[0])


def _likeness(
    keys: Sequence[str], vectors: "Floats | None", language: str, step: int = 500
) -> "Iterator[tuple[int, Floats]]":
    """Blocks (first row, (rows, n_comments)) of how alike comments are, in [0, 1]."""
    import numpy as np

    number = {key: n for n, key in enumerate(sorted(set(keys)))}
    same = np.array([number[key] for key in keys], dtype=int)
    empty = np.array([not key for key in keys], dtype=bool)
    bags = None
    if vectors is None:
        bags = _word_bags(keys, language)
    for start in range(0, len(keys), step):
        part = slice(start, start + step)
        if vectors is None:
            values = _shared_words(bags, part)
        else:
            values = vectors[part] @ vectors.T
        # Below 1, so that comments with one text come first.
        likeness = np.clip(np.asarray(values, dtype=np.float64), 0, 0.9999)
        likeness[same[part, None] == same[None, :]] = 1.0
        likeness[empty[part]] = 0.0
        yield start, likeness


def _shared_words(bags: Any, part: slice) -> "Floats":
    """Jaccard's share of stems in common of the comments of `part` with every comment."""
    import numpy as np

    sizes = np.asarray(bags.sum(axis=1)).ravel()
    shared = (bags[part] @ bags.T).toarray()
    either = sizes[part, None] + sizes[None, :] - shared
    return np.asarray(shared / np.maximum(either, 1))


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
