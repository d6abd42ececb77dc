"""From a file's rows and the roles of its columns to a table of comments, and its sources."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.errors import CoderError, option
from coder.files import name_to_store, stem_of
from coder.project import Source
from coder.reading.answers import Answers
from coder.reading.column_kinds import OpenQuestion, numbered_ids
from coder.reading.columns import DetectedColumns
from coder.reading.options import NO_COLUMN
from coder.reading.raw_table import RawTable
from coder.reading.response_status import RESPONSE_STATUS, find_response_status
from coder.reading.weights import read_weights
from coder.text import normal_key

# A role's column becomes one of the table's; the respondent's stays among the survey's own.
MOVED_ROLES = ("text", "id", "source", "weight", "question", "role")
RESERVED = tables.COMMENTS.own_names.union(tables.ADDED_BY_READING)
OWN = "own_"  # before the name of an own column that is one of the table's
FEWEST_DIGITS = 4  # of numbers in ids


@dataclass(frozen=True)
class Origin:
    """What a file's comments have in common.

    Attributes:
        source_name: name of the source, where no column holds it.
        question: the question that was asked, where no column holds it.
        sha256: hash of the file.
        without: roles that no column has, as the user chose.
    """

    source_name: str
    question: str
    sha256: str
    without: tuple[str, ...] = ()


class BuiltAnswers(NamedTuple):
    """The answers to each question of a file, and notes.

    Attributes:
        answers: to each question.
        names: own column of the file to its name among the comments.
        notes: what to tell the user.
    """

    answers: tuple[Answers, ...]
    names: Mapping[str, str]
    notes: tuple[str, ...]


def build_answers(
    raw: RawTable, columns: DetectedColumns, origin: Origin
) -> BuiltAnswers:
    """Make comments of a file's rows, a table for each question.

    Raises:
        CoderError: a source is blank, or a weight is missing, not a number, zero or negative in
            a source that has weights.
    """
    answers: list[Answers] = []
    own = _own_columns(raw, columns)
    notes = _renamed_notes(own.names)
    for question in columns.questions:
        table = _build_table(raw, columns, question, origin, own)
        notes.extend(table.notes)
        if "question" in columns.roles and len(columns.questions) == 1:
            answers.extend(_answers_by_wording(table, question))
        else:
            wording = question.wording
            if len(columns.questions) == 1:
                wording = origin.question
            answers.append(_answers(table, question, wording, table.comments))
    return BuiltAnswers(tuple(answers), own.names, tuple(dict.fromkeys(notes)))


class _OwnColumns(NamedTuple):
    """The survey's own columns, which are the same for every question.

    Attributes:
        names: column of the file to its name among the comments.
        cells: under these names, and the state of each response where the file tells it.
    """

    names: dict[str, str]
    cells: pd.DataFrame


def _own_columns(raw: RawTable, columns: DetectedColumns) -> _OwnColumns:
    moved = {columns.roles.get(role) for role in MOVED_ROLES}
    moved |= {question.column for question in columns.questions}
    names = _own_names(name for name in raw.cells.columns if name not in moved)
    cells = raw.cells[list(names)].set_axis(list(names.values()), axis="columns")
    states = find_response_status(raw)
    if states is not None:
        cells = cells.assign(**{RESPONSE_STATUS: states})
    return _OwnColumns(names, cells)


def _renamed_notes(own_names: Mapping[str, str]) -> list[str]:
    """A note on each own column that has another name among the comments."""
    return [
        f"The file's column {column!r} is kept as {name!r}, since {column!r} has another "
        "meaning here."
        for column, name in own_names.items()
        if name != column
    ]


class _Table(NamedTuple):
    """The answers in one column, and how to describe their sources."""

    comments: pd.DataFrame
    describe: Callable[[pd.DataFrame], Source]
    places: pd.DataFrame | None
    notes: tuple[str, ...]


def _answers(
    table: _Table, question: OpenQuestion, wording: str, comments: pd.DataFrame
) -> Answers:
    sources = []
    for _, part in comments.groupby("source", sort=False):
        sources.append(table.describe(part))
    places = table.places
    if places is not None and len(comments) < len(table.comments):
        places = places[places["comment_id"].isin(comments["comment_id"])]
    return Answers(
        question.question_id,
        wording,
        question.column,
        comments,
        tuple(sources),
        places,
    )


def _answers_by_wording(table: _Table, question: OpenQuestion) -> list[Answers]:
    """The answers to each question that a column of questions names."""
    asked = table.comments["question"]
    keys = asked.map({wording: normal_key(wording) for wording in asked.unique()})
    wordings: dict[
        str, str
    ] = {}  # the first of those that differ in case or blanks alone
    for key, wording in zip(keys, asked, strict=True):
        wordings.setdefault(key, wording)
    if len(wordings) == 1:
        return [_answers(table, question, asked.iloc[0], table.comments)]
    answers = []
    ids = numbered_ids(list(wordings.values()))
    for (key, wording), question_id in zip(wordings.items(), ids, strict=True):
        comments = table.comments[keys == key]
        of_wording = question._replace(question_id=question_id)
        part = comments.reset_index(drop=True)
        answers.append(_answers(table, of_wording, wording, part))
    return answers


def _build_table(
    raw: RawTable,
    columns: DetectedColumns,
    question: OpenQuestion,
    origin: Origin,
    own: _OwnColumns,
) -> _Table:
    roles = {**columns.roles, "text": question.column}
    rows = len(raw.cells)
    asked = origin.question if len(columns.questions) == 1 else question.wording
    source_names = _source_names(raw, roles, origin.source_name)
    weights = read_weights(raw, roles, source_names)
    comments = pd.DataFrame(
        {
            "comment_id": _ids(raw, roles, origin.source_name),
            "text": raw.cells[roles["text"]],
            "source": source_names,
            "role": _column_or(raw, roles, "role", "public"),
            "status": _repeated(tables.ANALYSED, rows),
            "reason": _repeated("", rows),
            "weight": weights.values,
            "campaign_id": _repeated("", rows),
            "question": _column_or(raw, roles, "question", asked),
            "question_id": _repeated(question.question_id, rows),
        }
    )
    comments["respondent_id"] = _column_or_ids(raw, roles, comments["comment_id"])
    notes = (*weights.notes, *_weight_notes(comments))
    comments = pd.concat([comments, own.cells], axis="columns")

    def describe(part: pd.DataFrame) -> Source:
        return _source(raw, columns, roles, origin, own.names, part)

    places = _places(raw, comments["comment_id"])
    return _Table(comments, describe, places, notes)


def _places(raw: RawTable, ids: pd.Series) -> pd.DataFrame | None:
    """Where the parts of comments are in their documents (`tables.PLACES`)."""
    if raw.places is None:
        return None
    of_rows = ids.iloc[raw.places["row"].to_numpy()].reset_index(drop=True)
    places = raw.places.reset_index(drop=True).assign(comment_id=of_rows)
    return places[list(tables.PLACES.columns)]


def source_name_of(path: Path) -> str:
    """The name of a file's only source where none was chosen: the file's, without its ending."""
    return name_to_store(stem_of(path))


def _repeated(value: str, rows: int) -> pd.Series:
    return pd.Series([value] * rows, dtype="str")


def _column_or(
    raw: RawTable,
    roles: dict[str, str],
    role: str,
    default: str,
) -> pd.Series:
    """The column of a role; where there is none, `default` in every row."""
    if role in roles:
        return raw.cells[roles[role]]
    return _repeated(default, len(raw.cells))


def _column_or_ids(
    raw: RawTable, roles: dict[str, str], ids: pd.Series
) -> "pd.Series[str]":
    """The column of respondents; where there is none, or it is empty, the comment's id."""
    if "respondent" not in roles:
        return ids
    respondents = raw.cells[roles["respondent"]].str.strip()
    return respondents.where(respondents != "", ids)


