"""Repair of the reviewers' files of a decisions folder.

Copies of a file are merged, and what is whole of a damaged file goes into a new one. Nothing is
lost by it: every file that is changed or moved is first kept in `NAME.decisions/replaced/TIME/`,
with `repair.json`, which says what was done. A file is the old one or the new one at any moment;
a repair that was interrupted is finished by the next.
"""

import json
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from coder import files, stored
from coder.decisions.chain import chain_lines, encode_lines
from coder.decisions.folder import log_paths
from coder.decisions.log import check_reviewer
from coder.decisions.merge import merge_versions
from coder.decisions.salvage import (
    SalvagedFile,
    StoredLine,
    is_sound,
    salvage_file,
)
from coder.decisions.witness import FileHead, read_head
from coder.errors import CoderError
from coder.private import make_file, make_folder, mode_of_new

REPLACED_FOLDER = "replaced"
RECORD = "repair.json"
UNFINISHED = "unfinished.json"
ABANDONED = "abandoned.json"
SECONDS_FOR_LOCK = 30
# What a record says of a file, and of what was lost.
FILE_FACTS = {"file": str, "count": int, "head": str, "contradictions": list}
LOSS_FACTS = {"file": str, "head": str}


@dataclass(frozen=True)
class NewFile:
    """A reviewer's file as the repair makes it.

    Attributes:
        made_of: names of the files that its decisions are from.
        damaged: lines of these that could not be kept.
        contradictions: ids under which two different contents are kept.
    """

    name: str
    data: bytes
    head: FileHead
    made_of: tuple[str, ...]
    damaged: int
    contradictions: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """The same without the content, for JSON."""
        return {
            "file": self.name,
            "count": self.head.count,
            "head": self.head.head,
            "made_of": list(self.made_of),
            "damaged_lines": self.damaged,
            "contradictions": list(self.contradictions),
        }


