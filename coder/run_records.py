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
    survey = folder.parent.parent
    is_of_question = (
        folder.parent.name == QUESTIONS_FOLDER
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
    from filelock import FileLock

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
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=30):  # two people may finish at once
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
    """The state of a codebook's decisions, and where the codebook lies as seen from `folder`."""
    from coder.decisions import take_witness

    try:
        place = os.path.relpath(codebook, folder)
    except ValueError:  # on another drive
        place = str(codebook)
    return {"path": Path(place).as_posix(), **take_witness(codebook).facts()}


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
