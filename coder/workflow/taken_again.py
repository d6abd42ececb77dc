"""Which themes of a REFI-QDA file a codebook has already: a file may be taken again."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from coder.clustering.adopt import LONGEST_STEM
from coder.codebook import Codebook, Theme


def find_present(themes: Sequence[Theme], book: Codebook) -> dict[str, str]:
    """Id of each theme that the codebook has, by id and name, to its id there.

    An id that the codebook used for something else got a number when the theme was added.
    """
    ids = {theme.id for theme in themes}
    in_book = [(node.theme.id, node.theme.name) for node in book.nodes]
    present = {}
    for theme in themes:
        numbered = re.compile(re.escape(theme.id[:LONGEST_STEM]) + r"-\d+")
        same_name = [theme_id for theme_id, name in in_book if name == theme.name]
        if theme.id in same_name:
            present[theme.id] = theme.id
            continue
        for theme_id in same_name:
            if theme_id not in ids and numbered.fullmatch(theme_id):
                present[theme.id] = theme_id
    return present


def lacking_themes(
    themes: Iterable[Theme], present: Collection[str]
) -> Iterator[Theme]:
    """The trees without the themes that the codebook has.

    Of a theme that it has the sub-themes come alone. A category of which nothing is new is left
    out: its sub-themes may stand elsewhere now.
    """
    for theme in themes:
        lacking = tuple(lacking_themes(theme.themes, present))
        is_counted = any(sub.aggregate and not sub.retired for sub in lacking)
        is_empty = theme.category and not theme.retired and not is_counted
        if theme.id in present or is_empty:
            yield from lacking
        else:
            yield theme.model_copy(update={"themes": lacking})
