"""Which column is what: as the user says, as the format says, else by its name and by what it holds."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.errors import CoderError, did_you_mean
from coder.reading.loaded import Loaded

NONE = "-"  # what a user types to say that there is no such column
ROLES = ("text", "id", "source", "weight", "question", "respondent")

# Names that say it outright, the best first; compared folded, with single spaces for everything but letters
# and digits ("comment-body" is "comment body").
TEXT_NAMES = (
    "comment text",
    "comment body",
    "comment",
    "comments",
    "free text",
    "freetext",
    "free text response",
    "open text",
    "open response",
    "open answer",
    "open ended response",
    "verbatim",
    "verbatims",
    "verbatim comment",
    "response text",
    "answer text",
    "response",
    "responses",
    "answer",
    "answers",
    "text",
    "feedback",
    "suggestion",
    "suggestions",
    "opinion",
    "body",
    "message",
    "statement",
    "argument",
)
TEXT_WORDS = frozenset(
    (
        "comment",
        "comments",
        "response",
        "responses",
        "answer",
        "answers",
        "text",
        "feedback",
        "verbatim",
        "suggestion",
        "suggestions",
    )
)
# Words of a column's name that speak against free text.
NOT_TEXT_WORDS = frozenset(
    (
        "id",
        "ids",
        "ref",
        "reference",
        "code",
        "codes",
        "number",
        "no",
        "count",
        "date",
        "time",
        "timestamp",
        "datetime",
        "created",
        "updated",
        "sentiment",
        "type",
        "category",
        "categorical",
        "url",
        "link",
        "email",
        "language",
        "lang",
        "version",
    )
)
COMMENT_IDS = (
    "comment id",
    "commentid",
    "response id",
    "responseid",
    "answer id",
    "answerid",
    "id",
    "unique id",
    "uid",
    "uuid",
    "guid",
    "record id",
    "submission id",
    "ref",
    "reference",
    "response ref",
    "reference number",
)
PERSON_IDS = (
    "respondent id",
    "respondentid",
    "respondent",
    "participant id",
    "participantid",
    "participant",
    "author id",
    "author",
    "user id",
    "userid",
    "username",
    "user name",
    "person id",
    "member id",
    "panellist id",
    "panelist id",
    "contact id",
    "customer id",
)
ID_WORDS = frozenset(("id", "ref", "reference", "identifier", "serial", "uuid", "guid"))
SOURCE_NAMES = (
    "source",
    "route",
    "channel",
    "sample",
    "sample source",
    "response channel",
    "survey route",
)
WEIGHT_WORDS = frozenset(("weight", "weights", "weighting", "wt", "wgt", "wgts"))
QUESTION_NAMES = ("question", "question text", "survey question", "prompt")
BODY_WEIGHT_WORDS = frozenset(("body", "kg", "kilos", "lb", "lbs", "stone", "birth"))
MOST_SOURCES = 30
MOST_QUESTIONS = 60
MOST_GROUPS = 40  # values of a column that people are broken down by
DOUBLED_SHOWN = 5


@dataclass(frozen=True)
class Asked:
    """What the user said about a file's columns; None is nothing said, `-` is no such column."""

    roles: Mapping[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] | None = None
    before: frozenset[str] = frozenset()  # roles that are as they were when the file was last read


class Chosen(NamedTuple):
    """A column, what it was taken for, and why."""

    role: str
    column: str
    why: str


class Columns(NamedTuple):
    """What the columns of one file are."""

    roles: dict[str, str]  # role to column; a role without a column is absent
    chosen: tuple[Chosen, ...]
    attributes: tuple[str, ...]  # own columns to break results down by
    describing: tuple[str, ...]  # own columns that together tell respondents apart
    notes: tuple[str, ...]


class _Facts(NamedTuple):
    """What is looked at of one column; shares are of the cells that hold anything."""

    name: str
    folded: str
    words_of_name: frozenset[str]
    filled: int
    distinct: int
    characters: float  # mean
    words: float  # mean
    numeric: float  # share


