"""Reads any group of comments by what its comments say: alike groups, telling words, phrases."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from coder.clustering.opposing_views import Members, score_leanings, sides_of
from coder.clustering.units import Units, distinct_voices, make_units
from coder.clustering.vectors import Floats, Indices, unit_rows
from coder.engine import Progress, silent
from coder.phrases.noun_phrases import PhraseFinder, Stems
from coder.text import Span, stem, stop_words, words

if TYPE_CHECKING:
    import pandas as pd

    from coder.embedding import Embedder

READ = 400  # comments of a group that are enough to know what it is about
ROUNDS = 2  # of choosing each comment's sentence by what the chosen ones say
SAMPLE = 5_000  # sentences that show how words are used
WORDS = 8  # telling words of a group
PHRASES = 12  # phrases that could name a group
FEWEST = 2  # comments of a group that use a telling word or phrase
REMEMBERED = 500  # groups whose middle is kept

Key = TypeVar("Key")


class _Middle(NamedTuple):
    """What a group is about.

    Attributes:
        centre: (n_dimensions,) of length 1.
        chosen: the sentence of each comment that is nearest to the centre.
    """

    centre: Floats
    chosen: dict[str, int]


class GroupReader:
    """Knows the sentences of the comments, and where each stands among all.

    Args:
        comments: `tables.COMMENTS`, those that were grouped.
        embedder: its cache holds the sentences after `coder cluster`, so this is quick.
        names: that all comments have in common; no phrase is made of them alone.
    """

    def __init__(
        self,
        comments: "pd.DataFrame",
        embedder: "Embedder",
        language: str = "en",
        names: Sequence[str] = (),
        progress: Progress = silent,
    ) -> None:
        voices = distinct_voices(comments)
        self._language = language
        self._embedder = embedder
        self._texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
        self._sentences, owner = _sentences(make_units(voices, language))
        self._rows: dict[str, list[int]] = {}
        for row, voice in enumerate(owner):
            for comment_id in voices.ids[voice]:
                self._rows.setdefault(comment_id, []).append(row)
        vectors = embedder.encode(self._sentences, progress)
        self._space = unit_rows(vectors - vectors.mean(axis=0))
        sample = self._sentences[:: max(1, len(self._sentences) // SAMPLE)]
        self._finder = PhraseFinder(
            sample,
            language,
            names,
        )
        self._sample = sample
        self._common_stems = self._count_stems(sample)
        self._common_phrases: Counter[Stems] = Counter()
        for text in sample:
            self._common_phrases.update(self._finder.phrases(text).keys())
        self._middles: dict[tuple[str, ...], _Middle] = {}

    def likeness(
        self, group: Sequence[str], others: Sequence[Sequence[str]]
    ) -> list[float]:
        """How alike a group of comments is to each of some others, in [-1, 1]."""
        centre = self._middle(group).centre
        return [float(self._middle(other).centre @ centre) for other in others]

    def telling_sentences(self, group: Sequence[str]) -> dict[str, Span]:
        """For comments of a group, the sentence that is nearest to what all of them say."""
        spans = {}
        for comment_id, row in self._chosen(group).items():
            sentence = self._sentences[row]
            start = self._texts[comment_id].find(sentence)
            if start >= 0:
                spans[comment_id] = Span(start, start + len(sentence))
        return spans

    def telling_words(self, group: Sequence[str]) -> list[str]:
        """The words that hold a group together, as stems, the most telling first."""
        own = [self._sentences[row] for row in self._chosen(group).values()]
        scores = _telling(
            self._count_stems(own),
            len(own),
            self._common_stems,
            len(self._sample),
        )
        return _best(scores)[:WORDS]

    def phrases(self, group: Sequence[str]) -> list[str]:
        """Phrases of the comments that could name the group, the best first."""
        counts: Counter[Stems] = Counter()
        shown: dict[Stems, Counter[str]] = {}
        rows = self._chosen(group).values()
        for row in rows:
            for stems, phrase in self._finder.phrases(self._sentences[row]).items():
                counts[stems] += 1
                shown.setdefault(stems, Counter())[phrase] += 1
        scores = _telling(
            counts,
            len(rows),
            self._common_phrases,
            len(self._sample),
        )
        for stems in scores:
            scores[stems] *= len(stems) ** 0.5  # a longer phrase says more
        proposals = []
        for stems in _best(scores)[:PHRASES]:
            usual, _ = shown[stems].most_common(1)[0]
            phrase = self._finder.spell(usual)
            proposals.append(phrase[:1].upper() + phrase[1:])
        return proposals

    def leanings(self, comment_ids: Sequence[str]) -> list[float]:
        """Of each comment, above 0 where it wants what the most typical one wants, below 0 where
        it wants the opposite, 0 where it takes no side.

        Only the sentence that belongs to the group is read: a long comment does both. Some
        members are compared with the most typical one by the model; the words of the others are
        compared with its words.
        """
        chosen = self._chosen(comment_ids)
        if not chosen or self._language != "en":
            return [0.0 for _ in comment_ids]
        rows = list(chosen.values())
        texts = [self._sentences[row] for row in rows]
        sides = sides_of(
            Members(texts, self._space[rows]),
            self._embedder,
        )
        by_words = score_leanings(texts)
        leanings = by_words.copy()
        if sides.agreeing:
            most_typical = sides.agreeing[0].row
            leanings *= np.sign(by_words[most_typical])
        for member in (*sides.agreeing, *sides.opposing):
            leanings[member.row] = member.leaning
        known = dict(zip(chosen, leanings.tolist(), strict=True))
        return [known.get(comment_id, 0.0) for comment_id in comment_ids]

    # ------------------------------------------------------------ the middle of a group

    def _middle(self, group: Sequence[str]) -> _Middle:
        """What the first comments of a group are about."""
        key = tuple(group[:READ])
        if key not in self._middles:
            if len(self._middles) >= REMEMBERED:
                self._middles.clear()
            self._middles[key] = self._find_middle(key)
        return self._middles[key]

    def _find_middle(self, comment_ids: Sequence[str]) -> _Middle:
        rows: list[int] = []
        for comment_id in comment_ids:
            rows += self._rows.get(comment_id, [])
        centre = np.zeros(self._space.shape[1], dtype=np.float32)
        chosen: dict[str, int] = {}
        if not rows:
            return _Middle(centre, chosen)
        centre = _centre(self._space[rows])
        for _ in range(ROUNDS):
            chosen = self._nearest(comment_ids, centre)
            centre = _centre(self._space[list(chosen.values())])
        return _Middle(centre, chosen)

    def _chosen(self, group: Sequence[str]) -> dict[str, int]:
        """The row of the telling sentence of each comment."""
        middle = self._middle(group)
        return middle.chosen | self._nearest(group[READ:], middle.centre)

    def _nearest(self, comment_ids: Iterable[str], centre: Floats) -> dict[str, int]:
        nearest = {}
        for comment_id in comment_ids:
            rows = self._rows.get(comment_id)
            if rows:
                cosines = self._space[rows] @ centre
                best = int(np.argmax(cosines))
                nearest[comment_id] = rows[best]
        return nearest

    def _count_stems(self, texts: Sequence[str]) -> Counter[str]:
        """In how many texts each word is, by its stem; little words left out."""
        stops = stop_words(self._language)
        counts: Counter[str] = Counter()
        for text in texts:
            folded = {word.casefold() for word in words(text)}
            stems = set()
            for word in folded - stops:
                stems.add(stem(word, self._language))
            counts.update(stems)
        return counts


def _sentences(units: Units) -> tuple[list[str], Indices]:
    """The sentences of the comments and the voice of each; a comment of one sentence is whole."""
    if not units.whole:
        return list(units.texts), units.owner
    in_pieces = set(units.piece_owner.tolist())
    texts = list(units.pieces)
    owner = units.piece_owner.tolist()
    for voice, text in enumerate(units.texts):
        if voice not in in_pieces:
            texts.append(text)
            owner.append(voice)
    return texts, np.array(owner, dtype=np.intp)


def _centre(space: Floats) -> Floats:
    mean: Floats = unit_rows(space.mean(axis=0, keepdims=True))[0]
    return mean


def _telling(
    own: Counter[Key], n_own: int, common: Counter[Key], n_common: int
) -> dict[Key, float]:
    """How much each key tells of the group: its share there, times how much more frequent it is
    than in all.
    """
    scores = {}
    for key, number in own.items():
        share = number / n_own
        usual = (common[key] + 1) / (n_common + 2)
        if number >= FEWEST and share > usual:
            scores[key] = share * log(share / usual)
    return scores


def _best(scores: dict[Key, float]) -> list[Key]:
    """The keys by their scores, equal ones in the order of their texts."""
    return sorted(scores, key=lambda key: (-round(scores[key], 9), str(key)))
