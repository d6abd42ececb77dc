"""Measures of agreement between two coders or more, and of labels with a reference.

Everything is a function over arrays. What one coder said of one theme in one comment is 1
(present), 0 (absent) or NaN (not judged). A measure that has no value (nothing to divide by,
everybody said the same) is NaN, never 0 and never an error.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from coder.statistics.resampling import ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Measures = dict[str, Floats]


def precision(tp: "Floats", fp: "Floats") -> "Floats":
    """Share of the labels found that are right; NaN where none was found."""
    return ratio(tp, tp + fp)


def recall(tp: "Floats", fn: "Floats") -> "Floats":
    """Share of the true labels that were found; NaN where there are none."""
    return ratio(tp, tp + fn)


def f1(tp: "Floats", fp: "Floats", fn: "Floats") -> "Floats":
    """Harmonic mean of precision and recall, 2tp / (2tp + fp + fn); NaN where neither side has
    a label.
    """
    return ratio(2 * tp, 2 * tp + fp + fn)


def cohen_kappa(tp: "Floats", fp: "Floats", fn: "Floats", tn: "Floats") -> "Floats":
    """Cohen's kappa (1960) of two coders; NaN where both always gave one and the same answer."""
    # 2(ad - bc) / (p1 q2 + p2 q1): the textbook ratio with the total multiplied out
    return ratio(2 * (tp * tn - fp * fn), (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn))


def average_precision(truth: "Floats", probability: "Floats") -> float:
    """Area under the steps of precision over recall, ties together; NaN where nothing is true.

    Args:
        truth: (n_comments,) of 1, 0 and NaN (left out).
        probability: (n_comments,), any score that orders.
    """
    import numpy as np

    steps = precision_steps(truth, probability)
    return float(steps.areas(np.ones((len(truth), 1), dtype=np.float64))[0])


class PrecisionSteps(NamedTuple):
    """Comments in order of probability, cut at each value that holds a true label (sparse,
    steps x comments).
    """

    everything: Any
    true: Any

    def areas(self, weights: "Floats") -> "Floats":
        """Average precision for each column of `weights` (n_comments, n_draws)."""
        import numpy as np

        if not self.everything.shape[0]:
            return np.full(weights.shape[1], np.nan)
        here = self.true @ weights
        seen = np.cumsum(self.everything @ weights, axis=0)
        precisions = np.cumsum(here, axis=0) / np.maximum(
            seen, 1e-300 if seen.dtype == np.float64 else 1e-30
        )
        return ratio((here * precisions).sum(axis=0), here.sum(axis=0))


def precision_steps(truth: "Floats", probability: "Floats") -> PrecisionSteps:
    import numpy as np
    from scipy import sparse

    judged = np.flatnonzero(np.isfinite(truth) & np.isfinite(probability))
    order = judged[np.argsort(-probability[judged], kind="stable")]
    values, true = probability[order], truth[order] > 0
    group = (
        np.cumsum(np.r_[True, values[1:] != values[:-1]]) - 1
        if len(order)
        else np.zeros(0, dtype=int)
    )
    with_true = np.unique(group[true])
    step = np.searchsorted(
        with_true, group
    )  # the first step at or after the comment's own value
    kept = step < len(with_true)
    shape = (len(with_true), len(truth))
    ones = np.ones(len(order), dtype=np.float32)
    return PrecisionSteps(
        sparse.csr_array((ones[kept], (step[kept], order[kept])), shape=shape),
        sparse.csr_array((ones[true], (step[true], order[true])), shape=shape),
    )


def category_counts(said: "Floats", n_categories: int = 2) -> "Floats":
    """How many coders put each comment into each category.

    Args:
        said: (n_coders, n_comments, n_themes) of category numbers from 0, NaN where not judged.

    Returns:
        (n_comments, n_themes, n_categories).
    """
    import numpy as np

    return np.stack(
        [(said == category).sum(axis=0) for category in range(n_categories)], axis=-1
    ).astype(float)


def agreement_sums(counts: "Floats") -> "Floats":
    """What the measures of several coders are made of, one comment's part each: (n_comments,
    n_themes, parts).

    Parts: comments judged twice or more, their judgements, within-comment disagreement,
    observed agreement, comments judged at all; then for each category: judgements in comments
    judged twice, its share of the comment's judgements, agreeing pairs, pairs.
    """
    import numpy as np

    m = counts.sum(axis=-1, keepdims=True)
    pairable = m >= 2
    others = np.where(pairable, m - 1, 1)
    per_category = np.where(pairable, counts, 0)
    disagreement = np.where(pairable, counts * (m - counts) / others, 0).sum(
        axis=-1, keepdims=True
    )
    agreeing = per_category * (counts - 1)
    observed = np.where(pairable, agreeing / (np.maximum(m, 1) * others), 0).sum(
        axis=-1, keepdims=True
    )
    parts = [
        pairable,
        np.where(pairable, m, 0),
        disagreement,
        observed,
        m >= 1,
        per_category,
        counts / np.maximum(m, 1),
        agreeing,
        per_category * (m - 1),
    ]
    return np.concatenate([part.astype(float) for part in parts], axis=-1)


