"""Texts in blocks, and what is kept of each block between the passes over them."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from coder.coding.term_counts import TermCounts
from coder.private import make_folder

# Texts of a block. It is fixed, so that what is computed of a text is the same whatever the
# number of workers.
BLOCK = 1_000


@dataclass(frozen=True)
class TextBlock:
    """Texts that follow each other.

    Attributes:
        number: of the block, from 0; what is kept of it is known by this.
        texts: (b).
    """

    number: int
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, row: int) -> str:
        return self.texts[row]

    def take(self, rows: Sequence[int]) -> "TextBlock":
        """The block with some of its texts only."""
        return TextBlock(self.number, tuple(self.texts[row] for row in rows))


def cut_texts(texts: Sequence[str], others: Sequence[str] = ()) -> list[TextBlock]:
    """Blocks of texts, then blocks of others; none holds some of both."""
    blocks: list[TextBlock] = []
    for part in (texts, others):
        for start in range(0, len(part), BLOCK):
            own = tuple(part[start : start + BLOCK])
            blocks.append(TextBlock(len(blocks), own))
    return blocks


def rows_by_block(blocks: Iterable[TextBlock]) -> dict[int, slice]:
    """By number of the block, where its texts stand among those of all blocks."""
    rows = {}
    first = 0
    for block in blocks:
        rows[block.number] = slice(first, first + len(block))
        first += len(block)
    return rows


class PreparedBlock(NamedTuple):
    """What is kept of a block. b texts, m sentences, t subjects, d dimensions, h hits.

    Attributes:
        sentences: (m, 2) where each begins and ends in its text; those of one text together.
        owner: (m,) row of the text that each sentence is of, ascending.
        vectors: (b, d) float16 of whole texts.
        sentence_fit: (m, t) how well each sentence fits, beyond how well it fits every subject.
        hits: (h, 4) row of the text, subject, where the keyword begins and ends.
        stems: how often each stem is in each text.
    """

    sentences: NDArray[np.int32]
    owner: NDArray[np.int32]
    vectors: NDArray[np.float16]
    sentence_fit: NDArray[np.float32]
    hits: NDArray[np.int32]
    stems: TermCounts

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All arrays by name."""
        own = {name: getattr(self, name) for name in self._fields if name != "stems"}
        stems = {f"stems_{name}": array for name, array in self.stems._asdict().items()}
        return own | stems

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "PreparedBlock":
        """The block of `arrays`."""
        stems = {name: arrays[f"stems_{name}"] for name in TermCounts._fields}
        own = {name: arrays[name] for name in cls._fields if name != "stems"}
        return cls(**own, stems=TermCounts(**stems))


class BlockStore(Protocol):
    """Where prepared blocks are kept until the last pass."""

    def put(self, number: int, block: PreparedBlock) -> None:
        """Keep a block."""
        ...

    def get(self, number: int) -> PreparedBlock:
        """A block that was kept."""
        ...

    def vectors(self, number: int) -> NDArray[np.float16]:
        """The vectors of a block."""
        ...

    def beside(self, name: str) -> "BlockStore":
        """An empty store for other blocks."""
        ...


class MemoryStore:
    """Keeps a few blocks in memory, for passes in this process."""

    def __init__(self) -> None:
        self._blocks: dict[int, PreparedBlock] = {}

    def put(self, number: int, block: PreparedBlock) -> None:
        """Keep a block."""
        self._blocks[number] = block

    def get(self, number: int) -> PreparedBlock:
        """A block that was kept."""
        return self._blocks[number]

    def vectors(self, number: int) -> NDArray[np.float16]:
        """The vectors of a block."""
        return self._blocks[number].vectors

    def beside(self, _name: str) -> "MemoryStore":
        """An empty store for other blocks."""
        return MemoryStore()


class FolderStore:
    """Keeps blocks in files of a private folder that all workers see.

    Args:
        folder: need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    def put(self, number: int, block: PreparedBlock) -> None:
        """Keep a block: the file is there whole or not at all."""
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, **block.arrays())
            Path(name).replace(self._path(number))
        finally:
            Path(name).unlink(missing_ok=True)

    def get(self, number: int) -> PreparedBlock:
        """A block that was kept."""
        with np.load(self._path(number), allow_pickle=False) as arrays:
            return PreparedBlock.of_arrays(arrays)

    def vectors(self, number: int) -> NDArray[np.float16]:
        """The vectors of a block; no other array is read."""
        with np.load(self._path(number), allow_pickle=False) as arrays:
            vectors: NDArray[np.float16] = arrays["vectors"]
        return vectors

    def beside(self, name: str) -> "FolderStore":
        """An empty store for other blocks."""
        return FolderStore(self._folder / name)

    def _path(self, number: int) -> Path:
        return self._folder / f"block-{number:06d}.npz"
