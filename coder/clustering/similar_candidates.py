"""Candidates that look alike, offered as a merge; candidates that a codebook may have already."""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from coder.clustering.result import Candidate, Similarity
from coder.clustering.vectors import Floats, unit_rows
from coder.codebook import Codebook, Theme
from coder.text import WORD, stem, stop_words

ALIKE = 0.55  # centred cosine of two centres from which they may be one theme
NEAR = 0.25  # with a word of the name in common
# Cosine of a candidate's texts to a theme's name and definition from which they may be one.
THEME_ALIKE = 0.55
THEME_NEAR = 0.4  # with a word of the names in common
WORD_WORTH = 0.2  # what a word in common adds to a cosine when pairs are put in order
MOST_PAIRS = 8

Stems = frozenset[str]


def _name_stems(name: str, language: str) -> Stems:
    stops = stop_words(language)
    words = WORD.findall(name.casefold())
    return frozenset(stem(word, language) for word in words if word not in stops)


def find_similar_pairs(
    ids: Sequence[str], names: Sequence[str], middle: Floats, language: str
) -> tuple[Similarity, ...]:
    """Pairs of top candidates that a reader should compare, the likeliest first.

    Args:
        middle: (n_candidates, n_dimensions) centred centres, in the order of ids (largest first).
    """
    if len(ids) < 2:
        return ()
    stems = [_name_stems(name, language) for name in names]
    cosines = middle @ middle.T
    pairs: list[tuple[float, Similarity]] = []
    for a, b in combinations(range(len(ids)), 2):
        cosine = float(cosines[a, b])
        shared = not stems[a].isdisjoint(stems[b])
        reason = _reason(cosine, shared, ALIKE, NEAR)
        if reason:
            similarity = Similarity(ids[a], ids[b], round(cosine, 3), reason)
            pairs.append((cosine + WORD_WORTH * shared, similarity))
    pairs.sort(key=lambda pair: (-pair[0], pair[1].first, pair[1].second))
    return tuple(similarity for _, similarity in pairs[:MOST_PAIRS])


def _reason(cosine: float, shared: bool, alike: float, near: float) -> str:
    """`words` where the names share one, else `alike`; empty where the two are hardly one theme."""
    if shared and cosine >= min(alike, near):
        return "words"
    if cosine >= alike:
        return "alike"
    return ""


def find_nearest_themes(
    candidates: Sequence[Candidate],
    book: Codebook,
    embed: Callable[[list[str]], Floats],
) -> dict[str, Similarity]:
    """The active theme that each candidate is most like, by candidate id.

    Compares the mean of the candidate's name, keywords and quotes with the theme's name and
    definition.

    Returns:
        Candidate id to a similarity: `first` the candidate, `second` the theme; `reason` empty
        where they are hardly one theme.
    """
    themes = [theme for theme in book.active if not theme.fallback]
    if not themes or not candidates:
        return {}
    texts = [[c.name, ", ".join(c.keywords), *c.examples] for c in candidates]
    cosines = _cosines_to_themes(texts, themes, embed)
    theme_stems = [_name_stems(theme.name, book.language) for theme in themes]
    nearest = {}
    for candidate, row in zip(candidates, cosines, strict=True):
        own = _name_stems(candidate.name, book.language)
        shared = np.array([not own.isdisjoint(stems) for stems in theme_stems])
        best = int(np.argmax(np.round(row + WORD_WORTH * shared, 5)))
        cosine = float(row[best])
        reason = _reason(cosine, bool(shared[best]), THEME_ALIKE, THEME_NEAR)
        theme_id = themes[best].id
        nearest[candidate.id] = Similarity(
            candidate.id, theme_id, round(cosine, 3), reason
        )
    return nearest


def _cosines_to_themes(
    texts: Sequence[Sequence[str]],
    themes: Sequence[Theme],
    embed: Callable[[list[str]], Floats],
) -> Floats:
    """(n_candidates, n_themes) cosine of the mean of each candidate's texts to each theme."""
    asked = [f"{theme.name}. {theme.definition}".strip() for theme in themes]
    for own in texts:
        asked += own
    vectors = embed(asked)
    middles, start = [], len(themes)
    for own in texts:
        middles.append(vectors[start : start + len(own)].mean(axis=0))
        start += len(own)
    return unit_rows(np.stack(middles)) @ vectors[: len(themes)].T