def measures_of_sums(sums: "Floats", n_categories: int) -> "Measures":
    """Measures of several coders from summed parts (..., parts)."""
    import numpy as np

    q = n_categories
    twice, judgements, disagreement, observed, ever = (sums[..., i] for i in range(5))
    totals, shares, agreeing, pairs = (
        sums[..., 5 + i * q : 5 + (i + 1) * q] for i in range(4)
    )
    expected = judgements**2 - (totals**2).sum(axis=-1)
    share = ratio(shares, ever[..., None])
    by_chance = (share * (1 - share)).sum(axis=-1) / (q - 1)
    agreement = ratio(observed, twice)
    measures = {
        "agreement": agreement,
        "alpha": 1 - ratio((judgements - 1) * disagreement, expected),
        "ac1": (agreement - by_chance) / (1 - by_chance),
    }
    specific = ratio(agreeing, pairs)
    if q == 2:
        measures |= {
            "negative_agreement": specific[..., 0],
            "positive_agreement": specific[..., 1],
        }
    return {name: np.asarray(value) for name, value in measures.items()}


def nominal_agreement(counts: "Floats") -> "Measures":
    """Agreement of any number of coders over categories without order, with gaps.

    Args:
        counts: (n_comments, n_themes, n_categories), see `category_counts`.

    Returns:
        (n_themes,) each: `agreement`, the mean share of agreeing pairs of coders; `alpha`,
        Krippendorff's (2011, Computing Krippendorff's Alpha-Reliability), NaN where only one
        category was ever used; `ac1`, Gwet's (2008; with gaps as in his Handbook of Inter-Rater
        Reliability, 4th edition, 2014); and for two categories `positive_agreement` and
        `negative_agreement`, the share of agreement among pairs of judgements that say present,
        or absent (Cicchetti and Feinstein 1990; Uebersax for several coders; for two coders the
        first is their F1).
    """
    return measures_of_sums(agreement_sums(counts).sum(axis=0), counts.shape[-1])


def masi_distance(sets: "Floats") -> "Floats":
    """Passonneau's MASI (2006) as a distance, 1 - J x M, between all pairs of sets.

    J is Jaccard's share of common members; M is 1 for equal sets, 2/3 where one holds the
    other, 1/3 where they only meet, 0 where they do not. Two empty sets are equal.

    Args:
        sets: (n_sets, n_members) of 1 and 0.

    Returns:
        (n_sets, n_sets) in [0, 1].
    """
    import numpy as np

    members = np.asarray(sets, dtype=np.float64)
    size = members.sum(axis=1)
    both = members @ members.T
    either = size[:, None] + size[None, :] - both
    jaccard = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    within = (both == size[:, None]) | (both == size[None, :])
    weight = np.where(
        both == either, 1.0, np.where(within, 2 / 3, np.where(both > 0, 1 / 3, 0.0))
    )
    return np.asarray(1 - jaccard * weight)


class Coincidences(NamedTuple):
    """What alpha with a distance is made of."""

    within: "Floats"  # (n_units,) disagreement between the unit's own values
    # Sparse (n_units, n_values): how often each value was given, units judged twice only.
    values: Any
    distance: "Floats"  # (n_values, n_values)

    def alpha(self, weights: "Floats") -> "Floats":
        """Alpha for each row of `weights` (n_draws, n_units); NaN where only one value was ever
        given.
        """
        given = (self.values.T @ weights.T).T
        expected = ((given @ self.distance.astype(weights.dtype)) * given).sum(axis=1)
        observed = weights @ self.within.astype(weights.dtype)
        return 1 - ratio((given.sum(axis=1) - 1) * observed, expected)


def coincidences(codes: "NDArray[np.integer[Any]]", distance: "Floats") -> Coincidences:
    """Prepare `Coincidences.alpha`.

    Args:
        codes: (n_coders, n_units) of value numbers, -1 where not judged.
        distance: (n_values, n_values), 0 on the diagonal.
    """
    import numpy as np
    from scipy import sparse

    judged = codes >= 0
    m = judged.sum(axis=0)
    within = np.zeros(codes.shape[1])
    for one in range(len(codes)):
        for other in range(one + 1, len(codes)):
            both = judged[one] & judged[other]
            within[both] += (
                2 * distance[codes[one, both], codes[other, both]] / (m[both] - 1)
            )
    coder, unit = np.nonzero(judged & (m >= 2))
    values = sparse.csr_array(
        (np.ones(len(unit), dtype=np.float32), (unit, codes[coder, unit])),
        shape=(codes.shape[1], len(distance)),
    )
    return Coincidences(within, values, distance)


def krippendorff_alpha(
    codes: "NDArray[np.integer[Any]]", distance: "Floats | None" = None
) -> float:
    """Krippendorff's alpha of any number of coders with gaps; NaN where only one value was ever
    given.

    Args:
        codes: (n_coders, n_units) of value numbers from 0, -1 where not judged.
        distance: (n_values, n_values); None is nominal: 0 for the same value, 1 for another.
    """
    import numpy as np

    if distance is None:
        distance = 1.0 - np.eye(int(codes.max(initial=0)) + 1)
    return float(coincidences(codes, distance).alpha(np.ones((1, codes.shape[1])))[0])


def two_coder_cells(said: "Floats") -> "Floats":
    """(n_comments, n_items, 4): both, first only, second only, neither, for two coders."""
    import numpy as np

    judged = np.isfinite(said).all(axis=0)
    first, second = judged & (said[0] > 0), judged & (said[1] > 0)
    return np.stack(
        [first & second, first & ~second, second & ~first, judged & ~first & ~second],
        axis=-1,
    ).astype(float)
