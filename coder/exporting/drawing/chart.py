"""A chart: what it shows, and all that must stand in a picture that is taken out of its page."""

from dataclasses import dataclass
from typing import Protocol

from coder.exporting.drawing.marks import KeyEntry, draw_key
from coder.exporting.drawing.measures import Ruler
from coder.exporting.drawing.shapes import QUIET, WARNING, WHITE, Box, Picture, Words
from coder.exporting.drawing.sheet import MARGIN, SMALL, TITLE, Sheet

WIDE, NARROW = 760.0, 340.0  # pixels: for a page, and for a telephone
LARGEST_ACROSS = 34.0  # font size of the warning across a chart
LEAN = -18.0  # its angle in degrees
FAINT = 0.22


class Body(Protocol):
    """A kind of chart with its figures."""

    def key(self) -> list[KeyEntry]:
        """What its signs mean."""

    def draw(self, sheet: Sheet) -> None:
        """Its rows and scale, from where the sheet is filled."""


@dataclass(frozen=True)
class Chart:
    """A chart that can stand alone.

    Attributes:
        base: how many comments the figures are of.
        status: what the figures are, in a line.
        source: where they come from.
        description: the same in words, for people who cannot see it.
        warning: stands above the figures and across them; empty for none.
    """

    title: str
    base: str
    status: str
    source: str
    description: str
    body: Body
    warning: str = ""

    @property
    def text_equivalent(self) -> str:
        """All that a screen reader says: warning, title and description."""
        said = (self.warning, self.title, self.description)
        return ". ".join(part.rstrip(".") for part in said if part) + "."


def lay_out(chart: Chart, width: float, ruler: Ruler, remark: str = "") -> Picture:
    """The chart for a sheet of this width in pixels, as high as it takes.

    Args:
        ruler: of the font that the picture will be drawn with.
        remark: stands last, where the drawing itself needs one.
    """
    sheet = Sheet(width, ruler)
    sheet.write(chart.warning, 15, colour=WARNING, bold=True)
    sheet.write(chart.title, TITLE, bold=True)
    sheet.write(chart.base, SMALL, colour=QUIET, gap=2)
    sheet.write(chart.status, SMALL, colour=QUIET, gap=10)
    draw_key(sheet, chart.body.key())
    top = sheet.y
    chart.body.draw(sheet)
    if chart.warning:
        sheet.add(_warning_across(sheet, chart.warning, (top + sheet.y) / 2))
    sheet.write(chart.source, SMALL, colour=QUIET, gap=2)
    sheet.write(remark, SMALL, colour=QUIET, gap=0)
    picture = sheet.picture()
    paper = Box(0, 0, picture.width, picture.height, WHITE)
    return Picture(picture.width, picture.height, (paper, *picture.shapes))


def _warning_across(sheet: Sheet, warning: str, middle: float) -> Words:
    """Its first words across the figures, where no cropping takes them off."""
    words = warning.split(":")[0]
    room = sheet.room - 2 * MARGIN
    size = LARGEST_ACROSS * room / sheet.text_width(words, LARGEST_ACROSS, bold=True)
    return Words(
        words,
        sheet.width / 2,
        middle,
        min(size, LARGEST_ACROSS),
        WARNING,
        bold=True,
        anchor="middle",
        opacity=FAINT,
        angle=LEAN,
    )
