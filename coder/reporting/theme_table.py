"""The theme table: counts and shares with their intervals, per source, in the order that is published."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.reporting.coded_matrix import CodedMatrix, Floats, Key
from coder.statistics.estimates import Estimate, exactly, rank_intervals, share


class Shares(NamedTuple):
    """One estimate for each row, over all comments and per source."""

    total: dict[Key, Estimate]
    expected: Floats  # (n_comments, n_rows) 0 or 1 where read or as coded; else what adds up to the estimates
    by_source: dict[
        str, dict[Key, float]
    ]  # shares in [0, 1]; those of the pooled sources add up to the total
    bases: dict[str, int]


def sources_of(counted: CodedMatrix) -> list[str]:
    """The sources, the largest first, by name where equal: the order carries through every output."""
    sizes = counted.comments["source"].value_counts()
    return sorted(map(str, sizes.index), key=lambda name: (-int(sizes[name]), name))


def estimate_shares(counted: CodedMatrix, *, calibrated: bool) -> Shares:
    """The share of every row. Per source the same adjustment is spread, so that sources add up to the total."""
    sources = sources_of(counted)
    source = counted.comments["source"].to_numpy()
    bases = {name: int((source == name).sum()) for name in sources}
    total: dict[Key, Estimate] = {}
    by_source: dict[str, dict[Key, float]] = {name: {} for name in sources}
    everything = counted.carries.astype(np.float64)
    for number, row in enumerate(counted.rows):
        carries, judged = counted.carries[:, number], counted.judged[:, number]
        probability = counted.probability[:, number]
        found = share(
            carries,
            judged,
            counted.audited[:, number],
            probability,
            order=counted.order[:, number],
            calibrated=calibrated,
        )
        total[row.key] = found
        if found.method == "audit":
            everything[:, number] = _spread(carries, judged, probability, found)
        expected = everything[:, number]
        for name in sources:
            by_source[name][row.key] = (
                float(expected[source == name].mean()) if bases[name] else np.nan
            )
    return Shares(total, everything, by_source, bases)


def beside(shares: Shares, apart: Shares) -> Shares:
    """The shares with those of sources that are not pooled with the others: per source only."""
    return shares._replace(
        by_source={**shares.by_source, **apart.by_source}, bases={**shares.bases, **apart.bases}
    )


def _spread(
    carries: np.ndarray, judged: np.ndarray, probability: np.ndarray, found: Estimate
) -> np.ndarray:
    """(n_comments,) 0 or 1 where read, else the model's expectation scaled so that all add to the estimate."""
    expected = np.where(judged, carries, np.nan_to_num(probability))
    unread = ~judged
    wanted = found.value * found.base - float(carries[judged].sum())
    given = float(expected[unread].sum())
    if given > 0:
        expected = np.where(unread, expected * (wanted / given), expected)
    elif unread.any():
        expected = np.where(unread, wanted / int(unread.sum()), expected)
    return np.asarray(expected, dtype=float)


def rank_ranges(
    counted: CodedMatrix, shares: Shares, rng: np.random.Generator
) -> dict[Key, tuple[int, int]]:
    """Lowest and highest rank of every main theme; empty where one of them has no interval."""
    main = [number for number, row in enumerate(counted.rows) if row.ranked]
    if any(not shares.total[counted.rows[number].key].has_interval for number in main):
        return {}
    estimates = [shares.total[counted.rows[number].key] for number in main]
    audits = [estimate.audit or exactly(estimate.value) for estimate in estimates]
    together = counted.audited[:, main].all(axis=1)
    residuals: Floats = counted.carries[together][:, main] - np.nan_to_num(
        counted.probability[together][:, main]
    )
    ranges = rank_intervals(audits, residuals, rng)
    return {
        counted.rows[number].key: (int(low), int(high))
        for number, (low, high) in zip(main, ranges, strict=True)
    }


def published_order(counted: CodedMatrix, shares: Shares) -> list[int]:
    """Row numbers, main themes by count, each followed by its positions and then its sub-themes by count.

    Equal counts keep the codebook's order.
    """
    numbers = counted.row_number

    def size(number: int) -> float:
        return -round(shares.total[counted.rows[number].key].value * len(counted.comments), 6)

    def children(theme_id: str) -> list[int]:
        found = [
            n
            for n, row in enumerate(counted.rows)
            if row.position is None and row.parent_id == theme_id
        ]
        return sorted(found, key=size)

    def walk(number: int) -> list[int]:
        theme = counted.rows[number].theme
        positions = sorted(
            (numbers[(theme.id, position.id)] for position in theme.positions), key=size
        )
        return [number, *positions, *(n for child in children(theme.id) for n in walk(child))]

    return [n for main in children("") for n in walk(main)]


