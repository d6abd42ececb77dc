"""How closely figures that are left out can be worked out from those that are published.

Published figures are sums of unknown counts. The smallest and the largest value that a sum can
have, with every published sum as it is, are two linear programs: the attacker's problem of cell
suppression (Fischetti and Salazar, Management Science 47, 2001). They are solved by HiGHS, after
what follows from one published sum at a time, and only where more than one sum is left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TOLERANCE = 1e-6  # comments: what the solver may be out by
UNLIMITED = 1e9  # comments: more than there ever are
MOST_ROUNDS = 20  # of narrowing the ranges of single counts
MANY_COUNTS = 300  # enough for one linear program


class Range(NamedTuple):
    """The smallest and the largest value of a sum that fit what is published."""

    low: float
    high: float


@dataclass(frozen=True)
class SumSystem:
    """Counts that a reader does not know, and sums of them that lie in known ranges where
    published.

    Attributes:
        sums: (n_sums, n_counts) coefficients, each -1, 0 or 1.
        low, high: (n_sums,) the range of each sum; both are the same where it is known exactly,
            infinite where there is no limit.
        largest: (n_counts,) that each count can be; the smallest is 0.
        truth: (n_counts,) what the counts are; they fit every sum.
    """

    sums: "csr_array"
    low: Floats
    high: Floats
    largest: Floats
    truth: Floats

    @cached_property
    def values(self) -> Floats:
        """(n_sums,) what the sums are."""
        values = self.sums @ self.truth
        return np.asarray(values, dtype=np.float64)

    @cached_property
    def is_exact(self) -> Bools:
        """(n_sums,) whether a published sum is known exactly."""
        return np.asarray(
            self.low == self.high,
            dtype=np.bool_,
        )

    @cached_property
    def entries(self) -> tuple[Integers, Integers, Floats]:
        """Sum, count and coefficient of everything that is not 0, sum by sum."""
        sizes = np.diff(self.sums.indptr)
        numbers = np.repeat(np.arange(len(sizes)), sizes)
        return numbers, self.sums.indices, self.sums.data

    def coefficients(self, number: int) -> Floats:
        """(n_counts,) the coefficients of a sum."""
        coefficients = np.zeros(len(self.truth))
        start, end = self.sums.indptr[number : number + 2]
        coefficients[self.sums.indices[start:end]] = self.sums.data[start:end]
        return coefficients

    def fitting(
        self,
        points: Floats,
        published: Bools,
    ) -> Bools:
        """(n_points,) which points give every published sum a value in its range.

        Args:
            points: (n_points, n_counts).
            published: (n_sums,).
        """
        values = (self.sums @ points.T).T[:, published]
        is_above = values >= self.low[published] - TOLERANCE
        is_below = values <= self.high[published] + TOLERANCE
        fits = (is_above & is_below).all(axis=1)
        return np.asarray(fits, dtype=np.bool_)


class PublishedSums:
    """A system of which some sums are published, and what can be worked out from them.

    Attributes:
        published: (n_sums,).
        points: counts, (n_counts,) each, that fit what is published, from the programs solved.
    """

    def __init__(
        self,
        system: SumSystem,
        published: Bools,
    ) -> None:
        self.system = system
        self.published = published
        self.points: list[Floats] = []
        self._limits: dict[bytes, _Limits] = {}
        self._low = np.zeros(len(system.truth))
        self._high = np.minimum(system.largest, UNLIMITED)
        self._narrow()
        self._is_free = self._high - self._low > TOLERANCE

    def _narrow(self) -> None:
        """Narrow the range of each count by one sum after the other until nothing changes."""
        system = self.system
        sums, counts, coefficients = system.entries
        is_used = self.published[sums]
        added = is_used & (coefficients > 0)
        taken_off = is_used & (coefficients < 0)
        for _ in range(MOST_ROUNDS):
            before = float((self._high - self._low).sum())
            smallest, largest = self._sums_of_ranges()
            # How far a count may lie above its smallest contribution, and below its largest.
            above, below = system.high - smallest, largest - system.low
            low, high = self._low.copy(), self._high.copy()
            places, numbers = counts[added], sums[added]
            np.minimum.at(
                high,
                places,
                self._low[places] + above[numbers],
            )
            np.maximum.at(
                low,
                places,
                self._high[places] - below[numbers],
            )
            places, numbers = counts[taken_off], sums[taken_off]
            np.minimum.at(
                high,
                places,
                self._low[places] + below[numbers],
            )
            np.maximum.at(
                low,
                places,
                self._high[places] - above[numbers],
            )
            self._low, self._high = low, np.maximum(low, high)
            after = float((self._high - self._low).sum())
            if before - after < TOLERANCE:
                return

    def _sums_of_ranges(self) -> tuple[Floats, Floats]:
        """(n_sums,) the smallest and the largest value of each sum that single counts allow."""
        middle = (self._low + self._high) / 2
        reach = (self._high - self._low) / 2
        middles = self.system.sums @ middle
        reaches = abs(self.system.sums) @ reach
        return middles - reaches, middles + reaches

    @cached_property
    def _outer(self) -> tuple[Floats, Floats]:
        return self._sums_of_ranges()

    def outer_range(self, wanted: int) -> Range:
        """A range that holds the range of a sum: what single published sums allow."""
        smallest, largest = self._outer
        return Range(
            float(smallest[wanted]),
            float(largest[wanted]),
        )

    @cached_property
    def _part_of(self) -> Integers:
        """(n_counts,) a number for the free counts that sums connect; -1 for known counts."""
        from scipy.sparse.csgraph import connected_components

        free = np.flatnonzero(self._is_free)
        part_of = np.full(
            len(self._is_free),
            -1,
            dtype=np.int64,
        )
        if len(free):
            used = abs(self.system.sums[np.flatnonzero(self.published)][:, free])
            joined = used.T @ used
            _, part_of[free] = connected_components(joined, directed=False)
        return part_of

    def find_ranges(self, wanted: Sequence[int]) -> Iterator[tuple[int, Range]]:
        """The ranges of some sums, published or not, each with its number; a few at a time.

        A range for which the solver finds nothing has no width.
        """
        waiting: list[_Program] = []
        for number in wanted:
            program = self._program_of(number)
            simple = program.simple_range()
            if simple is not None:
                yield number, simple
                continue
            waiting.append(program)
            if sum(len(each.goal) for each in waiting) > MANY_COUNTS:
                yield from self._solve(waiting)
                waiting = []
        if waiting:
            yield from self._solve(waiting)

    def _program_of(self, wanted: int) -> "_Program":
        """The program of a sum, without counts that are known or not connected with it."""
        coefficients = self.system.coefficients(wanted)
        parts = np.unique(self._part_of[(coefficients != 0) & self._is_free])
        key = parts.tobytes()
        if key not in self._limits:
            is_free = np.isin(self._part_of, parts) & self._is_free
            self._limits[key] = self._limit(is_free)
        return _Program.of(
            wanted,
            coefficients,
            self._limits[key],
            self.system.truth,
        )

    def _limit(self, is_free: Bools) -> "_Limits":
        """What limits the free counts where the others are as they are."""
        from scipy.sparse import vstack

        system = self.system
        known = system.sums @ np.where(
            is_free,
            0.0,
            system.truth,
        )
        has_free = (abs(system.sums) @ is_free) > 0
        equal = np.flatnonzero(self.published & has_free & system.is_exact)
        ranged = self.published & has_free & ~system.is_exact
        above = np.flatnonzero(ranged & np.isfinite(system.high))
        below = np.flatnonzero(ranged & np.isfinite(system.low))
        free = np.flatnonzero(is_free)
        sums = system.sums[:, free]
        limits = [
            system.high[above] - known[above],
            known[below] - system.low[below],
        ]
        return _Limits(
            free=free,
            largest=np.minimum(system.largest[free], UNLIMITED),
            equal=equal,
            equal_sums=sums[equal],
            values=system.low[equal] - known[equal],
            at_most=np.concatenate([above, below]),
            at_most_sums=vstack(
                [sums[above], -sums[below]],
                format="csr",
            ),
            most=np.concatenate(limits),
        )

    def _solve(self, programs: Sequence["_Program"]) -> Iterator[tuple[int, Range]]:
        """The range of each program's sum."""
        result = _solve_all(programs)
        if result.status != 0:
            for program in programs:
                if len(programs) == 1:
                    yield program.wanted, Range(0.0, 0.0)
                else:
                    yield from self._solve([program])
            return
        start = 0
        for program in programs:
            ends = []
            for _ in range(2):
                end = start + len(program.goal)
                counts = result.x[start:end]
                ends.append(program.known + float(program.goal @ counts))
                point = self.system.truth.copy()
                point[program.limits.free] = counts
                self.points.append(point)
                start = end
            yield program.wanted, Range(*ends)

    def find_binding(self, wanted: int) -> Bools:
        """(n_sums,) the published sums that the range of one sum depends on.

        They are those with a dual value in one of the two linear programs of the whole system.
        """
        coefficients = self.system.coefficients(wanted)
        limits = self._limit(np.ones(len(coefficients), dtype=np.bool_))
        program = _Program.of(
            wanted,
            coefficients,
            limits,
            self.system.truth,
        )
        is_binding = np.zeros(len(self.published), dtype=np.bool_)
        result = _solve_all([program])
        if result.status == 0:
            equal = np.tile(limits.equal, 2)
            has_value = np.abs(result.eqlin.marginals) > TOLERANCE
            is_binding[equal[has_value]] = True
            at_most = np.tile(limits.at_most, 2)
            has_value = np.abs(result.ineqlin.marginals) > TOLERANCE
            is_binding[at_most[has_value]] = True
        return is_binding


