"""What a reader of a breakdown must be told."""

from collections.abc import Sequence

import pandas as pd

from coder.figures import choose_form, join_names
from coder.reporting.breakdown_cells import BreakdownPart
from coder.reporting.breakdown_table import SIGNIFICANT
from coder.reporting.options import Options
from coder.reporting.routes import Route
from coder.reporting.suppression import SMALL_BASE
from coder.statistics.tests import FISHER, RAO_SCOTT, WALD, WALD_WEIGHTED
from coder.statistics.weighting import FEWEST_EFFECTIVE
from coder.text import count

# Files that hide nothing (see `exporting.writers`).
ROW_FILES = ".sav, .qdpx, .zip, review.xlsx"
CORRECTIONS = {
    "holm": "Holm's method",
    "fdr": "the false discovery rate (Benjamini-Hochberg)",
}


def cell_notes(
    cells: pd.DataFrame,
    parts: Sequence[BreakdownPart],
    options: Options,
    *,
    by_route: bool = False,
) -> list[str]:
    """The notes of one breakdown.

    Args:
        cells: `tables.CELLS` before `without_protection`.
        by_route: the groups are routes.
    """
    notes = [
        "Bases and counts (n) are unweighted. The base is the comments analysed in the group.",
        *_weight_notes(parts),
        *_few_respondents_notes(cells),
        *_hidden_notes(cells, options),
    ]
    tested = cells[cells["significant"] != ""]
    if tested.empty:
        return [*notes, _no_tests_note(cells, options)]
    return [
        *notes,
        _comparison_note(by_route=by_route),
        *_suppressed_rest_notes(cells, by_route=by_route),
        *_untested_part_notes(cells, tested, parts),
        _result_note(tested),
        *_test_notes(cells, tested),
    ]


def route_weight_notes(routes: Sequence[Route]) -> list[str]:
    """What is weighted in the table by route."""
    weighted = [route.name for route in routes if route.weighted]
    if not weighted:
        return []
    note = f"Percentages of {join_names(weighted)} are weighted; bases and counts (n) are not."
    if len(weighted) == len(routes):
        return [note]
    return [
        f"{note} The other routes have no weights.",
        "A route without weights is treated as opt-in: its intervals and tests read as if its "
        "respondents had been drawn at random.",
    ]


def _weight_notes(parts: Sequence[BreakdownPart]) -> list[str]:
    weighted = [part.name for part in parts if part.weighted and part.name]
    if not weighted:
        return []
    return [f"Percentages of {join_names(weighted)} are weighted."]


def _few_respondents_notes(cells: pd.DataFrame) -> list[str]:
    """Groups without intervals because of their weights."""
    few = cells[_has_too_few_effective(cells)]
    if few.empty:
        return []
    names = few["group"].astype(str).unique()
    return [
        f"A few comments have nearly all the weight in {join_names(list(names))}, so no "
        "interval and no test is given there."
    ]


def _has_too_few_effective(cells: pd.DataFrame) -> "pd.Series[bool]":
    """Which cells have weights that leave too little for an interval."""
    has_weights = cells["percent"].notna() & cells["design_effect"].notna()
    too_few = cells["effective_base"] < FEWEST_EFFECTIVE
    return has_weights & too_few & cells["low"].isna()


# ---------------------------------------------------------------- what is hidden


def _hidden_notes(cells: pd.DataFrame, options: Options) -> list[str]:
    notes = []
    small = _small_groups(cells)
    if len(small):
        names = join_names(_group_names(cells, small))
        notes.append(
            f"Suppressed, with fewer than {options.minimum_base} comments: {names}."
        )
    if not options.minimum_cell:
        if len(small):
            notes.append(
                "Counts are not hidden for their size, so those of suppressed groups can be worked "
                "out from the totals."
            )
    elif (cells["hidden"] != "").any():
        notes += _protection_notes(options)
    return notes


def _protection_notes(options: Options) -> list[str]:
    """What hidden cells are protected against, and what not (see `suppression`)."""
    return [
        f"{_small_counts(options.minimum_cell)} are hidden, and others with them, so that all "
        "tables, charts and notes of this export together leave a range of at least "
        f"{count(options.minimum_cell, 'comment')} for each. Counts of 0 are not hidden. Counts "
        "of all comments or of a whole source are always shown: a range is narrower where they "
        "alone make it so.",
        "What suppressed groups and missing answers hold together can be worked out, but not "
        "how it falls between them.",
        "Hidden counts are not protected against files with a row for each comment or respondent "
        f"({ROW_FILES}), other exports of the same comments, or readers who know "
        "what some respondents answered.",
    ]


def _small_counts(minimum_cell: int) -> str:
    """The counts that are hidden for their size; those of suppressed groups where none is."""
    if minimum_cell == 1:
        return "Counts of suppressed groups"
    if minimum_cell == 2:
        return "Counts of 1"
    return f"Counts of 1 to {minimum_cell - 1}"


def withheld_notes(rows: int) -> list[str]:
    """What is said of differences that would tell hidden counts.

    Args:
        rows: without differences for this reason, in all parts of a breakdown.
    """
    if not rows:
        return []
    give = choose_form(rows, "gives", "give")
    return [
        f"{count(rows, 'row')} of the tables {give} no difference from the rest, because it "
        "would tell a hidden count."
    ]


def _small_groups(cells: pd.DataFrame) -> pd.DataFrame:
    """Route and group of each suppressed group."""
    is_small = cells["hidden"] == SMALL_BASE
    return cells.loc[is_small, ["route", "group"]].drop_duplicates()


