"""The first two passes over blocks of texts: count what adds up, then score with the totals.

Both are pure functions of a block and of what all blocks share, so they may be computed in other
processes. What a later pass needs of a block is kept in a store that all workers see.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.blocks import BlockStore, PreparedBlock, TextBlock
from coder.coding.comments import (
    Floats32,
    Integers,
    choose_view,
    prepare_comments,
)
from coder.coding.keyword_hits import KeywordPlaces, find_keywords
from coder.coding.language import ForeignComments, find_foreign
from coder.coding.neighbours import Candidates, Neighbours, find_neighbours
from coder.coding.subjects import Subject
from coder.coding.term_counts import DocumentCounts, TermCounts, count_runs
from coder.coding.vector_likeness import beyond_shared, score_likeness
from coder.coding.wording import count_stems, score_terms
from coder.embedding import Embedder

Floats = NDArray[np.float64]


class Scorer(NamedTuple):
    """How texts are scored: the same for comments and for texts that teach."""

    embedder: Embedder
    language: str
    opinion: bool
    seed: int


class CountInputs(NamedTuple):
    """What every block needs to be counted. t subjects."""

    scorer: Scorer
    subjects: tuple[Subject, ...]  # (t)
    # (t) of each subject, its own or those taken from its name and definition.
    keywords: tuple[tuple[str, ...], ...]
    store: BlockStore


class BlockCounts(NamedTuple):
    """What a block adds to the totals, and its arrays by text. b texts, t subjects.

    Attributes:
        likeness: (b, t) in meaning, beyond what a text shares with every subject.
        prominence: (b, t) standard deviations above the text's mean over subjects.
        uses: (u, 2) row and keyword, each pair once.
        stems: in how many texts each stem is.
        runs: in how many texts each run of characters is.
        long_texts: texts that were read sentence by sentence only.
        vector_sum: (d,) of the vectors of whole texts.
        foreign: texts in another language.
    """

    likeness: Floats32
    prominence: Floats32
    uses: Integers
    stems: DocumentCounts
    runs: DocumentCounts
    long_texts: int
    vector_sum: Floats
    foreign: ForeignComments

    def values(self) -> dict[str, Any]:
        """Arrays and plain values by name, from which `of_values` makes the same."""
        values = self._asdict()
        for name in ("stems", "runs", "foreign"):
            for field, value in values.pop(name)._asdict().items():
                values[f"{name}.{field}"] = value
        return values

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> "BlockCounts":
        """The counts of `values`."""
        fields: dict[str, Any] = {}
        parts: dict[str, dict[str, Any]] = {"stems": {}, "runs": {}, "foreign": {}}
        for name, value in values.items():
            part, _, field = name.partition(".")
            if field:
                parts[part][field] = value
            else:
                fields[name] = value
        return cls(
            **fields,
            stems=DocumentCounts(**parts["stems"]),
            runs=DocumentCounts(**parts["runs"]),
            foreign=ForeignComments(**parts["foreign"]),
        )


def count_block(block: TextBlock, inputs: CountInputs) -> dict[str, Any]:
    """Cut, encode and count the texts of a block, and keep what later passes need.

    Returns:
        The values of its `BlockCounts`.
    """
    scorer = inputs.scorer
    comments = prepare_comments(block.texts, scorer.embedder, scorer.language)
    likeness = score_likeness(
        comments,
        inputs.subjects,
        inputs.keywords,
        scorer.embedder,
        opinion=scorer.opinion,
    )
    hits = find_keywords(comments, inputs.keywords, scorer.language)
    stems = count_stems(comments.words)
    vectors = choose_view(comments.vectors, scorer.opinion).astype(np.float16)
    prepared = PreparedBlock(
        sentences=_as_pairs(comments.sentences),
        owner=comments.owner.astype(np.int32),
        vectors=vectors,
        sentence_fit=likeness.sentence,
        hits=_columns_of(hits.places),
        stems=stems,
    )
    inputs.store.put(block.number, prepared)
    counts = BlockCounts(
        likeness=beyond_shared(likeness, len(inputs.subjects)),
        prominence=likeness.prominence,
        uses=hits.uses,
        stems=stems.document_counts(),
        runs=count_runs(block.texts).document_counts(),
        long_texts=int(comments.is_long.sum()),
        vector_sum=vectors.sum(axis=0, dtype=np.float64),
        foreign=find_foreign(block.texts, scorer.language),
    )
    return counts.values()


def _columns_of(places: KeywordPlaces) -> NDArray[np.int32]:
    """(h, 4) row, subject, begin and end of each hit."""
    columns = (places.rows, places.subjects, places.starts, places.ends)
    return np.column_stack(columns).astype(np.int32)


def _as_pairs(spans: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    return np.array(spans, dtype=np.int32).reshape(-1, 2)


class ScoreInputs(NamedTuple):
    """What every block needs to be scored. t subjects."""

    subject_stems: TermCounts
    subject_runs: TermCounts
    stems: DocumentCounts  # of all texts and subjects
    runs: DocumentCounts
    candidates: Candidates | None  # among which neighbours are looked for
    first_rows: Mapping[int, int]  # by number of the block, row of its first text
    store: BlockStore


class BlockScores(NamedTuple):
    """Scores of a block that need the totals. b texts, t subjects."""

    wording: Floats32  # (b, t) cosines over stems
    spelling: Floats32  # (b, t) cosines over runs of characters
    neighbours: Neighbours | None


def score_block(block: TextBlock, inputs: ScoreInputs) -> BlockScores:
    """Score the wording of a block's texts with the totals, and find their neighbours."""
    prepared = inputs.store.get(block.number)
    neighbours = None
    if inputs.candidates is not None:
        first = inputs.first_rows[block.number]
        vectors = prepared.vectors.astype(np.float32)
        neighbours = find_neighbours(first, vectors, inputs.candidates)
    return BlockScores(
        wording=score_terms(
            prepared.stems,
            inputs.subject_stems,
            inputs.stems,
        ),
        spelling=score_terms(
            count_runs(block.texts),
            inputs.subject_runs,
            inputs.runs,
        ),
        neighbours=neighbours,
    )
