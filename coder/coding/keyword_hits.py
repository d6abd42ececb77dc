"""Where the subjects' keywords stand in comments."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.comments import Bools, Comments, Floats32, Integers
from coder.coding.ragged import begins_of, expand
from coder.coding.stems import StemTable
from coder.keywords import Phrase, phrases_of

NO_STEM = -1


class KeywordPlaces(NamedTuple):
    """Every place where a keyword stands; p places, by comment and start."""

    rows: Integers  # (p,) comment, ascending
    keywords: Integers  # (p,) place in `KeywordHits.keywords`
    subjects: Integers  # (p,)
    starts: Integers  # (p,) offset in the comment
    ends: Integers  # (p,)

    def first(self, n: int) -> "KeywordPlaces":
        """Those in the first n comments."""
        last = np.searchsorted(self.rows, n)
        return KeywordPlaces(*(values[:last] for values in self))


def no_places() -> KeywordPlaces:
    """Where there are no keywords."""
    none = np.zeros(0, dtype=np.int64)
    return KeywordPlaces(none, none, none, none, none)


class KeywordHits(NamedTuple):
    """Keywords in comments. n comments, t subjects, k keywords, u uses."""

    distinct: Floats32  # (n, t) number of distinct keywords of the subject
    places: KeywordPlaces
    keywords: tuple[str, ...]  # (k)
    owner: Integers  # (k,) subject that each keyword is of
    uses: Integers  # (u, 2) comment and keyword, each pair once, by comment

    def first(self, n: int) -> "KeywordHits":
        """Those in the first n comments."""
        return self._replace(
            distinct=self.distinct[:n],
            places=self.places.first(n),
            uses=self.uses[self.uses[:, 0] < n],
        )


def find_keywords(
    comments: Comments,
    keywords: Sequence[Sequence[str]],
    language: str = "en",
) -> KeywordHits:
    """Find each subject's keywords, whatever their case, endings and hyphens."""
    numbers = number_keywords(keywords)
    owner = np.array([group for group, _ in numbers], dtype=np.int64)
    phrases = phrases_of(keywords, language)
    keyword_of = [numbers[phrase.group, phrase.keyword] for phrase in phrases]
    places = _find_phrases(
        comments.words,
        phrases,
        np.array(keyword_of, dtype=np.int64),
        owner,
    )
    pairs = np.unique(places.rows * len(numbers) + places.keywords)
    rows, used = np.divmod(pairs, max(1, len(numbers)))
    cells = np.bincount(
        rows * len(keywords) + owner[used],
        minlength=len(comments.texts) * len(keywords),
    )
    return KeywordHits(
        distinct=cells.reshape(-1, len(keywords)).astype(np.float32),
        places=places,
        keywords=tuple(keyword for _, keyword in numbers),
        owner=owner,
        uses=np.stack([rows, used], axis=1),
    )


def number_keywords(
    keywords: Sequence[Sequence[str]],
) -> dict[tuple[int, str], int]:
    """The number of each subject's keywords, counted through all subjects."""
    numbers: dict[tuple[int, str], int] = {}
    for group, own_keywords in enumerate(keywords):
        for keyword in own_keywords:
            numbers.setdefault((group, keyword), len(numbers))
    return numbers


def _find_phrases(
    words: StemTable,
    phrases: Sequence[Phrase],
    keyword_of: Integers,
    owner: Integers,
) -> KeywordPlaces:
    """Where the phrases stand, as `coder.keywords.KeywordMatcher` finds them in one text."""
    table = _as_codes(phrases, words.stems)
    by_first = np.argsort(table[:, 0], kind="stable")
    beginning_with = np.bincount(
        table[table[:, 0] != NO_STEM, 0],
        minlength=len(words.stems),
    )
    unknown = np.count_nonzero(table[:, 0] == NO_STEM)
    begins = begins_of(beginning_with) + unknown
    first, place = expand(begins[words.codes], beginning_with[words.codes])
    phrase = by_first[place]
    length = np.count_nonzero(table != NO_STEM, axis=1)[phrase]
    rows = np.searchsorted(words.bounds, first, side="right") - 1
    stands = first + length <= words.bounds[rows + 1]
    stands &= _have_all_stems(words.codes, first, table[phrase])
    first, phrase, length = first[stands], phrase[stands], length[stands]
    return KeywordPlaces(
        rows=rows[stands],
        keywords=keyword_of[phrase],
        subjects=owner[keyword_of[phrase]],
        starts=words.starts[first].astype(np.int64),
        ends=words.ends[first + length - 1].astype(np.int64),
    )


def _as_codes(
    phrases: Sequence[Phrase],
    stems: Sequence[str],
) -> Integers:
    """(phrases, most stems) codes of their stems, then `NO_STEM`; of a phrase with a stem that is
    not among the texts', only that.
    """
    numbers = {stem: number for number, stem in enumerate(stems)}
    longest = max((len(phrase.stems) for phrase in phrases), default=1)
    table = np.full((len(phrases), longest), NO_STEM, dtype=np.int64)
    for row, phrase in enumerate(phrases):
        codes = [numbers.get(stem, NO_STEM) for stem in phrase.stems]
        if NO_STEM not in codes:
            table[row, : len(codes)] = codes
    return table


def _have_all_stems(
    codes: NDArray[np.integer],
    first: Integers,
    wanted: Integers,
) -> Bools:
    """(m,) whether the words from each of the places `first` (m,) have the stems wanted (m, l)."""
    have = np.ones(len(first), dtype=np.bool_)
    for number in range(1, wanted.shape[1]):
        place = np.minimum(first + number, len(codes) - 1)
        is_same = codes[place] == wanted[:, number]
        have &= is_same | (wanted[:, number] == NO_STEM)
    return have
