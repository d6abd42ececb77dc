"""Vectors of single words: the table that the packaged model begins with, read without the model.

Words that stand in like sentences have vectors near each other. Reading them takes no PyTorch, and
gives the same numbers everywhere, so what is made from them can be made again.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from coder.embedding.packaged import DIMENSIONS, packaged_model, published_weights

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors

TABLE = "embeddings.word_embeddings.weight"


def word_vectors(words: Sequence[str]) -> "Vectors":
    """float32 (n_words, n_dimensions): the mean vector of each word's pieces, not of length 1.

    Raises:
        CoderError: the packaged model is not installed, or is not the published one.
    """
    import numpy as np

    table, tokenizer = _read_table(), _read_tokenizer()
    vectors = np.zeros((len(words), DIMENSIONS), dtype=np.float32)
    encodings = tokenizer.encode_batch(list(words), add_special_tokens=False)
    for place, encoding in enumerate(encodings):
        if encoding.ids:
            vectors[place] = table[encoding.ids].mean(axis=0)
    return vectors


@cache
def _read_table() -> Any:
    from safetensors import safe_open

    with safe_open(str(published_weights()), "numpy") as file:
        return file.get_tensor(TABLE)


@cache
def _read_tokenizer() -> Any:
    import os

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