def recognise(loaded: Loaded, asked: Asked) -> Columns:
    """Find the column of each role.

    Raises:
        CoderError: a column that was named is not there, none holds free text, or ids named as such repeat.
    """
    table = loaded.table
    names = list(table.columns)
    _check_named(loaded, asked, names)
    facts = {name: _facts(table[name]) for name in names}
    roles: dict[str, str] = {}
    chosen: list[Chosen] = []
    notes: list[str] = []

    def take(role: str, column: str, why: str) -> None:
        roles[role] = column
        chosen.append(Chosen(role, column, why))

    for role in (*ROLES, "role"):
        if role in asked.roles:
            if asked.roles[role] != NONE:
                take(
                    role, asked.roles[role], "as before" if role in asked.before else "as you said"
                )
        elif role in loaded.roles:
            take(role, loaded.roles[role], "by the page's layout")
    if "text" not in roles:
        take("text", *_text_column(loaded, facts, set(roles.values())))
    for role, find, why in FINDERS:
        if role in roles or role in asked.roles or loaded.roles:
            continue
        found = find(loaded, facts, roles)
        if found:
            take(role, found, why)
    if "id" in roles and not loaded.roles:
        check_ids(loaded, roles["id"], roles.get("source"))
    own = [name for name in names if name not in roles.values()]
    groups = (
        [] if loaded.roles else [name for name in own if _groups_people(facts[name], len(table))]
    )
    notes.extend(_other_texts(facts, own))
    longest = (
        15 if len(names) > 1 else 6
    )  # words of a column's name; a file without names is often one column
    if len(facts[roles["text"]].name.split()) > longest and not roles["text"].rstrip().endswith(
        ("?", ":")
    ):
        notes.append(
            "The first row was taken for the column names, though it reads like a comment. If it is one, "
            "add a row of names above it."
        )
    return Columns(
        roles=roles,
        chosen=tuple(chosen),
        attributes=tuple(groups) if asked.attributes is None else asked.attributes,
        describing=tuple(groups),
        notes=tuple(notes),
    )


def _check_named(loaded: Loaded, asked: Asked, names: Sequence[str]) -> None:
    wanted = [(role, column) for role, column in asked.roles.items() if column != NONE]
    wanted += [("attribute", column) for column in asked.attributes or ()]
    for role, column in wanted:
        if column not in names:
            raise CoderError(
                f"{loaded.path}: has no column {column!r} (--{role})", did_you_mean(column, names)
            )
    doubled = [
        role for role, column in wanted if role != "attribute" and column == asked.roles.get("text")
    ]
    if len(doubled) > 1:
        raise CoderError(
            f"{loaded.path}: the column {asked.roles['text']!r} was named for {' and '.join(doubled)}",
            "Each needs a column of its own.",
        )


def _folded(name: str) -> str:
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", split.casefold()).split())


def _facts(cells: pd.Series, most: int = 20_000) -> _Facts:
    """Facts of one column, over at most the first `most` rows that hold anything."""
    name = str(cells.name)
    folded = _folded(name)
    filled = cells[cells.str.strip() != ""]
    looked = filled.iloc[:most]
    if looked.empty:
        return _Facts(name, folded, frozenset(folded.split()), 0, 0, 0.0, 0.0, 0.0)
    return _Facts(
        name=name,
        folded=folded,
        words_of_name=frozenset(folded.split()),
        filled=len(filled),
        distinct=int(filled.nunique()),
        characters=float(looked.str.len().clip(upper=400).mean()),
        words=float((looked.str.count(r"\S+")).clip(upper=80).mean()),
        numeric=float(pd.to_numeric(looked, errors="coerce").notna().mean()),
    )


# ---------------------------------------------------------------- text


