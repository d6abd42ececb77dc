"""The equality read-out: what a consultation tells of each protected characteristic, and what
not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coder import tables
from coder.errors import for_command_line, option
from coder.figures import choose_form, format_tenth, join_names
from coder.reporting.breakdown_notes import CORRECTIONS
from coder.reporting.breakdowns import ALL_SOURCES, break_down
from coder.reporting.characteristics import (
    CHARACTERISTICS,
    Characteristic,
    EqualityRequest,
    find_columns,
)
from coder.reporting.group_errors import group_errors
from coder.reporting.groups import Texts, group_by, ordered_groups
from coder.reporting.model_errors import check_themes
from coder.reporting.parts import ReportParts
from coder.reporting.raised_themes import find_raised, small_theme_share
from coder.reporting.read_outs import Equality, HeldCharacteristic
from coder.reporting.representation import (
    GroupSizes,
    absent_groups,
    count_groups,
    match_groups,
    respondents_table,
    without_hidden,
)
from coder.reporting.suppression import Limits
from coder.statistics.model_error import CheckedThemes
from coder.text import count

MOST_GROUPS = 40  # different answers; more are numbers or people's own words


def build_equality(parts: ReportParts, request: EqualityRequest) -> Equality:
    """What the comments of a report tell of each protected characteristic.

    Cells are hidden as in breakdowns; beside them, so are the sizes of small groups.

    Raises:
        CoderError: a column is not clear or does not exist, or a group of the population is
            not the survey's.
    """
    survey = _group_comments(parts, request)
    cells = _break_down(parts, survey)
    held, not_known = [], []
    for each in CHARACTERISTICS:
        if each.id in cells:
            held.append(_describe(each, parts, survey, cells[each.id]))
        else:
            not_known.append((each, _reason_for_none(each, survey)))
    notes: list[str] = []
    if held:
        notes += _notes(parts, has_errors=survey.checked is not None)
    return Equality(
        held=tuple(held),
        not_known=tuple(not_known),
        small_theme=small_theme_share(parts),
        notes=tuple(map(for_command_line, notes)),
    )


# ---------------------------------------------------------------- what the survey holds


@dataclass(frozen=True)
class _Survey:
    """The comments by protected characteristics.

    Attributes:
        columns: id of a characteristic to its column.
        values: the same to (n_comments,) the group of each comment, empty where not known.
        checked: None where the model's errors are not known.
    """

    request: EqualityRequest
    columns: Mapping[str, str]
    values: Mapping[str, Texts]
    checked: CheckedThemes | None

    def groups(self, name: str) -> list[str]:
        """The groups of a characteristic, in order; none where the survey does not hold it."""
        if name not in self.values:
            return []
        return ordered_groups(self.values[name])


def _group_comments(parts: ReportParts, request: EqualityRequest) -> _Survey:
    settings, comments = parts.inputs.settings, parts.counts.pooled.comments
    columns = find_columns(request, tables.own_columns(comments), settings)
    values = {}
    for name, column in columns.items():
        grouping = group_by(comments, column, settings.derived, settings.missing)
        values[name] = grouping.values
    checked = None
    if parts.inputs.has_labels:
        checked = check_themes(parts.inputs, parts.counts.pooled)
    if checked is not None and not checked.comments:
        checked = None
    return _Survey(request, columns, values, checked)


def _break_down(parts: ReportParts, survey: _Survey) -> dict[str, pd.DataFrame]:
    """Id of a characteristic to the themes by its groups, those that are held back too."""
    by = {}
    for name, column in survey.columns.items():
        if 0 < len(survey.groups(name)) <= MOST_GROUPS:
            by[name] = column
    made = break_down(
        parts.counts,
        parts.shares,
        parts.inputs.settings,
        replace(parts.options, by=tuple(by.values())),
        held_back=frozenset(),
        groups_alone=True,
    )
    cells = {breakdown.column: breakdown.cells for breakdown in made}
    return {name: cells[column] for name, column in by.items()}


def _reason_for_none(each: Characteristic, survey: _Survey) -> str:
    """Why nothing is known of a characteristic."""
    column = survey.columns.get(each.id)
    if column is None:
        return "the survey does not hold it"
    groups = len(survey.groups(each.id))
    if not groups:
        return f"the column {column} has no answer for the comments analysed"
    return f"the column {column} has {groups:,} different answers, too many to tell as groups"


# ---------------------------------------------------------------- one characteristic


def _describe(
    each: Characteristic, parts: ReportParts, survey: _Survey, cells: pd.DataFrame
) -> HeldCharacteristic:
    counted = _count_routes(parts, survey.values[each.id])
    population = _population_of(each, survey)
    respondents = respondents_table(each.id, counted, population)
    cells = without_hidden(cells, counted)
    errors = None
    if survey.checked is not None:
        shown = _shown_groups(counted)
        values = survey.values[each.id]
        limits = _limits(parts)
        errors = group_errors(each.id, survey.checked, values, shown, limits)
    return HeldCharacteristic(
        characteristic=each,
        column=survey.columns[each.id],
        respondents=respondents,
        cells=_in_theme_table(cells, parts),
        raised=find_raised(each.id, cells, parts, small_theme_share(parts)),
        errors=errors,
        absent=absent_groups(respondents),
        notes=tuple(_notes_of(each, parts, survey, counted)),
    )


def _limits(parts: ReportParts) -> Limits:
    return Limits(parts.options.minimum_base, parts.options.minimum_cell)


def _count_routes(parts: ReportParts, values: Texts) -> list[GroupSizes]:
    """The sizes of groups in each table that the breakdown has."""
    limits, source = _limits(parts), parts.counts.pooled.comments["source"]
    if not any(route.weighted for route in parts.routes):
        everybody = np.ones(len(source), dtype=np.bool_)
        return [count_groups(ALL_SOURCES, everybody, values, limits)]
    counted = []
    for route in parts.routes:
        counted.append(count_groups(route.name, route.members(source), values, limits))
    return counted


def _population_of(each: Characteristic, survey: _Survey) -> dict[str, float]:
    """Group to its share of the population; empty where none is given."""
    request = survey.request
    if each.id not in request.population:
        return {}
    shares, groups = request.population[each.id], survey.groups(each.id)
    return match_groups(each.name, shares, groups, request.population_name)


def _shown_groups(counted: Sequence[GroupSizes]) -> list[str]:
    """The groups whose size is told in every route."""
    names: dict[str, None] = {}
    hidden: set[str] = set()
    for route in counted:
        names |= dict.fromkeys(route.sizes)
        hidden |= route.hidden
    return [name for name in names if name not in hidden]


def _in_theme_table(cells: pd.DataFrame, parts: ReportParts) -> pd.DataFrame:
    """The cells of themes that the theme table shows."""
    is_shown = cells["theme_id"].isin(parts.themes["theme_id"])
    return cells[is_shown].reset_index(drop=True)


def _notes_of(
    each: Characteristic,
    parts: ReportParts,
    survey: _Survey,
    counted: Sequence[GroupSizes],
) -> Iterator[str]:
    """How to read what is said of a characteristic; nothing that tells a hidden size."""
    column, settings = survey.columns[each.id], parts.inputs.settings
    wording = settings.wording_of(column)
    asked = f" (“{wording}”)" if wording else ""
    yield f"Taken from the column {column}{asked}."
    if column in settings.derived:
        yield f"Its groups were made from the answers in {settings.derived[column].column}."
    if each.id == "sex" and "sex" not in column.casefold():
        yield "The column may hold gender, which is not the same as sex."
    if each.id not in survey.request.population:
        yield "How this compares with the population is not known: no shares were given."
    silent = _sources_without_answers(parts, survey.values[each.id])
    if silent:
        has = choose_form(len(silent), "has", "have")
        yield f"{join_names(silent)} {has} no answer in it."
    if any(route.hidden for route in counted):
        yield (
            "Groups of fewer comments than may be shown are not told, nor others that would "
            "give them away."
        )
    if any(route.hides_not_stated for route in counted):
        yield "Shares are of the groups shown."


def _sources_without_answers(parts: ReportParts, values: Texts) -> list[str]:
    matrix = parts.counts.pooled
    answered = set(matrix.comments["source"][values != ""])
    return [name for name in matrix.sources if name not in answered]


# ---------------------------------------------------------------- notes


def _notes(parts: ReportParts, *, has_errors: bool) -> Iterator[str]:
    """How the figures of all characteristics were made."""
    options = parts.options
    yield (
        "Counts are comments, without weights. One comment is one person's answer. Intervals of "
        "who answered tell how far chance alone could move the share; where people chose to "
        "answer, they do not make it a sample."
    )
    if any(route.weighted for route in parts.routes):
        yield (
            "Shares of themes are weighted where a route has weights. Who answered is told "
            "before weighting."
        )
    yield (
        "Each group is compared with all others that gave an answer, two-sided at 5%, corrected "
        f"for the number of comparisons by {CORRECTIONS[options.correction]}. The smallest "
        "difference that could have been seen is the one that this test would have shown in 80 "
        "of 100 surveys. Where there is none, the error of coding is not known or the group is "
        "too small: that nothing is shown does not mean that nothing differs."
    )
    small = format_tenth(small_theme_share(parts)).removesuffix(".0")
    yield (
        f"A group raises a small theme where less than {small}% of all comments have it, at "
        f"least {small}% of the group's do, and the interval lies above the share of all."
    )
    if has_errors:
        yield (
            "Errors of the program are counted in comments drawn at random and reviewed blind. "
            "Groups are compared as above, by Holm's method."
        )
    else:
        yield (
            "How often the program errs about a group is not known: that needs comments drawn "
            "at random and reviewed blind."
        )
    if options.minimum_cell:
        counts = count(options.minimum_cell, "comment")
        yield (
            f"Counts under {counts} are hidden, and others with them, so that they cannot be "
            "worked out from this read-out. They are not protected against other exports of "
            f"the same comments, such as breakdowns made with {option('by')}."
        )
