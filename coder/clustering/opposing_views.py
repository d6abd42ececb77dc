"""Candidates in which people want opposite things, found by words of wanting and of refusing.

A sentence encoder puts "more bike lanes" and "no more bike lanes" side by side, so that one
group often holds both. Words tell them apart well enough to make a reader look, not to say who
wants what. Among groups of arguments whose stance is known, eight in ten of those that are
marked hold both sides, against five in ten of all groups; three in ten of the groups with both
sides are marked.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coder.text import words

BOTH = 0.36  # share of the smaller side from which a group is marked
FEWEST = 12  # units of a group that are enough to tell


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FOR = _words(
    """
    add allow allowed benefit benefits better build excellent expand good great help helps
    important improve improves increase keep legal legalise legalising legalize legalizing love
    more must need needs protect protects right should support supports want wants welcome bring
    """
)
AGAINST = _words(
    """
    abuse against bad ban banned can't cannot danger dangerous don't eliminate end enough fewer
    harm harmful harms hate isn't less lower never no not oppose quit reduce remove shouldn't
    stop terrible too unfair unnecessary waste wasted wasting without worse wrong
    """
)
TILT = 1.3  # a word of refusal says more than one of wanting: "should not"


def score_leanings(texts: Sequence[str]) -> NDArray[np.float64]:
    """(n_texts,) words of wanting less words of refusing: above 0 for, below 0 against, 0
    neither.
    """
    return np.array([_leaning(text) for text in texts], dtype=np.float64)


def _leaning(text: str) -> float:
    spoken = [word.casefold().replace("’", "'") for word in words(text)]
    wanting = sum(word in FOR for word in spoken)
    refusing = sum(word in AGAINST or word.endswith("n't") for word in spoken)
    return wanting - TILT * refusing


def seems_opposed(texts: Sequence[str]) -> bool:
    """Whether a good share of the texts want something and a good share refuse it. English only."""
    leanings = score_leanings(texts)
    smaller_side = min((leanings > 0).mean(), (leanings < 0).mean())
    return len(texts) >= FEWEST and bool(smaller_side >= BOTH)
