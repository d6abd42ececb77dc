"""What a column is called: its name, and the question that a header row gives for it."""

import re
from functools import lru_cache

from coder.reading.raw_table import RawTable


@lru_cache(maxsize=10_000)
def folded(name: str) -> str:
    """A name in lower case, with single spaces for everything but letters and digits."""
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", separated.casefold()).split())


def folded_labels(raw: RawTable, column: str) -> frozenset[str]:
    """A column's name and its question, folded."""
    labels = {folded(column), folded(raw.questions.get(column, ""))}
    return frozenset(labels - {""})
