"""Which part of a comment shows what it was coded for: the words that a reviewer marked, else what
the model gave.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.decisions import blocks_of, number_keys, rows_of
from coder.decisions.evidence import MarkedWords
from coder.text import Span, word_count

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
Offsets = NDArray[np.int32]
MOST_WORDS_MARKED = 40  # from the first marked word to the last, in one passage
Key = tuple[str, str]  # theme id, and position id (empty for the theme itself)


@dataclass(frozen=True)
class EvidenceSpans:
    """The evidence for rows of the theme table in comments; arrays are (n_spans,).

    Attributes:
        n_rows: of the theme table.
        places: comment times `n_rows` plus row, ascending.
        starts, ends: offsets in the comment.
        assigned: the model assigned what the evidence is for, or a reviewer marked it.
        marked: a reviewer marked it.
    """

    n_rows: int
    places: Integers
    starts: Offsets
    ends: Offsets
    assigned: Bools
    marked: Bools

    def is_marked(self, comment: Integers, row: int) -> Bools:
        """(n,) whether a reviewer marked words for a row in these comments."""
        wanted = comment * self.n_rows + row
        return np.isin(wanted, self.places[self.marked])

    def offsets(self, comment: Integers, row: Integers) -> tuple[Offsets, Offsets]:
        """Where the evidence starts and ends, (n,) each; -1 where there is none.

        Args:
            comment, row: (n,) numbers of comments and rows.
        """
        starts = np.full(len(comment), -1, dtype=np.int32)
        ends = starts.copy()
        if len(self.places):
            wanted = comment * self.n_rows + row
            at = np.searchsorted(self.places, wanted)
            at = np.minimum(at, len(self.places) - 1)
            is_known = self.places[at] == wanted
            starts[is_known] = self.starts[at[is_known]]
            ends[is_known] = self.ends[at[is_known]]
        return starts, ends

    def of_assigned(self, comment: int, row: int) -> Span | None:
        """The evidence for what the model assigned; None where it assigned nothing or gave none."""
        wanted = comment * self.n_rows + row
        at = int(np.searchsorted(self.places, wanted))
        if at == len(self.places) or self.places[at] != wanted or not self.assigned[at]:
            return None
        return Span(int(self.starts[at]), int(self.ends[at]))

    def only(self, mask: Bools) -> "EvidenceSpans":
        """The same for some of the comments.

        Args:
            mask: (n_comments,).
        """
        comment, row = np.divmod(self.places, self.n_rows)
        is_kept = mask[comment]
        number = np.cumsum(mask) - 1
        return replace(
            self,
            places=(number[comment] * self.n_rows + row)[is_kept],
            starts=self.starts[is_kept],
            ends=self.ends[is_kept],
            assigned=self.assigned[is_kept],
            marked=self.marked[is_kept],
        )


class _Part(NamedTuple):
    """The evidence in one block of labels."""

    places: Integers
    starts: Offsets
    ends: Offsets
    assigned: Bools
    marked: Bools


class EvidenceReader:
    """Keeps the evidence of labels that are read block by block for another purpose.

    Args:
        comment_ids: the comments.
        keys: theme and position of the rows.
    """

    def __init__(self, comment_ids: "pd.Index[str]", keys: Sequence[Key]) -> None:
        self._comment_ids = comment_ids
        self._number = {key: place for place, key in enumerate(keys)}
        self._parts: list[_Part] = []

    def watch(
        self, labels: pd.DataFrame | Iterable[pd.DataFrame] | None
    ) -> Iterator[pd.DataFrame]:
        """The labels as they are, in blocks; what they show is kept."""
        start = 0
        for block in blocks_of(labels):
            start = self._keep(block, start)
            yield block

    def _keep(self, labels: pd.DataFrame, start: int) -> int:
        """Keep the evidence of a block whose comments are likely to begin at `start`; returns
        where those of the next one are.
        """
        comment, distinct_ids = pd.factorize(labels["comment_id"])
        row = rows_of(pd.Index(distinct_ids), self._comment_ids, start)
        pair, keys = number_keys(labels)
        column = np.array([self._number.get(key, -1) for key in keys], dtype=np.int64)
        starts = labels["evidence_start"].to_numpy(dtype=np.int32)
        has_place = (row[comment] >= 0) & (column[pair] >= 0)
        kept = np.flatnonzero((starts >= 0) & has_place)
        places = row[comment[kept]] * len(self._number) + column[pair[kept]]
        part = _Part(
            places,
            starts[kept],
            labels["evidence_end"].to_numpy(dtype=np.int32)[kept],
            labels["assigned"].to_numpy(dtype=bool)[kept],
            np.zeros(len(kept), dtype=np.bool_),
        )
        self._parts.append(part)
        return int(row.max(initial=start - 1)) + 1

    def spans(
        self, words: Sequence[MarkedWords] = (), texts: Mapping[str, str] | None = None
    ) -> EvidenceSpans:
        """The evidence of all blocks so far; where a reviewer marked words, these.

        Args:
            words: that reviewers marked.
            texts: of the comments of `words`, by id.
        """
        parts = (self._marked_part(words, texts or {}), *self._parts)
        columns = zip(*parts, strict=True)
        places, starts, ends, assigned, marked = map(np.concatenate, columns)
        # Of equal places the first is kept: what a reviewer marked.
        places, kept = np.unique(places, return_index=True)
        return EvidenceSpans(
            len(self._number),
            places,
            starts[kept],
            ends[kept],
            assigned[kept],
            marked[kept],
        )

    def _marked_part(
        self, words: Sequence[MarkedWords], texts: Mapping[str, str]
    ) -> _Part:
        """The words that reviewers marked for themes, and for the one position that they named."""
        places, starts, ends = [], [], []
        marked_ids = pd.Index([marked.comment_id for marked in words], dtype=object)
        rows = self._comment_ids.get_indexer(marked_ids)
        for row, marked in zip(rows.tolist(), words, strict=True):
            keys = {(marked.theme_id, ""), (marked.theme_id, marked.position_id)}
            for key in sorted(keys & self._number.keys()):
                if row >= 0:
                    span = one_passage(texts[marked.comment_id], marked.marks)
                    places.append(row * len(self._number) + self._number[key])
                    starts.append(span.start)
                    ends.append(span.end)
        given = np.ones(len(places), dtype=np.bool_)
        return _Part(
            np.array(places, dtype=np.int64),
            np.array(starts, dtype=np.int32),
            np.array(ends, dtype=np.int32),
            given,
            given,
        )


def one_passage(text: str, marks: Sequence[Span]) -> Span:
    """From the first marked words to the last, where that is short enough to quote; else the
    longest of them.
    """
    whole = Span(marks[0].start, marks[-1].end)
    if word_count(text[whole.start : whole.end]) <= MOST_WORDS_MARKED:
        return whole
    return max(marks, key=lambda mark: mark.end - mark.start)
