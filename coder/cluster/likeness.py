"""Candidates that look alike, offered as a merge."""

from collections.abc import Sequence
from itertools import combinations

from coder.cluster.result import Likeness
from coder.cluster.spaces import Floats
from coder.text import WORD, stem, stop_words

ALIKE = 0.55  # centred cosine of two centres from which they may be one theme
NEAR = 0.25  # with a word of the name in common


def likenesses(
    ids: Sequence[str], names: Sequence[str], middle: Floats, language: str, most: int = 8
) -> tuple[Likeness, ...]:
    """Pairs of top candidates that a reader should compare, the likeliest first.

    Args:
        middle: (n_candidates, n_dimensions) centred centres, in the order of ids (largest first).
    """
    if len(ids) < 2:
        return ()
    stops = stop_words(language)
    stems = [{stem(w, language) for w in WORD.findall(name.casefold()) if w not in stops} for name in names]
    cosines = middle @ middle.T
    found = []
    for a, b in combinations(range(len(ids)), 2):
        cosine = float(cosines[a, b])
        shared = bool(stems[a] & stems[b])
        if cosine >= ALIKE or (shared and cosine >= NEAR):
            found.append(
                (
                    cosine + 0.2 * shared,
                    Likeness(ids[a], ids[b], round(cosine, 3), "words" if shared else "alike"),
                )
            )
    found.sort(key=lambda pair: (-pair[0], pair[1].first, pair[1].second))
    return tuple(likeness for _, likeness in found[:most])
