"""Agreement between coders and of labels with a reference: F1, kappa, alpha, AC1, with intervals.

Everything is a function over arrays or tables. What one coder said of one theme in one comment is 1 (present),
0 (absent) or NaN (not judged). A measure that has no value (nothing to divide by, everybody said the same) is
NaN, never 0 and never an error. Intervals are percentiles of a bootstrap that draws comments with
replacement, so whatever hangs together inside a comment stays together; a measure that comes out the same in
every draw gets no interval, because the draws then say nothing about its width.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.codebook import Codebook
from coder.decisions import roll_up
from coder.errors import CoderError, did_you_mean
from coder.text import normal_key, stem, words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Measures = dict[str, Floats]

RESAMPLES = 1_000
CONFIDENCE = 0.95
LARGEST_BLOCK = 6_000_000  # weights held at once: draws x comments
ALIKE_BY_MEANING = 0.8  # cosine from which two comments count as alike
ALIKE_BY_WORDS = 0.6  # share of words in common, where there are no vectors


# ---------------------------------------------------------------- resampling


def resampled(n: int, resamples: int, seed: int) -> "Iterator[Floats]":
    """How often each of `n` comments was drawn, float32 (draws, n), in blocks; `resamples` draws in all."""
    import numpy as np

    generator = np.random.default_rng(seed)
    step = max(1, min(resamples, LARGEST_BLOCK // max(n, 1)))
    for start in range(0, resamples, step):
        draws = min(step, resamples - start)
        picks = generator.integers(n, size=(draws, n)) + n * np.arange(draws)[:, None]
        yield np.bincount(picks.ravel(), minlength=draws * n).reshape(draws, n).astype(np.float32)


def percentile_interval(values: "Floats", draws: "Floats") -> tuple["Floats", "Floats"]:
    """Ends of the middle 95 % of the draws in which a measure has a value.

    Args:
        values: (n_measures,), the measures themselves.
        draws: (n_draws, n_measures), NaN where a draw has no value.

    Returns:
        Two (n_measures,) arrays; NaN where the measure has no value, where fewer than half of the draws
        have one, and where all draws agree.
    """
    import numpy as np

    low, high = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    if not len(draws):
        return low, high
    defined = np.isfinite(draws).sum(axis=0) * 2 >= len(draws)
    usable = defined & np.isfinite(values)
    if usable.any():
        tail = (1 - CONFIDENCE) / 2
        ends = np.nanquantile(draws[:, usable], [tail, 1 - tail], axis=0)
        low[usable], high[usable] = ends
    same = ~(high > low)
    low[same], high[same] = np.nan, np.nan
    return low, high


def _ratio(top: "Floats", bottom: "Floats") -> "Floats":
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), np.nan))


def _mean(values: "Floats") -> "Floats":
    """Mean over the last axis of what has a value; NaN where nothing has."""
    import numpy as np

    there = np.isfinite(values)
    return _ratio(np.where(there, values, 0).sum(axis=-1), there.sum(axis=-1))


def _summed(weights: "Floats", parts: "NDArray[Any]") -> "Floats":
    """Sum of each comment's `parts` (n_comments, ...) for each row of `weights` (n_draws, n_comments)."""
    import numpy as np

    return np.asarray(np.tensordot(weights, parts.astype(weights.dtype), axes=1))


# ---------------------------------------------------------------- two codings: counts to measures


def precision(tp: "Floats", fp: "Floats") -> "Floats":
    """Share of the labels found that are right; NaN where none was found."""
    return _ratio(tp, tp + fp)


def recall(tp: "Floats", fn: "Floats") -> "Floats":
    """Share of the true labels that were found; NaN where there are none."""
    return _ratio(tp, tp + fn)


def f1(tp: "Floats", fp: "Floats", fn: "Floats") -> "Floats":
    """Harmonic mean of precision and recall, 2tp / (2tp + fp + fn); NaN where neither side has a label."""
    return _ratio(2 * tp, 2 * tp + fp + fn)


def cohen_kappa(tp: "Floats", fp: "Floats", fn: "Floats", tn: "Floats") -> "Floats":
    """Cohen's kappa (1960) of two coders; NaN where both always gave one and the same answer."""
    # 2(ad - bc) / (p1 q2 + p2 q1): the textbook ratio with the total multiplied out
    return _ratio(2 * (tp * tn - fp * fn), (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn))


