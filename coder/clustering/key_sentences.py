"""Sentences that show what a group is about: one short key point, and quotes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.vectors import Floats
from coder.phrases.noun_phrases import LINK
from coder.text import normal_key, word_count

SHORTEST_POINT, LONGEST_POINT = 4, 14  # words
WORD_COST = 0.012  # cosine that a word of a key point costs
NEAREST_POINTS = 12
MOST_QUOTES = 5
ENOUGH_QUOTES = 3
READ = 400  # units, nearest first, that quotes are taken from


class Bounds(NamedTuple):
    """What a quote must keep to."""

    shortest: int  # words
    longest: int
    alike: float  # cosine to another quote, at most


STEPS = (Bounds(6, 60, 0.75), Bounds(4, 90, 0.85), Bounds(1, 400, 0.98))


def choose_key_point(texts: Sequence[str], cosines: Floats) -> str:
    """A short one of the sentences nearest a group's centre: 4 to 14 words, as written; empty if
    none.

    Args:
        cosines: (n_texts,) of each text to the centre.
    """
    return next(iter(rank_key_points(texts, cosines)), "")


def rank_key_points(texts: Sequence[str], cosines: Floats) -> list[str]:
    """Short sentences among those nearest a group's centre, the best first.

    Args:
        cosines: (n_texts,) of each text to the centre.
    """
    fitting = [number for number, text in enumerate(texts) if _is_short_line(text)]
    rounded = np.round(cosines.astype(np.float64), 5)
    fitting.sort(key=lambda i: (-rounded[i], texts[i]))
    near = fitting[: max(3, len(fitting) // 20)][:NEAREST_POINTS]

    def rank(number: int) -> tuple[float, str]:
        cost = WORD_COST * word_count(texts[number])
        return -round(float(cosines[number]) - cost, 5), texts[number]

    return [texts[number].strip() for number in sorted(near, key=rank)]


def _is_short_line(text: str) -> bool:
    return (
        SHORTEST_POINT <= word_count(text) <= LONGEST_POINT and "\n" not in text.strip()
    )


def choose_quotes(
    texts: Sequence[str], people: Sequence[str], vectors: Floats, cosines: Floats
) -> list[int]:
    """Indices of up to five quotes: nearest the centre first, 6 to 60 words, one a person, wording
    varied.

    Where too few are left, the bounds are widened step by step rather than a group left without
    a quote.

    Args:
        people: who wrote each text.
        vectors: (n_texts, n_dimensions), rows of length 1.
        cosines: (n_texts,) of each text to the centre.
    """
    rounded = np.round(cosines.astype(np.float64), 5)
    order = sorted(range(len(texts)), key=lambda i: (-rounded[i], texts[i]))
    chosen: list[int] = []
    for bounds in STEPS:
        for number in _fitting(order[:READ], texts, bounds):
            if len(chosen) == MOST_QUOTES:
                break
            if number in chosen or _repeats(number, chosen, texts, people):
                continue
            if (
                chosen
                and float((vectors[chosen] @ vectors[number]).max()) > bounds.alike
            ):
                continue
            chosen.append(number)
        if len(chosen) >= min(ENOUGH_QUOTES, len(texts)):
            break
    return chosen


def _fitting(
    order: Sequence[int], texts: Sequence[str], bounds: Bounds
) -> Iterator[int]:
    """Texts of the right length and without links."""
    for number in order:
        length = word_count(texts[number])
        if bounds.shortest <= length <= bounds.longest and not LINK.search(
            texts[number]
        ):
            yield number


def _repeats(
    number: int, chosen: Sequence[int], texts: Sequence[str], people: Sequence[str]
) -> bool:
    """Whether the person is quoted already, or the wording is."""
    key = normal_key(texts[number])
    for other in chosen:
        if people[number] == people[other] or key == normal_key(texts[other]):
            return True
    return False