def _group_names(cells: pd.DataFrame, small: pd.DataFrame) -> list[str]:
    """The suppressed groups; those of a route in one where all of its groups are suppressed."""
    names: list[str] = []
    for route in map(str, small["route"].unique()):
        in_route = f" ({route})" if route else ""
        groups = small.loc[small["route"] == route, "group"]
        total = cells.loc[cells["route"] == route, "group"].nunique()
        if len(groups) == total > 3:
            names.append(f"all {total} groups{in_route}")
        else:
            names += [f"{group}{in_route}" for group in groups]
    return names


# ---------------------------------------------------------------- tests


def _no_tests_note(cells: pd.DataFrame, options: Options) -> str:
    large = cells[cells["hidden"] != SMALL_BASE]
    if large.empty:
        return f"No tests: no group has {options.minimum_base} comments."
    shown = large[large["hidden"] == ""]
    too_few = _has_too_few_effective(shown)
    if (shown["low"].notna() | too_few).all():
        if too_few.any():
            return "No tests: too few groups have weights that allow them."
        return f"No tests: there are no two groups of {options.minimum_base} comments to compare."
    return (
        "No tests: the error of coding is not known for all of these groups. Each group needs "
        "at least 30 random reviews, or all its comments reviewed."
    )


def _comparison_note(*, by_route: bool) -> str:
    rest = "the other routes" if by_route else "the rest of its route"
    return (
        f"Each group is compared with {rest}. A difference is significant where chance alone "
        "would give it in fewer than 5 of 100 surveys, corrected for the number of comparisons "
        "made."
    )


def _suppressed_rest_notes(cells: pd.DataFrame, *, by_route: bool) -> list[str]:
    if by_route or _small_groups(cells).empty:
        return []
    return [
        "Where some answers are missing, suppressed groups are left out of the rest, so that "
        "no comparison reveals them."
    ]


def _untested_part_notes(
    cells: pd.DataFrame, tested: pd.DataFrame, parts: Sequence[BreakdownPart]
) -> list[str]:
    untested = []
    for part in parts:
        has_tests = (tested["route"] == part.name).any()
        reasons = cells.loc[cells["route"] == part.name, "hidden"]
        if part.name and not has_tests and (reasons != SMALL_BASE).any():
            untested.append(part.name)
    if not untested:
        return []
    return [f"No tests in {join_names(untested)}."]


def _result_note(tested: pd.DataFrame) -> str:
    significant = int(tested["significant"].isin(["higher", "lower"]).sum())
    could_not = int((tested["significant"] == "could not").sum())
    differ = choose_form(significant, "differs", "differ")
    others = len(tested) - significant
    do = choose_form(others, "does", "do")
    note = (
        f"Of {count(len(tested), 'cell')} compared, {significant:,} {differ} significantly and "
        f"{others:,} {do} not"
    )
    if could_not:
        note += (
            f"; {could_not:,} of these could not have, however the comments had fallen"
        )
    return f"{note}."


def _test_notes(cells: pd.DataFrame, tested: pd.DataFrame) -> list[str]:
    """What limits the tests that were made."""
    notes = []
    untested = int((cells["difference"].notna() & (cells["test"] == "")).sum())
    if untested:
        have = choose_form(untested, "has", "have")
        notes.append(
            f"{count(untested, 'cell')} {have} no test: how much chance could explain cannot be "
            "estimated there."
        )
    includes_zero = (tested["difference_low"] <= 0) & (tested["difference_high"] >= 0)
    unmarked = int((includes_zero & (tested["p_adjusted"] < SIGNIFICANT)).sum())
    if unmarked:
        notes.append(
            "A cell is marked only where the interval of its difference leaves out 0 as well; in "
            f"{unmarked:,} it does not."
        )
    return notes


# ---------------------------------------------------------------- the technical record


def describe_protection(cells: pd.DataFrame, options: Options) -> tuple[str, ...]:
    """How it was checked that hidden cells cannot be worked out; nothing where none is hidden.

    Args:
        cells: `tables.CELLS`.
    """
    if not options.minimum_cell or not (cells["hidden"] != "").any():
        return ()
    return (
        "Hidden cells: for each small count the smallest and the largest value that fit all "
        "published figures were found by linear programs (HiGHS). Published are the cells of all "
        "breakdowns, their bases and differences, and the totals by source. Positions count "
        "within their theme, sub-themes within their parent, groups of columns made from one "
        "another or nested in one another within each other.",
    )


def describe_tests(cells: pd.DataFrame, options: Options) -> tuple[str, ...]:
    """The tests of a breakdown and their correction by name.

    Args:
        cells: `tables.CELLS` before `without_protection`.
    """
    tested = cells[cells["significant"] != ""]
    if tested.empty:
        return ()
    used = set(tested["test"])
    last = [name for name in (RAO_SCOTT, WALD, WALD_WEIGHTED) if name in used]
    tests = join_names([*sorted(used - set(last)), *last])
    record = [
        f"Tests: {tests}; two-sided, 5%, corrected by {CORRECTIONS[options.correction]} for the "
        "comparisons made."
    ]
    if {FISHER, RAO_SCOTT} <= used:
        record.append(
            "Where nobody or everybody in a weighted group, or in the rest, has a theme, the "
            "test is Fisher's, of the unweighted counts."
        )
    effects = tested["design_effect"].dropna()
    if RAO_SCOTT in used and len(effects):
        record.append(
            f"Design effects range from {effects.min():.2f} to {effects.max():.2f}; effective "
            "bases are in the data."
        )
    return tuple(record)
