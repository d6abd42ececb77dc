"""Two texts read together by the last layers of the packaged model: do they want the same?

Imports torch: import this module only where a pair is read.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

SHARED_LAYERS = 4  # run for each text alone, as published; those after are tuned
LONGEST = 64  # word pieces of a text that are read
BLOCKED = -1e4  # what attention to padding is lowered by
ANSWERS = 3  # for, against, neither


class PairLayers(nn.Module):
    """The tuned layers and their head.

    The word states of both texts, marked by a learned vector each, go through the layers
    together. The head sees the two means, their distance and their product.

    Args:
        published: the model's own layers, from the first tuned one on; they are copied.
    """

    def __init__(self, published: Any) -> None:
        super().__init__()
        self.layers = deepcopy(published)
        size = int(published[0].output.dense.out_features)
        self.marks = nn.Parameter(torch.randn(2, size) * 0.02)
        self.head = nn.Linear(4 * size, ANSWERS)

    def forward(
        self,
        first: Tensor,
        first_mask: Tensor,
        second: Tensor,
        second_mask: Tensor,
    ) -> Tensor:
        """(n, 3) log-odds up to a constant: for, against, neither.

        Args:
            first: (n, longest, d) states of the statements after the shared layers.
            first_mask: (n, longest) 1 for a word piece, 0 for padding.
            second: the same of the sentences.
        """
        states = torch.cat([first + self.marks[0], second + self.marks[1]], dim=1)
        mask = torch.cat([first_mask, second_mask], dim=1)
        states = run_layers(self.layers, states, mask)
        length = first.shape[1]
        u = _mean(states[:, :length], first_mask)
        v = _mean(states[:, length:], second_mask)
        answers: Tensor = self.head(torch.cat([u, v, (u - v).abs(), u * v], dim=-1))
        return answers


def run_layers(layers: Any, states: Tensor, mask: Tensor) -> Tensor:
    """The states (n, longest, d) after some layers of the model."""
    blocked = (1.0 - mask)[:, None, None, :] * BLOCKED
    for layer in layers:
        output = layer(states, blocked)
        states = output[0] if isinstance(output, tuple) else output
    return states


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over a text's word pieces: (n, longest, d) and (n, longest) to (n, d)."""
    states = states.float()
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


def read_shared_layers(model: Any, tokenizer: Any, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """The word states (n, longest, d) of texts after the shared layers, and their mask."""
    tokens = tokenizer(
        list(texts),
        padding=True,
        truncation=True,
        max_length=LONGEST,
        return_tensors="pt",
    )
    mask = tokens["attention_mask"].float()
    with torch.inference_mode():
        states = model.embeddings(
            input_ids=tokens["input_ids"],
            token_type_ids=tokens.get("token_type_ids"),
        )
        states = run_layers(model.encoder.layer[:SHARED_LAYERS], states, mask)
    return states, mask


def drop_padding(states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The same without the padding that none of the texts needs."""
    longest = int(mask.sum(dim=1).max())
    return states[:, :longest], mask[:, :longest]
