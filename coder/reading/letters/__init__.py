"""Letters: documents and mails of which each is one response, read as text with its places.

`load_letters` gives a row a letter; the other modules read one kind of document each.
"""

from coder.reading.letters.folder import (
    NAMED_ONE_BY_ONE,
    LetterFiles,
    find_letters,
    holds_letters,
    is_letter,
    sha256_of_letters,
)
from coder.reading.letters.table import load_letters

__all__ = [
    "NAMED_ONE_BY_ONE",
    "LetterFiles",
    "find_letters",
    "holds_letters",
    "is_letter",
    "load_letters",
    "sha256_of_letters",
]
