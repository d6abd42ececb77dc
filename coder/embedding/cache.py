"""Vectors on disk, so that no text is embedded twice."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.embedding.distinct import DistinctViews, fold_texts, unit_views
from coder.embedding.packaged import STANCE_LAYERS_SHA256
from coder.embedding.protocol import (
    Embedder,
    TextPair,
    Views,
    offers_opinion,
    pair_reader,
    views_of,
)
from coder.embedding.vector_file import VectorFile
from coder.engine import Progress, cut_into_blocks, silent
from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.embedding.protocol import Vectors

TEXTS_SAVED_AT_ONCE = 2048  # what an interruption can cost: some seconds' work
TEXTS_READ_AT_ONCE = 4096  # bounds the memory beside the result


class CachedEmbedder:
    """An embedder whose vectors are kept in a file.

    The vectors are stored in one SQLite file as float16, both views of a text in one row, under
    a key of the embedder's fingerprint and the text. Each block is saved as soon as it is done,
    so an interrupted run goes on where it stopped. All vectors are read from the file, fresh
    ones too, so a second run gives the same results.

    Attributes:
        embedded: texts that had to be embedded since this object was made.
    """

    def __init__(self, embedder: Embedder, path: Path | str) -> None:
        self._embedder = embedder
        self._path = Path(path)
        self.embedded = 0
        self._was_rewritten = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about the file."""
        if not self._was_rewritten:
            return ()
        return (
            "The cache of an older version was rewritten: it is a third of its size now.",
        )

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the embedder behind the cache."""
        return self._embedder.fingerprint

    @property
    def has_opinion(self) -> bool:
        """Whether `encode_views` gives an opinion view."""
        return offers_opinion(self._embedder)

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "Vectors":
        """float32 (n_texts, n_dimensions), each row of length 1; equal texts are embedded once.

        Raises:
            CoderError: the cache cannot be read or written.
        """
        if not texts:
            return self._embedder.encode([])
        plain, _ = self._read_all(texts, progress, opinion=False, as_units=True)
        return plain  # type: ignore[no-any-return]

    def encode_views(self, texts: Sequence[str], progress: Progress = silent) -> Views:
        """Both views; equal texts are embedded once.

        Raises:
            CoderError: the cache cannot be read or written.
        """
        if not texts:
            return views_of(self._embedder, [])
        opinion = self.has_opinion
        return Views(*self._read_all(texts, progress, opinion=opinion, as_units=True))

    def encode_distinct(
        self,
        texts: Sequence[str],
        progress: Progress = silent,
        *,
        opinion: bool = True,
    ) -> DistinctViews:
        """The vectors of the distinct texts, each once, as float16: 768 bytes a view with the
        packaged model. `DistinctViews.at` gives the same bytes as `encode_views`.

        Args:
            opinion: give the opinion view too, where there is one.

        Raises:
            CoderError: the cache cannot be read or written.
        """
        import numpy as np

        distinct, rows = fold_texts(texts)
        opinion = opinion and self.has_opinion
        if distinct:
            plain, tuned = self._read_all(
                distinct, progress, opinion=opinion, as_units=False
            )
            return DistinctViews(rows, plain, tuned)
        plain = self._embedder.encode([]).astype(np.float16)
        if opinion:
            return DistinctViews(rows, plain, plain.copy())
        return DistinctViews(rows, plain, None)

    def _read_all(
        self,
        texts: Sequence[str],
        progress: Progress,
        *,
        opinion: bool,
        as_units: bool,
    ) -> tuple[Any, Any]:
        """A row for each text, of the plain and of the opinion view (else None), from the file.

        Texts that it lacks are embedded first. Beside the result only blocks are in memory.

        Args:
            as_units: float32 rows of length 1, else float16 as they are stored.
        """
        with VectorFile(self._path) as file:
            self._was_rewritten = self._was_rewritten or file.was_rewritten
            result = _Result(len(texts), opinion=opinion, as_units=as_units)
            half = self.has_opinion and not opinion
            missing = self._fill(result, file, texts, range(len(texts)), half)
            if missing:
                self._embed(file, {texts[place] for place in missing}, progress)
                missing = self._fill(result, file, texts, missing, half)
            if missing:
                raise CoderError(
                    f"{self._path}: the cache was changed by another program",
                    "Repeat the command.",
                )
        return result.plain, result.opinion

    def _fill(
        self,
        result: "_Result",
        file: VectorFile,
        texts: Sequence[str],
        places: Sequence[int],
        first_half: bool,
    ) -> list[int]:
        """Read the rows at some places into the result; returns the places that the file lacks."""
        import numpy as np

        missing: list[int] = []
        for block in cut_into_blocks(places, TEXTS_READ_AT_ONCE):
            asked = np.array(block, dtype=np.intp)
            is_held = np.zeros(len(asked), dtype=np.bool_)
            keys = [self._key(texts[place]) for place in block]
            for rows in file.read(keys, first_half=first_half):
                result.write(asked[rows.places], rows.values)
                is_held[rows.places] = True
            missing += asked[~is_held].tolist()
        return missing

    def _embed(self, file: VectorFile, texts: set[str], progress: Progress) -> None:
        """Embed texts and save them, a block at a time."""
        import numpy as np

        # The longest first over all texts, so that each block holds texts of similar length.
        ordered = sorted(texts, key=lambda text: (-len(text), text))
        before = 0
        for block in cut_into_blocks(ordered, TEXTS_SAVED_AT_ONCE):

            def report(done: int, _total: int, what: str, before: int = before) -> None:
                progress(before + done, len(ordered), what)

            views = views_of(self._embedder, block, report)
            both = np.hstack([view for view in views if view is not None])
            file.save([self._key(text) for text in block], both.astype(np.float16))
            self.embedded += len(block)
            before += len(block)

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
        answers = np.full((len(pairs), 3), np.nan, dtype=np.float32)
        keys = [self._pair_key(pair) for pair in pairs]
        with VectorFile(self._path) as file:
            for rows in file.read(keys):
                answers[rows.places] = rows.values
            missing = np.flatnonzero(np.isnan(answers[:, 0])).tolist()
            if missing:
                pair_of = {keys[place]: pairs[place] for place in missing}
                new = reader.read_pairs(list(pair_of.values()), progress)
                halves = new.astype(np.float16)
                file.save(list(pair_of), halves)
                row_of = {key: row for row, key in enumerate(pair_of)}
                answers[missing] = halves[[row_of[keys[place]] for place in missing]]
        return answers

    def _key(self, text: str) -> bytes:
        return _hashed(self.fingerprint, text)

    def _pair_key(self, pair: TextPair) -> bytes:
        length = str(len(pair.statement))  # no two pairs give the same line of text
        return _hashed(self.fingerprint, STANCE_LAYERS_SHA256, length, *pair)


class _Result:
    """The arrays that blocks of stored rows are written to; made with the first block."""

    def __init__(self, n_texts: int, *, opinion: bool, as_units: bool) -> None:
        self._n_texts = n_texts
        self._has_opinion = opinion
        self._as_units = as_units
        self.plain: Any = None
        self.opinion: Any = None

    def write(self, places: Any, stored: Any) -> None:
        """Write float16 rows, both views beside each other, to their places."""
        plain, opinion = stored, None
        if self._has_opinion:
            half = stored.shape[1] // 2
            plain, opinion = stored[:, :half], stored[:, half:]
        if self._as_units:
            plain, opinion = unit_views(plain, opinion)
        self.plain = self._written(self.plain, places, plain)
        if opinion is not None:
            self.opinion = self._written(self.opinion, places, opinion)

    def _written(self, whole: Any, places: Any, rows: Any) -> Any:
        import numpy as np

        if whole is None:
            whole = np.empty((self._n_texts, rows.shape[1]), dtype=rows.dtype)
        if whole.shape[1] != rows.shape[1]:
            raise CoderError(
                "the cache holds vectors of another length than those of the model",
                "Delete the folder cache of the project and repeat the command: everything in "
                "it can be made again.",
            )
        whole[places] = rows
        return whole


def _hashed(*parts: str) -> bytes:
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=16).digest()
