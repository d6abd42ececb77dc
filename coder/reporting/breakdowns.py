"""The themes by groups of respondents: bases, shares, tests against the rest, and what must be
hidden.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from coder import tables
from coder.project import Settings
from coder.reporting.breakdown_cells import BreakdownCell, BreakdownPart, CellMaker
from coder.reporting.breakdown_notes import (
    cell_notes,
    describe_tests,
    route_weight_notes,
)
from coder.reporting.breakdown_table import build_cell_table, without_protection
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.counts import Counts
from coder.reporting.groups import Texts, group_by, ordered_groups
from coder.reporting.options import Options
from coder.reporting.report import Breakdown
from coder.reporting.routes import Route, declared_routes, find_routes, route_weights
from coder.reporting.shares import Shares
from coder.reporting.suppression import Limits, count_cells, hide_cells
from coder.reporting.theme_table import published_order

ALL_SOURCES = "All sources, unweighted"


def break_down(
    counts: Counts,
    shares: Shares,
    settings: Settings,
    options: Options,
    *,
    calibrated: bool,
    held_back: Collection[str],
) -> tuple[Breakdown, ...]:
    """By route where there are several or one is weighted, then by each column of `options.by`.

    Args:
        calibrated: intervals can be given (see `statistics.weighting.sample_share`).
        held_back: main themes that give no row, nor does what stands under them.

    Raises:
        CoderError: a column, a declared route or a weight is wrong.
    """
    matrix = counts.pooled
    routes = find_routes(
        matrix.comments, declared_routes(settings.routes, counts.apart)
    )
    maker = CellMaker(
        matrix=matrix,
        shares=shares,
        numbers=_shown_rows(matrix, shares, held_back),
        weights=route_weights(matrix.comments, routes),
        minimum_base=options.minimum_base,
        calibrated=calibrated,
    )
    breakdowns = []
    if len(routes) > 1 or any(route.weighted for route in routes):
        breakdowns.append(break_down_by_route(maker, routes, options))
    for column in _columns(options.by, matrix.comments, settings):
        breakdowns.append(
            break_down_by_column(maker, routes, column, settings, options)
        )
    return tuple(breakdowns)


def _shown_rows(
    matrix: CodedMatrix, shares: Shares, held_back: Collection[str]
) -> list[int]:
    main_themes = matrix.main_themes()
    order = published_order(matrix, shares)
    return [number for number in order if main_themes[number] not in held_back]


def _columns(
    by: Iterable[str], comments: pd.DataFrame, settings: Settings
) -> list[str]:
    """The columns asked for, each once; `route` and `source` are broken down by anyway."""
    own = {*tables.own_columns(comments), *settings.derived}
    columns = []
    for name in dict.fromkeys(by):
        if name in own or name not in ("route", "source"):
            columns.append(name)
    return columns


def break_down_by_column(
    maker: CellMaker,
    routes: Sequence[Route],
    column: str,
    settings: Settings,
    options: Options,
) -> Breakdown:
    """The themes by the groups of a column, route by route; pooled only where no source has
    weights.
    """
    comments = maker.matrix.comments
    grouping = group_by(comments, column, settings.derived, settings.missing)
    parts = [
        BreakdownPart(route.name, route.members(comments["source"]), route.weighted)
        for route in routes
    ]
    cells = [_make_ordered(maker, part, grouping.values) for part in parts]
    pooled = len(routes) > 1 and not any(route.weighted for route in routes)
    if pooled:
        everything = BreakdownPart(
            ALL_SOURCES, np.ones(len(comments), dtype=np.bool_), False
        )
        parts.append(everything)
        # Beside those of its routes, comparisons of the pooled table would give small groups away.
        smallest = min((cell.base for cell in chain.from_iterable(cells)), default=0)
        compare = smallest >= options.minimum_base
        cells.append(_make_ordered(maker, everything, grouping.values, compare=compare))
    counted = [
        count_cells(part_cells, grouping.values, maker.shares, part)
        for part_cells, part in zip(cells, parts, strict=True)
    ]
    limits = Limits(options.minimum_base, options.minimum_cell)
    hidden = hide_cells(counted, limits, pooled=pooled)
    table = build_cell_table(cells, hidden, options.correction)
    notes = (*grouping.notes, *cell_notes(table, parts, options))
    return Breakdown(
        column,
        f"Themes by {column}",
        without_protection(table),
        notes,
        describe_tests(table, options),
    )


def _make_ordered(
    maker: CellMaker, part: BreakdownPart, values: Texts, *, compare: bool = True
) -> list[BreakdownCell]:
    groups = ordered_groups(values[part.members])
    return maker.make(part, values, groups, compare=compare)


def break_down_by_route(
    maker: CellMaker, routes: Sequence[Route], options: Options
) -> Breakdown:
    """The themes by route: each route, weighted where it has weights, against the others."""
    source = maker.matrix.comments["source"]
    values = np.full(len(source), "", dtype=object)
    for route in routes:
        values[route.members(source)] = route.name
    groups = [route.name for route in routes]
    weighted = any(route.weighted for route in routes)
    part = BreakdownPart("", np.ones(len(source), dtype=np.bool_), weighted)
    texts = values.astype(np.str_)
    cells = maker.make(part, texts, groups)
    # The theme table shows the counts of each source, so no cell needs to be hidden for its size.
    limits = Limits(options.minimum_base, 0)
    hidden = hide_cells(
        [count_cells(cells, texts, maker.shares, part)], limits, pooled=False
    )
    table = build_cell_table([cells], hidden, options.correction)
    notes = [
        *route_weight_notes(routes),
        *cell_notes(table, [part], options, by_route=True),
    ]
    return Breakdown(
        "route",
        "Themes by route",
        without_protection(table),
        tuple(notes),
        describe_tests(table, options),
    )
