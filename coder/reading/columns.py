"""Which column plays which role: as the user says, as the format says, or by its name and what
it holds.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.errors import CoderError, command, did_you_mean, option
from coder.reading.column_kinds import ColumnKind, OpenQuestion, numbered_ids
from coder.reading.column_names import (
    BODY_WEIGHT_WORDS,
    COMMENT_IDS,
    DATE_WORDS,
    ID_WORDS,
    NOT_TEXT_WORDS,
    PERSON_IDS,
    QUESTION_NAMES,
    SOURCE_NAMES,
    TEXT_NAMES,
    TEXT_WORDS,
    WEIGHT_WORDS,
)
from coder.reading.numerals import are_numbers
from coder.reading.options import NO_COLUMN
from coder.reading.raw_table import RawTable
from coder.reading.weights import unused_weight_notes

ROLES = ("text", "id", "source", "weight", "question", "respondent", "role")
QUESTION_ENDS = ("?", ":")

ROWS_MEASURED = 20_000
CHARACTERS_COUNTED = 400  # of one cell
WORDS_COUNTED = 80  # of one cell
MOST_SOURCES = 30
MOST_QUESTIONS = 60
MOST_GROUPS = 40  # values of a column that results are broken down by
MOST_WORDS_OF_A_GROUP = 12
MOST_WORDS_OF_A_WEIGHT = 3  # in the name of a column of weights that cannot be read
LONGEST_WEIGHT = 20  # characters, mean
MOST_NUMBERS = 12  # different numbers in a column that results are broken down by
# Words of a column name above which it reads like a comment; a file without names is often one
# column.
LONGEST_NAME = 15
LONGEST_NAME_OF_ONE_COLUMN = 6
SHOWN = 5  # ids that occur twice, columns of further free text


@dataclass(frozen=True)
class ColumnChoices:
    """What is known of a file's columns before its rows are looked at.

    Attributes:
        roles: role to column, or to `-` for none; other roles are detected.
        texts: the columns of the comments, one a question; none to have them detected.
        attributes: columns that describe the respondents; None to have them detected.
        earlier: roles that are as they were when the file was last read.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    attributes: tuple[str, ...] | None = None
    earlier: frozenset[str] = frozenset()


class DetectedColumn(NamedTuple):
    """A column, the role it plays, and why."""

    role: str
    column: str
    why: str


class DetectedColumns(NamedTuple):
    """What the columns of one file are."""

    roles: dict[str, str]  # role to column; a role without a column is absent
    columns: tuple[DetectedColumn, ...]  # the same, with the reasons
    attributes: tuple[str, ...]  # own columns to break results down by
    describing: tuple[str, ...]  # own columns that together tell respondents apart
    notes: tuple[str, ...]
    questions: tuple[OpenQuestion, ...]  # one at least
    kinds: tuple[ColumnKind, ...]  # every column of the file, in its order


def detect_columns(raw: RawTable, choices: ColumnChoices) -> DetectedColumns:
    """Find the column of each role.

    Raises:
        CoderError: a column that was named does not exist, no column holds free text, or ids
            repeat.
    """
    _check_chosen(raw, choices)
    profiles = {}
    for name in raw.cells.columns:
        profiles[name] = _profile(raw.cells[name])
    columns = _known_columns(raw, choices)
    if not any(column.role == "text" for column in columns):
        columns.append(_text_column(raw, profiles, columns))
    if not raw.roles:  # a format that names its columns names all of them
        columns.extend(_other_columns(raw, profiles, choices, columns))
    roles = {column.role: column.column for column in columns}
    if "id" in roles and not raw.roles:
        _check_ids(raw, roles["id"], roles.get("source"))
    used = set(roles.values())
    own = [profile for name, profile in profiles.items() if name not in used]
    groups = _groupings(raw, own)
    attributes = groups
    if choices.attributes is not None:
        attributes = choices.attributes
    notes = [
        *_further_text_notes(raw, own),
        *_weight_notes(raw, choices, roles, own),
        *_missing_header_notes(roles["text"], len(profiles)),
    ]
    texts = choices.texts or (roles["text"],)
    return DetectedColumns(
        roles,
        tuple(columns),
        attributes,
        groups,
        tuple(notes),
        _open_questions(raw, texts, profiles),
        (),
    )


def _open_questions(
    raw: RawTable, texts: Sequence[str], profiles: "Profiles"
) -> tuple[OpenQuestion, ...]:
    questions = []
    for column, question_id in zip(texts, numbered_ids(texts), strict=True):
        wording = raw.questions.get(column, "")
        answered = profiles[column].filled
        questions.append(OpenQuestion(column, question_id, wording, answered))
    return tuple(questions)


