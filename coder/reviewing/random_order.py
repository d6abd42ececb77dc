"""The random order of a project's comments: the same for everybody, and written down when first
used.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder import files
from coder.codebook import Codebook
from coder.decisions import (
    Draw,
    decisions_folder,
    frame_fingerprint,
    place_in_order,
    store_draw,
)
from coder.errors import option
from coder.stored import DamagedFileError, read_rows
from coder.text import text_hash

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_COLUMNS = ("rank", "comment_id", "text_hash", "draw")


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
        str(comment_id): place_in_order(seed, comment_id)
        for comment_id in comments["comment_id"]
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


def plan_sample(
    codebook: Codebook,
    project: str,
    order: Sequence[str],
    size: int,
    seed: int,
    theme_ids: Sequence[str] = (),
) -> Draw:
    """The draw of the first comments of the random order; nothing is written down yet.

    Args:
        project: the name under which decisions are made.
        order: the random order of the analysed comments (see `drawn_sample`).
        size: how many are drawn; all where there are fewer.
        seed: of the order.
        theme_ids: the themes to be judged; empty for all.
    """
    return Draw(
        project=project,
        kind="order",
        seed=seed,
        comment_ids=tuple(order[:size]),
        frame=len(order),
        frame_fingerprint=frame_fingerprint(order),
        theme_ids=tuple(theme_ids),
        codebook_fingerprint=codebook.fingerprint,
    )


def record_sample(codebook_path: Path, draw: Draw) -> Draw:
    """Write a draw down with the decisions of a codebook; once, however often asked.

    Returns:
        The draw; the earlier one where the same comments were drawn before.

    Raises:
        CoderError: the folder of the decisions cannot be written.
    """
    return store_draw(decisions_folder(codebook_path), draw)


def declare_sample(
    codebook_path: Path,
    codebook: Codebook,
    project: str,
    comment_ids: Sequence[str],
    drawn: Sequence[str],
) -> Draw:
    """Write down that comments were drawn at random in another program.

    Args:
        comment_ids: all that they were drawn from.
        drawn: the ids of those drawn, decided or not.

    Returns:
        The draw; the earlier one where the same comments were declared before.
    """
    frame = tuple(sorted(comment_ids))
    draw = Draw(
        project=project,
        kind="elsewhere",
        seed=None,
        comment_ids=tuple(drawn),
        frame=len(frame),
        frame_fingerprint=frame_fingerprint(frame),
        frame_ids=frame,
        codebook_fingerprint=codebook.fingerprint,
    )
    return store_draw(decisions_folder(codebook_path), draw)


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
    remedy = (
        "A random order is drawn once. Restore the file, or draw another order with another "
        f"{option('seed')}."
    )
    comment_ids = []
    before = ""
    for number, row in enumerate(read_rows(path, SAMPLE_COLUMNS, remedy), start=1):
        rank, comment_id, _, place = (row.cells[name] for name in SAMPLE_COLUMNS)
        right_place = draws.get(comment_id) or place_in_order(seed, comment_id)
        if rank != str(number) or place < before or place != right_place:
            fault = "it was changed after it was written"
            raise DamagedFileError(path, fault, remedy, row.line)
        before = place
        comment_ids.append(comment_id)
    return comment_ids
