"""Candidates in which people want opposite things: noticed by the words of wanting and of refusing.

A sentence encoder puts "more bike lanes" and "no more bike lanes" side by side, so that one group often holds
both. Words tell them apart well enough to make a reader look, not to say who wants what: among groups of
arguments whose stance is known, eight in ten of those that are noticed hold both sides, against five in ten of
all groups; three in ten of the mixed ones are noticed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coder.text import words

BOTH = 0.36  # share of the smaller side from which a group is said to be mixed
FEWEST = 12  # units of a group that are enough to say so


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FOR = _words(
    """
    add allow allowed benefit benefits better build excellent expand good great help helps important improve improves
    increase keep legal legalise legalising legalize legalizing love more must need needs protect protects right
    should support supports want wants welcome bring
    """
)
AGAINST = _words(
    """
    abuse against bad ban banned can't cannot danger dangerous don't eliminate end enough fewer harm harmful harms hate
    isn't less lower never no not oppose quit reduce remove shouldn't stop terrible too unfair unnecessary waste wasted
    wasting without worse wrong
    """
)
TILT = 1.3  # a word of refusal says more than one of wanting: "should not"


def leanings(texts: Sequence[str]) -> NDArray[np.float64]:
    """Words of wanting less words of refusing in each text: above 0 for, below 0 against, 0 neither."""
    found = []
    for text in texts:
        said = [word.casefold().replace("’", "'") for word in words(text)]
        refused = sum(word in AGAINST or word.endswith("n't") for word in said)
        found.append(sum(word in FOR for word in said) - TILT * refused)
    return np.array(found, dtype=np.float64)


def seems_opposed(texts: Sequence[str]) -> bool:
    """Whether a good share of the texts want and a good share refuse. English only."""
    lean = leanings(texts)
    return len(texts) >= FEWEST and min((lean > 0).mean(), (lean < 0).mean()) >= BOTH
