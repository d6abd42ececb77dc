"""The themes by groups of respondents: bases, shares, tests against the rest, and what must be hidden."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.project import Derived
from coder.reporting.coded_matrix import Bools, CodedMatrix, Floats
from coder.reporting.figures import join_names
from coder.reporting.groups import Grouping, Route, group_by, level_weights, ordered_groups
from coder.reporting.report import Breakdown
from coder.reporting.theme_table import Shares, main_theme_of, published_order
from coder.statistics.estimates import (
    FISHER,
    RAO_SCOTT,
    WALD,
    SampleShare,
    Test,
    difference_interval,
    difference_test,
    false_discovery,
    fisher,
    holm,
    rao_scott_table,
    sample_share,
    smallest_difference,
    two_shares,
)

SIGNIFICANT = 0.05
COLUMNS = (
    "route",
    "group",
    "theme_id",
    "position_id",
    "theme",
    "base",
    "n",
    "percent",
    "low",
    "high",
    "effective_base",
    "design_effect",
    "difference",
    "difference_low",
    "difference_high",
    "resolves",
    "test",
    "p",
    "p_adjusted",
    "significant",
    "hidden",
)


class Rules(NamedTuple):
    """How breakdowns are made."""

    minimum_base: int = 30  # comments under which a group shows nothing
    minimum_cell: int = 5  # comments under which a count is hidden
    correction: str = "holm"  # or fdr
    calibrated: bool = True
    derived: Mapping[str, Derived] = {}
    missing: Mapping[str, Sequence[str]] = {}
    held_back: Collection[str] = ()  # main themes that give no row


class Part(NamedTuple):
    """The comments that a table of groups is about, and how they are weighted."""

    name: str
    members: Bools  # (n_comments,)
    weighted: bool


def by_column(
    counted: CodedMatrix, shares: Shares, routes: Sequence[Route], column: str, rules: Rules
) -> Breakdown:
    """The themes by the groups of a column, route by route; pooled only where no source has weights."""
    grouping = group_by(counted.comments, column, rules.derived, rules.missing)
    source = counted.comments["source"].to_numpy()
    parts = [Part(route.name, np.isin(source, route.sources), route.weighted) for route in routes]
    pooled = len(routes) > 1 and not any(route.weighted for route in routes)
    if pooled:
        parts.append(Part("All sources, unweighted", np.ones(len(source), dtype=np.bool_), False))
    weights = level_weights(counted.comments, routes)
    found = [_cells(counted, shares, part, grouping.values, weights, rules) for part in parts]
    if pooled and any(cell["base"] < rules.minimum_base for cells in found[:-1] for cell in cells):
        _uncompared(found[-1])
    hidden = _hide(
        [_counts(cells, grouping, shares, part) for cells, part in zip(found, parts, strict=True)],
        rules,
        pooled=pooled,
    )
    cells = _finished(found, hidden, rules)
    notes = (*grouping.notes, *_notes(cells, parts, rules))
    return Breakdown(column, f"Themes by {column}", _published(cells), notes)


def by_route(
    counted: CodedMatrix, shares: Shares, routes: Sequence[Route], rules: Rules
) -> Breakdown:
    """The themes by route: each route, weighted where it has weights, against the others."""
    source = counted.comments["source"].to_numpy()
    values = np.full(len(source), "", dtype=object)
    for route in routes:
        values[np.isin(source, route.sources)] = route.name
    everybody = Part(
        "", np.ones(len(source), dtype=np.bool_), any(route.weighted for route in routes)
    )
    weights = level_weights(counted.comments, routes)
    grouping = Grouping(values.astype(np.str_), ())
    order = [route.name for route in routes]
    cells = _cells(counted, shares, everybody, grouping.values, weights, rules, order=order)
    hidden = _hide(
        [_counts(cells, grouping, shares, everybody)], rules._replace(minimum_cell=0), pooled=False
    )
    table = _finished([cells], hidden, rules)
    weighted = [route.name for route in routes if route.weighted]
    notes = []
    if weighted:
        others = " The other routes have no weights." if len(weighted) < len(routes) else ""
        notes.append(
            f"Percentages of {join_names(weighted)} are weighted; bases and counts (n) are not.{others}"
        )
    if any(not route.weighted for route in routes) and weighted:
        notes.append(
            "A route without weights is taken as opt-in: its intervals and tests read as if its respondents had been "
            "drawn at random."
        )
    notes += _notes(table, [everybody], rules, "the other routes")
    return Breakdown("route", "Themes by route", _published(table), tuple(notes))


def _cells(
    counted: CodedMatrix,
    shares: Shares,
    part: Part,
    values: NDArray[np.str_],
    weights: Floats,
    rules: Rules,
    *,
    order: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """A cell for each group and row of the theme table, before anything is hidden or corrected."""
    inside = part.members & (values != "")
    groups = list(order) if order is not None else ordered_groups(values[inside])
    own = {group: inside & (values == group) for group in groups}
    numbers = _numbers(counted, shares, rules)
    among = _compared_among(inside, own, rules, missing=bool((part.members & (values == "")).any()))
    cells = []
    for group in groups:
        base = int(own[group].sum())
        rest = among & ~own[group]
        for number in numbers:
            row = counted.rows[number]
            cell = {
                "route": part.name,
                "group": group,
                "theme_id": row.theme.id,
                "position_id": row.key[1],
                "theme": row.name,
                "base": base,
                "number": number,
                "n": float(shares.expected[own[group], number].sum()),
            }
            if base >= rules.minimum_base:
                one = _share(counted, shares, number, own[group], weights, rules)
                cell |= {
                    "one": one,
                    "percent": 100 * one.share,
                    "low": 100 * one.interval[0],
                    "high": 100 * one.interval[1],
                }
                cell |= {
                    "effective_base": one.effective,
                    "design_effect": one.design_effect if part.weighted else np.nan,
                }
                if int(rest.sum()) >= rules.minimum_base:
                    other = _share(counted, shares, number, rest, weights, rules)
                    cell |= _compared(
                        counted, number, own[group], rest, weights, one, other, part.weighted
                    )
            cells.append(cell)
    return cells


def _numbers(counted: CodedMatrix, shares: Shares, rules: Rules) -> list[int]:
    mains = main_theme_of(counted)
    return [n for n in published_order(counted, shares) if mains[n] not in rules.held_back]


def _compared_among(
    inside: Bools, own: Mapping[str, Bools], rules: Rules, *, missing: bool
) -> Bools:
    """(n_comments,) whom a group is compared with: without suppressed groups, where some answers are missing.

    A difference tells what the rest counts. Beside missing answers, which no table shows, that would give a
    suppressed group away; without them the route's own total does so already, and a large group is hidden too.
    """
    small = [group for group in own.values() if int(group.sum()) < rules.minimum_base]
    return inside & ~np.logical_or.reduce(small) if small and missing else inside


def _uncompared(cells: list[dict[str, Any]]) -> None:
    """Take the comparisons from a pooled table: beside those of its routes they would give small groups away."""
    for cell in cells:
        for name in (
            "difference",
            "difference_low",
            "difference_high",
            "together",
            "result",
            "could",
        ):
            cell.pop(name, None)


def _share(
    counted: CodedMatrix, shares: Shares, number: int, here: Bools, weights: Floats, rules: Rules
) -> SampleShare:
    found = sample_share(
        counted.carries[here, number],
        counted.judged[here, number],
        counted.audited[here, number],
        counted.probability[here, number],
        weights[here],
        order=counted.order[here, number],
        calibrated=rules.calibrated,
    )
    if found.method == "coded":
        expected = float(np.average(shares.expected[here, number], weights=weights[here]))
        return found._replace(share=expected)
    return found


def _compared(
    counted: CodedMatrix,
    number: int,
    here: Bools,
    rest: Bools,
    weights: Floats,
    one: SampleShare,
    other: SampleShare,
    weighted: bool,
) -> dict[str, Any]:
    """The difference from the rest with its interval, and the test of it; nothing where there is no variance."""
    if one.method == "coded" or other.method == "coded":
        return {}
    low, high = difference_interval(one, other)
    together = (one.share * one.base + other.share * other.base) / (one.base + other.base)
    found = {
        "difference": 100 * (one.share - other.share),
        "difference_low": 100 * low,
        "difference_high": 100 * high,
        "together": together,
        "effective_other": other.effective,
        "base_other": other.base,
    }
    if one.method == "audit" or other.method == "audit":
        tested = difference_test(one, other)
        return {**found, "result": tested} if tested.p == tested.p else found
    carries = counted.carries[:, number]
    inside, outside = int(carries[here].sum()), int(carries[rest].sum())
    if not weighted:
        return {
            **found,
            "result": two_shares(inside, one.base, outside, other.base),
            "could": _could_show(inside, outside, one.base, other.base),
        }
    sums, squares = (
        np.array([[w[g & carries].sum(), w[g & ~carries].sum()] for g in (here, rest)])
        for w in (weights, weights**2)
    )
    tested = rao_scott_table(one.base + other.base, sums, squares)
    if tested.p == tested.p:
        return {**found, "result": tested}
    # Nobody here or nobody there carries the theme (or everybody): the weighted test does not exist.
    return {
        **found,
        "result": fisher(inside, one.base, outside, other.base),
        "could": _could_show(inside, outside, one.base, other.base),
    }


def _could_show(inside: int, outside: int, base_inside: int, base_outside: int) -> float:
    """The smallest p that the theme's comments could give, however they fell between the group and the rest."""
    carrying = inside + outside
    least, most = max(0, carrying - base_outside), min(carrying, base_inside)
    ends = (two_shares(k, base_inside, carrying - k, base_outside).p for k in (least, most))
    return min(ends)