class _Limits(NamedTuple):
    """What limits some free counts.

    Attributes:
        free: numbers of the counts.
        largest: (n_free,) that each can be.
        equal, at_most: numbers of the published sums that limit them.
        equal_sums, at_most_sums: (n_equal, n_free) and (n_at_most, n_free) coefficients.
        values, most: (n_equal,) and (n_at_most,) what the sums are, and are at most.
    """

    free: Integers
    largest: Floats
    equal: Integers
    equal_sums: "csr_array"
    values: Floats
    at_most: Integers
    at_most_sums: "csr_array"
    most: Floats

    def is_one_total(self) -> bool:
        """Whether all that limits the counts is their total."""
        if len(self.at_most) or not len(self.equal):
            return False
        is_full = self.equal_sums.nnz == len(self.equal) * len(self.free)
        return is_full and bool((self.equal_sums.data == 1).all())


class _Program(NamedTuple):
    """The smallest and the largest value of a sum.

    Attributes:
        wanted: number of the sum.
        goal: (n_free,) coefficients of the free counts in it.
        known: what the other counts add to it.
    """

    wanted: int
    goal: Floats
    known: float
    limits: _Limits

    @classmethod
    def of(
        cls,
        wanted: int,
        coefficients: Floats,
        limits: _Limits,
        truth: Floats,
    ) -> "_Program":
        """The program of a sum with these coefficients."""
        goal = coefficients[limits.free]
        known = coefficients @ truth - goal @ truth[limits.free]
        return cls(
            wanted,
            goal,
            float(known),
            limits,
        )

    def simple_range(self) -> Range | None:
        """The range where all that limits the counts is their total; None where more does."""
        if not len(self.goal):
            return Range(self.known, self.known)
        if not self.limits.is_one_total() or (self.goal < 0).any():
            return None
        total = float(self.limits.values[0])
        inside = float(self.limits.largest[self.goal > 0].sum())
        outside = float(self.limits.largest[self.goal == 0].sum())
        low, high = max(0.0, total - outside), min(inside, total)
        return Range(self.known + low, self.known + high)


def _solve_all(programs: Sequence[_Program]) -> Any:
    """All programs as one, each twice: for the smallest value and for the largest."""
    from scipy.optimize import linprog
    from scipy.sparse import block_diag

    goals, limits = [], []
    for program in programs:
        goals += [program.goal, -program.goal]
        limits += [program.limits] * 2
    upper = np.concatenate([each.largest for each in limits])
    equal_sums = [each.equal_sums for each in limits]
    at_most_sums = [each.at_most_sums for each in limits]
    return linprog(
        np.concatenate(goals),
        A_eq=block_diag(equal_sums, format="csr"),
        b_eq=np.concatenate([each.values for each in limits]),
        A_ub=block_diag(at_most_sums, format="csr"),
        b_ub=np.concatenate([each.most for each in limits]),
        bounds=np.column_stack([np.zeros_like(upper), upper]),
        method="highs",
    )
