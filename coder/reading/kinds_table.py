"""A line for every column, or for the columns of one question's options together."""

import re
from collections.abc import Mapping, Sequence

from coder.reading.column_kinds import CLOSED, NUMBER, SEVERAL, ColumnKind
from coder.reading.column_labels import is_nameless
from coder.reading.column_names import TICKS
from coder.reading.column_profiles import Profile, Profiles
from coder.reading.other_kinds import Kind
from coder.reading.own_words import is_tick_box
from coder.reading.raw_table import RawTable

# Names of the columns of one question's options: `Q5_1`, `race___2`, `q5[SQ001]`.
OPTION_NAME = re.compile(r"(.+?)(?:___?\d+|_\d+|\[[^\]]+\]|\.\d+|(?: - |: ).+)")
KINDS_IN_ONE_LINE = (SEVERAL, CLOSED, NUMBER)

OptionGroups = Mapping[str, str]  # column to the question whose options it is one of


def group_columns(raw: RawTable, profiles: Profiles) -> dict[str, str]:
    """Column to its question, for the questions whose options have a column each.

    They are those that the header shows, those whose names differ by a number only, and tick
    boxes without a name of their own after one that has a name.
    """
    groups: dict[str, str] = {}
    first = ""
    for name, profile in profiles.items():
        if not is_tick_box(profile):
            first = ""
        elif not is_nameless(name):
            first = name
        elif first and not profile.wording:
            groups[name] = groups[first] = first
    groups.update(_groups_by_name(profiles))
    for question, columns in raw.option_groups.items():
        for column in columns:
            groups[column] = question
    return {column: groups[column] for column in profiles if column in groups}


def _groups_by_name(profiles: Profiles) -> dict[str, str]:
    by_stem: dict[str, list[str]] = {}
    for name, profile in profiles.items():
        option_name = OPTION_NAME.fullmatch(name.strip())
        if option_name is not None and _holds_ticks(profile):
            by_stem.setdefault(option_name.group(1), []).append(name)
    groups: dict[str, str] = {}
    for stem, columns in by_stem.items():
        if len(columns) > 1:
            groups.update(dict.fromkeys(columns, stem))
    return groups


def _holds_ticks(profile: Profile) -> bool:
    values = {value.casefold() for value in profile.values}
    return profile.distinct <= 1 or values <= TICKS


def combine_groups(
    profiles: Profiles, groups: OptionGroups, kinds: Mapping[str, Kind]
) -> tuple[ColumnKind, ...]:
    """The kinds of all columns; those of one question and one kind are a line together."""
    lines: dict[tuple[str, str], list[str]] = {}
    for name, kind in kinds.items():
        is_joined = name in groups and kind.kind in KINDS_IN_ONE_LINE
        question = groups[name] if is_joined else name
        lines.setdefault((question, kind.kind), []).append(name)
    combined = []
    for (question, _), names in lines.items():
        own = [profiles[name] for name in names]
        combined.append(_line(question, own, kinds[names[0]]))
    return tuple(combined)


def _line(question: str, columns: Sequence[Profile], kind: Kind) -> ColumnKind:
    names: tuple[str, ...] = ()
    if len(columns) > 1:
        names = tuple(column.name for column in columns)
    else:
        question = columns[0].name
    largest = max(columns, key=lambda column: column.filled)
    return ColumnKind(
        column=question,
        kind=kind.kind,
        answered=largest.filled,
        median_words=largest.median_words,
        example=largest.example,
        why=kind.why,
        columns=names,
    )
