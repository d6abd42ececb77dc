"""Agreement between coders, per theme and over all, with intervals."""

from typing import TYPE_CHECKING, Any, NamedTuple

from coder.statistics.agreement import (
    Coincidences,
    agreement_sums,
    category_counts,
    cohen_kappa,
    coincidences,
    f1,
    masi_distance,
    measures_of_sums,
    two_coder_cells,
)
from coder.statistics.codings import Codings
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


class Agreement(NamedTuple):
    """How far coders agree."""

    reviewers: tuple[str, ...]
    comments: int  # judged by two of them at least
    themes: "pd.DataFrame"  # a row an item
    overall: "pd.DataFrame"  # rows pooled, mean, sets


PAIR_COUNTS = ("both", "first", "second", "neither")
BETWEEN = ("agreement", "alpha", "ac1", "positive_agreement", "negative_agreement")


def coder_agreement(
    codings: Codings, *, resamples: int = RESAMPLES, seed: int = 0
) -> Agreement:
    """Agreement of two or more coders, per theme and over all, with intervals.

    Returns:
        Both tables have `theme_id` (pooled, mean or sets in `overall`), comments (judged by two
        coders at least), each of `BETWEEN` with `_low` and `_high` (see `measures_of_sums`), and
        for exactly two coders also kappa and f1 and the counts both, first, second, neither.
        pooled takes every comment and theme as one unit. mean is over the themes where a measure
        has a value. sets compares whole label sets: alpha with the MASI distance (Passonneau
        2006) and agreement as the share of equal sets, over comments of which two coders at
        least judged half of the themes or more, each comment on the themes that all judged.
    """
    import numpy as np

    n = codings.n_themes
    judged_twice = np.isfinite(codings.answers).sum(axis=0) >= 2
    used = judged_twice.any(axis=1)
    answers = codings.answers[:, used]
    sums = agreement_sums(category_counts(answers))
    are_two = len(codings.reviewers) == 2
    names: tuple[str, ...] = BETWEEN
    cells = np.zeros((*sums.shape[:2], 0))
    if are_two:
        names = (*BETWEEN, "kappa", "f1")
        cells = two_coder_cells(answers)
    whole = _whole_sets(answers[:, :, :n])
    parts = np.concatenate([sums, cells], axis=-1)

    def measure(weights: "Floats") -> "Measures":
        totals = weighted_sums(weights, parts)
        return _between(totals, n, are_two, weights, whole)

    table = bootstrap_table(measure, len(sums), names, resamples=resamples, seed=seed)
    table.insert(0, "theme_id", [*codings.items, "pooled", "mean", "sets"])
    comments = int(judged_twice[:, :n].any(axis=1).sum())
    compared = int((whole.within >= 0).sum())
    counts = [*judged_twice.sum(axis=0), comments, comments, compared]
    table.insert(1, "comments", counts)
    if are_two:
        _insert_pair_counts(table, cells.sum(axis=0).astype(int), n)
    themes = table.iloc[: len(codings.items)].reset_index(drop=True)
    overall = table.iloc[len(codings.items) :].reset_index(drop=True)
    if are_two:
        not_pooled = overall["theme_id"] != "pooled"
        counted = overall[list(PAIR_COUNTS)].astype("Int64")
        overall[list(PAIR_COUNTS)] = counted.mask(not_pooled)
    return Agreement(codings.reviewers, int(used.sum()), themes, overall)


def _insert_pair_counts(
    table: "pd.DataFrame", totals: "NDArray[Any]", n_themes: int
) -> None:
    """Add the counts of two coders' answers: of each item, then pooled over the themes."""
    import numpy as np

    pooled = totals[:n_themes].sum(axis=0)
    rows = np.vstack([totals, pooled, np.zeros((2, 4), dtype=int)])
    for place, name in enumerate(PAIR_COUNTS):
        table.insert(2 + place, name, rows[:, place])


class _Sets(NamedTuple):
    """How whole label sets compare, comment by comment.

    Attributes:
        coincidences: of the sets.
        within: (n_comments,) share of the comment's pairs of coders with equal sets; -1 where
            not compared.
        f1: (n_comments,) mean F1 of the pairs' sets; NaN where not compared.
    """

    coincidences: Coincidences
    within: "Floats"
    f1: "Floats"


def _whole_sets(answers: "Floats") -> _Sets:
    import numpy as np

    judged = np.isfinite(answers)
    whole = judged.sum(axis=2) * 2 >= max(answers.shape[2], 1)
    common = np.all(judged | ~whole[:, :, None], axis=0)
    compared = (whole.sum(axis=0) >= 2) & np.any(common, axis=1)
    usable = whole & compared
    sets = np.where(common, answers > 0, False)
    distinct, codes = np.unique(sets[usable], axis=0, return_inverse=True)
    numbers = np.full(usable.shape, -1)
    numbers[usable] = codes.ravel()
    equal, scores, pairs = (np.zeros(answers.shape[1]) for _ in range(3))
    for one in range(len(answers)):
        for other in range(one + 1, len(answers)):
            both = usable[one] & usable[other]
            met = (sets[one] & sets[other]).sum(axis=1)
            size = sets[one].sum(axis=1) + sets[other].sum(axis=1)
            equal += both & (numbers[one] == numbers[other])
            f1_of_pair = np.where(size > 0, 2 * met / np.maximum(size, 1), 1.0)
            scores += np.where(both, f1_of_pair, 0)
            pairs += both
    there = pairs > 0
    return _Sets(
        coincidences(numbers, masi_distance(distinct.reshape(-1, answers.shape[2]))),
        np.where(there, equal / np.maximum(pairs, 1), -1),
        np.where(there, scores / np.maximum(pairs, 1), np.nan),
    )


def _between(
    totals: "Floats", n: int, two: bool, weights: "Floats", whole: _Sets
) -> "Measures":
    """Each measure as (n_draws, n_items + 3): the items, then pooled, mean and sets."""
    import numpy as np

    both = np.concatenate([totals, totals[:, :n].sum(axis=1, keepdims=True)], axis=1)
    parts = both.shape[-1] - (4 if two else 0)
    measures = measures_of_sums(both[..., :parts], 2)
    if two:
        tp, fp, fn, tn = (both[..., parts + i] for i in range(4))
        measures |= {"kappa": cohen_kappa(tp, fp, fn, tn), "f1": f1(tp, fp, fn)}
    compared = whole.within >= 0
    weight = weights[:, compared].astype(np.float64)
    sets = {
        "alpha": whole.coincidences.alpha(weights),
        "agreement": ratio(weight @ whole.within[compared], weight.sum(axis=1)),
        "f1": ratio(weight @ whole.f1[compared], weight.sum(axis=1)),
    }
    nothing = np.full(len(weights), np.nan)
    return {
        name: np.concatenate(
            [
                value,
                mean_where_defined(value[:, :n])[:, None],
                sets.get(name, nothing)[:, None],
            ],
            axis=1,
        )
        for name, value in measures.items()
    }
