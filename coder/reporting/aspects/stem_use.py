"""Which word stems each comment uses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coder.reporting.coded_matrix import Bools, Integers
from coder.reporting.word_counts import WordCounts
from coder.text import stem, stop_words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHORTEST = 3  # letters of a word that can name something
# English words that say nothing of what a comment is about, beside function words.
SAY_NOTHING = _words(
    """
    able actually ain ask asked asking bit bring brought came can come comes coming couldn
    definitely did didn doesn doing don done dont else end etc even ever feel feeling feels felt
    find found gave get gets getting give given gives giving goes going gone got gotten happen
    happened happening happens hadn hasn haven having isn issue issues item just keep keeping keeps
    kept knew know knowing known let lot lots make makes making matter maybe mean need needed
    needing needs person place places please point points pretty probably problem problems put
    really reason said saw say saying says see seeing seem seems seen send sent shouldn situation
    sorry sort stuff suggest sure take taken takes taking tell telling tells thank thanks thing
    things think thinking thinks thought told took tried try trying use used using want wanted
    wants wasn way ways went weren why will wish won wouldn
    """
)


@dataclass(frozen=True)
class StemUse:
    """The stems of comments, each once a comment; function words and numbers are left out.

    Attributes:
        stems: in alphabetical order.
        used: numbers of stems, comment by comment.
        starts: (n_comments + 1,) where those of each comment begin, and the end of the last.
        words: of each stem, the word that most comments use.
    """

    stems: tuple[str, ...]
    used: Integers
    starts: Integers
    words: tuple[str, ...]

    @classmethod
    def of(
        cls,
        counts: WordCounts,
        language: str,
        sayable: frozenset[str] | None = None,
    ) -> "StemUse":
        """The stems of words that were counted.

        Args:
            sayable: the words that may be told; None for all.
        """
        empty = stop_words(language)
        if language == "en":
            empty |= SAY_NOTHING
        kept = [word for word in counts.vocabulary if _is_full(word, empty)]
        if sayable is not None:
            kept = [word for word in kept if word in sayable]
        stem_of = {word: stem(word, language) for word in kept}
        stems = sorted(set(stem_of.values()))
        number = {each: place for place, each in enumerate(stems)}
        numbers = [number.get(stem_of.get(word, ""), -1) for word in counts.vocabulary]
        places = np.array(numbers, dtype=np.int64)
        used, starts = _stems_by_comment(
            counts,
            places,
            len(stems),
        )
        words = _usual_words(
            counts,
            places,
            len(stems),
        )
        return cls(
            tuple(stems),
            used,
            starts,
            words,
        )

    @cached_property
    def owner(self) -> Integers:
        """(n_used,) the comment that each stem is used in."""
        n_comments = len(self.starts) - 1
        return np.repeat(np.arange(n_comments), np.diff(self.starts))

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of each stem."""
        return {stem: place for place, stem in enumerate(self.stems)}

    @cached_property
    def total(self) -> Integers:
        """(n_stems,) comments that use each stem."""
        return np.bincount(self.used, minlength=len(self.stems))

    def count_within(self, inside: Bools) -> Integers:
        """(n_stems,) how many of some comments use each stem.

        Args:
            inside: (n_comments,).
        """
        used = self.used[inside[self.owner]]
        return np.bincount(used, minlength=len(self.stems))

    def uses(self, inside: Bools, stems: Sequence[int]) -> Bools:
        """(n_inside, n_chosen) which of some comments use each of some stems."""
        column = np.full(
            len(self.stems),
            -1,
            dtype=np.int64,
        )
        column[list(stems)] = np.arange(len(stems))
        row = np.cumsum(inside) - 1
        chosen = column[self.used]
        is_asked = (chosen >= 0) & inside[self.owner]
        table = np.zeros((int(inside.sum()), len(stems)), dtype=np.bool_)
        table[row[self.owner[is_asked]], chosen[is_asked]] = True
        return table


def _is_full(word: str, empty: Iterable[str]) -> bool:
    return len(word) >= SHORTEST and word not in empty and not word[0].isdigit()


def _stems_by_comment(
    counts: WordCounts, stem_of: Integers, n_stems: int
) -> tuple[Integers, Integers]:
    """The stems of each comment, each once, and where those of each comment begin."""
    n_comments = len(counts.starts) - 1
    comment = np.repeat(np.arange(n_comments), counts.sizes)
    stems = stem_of[counts.words]
    is_full = stems >= 0
    pairs = np.unique(comment[is_full] * max(1, n_stems) + stems[is_full])
    owner, used = np.divmod(pairs, max(1, n_stems))
    sizes = np.bincount(owner, minlength=n_comments)
    return used, np.concatenate([[0], np.cumsum(sizes)])


def _usual_words(
    counts: WordCounts, stem_of: Integers, n_stems: int
) -> tuple[str, ...]:
    """The word of each stem that most comments use; the first of equals."""
    best = [""] * n_stems
    most = np.zeros(n_stems)
    uses = counts.frequencies()
    for place, word in enumerate(counts.vocabulary):
        number = stem_of[place]
        if number >= 0 and uses[place] > most[number]:
            best[number], most[number] = word, uses[place]
    return tuple(best)
