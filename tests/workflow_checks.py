"""What must hold of a report after every step of a random workflow."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from coder.reporting import Report
from coder.reporting.shares import Shares
from workflow_memory import FEWEST_AUDITED
from workflow_recount import Cell, Place, Recount

NEAR = 1e-6  # percentage points


class Figure(NamedTuple):
    """What is published of one cell; None where nothing is."""

    n: int | None
    percent: float | None
    low: float | None
    high: float | None

    @property
    def has_interval(self) -> bool:
        return self.low is not None

    @property
    def is_exact(self) -> bool:
        return self.low is not None and self.low == self.high


Figures = dict[Cell, Figure]


def figures_of(table: pd.DataFrame) -> Figures:
    """The figures of a table with a row for each theme and position."""
    figures = {}
    for row in table.to_dict("records"):
        figure = Figure(*(_value(row[name]) for name in Figure._fields))
        figures[str(row["theme_id"]), str(row["position_id"])] = figure
    return figures


def figures_of_shares(shares: Shares) -> Figures:
    """The same of all comments, before they are laid out as a table."""
    figures = {}
    for cell, estimate in shares.total.items():
        percents = [100 * share for share in (estimate.value, estimate.low, estimate.high)]
        figures[cell] = Figure(shares.count_of(cell), *map(_value, percents))
    return figures


def _value(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value


def check_tables(report: Report, places: Iterable[Place]) -> None:
    """Every table of a report agrees with itself and with the others."""
    listed = list(places)
    base = report.comments_counted
    overall = figures_of(report.themes)
    check_relations(overall, listed)
    check_percentages(overall, base)
    for breakdown in report.breakdowns:
        for _, group in breakdown.cells.groupby(["route", "group"], sort=False):
            figures = figures_of(group)
            check_relations(figures, listed)
            for cell, row in zip(figures, group.to_dict("records"), strict=True):
                check_percentages({cell: figures[cell]}, int(row["base"]))


def check_relations(figures: Figures, places: Iterable[Place]) -> None:
    """A parent is never below its child, a theme never below its position."""
    for place in places:
        whole = figures.get((place.theme_id, ""))
        parts = [(place.theme_id, position) for position in place.positions]
        for part in parts:
            _check_within(part, figures.get(part), whole)
        if place.counts_for_parent:
            above = figures.get((place.parent_id, ""))
            _check_within((place.theme_id, ""), whole, above)


def _check_within(cell: Cell, part: Figure | None, whole: Figure | None) -> None:
    if part is None or whole is None:
        return
    for name in ("n", "percent", "low", "high"):
        smaller, larger = getattr(part, name), getattr(whole, name)
        if smaller is not None and larger is not None:
            assert smaller <= larger + NEAR, f"{cell}: {name} {smaller} is over {larger}"


def check_percentages(figures: Figures, base: int) -> None:
    """A count is its percentage of the base, and the percentage lies in its interval."""
    for cell, figure in figures.items():
        if figure.n is not None and figure.percent is not None:
            exact = figure.percent * base / 100
            assert abs(figure.n - exact) <= 0.5 + NEAR, f"{cell}: {figure} of {base}"
        if figure.percent is not None and figure.low is not None:
            assert figure.high is not None, f"{cell}: {figure}"
            inside = figure.low - NEAR <= figure.percent <= figure.high + NEAR
            assert inside, f"{cell}: {figure}"


def check_exact(
    figures: Figures, recounted: Recount, comments: Iterable[str], places: Iterable[Place]
) -> int:
    """Decided everywhere means exact, and equal to the recount; else never exact.

    Where people are divided the interval runs from none to all of those comments.

    Returns:
        how many cells were decided everywhere.
    """
    ids = list(comments)
    exact = 0
    for cell in cells_of(places):
        values = recounted.of_cell(cell, ids)
        known = [value for value in values if value is not None]
        figure = figures[cell]
        if len(known) < len(values):
            assert not figure.is_exact, f"{cell}: {figure}, {len(known)} of {len(values)}"
            continue
        exact += 1
        wanted = (sum(known), sum(value == 1 for value in known), sum(value > 0 for value in known))
        for printed, number in zip(figure[1:], wanted, strict=True):
            assert printed is not None, f"{cell}: {figure} is not exact"
            assert abs(printed - 100 * number / len(known)) < NEAR, f"{cell}: {figure}, {wanted}"
    return exact


def cells_of(places: Iterable[Place]) -> list[Cell]:
    """Every theme, each followed by its positions."""
    cells = []
    for place in places:
        cells += [(place.theme_id, position) for position in ("", *place.positions)]
    return cells


def check_intervals(
    figures: Figures,
    recounted: Recount,
    samples: Mapping[Cell, set[str]],
    called_random: Collection[str],
    comments: Iterable[str],
) -> None:
    """Intervals stand where enough of a random draw is decided, or nearly everything; nowhere else.

    Args:
        samples: the comments that count as a random sample, by cell.
        called_random: comments of decisions that say so themselves, maybe from no draw that was written down.
    """
    ids = list(comments)
    for cell, sample in samples.items():
        judged = {c for c in ids if recounted.values[c, cell] is not None}
        unread = len(ids) - len(judged)
        figure = figures[cell]
        if len(sample) >= FEWEST_AUDITED or 10 * unread <= len(ids):
            assert figure.has_interval, f"{cell}: {figure}, {len(sample)} random, {unread} open"
            continue
        if len(sample | (judged & set(called_random))) < FEWEST_AUDITED:
            assert not figure.has_interval, f"{cell}: {figure}, {len(sample)} random"


def check_pairs(
    pairs: pd.DataFrame,
    recounted: Recount,
    samples: Mapping[Cell, set[str]],
    called_random: Collection[str],
    comments: Iterable[str],
) -> None:
    """Pairs of themes are counted where everything is decided, and tested only then or in a random sample.

    Args:
        pairs: `coder.tables.PAIRS`; the others as in `check_intervals`.
    """
    ids = list(comments)
    for row in pairs.to_dict("records"):
        one, other = (str(row["theme_id"]), ""), (str(row["with_theme_id"]), "")
        values = zip(recounted.of_cell(one, ids), recounted.of_cell(other, ids), strict=True)
        known = [min(a, b) for a, b in values if a is not None and b is not None]
        if len(known) == len(ids):
            assert abs(row["n"] - sum(known)) <= 0.5, f"{one}, {other}: {row['n']} of {sum(known)}"
        elif 10 * (len(ids) - len(known)) > len(ids):
            drawn = min(len(samples[one]), len(samples[other]))
            is_tested = row["more_than_chance"] or row["fewer_than_chance"]
            is_sampled = drawn >= FEWEST_AUDITED or len(called_random) >= FEWEST_AUDITED
            message = f"{one}, {other}: {drawn} random, {len(known)} decided"
            assert is_sampled or (not is_tested and pd.isna(row["low"])), message


def check_alike(figures: Figures, others: Figures) -> None:
    """Two tables say the same, but for errors of floating point."""
    assert figures.keys() == others.keys()
    for cell, figure in figures.items():
        for one, other in zip(figure, others[cell], strict=True):
            assert (one is None) == (other is None), f"{cell}: {figure}, {others[cell]}"
            assert one is None or abs(one - other) < NEAR, f"{cell}: {figure}, {others[cell]}"


def differences(before: Figures, after: Figures, left_out: Iterable[str] = ()) -> dict[Cell, Any]:
    """Cells with other figures than before; those of some themes are left out."""
    apart = set(left_out)
    changed = {}
    for cell, figure in before.items():
        if cell[0] not in apart and after.get(cell) != figure:
            changed[cell] = (figure, after.get(cell))
    return changed


def under_new_ids(figures: Figures, new_id: Mapping[str, str]) -> Figures:
    """The same figures with some themes under other ids."""
    return {(new_id.get(theme, theme), p): figure for (theme, p), figure in figures.items()}
