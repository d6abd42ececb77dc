"""Repair of what is no decision: run records, labels, tables, the cache, leftovers.

Nothing is lost by it: what cannot be made anew is set aside.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coder import commit_journal, files
from coder.errors import CoderError
from coder.private import make_folder
from coder.project_home import home_of
from coder.project_lock import hold_at_once
from coder.run_records import DAMAGED_FOLDER, record_remedy
from coder.stored import SEAL, fault_of, is_as_sealed, read_object
from coder.text import count
from coder.workflow.checks.coded import apply_again, changed_files, check_labels
from coder.workflow.checks.label_tables import check_label_tables, standing_decisions
from coder.workflow.checks.received import check_ledger
from coder.workflow.checks.records import read_sealed
from coder.workflow.checks.result import CheckResult, ProjectContents

if TYPE_CHECKING:
    from coder.project import Project

SET_ASIDE = "damaged"  # in the project's folder
OLD_TEMPORARY = re.compile(r"\..*\.tmp")  # as versions to 0.3 named them
A_DAY = 86_400  # seconds


def mend(contents: ProjectContents) -> list[str]:
    """Put in order what is no decision, and say what was done, a sentence or two each.

    Only for who holds the project.

    Raises:
        CoderError: the folder cannot be written.
    """
    done: list[str] = []
    for step in (
        _remove_leftovers,
        _set_aside_records,
        _set_aside_labels,
        _write_ledger,
        _write_tables,
        _mend_cache,
        _remove_results,
    ):
        done += _guarded(step, contents)
    return done


def _guarded(
    step: Callable[[ProjectContents], Iterator[str]], contents: ProjectContents
) -> list[str]:
    """What a step did; a folder that cannot be written is the program's own error."""
    try:
        return list(step(contents))
    except OSError as error:
        place = error.filename or contents.project.folder
        raise CoderError(
            f"{place}: cannot be repaired ({error.strerror or error})",
            "Make the project's folder writable for you, and repair again.",
        ) from error


# ---------------------------------------------------------------- setting aside


def _set_aside(path: Path, folder: Path) -> Path:
    """Move a file or folder into another folder, under a free name."""
    make_folder(folder)
    target = folder / path.name
    number = 1
    while os.path.lexists(target):
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    path.rename(target)
    files.sync_folder(folder)
    files.sync_folder(path.parent)
    return target


def set_aside_journal(folder: Path) -> list[str]:
    """Set aside the damaged journal of a change that was interrupted, and what was staged for
    it: without it nobody can say which files were to change, and no command goes on.
    """
    home = home_of(folder)
    if not commit_journal.is_damaged(home):
        return []
    lock = hold_at_once(home)
    if lock is None:  # somebody is at work
        return []
    place = home / SET_ASIDE
    try:
        # The journal last: as long as it is there, this is done again.
        for name in (commit_journal.STAGED, commit_journal.JOURNAL):
            if os.path.lexists(home / name):
                _set_aside(home / name, place)
    except OSError as error:
        raise files.unwritable(place, error) from error
    finally:
        lock.release()
    return [
        "The record of a change that was interrupted was damaged, and is now in "
        f"{place}. Some files may be of before it, and others of after it."
    ]


def _set_aside_records(contents: ProjectContents) -> Iterator[str]:
    """Run records that are not as they were written. Their names stay, so that no older record
    is taken for the newest.
    """
    for path in sorted((contents.project.folder / "runs").glob("*.json")):
        if fault_of(lambda path=path: read_sealed(path)):  # type: ignore[misc]
            place = _set_aside(path, path.parent / DAMAGED_FOLDER)
            again = record_remedy(path).partition(",")[0]
            yield f"{path.name} was damaged, and is now {place}. {again}."


def _set_aside_labels(contents: ProjectContents) -> Iterator[str]:
    """Labels that cannot be read, or that are not those that were written."""
    path = contents.project.labels_path
    if not path.exists() or contents.comments is None:
        return
    is_faulty = (
        not contents.project.has_labels
        or changed_files(contents, contents.last_run("apply"))
        or fault_of(lambda: _read_labels(contents))
    )
    if is_faulty:
        place = _set_aside(path, contents.project.folder / SET_ASIDE)
        yield (
            f"{path.name} was damaged, and is now {place}. Code the comments again: "
            f"{apply_again(contents)}"
        )


