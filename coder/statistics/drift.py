"""Whether coders change over time: agreement block by block, and themes assigned more or less
often.
"""

from typing import TYPE_CHECKING, Any

from coder.statistics.agreement import f1, two_coder_cells
from coder.statistics.codings import Codings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Measures = dict[str, Floats]


DRIFT = (
    "reviewer",
    "block",
    "first_at",
    "last_at",
    "comments",
    "themes_per_comment",
    "shared",
    "f1",
)
THEME_DRIFT = (
    "reviewer",
    "theme_id",
    "earlier",
    "earlier_of",
    "later",
    "later_of",
    "p",
)


def drift(codings: Codings, *, blocks: int = 4, fewest: int = 20) -> "pd.DataFrame":
    """How each reviewer codes as time goes on.

    Args:
        codings: of comments whose order says nothing about their content: leave out those
            that a model or a search chose.
        blocks: parts of equal size that a reviewer's comments are cut into, in the order decided.
        fewest: comments of a block; a reviewer with fewer than twice as many has one block.

    Returns:
        A row a reviewer and block: reviewer, block (from 1), first_at, last_at, comments,
        themes_per_comment, shared (comments that somebody else judged too), f1 (pooled over
        themes, with whoever else judged the comment; NaN where nobody did).
    """
    import numpy as np
    import pandas as pd

    rows: list[dict[str, object]] = []
    for reviewer in range(len(codings.reviewers)):
        answers = codings.answers[reviewer, :, : codings.n_themes]
        judged = np.asarray(np.isfinite(answers).any(axis=1))
        order = _in_time(codings, reviewer, judged)
        parts = max(1, min(blocks, len(order) // fewest))
        for block, part in enumerate(np.array_split(order, parts), start=1):
            if len(part):
                rows.append(_block_row(codings, reviewer, block, part))
    return pd.DataFrame(rows, columns=list(DRIFT))


def _in_time(
    codings: Codings, reviewer: int, judged: "NDArray[np.bool_]"
) -> "NDArray[np.intp]":
    """Rows of the comments judged, in the order in which the reviewer decided them."""
    import numpy as np

    rows = np.flatnonzero(judged)
    return rows[np.lexsort((rows, codings.when[reviewer, rows]))]


def _block_row(
    codings: Codings, reviewer: int, block: int, part: "NDArray[np.intp]"
) -> dict[str, object]:
    """A row of `drift`: one reviewer's comments `part`."""
    import numpy as np

    n = codings.n_themes
    own = codings.answers[reviewer, part, :n]
    cells = np.zeros(4)
    shared: set[int] = set()
    for other in range(len(codings.reviewers)):
        if other == reviewer:
            continue
        pair = two_coder_cells(np.stack([own, codings.answers[other, part, :n]]))
        cells += pair.sum(axis=(0, 1))
        shared.update(part[pair.sum(axis=(1, 2)) > 0].tolist())
    tp, fp, fn = (np.asarray(cell) for cell in cells[:3])
    return {
        "reviewer": codings.reviewers[reviewer],
        "block": block,
        "first_at": str(codings.when[reviewer, part[0]]),
        "last_at": str(codings.when[reviewer, part[-1]]),
        "comments": len(part),
        "themes_per_comment": float((own > 0).sum() / len(part)),
        "shared": len(shared),
        "f1": float(f1(tp, fp, fn)),
    }


def theme_drift(codings: Codings, *, fewest: int = 20) -> "pd.DataFrame":
    """Themes that a reviewer assigned at another rate in the later half than in the earlier half.

    Args:
        codings: as for `drift`.
        fewest: comments in which the theme was judged, for each half.

    Returns:
        A row for each reviewer and theme that could be compared: reviewer, theme_id, earlier,
        earlier_of, later, later_of (counts), p (Fisher's exact test, two-sided, corrected by
        Holm's method over all rows), by p.
    """
    import numpy as np
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for reviewer in range(len(codings.reviewers)):
        for theme in range(codings.n_themes):
            answers = codings.answers[reviewer, :, theme]
            order = _in_time(codings, reviewer, np.isfinite(answers))
            if len(order) < 2 * fewest:
                continue
            earlier, later = np.array_split(order, 2)
            row = _halves_row(answers[earlier] > 0, answers[later] > 0)
            row["reviewer"] = codings.reviewers[reviewer]
            row["theme_id"] = codings.items[theme]
            rows.append(row)
    rows.sort(key=lambda row: (row["p"], row["reviewer"], row["theme_id"]))
    _correct_by_holm(rows)
    return pd.DataFrame(rows, columns=list(THEME_DRIFT))


def _halves_row(
    earlier: "NDArray[np.bool_]", later: "NDArray[np.bool_]"
) -> dict[str, Any]:
    """The counts of two halves and Fisher's exact test of their difference."""
    from scipy.stats import fisher_exact

    first, second = int(earlier.sum()), int(later.sum())
    table = [[first, len(earlier) - first], [second, len(later) - second]]
    return {
        "earlier": first,
        "earlier_of": len(earlier),
        "later": second,
        "later_of": len(later),
        "p": float(fisher_exact(table)[1]),
    }


def _correct_by_holm(rows: list[dict[str, Any]]) -> None:
    """Correct the p-values of rows in ascending order, for the number of rows."""
    largest = 0.0
    for rank, row in enumerate(rows):
        largest = max(largest, min(1.0, row["p"] * (len(rows) - rank)))
        row["p"] = largest
