"""Bars of a ranked table on the terminal, scaled to the space that is left beside the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

LEAST_WIDTH, MOST_WIDTH = 6, 48  # cells
FULL, SHADED = "█", "▒"
# The last cell of a bar, in eighths: none to seven.
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
PLAIN = str.maketrans({FULL: "#", SHADED: "-"} | dict.fromkeys(EIGHTHS[1:], "#"))


@dataclass(frozen=True)
class Bar:
    """A share with its interval, all in one unit; NaN where there is none."""

    share: float
    low: float = float("nan")
    high: float = float("nan")

    @property
    def has_interval(self) -> bool:
        """Whether the share is uncertain."""
        return self.low < self.high

    @property
    def end(self) -> float:
        """Where the bar ends: at the upper end of the interval, or at the share."""
        return self.high if self.has_interval else self.share


def draw_bars(bars: Sequence[Bar], width: int, *, plain: bool = False) -> list[str]:
    """Each bar in at most `width` cells: full up to the lower end of its interval, shaded up to the
    upper end.

    Args:
        plain: of `#` and `-`, for a terminal that has no block characters.
    """
    ends = [bar.end for bar in bars if bar.end > 0]
    scale = width / max(ends, default=1.0)
    drawn = [_draw(bar, scale) for bar in bars]
    if plain:
        return [text.translate(PLAIN) for text in drawn]
    return drawn


def _draw(bar: Bar, scale: float) -> str:
    if isnan(bar.end) or bar.end <= 0:
        return ""
    if bar.has_interval:
        full = round(bar.low * scale)
        return FULL * full + SHADED * max(1, round(bar.high * scale) - full)
    cells, eighths = divmod(round(8 * bar.share * scale), 8)
    # Something that was said is never without a mark.
    return FULL * cells + EIGHTHS[eighths] or EIGHTHS[1]
