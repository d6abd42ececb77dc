"""Texts to vectors: the protocol of embedders, the encoders to choose from, the cache on disk."""

from coder.embedding.cache import CachedEmbedder
from coder.embedding.distinct import DistinctEncoder, DistinctViews, distinct_views
from coder.embedding.encoders import (
    DEFAULT_ENCODER,
    ENCODERS,
    FAST_ENCODER,
    EncoderChoice,
    embedder_of,
    make_embedder,
)
from coder.embedding.openvino_encoder import OpenVINOEncoder
from coder.embedding.packaged import packaged_model
from coder.embedding.protocol import (
    Embedder,
    PairReader,
    TextPair,
    TwoViewEmbedder,
    Views,
    offers_opinion,
    pair_reader,
    views_of,
)
from coder.embedding.reference import ReferenceEncoder
from coder.embedding.torch_encoder import TorchEncoder

__all__ = [
    "DEFAULT_ENCODER",
    "ENCODERS",
    "FAST_ENCODER",
    "CachedEmbedder",
    "DistinctEncoder",
    "DistinctViews",
    "Embedder",
    "EncoderChoice",
    "OpenVINOEncoder",
    "PairReader",
    "ReferenceEncoder",
    "TextPair",
    "TorchEncoder",
    "TwoViewEmbedder",
    "Views",
    "distinct_views",
    "embedder_of",
    "make_embedder",
    "offers_opinion",
    "packaged_model",
    "pair_reader",
    "views_of",
]