@dataclass(frozen=True)
class RepairPlan:
    """What a repair does to a folder.

    Attributes:
        new_files: those whose content changes.
        merged: those that hold all decisions of their copies already.
        replaced: names of the files to keep: changed, moved, or both.
        moved: of these, the copies, which then go.
    """

    new_files: tuple[NewFile, ...] = ()
    merged: tuple[NewFile, ...] = ()
    replaced: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The same without the contents, for JSON."""
        return {
            "files": [file.facts() for file in (*self.new_files, *self.merged)],
            "replaced": list(self.replaced),
            "moved": list(self.moved),
        }


@dataclass
class _Versions:
    """What all files hold of one reviewer."""

    lines: list[Sequence[StoredLine]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    damaged: int = 0


# ---------------------------------------------------------------- planning


def plan_repair(folder: Path, backups: Sequence[SalvagedFile] = ()) -> RepairPlan:
    """What is to be done so that every file is in order.

    Args:
        backups: earlier versions of files from elsewhere, whose decisions are to be brought back.

    Raises:
        CoderError: decisions carry a reviewer's name that cannot be a file's.
    """
    salvaged = [salvage_file(path) for path in log_paths(folder)]
    unsound = [file for file in salvaged if not is_sound(file, salvaged)]
    new_files, merged = [], []
    for reviewer in _reviewers_of([*unsound, *backups]):
        new_file = _new_file(check_reviewer(reviewer), [*salvaged, *backups])
        path = folder / new_file.name
        if path.is_file() and path.read_bytes() == new_file.data:
            merged.append(new_file)
        else:
            new_files.append(new_file)
    changed = {file.name for file in new_files}
    valid = changed | {file.name for file in merged}
    moved = {file.name for file in unsound} - valid
    present = {file.name for file in salvaged}
    replaced = present & changed | moved
    return RepairPlan(
        tuple(new_files),
        tuple(merged),
        tuple(sorted(replaced)),
        tuple(sorted(moved)),
    )


def _reviewers_of(salvaged: Iterable[SalvagedFile]) -> list[str]:
    reviewers: set[str] = set()
    for file in salvaged:
        reviewers |= file.reviewers
    return sorted(reviewers)


def _new_file(reviewer: str, salvaged: Sequence[SalvagedFile]) -> NewFile:
    versions = _Versions()
    for file in salvaged:
        own_lines = [each for each in file.lines if each.reviewer == reviewer]
        if own_lines or file.owner == reviewer:
            versions.lines.append(own_lines)
            versions.names.append(file.name)
            versions.damaged += file.damaged
    merged = merge_versions(versions.lines)
    lines = chain_lines(merged.bodies)
    return NewFile(
        f"{reviewer}.jsonl",
        encode_lines(lines),
        FileHead(len(lines), lines[-1].hash),
        tuple(versions.names),
        versions.damaged,
        tuple(merged.contradictions),
    )


# ---------------------------------------------------------------- carrying out


def carry_out(folder: Path, plan: RepairPlan) -> Path | None:
    """Do what was planned; the folder with what was replaced, or None where nothing is to do.

    In this order, so that it may end at any moment: all that will be replaced is copied; what
    will be done is written down; each file becomes the new one; copies go.
    """
    if not plan.replaced and not plan.new_files:
        return None
    place = new_place(folder)
    for name in plan.replaced:
        _copy_file(folder / name, place / name)
    _open_to_readers_of(folder, place)
    write_record(place / UNFINISHED, {"at": now(), **plan.facts()})
    _write_new_files(folder, plan.new_files)
    _remove_moved(folder, plan)
    (place / UNFINISHED).replace(place / RECORD)
    files.sync_folder(place)
    return place


def _write_new_files(folder: Path, new_files: Sequence[NewFile]) -> None:
    """Write each file whole beside its place, then put all of them in place: what ends the program
    seldom ends it between two of them.
    """
    modes = {folder / file.name: _mode_for(folder, file) for file in new_files}
    with ExitStack() as stack:
        for new_file in new_files:
            path = folder / new_file.name
            temporary = stack.enter_context(files.new_file(path))
            temporary.write_bytes(new_file.data)
            files.sync_whole(temporary, modes[path])
    for path, mode in modes.items():
        path.chmod(mode)


def _mode_for(folder: Path, new_file: NewFile) -> int:
    """The mode of the file that is replaced, or of the first that it is made of."""
    # Files from elsewhere, which have a path for a name, may be open to others.
    sources = [folder / name for name in new_file.made_of if Path(name).name == name]
    for source in (folder / new_file.name, *sources):
        if source.is_file():
            return stat.S_IMODE(source.stat().st_mode)
    return mode_of_new(folder)


def _remove_moved(folder: Path, plan: RepairPlan) -> None:
    valid = [folder / file.name for file in (*plan.new_files, *plan.merged)]
    for name in plan.moved:
        path = folder / name
        # On a disk that ignores capitals the copy may be the new file itself.
        if any(path.samefile(each) for each in valid):
            continue
        path.unlink()
    files.sync_folder(folder)


def new_place(folder: Path) -> Path:
    """A new folder for what is replaced now.

    Raises:
        CoderError: it cannot be made.
    """
    stem = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    number = 1
    name = stem
    while (folder / REPLACED_FOLDER / name).exists():
        number += 1
        name = f"{stem}-{number}"
    place = folder / REPLACED_FOLDER / name
    try:
        make_folder(place)
    except OSError as error:
        raise CoderError(
            f"{place}: cannot be made ({error.strerror or error})",
            "Make the folder writable. Nothing was changed.",
        ) from error
    files.sync_folder(place.parent)
    return place


def _open_to_readers_of(folder: Path, place: Path) -> None:
    """Give a folder the permissions of another, once all files in it have theirs."""
    mode = folder.stat().st_mode & 0o777
    place.parent.chmod(mode)
    place.chmod(mode)


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file with its date and permissions, through to the disk."""
    with files.new_file(target) as temporary:
        shutil.copyfile(source, temporary)
    shutil.copystat(source, target)


