"""Whether who says one text is for or against another: the tuned layers that are shipped."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.embedding.protocol import TextPair
from coder.errors import CoderError
from coder.files import sha256_of

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors

# The last two layers of all-MiniLM-L6-v2 tuned on pairs of texts
# (tests/benchmarks/train_stance_layers.py); described in STANCE_MODEL_CARD.md beside it.
STANCE_LAYERS = Path(__file__).with_name("stance_layers.safetensors")
STANCE_LAYERS_SHA256 = (
    "98b39da0e250e628584a63a6c960de430d44726f1329920d45dda0b459b1a512"
)


class StanceReader:
    """Reads pairs of texts with the packaged model's shared layers and the tuned ones.

    Args:
        model: the packaged sentence-transformers model.

    Raises:
        CoderError: the tuned layers are not the ones that were shipped.
    """

    def __init__(self, model: Any) -> None:
        if sha256_of(STANCE_LAYERS) != STANCE_LAYERS_SHA256:
            raise CoderError(
                f"{STANCE_LAYERS}: is not the file that was shipped",
                "Install coder again.",
            )
        from safetensors.torch import load_file

        from coder.embedding.pair_layers import SHARED_LAYERS, PairLayers

        self._bert = model[0].auto_model
        self._tokenizer = model.tokenizer
        layers = PairLayers(self._bert.encoder.layer[SHARED_LAYERS:])
        weights = load_file(STANCE_LAYERS)
        layers.load_state_dict({name: value.float() for name, value in weights.items()})
        self._layers = layers.eval()

    def read(self, pairs: Sequence[TextPair]) -> "Vectors":
        """float32 (n_pairs, 3): P(for), P(against), P(neither). Each text is read once."""
        import torch

        from coder.embedding.pair_layers import drop_padding, read_shared_layers

        both = [text for pair in pairs for text in pair]
        texts = list(dict.fromkeys(both))
        row_of = {text: row for row, text in enumerate(texts)}
        first = [row_of[pair.statement] for pair in pairs]
        second = [row_of[pair.sentence] for pair in pairs]
        states, mask = read_shared_layers(self._bert, self._tokenizer, texts)
        with torch.inference_mode():
            logits = self._layers(
                *drop_padding(states[first], mask[first]),
                *drop_padding(states[second], mask[second]),
            )
            return logits.softmax(dim=-1).numpy()  # type: ignore[no-any-return]