def _text_score(fact: _Facts) -> float:
    """How much a column looks like people's own words: length times variety, more for a telling name."""
    if not fact.filled or fact.numeric > 0.9:
        return 0.0
    score = fact.characters * fact.distinct / fact.filled
    if fact.folded in TEXT_NAMES:
        return score * (12 - TEXT_NAMES.index(fact.folded) / len(TEXT_NAMES))
    if (
        not _varied(fact)
        or fact.words_of_name & NOT_TEXT_WORDS
        or (fact.words < 1.2 and not fact.name.strip().endswith("?"))
    ):
        return 0.0
    if fact.words_of_name & TEXT_WORDS or fact.name.strip().endswith("?"):
        return score * 3
    return score if fact.words >= 3 else 0.0


def _varied(fact: _Facts) -> bool:
    """Whether the cells differ as people's own words do, not as the answers of a list."""
    return fact.distinct > 0.1 * fact.filled or fact.distinct > MOST_GROUPS


def _own_words(fact: _Facts) -> bool:
    """Whether few cells are enough to see that people wrote them: hardly two are the same, and they are long."""
    return fact.filled >= 3 and fact.distinct >= 0.8 * fact.filled and fact.characters >= 40


def _text_column(loaded: Loaded, facts: dict[str, _Facts], taken: set[str]) -> tuple[str, str]:
    scores = {name: _text_score(fact) for name, fact in facts.items() if name not in taken}
    best = max(scores, key=lambda name: scores[name], default="")
    if not best or not scores[best]:
        by_name = next((f.name for n in TEXT_NAMES for f in facts.values() if f.folded == n), "")
        if by_name and by_name not in taken:
            return by_name, "by its name"
        raise CoderError(
            f"{loaded.path}: no column of free text was recognised among {len(facts)}",
            f"Name it with --text COL. {did_you_mean('', list(facts))}",
        )
    fact = facts[best]
    if fact.folded in TEXT_NAMES or fact.words_of_name & TEXT_WORDS:
        return best, "by its name and its free text"
    return best, "the longest and most varied text"


def _other_texts(facts: dict[str, _Facts], own: Sequence[str]) -> list[str]:
    """A note on further columns of free text, which are answers to other questions."""
    others = [
        name
        for name in own
        if facts[name].words >= 4
        and facts[name].distinct >= 0.3 * facts[name].filled
        and (facts[name].distinct > MOST_GROUPS or _own_words(facts[name]))
        and not facts[name].words_of_name & NOT_TEXT_WORDS
    ]
    if not others:
        return []
    return [
        f"There is more free text in {', '.join(map(repr, others[:5]))}. Each is read as a source of its own: "
        f"add --text {others[0]!r} --source-name NAME in another `coder read`."
    ]


# ---------------------------------------------------------------- the others


def _ranked(facts: dict[str, _Facts], taken: set[str], names: Sequence[str]) -> list[_Facts]:
    """The columns with one of these names, in the order of `names`."""
    order = {name: place for place, name in enumerate(names)}
    found = [fact for name, fact in facts.items() if name not in taken and fact.folded in order]
    return sorted(found, key=lambda fact: order[fact.folded])


def _source_column(loaded: Loaded, facts: dict[str, _Facts], roles: Mapping[str, str]) -> str:
    rows = len(loaded.table)
    for fact in _ranked(facts, set(roles.values()), SOURCE_NAMES):
        few = fact.distinct <= MOST_SOURCES and (
            rows < 2 * MOST_SOURCES or fact.distinct <= rows / 4
        )
        if fact.filled == rows and few:
            return fact.name
    return ""


def _question_column(loaded: Loaded, facts: dict[str, _Facts], roles: Mapping[str, str]) -> str:
    named = _ranked(facts, set(roles.values()), QUESTION_NAMES)
    named += [
        fact
        for name, fact in facts.items()
        if name not in roles.values()
        and fact not in named
        and fact.folded.endswith((" question", " question text"))
    ]
    for fact in named:
        if (
            fact.filled == len(loaded.table)
            and fact.distinct <= MOST_QUESTIONS
            and fact.numeric < 0.5
        ):
            return fact.name
    return ""