def average_precision(truth: "Floats", probability: "Floats") -> float:
    """Area under the steps of precision over recall, ties together; NaN where nothing is true.

    Args:
        truth: (n_comments,) of 1, 0 and NaN (left out).
        probability: (n_comments,), any score that orders.
    """
    import numpy as np

    steps = _steps(truth, probability)
    return float(steps.areas(np.ones((len(truth), 1), dtype=np.float64))[0])


class _Steps(NamedTuple):
    """Comments in order of probability, cut at each value that holds a true label (sparse, steps x comments)."""

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
        return _ratio((here * precisions).sum(axis=0), here.sum(axis=0))


def _steps(truth: "Floats", probability: "Floats") -> _Steps:
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
    step = np.searchsorted(with_true, group)  # the first step at or after the comment's own value
    kept = step < len(with_true)
    shape = (len(with_true), len(truth))
    ones = np.ones(len(order), dtype=np.float32)
    return _Steps(
        sparse.csr_array((ones[kept], (step[kept], order[kept])), shape=shape),
        sparse.csr_array((ones[true], (step[true], order[true])), shape=shape),
    )


# ---------------------------------------------------------------- any number of coders


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


def _sums(counts: "Floats") -> "Floats":
    """What the measures of several coders are made of, one comment's part each: (n_comments, n_themes, parts).

    Parts: comments judged twice or more, their judgements, within-comment disagreement, observed agreement,
    comments judged at all; then for each category: judgements in comments judged twice, its share of the
    comment's judgements, agreeing pairs, pairs.
    """
    import numpy as np

    m = counts.sum(axis=-1, keepdims=True)
    pairable = m >= 2
    others = np.where(pairable, m - 1, 1)
    per_category = np.where(pairable, counts, 0)
    disagreement = np.where(pairable, counts * (m - counts) / others, 0).sum(axis=-1, keepdims=True)
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


def _of_sums(sums: "Floats", n_categories: int) -> "Measures":
    """Measures of several coders from summed parts (..., parts)."""
    import numpy as np

    q = n_categories
    twice, judgements, disagreement, observed, ever = (sums[..., i] for i in range(5))
    totals, shares, agreeing, pairs = (sums[..., 5 + i * q : 5 + (i + 1) * q] for i in range(4))
    expected = judgements**2 - (totals**2).sum(axis=-1)
    share = _ratio(shares, ever[..., None])
    by_chance = (share * (1 - share)).sum(axis=-1) / (q - 1)
    agreement = _ratio(observed, twice)
    measures = {
        "agreement": agreement,
        "alpha": 1 - _ratio((judgements - 1) * disagreement, expected),
        "ac1": (agreement - by_chance) / (1 - by_chance),
    }
    specific = _ratio(agreeing, pairs)
    if q == 2:
        measures |= {"negative_agreement": specific[..., 0], "positive_agreement": specific[..., 1]}
    return {name: np.asarray(value) for name, value in measures.items()}


def nominal_agreement(counts: "Floats") -> "Measures":
    """Agreement of any number of coders over categories without order, with gaps.

    Args:
        counts: (n_comments, n_themes, n_categories), see `category_counts`.

    Returns:
        (n_themes,) each: `agreement`, the mean share of agreeing pairs of coders; `alpha`, Krippendorff's
        (2011, Computing Krippendorff's Alpha-Reliability), NaN where only one category was ever used;
        `ac1`, Gwet's (2008; with gaps as in his Handbook of Inter-Rater Reliability, 4th edition, 2014);
        and for two categories `positive_agreement` and `negative_agreement`, the share of agreement among
        pairs of judgements that say present, or absent (Cicchetti and Feinstein 1990; Uebersax for several
        coders; for two coders the first is their F1).
    """
    return _of_sums(_sums(counts).sum(axis=0), counts.shape[-1])


