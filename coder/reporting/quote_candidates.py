"""Parts of comments that could be quoted for a row of the theme table, each with a score."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.places import Places
from coder.reporting.coded_matrix import Bools, CodedMatrix, Floats, Integers
from coder.reporting.quote_spans import choose_spans
from coder.reporting.redaction import personal_details
from coder.reporting.word_counts import AT_ONCE, TypicalWords, WordCounts
from coder.text import Span, stop_words, word_count, words

CANDIDATES = 60  # of a row, at most
LOOKED_AT_ONCE = 16  # comments
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
MOST_GAIN = GAIN_FOR_LENGTH + GAIN_FOR_WHOLE_COMMENT


class QuoteCandidate(NamedTuple):
    """A part of a comment that could be quoted."""

    place: int  # row of the analysed comments
    span: Span
    score: float
    words: frozenset[str]  # folded, without function words


class RowCandidates:
    """What could be quoted for a row; comments are looked at only as far as the choice needs.

    Attributes:
        best: the candidates so far, the best first; equal ones by comment id.
    """

    def __init__(
        self, finder: "CandidateFinder", number: int, places: Integers, scores: Floats
    ) -> None:
        self._finder, self._number = finder, number
        self._places, self._scores = places, scores
        self._looked_at = 0
        self.best: list[QuoteCandidate] = []

    @property
    def places(self) -> Integers:
        """(n_left,) rows of the comments not looked at yet."""
        return self._places[self._looked_at :]

    @property
    def limits(self) -> Floats:
        """(n_left,) what the score of each can be at most."""
        return self._scores[self._looked_at :] + MOST_GAIN

    def look_further(self) -> None:
        """Look at some more comments, the likeliest first."""
        own = slice(self._looked_at, self._looked_at + LOOKED_AT_ONCE)
        self._looked_at = min(own.stop, len(self._places))
        self.best += self._finder.with_spans(
            self._number, self._places[own], self._scores[own]
        )
        self.best.sort(key=self._finder.order_of)


class CandidateFinder:
    """Finds the parts of comments that could be quoted for each row."""

    def __init__(
        self,
        matrix: CodedMatrix,
        barred: Bools,
        language: str,
        places: Places,
    ) -> None:
        """Args:
        barred: (n_comments,) comments that are never quoted.
        places: of the comments; what is not their writers' own words is never quoted.
        """
        self._matrix = matrix
        self._comment_ids = matrix.comments["comment_id"].array
        self._allowed = ~barred
        self._places = places
        self._language = language

    @cached_property
    def _stop_words(self) -> frozenset[str]:
        return stop_words(self._language)

    @cached_property
    def _typical(self) -> TypicalWords:
        counts = WordCounts.of(_in_blocks(self._matrix.comments["text"]))
        return TypicalWords(counts, self._stop_words, SHORTEST_COUNTED)

    def candidates(self, number: int) -> RowCandidates:
        """The comments that could be quoted for a row, none looked at yet."""
        inside = self._matrix.carries[:, number]
        is_allowed = self._allowed[inside]
        places = np.flatnonzero(inside)[is_allowed]
        if not len(places):
            return RowCandidates(self, number, places, np.zeros(0))
        typical = self._typical.values(inside)[is_allowed]
        scores = self._scores(number, places, typical)
        best = np.lexsort((places, -scores))[:SCORED]
        return RowCandidates(self, number, places[best], scores[best])

    def order_of(self, candidate: QuoteCandidate) -> tuple[float, str]:
        """What candidates are sorted by: the best first, equal ones by comment id."""
        return -candidate.score, str(self._comment_ids[candidate.place])

    def _scores(self, number: int, places: Integers, typical: Floats) -> Floats:
        """How typical each comment is of the row, less what it says of other rows.

        Args:
            places, typical: (n_places,) comments, and how typical their words are.
        """
        scores = _percentiles(typical)
        probability = self._matrix.probability[places, number]
        if not np.isnan(probability).all():
            scores = 0.5 * scores + 0.5 * _percentiles(np.nan_to_num(probability))
        row = self._matrix.rows[number]
        also_carried = np.zeros(len(places), dtype=np.int64)
        holds_both = np.zeros(len(places), dtype=np.bool_)
        for n, other in enumerate(self._matrix.rows):
            if other.theme.id != row.theme.id:
                also_carried += self._matrix.carries[places, n]
            elif other.position is not None and n != number:
                holds_both |= self._matrix.carries[places, n]
        scores = scores - LOSS_PER_OTHER_THEME * np.minimum(
            also_carried, OTHER_THEMES_COUNTED
        )
        if row.position is not None:  # who holds both positions illustrates neither
            scores = scores - LOSS_FOR_OTHER_POSITION * holds_both
        return np.asarray(scores, dtype=np.float64)

    def with_spans(
        self, number: int, places: Integers, scores: Floats
    ) -> list[QuoteCandidate]:
        """The candidates among some comments: those of which a part fits."""
        texts = self._matrix.comments["text"].take(places).tolist()
        evidence = []
        for place in places.tolist():
            evidence.append(self._matrix.evidence.of_assigned(place, number))
        spans = self._spans(places, texts, evidence)
        candidates = []
        for place, score, text, span in zip(
            places.tolist(), scores.tolist(), texts, spans, strict=True
        ):
            if span is None:
                continue
            quote = text[span.start : span.end]
            readability = _readability(quote, is_whole=quote == text.strip())
            content = (
                frozenset(word.casefold() for word in words(quote)) - self._stop_words
            )
            candidates.append(QuoteCandidate(place, span, score + readability, content))
        return candidates

    def _spans(
        self,
        places: Integers,
        texts: Sequence[str],
        evidence: Sequence[Span | None],
    ) -> list[Span | None]:
        """The part of each text to quote, of its writer's own words."""
        if not self._places:
            return choose_spans(texts, evidence, self._language)
        ids = [str(comment_id) for comment_id in self._comment_ids.take(places)]
        own, marked = [], []
        for comment_id, text in zip(ids, texts, strict=True):
            own.append(self._places.own_words(comment_id, text))
            marked.append(self._places.marked(comment_id))
        return choose_spans(own, evidence, self._language, marked)


def _in_blocks(texts: "pd.Series[str]") -> Iterator[str]:
    """The texts, a few of them at a time as Python strings."""
    for start in range(0, len(texts), AT_ONCE):
        yield from texts.iloc[start : start + AT_ONCE].tolist()


def _percentiles(values: Floats) -> Floats:
    """Percentile of each value among the others, in [0, 1]; equal values share theirs."""
    if len(values) < 2:
        return np.ones(len(values))
    ranks = pd.Series(values).rank(method="average").to_numpy()
    return np.asarray((ranks - 1) / (len(values) - 1), dtype=np.float64)


def _readability(quote: str, *, is_whole: bool) -> float:
    """How well a quote reads in a table, in about [-1, `MOST_GAIN`].

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
    if personal_details(quote):
        value -= LOSS_FOR_DETAILS
    if "http" in quote or "www." in quote:
        value -= LOSS_FOR_LINKS
    return value