def write_record(path: Path, facts: Mapping[str, Any]) -> None:
    """Write what a repair did."""
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    files.write_text(path, text + "\n")


def now() -> str:
    """The time of a record."""
    return datetime.now(UTC).isoformat(timespec="seconds")


# ---------------------------------------------------------------- interrupted repairs


def finish_interrupted(folder: Path) -> list[str]:
    """Settle the records of repairs that were interrupted; the names of their folders.

    Where the new files were all written, only copies are left over, and the next plan moves
    them. Where they were not, the next plan begins anew.
    """
    names = []
    for path in sorted((folder / REPLACED_FOLDER).glob(f"*/{UNFINISHED}")):
        name = ABANDONED
        if _is_done(folder, path):
            name = RECORD
        path.replace(path.with_name(name))
        names.append(path.parent.name)
    return names


def _is_done(folder: Path, record: Path) -> bool:
    for facts in read_record(record).get("files") or ():
        path = folder / facts["file"]
        if not path.is_file() or read_head(path).head != facts["head"]:
            return False
    return True


def read_record(path: Path) -> dict[str, Any]:
    """What a repair did; empty where the file cannot be read."""
    try:
        record = stored.read_object(path, "", {"files": list, "lost": list})
        for file in record.get("files") or ():
            stored.check_types(path, file, "", FILE_FACTS, FILE_FACTS)
        for loss in record.get("lost") or ():
            stored.check_types(path, loss, "", LOSS_FACTS, LOSS_FACTS)
    except CoderError:
        return {}
    return record


def recorded_contradictions(folder: Path) -> set[str]:
    """Ids under which repairs kept two different contents."""
    ids: set[str] = set()
    for path in (folder / REPLACED_FOLDER).glob(f"*/{RECORD}"):
        for file in read_record(path).get("files") or ():
            ids.update(file["contradictions"])
    return ids


# ---------------------------------------------------------------- taking turns


@contextmanager
def locked(folder: Path, names: Iterable[str]) -> Iterator[None]:
    """Keep others from adding to the files of these names meanwhile.

    Raises:
        CoderError: somebody is saving decisions for longer than half a minute.
    """
    with ExitStack() as locks:
        for name in sorted({*names}):
            path = (folder / name).with_suffix(".lock")
            try:
                make_file(path)
                locks.enter_context(FileLock(path, timeout=SECONDS_FOR_LOCK))
            except (OSError, Timeout) as error:
                raise CoderError(
                    f"{folder / name}: is in use, or the folder cannot be written",
                    "Close open reviews, and run the command again.",
                ) from error
        yield


def repair_folder(
    folder: Path, backups: Sequence[SalvagedFile] = ()
) -> tuple[RepairPlan, Path | None]:
    """Repair every file of a decisions folder that needs it, and nothing else.

    Args:
        backups: as `plan_repair`.

    Returns:
        What was done, and the folder that holds what was replaced; None where nothing was done.

    Raises:
        CoderError: the folder cannot be written, or a reviewer is saving decisions.
    """
    signature = _signature(folder)
    plan = plan_repair(folder, backups)
    if not plan.replaced and not plan.new_files:
        return plan, None
    make_folder(folder)
    names = {file.name for file in (*plan.new_files, *plan.merged)}
    with locked(folder, names):
        if _signature(folder) != signature:  # decisions came in before the lock
            plan = plan_repair(folder, backups)
        return plan, carry_out(folder, plan)


def _signature(folder: Path) -> list[tuple[str, int, int]]:
    """Name, size and time of each file, which tell whether one has changed."""
    signature = []
    for path in log_paths(folder):
        stat = path.stat()
        signature.append((path.name, stat.st_size, stat.st_mtime_ns))
    return signature
