"""Bytes on disk and microseconds a text of the vector cache, on made-up rows.

    python tests/benchmarks/vector_cache.py [--rows 100000]

Beside it the layout of version 0.2 (rows inside the index, 4 KB pages), with the same rows.
Processor time; the file is in the system's memory when it is read.
"""

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import numpy as np

from coder.embedding.vector_file import VectorFile

NUMBERS = 768  # two views of 384
SAVED_AT_ONCE = 1024
READ_AT_ONCE = 4096
ASKED_AT_ONCE = 500


def keys_of(n: int) -> list[bytes]:
    return [blake2b(str(row).encode(), digest_size=16).digest() for row in range(n)]


def blocks_of(keys: Sequence[bytes], size: int) -> Iterator[list[bytes]]:
    for start in range(0, len(keys), size):
        yield list(keys[start : start + size])


class Now:
    """The cache as it is."""

    def write(self, path: Path, keys: list[bytes], values: np.ndarray) -> None:
        with VectorFile(path) as file:
            for block in blocks_of(keys, SAVED_AT_ONCE):
                file.save(block, values[: len(block)])

    def read(self, path: Path, keys: list[bytes]) -> float:
        total = 0.0
        with VectorFile(path) as file:
            for block in blocks_of(keys, READ_AT_ONCE):
                result = np.empty((len(block), NUMBERS), dtype=np.float16)
                for rows in file.read(block):
                    result[rows.places] = rows.values
                total += float(result[0, 0])
        return total


class Version02:
    """The layout of version 0.2."""

    def write(self, path: Path, keys: list[bytes], values: np.ndarray) -> None:
        with closing(sqlite3.connect(path)) as store:
            store.execute(
                "CREATE TABLE vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
            )
            for block in blocks_of(keys, 256):
                rows = [(key, values[row].tobytes()) for row, key in enumerate(block)]
                with store:
                    store.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)

    def read(self, path: Path, keys: list[bytes]) -> float:
        total = 0.0
        with closing(sqlite3.connect(path)) as store:
            for block in blocks_of(keys, ASKED_AT_ONCE):
                marks = ",".join("?" * len(block))
                found = {}
                for key, value in store.execute(
                    f"SELECT key, value FROM vector WHERE key IN ({marks})",  # noqa: S608
                    block,
                ):
                    found[bytes(key)] = np.frombuffer(value, dtype=np.float16)
                total += float(np.stack([found[key] for key in block])[0, 0])
        return total


def cpu_micros(n: int, work: Callable[..., object], *arguments: object) -> float:
    """Processor time of some work, in microseconds a row."""
    begin = time.process_time()
    work(*arguments)
    return 1e6 * (time.process_time() - begin) / n


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--rows", type=int, default=100_000)
    n = ask.parse_args().rows
    draw = np.random.default_rng(0)
    values = draw.normal(size=(SAVED_AT_ONCE, NUMBERS)).astype(np.float16)
    keys = keys_of(n)
    shuffled = [keys[row] for row in draw.permutation(n)]
    print(f"{n:,} rows of {2 * NUMBERS:,} bytes; CPU microseconds a row")
    print("layout        bytes a row   write    read  read in any order")
    for layout in (Version02(), Now()):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "vectors.sqlite"
            figures = [
                cpu_micros(n, layout.write, path, keys, values),
                cpu_micros(n, layout.read, path, keys),
                cpu_micros(n, layout.read, path, shuffled),
            ]
            micros = "  ".join(f"{figure:6.1f}" for figure in figures)
            name = type(layout).__name__
            print(f"{name:12s} {path.stat().st_size / n:12,.0f}  {micros}")


if __name__ == "__main__":
    main()