def build_theme_table(
    counted: CodedMatrix,
    shares: Shares,
    ranks: dict[Key, tuple[int, int]],
    quotes: pd.DataFrame,
    *,
    minimum_base: int,
    held_back: set[str],
) -> pd.DataFrame:
    """The theme table of the contract.

    Args:
        ranks: lowest and highest rank of main themes, where they can be computed.
        quotes: theme_id, position_id, number (from 1), quote, source, comment_id.
        minimum_base: fewer comments, of a source or of all, get counts and no percentage (E9).
        held_back: main themes under the display threshold; they and what stands under them give no row.
    """
    pooled = sources_of(counted)
    apart = [name for name in shares.bases if name not in pooled]
    sources = [*pooled, *apart]
    base = len(counted.comments)
    enough_in_all = base >= minimum_base
    said = {(q.theme_id, q.position_id, q.number): q for q in quotes.itertuples()}
    most = int(quotes["number"].max()) if len(quotes) else 0
    lines: list[dict[str, object]] = []
    shared = _ranks(counted, shares)
    for number in published_order(counted, shares):
        row = counted.rows[number]
        if _main_theme(counted, number) in held_back:
            continue
        found = shares.total[row.key]
        n = round(found.value * base) if base else 0
        low, high = ranks.get(row.key, (pd.NA, pd.NA)) if row.ranked else (pd.NA, pd.NA)
        if row.key in ranks:  # a shared rank is the first of the places shared
            low = min(low, shared[row.key])
        line: dict[str, object] = {
            "rank": shared.get(row.key, pd.NA),
            "theme_id": row.theme.id,
            "theme": row.name,
            "parent_id": row.parent_id,
            "position_id": row.key[1],
            "description": row.description,
            "n": n,
            "percent": 100 * found.value if enough_in_all else np.nan,
            "low": 100 * found.low if enough_in_all else np.nan,
            "high": 100 * found.high if enough_in_all else np.nan,
            "rank_low": low,
            "rank_high": high,
        }
        split = _whole_parts(
            [shares.by_source[name][row.key] * shares.bases[name] for name in pooled], n
        )
        split += [round(shares.by_source[name][row.key] * shares.bases[name]) for name in apart]
        for name, part in zip(sources, split, strict=True):
            line[f"n_{name}"] = part
            enough = shares.bases[name] >= minimum_base
            line[f"percent_{name}"] = 100 * shares.by_source[name][row.key] if enough else np.nan
        for place in range(1, most + 1):
            quote = said.get((*row.key, place))
            line[f"quote_{place}"] = str(quote.quote) if quote else ""
            line[f"quote_{place}_source"] = str(quote.source) if quote else ""
            line[f"quote_{place}_id"] = str(quote.comment_id) if quote else ""
        lines.append(line)
    return _typed(pd.DataFrame(lines), sources)


def _ranks(counted: CodedMatrix, shares: Shares) -> dict[Key, int]:
    """The rank of every main theme: 1 and as many as have a greater count, so equal counts share one."""
    base = len(counted.comments)
    counts = {
        row.key: round(shares.total[row.key].value * base)
        for row in counted.rows
        if row.ranked and base
    }
    return {key: 1 + sum(other > n for other in counts.values()) for key, n in counts.items()}


def _main_theme(counted: CodedMatrix, number: int) -> str:
    row = counted.rows[number]
    parents = {r.theme.id: r.parent_id for r in counted.rows}
    theme_id = row.theme.id
    while parents.get(theme_id):
        theme_id = parents[theme_id]
    return theme_id


def main_theme_of(counted: CodedMatrix) -> list[str]:
    """(n_rows,) the id of the main theme that each row stands under."""
    return [_main_theme(counted, number) for number in range(len(counted.rows))]


def _whole_parts(parts: list[float], total: int) -> list[int]:
    """Whole numbers near the parts that add to the total (largest remainders)."""
    floors = [int(np.floor(part + 1e-9)) for part in parts]
    rest = [part - floor for part, floor in zip(parts, floors, strict=True)]
    for place in sorted(range(len(parts)), key=lambda i: (-rest[i], i))[
        : max(0, total - sum(floors))
    ]:
        floors[place] += 1
    return floors


def _typed(table: pd.DataFrame, sources: list[str]) -> pd.DataFrame:
    whole = ["rank", "n", "rank_low", "rank_high", *(f"n_{name}" for name in sources)]
    return table.astype({name: "Int64" for name in whole if name in table.columns})
