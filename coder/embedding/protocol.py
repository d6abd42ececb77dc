"""What the library needs of whatever turns texts into vectors."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from coder.engine import Progress, silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Views(NamedTuple):
    """Two ways to see the same texts, float32 (n_texts, n_dimensions), rows of length 1."""

    plain: "Vectors"  # texts about the same subject are near each other
    # Texts that make the same point are; None where the embedder has no such view.
    opinion: "Vectors | None"


class Embedder(Protocol):
    """Turns texts into vectors. Every function of the library that needs vectors takes one."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector; caches are keyed by it."""
        ...

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, n_dimensions), each row of length 1."""
        ...


@runtime_checkable
class TwoViewEmbedder(Embedder, Protocol):
    """An embedder that can also place texts by the point that they make."""

    @property
    def has_opinion(self) -> bool:
        """Whether `encode_views` gives an opinion view."""
        ...

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        """Both views of the texts."""
        ...


def views_of(
    embedder: Embedder, texts: Sequence[str], progress: Progress = silent
) -> Views:
    """The views that an embedder has: both, or the plain one alone."""
    if isinstance(embedder, TwoViewEmbedder):
        return embedder.encode_views(texts, progress)
    return Views(embedder.encode(texts, progress), None)


def offers_opinion(embedder: Embedder) -> bool:
    """Whether `views_of` gives an opinion view for this embedder."""
    return isinstance(embedder, TwoViewEmbedder) and embedder.has_opinion
