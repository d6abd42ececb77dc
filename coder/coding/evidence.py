"""Where in a comment a theme is: the sentence that carries it, or the clause of a long sentence."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.blocks import PreparedBlock
from coder.coding.comments import Bools, Floats32, Integers
from coder.coding.keyword_worth import MOST_KEYWORDS
from coder.coding.signals import KEYWORD_WEIGHT, LIKENESS_WEIGHT
from coder.embedding import Embedder
from coder.text import WORD, Span, word_count

LONGEST_SENTENCE = 40  # words; a longer one is narrowed to a clause
SHORTEST_CLAUSE = 5  # words
CLAUSE_END = re.compile(
    r"[,:–—)]\s++|(?<!\s)\s++(?:[-(]\s*+|(?=(?:but|because|although|while|whereas)\b))",
    re.IGNORECASE,
)
AUTOMATIC_KEYWORD_WEIGHT = 0.5  # of a keyword that nobody chose, among sentences
NOWHERE = -1  # offset of evidence that there is none of
ROW_STRIDE = 1 << 32  # more than the characters of any text

Pair = tuple[int, int]  # row of a comment, column of a theme
Floats = NDArray[np.float64]


class Evidence(NamedTuple):
    """The span that speaks most for each pair of b comments and t themes; `NOWHERE` where none
    was wanted.
    """

    starts: Integers  # (b, t)
    ends: Integers  # (b, t)


class _LongSentence(NamedTuple):
    """A sentence to be narrowed to one of its clauses."""

    pair: Pair
    clauses: list[Span]


def find_evidence(
    texts: Sequence[str],
    prepared: PreparedBlock,
    automatic: Bools,
    wanted: Bools,
    theme_vectors: Floats32,
    embedder: Embedder,
) -> Evidence:
    """The span that speaks most for each wanted pair of comment and theme.

    The sentence with most keywords of the theme, by likeness among equals; within a sentence of
    more than `LONGEST_SENTENCE` words the clause with a keyword, or the one most like the
    theme.

    Args:
        texts: (b) of the block.
        automatic: (t,) themes whose keywords were taken from name and definition.
        wanted: (b, t) pairs to find evidence for. A comment without a sentence has none.
        theme_vectors: (t, d) that clauses are compared with.
    """
    evidence = Evidence(
        np.full(wanted.shape, NOWHERE, dtype=np.int64),
        np.full(wanted.shape, NOWHERE, dtype=np.int64),
    )
    if not len(prepared.owner):
        return evidence
    best = _best_sentences(prepared, automatic, len(texts))
    rows, themes = np.nonzero(wanted & (best != NOWHERE))
    spans = prepared.sentences[best[rows, themes]]
    evidence.starts[rows, themes] = spans[:, 0]
    evidence.ends[rows, themes] = spans[:, 1]
    long_sentences = []
    # A word takes a character at least.
    may_be_long = spans[:, 1] - spans[:, 0] > LONGEST_SENTENCE
    for place in np.flatnonzero(may_be_long):
        row, theme = int(rows[place]), int(themes[place])
        start, end = spans[place].tolist()
        clauses = _clauses_of_long(texts[row], Span(start, end))
        if len(clauses) > 1:
            long_sentences.append(_LongSentence((row, theme), clauses))
    narrowed = _narrow(texts, prepared, long_sentences, theme_vectors, embedder)
    for pair, span in narrowed.items():
        evidence.starts[pair], evidence.ends[pair] = span
    return evidence


def _best_sentences(prepared: PreparedBlock, automatic: Bools, texts: int) -> Integers:
    """(b, t) the sentence that speaks most for each theme, the first of equals; `NOWHERE` in a
    comment without one.
    """
    strength = _sentence_strength(prepared, automatic)
    owner = prepared.owner
    firsts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    highest = np.maximum.reduceat(strength, firsts, axis=0)
    sentence_of = np.repeat(np.arange(len(firsts)), np.diff(np.r_[firsts, len(owner)]))
    places = np.arange(len(owner))[:, None]
    is_best = strength == highest[sentence_of]
    first_best = np.where(is_best, places, len(owner))
    best = np.full((texts, len(automatic)), NOWHERE, dtype=np.int64)
    best[owner[firsts]] = np.minimum.reduceat(first_best, firsts, axis=0)
    return best


def _sentence_strength(prepared: PreparedBlock, automatic: Bools) -> Floats:
    """(m, t) how much each sentence speaks for each theme."""
    keyword_weight = np.where(
        automatic,
        AUTOMATIC_KEYWORD_WEIGHT,
        KEYWORD_WEIGHT,
    )
    keywords = np.minimum(_keywords_by_sentence(prepared), MOST_KEYWORDS)
    return np.asarray(
        LIKENESS_WEIGHT * prepared.sentence_fit + keyword_weight * keywords
    )


def _keywords_by_sentence(prepared: PreparedBlock) -> Floats32:
    """(m, t) keywords of each theme that begin in each sentence."""
    counts = np.zeros_like(prepared.sentence_fit)
    rows, themes, starts = prepared.hits[:, :3].T.astype(np.int64)
    begins = prepared.owner.astype(np.int64) * ROW_STRIDE + prepared.sentences[:, 0]
    places = np.searchsorted(begins, rows * ROW_STRIDE + starts, side="right") - 1
    is_in = (places >= 0) & (prepared.owner[places] == rows)
    is_in &= starts < prepared.sentences[places, 1]
    np.add.at(counts, (places[is_in], themes[is_in]), 1)
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
    words = [word.start() for word in WORD.finditer(text, *sentence)]
    starts = [sentence.start]
    words_before = 0  # of the last start
    for mark in CLAUSE_END.finditer(
        text,
        sentence.start,
        sentence.end,
    ):
        # No word reaches over a mark: each begins on one side of it and ends there.
        words_to_mark = bisect_left(words, mark.end())
        before = words_to_mark - words_before
        after = len(words) - words_to_mark
        if min(before, after) >= SHORTEST_CLAUSE:
            starts.append(mark.end())
            words_before = words_to_mark
    clauses = []
    for start, end in zip(starts, [*starts[1:], sentence.end], strict=True):
        clauses.append(Span(start, start + len(text[start:end].rstrip())))
    return clauses


def _narrow(
    texts: Sequence[str],
    prepared: PreparedBlock,
    long_sentences: Sequence[_LongSentence],
    theme_vectors: Floats32,
    embedder: Embedder,
) -> dict[Pair, Span]:
    """The clause of each long sentence that speaks most for its theme."""
    clause_texts: set[str] = set()
    for pair, clauses in long_sentences:
        clause_texts.update(_texts_of(texts[pair[0]], clauses))
    if not clause_texts:
        return {}
    ordered = sorted(clause_texts)
    vectors = dict(zip(ordered, embedder.encode(ordered), strict=True))
    hits = _hits_by_pair(prepared)
    narrowed = {}
    for pair, clauses in long_sentences:
        worths = []
        for clause in clauses:
            keywords = _count_begun(hits.get(pair, ()), clause)
            text = texts[pair[0]][clause.start : clause.end]
            likeness = float(vectors[text] @ theme_vectors[pair[1]])
            worths.append((min(keywords, MOST_KEYWORDS), likeness))
        narrowed[pair] = clauses[worths.index(max(worths))]
    return narrowed


def _hits_by_pair(prepared: PreparedBlock) -> dict[Pair, list[int]]:
    """Where keywords begin, ascending, by comment and theme."""
    hits: dict[Pair, list[int]] = {}
    for row, theme, start, _ in prepared.hits.tolist():
        hits.setdefault((row, theme), []).append(start)
    for starts in hits.values():
        starts.sort()
    return hits


def _count_begun(starts: Sequence[int], clause: Span) -> int:
    return bisect_left(starts, clause.end) - bisect_left(starts, clause.start)


def _texts_of(text: str, clauses: Sequence[Span]) -> list[str]:
    return [text[clause.start : clause.end] for clause in clauses]
