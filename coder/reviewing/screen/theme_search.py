"""Finds themes by a few letters."""

from collections.abc import Sequence

from coder.codebook import Theme


def matching_themes(themes: Sequence[Theme], letters: str) -> list[Theme]:
    """Themes that match the letters typed, the best match first; all themes where nothing is typed.

    Names with words that begin so come first, then names that contain the letters, then
    keywords, positions and what a theme includes. Only where none of these match are themes
    given whose name has the letters in that order, with others between them.
    """
    words = letters.casefold().split()
    if not words:
        return list(themes)
    matches: dict[str, Theme] = {}
    for matches_words in (_name_begins, _name_contains, _keywords_contain):
        for theme in themes:
            if matches_words(theme, words):
                matches.setdefault(theme.id, theme)
    if matches:
        return list(matches.values())
    return [theme for theme in themes if _letters_in_order(theme, words)]


def _name(theme: Theme) -> str:
    names = (theme.label, theme.name, theme.id)
    return " ".join(names).casefold()


def _name_begins(theme: Theme, words: Sequence[str]) -> bool:
    """Whether every word typed begins a word of the name."""
    parts = _name(theme).replace("-", " ").split()
    return all(_begins_any(word, parts) for word in words)


def _begins_any(word: str, parts: Sequence[str]) -> bool:
    return any(part.startswith(word) for part in parts)


def _name_contains(theme: Theme, words: Sequence[str]) -> bool:
    return _contains_all(_name(theme), words)


def _keywords_contain(theme: Theme, words: Sequence[str]) -> bool:
    texts = [_name(theme)]
    texts += theme.keywords
    texts += theme.includes
    texts += (position.name for position in theme.positions)
    text = " ".join(texts).casefold()
    return _contains_all(text, words)


def _contains_all(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _letters_in_order(theme: Theme, words: Sequence[str]) -> bool:
    rest = iter(_name(theme))
    return all(letter in rest for letter in "".join(words))
