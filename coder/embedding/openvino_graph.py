"""The packaged model with both views as a graph for OpenVINO, made from the installed weights.

Imports openvino: import this module only where a text is encoded.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from openvino import opset13 as ops
from safetensors.numpy import load_file

from coder.embedding.packaged import TUNED_FROM

HEADS = 12
N_LAYERS = 6
NORM_EPSILON = 1e-12  # as published
BLOCKED = 1e9  # what attention to padding is lowered by
LAST = np.array([-1], dtype=np.int64)
ACROSS_PIECES = np.array([1], dtype=np.int64)
HEADS_FIRST = np.array([0, 2, 1, 3], dtype=np.int64)

Weights = Mapping[str, Any]


def make_graph(weights: Path, tuned: Path) -> Any:
    """A model of two inputs, word pieces (n_texts, longest) int32 and their mask float32, and two
    outputs, the plain and the opinion vectors (n_texts, d) of length 1.

    Args:
        weights: the file of the packaged model.
        tuned: the file of its layers tuned for opinions.
    """
    published = _as_float32(weights)
    layers = _as_float32(tuned)
    pieces = ops.parameter([-1, -1], np.int32, name="pieces")
    mask = ops.parameter([-1, -1], np.float32, name="mask")
    blocked = ops.multiply(
        ops.subtract(mask, np.float32(1)),
        np.float32(BLOCKED),
    )
    blocked = ops.unsqueeze(blocked, np.array([1, 2], dtype=np.int64))
    shared = _stem(published, pieces)
    for number in range(TUNED_FROM):
        shared = _layer(
            published,
            number,
            shared,
            blocked,
        )
    plain = opinion = shared
    for number in range(TUNED_FROM, N_LAYERS):
        plain = _layer(
            published,
            number,
            plain,
            blocked,
        )
        opinion = _layer(
            layers,
            number,
            opinion,
            blocked,
        )
    views = [_unit_means(plain, mask), _unit_means(opinion, mask)]
    return openvino.Model(
        views,
        [pieces, mask],
        "two_views",
    )


def _as_float32(path: Path) -> Weights:
    weights = {}
    for name, value in load_file(path).items():
        weights[name] = value.astype(np.float32)
    return weights


def _stem(weights: Weights, pieces: Any) -> Any:
    """States of word pieces before the first layer."""
    start = "embeddings."
    first = np.int64(0)
    places = weights[f"{start}position_embeddings.weight"]
    places = places + weights[f"{start}token_type_embeddings.weight"][0]
    length = ops.gather(ops.shape_of(pieces), np.int64(1), first)
    numbers = ops.range(
        first,
        length,
        np.int64(1),
        output_type="i64",
    )
    states = ops.add(
        ops.gather(weights[f"{start}word_embeddings.weight"], pieces, first),
        ops.gather(places, numbers, first),
    )
    return _norm(weights, f"{start}LayerNorm", states)


def _layer(weights: Weights, number: int, states: Any, blocked: Any) -> Any:
    start = f"encoder.layer.{number}."
    read = [f"{start}attention.self.{part}" for part in ("query", "key", "value")]
    parts = ops.split(
        _linear(weights, read, states),
        np.int64(-1),
        3,
    )
    heads = [_apart(part) for part in parts.outputs()]
    attended = ops.scaled_dot_product_attention(*heads, blocked)
    attended = ops.transpose(attended, HEADS_FIRST)
    together = np.array([0, 0, -1], dtype=np.int64)
    attended = ops.reshape(attended, together, special_zero=True)
    output = f"{start}attention.output"
    states = ops.add(_linear(weights, [f"{output}.dense"], attended), states)
    states = _norm(weights, f"{output}.LayerNorm", states)
    raised = _linear(weights, [f"{start}intermediate.dense"], states)
    changed = _linear(weights, [f"{start}output.dense"], ops.gelu(raised, "erf"))
    return _norm(weights, f"{start}output.LayerNorm", ops.add(changed, states))


def _linear(weights: Weights, names: Sequence[str], states: Any) -> Any:
    """The product with weights, and a bias; several weights give results side by side."""
    matrix = np.concatenate([weights[f"{name}.weight"] for name in names])
    bias = np.concatenate([weights[f"{name}.bias"] for name in names])
    return ops.add(
        ops.matmul(
            states,
            matrix,
            transpose_a=False,
            transpose_b=True,
        ),
        bias,
    )


def _apart(part: Any) -> Any:
    """(n_texts, longest, d) as (n_texts, n_heads, longest, d / n_heads)."""
    shape = np.array([0, 0, HEADS, -1], dtype=np.int64)
    return ops.transpose(ops.reshape(part, shape, special_zero=True), HEADS_FIRST)


def _norm(weights: Weights, name: str, states: Any) -> Any:
    even = ops.mvn(
        states,
        LAST,
        True,
        NORM_EPSILON,
        "inside_sqrt",
    )
    scaled = ops.multiply(even, weights[f"{name}.weight"])
    return ops.add(scaled, weights[f"{name}.bias"])


def _unit_means(states: Any, mask: Any) -> Any:
    """The mean over a text's word pieces, at length 1; the sum has the same direction."""
    counted = ops.multiply(states, ops.unsqueeze(mask, np.int64(2)))
    sums = ops.reduce_sum(counted, ACROSS_PIECES)
    return ops.normalize_l2(
        sums,
        ACROSS_PIECES,
        1e-24,
        "max",
    )
