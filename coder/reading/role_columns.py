"""Which columns identify comments and respondents, and hold the source or the question."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from coder.errors import CoderError, option
from coder.reading.column_names import (
    COMMENT_IDS,
    ID_WORDS,
    PERSON_IDS,
    QUESTION_NAMES,
    SOURCE_NAMES,
)
from coder.reading.column_profiles import Profile, Profiles
from coder.reading.options import NO_COLUMN
from coder.reading.raw_table import RawTable
from coder.text import quoted_cell

MOST_SOURCES = 30
MOST_QUESTIONS = 60
ROWS_OF_A_QUESTION = 3  # at least, on average
MOSTLY_ASKING = 0.6  # share of the different cells that end as questions do
# REDCap has a row for each visit or repeat of a record; its first column names the record.
REDCAP_VISITS = (
    "redcap event name",
    "redcap repeat instrument",
    "redcap repeat instance",
)
IDS_SHOWN = 5  # that occur twice
NUMBER_SIGN = "#"  # Typeform's name for the column of ids


def ranked(
    profiles: Profiles, used: Iterable[str], names: Sequence[str]
) -> list[Profile]:
    """The columns that have one of these names, in the order of `names`; `used` columns are
    left out.
    """
    excluded = set(used)
    matches: list[Profile] = []
    for name in names:
        for profile in profiles.values():
            if name in profile.labels and profile.name not in excluded:
                matches.append(profile)
    return matches


def _source_column(raw: RawTable, profiles: Profiles, roles: Mapping[str, str]) -> str:
    rows = len(raw.cells)
    for profile in ranked(profiles, roles.values(), SOURCE_NAMES):
        few_for_rows = rows < 2 * MOST_SOURCES or profile.distinct <= rows / 4
        is_few = profile.distinct <= MOST_SOURCES and few_for_rows
        if profile.is_complete and is_few:
            return profile.name
    return ""


def _question_column(_: RawTable, profiles: Profiles, roles: Mapping[str, str]) -> str:
    candidates = ranked(profiles, roles.values(), QUESTION_NAMES)
    for name, profile in profiles.items():
        named_so = profile.folded.endswith((" question", " question text"))
        if named_so and name not in roles.values() and profile not in candidates:
            candidates.append(profile)
    for name, profile in profiles.items():
        if name not in roles.values() and _asks(profile):
            candidates.append(profile)
    for profile in candidates:
        few = profile.distinct <= MOST_QUESTIONS
        if profile.is_complete and few and profile.numeric < 0.5:
            return profile.name
    return ""


def _asks(profile: Profile) -> bool:
    """Whether a column's cells are questions, each of several rows."""
    if profile.distinct < 2 or profile.distinct * ROWS_OF_A_QUESTION > profile.filled:
        return False
    asking = [value for value in profile.values if value.endswith("?")]
    return len(asking) > MOSTLY_ASKING * len(profile.values)


def _id_candidates(
    raw: RawTable, profiles: Profiles, roles: Mapping[str, str]
) -> list[Profile]:
    """The columns that are named like ids and hold no e-mail addresses, the likeliest first."""
    candidates = ranked(profiles, roles.values(), (*COMMENT_IDS, *PERSON_IDS))
    for name, profile in profiles.items():
        named_so = profile.name_words & ID_WORDS or name.strip() == NUMBER_SIGN
        is_short = profile.words < 4
        is_free = name not in roles.values() and profile not in candidates
        if named_so and is_short and is_free:
            candidates.append(profile)
    return [each for each in candidates if not _are_addresses(raw, each)]


def _id_column(raw: RawTable, profiles: Profiles, roles: Mapping[str, str]) -> str:
    candidates = _id_candidates(raw, profiles, roles)
    source = roles.get("source")
    for profile in candidates:
        if profile.is_complete and not _repeated(raw.cells, profile.name, source).any():
            return profile.name
    for profile in candidates:
        if _is_faulty_id(profile) and not _is_of_respondent(raw, profile, roles):
            check_ids(raw, profile.name, source)
    return ""


def _are_addresses(raw: RawTable, profile: Profile) -> bool:
    """Whether a column holds e-mail addresses, which must not become ids: ids are published."""
    return bool(raw.cells[profile.name].str.contains("@", regex=False).mean() > 0.5)


def _is_faulty_id(profile: Profile) -> bool:
    """Whether a column that is not fit for ids is meant as such: by its name, and mostly filled
    and distinct.
    """
    if profile.labels.isdisjoint(COMMENT_IDS):
        return False
    is_filled = profile.filled >= 0.5 * profile.rows
    return is_filled and profile.distinct >= 0.5 * profile.filled


def _is_of_respondent(
    raw: RawTable, profile: Profile, roles: Mapping[str, str]
) -> bool:
    """Whether a column of ids identifies people, who answered each question once."""
    if "question" not in roles or not profile.is_complete:
        return False
    within = (roles.get("source"), roles["question"])
    return not _repeated(raw.cells, profile.name, *within).any()


def _respondent_column(
    _: RawTable, profiles: Profiles, roles: Mapping[str, str]
) -> str:
    """A column that identifies people, some of whom wrote more than once."""
    if any(profile.folded in REDCAP_VISITS for profile in profiles.values()):
        first = next(iter(profiles.values()))
        if first.distinct < first.filled and first.name not in roles.values():
            return first.name
    names = (*PERSON_IDS, "response id", "responseid")
    for profile in ranked(profiles, roles.values(), names):
        if profile.filled and profile.distinct < profile.filled:
            return profile.name
    return ""


def _repeated(cells: pd.DataFrame, name: str, *within: str | None) -> pd.Series:
    """True for each row whose id is also that of another row with the same source (and question).

    Args:
        name: the column of the ids.
        within: the column of the sources, that of the questions; None where there is none.
    """
    keys = {"id": cells[name].str.strip()}
    for column in filter(None, within):
        keys[column] = cells[column].str.strip()
    return pd.DataFrame(keys).duplicated(keep=False)


def check_ids(raw: RawTable, name: str, source: str | None) -> None:
    """Raise `CoderError` when an id is blank or occurs twice in a source, with the places."""
    ids = raw.cells[name].str.strip()
    fix = (
        f"Correct the file, name another column with {option('id', 'COL')}, or have the rows "
        f"numbered with {option('id', NO_COLUMN)}. If {name!r} identifies people who answered "
        f"several times, add {option('respondent', name)}."
    )
    blank = np.flatnonzero((ids == "").to_numpy())
    if len(blank):
        raise CoderError(
            f"{raw.path}: the id column {name!r} is empty in {raw.where(blank)}", fix
        )
    repeated = ids[_repeated(raw.cells, name, source)]
    values = repeated.unique()
    problems = []
    for value in values[:IDS_SHOWN]:
        places = raw.where(repeated.index[repeated == value].to_numpy())
        problems.append(f"{raw.path}: the id {quoted_cell(value)} occurs in {places}")
    if len(values) > IDS_SHOWN:
        problems.append(f"... and {len(values) - IDS_SHOWN:,} more ids")
    if problems:
        raise CoderError("\n".join(problems), fix)


Finder = Callable[[RawTable, Profiles, Mapping[str, str]], str]
# In this order: an id need only be unique within its source.
FINDERS: tuple[tuple[str, Finder, str], ...] = (
    ("question", _question_column, "by its name"),
    ("source", _source_column, "by its name and its few values"),
    ("id", _id_column, "by its name, no value twice"),
    ("respondent", _respondent_column, "by its name"),
)
