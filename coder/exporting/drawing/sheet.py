"""A sheet that is filled with shapes from the top downwards."""

from collections.abc import Sequence

from coder.exporting.drawing.measures import Ruler, wrap_text
from coder.exporting.drawing.shapes import INK, Picture, Shape, Words
from coder.text import safe_text

MARGIN = 14.0
NARROW = 500.0  # pixels; on a narrower sheet labels stand above what they name
TEXT, SMALL, TITLE = 13.0, 12.0, 17.0  # sizes of the font
LEADING = 1.25  # from one baseline to the next, in font sizes
ASCENT = 0.95  # from the top of a line to its baseline, in font sizes


def line_height(size: float) -> float:
    """From one baseline to the next."""
    return size * LEADING


class Sheet:
    """What has been drawn so far, and where the next thing goes.

    Attributes:
        width: of the sheet, in pixels.
        y: everything above it is taken.
    """

    def __init__(self, width: float, ruler: Ruler) -> None:
        self.width = width
        self.ruler = ruler
        self.y = MARGIN
        self.shapes: list[Shape] = []

    @property
    def is_narrow(self) -> bool:
        """Whether labels stand above what they name."""
        return self.width < NARROW

    @property
    def room(self) -> float:
        """Pixels between the margins."""
        return self.width - 2 * MARGIN

    def add(self, *shapes: Shape) -> None:
        """Draw shapes over the others."""
        self.shapes += shapes

    def text_width(self, text: str, size: float = TEXT, *, bold: bool = False) -> float:
        """Pixels that one line takes."""
        return self.ruler.width(safe_text(text, one_line=True), size, bold=bold)

    def wrap(
        self, text: str, room: float, size: float = TEXT, *, bold: bool = False
    ) -> list[str]:
        """The lines of a text in this room."""
        shown = safe_text(text, one_line=True)
        return wrap_text(shown, room, size, self.ruler, bold=bold)

    def write_lines(
        self,
        lines: Sequence[str],
        x: float,
        top: float,
        size: float = TEXT,
        *,
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """Lines below each other, the first with its top at `top`."""
        baseline = top + ASCENT * size
        for line in lines:
            self.add(Words(line, x, baseline, size, colour, bold))
            baseline += line_height(size)

    def write(
        self,
        text: str,
        size: float = TEXT,
        *,
        colour: str = INK,
        bold: bool = False,
        gap: float = 4.0,
    ) -> None:
        """A paragraph across the sheet, and a gap below it; nothing for an empty text."""
        if not text:
            return
        lines = self.wrap(text, self.room, size, bold=bold)
        self.write_lines(lines, MARGIN, self.y, size, colour=colour, bold=bold)
        self.y += len(lines) * line_height(size) + gap

    def picture(self) -> Picture:
        """What has been drawn."""
        return Picture(self.width, self.y + MARGIN, tuple(self.shapes))
