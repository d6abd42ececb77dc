"""Words of the things that a codebook lists under a theme."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from coder.codebook import Theme
from coder.reporting.coded_matrix import Floats
from coder.text import WORD, stem, stop_words

NEAR = 0.3  # cosine from which a keyword belongs to the line that it is nearest to
IN_SEVERAL = 2  # lines; a word in more tells none of them apart


def listed_words(theme: Theme, language: str) -> list[frozenset[str]]:
    """The stems of each line under `includes`, with those of the keywords that mean the same."""
    empty = stop_words(language)
    lines = [_stems(line, language, empty) for line in theme.includes]
    if not lines:
        return []
    whole = [set(line) for line in lines]
    nearness = _nearness(theme.keywords, theme.includes)
    for keyword, near in zip(theme.keywords, nearness, strict=True):
        own = _stems(keyword, language, empty)
        shared = np.array([len(own & line) for line in lines])
        if shared.any():
            whole[int(shared.argmax())] |= own
        elif near.max() >= NEAR:
            whole[int(near.argmax())] |= own
    uses = Counter(word for line in whole for word in line)
    common = {word for word, lines_with in uses.items() if lines_with > IN_SEVERAL}
    return [frozenset(line - common) for line in whole]


def _stems(text: str, language: str, empty: frozenset[str]) -> frozenset[str]:
    words = [word.casefold() for word in WORD.findall(text)]
    return frozenset(stem(word, language) for word in words if word not in empty)


def _nearness(keywords: Sequence[str], lines: Sequence[str]) -> Floats:
    """(n_keywords, n_lines) cosines of their words' vectors, less what all share."""
    from coder.embedding.word_vectors import word_vectors

    vectors = word_vectors([*keywords, *lines]).astype(np.float64)
    vectors -= vectors.mean(axis=0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray(vectors[: len(keywords)] @ vectors[len(keywords) :].T)