def _check_chosen(raw: RawTable, choices: ColumnChoices) -> None:
    """Raise `CoderError` where a chosen column does not exist, or is chosen for text and
    another role.
    """
    roles_by_column: dict[str, list[str]] = {}
    for role, column in choices.roles.items():
        if column != NO_COLUMN:
            roles_by_column.setdefault(column, []).append(role)
            _check_exists(raw, role, column)
    for column in choices.attributes or ():
        _check_exists(raw, "attribute", column)
    text = choices.roles.get("text", "")
    roles_of_text = roles_by_column.get(text, [])
    if len(roles_of_text) > 1:
        raise CoderError(
            f"{raw.path}: the column {text!r} was named for {' and '.join(roles_of_text)}",
            "Each role needs a column of its own.",
        )


def _check_exists(raw: RawTable, role: str, column: str) -> None:
    names = list(raw.cells.columns)
    if column not in names:
        raise CoderError(
            f"{raw.path}: has no column {column!r} ({option(role)})",
            did_you_mean(column, names),
        )


def _known_columns(raw: RawTable, choices: ColumnChoices) -> list[DetectedColumn]:
    """The columns that the user or the format names."""
    columns: list[DetectedColumn] = []
    for role in ROLES:
        chosen = choices.roles.get(role)
        if chosen == NO_COLUMN:
            continue
        if chosen is not None and role in choices.earlier:
            columns.append(DetectedColumn(role, chosen, "as before"))
        elif chosen is not None:
            columns.append(DetectedColumn(role, chosen, "as chosen"))
        elif role in raw.roles:
            columns.append(DetectedColumn(role, raw.roles[role], _why_known(raw)))
    return columns


def _why_known(raw: RawTable) -> str:
    if raw.format == "letters":
        return "as letters have it"
    return "by the page's layout"


# ---------------------------------------------------------------- what a column holds


class _Profile(NamedTuple):
    """What detection looks at of one column; shares and means are over the cells that hold
    anything.
    """

    name: str
    folded: str
    name_words: frozenset[str]
    filled: int
    distinct: int
    characters: float  # mean
    words: float  # mean
    numeric: float  # share

    @property
    def is_varied(self) -> bool:
        """Whether the cells differ as people's own words do, unlike the answers of a list."""
        return self.distinct > 0.1 * self.filled or self.distinct > MOST_GROUPS

    @property
    def is_own_words(self) -> bool:
        """Whether even few cells show that people wrote them: long, and hardly two the same."""
        if self.filled < 3:
            return False
        return self.distinct >= 0.8 * self.filled and self.characters >= 40

    @property
    def is_question(self) -> bool:
        return self.name.strip().endswith("?")

    @property
    def is_named_weight(self) -> bool:
        """Whether the name speaks for survey weights, and not for people's own."""
        speaks_for = bool(self.name_words & WEIGHT_WORDS)
        return speaks_for and not self.name_words & BODY_WEIGHT_WORDS

    def is_complete(self, raw: RawTable) -> bool:
        """Whether every cell holds something."""
        return self.filled == len(raw.cells)


Profiles = Mapping[str, _Profile]


def _profile(cells: pd.Series) -> _Profile:
    """The profile of a column; means are over the first `ROWS_MEASURED` rows that hold anything."""
    name = str(cells.name)
    folded = _folded(name)
    name_words = frozenset(folded.split())
    filled = cells[cells.str.strip() != ""]
    if filled.empty:
        return _Profile(name, folded, name_words, 0, 0, 0.0, 0.0, 0.0)
    measured = filled.iloc[:ROWS_MEASURED]
    return _Profile(
        name=name,
        folded=folded,
        name_words=name_words,
        filled=len(filled),
        distinct=int(filled.nunique()),
        characters=float(measured.str.len().clip(upper=CHARACTERS_COUNTED).mean()),
        words=float(measured.str.count(r"\S+").clip(upper=WORDS_COUNTED).mean()),
        numeric=float(are_numbers(measured).mean()),
    )


def _folded(name: str) -> str:
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", separated.casefold()).split())


# ---------------------------------------------------------------- text


def _text_column(
    raw: RawTable,
    profiles: Profiles,
    known: Sequence[DetectedColumn],
) -> DetectedColumn:
    """The column of free text."""
    used = {column.column for column in known}
    free = [profile for name, profile in profiles.items() if name not in used]
    best = max(free, key=_text_score, default=None)
    if best is not None and _text_score(best) > 0:
        why = "the longest and most varied text"
        if best.folded in TEXT_NAMES or best.name_words & TEXT_WORDS:
            why = "by its name and its free text"
        return DetectedColumn("text", best.name, why)
    by_name = _ranked(profiles, (), TEXT_NAMES)
    if by_name and by_name[0].name not in used:
        return DetectedColumn("text", by_name[0].name, "by its name")
    raise CoderError(
        f"{raw.path}: no column of free text was detected among {len(profiles)}",
        f"Name it with {option('text', 'COL')}. {did_you_mean('', list(profiles))}",
    )


