"""Files of a project that whoever checks it has no permission to open."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from coder.errors import CoderError
from coder.private import closed_place, how_to_open
from coder.project import Project
from coder.project_lock import LOCK
from coder.stored import UNREADABLE
from coder.workflow.checks.result import CheckResult, ProjectContents

PERMISSIONS = "permissions"  # what is checked here
NOT_NEEDED = (LOCK,)  # nobody reads it


def check_closed_files(
    contents: ProjectContents, results: Iterable[CheckResult]
) -> list[CheckResult]:
    """A fault for each file or folder that cannot be opened, and with it nothing in it.

    Args:
        results: of the other checks; what they name is not named again.
    """
    named = "\n".join(fault for result in results for fault in result.faults)
    faults = []
    for path in _closed_files(contents.project, contents.codebook_path):
        if f"{path}: {UNREADABLE}" in named:
            continue
        faults.append(
            f"{path}: cannot be read (permission denied). {how_to_open(path)}"
        )
    if not faults:
        return []
    return [CheckResult(PERMISSIONS, "not all can be opened", tuple(faults))]


def check_nothing_closed(project: Project, codebook: Path | None) -> None:
    """Refuse to repair what cannot be read: it may be whole.

    Raises:
        CoderError: a file or folder of the project or its decisions cannot be opened.
    """
    for path in _closed_files(project, codebook):
        raise CoderError(
            f"{path}: cannot be read (permission denied), and nothing was repaired",
            how_to_open(path),
        )


def _closed_files(project: Project, codebook: Path | None) -> Iterator[Path]:
    from coder.decisions import decisions_folder

    folders = {project.home, project.folder}
    if codebook is not None:
        folders.add(decisions_folder(codebook))
    seen = set()
    for folder in sorted(folders):
        for path in _all_in(folder):
            is_closed = path not in seen and closed_place(path) is not None
            seen.add(path)
            if is_closed and path.name not in NOT_NEEDED:
                yield path


def _all_in(folder: Path) -> Iterator[Path]:
    """A folder and all in it, as far as it can be opened."""
    if not folder.is_dir():
        return
    yield folder
    for above, folders, names in os.walk(folder):
        for name in sorted((*folders, *names)):
            yield Path(above) / name
