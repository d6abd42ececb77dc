"""Long lists of names, written as one text."""


def named_once(names: str) -> frozenset[str]:
    """The names in a text, which blanks part."""
    return frozenset(names.split())
