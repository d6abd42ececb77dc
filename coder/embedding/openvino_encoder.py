"""The packaged model computed by OpenVINO, an optional extra: quicker where the processor has
instructions for bf16.
"""

import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from coder.embedding.torch_encoder import TorchEncoder
from coder.embedding.word_pieces import WordPieces
from coder.embedding.workers import empty_views, fill_views
from coder.engine import Progress, silent
from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors

PIECES_AT_ONCE = 256  # word pieces of a batch, about
STEPS = 16  # of lengths between one power of two and the next: at most 1/16 is padding


class OpenVINOEncoder:
    """The packaged model; its graph is made when the first text is encoded.

    Texts are computed in batches of few fixed shapes, filled where texts are lacking, so that a
    text's vector does not depend on the texts beside it.

    Args:
        precision: `fp32`, `bf16`, or `auto` for bf16 where the processor has it.

    Raises:
        CoderError: the packaged weights are not the published ones, OpenVINO is not installed, or
            the processor has no bf16.
    """

    name = PACKAGED_NAME
    has_opinion = True
    has_stance = True

    def __init__(self, precision: str = "auto") -> None:
        self._weights = published_weights()
        self._asked_precision = precision

    @cached_property
    def _core(self) -> Any:
        try:
            import openvino
        except ImportError as error:
            raise CoderError(
                "OpenVINO is not installed",
                f"Install it: pip install 'coder[fast]', or leave out {option('encoder')}.",
            ) from error
        return openvino.Core()

    @cached_property
    def precision(self) -> str:
        """`bf16` or `fp32`."""
        if self._asked_precision == "fp32":
            return "fp32"
        if "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            return "bf16"
        if self._asked_precision == "bf16":
            raise CoderError(
                "this processor has no instructions for bf16",
                f"Leave out {option('precision')}.",
            )
        return "fp32"

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits of the model's files; lower precision has a fingerprint of its own."""
        if self.precision == "fp32":
            return packaged_fingerprint()
        return packaged_fingerprint("openvino", self.precision)

    @cached_property
    def _compiled(self) -> Any:
        core = self._core  # tells first where OpenVINO is not installed
        from coder.embedding.openvino_graph import make_graph

        tuned = shipped_layers(OPINION_LAYERS, OPINION_LAYERS_SHA256)
        hint = "f32"
        if self.precision == "bf16":
            hint = "bf16"
        cores = count_cores()
        settings = {
            "INFERENCE_PRECISION_HINT": hint,
            "INFERENCE_NUM_THREADS": cores,
            "NUM_STREAMS": cores,  # a worker for each core, computing on one thread
        }
        graph = make_graph(self._weights, tuned)
        return core.compile_model(graph, "CPU", settings)

    @cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces(self._weights.parent, LONGEST)

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, 384), each row of length 1."""
        return self.encode_views(texts, progress).plain

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        """Both views in one pass."""
        empty = empty_views(len(texts), DIMENSIONS)
        if not texts:
            return empty
        pieces = self._pieces.read(texts)
        requests = threading.local()
        compiled = self._compiled

        def encode_rows(rows: Sequence[int]) -> tuple[Any, Any]:
            if not hasattr(requests, "own"):
                requests.own = compiled.create_infer_request()
            batch = lay_out([pieces[row] for row in rows])
            requests.own.infer(dict(enumerate(batch)), share_inputs=True)
            views = [requests.own.get_output_tensor(view).data for view in (0, 1)]
            return views[0][: len(rows)].copy(), views[1][: len(rows)].copy()

        batches = list(cut_by_shape([len(text) for text in pieces]))
        with ThreadPoolExecutor(count_cores()) as workers:
            return fill_views(empty, encode_rows, batches, workers, progress)

    @cached_property
    def _pair_reader(self) -> TorchEncoder:
        return TorchEncoder("cpu", self.precision)

    def read_pairs(
        self, pairs: Sequence[TextPair], progress: Progress = silent
    ) -> "Vectors":
        """float32 (n_pairs, 3): P(for), P(against), P(neither); computed by torch."""
        return self._pair_reader.read_pairs(pairs, progress)


def count_cores() -> int:
    """Cores that this process may use; as many as `OMP_NUM_THREADS` says, where it is set."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked):
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def padded_length(length: int) -> int:
    """The length of the batch that a text of so many word pieces goes into."""
    step = max(1, (1 << (length - 1).bit_length()) // (2 * STEPS))
    return -(-length // step) * step


def rows_of_batch(length: int) -> int:
    """Texts in a batch of so long texts."""
    return max(1, PIECES_AT_ONCE // length)


def cut_by_shape(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows of texts that are computed together, the longest first."""
    rows_by_length: dict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        rows_by_length[padded_length(length)].append(row)
    for length in sorted(rows_by_length, reverse=True):
        rows = rows_by_length[length]
        size = rows_of_batch(length)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def lay_out(texts: Sequence[Any]) -> tuple[Any, Any]:
    """Word pieces (n_rows, length) int32 of texts of one batch, and their mask float32.

    Rows that no text fills have one word piece, or their mean would be of nothing.
    """
    import numpy as np

    length = padded_length(max(map(len, texts)))
    shape = (rows_of_batch(length), length)
    pieces = np.zeros(
        shape,
        dtype=np.int32,
    )
    mask = np.zeros(
        shape,
        dtype=np.float32,
    )
    mask[:, 0] = 1
    for row, text in enumerate(texts):
        pieces[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return pieces, mask
