"""What themes that nobody decided on were found by."""

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np

from coder.codebook import Theme
from coder.coding.comments import Bools
from coder.coding.signals import Signals

Basis = Literal["rest", "group", "name", "keywords", "likeness"]
MOSTLY = 0.5  # of a theme's comments that hold one of its keywords


def name_bases(
    themes: Sequence[Theme],
    signals: Signals,
    assigned: Bools,
    *,
    rest: Bools,
    grouped: Collection[str],
) -> dict[str, Basis]:
    """What the comments of each theme were mostly found by.

    Args:
        themes: (t) those coded, by column.
        signals: of n comments.
        assigned: (n, t).
        rest: (t,) themes that take what no other theme fits.
        grouped: ids of themes that have a group of comments they were adopted from.

    Returns:
        By theme id: "rest", "group", "name" (it has no keywords), "keywords" where most of its
        comments hold one, else "likeness" to its words and examples.
    """
    has_keyword = signals.hits.distinct > 0
    bases: dict[str, Basis] = {}
    for column, theme in enumerate(themes):
        own = has_keyword[assigned[:, column], column]
        basis: Basis = "likeness"
        if rest[column]:
            basis = "rest"
        elif theme.id in grouped:
            basis = "group"
        elif signals.automatic[column]:
            basis = "name"
        elif not len(own) or np.mean(own) >= MOSTLY:
            basis = "keywords"
        bases[theme.id] = basis
    return bases
