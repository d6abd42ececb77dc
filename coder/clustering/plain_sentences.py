"""Sentences that can stand for a group: short, and about something that they name themselves."""

import re
from collections.abc import Sequence

from coder.phrases.noun_phrases import fold
from coder.phrases.word_lists import (
    CLAUSE_BEGINNINGS,
    NO_BEGINNING,
    PAST,
    PERSONAL,
    QUANTITIES,
)
from coder.text import WORD, stop_words

SHORTEST_CLAUSE = 4  # words before "because" that say enough
SEVERAL = 3  # people whose sentence is nobody's own
MORE = 2  # words more that one of them may use
LEAST, MOST = 3, 11  # words of a sentence that can be a name
END = re.compile(r"(?<=[.!?])\s|:\s|\s[–—-]\s")


def plain_sentences(lines: Sequence[str], texts: Sequence[str] = ()) -> list[str]:
    """The first clauses of the lines that can be names, in their order; first of all those that
    several say.

    Args:
        texts: all that is said.
    """
    repeated, others = [], []
    for line in lines:
        clause = first_clause(line)
        if is_repeated(clause, texts):
            repeated.append(clause)
        elif is_plain(clause):
            others.append(clause)
    return repeated + others


def first_clause(line: str) -> str:
    """A line without the reasons and conditions that follow: "... because", "... although"."""
    spoken = END.split(line)[0].split()
    for number, word in enumerate(spoken):
        if number >= SHORTEST_CLAUSE and fold(word) in CLAUSE_BEGINNINGS:
            return " ".join(spoken[:number]).rstrip(",;:- ")
    return " ".join(spoken)


def is_plain(sentence: str) -> bool:
    """Whether a sentence can stand for many: short, nobody's own story, nothing left open."""
    spoken = [fold(word) for word in WORD.findall(sentence)]
    if not LEAST <= len(spoken) <= MOST:
        return False
    return _can_begin(spoken[0]) and not any(map(_is_own, spoken))


def _can_begin(word: str) -> bool:
    """Whether a name may begin so: it points at nothing said before, and tells no story."""
    return word.split("'")[0] not in NO_BEGINNING and not _is_past(word)


def _is_own(word: str) -> bool:
    """Whether a word tells of one person, or of one time."""
    return word.split("'")[0] in PERSONAL or word in QUANTITIES or word[0].isdigit()


def _is_past(word: str) -> bool:
    """Whether a sentence that begins so tells what happened and leaves out to whom."""
    return word in PAST or (word.endswith("ed") and not word.endswith("eed"))


def is_repeated(sentence: str, lines: Sequence[str]) -> bool:
    """Whether several of the lines say no more than a sentence, in its own words."""
    spoken = _fold_words(sentence)
    if not LEAST <= len(spoken) <= MOST or not _can_begin(spoken[0]):
        return False
    full = set(spoken) - stop_words("en")
    alike = 0
    for line in lines:
        words = _fold_words(line)
        alike += len(words) <= len(spoken) + MORE and full.issubset(words)
    return alike >= SEVERAL


def _fold_words(line: str) -> list[str]:
    return [fold(word) for word in WORD.findall(line)]
