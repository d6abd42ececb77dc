"""Which decisions are a random sample of which comments, whatever else was decided around them.

Three readings of a draw are unbiased. As if it had been made before anything was decided: its
members are a random sample of all comments. As of when it was made: what was known then counts
as it is, and the other members are a random sample of the rest. Or, where it was decided in its
own order, comment by comment: what was known when a comment was reached counts as it is, and the
comment is drawn from the rest. What was decided by choice never belongs to the sample. For each
theme the reading is taken that tells more; that depends on numbers of comments alone, never on
what they say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.decisions import Draw, StandingMatrix, place_in_order, seconds_of
from coder.statistics.intervals import FEWEST_AUDITED, sample_size

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# A larger share of a draw that is missing leaves no interval: it could be anything.
MOST_MISSING = 0.1
BEFORE_ALL = -1e15  # seconds: earlier than any decision
NEVER = np.inf


@dataclass(frozen=True)
class DrawnComments:
    """A random draw, among the comments of a matrix.

    Attributes:
        members: (n_comments,) the comments drawn.
        made_at: in seconds since 1970.
        columns: (n_columns,) the themes and positions that it was made for.
        leaves_out: comments that it could not have drawn; it says nothing of all comments then.
        places: (n_comments,) of the members in the order in which they were drawn; any number
            for others. None where the order is not known.
    """

    members: Bools
    made_at: float
    columns: Bools
    leaves_out: int = 0
    places: Integers | None = None

    def only(self, mask: Bools) -> "DrawnComments":
        """The draw among some of the comments.

        Args:
            mask: (n_comments,).
        """
        places = self.places
        if places is not None:
            places = places[mask]
        return replace(self, members=self.members[mask], places=places)

    def without(self, mask: Bools) -> "DrawnComments":
        """The draw as if some comments had not been drawn.

        Args:
            mask: (n_comments,).
        """
        return replace(self, members=self.members & ~mask)


class DrawState(NamedTuple):
    """How far a draw is decided, over all columns that it was made for.

    Attributes:
        drawn: comments.
        decided: those decided or declared undecidable in every column.
        unsure: of these, comments in which somebody could not tell for some theme.
        missing: drawn and not decided.
        leaves_out: comments that were added later and could not be drawn.
    """

    drawn: int
    decided: int
    unsure: int
    missing: int
    leaves_out: int

    @property
    def is_usable(self) -> bool:
        """Whether figures of all comments can rest on it."""
        return not self.leaves_out and self.missing <= MOST_MISSING * self.drawn


@dataclass(frozen=True)
class SamplePlan:
    """What the audit of every theme rests on. Arrays are (n_comments, n_columns).

    Attributes:
        drawn: judged, in a comment drawn at random.
        audited: of these, what counts as the random sample.
        order: in which comments became known, whole numbers from 1; -1 where they are not.
        missing: drawn, and neither judged nor declared undecidable.
        states: of each draw.
    """

    drawn: Bools
    audited: Bools
    order: Integers
    missing: Bools
    states: tuple[DrawState, ...]


def draw_among(
    draw: Draw, comment_ids: Sequence[str], standing: StandingMatrix
) -> DrawnComments:
    """A draw among the comments of a matrix, and the columns of it that it was made for."""
    keys: Sequence[str] = ()
    places = None
    if draw.seed is not None:
        keys = [place_in_order(draw.seed, comment_id) for comment_id in comment_ids]
        places = _places_of(keys, comment_ids)
    drawn = draw.members_by(comment_ids, keys)
    members = [comment_id in drawn for comment_id in comment_ids]
    columns = [
        not draw.theme_ids or theme_id in draw.theme_ids
        for theme_id, _ in standing.keys
    ]
    return DrawnComments(
        members=np.array(members, dtype=np.bool_),
        made_at=float(seconds_of([draw.drawn_at])[0]),
        columns=np.array(columns, dtype=np.bool_),
        leaves_out=draw.leaves_out(comment_ids),
        places=places,
    )


def _places_of(keys: Sequence[str], comment_ids: Sequence[str]) -> Integers:
    """(n_comments,) the places in the random order."""
    order = sorted(range(len(keys)), key=lambda row: (keys[row], comment_ids[row]))
    places = np.empty(len(keys), dtype=np.int64)
    places[order] = np.arange(len(keys))
    return places


def plan_samples(
    standing: StandingMatrix, draws: Sequence[DrawnComments]
) -> SamplePlan:
    """Tell the random samples apart from what was decided by choice.

    Args:
        standing: with sub-themes counted for their parents.
        draws: in any order.
    """
    shape = standing.judged.shape
    judged_columns = np.flatnonzero(standing.judged.any(axis=0))
    order = np.broadcast_to(np.int64(-1), shape)
    if len(judged_columns):
        order = order.copy(order="F")
    plan = SamplePlan(
        drawn=np.zeros(shape, dtype=np.bool_, order="F"),
        audited=np.zeros(shape, dtype=np.bool_, order="F"),
        order=order,
        missing=np.zeros(shape, dtype=np.bool_, order="F"),
        states=tuple(_state_of(draw, standing) for draw in draws),
    )
    for column in judged_columns:
        times = ReviewTimes.of(standing, int(column))
        own = plan_column(times, _draws_for([int(column)], times.judged, draws))
        plan.drawn[:, column] = own.drawn
        plan.audited[:, column] = own.audited
        plan.order[:, column] = own.order
        plan.missing[:, column] = own.missing
    return plan


def _draws_for(
    columns: Sequence[int], judged: Bools, draws: Sequence[DrawnComments]
) -> list[DrawnComments]:
    """The draws that were made for all these columns, or are decided in them all the same."""
    own = []
    for draw in draws:
        if draw.columns[list(columns)].all() or judged[draw.members].all():
            own.append(draw)
    return own


def _state_of(draw: DrawnComments, standing: StandingMatrix) -> DrawState:
    judged = standing.judged[draw.members][:, draw.columns]
    unsure = standing.unsure[draw.members][:, draw.columns]
    decided = np.asarray((judged | unsure).all(axis=1))
    drawn = int(draw.members.sum())
    return DrawState(
        drawn=drawn,
        decided=int(decided.sum()),
        unsure=int((decided & unsure.any(axis=1)).sum()),
        missing=drawn - int(decided.sum()),
        leaves_out=draw.leaves_out,
    )


class ReviewTimes(NamedTuple):
    """When something became known of comments; arrays are (n_comments,)."""

    judged: Bools
    unsure: Bools
    known_at: Floats  # seconds; NaN where it is not known
    random_at: Floats  # see `decisions.StandingMatrix`

    @classmethod
    def of(cls, standing: StandingMatrix, column: int) -> "ReviewTimes":
        """Of one theme or position."""
        return cls(
            judged=standing.judged[:, column],
            unsure=standing.unsure[:, column],
            known_at=standing.known_at[:, column],
            random_at=standing.random_at[:, column],
        )

    def and_of(self, other: "ReviewTimes") -> "ReviewTimes":
        """Of two of them: both are known once the later one is."""
        judged = self.judged & other.judged
        return ReviewTimes(
            judged=judged,
            unsure=(self.unsure | other.unsure) & ~judged,
            known_at=np.maximum(self.known_at, other.known_at),
            random_at=np.maximum(self.random_at, other.random_at),
        )

    def missing_of(self, draw: DrawnComments) -> Bools:
        """(n_comments,) drawn, and neither judged nor declared undecidable."""
        return draw.members & ~self.judged & ~self.unsure

    def is_usable(self, draw: DrawnComments) -> bool:
        """Whether a draw is decided far enough to stand for all comments."""
        if draw.leaves_out:
            return False
        missing = int(self.missing_of(draw).sum())
        return missing <= MOST_MISSING * int(draw.members.sum())

    def was_walked(self, draw: DrawnComments) -> bool:
        """Whether a draw was decided in its order, past what was known when it came to it."""
        if draw.places is None:
            return False
        rows = np.flatnonzero(draw.members & self.judged)
        rows = rows[np.argsort(draw.places[rows])]
        walked_at = self.random_at[rows]
        is_walked = ~np.isnan(walked_at)
        if not is_walked.any() or (np.diff(walked_at[is_walked]) < 0).any():
            return False
        # When the next comment of the walk was decided, for each; none after the last one.
        reached = np.where(is_walked, walked_at, NEVER)
        next_at = np.minimum.accumulate(reached[::-1])[::-1]
        return bool((self.known_at[rows] <= next_at)[~is_walked].all())

    def implied_draws(self, draws: Sequence[DrawnComments]) -> Floats:
        """(n_comments,) when a comment was drawn by what a decision says; `NEVER` where it was not.

        A draw that was written down takes the place of what decisions after it say.
        """
        times = np.where(np.isnan(self.random_at), NEVER, self.random_at)
        for draw in draws:
            belongs = draw.members & (times >= draw.made_at)
            times = np.where(belongs, NEVER, times)
        return np.asarray(times, dtype=np.float64)


class ColumnPlan(NamedTuple):
    """A `SamplePlan` for one theme, position or pair of them; arrays are (n_comments,)."""

    drawn: Bools
    audited: Bools
    order: Integers
    missing: Bools


def plan_column(known: ReviewTimes, draws: Sequence[DrawnComments]) -> ColumnPlan:
    """Which comments are the random sample of all, or of those not known before.

    Args:
        draws: those made for it.
    """
    implied = known.implied_draws(draws)
    as_made, as_first = implied.copy(), implied.copy()
    as_walked = implied.copy()
    missing = np.zeros(len(implied), dtype=np.bool_)
    for draw in draws:
        if not known.is_usable(draw):
            continue
        walked_at = np.full(len(implied), draw.made_at)
        if known.was_walked(draw):
            walked_at = np.where(np.isnan(known.random_at), NEVER, known.random_at)
        # Draws of the past keep their order among each other.
        first = BEFORE_ALL + draw.made_at
        for times, drawn_at in (
            (as_made, draw.made_at),
            (as_first, first),
            (as_walked, walked_at[draw.members]),
        ):
            times[draw.members] = np.minimum(times[draw.members], drawn_at)
        missing |= known.missing_of(draw)
    readings = [_read_draws(known, as_) for as_ in (as_made, as_first, as_walked)]
    best = max(readings, key=_worth)
    drawn = np.asarray(known.judged & (as_made < NEVER), dtype=np.bool_)
    return ColumnPlan(drawn, best.audited, best.order, missing)


def plan_pair(
    one: ReviewTimes,
    other: ReviewTimes,
    draws: Sequence[DrawnComments],
    columns: Sequence[int],
) -> ColumnPlan:
    """The plan of two themes that are looked at together.

    Args:
        draws: any.
        columns: of the two themes.
    """
    both = one.and_of(other)
    return plan_column(both, _draws_for(columns, both.judged, draws))


class _Reading(NamedTuple):
    """One way to read the draws; arrays are (n_comments,)."""

    judged: Bools
    audited: Bools
    order: Integers


def _read_draws(known: ReviewTimes, drawn_at: Floats) -> _Reading:
    """Comments drawn before they were known are random, from when they were drawn.

    Args:
        drawn_at: (n_comments,) in seconds; `NEVER` where not drawn.
    """
    audited = known.judged & (drawn_at <= known.known_at)
    time = np.where(audited, drawn_at, known.known_at)
    rows = np.flatnonzero(known.judged)
    # Of the same moment the draw comes first.
    by_time = np.lexsort((~audited[rows], time[rows]))
    in_order = rows[by_time]
    moments = np.stack([time[in_order], ~audited[in_order]])
    is_new = np.ones(len(in_order), dtype=np.bool_)
    is_new[1:] = (moments[:, 1:] != moments[:, :-1]).any(axis=0)
    order = np.full(len(audited), -1, dtype=np.int64)
    order[in_order] = np.cumsum(is_new)
    return _Reading(known.judged, np.asarray(audited, dtype=np.bool_), order)


def _worth(reading: _Reading) -> tuple[bool, float]:
    """Whether a reading allows an interval, and the size of the simple random sample that it
    equals.
    """
    enough = int(reading.audited.sum()) >= FEWEST_AUDITED
    return enough, sample_size(reading.judged, reading.audited, reading.order)
