"""The encoders that can be chosen, by name."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from coder.embedding.cache import CachedEmbedder
from coder.embedding.openvino_encoder import OpenVINOEncoder
from coder.embedding.packaged import PACKAGED_NAME
from coder.embedding.protocol import Embedder
from coder.embedding.reference import ReferenceEncoder
from coder.embedding.torch_encoder import TorchEncoder
from coder.errors import CoderError, did_you_mean, option

AUTO = "auto"
DEVICES = (AUTO, "cpu", "cuda")
PRECISIONS = (AUTO, "fp32", "bf16")
DEFAULT_ENCODER = "torch"
FAST_ENCODER = "openvino"  # in place of the default where it is installed


@dataclass(frozen=True)
class EncoderChoice:
    """Which vectors a command uses, and how they are computed.

    Attributes:
        model: name or folder of a sentence-transformers model; None for the packaged one.
        encoder: a name in `ENCODERS`; None for the quickest that can compute the model and is
            installed.
        device: `cpu`, `cuda`, or `auto` for a GPU where torch sees one.
        precision: `fp32`, `bf16`, or `auto` for the encoder's own default.
    """

    model: str | None = None
    encoder: str | None = None
    device: str = AUTO
    precision: str = AUTO

    def facts(self) -> dict[str, str]:
        """The same as plain values, for a run record."""
        return {
            "model": self.model or PACKAGED_NAME,
            "encoder": self.encoder or AUTO,
            "device": self.device,
            "precision": self.precision,
        }

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "EncoderChoice":
        """The choice that a run record tells of; what it does not tell is left to the program."""
        asked = {}
        for name, unchosen in cls().facts().items():
            value = str(facts.get(name, unchosen))
            if value != unchosen:
                asked[name] = value
        return cls(**asked)


def _make_reference(choice: EncoderChoice) -> Embedder:
    _refuse(choice, "precision", "bf16")
    return ReferenceEncoder(choice.model, choice.device)


def _make_torch(choice: EncoderChoice) -> Embedder:
    if choice.precision == AUTO:
        return TorchEncoder(choice.device)
    return TorchEncoder(choice.device, choice.precision)


def _make_openvino(choice: EncoderChoice) -> Embedder:
    _refuse(choice, "device", "cuda")
    return OpenVINOEncoder(choice.precision)


# Each makes an encoder of a choice that names it, or that names none.
ENCODERS: dict[str, Callable[[EncoderChoice], Embedder]] = {
    "reference": _make_reference,
    "torch": _make_torch,
    "openvino": _make_openvino,
}


def make_embedder(
    cache: Path | str,
    model: str | None = None,
    encoder: str | None = None,
    device: str = AUTO,
    precision: str = AUTO,
) -> CachedEmbedder:
    """An encoder whose vectors are kept in a file.

    Args:
        cache: the file; it is made where there is none.
        model, encoder, device, precision: as `EncoderChoice`.

    Raises:
        CoderError: there is no such encoder, or its model cannot be loaded.
    """
    choice = EncoderChoice(
        model,
        encoder,
        device,
        precision,
    )
    return embedder_of(choice, cache)


def embedder_of(choice: EncoderChoice | None, cache: Path | str) -> CachedEmbedder:
    """The encoder of a choice, with its vectors kept in a file; as `make_embedder`."""
    choice = choice or EncoderChoice()
    _check("device", choice.device, DEVICES)
    _check("precision", choice.precision, PRECISIONS)
    name = choice.encoder or _default_encoder(choice)
    _check("encoder", name, ENCODERS)
    if choice.model is not None and name != "reference":
        raise CoderError(
            f"the encoder {name!r} computes the packaged model only",
            f"Leave out {option('model')}, or choose {option('encoder', 'reference')}.",
        )
    return ChosenEmbedder(replace(choice, encoder=name), cache)


class ChosenEmbedder(CachedEmbedder):
    """The encoder of a choice. To another process goes the choice, never the loaded model: each
    process loads its own, once.

    Args:
        choice: with the name of the encoder.
        cache: the file of vectors.
    """

    def __init__(self, choice: EncoderChoice, cache: Path | str) -> None:
        super().__init__(ENCODERS[choice.encoder or DEFAULT_ENCODER](choice), cache)
        self._made_of = (choice, cache)

    def __reduce__(self) -> tuple[Any, ...]:
        choice, cache = self._made_of
        # Another machine must not choose another precision.
        precision = getattr(self._embedder, "precision", choice.precision)
        return _embedder_of_process, (replace(choice, precision=precision), cache)


@lru_cache(maxsize=2)
def _embedder_of_process(choice: EncoderChoice, cache: Path | str) -> ChosenEmbedder:
    return ChosenEmbedder(choice, cache)


def _default_encoder(choice: EncoderChoice) -> str:
    if choice.model is not None:
        return "reference"
    if choice.device == "cuda" or find_spec(FAST_ENCODER) is None:
        return DEFAULT_ENCODER
    return FAST_ENCODER


def _check(what: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        raise CoderError(f"there is no {what} {name!r}", did_you_mean(name, names))


def _refuse(choice: EncoderChoice, what: str, value: str) -> None:
    """Raise where a choice asks for something that its encoder cannot do."""
    if getattr(choice, what) == value:
        raise CoderError(
            f"the encoder {choice.encoder or 'reference'!r} has no {what} {value!r}",
            f"Leave out {option(what)}, or choose {option('encoder', DEFAULT_ENCODER)}.",
        )
