"""What the columns of a file are: as the user says, as the format says, or by their names and
what they hold.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from coder.errors import CoderError, did_you_mean, option
from coder.reading.column_kinds import (
    ATTRIBUTE,
    CLOSED,
    DROPPED,
    OPEN,
    ROLE_KINDS,
    ColumnKind,
    OpenQuestion,
    numbered_ids,
)
from coder.reading.column_notes import missing_header_notes, question_notes
from coder.reading.column_profiles import Profile, profile_columns
from coder.reading.kinds_table import combine_groups, group_columns
from coder.reading.open_questions import find_open_among, find_questions, is_open
from coder.reading.options import NO_COLUMN
from coder.reading.other_kinds import (
    PERSONAL_DETAILS,
    Kind,
    attributes_among,
    is_group,
    kind_by_name_and_shape,
    kind_of,
)
from coder.reading.raw_table import RawTable
from coder.reading.role_columns import FINDERS, check_ids
from coder.reading.weight_columns import (
    WeightColumn,
    judge_weight_columns,
    weight_notes,
)

ROLES = ("text", "id", "source", "weight", "question", "respondent", "role")


@dataclass(frozen=True)
class ColumnChoices:
    """What is known of a file's columns before its rows are looked at.

    Attributes:
        roles: role to column, or to `-` for none; other roles are detected.
        texts: the columns of the comments, one a question; none to have them detected.
        attributes: columns that describe the respondents; None to have them detected.
        earlier: roles that are as they were when the file was last read.
        new: columns that the file did not have then. Open questions among them are read beside
            `texts`.
        wordings: column to the question that was asked, where the header does not say it.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    attributes: tuple[str, ...] | None = None
    earlier: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    wordings: Mapping[str, str] = field(default_factory=dict)


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
    dropped: tuple[
        str, ...
    ]  # own columns of names, addresses, what the survey tool adds
    notes: tuple[str, ...]
    questions: tuple[OpenQuestion, ...]  # one at least
    kinds: tuple[ColumnKind, ...]  # every column of the file, in its order


def detect_columns(raw: RawTable, choices: ColumnChoices) -> DetectedColumns:
    """Find the columns of people's own words, the column of each role, and what the others are.

    Raises:
        CoderError: a column that was named does not exist, no column holds free text, or ids
            repeat.
    """
    _check_chosen(raw, choices)
    return _Detection(raw, choices).result()


