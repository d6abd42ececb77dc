"""One text sent by several people: exact copies, and copies with words changed, added or left out.

Texts are compared by the runs of three words that they share. Runs of the question's words are
not counted, since people repeat the question, nor is what a form puts into every comment (see
`boilerplate`).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder import tables
from coder.engine import Progress, silent
from coder.reading.boilerplate import TextIndex
from coder.reading.likeness import (
    FEWEST_SENDERS,
    add_similar_texts,
    group_texts,
)
from coder.reading.passages import (
    GAP,
    Run,
    cut_passages,
    quote,
    runs_in,
    shared_words,
    stretches,
    words_of,
)
from coder.reading.text_runs import Indices, TextRuns
from coder.text import normal_key, text_hash

SHARED_BY_MOST = 0.5  # of a campaign's comments, which have what is shown as shared
TEXTS_SHOWN_OF = 200  # different texts of a campaign, by which what is shared is told
FEWEST_WORDS_SHARED = 4  # of a passage that is shown
COLUMNS = {
    "comment_id": "str",
    "campaign_id": "str",
    "size": "int64",
    "match": "str",
    "overlap": "float64",
    "template": "str",
    "decision": "str",
    "shared": "str",
    "differs_in": "str",
    "difference": "str",
}


@dataclass(frozen=True)
class Comparison:
    """What counts, besides the texts, when campaigns are looked for.

    Attributes:
        question: that was asked.
        keys: of each comment, its normal form without boilerplate; empty to take the texts whole.
        boilerplate: passages in their normal form, which are never shown as shared.
        decisions: campaign id to whether its comments belong together.
        index: of `keys` and perhaps others; None to make it.
    """

    question: str = ""
    keys: Sequence[str] = ()
    boilerplate: Sequence[str] = ()
    decisions: Mapping[str, str] | None = None
    index: TextIndex | None = None


def find_campaigns(
    texts: Sequence[str],
    ids: Sequence[str],
    question: str = "",
    *,
    comparison: Comparison | None = None,
    progress: Progress = silent,
) -> pd.DataFrame:
    """The comments that belong to a campaign, one row each; the order of the comments makes no
    difference.

    Args:
        texts: comments as written.
        ids: of the comments.
        question: that was asked; not used where there is a `comparison`.
        comparison: what counts; None to take the texts whole.

    Returns:
        A row for each comment, sorted by size, largest first, campaign_id, match, comment_id:

        - comment_id
        - campaign_id: from the hash of the campaign's text, or the one that was decided on
        - size: comments of the campaign
        - match: `exact` is the campaign's text but for case, marks, spaces and boilerplate; `near`
        - overlap: share of the runs of the shorter of comment and template that both have, in
          [0, 1]
        - template: the campaign's commonest wording, as written but for white space around it
        - decision: together, apart, or empty
        - shared: what most of the comments have of the template
        - differs_in, difference: the comment that adds most to the template, and the longest part
          of what it adds
    """
    comparison = comparison or Comparison(question)
    letters = _Letters.of(
        texts,
        ids,
        comparison,
        progress,
    )
    members: list[_Member] = []
    for group in letters.groups():
        members.extend(letters.members(group))
    return _member_table(members)


def campaign_id_of(key: str) -> str:
    """The id of the campaign whose text has this normal form."""
    return f"campaign-{text_hash(key)[:8]}"


def campaign_sizes(members: pd.DataFrame) -> pd.DataFrame:
    """`tables.CAMPAIGNS`: a row a campaign, largest first.

    `members` is the result of `find_campaigns`, or several of them.
    """
    is_exact = members["match"] == "exact"
    counted = members.assign(
        exact=is_exact.astype("int64"),
        near=(~is_exact).astype("int64"),
    )
    campaigns = counted.groupby(
        "campaign_id",
        sort=False,
    ).agg(
        size=("size", "first"),
        exact=("exact", "sum"),
        near=("near", "sum"),
        decision=("decision", "first"),
        template=("template", "first"),
        shared=("shared", "first"),
        differs_in=("differs_in", "first"),
        difference=("difference", "first"),
    )
    ordered = campaigns.reset_index().sort_values(
        ["size", "campaign_id"],
        ascending=[False, True],
        ignore_index=True,
    )
    return tables.check(
        ordered.astype(tables.CAMPAIGNS.dtypes),
        tables.CAMPAIGNS,
    )


class _Evidence(NamedTuple):
    """Why comments belong to a campaign; all are exact quotes."""

    shared: str
    differs_in: str  # a comment id
    difference: str


class _Member(NamedTuple):
    """A row of the result of `find_campaigns`."""

    comment_id: str
    campaign_id: str
    size: int
    match: str
    overlap: float
    template: str
    decision: str
    shared: str
    differs_in: str
    difference: str


def _member_table(members: Sequence[_Member]) -> pd.DataFrame:
    table = pd.DataFrame(
        members,
        columns=list(COLUMNS),
    ).astype(COLUMNS)
    return table.sort_values(
        ["size", "campaign_id", "match", "comment_id"],
        ascending=[False, True, True, True],
        ignore_index=True,
    )


# ---------------------------------------------------------------- the comments


@dataclass(frozen=True)
class _Letters:
    """The comments, by different texts.

    Attributes:
        texts, ids: of the comments.
        comparison: what counts.
        keys: different texts in the form in which they are compared, in order.
        places: of the comments that have each of `keys`.
        comments: how many those are.
        runs: of each of `keys`.
    """

    texts: Sequence[str]
    ids: Sequence[str]
    comparison: Comparison
    keys: list[str]
    places: dict[str, list[int]]
    comments: Indices
    runs: TextRuns
    progress: Progress

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        ids: Sequence[str],
        comparison: Comparison,
        progress: Progress,
    ) -> "_Letters":
        """The comments that are long enough to belong to a campaign."""
        compared = comparison.keys or [normal_key(text) for text in texts]
        index = comparison.index
        if index is None:
            index = TextIndex.of(
                compared,
                comparison.question,
            )
        places: dict[str, list[int]] = {key: [] for key in index.keys}
        for place, key in enumerate(compared):
            if key in places:
                places[key].append(place)
        comments = np.array(
            list(
                map(
                    len,
                    places.values(),
                )
            ),
            dtype=np.int64,
        )
        return cls(
            texts,
            ids,
            comparison,
            index.keys,
            places,
            comments,
            index.runs,
            progress,
        )

    def groups(self) -> list[Indices]:
        """The texts of each campaign."""
        groups = group_texts(
            self.runs,
            self.comments,
            progress=self.progress,
        )
        campaigns: list[Indices] = []
        for group in add_similar_texts(
            groups,
            self.runs,
            self.comments,
        ):
            if self.comments[group].sum() >= FEWEST_SENDERS:
                campaigns.append(group)
        return campaigns

    def members(
        self,
        group: Indices,
    ) -> list[_Member]:
        """A row for each comment of a campaign."""
        leader = _commonest_wording(
            group,
            self.runs,
            self.comments,
            self.keys,
        )
        template = _template(self._wordings(leader)).strip()
        campaign_id, decision = self._decided(
            group,
            template,
        )
        in_common = _runs_in_common(
            self.runs,
            leader,
            group,
        )
        length = self.runs.length
        overlaps = _shares(
            in_common,
            np.minimum(length[leader], length[group]),
        ).tolist()
        added = 1 - _shares(in_common, length[group])
        added[group == leader] = 0  # not even what no other text has
        evidence = self._evidence(
            group,
            template,
            added,
        )
        members: list[_Member] = []
        for text, overlap in zip(
            group.tolist(),
            overlaps,
            strict=True,
        ):
            match, shared = "near", round(overlap, 3)
            if text == leader:
                match, shared = "exact", 1.0
            for place in self.places[self.keys[text]]:
                members.append(
                    _Member(
                        str(self.ids[place]),
                        campaign_id,
                        int(self.comments[group].sum()),
                        match,
                        shared,
                        template,
                        decision,
                        evidence.shared,
                        evidence.differs_in,
                        evidence.difference,
                    )
                )
        return members

    def _wordings(
        self,
        text: int,
    ) -> list[str]:
        return [self.texts[place] for place in self.places[self.keys[text]]]

    def _decided(
        self,
        group: Indices,
        template: str,
    ) -> tuple[str, str]:
        """The campaign's id and what was decided on it.

        A decision holds as long as the text that the campaign had its id from is part of it.
        """
        own_id = campaign_id_of(normal_key(template))
        decisions = self.comparison.decisions or {}
        if own_id in decisions or not decisions:
            return own_id, decisions.get(
                own_id,
                "",
            )
        for text in group.tolist():
            for wording in sorted(set(self._wordings(text))):
                earlier_id = campaign_id_of(normal_key(wording))
                if earlier_id in decisions:
                    return earlier_id, decisions[earlier_id]
        return own_id, ""

    def _evidence(
        self,
        group: Indices,
        template: str,
        added: NDArray[np.float64],
    ) -> "_Evidence":
        """What most have of the template, and what the comment adds that adds most.

        Args:
            added: for each text of the group the share of its runs that the template lacks.
        """
        boilerplate = self.comparison.boilerplate
        keys = [word.key for word in words_of(template)]
        own = cut_passages(
            " ".join(keys),
            boilerplate,
        ).split()
        runs = self._usual_runs(
            group,
            runs_in(own),
        )
        shared = _quotes(
            template,
            shared_words(
                keys,
                runs,
            ),
        )
        if not added.any():
            return _Evidence(
                shared,
                "",
                "",
            )
        key = self.keys[int(group[added.argmax()])]
        first = min(
            self.places[key],
            key=lambda place: str(self.ids[place]),
        )
        written = self.texts[first]
        difference = _longest_difference(
            written,
            runs_in(keys),
            boilerplate,
        )
        return _Evidence(
            shared,
            str(self.ids[first]),
            difference,
        )

    def _usual_runs(
        self,
        group: Indices,
        runs: Sequence[Run],
    ) -> set[Run]:
        """The runs of the template that most of the comments have."""
        order = np.argsort(
            -self.comments[group],
            kind="stable",
        )
        having: Counter[Run] = Counter()
        counted = 0
        wanted = set(runs)
        for text in group[order[:TEXTS_SHOWN_OF]].tolist():
            comments = int(self.comments[text])
            counted += comments
            for run in wanted.intersection(runs_in(self.keys[text].split())):
                having[run] += comments
        least = SHARED_BY_MOST * counted
        return {run for run in wanted if having[run] >= least}


def _quotes(
    text: str,
    wanted: Sequence[bool],
) -> str:
    """The passages of a text that are wanted, exactly as they are written."""
    words = words_of(text)
    quotes: list[str] = []
    for span in stretches(wanted):
        if span.end - span.start >= FEWEST_WORDS_SHARED:
            quotes.append(
                quote(
                    text,
                    words,
                    span,
                )
            )
    return GAP.join(quotes)


def _longest_difference(
    text: str,
    runs: Collection[Run],
    boilerplate: Sequence[str],
) -> str:
    """The longest part of a text that is neither in the runs nor boilerplate."""
    words = words_of(text)
    keys = [word.key for word in words]
    known = set(runs)
    for passage in boilerplate:
        known.update(runs_in(passage.split()))
    is_own = [
        not is_shared
        for is_shared in shared_words(
            keys,
            known,
        )
    ]
    spans = stretches(is_own)
    if not spans:
        return ""
    longest = max(
        spans,
        key=lambda span: (span.end - span.start, -span.start),
    )
    return quote(
        text,
        words,
        longest,
    )


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
    _, number = np.unique(
        of_members,
        return_inverse=True,
    )
    uses = np.bincount(
        number,
        weights=comments[members][place],
    )
    length = np.maximum(
        1,
        runs.length[members],
    )
    shared = np.bincount(
        place,
        weights=uses[number],
        minlength=len(members),
    )
    in_common = np.round(
        shared / length,
        6,
    )
    ranks = []
    for text, common in zip(
        members.tolist(),
        in_common.tolist(),
        strict=True,
    ):
        ranks.append((-comments[text], -common, keys[text], text))
    *_, first = min(ranks)
    return int(first)


def _template(wordings: Sequence[str]) -> str:
    """The commonest wording; of equals the one with fewest capitals, then the first in the
    alphabet.
    """
    uses = Counter(wordings)

    def rank(text: str) -> tuple[int, int, str]:
        capitals = sum(char.isupper() for char in text)
        return -uses[text], capitals, text

    return min(
        uses,
        key=rank,
    )


def _runs_in_common(
    runs: TextRuns,
    leader: int,
    members: Indices,
) -> Indices:
    """For each member the number of its runs that the leader has too."""
    of_members, place = runs.of_texts(members)
    is_shared = np.isin(
        of_members,
        runs.of_text(leader),
    )
    in_common: Indices = np.bincount(
        place[is_shared],
        minlength=len(members),
    )
    return in_common


def _shares(
    part: Indices,
    whole: Indices,
) -> NDArray[np.float64]:
    """`part` divided by `whole`, which is 0 for texts without runs."""
    shares: NDArray[np.float64] = part / np.maximum(
        1,
        whole,
    )
    return shares
