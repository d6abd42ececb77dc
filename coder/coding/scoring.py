"""What speaks for each subject in each text: the passes over blocks, and what they add up to."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.blocks import BlockStore, TextBlock, rows_by_block
from coder.coding.comments import Floats32, Integers
from coder.coding.keyword_hits import KeywordHits, no_places, number_keywords
from coder.coding.language import ForeignComments
from coder.coding.neighbours import (
    Candidates,
    Neighbours,
    blend_with_neighbours,
    choose_candidates,
)
from coder.coding.passes import (
    BlockCounts,
    BlockScores,
    CountInputs,
    ScoreInputs,
    Scorer,
    count_block,
    score_block,
)
from coder.coding.signals import (
    Signals,
    Signs,
    combine_signs,
    fill_keywords,
    has_no_keywords,
)
from coder.coding.subjects import Subject
from coder.coding.term_counts import DocumentCounts, add_up_counts
from coder.coding.wording import (
    FEWEST_WITH_RUN,
    count_subject_runs,
    count_subject_stems,
)
from coder.engine import PLAIN_LOOP, Engine, Failure, Progress, map_blocks, silent
from coder.engine.checkpoints import KeptBlocks

Floats = NDArray[np.float64]
WAITING = 50  # blocks whose counts are added up together


class Workplace(NamedTuple):
    """Where blocks are computed, and where they are kept."""

    store: BlockStore
    engine: Engine = PLAIN_LOOP
    progress: Progress = silent
    # Counts of blocks that an interrupted run has finished, and of those that this one does.
    counts: KeptBlocks | None = None

    def beside(self, name: str) -> "Workplace":
        """The same with an empty store."""
        return self._replace(store=self.store.beside(name), counts=None)

    def map_blocks(
        self,
        function: Callable[..., Any],
        blocks: Sequence[Any],
        shared: Any,
        what: str,
        failures: list[Failure] | None = None,
        kept: KeptBlocks | None = None,
    ) -> Any:
        """Each block with its result, in their order."""
        return map_blocks(
            function,
            blocks,
            self.engine,
            shared=shared,
            failures=failures,
            kept=kept,
            progress=self.progress,
            what=what,
        )


class CountedTexts(NamedTuple):
    """Texts after the first pass, and what their blocks add up to. n texts, t subjects.

    Attributes:
        blocks: without the texts that could not be read.
        likeness: (n, t); see `BlockCounts`.
        prominence: (n, t); the same.
        hits: keywords in the texts.
        stems: in how many texts each stem is.
        runs: in how many texts each run of characters is.
        long_texts: of each block.
        vector_sums: (blocks, d) of the vectors of whole texts.
        foreign: of each block.
    """

    blocks: list[TextBlock]
    likeness: Floats32
    prominence: Floats32
    hits: KeywordHits
    stems: DocumentCounts
    runs: DocumentCounts
    long_texts: list[int]
    vector_sums: Floats
    foreign: list[ForeignComments]

    @property
    def texts(self) -> list[str]:
        """(n) those that were read."""
        return [text for block in self.blocks for text in block.texts]


def count_texts(
    blocks: Sequence[TextBlock],
    subjects: Sequence[Subject],
    scorer: Scorer,
    place: Workplace,
    unread: list[Failure] | None = None,
) -> CountedTexts:
    """The first pass: cut, encode and count.

    Args:
        unread: receives the texts that cannot be read; they are left out.

    Raises:
        CoderError: a text cannot be read, and `unread` is None.
    """
    keywords = fill_keywords(subjects, scorer.language)
    inputs = CountInputs(scorer, tuple(subjects), keywords, place.store)
    counted = place.map_blocks(
        count_block,
        blocks,
        inputs,
        "Reading comments",
        failures=unread,
        kept=place.counts,
    )
    kept: list[TextBlock] = []
    totals = _Totals()
    for block, values in counted:
        kept.append(block)
        totals.add(BlockCounts.of_values(values))
    return CountedTexts(
        blocks=kept,
        likeness=_rows_together(totals.likeness, len(subjects)),
        prominence=_rows_together(totals.prominence, len(subjects)),
        hits=_join_hits(kept, totals.uses, keywords),
        stems=add_up_counts(totals.stems),
        runs=add_up_counts(totals.runs),
        long_texts=totals.long_texts,
        vector_sums=np.array(totals.vector_sums),
        foreign=totals.foreign,
    )


class _Totals:
    """What the blocks gave, in their order."""

    def __init__(self) -> None:
        self.likeness: list[Floats32] = []
        self.prominence: list[Floats32] = []
        self.uses: list[Integers] = []
        self.stems: list[DocumentCounts] = []
        self.runs: list[DocumentCounts] = []
        self.long_texts: list[int] = []
        self.vector_sums: list[Floats] = []
        self.foreign: list[ForeignComments] = []

    def add(self, counts: BlockCounts) -> None:
        """Take in the counts of the next block."""
        self.likeness.append(counts.likeness)
        self.prominence.append(counts.prominence)
        self.uses.append(counts.uses)
        self.stems = _add_counts(self.stems, counts.stems)
        self.runs = _add_counts(self.runs, counts.runs)
        self.long_texts.append(counts.long_texts)
        self.vector_sums.append(counts.vector_sum)
        self.foreign.append(counts.foreign)


def _add_counts(
    blocks: list[DocumentCounts], counts: DocumentCounts
) -> list[DocumentCounts]:
    """One more; many are added up, so that they take no more room than their total."""
    blocks = [*blocks, counts]
    if len(blocks) > WAITING:
        return [add_up_counts(blocks)]
    return blocks


def _rows_together(parts: Sequence[Floats32], columns: int) -> Floats32:
    if not parts:
        return np.zeros((0, columns), dtype=np.float32)
    return np.concatenate(parts)


def _join_hits(
    blocks: Sequence[TextBlock],
    uses: Sequence[Integers],
    keywords: Sequence[Sequence[str]],
) -> KeywordHits:
    """The keywords of all blocks; where they stand stays with the blocks."""
    rows = rows_by_block(blocks)
    shifted = []
    for block, own in zip(blocks, uses, strict=True):
        shifted.append(own + np.array([rows[block.number].start, 0]))
    n = sum(map(len, blocks))
    numbers = number_keywords(keywords)
    owner = np.array([group for group, _ in numbers], dtype=np.int64)
    together = np.concatenate([np.zeros((0, 2), dtype=np.int64), *shifted])
    cells = together[:, 0] * len(keywords) + owner[together[:, 1]]
    distinct = np.bincount(cells, minlength=n * len(keywords))
    return KeywordHits(
        distinct=distinct.reshape(n, len(keywords)).astype(np.float32),
        places=no_places(),
        keywords=tuple(keyword for _, keyword in numbers),
        owner=owner,
        uses=together,
    )


class ScoredTexts(NamedTuple):
    """Texts after the second pass. n texts, t subjects."""

    counted: CountedTexts
    signals: Signals
    blended: (
        Floats  # (n, t) scores with those of the nearest texts; or the scores alone
    )


def score_texts(
    counted: CountedTexts,
    subjects: Sequence[Subject],
    scorer: Scorer,
    place: Workplace,
    *,
    blend: bool = True,
) -> ScoredTexts:
    """The second pass: score with the totals.

    Args:
        counted: the texts after the first pass, with the same subjects.
        blend: blend scores with those of the nearest texts.
    """
    keywords = fill_keywords(subjects, scorer.language)
    stems = count_subject_stems(subjects, keywords, scorer.language)
    runs = count_subject_runs(subjects, keywords)
    all_runs = add_up_counts([counted.runs, runs.document_counts()])
    candidates = None
    if blend:
        candidates = _candidates(counted, place.store)
    inputs = ScoreInputs(
        subject_stems=stems,
        subject_runs=runs,
        stems=add_up_counts([counted.stems, stems.document_counts()]),
        runs=all_runs.in_texts(FEWEST_WITH_RUN),
        candidates=candidates,
        first_rows=_first_rows(counted.blocks),
        store=place.store,
    )
    parts: list[BlockScores] = []
    for _, scores in place.map_blocks(
        score_block, counted.blocks, inputs, "Scoring comments"
    ):
        parts.append(scores)
    t = len(subjects)
    signs = Signs(
        likeness=counted.likeness,
        prominence=counted.prominence,
        wording=_rows_together([part.wording for part in parts], t),
        spelling=_rows_together([part.spelling for part in parts], t),
        hits=counted.hits,
    )
    signals = combine_signs(signs, has_no_keywords(subjects))
    blended = signals.score.astype(np.float64)
    neighbours = _join_neighbours(parts)
    if candidates is not None and neighbours is not None:
        blended = blend_with_neighbours(blended, candidates.rows, neighbours)
    return ScoredTexts(counted, signals, blended)


def _first_rows(blocks: Sequence[TextBlock]) -> dict[int, int]:
    return {number: rows.start for number, rows in rows_by_block(blocks).items()}


def _candidates(counted: CountedTexts, store: BlockStore) -> Candidates:
    rows = choose_candidates(counted.texts)
    return Candidates(rows, gather_vectors(counted.blocks, rows, store))


def gather_vectors(
    blocks: Sequence[TextBlock],
    rows: Integers,
    store: BlockStore,
) -> Floats32:
    """(len(rows), d) the vectors of some texts.

    Args:
        rows: of the texts of all blocks, in any order.
    """
    parts: list[Floats32] = []
    places: list[Integers] = []
    for number, own in rows_by_block(blocks).items():
        here = np.flatnonzero((rows >= own.start) & (rows < own.stop))
        if len(here):
            vectors = store.vectors(number)[rows[here] - own.start]
            parts.append(vectors.astype(np.float32))
            places.append(here)
    if not parts:
        first = store.vectors(blocks[0].number)
        return np.zeros((0, first.shape[1]), dtype=np.float32)
    together = np.concatenate(parts)
    ordered = np.empty_like(together)
    ordered[np.concatenate(places)] = together
    return ordered


def _join_neighbours(parts: Sequence[BlockScores]) -> Neighbours | None:
    of_blocks = [part.neighbours for part in parts if part.neighbours is not None]
    if not of_blocks:
        return None
    return Neighbours(
        places=np.concatenate([part.places for part in of_blocks]),
        weight=np.concatenate([part.weight for part in of_blocks]),
    )
