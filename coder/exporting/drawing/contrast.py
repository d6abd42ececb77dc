"""Colours as numbers: mixtures, and how well one can be read on another."""

BLACK, WHITE = "#000000", "#ffffff"


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21, by the formula of the Web Content Accessibility Guidelines 2.2,
    "contrast ratio".

    Args:
        one, other: `#rrggbb`.
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(fill: str) -> str:
    """Black or white, whichever reads better; the contrast is never under 4.5."""
    return max(BLACK, WHITE, key=lambda colour: contrast(colour, fill))


def mix_colours(start: str, end: str, part: float) -> str:
    """The colour that lies this part, from 0 to 1, of the way from one to the other."""
    mixed = []
    for first, last in zip(_parts(start), _parts(end), strict=True):
        mixed.append(round(first + part * (last - first)))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _parts(colour: str) -> tuple[int, int, int]:
    """Red, green and blue from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance from 0 to 1, by the same guidelines."""
    red, green, blue = (_linear(value / 255) for value in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    if value <= 0.04045:
        return value / 12.92
    return float(((value + 0.055) / 1.055) ** 2.4)