def _text_score(profile: _Profile) -> float:
    """How much a column looks like people's own words: length times variety, more for a telling
    name.
    """
    if not profile.filled or profile.numeric > 0.9:
        return 0.0
    score = profile.characters * profile.distinct / profile.filled
    if profile.folded in TEXT_NAMES:
        return score * (12 - TEXT_NAMES.index(profile.folded) / len(TEXT_NAMES))
    if not profile.is_varied or profile.name_words & NOT_TEXT_WORDS:
        return 0.0
    if profile.words < 1.2 and not profile.is_question:
        return 0.0
    if profile.name_words & TEXT_WORDS or profile.is_question:
        return score * 3
    if profile.words < 3:
        return 0.0
    return score


def _further_text_notes(raw: RawTable, own: Sequence[_Profile]) -> list[str]:
    """A note on further columns of free text, which are answers to other questions."""
    names = [profile.name for profile in own if _is_further_text(profile)]
    if not names:
        return []
    read_it = command(
        "read",
        raw.path.name,
        option("into", "PROJECT"),
        option("text", names[0]),
        option("source_name", "NAME"),
    )
    listed = ", ".join(map(repr, names[:SHOWN]))
    return [
        f"There is more free text in {listed}. Read each as a source of its own: {read_it}"
    ]


def _is_further_text(profile: _Profile) -> bool:
    if profile.words < 4 or profile.distinct < 0.3 * profile.filled:
        return False
    if profile.name_words & NOT_TEXT_WORDS:
        return False
    return profile.distinct > MOST_GROUPS or profile.is_own_words


def _missing_header_notes(text: str, columns: int) -> list[str]:
    """A note where the name of the text column, one of so many columns, reads like a comment
    itself.
    """
    longest = LONGEST_NAME
    if columns == 1:
        longest = LONGEST_NAME_OF_ONE_COLUMN
    if len(text.split()) <= longest or text.rstrip().endswith(QUESTION_ENDS):
        return []
    return [
        "The first row was used as the column names, but it reads like a comment. If it is "
        "one, add a row of names above it."
    ]


# ---------------------------------------------------------------- the other roles


def _other_columns(
    raw: RawTable,
    profiles: Profiles,
    choices: ColumnChoices,
    known: Sequence[DetectedColumn],
) -> list[DetectedColumn]:
    """The columns of the roles that are neither known nor chosen to have none."""
    roles = {column.role: column.column for column in known}
    columns: list[DetectedColumn] = []
    for role, find, why in FINDERS:
        if role in roles or role in choices.roles:
            continue
        column = find(raw, profiles, roles)
        if column:
            columns.append(DetectedColumn(role, column, why))
            roles[role] = column
    return columns


def _ranked(
    profiles: Profiles,
    used: Iterable[str],
    names: Sequence[str],
) -> list[_Profile]:
    """The columns that have one of these names, in the order of `names`; `used` columns are
    left out.
    """
    excluded = set(used)
    matches: list[_Profile] = []
    for name in names:
        for profile in profiles.values():
            if profile.folded == name and profile.name not in excluded:
                matches.append(profile)
    return matches


def _source_column(
    raw: RawTable,
    profiles: Profiles,
    roles: Mapping[str, str],
) -> str:
    rows = len(raw.cells)
    for profile in _ranked(profiles, roles.values(), SOURCE_NAMES):
        few_for_rows = rows < 2 * MOST_SOURCES or profile.distinct <= rows / 4
        if (
            profile.is_complete(raw)
            and profile.distinct <= MOST_SOURCES
            and few_for_rows
        ):
            return profile.name
    return ""


def _question_column(
    raw: RawTable,
    profiles: Profiles,
    roles: Mapping[str, str],
) -> str:
    candidates = _ranked(profiles, roles.values(), QUESTION_NAMES)
    for name, profile in profiles.items():
        named_so = profile.folded.endswith((" question", " question text"))
        if named_so and name not in roles.values() and profile not in candidates:
            candidates.append(profile)
    for profile in candidates:
        few = profile.distinct <= MOST_QUESTIONS
        if profile.is_complete(raw) and few and profile.numeric < 0.5:
            return profile.name
    return ""


def _weight_column(
    raw: RawTable,
    profiles: Profiles,
    roles: Mapping[str, str],
) -> str:
    for name, profile in profiles.items():
        if name not in roles.values() and _is_weight(raw, profile):
            return name
    return ""


