"""One text sent by several people: exact copies, and copies with words changed, added or left out.

Texts are compared by the runs of three words that they share. A text joins a campaign only by
what it has in common with the campaign's own text, never by way of another member: a chain of
links would join strangers. Runs of the question's words are not counted, since people repeat
the question.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.engine import Progress, silent
from coder.text import normal_key, text_hash

Indices = NDArray[np.int64]
Numbers = NDArray[np.int32]  # of runs or texts; there are many of them

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
    places = _places_by_key(texts)
    keys = sorted(places)
    comments = np.array([len(places[key]) for key in keys], dtype=np.int64)
    runs = runs_of(keys, normal_key(question))
    groups = _groups_around_leaders(runs, comments, progress)
    members: list[_Member] = []
    for group in _with_similar_texts(groups, runs, comments):
        size = int(comments[group].sum())
        if size < FEWEST_SENDERS:
            continue
        leader = _commonest_wording(group, runs, comments, keys)
        overlaps = _overlaps(runs, leader, group)
        wordings = [texts[place] for place in places[keys[leader]]]
        campaign = _Campaign(_campaign_id(keys[leader]), size, _template(wordings))
        for text, overlap in zip(group.tolist(), overlaps.tolist(), strict=True):
            for place in places[keys[text]]:
                comment_id = str(ids[place])
                member = campaign.member(comment_id, overlap, exact=text == leader)
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


def _places_by_key(texts: Sequence[str]) -> dict[str, list[int]]:
    """The places of the comments by the normal form of their text."""
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(normal_key(text), []).append(place)
    return places


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
    """Which distinct text has which runs of words, without the runs of one text only. Each run of
    a text counts once. Kept twice: text by text, and run by run.
    """

    runs: Numbers  # of the first text, ascending, then of the second ...
    first_of_text: Indices  # (n_texts + 1,) where those of each text begin
    texts: Numbers  # that have the first run, ascending, then the second ...
    first_of_run: Indices  # (n_runs + 1,)
    length: Indices  # (n_texts,) runs of each, those of one text only included
    words: Indices  # (n_texts,)

    def of_text(self, text: int) -> Numbers:
        """The runs of a text."""
        return self.runs[self.first_of_text[text] : self.first_of_text[text + 1]]

    def texts_with(self, run: int) -> Numbers:
        """The texts that have a run."""
        return self.texts[self.first_of_run[run] : self.first_of_run[run + 1]]

    def of_texts(self, texts: Indices) -> tuple[Numbers, Indices]:
        """The runs of several texts, one text after the other, and the place in `texts` of the
        text of each.
        """
        runs = np.concatenate([self.of_text(text) for text in texts.tolist()])
        sizes = self.first_of_text[texts + 1] - self.first_of_text[texts]
        return runs, np.repeat(np.arange(len(texts)), sizes)

    def matrix(self) -> Any:
        """The same as a scipy CSR array of 0 and 1 (n_texts, n_runs)."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.runs), dtype=np.int32)
        shape = (len(self.first_of_text) - 1, len(self.first_of_run) - 1)
        return csr_matrix((ones, self.runs, self.first_of_text), shape=shape)


def runs_of(keys: Sequence[str], question: str) -> TextRuns:
    """The runs of each text, except those of the question.

    Args:
        keys: texts in their normal form (see `text.normal_key`).
        question: the same of the question that was asked; empty for none.
    """
    words, text_of_run, hashed = _hashed_runs([question, *keys])
    # By hash; equal ones stay in the order of the texts.
    order = np.argsort(hashed, kind="stable")
    hashed = hashed[order]
    text_of_run = text_of_run[order]
    is_new_run = _differs_from_last(hashed)
    is_first = is_new_run | _differs_from_last(text_of_run)
    del order, hashed  # hundreds of MB of a million comments
    text_of_run = text_of_run[is_first]
    begins = np.flatnonzero(is_new_run[is_first])
    sizes = np.diff([*begins, len(text_of_run)]) if len(begins) else begins
    is_asked = text_of_run[begins] == 0  # the question is the first text
    counted = text_of_run[np.repeat(~is_asked, sizes)]
    length = np.bincount(counted, minlength=len(words))[1:]
    is_shared = ~is_asked & (sizes > 1)
    texts = text_of_run[np.repeat(is_shared, sizes)] - 1
    sizes = sizes[is_shared]
    runs = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    by_text = np.argsort(texts, kind="stable")
    of_text = np.bincount(texts, minlength=len(keys))
    return TextRuns(
        runs[by_text],
        _running_sum(of_text),
        texts,
        _running_sum(sizes),
        length.astype(np.int64),
        words[1:],
    )


