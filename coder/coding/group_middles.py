"""The middle of each theme's group in meaning, and how near texts are to it, block by block."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.blocks import BlockStore, TextBlock, rows_by_block
from coder.coding.comments import Floats32, Integers, choose_view
from coder.coding.group_evidence import Nearness
from coder.coding.groups import ThemeGroup
from coder.coding.passes import Scorer
from coder.coding.scoring import CountedTexts, Workplace, gather_vectors
from coder.embedding import views_of

Floats = NDArray[np.float64]

# Share of the comments that must have been grouped for the group to be judged by these alone.
MOSTLY_KNOWN = 0.5
LOWEST_STRENGTH = 0.05  # of a comment in the middle of its group
NO_ROWS: Integers = np.zeros(0, dtype=np.int64)


class _Members(NamedTuple):
    """The texts that show a group's middle. k texts, d dimensions."""

    rows: Integers  # (k,) ascending, each once
    weight: Floats32  # (k,)
    middle: Floats32  # (d,) sum of their vectors, less the comments' mean, at length 1, weighted


class _NearInputs(NamedTuple):
    """What every block needs."""

    groups: tuple[_Members, ...]
    mean: Floats32  # (d,) of the comments' vectors
    rows: Mapping[int, slice]  # by number of the block
    scorer: Scorer
    store: BlockStore


def measure_nearness(
    counted: CountedTexts,
    n: int,
    groups: Sequence[ThemeGroup],
    examples: Mapping[int, Integers],
    scorer: Scorer,
    place: Workplace,
) -> dict[int, Nearness]:
    """By column of the theme, how near each text is to the middle of its group.

    Args:
        n: how many of the texts are comments; they come first.
        examples: by column of the theme, rows of its examples. They stand for a group whose
            comments are not here.
    """
    mean = _mean_vector(counted, n)
    columns: list[int] = []
    middles: list[_Members] = []
    for group in groups:
        rows, strength = _show_middle(group, examples.get(group.column, NO_ROWS))
        if len(rows) and not group.is_pool:
            columns.append(group.column)
            middles.append(_find_middle(counted, rows, strength, mean, place.store))
    if not columns:
        return {}
    inputs = _NearInputs(
        groups=tuple(middles),
        mean=mean,
        rows=rows_by_block(counted.blocks),
        scorer=scorer,
        store=place.store,
    )
    parts = place.map_blocks(
        near_block, counted.blocks, inputs, "Comparing with groups"
    )
    nearness = [part for _, part in parts]
    whole = np.concatenate([part.whole for part in nearness])
    best = np.concatenate([part.best_sentence for part in nearness])
    by_column = {}
    for place_of_group, column in enumerate(columns):
        by_column[column] = Nearness(whole[:, place_of_group], best[:, place_of_group])
    return by_column


def _mean_vector(counted: CountedTexts, n: int) -> Floats32:
    """(d,) of the first n texts."""
    total = 0.0
    rows = rows_by_block(counted.blocks)
    for block, vectors in zip(counted.blocks, counted.vector_sums, strict=True):
        if rows[block.number].start < n:
            total = total + vectors
    return np.asarray(total / n, dtype=np.float32)


def _show_middle(group: ThemeGroup, examples: Integers) -> tuple[Integers, Floats]:
    rows, strength = group.members, group.strength
    if group.known < MOSTLY_KNOWN:
        rows = np.r_[rows, examples]
        strength = np.r_[strength, np.ones(len(examples))]
    return rows, strength


def _find_middle(
    counted: CountedTexts,
    rows: Integers,
    strength: Floats,
    mean: Floats32,
    store: BlockStore,
) -> _Members:
    order = np.argsort(rows)
    rows = rows[order]
    weight = np.clip(strength[order], LOWEST_STRENGTH, 1.0).astype(np.float32)
    vectors = gather_vectors(counted.blocks, rows, store)
    middle = weight @ _at_length_1(vectors - mean)
    return _Members(rows, weight, middle)


def near_block(block: TextBlock, inputs: _NearInputs) -> Nearness:
    """How near the texts of a block are to each group: arrays (b, g)."""
    prepared = inputs.store.get(block.number)
    whole = _at_length_1(prepared.vectors.astype(np.float32) - inputs.mean)
    sentences = _at_length_1(_sentence_vectors(block, inputs) - inputs.mean)
    rows = inputs.rows[block.number]
    near, best = [], []
    for group in inputs.groups:
        first, last = np.searchsorted(group.rows, (rows.start, rows.stop))
        own = group.rows[first:last] - rows.start
        parts = group.weight[first:last, None] * whole[own]
        without_own = np.tile(_at_length_1(group.middle), (len(whole), 1))
        without_own[own] = _at_length_1(group.middle - parts)
        of_whole = _cosines(without_own, whole)
        of_sentence = _cosines(without_own[prepared.owner], sentences)
        near.append(of_whole)
        best.append(_best_sentence(of_whole, of_sentence, prepared.owner))
    return Nearness(np.column_stack(near), np.column_stack(best))


def _sentence_vectors(block: TextBlock, inputs: _NearInputs) -> Floats32:
    """(m, d) of the sentences of a block's texts."""
    prepared = inputs.store.get(block.number)
    pieces = []
    for row, (start, end) in zip(
        prepared.owner.tolist(), prepared.sentences.tolist(), strict=True
    ):
        pieces.append(block.texts[row][start:end])
    views = views_of(inputs.scorer.embedder, pieces)
    return choose_view(views, inputs.scorer.opinion)


def _cosines(first: Floats32, second: Floats32) -> Floats32:
    """(k,) of each row of one with the same row of the other, both at length 1."""
    return np.asarray(np.einsum("kd,kd->k", first, second))


def _best_sentence(
    near: Floats32,
    of_sentence: Floats32,
    owner: NDArray[np.int32],
) -> Floats:
    """(b,) the best of each text's sentences; `near` for a text of one sentence or none."""
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
