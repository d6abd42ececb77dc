"""The groups that themes were adopted from, found again among the comments that are coded.

A group is no decision: nobody looked at its comments. It tells how common a theme was, and which
comments were taken for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook, Theme
from coder.text import text_hash

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_SHARE = 0.9


class ThemeGroup(NamedTuple):
    """What is known of one theme's group among n comments. k of them belong to it.

    Attributes:
        column: of the theme.
        members: (k,) rows of the comments, ascending; none where the comments are others.
        strength: (k,) how strongly each belongs, [-1, 1].
        fit: (k,) core, weak or unclear.
        size: different texts of the group, among these comments or not.
        share: of these comments that the group is expected to have, in (0, 1): those in it, and
            of comments that were not grouped with it as many as of those that were.
        known: of these comments that were grouped with it, in [0, 1].
        is_pool: it is the group of the theme that this one was split from: its comments are
            found in there, and are not more.
    """

    column: int
    members: Integers
    strength: Floats
    fit: NDArray[np.str_]
    size: int
    share: float
    known: float
    is_pool: bool = False


def match_groups(
    rows: "pd.DataFrame | None",
    codebook: Codebook,
    texts: Iterable[str],
) -> tuple[ThemeGroup, ...]:
    """The groups of a codebook's themes, through `was` and `split_from`.

    A merged theme has the comments of all that it was made of. A theme that was split off and has
    no group of its own has that of the former theme as its pool.

    Args:
        rows: `tables.GROUPS` kept with the codebook; None for none.
        texts: of the comments that are coded, by row.
    """
    if rows is None or rows.empty:
        return ()
    current = rows["theme_id"].map(codebook.current_ids)
    by_theme = {str(theme_id): part for theme_id, part in rows.groupby(current)}
    by_former = {str(theme_id): part for theme_id, part in rows.groupby("theme_id")}
    places = _rows_by_hash(texts)
    groups = []
    for column, theme in enumerate(codebook.active):
        own = by_theme.get(theme.id)
        pool = _pool_of(theme, by_theme, by_former)
        if own is not None:
            groups.append(_match_group(column, own, places))
        elif pool is not None:
            group = _match_group(column, pool, places)
            groups.append(group._replace(is_pool=True))
    return tuple(groups)


def expected_sizes(
    groups: Iterable[ThemeGroup],
    codebook: Codebook,
    n: int,
) -> dict[str, int]:
    """How many of n comments each group is expected to have, by theme (see `ThemeGroup`).

    Every comment of a sub-theme is one of its parent's, so the groups of sub-themes count in the
    parent's. Themes without a group of their own are left out.
    """
    by_theme = {
        codebook.active[group.column].id: group for group in groups if not group.is_pool
    }
    sizes = {}
    for theme in codebook.active:
        if theme.id in by_theme:
            family = [theme.id, *_sub_themes(theme)]
            sizes[theme.id] = _joint_size(
                [by_theme[member] for member in family if member in by_theme], n
            )
    return sizes


def _sub_themes(theme: Theme) -> list[str]:
    """The ids of the themes under this one, however deep."""
    below = []
    for child in theme.themes:
        below += [child.id, *_sub_themes(child)]
    return below


def _joint_size(groups: Sequence[ThemeGroup], n: int) -> int:
    """How many of n comments are expected in at least one of the groups."""
    members = np.unique(np.concatenate([group.members for group in groups]))
    beyond = [group.share * n - len(group.members) for group in groups]
    return round(len(members) + max(beyond))


def _pool_of(
    theme: Theme,
    by_theme: "Mapping[str, pd.DataFrame]",
    by_former: "Mapping[str, pd.DataFrame]",
) -> "pd.DataFrame | None":
    """The group of the theme that this one was split from, which may have been renamed since."""
    if theme.split_from is None:
        return None
    former = by_former.get(theme.split_from)
    return by_theme.get(theme.split_from) if former is None else former


def _rows_by_hash(texts: Iterable[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        places.setdefault(text_hash(text), []).append(row)
    return places


def _match_group(
    column: int,
    part: "pd.DataFrame",
    places: Mapping[str, Sequence[int]],
) -> ThemeGroup:
    """One theme's group, each text with its best strength.

    Args:
        places: rows of the comments by the hash of their text.
    """
    n = sum(map(len, places.values()))
    best = part.sort_values("strength").drop_duplicates("text_hash", keep="last")
    here = best[best["text_hash"].isin(places)]
    copies = [places[key] for key in here["text_hash"]]
    times = [len(rows) for rows in copies]
    members = np.array([row for rows in copies for row in rows], dtype=np.int64)
    order = np.argsort(members)
    grouped = max(int(best["of"].max()), len(best))
    known = min(1.0, grouped * len(here) / len(best) / len(places))
    share = len(members) / n + (1 - known) * len(best) / grouped
    strength = here["strength"].to_numpy(dtype=float)
    fit = here["fit"].to_numpy(dtype=str)
    return ThemeGroup(
        column=column,
        members=members[order],
        strength=np.repeat(strength, times)[order],
        fit=np.repeat(fit, times)[order],
        size=len(best),
        share=min(LARGEST_SHARE, share),
        known=known,
    )
