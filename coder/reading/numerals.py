"""Numbers as people and programs write them: with a decimal point or a decimal comma."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

UNSEEN_BLANKS = "\u200b\u2060\ufeff"
BLANKS = rf"\s{UNSEEN_BLANKS}"
APOSTROPHES = "'\u2019"
MINUS = "\u2212"

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Notation(NamedTuple):
    """A way to write numbers.

    Attributes:
        name: of the decimal mark.
        mark: between the whole and the rest.
        thousands: what may stand between groups of three digits, beside blanks and apostrophes.
    """

    name: str
    mark: str
    thousands: str

    def numbers(self, cells: Iterable[str]) -> Floats:
        """The cells as numbers; NaN where a cell is none in this notation."""
        pattern = self._pattern()
        numbers: dict[str, float] = {}
        for cell in set(cells):
            numbers[cell] = self._number(pattern, cell)
        return np.array([numbers[cell] for cell in cells], dtype=np.float64)

    def _pattern(self) -> re.Pattern[str]:
        between = f"[{BLANKS}{APOSTROPHES}{self.thousands}]"
        grouped = rf"[1-9][0-9]{{0,2}}(?:({between})[0-9]{{3}})(?:\1[0-9]{{3}})*"
        whole = f"(?:{grouped}|[0-9]+)"
        rest = rf"{re.escape(self.mark)}[0-9]"
        return re.compile(rf"[+-]?(?:{whole}(?:{rest}*)?|{rest}+)(?:[eE][+-]?[0-9]+)?")

    def _number(self, pattern: re.Pattern[str], cell: str) -> float:
        if pattern.fullmatch(cell) is None:
            return float("nan")
        plain = re.sub(f"[{BLANKS}{APOSTROPHES}{self.thousands}]", "", cell)
        return float(plain.replace(self.mark, "."))


POINT = Notation("decimal point", ".", ",")
COMMA = Notation("decimal comma", ",", ".")


class ColumnNumbers(NamedTuple):
    """A column of cells as numbers.

    Attributes:
        numbers: (n_cells,) NaN where a cell is none.
        notation: of the column.
        otherwise: (n_cells,) cells that are numbers, but in the other notation.
        doubtful: (n_cells,) cells that both notations read, as different numbers, in a column
            where no other cell tells which is meant.
    """

    numbers: Floats
    notation: Notation
    otherwise: Bools
    doubtful: Bools


def bare(cells: "pd.Series[str]") -> "pd.Series[str]":
    """The cells without blanks around them, with a plain minus sign."""
    stripped = cells.str.strip().str.strip(UNSEEN_BLANKS).str.strip()
    return stripped.str.replace(MINUS, "-", regex=False)


def _bare_text(cell: str) -> str:
    """The same of one cell; a Series costs too much where columns are many and short."""
    return cell.strip().strip(UNSEEN_BLANKS).strip().replace(MINUS, "-")


def are_numbers(cells: Iterable[str]) -> Bools:
    """(n_cells,) which cells are numbers in one notation or the other."""
    texts = [_bare_text(cell) for cell in cells]
    return ~(np.isnan(POINT.numbers(texts)) & np.isnan(COMMA.numbers(texts)))


def read_numbers(cells: "pd.Series[str]") -> ColumnNumbers:
    """Read a column in the notation that its cells speak for.

    Cells such as `1.5` and `1,5` decide. Where there are none, `1,234` may be 1.234 or 1234: then
    the notation is taken in which the numbers lie closer together.
    """
    texts = bare(cells).tolist()
    with_point, with_comma = POINT.numbers(texts), COMMA.numbers(texts)
    is_point, is_comma = ~np.isnan(with_point), ~np.isnan(with_comma)
    for_point = int((is_point & ~is_comma).sum())
    for_comma = int((is_comma & ~is_point).sum())
    doubtful = is_point & is_comma & (with_point != with_comma)
    if for_point or for_comma:
        doubtful = np.zeros_like(doubtful)
        comma_stands = for_comma > for_point
    else:
        comma_stands = bool(doubtful.any()) and _is_closer(with_comma, with_point)
    if comma_stands:
        return ColumnNumbers(with_comma, COMMA, is_point & ~is_comma, doubtful)
    return ColumnNumbers(with_point, POINT, is_comma & ~is_point, doubtful)


def _is_closer(numbers: Floats, others: Floats) -> bool:
    """Whether numbers differ less among themselves, by their ratio, or as much and are smaller."""
    spread, spread_of_others = _spread(numbers), _spread(others)
    if np.isclose(spread, spread_of_others):
        return bool(np.nanmax(numbers) < np.nanmax(others))
    return spread < spread_of_others


def _spread(numbers: Floats) -> float:
    above_zero = numbers[numbers > 0]
    if not len(above_zero):
        return float("inf")
    return float(above_zero.max() / above_zero.min())
