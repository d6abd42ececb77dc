"""The third pass over blocks of comments: evidence, and the table of labels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coder.coding.blocks import BLOCK, BlockStore
from coder.coding.comments import Bools, Floats32
from coder.coding.evidence import find_evidence
from coder.coding.labels import Item, ItemLabels, labels_table
from coder.embedding import Embedder

if TYPE_CHECKING:
    import pandas as pd

Finish = Callable[["pd.DataFrame"], Any]


@dataclass(frozen=True)
class LabelBlock:
    """Comments that follow each other, with what was answered of them. b comments.

    Attributes:
        number: of the block, from 0.
        ids: (b).
        texts: (b).
        answers: (b, k).
    """

    number: int
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    answers: ItemLabels

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, row: int) -> str:
        return self.ids[row]


class LabelInputs(NamedTuple):
    """What every block needs. t themes, k themes and positions."""

    items: tuple[Item, ...]  # (k)
    version: str  # of the codebook
    automatic: Bools  # (t,)
    theme_vectors: Floats32  # (t, d) that clauses are compared with
    shown_from: float  # probability of a theme from which it gets evidence
    embedder: Embedder
    store: BlockStore
    finish: Finish | None = None


def cut_labels(
    ids: Sequence[str],
    texts: Sequence[str],
    answers: ItemLabels,
) -> Iterator[LabelBlock]:
    """The comments in the blocks of the first pass."""
    for number, start in enumerate(range(0, len(ids), BLOCK)):
        rows = slice(start, start + BLOCK)
        yield LabelBlock(
            number=number,
            ids=tuple(ids[rows]),
            texts=tuple(texts[rows]),
            answers=ItemLabels(answers.probability[rows], answers.assigned[rows]),
        )


def label_block(block: LabelBlock, inputs: LabelInputs) -> Any:
    """`tables.LABELS` of a block, or what `finish` makes of them."""
    is_theme = np.array([not item.position_id for item in inputs.items])
    probability = block.answers.probability[:, is_theme]
    shown = block.answers.assigned[:, is_theme] | (probability >= inputs.shown_from)
    evidence = find_evidence(
        block.texts,
        inputs.store.get(block.number),
        inputs.automatic,
        shown,
        inputs.theme_vectors,
        inputs.embedder,
    )
    labels = labels_table(
        block.ids,
        block.texts,
        inputs.items,
        block.answers,
        evidence,
        inputs.version,
    )
    if inputs.finish is not None:
        return inputs.finish(labels)
    return labels
