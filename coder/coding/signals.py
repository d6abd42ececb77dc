"""What speaks for a theme in a comment, before anybody decided anything: arrays of comments by
themes.

Wording matters more than vectors: a keyword that occurs is the strongest single sign, and the
vectors add the ranking and the comments that say it in other words.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.comments import Bools, Comments, Floats32, Integers
from coder.coding.subjects import Subject, automatic_keywords
from coder.coding.vector_likeness import VectorLikeness, score_likeness
from coder.coding.wording import score_spelling, score_wording
from coder.embedding import Embedder
from coder.keywords import KeywordMatcher
from coder.text import Span

# How much each sign counts. Chosen on codings of 100 to 3,400 comments by 2 to 25 themes; see
# the table of figures in tests/benchmarks.
LIKENESS_WEIGHT = 6.0  # of cosines, which lie within a few tenths of each other
PROMINENCE_WEIGHT = 0.4  # of standard deviations above a comment's mean over themes
KEYWORD_WEIGHT = 2.0  # of each distinct keyword, `MOST_KEYWORDS` at most
# The same, for words taken from a name and definition for want of keywords.
AUTOMATIC_WEIGHT = 1.5
WORDING_WEIGHT = 2.0  # of the TF-IDF cosine over stems
SPELLING_WEIGHT = 1.0  # of the TF-IDF cosine over runs of characters
MOST_KEYWORDS = 2
# Of a comment's mean likeness over themes, taken off with very many themes.
SHARED_LIKENESS = 0.8
# A word taken from a definition counts by how rare it is: in full where one comment in twelve
# has it.
USUAL_RARITY = np.log(12)
RARITY_RANGE = (0.4, 1.3)


class KeywordHits(NamedTuple):
    """Keywords in comments. n comments, t subjects, k keywords, u uses."""

    distinct: Floats32  # (n, t) number of distinct keywords of the subject
    spans: dict[tuple[int, int], list[Span]]  # (comment, subject) to where they stand
    keywords: tuple[str, ...]  # (k)
    owner: Integers  # (k,) subject that each keyword is of
    uses: Integers  # (u, 2) comment and keyword, each pair once, by comment

    def first(self, n: int) -> "KeywordHits":
        """Those in the first n comments."""
        spans = {pair: spans for pair, spans in self.spans.items() if pair[0] < n}
        uses = self.uses[self.uses[:, 0] < n]
        return self._replace(distinct=self.distinct[:n], spans=spans, uses=uses)


class Signals(NamedTuple):
    """What speaks for each subject. n comments, m sentences, t subjects."""

    score: Floats32  # (n, t) all signs together; its scale is the same whatever the codebook
    likeness: (
        Floats32  # (n, t) in meaning, beyond what a comment shares with every subject
    )
    sentence: Floats32  # (m, t) how well each sentence fits, beyond how well it fits every subject
    hits: KeywordHits
    automatic: Bools  # (t,) keywords were taken from name and definition

    def first(self, n: int, n_sentences: int) -> "Signals":
        """The signals of the first n comments, which have the first `n_sentences` sentences."""
        return Signals(
            score=self.score[:n],
            likeness=self.likeness[:n],
            sentence=self.sentence[:n_sentences],
            hits=self.hits.first(n),
            automatic=self.automatic,
        )


def find_keywords(
    comments: Comments,
    keywords: Sequence[Sequence[str]],
    language: str = "en",
) -> KeywordHits:
    """Find each subject's keywords, whatever their case, endings and hyphens."""
    matcher = KeywordMatcher(keywords, language)
    numbers = _number_keywords(keywords)
    distinct = np.zeros((len(comments.texts), len(keywords)), dtype=np.float32)
    spans: dict[tuple[int, int], list[Span]] = {}
    uses: list[tuple[int, int]] = []
    for row, words in enumerate(comments.words):
        matches = matcher.find(words)
        for match in matches:
            spans.setdefault((row, match.group), []).append(match.span)
        in_comment = {(match.group, match.keyword) for match in matches}
        for group, keyword in in_comment:
            distinct[row, group] += 1
            uses.append((row, numbers[group, keyword]))
    return KeywordHits(
        distinct,
        spans,
        keywords=tuple(keyword for _, keyword in numbers),
        owner=np.array([group for group, _ in numbers], dtype=np.int64),
        uses=np.array(sorted(uses), dtype=np.int64).reshape(-1, 2),
    )


def _number_keywords(
    keywords: Sequence[Sequence[str]],
) -> dict[tuple[int, str], int]:
    """The number of each subject's keywords, counted through all subjects."""
    numbers: dict[tuple[int, str], int] = {}
    for group, own_keywords in enumerate(keywords):
        for keyword in own_keywords:
            numbers.setdefault((group, keyword), len(numbers))
    return numbers


def score_subjects(
    comments: Comments,
    subjects: Sequence[Subject],
    embedder: Embedder,
    language: str = "en",
    *,
    opinion: bool = True,
) -> Signals:
    """Score every comment against every subject without any decision.

    Args:
        opinion: use the opinion view too, where the embedder has one.
    """
    automatic = np.array([not subject.keywords for subject in subjects])
    keywords = _filled_keywords(subjects, language)
    hits = find_keywords(comments, keywords, language)
    likeness = score_likeness(
        comments,
        subjects,
        keywords,
        embedder,
        opinion=opinion,
    )
    wording = score_wording(comments, subjects, keywords, language)
    spelling = score_spelling(comments, subjects, keywords)
    own_likeness = _beyond_shared(likeness, len(subjects))
    score = (
        LIKENESS_WEIGHT * own_likeness
        + PROMINENCE_WEIGHT * likeness.prominence
        + _keyword_weights(hits, automatic) * np.minimum(hits.distinct, MOST_KEYWORDS)
        + WORDING_WEIGHT * wording
        + SPELLING_WEIGHT * spelling
    )
    return Signals(
        score.astype(np.float32),
        own_likeness,
        likeness.sentence,
        hits,
        automatic,
    )


def _filled_keywords(
    subjects: Sequence[Subject],
    language: str,
) -> list[tuple[str, ...]]:
    """Each subject's keywords, or words of its name and definition where it has none."""
    automatic = automatic_keywords(subjects, language)
    keywords = []
    for subject, substitute in zip(subjects, automatic, strict=True):
        keywords.append(subject.keywords or substitute)
    return keywords


def _beyond_shared(likeness: VectorLikeness, subjects: int) -> Floats32:
    """(n, t) likeness without most of what a comment shares with every subject.

    With one subject nothing is taken off: there is nothing to stand out from.
    """
    share = SHARED_LIKENESS * (1 - 1 / subjects)
    mean = likeness.comment.mean(axis=1, keepdims=True)
    return np.asarray(likeness.comment - share * mean)


def _keyword_weights(
    hits: KeywordHits,
    automatic: Bools,
) -> NDArray[np.float64]:
    """(t,) what a keyword of each subject counts."""
    comments_with = (hits.distinct > 0).sum(axis=0)
    rarity = np.log((len(hits.distinct) + 1) / (comments_with + 1)) / USUAL_RARITY
    return np.where(
        automatic,
        AUTOMATIC_WEIGHT * np.clip(rarity, *RARITY_RANGE),
        KEYWORD_WEIGHT,
    )
