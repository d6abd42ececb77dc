"""What the library needs of whatever turns texts into vectors."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from coder.engine import Progress, silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Halves = NDArray[np.float16]


class Views(NamedTuple):
    """Two ways to see the same texts, float32 (n_texts, n_dimensions), rows of length 1."""

    plain: "Vectors"  # texts about the same subject are near each other
    # Texts that make the same point are; None where the embedder has no such view.
    opinion: "Vectors | None"


class TextPair(NamedTuple):
    """Two texts that are compared for what their authors want."""

    statement: str
    sentence: str


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


@runtime_checkable
class PairReader(Protocol):
    """An embedder that can also tell whether who says one text is for or against another."""

    @property
    def has_stance(self) -> bool:
        """Whether `read_pairs` can be called."""
        ...

    def read_pairs(
        self, pairs: Sequence[TextPair], progress: Progress = silent
    ) -> "Vectors":
        """float32 (n_pairs, 3): probability that who says the sentence is for the statement,
        against it, neither.
        """
        ...


def pair_reader(embedder: Embedder) -> PairReader | None:
    """The embedder, where it can read pairs; else None."""
    if isinstance(embedder, PairReader) and embedder.has_stance:
        return embedder
    return None