def masi_distance(sets: "Floats") -> "Floats":
    """Passonneau's MASI (2006) as a distance, 1 - J x M, between all pairs of sets.

    J is Jaccard's share of common members; M is 1 for equal sets, 2/3 where one holds the other, 1/3 where
    they only meet, 0 where they do not. Two empty sets are equal.

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
    weight = np.where(both == either, 1.0, np.where(within, 2 / 3, np.where(both > 0, 1 / 3, 0.0)))
    return np.asarray(1 - jaccard * weight)


class Coincidences(NamedTuple):
    """What alpha with a distance is made of."""

    within: "Floats"  # (n_units,) disagreement between the unit's own values
    values: (
        Any  # sparse (n_units, n_values): how often each value was given, units judged twice only
    )
    distance: "Floats"  # (n_values, n_values)

    def alpha(self, weights: "Floats") -> "Floats":
        """Alpha for each row of `weights` (n_draws, n_units); NaN where only one value was ever given."""
        given = (self.values.T @ weights.T).T
        expected = ((given @ self.distance.astype(weights.dtype)) * given).sum(axis=1)
        observed = weights @ self.within.astype(weights.dtype)
        return 1 - _ratio((given.sum(axis=1) - 1) * observed, expected)


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
            within[both] += 2 * distance[codes[one, both], codes[other, both]] / (m[both] - 1)
    coder, unit = np.nonzero(judged & (m >= 2))
    values = sparse.csr_array(
        (np.ones(len(unit), dtype=np.float32), (unit, codes[coder, unit])),
        shape=(codes.shape[1], len(distance)),
    )
    return Coincidences(within, values, distance)


def krippendorff_alpha(
    codes: "NDArray[np.integer[Any]]", distance: "Floats | None" = None
) -> float:
    """Krippendorff's alpha of any number of coders with gaps; NaN where only one value was ever given.

    Args:
        codes: (n_coders, n_units) of value numbers from 0, -1 where not judged.
        distance: (n_values, n_values); None is nominal: 0 for the same value, 1 for another.
    """
    import numpy as np

    if distance is None:
        distance = 1.0 - np.eye(int(codes.max(initial=0)) + 1)
    return float(coincidences(codes, distance).alpha(np.ones((1, codes.shape[1])))[0])


# ---------------------------------------------------------------- labels against a reference


class Scores(NamedTuple):
    """How labels compare with a reference."""

    themes: "pd.DataFrame"  # a row a theme
    overall: (
        "pd.DataFrame"  # rows micro, macro, comment: the same columns where they have a meaning
    )
    comments: int  # with at least one theme judged


MEASURES = ("precision", "recall", "f1", "kappa", "average_precision")
COUNTS = ("comments", "tp", "fp", "fn", "tn")


def score_labels(
    truth: "Floats",
    found: "Floats",
    theme_ids: Sequence[str],
    probability: "Floats | None" = None,
    *,
    main: "NDArray[np.bool_] | None" = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Scores:
    """Precision, recall, F1, kappa and average precision of labels, per theme and over all, with intervals.

    Args:
        truth: (n_comments, n_themes) of 1, 0 and NaN (not judged: left out of everything).
        found: (n_comments, n_themes), the same of the labels that are scored.
        theme_ids: (n_themes,).
        probability: (n_comments, n_themes), any score that orders; None or NaN: no average precision.
        main: (n_themes,), False for columns (positions) that stay out of `overall`; None is all.
        resamples: draws of the bootstrap; 0 gives no intervals.
        seed: of the draws.

    Returns:
        Both tables have `theme_id` (micro, macro or comment in `overall`), comments, tp, fp, fn, tn, and each
        of `MEASURES` with `_low` and `_high`. micro pools every comment and theme; macro is the mean over the
        themes where a measure has a value; comment is the mean over comments of the F1 of the two label sets,
        1 where both are empty.
    """
    import numpy as np

    main = np.ones(len(theme_ids), dtype=bool) if main is None else main
    judged = np.isfinite(truth) & np.isfinite(found)
    yes, marked = judged & (truth > 0), judged & (found > 0)
    cells = np.stack(
        [yes & marked, judged & ~yes & marked, yes & ~marked, judged & ~yes & ~marked], axis=-1
    )
    if probability is None:
        probability = np.full(truth.shape, np.nan)
    steps = [
        _steps(np.where(judged[:, t], truth[:, t], np.nan), probability[:, t])
        for t in range(len(theme_ids))
    ]
    per_comment = _set_f1(cells[:, main].astype(float).sum(axis=1))

    def measured(weights: "Floats") -> "Measures":
        counts = _summed(weights, cells)
        across = np.ascontiguousarray(weights.T)
        areas = np.stack([step.areas(across) for step in steps], axis=1)
        return _scored(counts, areas, main, weights, per_comment)

    value = measured(np.ones((1, len(truth))))
    blocks = [measured(w) for w in resampled(len(truth), resamples, seed)] if len(truth) else []
    table = _with_intervals(value, blocks, MEASURES, len(theme_ids) + 3)
    names = [*theme_ids, "micro", "macro", "comment"]
    totals = cells.astype(int).sum(axis=0)
    rows = np.vstack([totals, totals[main].sum(axis=0), np.zeros((2, 4), dtype=int)])
    table.insert(0, "theme_id", names)
    table.insert(
        1, "comments", [*judged.sum(axis=0), *[int(judged[:, main].any(axis=1).sum())] * 3]
    )
    for place, name in enumerate(COUNTS[1:], start=2):
        table.insert(place, name, rows[:, place - 2])
    themes, overall = table.iloc[: len(theme_ids)], table.iloc[len(theme_ids) :]
    overall = overall.reset_index(drop=True)
    overall[list(COUNTS[1:])] = (
        overall[list(COUNTS[1:])].astype("Int64").mask(overall["theme_id"] != "micro")
    )
    return Scores(themes.reset_index(drop=True), overall, int(judged.any(axis=1).sum()))


def _set_f1(cells: "Floats") -> "Floats":
    """F1 of the label sets of each comment, from its (tp, fp, fn, tn); NaN where no theme was judged."""
    import numpy as np

    values = f1(cells[:, 0], cells[:, 1], cells[:, 2])
    empty = (cells[:, :3].sum(axis=1) == 0) & (cells[:, 3] > 0)
    return np.where(empty, 1.0, values)


def _scored(
    counts: "Floats",
    areas: "Floats",
    main: "NDArray[np.bool_]",
    weights: "Floats",
    per_comment: "Floats",
) -> "Measures":
    """Each measure as (n_draws, n_themes + 3): the themes, then micro, macro and comment."""
    import numpy as np

    pooled = counts[:, main].sum(axis=1, keepdims=True)
    both = np.concatenate([counts, pooled], axis=1)
    tp, fp, fn, tn = (both[..., i] for i in range(4))
    known = np.isfinite(per_comment)
    weight = weights[:, known].astype(np.float64)
    by_comment = _ratio(weight @ per_comment[known], weight.sum(axis=1))[:, None]
    nothing = np.full_like(by_comment, np.nan)
    measures = {
        "precision": precision(tp, fp),
        "recall": recall(tp, fn),
        "f1": f1(tp, fp, fn),
        "kappa": cohen_kappa(tp, fp, fn, tn),
        "average_precision": np.concatenate([areas, nothing], axis=1),
    }
    n = counts.shape[1]
    return {
        name: np.concatenate(
            [value, _mean(value[:, :n][:, main])[:, None], by_comment if name == "f1" else nothing],
            axis=1,
        )
        for name, value in measures.items()
    }


def _with_intervals(
    value: "Measures", blocks: "list[Measures]", names: Sequence[str], n_rows: int
) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    columns: dict[str, Floats] = {}
    for name in names:
        point = np.asarray(value[name][0], dtype=np.float64)
        draws = (
            np.concatenate([block[name] for block in blocks]) if blocks else np.zeros((0, n_rows))
        )
        low, high = percentile_interval(point, draws)
        columns |= {name: point, f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns)


# ---------------------------------------------------------------- what coders said, as arrays


class Codings(NamedTuple):
    """What each coder said of each comment and item, by id."""

    reviewers: tuple[str, ...]
    comment_ids: tuple[str, ...]  # in order
    items: tuple[str, ...]  # theme ids, then theme=position for each position that anybody named
    said: "Floats"  # (n_reviewers, n_comments, n_items): 1 present, 0 absent, NaN not judged
    when: "NDArray[np.str_]"  # (n_reviewers, n_comments): time of the last decision, empty for none

    @property
    def n_themes(self) -> int:
        """How many of the items are themes; they come first."""
        return sum("=" not in item for item in self.items)

    def only(self, reviewers: Sequence[str]) -> "Codings":
        """The same comments and items, of these reviewers only."""
        rows = [self.reviewers.index(name) for name in reviewers]
        return self._replace(reviewers=tuple(reviewers), said=self.said[rows], when=self.when[rows])


def codings(
    judgements: "pd.DataFrame", codebook: Codebook, comment_ids: Sequence[str] | None = None
) -> Codings:
    """Judgements as arrays.

    Args:
        judgements: rows with reviewer, comment_id, theme_id, present, positions and decided_at, such as
            `tables.JUDGEMENTS`.
        codebook: gives the items and their order. What a sub-theme carries its parent carries too, unless
            the sub-theme is `aggregate: false`.
        comment_ids: the comments wanted, in order; None is all that were judged, sorted.
    """
    import numpy as np

    ids = tuple(sorted(set(judgements["comment_id"])) if comment_ids is None else comment_ids)
    row_of = {name: n for n, name in enumerate(ids)}
    table = judgements[judgements["comment_id"].isin(row_of)]
    reviewers = tuple(sorted(set(table["reviewer"])))
    reviewer_of = {name: n for n, name in enumerate(reviewers)}
    items = (*codebook.theme_ids, *named_positions(table, codebook))
    item_of = {name: n for n, name in enumerate(items)}
    said = np.full((len(reviewers), len(ids), len(items)), np.nan, dtype=np.float32)
    when = np.zeros((len(reviewers), len(ids)), dtype="U40")
    columns = ["reviewer", "comment_id", "theme_id", "present", "positions", "decided_at"]
    for reviewer, comment, theme_id, present, positions, at in table[columns].itertuples(
        index=False, name=None
    ):
        r, c, t = reviewer_of[reviewer], row_of[comment], item_of.get(theme_id)
        if t is None:
            continue
        said[r, c, t] = float(present)
        when[r, c] = max(str(when[r, c]), str(at))
        for position in codebook.theme(theme_id).positions:
            p = item_of.get(f"{theme_id}={position.id}")
            if p is not None:
                said[r, c, p] = float(present and position.id in positions)
    return Codings(reviewers, ids, items, with_parents(said, items, codebook), when)


def named_positions(judgements: "pd.DataFrame", codebook: Codebook) -> list[str]:
    """`theme=position` for each position that some judgement names, in the codebook's order."""
    named = {
        f"{theme_id}={position}"
        for theme_id, positions in zip(judgements["theme_id"], judgements["positions"], strict=True)
        for position in positions
    }
    every = [
        f"{theme.id}={position.id}" for theme in codebook.active for position in theme.positions
    ]
    return [item for item in every if item in named]


