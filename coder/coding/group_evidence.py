"""Log-odds of themes that were adopted from groups: nearness to the group, and its size.

Notation: n comments that are coded, m >= n texts (those that teach follow the comments), s
sentences, t themes, d dimensions.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from coder.coding.comments import Comments, Floats32, Integers, choose_view
from coder.coding.groups import LARGEST_SHARE, ThemeGroup
from coder.coding.learning import FEWEST_TO_CALIBRATE, TrainingArrays

Floats = NDArray[np.float64]

# Chosen on some kinds of comments and tested on others; see
# tests/benchmarks/adopted_candidates.py.
WHOLE_WEIGHT, SENTENCE_WEIGHT = 8.0, 8.0  # of centred cosines to the group's middle
WORDS_WEIGHT = 0.5  # of the score by name, keywords and definition
# What having been in the group is worth, in log-odds.
FIT_WEIGHT = {"core": 1.5, "weak": 1.0, "unclear": 0.5}
# The same for a theme that was split off, in and outside the group it was split from.
IN_POOL, OUTSIDE_POOL = 1.0, -3.0
# Some comments of every theme lie under the one cut for all; as many more are aimed at.
RATE = 1.05
# Of the evidence beside decisions that calibrate: they show that it is too sure.
SURENESS_BESIDE_DECISIONS = 0.25
WORTH = 30.0  # comments decided at random that count as much as the groups do
# Share of the comments that must have been grouped for the group to be judged by these alone.
MOSTLY_KNOWN = 0.5
LOWEST_STRENGTH = 0.05  # of a comment in the middle of its group
STEPS = 40  # of the search for a rate, each half of the one before
FURTHEST = 60.0  # log-odds within which it is searched
NO_ROWS: Integers = np.zeros(0, dtype=np.int64)


class GroupedTexts(NamedTuple):
    """Comments and what teaches, as far as nearness to a group needs them.

    Attributes:
        whole: (m, d) vectors of the texts, less the comments' mean, at length 1.
        sentences: (s, d) of their sentences.
        owner: (s,) row of the text that each sentence is of, ascending.
        n: how many of the texts are comments that are coded; they come first.
    """

    whole: Floats32
    sentences: Floats32
    owner: Integers
    n: int


def prepare_texts(
    texts: Comments,
    n: int,
    *,
    opinion: bool,
) -> GroupedTexts:
    """The texts in the opinion view, where there is one and it is wanted."""
    whole = choose_view(texts.vectors, opinion)
    sentences = choose_view(texts.sentence_vectors, opinion)
    mean = whole[:n].mean(axis=0)
    return GroupedTexts(
        whole=_at_length_1(whole - mean),
        sentences=_at_length_1(sentences - mean),
        owner=texts.owner,
        n=n,
    )


def guess_with_groups(
    score: Floats,
    prior: Floats,
    groups: Sequence[ThemeGroup],
    examples: Mapping[int, Integers],
    texts: GroupedTexts,
    *,
    sureness: float = 1.0,
) -> Floats:
    """(m, t) log-odds before anybody decided anything, where themes have groups.

    Args:
        score: (m, t) what speaks for each theme.
        prior: (m, t) log-odds without groups.
        examples: by column of the theme, rows of its examples. They stand for a group whose
            comments are not here.
        sureness: what the evidence is multiplied by; rates stay the same.
    """
    odds = np.array(prior)
    for group in groups:
        column = group.column
        if group.is_pool:
            odds[:, column] = _within_pool(
                odds[:, column],
                group,
                texts.n,
            )
            continue
        evidence = sureness * _evidence_of(
            score[:, column],
            group,
            examples.get(column, NO_ROWS),
            texts,
        )
        rate = min(RATE * group.share, LARGEST_SHARE)
        shift = shift_to_rate(evidence[: texts.n], rate)
        odds[:, column] = evidence + shift
    return odds


def _evidence_of(
    score: Floats,
    group: ThemeGroup,
    examples: Integers,
    texts: GroupedTexts,
) -> Floats:
    """(m,) what speaks for one theme; the score alone where nothing shows its group's middle."""
    rows, strength = group.members, group.strength
    if group.known < MOSTLY_KNOWN:
        rows = np.r_[rows, examples]
        strength = np.r_[strength, np.ones(len(examples))]
    if not len(rows):
        return score
    weight = np.clip(strength, LOWEST_STRENGTH, 1.0).astype(np.float32)
    near, nearest_sentence = _nearness(rows, weight, texts)
    evidence = (
        WORDS_WEIGHT * score + WHOLE_WEIGHT * near + SENTENCE_WEIGHT * nearest_sentence
    )
    evidence[group.members] += [FIT_WEIGHT[fit] for fit in group.fit]
    return np.asarray(evidence)


