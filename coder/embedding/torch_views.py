"""Both views of texts in one pass through torch.

Imports torch: import this module only where a text is encoded.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from coder.embedding.packaged import TUNED_FROM
from coder.embedding.torch_layers import (
    Stem,
    read_layers,
    run_layers,
    sum_texts,
)
from coder.embedding.word_pieces import Run, runs_of

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors
    from coder.embedding.word_pieces import Pieces

N_LAYERS = 6
MOST_PIECES = 1024  # of a batch: its states stay in the processor's cache
MOST_PIECES_GPU = 32_768


class TorchViews:
    """The layers of both views.

    Args:
        stem: the layers that both share.
        weights: the packaged model's.
        tuned: the tuned last layers.
    """

    def __init__(self, stem: Stem, weights: Path, tuned: Path) -> None:
        numbers = range(TUNED_FROM, N_LAYERS)
        self._stem = stem
        self._plain = read_layers(load_file(weights), numbers, stem.arithmetic)
        self._opinion = read_layers(load_file(tuned), numbers, stem.arithmetic)

    def encode(self, texts: "Sequence[Pieces]") -> "tuple[Vectors, Vectors]":
        """The plain and the opinion vectors (n_texts, d) of a batch, sorted by length."""
        runs = runs_of([len(text) for text in texts])
        pieces = np.concatenate(texts)
        lacking = max(0, self._stem.arithmetic.fewest_pieces - len(pieces))
        with torch.inference_mode():
            filled = torch.from_numpy(np.pad(pieces, (0, lacking)))
            shared = self._stem(filled, runs)
            plain = run_layers(self._plain, shared, runs)
            opinion = run_layers(self._opinion, shared, runs)
            return _unit_means(plain, runs), _unit_means(opinion, runs)


def _unit_means(states: Tensor, runs: Sequence[Run]) -> "Vectors":
    """Mean over each text's word pieces, at length 1."""
    vectors = functional.normalize(sum_texts(states, runs), dim=-1)
    return vectors.cpu().numpy()
