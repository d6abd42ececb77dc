"""A chart as SVG, drawn anew for the width that there is."""

from coder.exporting.drawing.chart import WIDE, Chart, lay_out
from coder.exporting.drawing.measures import HelveticaRuler, exact_width
from coder.exporting.drawing.shapes import Box, Disc, Polygon, Shape, Stroke, Words
from coder.exporting.tags import Element, joined, tag

FONTS = "Arial, Helvetica, 'Liberation Sans', Arimo, sans-serif"


def draw_svg(chart: Chart, width: float = WIDE) -> Element:
    """One `svg` element on white, with a text equivalent for screen readers.

    Args:
        width: in pixels; the layout is made for it, and pages may still scale it.
    """
    picture = lay_out(chart, width, HelveticaRuler())
    across, down = _pixels(picture.width), _pixels(picture.height)
    shapes = joined(_drawn(shape) for shape in picture.shapes)
    return tag(
        "svg",
        tag("title", chart.title),
        tag("desc", chart.text_equivalent),
        shapes,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        viewBox=f"0 0 {across} {down}",
        width=across,
        height=down,
        aria_label=chart.text_equivalent,
        font_family=FONTS,
    )


def _drawn(shape: Shape) -> Element:
    match shape:
        case Box():
            return _box(shape)
        case Stroke():
            return _stroke(shape)
        case Disc():
            return _disc(shape)
        case Polygon():
            return _polygon(shape)
        case Words():
            return _words(shape)


def _box(shape: Box) -> Element:
    return tag(
        "rect",
        x=_pixels(shape.x),
        y=_pixels(shape.y),
        width=_pixels(shape.width),
        height=_pixels(shape.height),
        fill=shape.fill,
        stroke=shape.outline or None,
    )


def _stroke(shape: Stroke) -> Element:
    return tag(
        "line",
        x1=_pixels(shape.x1),
        y1=_pixels(shape.y1),
        x2=_pixels(shape.x2),
        y2=_pixels(shape.y2),
        stroke=shape.colour,
        stroke_width=shape.thickness,
    )


def _disc(shape: Disc) -> Element:
    return tag(
        "circle",
        cx=_pixels(shape.x),
        cy=_pixels(shape.y),
        r=_pixels(shape.radius),
        fill=shape.fill,
        stroke=shape.outline,
        stroke_width=1.5,
    )


def _polygon(shape: Polygon) -> Element:
    points = " ".join(f"{_pixels(x)},{_pixels(y)}" for x, y in shape.points)
    return tag(
        "polygon",
        points=points,
        fill=shape.fill,
        stroke=shape.outline,
        stroke_width=1.5,
    )


def _words(shape: Words) -> Element:
    x, y = _pixels(shape.x), _pixels(shape.y)
    width = exact_width(shape.text, shape.size, bold=shape.bold)
    return tag(
        "text",
        shape.text,
        x=x,
        y=y,
        font_size=f"{shape.size:g}",
        font_weight="bold" if shape.bold else None,
        fill=shape.colour,
        text_anchor=shape.anchor,
        # A browser without these fonts squeezes another one into the same room.
        textLength=_pixels(width) if width else None,
        lengthAdjust="spacingAndGlyphs" if width else None,
        fill_opacity=shape.opacity if shape.opacity < 1 else None,
        transform=f"rotate({shape.angle:g} {x} {y})" if shape.angle else None,
    )


def _pixels(value: float) -> str:
    return f"{value:.1f}"
