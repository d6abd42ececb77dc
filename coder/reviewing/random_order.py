"""The random order of a project's comments: the same for everybody, and written down when first
used.
"""

import csv
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from coder import files
from coder.errors import CoderError, option
from coder.text import text_hash

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_COLUMNS = ("rank", "comment_id", "text_hash", "draw")


def draw(seed: int, comment_id: str) -> str:
    """Where a comment falls in the random order: 32 hex digits made of the seed and the id alone.

    So the order of a file's rows does not matter, and comments added later take their places
    among the rest: what was drawn stays drawn.
    """
    key = f"{seed}\0{comment_id}".encode("utf-8", "surrogatepass")
    return blake2b(key, digest_size=16).hexdigest()


def _in_order(draws: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(draws, key=lambda comment_id: (draws[comment_id], comment_id)))


def drawn_sample(folder: Path, comments: "pd.DataFrame", seed: int) -> tuple[str, ...]:
    """The random order of a project's analysed comments, written to `samples/random-SEED.csv` at
    first use.

    Comments that came later are written to `random-SEED-2.csv` and so on: a file, once written,
    stays.

    Args:
        folder: the project's.
        comments: `tables.COMMENTS`, those that are analysed.

    Raises:
        CoderError: a file was changed after it was written.
    """
    draws = {
        str(comment_id): draw(seed, comment_id) for comment_id in comments["comment_id"]
    }
    order = _in_order(draws)
    paths = _sample_files(folder, seed)
    listed: set[str] = set()
    for path in paths:
        listed.update(_read_sample(path, seed, draws))
    if not listed.issuperset(order):
        texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
        _write_sample(_sample_file(folder, seed, len(paths) + 1), order, texts, draws)
    return order


def _sample_file(folder: Path, seed: int, number: int) -> Path:
    if number == 1:
        return folder / "samples" / f"random-{seed}.csv"
    return folder / "samples" / f"random-{seed}-{number}.csv"


def _sample_files(folder: Path, seed: int) -> list[Path]:
    """The files of one seed, up to the first number that is missing."""
    paths: list[Path] = []
    path = _sample_file(folder, seed, 1)
    while path.is_file():
        paths.append(path)
        path = _sample_file(folder, seed, len(paths) + 1)
    return paths


def _write_sample(
    path: Path, order: Iterable[str], texts: Mapping[str, str], draws: Mapping[str, str]
) -> None:
    with (
        files.new_file(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        out = csv.writer(file, lineterminator="\n")
        out.writerow(SAMPLE_COLUMNS)
        for rank, comment_id in enumerate(order, start=1):
            out.writerow(
                (rank, comment_id, text_hash(texts[comment_id]), draws[comment_id])
            )


def _read_sample(path: Path, seed: int, draws: Mapping[str, str]) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not _is_as_written(rows, seed, draws):
        raise CoderError(
            f"{path}: was changed after it was written",
            "A random order is drawn once. Restore the file, or draw another order with another "
            f"{option('seed')}.",
        )
    return [row[1] for row in rows[1:]]


def _is_as_written(rows: list[list[str]], seed: int, draws: Mapping[str, str]) -> bool:
    """Whether the rows are numbered, sorted by their draws, and every draw is that of its
    comment.
    """
    if not rows or tuple(rows[0]) != SAMPLE_COLUMNS:
        return False
    before = ""
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(SAMPLE_COLUMNS):
            return False
        rank, comment_id, _, place = row
        if rank != str(number) or place < before:
            return False
        if place != (draws.get(comment_id) or draw(seed, comment_id)):
            return False
        before = place
    return True
