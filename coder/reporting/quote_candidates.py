"""Parts of comments that could be quoted for a row of the theme table, each with a score."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.keywords import KeywordMatcher, stem_words
from coder.places import Places
from coder.reporting.coded_matrix import (
    Bools,
    CodedMatrix,
    Floats,
    Integers,
    MatrixRow,
)
from coder.reporting.quote_faults import Fault, find_faults, total_loss
from coder.reporting.quote_spans import find_spans
from coder.reporting.redaction import Detail, personal_details, theme_words
from coder.reporting.spelling import find_misspelt
from coder.reporting.word_counts import AT_ONCE, WORD, TypicalWords, WordCounts
from coder.text import Span, stop_words, word_count, words

CANDIDATES = 60  # of a row, at most
LOOKED_AT_ONCE = 16  # comments
SCORED = 4 * CANDIDATES  # comments whose text is looked at; a part does not fit of each
# Words: shorter comments count as this long when words are weighed.
SHORTEST_COUNTED = 8.0
EASY_TO_READ = range(12, 46)  # words of a quote that reads well in a table
OTHER_THEMES_COUNTED = 4
FEW = 10  # comments of a row, among which the most typical is little ahead
OWN, OTHER = 0, 1  # keywords of the row, and of other positions
FEWEST_THAT_SPELL = 4  # comments that spell a word in one way
MISSPELT = Fault("a word may be misspelt", 0.2)

# What a score loses or gains. The score itself is a percentile in [0, 1].
LOSS_PER_OTHER_THEME = 0.05
LOSS_PER_OTHER_THEME_SHOWN = 0.1
LOSS_FOR_SUB_THEME = 0.5
LOSS_FOR_OTHER_POSITIONS_WORDS = 0.5
LOSS_FOR_UNREVIEWED = 0.2  # where reviewers decided others
LOSS_FOR_UNMARKED = 0.5  # where reviewers marked the words in others
LOSS_FOR_DETAILS = 0.6
LOSS_FOR_WORDS_LEFT_OUT = 0.3  # at most, of the row's typical words
LOSS_WITHOUT_KEYWORD = 0.15  # and without a word of the row's name
GAIN_FOR_LENGTH = 0.1
GAIN_FOR_WHOLE_COMMENT = 0.05
MOST_GAIN = GAIN_FOR_LENGTH + GAIN_FOR_WHOLE_COMMENT


class QuoteCandidate(NamedTuple):
    """A part of a comment that could be quoted."""

    place: int  # row of the analysed comments
    span: Span
    score: float
    words: frozenset[str]  # folded, without function words
    faults: tuple[Fault, ...]

    @property
    def loss(self) -> float:
        """What an editor holds against its wording."""
        return total_loss(self.faults)


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
        self._kept = theme_words(matrix.keywords)
        self._words_of_row: dict[int, RowWords] = {}

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
        is_allowed = (self._allowed & ~self._of_other_positions(number))[inside]
        places = np.flatnonzero(inside)[is_allowed]
        if not len(places):
            return RowCandidates(self, number, places, np.zeros(0))
        typical = self._typical.values(inside)[is_allowed]
        scores = self._scores(number, places, typical)
        best = np.lexsort((places, -scores))[:SCORED]
        return RowCandidates(self, number, places[best], scores[best])

    def _of_other_positions(self, number: int) -> Bools:
        """(n_comments,) who holds another position of the theme as well illustrates neither."""
        siblings = self._siblings(number)
        return np.asarray(self._matrix.carries[:, siblings].any(axis=1), np.bool_)

    def order_of(self, candidate: QuoteCandidate) -> tuple[float, str]:
        """What candidates are sorted by: the best first, equal ones by comment id."""
        return -candidate.score, str(self._comment_ids[candidate.place])

    def _scores(self, number: int, places: Integers, typical: Floats) -> Floats:
        """How typical each comment is of the row, less what it says of other rows.

        Args:
            places, typical: (n_places,) comments, and how typical their words are.
        """
        scores = _percentiles(typical)
        probability = self._lead(number)[places]
        if not np.isnan(probability).all():
            scores = 0.5 * scores + 0.5 * _percentiles(np.nan_to_num(probability))
        is_judged = self._matrix.judged[places, number]
        if is_judged.any():
            scores = scores - LOSS_FOR_UNREVIEWED * ~is_judged
        is_marked = self._matrix.evidence.is_marked(places, number)
        if is_marked.any():
            scores = scores - LOSS_FOR_UNMARKED * ~is_marked
        scores = scores - self._losses_for_others(number, places)
        return np.asarray(scores, dtype=np.float64)

    def _lead(self, number: int) -> Floats:
        """(n_comments,) the model's probability of a row; of a position how far it is before the
        others.
        """
        values = self._matrix.probability
        others = [values[:, n] for n in self._siblings(number)]
        if not others:
            return np.asarray(values[:, number], dtype=np.float64)
        return np.asarray(values[:, number] - np.fmax.reduce(others), dtype=np.float64)

    def _siblings(self, number: int) -> list[int]:
        """Row numbers of the other positions of a position's theme."""
        row = self._matrix.rows[number]
        if row.position is None:
            return []
        siblings = []
        for n, other in enumerate(self._matrix.rows):
            if other.theme.id == row.theme.id and other.position is not None:
                siblings.append(n)
        return [n for n in siblings if n != number]

    def _losses_for_others(self, number: int, places: Integers) -> Floats:
        """(n_places,) what comments lose for the other rows that they carry."""
        rows = self._matrix.rows
        row = rows[number]
        within = _themes_within(rows, row.theme.id)
        also_carried = np.zeros(len(places), dtype=np.int64)
        is_of_part = np.zeros(len(places), dtype=np.bool_)
        for n, other in enumerate(rows):
            carried = self._matrix.carries[places, n]
            if other.theme.id in within:
                is_of_part |= carried
            elif other.theme.id != row.theme.id:
                also_carried += carried & (other.theme.id != row.parent_id)
        also_carried = np.minimum(also_carried, OTHER_THEMES_COUNTED)
        losses = LOSS_PER_OTHER_THEME * also_carried
        losses = losses + LOSS_FOR_SUB_THEME * is_of_part
        return np.asarray(losses, dtype=np.float64)

    def with_spans(
        self, number: int, places: Integers, scores: Floats
    ) -> list[QuoteCandidate]:
        """The candidates among some comments: the best part of each, where one fits."""
        texts = self._matrix.comments["text"].take(places).tolist()
        evidence = []
        for place in places.tolist():
            evidence.append(self._matrix.evidence.of_assigned(place, number))
        spans = self._spans(places, texts, evidence)
        candidates = []
        for place, score, text, parts in zip(
            places.tolist(), scores.tolist(), texts, spans, strict=True
        ):
            if parts:
                comment = _Comment(place, text, score)
                candidates.append(self._best_part(number, comment, parts))
        return candidates

    def _best_part(
        self, number: int, comment: "_Comment", parts: Sequence[Span]
    ) -> QuoteCandidate:
        """The part with the greatest score; the first of equal ones."""
        others = self._evidence_of_others(number, comment.place)
        row_words = self._row_words(number)
        whole = row_words.worth(comment.text)
        candidates = []
        for span in parts:
            quote = comment.text[span.start : span.end]
            faults = self._faults(comment.text, span)
            score = comment.score + _readability(quote, comment.text, span, self._kept)
            score -= total_loss(faults)
            score -= LOSS_PER_OTHER_THEME_SHOWN * _number_in(span, others)
            if whole > 0:
                left_out = 1 - min(1.0, row_words.worth(quote) / whole)
                score -= LOSS_FOR_WORDS_LEFT_OUT * left_out
            score -= row_words.loss_of(quote)
            content = self._content(quote)
            candidates.append(
                QuoteCandidate(comment.place, span, score, content, tuple(faults))
            )
        return max(candidates, key=lambda candidate: candidate.score)

    def _faults(self, text: str, span: Span) -> list[Fault]:
        quote = text[span.start : span.end]
        begins = not text[: span.start].strip()
        faults = find_faults(quote, begins=begins, language=self._language)
        if self._language == "en" and find_misspelt(quote, self._known_words):
            faults.append(MISSPELT)
        return faults

    @cached_property
    def _known_words(self) -> frozenset[str]:
        """What several comments use."""
        return self._typical.common_words(FEWEST_THAT_SPELL)

    def _content(self, quote: str) -> frozenset[str]:
        """The words of a quote that say something."""
        folded = (word.casefold() for word in words(quote))
        return frozenset(folded) - self._stop_words

    def _row_words(self, number: int) -> "RowWords":
        if number not in self._words_of_row:
            row = self._matrix.rows[number]
            keywords = (row.position or row.theme).keywords
            named = self._content(row.name)
            weights = self._typical.weights(self._matrix.carries[:, number])
            self._words_of_row[number] = RowWords(
                weights,
                (*keywords, *sorted(named)),
                self._keywords_of_siblings(number),
                self._language,
            )
        return self._words_of_row[number]

    def _keywords_of_siblings(self, number: int) -> list[str]:
        found: list[str] = []
        for n in self._siblings(number):
            position = self._matrix.rows[n].position
            found += position.keywords if position else ()
        return found

    def _evidence_of_others(self, number: int, place: int) -> list[Span]:
        """Where a comment shows the other themes that it carries."""
        rows = self._matrix.rows
        row = rows[number]
        shown = []
        for n in np.flatnonzero(self._matrix.carries[place]).tolist():
            other = rows[n]
            own = (row.theme.id, row.parent_id)
            if other.position is None and other.theme.id not in own:
                shown.append(self._matrix.evidence.of_assigned(place, n))
        return [span for span in shown if span is not None]

    def _spans(
        self,
        places: Integers,
        texts: Sequence[str],
        evidence: Sequence[Span | None],
    ) -> list[list[Span]]:
        """The parts of each text that could be quoted, of its writer's own words."""
        if not self._places:
            return find_spans(texts, evidence, self._language)
        ids = [str(comment_id) for comment_id in self._comment_ids.take(places)]
        own, marked = [], []
        for comment_id, text in zip(ids, texts, strict=True):
            own.append(self._places.own_words(comment_id, text))
            marked.append(self._places.marked(comment_id))
        return find_spans(own, evidence, self._language, marked)


