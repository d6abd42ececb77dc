"""Themes that go together: a triangle of counts, the darker the more often."""

from collections.abc import Mapping
from dataclasses import dataclass

from coder.exporting.drawing.contrast import mix_colours, readable_on
from coder.exporting.drawing.marks import (
    COLOURS,
    SIGN,
    KeyEntry,
    draw_sign,
    sign_key,
)
from coder.exporting.drawing.scale import GAP, Label, marks_left, place_row
from coder.exporting.drawing.shapes import QUIET, Box, Shape, Words
from coder.exporting.drawing.sheet import MARGIN, SMALL, Sheet, line_height

HEIGHT = 28.0  # of a cell
WIDEST = 52.0  # cell
BETWEEN = 2.0  # cells
PALE = "#e6edf4"
NONE = "–"


@dataclass(frozen=True)
class PairCell:
    """Two themes.

    Attributes:
        n: comments with both.
        sign: 1 where that is more than by chance, -1 where it is fewer, else 0.
    """

    n: int
    sign: int = 0


@dataclass(frozen=True)
class PairMatrix:
    """Themes below each other, and a cell for each with each one above it.

    Attributes:
        cells: by the places of the two themes, the later one first; those of which nothing is
            known are missing.
    """

    names: tuple[str, ...]
    cells: Mapping[tuple[int, int], PairCell]

    def key(self) -> list[KeyEntry]:
        """What the signs mean that are there, and how columns are read."""
        signs = {cell.sign for cell in self.cells.values()}
        entries = []
        if 1 in signs:
            entries.append(sign_key(1, "more often than by chance"))
        if -1 in signs:
            entries.append(sign_key(-1, "less often than by chance"))
        if len(self.cells) < len(self.names) * (len(self.names) - 1) / 2:
            none = "no comment with both, or not compared"
            entries.append(KeyEntry(_draw_none, none))
        return entries

    def draw(self, sheet: Sheet) -> None:
        """A row for each theme and the numbers of the columns below them."""
        left = marks_left(sheet)
        columns = len(self.names) - 1
        step = min((sheet.width - MARGIN - left) / columns, WIDEST)
        for row, name in enumerate(self.names):
            height = HEIGHT if row else 0.0
            top = place_row(sheet, Label(f"{row + 1}.\u00a0{name}"), height)
            sheet.y -= GAP - BETWEEN
            for column in range(row):
                x = left + column * step
                self._draw_cell(sheet, (row, column), x, top, step - BETWEEN)
        baseline = sheet.y + SMALL
        for column in range(columns):
            middle = left + column * step + (step - BETWEEN) / 2
            number = str(column + 1)
            sheet.add(Words(number, middle, baseline, SMALL, QUIET, anchor="middle"))
        sheet.y += line_height(SMALL) + 10

    def _draw_cell(
        self, sheet: Sheet, place: tuple[int, int], x: float, top: float, width: float
    ) -> None:
        cell = self.cells.get(place)
        words, fill, colour = NONE, "#ffffff", QUIET
        if cell is not None:
            most = max(each.n for each in self.cells.values())
            words = f"{cell.n:,}"
            fill = mix_colours(PALE, COLOURS[0], cell.n / max(most, 1))
            colour = readable_on(fill)
            sheet.add(Box(x, top, width, HEIGHT, fill))
        if cell is not None and cell.sign:
            sheet.add(draw_sign(x + width - 2 * SIGN, top + 4.5, cell.sign, colour))
        size = SMALL
        taken = sheet.text_width(words, SMALL)
        if taken > width - 2:
            size = SMALL * (width - 2) / taken
        middle, baseline = x + width / 2, top + HEIGHT / 2 + SMALL * 0.35
        sheet.add(Words(words, middle, baseline, size, colour, anchor="middle"))


def _draw_none(x: float, y: float) -> list[Shape]:
    return [Words(NONE, x, y + SMALL * 0.35, SMALL, QUIET, anchor="middle")]