def _read_labels(contents: ProjectContents) -> None:
    for _ in contents.project.label_blocks():
        pass


# ---------------------------------------------------------------- making anew


def _is_faulty(results: list[CheckResult], subject: str) -> bool:
    return any(result.subject == subject and result.faults for result in results)


def _write_ledger(contents: ProjectContents) -> Iterator[str]:
    """`ledger.csv`, from the comments."""
    from coder.project import ledger_of
    from coder.workflow.checks.received import parts_of

    settings, comments = contents.settings, contents.comments
    if settings is None or comments is None:
        return
    if not _is_faulty(check_ledger(contents), "ledger"):
        return
    path = contents.project.folder / "ledger.csv"
    try:
        ledger = ledger_of(settings, parts_of(settings, comments))
    except CoderError:  # the comments do not add up; nothing to write
        return
    _make_room(path, contents.project)
    files.write_csv(path, ledger)
    yield f"{path.name} was written anew from the comments."


def _write_tables(contents: ProjectContents) -> Iterator[str]:
    """`labels.csv` and `matrix.csv`, from the labels and the decisions of today."""
    from coder.workflow.coded_tables import TABLES, write_tables_anew

    results = check_label_tables(contents)
    if not any(result.faults for result in results):
        return
    if _is_faulty(check_labels(contents), "labels"):
        return
    standing = None
    with suppress(CoderError):  # reported with the decisions
        standing = standing_decisions(contents)
    if standing is None:
        return
    for name in TABLES:
        _make_room(contents.project.folder / name, contents.project)
    write_tables_anew(contents.project, standing)
    names = " and ".join(TABLES)
    yield f"{names} were written anew from the labels and the decisions."


def _make_room(path: Path, project: "Project") -> None:
    """Set aside a folder in the place of a file."""
    if path.is_dir():
        _set_aside(path, project.folder / SET_ASIDE)


# ---------------------------------------------------------------- what is computed again


def _mend_cache(contents: ProjectContents) -> Iterator[str]:
    """Vectors that are damaged go, or the whole file where it cannot be read."""
    from coder.embedding.vector_file import examine, remove_damaged

    path = contents.project.cache_path
    if not path.exists():
        return
    state = examine(path)
    if state.fault:
        _set_aside(path, path.parent / SET_ASIDE)
        yield f"{path.name} could not be read and was set aside. It is made again."
    elif state.damaged:
        removed = remove_damaged(path)
        vectors = count(removed, "damaged vector")
        yield f"{vectors} removed from the cache. They are computed again."


def _remove_results(contents: ProjectContents) -> Iterator[str]:
    """What is kept of earlier commands, for those that ask for the same again."""
    folder = contents.project.folder / "cache" / "results"
    removed = 0
    for path in sorted(folder.glob("*.json")):
        if fault_of(lambda path=path: _check_result(path)):  # type: ignore[misc]
            for each in (path, path.with_suffix(".facts")):
                _remove(each)
            removed += 1
    if removed:
        results = count(removed, "damaged result")
        yield f"{results} of earlier commands removed. The commands run again."


def _check_result(path: Path) -> None:
    if path.name == "large-files.json":
        read_object(path, "")
        return
    stored = read_object(path, "", {"facts_sha256": str})
    if SEAL not in stored:  # of an earlier version, and not used any more
        return
    facts = path.with_suffix(".facts")
    is_same = facts.is_file() and files.sha256_of(facts) == stored.get("facts_sha256")
    if not is_as_sealed(stored) or not is_same:
        raise CoderError(f"{path}: is not as it was written")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_leftovers(contents: ProjectContents) -> Iterator[str]:
    """Temporary files of programs that were ended."""
    removed = 0
    for path in sorted(contents.project.folder.rglob(".*.tmp")):
        if is_left_over(path):
            path.unlink(missing_ok=True)
            removed += 1
    if removed:
        yield f"{count(removed, 'temporary file')} of interrupted commands removed."


def is_left_over(path: Path) -> bool:
    """Whether nobody can be writing a temporary file any more."""
    if not path.is_file() or path.is_symlink():
        return False
    if path in files.abandoned_files(path.parent):
        return True
    age = datetime.now(UTC).timestamp() - path.stat().st_mtime
    return bool(OLD_TEMPORARY.fullmatch(path.name)) and age > A_DAY
