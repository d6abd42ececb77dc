"""Two texts read together by the tuned layers: do their authors want the same?

Imports torch: import this module only where a pair is read.
"""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from coder.embedding.torch_layers import Layer, Stem, run_layers
from coder.embedding.word_pieces import runs_of

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors
    from coder.embedding.word_pieces import Pieces


class TextStates(NamedTuple):
    """The states of some texts after the shared layers, laid end to end."""

    states: Tensor  # float32 (n_pieces, d)
    starts: list[int]  # (n_texts,) where each text begins
    lengths: list[int]  # (n_texts,) its word pieces

    @classmethod
    def of_batches(
        cls, batches: Sequence[Any], order: Sequence[int], lengths: list[int]
    ) -> "TextStates":
        """The states of batches that hold the texts in another order."""
        in_order = [lengths[row] for row in order]
        starts = [0] * len(lengths)
        ends = accumulate(in_order)
        for row, length, end in zip(order, in_order, ends, strict=True):
            starts[row] = end - length
        return cls(torch.cat(list(batches)), starts, lengths)

    def places(self, text: int) -> "Pieces":
        """Where the states of a text are."""
        start = self.starts[text]
        return np.arange(start, start + self.lengths[text])


class PairLayers:
    """The tuned layers and their head.

    The states of both texts, marked by a learned vector each, go through the layers together. The
    head sees the two means, their distance and their product.
    """

    def __init__(self, stem: Stem, tuned: Path) -> None:
        arithmetic = stem.arithmetic
        weights = load_file(tuned)
        self._stem = stem
        self._layers = [
            Layer(weights, f"layers.{number}.", arithmetic) for number in (0, 1)
        ]
        device = arithmetic.device
        self._marks = weights["marks"].float().to(device)
        self._head = weights["head.weight"].float().to(device)
        self._head_bias = weights["head.bias"].float().to(device)
        self.most_pieces = arithmetic.most_pieces

    def share(self, texts: "Sequence[Pieces]") -> Tensor:
        """(n_pieces, d) states of texts after the shared layers."""
        pieces = self._fill(np.concatenate(texts))
        runs = runs_of([len(text) for text in texts])
        with torch.inference_mode():
            return self._stem(torch.from_numpy(pieces), runs)[: runs[-1].end]

    def _fill(self, numbers: "Pieces") -> "Pieces":
        """The same with zeros to the least size of a batch."""
        fewest = self._stem.arithmetic.fewest_pieces
        return np.pad(numbers, (0, max(0, fewest - len(numbers))))

    def read(self, texts: TextStates, pairs: Sequence[tuple[int, int]]) -> "Vectors":
        """float32 (n_pairs, 3) probabilities: for, against, neither.

        Args:
            pairs: rows of the statement and of the sentence among the texts.
        """
        sides = [texts.places(text) for pair in pairs for text in pair]
        sizes = np.array([len(side) for side in sides])
        owner = np.repeat(np.arange(len(sides)), sizes)
        lengths = (sizes[0::2] + sizes[1::2]).tolist()
        places = self._fill(np.concatenate(sides))
        marks = self._fill(owner % 2)
        device = self._marks.device
        with torch.inference_mode():
            states = texts.states[torch.from_numpy(places).to(device)]
            states += self._marks[torch.from_numpy(marks).to(device)]
            states = run_layers(self._layers, states, runs_of(lengths))
            sums = states.new_zeros(len(sides), states.shape[1])
            owners = torch.from_numpy(owner).to(device)
            sums.index_add_(0, owners, states[: len(owner)])
            means = sums / torch.from_numpy(sizes).to(device)[:, None]
            return self._answer(means[0::2], means[1::2])

    def _answer(self, one: Tensor, two: Tensor) -> "Vectors":
        """Probabilities by the means of the states of both texts."""
        seen = torch.cat([one, two, (one - two).abs(), one * two], dim=-1)
        logits = functional.linear(seen, self._head, self._head_bias)
        return logits.softmax(dim=-1).cpu().numpy()
