"""Measures of agreement between coders, and of labels with a reference.

Everything is a function over arrays. A coder's answer for one theme in one comment is 1
(present), 0 (absent) or NaN (not judged). A measure that has no value (nothing to divide by,
all answers the same) is NaN, never 0 and never an error.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from coder.statistics.resampling import ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Measures = dict[str, Floats]


def precision(tp: "Floats", fp: "Floats") -> "Floats":
    """Share of the assigned labels that are right; NaN where none was assigned."""
    return ratio(tp, tp + fp)


def recall(tp: "Floats", fn: "Floats") -> "Floats":
    """Share of the true labels that were assigned; NaN where there are none."""
    return ratio(tp, tp + fn)


def f1(tp: "Floats", fp: "Floats", fn: "Floats") -> "Floats":
    """Harmonic mean of precision and recall, 2tp / (2tp + fp + fn); NaN where neither side has
    a label.
    """
    return ratio(2 * tp, 2 * tp + fp + fn)


def cohen_kappa(tp: "Floats", fp: "Floats", fn: "Floats", tn: "Floats") -> "Floats":
    """Cohen's kappa of two coders; NaN where both always gave the same answer.

    Source: Cohen 1960, Educational and Psychological Measurement 20, 37-46, written as
    2(ad - bc) / (p1 q2 + p2 q1) so that the total cancels.
    """
    return ratio(2 * (tp * tn - fp * fn), (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn))


class PrecisionSteps(NamedTuple):
    """Comments in order of probability, one step for each value that has a true label.

    Attributes:
        everything: sparse (n_steps, n_comments) of 1: the comments of each step.
        true: the same, of the comments that carry the label.
    """

    everything: Any
    true: Any

    def areas(self, weights: "Floats") -> "Floats":
        """Average precision for each column of `weights` (n_comments, n_draws).

        That is the area under the steps of precision over recall; NaN where nothing is true.
        """
        import numpy as np

        if not self.everything.shape[0]:
            return np.full(weights.shape[1], np.nan)
        true = self.true @ weights
        seen = np.cumsum(self.everything @ weights, axis=0)
        smallest = 1e-300 if seen.dtype == np.float64 else 1e-30
        precisions = np.cumsum(true, axis=0) / np.maximum(seen, smallest)
        return ratio((true * precisions).sum(axis=0), true.sum(axis=0))


def precision_steps(truth: "Floats", probability: "Floats") -> PrecisionSteps:
    """Prepare `PrecisionSteps.areas`; comments with one probability form one step.

    Args:
        truth: (n_comments,) of 1, 0 and NaN (left out).
        probability: (n_comments,), any score that orders.
    """
    import numpy as np
    from scipy import sparse

    judged = np.flatnonzero(np.isfinite(truth) & np.isfinite(probability))
    order = judged[np.argsort(-probability[judged], kind="stable")]
    values, true = probability[order], truth[order] > 0
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = values[1:] != values[:-1]
    group = np.cumsum(is_new) - 1
    with_true = np.unique(group[true])
    # The first step at or after the comment's own value.
    step = np.searchsorted(with_true, group)
    kept = step < len(with_true)
    shape = (len(with_true), len(truth))
    ones = np.ones(len(order), dtype=np.float32)
    return PrecisionSteps(
        sparse.csr_array((ones[kept], (step[kept], order[kept])), shape=shape),
        sparse.csr_array((ones[true], (step[true], order[true])), shape=shape),
    )


def category_counts(answers: "Floats", n_categories: int = 2) -> "Floats":
    """How many coders put each comment into each category.

    Args:
        answers: (n_coders, n_comments, n_themes) of category numbers from 0, NaN where not judged.

    Returns:
        (n_comments, n_themes, n_categories).
    """
    import numpy as np

    counts = [(answers == category).sum(axis=0) for category in range(n_categories)]
    return np.stack(counts, axis=-1).astype(float)


def agreement_sums(counts: "Floats") -> "Floats":
    """What each comment adds to the measures of several coders: (n_comments, n_themes, parts).

    Args:
        counts: (n_comments, n_themes, n_categories), see `category_counts`.

    Parts: comments judged twice or more, their judgements, disagreement within the comment,
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
    """Agreement of any number of coders over categories without order, with gaps.

    Args:
        sums: (..., parts), sums over comments of `agreement_sums`.
        n_categories: 2 or more.

    Returns:
        Arrays (...): `agreement`, the mean share of agreeing pairs of coders; `alpha`,
        Krippendorff's (2011, Computing Krippendorff's Alpha-Reliability), NaN where only one
        category was ever used; `ac1`, Gwet's (2008; with gaps as in his Handbook of Inter-Rater
        Reliability, 4th edition, 2014); and for two categories `positive_agreement` and
        `negative_agreement`, the share of agreement among pairs of answers that say present, or
        absent (Cicchetti and Feinstein 1990; Uebersax for several coders; for two coders the
        first is their F1).
    """
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
        measures["negative_agreement"] = specific[..., 0]
        measures["positive_agreement"] = specific[..., 1]
    return {name: np.asarray(value) for name, value in measures.items()}


def masi_distance(sets: "Floats") -> "Floats":
    """Passonneau's MASI (2006) as a distance, 1 - J x M, between all pairs of sets.

    J is Jaccard's share of common members; M is 1 for equal sets, 2/3 where one holds the
    other, 1/3 where they only overlap, 0 where they do not. Two empty sets are equal.

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
    weight = np.where(both > 0, 1 / 3, 0.0)
    weight[within] = 2 / 3
    weight[both == either] = 1.0
    return np.asarray(1 - jaccard * weight)


class Coincidences(NamedTuple):
    """What Krippendorff's alpha with a distance is computed from.

    Attributes:
        within: (n_units,) disagreement between the unit's own values.
        values: sparse (n_units, n_values), how often each value was used; only units judged
            twice or more.
        distance: (n_values, n_values).
    """

    within: "Floats"
    values: Any
    distance: "Floats"

    def alpha(self, weights: "Floats") -> "Floats":
        """Alpha for each row of `weights` (n_draws, n_units); NaN where only one value was used."""
        totals = (self.values.T @ weights.T).T
        distance = self.distance.astype(weights.dtype)
        expected = ((totals @ distance) * totals).sum(axis=1)
        observed = weights @ self.within.astype(weights.dtype)
        return 1 - ratio((totals.sum(axis=1) - 1) * observed, expected)


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
            apart = distance[codes[one, both], codes[other, both]]
            within[both] += 2 * apart / (m[both] - 1)
    coder, unit = np.nonzero(judged & (m >= 2))
    values = sparse.csr_array(
        (np.ones(len(unit), dtype=np.float32), (unit, codes[coder, unit])),
        shape=(codes.shape[1], len(distance)),
    )
    return Coincidences(within, values, distance)


def two_coder_cells(answers: "Floats") -> "Floats":
    """(n_comments, n_items, 4): both, first only, second only, neither.

    Args:
        answers: (2, n_comments, n_items).
    """
    import numpy as np

    judged = np.isfinite(answers).all(axis=0)
    first = judged & (answers[0] > 0)
    second = judged & (answers[1] > 0)
    neither = judged & ~first & ~second
    cells = [first & second, first & ~second, second & ~first, neither]
    return np.stack(cells, axis=-1).astype(float)
