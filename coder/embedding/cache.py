"""Vectors on disk, so that no text is embedded twice."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.embedding.protocol import (
    Embedder,
    TextPair,
    Views,
    offers_opinion,
    pair_reader,
    views_of,
)
from coder.embedding.stance import STANCE_LAYERS_SHA256
from coder.engine import Progress, cut_into_blocks, silent
from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors

TEXTS_SAVED_AT_ONCE = 256  # what an interruption can cost: some seconds' work
KEYS_ASKED_AT_ONCE = 500  # SQLite limits the parameters of a query


class CachedEmbedder:
    """An embedder whose vectors are kept in a file.

    The vectors are stored in one SQLite file as float16, both views of a text in one row, under
    a key of the embedder's fingerprint and the text. Each block is saved as soon as it is done,
    so an interrupted run goes on where it stopped. Fresh vectors are rounded in the same way,
    so a second run gives the same results.

    Attributes:
        embedded: texts that had to be embedded since this object was made.
    """

    def __init__(self, embedder: Embedder, path: Path | str) -> None:
        self._embedder = embedder
        self._path = Path(path)
        self.embedded = 0

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the embedder behind the cache."""
        return self._embedder.fingerprint

    @property
    def has_opinion(self) -> bool:
        """Whether `encode_views` gives an opinion view."""
        return offers_opinion(self._embedder)

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, n_dimensions), each row of length 1; equal texts are embedded once."""
        return self.encode_views(texts, progress).plain

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        """Both views; equal texts are embedded once.

        Raises:
            CoderError: the cache cannot be read or written.
        """
        import numpy as np

        if not texts:
            return views_of(self._embedder, [])
        keys = [self._key(text) for text in texts]
        text_of = dict(zip(keys, texts, strict=True))
        with closing(self._open()) as store:
            rows = _stored_rows(store, list(text_of))
            missing = [key for key in text_of if key not in rows]
            # The longest first over all texts, so that each block holds texts of similar length.
            missing.sort(key=lambda key: (-len(text_of[key]), key))
            rows |= self._embed(store, missing, text_of, progress)
        vectors = np.stack([rows[key] for key in keys]).astype(np.float32)
        if not self.has_opinion:
            return Views(_at_length_1(vectors), None)
        half = vectors.shape[1] // 2
        return Views(_at_length_1(vectors[:, :half]), _at_length_1(vectors[:, half:]))

    @property
    def has_stance(self) -> bool:
        """Whether `read_pairs` can be called."""
        return pair_reader(self._embedder) is not None

    def read_pairs(
        self, pairs: Sequence[TextPair], progress: Progress = silent
    ) -> "Vectors":
        """float32 (n_pairs, 3): P(for), P(against), P(neither); equal pairs are read once.

        Raises:
            CoderError: the cache cannot be read or written, or the embedder reads no pairs.
        """
        import numpy as np

        reader = pair_reader(self._embedder)
        if reader is None:
            raise CoderError(
                "this model cannot tell who is for and who is against",
                f"Leave out {option('model')}: the packaged model can.",
            )
        if not pairs:
            return np.empty((0, 3), dtype=np.float32)
        keys = [self._pair_key(pair) for pair in pairs]
        pair_of = dict(zip(keys, pairs, strict=True))
        with closing(self._open()) as store:
            rows = _stored_rows(store, list(pair_of))
            missing = [key for key in pair_of if key not in rows]
            if missing:
                unread = [pair_of[key] for key in missing]
                answers = reader.read_pairs(unread, progress).astype(np.float16)
                new_rows = dict(zip(missing, answers, strict=True))
                self._save(store, new_rows)
                rows |= new_rows
        return np.stack([rows[key] for key in keys]).astype(np.float32)

    def _embed(
        self,
        store: sqlite3.Connection,
        keys: Sequence[bytes],
        text_of: dict[bytes, str],
        progress: Progress,
    ) -> dict[bytes, Any]:
        """Embed texts and save them, a block at a time: the float16 row of each key."""
        import numpy as np

        rows: dict[bytes, Any] = {}
        for block in cut_into_blocks(keys, TEXTS_SAVED_AT_ONCE):

            def report(
                done: int, _total: int, what: str, before: int = len(rows)
            ) -> None:
                progress(before + done, len(keys), what)

            views = views_of(self._embedder, [text_of[key] for key in block], report)
            both = np.hstack([view for view in views if view is not None]).astype(
                np.float16
            )
            new_rows = dict(zip(block, both, strict=True))
            self._save(store, new_rows)
            self.embedded += len(block)
            rows |= new_rows
        return rows

    def _save(self, store: sqlite3.Connection, rows: dict[bytes, Any]) -> None:
        values = [(key, row.tobytes()) for key, row in rows.items()]
        try:
            with store:
                store.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", values)
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> CoderError:
        return CoderError(
            f"{self._path}: the cache cannot be used ({error})",
            "Everything in it can be made again: make its folder writable, or delete the file, "
            "and repeat the command.",
        )

    def _key(self, text: str) -> bytes:
        return _hashed(self.fingerprint, text)

    def _pair_key(self, pair: TextPair) -> bytes:
        length = str(len(pair.statement))  # no two pairs give the same line of text
        return _hashed(self.fingerprint, STANCE_LAYERS_SHA256, length, *pair)

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            store = sqlite3.connect(self._path, timeout=60)
            store.execute(
                "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) "
                "WITHOUT ROWID"
            )
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._unusable(error) from error
        return store


def _hashed(*parts: str) -> bytes:
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=16).digest()


def _stored_rows(store: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, Any]:
    import numpy as np

    rows: dict[bytes, Any] = {}
    for block in cut_into_blocks(keys, KEYS_ASKED_AT_ONCE):
        marks = ",".join("?" * len(block))
        query = f"SELECT key, value FROM vector WHERE key IN ({marks})"  # noqa: S608  # only question marks
        for key, value in store.execute(query, block):
            rows[bytes(key)] = np.frombuffer(value, dtype=np.float16)
    return rows


def _at_length_1(vectors: "Vectors") -> "Vectors":
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