class _Detection:
    """The detection of one file's columns."""

    def __init__(self, raw: RawTable, choices: ColumnChoices) -> None:
        self.raw = raw
        self.choices = choices
        # A format that names the column of its texts names all its roles.
        self.is_laid_out = "text" in raw.roles
        self.profiles = profile_columns(raw, choices.wordings)
        self.groups = group_columns(raw, self.profiles)
        self.known = _known_columns(raw, choices)
        self.weights: list[WeightColumn] = []
        if not self.is_laid_out:
            self.weights = judge_weight_columns(raw, self.profiles)

    def result(self) -> DetectedColumns:
        """Everything that is known of the columns."""
        open_columns = self._open_columns()
        columns = self._roles(open_columns)
        roles = {column.role: column.column for column in columns}
        if "id" in roles and not self.is_laid_out:
            check_ids(self.raw, roles["id"], roles.get("source"))
        kinds = self._kinds(columns, open_columns)
        groups = self._groups(kinds)
        attributes, why = self.choices.attributes, "as chosen"
        if attributes is None:
            attributes, why = attributes_among(groups), "few different answers"
        for name in attributes:
            if kinds[name].kind not in ROLE_KINDS:
                kinds[name] = Kind(ATTRIBUTE, why)
        table = combine_groups(self.profiles, self.groups, kinds)
        questions = self._questions(open_columns)
        notes = question_notes(questions, self.profiles, kinds)
        if not self.is_laid_out and "weight" not in self.choices.roles:
            used = roles.get("weight")
            notes.extend(weight_notes(self.weights, used, self.profiles))
        notes.extend(missing_header_notes(roles["text"], len(self.profiles)))
        return DetectedColumns(
            roles=roles,
            columns=tuple(columns),
            attributes=attributes,
            describing=tuple(profile.name for profile in groups),
            dropped=tuple(self._dropped(kinds)),
            notes=tuple(notes),
            questions=questions,
            kinds=table,
        )

    def _open_columns(self) -> dict[str, str]:
        """Column to why it is an open question, as chosen or as detected."""
        if self.choices.texts:
            return self._chosen_columns()
        for column in self.known:
            if column.role == "text":
                return {column.column: column.why}
        used = {column.column for column in self.known}
        used.update(self.choices.attributes or ())
        return find_questions(self.raw, self.profiles, self.groups, used)

    def _chosen_columns(self) -> dict[str, str]:
        """The columns chosen or read before, and open questions that the file did not have then."""
        why = "as before" if "text" in self.choices.earlier else "as chosen"
        chosen = dict.fromkeys(self.choices.texts, why)
        used = {column.column for column in self.known}
        used.update(self.choices.attributes or ())
        new = find_open_among(self.profiles, self.choices.new - used)
        if not new:
            return chosen
        reasons = {**new, **chosen}
        return {name: reasons[name] for name in self.profiles if name in reasons}

    def _roles(self, open_columns: Mapping[str, str]) -> list[DetectedColumn]:
        """The column of each role; that of the text is the first open question's."""
        first = next(iter(open_columns))
        columns = [DetectedColumn("text", first, open_columns[first])]
        columns.extend(column for column in self.known if column.role != "text")
        if self.is_laid_out:
            return columns
        free = dict(self.profiles)
        for name in open_columns:
            if name != first:
                del free[name]
        roles = {column.role: column.column for column in columns}
        for role, find, why in FINDERS:
            name = ""
            if self._is_undecided(role, roles):
                name = find(self.raw, free, roles)
            if name:
                columns.append(DetectedColumn(role, name, why))
                roles[role] = name
        if self._is_undecided("weight", roles):
            columns.extend(self._weight(roles.values()))
        return columns

    def _is_undecided(self, role: str, roles: Mapping[str, str]) -> bool:
        """Whether no column plays the role yet, and nobody chose that none does."""
        return role not in roles and role not in self.choices.roles

    def _weight(self, used: Collection[str]) -> list[DetectedColumn]:
        """The first column of weights that plays no other role."""
        for column in self.weights:
            if column.is_weight and column.column not in used:
                return [DetectedColumn("weight", column.column, column.why)]
        return []

    def _kinds(
        self, columns: Sequence[DetectedColumn], open_columns: Mapping[str, str]
    ) -> dict[str, Kind]:
        """The kind of every column, in the order of the file."""
        kinds: dict[str, Kind] = {}
        of_role = {column.column: column for column in columns}
        before: Profile | None = None
        for name, profile in self.profiles.items():
            role = of_role.get(name)
            if name in open_columns:
                kinds[name] = Kind(OPEN, open_columns[name])
            elif role is not None and role.role in ROLE_KINDS:
                kinds[name] = Kind(role.role, role.why)
            elif name in self.raw.personal:
                kinds[name] = Kind(DROPPED, PERSONAL_DETAILS)
            elif not self.is_laid_out and is_open(profile, before):
                kinds[name] = Kind(OPEN, "not among the columns that are read")
            else:
                is_option = name in self.groups
                kinds[name] = kind_of(profile, before, is_option=is_option)
            before = profile
        return kinds

    def _dropped(self, kinds: Mapping[str, Kind]) -> Iterator[str]:
        """The columns that hold names, addresses, what the survey tool adds ...; an address that
        tells respondents apart is among them.
        """
        for name, profile in self.profiles.items():
            kind: Kind | None = kinds[name]
            if kinds[name].kind == "respondent":
                kind = kind_by_name_and_shape(profile)
            is_dropped = kind is not None and kind.kind == DROPPED
            if profile.filled and (is_dropped or name in self.raw.personal):
                yield name

    def _groups(self, kinds: Mapping[str, Kind]) -> list[Profile]:
        """The columns that results can be broken down by; of a discussion page none."""
        if self.is_laid_out:
            return []
        closed = [self.profiles[name] for name in kinds if kinds[name].kind == CLOSED]
        return [profile for profile in closed if is_group(profile)]

    def _questions(self, open_columns: Iterable[str]) -> tuple[OpenQuestion, ...]:
        names = list(open_columns)
        questions = []
        for column, question_id in zip(names, numbered_ids(names), strict=True):
            profile = self.profiles[column]
            questions.append(
                OpenQuestion(column, question_id, profile.wording, profile.filled)
            )
        return tuple(questions)


def _check_chosen(raw: RawTable, choices: ColumnChoices) -> None:
    """Raise `CoderError` where a chosen column does not exist, or is chosen for text and
    another role, or an attribute.
    """
    roles_by_column: dict[str, list[str]] = {}
    for role, column in choices.roles.items():
        if column != NO_COLUMN:
            roles_by_column.setdefault(column, []).append(role)
            _check_exists(raw, role, column)
    for column in choices.texts:
        _check_exists(raw, "text", column)
        if "text" not in roles_by_column.get(column, []):
            roles_by_column.setdefault(column, []).insert(0, "text")
    for column in choices.attributes or ():
        _check_exists(raw, "attribute", column)
        roles_by_column.setdefault(column, []).append("attribute")
    for column, roles in roles_by_column.items():
        if "text" in roles and len(roles) > 1:
            raise CoderError(
                f"{raw.path}: the column {column!r} was named for {' and '.join(roles)}",
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
        elif role == "weight" and raw.facts.get(role) in raw.cells.columns:
            columns.append(DetectedColumn(role, raw.facts[role], "as the file says"))
    return columns


def _why_known(raw: RawTable) -> str:
    if raw.format == "letters":
        return "as letters have it"
    return "by the page's layout"
