"""What a picture is made of: a list of shapes, in pixels from the top left corner."""

from dataclasses import dataclass
from typing import Literal

WHITE = "#ffffff"
INK = "#1a1a1a"
QUIET = "#4d4d4d"  # text that stands back: 8:1 on white
GRID = "#d9d9d9"
FAINT = "#ececec"
WARNING = "#b00020"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Box:
    """A rectangle; without an outline where that is empty."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    outline: str = ""


@dataclass(frozen=True)
class Stroke:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    thickness: float = 1.0


@dataclass(frozen=True)
class Disc:
    """A circle around (x, y)."""

    x: float
    y: float
    radius: float
    fill: str
    outline: str


@dataclass(frozen=True)
class Polygon:
    """A closed figure through these points."""

    points: tuple[tuple[float, float], ...]
    fill: str
    outline: str


@dataclass(frozen=True)
class Words:
    """One line of text.

    Attributes:
        x: where it begins, has its middle or ends, as `anchor` says.
        y: its baseline.
        size: of the font.
        opacity: from 0 to 1; less than 1 only for what may stand over other shapes.
        angle: degrees clockwise around (x, y).
    """

    text: str
    x: float
    y: float
    size: float
    colour: str = INK
    bold: bool = False
    anchor: Anchor = "start"
    opacity: float = 1.0
    angle: float = 0.0


Shape = Box | Stroke | Disc | Polygon | Words


@dataclass(frozen=True)
class Picture:
    """A drawing on white, its shapes from the lowest to the topmost."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
