"""What speaks for a theme in a comment, before anybody decided anything: arrays of comments by
themes.

Wording matters more than vectors: a keyword that occurs is the strongest single sign, and the
vectors add the ranking and the comments that say it in other words.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.comments import Bools, Floats32
from coder.coding.keyword_hits import KeywordHits
from coder.coding.keyword_worth import weigh_keywords
from coder.coding.subjects import Subject, automatic_keywords

# How much each sign counts. Chosen on codings of 100 to 3,400 comments by 2 to 25 themes; see
# the table of figures in tests/benchmarks.
LIKENESS_WEIGHT = 6.0  # of cosines, which lie within a few tenths of each other
PROMINENCE_WEIGHT = 0.4  # of standard deviations above a comment's mean over themes
KEYWORD_WEIGHT = 2.0  # of each distinct keyword, before the vectors confirm it or not
# The same, for words taken from a name and definition for want of keywords.
AUTOMATIC_WEIGHT = 1.5
WORDING_WEIGHT = 2.0  # of the TF-IDF cosine over stems
SPELLING_WEIGHT = 1.0  # of the TF-IDF cosine over runs of characters
# A word taken from a definition counts by how rare it is: in full where one comment in twelve
# has it.
USUAL_RARITY = np.log(12)
RARITY_RANGE = (0.4, 1.3)


class Signs(NamedTuple):
    """The single signs. n texts, t subjects."""

    likeness: (
        Floats32  # (n, t) in meaning, beyond what a text shares with every subject
    )
    prominence: (
        Floats32  # (n, t) standard deviations above the text's mean over subjects
    )
    wording: Floats32  # (n, t) cosines over stems
    spelling: Floats32  # (n, t) cosines over runs of characters
    hits: KeywordHits


class Signals(NamedTuple):
    """What speaks for each subject. n texts, t subjects."""

    score: Floats32  # (n, t) all signs together; its scale is the same whatever the codebook
    # (n, t) in meaning, beyond what a text shares with every subject
    likeness: Floats32
    hits: KeywordHits
    automatic: Bools  # (t,) keywords were taken from name and definition

    def first(self, n: int) -> "Signals":
        """The signals of the first n texts."""
        return Signals(
            score=self.score[:n],
            likeness=self.likeness[:n],
            hits=self.hits.first(n),
            automatic=self.automatic,
        )


def combine_signs(signs: Signs, automatic: Bools) -> Signals:
    """All signs in one score.

    Args:
        automatic: (t,) subjects whose keywords were taken from name and definition.
    """
    usual_weights = _usual_weights(signs.hits, automatic)
    score = (
        LIKENESS_WEIGHT * signs.likeness
        + PROMINENCE_WEIGHT * signs.prominence
        + weigh_keywords(signs.hits, signs.likeness, usual_weights)
        + WORDING_WEIGHT * signs.wording
        + SPELLING_WEIGHT * signs.spelling
    )
    return Signals(
        score=score.astype(np.float32),
        likeness=signs.likeness,
        hits=signs.hits,
        automatic=automatic,
    )


def has_no_keywords(subjects: Sequence[Subject]) -> Bools:
    """(t,) which subjects have no keywords of their own."""
    return np.array([not subject.keywords for subject in subjects], dtype=np.bool_)


def fill_keywords(
    subjects: Sequence[Subject],
    language: str,
) -> tuple[tuple[str, ...], ...]:
    """Each subject's keywords, or words of its name and definition where it has none."""
    automatic = automatic_keywords(subjects, language)
    keywords = []
    for subject, substitute in zip(subjects, automatic, strict=True):
        keywords.append(subject.keywords or substitute)
    return tuple(keywords)


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