class _Comment(NamedTuple):
    """A comment whose parts are compared."""

    place: int
    text: str
    score: float


class RowWords:
    """The words of a row: those that set its comments apart, and its keywords.

    Args:
        weights: of the typical words, folded; positive.
        keywords: of the row.
        others: keywords of the other positions of its theme.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        keywords: Sequence[str],
        others: Sequence[str],
        language: str,
    ) -> None:
        self._weights = weights
        self._keywords = tuple(keywords)
        groups = (self._keywords, tuple(others))
        self._matcher = KeywordMatcher(groups, language)
        self._language = language

    def worth(self, text: str) -> float:
        """How much a text uses the typical words, for its length."""
        own = set(WORD.findall(text.lower()))
        total = sum(self._weights.get(word, 0.0) for word in sorted(own))
        return float(total / max(len(own), SHORTEST_COUNTED) ** 0.5)

    def loss_of(self, text: str) -> float:
        """What a quote loses where it has no keyword of its row, or those of another position."""
        found = {
            match.group
            for match in self._matcher.find(stem_words(text, self._language))
        }
        loss = 0.0
        if self._keywords and OWN not in found:
            loss += LOSS_WITHOUT_KEYWORD
        if OTHER in found and OWN not in found:
            loss += LOSS_FOR_OTHER_POSITIONS_WORDS
        return loss


def _themes_within(rows: Sequence[MatrixRow], theme_id: str) -> frozenset[str]:
    """Ids of the sub-themes of a theme, at any depth."""
    within = {theme_id}
    for row in rows:  # a theme comes before its sub-themes
        if row.parent_id in within:
            within.add(row.theme.id)
    return frozenset(within - {theme_id})


def _number_in(span: Span, others: Sequence[Span]) -> int:
    """How many of the other spans begin in a span."""
    return sum(span.start <= other.start < span.end for other in others)


def _in_blocks(texts: "pd.Series[str]") -> Iterator[str]:
    """The texts, a few of them at a time as Python strings."""
    for start in range(0, len(texts), AT_ONCE):
        yield from texts.iloc[start : start + AT_ONCE].tolist()


def _percentiles(values: Floats) -> Floats:
    """Percentile of each value among the others, in [0, 1]; equal values share theirs.

    Among few values, places say little: then they are closer to each other.
    """
    ranks = pd.Series(values).rank(method="average").to_numpy()
    return np.asarray((ranks - 1) / (len(values) - 1 + FEW), dtype=np.float64)


def _readability(quote: str, text: str, span: Span, kept: frozenset[str]) -> float:
    """What a quote gains for reading well in a table, less what it loses for personal details.

    Args:
        text: the comment; the quote is its part `span`.
        kept: words that are no names.
    """
    value = 0.0
    if word_count(quote) in EASY_TO_READ:
        value += GAIN_FOR_LENGTH
    if quote == text.strip():
        value += GAIN_FOR_WHOLE_COMMENT
    shown = Detail(*span, "")
    if any(detail.overlaps(shown) for detail in personal_details(text, kept)):
        value -= LOSS_FOR_DETAILS
    return value
