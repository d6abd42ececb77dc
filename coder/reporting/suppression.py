"""Which cells of breakdowns are hidden, so that no small count can be read or worked out.

The rule: every count below `Limits.cell` (but not 0) is hidden, and every count of a group with
fewer than `Limits.base` comments. From all figures that are published together a reader can at
best work out a range for each of them. For a small count it spans at least `Limits.cell` comments
(from 0 to 5, say). For a small group it spans as many, or all of a group that is smaller. Two
things limit that. What the theme table shows cannot be hidden here: a range need be no wider than
with every cell of the breakdowns hidden. And where small groups stand beside missing answers or
each other, what they hold together is known, as it is of missing answers alone: their ranges need
be no wider than that leaves, unless it leaves no range to a count above 0.

Further cells are hidden until the rule holds, the smallest that help first, and comparisons are
withheld; what is not needed for it is shown. Cells hidden for others need no protection
themselves.

What a reader can work out is described in `published_sums`. Rounding protects nothing: files for
programs hold exact percentages.
"""

from collections.abc import Sequence
from functools import cached_property
from math import ceil, floor
from typing import NamedTuple

import numpy as np

from coder.reporting.breakdown_cells import BreakdownCell, BreakdownPart
from coder.reporting.coded_matrix import Bools, Floats
from coder.reporting.groups import Texts
from coder.reporting.published_sums import (
    CountedComments,
    GroupTable,
    SumBlock,
    Suppression,
    sum_blocks,
    whole_counts,
)
from coder.statistics.disclosure import TOLERANCE, PublishedSums, Range

# Why a cell is hidden. Empty: it is shown.
SMALL_BASE, SMALL_CELL, PROTECTS = "base", "cell", "protects"
# Added to counts of 0, so that they are hidden only when nothing else is left.
LAST_CHOICE = 1e6


class Limits(NamedTuple):
    """Below which sizes figures are hidden: comments of a group, and comments of a cell (0:
    never).
    """

    base: int
    cell: int


def count_cells(
    cells: Sequence[BreakdownCell],
    values: Texts,
    part: BreakdownPart,
    counts: Floats,
    *,
    grouping: int,
    minimum_base: int,
) -> GroupTable:
    """The counts of a table's cells.

    Args:
        cells: group by group, each with the same rows.
        values: (n_comments,) the group of each comment, empty where it is missing.
        counts: (n_comments, n_rows) of those rows.
        grouping: number of the column.
        minimum_base: a smaller group is not compared.
    """
    base_of = {cell.group: cell.base for cell in cells}
    bases = np.array(
        list(base_of.values()),
        dtype=np.int64,
    )
    shape = (len(bases), counts.shape[1])
    members = np.full(
        len(values),
        -1,
        dtype=np.int64,
    )
    for place, group in enumerate(base_of):
        members[part.members & (values == group)] = place
    no_group = part.members & (members < 0)
    has_comparison = [cell.comparison is not None for cell in cells]
    # Beside missing answers small groups are left out of every comparison.
    compared = (bases >= minimum_base) | (not no_group.any())
    return GroupTable(
        grouping=grouping,
        groups=tuple(base_of),
        bases=bases,
        n=np.array(
            [cell.n for cell in cells],
            dtype=np.float64,
        ).reshape(shape),
        members=members,
        missing=counts[no_group].sum(axis=0),
        without_group=int(no_group.sum()),
        compared=compared,
        has_comparison=np.array(has_comparison, dtype=np.bool_).reshape(shape),
    )


def hide_cells(
    tables: Sequence[GroupTable],
    comments: CountedComments,
    limits: Limits,
) -> list[Suppression]:
    """What each table does not show.

    Args:
        tables: all that are published together.
    """
    hidden = [hide_in_rows(table, limits) for table in tables]
    if limits.cell:
        for block in sum_blocks(
            tables,
            comments,
            few=limits.cell,
        ):
            protection = _Protection(
                block,
                tables,
                hidden,
                limits,
            )
            protection.hide_until_safe()
            protection.show_what_is_not_needed()
    return hidden


# ---------------------------------------------------------------- within one row


