"""Where a project's decisions were witnessed: its run records, its exports, earlier repairs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.run_records import DAMAGED_FOLDER, recorded_codebook
from coder.workflow.checks.result import ProjectContents

if TYPE_CHECKING:
    from coder.decisions import Witness

MOST_BYTES = 64 << 20  # of an export in JSON that is opened
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class HistoryRecord:
    """What one file says of the decisions.

    Attributes:
        name: of the file: `0003-export.json`.
        at: when it was written, ISO 8601; empty where it does not say.
        folder: of the decisions, where the record names it and it is there.
    """

    name: str
    at: str
    witness: "Witness"
    folder: Path | None

    @property
    def named(self) -> str:
        """The record and its time, for messages."""
        named = self.name
        if self.at:
            named += f" of {self.at[:16].replace('T', ' ')}"
        if self.folder is None:
            named += f", with {self.witness.codebook}"
        return named


def read_run_records(contents: ProjectContents) -> tuple[list[HistoryRecord], int]:
    """The run records that name decisions, oldest first; and how many should and do not, because
    an earlier version wrote them.
    """
    records = []
    without = 0
    runs = contents.project.folder / "runs"
    set_aside = (runs / DAMAGED_FOLDER).glob("*.json")  # as far as they can be read
    for path in sorted((*runs.glob("*.json"), *set_aside), key=lambda path: path.name):
        facts = _read_json(path)
        record = _run_record(path, facts, contents.project.folder)
        if record is not None:
            records.append(record)
        elif facts.get("command") in ("apply", "export", "review"):
            without += 1
    return records, without


def _run_record(
    path: Path, facts: dict[str, Any], project: Path
) -> HistoryRecord | None:
    from coder.decisions import decisions_folder, witness_from

    witness = witness_from(facts.get("decisions"))
    if witness is None:
        return None
    codebook = recorded_codebook(project, facts)
    folder = None
    if codebook is not None:
        beside = decisions_folder(codebook)
        if codebook.is_file() or beside.is_dir():
            folder = beside
    return HistoryRecord(path.name, str(facts.get("at", "")), witness, folder)


def read_export_records(contents: ProjectContents) -> list[HistoryRecord]:
    """What exports of this project say that lie in its folder, beside it or beside the codebook:
    JSON files and audit packs.
    """
    from coder.decisions import witness_from

    if contents.settings is None:
        return []
    records = []
    for path in exports_near(contents):
        facts = _export_facts(path)
        if facts.get("project") != contents.settings.name:
            continue
        witness = witness_from(facts.get("decisions"))
        if witness is not None:
            records.append(HistoryRecord(path.name, "", witness, None))
    return records


def exports_near(contents: ProjectContents) -> Iterator[Path]:
    """JSON files and zip files in the project's folder, beside it and beside the codebook."""
    project = contents.project
    folders = {project.folder, project.home, project.home.parent}
    if contents.codebook_path is not None:
        folders.add(contents.codebook_path.parent)
    places = {folder.resolve() for folder in folders}
    for folder in sorted(places):
        for path in sorted(folder.glob("*")):  # none where it was removed
            if path.suffix in (".json", ".zip") and path.is_file():
                yield path


def _export_facts(path: Path) -> dict[str, Any]:
    """The facts of a report in JSON or of a pack; empty for any other file."""
    tree = _read_manifest(path) if path.suffix == ".zip" else _read_json(path)
    facts = tree.get("facts")
    if not isinstance(facts, dict):
        return {}
    return facts


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return {}
        tree = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):  # damaged records are reported apart
        return {}
    if not isinstance(tree, dict):
        return {}
    return tree


def _read_manifest(path: Path) -> dict[str, Any]:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as pack:
            if pack.getinfo(MANIFEST).file_size > MOST_BYTES:
                return {}
            tree = json.loads(pack.read(MANIFEST))
    except (OSError, ValueError, KeyError, BadZipFile, NotImplementedError):
        return {}
    if not isinstance(tree, dict):
        return {}
    return tree


def read_repair_records(folder: Path) -> list[HistoryRecord]:
    """What finished repairs left of each file that they made, oldest first."""
    from coder.decisions.repair import RECORD, REPLACED_FOLDER, read_record
    from coder.decisions.witness import FileHead, Witness

    records = []
    for path in sorted((folder / REPLACED_FOLDER).glob(f"*/{RECORD}")):
        repair = read_record(path)
        files = {}
        for made in repair.get("files") or ():
            files[made["file"]] = FileHead(made["count"], made["head"])
        witness = Witness(folder.name, files)
        name = f"repair {path.parent.name}"
        records.append(HistoryRecord(name, str(repair.get("at", "")), witness, folder))
    return records
