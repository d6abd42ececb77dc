"""What a project keeps about its own past: run records, random samples, the cache of vectors."""

import re
from collections.abc import Sequence
from pathlib import Path

from coder.errors import CoderError, command, option
from coder.private import closed_place, how_to_open
from coder.run_records import DAMAGED_FOLDER, newest_number, read_record, record_remedy
from coder.stored import DamagedFileError, fault_of, is_as_sealed, read_rows
from coder.text import count, name_some
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    faults_of_error,
)

RECORDED = ("cluster", "apply", "export")  # commands that record what the comments were
SAMPLE_COLUMNS = ("rank", "comment_id", "text_hash", "draw")


def check_runs(contents: ProjectContents) -> list[CheckResult]:
    """`runs/`: every record readable, none missing, none older than the comments."""
    paths = sorted((contents.project.folder / "runs").glob("*.json"))
    faults = []
    for path in paths:
        faults += _record_faults(path)
    set_aside = (contents.project.folder / "runs" / DAMAGED_FOLDER).glob("*.json")
    numbers = set()
    for path in (*paths, *set_aside):
        if path.stem[:4].isdecimal():
            numbers.add(int(path.stem[:4]))
    newest = newest_number(contents.project.folder / "runs")
    last = max({*numbers, newest})
    missing = sorted(set(range(1, last + 1)) - numbers)
    if missing:
        faults.append(
            f"records are missing: {name_some(missing)}. Restore them from a backup: they say "
            "how many decisions there were"
        )
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
    if not re.match(r"\d{4}-", path.stem):
        return [f"{path}: is not a run record. Take it out of the folder"]
    fault = fault_of(lambda: read_sealed(path))
    return [fault] if fault else []


def read_sealed(path: Path) -> None:
    """Check one run record. Raises `CoderError` where it is not as it was written."""
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
    for name in RECORDED:
        then = contents.last_run(name).get("comments_fingerprint")
        if then not in (None, now):
            notes.append(
                f"the comments have changed since the last coder {name}: run it again"
            )
    return notes


def check_samples(contents: ProjectContents) -> list[CheckResult]:
    """`samples/`: random samples in the order in which they were drawn, of the comments as they
    are.
    """
    paths = (contents.project.folder / "samples").glob("random-*.csv")
    return [_check_sample(path, contents) for path in sorted(paths)]


def _check_sample(path: Path, contents: ProjectContents) -> CheckResult:
    subject = f"sample {path.name}"
    try:
        rows = _read_sample(path)
    except CoderError as error:
        return CheckResult(subject, "cannot be read", faults_of_error(error))
    content = f"{count(len(rows), 'comment')} in their order"
    return CheckResult(subject, content, notes=tuple(_changed_comments(rows, contents)))


def _read_sample(path: Path) -> list[tuple[str, str]]:
    """Id of each comment, and hash of its text, where the order is the one that the seed gives.

    Raises:
        CoderError: it is not.
    """
    from coder.decisions import place_in_order

    remedy = f"Restore the file, or draw another order with another {option('seed')}"
    _, seed, *_ = f"{path.stem}-".split("-")
    if not seed.isdecimal():
        raise DamagedFileError(path, "its name says no seed", remedy)
    rows = []
    before = ""
    for rank, row in enumerate(read_rows(path, SAMPLE_COLUMNS, remedy), start=1):
        cells = row.cells
        place = place_in_order(int(seed), cells["comment_id"])
        is_next = cells["rank"] == str(rank) and before <= place
        if not is_next or cells["draw"] != place:
            fault = "it was changed after it was drawn"
            raise DamagedFileError(path, fault, remedy, row.line)
        before = place
        rows.append((cells["comment_id"], cells["text_hash"]))
    return rows


def _changed_comments(
    rows: Sequence[tuple[str, str]],
    contents: ProjectContents,
) -> list[str]:
    from coder.text import text_hash

    if not contents.texts:
        return []
    changed, removed = [], []
    for comment_id, drawn_hash in rows:
        text = contents.texts.get(comment_id)
        if text is None:
            removed.append(comment_id)
        elif text_hash(text) != drawn_hash:
            changed.append(comment_id)
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
    from coder.embedding.vector_file import examine

    left = sorted(path.name for path in contents.project.folder.rglob(".*.tmp"))
    notes: tuple[str, ...] = ()
    if left:
        notes = (
            f"an interrupted run left files that can be deleted: {name_some(left)}",
        )
    path = contents.project.cache_path
    if not path.exists():
        return [CheckResult("cache", "no cache", notes=notes)]
    if closed_place(path) is not None:
        fault = f"{path}: cannot be read (permission denied). {how_to_open(path)}"
        return [CheckResult("cache", "cannot be read", (fault,), notes)]
    state = examine(path)
    repair = command("check", contents.project.home, option("repair"))
    faults = []
    if state.fault:
        faults.append(
            f"{path}: is damaged ({state.fault}). What it holds is made again. Remove it: {repair}"
        )
    if state.damaged:
        vectors = count(state.damaged, "vector")
        faults.append(
            f"{path}: {vectors} damaged. They are computed again. Remove them: {repair}"
        )
    content = f"{count(state.rows, 'vector')} in the cache"
    return [CheckResult("cache", content, tuple(faults), notes)]
