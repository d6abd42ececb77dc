"""Run records of a project: what was run on what, with which versions, and with what outcome."""

import json
import os
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coder import files, stored
from coder.errors import CoderError, command, option
from coder.project_home import home_of
from coder.transactions import Transaction

PROJECT_SUFFIX = ".coding"
ALL_QUESTIONS = "all"  # in place of the id of one, so no id
LOCK = ".lock"  # in the folder of the records
NEWEST = ".newest"  # there too: the number of the last record, which tells that it is missing
MOST_RECORDS = 9_999
RUN_RECORDS = "[0-9][0-9][0-9][0-9]-"
DAMAGED_FOLDER = "damaged"  # in `runs`: what a repair set aside
# Of what later commands read; any other value is for people.
RECORD_TYPES: stored.Types = {
    "command": str,
    "at": str,
    "codebook_file": str,
    "codebook_fingerprint": str,
    "comments_fingerprint": str,
    "texts_fingerprint": str,
    "model_fingerprint": str,
    "decisions": dict,
    "draft_sha256": str,
    "table_sha256": str,
    "tables_sha256": dict,
    "labels_sha256": dict,
    "left_out": dict,
    "thresholds": dict,
    "common_names": list,
    "opinion": bool,
    "seed": int,
}
RECORDED_PACKAGES = (
    "coder",
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "sentence-transformers",
    "torch",
    "spacy",
    "hdbscan",
)


def write_record(
    project: Path,
    name: str,
    facts: Mapping[str, Any],
    codebook: Path | None,
    within: Transaction | None = None,
) -> Path:
    """Write `runs/NNNN-NAME.json` into a project's folder; see `Project.record_run`."""
    text = _record_text(project, name, facts, codebook).encode()
    folder = project / "runs"
    if within is not None:
        number = _next_number(folder)
        path = folder / f"{number:04d}-{name}.json"
        within.stage(path).write_bytes(text)
        within.stage(folder / NEWEST).write_text(f"{number}\n")
        return path
    with _short_turn(folder):
        number = _next_number(folder)
        while True:
            path = folder / f"{number:04d}-{name}.json"
            try:
                files.add_file(path, text)
                files.write_text(folder / NEWEST, f"{number}\n")
                return path
            except FileExistsError:  # where there are no locks
                number += 1


def record_if_allowed(
    project: Path,
    name: str,
    facts: Mapping[str, Any],
    codebook: Path | None = None,
) -> tuple[str, ...]:
    """Write a record as `write_record` does; where this user may only read the project, give
    what to tell instead.
    """
    if _may_record(project):
        write_record(project, name, facts, codebook)
        return ()
    return (
        f"You may only read the project {project}: its runs do not show that this was done.",
    )


def _may_record(project: Path) -> bool:
    place = project / "runs"
    if not place.exists():
        place = project
    return os.access(place, os.W_OK)


@contextmanager
def _short_turn(folder: Path) -> Iterator[None]:
    """Take turns with others who write a run record; where that cannot be, two records may have
    the same number, and none is lost.
    """
    with ExitStack() as stack:
        with suppress(TimeoutError, NotImplementedError, CoderError):
            stack.enter_context(files.hold_lock(folder / LOCK, timeout=30))
        yield


def _next_number(folder: Path) -> int:
    runs = folder.glob(f"{RUN_RECORDS}*.json")
    present = max((int(path.name[:4]) for path in runs), default=0)
    return 1 + max(present, newest_number(folder))


def newest_number(folder: Path) -> int:
    """The number of the record that was written last, be it there or not; 0 where that is not
    known.
    """
    try:
        return min(int((folder / NEWEST).read_text("ascii")[:5]), MOST_RECORDS)
    except (OSError, ValueError):
        return 0


def _record_text(
    project: Path,
    name: str,
    facts: Mapping[str, Any],
    codebook: Path | None,
) -> str:
    record = {
        "command": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        **facts,
    }
    if codebook is not None:
        record["decisions"] = _witness_of(codebook, project)
    sealed = stored.seal(record)
    return json.dumps(sealed, indent=2, ensure_ascii=False, default=str) + "\n"


def record_paths(project: Path, name: str) -> list[Path]:
    """The run records of a command, oldest first."""
    return sorted((project / "runs").glob(f"{RUN_RECORDS}{name}.json"))


def last_record(project: Path, name: str) -> dict[str, Any] | None:
    """The newest run record of a command, or None.

    Raises:
        CoderError: it is damaged.
    """
    records = record_paths(project, name)
    if not records:
        return None
    path = records[-1]
    if _newest_set_aside(project, name) > path.name:
        return None
    return read_record(path)


def _newest_set_aside(project: Path, name: str) -> str:
    """The name of the newest damaged record that a repair set aside; empty where there is none.
    What an older record says is not true of what was run last.
    """
    places = (project / "runs" / DAMAGED_FOLDER).glob(f"{RUN_RECORDS}{name}.json")
    return max((path.name for path in places), default="")


def read_record(path: Path) -> dict[str, Any]:
    """One run record.

    Raises:
        CoderError: it is damaged, or is not the record that its name says.
    """
    name, remedy = path.stem[5:], record_remedy(path)
    record = stored.read_object(path, remedy, RECORD_TYPES, ("command", "at"))
    if record["command"] != name:
        fault = "it is the record of another command"
        raise stored.DamagedFileError(path, fault, remedy)
    return record


def record_remedy(path: Path) -> str:
    """What to do about a damaged record."""
    repair = command("check", path.parent.parent, option("repair"))
    if not re.fullmatch(r"\d{4}-[a-z_-]+", path.stem):
        return f"It is a copy that another program made, and not needed. Take it out: {repair}"
    return f"Run coder {path.stem[5:]} again, or go on without this record: {repair}"


def _witness_of(codebook: Path, folder: Path) -> dict[str, Any]:
    """The state of a codebook's decisions, and where the codebook lies as seen from the folder
    of the settings, so that the path still holds when a project gets further questions.
    """
    from coder.decisions import take_witness

    try:
        place = os.path.relpath(codebook, home_of(folder))
    except ValueError:  # on another drive
        place = str(codebook)
    return {"path": Path(place).as_posix(), **take_witness(codebook).facts()}


def recorded_codebook(folder: Path, record: Mapping[str, Any]) -> Path | None:
    """Where the codebook of a run lay, whether or not it is still there.

    Args:
        folder: that the record belongs to: of a project, or of one of its questions.

    Returns:
        None where the record names no codebook.
    """
    history = record.get("decisions")
    if not isinstance(history, dict) or not history.get("path"):
        return None
    home, place = home_of(folder), str(history["path"])
    path = Path(os.path.normpath(home / place))
    # Earlier versions wrote it as seen from the folder of the question.
    earlier = Path(os.path.normpath(folder / place))
    return earlier if earlier.is_file() and not path.is_file() else path


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    from importlib import metadata

    known = {"python": platform.python_version()}
    for name in RECORDED_PACKAGES:
        try:
            known[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            known[name] = "not installed"
    return known
