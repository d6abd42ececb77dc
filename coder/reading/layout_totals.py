"""Rows at the end of a table that are no response: totals, averages, and what a program wrote
under it.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from coder.reading.layout_evidence import filled, is_figure

ROWS_AT_END = 12  # among which totals and footers are looked for
TOTALS = frozenset(
    (
        "total",
        "totals",
        "grand total",
        "sub total",
        "subtotal",
        "sum",
        "average",
        "averages",
        "mean",
        "median",
        "count",
        "min",
        "max",
        "minimum",
        "maximum",
        "std dev",
        "standard deviation",
        "base",
        "percent",
        "percentage",
        "answered",
        "skipped",
        "valid n",
        "gesamt",
        "gesamtsumme",
        "summe",
        "insgesamt",
        "mittelwert",
        "durchschnitt",
        "total général",
        "moyenne",
        "totale",
        "media",
        "promedio",
        "suma",
        "totaal",
        "gemiddelde",
        "sumă",
        "suma total",
    )
)
FOOTER = re.compile(
    r"(?:(?:this )?(?:report|file|data|export)?\s*(?:was )?"
    r"(?:generated|exported|downloaded|printed|created|produced) (?:by|on|from|with|at)\b.*"
    r"|source\s*:.*|©.*|\(c\) .*|copyright\b.*|page \d+ of \d+|powered by .*"
    r"|(?:end of|-+ ?end) (?:the )?(?:report|file|data|export|list).*"
    r"|(?:base\s*:?\s*)?n\s*[=:]\s*[\d.,]+"
    r"|(?:total|number of)\s+\w+(?:\s+\w+)?\s*[:=]\s*[\d.,]+"
    r"|\(?[\d.,]+ (?:rows?|records?|responses?)(?: \w+)?\)?"
    r"|confidential\b.{0,80}|notes?\s*:.*|filters?\s*:.*|last updated\b.*)",
    re.IGNORECASE | re.DOTALL,
)
# A total that says of what, before its figure: "Total responses", "Number of completed surveys".
NAMED_TOTAL = re.compile(
    r"(?:grand )?(?:totals?|numbers? of|counts? of|sum of|average|mean)(?: \w+){1,4}"
)
LONGEST_FOOTER = 200  # characters
ID_LIKE = re.compile(r"\S*\d\S*")

NO_FIGURE = frozenset(("-", "--", "n/a", "na"))
FEWEST_IDS = 3

ColumnCells = Callable[[int], Sequence[str]]


class EndRow(NamedTuple):
    """One of the last rows of a table.

    Attributes:
        number: of the row in the file.
        cells: as written.
        is_short: whether it has fewer fields than the header.
        after_blank: whether a blank row stands before it.
    """

    number: int
    cells: Sequence[str]
    is_short: bool = False
    after_blank: bool = False


def count_at_end(rows: Sequence[EndRow], width: int) -> int:
    """How many of the last rows say that they are a total or a footer, and hold nothing else."""
    number = 0
    for row in reversed(rows):
        cells = [cell.strip() for cell in row.cells]
        if width < 2 or not _is_no_answer(cells, filled(cells)):
            break
        number += 1
    return number


def stands_apart(row: EndRow, cells_of: ColumnCells) -> bool:
    """Whether a row that says it is a total or a footer can be no response.

    It is shorter, or comes after a blank row, or its words stand where all others have a number,
    or its figures add up.

    Args:
        row: the first such row.
        cells_of: gives what the responses hold in a column.
    """
    if row.is_short:
        return True
    cells = [cell.strip() for cell in row.cells]
    columns = filled(cells)
    first, *others = columns
    above = list(filter(None, map(str.strip, cells_of(first))))
    if _label(cells[first]) in map(_label, above):
        return False
    if row.after_blank or (above and all(map(_is_number_or_id, above))):
        return True
    if first and others and _is_filled(cells_of(0)):
        return True
    return any(_adds_up(cells[column], cells_of(column)) for column in others)


def _is_no_answer(cells: Sequence[str], columns: Sequence[int]) -> bool:
    """Whether a row's words are those of a total or a footer."""
    if not columns:
        return False
    if len(columns) == 1 and _is_footer(cells[columns[0]]):
        return True
    return _is_total(cells, columns)


def _label(cell: str) -> str:
    return cell.rstrip(":").casefold()


def _is_total(cells: Sequence[str], columns: Sequence[int]) -> bool:
    """Whether a row begins with a word for totals and goes on with nothing but figures."""
    first, *others = columns
    label = _label(cells[first])
    is_named = bool(others) and NAMED_TOTAL.fullmatch(label) is not None
    if label not in TOTALS and not is_named:
        return False
    return all(
        is_figure(cells[column]) or cells[column].casefold() in NO_FIGURE
        for column in others
    )


def _is_filled(cells: Sequence[str]) -> bool:
    """Whether every response has something in a column, such as an id."""
    return len(cells) >= FEWEST_IDS and all(map(str.strip, cells))


def _is_footer(cell: str) -> bool:
    return len(cell) <= LONGEST_FOOTER and FOOTER.fullmatch(cell) is not None


def _is_number_or_id(cell: str) -> bool:
    return is_figure(cell) or ID_LIKE.fullmatch(cell) is not None


def _adds_up(total: str, cells: Sequence[str]) -> bool:
    """Whether a figure is the sum, the mean or the number of the figures above it."""
    value = _number(total)
    numbers = [number for number in map(_number, cells) if number is not None]
    if value is None or len(numbers) < 2:
        return False
    mean = sum(numbers) / len(numbers)
    if abs(value) <= 1:  # so small a figure may agree by chance
        return False
    sums = (sum(numbers), float(len(numbers)), float(len(cells)))
    return value in sums or (abs(value - mean) < 0.005 and value != round(value))


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip().replace(",", ""))
    except ValueError:
        return None
