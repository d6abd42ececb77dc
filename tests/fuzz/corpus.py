"""Inputs that were a fault once, made as small as they go: each is a test for ever.

They lie in `tests/corpus/READER/HASH.EXT`. All were written by these fuzzers.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from fuzz.harness import judge_bytes
from fuzz.readers import BY_NAME, Reader
from fuzz.verdicts import Verdict

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
LARGEST_CORPUS = 300_000  # bytes
MOST_TRIES = 300  # of making one input smaller


def kept_files() -> Iterator[tuple[Reader, list[Path]]]:
    """The kept inputs of each reader that has any."""
    for folder in sorted(CORPUS.iterdir()):
        yield BY_NAME[folder.name], sorted(folder.iterdir())


def keep(reader: Reader, data: bytes) -> Path:
    """Write an input into the corpus."""
    name = hashlib.sha256(data).hexdigest()[:10]
    path = CORPUS / reader.name / f"{name}{reader.ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def keep_fault(reader: Reader, data: bytes, verdict: Verdict) -> Path:
    """Make an input smaller while its fault stays the same, and keep it."""
    return keep(reader, smallest(reader, data, verdict.cause))


def smallest(reader: Reader, data: bytes, cause: str) -> bytes:
    """A part of the input that has the same fault: stretches are left out, large ones first."""
    tries = MOST_TRIES
    size = len(data) // 2
    while size >= 1 and tries > 0:
        place = 0
        while place < len(data) and tries > 0:
            shorter = data[:place] + data[place + size :]
            tries -= 1
            if judge_bytes(reader, shorter).cause == cause:
                data = shorter
            else:
                place += size
        size //= 2
    return data