def _weight_column(_: Loaded, facts: dict[str, _Facts], roles: Mapping[str, str]) -> str:
    for name, fact in facts.items():
        if name not in roles.values() and fact.words_of_name & WEIGHT_WORDS and fact.numeric > 0.5:
            if fact.words_of_name & BODY_WEIGHT_WORDS:
                continue
            return name
    return ""


def _id_column(loaded: Loaded, facts: dict[str, _Facts], roles: Mapping[str, str]) -> str:
    taken = set(roles.values())
    candidates = _ranked(facts, taken, (*COMMENT_IDS, *PERSON_IDS))
    known = {fact.name for fact in candidates}
    candidates += [
        fact
        for name, fact in facts.items()
        if name not in taken | known and fact.words_of_name & ID_WORDS and fact.words < 4
    ]
    rows = len(loaded.table)
    for fact in candidates:
        if (
            fact.filled == rows
            and not _repeated(loaded.table, fact.name, roles.get("source")).any()
        ):
            return fact.name
    for fact in candidates:  # meant as the comments' ids, but faulty
        if (
            fact.folded in COMMENT_IDS
            and fact.filled >= 0.5 * rows
            and fact.distinct >= 0.5 * fact.filled
        ):
            check_ids(loaded, fact.name, roles.get("source"))
    return ""


def _respondent_column(_: Loaded, facts: dict[str, _Facts], roles: Mapping[str, str]) -> str:
    """A column that names people some of whom wrote more than once."""
    for fact in _ranked(facts, set(roles.values()), (*PERSON_IDS, "response id", "responseid")):
        if fact.filled and fact.distinct < fact.filled:
            return fact.name
    return ""


def _repeated(table: pd.DataFrame, name: str, source: str | None) -> pd.Series:
    """True for each row whose id stands in another row of its source too."""
    key = {"id": table[name].str.strip()}
    if source:
        key["source"] = table[source].str.strip()
    return pd.DataFrame(key).duplicated(keep=False)


def check_ids(loaded: Loaded, name: str, source: str | None) -> None:
    """Raise `CoderError` when an id is blank or stands twice in a source, with the places."""
    ids = loaded.table[name].str.strip()
    way_out = (
        f"Correct the file, name another column with --id COL, or number the rows with --id {NONE} (if "
        f"{name!r} names people who answered several times, add --respondent {name!r})."
    )
    blank = np.flatnonzero((ids == "").to_numpy())
    if len(blank):
        raise CoderError(
            f"{loaded.path}: the id column {name!r} is empty in {loaded.where(blank)}", way_out
        )
    repeated = ids[_repeated(loaded.table, name, source)]
    if len(repeated):
        positions = repeated.index.to_numpy()
        shown = [
            f"{loaded.path}: the id {value!r} stands in {loaded.where(positions[rows])}"
            for value, rows in list(repeated.groupby(repeated, sort=False).indices.items())[
                :DOUBLED_SHOWN
            ]
        ]
        more = repeated.nunique() - len(shown)
        raise CoderError(
            "\n".join(shown) + (f"\n... and {more:,} more ids" if more > 0 else ""), way_out
        )


def _groups_people(fact: _Facts, rows: int) -> bool:
    """Whether a column holds few enough values to break people down by: age band, borough, yes or no."""
    if not 2 <= fact.distinct <= min(MOST_GROUPS, max(3, rows // 3)) or fact.words > 12:
        return False
    named_otherwise = fact.words_of_name & (ID_WORDS | {"date", "time", "timestamp", "datetime"})
    return not named_otherwise and (fact.numeric < 0.5 or fact.distinct <= 12)


Finder = Callable[[Loaded, dict[str, _Facts], Mapping[str, str]], str]
# In this order: an id need only be unique within its source.
FINDERS: tuple[tuple[str, Finder, str], ...] = (
    ("question", _question_column, "by its name"),
    ("source", _source_column, "by its name and its few values"),
    ("weight", _weight_column, "by its name and its numbers"),
    ("id", _id_column, "by its name, no value twice"),
    ("respondent", _respondent_column, "by its name"),
)
