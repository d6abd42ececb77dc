"""Which column holds the weights of respondents: by its name and by its numbers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from coder.errors import option
from coder.reading.column_names import BODY_WORDS, WEIGHT_WORDS
from coder.reading.column_profiles import Profile, Profiles
from coder.reading.numerals import bare, read_numbers
from coder.reading.raw_table import RawTable

MOST_WORDS_OF_A_NAME = 3  # of a column of weights that cannot be read
LONGEST_WEIGHT = 20  # characters, mean
NEAR_ONE = (0.2, 5.0)  # median of weights that are scaled to the respondents
LIKE_KILOS = (30.0, 350.0)  # median of people's own weights, in kilos or pounds


class WeightColumn(NamedTuple):
    """A column named like weights.

    Attributes:
        column: its name.
        why: why it is taken for the weights, or why not.
        is_weight: whether it is taken.
        notes: what to tell the user.
    """

    column: str
    why: str
    is_weight: bool
    notes: tuple[str, ...] = ()


def judge_weight_columns(raw: RawTable, profiles: Profiles) -> list[WeightColumn]:
    """Every column that is named like weights and holds numbers, or what looks like some."""
    judged = []
    for profile in profiles.values():
        if _is_meant_for_weights(raw, profile):
            judged.append(_judge(raw, profile, profiles))
    return judged


def _is_meant_for_weights(raw: RawTable, profile: Profile) -> bool:
    """Whether a column is meant for weights: by its name, and numbers or what looks like some.

    So `85%` in a column `weight` is refused where the weights are read, and not passed over.
    """
    if not profile.is_named_weight or not profile.filled:
        return False
    if profile.numeric > 0.5:
        return True
    if len(profile.folded.split()) > MOST_WORDS_OF_A_NAME:
        return False
    has_digit = raw.cells[profile.name].str.contains("[0-9]")
    is_short = profile.characters <= LONGEST_WEIGHT
    return is_short and int(has_digit.sum()) > profile.filled / 2


def _judge(raw: RawTable, profile: Profile, profiles: Profiles) -> WeightColumn:
    name = profile.name
    numbers = read_numbers(bare(raw.cells[name])).numbers
    numbers = numbers[np.isfinite(numbers) & (numbers > 0)]
    body = [other.name for other in profiles.values() if other.name_words & BODY_WORDS]
    if body:
        why = f"it stands beside {body[0]!r}, so it is people's own weight"
        return WeightColumn(name, why, False)
    if not len(numbers):
        return WeightColumn(name, "by its name", True)
    median, mean = float(np.median(numbers)), float(numbers.mean())
    if NEAR_ONE[0] <= median <= NEAR_ONE[1]:
        return WeightColumn(
            name, f"by its name and its numbers (mean {mean:.2f})", True
        )
    is_whole = bool((numbers == np.round(numbers)).all())
    in_kilos = LIKE_KILOS[0] <= median <= LIKE_KILOS[1]
    has_one_decimal = bool(np.isclose(numbers * 10, np.round(numbers * 10)).all())
    if (in_kilos and has_one_decimal) or (is_whole and median < LIKE_KILOS[0]):
        why = f"its numbers ({median:g} in the middle) are not near 1, as weights are"
        return WeightColumn(name, why, False)
    note = (
        f"The weights in {name!r} add up to {numbers.sum():,.0f}, so they are scaled to a "
        f"population. Shares are right as they are. If they are no weights: "
        f"{option('weight', '-')}"
    )
    return WeightColumn(name, "by its name; scaled to a population", True, (note,))


def weight_notes(
    judged: Sequence[WeightColumn], used: str | None, profiles: Mapping[str, Profile]
) -> list[str]:
    """Notes on the column of the weights, and on those that are named like it and not used.

    Args:
        used: the column of the weights, where there is one.
    """
    notes: list[str] = []
    for column in judged:
        if column.column == used:
            notes.extend(column.notes)
        elif not column.is_weight:
            choose = option("weight", column.column)
            notes.append(
                f"{column.column!r} is not used as a weight: {column.why}. To use it: {choose}"
            )
    others = [
        column.column for column in judged if column.is_weight and column.column != used
    ]
    if used is not None and others:
        be = "is" if len(others) == 1 else "are"
        notes.append(
            f"The weights are those of {used!r}, but {_listed(others)} {be} named like weights "
            f"too. To use another column: {option('weight', others[0])}"
        )
    if used is None:
        notes.extend(_words_in_place_of_weights(judged, profiles))
    return notes


def _words_in_place_of_weights(
    judged: Sequence[WeightColumn], profiles: Mapping[str, Profile]
) -> list[str]:
    known = {column.column for column in judged}
    names = []
    for name, profile in profiles.items():
        if profile.folded in WEIGHT_WORDS and profile.filled and name not in known:
            names.append(name)
    if not names:
        return []
    return [
        f"Nothing is weighted: {_listed(names)} sounds like weights, but holds no numbers. To "
        f"use it all the same: {option('weight', names[0])}"
    ]


def _listed(names: Sequence[str]) -> str:
    return " and ".join(map(repr, names))
