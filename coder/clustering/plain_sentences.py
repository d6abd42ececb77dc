"""Sentences that can stand for a group: short, and about something that they name themselves."""

import re
from collections.abc import Sequence

from coder.clustering.phrases import fold
from coder.clustering.word_lists import CLAUSE_BEGINNINGS, NO_BEGINNING, PERSONAL
from coder.text import WORD

SHORTEST_CLAUSE = 4  # words before "because" that say enough
LEAST, MOST = 3, 11  # words of a sentence that can be a name
END = re.compile(r"(?<=[.!?])\s|:\s|\s[–—-]\s")


def plain_sentences(lines: Sequence[str]) -> list[str]:
    """The first clauses of the lines that can be names, in their order."""
    clauses = [first_clause(line) for line in lines]
    return [clause for clause in clauses if is_plain(clause)]


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
    heads = [word.split("'")[0] for word in spoken]
    return heads[0] not in NO_BEGINNING and PERSONAL.isdisjoint(heads)
