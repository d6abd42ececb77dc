"""Finds themes by a few letters."""

from collections.abc import Sequence

from coder.codebook import Theme

# How well a theme matches; the lowest number comes first.
_WORD_STARTS, _IN_NAME, _IN_KEYWORDS, _IN_ORDER, _NO_MATCH = range(5)


def matching_themes(themes: Sequence[Theme], letters: str) -> list[Theme]:
    """Themes that match the letters typed, the best match first; all themes where nothing is typed.

    Words of the name that begin so come first, then parts of the name, then keywords, positions and what the
    theme includes. Only where none of these match are themes given whose name has the letters in that order.
    """
    words = letters.casefold().split()
    if not words:
        return list(themes)
    ranks = [_rank(theme, words) for theme in themes]
    worst = _IN_KEYWORDS
    if min(ranks, default=_NO_MATCH) == _IN_ORDER:
        worst = _IN_ORDER
    matches: list[Theme] = []
    for wanted in range(worst + 1):
        matches += [theme for theme, rank in zip(themes, ranks, strict=True) if rank == wanted]
    return matches


def _rank(theme: Theme, words: Sequence[str]) -> int:
    name = f"{theme.label} {theme.name} {theme.id}".casefold()
    starts = name.replace("-", " ").split()
    if all(_begins_any(word, starts) for word in words):
        return _WORD_STARTS
    if all(word in name for word in words):
        return _IN_NAME
    text = f"{name}\n{_other_words(theme)}"
    if all(word in text for word in words):
        return _IN_KEYWORDS
    if _in_order("".join(words), name):
        return _IN_ORDER
    return _NO_MATCH


def _begins_any(word: str, starts: Sequence[str]) -> bool:
    return any(start.startswith(word) for start in starts)


def _other_words(theme: Theme) -> str:
    positions = (position.name for position in theme.positions)
    return " ".join((*theme.keywords, *positions, *theme.includes)).casefold()


def _in_order(letters: str, name: str) -> bool:
    """Whether the name has these letters in this order, with others between them."""
    rest = iter(name)
    return all(letter in rest for letter in letters)
