"""Parts of comments that could be quoted for a row of the theme table, each with a score."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coder.reporting.coded_matrix import Bools, CodedMatrix, Floats, Integers
from coder.reporting.quote_spans import choose_spans
from coder.reporting.redaction import mask_details
from coder.text import Span, stop_words, word_count, words

# Comment, theme and position id to the part of the comment that shows it.
Evidence = Mapping[tuple[str, str, str], Span]

CANDIDATES = 60  # of a row, at most
SCORED = (
    3 * CANDIDATES
)  # comments whose text is looked at; not every one has a part that fits
# Words: shorter comments count as this long when words are weighed.
SHORTEST_COUNTED = 8.0
EASY_TO_READ = range(12, 46)  # words of a quote that reads well in a table
OTHER_THEMES_COUNTED = 4

# What a score loses or gains. The score itself is a percentile in [0, 1].
LOSS_PER_OTHER_THEME = 0.1
LOSS_FOR_OTHER_POSITION = 0.6
LOSS_FOR_SHOUTING = 0.3
LOSS_FOR_DETAILS = 0.6
LOSS_FOR_LINKS = 0.4
GAIN_FOR_LENGTH = 0.1
GAIN_FOR_WHOLE_COMMENT = 0.1


class QuoteCandidate(NamedTuple):
    """A part of a comment that could be quoted."""

    place: int  # row of the analysed comments
    span: Span
    score: float
    words: frozenset[str]  # folded, without function words


class CandidateFinder:
    """Finds the parts of comments that could be quoted for each row."""

    def __init__(
        self, matrix: CodedMatrix, evidence: Evidence, barred: Bools, language: str
    ) -> None:
        """Args:
        barred: (n_comments,) comments that are never quoted.
        """
        self._matrix = matrix
        self._evidence = evidence
        self._allowed = ~barred
        self._language = language
        self._stop_words = stop_words(language)
        self._texts: list[str] = matrix.comments["text"].tolist()
        self._ids = matrix.comments["comment_id"].astype(str).tolist()
        self._typical = typical_words(matrix, language)

    def candidates(self, number: int) -> list[QuoteCandidate]:
        """The best candidates for a row, the best first; equal ones by comment id."""
        places = np.flatnonzero(self._matrix.carries[:, number] & self._allowed)
        if not len(places):
            return []
        scores = self._scores(number, places)
        best = np.lexsort((places, -scores))[:SCORED]
        candidates = self._with_spans(number, places[best], scores[best])
        candidates.sort(
            key=lambda candidate: (-candidate.score, self._ids[candidate.place])
        )
        return candidates[:CANDIDATES]

    def _scores(self, number: int, places: Integers) -> Floats:
        """How typical each comment is of the row, less what it says of other rows."""
        scores = _percentiles(self._typical[places, number])
        probability = self._matrix.probability[places, number]
        if not np.isnan(probability).all():
            scores = 0.5 * scores + 0.5 * _percentiles(np.nan_to_num(probability))
        row = self._matrix.rows[number]
        other_themes = []
        other_positions = []
        for n, other in enumerate(self._matrix.rows):
            if other.theme.id != row.theme.id:
                other_themes.append(n)
            elif other.position is not None and n != number:
                other_positions.append(n)
        also_carried = self._matrix.carries[:, other_themes][places].sum(axis=1)
        scores = scores - LOSS_PER_OTHER_THEME * np.minimum(
            also_carried, OTHER_THEMES_COUNTED
        )
        if row.position is not None:  # who holds both positions illustrates neither
            holds_both = self._matrix.carries[:, other_positions][places].any(axis=1)
            scores = scores - LOSS_FOR_OTHER_POSITION * holds_both
        return np.asarray(scores, dtype=np.float64)

    def _with_spans(
        self, number: int, places: Integers, scores: Floats
    ) -> list[QuoteCandidate]:
        key = self._matrix.rows[number].key
        spans = choose_spans(
            [self._texts[place] for place in places],
            [self._evidence.get((self._ids[place], *key)) for place in places],
            self._language,
        )
        candidates = []
        for place, score, span in zip(
            places.tolist(), scores.tolist(), spans, strict=True
        ):
            if span is None:
                continue
            text = self._texts[place]
            quote = text[span.start : span.end]
            readability = _readability(quote, is_whole=quote == text.strip())
            content = (
                frozenset(word.casefold() for word in words(quote)) - self._stop_words
            )
            candidates.append(QuoteCandidate(place, span, score + readability, content))
        return candidates


def typical_words(matrix: CodedMatrix, language: str) -> Floats:
    """(n_comments, n_rows): how much a comment uses the words that set a row's comments apart.

    A word's weight is the log ratio of its frequency among the row's comments and among all
    others, where that is positive; a comment's value is the sum over its words, divided by the
    root of its length.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    n_comments, n_rows = matrix.carries.shape
    values = np.zeros((n_comments, n_rows))
    if not n_comments:
        return values
    vectorizer = CountVectorizer(binary=True, min_df=2)
    try:
        counts = vectorizer.fit_transform(matrix.comments["text"])
    except ValueError:  # no word occurs twice
        return values
    has_content = ~np.isin(
        vectorizer.get_feature_names_out(), list(stop_words(language))
    )
    total = _flat_sum(counts, axis=0)
    lengths = np.maximum(_flat_sum(counts, axis=1), SHORTEST_COUNTED)
    for number in range(n_rows):
        inside = matrix.carries[:, number]
        n = int(inside.sum())
        if not n or n == n_comments:
            continue
        within = _flat_sum(counts[inside], axis=0)
        log_within = np.log((within + 0.5) / (n + 1))
        log_outside = np.log((total - within + 0.5) / (n_comments - n + 1))
        weight = log_within - log_outside
        weight = np.where((within >= 2) & (weight > 0) & has_content, weight, 0.0)
        values[:, number] = np.asarray(counts @ weight).ravel() / np.sqrt(lengths)
    return values


def _flat_sum(counts: Any, axis: int) -> Floats:
    """Sums over a sparse matrix as a flat array."""
    sums = np.asarray(counts.sum(axis=axis), dtype=np.float64)
    return sums.ravel()


def _percentiles(values: Floats) -> Floats:
    """Percentile of each value among the others, in [0, 1]; equal values share theirs."""
    if len(values) < 2:
        return np.ones(len(values))
    ranks = pd.Series(values).rank(method="average").to_numpy()
    return np.asarray((ranks - 1) / (len(values) - 1), dtype=np.float64)


def _readability(quote: str, *, is_whole: bool) -> float:
    """How well a quote reads in a table, in about [-1, 0.2].

    Args:
        is_whole: the quote is the whole comment.
    """
    value = 0.0
    if word_count(quote) in EASY_TO_READ:
        value += GAIN_FOR_LENGTH
    if is_whole:
        value += GAIN_FOR_WHOLE_COMMENT
    letters = sum(char.isalpha() for char in quote) or 1
    capitals = sum(char.isupper() for char in quote)
    if capitals > 0.4 * letters:
        value -= LOSS_FOR_SHOUTING
    if mask_details(quote).details:
        value -= LOSS_FOR_DETAILS
    if "http" in quote or "www." in quote:
        value -= LOSS_FOR_LINKS
    return value
