"""What speaks for a theme in a comment, before anybody decided anything: arrays of comments by
themes.

Wording matters more than vectors: a keyword that occurs is the strongest single sign, and the
vectors add the ranking and the comments that say it in other words.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.comments import Bools, Comments, Floats32
from coder.coding.keyword_hits import KeywordHits, find_keywords
from coder.coding.keyword_worth import weigh_keywords
from coder.coding.subjects import Subject, automatic_keywords
from coder.coding.vector_likeness import VectorLikeness, score_likeness
from coder.coding.wording import score_spelling, score_wording
from coder.embedding import Embedder

# How much each sign counts. Chosen on codings of 100 to 3,400 comments by 2 to 25 themes; see
# the table of figures in tests/benchmarks.
LIKENESS_WEIGHT = 6.0  # of cosines, which lie within a few tenths of each other
PROMINENCE_WEIGHT = 0.4  # of standard deviations above a comment's mean over themes
KEYWORD_WEIGHT = 2.0  # of each distinct keyword, before the vectors confirm it or not
# The same, for words taken from a name and definition for want of keywords.
AUTOMATIC_WEIGHT = 1.5
WORDING_WEIGHT = 2.0  # of the TF-IDF cosine over stems
SPELLING_WEIGHT = 1.0  # of the TF-IDF cosine over runs of characters
# Of a comment's mean likeness over themes, taken off with very many themes.
SHARED_LIKENESS = 0.8
# A word taken from a definition counts by how rare it is: in full where one comment in twelve
# has it.
USUAL_RARITY = np.log(12)
RARITY_RANGE = (0.4, 1.3)


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
    usual_weights = _usual_weights(hits, automatic)
    score = (
        LIKENESS_WEIGHT * own_likeness
        + PROMINENCE_WEIGHT * likeness.prominence
        + weigh_keywords(hits, own_likeness, usual_weights)
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


def _usual_weights(
    hits: KeywordHits,
    automatic: Bools,
) -> NDArray[np.float64]:
    """(t,) what a keyword of each subject counts as long as nothing more is known of it."""
    comments_with = (hits.distinct > 0).sum(axis=0)
    rarity = np.log((len(hits.distinct) + 1) / (comments_with + 1)) / USUAL_RARITY
    return np.where(
        automatic,
        AUTOMATIC_WEIGHT * np.clip(rarity, *RARITY_RANGE),
        KEYWORD_WEIGHT,
    )
