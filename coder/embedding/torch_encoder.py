"""The packaged model computed by torch alone, both views of a text in one pass."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from coder.embedding.packaged import (
    DIMENSIONS,
    LONGEST,
    OPINION_LAYERS,
    OPINION_LAYERS_SHA256,
    PACKAGED_NAME,
    packaged_fingerprint,
    published_weights,
    shipped_layers,
)
from coder.embedding.protocol import TextPair, Views
from coder.embedding.word_pieces import WordPieces, cut_by_length
from coder.embedding.workers import empty_views, fill_views, torch_workers
from coder.engine import Progress, silent
from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors
    from coder.embedding.stance import StanceReader
    from coder.embedding.torch_layers import Arithmetic, Stem
    from coder.embedding.torch_views import TorchViews

PRECISIONS = ("fp32", "bf16")


class TorchEncoder:
    """The packaged model; its weights are read from their files when the first text is encoded.

    Args:
        device: `cpu`, `cuda`, or `auto` for a GPU where torch sees one.
        precision: `fp32`, or `bf16`: three times as quick where the processor has instructions
            for it, and slow where it has none.

    Raises:
        CoderError: the packaged weights are not the published ones, or there is no such device.
    """

    name = PACKAGED_NAME
    has_opinion = True
    has_stance = True

    def __init__(self, device: str = "auto", precision: str = "fp32") -> None:
        self._weights = published_weights()
        self._device = device
        self._precision = precision

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits of the model's files; lower precision has a fingerprint of its own."""
        if self._precision == "fp32":
            return packaged_fingerprint()
        return packaged_fingerprint("torch", self._precision)

    @cached_property
    def _arithmetic(self) -> "Arithmetic":
        import torch

        from coder.embedding.torch_layers import Arithmetic

        dtype = torch.float32
        if self._precision == "bf16":
            dtype = torch.bfloat16
        return Arithmetic(torch.device(choose_device(self._device)), dtype)

    @cached_property
    def _stem(self) -> "Stem":
        from coder.embedding.torch_layers import read_stem

        return read_stem(self._weights, self._arithmetic)

    @cached_property
    def _views(self) -> "TorchViews":
        from coder.embedding.torch_views import TorchViews

        tuned = shipped_layers(OPINION_LAYERS, OPINION_LAYERS_SHA256)
        return TorchViews(self._stem, self._weights, tuned)

    @cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces(self._weights.parent, LONGEST)

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, 384), each row of length 1."""
        return self.encode_views(texts, progress).plain

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        """Both views in one pass: the lower layers, where the time goes, are shared."""
        empty = empty_views(len(texts), DIMENSIONS)
        if not texts:
            return empty
        views = self._views
        pieces = self._pieces.read(texts)

        def encode_rows(rows: Sequence[int]) -> tuple[Any, Any]:
            return views.encode([pieces[row] for row in rows])

        lengths = [len(text) for text in pieces]
        batches = list(cut_by_length(lengths, self._arithmetic.most_pieces))
        with torch_workers() as workers:
            return fill_views(empty, encode_rows, batches, workers, progress)

    @cached_property
    def _stance_reader(self) -> "StanceReader":
        from coder.embedding.stance import StanceReader

        return StanceReader(self._stem, self._weights.parent)

    def read_pairs(
        self, pairs: Sequence[TextPair], progress: Progress = silent
    ) -> "Vectors":
        """float32 (n_pairs, 3): P(for), P(against), P(neither)."""
        return self._stance_reader.read(pairs, progress)


def choose_device(asked: str) -> str:
    """`cpu` or `cuda`.

    Raises:
        CoderError: a GPU is asked for and torch sees none.
    """
    import torch

    has_gpu = torch.cuda.is_available()
    if asked == "cuda" and not has_gpu:
        raise CoderError(
            "torch sees no GPU",
            f"Leave out {option('device')}, or install a build of PyTorch for your GPU.",
        )
    if asked == "cpu" or not has_gpu:
        return "cpu"
    return "cuda"
