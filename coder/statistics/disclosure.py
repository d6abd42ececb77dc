"""How closely figures that are left out can be worked out from those that are published.

Published figures are sums of unknown counts. The smallest and the largest value that a sum can
have, with every published sum as it is, are two linear programs: the attacker's problem of cell
suppression (Fischetti and Salazar, Management Science 47, 2001). They are solved by HiGHS, after
what can be worked out by substitution, and only where more than one sum is left.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, kron, vstack
from scipy.sparse.csgraph import connected_components

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TOLERANCE = 1e-6  # comments: what the solver may be out by


class Range(NamedTuple):
    """The values of one sum that fit all published ones.

    Attributes:
        low, high: the smallest and the largest.
        points: (n_points, n_unknowns) counts that give them, where a program was solved.
    """

    low: float
    high: float
    points: Floats


@dataclass(frozen=True)
class SumSystem:
    """Counts that a reader does not know, and sums of them that lie in known ranges where
    published.

    Attributes:
        sums: (n_sums, n_unknowns) coefficients, each -1, 0 or 1.
        low, high: (n_sums,) the range of each sum; both are the same where it is known exactly,
            infinite where there is no limit.
        largest: (n_unknowns,) that each count can be; the smallest is 0.
        truth: (n_unknowns,) what the counts are; they fit every sum.
    """

    sums: csr_array
    low: Floats
    high: Floats
    largest: Floats
    truth: Floats

    @cached_property
    def pattern(self) -> csr_array:
        """(n_sums, n_unknowns) 1 where a count is in a sum."""
        return abs(self.sums)

    @cached_property
    def values(self) -> Floats:
        """(n_sums,) what the sums are."""
        return np.asarray(
            self.sums @ self.truth,
            dtype=np.float64,
        )

    def counts_in(self, number: int) -> Integers:
        """The counts that a sum is made of."""
        start, end = self.sums.indptr[number], self.sums.indptr[number + 1]
        return np.asarray(
            self.sums.indices[start:end],
            dtype=np.int64,
        )

    def coefficients_in(self, number: int) -> Floats:
        """The coefficients of `counts_in`."""
        start, end = self.sums.indptr[number], self.sums.indptr[number + 1]
        return np.asarray(
            self.sums.data[start:end],
            dtype=np.float64,
        )

    def fitting(
        self,
        points: Floats,
        published: Bools,
    ) -> Bools:
        """(n_points,) which points give every published sum a value in its range.

        Args:
            points: (n_points, n_unknowns).
            published: (n_sums,).
        """
        values = (self.sums @ points.T).T[:, published]
        above = values >= self.low[published] - TOLERANCE
        below = values <= self.high[published] + TOLERANCE
        return np.asarray(
            (above & below).all(axis=1),
            dtype=np.bool_,
        )


class PublishedSums:
    """A system of which some sums are published: what follows by substitution is done once."""

    def __init__(
        self,
        system: SumSystem,
        published: Bools,
    ) -> None:
        self.system = system
        self.published = published
        self._numbers = np.flatnonzero(published)
        is_exact = system.low == system.high
        self._exact = np.flatnonzero(published & is_exact)
        self._free = system.largest > TOLERANCE
        self._substitute()
        self._part_of = self._connect()
        self._programs: dict[bytes, _Program] = {}

    def _substitute(self) -> None:
        """Find the counts that follow from exact sums in which all others are known."""
        system = self.system
        sums, pattern = system.sums[self._exact], system.pattern[self._exact]
        places = np.arange(len(self._free), dtype=np.float64)
        while True:
            free = self._free.astype(np.float64)
            single = np.flatnonzero(pattern @ free == 1.0)
            if not len(single):
                return
            # The one free count of a sum: its number is the sum of the free numbers.
            found = (pattern[single] @ (free * places)).astype(np.int64)
            self._free[found] = False
            sums, pattern = _without(sums, single), _without(pattern, single)

    def _connect(self) -> Integers:
        """(n_unknowns,) a number for the free counts that sums connect; -1 for known counts."""
        free = np.flatnonzero(self._free)
        part_of = np.full(
            len(self._free),
            -1,
            dtype=np.int64,
        )
        if len(free):
            pattern = self.system.pattern[self._numbers][:, free]
            _, part_of[free] = connected_components(
                pattern.T @ pattern,
                directed=False,
            )
        return part_of

    def find_range(self, wanted: int) -> Range | None:
        """The range of one sum, published or not; None where the solver finds nothing that fits."""
        system = self.system
        counts = system.counts_in(wanted)
        coefficients = system.coefficients_in(wanted)
        is_free = self._free[counts]
        known = float(coefficients[~is_free] @ system.truth[counts[~is_free]])
        counts, coefficients = counts[is_free], coefficients[is_free]
        if not len(counts):
            return Range(
                known,
                known,
                np.empty((0, len(self._free))),
            )
        parts = np.unique(self._part_of[counts])
        program = self._program(parts)
        goal = np.zeros(len(self._free))
        goal[counts] = coefficients
        left = program.range_of(goal)
        if left is None:
            return None
        return left._replace(
            low=left.low + known,
            high=left.high + known,
        )

    def _program(self, parts: Integers) -> "_Program":
        """What limits the counts of some connected parts."""
        key = parts.tobytes()
        if key not in self._programs:
            free = np.flatnonzero(np.isin(self._part_of, parts))
            self._programs[key] = _Program.of(
                self.system,
                self._numbers,
                free,
            )
        return self._programs[key]

    def find_binding(self, wanted: int) -> Bools:
        """(n_sums,) the published sums that the range of one sum depends on.

        They are those with a dual value in one of the two linear programs of the whole system.
        """
        system = self.system
        everything = np.arange(len(self._free))
        goal = np.zeros(len(everything))
        goal[system.counts_in(wanted)] = system.coefficients_in(wanted)
        program = _Program.of(
            system,
            self._numbers,
            everything,
        )
        return program.binding(goal, len(self.published))


def _without(
    rows: csr_array,
    numbers: Integers,
) -> csr_array:
    kept = np.ones(rows.shape[0], dtype=np.bool_)
    kept[numbers] = False
    return rows[kept]


@dataclass
class _Program:
    """Some counts and the published sums that limit them, the others being what they are.

    Attributes:
        free: numbers of the counts.
        equal, at_most: numbers of the sums, twice where a sum is limited on both sides.
        equal_sums, at_most_sums: (n_equal or n_at_most, n_free).
        values, limits: (n_equal,) and (n_at_most,).
    """

    system: SumSystem
    free: Integers
    equal: Integers
    equal_sums: csr_array
    values: Floats
    at_most: Integers
    at_most_sums: csr_array
    limits: Floats

    @classmethod
    def of(
        cls,
        system: SumSystem,
        numbers: Integers,
        free: Integers,
    ) -> "_Program":
        """The program of the published sums with those numbers."""
        is_free = np.zeros(len(system.truth), dtype=np.bool_)
        is_free[free] = True
        numbers = numbers[(system.pattern @ is_free)[numbers] > 0]
        known = system.sums @ np.where(
            is_free,
            0.0,
            system.truth,
        )
        low, high = system.low - known, system.high - known
        is_exact = system.low[numbers] == system.high[numbers]
        equal, ranged = numbers[is_exact], numbers[~is_exact]
        above = ranged[np.isfinite(high[ranged])]
        below = ranged[np.isfinite(low[ranged])]
        sums = system.sums[:, free]
        return cls(
            system=system,
            free=free,
            equal=equal,
            equal_sums=sums[equal],
            values=low[equal],
            at_most=np.concatenate([above, below]),
            at_most_sums=vstack(
                [sums[above], -sums[below]],
                format="csr",
            ),
            limits=np.concatenate([high[above], -low[below]]),
        )

    @cached_property
    def is_one_sum(self) -> bool:
        """Whether all that limits the counts is their total."""
        if len(self.at_most) or not len(self.equal):
            return False
        coefficients = self.equal_sums.toarray()
        return bool((coefficients == 1.0).all())

    def range_of(self, goal: Floats) -> Range | None:
        """The smallest and the largest value.

        Args:
            goal: (n_unknowns,) coefficients of free counts.
        """
        own_goal = goal[self.free]
        largest = self.system.largest[self.free]
        if self.is_one_sum and np.isin(own_goal, (0.0, 1.0)).all():
            inside = float(largest[own_goal > 0].sum())
            outside = float(largest[own_goal == 0].sum())
            total = float(self.values[0])
            low, high = max(0.0, total - outside), min(inside, total)
            return Range(
                low,
                high,
                np.empty((0, len(goal))),
            )
        result = self._solve(own_goal)
        if result.status != 0:
            return None
        points = np.tile(self.system.truth, (2, 1))
        points[:, self.free] = result.x.reshape(2, -1)
        low, high = points[:, self.free] @ own_goal
        return Range(
            float(low),
            float(high),
            points,
        )

    def binding(
        self,
        goal: Floats,
        n_sums: int,
    ) -> Bools:
        """(n_sums,) whether the range depends on the sum."""
        is_binding = np.zeros(n_sums, dtype=np.bool_)
        result = self._solve(goal[self.free])
        if result.status == 0:
            equal = (
                np.abs(result.eqlin.marginals)
                .reshape(
                    2,
                    -1,
                )
                .max(axis=0)
            )
            at_most = np.abs(result.ineqlin.marginals).reshape(
                2,
                -1,
            )
            is_binding[self.equal[equal > TOLERANCE]] = True
            if at_most.size:
                at_most = at_most.max(axis=0)
                is_binding[self.at_most[at_most > TOLERANCE]] = True
        return is_binding

    def _solve(self, goal: Floats) -> Any:
        """Both programs as one, of two sets of counts: the first gives the smallest value."""
        largest = np.tile(self.system.largest[self.free], 2)
        return linprog(
            np.concatenate([goal, -goal]),
            A_eq=self._twice[0],
            b_eq=np.tile(self.values, 2),
            A_ub=self._twice[1],
            b_ub=np.tile(self.limits, 2),
            bounds=np.column_stack([np.zeros_like(largest), largest]),
            method="highs",
        )

    @cached_property
    def _twice(self) -> tuple[csr_array, csr_array]:
        both = np.eye(2)
        return (
            csr_array(
                kron(
                    both,
                    self.equal_sums,
                    format="csr",
                )
            ),
            csr_array(
                kron(
                    both,
                    self.at_most_sums,
                    format="csr",
                )
            ),
        )
