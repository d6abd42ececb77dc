"""Files of a project that others on the machine may open, although they hold personal data."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import command, option
from coder.private import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    SHARED_FILE,
    SHARED_FOLDER,
    is_shared,
)
from coder.text import count, name_some
from coder.workflow.checks.result import CheckResult, ProjectContents

if TYPE_CHECKING:
    from coder.project import Project

PACKS = (".zip", ".zip.age")
MOST_NAMED = 3
PRIVACY = "privacy"  # what is checked here


def check_open_files(contents: ProjectContents) -> list[CheckResult]:
    """A note where files of the project, its decisions, or packs beside it lie open."""
    paths = list(_open_files(contents.project, contents.codebook_path))
    if not paths:
        return []
    folders = {contents.project.home, *(path.parent for path in paths)}
    first = sorted(paths, key=lambda path: (path.is_dir(), path.suffix != ".parquet"))
    named = name_some([_shown(path) for path in first], MOST_NAMED)
    files = count(len(paths), "file or folder", "files and folders")
    parts: list[object] = [contents.project.home]
    if contents.codebook_path is not None:
        parts.append(option("codebook", str(contents.codebook_path)))
    close = command("check", *parts, option("repair"))
    note = (
        f"Others on this machine can open {files} with comments or decisions: {named}. Close "
        f"them with: {close}"
    )
    content = f"{count(len(folders), 'folder')} looked at"
    return [CheckResult(PRIVACY, content, notes=(note,))]


def close_open_files(
    project: "Project",
    codebook: Path | None = None,
) -> list[str]:
    """Take from others what they may not do; what was closed, as paths.

    A file in a folder that is shared with a group stays open to the group.

    Args:
        codebook: whose decisions are closed too.
    """
    closed = []
    for path in _open_files(project, codebook):
        with suppress(OSError):  # somebody else's
            path.chmod(_closed_mode(path))
            closed.append(_shown(path))
    return closed


def _shown(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _open_files(project: "Project", codebook: Path | None) -> Iterator[Path]:
    """What is open to more people than it should be, and belongs to whoever asks."""
    own = getattr(os, "geteuid", lambda: -1)()
    if own < 0:  # Windows keeps rights another way
        return
    for path in _personal(project, codebook):
        with suppress(OSError):
            status = path.lstat()
            is_regular = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
            mode = stat.S_IMODE(status.st_mode)
            if is_regular and status.st_uid == own and mode != _closed_mode(path):
                yield path


def _closed_mode(path: Path) -> int:
    """The mode without what others may do; rights that the owner lacks are not added."""
    mode = stat.S_IMODE(path.lstat().st_mode)
    if path.is_dir():
        return mode & (SHARED_FOLDER if is_shared(path) else PRIVATE_FOLDER)
    return mode & (SHARED_FILE if is_shared(path.parent) else PRIVATE_FILE)


def _personal(project: "Project", codebook: Path | None) -> Iterator[Path]:
    """Files and folders that may hold comments, decisions or names."""
    from coder.decisions import decisions_folder

    yield from _with_all_in(project.home)
    if codebook is not None:
        yield from _with_all_in(decisions_folder(codebook))
    for path in sorted(project.home.absolute().parent.glob("*")):
        if path.name.lower().endswith(PACKS) and _is_pack(path):
            yield path


def _with_all_in(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    yield folder
    for path in sorted(folder.rglob("*")):
        if not path.is_symlink():
            yield path


def _is_pack(path: Path) -> bool:
    """Whether a file is an audit pack: one of coder's, and not any zip."""
    from zipfile import BadZipFile, ZipFile

    from coder.exporting.pack_manifest import MANIFEST

    if path.name.lower().endswith(PACKS[1]):
        return path.is_file()
    try:
        with ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (OSError, ValueError, BadZipFile, NotImplementedError):
        return False
