"""Whether coders change over time: their agreement block by block, and themes they give more or
less often.
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


def drift(found: Codings, *, blocks: int = 4, fewest: int = 20) -> "pd.DataFrame":
    """How each reviewer codes as time goes on.

    Args:
        found: codings of comments whose order says nothing about their content: leave out those
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

    n = found.n_themes
    rows: list[dict[str, object]] = []
    for r, reviewer in enumerate(found.reviewers):
        said = found.said[r, :, :n]
        judged = np.flatnonzero(np.isfinite(said).any(axis=1))
        order = judged[np.lexsort((judged, found.when[r, judged]))]
        parts = max(1, min(blocks, len(order) // fewest))
        for block, part in enumerate(np.array_split(order, parts), start=1):
            if not len(part):
                continue
            cells = np.zeros(4)
            shared: set[int] = set()
            for other in range(len(found.reviewers)):
                if other != r:
                    pair = two_coder_cells(
                        np.stack([said[part], found.said[other][part, :n]])
                    )
                    cells += pair.sum(axis=(0, 1))
                    shared |= set(part[pair.sum(axis=(1, 2)) > 0].tolist())
            rows.append(
                {
                    "reviewer": reviewer,
                    "block": block,
                    "first_at": str(found.when[r, part[0]]),
                    "last_at": str(found.when[r, part[-1]]),
                    "comments": len(part),
                    "themes_per_comment": float((said[part] > 0).sum() / len(part)),
                    "shared": len(shared),
                    "f1": float(f1(*(np.asarray(cell) for cell in cells[:3]))),
                }
            )
    columns = [
        "reviewer",
        "block",
        "first_at",
        "last_at",
        "comments",
        "themes_per_comment",
        "shared",
        "f1",
    ]
    return pd.DataFrame(rows, columns=columns)


def theme_drift(found: Codings, *, fewest: int = 20) -> "pd.DataFrame":
    """Themes that a reviewer gave at another rate in the later half than in the earlier half.

    Args:
        found: as for `drift`.
        fewest: comments in which the theme was judged, for each half.

    Returns:
        A row for each reviewer and theme that could be compared: reviewer, theme_id, earlier,
        earlier_of, later, later_of (counts), p (Fisher's exact test, two-sided, times Holm's
        factor over all rows, at most 1), by p.
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import fisher_exact

    rows: list[dict[str, Any]] = []
    for r, reviewer in enumerate(found.reviewers):
        for t, theme_id in enumerate(found.items[: found.n_themes]):
            said = found.said[r, :, t]
            judged = np.flatnonzero(np.isfinite(said))
            if len(judged) < 2 * fewest:
                continue
            order = judged[np.lexsort((judged, found.when[r, judged]))]
            early, late = (said[part] > 0 for part in np.array_split(order, 2))
            counts = [int(early.sum()), len(early), int(late.sum()), len(late)]
            table = [
                [counts[0], counts[1] - counts[0]],
                [counts[2], counts[3] - counts[2]],
            ]
            names = (
                "reviewer",
                "theme_id",
                "earlier",
                "earlier_of",
                "later",
                "later_of",
                "p",
            )
            rows.append(
                dict(
                    zip(
                        names,
                        [reviewer, theme_id, *counts, float(fisher_exact(table)[1])],
                        strict=True,
                    )
                )
            )
    rows.sort(key=lambda row: (row["p"], row["reviewer"], row["theme_id"]))
    largest = 0.0
    for rank, row in enumerate(rows):
        largest = max(largest, min(1.0, row["p"] * (len(rows) - rank)))
        row["p"] = largest
    columns = [
        "reviewer",
        "theme_id",
        "earlier",
        "earlier_of",
        "later",
        "later_of",
        "p",
    ]
    return pd.DataFrame(rows, columns=columns)
