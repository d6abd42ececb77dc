"""Names of files that are written beside the one that was asked for."""

import re
from collections.abc import Collection
from pathlib import Path

BETWEEN_LETTERS = re.compile(r"[^\w-]+")
LONGEST = 80  # characters of a part of a name


def path_beside(path: Path, part: str, taken: Collection[Path]) -> Path:
    """`themes.PART.csv` beside `themes.csv`; with a number where that is taken: the columns
    `Q1: age` and `Q1. age` give one name.
    """
    names = {file.name.casefold() for file in taken}
    slug = _slug(part)
    beside = path.with_name(f"{path.stem}.{slug}{path.suffix}")
    number = 2
    while beside.name.casefold() in names:
        beside = path.with_name(f"{path.stem}.{slug}-{number}{path.suffix}")
        number += 1
    return beside


def _slug(name: str) -> str:
    """The name with a hyphen for what a file's name may not have everywhere."""
    return BETWEEN_LETTERS.sub("-", name)[:LONGEST]
