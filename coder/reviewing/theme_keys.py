"""The key of each theme: the same on the terminal and on the page, for every comment and in every
order of the list, so that the hand learns it.

Up to twelve themes have a key each: the digits 1 to 9, then g, h and t, which call no command and
lie side by side on most keyboards. More themes have numbers of two digits, 01 to 99, or of three:
their place in the codebook, as on a printed list of codes. All numbers of a list are equally
long. So none is the beginning of another one, nothing waits for time to pass, and a burst of keys
means what the same keys mean one by one. Zeros alone stand for "no theme". Digits and small
letters can be typed in a browser and on any keyboard without a second key held down.

Positions have the capitals A to E, which apply to the theme used last.
"""

from collections.abc import Mapping, Sequence

SINGLE_KEYS = "123456789ght"
POSITION_KEYS = "ABCDE"


def theme_keys(theme_ids: Sequence[str]) -> dict[str, str]:
    """The key of each theme, by its id.

    Args:
        theme_ids: all themes that are coded, in the codebook's order.
    """
    if len(theme_ids) <= len(SINGLE_KEYS):
        return dict(zip(theme_ids, SINGLE_KEYS, strict=False))
    width = len(str(len(theme_ids)))
    numbers = (f"{number:0{width}}" for number in range(1, len(theme_ids) + 1))
    return dict(zip(theme_ids, numbers, strict=True))


def position_keys(position_ids: Sequence[str]) -> dict[str, str]:
    """The key of each position of a theme, by its id; empty from the sixth on."""
    keys = POSITION_KEYS.ljust(len(position_ids))
    pairs = zip(position_ids, keys, strict=False)
    return {position_id: key.strip() for position_id, key in pairs}


class TypedKeys:
    """Puts keys together to the key of a theme, one after another.

    Args:
        keys: the key of each theme, by its id (see `theme_keys`).

    Attributes:
        no_theme: what stands for "no theme fits": `0`, or as many zeros as numbers have digits.
        typed: the digits of a number that is not complete.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._theme_ids = {key: theme_id for theme_id, key in keys.items()}
        self._width = max((len(key) for key in keys.values()), default=1)
        self.no_theme = "0" * self._width
        self.typed = ""

    def press(self, key: str) -> str:
        """Take a key; returns what it completes, or nothing while a digit is missing.

        A letter where numbers are typed stands for itself: no number contains one.
        """
        self.typed += key
        if len(self.typed) < self._width and key.isdigit():
            return ""
        complete, self.typed = self.typed, ""
        return complete

    def theme_of(self, key: str) -> str:
        """The theme that a key stands for; empty where it stands for none."""
        return self._theme_ids.get(key, "")

    def forget(self) -> str:
        """Drop the digits of a number that is not complete; returns them."""
        typed, self.typed = self.typed, ""
        return typed
