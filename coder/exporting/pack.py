"""The audit pack: all that a published table was made from, with hashes, and the tables, which it
rebuilds.

A zip with `manifest.json` (options, versions, hashes), `codebook.yaml` and its decisions, the
project's files and the tables. Members are stored uncompressed, so that the bytes of the file
follow from its contents.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from coder import files
from coder.decisions import take_witness
from coder.errors import CoderError, command, option
from coder.exporting.pack_contents import (
    CODEBOOK,
    copy_files,
    project_in,
    write_without_text,
)
from coder.exporting.writers import write_report
from coder.exporting.zips import read_zip, write_zip
from coder.private import scratch_folder
from coder.project import Project
from coder.reporting.build import build_report
from coder.reporting.inputs import Inputs, gather
from coder.reporting.options import Options
from coder.reporting.report import Report
from coder.run_records import versions

FORMAT = 1
MANIFEST = "manifest.json"
TABLES = "tables/"
# Written without libraries that a machine may lack.
SUFFIXES = (".csv", ".xlsx", ".md", ".json", ".html")
ALLOWED = re.compile(
    r"""
    manifest\.json
    | codebook\.yaml
    | codebook\.groups\.csv
    | codebook\.decisions/[^/\\\0]+\.jsonl
    | codebook\.decisions/(?:states|draws)/[^/\\\0]+
    | tables/[^/\\\0]+
    | project/[a-z]+\.(?:yaml|parquet|csv)
    | project/labels\.parquet/part-\d+\.parquet
    | project/runs/\d{4}-[a-z]+\.json
    """,
    re.VERBOSE,
)
ASK_AGAIN = "Ask for the pack again."
MAKE_ONE = "Make a pack with: " + command(
    "export", "PROJECT", option("to", "pack.zip"), option("codebook", "FILE")
)

Members = Mapping[str, bytes]


class Manifest(BaseModel):
    """What `manifest.json` must hold so that a pack can be checked and rebuilt.

    Attributes:
        options: of the report.
        versions: of the libraries it was made with.
        files: each member's SHA-256.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    options: Options
    versions: dict[str, str]
    files: dict[str, str]


def write_pack(
    project: Project,
    codebook_path: Path,
    inputs: Inputs,
    options: Options,
    path: Path,
    *,
    without_text: bool = False,
) -> list[Path]:
    """Write a pack of a project.

    Args:
        inputs: what `gather` read of the project and the codebook.
        without_text: leave out everything that respondents wrote; the tables then have no quotes.

    Raises:
        CoderError: what the export needs is missing or broken, or the file cannot be written.
    """
    with scratch_folder() as folder:
        if without_text:
            options = replace(options, quotes=0)
            pack_inputs = write_without_text(
                project,
                inputs,
                options,
                folder,
            )
        else:
            pack_inputs = copy_files(
                project,
                codebook_path,
                inputs,
                folder,
            )
        members = _read_members(folder)
    members |= _make_tables(build_report(pack_inputs, options))
    manifest = {
        "format": FORMAT,
        "without_text": without_text,
        "options": asdict(options),
        "facts": dict(inputs.facts),
        "decisions": take_witness(codebook_path).facts(),
        "versions": versions(),
        "files": {member: _hash(data) for member, data in sorted(members.items())},
    }
    members[MANIFEST] = _seal(manifest)
    with files.new_file(path) as temporary:
        write_zip(temporary, members, packed=False)
    return [path]


def _read_members(folder: Path) -> dict[str, bytes]:
    members = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            members[path.relative_to(folder).as_posix()] = path.read_bytes()
    return members