def _source(
    raw: RawTable,
    columns: DetectedColumns,
    roles: dict[str, str],
    origin: Origin,
    own_names: dict[str, str],
    part: pd.DataFrame,
) -> Source:
    """What is stored about the source of these comments, which are all of it."""
    roles = dict(roles)
    cleaned = raw.cleaned.get(roles["text"], np.array([], dtype=np.int64))
    person: tuple[str, ...] = columns.describing
    if "respondent" in roles:
        person = (roles["respondent"],)
    orders = {own_names.get(name, name): order for name, order in raw.orders.items()}
    facts = dict(raw.facts)
    question = _own_question(raw, roles, part)
    if question:
        facts["question"] = question
    if origin.without:
        facts["without"] = ", ".join(origin.without)
    if not part["weight"].notna().any():
        roles.pop("weight", None)
    return Source(
        name=str(part["source"].iloc[0]),
        file=name_to_store(raw.path.name),
        sha256=origin.sha256,
        format=raw.format,
        columns=roles,
        rows=len(part),
        cleaned=int(np.isin(part.index.to_numpy(), cleaned).sum()),
        facts=facts,
        person=tuple(own_names.get(column, column) for column in person),
        orders=orders,
        dropped=tuple(own_names.get(column, column) for column in columns.dropped),
    )


