"""What a project keeps about its own past: run records, random samples, the cache of vectors."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder.run_records import read_record, record_remedy
from coder.stored import DamagedFileError, fault_of, is_as_sealed
from coder.text import count, name_some
from coder.workflow.checks.result import CheckResult, ProjectContents

if TYPE_CHECKING:
    from sqlite3 import Connection

RECORDED = ("cluster", "apply", "export")  # commands that record what the comments were
SAMPLE_COLUMNS = 4  # rank, comment id, hash of the text, place in the random order


def check_runs(contents: ProjectContents) -> list[CheckResult]:
    """`runs/`: every record readable, none missing, none older than the comments."""
    paths = sorted((contents.project.folder / "runs").glob("*.json"))
    faults = []
    for path in paths:
        faults += _record_faults(path)
    numbers = {int(path.stem[:4]) for path in paths if path.stem[:4].isdigit()}
    missing = sorted(set(range(1, max(numbers, default=0) + 1)) - numbers)
    if missing:
        faults.append(f"records are missing: {name_some(missing)}")
    notes = _outdated_runs(contents)
    return [
        CheckResult(
            "run records",
            f"{len(paths)}",
            tuple(faults),
            tuple(notes),
        )
    ]


def _record_faults(path: Path) -> list[str]:
    """What is wrong with one record: it cannot be read, or is not as it was written."""
    if not path.stem[:4].isdigit():
        return [f"{path}: is not a run record"]
    fault = fault_of(lambda: _read_sealed(path))
    return [fault] if fault else []


def _read_sealed(path: Path) -> None:
    record = read_record(path)
    if not is_as_sealed(record):
        raise DamagedFileError(
            path, "it was changed after it was written", record_remedy(path)
        )


def _outdated_runs(contents: ProjectContents) -> list[str]:
    if contents.comments is None:
        return []
    now = contents.project.comments_fingerprint()
    notes = []
    for command in RECORDED:
        then = contents.last_run(command).get("comments_fingerprint")
        if then not in (None, now):
            notes.append(
                f"the comments have changed since the last coder {command}: run it again"
            )
    return notes


def check_samples(contents: ProjectContents) -> list[CheckResult]:
    """`samples/`: random samples in the order in which they were drawn, of the comments as they
    are.
    """
    paths = (contents.project.folder / "samples").glob("random-*.csv")
    return [_check_sample(path, contents) for path in sorted(paths)]


def _check_sample(path: Path, contents: ProjectContents) -> CheckResult:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    faults: tuple[str, ...] = ()
    if not _is_as_drawn(rows, seed=int(path.stem.split("-")[1])):
        faults = ("it was changed after it was drawn",)
    content = f"{count(len(rows), 'comment')} in their order"
    notes = tuple(_changed_comments(rows, contents))
    return CheckResult(
        f"sample {path.name}",
        content,
        faults,
        notes,
    )


def _is_as_drawn(
    rows: Sequence[Sequence[str]],
    seed: int,
) -> bool:
    """Whether the order is the one that the seed gives."""
    from coder.decisions import place_in_order

    places = []
    for rank, row in enumerate(rows, start=1):
        if len(row) != SAMPLE_COLUMNS:
            return False
        place = place_in_order(seed, row[1])
        if row[0] != str(rank) or row[3] != place:
            return False
        places.append(place)
    return places == sorted(places)


def _changed_comments(
    rows: Sequence[Sequence[str]],
    contents: ProjectContents,
) -> list[str]:
    from coder.text import text_hash

    changed, removed = [], []
    for row in rows:
        if len(row) != SAMPLE_COLUMNS or not contents.texts:
            continue
        text = contents.texts.get(row[1])
        if text is None:
            removed.append(row[1])
        elif text_hash(text) != row[2]:
            changed.append(row[1])
    notes = []
    if changed:
        notes.append(
            f"{count(len(changed), 'comment')} changed since: {name_some(changed)}"
        )
    if removed:
        notes.append(
            f"{count(len(removed), 'comment')} no longer in the project: {name_some(removed)}"
        )
    return notes


def check_cache(contents: ProjectContents) -> list[CheckResult]:
    """The cache of vectors, and what an interrupted run left."""
    left = sorted(path.name for path in contents.project.folder.rglob(".*.tmp"))
    notes: tuple[str, ...] = ()
    if left:
        notes = (
            f"an interrupted run left files that can be deleted: {name_some(left)}",
        )
    path = contents.project.cache_path
    if not path.is_file():
        return [CheckResult("cache", "no cache", notes=notes)]
    content, faults = _check_vectors(path)
    return [CheckResult("cache", content, faults, notes)]


def _check_vectors(path: Path) -> tuple[str, tuple[str, ...]]:
    import sqlite3
    from contextlib import closing

    content = "no cache"
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as store:
            (verdict,) = store.execute("PRAGMA quick_check").fetchone()
            vectors = _count_vectors(store)
        content = f"{count(vectors, 'vector')} in the cache"
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict == "ok":
        return content, ()
    return content, (
        f"the cache is damaged ({verdict}). Delete {path}; it is made again.",
    )


def _count_vectors(store: "Connection") -> int:
    """Rows in the cache, those in the table of versions to 0.2 too."""
    counts = {
        "encoded": "SELECT count(*) FROM encoded",
        "vector": "SELECT count(*) FROM vector",
    }
    vectors = 0
    for (table,) in store.execute("SELECT name FROM sqlite_master").fetchall():
        if table in counts:
            vectors += int(store.execute(counts[table]).fetchone()[0])
    return vectors
