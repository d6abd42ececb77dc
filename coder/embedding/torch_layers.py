"""The layers of BERT over the word pieces of many texts, laid end to end without padding.

A text's states do not depend on its neighbours: every step but attention looks at one word piece,
and attention at one text (Devlin et al. 2019, "BERT"). Imports torch: import this module only
where a text is encoded.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from coder.embedding.packaged import TUNED_FROM
from coder.embedding.word_pieces import Run

HEADS = 12
NORM_EPSILON = 1e-12  # as published
MOST_PIECES = 1024  # the states of a batch stay in the processor's cache
MOST_PIECES_GPU = 32_768
FEWEST_PIECES = 32

Weights = Mapping[str, Tensor]


class Arithmetic(NamedTuple):
    """Where and how precisely a model computes."""

    device: torch.device
    dtype: torch.dtype  # of the products; attention and norms stay float32

    @property
    def most_pieces(self) -> int:
        """Word pieces of a batch."""
        if self.device.type == "cpu":
            return MOST_PIECES
        return MOST_PIECES_GPU

    @property
    def fewest_pieces(self) -> int:
        """Word pieces that a batch is filled to, so that a text's vector does not depend on how
        many others there are: a product takes other steps for a few rows, and with lower precision
        for any other number of rows.
        """
        if self.dtype == torch.float32:
            return FEWEST_PIECES
        return self.most_pieces


class Linear:
    """A product with weights and a bias.

    Args:
        names: weights that are applied to the same states, and give their results side by side.
    """

    def __init__(
        self, weights: Weights, names: Sequence[str], arithmetic: Arithmetic
    ) -> None:
        matrices = [weights[f"{name}.weight"] for name in names]
        biases = [weights[f"{name}.bias"] for name in names]
        self._weight = torch.cat(matrices).to(*arithmetic)
        self._bias = torch.cat(biases).to(*arithmetic)

    def __call__(self, states: Tensor) -> Tensor:
        return functional.linear(
            states.to(self._weight.dtype), self._weight, self._bias
        )


class Norm:
    """The normalisation of each word piece's state, in float32."""

    def __init__(self, weights: Weights, name: str, device: torch.device) -> None:
        self._scale = weights[f"{name}.weight"].to(device, torch.float32)
        self._shift = weights[f"{name}.bias"].to(device, torch.float32)

    def __call__(self, states: Tensor) -> Tensor:
        return functional.layer_norm(
            states,
            self._scale.shape,
            self._scale,
            self._shift,
            NORM_EPSILON,
        )


class Layer:
    """One layer. Its weights are found by the start of their names."""

    def __init__(self, weights: Weights, start: str, arithmetic: Arithmetic) -> None:
        read = [f"{start}attention.self.{part}" for part in ("query", "key", "value")]
        self._read = Linear(weights, read, arithmetic)
        self._attended = Linear(weights, [f"{start}attention.output.dense"], arithmetic)
        self._up = Linear(weights, [f"{start}intermediate.dense"], arithmetic)
        self._down = Linear(weights, [f"{start}output.dense"], arithmetic)
        device = arithmetic.device
        self._first_norm = Norm(weights, f"{start}attention.output.LayerNorm", device)
        self._last_norm = Norm(weights, f"{start}output.LayerNorm", device)

    def __call__(self, states: Tensor, runs: Sequence[Run]) -> Tensor:
        """float32 (n_pieces, d) states after the layer."""
        attended = self._attended(attend(self._read(states).float(), runs))
        states = self._first_norm(attended.float().add_(states))
        raised = self._up(states)
        torch.ops.aten.gelu_(raised)  # in place: a new array of this size costs time
        changed = self._down(raised)
        return self._last_norm(changed.float().add_(states))


def attend(read: Tensor, runs: Sequence[Run]) -> Tensor:
    """What each word piece takes from the others of its text.

    Args:
        read: float32 (n_pieces, 3 d) queries, keys and values side by side; pieces after the
            last run are of no text.

    Returns:
        (n_pieces, d); 0 for pieces of no text.
    """
    width = read.shape[1] // 3
    attended = read.new_empty(len(read), width)
    attended[runs[-1].end :] = 0
    for run in runs:
        pieces = slice(run.start, run.end)
        shape = (run.n_texts, run.length, 3, HEADS, width // HEADS)
        queries, keys, values = read[pieces].view(shape).permute(2, 0, 3, 1, 4)
        result = functional.scaled_dot_product_attention(queries, keys, values)
        attended[pieces].view(run.n_texts, run.length, HEADS, -1).copy_(
            result.transpose(1, 2)
        )
    return attended


class Stem:
    """Word pieces to states, and the layers that all views share."""

    def __init__(self, weights: Weights, n_layers: int, arithmetic: Arithmetic) -> None:
        device = arithmetic.device
        self.arithmetic = arithmetic
        self._pieces = weights["embeddings.word_embeddings.weight"].to(device)
        places = weights["embeddings.position_embeddings.weight"]
        kinds = weights["embeddings.token_type_embeddings.weight"]
        self._places = (places + kinds[0]).to(device)
        self._norm = Norm(weights, "embeddings.LayerNorm", device)
        self._layers = read_layers(weights, range(n_layers), arithmetic)

    def __call__(self, pieces: Tensor, runs: Sequence[Run]) -> Tensor:
        """float32 (n_pieces, d) states of word pieces (n_pieces,) after the shared layers."""
        places = torch.zeros(len(pieces), dtype=torch.int64)
        for run in runs:
            in_text = torch.arange(run.length).repeat(run.n_texts)
            places[run.start : run.end] = in_text
        device = self.arithmetic.device
        states = self._pieces[pieces.to(device)]
        states += self._places[places.to(device)]
        return run_layers(self._layers, self._norm(states), runs)


def read_stem(weights: Path, arithmetic: Arithmetic) -> Stem:
    """The packaged model's layers that all views share, from the file of its weights."""
    return Stem(load_file(weights), TUNED_FROM, arithmetic)


def read_layers(
    weights: Weights, numbers: Sequence[int], arithmetic: Arithmetic
) -> list[Layer]:
    """Some layers of the model, by their numbers."""
    return [
        Layer(weights, f"encoder.layer.{number}.", arithmetic) for number in numbers
    ]


def run_layers(layers: Sequence[Layer], states: Tensor, runs: Sequence[Run]) -> Tensor:
    """The states (n_pieces, d) after some layers."""
    for layer in layers:
        states = layer(states, runs)
    return states


def sum_texts(states: Tensor, runs: Sequence[Run]) -> Tensor:
    """(n_texts, d) sums of the states of each text's word pieces."""
    sums = []
    for run in runs:
        pieces = states[run.start : run.end]
        sums.append(pieces.view(run.n_texts, run.length, -1).sum(dim=1))
    return torch.cat(sums)