def _own_question(raw: RawTable, roles: dict[str, str], part: pd.DataFrame) -> str:
    """The source's one question, where neither a column nor the page itself says it."""
    if "question" in roles:
        return ""
    questions = part["question"].unique()
    of_the_page = raw.facts.get("questions", "").replace(" | ", " ")
    if len(questions) != 1 or questions[0] == of_the_page:
        return ""
    return str(questions[0])


def _weight_notes(comments: pd.DataFrame) -> tuple[str, ...]:
    """A note where some sources are weighted and others are not."""
    weighted: list[str] = []
    unweighted: list[str] = []
    for name, weights in comments.groupby("source", sort=False)["weight"]:
        if weights.notna().any():
            weighted.append(str(name))
        else:
            unweighted.append(str(name))
    if not weighted or not unweighted:
        return ()
    return (f"Weighted: {', '.join(weighted)}. Unweighted: {', '.join(unweighted)}.",)


def _own_names(columns: Iterable[str]) -> dict[str, str]:
    """Each own column and its name among the comments: the same, unless the table uses that
    name.
    """
    names: dict[str, str] = {}
    for column in columns:
        names[column] = column
        if column in RESERVED:
            names[column] = f"{OWN}{column}"
    uses = Counter(names.values())
    for column in names:
        while uses[names[column]] > 1:
            uses[names[column]] -= 1
            names[column] = f"{OWN}{names[column]}"
            uses[names[column]] += 1
    return names


def _ids(raw: RawTable, roles: dict[str, str], source_name: str) -> pd.Series:
    """The id column without white space around ids; without one, the rows are numbered."""
    if "id" in roles:
        return raw.cells[roles["id"]].str.strip()
    rows = len(raw.cells)
    digits = max(FEWEST_DIGITS, len(str(rows)))
    stem = re.sub(r"\s+", "-", source_name.strip())
    ids = [f"{stem}-{number:0{digits}d}" for number in range(1, rows + 1)]
    return pd.Series(ids, dtype="str")


def _source_names(
    raw: RawTable,
    roles: dict[str, str],
    source_name: str,
) -> pd.Series:
    if "source" not in roles:
        return _repeated(source_name, len(raw.cells))
    names = raw.cells[roles["source"]].str.strip()
    blank = np.flatnonzero((names == "").to_numpy())
    if len(blank):
        raise CoderError(
            f"{raw.path}: the source column {roles['source']!r} is empty in {raw.where(blank)}",
            f"Fill it, name another column with {option('source', 'COL')}, or read the file as "
            f"one source with {option('source', NO_COLUMN)}.",
        )
    return names
