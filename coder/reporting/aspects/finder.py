"""Finds the aspects of themes: the comments that say them, a name and a quote."""

import itertools
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.codebook import Theme
from coder.phrases import PhraseFinder
from coder.reporting.aspects.aspect import Aspect, ThemeAspects
from coder.reporting.aspects.example_sentences import ExampleSentences
from coder.reporting.aspects.listed import members_of
from coder.reporting.aspects.phrase_names import name_aspect
from coder.reporting.aspects.stem_use import StemUse
from coder.reporting.aspects.word_groups import WordGroup, group_words
from coder.reporting.coded_matrix import Bools, CodedMatrix, Integers
from coder.reporting.word_counts import WordCounts

MOST_ASPECTS = 8  # of a theme
SMALLEST = 0.03  # share of a theme's comments that an aspect of words needs
LARGEST = 0.9  # share of a theme's comments; with more it is the theme itself
READ = 300  # comments whose phrases are read for a name
KNOWN = 2_000  # comments that tell how words are used


class AspectFinder:
    """Finds the aspects of the themes of one coded consultation.

    Args:
        matrix: the comments that figures over all sources count.
        fewest: comments of an aspect; smaller ones are not told apart.
        listed: what the codebook lists, by sentence (see `match_listed`); None where that is not
            known.
        private: ids of comments whose authors declined publication: they count, and no word is
            told that they alone use.
        unquoted: ids of other comments of which nothing is quoted.
    """

    def __init__(
        self,
        matrix: CodedMatrix,
        language: str,
        fewest: int,
        listed: pd.DataFrame | None = None,
        private: frozenset[str] = frozenset(),
        unquoted: frozenset[str] = frozenset(),
    ) -> None:
        self._matrix = matrix
        self._language = language
        self._fewest = fewest
        self._listed = listed
        self._texts = matrix.comments["text"].tolist()
        self._ids = pd.Index(matrix.comments["comment_id"].astype(str))
        self._is_private = self._ids.isin(list(private))
        self._unquoted = unquoted | private

    def find(self, number: int) -> ThemeAspects:
        """The aspects of one row of the theme table."""
        row = self._matrix.rows[number]
        places = np.flatnonzero(self._matrix.carries[:, number])
        found: list[_Found] = []
        if self._listed is not None and row.theme.includes:
            found = self._find_listed(
                self._listed,
                row.theme,
                places,
            )
        elif len(places):
            found = self._find_by_words(number)
        examples = ExampleSentences(self._matrix.comments, self._language)
        aspects = [self._quoted(each, examples) for each in found]
        aspects.sort(key=lambda aspect: (-aspect.count, aspect.name))
        says = set().union(*(aspect.comment_ids for aspect in aspects))
        is_exact = bool(self._matrix.judged[:, number].all())
        without = len(places) - len(says)
        return ThemeAspects(
            row.key,
            len(places),
            tuple(aspects),
            without,
            is_exact,
        )

    # ------------------------------------------------------------ listed in the codebook

    def _find_listed(
        self, listed: pd.DataFrame, theme: Theme, places: Integers
    ) -> "list[_Found]":
        """What the codebook lists under a theme and enough of its comments say."""
        matched = listed[listed["theme_id"] == theme.id]
        own_ids = self._ids[places]
        matched = matched[matched["comment_id"].isin(own_ids)]
        says = members_of(
            matched,
            theme.includes,
            own_ids,
        )
        found = []
        for column, line in enumerate(theme.includes):
            if says[:, column].sum() < self._fewest:
                continue
            sentences = matched[matched["line"] == line]
            aspect = self._make(line, places[says[:, column]])
            found.append(_Found(aspect, sentences))
        return found

    # ------------------------------------------------------------ by words

    @cached_property
    def _use(self) -> StemUse:
        counts = WordCounts.of(self._texts)
        sayable = None
        if self._is_private.any():
            public = itertools.compress(self._texts, ~self._is_private)
            sayable = frozenset(WordCounts.of(public).vocabulary)
        return StemUse.of(
            counts,
            self._language,
            sayable,
        )

    @cached_property
    def _phrases(self) -> PhraseFinder:
        return PhraseFinder(self._sample, self._language)

    @cached_property
    def _sample(self) -> list[str]:
        return self._public_texts(np.arange(len(self._texts)), KNOWN)

    def _public_texts(self, places: Integers, most: int) -> list[str]:
        """Some of the texts whose authors did not decline publication."""
        public = places[~self._is_private[places]]
        step = max(1, len(public) // most)
        return [self._texts[place] for place in public[::step]]

    def _find_by_words(self, number: int) -> "list[_Found]":
        """Groups of words that the comments of a theme use more than others."""
        inside = self._matrix.carries[:, number]
        places = np.flatnonzero(inside)
        groups = choose_groups(group_words(self._use, inside), self._fewest)
        usual = dict(
            zip(
                self._use.stems,
                self._use.words,
                strict=True,
            )
        )
        found = []
        for group in groups:
            own = places[group.members]
            texts = self._public_texts(own, READ)
            stems = tuple(self._use.stems[each] for each in group.stems)
            name = name_aspect(
                self._phrases,
                texts,
                stems,
                usual,
            )
            found.append(
                _Found(
                    self._make(
                        name,
                        own,
                        stems=stems,
                    )
                )
            )
        return found

    # ------------------------------------------------------------ both

    def _make(
        self,
        name: str,
        places: Integers,
        *,
        stems: tuple[str, ...] = (),
    ) -> Aspect:
        ids = tuple(self._ids[places])
        campaigns = self._matrix.comments["campaign_id"].to_numpy()[places]
        letters = _largest_campaign(campaigns)
        return Aspect(
            name,
            not stems,
            stems,
            ids,
            letters,
        )

    def _quoted(self, found: "_Found", examples: ExampleSentences) -> Aspect:
        """The aspect with a sentence that shows it, where one may be quoted."""
        aspect = found.aspect
        if found.sentences is not None:
            rows = found.sentences[~found.sentences["comment_id"].isin(self._unquoted)]
            return examples.with_listed(aspect, rows)
        allowed = [each for each in aspect.comment_ids if each not in self._unquoted]
        return examples.with_words(aspect, allowed)


class _Found(NamedTuple):
    """An aspect, and where it is listed the sentences that say it."""

    aspect: Aspect
    sentences: pd.DataFrame | None = None


def choose_groups(groups: Sequence[WordGroup], fewest: int) -> list[WordGroup]:
    """The groups that together say most of what the comments mention.

    Args:
        fewest: comments of a group.
    """
    rest = [group for group in groups if _is_fit(group, fewest)]
    chosen: list[WordGroup] = []
    while rest and len(chosen) < MOST_ASPECTS:
        covered = np.zeros(len(rest[0].members), dtype=np.bool_)
        for group in chosen:
            covered |= group.members
        best = int(np.argmax([_worth(group, covered) for group in rest]))
        chosen.append(rest.pop(best))
    return chosen


def _is_fit(group: WordGroup, fewest: int) -> bool:
    size, n = int(group.members.sum()), len(group.members)
    return max(fewest, SMALLEST * n) <= size <= LARGEST * n


def _worth(group: WordGroup, covered: Bools) -> float:
    """What a group adds to those that were chosen."""
    new = (group.members & ~covered).sum() / max(1, group.members.sum())
    return float(group.worth * new)


def _largest_campaign(campaigns: "np.typing.NDArray[np.object_]") -> int:
    """How many of some comments are letters of the campaign that most of them are of."""
    letters = pd.Series(campaigns[campaigns != ""])
    return int(letters.value_counts().max()) if len(letters) else 0
