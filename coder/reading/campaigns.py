"""One text sent by several people: exact copies, and copies with words changed, added or left out.

Texts are compared by the runs of three words that they share. A text joins a campaign only by
what it has in common with the campaign's own text, never by way of another member: a chain of
links would join strangers. Runs of the question's words are not counted, since people repeat
the question.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.engine import Progress, silent
from coder.text import normal_key, text_hash

Indices = NDArray[np.int64]

RUN = 3  # words of a run
LEAST_SHARED = 10  # runs that two texts have in common
LEAST_CONTAINED = 0.3  # of the runs of the shorter text
FEWEST_SENDERS = 3  # comments that make a campaign
# A text with more than this many times the runs of the other one only quotes it.
MOST_TIMES_LONGER = 12
FEWEST_WORDS = 8  # a shorter text that several people wrote is not a campaign: "more police please"
# Of a campaign's comments that have a run which counts as the campaign's own.
USUAL_SHARE = 0.3
HASH_FACTOR = np.uint64(
    0x9E3779B97F4A7C15
)  # spreads numbers over 64 bits (2**64 / golden ratio)
TEXTS_BETWEEN_REPORTS = 5_000
COLUMNS = {
    "comment_id": "str",
    "campaign_id": "str",
    "size": "int64",
    "match": "str",
    "overlap": "float64",
    "template": "str",
}


def find_campaigns(
    texts: Sequence[str],
    ids: Sequence[str],
    question: str = "",
    *,
    progress: Progress = silent,
) -> pd.DataFrame:
    """The comments that belong to a campaign, one row each; the order of the comments makes no
    difference.

    Args:
        texts: comments as written.
        ids: of the comments.
        question: that was asked.

    Returns:
        comment_id, campaign_id (from the hash of the campaign's text), size (comments of the
        campaign), match (exact: the campaign's text but for case, marks and spaces; near),
        overlap (share of the runs of the shorter of comment and template that both have, in [0,
        1]), template (the campaign's commonest wording, as written). Sorted by size, largest
        first, campaign_id, match, comment_id.
    """
    copies = _copies_by_key(texts, ids)
    keys = sorted(copies)
    comments = np.array([len(copies[key]) for key in keys], dtype=np.int64)
    runs = runs_of(keys, normal_key(question))
    groups = _groups_around_leaders(runs, comments, progress)
    members: list[_Member] = []
    for group in _with_similar_texts(groups, runs, comments):
        size = int(comments[group].sum())
        if size < FEWEST_SENDERS:
            continue
        leader = _commonest_wording(group, runs, comments, keys)
        overlaps = _overlaps(runs, leader, group)
        campaign = _Campaign(
            _campaign_id(keys[leader]), size, _template(copies[keys[leader]])
        )
        for text, overlap in zip(group.tolist(), overlaps.tolist(), strict=True):
            for copy in copies[keys[text]]:
                member = campaign.member(copy.comment_id, overlap, exact=text == leader)
                members.append(member)
    return _member_table(members)


def campaign_sizes(members: pd.DataFrame) -> pd.DataFrame:
    """A row a campaign, largest first: campaign_id, size, exact, near (comments), template.

    `members` is the result of `find_campaigns`, or several of them.
    """
    is_exact = members["match"] == "exact"
    counted = members.assign(
        exact=is_exact.astype("int64"), near=(~is_exact).astype("int64")
    )
    campaigns = counted.groupby("campaign_id", sort=False).agg(
        size=("size", "first"),
        exact=("exact", "sum"),
        near=("near", "sum"),
        template=("template", "first"),
    )
    return campaigns.reset_index().sort_values(
        ["size", "campaign_id"], ascending=[False, True], ignore_index=True
    )


class _Copy(NamedTuple):
    """A comment as one of those with the same text, but for case, marks and spaces."""

    text: str
    comment_id: str


def _copies_by_key(texts: Sequence[str], ids: Sequence[str]) -> dict[str, list[_Copy]]:
    """The comments by the normal form of their text, in an order that the comments' own does
    not change.
    """
    copies: dict[str, list[_Copy]] = {}
    for text, comment_id in sorted(zip(texts, map(str, ids), strict=True)):
        copies.setdefault(normal_key(text), []).append(_Copy(text, comment_id))
    return copies


class _Member(NamedTuple):
    """A row of the result of `find_campaigns`."""

    comment_id: str
    campaign_id: str
    size: int
    match: str
    overlap: float
    template: str


class _Campaign(NamedTuple):
    campaign_id: str
    size: int
    template: str

    def member(self, comment_id: str, overlap: float, *, exact: bool) -> _Member:
        match = "near"
        if exact:
            match, overlap = "exact", 1.0
        return _Member(
            comment_id,
            self.campaign_id,
            self.size,
            match,
            round(overlap, 3),
            self.template,
        )


def _member_table(members: Sequence[_Member]) -> pd.DataFrame:
    table = pd.DataFrame(members, columns=list(COLUMNS)).astype(COLUMNS)
    return table.sort_values(
        ["size", "campaign_id", "match", "comment_id"],
        ascending=[False, True, True, True],
        ignore_index=True,
    )


# ---------------------------------------------------------------- runs of words


class TextRuns(NamedTuple):
    """Which distinct text has which runs of words; a 0/1 matrix, stored for access by rows and
    by columns.
    """

    by_text: Any  # scipy CSR (n_texts, n_runs) without the runs of one text only
    by_run: Any  # the same as CSC
    length: Indices  # (n_texts,) runs of each, those of one text only included
    words: Indices  # (n_texts,)

    def of_text(self, text: int) -> Indices:
        """The runs of a text."""
        start, end = self.by_text.indptr[text : text + 2]
        return np.asarray(self.by_text.indices[start:end], dtype=np.int64)

    def texts_with(self, run: int) -> Indices:
        """The texts that have a run."""
        start, end = self.by_run.indptr[run : run + 2]
        texts: Indices = self.by_run.indices[start:end]
        return texts


def runs_of(keys: Sequence[str], question: str) -> TextRuns:
    """The runs of each text, except those of the question.

    Args:
        keys: texts in their normal form (see `text.normal_key`).
        question: the same of the question that was asked; empty for none.
    """
    from scipy.sparse import csr_matrix

    words, text_of_run, run = _numbered_runs([question, *keys])
    different_runs = int(run.max(initial=-1)) + 1
    ones = np.ones(len(run), dtype=np.int32)
    table = csr_matrix((ones, (text_of_run, run)), shape=(len(words), different_runs))
    table.data[:] = 1  # a run that occurs twice in a text counts once
    of_question = table[0].indices
    kept = np.ones(table.shape[1], dtype=bool)
    kept[of_question] = False
    table = table[1:][:, kept]
    length = np.diff(table.indptr).astype(np.int64)
    shared = np.asarray(table.sum(axis=0)).ravel() > 1
    table = table[:, shared].tocsr()
    return TextRuns(table, table.tocsc(), length, words[1:])


def _numbered_runs(keys: Sequence[str]) -> tuple[Indices, Indices, Indices]:
    """Words of each text, and text and number of each run; equal runs share a number."""
    vocabulary: dict[str, int] = {}
    word_numbers: list[int] = []
    words = np.zeros(len(keys), dtype=np.int64)
    for text, key in enumerate(keys):
        tokens = key.split()
        words[text] = len(tokens)
        for token in tokens:
            word_numbers.append(vocabulary.setdefault(token, len(vocabulary)))
    flat = np.array(word_numbers, dtype=np.uint64)
    text_of_word = np.repeat(np.arange(len(keys)), words)
    starts = np.empty(0, dtype=np.int64)
    if len(flat) >= RUN:
        starts = np.flatnonzero(text_of_word[: -RUN + 1] == text_of_word[RUN - 1 :])
    hashed = np.zeros(len(starts), dtype=np.uint64)
    for step in range(RUN):  # two runs with the same hash do no harm
        hashed = (hashed ^ flat[starts + step]) * HASH_FACTOR
        hashed ^= hashed >> np.uint64(29)
    _, run = np.unique(hashed, return_inverse=True)
    return words, text_of_word[starts], run


# ---------------------------------------------------------------- groups of texts


def _groups_around_leaders(
    runs: TextRuns,
    comments: Indices,
    progress: Progress,
) -> list[Indices]:
    """Groups of texts that each match their leader; the commonest text leads first, then the most
    shared.

    `comments` is the number of comments of each text.
    """
    order = _order_of_leaders(runs, comments)
    free = np.ones(len(comments), dtype=bool)
    groups: list[Indices] = []
    for done, leader in enumerate(order.tolist(), start=1):
        if free[leader]:
            members = _matching(runs, runs.of_text(leader), int(runs.length[leader]))
            members = np.union1d(members[free[members]], [leader])
            if len(members) > 1:
                free[members] = False
                groups.append(members)
        if done % TEXTS_BETWEEN_REPORTS == 1 or done == len(order):
            progress(done, len(order), "Looking for campaigns")
    is_alone = free & (comments >= FEWEST_SENDERS) & (runs.words >= FEWEST_WORDS)
    groups.extend(np.array([text]) for text in np.flatnonzero(is_alone).tolist())
    return groups


def _order_of_leaders(runs: TextRuns, comments: Indices) -> Indices:
    """Texts with enough shared runs: by their comments, by how often their runs are used, by
    length.
    """
    uses = np.asarray(runs.by_text.T @ comments).ravel()
    weight = runs.by_text @ uses
    candidates = np.flatnonzero(np.diff(runs.by_text.indptr) >= LEAST_SHARED)
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


def _matching(runs: TextRuns, own: Indices, length: int) -> Indices:
    """Texts that share enough of the runs `own`, which are those of a text of `length` runs."""
    if not len(own):
        return np.empty(0, dtype=np.int64)
    having_runs = np.concatenate([runs.texts_with(run) for run in own.tolist()])
    texts, shared = np.unique(having_runs, return_counts=True)
    lengths = runs.length[texts]
    shorter = np.minimum(length, lengths)
    longer = np.maximum(length, lengths)
    enough = (shared >= LEAST_SHARED) & (shared >= LEAST_CONTAINED * shorter)
    enough &= longer <= MOST_TIMES_LONGER * shorter
    return np.asarray(texts[enough], dtype=np.int64)


def _with_similar_texts(
    groups: list[Indices],
    runs: TextRuns,
    comments: Indices,
) -> list[Indices]:
    """Each campaign with the texts that match what most of its texts say, where they belong to
    none.
    """
    in_group = np.zeros(len(comments), dtype=bool)
    for members in groups:
        in_group[members] = True
    grown: list[Indices] = []
    for members in groups:
        if comments[members].sum() < FEWEST_SENDERS:
            grown.append(members)
            continue
        own = _usual_runs(runs, members, comments)
        similar = _matching(runs, own, len(own))
        similar = similar[~in_group[similar]]
        in_group[similar] = True
        grown.append(np.union1d(members, similar))
    return grown


def _usual_runs(runs: TextRuns, members: Indices, comments: Indices) -> Indices:
    """Runs that a good share of a campaign's comments have."""
    weights = comments[members]
    having_run = np.asarray(runs.by_text[members].T @ weights).ravel()
    share = having_run / weights.sum()
    return np.flatnonzero(share >= USUAL_SHARE).astype(np.int64)


# ---------------------------------------------------------------- one campaign


def _commonest_wording(
    members: Indices,
    runs: TextRuns,
    comments: Indices,
    keys: Sequence[str],
) -> int:
    """The text with most comments; of equals the one that has most in common with the others,
    then the first.
    """
    part = runs.by_text[members]
    uses = np.asarray(part.T @ comments[members]).ravel()
    length = np.maximum(1, runs.length[members])
    in_common = np.round(part @ uses / length, 6)
    ranks = []
    for text, common in zip(members.tolist(), in_common.tolist(), strict=True):
        ranks.append((-comments[text], -common, keys[text], text))
    *_, first = min(ranks)
    return int(first)


def _campaign_id(key: str) -> str:
    return f"campaign-{text_hash(key)[:8]}"


def _template(copies: Sequence[_Copy]) -> str:
    """The commonest wording of copies; of equals the one with fewest capitals, then the first."""
    uses = Counter(copy.text for copy in copies)

    def rank(text: str) -> tuple[int, int, str]:
        capitals = sum(char.isupper() for char in text)
        return -uses[text], capitals, text

    return min(uses, key=rank)


def _overlaps(runs: TextRuns, leader: int, members: Indices) -> NDArray[np.float64]:
    """For each member the share of runs that it has in common with the leader, of those of the
    shorter.
    """
    shared = runs.by_text[members] @ runs.by_text[leader].T
    shorter = np.minimum(runs.length[leader], runs.length[members])
    in_common = np.asarray(shared.todense()).ravel()
    overlaps: NDArray[np.float64] = in_common / np.maximum(1, shorter)
    return overlaps
