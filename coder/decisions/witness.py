"""What run records and exports say of a codebook's decisions, so that a later loss is found.

A file of decisions only grows. Whoever names how many lines it had, and the hash of the last one,
can tell later whether these lines are still there as they were; without such a witness a file
whose end was cut off looks like one that never had it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coder.decisions.chain import numbered_lines, split_torn, stated_hash
from coder.decisions.draws import DRAWS_FOLDER
from coder.decisions.folder import DOCUMENT_FOLDERS, decisions_folder, log_paths
from coder.decisions.states import STATES_FOLDER, is_state_file

# Files that are named by the hash of what they hold and never change.
LONGEST_NAME = 200  # characters
ALWAYS_NAMED = (STATES_FOLDER, DRAWS_FOLDER)  # others where they hold something
FIXED_FOLDERS = (*ALWAYS_NAMED, *DOCUMENT_FOLDERS)


@dataclass(frozen=True)
class FileHead:
    """How far a reviewer's file had come.

    Attributes:
        count: its whole lines, a decision each.
        head: the hash of the last of them; empty where it cannot be read.
    """

    count: int
    head: str


@dataclass(frozen=True)
class Witness:
    """A decisions folder at one moment.

    Attributes:
        codebook: the name of the codebook's file.
        files: each reviewer's file by its name.
        fixed: names of the files that never change, such as `states/0123456789abcdef.json`.
    """

    codebook: str
    files: Mapping[str, FileHead] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        files = {}
        for name, file in self.files.items():
            files[name] = {"count": file.count, "head": file.head}
        facts: dict[str, Any] = {"codebook": self.codebook, "files": files}
        for folder in ALWAYS_NAMED:
            facts[folder] = []
        for name in self.fixed:
            folder, file_name = name.split("/")
            facts.setdefault(folder, []).append(file_name.removesuffix(".json"))
        return facts


def take_witness(codebook_path: Path) -> Witness:
    """The decisions beside a codebook as they are now.

    Their chains are not checked: that is for those who read them. It takes about a tenth of a
    second for 100,000 decisions.
    """
    folder = decisions_folder(codebook_path)
    files = {}
    for path in log_paths(folder):
        files[path.name] = read_head(path)
    fixed = []
    for name in FIXED_FOLDERS:
        for path in sorted((folder / name).glob("*.json")):
            if is_state_file(path):
                fixed.append(f"{name}/{path.name}")
    return Witness(codebook_path.name, files, tuple(fixed))


def read_head(path: Path) -> FileHead:
    """How far one file has come."""
    try:
        whole, _ = split_torn(path.read_bytes())
    except OSError:  # those who read the decisions say so
        return FileHead(0, "")
    lines = numbered_lines(whole)
    if not lines:
        return FileHead(0, "")
    _, last = lines[-1]
    return FileHead(len(lines), stated_hash(last))


def witness_from(facts: object) -> Witness | None:
    """A witness as a record holds it; None where a record holds none, or no valid one."""
    try:
        return _read_facts(facts)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def is_plain_name(name: object) -> bool:
    """Whether it is the name of a file in its folder: a damaged record may hold anything."""
    if not isinstance(name, str) or not name.isprintable() or len(name) > LONGEST_NAME:
        return False
    return not {"/", "\\"}.intersection(name)


def _read_facts(facts: Any) -> Witness:
    files = {}
    for name, file in facts["files"].items():
        if is_plain_name(name):
            files[name] = FileHead(max(0, int(file["count"])), str(file["head"]))
    fixed = []
    for folder in FIXED_FOLDERS:
        for stem in facts.get(folder, ()):
            if is_plain_name(stem):
                fixed.append(f"{folder}/{stem}.json")
    return Witness(str(facts["codebook"]), files, tuple(fixed))
