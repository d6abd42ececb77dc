"""The folder of decisions beside a codebook, and whose file is whose."""

import unicodedata
from pathlib import Path

from coder.errors import command, option
from coder.files import follow_link, sync_folder

# Of files that are named by the hash of what they hold, and never change.
DOCUMENT_FOLDERS = ("remarks", "assignments", "gold", "training")
INNER_FOLDERS = ("states", "draws", *DOCUMENT_FOLDERS)


def decisions_folder(codebook_path: Path) -> Path:
    """`NAME.decisions` beside `NAME.yaml`, where the file itself lies (see `follow_link`)."""
    return _beside(follow_link(codebook_path))


def folder_beside_link(codebook_path: Path) -> Path | None:
    """The folder of decisions beside a symbolic link to a codebook, where there is another one
    than that of the codebook: earlier versions kept decisions there.
    """
    folder = _beside(codebook_path)
    if not codebook_path.is_symlink() or not folder.is_dir():
        return None
    if folder.resolve() == decisions_folder(codebook_path).resolve():
        return None
    return folder


def _beside(path: Path) -> Path:
    return path.with_name(path.stem + ".decisions")


def sync_store(decisions_folder: Path) -> None:
    """Make all names in a folder of decisions, and its own, last through a power cut."""
    inner = [decisions_folder / name for name in INNER_FOLDERS]
    for folder in (*inner, decisions_folder, decisions_folder.parent):
        if folder.is_dir():
            sync_folder(folder)


def codebook_beside(decisions_folder: Path) -> Path:
    """`NAME.yaml` of `NAME.decisions`; `NAME.yml` where that is its name."""
    yaml = decisions_folder.with_name(decisions_folder.stem + ".yaml")
    yml = yaml.with_suffix(".yml")
    if yml.is_file() and not yaml.exists():
        return yml
    return yaml


def composed(name: str) -> str:
    """A reviewer's name with its accents composed: some systems take them apart."""
    return unicodedata.normalize("NFC", name)


def reviewer_of(path: Path) -> str:
    """The reviewer whose file it is by its name."""
    return composed(path.stem)


def log_paths(folder: Path) -> list[Path]:
    """The reviewers' files of a decisions folder, in the order of their names.

    Hidden files are left out: no reviewer's name begins with a dot, and other systems keep
    notes of their own in such files.
    """
    paths = folder.glob("*.jsonl")
    return sorted(path for path in paths if not path.name.startswith("."))


def repair_command(decisions_folder: Path, project: object = "PROJECT") -> str:
    """The mark of the command that repairs the files of a folder (see `errors.command`)."""
    codebook = option("codebook", str(codebook_beside(decisions_folder)))
    return command("check", project, codebook, option("repair"))
