"""A file of population shares: who lives where the consultation was held, by protected
characteristic.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from coder.decisions.table_grid import GridRow, column_names, read_grid
from coder.errors import CoderError
from coder.files import nearest_name
from coder.reporting.characteristics import find_characteristic
from coder.text import quoted_cell

COLUMNS = ("characteristic", "group", "share")
EXAMPLE = "age,16-24,11.5"
TOLERANCE = 0.015  # shares are often rounded
PER_CENT = 100.0


def read_population(path: Path) -> dict[str, dict[str, float]]:
    """The shares of a CSV file or workbook with the columns characteristic, group and share.

    Shares are per cent or proportions; those of a characteristic add up to 100 or to 1.

    Returns:
        Id of a characteristic to group to share in [0, 1].

    Raises:
        CoderError: the file is not such a table; a characteristic is not one; a share is not a
            number from 0 to 100; a group occurs twice; or shares do not add up.
    """
    if not path.is_file():
        problem = "is not a file" if path.exists() else "there is no such file"
        raise CoderError(
            f"{path}: {problem}",
            f"{nearest_name(path)}Name a CSV file with the columns {', '.join(COLUMNS)}.",
        )
    rows = [row for row in read_grid(path).rows if any(map(str.strip, row.cells))]
    if not rows:
        raise CoderError(f"{path}: is empty", _layout())
    places = _find_columns(path, rows[0])
    given: dict[str, dict[str, float]] = {}
    for row in rows[1:]:
        _add_row(given, path, row, places)
    if not given:
        raise CoderError(f"{path}: has no share", _layout())
    return {name: _scale(path, name, shares) for name, shares in given.items()}


def _layout() -> str:
    return f"Its first line is {','.join(COLUMNS)}, and the others are like {EXAMPLE}."


def _find_columns(path: Path, head: GridRow) -> list[int]:
    names = [name.casefold() for name in column_names(head.cells)]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise CoderError(
            f"{path}:{head.number}: there is no column {', '.join(missing)}", _layout()
        )
    return [names.index(name) for name in COLUMNS]


def _add_row(
    given: dict[str, dict[str, float]],
    path: Path,
    row: GridRow,
    places: Sequence[int],
) -> None:
    where = f"{path}:{row.number}"
    cells = [row.cells[at].strip() if at < len(row.cells) else "" for at in places]
    name, group, share = cells
    each = find_characteristic(name, where)
    if not group:
        raise CoderError(f"{where}: names no group", _layout())
    shares = given.setdefault(each.id, {})
    if group in shares:
        raise CoderError(
            f"{where}: {each.id}: the group {quoted_cell(group)} occurs twice",
            "Give each group one share.",
        )
    shares[group] = _number(share, where)


def _number(text: str, where: str) -> float:
    plain = text.removesuffix("%").strip().replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        number = -1.0
    if not 0 <= number <= PER_CENT:
        raise CoderError(
            f"{where}: the share {quoted_cell(text)} is not a number from 0 to 100",
            "Write per cent, such as 11.5, or a proportion, such as 0.115.",
        )
    return number


def _scale(path: Path, name: str, shares: Mapping[str, float]) -> dict[str, float]:
    """The shares of one characteristic as proportions that add up to 1."""
    total = sum(shares.values())
    for whole in (1.0, PER_CENT):
        if abs(total / whole - 1) <= TOLERANCE:
            return {group: share / total for group, share in shares.items()}
    raise CoderError(
        f"{path}: the shares of {name} add up to {total:.4g}",
        "They must add up to 100, or to 1 where they are proportions. Give every group of the "
        "population, those that did not answer too.",
    )
