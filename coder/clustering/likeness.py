"""Candidates that look alike, offered as a merge; candidates that a codebook may have already."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from coder.clustering.naming import Embed
from coder.clustering.result import Candidate, Likeness
from coder.clustering.spaces import Floats, unit_rows
from coder.codebook import Codebook
from coder.text import WORD, stem, stop_words

ALIKE = 0.55  # centred cosine of two centres from which they may be one theme
NEAR = 0.25  # with a word of the name in common
THEME_ALIKE = 0.55  # cosine of a candidate's texts to a theme's name and definition from which they may be one
THEME_NEAR = 0.4  # with a word of the names in common


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
    stems = [
        {stem(w, language) for w in WORD.findall(name.casefold()) if w not in stops}
        for name in names
    ]
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


def most_alike(
    candidates: Sequence[Candidate], book: Codebook, embed: Embed
) -> dict[str, Likeness]:
    """The active theme that each candidate is most like, by candidate id: `first` the candidate, `second` the theme.

    Compares the mean of the candidate's name, keywords and quotes with the theme's name and definition. `reason`
    is "" where they are hardly one theme, "words" where the names share a word as well, "alike" where not.
    """
    themes = [theme for theme in book.active if not theme.fallback]
    if not themes or not candidates:
        return {}
    stops = stop_words(book.language)

    def stems(name: str) -> set[str]:
        return {stem(w, book.language) for w in WORD.findall(name.casefold()) if w not in stops}

    said = [[c.name, ", ".join(c.keywords), *c.examples] for c in candidates]
    vectors = embed(
        [f"{t.name}. {t.definition}".strip() for t in themes]
        + [text for part in said for text in part]
    )
    middles, start = [], len(themes)
    for part in said:
        middles.append(vectors[start : start + len(part)].mean(axis=0))
        start += len(part)
    cosines = unit_rows(np.stack(middles)) @ vectors[: len(themes)].T
    words = [stems(theme.name) for theme in themes]
    found = {}
    for candidate, row in zip(candidates, cosines, strict=True):
        shared = np.array([bool(stems(candidate.name) & own) for own in words])
        best = int(np.argmax(np.round(row + 0.2 * shared, 5)))
        cosine = float(row[best])
        alike = cosine >= (THEME_NEAR if shared[best] else THEME_ALIKE)
        reason = ("words" if shared[best] else "alike") if alike else ""
        found[candidate.id] = Likeness(candidate.id, themes[best].id, round(cosine, 3), reason)
    return found
