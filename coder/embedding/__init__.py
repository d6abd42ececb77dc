"""Texts to vectors: the protocol of embedders, the encoders to choose from, the cache on disk."""

from coder.embedding.cache import CachedEmbedder
from coder.embedding.distinct import DistinctEncoder, DistinctViews, distinct_views
from coder.embedding.encoders import DEFAULT_ENCODER, ENCODERS, make_embedder
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
from coder.embedding.reference import ReferenceEncoder, packaged_model

__all__ = [
    "DEFAULT_ENCODER",
    "ENCODERS",
    "CachedEmbedder",
    "DistinctEncoder",
    "DistinctViews",
    "Embedder",
    "PairReader",
    "ReferenceEncoder",
    "TextPair",
    "TwoViewEmbedder",
    "Views",
    "distinct_views",
    "make_embedder",
    "offers_opinion",
    "packaged_model",
    "pair_reader",
    "views_of",
]