# ---------------------------------------------------------------- hidden cells


class Counts(NamedTuple):
    """One route's table of counts, for deciding what to hide."""

    groups: tuple[str, ...]
    bases: NDArray[np.int64]  # (n_groups,)
    n: Floats  # (n_groups, n_rows)
    missing: Floats  # (n_rows,) comments with the theme whose group is missing
    nameless: int  # comments whose group is missing, with the theme or not


def _counts(cells: list[dict[str, Any]], grouping: Grouping, shares: Shares, part: Part) -> Counts:
    groups = tuple(dict.fromkeys(cell["group"] for cell in cells))
    numbers = list(dict.fromkeys(cell["number"] for cell in cells))
    n = np.array([[c["n"] for c in cells if c["group"] == g] for g in groups]).reshape(
        len(groups), len(numbers)
    )
    bases = np.array(
        [next(c["base"] for c in cells if c["group"] == g) for g in groups], dtype=np.int64
    )
    gone = part.members & (grouping.values == "")
    return Counts(groups, bases, n, shares.expected[gone][:, numbers].sum(axis=0), int(gone.sum()))


def _hide(tables_: list[Counts], rules: Rules, *, pooled: bool) -> list[NDArray[np.str_]]:
    """Why each cell is hidden (empty: it is shown), so that no hidden cell follows from the rest by subtraction.

    In every row of a route either nothing is hidden, or two cells at least, and where one is hidden for its own
    smallness they hold `minimum_cell` comments together. Missing answers, which are never shown, count as one
    beside suppressed groups only: what the groups compared hold together follows from their differences. The
    pooled table, the last, hides what any route hides, since a route's cell is the pooled one less the others.
    """
    found = [_hide_in(table, rules) for table in tables_]
    if pooled and rules.minimum_cell:
        last, last_table = found[-1], tables_[-1]
        for hidden, table in zip(found[:-1], tables_[:-1], strict=True):
            for at, group in enumerate(table.groups):
                if group in last_table.groups:
                    here = last_table.groups.index(group)
                    last[here] = np.where(
                        (last[here] == "") & (hidden[at] != ""), "protects", last[here]
                    )
        found[-1] = _protected(last, last_table, rules)
    return found