def with_parents(said: "Floats", items: Sequence[str], codebook: Codebook) -> "Floats":
    """The same, with what a sub-theme carries carried by the parents that it counts for. `said` (..., n_items)."""
    import numpy as np

    carried = roll_up(said > 0, [item_key(item) for item in items], codebook)
    return np.asarray(np.where(carried, 1, said), dtype=said.dtype)


def item_key(item: str) -> tuple[str, str]:
    """Theme id and position id of `theme` or `theme=position`."""
    theme_id, _, position_id = item.partition("=")
    return theme_id, position_id


def label_arrays(
    labels: "pd.DataFrame", comment_ids: Sequence[str], items: Sequence[str], value: str
) -> "Floats":
    """A column of the labels table (`assigned`, `probability`) as (n_comments, n_items), NaN where no row."""
    import numpy as np

    row_of = {name: n for n, name in enumerate(comment_ids)}
    column = {name: n for n, name in enumerate(items)}
    found = np.full((len(comment_ids), len(items)), np.nan)
    rows = labels["comment_id"].map(row_of)
    names = labels["theme_id"].where(
        labels["position_id"] == "", labels["theme_id"] + "=" + labels["position_id"]
    )
    places = names.map(column)
    there = (rows.notna() & places.notna()).to_numpy()
    found[rows[there].astype(int), places[there].astype(int)] = labels.loc[there, value].astype(
        float
    )
    return found


