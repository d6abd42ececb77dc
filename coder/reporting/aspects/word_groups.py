"""Words of a theme that belong together: near in meaning, or used in the same comments.

The words are those that the theme's comments use more than others do. Two are as near as the
cosine of their vectors plus `TOGETHER` times the cosine of the comments that use them; groups are
made by average linkage (Sokal and Michener 1958) up to `CUT`. The figures were chosen on half of
the themes of a patient survey and measured on the other half (tests/benchmarks/aspects.py).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coder.reporting.aspects.stem_use import StemUse
from coder.reporting.coded_matrix import Bools, Floats, Integers

MOST_WORDS = 60  # of a theme that are grouped
FEWEST_USES = 3  # comments that use a word
RAREST, MOST_COMMON = 0.01, 0.5  # share of the comments that use it
TELLING = 3.0  # standard errors of the log odds ratio by which a theme uses it more
FEWEST_OTHERS = 30  # comments without the theme to compare with
FREQUENT = 5  # comments; the mean of such words is what all words share
TOGETHER = 0.7
CUT = 0.9
SAMPLE = 20_000  # comments that tell which words are used together


class WordGroup(NamedTuple):
    """Words that belong together, and who uses them.

    Attributes:
        stems: their numbers, the most used first.
        members: (n_inside,) which of the theme's comments use one of them.
        excess: how many comments more than would if the theme's used them as others do.
        lift: how many times as often the theme's comments use them.
    """

    stems: tuple[int, ...]
    members: Bools
    excess: float
    lift: float

    @property
    def worth(self) -> float:
        """How telling the group is: comments above what is usual, more where it is rare
        elsewhere.
        """
        return self.excess * float(np.log1p(self.lift))


def group_words(use: StemUse, inside: Bools) -> list[WordGroup]:
    """The groups of telling words of a theme.

    Args:
        inside: (n_comments,) which comments carry the theme.
    """
    chosen = _choose_words(use, inside)
    if not len(chosen):
        return []
    uses = use.uses(inside, chosen.tolist())
    nearness = _nearness_of_words(use, chosen) + TOGETHER * _used_together(uses)
    groups = []
    for columns in _link(nearness):
        groups.append(
            _make_group(
                use,
                inside,
                chosen,
                uses,
                columns,
            )
        )
    return groups


def _choose_words(use: StemUse, inside: Bools) -> Integers:
    """Numbers of the stems that the theme's comments use more than others, in order."""
    n = int(inside.sum())
    others = len(inside) - n
    within = use.count_within(inside)
    lowest = max(FEWEST_USES, RAREST * n)
    is_usual = (within >= lowest) & (within <= MOST_COMMON * n)
    if others < FEWEST_OTHERS:
        telling = within.astype(np.float64)
    else:
        telling = _score_odds(
            within,
            n,
            use.total - within,
            others,
        )
        is_usual &= telling > TELLING
    places = np.flatnonzero(is_usual)
    best = places[np.lexsort((places, -telling[places]))][:MOST_WORDS]
    return np.sort(best)


def _score_odds(within: Integers, n: int, outside: Integers, others: int) -> Floats:
    """(n_stems,) the log odds ratio of use in and outside a theme, in standard errors (Woolf's
    method with a half added to each count, as Haldane 1956 and Anscombe 1956).
    """
    odds = np.log((within + 0.5) / (n - within + 0.5))
    odds_outside = np.log((outside + 0.5) / (others - outside + 0.5))
    error = np.sqrt(1 / (within + 0.5) + 1 / (outside + 0.5))
    return np.asarray((odds - odds_outside) / error, dtype=np.float64)


def _nearness_of_words(use: StemUse, chosen: Integers) -> Floats:
    """(n_words, n_words) cosines of the words' vectors, less what all words share."""
    from coder.embedding.word_vectors import word_vectors

    frequent = np.flatnonzero(use.total >= FREQUENT)
    own = word_vectors([use.words[place] for place in chosen]).astype(np.float64)
    own = _unit(own)
    if len(frequent):  # few comments have no frequent words
        every = word_vectors([use.words[place] for place in frequent])
        own -= _unit(every.astype(np.float64)).mean(axis=0)
    own = _unit(own)
    return np.asarray(own @ own.T, dtype=np.float64)


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(
        rows,
        axis=1,
        keepdims=True,
    )
    return np.asarray(rows / np.maximum(length, 1e-9), dtype=np.float64)


def _used_together(uses: Bools) -> Floats:
    """(n_words, n_words) cosines of the comments that use each word."""
    step = max(1, len(uses) // SAMPLE)
    sample = uses[::step].astype(np.float64)
    both = sample.T @ sample
    size = np.sqrt(np.maximum(np.diag(both), 1.0))
    return np.asarray(both / np.outer(size, size), dtype=np.float64)


def _link(nearness: Floats) -> list[Integers]:
    """Columns of each group."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(nearness) == 1:
        return [np.zeros(1, dtype=np.int64)]
    distance = np.clip(
        np.round(1 - nearness, 9),
        0,
        2,
    )
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    number = fcluster(
        tree,
        CUT,
        "distance",
    )
    return [np.flatnonzero(number == each) for each in range(1, number.max() + 1)]


def _make_group(
    use: StemUse,
    inside: Bools,
    chosen: Integers,
    uses: Bools,
    columns: Integers,
) -> WordGroup:
    n, others = len(uses), len(inside) - len(uses)
    by_use = np.argsort(-uses[:, columns].sum(axis=0), kind="stable")
    stems = chosen[columns[by_use]].tolist()
    members = np.asarray(uses[:, columns].any(axis=1), dtype=np.bool_)
    usual = (
        _count_outside(
            use,
            ~inside,
            stems,
        )
        * n
        / max(1, others)
    )
    size = float(members.sum())
    return WordGroup(
        tuple(stems),
        members,
        size - usual,
        size / max(1.0, usual),
    )


def _count_outside(use: StemUse, outside: Bools, stems: Sequence[int]) -> int:
    """How many comments without the theme use one of some stems."""
    is_asked = np.zeros(len(use.stems), dtype=np.bool_)
    is_asked[list(stems)] = True
    owners = use.owner[is_asked[use.used]]
    return len(np.unique(owners[outside[owners]]))