def _hide_in(table: Counts, rules: Rules) -> NDArray[np.str_]:
    counts = np.round(table.n)
    hidden = np.full(counts.shape, "", dtype=object)
    hidden[(counts > 0) & (counts < rules.minimum_cell)] = "cell"
    hidden[table.bases < rules.minimum_base] = "base"
    return _protected(hidden, table, rules)


def _protected(hidden: NDArray[Any], table: Counts, rules: Rules) -> NDArray[np.str_]:
    if not rules.minimum_cell:
        return hidden.astype(np.str_)
    counts = np.round(table.n)
    large = table.bases >= rules.minimum_base
    apart = (
        table.nameless > 0 and int(large.sum()) > 1
    )  # the large groups are compared among themselves
    for row in range(counts.shape[1]):
        while True:
            out = hidden[:, row] != ""
            mine = out & large if apart else out
            size = int(mine.sum()) + (not apart and table.nameless > 0)
            # A cell hidden for its own smallness is known to hold one at least; a small group may hold none.
            total = counts[mine, row].sum() + (0 if apart else table.missing[row])
            enough = total >= rules.minimum_cell or (hidden[mine, row] == "base").all()
            if not mine.any() or out.all() or (size >= 2 and enough):
                break
            left = np.flatnonzero(~out)
            hidden[left[np.argmin(counts[left, row] + 1e6 * (counts[left, row] == 0))], row] = (
                "protects"
            )
    return hidden.astype(np.str_)


