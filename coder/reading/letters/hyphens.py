"""Words that a line end parts: whether the hyphen is the word's, by the letter's other words."""

import re
from collections import Counter
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
FIRST_WORD = re.compile(r"[^\W\d_]+")
LAST_WORD = re.compile(r"[^\W\d_]+$")


class Hyphens:
    """How the words of a letter are written where no line end parts them."""

    def __init__(self, texts: Iterable[str]) -> None:
        words: Counter[str] = Counter()
        for text in texts:
            words.update(word.casefold() for word in WORD.findall(text))
        self._words = words

    def belongs(self, before: str, after: str) -> bool:
        """Whether the hyphen between the end of a line and the beginning of the next is the word's.

        It is not where the letter has the word without it elsewhere. It stays, as printed, where
        the letter has the word with it, or where nothing tells.
        """
        first, second = LAST_WORD.search(before), FIRST_WORD.match(after)
        if first is None or second is None:
            return True
        whole = f"{first[0]}{second[0]}".casefold()
        hyphened = f"{first[0]}-{second[0]}".casefold()
        return not self._words[whole] or bool(self._words[hyphened])