def _differs_from_last(values: NDArray[Any]) -> NDArray[np.bool_]:
    differs = np.ones(len(values), dtype=np.bool_)
    differs[1:] = values[1:] != values[:-1]
    return differs


def _running_sum(sizes: Indices) -> Indices:
    """Where each part begins, and the end of the last."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _hashed_runs(
    keys: Sequence[str],
) -> tuple[Indices, Numbers, NDArray[np.uint64]]:
    """Words of each text, and text and hash of each run, in the order of the texts; two runs with
    the same hash do no harm.
    """
    vocabulary: dict[str, int] = {}
    word_numbers = array("I")  # four bytes a word
    words = np.zeros(len(keys), dtype=np.int64)
    for text, key in enumerate(keys):
        tokens = key.split()
        words[text] = len(tokens)
        for token in tokens:
            word_numbers.append(vocabulary.setdefault(token, len(vocabulary)))
    flat = np.frombuffer(word_numbers, dtype=np.uint32)
    text_of_word = np.repeat(np.arange(len(keys), dtype=np.int32), words)
    if len(flat) < RUN:
        return words, np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint64)
    last_start = len(flat) - RUN + 1
    is_start = text_of_word[:last_start] == text_of_word[RUN - 1 :]
    hashed = np.zeros(last_start, dtype=np.uint64)
    for step in range(RUN):
        hashed ^= flat[step : step + last_start]
        hashed *= HASH_FACTOR
        hashed ^= hashed >> np.uint64(29)
    return words, text_of_word[:last_start][is_start], hashed[is_start]


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
    sizes = np.diff(runs.first_of_text)
    text_of_entry = np.repeat(np.arange(len(sizes)), sizes)
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
    candidates = np.flatnonzero(sizes >= LEAST_SHARED)
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


def _matching(runs: TextRuns, own: Numbers, length: int) -> Indices:
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


def _usual_runs(runs: TextRuns, members: Indices, comments: Indices) -> Numbers:
    """Runs that a good share of a campaign's comments have."""
    weights = comments[members]
    of_members, place = runs.of_texts(members)
    different, number = np.unique(of_members, return_inverse=True)
    having_run = np.bincount(number, weights=weights[place], minlength=len(different))
    usual: Numbers = different[having_run / weights.sum() >= USUAL_SHARE]
    return usual


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
    of_members, place = runs.of_texts(members)
    _, number = np.unique(of_members, return_inverse=True)
    uses = np.bincount(number, weights=comments[members][place])
    length = np.maximum(1, runs.length[members])
    shared = np.bincount(place, weights=uses[number], minlength=len(members))
    in_common = np.round(shared / length, 6)
    ranks = []
    for text, common in zip(members.tolist(), in_common.tolist(), strict=True):
        ranks.append((-comments[text], -common, keys[text], text))
    *_, first = min(ranks)
    return int(first)


def _campaign_id(key: str) -> str:
    return f"campaign-{text_hash(key)[:8]}"


def _template(wordings: Sequence[str]) -> str:
    """The commonest wording; of equals the one with fewest capitals, then the first in the
    alphabet.
    """
    uses = Counter(wordings)

    def rank(text: str) -> tuple[int, int, str]:
        capitals = sum(char.isupper() for char in text)
        return -uses[text], capitals, text

    return min(uses, key=rank)


def _overlaps(runs: TextRuns, leader: int, members: Indices) -> NDArray[np.float64]:
    """For each member the share of runs that it has in common with the leader, of those of the
    shorter.
    """
    of_members, place = runs.of_texts(members)
    is_shared = np.isin(of_members, runs.of_text(leader))
    in_common = np.bincount(place[is_shared], minlength=len(members))
    shorter = np.minimum(runs.length[leader], runs.length[members])
    overlaps: NDArray[np.float64] = in_common / np.maximum(1, shorter)
    return overlaps
