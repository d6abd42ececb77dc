"""What the decisions say of one theme's share, and how many more reviews it needs."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.codebook import Theme
from coder.reviewing.precision import reviews_needed
from coder.reviewing.record import Record
from coder.statistics.intervals import Bools, Estimate, Floats, share, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coder.reviewing.suggestions import Suggestions

# Of the search for an effective sample size, far beyond a float's precision.
HALVINGS = 100
LARGEST_SAMPLE = 1e12


class ThemeStatus(NamedTuple):
    """One theme: everything decided, and what that says of all analysed comments (see
    `estimates.audit`).

    Attributes:
        decided: comments in which it was judged, `present` those that carry it.
        random: of these comments, those drawn at random; `random_present` those that carry it.
        share: of all comments, in [0, 1]; None before anything was judged at random.
        low, high: its 95 % interval; None with too few random reviews for one.
        more: random reviews until the interval is as narrow as wanted.
    """

    theme_id: str
    name: str
    decided: int
    present: int
    random: int
    random_present: int
    share: float | None
    low: float | None
    high: float | None
    more: int


class _Judged(NamedTuple):
    """What is known of a theme in each comment, arrays of (n_comments,)."""

    carries: Bools
    judged: Bools
    drawn: Bools
    since: list[str]  # when it was first judged; empty where it was not


class _ShareNow(NamedTuple):
    share: float | None
    low: float | None
    high: float | None
    more: int


def theme_status(
    record: Record,
    theme: Theme,
    ids: "Sequence[str]",
    half_width: float,
    suggestions: "Suggestions | None",
) -> ThemeStatus:
    """Count the decisions on a theme and estimate its share.

    Args:
        ids: all analysed comments.
        half_width: the precision that is wanted, as a share.
        suggestions: of a calibrated model; None for an estimate from the decisions alone.
    """
    known = _what_is_known(record, theme.id, ids)
    now = _share_now(
        record, theme.id, known, half_width, _expected(ids, theme.id, suggestions)
    )
    return ThemeStatus(
        theme_id=theme.id,
        name=theme.short,
        decided=int(known.judged.sum()),
        present=int((known.carries & known.judged).sum()),
        random=int(known.drawn.sum()),
        random_present=int((known.carries & known.drawn).sum()),
        share=now.share,
        low=now.low,
        high=now.high,
        more=now.more,
    )


def _what_is_known(record: Record, theme_id: str, ids: "Sequence[str]") -> _Judged:
    carries = np.zeros(len(ids), dtype=np.bool_)
    judged, drawn = carries.copy(), carries.copy()
    since = [""] * len(ids)
    for number, comment_id in enumerate(ids):
        verdict = record.stands(comment_id, theme_id)
        if verdict is not None:
            carries[number] = verdict.present
            judged[number] = True
            drawn[number] = record.chosen_before(comment_id, theme_id) == "random"
            since[number] = record.known_since(comment_id, theme_id)
    return _Judged(carries, judged, drawn, since)


def _expected(
    ids: "Sequence[str]", theme_id: str, suggestions: "Suggestions | None"
) -> Floats:
    """The model's probability for each comment (n_comments,), NaN where there is none."""
    expected = np.full(len(ids), np.nan)
    if suggestions is None:
        return expected
    for number, comment_id in enumerate(ids):
        suggestion = suggestions.of(comment_id, theme_id)
        if suggestion is not None:
            expected[number] = suggestion.probability
    return expected


def _share_now(
    record: Record, theme_id: str, known: _Judged, half_width: float, expected: Floats
) -> _ShareNow:
    tally = record.tally(theme_id)
    more = int(
        reviews_needed(tally.present, tally.judged, len(known.judged), half_width)
    )
    if not (known.drawn.any() or known.judged.all()):
        return _ShareNow(None, None, None, more)
    order = np.unique(known.since, return_inverse=True)[1].astype(np.int64)
    estimate = share(known.carries, known.judged, known.drawn, expected, order=order)
    if not estimate.has_interval:
        return _ShareNow(float(known.carries[known.drawn].mean()), None, None, more)
    more = _reviews_left(estimate, known.judged, known.drawn, half_width)
    return _ShareNow(estimate.value, estimate.low, estimate.high, more)


def _reviews_left(
    estimate: Estimate, judged: Bools, drawn: Bools, half_width: float
) -> int:
    """Random reviews until the interval is as narrow as wanted, if each tells as much as those
    so far.
    """
    half = (estimate.high - estimate.low) / 2
    if half <= half_width:
        return 0
    done = int(drawn.sum())
    pool = int((~judged | drawn).sum())  # what the random draws are made from
    weight = (pool / len(judged)) ** 2

    def size(reviews: int) -> float:
        """The simple random sample of all comments that tells as much as so many reviews of the
        pool.
        """
        return 1 / (weight * max(1 / reviews - 1 / pool, 1e-12))

    gain = _sample_size(estimate.value, half) / size(done)
    low, high = done + 1, pool
    while low < high:
        middle = (low + high) // 2
        if _half_width(estimate.value, gain * size(middle)) > half_width:
            low = middle + 1
        else:
            high = middle
    return max(0, low - done)


def _sample_size(value: float, half_width: float) -> float:
    """The sample size at which Wilson's interval has this half width."""
    low, high = 1.0, LARGEST_SAMPLE
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        if _half_width(value, middle) > half_width:
            low = middle
        else:
            high = middle
    return high


def _half_width(value: float, sample_size: float) -> float:
    low, high = wilson(value, sample_size)
    return (float(high) - float(low)) / 2
