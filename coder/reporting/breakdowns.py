"""The themes by groups of respondents: bases, shares, tests against the rest, and what must be
hidden.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.project import Settings
from coder.reporting.breakdown_cells import BreakdownCell, BreakdownPart, CellMaker
from coder.reporting.breakdown_notes import (
    cell_notes,
    describe_protection,
    describe_tests,
    route_weight_notes,
    withheld_notes,
)
from coder.reporting.breakdown_table import build_cell_table, without_protection
from coder.reporting.coded_matrix import CodedMatrix, Floats
from coder.reporting.counts import Counts
from coder.reporting.group_shares import GroupShares
from coder.reporting.groups import Texts, group_by, ordered_groups
from coder.reporting.options import Options
from coder.reporting.published_sums import CountedComments, GroupTable, Suppression
from coder.reporting.related_columns import Grouping
from coder.reporting.report import Breakdown
from coder.reporting.routes import Route, declared_routes, find_routes, route_weights
from coder.reporting.shares import Shares
from coder.reporting.suppression import Limits, count_cells, hide_cells, hide_in_rows
from coder.reporting.theme_table import published_order

ALL_SOURCES = "All sources, unweighted"


def break_down(
    counts: Counts,
    shares: Shares,
    settings: Settings,
    options: Options,
    *,
    held_back: Collection[str],
    groups_alone: bool = False,
) -> tuple[Breakdown, ...]:
    """By route where there are several or one is weighted, then by each column of `options.by`.

    A row of which nothing is known yet is in no table.

    Args:
        held_back: main themes that give no row, nor does what stands under them.
        groups_alone: no table by route, and one of all sources in place of tables of routes
            where no source has weights.

    Raises:
        CoderError: a column, a declared route or a weight is wrong.
    """
    matrix = counts.pooled
    routes = find_routes(
        matrix.comments, declared_routes(settings.routes, counts.apart)
    )
    maker = CellMaker(
        groups=GroupShares(matrix, shares, route_weights(matrix.comments, routes)),
        numbers=_shown_rows(matrix, shares, held_back),
        minimum_base=options.minimum_base,
    )
    drafts = []
    weighted = any(route.weighted for route in routes)
    if (len(routes) > 1 or weighted) and not groups_alone:
        drafts.append(draft_by_route(maker, routes))
    tables_of = [] if groups_alone and not weighted else routes
    for column in _columns(options.by, matrix.comments, settings):
        drafts.append(draft_by_column(maker, tables_of, column, settings, options))
    hidden = _hide(drafts, maker, routes, options)
    return tuple(
        _finish(draft, reasons, options)
        for draft, reasons in zip(drafts, hidden, strict=True)
    )


def _shown_rows(
    matrix: CodedMatrix, shares: Shares, held_back: Collection[str]
) -> list[int]:
    main_themes = matrix.main_themes()
    order = published_order(matrix, shares)
    shown = []
    for number in order:
        is_known = shares.count_of(matrix.rows[number].key) is not None
        if is_known and main_themes[number] not in held_back:
            shown.append(number)
    return shown


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


class BreakdownDraft(NamedTuple):
    """A breakdown before anything is hidden.

    Attributes:
        made_from: the column of the comments that the groups are made from; empty where they
            are routes.
        values: (n_comments,) the group of each comment, empty where it is missing.
        cells: of each part, group by group.
        notes: what stands before the notes on its cells.
    """

    column: str
    made_from: str
    values: Texts
    parts: list[BreakdownPart]
    cells: list[list[BreakdownCell]]
    notes: tuple[str, ...]

    @property
    def by_route(self) -> bool:
        """Whether the groups are routes."""
        return not self.made_from


def draft_by_column(
    maker: CellMaker,
    routes: Sequence[Route],
    column: str,
    settings: Settings,
    options: Options,
) -> BreakdownDraft:
    """The themes by the groups of a column, route by route; pooled only where no source has
    weights.

    Args:
        routes: that have tables of their own; none for a table of all sources alone.
    """
    comments = maker.matrix.comments
    grouping = group_by(comments, column, settings.derived, settings.missing)
    parts = [
        BreakdownPart(route.name, route.members(comments["source"]), route.weighted)
        for route in routes
    ]
    cells = [_make_ordered(maker, part, grouping.values) for part in parts]
    if len(routes) != 1 and not any(route.weighted for route in routes):
        everything = BreakdownPart(
            ALL_SOURCES, np.ones(len(comments), dtype=np.bool_), False
        )
        parts.append(everything)
        # Beside those of its routes, comparisons of the pooled table would give small groups away.
        of_routes = list(chain.from_iterable(cells))
        compare = all(cell.base >= options.minimum_base for cell in of_routes)
        cells.append(_make_ordered(maker, everything, grouping.values, compare=compare))
    made_from = column
    if column in settings.derived:
        made_from = settings.derived[column].column
    notes = (*_other_question_notes(made_from, settings), *grouping.notes)
    return BreakdownDraft(column, made_from, grouping.values, parts, cells, notes)


def _other_question_notes(column: str, settings: Settings) -> list[str]:
    """What to tell where not all answers in a column are to the same question."""
    if column not in settings.other_wordings:
        return []
    return [
        f"Caution: the column {column} holds answers to different questions "
        f"({settings.wording_of(column)}). Do not use this breakdown."
    ]


def _make_ordered(
    maker: CellMaker, part: BreakdownPart, values: Texts, *, compare: bool = True
) -> list[BreakdownCell]:
    groups = ordered_groups(values[part.members])
    return maker.make(part, values, groups, compare=compare)


def draft_by_route(maker: CellMaker, routes: Sequence[Route]) -> BreakdownDraft:
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
    notes = tuple(route_weight_notes(routes))
    return BreakdownDraft("route", "", texts, [part], [cells], notes)


# ---------------------------------------------------------------- what is hidden


def _hide(
    drafts: Sequence[BreakdownDraft],
    maker: CellMaker,
    routes: Sequence[Route],
    options: Options,
) -> list[list[Suppression]]:
    """What each part of each breakdown does not show."""
    by_column = [draft for draft in drafts if not draft.by_route]
    comments = _counted_comments(by_column, maker, routes)
    tables = []
    for number, draft in enumerate(by_column):
        tables += _count_parts(draft, comments.counts, number, options)
    limits = Limits(options.minimum_base, options.minimum_cell)
    reasons = iter(hide_cells(tables, comments, limits))
    hidden = []
    for draft in drafts:
        if draft.by_route:
            hidden.append(_hide_small_routes(draft, comments.counts, options))
        else:
            hidden.append([next(reasons) for _ in draft.parts])
    return hidden


def _hide_small_routes(
    draft: BreakdownDraft, counts: Floats, options: Options
) -> list[Suppression]:
    """The theme table shows the counts of each source, so no cell of a route is hidden for its
    size.
    """
    tables = _count_parts(draft, counts, 0, options)
    return [hide_in_rows(table, Limits(options.minimum_base, 0)) for table in tables]


def _count_parts(
    draft: BreakdownDraft, counts: Floats, number: int, options: Options
) -> list[GroupTable]:
    tables = []
    for part, cells in zip(draft.parts, draft.cells, strict=True):
        table = count_cells(
            cells,
            draft.values,
            part,
            counts,
            grouping=number,
            minimum_base=options.minimum_base,
        )
        tables.append(table)
    return tables


def _counted_comments(
    drafts: Sequence[BreakdownDraft], maker: CellMaker, routes: Sequence[Route]
) -> CountedComments:
    source = maker.matrix.comments["source"]
    groupings = []
    for draft in drafts:
        groupings.append(_number_groups(draft.column, draft.made_from, draft.values))
    sources = source.to_numpy(dtype=object).astype(np.str_)
    groupings.append(_number_groups("source", "source", sources))
    return CountedComments(
        rows=[maker.matrix.rows[number] for number in maker.numbers],
        counts=maker.shares.expected[:, maker.numbers],
        routes=[route.members(source) for route in routes],
        groupings=groupings,
    )


def _number_groups(column: str, made_from: str, values: Texts) -> Grouping:
    groups, codes = np.unique(values, return_inverse=True)
    numbers = np.cumsum(groups != "") - 1
    numbers[groups == ""] = -1
    return Grouping(column, made_from, numbers[codes])


def _finish(
    draft: BreakdownDraft, hidden: Sequence[Suppression], options: Options
) -> Breakdown:
    cells = [
        _without_comparisons(part_cells, of_part)
        for part_cells, of_part in zip(draft.cells, hidden, strict=True)
    ]
    reasons = [of_part.reasons for of_part in hidden]
    table = build_cell_table(cells, reasons, options.correction)
    notes = cell_notes(table, draft.parts, options, by_route=draft.by_route)
    withheld = sum(int(of_part.without_comparison.sum()) for of_part in hidden)
    return Breakdown(
        draft.column,
        f"Themes by {draft.column}",
        without_protection(table),
        (*draft.notes, *notes, *withheld_notes(withheld)),
        (*describe_tests(table, options), *describe_protection(table, options)),
    )


def _without_comparisons(
    cells: Sequence[BreakdownCell], hidden: Suppression
) -> list[BreakdownCell]:
    """The cells of a part without the comparisons that are withheld."""
    n_rows = len(hidden.without_comparison)
    kept = []
    for place, cell in enumerate(cells):
        if hidden.without_comparison[place % n_rows]:
            kept.append(replace(cell, comparison=None))
        else:
            kept.append(cell)
    return kept
