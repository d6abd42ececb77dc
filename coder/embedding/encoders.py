"""The encoders that can be chosen, by name."""

from collections.abc import Callable
from pathlib import Path

from coder.embedding.cache import CachedEmbedder
from coder.embedding.protocol import Embedder
from coder.embedding.reference import ReferenceEncoder
from coder.errors import CoderError, did_you_mean

# Each makes an encoder of a model's name or folder, or of its own default model for None.
ENCODERS: dict[str, Callable[[str | None], Embedder]] = {
    "reference": ReferenceEncoder,
}
DEFAULT_ENCODER = "reference"


def make_embedder(
    cache: Path | str, model: str | None = None, encoder: str = DEFAULT_ENCODER
) -> CachedEmbedder:
    """An encoder whose vectors are kept in a file.

    Args:
        cache: the file; it is made where there is none.
        model: a model's name or folder; None for the encoder's own.
        encoder: a name in `ENCODERS`.

    Raises:
        CoderError: there is no such encoder, or its model cannot be loaded.
    """
    if encoder not in ENCODERS:
        raise CoderError(
            f"there is no encoder {encoder!r}", did_you_mean(encoder, ENCODERS)
        )
    return CachedEmbedder(ENCODERS[encoder](model), cache)
