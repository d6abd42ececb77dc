"""The reference encoder: a sentence-transformers model, with layers tuned for opinions on the
packaged one.
"""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.embedding.packaged import (
    OPINION_LAYERS,
    OPINION_LAYERS_SHA256,
    PACKAGED_NAME,
    TUNED_FROM,
    model_fingerprint,
    packaged_fingerprint,
    published_weights,
    shipped_layers,
)
from coder.embedding.protocol import TextPair, Views
from coder.embedding.stance import StanceReader
from coder.embedding.torch_encoder import choose_device
from coder.embedding.workers import empty_views, fill_views, torch_workers
from coder.engine import Progress, cut_into_blocks, silent
from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors

LAYER_PREFIX = "encoder.layer."
BATCH = 32  # larger batches pad more and are slower on a CPU


class ReferenceEncoder:
    """Any sentence-transformers model; the packaged all-MiniLM-L6-v2 by default.

    Args:
        model: a folder, or a name on Hugging Face. Only a name that is not on disk yet reaches
            the network. None is the packaged model.
        device: `cpu`, `cuda`, or `auto` for a GPU where torch sees one.

    Raises:
        CoderError: the model cannot be loaded, or the packaged weights are not the published ones.
    """

    def __init__(self, model: str | None = None, device: str = "auto") -> None:
        self.name = model or PACKAGED_NAME
        self._is_packaged = model is None
        self._asked_device = device
        if model is None:
            self._folder = published_weights().parent
        else:
            self._folder = Path(model).expanduser()

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits of the model's files, the tuned layers among them."""
        if self._is_packaged:
            return packaged_fingerprint()
        return model_fingerprint(self._local_folder())

    def _local_folder(self) -> Path:
        """The model's folder; downloads a model that is known by name only and not on disk."""
        if self._folder.is_dir():
            return self._folder
        return Path(_model_from_hub(self.name))

    @cached_property
    def _model(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        folder = self._local_folder()
        os.environ["HF_HUB_OFFLINE"] = "1"  # everything is on disk by now
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(
                str(folder),
                device=choose_device(self._asked_device),
                local_files_only=True,
                trust_remote_code=False,
            )
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise CoderError(
                f"model {self.name!r} cannot be loaded: {str(error).splitlines()[0]}",
                "Name a folder that holds a sentence-transformers model, or leave out "
                f"{option('model')}.",
            ) from error

    @property
    def longest(self) -> int:
        """Word pieces of a text that the model reads; the rest of a longer text is cut."""
        return int(self._model.max_seq_length)

    @property
    def has_opinion(self) -> bool:
        """Whether there are tuned layers for this model: for the packaged one only."""
        return self._is_packaged

    @cached_property
    def _opinion_layers(self) -> Any:
        """The tuned copy of the last layers; None for any model but the packaged one."""
        if not self._is_packaged:
            return None
        path = shipped_layers(OPINION_LAYERS, OPINION_LAYERS_SHA256)
        from copy import deepcopy

        from safetensors.torch import load_file

        layers = deepcopy(self._model[0].auto_model.encoder.layer[TUNED_FROM:])
        weights = {}
        for name, value in load_file(path).items():
            number, rest = name.removeprefix(LAYER_PREFIX).split(".", 1)
            weights[f"{int(number) - TUNED_FROM}.{rest}"] = value.float()
        layers.load_state_dict(weights)
        return layers.eval()

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, n_dimensions), each row of length 1."""
        return self.encode_views(texts, progress).plain

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        """Both views in one pass: the lower layers, where the time goes, are shared."""
        size = int(self._model.get_embedding_dimension())
        # Loads the layers before the workers need them.
        has_opinion = self._opinion_layers is not None
        empty = empty_views(len(texts), size, opinion=has_opinion)
        # Texts of similar length together need the least padding.
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))

        def encode_rows(rows: Sequence[int]) -> tuple[Any, Any]:
            return self._encode_batch([texts[row] for row in rows])

        batches = cut_into_blocks(order, BATCH)
        with torch_workers() as workers:
            return fill_views(empty, encode_rows, batches, workers, progress)

    @property
    def has_stance(self) -> bool:
        """Whether `read_pairs` can be called: for the packaged model only."""
        return self._is_packaged

    @cached_property
    def _stance_reader(self) -> StanceReader:
        import torch

        from coder.embedding.torch_layers import Arithmetic, read_stem

        arithmetic = Arithmetic(torch.device("cpu"), torch.float32)
        stem = read_stem(published_weights(), arithmetic)
        return StanceReader(stem, self._folder)

    def read_pairs(
        self, pairs: Sequence[TextPair], progress: Progress = silent
    ) -> "Vectors":
        """float32 (n_pairs, 3): P(for), P(against), P(neither)."""
        return self._stance_reader.read(pairs, progress)

    def _encode_batch(self, texts: list[str]) -> tuple[Any, Any]:
        """The plain vectors of some texts and their opinion vectors, the latter None without
        tuned layers.
        """
        import torch

        if self._opinion_layers is None:
            vectors = self._model.encode(
                texts,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            return vectors, None
        tokens = self._model.tokenizer(
            texts,
            padding=True,
            truncation=True,
            max_length=self.longest,
            return_tensors="pt",
        ).to(self._model.device)
        with torch.inference_mode():
            states = (
                self._model[0]
                .auto_model(**tokens, output_hidden_states=True)
                .hidden_states
            )
            mask = tokens["attention_mask"].float()
            blocked = (1.0 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
            tuned = states[TUNED_FROM]
            for layer in self._opinion_layers:
                output = layer(tuned, blocked)
                tuned = output[0] if isinstance(output, tuple) else output
            return _mean_at_length_1(states[-1], mask), _mean_at_length_1(tuned, mask)


def _mean_at_length_1(states: Any, mask: Any) -> Any:
    """Mean over a text's word pieces, at length 1: (n, longest, d) and (n, longest) to (n, d)."""
    import torch

    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(mean, dim=-1).cpu().numpy()


def _model_from_hub(name: str) -> str:
    """The folder of a model of Hugging Face: the local copy, else it is downloaded."""
    from huggingface_hub import snapshot_download

    repository = name
    if "/" not in name:
        repository = f"sentence-transformers/{name}"
    try:
        return snapshot_download(repository, local_files_only=True)
    except Exception:  # not on disk; only now, as the user wished, the network is asked
        try:
            return snapshot_download(repository)
        except Exception as error:
            raise CoderError(
                f"model {name!r}: model not found locally or on Hugging Face",
                f"Name a folder: {option('model', 'FOLDER')}. Without this option the packaged "
                "model is used.",
            ) from error
