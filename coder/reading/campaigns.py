"""One text sent by several people: exact copies, and copies with words changed, added or left out.

Texts are compared by the runs of three words that they share. A text joins a campaign only by what it has in
common with the campaign's own text, never by way of another member: links in a row would chain strangers
together. What the question says is not counted: people echo it.
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
SHARED = 10  # runs that two texts have in common at least
CONTAINED = 0.3  # of the runs of the shorter one
SENDERS = 3  # texts that make a campaign
LONGER = 12  # times as many runs as the shorter text, above which the longer one only quotes it
WORDS = 8  # a shorter text that several people wrote is no campaign: "more police please"
USUAL = 0.3  # share of a campaign's texts that have a run which counts as the campaign's own


class _Runs(NamedTuple):
    """Runs of words of each distinct text: rows of a 0/1 matrix, both ways round."""

    by_text: Any  # scipy CSR (n_texts, n_runs), runs of one text only left out
    by_run: Any  # CSC of the same
    length: Indices  # (n_texts,) runs of each, those of one text only included
    words: Indices  # (n_texts,)


def find_campaigns(
    texts: Sequence[str], ids: Sequence[str], question: str = "", *, progress: Progress = silent
) -> pd.DataFrame:
    """The comments that belong to a campaign, a row each; the order of the comments makes no difference.

    Args:
        texts: comments as written; ids: their ids, one each.
        question: what was asked.

    Returns:
        comment_id, campaign_id (from the hash of the campaign's text), size (comments of the campaign), match
        (exact: the text itself but for case, marks and spaces; near), overlap (share of the runs of the
        shorter of comment and template that both have, in [0, 1]), template (the campaign's commonest wording,
        as written). Sorted by size, largest first, campaign_id, match, comment_id.
    """
    keys: dict[str, list[int]] = {}
    for row in sorted(range(len(texts)), key=lambda i: (texts[i], str(ids[i]))):
        keys.setdefault(normal_key(texts[row]), []).append(row)
    distinct = sorted(keys)
    counts = np.array([len(keys[key]) for key in distinct], dtype=np.int64)
    runs = _runs(distinct, normal_key(question))
    groups = _grown(_stars(runs, counts, progress), runs, counts)
    rows: list[dict[str, object]] = []
    for members in groups:
        leader = _leader(members, runs, counts, distinct)
        size = int(counts[members].sum())
        if size < SENDERS:
            continue
        overlap = _overlap(runs, leader, members)
        template = _wording([texts[row] for row in keys[distinct[leader]]])
        for member, share in zip(members.tolist(), overlap.tolist(), strict=True):
            rows += [
                {
                    "comment_id": str(ids[row]),
                    "campaign_id": f"campaign-{text_hash(distinct[leader])[:8]}",
                    "size": size,
                    "match": "exact" if member == leader else "near",
                    "overlap": 1.0 if member == leader else round(share, 3),
                    "template": template,
                }
                for row in keys[distinct[member]]
            ]
    table = pd.DataFrame(
        rows, columns=["comment_id", "campaign_id", "size", "match", "overlap", "template"]
    )
    table = table.astype(
        {"comment_id": "str", "campaign_id": "str", "size": "int64", "overlap": "float64"}
    )
    return table.sort_values(
        ["size", "campaign_id", "match", "comment_id"],
        ascending=[False, True, True, True],
        ignore_index=True,
    )


def _runs(distinct: Sequence[str], question: str) -> _Runs:
    from scipy.sparse import csr_matrix

    vocabulary: dict[str, int] = {}
    numbers: list[int] = []
    words = np.zeros(len(distinct) + 1, dtype=np.int64)
    for at, key in enumerate([question, *distinct]):
        tokens = key.split()
        words[at] = len(tokens)
        numbers += [vocabulary.setdefault(token, len(vocabulary)) for token in tokens]
    flat = np.array(numbers, dtype=np.uint64)
    owner = np.repeat(np.arange(len(words)), words)
    inside = (
        np.flatnonzero(owner[: -RUN + 1] == owner[RUN - 1 :])
        if len(flat) >= RUN
        else np.empty(0, dtype=np.int64)
    )
    odd = np.uint64(
        0x9E3779B97F4A7C15
    )  # mixes word numbers into one; a clash of two runs does no harm
    hashed = np.zeros(len(inside), dtype=np.uint64)
    for step in range(RUN):
        hashed = (hashed ^ flat[inside + step]) * odd
        hashed ^= hashed >> np.uint64(29)
    _, run = np.unique(hashed, return_inverse=True)
    table = csr_matrix(
        (np.ones(len(run), dtype=np.int32), (owner[inside], run)),
        shape=(len(words), int(run.max(initial=-1)) + 1),
    )
    table.data[:] = 1  # a run said twice counts once
    asked = table[0].indices
    keep = np.ones(table.shape[1], dtype=bool)
    keep[asked] = False
    table = table[1:][:, keep]
    length = np.diff(table.indptr).astype(np.int64)
    several = np.asarray(table.sum(axis=0)).ravel() > 1
    table = table[:, several].tocsr()
    return _Runs(table, table.tocsc(), length, words[1:])


def _stars(runs: _Runs, counts: Indices, progress: Progress) -> list[Indices]:
    """Groups of texts that each match their leader; the commonest text leads first, then the most shared."""
    uses = np.asarray(runs.by_text.T @ counts).ravel()
    weight = runs.by_text @ uses
    rich = np.flatnonzero(np.diff(runs.by_text.indptr) >= SHARED)
    order = rich[np.lexsort((rich, runs.length[rich], -weight[rich], -counts[rich]))]
    free = np.ones(len(counts), dtype=bool)
    groups: list[Indices] = []
    for done, leader in enumerate(order.tolist()):
        if free[leader]:
            members = _matching(runs, _own(runs, leader), int(runs.length[leader]), CONTAINED)
            members = np.union1d(members[free[members]], [leader])
            if len(members) > 1:
                free[members] = False
                groups.append(members)
        if done % 5_000 == 0 or done + 1 == len(order):
            progress(done + 1, len(order), "Looking for campaigns")
    alone = np.flatnonzero(free & (counts >= SENDERS) & (runs.words >= WORDS))
    return groups + [np.array([text]) for text in alone.tolist()]


def _own(runs: _Runs, text: int) -> Indices:
    table = runs.by_text
    return np.asarray(table.indices[table.indptr[text] : table.indptr[text + 1]], dtype=np.int64)


def _matching(runs: _Runs, own: Indices, length: int, contained: float) -> Indices:
    """Texts that share enough of the runs `own`, which a text of `length` runs has."""
    table = runs.by_run
    having = [table.indices[table.indptr[run] : table.indptr[run + 1]] for run in own.tolist()]
    if not having:
        return np.empty(0, dtype=np.int64)
    texts, shared = np.unique(np.concatenate(having), return_counts=True)
    lengths = runs.length[texts]
    enough = (shared >= SHARED) & (shared >= contained * np.minimum(length, lengths))
    enough &= np.maximum(length, lengths) <= LONGER * np.minimum(length, lengths)
    return np.asarray(texts[enough], dtype=np.int64)


def _usual_runs(runs: _Runs, members: Indices, counts: Indices) -> Indices:
    """Runs that a good share of a campaign's comments have."""
    weights = counts[members]
    share = (runs.by_text[members].T @ weights) / weights.sum()
    return np.flatnonzero(np.asarray(share).ravel() >= USUAL).astype(np.int64)


def _grown(groups: list[Indices], runs: _Runs, counts: Indices) -> list[Indices]:
    """Each campaign with the texts that match what most of its texts say, where they belong to none."""
    taken = np.zeros(len(counts), dtype=bool)
    for members in groups:
        taken[members] = True
    grown = []
    for members in groups:
        if counts[members].sum() >= SENDERS:
            own = _usual_runs(runs, members, counts)
            more = _matching(runs, own, len(own), CONTAINED)
            more = more[~taken[more]]
            taken[more] = True
            grown.append(np.union1d(members, more))
        else:
            grown.append(members)
    return grown


def _leader(members: Indices, runs: _Runs, counts: Indices, distinct: Sequence[str]) -> int:
    """The commonest wording; among equals the one that has most in common with the others, then the first."""
    part = runs.by_text[members]
    common = (
        part @ np.asarray(part.T @ counts[members]).ravel() / np.maximum(1, runs.length[members])
    )
    ranked = zip(
        (-counts[members]).tolist(), np.round(-common, 6).tolist(), members.tolist(), strict=True
    )
    return int(
        min((number, share, distinct[member], member) for number, share, member in ranked)[-1]
    )


def _wording(copies: Sequence[str]) -> str:
    """The commonest of texts that differ in case, marks and spaces only; of equals the least shouted."""
    uses = Counter(copies)
    return min(uses, key=lambda text: (-uses[text], sum(char.isupper() for char in text), text))


def _overlap(runs: _Runs, leader: int, members: Indices) -> NDArray[np.float64]:
    shared = np.asarray((runs.by_text[members] @ runs.by_text[leader].T).todense()).ravel()
    return np.asarray(
        shared / np.maximum(1, np.minimum(runs.length[leader], runs.length[members])),
        dtype=np.float64,
    )
