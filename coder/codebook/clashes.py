"""Names and keywords that several themes share: allowed, but they cannot tell the themes apart."""

from typing import NamedTuple

from coder.codebook.model import Codebook
from coder.keywords import stem_words
from coder.text import normal_key


class Clash(NamedTuple):
    """A name or keyword that several themes share."""

    kind: str  # "name" or "keyword"
    text: str  # as the first theme spells it
    theme_ids: tuple[str, ...]

    def __str__(self) -> str:
        themes = ", ".join(self.theme_ids)
        return f"The {self.kind} {self.text!r} is in {len(self.theme_ids)} themes: {themes}."


def find_clashes(book: Codebook) -> list[Clash]:
    """What themes share, names first, then what most of them share.

    Keywords are the same when the matcher cannot tell them apart, names when a reader would
    call them so.
    """
    spelling: dict[tuple[str, str], str] = {}
    theme_ids: dict[tuple[str, str], dict[str, None]] = {}
    for theme in book.active:
        keys = [("name", normal_key(theme.name), theme.name)]
        for keyword in theme.all_keywords:
            keys.append(
                ("keyword", " ".join(stem_words(keyword, book.language).stems), keyword)
            )
        for kind, key, text in keys:
            spelling.setdefault((kind, key), text)
            theme_ids.setdefault((kind, key), {})[theme.id] = None
    clashes = []
    for (kind, key), ids in theme_ids.items():
        if key and len(ids) > 1:
            clashes.append(Clash(kind, spelling[kind, key], tuple(ids)))
    return sorted(
        clashes, key=lambda clash: (clash.kind == "keyword", -len(clash.theme_ids))
    )
