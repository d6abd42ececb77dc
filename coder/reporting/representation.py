"""Who answered: the groups of a protected characteristic against their shares of the population.

A count from 1 up to the smallest that may be shown is hidden. So that it cannot be worked out from
the total, so are others beside it, until two or more are hidden and each could have at least
`SIZES` sizes: small groups first, then those whose group is not stated, then large groups. What
is shown of the groups follows from shown counts alone.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.errors import CoderError
from coder.figures import join_names
from coder.reporting.coded_matrix import Bools
from coder.reporting.groups import Texts, ordered_groups
from coder.reporting.suppression import Limits
from coder.statistics.intervals import wilson
from coder.text import free_name, name_some, quoted_cell

NOT_STATED = "Not stated"
SMALL = "small"
MOST_HIDDEN = 0.05  # of the comments shown
SIZES = 3  # that a hidden group could have, as far as a reader can tell
NOBODY, FEWER, SIMILAR, MORE = "nobody", "fewer", "similar", "more"


class GroupSizes(NamedTuple):
    """Comments of each group of one route, and what is hidden of them.

    Attributes:
        sizes: group to its comments.
        not_stated: comments whose group is not known.
        hidden: groups whose comments are not told.
        hides_not_stated: nor are those whose group is not known.
    """

    route: str
    sizes: Mapping[str, int]
    not_stated: int
    hidden: frozenset[str]
    hides_not_stated: bool

    @property
    def base(self) -> int:
        """The base of shares: comments whose group is known. Where those are not told, comments of
        the groups shown; 0 where a group is hidden that would make too great a difference.
        """
        hidden = sum(self.sizes[group] for group in self.hidden)
        shown = sum(self.sizes.values()) - hidden
        if not self.hides_not_stated:
            return shown + hidden
        return shown if hidden <= MOST_HIDDEN * shown else 0


def count_groups(
    route: str, members: Bools, values: Texts, limits: Limits
) -> GroupSizes:
    """The sizes of the groups of a route, small ones hidden.

    Args:
        members: (n_comments,) those of the route.
        values: (n_comments,) the group of each, empty where it is not known.
    """
    own = values[members]
    sizes = {group: int((own == group).sum()) for group in ordered_groups(own)}
    not_stated = int((own == "").sum())
    hidden, hides_not_stated = hide_small(sizes, not_stated, limits)
    return GroupSizes(route, sizes, not_stated, hidden, hides_not_stated)


def hide_small(
    sizes: Mapping[str, int], not_stated: int, limits: Limits
) -> tuple[frozenset[str], bool]:
    """Which groups are hidden, and whether the number of those not stated is (see above)."""
    hidden = {group for group, n in sizes.items() if 0 < n < limits.cell}
    if not hidden:
        return frozenset(), False
    together = sum(sizes[group] for group in hidden)
    for n, group in _in_order_hidden(sizes, not_stated, limits):
        if len(hidden) > 1 and together - len(hidden) >= SIZES - 1:
            break
        hidden.add(group)
        together += n
    return frozenset(hidden - {""}), "" in hidden


def _in_order_hidden(
    sizes: Mapping[str, int], not_stated: int, limits: Limits
) -> list[tuple[int, str]]:
    """What can be hidden besides small counts, and its size; those not stated have no name."""
    others = sorted(
        (n, group) for group, n in sizes.items() if n >= max(1, limits.cell)
    )
    small = [each for each in others if each[0] < limits.base]
    large = [each for each in others if each[0] >= limits.base]
    missing = [(not_stated, "")] if not_stated else []
    return [*small, *missing, *large]


# ---------------------------------------------------------------- the population


def match_groups(
    characteristic: str,
    population: Mapping[str, float],
    groups: Sequence[str],
    place: str,
) -> dict[str, float]:
    """The share of each group under the survey's name for it; groups that nobody gave keep theirs.

    Names match whatever their case, spaces and dashes.

    Args:
        population: the file's names to shares in [0, 1].
        groups: of the survey.
        place: the file, for the error.

    Raises:
        CoderError: names of the file and of the survey are left that have no match.
    """
    own_name = {_plain_name(group): group for group in groups}
    shares = {}
    for name, share in population.items():
        shares[own_name.get(_plain_name(name), name)] = share
    unknown = [name for name in shares if name not in groups]
    without = [group for group in groups if group not in shares]
    if unknown and without:
        raise CoderError(
            f"{place}: {characteristic}: no answer in the survey is {_quote_some(unknown)}, and "
            f"there is no share for {_quote_some(without)}",
            "Use the survey's names for groups, or join its answers under `derived` in "
            "project.yaml. Give a group that the population does not count the share 0.",
        )
    return shares


def _quote_some(names: Sequence[str]) -> str:
    return name_some([quoted_cell(name) for name in names])


def _plain_name(name: str) -> str:
    text = re.sub(r"\s+", " ", name.casefold()).strip()
    text = re.sub(r"\s*[-–—]\s*", "-", text)
    return re.sub(r"(?<=\d) to (?=\d)", "-", text)


# ---------------------------------------------------------------- the table


def respondents_table(
    characteristic: str,
    counted: Sequence[GroupSizes],
    population: Mapping[str, float],
) -> pd.DataFrame:
    """Who answered (`tables.RESPONDENTS`).

    Intervals are Wilson's: how far the share could differ by chance, had people answered at
    random.

    Args:
        characteristic: its id.
        counted: of each route.
        population: group to its share in [0, 1]; empty where none is given.
    """
    lines: list[dict[str, Any]] = []
    for route in counted:
        names = dict.fromkeys([*route.sizes, *population])
        for group in names:
            line = _line_of(route, group, population.get(group))
            lines.append({"characteristic": characteristic, **line})
        if route.not_stated:
            line = _line_not_stated(route)
            lines.append({"characteristic": characteristic, **line})
    table = pd.DataFrame(lines, columns=list(tables.RESPONDENTS.columns))
    return table.astype(tables.RESPONDENTS.dtypes)


def _line_not_stated(route: GroupSizes) -> dict[str, Any]:
    name = free_name(NOT_STATED, route.sizes)
    line: dict[str, Any] = {"route": route.route, "group": name}
    line |= {"compared": "", "hidden": SMALL}
    if not route.hides_not_stated:
        line |= {"n": route.not_stated, "hidden": ""}
    return line


def _line_of(route: GroupSizes, group: str, population: float | None) -> dict[str, Any]:
    line: dict[str, Any] = {
        "route": route.route,
        "group": group,
        "compared": "",
        "hidden": "",
    }
    if population is not None:
        line["population"] = 100 * population
    n = route.sizes.get(group, 0)
    if group in route.hidden:
        return {**line, "hidden": SMALL}
    line["n"] = n
    if not route.base:
        return line
    share = n / route.base
    low, high = map(float, wilson(share, route.base))
    line |= {"percent": 100 * share, "low": 100 * low, "high": 100 * high}
    if population is None:
        return line
    line["compared"] = _compare(n, low, high, population)
    if population > 0:
        line["ratio"] = share / population
    return line


def _compare(n: int, low: float, high: float, population: float) -> str:
    if not n and population > 0:
        return NOBODY
    if high < population:
        return FEWER
    return MORE if low > population else SIMILAR


def without_hidden(cells: pd.DataFrame, counted: Sequence[GroupSizes]) -> pd.DataFrame:
    """The cells of a breakdown without anything that tells how large a hidden group is.

    Args:
        cells: `tables.CELLS`.
    """
    places = set()
    for route in counted:
        places |= {(route.route, group) for group in route.hidden}
    of_rows = zip(cells["route"], cells["group"], strict=True)
    is_hidden = np.array([place in places for place in of_rows], dtype=np.bool_)
    told = {"route", "group", "theme_id", "position_id", "theme", "hidden"}
    kept = cells.copy()
    for name in cells.columns:
        if name in told:
            continue
        if name in ("test", "significant"):
            kept[name] = cells[name].mask(is_hidden, "")
        else:
            kept[name] = cells[name].mask(is_hidden)
    is_large = is_hidden & (cells["hidden"] == "").to_numpy()
    kept.loc[is_large, "hidden"] = "cell"
    return kept.astype(tables.CELLS.dtypes)


def absent_groups(respondents: pd.DataFrame) -> str:
    """Who is missing or rare among those who answered; empty where nobody is.

    Args:
        respondents: `tables.RESPONDENTS`.
    """
    routes = respondents["route"].nunique()
    sentences = []
    for compared, words in (
        (NOBODY, "Nobody answered from"),
        (FEWER, "Fewer than in the population"),
    ):
        rows = respondents[respondents["compared"] == compared]
        if len(rows):
            sentences.append(f"{words}: {_names(rows, with_route=routes > 1)}.")
    return " ".join(sentences)


def _names(rows: pd.DataFrame, *, with_route: bool) -> str:
    names = []
    for route, group in rows[["route", "group"]].itertuples(index=False):
        names.append(f"{group} ({route})" if with_route else str(group))
    return join_names(names)
