"""The font of a PNG: one of the machine that has every letter, or Pillow's own."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# File names of a normal and a bold font, as Windows, macOS and Linux call them; the first have
# the widths of Arial.
FAMILIES = (
    ("arial.ttf", "arialbd.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("Arimo-Regular.ttf", "Arimo-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("segoeui.ttf", "segoeuib.ttf"),
)
IN_PILLOW = ("", "")
NO_LETTER = (
    "\U0010ffff"  # no font has it: it is drawn as what stands for a missing letter
)
STAND_IN = "?"
SIMILAR = {
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "\u00a0": " ",
    "£": "GBP ",
    "€": "EUR ",
}
EMBOLDENED = 0.04  # of the size: the outline that makes a bold letter of a normal one


@dataclass(frozen=True)
class Letters:
    """A font, and how letters that it lacks are shown.

    Attributes:
        normal, bold: file names; empty for the font inside Pillow, which has no bold.
    """

    normal: str
    bold: str

    def font(self, size: float, *, bold: bool = False) -> Any:
        """The font in a size, as Pillow draws with it."""
        return _load(self.bold if bold else self.normal, size)

    def outline(self, size: float, *, bold: bool = False) -> float:
        """Pixels around each letter where the font has no bold."""
        if bold and not self.bold:
            return size * EMBOLDENED
        return 0.0

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Pixels (see `measures.Ruler`)."""
        length: float = self.font(size, bold=bold).getlength(self.drawn(text))
        return length + 2 * self.outline(size, bold=bold)

    def drawn(self, text: str) -> str:
        """The text as it is drawn: what the font lacks is drawn by similar letters, accented ones
        without the accent, and else becomes a question mark.
        """
        return "".join(self._drawn_letter(letter) for letter in text)

    def _drawn_letter(self, letter: str) -> str:
        if has_letter(self.normal, letter):
            return letter
        if letter in SIMILAR:
            return SIMILAR[letter]
        base = unicodedata.normalize("NFD", letter)[0]
        if base != letter and has_letter(self.normal, base):
            return base
        if unicodedata.combining(letter):
            return ""
        return STAND_IN

    def missing(self, text: str) -> list[str]:
        """The letters of a text that the font lacks, each once."""
        letters = sorted(set(text) - {"\u00a0"})
        return [letter for letter in letters if not has_letter(self.normal, letter)]


def choose_letters(text: str) -> Letters:
    """The first family on this machine that has every letter of a text; else the one that lacks
    the fewest.
    """
    found = [Letters(*names) for names in (*FAMILIES, IN_PILLOW) if _is_here(names)]
    return min(found, key=lambda letters: len(letters.missing(text)))


def _is_here(names: tuple[str, str]) -> bool:
    try:
        for name in names:
            _load(name, 10)
    except OSError:
        return False
    return True


@lru_cache(maxsize=64)
def _load(name: str, size: float) -> Any:
    from PIL import ImageFont

    if not name:
        return ImageFont.load_default(size)
    # Without the library for joined scripts, so that every machine lays letters out alike.
    return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def has_letter(name: str, letter: str) -> bool:
    """Whether a font draws a letter as more than the sign of a missing one."""
    if letter == " ":
        return True
    font = _load(name, 20)
    return bytes(font.getmask(letter)) != bytes(font.getmask(NO_LETTER))
