"""Labels against a reference: precision, recall, F1, kappa and average precision, with
intervals.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.statistics.agreement import (
    cohen_kappa,
    f1,
    precision,
    precision_steps,
    recall,
)
from coder.statistics.resampling import (
    RESAMPLES,
    bootstrap_table,
    mean_where_defined,
    ratio,
    weighted_sums,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Measures = dict[str, Floats]


class Scores(NamedTuple):
    """How labels compare with a reference."""

    themes: "pd.DataFrame"  # a row a theme
    # Rows micro, macro, comment, and positions where there are any: the same columns where they
    # have a meaning.
    overall: "pd.DataFrame"
    comments: int  # with at least one theme judged


MEASURES = ("precision", "recall", "f1", "kappa", "average_precision")
COUNTS = ("tp", "fp", "fn", "tn")
POSITIONS = "positions"  # the row that pools them


def score_labels(
    truth: "Floats",
    labels: "Floats",
    theme_ids: Sequence[str],
    probability: "Floats | None" = None,
    *,
    main: "NDArray[np.bool_] | None" = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Scores:
    """Precision, recall, F1, kappa and average precision of labels, with intervals.

    Args:
        truth: (n_comments, n_themes) of 1, 0 and NaN (not judged: left out of everything).
        labels: (n_comments, n_themes), the same of the labels that are scored.
        theme_ids: (n_themes,).
        probability: (n_comments, n_themes), any score that orders; None or NaN: no average
            precision.
        main: (n_themes,), False for the positions, which stay out of micro, macro and comment;
            None for themes alone.
        resamples: draws of the bootstrap; 0 gives no intervals.
        seed: of the draws.

    Returns:
        Both tables have `theme_id` (micro, macro, comment or positions in `overall`), comments,
        tp, fp, fn, tn, and each of `MEASURES` with `_low` and `_high`. micro pools every comment
        and theme; macro is the mean over the themes where a measure has a value; comment is the
        mean over comments of the F1 of the two label sets, 1 where both are empty; positions
        pools every comment and position.
    """
    import numpy as np

    if main is None:
        main = np.ones(len(theme_ids), dtype=bool)
    if probability is None:
        probability = np.full(truth.shape, np.nan)
    judged = np.isfinite(truth) & np.isfinite(labels)
    cells = _confusion_cells(judged, truth > 0, labels > 0)
    steps = []
    for theme in range(len(theme_ids)):
        answers = np.where(judged[:, theme], truth[:, theme], np.nan)
        steps.append(precision_steps(answers, probability[:, theme]))
    per_comment = _set_f1(cells[:, main].astype(float).sum(axis=1))

    def measure(weights: "Floats") -> "Measures":
        counts = weighted_sums(weights, cells)
        across = np.ascontiguousarray(weights.T)
        areas = np.stack([step.areas(across) for step in steps], axis=1)
        return _measures(counts, areas, main, weights, per_comment)

    table = bootstrap_table(
        measure, len(truth), MEASURES, resamples=resamples, seed=seed
    )
    _insert_counts(table, theme_ids, judged, cells, main)
    themes = table.iloc[: len(theme_ids)].reset_index(drop=True)
    overall = table.iloc[len(theme_ids) :].reset_index(drop=True)
    counts = overall[list(COUNTS)].astype("Int64")
    is_pooled = overall["theme_id"].isin(["micro", POSITIONS])
    overall[list(COUNTS)] = counts.mask(~is_pooled)
    return Scores(themes, overall, int(judged.any(axis=1).sum()))


def _confusion_cells(
    judged: "NDArray[np.bool_]", yes: "NDArray[np.bool_]", marked: "NDArray[np.bool_]"
) -> "NDArray[np.bool_]":
    """(n_comments, n_themes, 4): true positive, false positive, false negative, true negative."""
    import numpy as np

    cells = [
        judged & yes & marked,
        judged & ~yes & marked,
        judged & yes & ~marked,
        judged & ~yes & ~marked,
    ]
    return np.stack(cells, axis=-1)


def _insert_counts(
    table: "pd.DataFrame",
    theme_ids: Sequence[str],
    judged: "NDArray[np.bool_]",
    cells: "NDArray[np.bool_]",
    main: "NDArray[np.bool_]",
) -> None:
    """Add the names of the rows, the comments judged and the counts of `COUNTS`."""
    import numpy as np

    totals = cells.astype(int).sum(axis=0)
    names = [*theme_ids, "micro", "macro", "comment"]
    means = np.zeros((2, 4), dtype=int)
    rows = [totals, totals[main].sum(axis=0, keepdims=True), means]
    on_themes = int(judged[:, main].any(axis=1).sum())
    comments = [*judged.sum(axis=0), *[on_themes] * 3]
    if not main.all():
        names.append(POSITIONS)
        rows.append(totals[~main].sum(axis=0, keepdims=True))
        comments.append(int(judged[:, ~main].any(axis=1).sum()))
    table.insert(0, "theme_id", names)
    table.insert(1, "comments", comments)
    counts = np.vstack(rows)
    for place, name in enumerate(COUNTS):
        table.insert(2 + place, name, counts[:, place])


def _set_f1(cells: "Floats") -> "Floats":
    """F1 of the label sets of each comment, from its (tp, fp, fn, tn); NaN where no theme was
    judged.
    """
    import numpy as np

    values = f1(cells[:, 0], cells[:, 1], cells[:, 2])
    empty = (cells[:, :3].sum(axis=1) == 0) & (cells[:, 3] > 0)
    return np.where(empty, 1.0, values)


def _measures(
    counts: "Floats",
    areas: "Floats",
    main: "NDArray[np.bool_]",
    weights: "Floats",
    per_comment: "Floats",
) -> "Measures":
    """Each measure as (n_draws, n_themes + 3): the themes, then micro, macro and comment; and one
    more for the positions where there are any.
    """
    import numpy as np

    pools = [counts[:, part].sum(axis=1, keepdims=True) for part in (main, ~main)]
    together = np.concatenate([counts, *pools], axis=1)
    tp, fp, fn, tn = (together[..., i] for i in range(4))
    known = np.isfinite(per_comment)
    weight = weights[:, known].astype(np.float64)
    by_comment = ratio(weight @ per_comment[known], weight.sum(axis=1))[:, None]
    nothing = np.full_like(by_comment, np.nan)
    measures = {
        "precision": precision(tp, fp),
        "recall": recall(tp, fn),
        "f1": f1(tp, fp, fn),
        "kappa": cohen_kappa(tp, fp, fn, tn),
        "average_precision": np.concatenate([areas, nothing, nothing], axis=1),
    }
    n = counts.shape[1]
    whole = {}
    for name, value in measures.items():
        parts = [
            value[:, : n + 1],
            mean_where_defined(value[:, :n][:, main])[:, None],
            by_comment if name == "f1" else nothing,
        ]
        if not main.all():
            parts.append(value[:, n + 1 :])
        whole[name] = np.concatenate(parts, axis=1)
    return whole