# ---------------------------------------------------------------- between coders


class Agreement(NamedTuple):
    """How far coders agree."""

    reviewers: tuple[str, ...]
    comments: int  # judged by two of them at least
    themes: "pd.DataFrame"  # a row an item
    overall: "pd.DataFrame"  # rows pooled, mean, sets


BETWEEN = ("agreement", "alpha", "ac1", "positive_agreement", "negative_agreement")


def coder_agreement(found: Codings, *, resamples: int = RESAMPLES, seed: int = 0) -> Agreement:
    """Agreement of two or more coders, per theme and over all, with intervals.

    Returns:
        Both tables have `theme_id` (pooled, mean or sets in `overall`), comments (judged twice at least),
        each of `BETWEEN` with `_low` and `_high` (see `nominal_agreement`), and for exactly two coders also
        kappa and f1 and the counts both, first, second, neither. pooled takes every comment and theme as one
        unit; mean is over the themes where a measure has a value; sets compares whole label sets: alpha with
        the MASI distance (Passonneau 2006) and agreement as the share of equal sets, over comments of
        which two coders at least judged half of the themes or more, each comment on the themes that all
        of them judged.
    """
    import numpy as np

    n = found.n_themes
    judged_twice = np.isfinite(found.said).sum(axis=0) >= 2
    used = judged_twice.any(axis=1)
    said = found.said[:, used]
    sums = _sums(category_counts(said))
    two = len(found.reviewers) == 2
    cells = _cells(said) if two else np.zeros((*sums.shape[:2], 0))
    whole = _whole_sets(said[:, :, :n])

    def measured(weights: "Floats") -> "Measures":
        parts = np.concatenate([sums, cells], axis=-1)
        totals = _summed(weights, parts)
        return _between(totals, n, two, weights, whole)

    names = (*BETWEEN, "kappa", "f1") if two else BETWEEN
    value = measured(np.ones((1, len(sums))))
    blocks = [measured(w) for w in resampled(len(sums), resamples, seed)] if len(sums) else []
    table = _with_intervals(value, blocks, names, len(found.items) + 3)
    table.insert(0, "theme_id", [*found.items, "pooled", "mean", "sets"])
    comments = int(judged_twice[:, :n].any(axis=1).sum())
    per_item = judged_twice.sum(axis=0)
    table.insert(1, "comments", [*per_item, comments, comments, int((whole.within >= 0).sum())])
    if two:
        totals = cells.sum(axis=0).astype(int)
        rows = np.vstack([totals, totals[:n].sum(axis=0), np.zeros((2, 4), dtype=int)])
        for place, name in enumerate(("both", "first", "second", "neither")):
            table.insert(2 + place, name, rows[:, place])
    themes = table.iloc[: len(found.items)].reset_index(drop=True)
    overall = table.iloc[len(found.items) :].reset_index(drop=True)
    if two:
        counts = ["both", "first", "second", "neither"]
        overall[counts] = overall[counts].astype("Int64").mask(overall["theme_id"] != "pooled")
    return Agreement(found.reviewers, int(used.sum()), themes, overall)


