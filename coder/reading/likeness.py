"""Groups of texts that are copies of one text, exact or changed.

A text joins a group only by what it has in common with the group's own text, never by way of
another member: a chain of links would join strangers.
"""

import numpy as np
from numpy.typing import NDArray

from coder.engine import Progress, silent
from coder.reading.text_runs import Indices, Numbers, TextRuns

LEAST_SHARED = 10  # runs that two texts have in common
LEAST_CONTAINED = 0.3  # of the runs of the shorter text
# The same of a short text that two people or more sent in the same words.
LEAST_SHARED_SHORT = 8
LEAST_CONTAINED_SHORT = 0.8
FEWEST_SENDERS = 3  # comments that make a campaign
# A text with more than this many times the runs of the other one only quotes it.
MOST_TIMES_LONGER = 12
FEWEST_WORDS = 8  # a shorter text that several people wrote is not a campaign: "more police please"
# Of a campaign's comments that have a run which counts as the campaign's own.
USUAL_SHARE = 0.3
TEXTS_BETWEEN_REPORTS = 5_000
MOST_PAIRS = 2_000  # of a text with others by a run that both have
MANY_TEXTS = 50_000  # fewer are asked one by one, without the import of scipy
PAIRS_AT_ONCE = 5_000_000  # of texts that share a run; what is compared in one step


def group_texts(
    runs: TextRuns,
    comments: Indices,
    *,
    any_length: bool = False,
    progress: Progress = silent,
) -> list[Indices]:
    """Groups of texts that each match their leader; the commonest text leads first, then the most
    shared.

    Args:
        comments: how many comments have each text; texts of none are left out.
        any_length: whether a long text also matches one of which it has only some words.
    """
    order = _order_of_leaders(
        runs,
        comments,
    )
    if len(order) >= MANY_TEXTS:
        order = order[_may_match_another(runs, order)]
    free = comments > 0
    groups: list[Indices] = []
    for done, leader in enumerate(
        order.tolist(),
        start=1,
    ):
        if free[leader]:
            members = _matching(
                runs,
                runs.of_text(leader),
                int(runs.length[leader]),
                short=bool(comments[leader] > 1),
                any_length=any_length,
            )
            members = np.union1d(
                members[free[members]],
                [leader],
            )
            if len(members) > 1:
                free[members] = False
                groups.append(members)
        if done % TEXTS_BETWEEN_REPORTS == 1 or done == len(order):
            progress(
                done,
                len(order),
                "Looking for campaigns",
            )
    is_alone = free & (comments >= FEWEST_SENDERS) & (runs.words >= FEWEST_WORDS)
    groups.extend(np.array([text]) for text in np.flatnonzero(is_alone).tolist())
    return groups


def _order_of_leaders(
    runs: TextRuns,
    comments: Indices,
) -> Indices:
    """Texts with enough shared runs: by their comments, by how often their runs are used, by
    length.
    """
    sizes = np.diff(runs.first_of_text)
    text_of_entry = np.repeat(
        np.arange(len(sizes)),
        sizes,
    )
    uses = np.bincount(
        runs.runs,
        weights=comments[text_of_entry],
        minlength=len(runs.first_of_run) - 1,
    )
    weight = np.bincount(
        text_of_entry,
        weights=uses[runs.runs],
        minlength=len(sizes),
    )
    least = np.where(
        comments > 1,
        LEAST_SHARED_SHORT,
        LEAST_SHARED,
    )
    candidates = np.flatnonzero((sizes >= least) & (comments > 0))
    ranking = np.lexsort(
        (
            candidates,
            runs.length[candidates],
            -weight[candidates],
            -comments[candidates],
        )
    )
    order: Indices = candidates[ranking]
    return order


def _may_match_another(
    runs: TextRuns,
    texts: Indices,
) -> NDArray[np.bool_]:
    """For each of the texts, whether another text shares as many runs with it as any match needs;
    True also where its runs are so common that it is not looked into here.

    All texts at once, in blocks of bounded size: most texts match none, and asking one by one
    takes ten times as long.
    """
    matrix = runs.matrix()
    transposed = matrix.T.tocsr()
    texts_with_run = np.diff(runs.first_of_run)
    pairs = np.add.reduceat(
        np.append(texts_with_run[runs.runs], 0),
        runs.first_of_text[:-1],
    )
    pairs[np.diff(runs.first_of_text) == 0] = 0
    # Texts with a letter of thousands would each be compared with all of the others.
    may_match: NDArray[np.bool_] = pairs[texts] > MOST_PAIRS
    looked_into = np.where(may_match, 0, pairs[texts])
    block_of_text = np.cumsum(looked_into) // PAIRS_AT_ONCE
    block_of_text[may_match] = -1
    for block in np.unique(block_of_text[~may_match]).tolist():
        rows = np.flatnonzero(block_of_text == block)
        shared = matrix[texts[rows]] @ transposed
        row_of_pair = np.repeat(np.arange(len(rows)), np.diff(shared.indptr))
        is_other = shared.indices != texts[rows][row_of_pair]
        is_enough = shared.data >= LEAST_SHARED_SHORT
        may_match[rows[row_of_pair[is_other & is_enough]]] = True
    return may_match


def _matching(
    runs: TextRuns,
    own: Numbers,
    length: int,
    *,
    short: bool = False,
    any_length: bool = False,
) -> Indices:
    """Texts that share enough of the runs `own`, which are those of a text of `length` runs.

    Args:
        short: whether a few runs are enough where they are most of the shorter text.
        any_length: whether it makes no difference how long the texts are.
    """
    if not len(own):
        return np.empty(
            0,
            dtype=np.int64,
        )
    having_runs = np.concatenate([runs.texts_with(run) for run in own.tolist()])
    texts, shared = np.unique(
        having_runs,
        return_counts=True,
    )
    enough = shared >= LEAST_SHARED
    if not any_length:
        shorter = np.minimum(
            length,
            runs.length[texts],
        )
        longer = np.maximum(
            length,
            runs.length[texts],
        )
        enough &= shared >= LEAST_CONTAINED * shorter
        if short:
            is_most = shared >= LEAST_CONTAINED_SHORT * shorter
            enough |= is_most & (shared >= LEAST_SHARED_SHORT)
        enough &= longer <= MOST_TIMES_LONGER * shorter
    return np.asarray(
        texts[enough],
        dtype=np.int64,
    )


def add_similar_texts(
    groups: list[Indices],
    runs: TextRuns,
    comments: Indices,
) -> list[Indices]:
    """Each campaign with the texts that match what most of its texts say, where they belong to
    none.
    """
    in_group = comments == 0
    for members in groups:
        in_group[members] = True
    grown: list[Indices] = []
    for members in groups:
        if comments[members].sum() < FEWEST_SENDERS:
            grown.append(members)
            continue
        own = _usual_runs(
            runs,
            members,
            comments,
        )
        similar = _matching(
            runs,
            own,
            len(own),
        )
        similar = similar[~in_group[similar]]
        in_group[similar] = True
        grown.append(
            np.union1d(
                members,
                similar,
            )
        )
    return grown


def _usual_runs(
    runs: TextRuns,
    members: Indices,
    comments: Indices,
) -> Numbers:
    """Runs that a good share of a campaign's comments have."""
    weights = comments[members]
    of_members, place = runs.of_texts(members)
    different, number = np.unique(
        of_members,
        return_inverse=True,
    )
    having_run = np.bincount(
        number,
        weights=weights[place],
        minlength=len(different),
    )
    usual: Numbers = different[having_run / weights.sum() >= USUAL_SHARE]
    return usual
