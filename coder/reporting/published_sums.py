"""The figures of an export as sums of unknown counts: what a reader could work hidden figures out
from.

The unknown counts are those of every row of the theme table in the smallest sets of comments that
the tables of related columns distinguish. What every reader knows of them:

- bases, and the counts of every source and of all sources, which the theme table shows;
- each count that a breakdown shows;
- what all compared groups of a row hold, where a difference from the rest is shown;
- a position is at most its theme, a sub-theme that counts within its parent at most the parent;
- how many comments on a theme take no position, or several, where they are few: then positions
  add up to their theme, or nearly. The same holds for sub-themes and their parent.

Columns that are not related and themes that are not within each other share no unknown count but
the totals, so they give systems of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.reporting.coded_matrix import Bools, Floats, Integers, MatrixRow
from coder.reporting.groups import Texts
from coder.reporting.related_columns import Grouping, connected_sets, related_groupings
from coder.statistics.disclosure import UNLIMITED, SumSystem

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Differences that are errors of floating point.
NEARLY_ZERO = 1e-6


def whole_counts(counts: Floats) -> Floats:
    """The counts as tables show them, halves rounded up; 0 where nothing is known."""
    known = np.nan_to_num(counts)
    return np.asarray(np.floor(known + 0.5 + NEARLY_ZERO), dtype=np.float64)


class GroupTable(NamedTuple):
    """The counts of one table of groups: those of a route, or of all sources.

    Attributes:
        grouping: number of the column.
        groups: names, in order.
        bases: (n_groups,) comments.
        n: (n_groups, n_rows) comments that carry each row; NaN where nothing is known of it.
        members: (n_comments,) place of the group, -1 where it is missing or in another route.
        missing: (n_rows,) comments that carry the row and whose group is missing.
        without_group: comments whose group is missing, whatever they carry.
        compared: (n_groups,) whether other groups are compared with the group.
        has_comparison: (n_groups, n_rows) whether the cell shows its difference from the rest.
    """

    grouping: int
    groups: tuple[str, ...]
    bases: Integers
    n: Floats
    members: Integers
    missing: Floats
    without_group: int
    compared: Bools
    has_comparison: Bools

    def width_beside_missing(
        self,
        group: int,
        row: int,
        minimum_base: int,
    ) -> float | None:
        """How wide the range of a small group's count is that the small groups and the missing
        answers together leave.

        Returns:
            None where there is nothing beside the group, or where the count, above 0, has no
            range.
        """
        small = self.bases < minimum_base
        others_base = int(self.bases[small].sum() - self.bases[group])
        others_base += self.without_group
        if not others_base:
            return None
        together = float(self.n[small, row].sum() + self.missing[row])
        low = max(0.0, together - others_base)
        high = min(float(self.bases[group]), together)
        if high - low < NEARLY_ZERO and whole_counts(self.n)[group, row] > 0:
            return None
        return max(0.0, high - low)


class Suppression(NamedTuple):
    """What a table does not show.

    Attributes:
        reasons: (n_groups, n_rows) why each cell is hidden; empty where it is shown.
        without_comparison: (n_rows,) rows whose shown cells give no difference from the rest.
    """

    reasons: Texts
    without_comparison: Bools


class CountedComments(NamedTuple):
    """The comments that breakdowns count.

    Attributes:
        rows: of the theme table, as published.
        counts: (n_comments, n_rows) 0 or 1, or an expectation; NaN where nothing is known.
        routes: (n_comments,) the members of each.
        groupings: of every column that is broken down by, then the sources.
    """

    rows: Sequence[MatrixRow]
    counts: Floats
    routes: Sequence[Bools]
    groupings: Sequence[Grouping]


class Figure(NamedTuple):
    """A cell of a table: numbers of the table, the group and the row."""

    table: int
    group: int
    row: int


class RowParts(NamedTuple):
    """A row, and rows that count within it: its positions, or its sub-themes."""

    whole: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class SumBlock:
    """Figures that can be worked out from each other.

    Attributes:
        system: its first sums are the figures, in their order, the next the comparisons.
        figures: the cells of breakdowns.
        comparisons: table and row of each sum that is known where a difference is shown.
        is_whole: all counts are whole numbers.
    """

    system: SumSystem
    figures: tuple[Figure, ...]
    comparisons: tuple[tuple[int, int], ...]
    is_whole: bool

    def published(
        self,
        hidden: Sequence[Suppression],
        tables: Sequence[GroupTable],
    ) -> Bools:
        """(n_sums,) which sums a reader knows."""
        known = np.ones(
            len(self.system.low),
            dtype=np.bool_,
        )
        for place, (table, group, row) in enumerate(self.figures):
            known[place] = hidden[table].reasons[group, row] == ""
        for place, (table, row) in enumerate(
            self.comparisons,
            len(self.figures),
        ):
            known[place] = False
            if not hidden[table].without_comparison[row]:
                is_shown = hidden[table].reasons[:, row] == ""
                known[place] = (is_shown & tables[table].has_comparison[:, row]).any()
        return known


def find_row_parts(rows: Sequence[MatrixRow]) -> list[RowParts]:
    """The rows that positions and sub-themes count within."""
    place_of = {row.key: place for place, row in enumerate(rows)}
    positions: dict[int, list[int]] = {}
    sub_themes: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        if row.position is not None:
            whole = place_of.get((row.theme.id, ""))
            kind = positions
        else:
            whole = place_of.get((row.parent_id, ""))
            kind = sub_themes
            if not row.theme.aggregate:
                continue
        if whole is not None:
            kind.setdefault(whole, []).append(place)
    parts = [*positions.items(), *sub_themes.items()]
    return [RowParts(whole, tuple(places)) for whole, places in parts]


def sum_blocks(
    tables: Sequence[GroupTable],
    comments: CountedComments,
    few: int,
) -> Iterator[SumBlock]:
    """The systems of all tables that are published together.

    Args:
        few: so many comments without a position, or with several, leave positions nearly
            additive.
    """
    row_parts = find_row_parts(comments.rows)
    pairs = []
    for whole, places in row_parts:
        pairs += [(whole, part) for part in places]
    families = connected_sets(len(comments.rows), pairs)
    for numbers in related_groupings(
        comments.groupings,
        comments.routes,
    ):
        own = [at for at, table in enumerate(tables) if table.grouping in numbers]
        if not own:
            continue
        with_sources = len(comments.groupings) - 1 in numbers
        atoms = _find_atoms(
            own,
            tables,
            comments,
            with_sources=with_sources,
        )
        for family in families:
            if np.isnan(comments.counts[:, family]).any():
                continue  # no total is published that anything could be taken from
            parts = [each for each in row_parts if each.whole in family]
            yield _BlockBuilder(
                tables,
                comments,
                atoms,
                family,
                parts,
                few,
            ).build()


# ---------------------------------------------------------------- sets of comments


class _Atoms(NamedTuple):
    """The smallest sets of comments that some tables distinguish.

    Attributes:
        tables: their numbers.
        set_of: (n_comments,) the set of each comment.
        example: (n_sets,) a comment of each.
        bases: (n_sets,) comments.
        counts: (n_sets, n_rows).
        groupings: (n_sets,) numbers of groups whose counts are always shown: routes, and sources
            where the tables tell of them.
    """

    tables: Sequence[int]
    set_of: Integers
    example: Integers
    bases: Integers
    counts: Floats
    always_shown: tuple[Integers, ...]


def _find_atoms(
    numbers: Sequence[int],
    tables: Sequence[GroupTable],
    comments: CountedComments,
    *,
    with_sources: bool,
) -> _Atoms:
    n_comments = len(comments.counts)
    route_of = np.zeros(n_comments, dtype=np.int64)
    for number, members in enumerate(comments.routes):
        route_of[members] = number
    always_shown = [route_of]
    if with_sources:
        always_shown.append(comments.groupings[-1].codes)
    set_of = np.zeros(n_comments, dtype=np.int64)
    for codes in [*always_shown, *(tables[number].members for number in numbers)]:
        set_of = set_of * (int(codes.max(initial=0)) + 2) + codes + 1
        set_of = np.unique(set_of, return_inverse=True)[1]
    _, example, bases = np.unique(
        set_of,
        return_index=True,
        return_counts=True,
    )
    counts = np.empty((len(bases), comments.counts.shape[1]))
    for row, values in enumerate(comments.counts.T):
        counts[:, row] = np.bincount(set_of, weights=values, minlength=len(bases))
    return _Atoms(
        tables=numbers,
        set_of=set_of,
        example=example,
        bases=bases,
        counts=counts,
        always_shown=tuple(codes[example] for codes in always_shown),
    )


# ---------------------------------------------------------------- sums


@dataclass
class _SumList:
    """Sums, put together one after the other."""

    unknowns: list[Integers] = field(default_factory=list)
    coefficients: list[Floats] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(
        self,
        unknowns: Integers,
        coefficients: Floats,
        low: float,
        high: float,
    ) -> None:
        """Add a sum that lies between low and high where it is published."""
        self.unknowns.append(unknowns)
        self.coefficients.append(coefficients)
        self.low.append(low)
        self.high.append(high)

    def matrix(self, n_unknowns: int) -> "csr_array":
        """(n_sums, n_unknowns) the coefficients."""
        from scipy.sparse import coo_array, csr_array

        sizes = [len(unknowns) for unknowns in self.unknowns]
        places = (
            np.repeat(np.arange(len(sizes)), sizes),
            np.concatenate(self.unknowns),
        )
        values = np.concatenate(self.coefficients)
        shape = (len(sizes), n_unknowns)
        return csr_array(coo_array((values, places), shape=shape))


class _BlockBuilder:
    """Builds the system of some tables and rows.

    The unknown counts are numbered row by row, and set by set within a row. After them stand,
    for each row with parts, the comments of each set that take no part and those that take more
    than one. Estimates need not add up as counts do: a published figure that differs from the
    sum of its sets is known to lie between the two.
    """

    def __init__(
        self,
        tables: Sequence[GroupTable],
        comments: CountedComments,
        atoms: _Atoms,
        rows: Sequence[int],
        row_parts: Sequence[RowParts],
        few: int,
    ) -> None:
        self.tables, self.comments, self.atoms = tables, comments, atoms
        self.rows, self.row_parts, self.few = rows, row_parts, few
        self.n_sets = len(atoms.bases)
        self.sums = _SumList()
        self.truth = atoms.counts[:, rows].T.ravel()
        self.largest = np.maximum(
            np.tile(atoms.bases, len(rows)),
            self.truth,
        )

    def build(self) -> SumBlock:
        """The finished system."""
        figures = self._add_figures()
        comparisons = self._add_comparisons()
        for codes in self.atoms.always_shown:
            for code in np.unique(codes):
                for row in self.rows:
                    self._add_count(
                        row,
                        np.flatnonzero(codes == code),
                    )
        for row_parts in self.row_parts:
            self._add_limits(row_parts)
            self._add_nearly_equal(row_parts)
        system = SumSystem(
            sums=self.sums.matrix(len(self.truth)),
            low=np.array(self.sums.low),
            high=np.array(self.sums.high),
            largest=self.largest,
            truth=self.truth,
        )
        distances = np.abs(self.truth - np.round(self.truth))
        return SumBlock(
            system=system,
            figures=tuple(figures),
            comparisons=tuple(comparisons),
            is_whole=bool((distances < NEARLY_ZERO).all()),
        )

    def _unknown(
        self,
        row: int,
        sets: Integers,
    ) -> Integers:
        return self.rows.index(row) * self.n_sets + sets

    def _add_count(self, row: int, sets: Integers, shown: float | None = None) -> None:
        """Add what some sets hold of a row.

        Args:
            shown: the published figure; None where it is the sum itself.
        """
        unknowns = self._unknown(row, sets)
        truth = float(self.truth[unknowns].sum())
        if shown is None or np.isnan(shown) or abs(shown - truth) < NEARLY_ZERO:
            shown = truth
        low, high = min(shown, truth), max(shown, truth)
        self.sums.add(
            unknowns,
            np.ones(len(sets)),
            low,
            high,
        )

    def _add_figures(self) -> list[Figure]:
        figures = []
        for number in self.atoms.tables:
            table = self.tables[number]
            group_of = table.members[self.atoms.example]
            for group in range(len(table.groups)):
                sets = np.flatnonzero(group_of == group)
                for row in self.rows:
                    self._add_count(
                        row,
                        sets,
                        float(table.n[group, row]),
                    )
                    figures.append(
                        Figure(
                            number,
                            group,
                            row,
                        )
                    )
        return figures

    def _add_comparisons(self) -> list[tuple[int, int]]:
        comparisons = []
        for number in self.atoms.tables:
            table = self.tables[number]
            group_of = table.members[self.atoms.example]
            # A missing group has the number -1: the last place, which is never compared.
            is_compared = np.append(table.compared, False)[group_of]
            sets = np.flatnonzero(is_compared)
            for row in self.rows:
                if table.has_comparison[:, row].any():
                    self._add_count(row, sets)
                    comparisons.append((number, row))
        return comparisons

    def _add_limits(self, row_parts: RowParts) -> None:
        """Each part is at most the whole, in every set."""
        for part in row_parts.parts:
            for place in range(self.n_sets):
                sets = np.array([place, place])
                sets[0] = self._unknown(part, sets[:1])[0]
                sets[1] = self._unknown(row_parts.whole, sets[1:])[0]
                surplus = float(self.truth[sets[0]] - self.truth[sets[1]])
                self.sums.add(
                    sets,
                    np.array([1.0, -1.0]),
                    -np.inf,
                    max(0.0, surplus),
                )

    def _add_nearly_equal(self, row_parts: RowParts) -> None:
        """The whole is its parts, and comments that take none, less those that take several."""
        counts = self.comments.counts
        parts = counts[:, list(row_parts.parts)].sum(axis=1)
        difference = counts[:, row_parts.whole] - parts
        none, several = np.maximum(difference, 0), np.maximum(-difference, 0)
        if min(none.sum(), several.sum()) >= self.few:
            return
        first_none = self._add_unknowns(none)
        first_several = self._add_unknowns(several)
        for place in range(self.n_sets):
            here = np.array([place])
            unknowns = [self._unknown(row_parts.whole, here)]
            for part in row_parts.parts:
                unknowns.append(self._unknown(part, here))
            unknowns += [first_none + here, first_several + here]
            signs = np.array([1.0, *([-1.0] * len(row_parts.parts)), -1.0, 1.0])
            self.sums.add(
                np.concatenate(unknowns),
                signs,
                0.0,
                0.0,
            )

    def _add_unknowns(self, counts: Floats) -> int:
        """Add what each set holds of some counts of comments, and their total where it is small.

        Args:
            counts: (n_comments,).

        Returns:
            The number of the first.
        """
        of_sets = np.bincount(
            self.atoms.set_of,
            weights=counts,
            minlength=self.n_sets,
        ).astype(np.float64)
        first = len(self.truth)
        total = float(of_sets.sum())
        self.truth = np.concatenate([self.truth, of_sets])
        largest = np.full(self.n_sets, UNLIMITED)
        if total < self.few:
            largest = np.full(self.n_sets, total)
            unknowns = np.arange(first, first + self.n_sets)
            self.sums.add(
                unknowns,
                np.ones(self.n_sets),
                total,
                total,
            )
        self.largest = np.concatenate([self.largest, largest])
        return first