def _cells(said: "Floats") -> "Floats":
    """(n_comments, n_items, 4): both, first only, second only, neither, for two coders."""
    import numpy as np

    judged = np.isfinite(said).all(axis=0)
    first, second = judged & (said[0] > 0), judged & (said[1] > 0)
    return np.stack(
        [first & second, first & ~second, second & ~first, judged & ~first & ~second], axis=-1
    ).astype(float)


class _Sets(NamedTuple):
    """Whole label sets: what alpha and the share of equal sets are made of, one part a comment."""

    coincidences: Coincidences
    within: "Floats"  # (n_comments,) share of the comment's pairs of coders with equal sets; -1 not compared
    f1: "Floats"  # (n_comments,) mean F1 of the pairs' sets; NaN not compared


def _whole_sets(said: "Floats") -> _Sets:
    import numpy as np

    judged = np.isfinite(said)
    whole = judged.sum(axis=2) * 2 >= max(said.shape[2], 1)
    common = np.all(judged | ~whole[:, :, None], axis=0)
    compared = (whole.sum(axis=0) >= 2) & np.any(common, axis=1)
    usable = whole & compared
    sets = np.where(common, said > 0, False)
    distinct, codes = np.unique(sets[usable], axis=0, return_inverse=True)
    numbers = np.full(usable.shape, -1)
    numbers[usable] = codes.ravel()
    equal, scores, pairs = (np.zeros(said.shape[1]) for _ in range(3))
    for one in range(len(said)):
        for other in range(one + 1, len(said)):
            both = usable[one] & usable[other]
            met = (sets[one] & sets[other]).sum(axis=1)
            size = sets[one].sum(axis=1) + sets[other].sum(axis=1)
            equal += both & (numbers[one] == numbers[other])
            scores += np.where(both, np.where(size > 0, 2 * met / np.maximum(size, 1), 1.0), 0)
            pairs += both
    there = pairs > 0
    return _Sets(
        coincidences(numbers, masi_distance(distinct.reshape(-1, said.shape[2]))),
        np.where(there, equal / np.maximum(pairs, 1), -1),
        np.where(there, scores / np.maximum(pairs, 1), np.nan),
    )


