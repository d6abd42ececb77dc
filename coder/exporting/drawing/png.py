"""A chart as PNG, drawn by Pillow from the same shapes as the SVG."""

from io import BytesIO
from typing import Any

from coder.exporting.drawing.chart import WIDE, Chart, lay_out
from coder.exporting.drawing.png_fonts import STAND_IN, Letters, choose_letters
from coder.exporting.drawing.shapes import (
    WHITE,
    Box,
    Disc,
    Picture,
    Polygon,
    Shape,
    Stroke,
    Words,
)
from coder.exporting.optional import import_library
from coder.text import count

DETAIL = 2  # dots of the picture for each pixel of the layout
SMOOTH = 2  # dots that are drawn for each of these and then averaged
TALL = 4000.0  # pixels; a higher picture is drawn without, since it would take 150 MB and more
DOTS_AN_INCH = 96 * DETAIL
EXTRA = "pictures"
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}  # as Pillow calls them


def draw_png(chart: Chart, width: float = WIDE) -> bytes:
    """The picture, at 192 dots an inch.

    Raises:
        CoderError: Pillow is not installed.
    """
    image_library = import_library("PIL.Image", EXTRA, "A chart as a picture")
    text = "".join(_texts(chart, width))
    letters = choose_letters(text)
    picture = lay_out(chart, width, letters, _remark(letters, text))
    canvas = _Canvas(picture, letters, image_library)
    for shape in picture.shapes:
        canvas.draw(shape)
    content = BytesIO()
    image = canvas.image.reduce(canvas.smooth)
    image.save(content, "PNG", dpi=(DOTS_AN_INCH, DOTS_AN_INCH))
    return content.getvalue()


def _texts(chart: Chart, width: float) -> list[str]:
    """All that is written in a chart, letters that no font here may have among it."""
    plain = lay_out(chart, width, choose_letters(""))
    return [shape.text for shape in plain.shapes if isinstance(shape, Words)]


def _remark(letters: Letters, text: str) -> str:
    """What a reader must know of letters that no font of this machine has."""
    missing = letters.missing(text)
    if not missing:
        return ""
    return (
        f"The fonts of this computer lack {count(len(missing), 'letter')}: drawn here by similar "
        f"ones or as “{STAND_IN}”. The SVG chart has them."
    )


class _Canvas:
    """Shapes on an image, drawn larger than they will be so that their edges become smooth."""

    def __init__(self, picture: Picture, letters: Letters, library: Any) -> None:
        from PIL import ImageDraw

        self.smooth = SMOOTH
        if picture.height > TALL:
            self.smooth = 1
        self.scale = DETAIL * self.smooth
        size = (self._dots(picture.width), self._dots(picture.height))
        self.library = library
        self.image = library.new("RGB", size, WHITE)
        self.pen = ImageDraw.Draw(self.image)
        self.letters = letters

    def _dots(self, pixels: float) -> int:
        """Whole dots; edges lie on dots of the smaller image."""
        return round(pixels * DETAIL) * self.smooth

    def _corners(self, x: float, y: float, right: float, bottom: float) -> list[int]:
        """The corners of a rectangle as Pillow counts them, the last dot among them."""
        x1, y1 = self._dots(x), self._dots(y)
        x2, y2 = self._dots(right) - 1, self._dots(bottom) - 1
        return [x1, y1, max(x1, x2), max(y1, y2)]

    def draw(self, shape: Shape) -> None:
        """Draw one shape over the others."""
        match shape:
            case Box():
                self._draw_box(shape)
            case Stroke():
                self._draw_stroke(shape)
            case Disc():
                self._draw_disc(shape)
            case Polygon():
                self._draw_polygon(shape)
            case Words():
                self._draw_words(shape)

    def _draw_box(self, shape: Box) -> None:
        corners = self._corners(
            shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
        )
        if shape.width > 0:
            outline = shape.outline or None
            self.pen.rectangle(corners, shape.fill, outline, self.scale)

    def _draw_stroke(self, shape: Stroke) -> None:
        half = shape.thickness / 2
        left, right = sorted((shape.x1, shape.x2))
        top, bottom = sorted((shape.y1, shape.y2))
        if top == bottom:
            corners = self._corners(left, top - half, right, bottom + half)
        else:
            corners = self._corners(left - half, top, right + half, bottom)
        self.pen.rectangle(corners, shape.colour)

    def _draw_disc(self, shape: Disc) -> None:
        reach = shape.radius + 0.75
        corners = self._corners(
            shape.x - reach, shape.y - reach, shape.x + reach, shape.y + reach
        )
        thickness = round(1.5 * self.scale)
        self.pen.ellipse(corners, shape.fill, shape.outline, thickness)

    def _draw_polygon(self, shape: Polygon) -> None:
        points = [(x * self.scale, y * self.scale) for x, y in shape.points]
        thickness = round(1.5 * self.scale)
        self.pen.polygon(points, shape.fill)
        self.pen.line([*points, *points[:2]], shape.outline, thickness, joint="curve")

    def _draw_words(self, shape: Words) -> None:
        text = self.letters.drawn(shape.text)
        size = shape.size * self.scale
        font = self.letters.font(size, bold=shape.bold)
        outline = self.letters.outline(size, bold=shape.bold)
        if shape.angle:
            self._draw_leaning(shape, text, font)
            return
        self.pen.text(
            (shape.x * self.scale, shape.y * self.scale),
            text,
            shape.colour,
            font,
            anchor=ANCHORS[shape.anchor],
            stroke_width=outline,
        )

    def _draw_leaning(self, shape: Words, text: str, font: Any) -> None:
        """Faint words around their middle, over whatever is there."""
        from PIL import ImageDraw

        left, top, right, bottom = font.getbbox(text, anchor="ms")
        size = (round(right - left) + 2, round(bottom - top) + 2)
        mask = self.library.new("L", size, 0)
        pen = ImageDraw.Draw(mask)
        pen.text((1 - left, 1 - top), text, round(255 * shape.opacity), font, "ms")
        leaning = mask.rotate(-shape.angle, expand=True)
        x = round(shape.x * self.scale - leaning.width / 2)
        y = round(shape.y * self.scale - leaning.height / 2)
        self.image.paste(shape.colour, (x, y), leaning)