def _is_weight(raw: RawTable, profile: _Profile) -> bool:
    """Whether a column is meant for weights: by its name, and numbers or what looks like some.

    So `85%` in a column `weight` is refused where the weights are read, and not passed over.
    """
    if not profile.is_named_weight or not profile.filled:
        return False
    if profile.numeric > 0.5:
        return True
    if len(profile.name_words) > MOST_WORDS_OF_A_WEIGHT:
        return False
    has_digit = raw.cells[profile.name].str.contains("[0-9]")
    is_short = profile.characters <= LONGEST_WEIGHT
    return is_short and int(has_digit.sum()) > profile.filled / 2


def _weight_notes(
    raw: RawTable,
    choices: ColumnChoices,
    roles: Mapping[str, str],
    own: Sequence[_Profile],
) -> list[str]:
    """A note on columns that are named like weights and not used as such."""
    if raw.roles or "weight" in choices.roles:
        return []
    used = roles.get("weight")
    if used is None:
        unused = [profile for profile in own if profile.folded in WEIGHT_WORDS]
    else:
        unused = [profile for profile in own if _is_weight(raw, profile)]
    names = [profile.name for profile in unused if profile.filled]
    return unused_weight_notes(used, names)


def _id_column(raw: RawTable, profiles: Profiles, roles: Mapping[str, str]) -> str:
    candidates = _ranked(profiles, roles.values(), (*COMMENT_IDS, *PERSON_IDS))
    for name, profile in profiles.items():
        named_so = profile.name_words & ID_WORDS and profile.words < 4
        if named_so and name not in roles.values() and profile not in candidates:
            candidates.append(profile)
    source = roles.get("source")
    for profile in candidates:
        if (
            profile.is_complete(raw)
            and not _repeated(raw.cells, profile.name, source).any()
        ):
            return profile.name
    for profile in candidates:
        if _is_faulty_id(profile, len(raw.cells)):
            _check_ids(raw, profile.name, source)
    return ""


def _is_faulty_id(profile: _Profile, rows: int) -> bool:
    """Whether a column that is not fit for ids is meant as such: by its name, and mostly filled
    and distinct.
    """
    if profile.folded not in COMMENT_IDS:
        return False
    return profile.filled >= 0.5 * rows and profile.distinct >= 0.5 * profile.filled


def _respondent_column(
    _: RawTable,
    profiles: Profiles,
    roles: Mapping[str, str],
) -> str:
    """A column that identifies people, some of whom wrote more than once."""
    names = (*PERSON_IDS, "response id", "responseid")
    for profile in _ranked(profiles, roles.values(), names):
        if profile.filled and profile.distinct < profile.filled:
            return profile.name
    return ""


def _groupings(raw: RawTable, own: Sequence[_Profile]) -> tuple[str, ...]:
    """The columns that results can be broken down by; of a discussion page none."""
    if raw.roles:
        return ()
    rows = len(raw.cells)
    return tuple(profile.name for profile in own if _is_grouping(profile, rows))


def _is_grouping(profile: _Profile, rows: int) -> bool:
    """Whether a column has few enough values to break results down by: age band, borough, yes
    or no.
    """
    most = min(MOST_GROUPS, max(3, rows // 3))
    if not 2 <= profile.distinct <= most or profile.words > MOST_WORDS_OF_A_GROUP:
        return False
    if profile.name_words & (ID_WORDS | DATE_WORDS):
        return False
    return profile.numeric < 0.5 or profile.distinct <= MOST_NUMBERS


# ---------------------------------------------------------------- ids


def _repeated(cells: pd.DataFrame, name: str, source: str | None) -> pd.Series:
    """True for each row whose id is another row's in the same source too."""
    keys = {"id": cells[name].str.strip()}
    if source:
        keys["source"] = cells[source].str.strip()
    return pd.DataFrame(keys).duplicated(keep=False)


def _check_ids(raw: RawTable, name: str, source: str | None) -> None:
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
    for value in values[:SHOWN]:
        places = raw.where(repeated.index[repeated == value].to_numpy())
        problems.append(f"{raw.path}: the id {value!r} occurs in {places}")
    if len(values) > SHOWN:
        problems.append(f"... and {len(values) - SHOWN:,} more ids")
    if problems:
        raise CoderError("\n".join(problems), fix)


Finder = Callable[[RawTable, Profiles, Mapping[str, str]], str]
# In this order: an id need only be unique within its source.
FINDERS: tuple[tuple[str, Finder, str], ...] = (
    ("question", _question_column, "by its name"),
    ("source", _source_column, "by its name and its few values"),
    ("weight", _weight_column, "by its name and its numbers"),
    ("id", _id_column, "by its name, no value twice"),
    ("respondent", _respondent_column, "by its name"),
)