def hide_in_rows(
    table: GroupTable,
    limits: Limits,
) -> Suppression:
    """Hide what is small, and so much else that no row of the table gives it away by itself."""
    counts = whole_counts(table.n)
    hidden = np.full(
        counts.shape,
        "",
        dtype=f"U{len(PROTECTS)}",
    )
    hidden[(counts > 0) & (counts < limits.cell)] = SMALL_CELL
    hidden[table.bases < limits.base] = SMALL_BASE
    rows = range(counts.shape[1])
    for row in rows if limits.cell else ():
        while not _is_protected(
            hidden[:, row],
            counts[:, row],
            row,
            table,
            limits,
        ):
            _hide_smallest(
                hidden[:, row],
                counts[:, row],
            )
    return Suppression(
        hidden,
        np.zeros(len(rows), dtype=np.bool_),
    )


def _is_protected(
    hidden: Texts,
    counts: Floats,
    row: int,
    table: GroupTable,
    limits: Limits,
) -> bool:
    """Whether the hidden cells of a row cannot be worked out from the rest of the row.

    Args:
        hidden, counts: (n_groups,) of the row.
    """
    is_hidden = hidden != ""
    if is_hidden.all():
        return True
    # Where answers are missing, the large groups are compared among themselves.
    large = table.bases >= limits.base
    compared_apart = table.without_group > 0 and int(large.sum()) > 1
    if compared_apart:
        is_hidden = is_hidden & large
    if not is_hidden.any():
        return True
    size = int(is_hidden.sum())
    total = counts[is_hidden].sum()
    if not compared_apart:
        size += table.without_group > 0
        total += table.missing[row]
    # A small group may hold none.
    only_small_groups = bool((hidden[is_hidden] == SMALL_BASE).all())
    return size >= 2 and (bool(total >= limits.cell) or only_small_groups)


def _hide_smallest(
    hidden: Texts,
    counts: Floats,
) -> None:
    """Hide the smallest count that is shown; one of 0 only when nothing else is left."""
    shown = np.flatnonzero(hidden == "")
    hidden[shown[np.argmin(_costs(counts[shown]))]] = PROTECTS


def _costs(counts: Floats) -> Floats:
    """What is lost with each count: the smaller the better, but 0 last."""
    return np.asarray(
        counts + LAST_CHOICE * (counts == 0),
        dtype=np.float64,
    )


# ---------------------------------------------------------------- across tables and rows


