"""Quotes: exact parts of comments, typical of the row they stand under, and different from each
other.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.reporting.coded_matrix import Bools, CodedMatrix, Key
from coder.reporting.quote_candidates import (
    CANDIDATES,
    CandidateFinder,
    QuoteCandidate,
    RowCandidates,
)
from coder.reporting.quote_spans import add_ellipses
from coder.reporting.redaction import mask_details, theme_words
from coder.text import normal_key

MOST_OVERLAP = 0.5  # share of words that two quotes of a row may have in common
# Of the words of the shorter of two quotes: as many in common make it the same slogan.
MOST_REPEATED = 0.6
LOSS_FOR_REPEATED = 0.8
LOSS_FOR_SAME_GROUP = 0.1  # at most: in all that is known of the respondents
# What an editor may hold against the wording of a row's first quote, and of later ones: a row
# rather goes with fewer quotes than with a list of words.
MOST_LOSS_FIRST = 0.8
MOST_LOSS_LATER = 0.35
ROUNDING = 1e-9
LOSS_PER_OVERLAP = 0.8
LOSS_FOR_SAME_SOURCE = 0.2
NOT_DECLINED = ("", "0", "0.0", "no", "n", "false", "nan", "none")


class Quote(NamedTuple):
    """One row of `tables.QUOTES`."""

    theme_id: str
    position_id: str
    number: int  # from 1 under its row
    quote: str
    source: str
    comment_id: str
    start: int  # of the extract in the stored text
    end: int
    masked: bool  # personal details are hidden
    edited: bool  # by the analyst

    @property
    def key(self) -> Key:
        """The theme and position that the quote is for."""
        return self.theme_id, self.position_id


def choose_quotes(
    matrix: CodedMatrix,
    finder: CandidateFinder,
    pinned: Sequence[Quote],
    *,
    each: int,
    person_columns: Sequence[str],
    group_columns: Sequence[str] = (),
) -> pd.DataFrame:
    """Up to `each` quotes for every row (`tables.QUOTES`), in the codebook's order.

    A person, a text and a campaign are quoted once in the whole table.

    Args:
        finder: of comments that may be quoted.
        pinned: quotes that the analyst chose; they come first and stay as they are.
        person_columns: columns that name who wrote a comment.
        group_columns: columns that describe who wrote it.
    """
    picker = _Picker(matrix, finder, person_columns, group_columns)
    is_pinned = matrix.comments["comment_id"].isin(
        [quote.comment_id for quote in pinned]
    )
    for place in np.flatnonzero(is_pinned):
        picker.use(int(place))
    pinned_number = Counter(quote.key for quote in pinned)
    quotes = list(pinned)
    for number in _rows_by_choice(matrix):
        wanted = each - pinned_number[matrix.rows[number].key]
        for candidate in picker.pick(number, wanted):
            quotes.append(_quote_of(matrix, number, candidate))
    return _numbered(quotes, matrix)


def _rows_by_choice(matrix: CodedMatrix) -> list[int]:
    """Row numbers in the order in which they choose: those with the least to choose from come
    first.
    """

    def choice(number: int) -> tuple[bool, int, int]:
        is_theme = matrix.rows[number].position is None
        return is_theme, int(matrix.carries[:, number].sum()), number

    return sorted(range(len(matrix.rows)), key=choice)


def _quote_of(matrix: CodedMatrix, number: int, candidate: QuoteCandidate) -> Quote:
    comment = matrix.comments.iloc[candidate.place]
    text, span = comment["text"], candidate.span
    masking = mask_details(text, *span, theme_words(matrix.keywords))
    return Quote(
        *matrix.rows[number].key,
        number=0,
        quote=add_ellipses(masking.text, text, span),
        source=str(comment["source"]),
        comment_id=str(comment["comment_id"]),
        start=span.start,
        end=span.end,
        masked=bool(masking.details),
        edited=False,
    )


def _numbered(quotes: Sequence[Quote], matrix: CodedMatrix) -> pd.DataFrame:
    row_number = matrix.row_number
    last_number: Counter[Key] = Counter()
    lines = []
    for quote in sorted(quotes, key=lambda quote: row_number[quote.key]):
        last_number[quote.key] += 1
        lines.append(quote._replace(number=last_number[quote.key]))
    return pd.DataFrame(lines, columns=list(tables.QUOTES.columns))


class _Picker:
    """Picks the best candidates that differ in person, wording and, where it costs little,
    source.
    """

    def __init__(
        self,
        matrix: CodedMatrix,
        finder: CandidateFinder,
        person_columns: Sequence[str],
        group_columns: Sequence[str],
    ) -> None:
        self._finder = finder
        self._groups = [
            pd.factorize(matrix.comments[name])[0] for name in group_columns
        ]
        self._person_columns = person_columns
        names = {"comment_id", "source", "text", "campaign_id", *person_columns}
        self._columns = {name: matrix.comments[name].array for name in names}
        self._source, _ = pd.factorize(matrix.comments["source"])
        self._used: set[str] = set()
        self._quoted_words: list[frozenset[str]] = []
        self._identities_of: dict[int, set[str]] = {}

    def use(self, place: int) -> None:
        """Keep other comments of the same person, text or campaign from being quoted."""
        self._used |= self._identities(place)

    def pick(self, number: int, wanted: int) -> list[QuoteCandidate]:
        """At most `wanted` candidates for a row."""
        picked: list[QuoteCandidate] = []
        if wanted <= 0:
            return picked
        candidates = self._finder.candidates(number)
        while len(picked) < wanted:
            best = self._best(candidates, picked)
            if best is None:
                break
            picked.append(best)
            self.use(best.place)
            self._quoted_words.append(best.words)
        return picked

    def _best(
        self, candidates: RowCandidates, picked: list[QuoteCandidate]
    ) -> QuoteCandidate | None:
        """The candidate with the greatest value; the first of equal ones."""
        best, value = self._best_known(candidates.best[:CANDIDATES], picked)
        while self._most_left(candidates, picked) >= value and len(candidates.places):
            candidates.look_further()
            best, value = self._best_known(candidates.best[:CANDIDATES], picked)
        return best

    def _most_left(
        self, candidates: RowCandidates, picked: list[QuoteCandidate]
    ) -> float:
        """The greatest value that a comment not looked at yet can have."""
        own_sources = [self._source[other.place] for other in picked]
        same_source = np.isin(self._source[candidates.places], own_sources)
        values = candidates.limits - LOSS_FOR_SAME_SOURCE * same_source
        return float(values.max(initial=-np.inf))

    def _best_known(
        self, candidates: list[QuoteCandidate], picked: list[QuoteCandidate]
    ) -> tuple[QuoteCandidate | None, float]:
        best, best_value = None, -np.inf
        own_sources = {self._source[other.place] for other in picked}
        for candidate in candidates:
            overlap = max(
                (_overlap(candidate.words, other.words) for other in picked),
                default=0.0,
            )
            if overlap > MOST_OVERLAP or not self._fits(candidate, later=bool(picked)):
                continue
            is_repeated = self._repeats(candidate)
            if is_repeated and picked:
                continue
            same_source = self._source[candidate.place] in own_sources
            value = candidate.score - LOSS_PER_OVERLAP * overlap
            value -= LOSS_FOR_REPEATED * is_repeated
            value -= LOSS_FOR_SAME_SOURCE * same_source
            value -= LOSS_FOR_SAME_GROUP * self._share_of_same_groups(candidate, picked)
            if value > best_value:
                best, best_value = candidate, value
        return best, best_value

    def _share_of_same_groups(
        self, candidate: QuoteCandidate, picked: list[QuoteCandidate]
    ) -> float:
        """Share of the group columns in which a quote of the row has the same value."""
        same = 0
        for values in self._groups:
            own = {values[other.place] for other in picked}
            same += values[candidate.place] in own
        return same / max(len(self._groups), 1)

    def _fits(self, candidate: QuoteCandidate, *, later: bool) -> bool:
        """Whether its wording is good enough, and neither it nor its person is quoted yet."""
        most_loss = MOST_LOSS_LATER if later else MOST_LOSS_FIRST
        if candidate.loss > most_loss + ROUNDING:
            return False
        return not self._identities(candidate.place) & self._used

    def _repeats(self, candidate: QuoteCandidate) -> bool:
        """Whether a quote of any row says nearly the same words: a slogan, or a letter that was
        passed round.
        """
        for words in self._quoted_words:
            smaller = min(len(words), len(candidate.words))
            if len(words & candidate.words) >= MOST_REPEATED * max(smaller, 1):
                return True
        return False

    def _identities(self, place: int) -> set[str]:
        """What no two quotes may share: the person, the text, the campaign."""
        if place not in self._identities_of:
            identities = {
                self._person(place),
                f"text\n{normal_key(self._cell(place, 'text'))}",
            }
            campaign_id = self._cell(place, "campaign_id")
            if campaign_id:
                identities.add(f"campaign\n{campaign_id}")
            self._identities_of[place] = identities
        return self._identities_of[place]

    def _person(self, place: int) -> str:
        """Who wrote a comment: the first of the columns that names them, else the comment
        itself.
        """
        for column in self._person_columns:
            name = self._cell(place, column)
            if name.strip():
                return f"person\n{self._cell(place, 'source')}\n{name}"
        return f"comment\n{self._cell(place, 'comment_id')}"

    def _cell(self, place: int, column: str) -> str:
        return str(self._columns[column][place])


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of words in common, in [0, 1]."""
    union = one | other
    if not union:
        return 1.0
    return len(one & other) / len(union)


# ---------------------------------------------------------------- what is given to the choice


def find_declined(comments: pd.DataFrame, column: str) -> Bools:
    """(n_comments,) who declined publication: any answer in the column other than none, no,
    false or 0.
    """
    if not column or column not in comments.columns:
        return np.zeros(len(comments), dtype=np.bool_)
    answers = comments[column].astype(str).str.strip().str.casefold()
    return np.asarray(~answers.isin(NOT_DECLINED), dtype=np.bool_)


def keys_without_quote(quotes: pd.DataFrame, keys: Collection[Key]) -> list[Key]:
    """Those of `keys` that have no quote."""
    quoted = set(zip(quotes["theme_id"], quotes["position_id"], strict=True))
    return [key for key in keys if key not in quoted]
