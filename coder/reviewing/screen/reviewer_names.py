"""Short forms of the reviewers' names, for lists in which the names do not fit."""

import re
from collections.abc import Iterable

from coder.screen.styled_text import one_line

SHORTEST, LONGEST = 2, 3  # characters of a short form
NOT_IN_SHORT = re.compile(r"[\W_]+")


class ShortNames:
    """Gives each reviewer a short form and keeps to it: the beginning of the name, with a number
    where two names begin alike.
    """

    def __init__(self, reviewers: Iterable[str]) -> None:
        self._short: dict[str, str] = {}
        names = sorted(set(reviewers))
        length = SHORTEST
        while length < LONGEST and not _differ(names, length):
            length += 1
        self._length = length
        for name in names:
            self.of(name)

    def of(self, name: str) -> str:
        """The short form of a name."""
        if name not in self._short:
            self._short[name] = self._new(name)
        return self._short[name]

    def _new(self, name: str) -> str:
        given = set(self._short.values())
        short = _beginning(name, self._length)
        number = 1
        while short in given:
            number += 1
            short = f"{_beginning(name, SHORTEST)}{number}"
        return short


def _beginning(name: str, length: int) -> str:
    letters = NOT_IN_SHORT.sub("", one_line(name))
    return letters[:length] or "?"


def _differ(names: list[str], length: int) -> bool:
    return len({_beginning(name, length) for name in names}) == len(names)
