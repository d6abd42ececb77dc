"""Where in a comment a theme is: the sentence that carries it, or the clause of a long sentence."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.comments import Bools, Comments, Floats32
from coder.coding.keyword_worth import MOST_KEYWORDS
from coder.coding.signals import KEYWORD_WEIGHT, LIKENESS_WEIGHT, Signals
from coder.embedding import Embedder
from coder.text import Span, word_count

LONGEST_SENTENCE = 40  # words; a longer one is narrowed to a clause
SHORTEST_CLAUSE = 5  # words
CLAUSE_END = re.compile(
    r"[,:–—)]\s+|\s+[-(]\s*|\s+(?=(?:but|because|although|while|whereas)\b)",
    re.IGNORECASE,
)
AUTOMATIC_KEYWORD_WEIGHT = 0.5  # of a keyword that nobody chose, among sentences

Pair = tuple[int, int]  # row of a comment, column of a theme


class _LongSentence(NamedTuple):
    """A sentence to be narrowed to one of its clauses."""

    pair: Pair
    clauses: list[Span]


def find_evidence(
    comments: Comments,
    signals: Signals,
    wanted: Bools,
    theme_vectors: Floats32,
    embedder: Embedder,
) -> dict[Pair, Span]:
    """The span that speaks most for each wanted pair of comment and theme.

    The sentence with most keywords of the theme, by likeness among equals; within a sentence of
    more than `LONGEST_SENTENCE` words the clause with a keyword, or the one most like the
    theme.

    Args:
        wanted: (n, t) pairs to find evidence for. A comment without a sentence has none.
        theme_vectors: (t, d) that clauses are compared with.
    """
    strength = _sentence_strength(comments, signals)
    bounds = comments.sentence_bounds()
    evidence: dict[Pair, Span] = {}
    long_sentences: list[_LongSentence] = []
    for row, theme in zip(*np.nonzero(wanted), strict=True):
        first, last = bounds[row], bounds[row + 1]
        if first == last:
            continue
        pair = (int(row), int(theme))
        span = comments.sentences[first + int(strength[first:last, theme].argmax())]
        evidence[pair] = span
        clauses = _clauses_of_long(comments.texts[row], span)
        if len(clauses) > 1:
            long_sentences.append(_LongSentence(pair, clauses))
    narrowed = _narrow(
        comments,
        signals,
        long_sentences,
        theme_vectors,
        embedder,
    )
    return evidence | narrowed


def _sentence_strength(
    comments: Comments,
    signals: Signals,
) -> NDArray[np.float64]:
    """(m, t) how much each sentence speaks for each theme."""
    keyword_weight = np.where(
        signals.automatic,
        AUTOMATIC_KEYWORD_WEIGHT,
        KEYWORD_WEIGHT,
    )
    keywords = np.minimum(_keywords_by_sentence(comments, signals), MOST_KEYWORDS)
    return np.asarray(LIKENESS_WEIGHT * signals.sentence + keyword_weight * keywords)


def _keywords_by_sentence(comments: Comments, signals: Signals) -> Floats32:
    """(m, t) keywords of each theme that begin in each sentence."""
    counts = np.zeros_like(signals.sentence)
    spans = np.array(comments.sentences, dtype=np.int64).reshape(-1, 2)
    if not len(spans):
        return counts
    places = signals.hits.places
    longest = 1 + max(spans.max(), places.starts.max(initial=0))
    # Sentences and keywords on one line, comment by comment.
    firsts = comments.owner * longest + spans[:, 0]
    lasts = comments.owner * longest + spans[:, 1]
    starts = places.rows * longest + places.starts
    sentence = np.searchsorted(firsts, starts, side="right") - 1
    begins = (sentence >= 0) & (starts < lasts[sentence])
    cells = (sentence[begins], places.subjects[begins])
    np.add.at(counts, cells, 1)
    return counts


def _clauses_of_long(
    text: str,
    sentence: Span,
) -> list[Span]:
    """The clauses of a long sentence; none of one that is short enough to stand whole."""
    if word_count(text[sentence.start : sentence.end]) <= LONGEST_SENTENCE:
        return []
    return split_clauses(text, sentence)


def split_clauses(
    text: str,
    sentence: Span,
) -> list[Span]:
    """A sentence in clauses of `SHORTEST_CLAUSE` words or more; commas, dashes and contrasts
    part them.
    """
    starts = [sentence.start]
    for mark in CLAUSE_END.finditer(
        text,
        sentence.start,
        sentence.end,
    ):
        before = word_count(text[starts[-1] : mark.end()])
        after = word_count(text[mark.end() : sentence.end])
        if min(before, after) >= SHORTEST_CLAUSE:
            starts.append(mark.end())
    clauses = []
    for start, end in zip(starts, [*starts[1:], sentence.end], strict=True):
        clauses.append(Span(start, start + len(text[start:end].rstrip())))
    return clauses


def _narrow(
    comments: Comments,
    signals: Signals,
    long_sentences: Sequence[_LongSentence],
    theme_vectors: Floats32,
    embedder: Embedder,
) -> dict[Pair, Span]:
    """The clause of each long sentence that speaks most for its theme."""
    texts: set[str] = set()
    for pair, clauses in long_sentences:
        texts.update(_clause_texts(comments, pair, clauses))
    if not texts:
        return {}
    ordered = sorted(texts)
    vectors = dict(zip(ordered, embedder.encode(ordered), strict=True))
    narrowed = {}
    for pair, clauses in long_sentences:
        starts = signals.hits.places.of_pair(*pair).starts
        worths = []
        for clause, text in zip(
            clauses, _clause_texts(comments, pair, clauses), strict=True
        ):
            keywords = int(np.sum((clause.start <= starts) & (starts < clause.end)))
            likeness = float(vectors[text] @ theme_vectors[pair[1]])
            worths.append((min(keywords, MOST_KEYWORDS), likeness))
        narrowed[pair] = clauses[worths.index(max(worths))]
    return narrowed


def _clause_texts(
    comments: Comments,
    pair: Pair,
    clauses: Sequence[Span],
) -> list[str]:
    text = comments.texts[pair[0]]
    return [text[clause.start : clause.end] for clause in clauses]
