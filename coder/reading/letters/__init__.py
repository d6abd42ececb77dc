"""Letters: documents and mails of which each is one response, read as text with its places.

`load_letters` gives a row a letter; the other modules read one kind of document each.
"""

from coder.reading.letters.folder import (
    LetterFiles,
    find_letters,
    holds_letters,
    is_letter,
)
from coder.reading.letters.table import load_letters

__all__ = ["LetterFiles", "find_letters", "holds_letters", "is_letter", "load_letters"]
