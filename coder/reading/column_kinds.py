"""What the columns of a file are: the open questions, and all the others."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

OPEN = "open question"
KINDS = (
    OPEN,
    "other answer",  # the text beside a list of options: "Other, please specify"
    "closed",
    "several options",
    "attribute",
    "weight",
    "id",
    "respondent",
    "source",
    "question",
    "date",
    "dropped",
)
WORDS_OF_AN_ID = 4
LONGEST_ID = 40  # characters


class ColumnKind(NamedTuple):
    """What one column, or several that belong to one question, was taken for.

    Attributes:
        column: its name; of several, what their names begin with.
        kind: one of `KINDS`.
        answered: rows that hold anything.
        median_words: of those rows.
        example: a cell, as written.
        why: what speaks for the kind, for people.
        columns: all columns, where the options of one question have a column each.
    """

    column: str
    kind: str
    answered: int
    median_words: float
    example: str
    why: str = ""
    columns: tuple[str, ...] = ()


class OpenQuestion(NamedTuple):
    """A column of people's own words.

    Attributes:
        column: its name.
        question_id: a slug, unique in the file.
        wording: of the question, from the header; empty where the file does not say it.
        answered: rows that hold anything.
    """

    column: str
    question_id: str
    wording: str
    answered: int


def question_id_of(column: str, in_use: Collection[str] = ()) -> str:
    """A short id for a column's question: `q12` for `Q12`, unique among those in use."""
    words = re.findall(r"[^\W_]+", column.casefold())
    stem = "-".join(words[:WORDS_OF_AN_ID])[:LONGEST_ID].strip("-") or "question"
    question_id, number = stem, 1
    while question_id in in_use:
        number += 1
        question_id = f"{stem}-{number}"
    return question_id


def numbered_ids(columns: Sequence[str]) -> list[str]:
    """An id for each column, in their order."""
    ids: list[str] = []
    for column in columns:
        ids.append(question_id_of(column, ids))
    return ids