class _Protection:
    """Protects the figures of one block.

    Args:
        hidden: of every table; changed in place.
    """

    def __init__(
        self,
        block: SumBlock,
        tables: Sequence[GroupTable],
        hidden: Sequence[Suppression],
        limits: Limits,
    ) -> None:
        self.block, self.tables = block, tables
        self.hidden, self.limits = hidden, limits
        self.sums = self._publish()
        self.widest: dict[int, float] = {}

    def _publish(self) -> PublishedSums:
        published = self.block.published(self.hidden, self.tables)
        return PublishedSums(self.block.system, published)

    def hide_until_safe(self) -> None:
        """Hide further figures until every small one is safe, or nothing is left to hide."""
        places = self._small_figures()
        unsafe = self._find_unsafe(places)
        while unsafe is not None:
            if not self._hide_more(unsafe):
                places.remove(unsafe)
            # What fitted more published sums fits fewer.
            points = self.sums.points
            self.sums = self._publish()
            self.sums.points += points
            unsafe = self._find_unsafe(places)

    def show_what_is_not_needed(self) -> None:
        """Show each protecting figure without which all small ones stay safe, the largest
        first, and comparisons likewise.
        """
        protecting = self._figures_hidden_for(PROTECTS)
        for place in sorted(protecting, key=self._cost_of, reverse=True):
            table, group, row = self.block.figures[place]
            reasons = self.hidden[table].reasons
            reasons[group, row] = ""
            if not self._stays_safe(table, row):
                reasons[group, row] = PROTECTS
        for table, row in self.block.comparisons:
            withheld = self.hidden[table].without_comparison
            if withheld[row]:
                withheld[row] = False
                withheld[row] = not self._stays_safe(table, row)

    # ------------------------------------------------------------ figures

    def _figures_hidden_for(self, *reasons: str) -> list[int]:
        places = []
        for place, (table, group, row) in enumerate(self.block.figures):
            if self.hidden[table].reasons[group, row] in reasons:
                places.append(place)
        return places

    def _small_figures(self) -> list[int]:
        """Those that have to be protected."""
        small = self._figures_hidden_for(SMALL_CELL, SMALL_BASE)
        return [place for place in small if self._asked_width(place) > 0]

    def _cost_of(self, place: int) -> float:
        count = whole_counts(self.block.system.values[[place]])
        return float(_costs(count)[0])

    # ------------------------------------------------------------ safety

    def _asked_width(self, place: int) -> float:
        """How wide the range of a small figure has to be, in comments."""
        table, group, row = self.block.figures[place]
        own = self.tables[table]
        asked = float(min(self.limits.cell, int(own.bases[group])))
        if self.hidden[table].reasons[group, row] == SMALL_CELL:
            return asked
        left = own.width_beside_missing(group, row, self.limits.base)
        if left is None:
            return asked
        return min(asked, left)

    def _find_unsafe(self, places: Sequence[int]) -> int | None:
        """The first small figure whose range is not as wide as the rule asks."""
        unclear = []
        for place in places:
            asked = self._asked_width(place)
            if self._seen_width(place) >= asked:
                continue
            outer = self._width(self.sums.outer_range(place))
            if outer < asked and outer < self._widest(place):
                return place
            unclear.append(place)
        for place, own_range in self.sums.find_ranges(unclear):
            width = self._width(own_range)
            if width < self._asked_width(place) and width < self._widest(place):
                return place
        return None

    def _seen_width(self, place: int) -> float:
        """The width of a figure's range as far as the points so far show it."""
        if not self.sums.points:
            return 0.0
        coefficients = self.block.system.coefficients(place)
        values = np.array(self.sums.points) @ coefficients
        return self._width(Range(float(values.min()), float(values.max())))

    def _widest(self, place: int) -> float:
        """The width of a figure's range where every figure of the breakdowns is hidden."""
        if place not in self.widest:
            for _, own_range in self._totals_alone.find_ranges([place]):
                self.widest[place] = self._width(own_range)
        return self.widest[place]

    @cached_property
    def _totals_alone(self) -> PublishedSums:
        published = np.ones_like(self.sums.published)
        published[: len(self.block.figures) + len(self.block.comparisons)] = False
        return PublishedSums(self.block.system, published)

    def _width(self, own_range: Range) -> float:
        """From the smallest to the largest value; of whole numbers, where all counts are."""
        low, high = own_range
        if self.block.is_whole:
            return floor(high + TOLERANCE) - ceil(low - TOLERANCE)
        return high - low + TOLERANCE

    def _stays_safe(self, table: int, row: int) -> bool:
        """Whether all small figures are safe now that more of a row is shown.

        If not, what is published is taken to be as it was before.
        """
        before = self.sums
        self.sums = self._publish()
        if before.points:
            points = np.array(before.points)
            fits = self.block.system.fitting(points, self.sums.published)
            self.sums.points += list(points[fits])

        def is_elsewhere(place: int) -> bool:
            figure = self.block.figures[place]
            return (figure.table, figure.row) != (table, row)

        places = sorted(self._small_figures(), key=is_elsewhere)
        if self._find_unsafe(places) is None:
            return True
        self.sums = before
        return False

    # ------------------------------------------------------------ what to hide

    def _hide_more(self, place: int) -> bool:
        """Withhold the comparisons that keep a range narrow, else hide the smallest shown figure
        that does; False where nothing is left.
        """
        binding = self.sums.find_binding(place)
        comparisons = self._binding_comparisons(binding)
        for table, row in comparisons:
            self.hidden[table].without_comparison[row] = True
        if comparisons:
            return True
        candidates = self._binding_figures(place, binding)
        if not candidates:
            return False
        chosen = min(candidates, key=self._cost_of)
        table, group, row = self.block.figures[chosen]
        self.hidden[table].reasons[group, row] = PROTECTS
        return True

    def _binding_comparisons(self, binding: Bools) -> list[tuple[int, int]]:
        """Table and row of the comparisons that keep a range narrow."""
        own = binding[len(self.block.figures) :][: len(self.block.comparisons)]
        return [self.block.comparisons[number] for number in np.flatnonzero(own)]

    def _binding_figures(self, place: int, binding: Bools) -> list[int]:
        """The shown figures that keep a range narrow; if there are none, those of its row, then
        all.
        """
        shown = np.flatnonzero(self.sums.published[: len(self.block.figures)]).tolist()
        helpful = [other for other in shown if binding[other]]
        if helpful:
            return helpful
        table, _, row = self.block.figures[place]
        in_row = []
        for other in shown:
            figure = self.block.figures[other]
            if (figure.table, figure.row) == (table, row):
                in_row.append(other)
        return in_row or shown