def _between(totals: "Floats", n: int, two: bool, weights: "Floats", whole: _Sets) -> "Measures":
    """Each measure as (n_draws, n_items + 3): the items, then pooled, mean and sets."""
    import numpy as np

    both = np.concatenate([totals, totals[:, :n].sum(axis=1, keepdims=True)], axis=1)
    parts = both.shape[-1] - (4 if two else 0)
    measures = _of_sums(both[..., :parts], 2)
    if two:
        tp, fp, fn, tn = (both[..., parts + i] for i in range(4))
        measures |= {"kappa": cohen_kappa(tp, fp, fn, tn), "f1": f1(tp, fp, fn)}
    compared = whole.within >= 0
    weight = weights[:, compared].astype(np.float64)
    sets = {
        "alpha": whole.coincidences.alpha(weights),
        "agreement": _ratio(weight @ whole.within[compared], weight.sum(axis=1)),
        "f1": _ratio(weight @ whole.f1[compared], weight.sum(axis=1)),
    }
    nothing = np.full(len(weights), np.nan)
    return {
        name: np.concatenate(
            [value, _mean(value[:, :n])[:, None], sets.get(name, nothing)[:, None]], axis=1
        )
        for name, value in measures.items()
    }


# ---------------------------------------------------------------- over time


def drift(found: Codings, *, blocks: int = 4, fewest: int = 20) -> "pd.DataFrame":
    """How each reviewer codes as time goes on.

    Args:
        found: codings of comments whose order says nothing about their content: leave out those that a
            model or a search chose.
        blocks: parts of equal size that a reviewer's comments are cut into, in the order decided.
        fewest: comments of a block; a reviewer with fewer than twice as many has one block.

    Returns:
        A row a reviewer and block: reviewer, block (from 1), first_at, last_at, comments,
        themes_per_comment, shared (comments that somebody else judged too), f1 (pooled over themes, with
        whoever else judged the comment; NaN where nobody did).
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
                    pair = _cells(np.stack([said[part], found.said[other][part, :n]]))
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
        A row for each reviewer and theme that could be compared: reviewer, theme_id, earlier, earlier_of,
        later, later_of (counts), p (Fisher's exact test, two-sided, times Holm's factor over all rows, at
        most 1), by p.
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
            table = [[counts[0], counts[1] - counts[0]], [counts[2], counts[3] - counts[2]]]
            names = ("reviewer", "theme_id", "earlier", "earlier_of", "later", "later_of", "p")
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
    columns = ["reviewer", "theme_id", "earlier", "earlier_of", "later", "later_of", "p"]
    return pd.DataFrame(rows, columns=columns)


# ---------------------------------------------------------------- like comments, coded differently


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
        vectors: (n_comments, n_dimensions) of length 1, a row for each of `found.comment_ids`; without them
            likeness is the share of words (stems) in common. Texts with one `normal_key` are alike
            either way (1).
        language: of the texts, for stems.
        least: likeness from which two comments count as alike; default `ALIKE_BY_MEANING` or
            `ALIKE_BY_WORDS`.
        most: pairs listed, the likest first, then those that differ in more themes.

    Returns:
        Columns `DIFFERENTLY`; `differ` and `themes_1`, `themes_2` are theme ids joined by `;`. One comment
        that two reviewers coded differently is not a pair here: `coder review --adjudicate` has those.
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
        found = _shared_words(bags, part) if vectors is None else vectors[part] @ vectors.T
        likeness = np.clip(np.asarray(found, dtype=np.float64), 0, 0.9999)  # behind the copies
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
    """Sparse (n_comments, n_stems) of 1: the words of each comment, function words too (`no`, `more`)."""
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


# ---------------------------------------------------------------- a table of codings


def read_coding_table(path: Path, codebook: Codebook) -> "pd.DataFrame":
    """A reference in the decision table's format, read through the codebook.

    Columns `comment_id` and `themes` (ids joined by `;`, `drugs=legalise` with a position, empty for none),
    and `scope` where given (ids joined by `;`, the themes that were judged; empty for all). Other columns
    are passed over. Ids that a theme had before count under the id it has now; a theme that was split off
    is not judged where only the theme it came from was; retired themes give no row.

    Returns:
        A row a comment and theme judged: comment_id, theme_id, present, positions, reviewer (the file's
        name), decided_at (empty).

    Raises:
        CoderError: all faults of the file at once, each with its line.
    """
    import pandas as pd

    header, lines = _csv_lines(path)
    for name in ("comment_id", "themes"):
        if name not in header:
            raise CoderError(
                f"{path}: there is no column {name!r}; the file has: {', '.join(header) or 'nothing'}",
                "It needs comment_id and themes (ids joined by ;), and may have scope.",
            )
    faults: list[str] = []
    seen: dict[str, int] = {}
    rows: list[dict[str, object]] = []
    for number, cells in lines:
        if len(cells) != len(header):
            faults.append(f"{path}:{number}: {len(cells)} cells where the header has {len(header)}")
            continue
        record = dict(zip(header, cells, strict=True))
        comment_id = record["comment_id"]
        if not comment_id:
            faults.append(f"{path}:{number}: the comment_id is empty")
        elif comment_id in seen:
            faults.append(
                f"{path}:{number}: comment {comment_id!r} stands already in line {seen[comment_id]}"
            )
        seen.setdefault(comment_id, number)
        try:
            judged = _judged(record["themes"], record.get("scope", ""), codebook)
        except CoderError as error:
            faults.append(f"{path}:{number}: {error.problem}. {error.fix}")
            continue
        rows += [
            {
                "comment_id": comment_id,
                "theme_id": theme_id,
                "present": present,
                "positions": tuple(sorted(positions)),
                "reviewer": path.name,
                "decided_at": "",
            }
            for theme_id, (present, positions) in judged.items()
        ]
    if faults:
        more = [f"... and {len(faults) - 20} more"] if len(faults) > 20 else []
        raise CoderError(
            "\n".join([*faults[:20], *more]), "Correct the file and run the command again."
        )
    if not seen:
        raise CoderError(f"{path}: there is no comment in it", "Give one row a comment.")
    columns = ["comment_id", "theme_id", "present", "positions", "reviewer", "decided_at"]
    return pd.DataFrame(rows, columns=columns)


def _judged(themes: str, scope: str, codebook: Codebook) -> dict[str, tuple[bool, set[str]]]:
    """Theme id to (present, positions) for each theme of the scope that is coded now."""
    present: dict[str, set[str]] = {}
    for part in filter(None, (part.strip() for part in themes.split(";"))):
        name, _, position = (piece.strip() for piece in part.partition("="))
        theme = codebook.theme(codebook.current_ids.get(name, name))
        named = present.setdefault(theme.id, set())
        if position:
            allowed = [p.id for p in theme.positions]
            if position not in allowed:
                raise CoderError(
                    f"the theme {theme.id!r} has no position {position!r}",
                    did_you_mean(position, allowed),
                )
            named.add(position)
    wanted = [part.strip() for part in scope.split(";") if part.strip()]
    judged = {codebook.theme(codebook.current_ids.get(name, name)).id for name in wanted}
    outside = [name for name in present if wanted and name not in judged]
    if outside:
        raise CoderError(
            f"the theme {outside[0]!r} is present but not in the scope", "Add it to the scope."
        )
    return {
        theme_id: (theme_id in present, present.get(theme_id, set()))
        for theme_id in codebook.theme_ids
        if not wanted or theme_id in judged
    }


def _csv_lines(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and (line number, cells) of a comma- or tab-separated UTF-8 file; blank lines are passed over."""
    if not path.is_file():
        near = sorted(p.name for p in path.parent.glob("*.csv")) if path.parent.is_dir() else []
        raise CoderError(f"{path}: there is no such file", did_you_mean(path.name, near))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CoderError(
            f"{path}:{line}: not UTF-8 text", "Save the table as CSV UTF-8."
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count) if first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    limit = csv.field_size_limit(1 << 30)
    try:
        start = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise CoderError(
            f"{path}:{start}: {error}", "A quotation mark that opens in this row is not closed."
        ) from error
    finally:
        csv.field_size_limit(limit)
    return (rows[0][1], rows[1:]) if rows else ([], [])