# ---------------------------------------------------------------- finished


def _finished(
    found: list[list[dict[str, Any]]], hidden: list[NDArray[np.str_]], rules: Rules
) -> pd.DataFrame:
    """The cells as a table: p-values corrected within each route, hidden cells empty."""
    frames = []
    for cells, out in zip(found, hidden, strict=True):
        groups = list(dict.fromkeys(cell["group"] for cell in cells))
        n_rows = len(cells) // max(1, len(groups))
        for at, cell in enumerate(cells):
            cell["hidden"] = str(out[at // n_rows, at % n_rows])
        shown = [cell for cell in cells if not cell["hidden"] and "result" in cell]
        # Where two groups are all that is compared, each is the other's rest: one test a row, counted once.
        sizes = {
            cell["group"]: (cell["base"], cell["base_other"]) for cell in cells if "result" in cell
        }
        one, *others = sizes.values() or [(0, 0)]
        twins = others == [one[::-1]]
        tests: dict[Any, list[dict[str, Any]]] = {}
        for cell in shown:
            tests.setdefault(
                cell["number"] if twins else (cell["group"], cell["number"]), []
            ).append(cell)
        adjusted = (false_discovery if rules.correction == "fdr" else holm)(
            np.array([same[0]["result"].p for same in tests.values()], dtype=float)
        )
        for same, p_adjusted in zip(tests.values(), adjusted, strict=True):
            for cell in same:
                _judge(cell, float(p_adjusted), len(tests))
        frames += [_line(cell) for cell in cells]
    frame = pd.DataFrame(frames, columns=list(COLUMNS))
    whole = frame.astype({"n": "Int64", "base": "Int64"})
    floats = [
        c
        for c in COLUMNS
        if c
        not in (
            "route",
            "group",
            "theme_id",
            "position_id",
            "theme",
            "base",
            "n",
            "test",
            "significant",
            "hidden",
        )
    ]
    return whole.astype(dict.fromkeys(floats, "float64"))


def _judge(cell: dict[str, Any], p_adjusted: float, comparisons: int) -> None:
    result: Test = cell["result"]
    cell["test"], cell["p"], cell["p_adjusted"] = result.name, result.p, p_adjusted
    one: SampleShare = cell["one"]
    resolves = smallest_difference(
        cell["together"], one.effective, cell["effective_other"], comparisons
    )
    cell["resolves"] = 100 * resolves
    # The furthest apart that the two can be: all the theme's comments on one side.
    carrying = cell["together"] * (one.base + cell["base_other"])
    most = max(min(1.0, carrying / one.base), min(1.0, carrying / cell["base_other"]))
    could = (
        cell["could"] <= SIGNIFICANT / max(1, comparisons) if "could" in cell else resolves <= most
    )
    # Test and interval are made in different ways; a difference is claimed only where both show it.
    apart = cell["difference_low"] > 0 or cell["difference_high"] < 0
    if p_adjusted < SIGNIFICANT and apart:
        cell["significant"] = "higher" if cell["difference"] > 0 else "lower"
    else:
        cell["significant"] = "no" if could else "could not"


def _line(cell: dict[str, Any]) -> dict[str, Any]:
    empty = {"hidden": "", "test": "", "significant": ""}
    line = {name: cell.get(name, empty.get(name, np.nan)) for name in COLUMNS}
    line["n"] = round(cell["n"])
    if cell["hidden"]:
        keep = ("route", "group", "theme_id", "position_id", "theme", "base", "hidden")
        line = {
            name: line[name]
            if name in keep
            else empty.get(name, pd.NA if name in ("n", "base") else np.nan)
            for name in COLUMNS
        }
    return line


def _published(cells: pd.DataFrame) -> pd.DataFrame:
    """Which cells are small and which only protect them is not said: it would help to work out the small ones."""
    return cells.assign(hidden=cells["hidden"].replace("protects", "cell"))


def _suppressed(cells: pd.DataFrame, small: pd.DataFrame) -> list[str]:
    """The groups that show nothing, those of a route in one where it is all of them."""
    names = []
    for route in map(str, small["route"].unique()):
        groups = small.loc[small["route"] == route, "group"]
        own = cells.loc[cells["route"] == route, "group"].nunique()
        if len(groups) == own > 3:
            names.append(f"all {own} groups ({route})" if route else f"all {own} groups")
        else:
            names += [f"{group} ({route})" if route else str(group) for group in groups]
    return names


def _why_no_tests(cells: pd.DataFrame, rules: Rules) -> str:
    shown = cells[cells["hidden"] != "base"]
    if shown.empty:
        return f"No tests: no group has {rules.minimum_base} comments."
    seen = shown[shown["hidden"] == ""]
    if seen["low"].notna().all():
        return f"No tests: there are no two groups of {rules.minimum_base} comments to compare."
    return (
        "No tests: the error of coding is not known for all of these groups. Each needs 30 random reviews at least, or all "
        "its comments reviewed."
    )


def _notes(
    cells: pd.DataFrame, parts: Sequence[Part], rules: Rules, rest: str = "the rest of its route"
) -> list[str]:
    notes = ["Bases and counts (n) are unweighted. The base is the comments analysed in the group."]
    weighted = [part.name for part in parts if part.weighted and part.name]
    if weighted:
        notes.append(f"Percentages of {join_names(weighted)} are weighted.")
    small = cells.loc[cells["hidden"] == "base", ["route", "group"]].drop_duplicates()
    if len(small):
        names = _suppressed(cells, small)
        notes.append(
            f"Suppressed, with fewer than {rules.minimum_base} comments: {join_names(names)}."
        )
    if (cells["hidden"] == "cell").any():
        notes.append(
            f"Counts of 1 to {rules.minimum_cell - 1} are hidden, and others with them, so that none can be worked out "
            "from the rest."
        )
    elif (cells["hidden"] == "protects").any():
        notes.append(
            "Some cells are hidden so that suppressed groups cannot be worked out from the rest."
        )
    tested = cells[cells["significant"] != ""]
    if tested.empty:
        return [*notes, _why_no_tests(cells, rules)]
    correction = (
        "the false discovery rate (Benjamini-Hochberg)"
        if rules.correction == "fdr"
        else "Holm's method"
    )
    names = [name for name in (RAO_SCOTT, WALD) if (tested["test"] == name).any()]
    names = sorted(set(tested["test"]) - set(names)) + names
    notes.append(
        f"Each group is compared with {rest}: {join_names(names)}, two-sided, 5%, corrected by {correction} "
        "for the comparisons made."
    )
    if len(small) and rest.endswith("route"):
        notes.append(
            "Suppressed groups are left out of the rest where some answers are missing, so that no comparison gives "
            "them away."
        )
    bare = [part.name for part in parts if part.name and not (tested["route"] == part.name).any()]
    bare = [name for name in bare if (cells.loc[cells["route"] == name, "hidden"] != "base").any()]
    if bare:
        notes.append(f"No tests in {join_names(bare)}.")
    hits, never = (
        int(tested["significant"].isin(["higher", "lower"]).sum()),
        int((tested["significant"] == "could not").sum()),
    )
    notes.append(
        f"Of {len(tested):,} cells compared, {hits:,} differ{'s' if hits == 1 else ''} significantly and {len(tested) - hits:,} do not"
        + (
            f"; {never:,} of these could not have, however the comments had fallen."
            if never
            else "."
        )
    )
    untested = cells["difference"].notna() & (cells["test"] == "")
    if untested.any():
        notes.append(
            f"{int(untested.sum()):,} cell{'s have' if untested.sum() > 1 else ' has'} no test: no variance can be "
            "estimated there."
        )
    if (tested["test"] == FISHER).any() and (tested["test"] == RAO_SCOTT).any():
        notes.append(
            "Where nobody in a weighted group or in the rest has a theme, or everybody, the test is Fisher's, of "
            "the unweighted counts."
        )
    spans = (tested["difference_low"] <= 0) & (tested["difference_high"] >= 0)
    if (spans & (tested["p_adjusted"] < SIGNIFICANT)).any():
        notes.append(
            "A cell is marked only where the interval of its difference leaves out 0 as well; in "
            f"{int((spans & (tested['p_adjusted'] < SIGNIFICANT)).sum()):,} it does not."
        )
    if (tested["test"] == RAO_SCOTT).any():
        effects = tested["design_effect"].dropna()
        if len(effects):
            notes.append(
                f"Design effects run from {effects.min():.2f} to {effects.max():.2f}; effective bases are in the data."
            )
    return notes
