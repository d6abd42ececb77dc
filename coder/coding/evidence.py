"""Where in a comment a theme is: the sentence that carries it, or the clause of a long sentence."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coder.coding.signals import KEYWORD_WEIGHT, LIKENESS_WEIGHT, Array, Comments, Hits, Signals
from coder.embedding import Embedder
from coder.text import Span, word_count

LONG = 40  # words; a longer sentence is narrowed to a clause
SHORTEST = 5  # words of a clause that can stand alone
CLAUSE_END = re.compile(
    r"[,:–—)]\s+|\s+[-(]\s*|\s+(?=(?:but|because|although|while|whereas)\b)", re.IGNORECASE
)
NONE = Span(-1, -1)
GUESSED_WEIGHT = 0.5  # of a keyword that nobody chose, among sentences


def find_evidence(
    comments: Comments,
    signals: Signals,
    wanted: NDArray[np.bool_],
    themes: Array,
    embedder: Embedder,
) -> dict[tuple[int, int], Span]:
    """The span that speaks most for each wanted pair of comment and theme.

    The sentence with most keywords of the theme, by likeness among equals; within a sentence of more than
    `LONG` words the clause with a keyword, or the likest one.

    Args:
        wanted: (n, t) pairs to find evidence for.
        themes: (t, d) vectors that clauses are compared with.
    """
    sentence, hits = signals.sentence, signals.hits
    worth = np.where(signals.automatic, GUESSED_WEIGHT, KEYWORD_WEIGHT)
    found_in = np.minimum(_hits_by_sentence(comments, hits, sentence), 2)
    strength = LIKENESS_WEIGHT * sentence + worth * found_in
    bounds = np.searchsorted(comments.owner, np.arange(len(comments.texts) + 1))
    found: dict[tuple[int, int], Span] = {}
    long: list[tuple[int, int, list[Span]]] = []
    for i, t in zip(*np.nonzero(wanted), strict=True):
        first, last = bounds[i], bounds[i + 1]
        if first == last:
            continue
        span = comments.spans[first + int(strength[first:last, t].argmax())]
        found[int(i), int(t)] = span
        if word_count(comments.texts[i][span.start : span.end]) > LONG:
            parts = clauses(comments.texts[i], span)
            if len(parts) > 1:
                long.append((int(i), int(t), parts))
    found |= _narrowed(comments, hits, long, themes, embedder)
    return found


def _hits_by_sentence(comments: Comments, hits: Hits, like: Array) -> Array:
    counts = np.zeros_like(like)
    bounds = np.searchsorted(comments.owner, np.arange(len(comments.texts) + 1))
    for (i, t), spans in hits.spans.items():
        rows = range(bounds[i], bounds[i + 1])
        for hit in spans:
            for row in rows:
                if comments.spans[row].start <= hit.start < comments.spans[row].end:
                    counts[row, t] += 1
                    break
    return counts


def clauses(text: str, sentence: Span) -> list[Span]:
    """A sentence in clauses of `SHORTEST` words or more; commas, dashes and contrasts part them."""
    cuts = [sentence.start]
    for mark in CLAUSE_END.finditer(text, sentence.start, sentence.end):
        end = mark.end()
        if (
            word_count(text[cuts[-1] : end]) >= SHORTEST
            and word_count(text[end : sentence.end]) >= SHORTEST
        ):
            cuts.append(end)
    spans = [Span(a, b) for a, b in zip(cuts, [*cuts[1:], sentence.end], strict=True)]
    return [Span(s.start, s.start + len(text[s.start : s.end].rstrip())) for s in spans]


def _narrowed(
    comments: Comments,
    hits: Hits,
    long: Sequence[tuple[int, int, list[Span]]],
    themes: Array,
    embedder: Embedder,
) -> dict[tuple[int, int], Span]:
    texts = sorted({comments.texts[i][s.start : s.end] for i, _, parts in long for s in parts})
    if not texts:
        return {}
    vector = dict(zip(texts, embedder.encode(texts), strict=True))
    found = {}
    for i, t, parts in long:
        near = [float(vector[comments.texts[i][s.start : s.end]] @ themes[t]) for s in parts]
        hit = [sum(s.start <= h.start < s.end for h in hits.spans.get((i, t), ())) for s in parts]
        found[i, t] = parts[max(range(len(parts)), key=lambda k: (min(hit[k], 2), near[k]))]
    return found
