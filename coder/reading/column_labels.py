"""What a column is called: its name, and the question that it answers."""

import re
from functools import lru_cache

from coder.reading.raw_table import RawTable

WORDS_OF_A_SENTENCE = 5
QUESTION_ENDS = ("?", ":")
NAMELESS = re.compile(r"(?:column|unnamed|field|var|v)[ _:.]*\d+|\d*", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def folded(name: str) -> str:
    """A name in lower case, with single spaces for everything but letters and digits."""
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", separated.casefold()).split())


def folded_labels(raw: RawTable, column: str) -> frozenset[str]:
    """A column's name and its question, folded."""
    labels = {folded(column), folded(raw.questions.get(column, ""))}
    return frozenset(labels - {""})


def wording_of(raw: RawTable, column: str) -> str:
    """The question that a column answers: as a header row gives it, or the name where that is a
    question or a sentence; else empty.
    """
    of_header = raw.questions.get(column, "").strip()
    if of_header:
        return of_header
    name = column.strip()
    return name if is_question(name) else ""


def is_question(name: str) -> bool:
    """Whether a column's name is a question or a sentence."""
    return name.endswith(QUESTION_ENDS) or len(name.split()) >= WORDS_OF_A_SENTENCE


def is_nameless(name: str) -> bool:
    """Whether a column has only a number for a name: `Column12`, `Unnamed: 3`."""
    return NAMELESS.fullmatch(name.strip()) is not None