def sureness_beside(training: TrainingArrays) -> float:
    """What the evidence of groups is to be multiplied by beside decisions."""
    drawn = int(training.may_calibrate.sum())
    decided = min(1.0, drawn / FEWEST_TO_CALIBRATE)
    return 1.0 - (1.0 - SURENESS_BESIDE_DECISIONS) * decided


def hold_rates(
    odds: Floats,
    prior: Floats,
    columns: Sequence[int],
    training: TrainingArrays,
) -> Floats:
    """Log-odds after learning, in which themes with groups are as common as before it.

    Examples and comments chosen for review tell what a theme is, never how common. Comments
    decided whole that were drawn at random do: the rate goes from the group's to theirs as they
    become more.

    Args:
        odds: (n, t) after learning.
        prior: (n, t) before it.
        columns: of the themes with groups.
        training: the decisions.
    """
    held = np.array(odds)
    weight = training.weight[training.may_calibrate]
    wanted = training.wanted[training.may_calibrate]
    for column in columns:
        usual = float(expit(prior[:, column]).mean())
        decided = weight[:, column] > 0
        present = float(wanted[decided, column].sum())
        rate = (WORTH * usual + present) / (WORTH + decided.sum())
        held[:, column] += shift_to_rate(odds[:, column], rate)
    return held


def shift_to_rate(
    evidence: Floats,
    rate: float,
) -> float:
    """What to add to log-odds (n,) so that their mean probability is `rate`."""
    low, high = -FURTHEST, FURTHEST
    for _ in range(STEPS):
        middle = (low + high) / 2
        if expit(evidence + middle).mean() > rate:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def _within_pool(
    odds: Floats,
    group: ThemeGroup,
    n: int,
) -> Floats:
    """Log-odds of a theme that was split off: mostly in its pool, and no more than it."""
    limited = odds + 0.0
    if len(group.members):
        limited[:n] += OUTSIDE_POOL
        limited[group.members] += IN_POOL - OUTSIDE_POOL
    if expit(limited[:n]).mean() > group.share:
        limited += shift_to_rate(limited[:n], group.share)
    return limited


# ---------------------------------------------------------------- nearness


def _nearness(
    rows: Integers,
    weight: Floats32,
    texts: GroupedTexts,
) -> tuple[Floats, Floats]:
    """(m,) how near each text is to the middle of some, and (m,) how near its best sentence is.

    A text's own part in the middle is left out, or it would be near for being itself.

    Args:
        rows: (k,) of the texts in whose middle we are interested, each once.
        weight: (k,) of each.
    """
    own_parts = weight[:, None] * texts.whole[rows]
    middle = own_parts.sum(axis=0)
    without_own = _at_length_1(middle - own_parts)
    near = texts.whole @ _at_length_1(middle)
    near[rows] = _cosines(without_own, texts.whole[rows])
    of_sentence = texts.sentences @ _at_length_1(middle)
    place = np.full(len(texts.whole), -1)
    place[rows] = np.arange(len(rows))
    place_of_owner = place[texts.owner]
    own = place_of_owner >= 0
    of_sentence[own] = _cosines(
        without_own[place_of_owner[own]],
        texts.sentences[own],
    )
    best = _best_sentence(near, of_sentence, texts.owner)
    return np.asarray(near, dtype=np.float64), best


def _cosines(
    first: Floats,
    second: Floats32,
) -> Floats:
    """(k,) of each row of one with the same row of the other, both at length 1."""
    return np.asarray(np.einsum("kd,kd->k", first, second))


def _best_sentence(
    near: Floats,
    of_sentence: Floats,
    owner: Integers,
) -> Floats:
    """(m,) the best of each text's sentences; `near` for a text of one sentence or none."""
    best = np.array(near, dtype=np.float64)
    if not len(owner):
        return best
    firsts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    count = np.diff(np.r_[firsts, len(owner)])
    several = count > 1
    highest = np.maximum.reduceat(of_sentence, firsts)
    best[owner[firsts[several]]] = highest[several]
    return best


def _at_length_1(vectors: object) -> Any:
    """Vectors of any shape and kind, the last axis at length 1."""
    rows = np.asarray(vectors)
    length = np.linalg.norm(
        rows,
        axis=-1,
        keepdims=True,
    )
    return rows / np.maximum(length, 1e-9)