def _make_tables(report: Report) -> dict[str, bytes]:
    with scratch_folder() as folder:
        for suffix in SUFFIXES:
            write_report(report, folder / f"themes{suffix}")
        return {
            f"{TABLES}{path.name}": path.read_bytes()
            for path in sorted(folder.iterdir())
        }


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _seal(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as text, with its own hash in it."""
    sealed = {**manifest, "seal": _hash(_canonical(manifest))}
    return (
        json.dumps(sealed, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    ).encode()


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(
        manifest, sort_keys=True, ensure_ascii=True, separators=(",", ":")
    ).encode()


# ---------------------------------------------------------------- reading again


def rebuild_pack(path: Path, folder: Path) -> list[Path]:
    """Make the tables of a pack again from its contents, into `folder`; the pack is checked first.

    Raises:
        CoderError: the file is not a pack, or something in it was changed.
    """
    members, manifest = _open_pack(path)
    faults = _find_changes(members, manifest)
    if faults:
        raise CoderError(
            "\n".join(f"{path}: {fault}" for fault in faults),
            f"This pack was changed. {ASK_AGAIN}",
        )
    written = []
    for name, data in _rebuild_tables(members, manifest).items():
        target = folder / name.removeprefix(TABLES)
        with files.new_file(target) as temporary:
            temporary.write_bytes(data)
        written.append(target)
    return written


def check_pack(path: Path) -> list[str]:
    """All faults of a pack: members changed, missing or added, tables that do not follow from the
    rest.

    Raises:
        CoderError: the file cannot be read as a pack.
    """
    members, manifest = _open_pack(path)
    faults = _find_changes(members, manifest)
    if faults:
        return faults
    if not _has_same_bytes(path, members):
        return ["the file around the members was changed"]
    try:
        rebuilt = _rebuild_tables(members, manifest)
    except CoderError as error:
        return [f"the tables cannot be rebuilt: {error.problem}"]
    for name, data in members.items():
        if name.startswith(TABLES) and rebuilt.get(name) != data:
            faults.append(f"{name}: does not come out the same when rebuilt")
    if faults:
        faults += _compare_versions(manifest.versions)
    return faults


def _compare_versions(stated: Mapping[str, str]) -> list[str]:
    """Which libraries have another version here, where tables come out differently."""
    here = versions()
    others = []
    for name, version in stated.items():
        if here.get(name) != version:
            others.append(f"{name} {version} (here {here.get(name)})")
    if not others:
        return []
    return [f"it was made with other versions: {', '.join(others)}"]


def _open_pack(path: Path) -> tuple[dict[str, bytes], Manifest]:
    if not path.is_file():
        raise CoderError(f"{path}: there is no such file", MAKE_ONE)
    members = read_zip(path)
    strange = [name for name in members if not _is_allowed(name)]
    if strange:
        raise CoderError(
            f"{path}: not an audit pack (it holds {strange[0]!r})",
            MAKE_ONE,
        )
    if MANIFEST not in members:
        raise CoderError(
            f"{path}: not an audit pack (it has no {MANIFEST})",
            MAKE_ONE,
        )
    return members, _read_manifest(path, members[MANIFEST])


def _is_allowed(name: str) -> bool:
    return ALLOWED.fullmatch(name) is not None and ".." not in name.split("/")


def _read_manifest(path: Path, data: bytes) -> Manifest:
    try:
        manifest: dict[str, Any] = json.loads(data)
        seal = manifest.pop("seal")
        is_whole = seal == _hash(_canonical(manifest)) and data == _seal(manifest)
        is_known = manifest["format"] == FORMAT
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise CoderError(
            f"{path}: {MANIFEST} was changed ({error})",
            ASK_AGAIN,
        ) from error
    if not is_whole:
        raise CoderError(f"{path}: {MANIFEST} was changed", ASK_AGAIN)
    if not is_known:
        raise CoderError(
            f"{path}: has a later format",
            "Install a newer version of coder.",
        )
    try:
        return Manifest.model_validate_json(data)
    except (ValidationError, CoderError) as error:
        raise CoderError(
            f"{path}: {MANIFEST} does not hold what it must ({_describe(error)})",
            ASK_AGAIN,
        ) from error


def _describe(error: ValidationError | CoderError) -> str:
    """The first fault of a manifest that somebody sealed, in one line."""
    if isinstance(error, CoderError):
        return error.problem
    fault = error.errors()[0]
    place = ".".join(map(str, fault["loc"]))
    return f"{place}: {fault['msg']}"


def _find_changes(members: Members, manifest: Manifest) -> list[str]:
    stated = manifest.files
    missing = [f"{name}: is missing" for name in stated if name not in members]
    added = [name for name in members if name not in stated and name != MANIFEST]
    changed = []
    for name, digest in stated.items():
        if name in members and _hash(members[name]) != digest:
            changed.append(f"{name}: was changed")
    return [*missing, *(f"{name}: was added" for name in added), *changed]


def _has_same_bytes(path: Path, members: Members) -> bool:
    with scratch_folder() as folder:
        again = folder / "pack.zip"
        write_zip(again, members, packed=False)
        return files.sha256_of(again) == files.sha256_of(path)


def _rebuild_tables(members: Members, manifest: Manifest) -> dict[str, bytes]:
    """The tables, made from the rest of the pack and nothing else.

    Raises:
        CoderError: they cannot be made; it names files as the pack does.
    """
    with scratch_folder() as folder:
        for member, data in members.items():
            if member != MANIFEST and not member.startswith(TABLES):
                target = folder / member
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        try:
            inputs = gather(project_in(folder), folder / CODEBOOK)
            return _make_tables(build_report(inputs, manifest.options))
        except CoderError as error:
            problem = error.problem.replace(f"{folder}{os.sep}", "")
            raise CoderError(problem, ASK_AGAIN) from error
