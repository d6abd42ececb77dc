"""What decisions teach, brought to all comments: a pass over blocks between scoring and labels."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.blocks import BlockStore, rows_by_block
from coder.coding.comments import Floats32, Integers
from coder.coding.features import (
    FITTED_ON,
    WordingComponents,
    feature_sums,
    fit_wording_components,
    no_components,
    regression_features,
)
from coder.coding.learning import (
    LearnedModel,
    LearningResult,
    TrainingArrays,
    learn_from,
)
from coder.coding.regression import one_thread
from coder.coding.scoring import CountedTexts, Workplace, gather_vectors

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PriorBlock:
    """Comments that follow each other, with their log-odds without decisions. b comments."""

    number: int
    texts: tuple[str, ...]  # (b)
    prior: Floats  # (b, t)

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, row: int) -> str:
        return self.texts[row]


class FeatureMaker(NamedTuple):
    """Makes what the regressions see of texts."""

    components: WordingComponents | None  # None: their wording is left out
    mean: Floats  # of each feature

    def of(self, vectors: Floats32, texts: tuple[str, ...]) -> Floats:
        """(n, d + k) features of texts with these vectors (n, d)."""
        components = _components_of(texts, self.components)
        return regression_features(vectors, components, self.mean)


class OddsInputs(NamedTuple):
    """What every block needs."""

    features: FeatureMaker
    model: LearnedModel
    store: BlockStore


def odds_block(block: PriorBlock, inputs: OddsInputs) -> Floats:
    """(b, t) log-odds of a block's comments after learning."""
    vectors = inputs.store.vectors(block.number).astype(np.float32)
    features = inputs.features.of(vectors, block.texts)
    return inputs.model.odds(block.prior, features)


def learn_odds(
    counted: CountedTexts,
    prior: Floats,
    training: TrainingArrays,
    place: Workplace,
    *,
    wording: bool,
    seed: int,
) -> LearningResult:
    """Blend the first guess with what decisions teach, for the comments that are coded.

    Rows that were learned from get their log-odds from a model that did not see them.

    Args:
        counted: the comments, then the texts that teach and are not among them.
        prior: (m, t) log-odds of all of them without decisions.
        wording: learn from the wording too; a handful of examples says nothing of it that the
            keywords do not.
    """
    features = _make_features(counted, place.store, wording=wording, seed=seed)
    rows = training.rows
    texts = counted.texts
    taught = features.of(
        gather_vectors(counted.blocks, rows, place.store),
        tuple(texts[row] for row in rows),
    )
    with one_thread():
        model = learn_from(prior[rows], taught, training, seed=seed)
    blocks = []
    for block, own in zip(
        counted.blocks, rows_by_block(counted.blocks).values(), strict=True
    ):
        blocks.append(PriorBlock(block.number, block.texts, prior[own]))
    inputs = OddsInputs(features, model, place.store)
    parts = place.map_blocks(odds_block, blocks, inputs, "Learning from decisions")
    odds = np.concatenate([part for _, part in parts])
    odds[rows] = model.taught_odds
    return LearningResult(odds, model.calibrated, model.learned_share)


def _make_features(
    counted: CountedTexts,
    store: BlockStore,
    *,
    wording: bool,
    seed: int,
) -> FeatureMaker:
    """Fitted on a sample of the texts, where they are many."""
    texts = counted.texts
    rows = _draw_sample(len(texts), seed)
    sample = tuple(texts[row] for row in rows)
    components = None
    if wording:
        components = fit_wording_components(sample, seed=seed)
    sums = feature_sums(
        gather_vectors(counted.blocks, rows, store),
        _components_of(sample, components),
    )
    return FeatureMaker(components, sums / len(rows))


def _components_of(
    texts: tuple[str, ...], components: WordingComponents | None
) -> Floats32:
    if components is None:
        return no_components(texts)
    return components.transform(texts)


def _draw_sample(n: int, seed: int) -> Integers:
    """Rows of some of n texts, ascending."""
    if n <= FITTED_ON:
        return np.arange(n)
    drawn = np.random.default_rng(seed).choice(n, FITTED_ON, replace=False)
    return np.sort(drawn)
