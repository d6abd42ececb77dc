"""The folder of decisions beside a codebook, and whose file is whose."""

import unicodedata
from pathlib import Path

from coder.errors import command, option


def decisions_folder(codebook_path: Path) -> Path:
    """`NAME.decisions` beside `NAME.yaml`."""
    return codebook_path.with_name(codebook_path.stem + ".decisions")


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
