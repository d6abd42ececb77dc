"""Several options in one cell, as survey tools join them, told from free text with commas."""

import re
from collections import Counter

from coder.reading.column_labels import folded
from coder.reading.column_names import ASKS_FROM_A_LIST
from coder.reading.column_profiles import Profile

SEPARATORS = {
    ";": re.compile(r";"),
    "|": re.compile(r"\|"),
    "line breaks": re.compile(r"\n"),
    ",": re.compile(r","),
}
FEWEST_JOINED = 0.05  # share of cells with a separator
FEWEST_CELLS_JOINED = 2
MANY_CELLS = 30  # different ones
MOSTLY = 0.5  # share of cells of which all parts recur
FEWEST_CELLS_OF_PARTS = 10  # different ones
MOST_RECUR = 0.9  # share of a cell's parts, mean
LONGEST_OPTION = 12  # words, mean
WORDS_OF_SPEECH = 7  # of an option, mean, where options read like sentences
WORDS_OF_FEW_OPTIONS = 5  # of an option, mean, where few different cells show it


def separator_of_options(profile: Profile) -> str:
    """What stands between the options of a cell; empty where the cells are no such lists.

    Options recur: the parts of a cell are parts, or all, of other cells too. Clauses of free text
    are not; those of letters that several people sent are longer than options.
    """
    if _all_end_in_semicolons(profile):
        return ";"
    for name, pattern in SEPARATORS.items():
        cells = _parts(profile, pattern)
        joined = sum(profile.values[value] for value in cells if len(cells[value]) > 1)
        fewest = max(FEWEST_CELLS_JOINED, FEWEST_JOINED * profile.measured)
        if joined >= fewest and _recur(profile, cells):
            return name
    return ""


def _all_end_in_semicolons(profile: Profile) -> bool:
    """Whether every cell ends as Microsoft Forms ends a list of options, one option or several."""
    if len(profile.values) < FEWEST_CELLS_JOINED:
        return False
    return all(value.endswith(";") for value in profile.values)


def _parts(profile: Profile, pattern: re.Pattern[str]) -> dict[str, list[str]]:
    """Each cell's parts."""
    cells: dict[str, list[str]] = {}
    for value in profile.values:
        parts = [part.strip().casefold() for part in pattern.split(value)]
        cells[value] = [part for part in parts if part]
    return cells


def _are_few(cells: dict[str, list[str]], occurrences: Counter[str]) -> bool:
    """Whether many different cells are put together from fewer parts, almost all of which recur.

    So options may read like sentences. Letters that were changed a little have parts of their own.
    """
    if len(cells) < FEWEST_CELLS_OF_PARTS or len(occurrences) > len(cells):
        return False
    shares = []
    for parts in cells.values():
        if len(parts) > 1:
            recurring = sum(occurrences[part] > 1 for part in parts)
            shares.append(recurring / len(parts))
    return sum(shares) >= MOST_RECUR * len(shares)


def _recur(profile: Profile, cells: dict[str, list[str]]) -> bool:
    """Whether most cells that have several parts have none but those of other cells too, and
    these are short.
    """
    occurrences: Counter[str] = Counter()
    for parts in cells.values():
        occurrences.update(set(parts))
    fewest = 3 if len(cells) >= MANY_CELLS else 2
    joined, of_options = 0, 0
    lengths: list[int] = []
    for value, parts in cells.items():
        if len(parts) > 1:
            joined += profile.values[value]
            lengths.extend(len(part.split()) for part in parts)
            if all(occurrences[part] >= fewest for part in parts):
                of_options += profile.values[value]
    if of_options < MOSTLY * joined:
        return False
    words = sum(lengths) / len(lengths)
    if ASKS_FROM_A_LIST.search(folded(profile.asked)):
        return True
    return words <= _longest_option(profile, cells, occurrences)


def _longest_option(
    profile: Profile, cells: dict[str, list[str]], occurrences: Counter[str]
) -> int:
    """How many words the parts may have, in the mean, to be options."""
    if _are_few(cells, occurrences):
        return LONGEST_OPTION
    if len(cells) < MANY_CELLS:
        return WORDS_OF_FEW_OPTIONS
    return WORDS_OF_SPEECH if profile.speech > 0.5 else LONGEST_OPTION
