"""Run records of a project: what was run on what, with which versions, and with what outcome."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coder import files
from coder.errors import CoderError, command

PROJECT_SUFFIX = ".coding"
SETTINGS_FILE = "project.yaml"
QUESTIONS_FOLDER = "questions"  # of a project of several, a folder each
ALL_QUESTIONS = "all"  # in place of the id of one, so no id
RUN_RECORDS = "[0-9][0-9][0-9][0-9]-"
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


def home_of(folder: Path) -> Path:
    """The folder that holds the settings and the comments: that of the whole survey, where
    `folder` is that of one of its questions.
    """
    place = folder
    if place.parent.name != QUESTIONS_FOLDER:  # such as a full stop, or a name alone
        place = folder.absolute()
    survey = place.parent.parent
    is_of_question = (
        place.parent.name == QUESTIONS_FOLDER
        and (survey / SETTINGS_FILE).is_file()
        and not (folder / SETTINGS_FILE).is_file()
    )
    return survey if is_of_question else folder


def write_record(
    project: Path,
    name: str,
    facts: Mapping[str, Any],
    codebook: Path | None,
) -> Path:
    """Write `runs/NNNN-NAME.json` into a project's folder; see `Project.record_run`."""
    folder = project / "runs"
    record = {
        "command": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        **facts,
    }
    if codebook is not None:
        record["decisions"] = _witness_of(codebook, project)
    text = json.dumps(record, indent=2, ensure_ascii=False, default=str)
    with files.hold_lock(folder / ".lock", timeout=30):  # two people may finish at once
        runs = folder.glob(f"{RUN_RECORDS}*.json")
        numbers = [int(path.name[:4]) for path in runs]
        number = 1 + max(numbers, default=0)
        path = folder / f"{number:04d}-{name}.json"
        files.write_text(path, text + "\n")
    return path


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
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CoderError(
            f"{path}: is damaged ({str(error).splitlines()[0]})",
            f"Take it out of the folder and run the command again: {command(name, project)}",
        ) from error
    return record


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
