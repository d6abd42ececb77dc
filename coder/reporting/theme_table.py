"""The theme table (`tables.THEMES`): a row for each theme and position, in the order that is
published.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from coder import tables
from coder.reporting.coded_matrix import CodedMatrix, Key, MatrixRow
from coder.reporting.counts import Counts
from coder.reporting.shares import Rank, Shares, whole_comments


def build_theme_table(
    counts: Counts,
    shares: Shares,
    ranks: Mapping[Key, Rank],
    quotes: pd.DataFrame,
    *,
    minimum_base: int,
    held_back: Collection[str],
) -> pd.DataFrame:
    """The theme table.

    A statistic is a line in `tables.THEMES` and a function here that gives the cells of a row
    by column.

    Args:
        ranks: of the main themes.
        quotes: `tables.QUOTES`.
        minimum_base: fewer comments, of a source or of all, get counts and no percentage.
        held_back: main themes under the display threshold; they and what stands under them give
            no row.
    """
    matrix = counts.pooled
    main_themes = matrix.main_themes()
    quote_cells = _quote_cells(quotes)
    lines: list[dict[str, Any]] = []
    for number in published_order(matrix, shares):
        if main_themes[number] in held_back:
            continue
        row = matrix.rows[number]
        line = _name_cells(row)
        line |= _rank_cells(ranks.get(row.key))
        line |= _share_cells(row.key, shares, minimum_base)
        line |= _source_cells(row.key, shares, minimum_base)
        line |= quote_cells.get(row.key, {})
        lines.append(line)
    most_quotes = int(quotes["number"].max()) if len(quotes) else 0
    columns = _column_names(
        source=[*matrix.sources, *counts.apart],
        number=[str(number) for number in range(1, most_quotes + 1)],
    )
    if "place" not in quotes:
        unused = {f"quote_{number}_place" for number in range(1, most_quotes + 1)}
        columns = [name for name in columns if name not in unused]
    return _typed(pd.DataFrame(lines, columns=columns))


def published_order(matrix: CodedMatrix, shares: Shares) -> list[int]:
    """Row numbers: main themes by count, each followed by its positions and then its sub-themes by
    count.

    Equal counts keep the codebook's order.
    """
    positions: dict[str, list[int]] = {}
    sub_themes: dict[str, list[int]] = {}
    for number, row in enumerate(matrix.rows):
        if row.position is not None:
            positions.setdefault(row.theme.id, []).append(number)
        else:
            sub_themes.setdefault(row.parent_id, []).append(number)

    def size(number: int) -> float:
        # Rounded so that equal counts stay equal.
        estimate = shares.total[matrix.rows[number].key]
        if np.isnan(estimate.value):
            return 1.0  # after all others
        return -round(estimate.value * len(matrix.comments), 6)

    def in_order(parent_id: str) -> list[int]:
        order = []
        for number in sorted(sub_themes.get(parent_id, ()), key=size):
            theme_id = matrix.rows[number].theme.id
            order.append(number)
            order += sorted(positions.get(theme_id, ()), key=size)
            order += in_order(theme_id)
        return order

    return in_order("")


# ---------------------------------------------------------------- the cells of a row


def _name_cells(row: MatrixRow) -> dict[str, Any]:
    return {
        "theme_id": row.theme.id,
        "theme": row.name,
        "parent_id": row.parent_id,
        "position_id": row.key[1],
        "description": row.description,
    }


def _rank_cells(rank: Rank | None) -> dict[str, Any]:
    if rank is None:
        return {}
    return {"rank": rank.rank, "rank_low": rank.low, "rank_high": rank.high}


def _share_cells(key: Key, shares: Shares, minimum_base: int) -> dict[str, Any]:
    """Count, percentage and its interval over all sources that are counted together."""
    estimate = shares.total[key]
    if estimate.base < minimum_base:
        return {"n": shares.count_of(key)}
    return {
        "n": shares.count_of(key),
        "percent": 100 * estimate.value,
        "low": 100 * estimate.low,
        "high": 100 * estimate.high,
    }


def _source_cells(key: Key, shares: Shares, minimum_base: int) -> dict[str, Any]:
    """Count and percentage of each source."""
    cells: dict[str, Any] = {}
    for name, base in shares.bases.items():
        estimate = shares.by_source[name][key]
        cells[f"n_{name}"] = whole_comments(estimate)
        if base >= minimum_base:
            cells[f"percent_{name}"] = 100 * estimate.value
    return cells


def _quote_cells(quotes: pd.DataFrame) -> dict[Key, dict[str, Any]]:
    """The quotes of each row by column."""
    cells: dict[Key, dict[str, Any]] = {}
    for quote in quotes.itertuples():
        own = cells.setdefault((str(quote.theme_id), str(quote.position_id)), {})
        own[f"quote_{quote.number}"] = str(quote.quote)
        own[f"quote_{quote.number}_source"] = str(quote.source)
        own[f"quote_{quote.number}_id"] = str(quote.comment_id)
        if "place" in quotes:
            own[f"quote_{quote.number}_place"] = str(quote.place)
    return cells


# ---------------------------------------------------------------- columns


def _column_names(**repeated: Sequence[str]) -> list[str]:
    """The columns of `tables.THEMES`, repeated ones once for each value of their placeholder.

    Args:
        repeated: placeholder to its values: sources, numbers of quotes.
    """
    names: list[str] = []
    for placeholder, columns in groupby(
        tables.THEMES.declared, attrgetter("placeholder")
    ):
        patterns = [column.name for column in columns]
        if not placeholder:
            names += patterns
        for value in repeated.get(placeholder, ()):
            names += [pattern.format(**{placeholder: value}) for pattern in patterns]
    return names


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the declared types; text that is missing is empty."""
    dtypes = {}
    for name in table.columns:
        column = tables.THEMES.column(name)
        if column is not None:
            dtypes[name] = column.dtype
    empty_text = {name: "" for name, dtype in dtypes.items() if dtype == "str"}
    return table.fillna(empty_text).astype(dtypes)
