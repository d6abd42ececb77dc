"""What the columns of a file are: the open questions, and all the others."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from coder.run_records import ALL_QUESTIONS

OPEN = "open question"
OTHER_ANSWER = "other answer"  # text beside a list: "Other, please specify"
CLOSED = "closed"  # an answer of a list
SEVERAL = "several options"  # several answers in a cell, or a column for each option
ATTRIBUTE = "attribute"  # closed, and results are broken down by it
NUMBER = "number"
SHORT_TEXT = "short text"  # names, places, titles
DATE = "date"
DROPPED = "dropped"
ROLE_KINDS = ("weight", "id", "respondent", "source", "question")
WORDS_OF_AN_ID = 4
MOST_WORDS_OF_AN_ID = 8  # where shorter ones are in use
LONGEST_ID = 60  # characters
# A number that the survey gives its question: "Q12", "12.", "Question 5", "Prop 1 Q8 -".
QUESTION_NUMBER = re.compile(
    r"\s*((?:[A-Za-z]+ ?\d{1,3} )?Q(?:uestion)? ?\d{1,3}[a-z]?(?:[._]\d{1,2})*|"
    r"\d{1,3}[a-z]?(?= ?[.:)\]]))"
    r"(?: ?[-–—:.)\]]+ ?|\s+)(?=\S)",
    re.IGNORECASE,
)
WORDS_THAT_TELL_LITTLE = """
a an the this that these those is are was were be been do does did have has had will  would
could should can may might must shall of in on at to for from with by about as  into and or
but if so than then there here it its you your yours we our us i me my  they their what
which who how when where please any other anything else use space box  below above give tell
let know say
"""
STOP_WORDS = frozenset(WORDS_THAT_TELL_LITTLE.split())


class ColumnKind(NamedTuple):
    """What one column, or several that belong to one question, was taken for.

    Attributes:
        column: its name; of several, what their names begin with.
        kind: one of those above, or a role.
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
    """A short id for a column's question, unique among those in use.

    `q12` for `Q12` and for "Q12. What should change?", `prop-1-q8` for "Prop 1 Q8 - Please
    explain"; of a question without a number, its telling words.
    """
    words = _telling_words(column)
    most = min(WORDS_OF_AN_ID, len(words))
    question_id = _slug(words[:most])
    while question_id in in_use and most < min(len(words), MOST_WORDS_OF_AN_ID):
        most += 1
        question_id = _slug(words[:most])
    stem, number = question_id, 1
    while question_id in in_use or question_id == ALL_QUESTIONS:
        number += 1
        question_id = f"{stem}-{number}"
    return question_id


def _telling_words(column: str) -> list[str]:
    """The words of which an id is made: a question's number, or what it is about."""
    match = QUESTION_NUMBER.match(column)
    if match is None:
        words = _words(column)
        if len(words) > WORDS_OF_AN_ID:
            words = [word for word in words if word not in STOP_WORDS] or words
        return words
    code = match.group(1).casefold().replace("question", "q")
    code = re.sub(r"\bq\s+(?=\d)", "q", code)
    if code[0].isdigit():
        code = f"q{code}"
    rest = [word for word in _words(column[match.end() :]) if word not in STOP_WORDS]
    words = _words(code)
    if len(words) > WORDS_OF_AN_ID:
        return words
    padding = [""] * (WORDS_OF_AN_ID - len(words))  # the rest only where it is needed
    return [*words, *padding, *rest]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _slug(words: Sequence[str]) -> str:
    return "-".join(filter(None, words))[:LONGEST_ID].strip("-") or "question"


def numbered_ids(columns: Sequence[str]) -> list[str]:
    """An id for each column, in their order."""
    ids: list[str] = []
    for column in columns:
        ids.append(question_id_of(column, ids))
    return ids
